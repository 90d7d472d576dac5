"""A History as a pyarrow RecordBatch that shares its memory."""

import pyarrow


def record_batch(history):
    """The columns without a copy; ``history`` must be a verified copy, never a live view."""
    count = history.count

    def column(kind, values):
        return pyarrow.Array.from_buffers(kind, count, [None, pyarrow.py_buffer(values)])

    arrays = [column(pyarrow.timestamp("ms", tz="UTC"), history.t)]
    for name in ("open", "high", "low", "close", "volume"):
        arrays.append(column(pyarrow.float64(), getattr(history, name)))
    return pyarrow.RecordBatch.from_arrays(
        arrays, names=["t", "open", "high", "low", "close", "volume"]
    )
