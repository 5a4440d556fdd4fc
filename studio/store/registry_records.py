"""Rows of the registry to domain values and back, and the log's one way to grow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from studio.domain.agent import Agent
from studio.domain.bundle import Bundle
from studio.domain.environment import ApprovalPolicy, Pointer, ReleaseRow, RolloutPlan
from studio.domain.errors import BundleRefused, WrongUse
from studio.domain.frozen import canonical, digest
from studio.domain.ledger import LedgerEntry, LedgerHead, next_entry
from studio.release.promotion import ReleaseFacts
from studio.store import registry_tables as tables


def stamp(moment: datetime) -> str:
    """Return a moment as it is kept: UTC, to the second, ISO 8601."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Return the moment of a stamp."""
    return datetime.fromisoformat(text)


def entries(connection: sa.Connection) -> Iterator[LedgerEntry]:
    """Yield the log from its beginning."""
    for row in connection.execute(sa.select(tables.log).order_by(tables.log.c.seq)):
        yield _entry(row)


def last_entry(connection: sa.Connection) -> LedgerEntry | None:
    """Return the end of the log."""
    row = connection.execute(sa.select(tables.log).order_by(tables.log.c.seq.desc()).limit(1)).first()
    return _entry(row) if row else None


def entry_hash_at(connection: sa.Connection, seq: int) -> str | None:
    """Return the hash of the entry with this number, or None where there is none."""
    found: str | None = connection.scalar(sa.select(tables.log.c.hash).where(tables.log.c.seq == seq))
    return found


def append(
    connection: sa.Connection, time: datetime, actor: str, action: str, subject: str, details: dict[str, str]
) -> LedgerEntry:
    """Add one entry to the log and return it."""
    entry = next_entry(last_entry(connection), time, actor, action, subject, details)
    values = {**entry.model_dump(), "time": stamp(entry.time), "details": canonical(entry.details).decode()}
    connection.execute(sa.insert(tables.log).values(**values))
    return entry


def head(connection: sa.Connection) -> LedgerHead:
    """Return the end of the log as it stands."""
    last = last_entry(connection)
    assert last is not None, "a registry begins with a log entry"
    name = str(connection.scalar(sa.select(tables.registry.c.id)))
    return LedgerHead(registry=name, seq=last.seq, hash=last.hash, time=last.time)


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


def releases(connection: sa.Connection) -> list[ReleaseRow]:
    """Return all releases, oldest first."""
    rows = connection.execute(sa.select(tables.releases).order_by(tables.releases.c.sequence))
    return [
        ReleaseRow(
            id=row.id,
            sequence=row.sequence,
            label=row.label,
            environment=row.environment,
            base_digest=row.base_digest,
            result_digest=row.result_digest,
            not_after=moment(row.not_after) if row.not_after else None,
            imported_at=moment(row.imported_at),
            withdrawn=row.withdrawn_reason is not None,
            withdrawn_reason=row.withdrawn_reason or "",
            rollout=RolloutPlan.model_validate_json(row.rollout),
        )
        for row in rows
    ]


def release_row(connection: sa.Connection, identity: str) -> ReleaseRow:
    """Return the release with this id."""
    return next(row for row in releases(connection) if row.id == identity)


def facts(row: ReleaseRow) -> ReleaseFacts:
    """Return what promotion rules need to know of a release."""
    wanted = set(ReleaseFacts.model_fields)
    return ReleaseFacts(**{name: value for name, value in row if name in wanted})


def find_release(rows: list[ReleaseRow], name: str, environment: str | None = None) -> ReleaseRow:
    """Return the release meant by a sequence number or the first letters (at least 8) of an id."""
    fitting = [row for row in rows if environment is None or row.environment in (None, environment)]
    found = [
        row for row in fitting if str(row.sequence) == name or (len(name) >= 8 and row.id.startswith(name))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise WrongUse(f"“{name}” fits more than one release.", "Name it by the first letters of its id.")
    raise BundleRefused(f"No release “{name}” was imported.", "Import its bundle first.")


def release_agent(connection: sa.Connection, identity: str) -> Agent:
    """Return the agent of a release."""
    body = connection.scalar(sa.select(tables.releases.c.agent).where(tables.releases.c.id == identity))
    return Agent.model_validate_json(body or b"")


def newest_bundle(connection: sa.Connection, release_id: str) -> bytes | None:
    """Return the bytes of a release's bundle, the one that was imported last; None for the first release."""
    query = sa.select(tables.bundles.c.body).where(tables.bundles.c.release_id == release_id)
    body: bytes | None = connection.scalar(query.order_by(sa.text("rowid DESC")).limit(1))
    return body


def pointer(connection: sa.Connection, environment: str) -> Pointer:
    """Return the pointer of an environment."""
    query = sa.select(tables.pointers).where(tables.pointers.c.environment == environment)
    row = connection.execute(query).first()
    if row is None:
        raise WrongUse(
            f"The registry knows no environment “{environment}”.", "Look at `cobuilder registry status`."
        )
    return Pointer(**row._mapping)


def environments(connection: sa.Connection) -> list[str]:
    """Return the names of the environments."""
    return list(connection.scalars(sa.select(tables.pointers.c.environment).order_by("environment")))


def pointer_details(pointer: Pointer) -> dict[str, str]:
    """Return a pointer as the log keeps it."""
    return {
        "generation": str(pointer.generation),
        "stable": pointer.stable,
        "candidate": pointer.candidate or "",
        "weight": str(pointer.weight),
    }


def swap_pointer(connection: sa.Connection, old: Pointer, new: Pointer) -> None:
    """Put the new pointer in place of the old one, or raise BundleRefused if that is not there any more."""
    where = (tables.pointers.c.environment == old.environment, tables.pointers.c.generation == old.generation)
    done = connection.execute(sa.update(tables.pointers).where(*where).values(**new.model_dump()))
    if done.rowcount != 1:
        raise BundleRefused(
            f"Someone else changed {old.environment} meanwhile.", "Look at the status, then decide."
        )


def put_policy(connection: sa.Connection, policy: ApprovalPolicy) -> None:
    """Add a policy; the one with the highest version counts."""
    body = canonical(policy)
    connection.execute(
        sa.insert(tables.policies).values(version=policy.version, digest=digest(body), body=body)
    )


def current_policy(connection: sa.Connection) -> ApprovalPolicy:
    """Return the policy that counts."""
    query = sa.select(tables.policies.c.body).order_by(tables.policies.c.version.desc()).limit(1)
    return ApprovalPolicy.model_validate_json(connection.scalar(query) or b"")


def _entry(row: sa.Row[tuple[object, ...]]) -> LedgerEntry:
    values = dict(row._mapping)
    return LedgerEntry(**{**values, "time": moment(values["time"]), "details": json.loads(values["details"])})
