"""History from shared memory, for programs written for the data manager Gatehouse replaces."""

import json
import time

from .client import DEFAULT_HOST, DEFAULT_PORT, Client, GatehouseError
from .dictionary import Dictionary
from .shm_errors import SegmentMissing, UnknownSeries, WriterBusy

__all__ = ["StockDataReader"]


class StockDataReader:
    """
    Reads the history of a ticker. The segment's name is asked for over TCP unless it is given;
    with ``layout``, a dictionary of entries, nothing is attached at all.
    """

    def __init__(
        self,
        host=DEFAULT_HOST,
        port=DEFAULT_PORT,
        shm_name=None,
        layout=None,
        max_retries=6,
    ):
        self.host = host
        self.port = port
        self.max_retries = max_retries
        self._layout = layout
        self.shm_name = shm_name
        if layout is None and shm_name is None:
            self.shm_name = self._asked_name()

    def list_tickers(self):
        if self._layout is not None:
            return list(self._layout)
        return self._read(lambda dictionary: dictionary.list_tickers())

    def get_stock(self, ticker):
        """The ``data`` of the ticker; KeyError when unknown, RuntimeError when never at rest."""
        if self._layout is not None:
            return self._from_layout(ticker)
        return self._read(lambda dictionary: dictionary.get_stock(ticker))

    def _read(self, read):
        """Every try has a small budget of its own; the last failure says what was wrong."""
        failure = None
        for _ in range(self.max_retries):
            try:
                return read(Dictionary(self.shm_name, budget=0.5))
            except UnknownSeries as error:
                raise KeyError(str(error)) from None
            except (SegmentMissing, WriterBusy) as error:
                failure = error
        raise RuntimeError("Could not obtain a consistent snapshot: %s" % failure)

    def _from_layout(self, ticker):
        for _ in range(self.max_retries):
            entry = self._layout[ticker]
            before = entry["header"]["epoch"]
            # What another thread writes meanwhile must not be half in the answer.
            data = json.loads(json.dumps(entry["data"]))
            if before % 2 == 0 and self._layout[ticker]["header"]["epoch"] == before:
                return data
            time.sleep(0.001)
        raise RuntimeError("Could not obtain a consistent snapshot of %s" % ticker)

    def _asked_name(self):
        with Client(self.host, self.port) as client:
            try:
                return client.get_shm_name()
            except GatehouseError as error:
                if error.code != "NOT_FOUND":
                    raise
                raise ValueError(error.message) from None
