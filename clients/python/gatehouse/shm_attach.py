"""Opening a segment by name for reading, without Python's resource tracker.

``multiprocessing.shared_memory`` registers what it attaches to and, up to Python 3.12, removes the
segment from the system when the attaching process ends. Nothing here registers anything, and the
mapping is read-only, so a reader can neither remove nor spoil what others read.
"""

import mmap
import os
import sys

from .shm_errors import SegmentForeign, SegmentMissing, SharedMemoryError

__all__ = ["Attachment"]


class Attachment:
    """A read-only mapping of a named segment."""

    def __init__(self, name, folder="/dev/shm"):
        self.name = name
        if sys.platform == "win32":
            self._fd = -1
            self.memory = _map_windows(name)
        else:
            self._fd = _open_posix(name, folder)
            self.memory = _map_posix(self._fd, name)
        self.mapped = len(self.memory)

    def size(self):
        """How long the object is now: less than was mapped means that somebody has cut it."""
        if self._fd < 0:
            return self.mapped
        try:
            return os.lseek(self._fd, 0, os.SEEK_END)
        except OSError:
            # macOS cannot seek in a shared memory object.
            return os.fstat(self._fd).st_size

    def close(self):
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)
        try:
            self.memory.close()
        except BufferError:
            # Views of it are still in use; the mapping goes when the last of them does.
            pass


def _open_posix(name, folder):
    flags = os.O_RDONLY | os.O_CLOEXEC
    try:
        if sys.platform.startswith("linux"):
            return os.open(os.path.join(folder, name), flags | os.O_NOFOLLOW | os.O_NONBLOCK)
        import _posixshmem

        return _posixshmem.shm_open("/" + name, os.O_RDONLY, mode=0o600)
    except FileNotFoundError:
        raise SegmentMissing(
            "there is no segment %s: is Gatehouse running, with shared memory on?" % name
        ) from None
    except OSError as error:
        raise SharedMemoryError("the segment %s cannot be opened: %s" % (name, error)) from error


def _map_posix(fd, name):
    try:
        size = os.fstat(fd).st_size
        if size == 0:
            raise SegmentMissing("the segment %s is empty: it is being made, or was cut" % name)
        return mmap.mmap(fd, size, mmap.MAP_SHARED, mmap.PROT_READ)
    except (OSError, ValueError) as error:
        os.close(fd)
        raise SegmentForeign("%s is not a memory segment: %s" % (name, error)) from error
    except SegmentMissing:
        os.close(fd)
        raise


def _map_windows(name):
    # mmap alone would create the object when it is not there, so its size is asked for first.
    import _winapi

    try:
        handle = _winapi.OpenFileMapping(_winapi.FILE_MAP_READ, False, name)
    except FileNotFoundError:
        raise SegmentMissing("there is no segment %s: is Gatehouse running?" % name) from None
    try:
        address = _winapi.MapViewOfFile(handle, _winapi.FILE_MAP_READ, 0, 0, 0)
    finally:
        _winapi.CloseHandle(handle)
    try:
        size = _winapi.VirtualQuerySize(address)
        return mmap.mmap(-1, size, tagname=name, access=mmap.ACCESS_READ)
    finally:
        if hasattr(_winapi, "UnmapViewOfFile"):
            _winapi.UnmapViewOfFile(address)
