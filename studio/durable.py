"""Bytes that are on the disk when a call returns, also after a power cut.

- Whoever needs a file whole or not at all writes one beside it with `write_synced`, renames it, and calls
  `sync_folder`; under which name, and what is said when it fails, is the caller's.
"""

from __future__ import annotations

import os
from pathlib import Path


def write_synced(path: Path, data: bytes) -> None:
    """Write a file, and return when its bytes are on the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Return when a folder's names are on the disk; systems that keep no such order are left alone."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
