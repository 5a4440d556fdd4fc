"""The database of IT's registry: transactions, time, and the one way a pointer is moved.

- Every write is one SQLite transaction (WAL, synchronous=FULL), begun with the write lock; an error leaves no
  trace of it.
- The clock never goes back: the latest time in the log counts if it is later than now.
- Flag files and the head of the log are written under the write lock, so that of two operators the one who
  committed last also writes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from studio.domain.environment import EnvironmentState, Pointer
from studio.domain.errors import StudioError
from studio.ports import Signer
from studio.store import registry_records as records
from studio.store import registry_tables as tables
from studio.store.registry_audit import read_head, sign_head
from studio.store.registry_files import RegistryFiles, open_engine, telling

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return now in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class RegistryDatabase:
    """An open database of a registry; close it."""

    def __init__(self, path: Path, clock: Clock = utc_now) -> None:
        """Take the database file; nothing is read yet."""
        self.path = path
        self.clock = clock
        self._engine = open_engine(path)
        self.files = RegistryFiles(path)

    def __enter__(self) -> Self:
        """Return the registry."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection that holds the write lock; commit at the end, roll back on any error."""
        with telling(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection with one consistent view."""
        with telling(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def now(self, connection: sa.Connection) -> datetime:
        """Return the time: the clock's, or the latest in the log if that is later."""
        now = self.clock()
        has_log = sa.inspect(connection).has_table("log")
        last = records.last_entry(connection) if has_log else None
        return max(now, last.time) if last else now

    def refresh_files(self, first_head: bool = False) -> None:
        """Write the flag files and the head of the log next to the registry, where they differ."""
        with self.writing() as connection:
            rows = {row.id: row for row in records.releases(connection)}
            agent = str(connection.scalar(sa.select(tables.registry.c.agent_id)))
            for name in records.environments(connection):
                self.files.write_flags(records.pointer(connection, name), rows, agent)
            # A head that the log no longer holds is evidence: it stays until someone has looked into it.
            if first_head or self._log_holds_head(connection):
                self.files.write_head(records.head(connection))

    def _log_holds_head(self, connection: sa.Connection) -> bool:
        try:
            head = read_head(self.files.head.read_bytes())
        except (OSError, StudioError):
            return False
        return records.entry_hash_at(connection, head.seq) == head.hash

    def state_of(self, connection: sa.Connection, environment: str, check_base: bool) -> EnvironmentState:
        """Return what a verifier needs to know of an environment."""
        rows = records.releases(connection)
        here = [row for row in rows if row.environment == environment]
        running = records.pointer(connection, environment).stable
        by_id = {row.id: row for row in rows}
        return EnvironmentState(
            environment=environment,
            agent=str(connection.scalar(sa.select(tables.registry.c.agent_id))),
            sequence_floor=max((row.sequence for row in here), default=0),
            known={row.sequence: row.id for row in here},
            withdrawn=tuple(row.id for row in rows if row.withdrawn),
            running_digest=by_id[running].result_digest if check_base else None,
        )

    def swap(
        self,
        connection: sa.Connection,
        old: Pointer,
        new: Pointer,
        actor: str,
        action: str,
        details: dict[str, str],
        signer: Signer | None,
    ) -> None:
        """Move a pointer and log it, with a signed head where a signer is given."""
        records.swap_pointer(connection, old, new)
        told = {**records.pointer_details(new), **details}
        records.append(connection, self.now(connection), actor, action, new.environment, told)
        if signer is not None:
            sign_head(connection, records.head(connection), signer)
