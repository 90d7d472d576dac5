"""Reading the columnar segment (``shm0-bars``): bars of every ticker and timeframe, unparsed.

    with Bars("shm0-bars") as bars:
        history = bars.history("AAPL", "1d")     # a private copy that was verified
        print(history.count, history.close[-1])
        more = bars.tail(history)                # only what came or changed since
        mean = bars.compute("AAPL", "1d", lambda view: float(view.close.mean()))   # no copy

The columns are numpy arrays where numpy is installed, and memoryviews where it is not.
"""

import os
import platform
import struct
import threading
import time

from .shm_attach import Attachment
from .shm_errors import (
    ChecksumMismatch,
    SegmentClosed,
    SegmentDamaged,
    SegmentForeign,
    SegmentMissing,
    SegmentShrunk,
    SegmentVersion,
    UnknownSeries,
    ViewChanged,
    WaitTimeout,
    WriterBusy,
    WriterDead,
)

try:
    import numpy
except ImportError:
    numpy = None

__all__ = ["Bars", "History", "Tail", "View", "TIMEFRAMES"]

TIMEFRAMES = {
    "1m": 60,
    "5m": 300,
    "15m": 900,
    "30m": 1800,
    "1h": 3600,
    "4h": 14400,
    "1d": 86400,
}

MAGIC = b"GHBARS01"
LAYOUT = 1
HEADER_BYTES = 4096
ENTRY_BYTES = 128
COLUMNS = 6
LIVE, CLOSED, SUPERSEDED = 1, 2, 3
DEAD_AFTER_MS = 5000
LOST = 1
PROVISIONAL = 2
MASK64 = (1 << 64) - 1

_HEADER = struct.Struct("<8sIIQQIIQQII")
_WRITER = struct.Struct("<QQIIQQIxxxxQ")
_META = struct.Struct("<QQIIQIIQQII")
_U64 = struct.Struct("<Q")
_U32 = struct.Struct("<I")

# Python has no fence. x86 loads are not reordered among themselves; elsewhere taking and releasing
# a lock around each look at the epoch keeps them in order, and the checksum proves it.
_ORDERED = platform.machine().lower() in ("x86_64", "amd64", "i386", "i686")
_lock = threading.Lock()


class History:
    """A verified private copy of one series, read-only.

    ``t`` holds the bars' starts in milliseconds since 1970 (UTC; a daily bar's is midnight of its
    date), ``open high low close volume`` are doubles. Pass it to ``Bars.tail`` to follow the series.
    ``provisional`` says that the last bar of the series is being made of ticks, in a session that
    has not closed.
    """

    __slots__ = ("symbol", "bar_seconds", "count", "epoch", "rewrite_epoch", "last_update_ms",
                 "generation", "provisional", "_identity", "_sum64", "_words")  # fmt: skip

    @property
    def t(self):
        return _times(self._words[0])

    @property
    def open(self):
        return _values(self._words[1])

    @property
    def high(self):
        return _values(self._words[2])

    @property
    def low(self):
        return _values(self._words[3])

    @property
    def close(self):
        return _values(self._words[4])

    @property
    def volume(self):
        return _values(self._words[5])

    def rows(self):
        """The bars as tuples (t, open, high, low, close, volume)."""
        columns = (self.t, self.open, self.high, self.low, self.close, self.volume)
        return list(zip(*(column.tolist() for column in columns)))

    def __len__(self):
        return self.count

    def __repr__(self):
        return "<%s %s %ds: %d bars, epoch %d>" % (
            type(self).__name__, self.symbol, self.bar_seconds, self.count, self.epoch,
        )  # fmt: skip


class Tail(History):
    """What came or changed since an earlier History or Tail.

    ``start`` is the index of its first bar in the whole series: keep the bars before it and append
    these. ``rewritten`` says that earlier bars have changed too, and then ``start`` is 0. The last
    bar of a series may change at any time, so it is always part of its tail.
    """

    __slots__ = ("start", "rewritten")


class View:
    """Columns that lie in the segment itself: no copy, valid only until ``check`` says otherwise."""

    __slots__ = ("symbol", "bar_seconds", "count", "epoch", "provisional", "_bars", "_at",
                 "t", "open", "high", "low", "close", "volume")  # fmt: skip

    def check(self):
        """Raises ViewChanged when the writer has touched the series since the view was made."""
        _order()
        if self._bars._u64(self._at) != self.epoch:
            raise ViewChanged("%s changed while it was being read" % self.symbol)


