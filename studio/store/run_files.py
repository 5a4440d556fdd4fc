"""The conversations of runs: one SQLite file a run, in the folder `runs` beside the workspace's database.

- A thread of its own writes, several batches a transaction; its queue is bounded, so that a run that is
  faster than the disk waits instead of filling memory. The workspace's database is not touched meanwhile.
- A run that nobody keeps is deleted: at once when it is discarded or forgotten, and after a day where a
  program was killed.
- A file is read batch by batch, as conversations are looked at, whichever the size of the run.
"""

from __future__ import annotations

import os
import queue
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from functools import cached_property
from itertools import groupby, islice
from pathlib import Path
from uuid import uuid4

from studio.domain.errors import BrokenInput, WrongUse
from studio.domain.run import SIDES, Comparison, Conversation, KeptBatch, Side
from studio.simulation.gathering import made
from studio.simulation.packing import KeptConversations

FOLDER = "runs"
WAITING = 64
"""Batches on their way to the disk; a run that makes more waits."""
AT_ONCE = 32
"""Batches in one transaction."""
STALE = 24 * 3600.0
"""Seconds after which a file that no run names is deleted."""

_TABLE = """CREATE TABLE batch (
    position INTEGER PRIMARY KEY, side TEXT NOT NULL, scenario TEXT NOT NULL, first INTEGER NOT NULL,
    count INTEGER NOT NULL, flags BLOB NOT NULL, body BLOB NOT NULL)"""
_INSERT = "INSERT INTO batch (side, scenario, first, count, flags, body) VALUES (?, ?, ?, ?, ?, ?)"


