"""Writing a file for somebody: it is there whole or not at all, also after a power cut.

- What is no file, as a pipe or /dev/null, is written to, and never replaced by a file.
"""

from __future__ import annotations

from pathlib import Path

from studio.domain.errors import WrongUse
from studio.durable import sync_folder, write_synced


def write_whole(path: Path, data: bytes) -> None:
    """Write a file at once; raises WrongUse where it cannot be written."""
    if not path.name or path.is_dir():
        raise WrongUse(f"{path} is a folder.", "Name a file in it.")
    part = path.with_name(path.name + ".part")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        write_synced(part, data)
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise WrongUse(f"{path} cannot be written: {error.strerror}.", "Choose another place.") from error
