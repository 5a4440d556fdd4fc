"""The folder of a repository: files written in one step, drafts, and a lock for the one who writes.

- A file is written beside, synced and renamed, so that a reader meets the old bytes or the new ones.
- Only one process writes at a time; a second one is told at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.distribution import terms
from studio.domain.errors import ProviderFailed, WrongUse
from studio.durable import replace, sync_folder, write_synced
from studio.locks import hold

_VERSIONED = re.compile(r"([1-9][0-9]{0,9})\.([a-z]+)\.json")


def write_in_one_step(path: Path, data: bytes) -> None:
    """Replace a file by these bytes, whole or not at all, and sync them to the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    try:
        write_synced(temporary, data)
        replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        raise ProviderFailed(
            f"“{path}” could not be written: {error.strerror}.",
            "Nothing that readers see was changed; make room or look at the rights, then repeat.",
        ) from error


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold the lock of a folder while something is done; raises WrongUse if somebody else holds it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b")
    except OSError as error:
        raise WrongUse(
            f"The folder {path.parent} cannot be used: {error.strerror}.",
            "Choose another, or check its rights.",
        ) from None
    with file:
        if not hold(file):
            raise WrongUse(f"Somebody else is working on {what}.", "Wait a moment, then repeat.")
        yield


class RepositoryFolder:
    """The files of a repository; nothing here knows what they mean."""

    def __init__(self, path: Path) -> None:
        """Take the folder."""
        self.path = path
        self.metadata = path / terms.METADATA_FOLDER
        self.targets = path / terms.TARGETS_FOLDER
        self.drafts = path / terms.DRAFT_FOLDER

    @property
    def exists(self) -> bool:
        """Return whether there is a repository, be it only drafted."""
        return (self.metadata / "1.root.json").is_file() or self.draft(terms.ROOT).is_file()

    def versions(self, role: str) -> list[int]:
        """Return the versions of a role's document that lie in the folder, newest first."""
        found = (_VERSIONED.fullmatch(path.name) for path in self.metadata.glob(f"*.{role}.json"))
        return sorted((int(match[1]) for match in found if match), reverse=True)

    def document(self, role: str, version: int | None = None) -> Path:
        """Return where a published document lies."""
        return self.metadata / (f"{role}.json" if version is None else f"{version}.{role}.json")

    def draft(self, role: str) -> Path:
        """Return where a document waits for its signatures."""
        return self.drafts / f"{role}.json"

    def target(self, name: str, sha256: str) -> Path:
        """Return where a target lies: under a name that holds its digest, so it never changes."""
        folder, _, base = name.rpartition("/")
        return self.targets / folder / f"{sha256}.{base}"

    def lock(self) -> Path:
        """Return the lock file."""
        return self.path / terms.LOCK_FILE
