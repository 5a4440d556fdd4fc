"""Locks of files between processes: held until the file is closed or its process ends, however that comes.

- They are for programs that ask for them, and keep nobody else from reading or writing.
"""

from __future__ import annotations

import sys
import time
from typing import IO, Any

_BETWEEN = 0.1

if sys.platform == "win32":
    import msvcrt

    def _taken(file: IO[Any]) -> bool:
        file.seek(0)  # what is locked begins where the file stands
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(file: IO[Any]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def hold(file: IO[Any], *, wait: bool = False) -> bool:
    """Take the lock of an open file, at once or once it is free; return whether it is held."""
    while not _taken(file):
        if not wait:
            return False
        time.sleep(_BETWEEN)
    return True
