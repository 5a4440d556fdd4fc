"""Bytes that are on the disk when a call returns, also after a power cut.

- Whoever needs a file whole or not at all writes one beside it with `write_synced`, renames it with
  `replace`, and calls `sync_folder`; under which name, and what is said when it fails, is the caller's.
- macOS keeps what is synced in the drive's own memory unless it is asked to empty that, too.
- On Windows a file cannot be replaced while somebody reads it: a reader is waited for, a moment.
"""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

READERS_BLOCK = os.name == "nt"
_TRIES, _BETWEEN = 50, 0.02


def write_synced(path: Path, data: bytes) -> None:
    """Write a file, and return when its bytes are on the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        sync(file.fileno())


def sync(descriptor: int) -> None:
    """Return when the bytes of an open file are on the disk."""
    try:
        from fcntl import F_FULLFSYNC, fcntl  # type: ignore[attr-defined]
    except ImportError:  # not macOS
        os.fsync(descriptor)
        return
    try:
        fcntl(descriptor, F_FULLFSYNC)
    except OSError:  # a file system, as of a server, that does not know it
        os.fsync(descriptor)


def replace(fresh: Path, target: Path) -> None:
    """Put a file in the place of another, in one step; a device or a pipe is no file and stays."""
    if target.exists() and not target.is_file():
        raise FileExistsError(errno.EEXIST, "it is a device, a pipe or a folder, not a file", str(target))
    for left in reversed(range(_TRIES)):
        try:
            os.replace(fresh, target)
            return
        except PermissionError:
            if not READERS_BLOCK or not left:
                raise
            time.sleep(_BETWEEN)


def sync_folder(folder: Path) -> None:
    """Return when a folder's names are on the disk; systems that keep no such order are left alone."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system, as of a server, without it
            raise
    finally:
        os.close(descriptor)
