"""Has a Python client library decode messages, one JSON object a line on standard input.

usage: judge.py ib_async|ibapi FOLDER...

FOLDER goes before everything else on Python's path: the library's checkout, then what it depends on.
In: {"version": 178, "fields": ["49", "1", "1795253933"]}. Out: {"ok": true} or {"ok": false, "why": "..."}.
"""

import datetime
import importlib.metadata
import json
import logging
import sys
import types

library, folders = sys.argv[1], sys.argv[2:]
sys.path[:0] = folders
complaints = []


class Complaints(logging.Handler):
    def emit(self, record):
        if record.levelno < logging.ERROR:
            return
        cause = record.exc_info[1] if record.exc_info else None
        complaints.append(repr(cause) if cause else record.getMessage())


logging.getLogger().addHandler(Complaints())


class Anything:
    """Takes every call a decoder makes to its listener."""

    defaultTimezone = datetime.timezone.utc

    def __getattr__(self, name):
        return lambda *args, **named: None


def ib_async():
    # A checkout that was never installed has no metadata, and only its event loop needs nest_asyncio.
    found = importlib.metadata.version
    importlib.metadata.version = lambda name: "0" if name == "ib_async" else found(name)
    sys.modules.setdefault("nest_asyncio", types.SimpleNamespace(apply=lambda loop=None: None))
    from ib_async.decoder import Decoder

    return lambda version, fields: Decoder(Anything(), version).interpret(fields)


def ibapi():
    from ibapi.decoder import Decoder

    def judge(version, fields):
        decoder = Decoder(Anything(), version)
        number, rest = int(fields[0]), [field.encode() for field in fields[1:]]
        handle = decoder.msgId2handleInfo[number]
        if handle.processMeth is None:
            decoder.interpretWithSignature(tuple(rest), handle)
            return
        left = iter(rest)
        handle.processMeth(decoder, left)
        too_many = len(list(left))
        if too_many:
            raise ValueError(f"{too_many} fields were not read")

    return judge


judge = {"ib_async": ib_async, "ibapi": ibapi}[library]()
for line in sys.stdin:
    message = json.loads(line)
    complaints.clear()
    try:
        judge(message["version"], message["fields"])
    except Exception as error:
        complaints.append(repr(error))
    answer = {"ok": not complaints}
    if complaints:
        answer["why"] = complaints[0][:120]
    print(json.dumps(answer))
