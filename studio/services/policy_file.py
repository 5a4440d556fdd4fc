"""Making an approval policy: IT's list of people, roles and keys, written down as its own file."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from studio.domain.environment import ApprovalPolicy, Person, TrustedKey
from studio.domain.errors import Refused, WrongUse
from studio.domain.frozen import to_json
from studio.domain.key import CheckedStatement
from studio.durable import replace, sync_folder, write_synced
from studio.release.key_statements import OVERLAP, entry
from studio.release.policy import check_policy, trusted_keys

ROLES = ("author", "compliance", "it")
VALID_FOR = timedelta(days=365)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Approver:
    """Someone who may approve: id, name, roles, and the public half of the key."""

    id: str
    name: str
    roles: tuple[str, ...]
    public_pem: str


def new_policy(
    agent_id: str, approvers: Sequence[Approver], now: datetime, valid_for: timedelta = VALID_FOR
) -> ApprovalPolicy:
    """Return a policy in which these people may approve releases of an agent, from now on."""
    check_named(agent_id, "The agent's id")
    for each in approvers:
        check_named(each.id, "The id of somebody who may approve")
        check_named(each.name, f"The name of {each.id}")
    return ApprovalPolicy(
        id=_policy_id(agent_id),
        version=1,
        agent=agent_id,
        people=tuple(Person(id=a.id, name=a.name, roles=a.roles) for a in approvers),
        keys=tuple(
            TrustedKey(person=a.id, public_pem=a.public_pem, valid_from=now, valid_until=now + valid_for)
            for a in approvers
        ),
    )


def check_named(text: str, what: str) -> None:
    """Raise WrongUse for an id or a name that a policy cannot hold."""
    if not 0 < len(text) <= _LONGEST:
        how = "may not be empty" if not text else f"has {len(text)} letters; at most {_LONGEST} are possible"
        raise WrongUse(f"{what} {how}.", "Give another one.")


def _policy_id(agent_id: str) -> str:
    """Return what the policy of an agent is called: small letters, digits and dashes, a letter first."""
    plain = re.sub(r"[^a-z0-9]+", "-", agent_id.lower()).strip("-")
    return f"{plain if plain[:1].isalpha() else f'agent-{plain}'.strip('-')}"[:30].rstrip("-") + "-approvals"


def policy_bytes(policy: ApprovalPolicy) -> bytes:
    """Return a policy as IT's file: JSON with a line for each thing, so that versions can be compared."""
    return (json.dumps(to_json(policy), indent=2, ensure_ascii=False) + "\n").encode()


def write_policy(path: Path, policy: ApprovalPolicy) -> None:
    """Replace a policy's file in one step; a link stays a link, and a failure leaves the old file."""
    target = path.resolve()
    part = target.with_name(f".{target.name}.new")
    try:
        write_synced(part, policy_bytes(policy))
        replace(part, target)
        sync_folder(target.parent)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise WrongUse(f"{path} cannot be written: {error.strerror}.", "Choose another place.") from error


def with_person(policy: ApprovalPolicy, person: str, name: str, roles: Sequence[str]) -> ApprovalPolicy:
    """Return a policy that knows this person, too; their key comes next; Refused where known already."""
    if policy.person(person) is not None:
        raise Refused(f"The policy knows “{person}” already.", "Leave --name and --role out.")
    strange = sorted(set(roles) - set(ROLES))
    if strange or not roles or not name:
        raise Refused(
            f"“{strange[0]}” is no role." if strange else "Someone new needs a name and a role.",
            f"Give --name and --role: {', '.join(ROLES)}.",
        )
    check_named(name, "The name")
    return policy.model_copy(
        update={"people": (*policy.people, Person(id=person, name=name, roles=tuple(roles)))}
    )


def policy_with(policy: ApprovalPolicy, said: CheckedStatement, now: datetime) -> ApprovalPolicy:
    """Return the next version of a policy that takes up what a key said; raises Refused where it may not.

    A replaced key counts for two more weeks, so that what waits for release need not be signed again.
    """
    trusted = trusted_keys(policy)
    about = said.old_key_id or said.key_id
    if said.kind == "possession":
        keys = _with_new(policy, trusted, said, now)
    else:
        old = trusted.get(about)
        if old is None:
            raise Refused("The policy does not know the key that this is about.", "Check the fingerprint.")
        if old.person != said.person:
            raise Refused(
                f"In the policy that key belongs to {old.person}, not to {said.person}.", "Ask them."
            )
        if said.kind == "revocation":
            ended = old.model_copy(update={"revoked_at": old.revoked_at or min(said.made_at, now)})
        else:
            if old.revoked_at is not None:
                raise Refused(
                    "A revoked key cannot name its successor.", "Ask for `cobuilder key challenge`."
                )
            if not old.valid_from <= now <= old.valid_until:
                raise Refused("A key that is not valid cannot name its successor.", "Ask for a challenge.")
            ended = old.model_copy(update={"valid_until": min(old.valid_until, now + OVERLAP)})
        keys = tuple(ended if key is old else key for key in policy.keys)
        if said.kind == "replacement":
            keys = _with_new(policy.model_copy(update={"keys": keys}), trusted, said, now)
    changed = policy.model_copy(update={"keys": keys, "version": policy.version + 1})
    changed = ApprovalPolicy.model_validate(changed.model_dump())
    check_policy(changed)
    return changed


def _with_new(
    policy: ApprovalPolicy, trusted: dict[str, TrustedKey], said: CheckedStatement, now: datetime
) -> tuple[TrustedKey, ...]:
    if policy.person(said.person) is None:
        known = ", ".join(person.id for person in policy.people)
        raise Refused(
            f"The policy does not know the person “{said.person}”; it knows: {known}.",
            "To let someone new approve, give --name and --role; a first key, not a replacement.",
        )
    if said.key_id in trusted:
        raise Refused("The policy holds this key already.", "There is nothing to do.")
    return (*policy.keys, entry(said, said.person, now))
