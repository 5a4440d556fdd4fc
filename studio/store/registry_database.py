"""The database of IT's registry: transactions, time, and the one way a pointer is moved.

- Every write is one transaction, begun with the one write lock (SQLite: BEGIN IMMEDIATE, WAL,
  synchronous=FULL; PostgreSQL: an advisory lock, synchronous_commit=on); an error leaves no trace of it.
- A read is one consistent view (PostgreSQL: repeatable read, read only).
- The clock never goes back: the latest time that was seen counts if it is later than now.
- Flag files and the head of the log are written under the write lock, so that of two operators the one who
  committed last also writes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from studio.domain.environment import EnvironmentState, Pointer
from studio.domain.errors import ProviderFailed, StudioError
from studio.store import registry_records as records
from studio.store import registry_schema
from studio.store import registry_tables as tables
from studio.store.registry_audit import read_head
from studio.store.registry_files import RegistryFiles, telling
from studio.store.registry_place import Place, open_engine, read_place

Clock = Callable[[], datetime]
_LOCK = 0x0C0B_111D_E600
"""The advisory lock of writers on PostgreSQL; any number that is ours."""
_SEEN_EVERY = timedelta(minutes=1)


def utc_now() -> datetime:
    """Return now in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class RegistryDatabase:
    """An open database of a registry; close it."""

    def __init__(self, place: str | Path | Place, clock: Clock = utc_now) -> None:
        """Take the database's place; nothing is read yet."""
        self.place = read_place(place)
        self.path = self.place.path
        self.clock = clock
        self._engine = open_engine(self.place)
        self.files = RegistryFiles(self.path)

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

    def connect(self) -> sa.Connection:
        """Return a connection outside any transaction; to be closed."""
        return self._engine.connect()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection that holds the write lock; commit at the end, roll back on any error."""
        with telling(self.place), self._engine.connect() as connection:
            if self.place.kind == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql("BEGIN")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            try:
                yield connection
            except BaseException:
                with suppress(sa.exc.DBAPIError):  # a full disk, or a lost server, has rolled back already
                    connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection with one consistent view."""
        begin = "BEGIN" if self.place.kind == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        with telling(self.place), self._engine.connect() as connection:
            connection.exec_driver_sql(begin)
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def now(self, connection: sa.Connection) -> datetime:
        """Return the time: the clock's, or the latest that was seen if that is later."""
        seen = records.latest_seen(connection)
        return max(self.clock(), seen) if seen else self.clock()

    def bring_up_to_date(self) -> None:
        """Migrate an older schema, in one transaction; raises BrokenInput for a newer one."""
        with self.reading() as connection:
            found = registry_schema.schema_of(connection, self.place.shown)
        if found == tables.SCHEMA_VERSION:
            return
        with self.writing() as connection:
            found = registry_schema.schema_of(connection, self.place.shown)
            if found < tables.SCHEMA_VERSION:
                registry_schema.migrate(connection, found)
                told = {"from": str(found), "to": str(tables.SCHEMA_VERSION)}
                agent = str(connection.scalar(sa.select(tables.registry.c.agent_id)))
                now = self.now(connection)
                records.append(connection, now, "this program", "migrate", agent, told)

    def refresh_files(self, first_head: bool = False) -> None:
        """Write the flag files and the head of the log next to the registry, where they differ."""
        with self.writing() as connection:
            self._remember_time(connection)
            agent = str(connection.scalar(sa.select(tables.registry.c.agent_id)))
            pointers = records.pointers(connection)
            running = {name for each in pointers for name in (each.stable, each.candidate) if name}
            rows = {row.id: row for row in records.releases(connection, ids=running)}
            # A head that the log no longer holds is evidence: it stays until someone has looked into it. On a
            # server, a computer that never saw the registry begins its own head.
            fresh = first_head or (self.place.kind != "sqlite" and not self.files.has_head())
            try:
                for pointer in pointers:
                    self.files.write_flags(pointer, rows, agent)
                if fresh or self._log_holds_head(connection):
                    self.files.write_head(records.head(connection))
            except OSError as error:
                raise ProviderFailed(
                    f"What runs is recorded, but a file in {self.path.parent} could not be written: "
                    f"{error.strerror}.",
                    "Make room there, then run `cobuilder registry status`, which writes it again.",
                ) from None

    def _remember_time(self, connection: sa.Connection) -> None:
        now, seen = self.clock(), records.latest_seen(connection)
        if seen is None or now >= seen + _SEEN_EVERY:
            connection.execute(sa.update(tables.registry).values(seen=records.stamp(now)))

    def _log_holds_head(self, connection: sa.Connection) -> bool:
        try:
            head = read_head(self.files.read_head())
        except (OSError, StudioError):
            return False
        return records.entry_hash_at(connection, head.seq) == head.hash

    def state_of(self, connection: sa.Connection, environment: str, check_base: bool) -> EnvironmentState:
        """Return what a verifier needs to know of an environment."""
        known = records.known_sequences(connection, environment)
        running = records.pointer(connection, environment).stable
        agent = connection.scalar(sa.select(tables.registry.c.agent_id))
        return EnvironmentState(
            environment=environment,
            agent=str(agent),
            sequence_floor=max(known, default=0),
            known=known,
            withdrawn=records.withdrawn(connection),
            running_digest=records.release_row(connection, running).result_digest if check_base else None,
        )

    def swap(
        self,
        connection: sa.Connection,
        old: Pointer,
        new: Pointer,
        actor: str,
        action: str,
        details: dict[str, str],
    ) -> None:
        """Move a pointer and log it."""
        records.swap_pointer(connection, old, new)
        told = {**records.pointer_details(new), **details}
        records.append(connection, self.now(connection), actor, action, new.environment, told)
