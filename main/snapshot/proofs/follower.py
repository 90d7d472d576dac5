"""Follows a series by its tails and says whether they add up to the series itself."""

import json
import sys

name, symbol, seconds, changes, how = sys.argv[1:6]
if how == "plain":
    sys.modules["numpy"] = None

from gatehouse.bars import Bars  # noqa: E402

bars = Bars(name, budget=5.0)
last = bars.history(symbol, int(seconds))
mine = last.rows()
rewritten = 0
for _ in range(int(changes)):
    bars.wait(timeout=10)
    last = bars.tail(last)
    rewritten += last.rewritten
    mine[last.start :] = last.rows()
whole = bars.history(symbol, int(seconds)).rows()[: len(mine)]
print(json.dumps({"same": mine[:-1] == whole[:-1], "grew": len(mine) > 1, "rewritten": rewritten > 0}))
