"""How many tick messages a second the client of ib_async makes something of, without a socket before it.

usage: ib_async_rate.py FRAMES FOLDER...

FOLDER goes before everything else on Python's path: the library's checkout, then what it depends on.
Prints the rate. The frames vary in price, size and ticker, and are made before the clock runs.
"""

import importlib.metadata
import struct
import sys
import time

frames, folders = int(sys.argv[1]), sys.argv[2:]
sys.path[:0] = folders

real_version = importlib.metadata.version


def version(name):
    # A checkout that was never installed has no version of its own.
    try:
        return real_version(name)
    except importlib.metadata.PackageNotFoundError:
        return "0"


importlib.metadata.version = version

from ib_async import IB, Stock  # noqa: E402
from ib_async.decoder import Decoder  # noqa: E402

ib = IB()
wrapper = ib.wrapper
lines = 1000
for line in range(lines):
    wrapper.startTicker(line, Stock(f"S{line}", "SMART", "USD", conId=line + 1), "mktData")

SIZE_ONLY = (5, 8)
WITH_PRICE = (1, 2, 4)
parts = []
for i in range(frames):
    line = (i * 7919) % lines
    if i % 4 == 3:
        text = f"2\x006\x00{line}\x00{SIZE_ONLY[i % 2]}\x00{i % 900 + 1}\x00"
    else:
        price = 100 + (i % 9973) / 100
        text = f"1\x006\x00{line}\x00{WITH_PRICE[i % 3]}\x00{price:.2f}\x00{i % 700 + 1}\x000\x00"
    payload = text.encode()
    parts.append(struct.pack(">I", len(payload)) + payload)
data = b"".join(parts)

client = ib.client
client.decoder = Decoder(wrapper, 178)
client._serverVersion = 178
client._apiReady = True
# What its event loop reads at a time.
chunk = 256 * 1024
begun = time.perf_counter()
for at in range(0, len(data), chunk):
    client._onSocketHasData(data[at : at + chunk])
print(frames / (time.perf_counter() - begun))
