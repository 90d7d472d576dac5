"""Reading the dictionary segment (``shm0``): one JSON object, every ticker with its daily bars."""

import json
import time

from .shm_attach import Attachment
from .shm_errors import SegmentMissing, TextUnreadable, UnknownSeries, WriterBusy

__all__ = ["Dictionary"]


class Dictionary:
    """Attaches anew for every read, so that it follows a segment that grew or was restored."""

    def __init__(self, name="shm0", budget=5.0, folder="/dev/shm"):
        self.name = name
        self._budget = budget
        self._folder = folder

    def list_tickers(self):
        """Every ticker in the dictionary, those without bars included."""
        return list(self._load(time.monotonic() + self._budget))

    def get_stock(self, ticker):
        """The ``data`` of a ticker's entry, taken while its epoch stood still."""
        deadline = time.monotonic() + self._budget
        while True:
            before = self._entry(ticker, deadline)
            if before["header"]["epoch"] % 2 == 0:
                after = self._entry(ticker, deadline)
                if after["header"]["epoch"] == before["header"]["epoch"]:
                    return before["data"]
            if time.monotonic() >= deadline:
                raise WriterBusy("no stable snapshot of %s in %s s" % (ticker, self._budget))
            time.sleep(0.001)

    def _entry(self, ticker, deadline):
        entries = self._load(deadline)
        if ticker not in entries:
            raise UnknownSeries("%s has no entry for %s" % (self.name, ticker))
        return entries[ticker]

    def _load(self, deadline):
        while True:
            try:
                attachment = Attachment(self.name, self._folder)
                try:
                    text = bytes(attachment.memory[: attachment.size()]).rstrip(b"\0")
                finally:
                    attachment.close()
                entries = json.loads(text) if text else {}
                if isinstance(entries, dict):
                    return entries
                raise ValueError("not an object")
            except SegmentMissing:
                if time.monotonic() >= deadline:
                    raise
            except ValueError:
                if time.monotonic() >= deadline:
                    raise TextUnreadable("%s holds no readable text" % self.name) from None
            time.sleep(0.005)
