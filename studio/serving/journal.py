"""The journal of interactions: appended, made durable before the customer sees the answer, one file a day.

- Only the owner of the process may read the files: they hold what customers said.
- A line that an earlier process left torn is closed first, so that it spoils no other.
- One process writes into a folder at a time.
"""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from studio.domain.errors import ProviderFailed, WrongUse
from studio.domain.interaction import Interaction
from studio.durable import sync
from studio.locks import hold
from studio.release.interactions import file_of, line

_APPENDING = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)


class Journal:
    """An open journal in a folder; used by several threads, one line at a time. Close it."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; raises ProviderFailed where it cannot be made."""
        self.folder = folder
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self._name = ""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._mark = (folder / ".lock").open("a")
        except OSError as error:
            raise self._failed(error) from error
        self._claim()

    def write(self, part: Interaction) -> None:
        """Append a part and make it durable; raises ProviderFailed, and then nothing of it counts."""
        moment = part.at or datetime.now(UTC)
        with self._lock:
            try:
                file = self._open(file_of(moment.astimezone(UTC).date()))
                file.write(line(part))
                file.flush()
                sync(file.fileno())
            except OSError as error:
                self._close()  # what was written in part is closed off when it is opened again
                raise self._failed(error) from error

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._close()
            self._mark.close()

    def _claim(self) -> None:
        if not hold(self._mark):
            self._mark.close()
            raise WrongUse(
                f"Another endpoint writes its interactions to {self.folder}.", "Name another folder."
            )

    def _open(self, name: str) -> BinaryIO:
        if self._file is None or self._name != name:
            self._close()
            path = self.folder / name
            torn = _is_torn(path)
            number = os.open(path, _APPENDING, 0o600)
            self._file, self._name = os.fdopen(number, "ab"), name
            if torn:
                self._file.write(b"\n")
        return self._file

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _failed(self, error: OSError) -> ProviderFailed:
        return ProviderFailed(
            f"Interactions cannot be written to {self.folder}: {error.strerror or error}.",
            "Make room or give the right to write; until then no turn is answered.",
        )


def _is_torn(path: Path) -> bool:
    if not path.exists() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() != b"\n"
