"""Reads series of uniform bars and counts copies that are not uniform."""

import json
import sys
import time

from gatehouse.bars import Bars
from gatehouse.shm_errors import SharedMemoryError, WriterBusy

name, tickers, wanted, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
DAY = 86_400_000
bars = Bars(name, budget=1.0)
reads = torn = busy = 0
failures = {}
end = time.monotonic() + seconds


def uniform(history):
    value = history.close[0]
    columns = (history.open, history.high, history.low, history.close, history.volume)
    try:
        same = all(bool((column == value).all()) for column in columns)
        times = history.t
        return same and bool((times[1:] - times[:-1] == DAY).all()) and int(times[0]) == int(value)
    except AttributeError:
        same = all(all(x == value for x in column) for column in columns)
        return same and all(t == i * DAY + int(value) for i, t in enumerate(history.t))


while reads < wanted and time.monotonic() < end:
    try:
        history = bars.history("T%d" % (reads % tickers))
    except WriterBusy:
        busy += 1
        continue
    except SharedMemoryError as error:
        failures[error.code] = failures.get(error.code, 0) + 1
        continue
    reads += 1
    if not uniform(history):
        torn += 1

print(json.dumps({"reads": reads, "torn": torn, "busy": busy, "retries": bars.retries, "failures": failures}))
