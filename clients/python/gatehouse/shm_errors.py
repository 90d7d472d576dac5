"""What can be wrong with shared memory, each under a name of its own."""


class SharedMemoryError(Exception):
    """The base of them all; ``code`` is the same word every Gatehouse reader uses."""

    code = "SHM_ERROR"


class SegmentMissing(SharedMemoryError):
    """There is no segment of that name: the writer does not run, or restores it this instant."""

    code = "SHM_MISSING"


class SegmentForeign(SharedMemoryError):
    """The name belongs to something that is not a Gatehouse segment."""

    code = "SHM_FOREIGN"


class SegmentVersion(SharedMemoryError):
    """The segment has a layout this reader does not know."""

    code = "SHM_VERSION"


class SegmentDamaged(SharedMemoryError):
    """The segment contradicts itself: somebody else has written into it."""

    code = "SHM_DAMAGED"


class SegmentShrunk(SharedMemoryError):
    """The segment is shorter than its header says: somebody has cut it."""

    code = "SHM_SHRUNK"


class SegmentClosed(SharedMemoryError):
    """The writer has stopped in good order and there is no successor."""

    code = "SHM_CLOSED"


class ChecksumMismatch(SegmentDamaged):
    """The bars do not add up to the sum beside them, however often they are read."""

    code = "SHM_CHECKSUM"


class WriterBusy(SharedMemoryError):
    """The writer lives, but no stable copy could be had within the time budget."""

    code = "WRITER_BUSY"


class WriterDead(SharedMemoryError):
    """The writer died in the middle of this entry; other entries stay readable."""

    code = "WRITER_DEAD"


class TextUnreadable(SegmentDamaged, WriterBusy):
    """The dictionary held no JSON for the whole of the time budget: it was overwritten."""

    code = "SHM_DAMAGED"


class UnknownSeries(SharedMemoryError, KeyError):
    """The segment has no such symbol and timeframe."""

    code = "UNKNOWN_SERIES"

    def __str__(self):
        return Exception.__str__(self)


class WaitTimeout(SharedMemoryError, TimeoutError):
    """Nothing changed within the time given."""

    code = "WAIT_TIMEOUT"


class ViewChanged(SharedMemoryError):
    """The writer changed the bars while a view was being used: what was computed is void."""

    code = "VIEW_CHANGED"
