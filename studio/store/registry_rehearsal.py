"""The rehearsal of a promotion: forward, back and forward again, on a copy of what it touches.

- The copy holds the releases, the pointer and the rollout in question, in tables with the same guards: a file
  of its own for SQLite, temporary tables of one connection for PostgreSQL. The registry itself is only read.
- What works on the copy is what will be done on the registry: same code, same triggers, same flag files.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from studio.domain.environment import Pointer, Rehearsal, RehearsedStep, ReleaseRow
from studio.domain.errors import BundleRefused
from studio.domain.frozen import digest
from studio.release import promotion, rollout
from studio.store import registry_guards, registry_schema
from studio.store import registry_records as records
from studio.store import registry_tables as tables
from studio.store.registry_database import RegistryDatabase
from studio.store.registry_files import RegistryFiles, telling

_COPIED = (tables.registry, tables.releases, tables.pointers, tables.rollouts, tables.log)


def rehearse(registry: RegistryDatabase, row: ReleaseRow, environment: str, share: int) -> Rehearsal:
    """Return the certificate; raises BundleRefused if the way back does not lead to where it began."""
    with registry.reading() as source, tempfile.TemporaryDirectory(prefix="cobuilder-rehearsal-") as folder:
        start, now = records.pointer(source, environment), registry.now(source)
        name = str(source.scalar(sa.select(tables.registry.c.id)))
        back_to = records.release_row(source, start.stable).label
        irreversible = promotion.irreversible(records.release_agent(source, row.id))
        with _copy(registry, source, Path(folder), start, row.id) as (trial, copy):
            rehearsed = _Rehearsing(trial, copy, RegistryFiles(Path(folder) / "copy.db"), row, now).all(
                start, share
            )
    return Rehearsal(
        registry=name,
        environment=environment,
        release=row.id,
        label=row.label,
        back_to=back_to,
        time=now,
        steps=tuple(each.sentence for each in rehearsed),
        rehearsed=rehearsed,
        irreversible=irreversible,
    )


class _Rehearsing:
    """A rehearsal on one copy."""

    def __init__(
        self,
        trial: RegistryDatabase,
        connection: sa.Connection,
        files: RegistryFiles,
        row: ReleaseRow,
        now: datetime,
    ) -> None:
        self._trial, self._connection, self._files, self._row, self._now = trial, connection, files, row, now

    def all(self, start: Pointer, share: int) -> tuple[RehearsedStep, ...]:
        """Go forward, back, and forward again."""
        forward = self._forward(start, share)
        back = self._back(forward.pointer, start)
        again = self._forward(back.pointer, share)
        at_start = _place(back.pointer) == (start.stable, None, 0)
        same = _place(again.pointer) == _place(forward.pointer)
        if not (at_start and same):
            raise BundleRefused(
                "The rehearsal on a copy did not come back to where it began.",
                "Nothing was changed; tell support.",
            )
        said = (
            f"Forward: {self._row.label}, at {share} % (generation {forward.pointer.generation}).",
            f"Back: as before (generation {back.pointer.generation}).",
            f"Forward again: the same as the first time (generation {again.pointer.generation}).",
        )
        pairs = zip((forward, back, again), said, strict=True)
        return tuple(each.model_copy(update={"sentence": sentence}) for each, sentence in pairs)

    def _forward(self, old: Pointer, share: int) -> RehearsedStep:
        running = records.release_row(self._connection, old.stable).result_digest
        new = promotion.promote(old, records.facts(self._row), running, self._now, share)
        state = rollout.enter(self._row.rollout, rollout.begin(self._row.id, self._now), share, self._now)
        details = records.put_rollout(self._connection, old.environment, state)
        return self._moved(old, new, "promote", details)

    def _back(self, old: Pointer, start: Pointer) -> RehearsedStep:
        known = [records.facts(each) for each in records.releases(self._connection)]
        return self._moved(old, promotion.roll_back(old, known, start.stable), "rollback", {})

    def _moved(self, old: Pointer, new: Pointer, action: str, details: dict[str, str]) -> RehearsedStep:
        self._trial.swap(self._connection, old, new, "rehearsal", action, details)
        kept = records.pointer(self._connection, new.environment)
        return RehearsedStep(sentence="", pointer=kept, flags_digest=digest(self._written(kept)))

    def _written(self, pointer: Pointer) -> bytes:
        rows = {row.id: row for row in records.releases(self._connection)}
        agent = str(self._connection.scalar(sa.select(tables.registry.c.agent_id)))
        return self._files.write_flags(pointer, rows, agent)


@contextmanager
def _copy(
    registry: RegistryDatabase, source: sa.Connection, folder: Path, start: Pointer, release: str
) -> Iterator[tuple[RegistryDatabase, sa.Connection]]:
    """Give the copy: its database and a connection to it; nothing of it stays."""
    if registry.place.kind == "sqlite":
        with RegistryDatabase(folder / "copy.db", registry.clock) as trial, trial.writing() as connection:
            registry_schema.create_all(connection)
            _fill(source, connection, start, release)
            yield trial, connection
        return
    with telling(registry.place), registry.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        for table in _COPIED:
            connection.exec_driver_sql(
                f"CREATE TEMPORARY TABLE {table.name} (LIKE {table.name} INCLUDING ALL) ON COMMIT DROP"
            )
        registry_guards.put_up(connection, ("log_append", "log_no_update", "log_no_delete"), functions=False)
        _fill(source, connection, start, release)
        yield registry, connection
        connection.exec_driver_sql("ROLLBACK")


def _fill(source: sa.Connection, copy: sa.Connection, start: Pointer, release: str) -> None:
    ids = [each for each in (start.stable, start.candidate, release) if each]
    wanted = (
        sa.select(tables.registry),
        sa.select(tables.releases).where(tables.releases.c.id.in_(ids)),
        sa.select(tables.pointers).where(tables.pointers.c.environment == start.environment),
        sa.select(tables.rollouts).where(tables.rollouts.c.environment == start.environment),
    )
    for table, query in zip(_COPIED, wanted, strict=False):
        for row in source.execute(query):
            copy.execute(sa.insert(table).values(**row._mapping))


def _place(pointer: Pointer) -> tuple[str, str | None, int]:
    return pointer.stable, pointer.candidate, pointer.weight
