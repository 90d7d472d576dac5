"""Reads one series after another as a program would, and prints how long a read takes."""

import json
import sys
import time

from gatehouse.bars import Bars, numpy

name, reads, verify = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "verify"
bars = Bars(name, verify=verify)
symbols = bars.list_tickers()
times = []
seed = 12345
for symbol in symbols:
    bars.history(symbol)
bars.retries = 0
for _ in range(reads):
    seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
    symbol = symbols[(seed >> 8) % len(symbols)]
    start = time.perf_counter_ns()
    bars.history(symbol)
    times.append(time.perf_counter_ns() - start)
times.sort()
print(json.dumps({"p50": times[reads // 2], "p99": times[reads * 99 // 100], "reads": reads,
                  "retries": bars.retries, "numpy": numpy is not None}))
