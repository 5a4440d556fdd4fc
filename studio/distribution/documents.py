"""The documents of a repository: made, read, judged; pure functions over python-tuf's types.

- Every document is made new, with the next version and a date until which it counts.
- A document is read with all its types checked; whether it is signed, the one that delegates to it tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from securesystemslib.signer import SSlibKey
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Role,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

from studio.distribution import terms
from studio.distribution.tuf_keys import check_distinct
from studio.domain.environment import Moment
from studio.domain.errors import BrokenInput, BundleRefused

Kind = TypeVar("Kind", Root, Snapshot, Targets, Timestamp)
RootDocument: TypeAlias = Metadata[Root]
TargetsDocument: TypeAlias = Metadata[Targets]


def read(data: bytes, kind: type[Kind], what: str) -> Metadata[Kind]:
    """Return a document of this kind; raises BrokenInput for anything else."""
    try:
        document: Metadata[Kind] = Metadata.from_bytes(data)
    except RepositoryError:
        raise BrokenInput(
            f"{what} is no sound document of a repository.", "Get it again from who runs the repository."
        ) from None
    if not isinstance(document.signed, kind):
        raise BrokenInput(f"{what} is a document of another kind.", "Get the right one.")
    if isinstance(document.signed, (Root, Targets)):
        check_distinct(document.signed)
    return document


def to_bytes(document: Metadata[Any]) -> bytes:
    """Return the bytes of a document as they are published."""
    return document.to_bytes(JSONSerializer(compact=True))


def first_root(
    keys: Mapping[str, Sequence[SSlibKey]],
    thresholds: Mapping[str, int],
    days: Mapping[str, int],
    now: datetime,
) -> Root:
    """Return the first root: who signs root, targets, snapshot and timestamp."""
    roles = (terms.ROOT, terms.TARGETS, *terms.ONLINE)
    return Root(
        version=1,
        expires=until(now, days[terms.ROOT]),
        keys={key.keyid: key for role in roles for key in keys[role]},
        roles={role: Role([key.keyid for key in keys[role]], thresholds.get(role, 1)) for role in roles},
        consistent_snapshot=True,
        unrecognized_fields={terms.DAYS_FIELD: dict(days)},
    )


def first_targets(
    keys: Mapping[str, Sequence[SSlibKey]],
    thresholds: Mapping[str, int],
    policy: bytes,
    days: Mapping[str, int],
    now: datetime,
) -> Targets:
    """Return the first top document: the approval policy, and who signs for which environment."""
    roles = {
        name: DelegatedRole(
            name,
            [key.keyid for key in keys[name]],
            thresholds.get(name, 1),
            terminating=True,
            paths=[f"{name}/*"],
        )
        for name in terms.ENVIRONMENTS
    }
    named = {key.keyid: key for name in terms.ENVIRONMENTS for key in keys[name]}
    return Targets(
        version=1,
        expires=until(now, days[terms.TARGETS]),
        targets={terms.POLICY_TARGET: TargetFile.from_data(terms.POLICY_TARGET, policy, ["sha256"])},
        delegations=Delegations(dict(named), roles),
    )


def days_of(root: Root) -> dict[str, int]:
    """Return how many days the documents of each role count, as root says."""
    told = root.unrecognized_fields.get(terms.DAYS_FIELD)
    known = told if isinstance(told, dict) else {}
    return {
        role: value if isinstance(value := known.get(role), int) and value > 0 else days
        for role, days in terms.DAYS.items()
    }


def until(now: datetime, days: int) -> datetime:
    """Return the moment, to the second, at which a document stops counting."""
    return now.astimezone(UTC).replace(microsecond=0) + timedelta(days=days)


def moment(value: datetime) -> Moment:
    """Return a date of a document as the domain writes it."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def role_in(delegator: Root | Targets, role: str) -> Role:
    """Return who signs for a role; raises BundleRefused where nobody was named."""
    try:
        return delegator.get_delegated_role(role)
    except ValueError:
        raise BundleRefused(
            f"The repository names nobody who signs for “{role}”.", "Do not use it; tell who runs it."
        ) from None


def missing(document: Metadata[Any], delegators: Iterable[Root | Targets], role: str) -> list[str]:
    """Return the ids of keys of which some must still sign; empty where every threshold is met."""
    wanted: dict[str, None] = {}
    for delegator in delegators:
        role_in(delegator, role)
        result = delegator.get_verification_result(role, document.signed_bytes, document.signatures)
        if not result.verified:
            wanted.update(dict.fromkeys(result.unsigned))
            wanted.update(dict.fromkeys(["(too few keys)"] if not result.unsigned else []))
    return list(wanted)


def wanted(document: Metadata[Any], delegators: Iterable[Root | Targets], role: str) -> int:
    """Return how many keys must still sign, at least."""
    found = (
        each.get_verification_result(role, document.signed_bytes, document.signatures) for each in delegators
    )
    return max((result.missing for result in found if not result.verified), default=0)


def signed_for(document: Metadata[Any], delegator: Root | Targets, role: str) -> bool:
    """Return whether enough keys of a role signed this document."""
    return not missing(document, (delegator,), role)


def snapshot_of(documents: Mapping[str, tuple[int, bytes]], version: int, expires: datetime) -> Snapshot:
    """Return the list of all documents, by role: version and bytes."""
    meta = {
        f"{role}.json": MetaFile.from_data(number, data, ["sha256"])
        for role, (number, data) in sorted(documents.items())
    }
    return Snapshot(version=version, expires=expires, meta=meta)


def timestamp_of(snapshot: bytes, snapshot_version: int, version: int, expires: datetime) -> Timestamp:
    """Return the document that says which list counts."""
    meta = MetaFile.from_data(snapshot_version, snapshot, ["sha256"])
    return Timestamp(version=version, expires=expires, snapshot_meta=meta)
