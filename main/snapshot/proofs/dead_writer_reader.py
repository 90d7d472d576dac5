"""Reads what a killed writer left: whole series, or the news that they died with it."""

import json
import sys

from gatehouse.bars import Bars
from gatehouse.shm_errors import WriterDead

dead, mixed = [], []
with Bars(sys.argv[1]) as bars:
    for i in range(int(sys.argv[2])):
        symbol = "T%d" % i
        try:
            history = bars.history(symbol)
        except WriterDead:
            dead.append(symbol)
            continue
        if len(set(row[1:] for row in history.rows())) != 1:
            mixed.append(symbol)
print(json.dumps({"dead": dead, "mixed": mixed}))