def _forget(file: Path) -> None:
    for each in (file, file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")):
        with suppress(OSError):
            each.unlink()


class _Ownership:
    """A file that vanishes with its last user, unless it was kept."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._end = weakref.finalize(self, _forget, file)

    def keep(self) -> None:
        """Let the file stay."""
        self._end.detach()

    def forget(self) -> None:
        """Delete the file now."""
        self._end()


class FileLog:
    """Writes the batches of one run to a file of its own."""

    def __init__(self, folder: Path) -> None:
        """Make the file; raises WrongUse where it cannot be written."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(folder, error) from error
        self.owned = _Ownership(folder / f"{uuid4().hex}.run")
        self._queue: queue.Queue[tuple[Side, KeptBatch] | None] = queue.Queue(WAITING)
        self._failure: Exception | None = None
        self._heard_end = False
        self._thread: threading.Thread | None = threading.Thread(
            target=self._write, name="run log", daemon=True
        )
        self._thread.start()

    def add(self, side: Side, batch: KeptBatch) -> None:
        """Hand a batch to the writer; waits while it is behind, raises WrongUse where it cannot write."""
        while True:
            if self._failure is not None:
                raise _unwritable(self.owned.file, self._failure) from self._failure
            try:
                self._queue.put((side, batch), timeout=0.1)
                return
            except queue.Full:
                continue

    def close(self) -> None:
        """Wait until everything is on the disk; raises WrongUse where it is not."""
        self._end()
        if self._failure is not None:
            self.owned.forget()
            raise _unwritable(self.owned.file, self._failure) from self._failure

    def discard(self) -> None:
        """Stop writing and delete the file."""
        self._failure = self._failure or InterruptedError("discarded")
        self._end()
        self.owned.forget()

    def conversations(self, side: Side) -> FiledConversations:
        """Return the conversations of a side; the file stays as long as they are in use."""
        return FiledConversations(self.owned.file, side, self.owned)

    def _end(self) -> None:
        if self._thread is not None:
            self._queue.put(None)  # the writer takes everything until here, whether it can write or not
            self._thread.join()
            self._thread = None

    def _write(self) -> None:
        try:
            with closing(sqlite3.connect(self.owned.file, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.execute(_TABLE)
                while self._failure is None and (rows := self._next()):
                    connection.execute("BEGIN")
                    connection.executemany(_INSERT, rows)
                    connection.execute("COMMIT")
                if self._failure is None:
                    # One file, without companions, that may be copied: it is only read from now on.
                    connection.execute("PRAGMA journal_mode=DELETE")
                    return
        except sqlite3.Error as error:
            self._failure = error
        while not self._heard_end:
            self._heard_end = self._queue.get() is None

    def _next(self) -> list[tuple[Side, str, int, int, bytes, bytes]]:
        """Return what waits, at least one batch; nothing at the end."""
        rows: list[tuple[Side, str, int, int, bytes, bytes]] = []
        while len(rows) < AT_ONCE and not self._heard_end:
            try:
                found = self._queue.get(block=not rows)
            except queue.Empty:
                break
            if found is None:
                self._heard_end = True
                break
            side, each = found
            rows.append((side, each.scenario, each.first, each.count, each.flags, each.body))
        return rows


def _unwritable(place: Path, error: Exception) -> WrongUse:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return WrongUse(
        f"The conversations of this run cannot be kept in {place.parent}: {why}.",
        "Make room on the disk, or allow this program to write there; then simulate again.",
    )


class FiledConversations(KeptConversations):
    """The conversations of one side in a run's file; raises BrokenInput where it is missing or damaged."""

    def __init__(self, file: Path, side: Side, owned: _Ownership | None = None) -> None:
        """Take the file; nothing is read before somebody looks."""
        super().__init__()
        self.file, self.side, self.owned = file, side, owned

    @cached_property
    def _batches(self) -> list[tuple[int, int]]:
        words = "SELECT position, count FROM batch WHERE side = ? ORDER BY position"
        return self._ask(words, (self.side,))

    def _ask(self, words: str, values: tuple[object, ...]) -> list[tuple[int, int]]:
        try:
            with closing(sqlite3.connect(f"{self.file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                return connection.execute(words, values).fetchall()
        except sqlite3.Error as error:
            raise BrokenInput(
                f"The conversations of this run cannot be read: {self.file} is missing or damaged.",
                "Simulate again; the same seed gives the same conversations.",
            ) from error

    def counts(self) -> Sequence[int]:
        """Return how many conversations each batch has."""
        return [count for _, count in self._batches]

    def load(self, number: int) -> bytes:
        """Return the body of a batch."""
        rows = self._ask("SELECT body, 0 FROM batch WHERE position = ?", (self._batches[number][0],))
        body = rows[0][0] if rows else b""
        return body if isinstance(body, bytes) else b""


def sweep(folder: Path, named: Iterable[str]) -> None:
    """Delete what no run names and nobody has written to for a day."""
    known = set(named)
    with suppress(OSError):
        for entry in os.scandir(folder):
            old = time.time() - entry.stat().st_mtime > STALE
            if old and entry.name.partition("-")[0] not in known and ".run" in entry.name:
                Path(entry.path).unlink()


def filed(comparison: Comparison, folder: Path) -> str:
    """Return the name of the file in the folder that has a comparison's conversations, written if need be."""
    live, draft = comparison.live.conversations, comparison.draft.conversations
    if isinstance(live, FiledConversations) and isinstance(draft, FiledConversations):
        file = draft.file
        if live.file == file and file.parent == folder and file.exists():
            if draft.owned is not None:
                draft.owned.keep()
            return file.name
    log = FileLog(folder)
    try:
        for side, run in zip(SIDES, (comparison.live, comparison.draft), strict=True):
            for batch in _batches(run.conversations):
                log.add(side, batch)
        log.close()
    except BaseException:
        log.discard()
        raise
    log.owned.keep()
    return log.owned.file.name


def _batches(conversations: Iterable[Conversation]) -> Iterator[KeptBatch]:
    """Yield conversations that are kept nowhere yet as batches."""
    for _, many in groupby(conversations, lambda each: each.scenario):
        while batch := list(islice(many, AT_ONCE)):
            yield made(batch, [False] * len(batch)).kept
