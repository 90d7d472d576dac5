"""Reads one series of each segment named and prints it, or the code of what went wrong."""

import json
import sys

how, seconds, targets = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
if how == "plain":
    sys.modules["numpy"] = None

from gatehouse.bars import Bars  # noqa: E402
from gatehouse.shm_errors import SharedMemoryError  # noqa: E402


def probe(name, symbol):
    with Bars(name, budget=0.1) as bars:
        history = bars.history(symbol, seconds)
        rows = history.rows()
        view = bars.view(symbol, seconds)
        assert list(zip(view.t, view.close)) == [(row[0], row[4]) for row in rows]
        assert bars.compute(symbol, seconds, lambda v: float(sum(v.open))) == sum(r[1] for r in rows)
        view.check()
        assert view.provisional == history.provisional
        del view
        return {"series": bars.list(), "rows": rows, "provisional": history.provisional}


said = []
for name, symbol in zip(targets[::2], targets[1::2]):
    try:
        said.append(probe(name, symbol))
    except SharedMemoryError as error:
        said.append({"code": error.code})
print(json.dumps(said))
