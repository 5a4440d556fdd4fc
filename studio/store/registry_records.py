"""Rows of the registry to domain values and back, and the log's one way to grow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa

from studio.domain.environment import ApprovalPolicy, Pointer, Rehearsal, Rollout
from studio.domain.errors import WrongUse
from studio.domain.frozen import canonical, digest
from studio.domain.ledger import LedgerEntry, LedgerHead, next_entry
from studio.release.promotion import Overtaken
from studio.release.rollout import begin, stages
from studio.store import registry_tables as tables
from studio.store.registry_releases import (
    check_kept,
    count_releases,
    facts,
    find_release,
    first_release,
    has_release,
    known_sequences,
    newest_bundle,
    put_bundle,
    put_first_release,
    put_release,
    release_agent,
    release_row,
    releases,
    sequences,
    ways_back,
    withdrawn,
)
from studio.store.registry_sound import sound
from studio.store.registry_stamps import moment, stamp

MOVES = ("point", "promote", "rollback", "abort", "automatic rollback")
"""The actions of the log that move a pointer."""

__all__ = [
    "check_kept",
    "count_releases",
    "facts",
    "find_release",
    "first_release",
    "has_release",
    "known_sequences",
    "newest_bundle",
    "put_bundle",
    "put_first_release",
    "put_release",
    "release_agent",
    "release_row",
    "releases",
    "sequences",
    "stamp",
    "ways_back",
    "withdrawn",
]


def entries(
    connection: sa.Connection,
    after: int = 0,
    since: datetime | None = None,
    first: int | None = None,
    newest: int | None = None,
) -> Iterator[LedgerEntry]:
    """Yield the log, oldest first: behind an entry, since a moment; the first or the newest so many of it."""
    seq, query = tables.log.c.seq, sa.select(tables.log)
    if after:
        query = query.where(seq > after)
    if since is not None:
        query = query.where(tables.log.c.time >= stamp(since))
    if newest is not None:
        rows = connection.execute(query.order_by(seq.desc()).limit(newest)).all()
        yield from (_entry(row) for row in reversed(rows))
        return
    for row in connection.execute(query.order_by(seq).limit(first)):
        yield _entry(row)


def last_entry(connection: sa.Connection) -> LedgerEntry | None:
    """Return the end of the log."""
    row = connection.execute(sa.select(tables.log).order_by(tables.log.c.seq.desc()).limit(1)).first()
    return _entry(row) if row else None


def entry_hash_at(connection: sa.Connection, seq: int) -> str | None:
    """Return the hash of the entry with this number, or None where there is none."""
    found: str | None = connection.scalar(sa.select(tables.log.c.hash).where(tables.log.c.seq == seq))
    return found


def count_entries(connection: sa.Connection) -> int:
    """Return how many entries the log holds, whatever stands in them."""
    return int(connection.scalar(sa.select(sa.func.count()).select_from(tables.log)) or 0)


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


@sound("a pointer")
def pointer(connection: sa.Connection, environment: str) -> Pointer:
    """Return the pointer of an environment."""
    query = sa.select(tables.pointers).where(tables.pointers.c.environment == environment)
    row = connection.execute(query).first()
    if row is None:
        raise WrongUse(
            f"The registry knows no environment “{environment}”.", "Look at `cobuilder registry status`."
        )
    return Pointer(**row._mapping)


@sound("a pointer")
def pointers(connection: sa.Connection) -> list[Pointer]:
    """Return the pointers of all environments, by name."""
    rows = [Pointer(**row._mapping) for row in connection.execute(sa.select(tables.pointers))]
    return sorted(rows, key=lambda each: each.environment)


def environments(connection: sa.Connection) -> list[str]:
    """Return the names of the environments."""
    return sorted(connection.scalars(sa.select(tables.pointers.c.environment)))


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
        raise overtaken(connection, old.environment)


def overtaken(connection: sa.Connection, environment: str) -> Overtaken:
    """Return the refusal that tells who changed an environment meanwhile, and to what."""
    moved, now = last_move(connection, environment), pointer(connection, environment)
    told = "Someone else changed it"
    if moved is not None:
        deed = "begin" if moved.action == "point" else moved.action
        told = f"{moved.actor} did “{deed}” at {moved.time:%Y-%m-%d %H:%M:%S} UTC"
    stable = release_row(connection, now.stable).label
    shown = f"{stable}, runs"
    if now.candidate is not None:
        shown += f", and {release_row(connection, now.candidate).label}, has {now.weight} %"
    return Overtaken(
        f"Someone else changed {environment} meanwhile: {told}; it is at generation {now.generation}, where "
        f"{shown}.",
        "Look at `cobuilder registry status`, then decide.",
    )


@sound("the state of a rollout")
def rollout(connection: sa.Connection, environment: str) -> Rollout | None:
    """Return the state of an environment's rollout; of one that began before states were kept, its share."""
    body = connection.scalar(
        sa.select(tables.rollouts.c.body).where(tables.rollouts.c.environment == environment)
    )
    if body is not None:
        return Rollout.model_validate_json(body)
    standing = pointer(connection, environment)
    if standing.candidate is None:
        return None
    plan = release_row(connection, standing.candidate).rollout
    shares = [stage.weight for stage in stages(plan)]
    moved = last_move(connection, environment)
    assert moved is not None, "a pointer was moved by an entry of the log"
    at = shares.index(standing.weight) if standing.weight in shares else 0
    return begin(standing.candidate, moved.time, at)


