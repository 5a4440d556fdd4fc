"""The releases of a registry and their bundles: rows to domain values and back.

- Lists never load agents or bundles, and every look-up asks for what it needs: a registry may hold thousands.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from studio.domain.agent import Agent
from studio.domain.bundle import Bundle
from studio.domain.environment import ReleaseRow, RolloutPlan
from studio.domain.errors import BundleRefused, WrongUse
from studio.domain.frozen import canonical, digest
from studio.release.promotion import ReleaseFacts
from studio.store import registry_tables as tables
from studio.store.registry_sound import sound
from studio.store.registry_stamps import moment, stamp

_LISTED = [column for column in tables.releases.c if column.name != "agent"]


def put_bundle(connection: sa.Connection, release_id: str, data: bytes, time: datetime) -> bool:
    """Keep a bundle's bytes; return whether they are new."""
    name = digest(data)
    if connection.scalar(sa.select(tables.bundles.c.digest).where(tables.bundles.c.digest == name)):
        return False
    values = {"digest": name, "release_id": release_id, "imported_at": stamp(time), "body": data}
    connection.execute(sa.insert(tables.bundles).values(**values))
    return True


def put_release(connection: sa.Connection, bundle: Bundle, time: datetime) -> None:
    """Add the release that a verified bundle carries."""
    manifest = bundle.manifest
    connection.execute(
        sa.insert(tables.releases).values(
            id=bundle.manifest_digest,
            environment=manifest.environment,
            sequence=manifest.release_sequence,
            label=manifest.label,
            base_digest=manifest.base_digest,
            result_digest=manifest.result_digest,
            not_after=stamp(manifest.not_after),
            imported_at=stamp(time),
            rollout=canonical(manifest.rollout).decode(),
            agent=canonical(bundle.after),
        )
    )


def put_first_release(connection: sa.Connection, agent: Agent, time: datetime) -> str:
    """Add the agent that runs when the registry begins, as release 0, named by its digest."""
    identity = digest(agent)
    connection.execute(
        sa.insert(tables.releases).values(
            id=identity,
            sequence=0,
            label=f"{agent.name}, as it ran before",
            result_digest=identity,
            imported_at=stamp(time),
            rollout=canonical(RolloutPlan(steps=())).decode(),
            agent=canonical(agent),
        )
    )
    return identity


def releases(
    connection: sa.Connection, ids: Collection[str] | None = None, newest: int | None = None
) -> list[ReleaseRow]:
    """Return releases, oldest first: all, those with these ids, or the newest so many."""
    query = sa.select(*_LISTED).order_by(
        tables.releases.c.imported_at.desc(), tables.releases.c.sequence.desc()
    )
    if ids is not None:
        query = query.where(tables.releases.c.id.in_(ids))
    if newest is not None:
        query = query.limit(newest)
    return sorted((_row(row) for row in connection.execute(query)), key=lambda row: row.sequence)


def count_releases(connection: sa.Connection) -> int:
    """Return how many releases there are."""
    return int(connection.scalar(sa.select(sa.func.count()).select_from(tables.releases)) or 0)


@sound("a pointer to a release")
def release_row(connection: sa.Connection, identity: str) -> ReleaseRow:
    """Return the release with this id."""
    row = connection.execute(sa.select(*_LISTED).where(tables.releases.c.id == identity)).one()
    return _row(row)


def has_release(connection: sa.Connection, identity: str) -> bool:
    """Return whether a release was imported."""
    where = tables.releases.c.id == identity
    return connection.scalar(sa.select(tables.releases.c.id).where(where)) is not None


def first_release(connection: sa.Connection) -> str:
    """Return the id of what ran when the registry began."""
    return str(
        connection.scalar(sa.select(tables.releases.c.id).where(tables.releases.c.environment.is_(None)))
    )


def known_sequences(connection: sa.Connection, environment: str) -> dict[int, str]:
    """Return the ids of an environment's releases by their sequence."""
    query = sa.select(tables.releases.c.sequence, tables.releases.c.id)
    rows = connection.execute(query.where(tables.releases.c.environment == environment))
    return {row.sequence: row.id for row in rows}


def sequences(connection: sa.Connection, ids: Collection[str]) -> dict[str, int]:
    """Return the numbers of the releases among these ids."""
    wanted, found = sorted(set(ids)), dict[str, int]()
    for at in range(0, len(wanted), 500):
        query = sa.select(tables.releases.c.id, tables.releases.c.sequence)
        rows = connection.execute(query.where(tables.releases.c.id.in_(wanted[at : at + 500])))
        found |= {row.id: row.sequence for row in rows}
    return found


