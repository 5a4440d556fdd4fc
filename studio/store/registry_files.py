"""What lies on disk for a registry: flag files for flagd, and the head of the log.

- Files are replaced in one step (temporary file, fsync, rename, fsync of the folder), with a growing time of
  change, because flagd looks at that.
- They are named after the database by its whole name, so that a.db and a.sqlite share none. An earlier
  program left the ending out: its head is read, and its flag files are kept up to date where they lie.
- The head file is written after each commit: a log that lost its tail no longer agrees with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from glob import escape
from pathlib import Path

import sqlalchemy as sa

from studio.domain.environment import Pointer, ReleaseRow
from studio.domain.errors import BrokenInput, ProviderFailed
from studio.domain.frozen import canonical
from studio.domain.ledger import LedgerHead
from studio.durable import replace, sync_folder, write_synced
from studio.release.flagd import flag_file
from studio.release.traffic import seed_for
from studio.store.registry_place import Place
from studio.store.registry_sound import sound


class RegistryFiles:
    """The files next to a registry's database."""

    def __init__(self, database: Path) -> None:
        """Take the database's path; the others are named after it."""
        self._database = database

    @property
    def head(self) -> Path:
        """Return where the head of the log is kept."""
        return self._database.with_name(f"{self._database.name}.head.json")

    def flags(self, environment: str) -> Path:
        """Return where the flag file of an environment lies."""
        return self._database.with_name(f"{self._database.name}.{environment}.flagd.json")

    def has_head(self) -> bool:
        """Return whether a head of the log is kept."""
        return self.head.exists() or self._earlier("head.json").exists()

    def read_head(self) -> bytes:
        """Return the kept head of the log; of an earlier program, the one under its name."""
        earlier = self._earlier("head.json")
        return (earlier if earlier.is_file() and not self.head.exists() else self.head).read_bytes()

    def _earlier(self, ending: str) -> Path:
        return self._database.with_name(f"{self._database.stem}.{ending}")

    def _is_alone(self) -> bool:
        """Return whether no other registry lies here whose files an earlier program named the same."""
        others = self._database.parent.glob(f"{escape(self._database.stem)}.*")
        return all(each == self._database or not _is_database(each) for each in others)

    @sound("a pointer to a release")
    def write_flags(self, pointer: Pointer, releases: Mapping[str, ReleaseRow], agent_id: str) -> bytes:
        """Write the flag file of an environment, if it is not what the pointer says; return its bytes."""
        stable = releases[pointer.stable]
        candidate = releases[pointer.candidate] if pointer.candidate else None
        seed = seed_for(agent_id, (candidate or stable).sequence)
        told = flag_file(pointer, stable.result_digest, candidate.result_digest if candidate else None, seed)
        write_in_one_step(self.flags(pointer.environment), told)
        earlier = self._earlier(f"{pointer.environment}.flagd.json")
        if earlier.is_file() and self._is_alone():  # somebody's provider may read it still
            write_in_one_step(earlier, told)
        return told

    def write_head(self, head: LedgerHead) -> None:
        """Write the head of the log; one under an earlier program's name gives way to it."""
        write_in_one_step(self.head, canonical(head))
        earlier = self._earlier("head.json")
        if earlier != self.head and self._is_alone():
            earlier.unlink(missing_ok=True)


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(16).startswith(b"SQLite format 3")
    except OSError:
        return False


def write_in_one_step(path: Path, data: bytes) -> None:
    """Replace a file by these bytes, whole or not at all; a file that holds them already is left alone.

    One writer at a time: the temporary file has one name, so that a crash leaves at most one behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    earlier = path.stat().st_mtime_ns if path.exists() else 0
    if earlier and path.read_bytes() == data:
        temporary.unlink(missing_ok=True)
        return
    write_synced(temporary, data)
    if temporary.stat().st_mtime_ns <= earlier:
        os.utime(temporary, ns=(earlier + 1_000_000_000, earlier + 1_000_000_000))
    replace(temporary, path)
    sync_folder(path.parent)


@contextmanager
def telling(place: Place) -> Iterator[None]:
    """Turn database errors into sentences, which never hold a password."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError) as error:
        said, todo = (
            _words(place, error),
            "try again when it can be reached, is not held and its disk has room",
        )
        if "does not exist" in said:
            todo = "check the names; whoever runs the server makes databases and roles (createdb, createuser)"
        raise ProviderFailed(
            f"The registry {place.shown} could not be used: {said}.", f"Nothing was changed; {todo}."
        ) from None
    except sa.exc.ProgrammingError as error:
        raise BrokenInput(
            f"The registry {place.shown} cannot be used as it is: {_words(place, error)}.",
            "Ask its administrator for the rights to use it; nothing was changed.",
        ) from None
    except sa.exc.DatabaseError as error:
        raise BrokenInput(
            f"The registry {place.shown} is damaged or no registry: {_words(place, error)}.",
            "Restore it from a backup; nothing was changed.",
        ) from None


def _words(place: Place, error: sa.exc.DBAPIError) -> str:
    first = str(error.orig).strip().splitlines() or [type(error).__name__]
    return place.plain(first[0])