def put_rollout(connection: sa.Connection, environment: str, state: Rollout) -> dict[str, str]:
    """Keep the state of a rollout; return what the log is to say of it."""
    body = canonical(state)
    where = tables.rollouts.c.environment == environment
    if connection.execute(sa.update(tables.rollouts).where(where).values(body=body)).rowcount == 0:
        connection.execute(sa.insert(tables.rollouts).values(environment=environment, body=body))
    return {"rollout": digest(body)}


def rollout_bytes(connection: sa.Connection) -> dict[str, bytes]:
    """Return the kept states of rollouts, as they are."""
    return {row.environment: row.body for row in connection.execute(sa.select(tables.rollouts))}


def last_move(connection: sa.Connection, environment: str) -> LedgerEntry | None:
    """Return the entry that last moved an environment's pointer."""
    query = sa.select(tables.log).where(tables.log.c.subject == environment)
    rows = connection.execute(
        query.where(tables.log.c.action.in_(MOVES)).order_by(tables.log.c.seq.desc()).limit(1)
    )
    row = rows.first()
    return _entry(row) if row else None


def ran(connection: sa.Connection, environment: str) -> set[str]:
    """Return the ids of the releases that answered all conversations of an environment at some time.

    The one that does now is among them: a way back must not fail because the log was damaged.
    """
    query = sa.select(tables.log.c.details).where(tables.log.c.subject == environment)
    found = {pointer(connection, environment).stable}
    for text in connection.scalars(query.where(tables.log.c.action.in_(MOVES))):
        with suppress(ValueError, AttributeError):
            found.add(str(json.loads(text).get("stable")))
    return found


@sound("a certificate")
def kept_certificate(connection: sa.Connection, environment: str, release: str) -> Rehearsal | None:
    """Return the certificate of a release's last promotion in an environment."""
    query = sa.select(tables.log.c.details).where(tables.log.c.subject == environment)
    query = query.where(tables.log.c.action == "promote").order_by(tables.log.c.seq.desc())
    for text in connection.scalars(query):
        details = json.loads(text)
        if details.get("release") == release and "certificate" in details:
            return Rehearsal.model_validate_json(details["certificate"])
    return None


@sound("a time")
def latest_seen(connection: sa.Connection) -> datetime | None:
    """Return the latest time that the registry has seen, in its log or at an opening."""
    last, seen = last_entry(connection), connection.scalar(sa.select(tables.registry.c.seen))
    times = [*([last.time] if last else []), *([moment(seen)] if seen else [])]
    return max(times, default=None)


def put_policy(connection: sa.Connection, policy: ApprovalPolicy) -> None:
    """Add a policy; the one with the highest version counts."""
    body = canonical(policy)
    connection.execute(
        sa.insert(tables.policies).values(version=policy.version, digest=digest(body), body=body)
    )


@sound("an approval policy")
def current_policy(connection: sa.Connection) -> ApprovalPolicy:
    """Return the policy that counts."""
    query = sa.select(tables.policies.c.body).order_by(tables.policies.c.version.desc()).limit(1)
    return ApprovalPolicy.model_validate_json(connection.scalar(query) or b"")


@sound("an entry of its log")
def _entry(row: sa.Row[tuple[object, ...]]) -> LedgerEntry:
    values = dict(row._mapping)
    return LedgerEntry(**{**values, "time": moment(values["time"]), "details": json.loads(values["details"])})