def withdrawn(connection: sa.Connection) -> tuple[str, ...]:
    """Return the ids of withdrawn releases."""
    query = sa.select(tables.releases.c.id).where(tables.releases.c.withdrawn_reason.is_not(None))
    return tuple(sorted(connection.scalars(query)))


def ways_back(connection: sa.Connection, ids: Collection[str]) -> list[ReleaseRow]:
    """Return these releases, and those whose agent one of them was built on."""
    named = releases(connection, ids=ids)
    bases = {row.base_digest for row in named if row.base_digest}
    query = sa.select(*_LISTED).where(tables.releases.c.result_digest.in_(bases))
    found = {row.id: row for row in (*named, *(_row(each) for each in connection.execute(query)))}
    return sorted(found.values(), key=lambda row: row.sequence)


def facts(row: ReleaseRow) -> ReleaseFacts:
    """Return what promotion rules need to know of a release."""
    wanted = set(ReleaseFacts.model_fields)
    return ReleaseFacts(**{name: value for name, value in row if name in wanted})


def find_release(connection: sa.Connection, name: str, environment: str | None = None) -> ReleaseRow:
    """Return the release meant by a sequence number or the first letters (at least 8) of an id."""
    columns, meant = tables.releases.c, []
    if name.isascii() and name.isdecimal() and len(name) < 10:
        meant.append(columns.sequence == int(name))
    if len(name) >= 8:
        meant.append(columns.id.startswith(name, autoescape=True))
    query = sa.select(*_LISTED).where(sa.or_(sa.false(), *meant))
    if environment is not None:
        query = query.where(sa.or_(columns.environment.is_(None), columns.environment == environment))
    found = [_row(row) for row in connection.execute(query.limit(2))]
    if len(found) == 1:
        return found[0]
    if found:
        raise WrongUse(f"“{name}” fits more than one release.", "Name it by the first letters of its id.")
    if environment is not None:
        elsewhere = find_release(connection, name)
        raise BundleRefused(
            f"Release {elsewhere.sequence} was made for {elsewhere.environment}, not for {environment}.",
            f"Name --environment {elsewhere.environment}, or import the bundle made for {environment}.",
        )
    raise BundleRefused(f"No release “{name}” was imported.", "Import its bundle first.")


@sound("an agent")
def release_agent(connection: sa.Connection, identity: str) -> Agent:
    """Return the agent of a release: byte by byte the one that was released, or it cannot be read."""
    columns = tables.releases.c
    query = sa.select(columns.agent, columns.result_digest).where(columns.id == identity)
    body, stated = connection.execute(query).one()
    if digest(body) != stated:
        raise ValueError("it was changed since")
    return Agent.model_validate_json(body)


def check_kept(connection: sa.Connection, row: ReleaseRow) -> None:
    """Raise BundleRefused where what was kept of a release is not the agent that was released."""
    query = sa.select(tables.releases.c.agent).where(tables.releases.c.id == row.id)
    try:
        whole = digest(bytes(connection.scalar(query) or b"")) == row.result_digest
    except (TypeError, ValueError):  # SQLite hands out whatever was put there
        whole = False
    if not whole:
        raise BundleRefused(
            f"What was kept of {row.label}, is damaged, so there is no way back to it; nothing was changed.",
            "Go back to another release with --to, or restore the registry from a backup; "
            "`cobuilder registry verify-log` tells what is damaged.",
        )


@sound("a bundle")
def newest_bundle(connection: sa.Connection, release_id: str) -> bytes | None:
    """Return the bytes of a release's bundle, the one that was imported last; None for the first release."""
    log = tables.log.c
    query = sa.select(log.details).where(
        log.subject == release_id, log.action.in_(("import", "import again"))
    )
    details = connection.scalar(query.order_by(log.seq.desc()).limit(1))
    if details is None:
        return None
    where = tables.bundles.c.digest == str(json.loads(details).get("container"))
    body: bytes | None = connection.scalar(sa.select(tables.bundles.c.body).where(where))
    return body


@sound("a release")
def _row(row: sa.Row[tuple[object, ...]]) -> ReleaseRow:
    kept = row._mapping
    return ReleaseRow(
        id=kept["id"],
        sequence=kept["sequence"],
        label=kept["label"],
        environment=kept["environment"],
        base_digest=kept["base_digest"],
        result_digest=kept["result_digest"],
        not_after=moment(kept["not_after"]) if kept["not_after"] else None,
        imported_at=moment(kept["imported_at"]),
        withdrawn=kept["withdrawn_reason"] is not None,
        withdrawn_reason=kept["withdrawn_reason"] or "",
        rollout=_plan(kept["rollout"]),
    )


@lru_cache(maxsize=64)
def _plan(text: str) -> RolloutPlan:
    return RolloutPlan.model_validate_json(text)
