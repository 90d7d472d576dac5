"""What publishing costs when the whole dictionary is written anew: the peer of changing it in place."""

import json
import sys
import time

tickers, bars, rounds = (int(word) for word in sys.argv[1:4])
rows = [
    {"Date": "2020-01-01", "Open": 100 + i / 8, "High": 101 + i / 8, "Low": 99 + i / 8,
     "Close": 100.5 + i / 8, "Volume": 1000 + i}
    for i in range(bars)
]
header = {"version": 1, "epoch": 2, "last_update_ms": 1700000000000, "writer_pid": 1}
book = {
    "T%d" % i: {
        "header": dict(header),
        "data": {"ticker": "T%d" % i, "start_date": "2020-01-01", "cur_date": "2026-01-05",
                 "end_date": "2026-01-05", "period": "1 D", "df": [dict(row) for row in rows]},
    }
    for i in range(tickers)
}
segment = None
times = []
for _ in range(rounds):
    start = time.perf_counter()
    payload = json.dumps(book, separators=(",", ":")).encode()
    if segment is None:
        segment = bytearray(1 << (len(payload) - 1).bit_length())
    segment[: len(payload)] = payload
    times.append((time.perf_counter() - start) * 1000)
print(json.dumps({"ms": sorted(times)[len(times) // 2], "bytes": len(payload)}))