class Bars:
    """A reader of one columnar segment. Not to be shared between threads without a lock."""

    def __init__(self, name="shm0-bars", budget=0.25, verify=True, check_pid=True, folder="/dev/shm"):
        self._name = name
        self._folder = folder
        self._budget = budget
        self._verify = verify or not _ORDERED
        self._check_pid = check_pid
        self._attachment = None
        self.retries = 0
        self._attach_patiently()

    # -- what is there ---------------------------------------------------------------------------

    def list(self):
        """All series as (symbol, bar_seconds), in the order they were first written."""
        self._current()
        self._scan()
        return list(self._index)

    def list_tickers(self):
        """The symbols, each once, in the order they were first written."""
        return list(dict.fromkeys(symbol for symbol, _ in self.list()))

    def history(self, symbol, timeframe="1d"):
        """All bars of a series, copied out and verified."""
        return self._stable(symbol, timeframe, History, None)

    def get_stock(self, symbol):
        """The daily bars as a list of dicts, in the shape the dictionary segment shows them."""
        rows = self.history(symbol, "1d").rows()
        return [
            {"Date": time.strftime("%Y-%m-%d", time.gmtime(t // 1000)), "Open": o, "High": h,
             "Low": low, "Close": c, "Volume": int(v) if v.is_integer() else v}
            for t, o, h, low, c, v in rows
        ]  # fmt: skip

    def tail(self, before):
        """What came or changed since ``before``, which is a History or a Tail of this series."""
        return self._stable(before.symbol, before.bar_seconds, Tail, before)

    def view(self, symbol, timeframe="1d"):
        """Columns in place. Use them, then call ``check``; or let ``compute`` do both."""
        deadline = None
        spins = 0
        while True:
            at = self._entry(symbol, timeframe)
            meta = _META.unpack_from(self._memory, at)
            if meta[0] & 1 == 0:
                self._believe(meta)
                return self._make_view(at, meta, symbol, timeframe)
            spins, deadline = self._wait_for_writer(spins, deadline, symbol)

    def compute(self, symbol, timeframe, function):
        """Calls ``function(view)`` until it ran over bars that did not change meanwhile."""
        deadline = None
        spins = 0
        while True:
            view = self.view(symbol, timeframe)
            result = function(view)
            _order()
            if self._u64(view._at) == view.epoch:
                return result
            spins, deadline = self._wait_for_writer(spins, deadline, symbol)

    # -- change ----------------------------------------------------------------------------------

    @property
    def epoch(self):
        """The snapshot's global epoch; odd while a batch is being written."""
        self._current()
        return self._u64(64)

    @property
    def last_update_ms(self):
        self._current()
        return self._u64(72)

    @property
    def generation(self):
        return self._generation

    def writer(self):
        """What the header says of the writer, and whether it lives."""
        self._current()
        fields = _WRITER.unpack_from(self._memory, 64)
        return {
            "pid": fields[2],
            "state": {LIVE: "live", CLOSED: "closed", SUPERSEDED: "superseded"}.get(fields[3], "?"),
            "started_ms": fields[4],
            "heartbeat_ms": fields[5],
            "alive": fields[3] == LIVE and self._writer_lives(),
        }

    def wait(self, since=None, timeout=None, interval=0.002):
        """Waits for a batch after epoch ``since`` (by default: after now); answers the new epoch."""
        if since is None:
            since = self.epoch
        identity = self._identity
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            now = self.epoch
            if now & 1 == 0 and (now > since or self._identity != identity):
                return now
            if not self._writer_lives():
                raise WriterDead("the writer of %s died; nothing will change" % self._name)
            if deadline is not None and time.monotonic() >= deadline:
                raise WaitTimeout("no batch within %s s" % timeout)
            time.sleep(interval)

    def close(self):
        if self._attachment is not None:
            self._memory = None
            self._attachment.close()
            self._attachment = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # -- attaching -------------------------------------------------------------------------------

    def _attach_patiently(self):
        """A name that a tracker removed is back within a second: that long is worth waiting."""
        deadline = time.monotonic() + max(self._budget, 1.5)
        while True:
            try:
                return self._attach()
            except SegmentMissing:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.02)

    def _attach(self):
        attachment = Attachment(self._name, self._folder)
        try:
            self._adopt(attachment)
        except BaseException:
            attachment.close()
            raise
        if self._attachment is not None:
            self._attachment.close()
        self._attachment = attachment

    def _adopt(self, attachment):
        size = attachment.size()
        if min(size, attachment.mapped) < HEADER_BYTES:
            raise SegmentForeign("%s is too short to be a columnar segment" % self._name)
        memory = attachment.memory
        (magic, layout, header_bytes, segment_size, generation, dir_capacity, dir_entry, dir_off,
         slab_off, ncols, _) = _HEADER.unpack_from(memory, 0)  # fmt: skip
        if magic == bytes(8):
            raise SegmentMissing("%s is still being made" % self._name)
        if magic != MAGIC:
            raise SegmentForeign("%s does not begin with %r" % (self._name, MAGIC))
        if layout != LAYOUT or header_bytes != HEADER_BYTES or dir_entry != ENTRY_BYTES or ncols != COLUMNS:
            raise SegmentVersion("%s has layout %d; this reader knows %d" % (self._name, layout, LAYOUT))
        if segment_size > min(size, attachment.mapped):
            raise SegmentShrunk("%s says %d bytes and has %d" % (self._name, segment_size, size))
        dir_end = dir_off + dir_capacity * ENTRY_BYTES
        if dir_off < HEADER_BYTES or dir_off % 8 or dir_end > slab_off or slab_off > segment_size:
            raise SegmentDamaged("the directory of %s does not fit into it" % self._name)
        self._size = segment_size
        self._generation = generation
        # Generations count within one life of the segment; a writer's start tells the lives apart.
        self._identity = (generation, _U64.unpack_from(memory, 88)[0])
        self._dir_off = dir_off
        self._dir_capacity = dir_capacity
        self._slab_off = slab_off
        self._memory = memory
        self._index = {}
        self._scanned = 0

    def _current(self):
        """Makes sure of the segment before each use: its length, and that it has no successor."""
        if self._memory is None:
            raise ValueError("the reader is closed")
        if self._attachment.size() < self._size:
            try:
                self._attach()
            except SegmentMissing:
                raise SegmentShrunk("%s was cut" % self._name) from None
        state = _U32.unpack_from(self._memory, 84)[0]
        if state != LIVE:
            self._follow(state)

    def _follow(self, state):
        name = self._name
        try:
            self._attach_patiently()
        except SegmentMissing:
            if state == CLOSED:
                raise SegmentClosed("the writer of %s has stopped" % name) from None
            raise
        if _U32.unpack_from(self._memory, 84)[0] == CLOSED:
            raise SegmentClosed("the writer of %s has stopped" % name)

    # -- finding ---------------------------------------------------------------------------------

    def _scan(self):
        count = _U32.unpack_from(self._memory, 104)[0]
        if count > self._dir_capacity:
            raise SegmentDamaged("%s counts more entries than it has room for" % self._name)
        for i in range(self._scanned, count):
            at = self._dir_off + i * ENTRY_BYTES
            seconds = _U32.unpack_from(self._memory, at + 56)[0]
            symbol = self._memory[at + 64 : at + 96].split(b"\0", 1)[0].decode("utf-8", "replace")
            self._index[(symbol, seconds)] = at
        self._scanned = max(self._scanned, count)

    def _entry(self, symbol, timeframe):
        self._current()
        seconds = TIMEFRAMES.get(timeframe, timeframe)
        at = self._index.get((symbol, seconds))
        if at is None:
            self._scan()
            at = self._index.get((symbol, seconds))
            if at is None:
                raise UnknownSeries("%s has no bars of %s for %s" % (self._name, timeframe, symbol))
        return at

    # -- reading ---------------------------------------------------------------------------------

    def _stable(self, symbol, timeframe, kind, before):
        deadline = None
        spins = 0
        wrong = 0
        while True:
            at = self._entry(symbol, timeframe)
            memory = self._memory
            meta = _META.unpack_from(memory, at)
            epoch = meta[0]
            if epoch & 1 == 0:
                if not _ORDERED:
                    _order()
                try:
                    self._believe(meta)
                    taken = self._take(meta, kind, before, symbol)
                    fault = None
                except SegmentDamaged as error:
                    fault = error
                if not _ORDERED:
                    _order()
                if _U64.unpack_from(memory, at)[0] == epoch:
                    if fault is None:
                        return taken
                    # The writer did not touch the entry, so it is not the writer who made it wrong;
                    # on processors that reorder loads a second look is owed all the same.
                    wrong += 1
                    if wrong >= 4:
                        raise fault
                self.retries += 1
            spins, deadline = self._wait_for_writer(spins, deadline, symbol)

    def _believe(self, meta):
        data_off, capacity, count = meta[4], meta[5], meta[6]
        if count > capacity:
            raise SegmentDamaged("an entry counts more bars than it has room for")
        if count and (
            data_off % 8 or data_off < self._slab_off or data_off + capacity * 48 > self._size
        ):
            raise SegmentDamaged("the bars of an entry lie outside the segment")
        if meta[10] & LOST and count == 0:
            raise SegmentDamaged("the bars of this entry were damaged and are being loaded again")

    def _take(self, meta, kind, before, symbol):
        epoch, updated, _, _, data_off, capacity, count, sum64, rewrite, seconds, flags = meta
        start = 0
        settled = 0
        result = kind()
        if kind is Tail:
            whole = _whole(before)
            good = (
                before._identity == self._identity and rewrite <= before.epoch and count >= whole
            )
            result.rewritten = not good
            if good and whole > 0:
                start = whole - 1
                # All bars but the last one of then, which may have changed.
                settled = before._sum64 - _last_row(before._words)
            result.start = start
        words = _copy(self._memory, data_off, capacity, start, count)
        if self._verify and (settled + _sum(words)) & MASK64 != sum64:
            raise ChecksumMismatch("the bars of %s do not add up to their checksum" % symbol)
        result.symbol = symbol
        result.bar_seconds = seconds
        result.count = count - start
        result.epoch = epoch
        result.rewrite_epoch = rewrite
        result.last_update_ms = updated
        result.provisional = bool(flags & PROVISIONAL)
        result.generation = self._generation
        result._identity = self._identity
        result._sum64 = sum64
        result._words = words
        return result

    def _make_view(self, at, meta, symbol, timeframe):
        view = View()
        view.symbol = symbol
        view.bar_seconds = meta[9]
        view.count = meta[6]
        view.epoch = meta[0]
        view.provisional = bool(meta[10] & PROVISIONAL)
        view._bars = self
        view._at = at
        words = _columns_in_place(self._memory, meta[4], meta[5], meta[6])
        view.t = _times(words[0])
        (view.open, view.high, view.low, view.close, view.volume) = map(_values, words[1:])
        return view

    def _u64(self, at):
        return _U64.unpack_from(self._memory, at)[0]

    # -- the writer ------------------------------------------------------------------------------

    def _wait_for_writer(self, spins, deadline, symbol):
        """Backs off, and gives up with a name when the budget is spent."""
        spins += 1
        if spins <= 20:
            return spins, deadline
        now = time.monotonic()
        if deadline is None:
            deadline = now + self._budget
        if not self._writer_lives():
            raise WriterDead("the writer died while it was changing %s" % symbol)
        if now >= deadline:
            raise WriterBusy("no stable copy of %s within %s s" % (symbol, self._budget))
        time.sleep(0.00005 if spins < 200 else 0.001)
        return spins, deadline

    def _writer_lives(self):
        fields = _WRITER.unpack_from(self._memory, 64)
        if fields[5] + DEAD_AFTER_MS < time.time() * 1000:
            return False
        return not self._check_pid or _pid_lives(fields[2])


def _whole(history):
    """How many bars the series had when ``history`` was taken."""
    return getattr(history, "start", 0) + history.count


def _pid_lives(pid):
    if os.name == "nt" or pid == 0:
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def _order():
    with _lock:
        pass


if numpy is not None:
    _U8, _I8, _F8 = numpy.dtype("<u8"), numpy.dtype("<i8"), numpy.dtype("<f8")
    _add = numpy.add.reduce

    def _copy(memory, data_off, capacity, start, count):
        """Copies rows out; the answer's rows are the six columns, as unsigned words."""
        if count == 0:
            return numpy.zeros((COLUMNS, 0), _U8)
        if start == 0 and capacity < 2 * count:
            # One stretch with the spare room in it is copied faster than six without.
            slab = numpy.frombuffer(memory[data_off : data_off + capacity * 48], _U8)
            return slab.reshape(COLUMNS, capacity)[:, :count]
        slab = numpy.frombuffer(memory, _U8, COLUMNS * capacity, data_off)
        return slab.reshape(COLUMNS, capacity)[:, start:count].copy()

    def _sum(words):
        # Faster than add.reduce over rows that are not next to each other; it wraps just the same.
        return int(numpy.einsum("ij->", words))

    def _last_row(words):
        return int(_add(words[:, -1])) if words.shape[1] else 0

    def _times(words):
        return words.view(_I8)

    def _values(words):
        return words.view(_F8)

    def _columns_in_place(memory, data_off, capacity, count):
        if not count:
            return numpy.zeros((COLUMNS, 0), _U8)
        slab = numpy.frombuffer(memory, _U8, COLUMNS * capacity, data_off)
        return slab.reshape(COLUMNS, capacity)[:, :count]

else:

    def _copy(memory, data_off, capacity, start, count):
        """Copies rows out; the answer's parts are the six columns, as unsigned words."""
        parts = []
        for column in range(COLUMNS):
            at = data_off + (column * capacity + start) * 8
            parts.append(memoryview(memory[at : at + (count - start) * 8]).cast("Q"))
        return parts

    def _sum(words):
        return sum(sum(column) for column in words)

    def _last_row(words):
        return sum(column[-1] for column in words) if len(words[0]) else 0

    def _times(words):
        return words.cast("B").cast("q")

    def _values(words):
        return words.cast("B").cast("d")

    def _columns_in_place(memory, data_off, capacity, count):
        whole = memoryview(memory)
        return [
            whole[data_off + column * capacity * 8 :][: count * 8].cast("Q")
            for column in range(COLUMNS)
        ]
