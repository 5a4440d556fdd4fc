"""The original documents of a workspace, as they were handed in, addressed by their SHA-256."""

from __future__ import annotations

from pathlib import Path

from studio.domain.errors import BrokenInput
from studio.domain.frozen import digest
from studio.durable import write_synced


class DocumentFolder:
    """A folder of files named by digest; a file is written once and never changed."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which is made on first use."""
        self._folder = folder

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def keep(self, data: bytes) -> str:
        """Write the bytes, if they are not there yet, and return their digest."""
        name = digest(data)
        path = self._path(name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            write_synced(part, data)
            part.replace(path)
        return name

    def read(self, name: str) -> bytes:
        """Return the bytes; raises BrokenInput when they are missing or were altered."""
        path = self._path(name)
        if not path.exists():
            raise BrokenInput(
                f"The original file {path} is missing.", "Restore it from a backup, or add it again."
            )
        data = path.read_bytes()
        if digest(data) != name:
            raise BrokenInput(
                f"The original file {path} was altered after it was added.", "Restore it from a backup."
            )
        return data
