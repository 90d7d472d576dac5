"""A program that knows nothing but the published text: attach, parse, compare the epochs.

It uses multiprocessing.shared_memory, so up to Python 3.12 its resource tracker removes the segment
when it ends. With a ticker named, prints the number of its bars and its last close.
"""

import json
import sys
import time
from multiprocessing.shared_memory import SharedMemory

name, ticker = sys.argv[1], sys.argv[2]


def attach():
    # Another reader's tracker may have removed the name this instant; it comes back.
    deadline = time.monotonic() + 5
    while True:
        try:
            return SharedMemory(name)
        except FileNotFoundError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def entry(segment):
    return json.loads(bytes(segment.buf).rstrip(b"\0"))[ticker]


def read(segment):
    for _ in range(2000):
        first = entry(segment)
        if first["header"]["epoch"] % 2:
            continue
        if entry(segment)["header"]["epoch"] == first["header"]["epoch"]:
            return first
    raise RuntimeError("no stable snapshot")


shared = attach()
found = read(shared)
shared.close()
rows = found["data"]["df"]
print(json.dumps({"header": found["header"], "bars": len(rows), "last": rows[-1]}))
