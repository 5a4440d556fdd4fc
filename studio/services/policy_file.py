"""Making an approval policy: IT's list of people, roles and keys, written down as its own file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from studio.domain.environment import ApprovalPolicy, Person, TrustedKey


@dataclass(frozen=True, slots=True)
class Approver:
    """Someone who may approve: id, name, roles, and the public half of the key."""

    id: str
    name: str
    roles: tuple[str, ...]
    public_pem: str


def new_policy(
    agent_id: str, approvers: Sequence[Approver], now: datetime, valid_for: timedelta = timedelta(days=365)
) -> ApprovalPolicy:
    """Return a policy in which these people may approve releases of an agent, from now on."""
    return ApprovalPolicy(
        id=f"{agent_id}-approvals",
        version=1,
        agent=agent_id,
        people=tuple(Person(id=a.id, name=a.name, roles=a.roles) for a in approvers),
        keys=tuple(
            TrustedKey(person=a.id, public_pem=a.public_pem, valid_from=now, valid_until=now + valid_for)
            for a in approvers
        ),
    )
