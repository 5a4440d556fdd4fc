"""Changes to an approval policy by IT: what an environment demands, people, keys. All pure.

- Each gives the next version; what changes nothing gives the same policy, so a repeated change is harmless.
- Nobody and no key is ever taken out: what they signed stays provable. Keys are revoked, people leave.
- A revoked key stays revoked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from studio.domain.environment import ApprovalPolicy, EnvironmentRules, Person, Threshold, TrustedKey
from studio.domain.errors import Refused, WrongUse
from studio.release import keys
from studio.release.policy import check_policy, trusted_keys
from studio.services.policy_file import ROLES, VALID_FOR, check_named

_SHORTEST = 4
"""As many signs of a fingerprint as name a key."""


def demand(policy: ApprovalPolicy, environment: str, wanted: Mapping[str, int]) -> ApprovalPolicy:
    """Say how many of which role an environment demands; one that is not there yet is added."""
    for role in wanted:
        _check_role(role)
    if not any(wanted.values()):
        raise WrongUse("Nobody would have to approve.", "Say --require ROLE=COUNT at least once.")
    thresholds = tuple(Threshold(role=role, count=wanted[role]) for role in ROLES if wanted.get(role))
    rules = EnvironmentRules(id=environment, thresholds=thresholds)
    known = policy.rules(environment)
    kept = tuple(rules if each is known else each for each in policy.environments)
    return _next(policy, environments=kept if known else (*kept, rules))


def without_environment(policy: ApprovalPolicy, environment: str) -> ApprovalPolicy:
    """Take an environment out: nothing may enter it any more."""
    if policy.rules(environment) is None:
        known = ", ".join(each.id for each in policy.environments)
        raise WrongUse(f"The policy knows no environment “{environment}”.", f"It has: {known}.")
    left = tuple(each for each in policy.environments if each.id != environment)
    if not left:
        raise Refused("A policy without an environment lets nothing in.", "Add another one first.")
    return _next(policy, environments=left)


def put_person(policy: ApprovalPolicy, person: str, name: str, roles: Sequence[str]) -> ApprovalPolicy:
    """Add somebody who may approve, or change the name or the roles of somebody known."""
    for role in roles:
        _check_role(role)
    check_named(person, "The id of somebody who may approve")
    if name:
        check_named(name, "The name")
    known = policy.person(person)
    if known is None and not (name and roles):
        told = ", ".join(each.id for each in policy.people)
        raise WrongUse(
            f"The policy does not know “{person}”; it knows: {told}.",
            "Someone new needs --name and --role.",
        )
    ordered = tuple(role for role in ROLES if role in roles)
    if known is None:
        return _next(policy, people=(*policy.people, Person(id=person, name=name, roles=ordered)))
    changed = known.model_copy(update={"name": name or known.name, "roles": ordered or known.roles})
    return _next(policy, people=tuple(changed if each is known else each for each in policy.people))


def leaves(policy: ApprovalPolicy, person: str, at: datetime, now: datetime) -> ApprovalPolicy:
    """Revoke every key of somebody who leaves; they stay in the list: what they signed can be read."""
    _check_past(at, now)
    if policy.person(person) is None:
        raise WrongUse(f"The policy does not know “{person}”.", "Look at `cobuilder policy show`.")
    ended = tuple(
        key.model_copy(update={"revoked_at": at}) if key.person == person and key.revoked_at is None else key
        for key in policy.keys
    )
    return _next(policy, keys=ended)


def put_key(
    policy: ApprovalPolicy,
    person: str,
    public_pem: str,
    since: datetime,
    until: datetime | None = None,
) -> ApprovalPolicy:
    """Add a key of somebody the policy knows; without an end it counts for a year."""
    if policy.person(person) is None:
        raise WrongUse(f"The policy does not know “{person}”.", "Add them first: `cobuilder policy person`.")
    there = trusted_keys(policy).get(keys.key_id(public_pem))
    if there is not None and there.person == person and there.revoked_at is None:
        return policy
    if there is not None:
        how = "was revoked" if there.revoked_at else f"belongs to {there.person}"
        raise Refused(f"The policy holds this key already; it {how}.", "Let them make a new key.")
    end = until or since + VALID_FOR
    _check_span(since, end)
    added = TrustedKey(person=person, public_pem=public_pem, valid_from=since, valid_until=end)
    return _next(policy, keys=(*policy.keys, added))


def revoke(policy: ApprovalPolicy, named: str, at: datetime, now: datetime) -> ApprovalPolicy:
    """Revoke a key: from now on nothing that it signs, or has signed, counts for a release."""
    _check_past(at, now)
    key = find_key(policy, named)
    if key.revoked_at is not None:
        return policy
    return _replace(policy, key, key.model_copy(update={"revoked_at": at}))


def validity(
    policy: ApprovalPolicy, named: str, since: datetime | None, until: datetime | None
) -> ApprovalPolicy:
    """Say from when until when a key counts; what is not said stays."""
    if since is None and until is None:
        raise WrongUse("It was not said when the key counts.", "Give --from, --until, or both.")
    key = find_key(policy, named)
    if key.revoked_at is not None:
        raise Refused("A revoked key does not count, whatever its dates.", "Let its owner make a new one.")
    changed = key.model_copy(
        update={"valid_from": since or key.valid_from, "valid_until": until or key.valid_until}
    )
    _check_span(changed.valid_from, changed.valid_until)
    return _replace(policy, key, changed)


def find_key(policy: ApprovalPolicy, named: str) -> TrustedKey:
    """Return the key meant by a fingerprint, its beginning, a key id, or a person with one key in use."""
    trusted = trusted_keys(policy)
    letters = "".join(sign for sign in named.upper() if sign.isalnum())
    found = [key for key in trusted.values() if key.person == named and key.revoked_at is None]
    if not found and len(letters) >= _SHORTEST:
        found = [
            key
            for identity, key in trusted.items()
            if keys.fingerprint(identity).replace("-", "").startswith(letters)
            or (len(named) >= 2 * _SHORTEST and identity.startswith(named.lower()))
        ]
    if not found:
        raise WrongUse(f"The policy holds no key “{named}”.", "Look at `cobuilder policy show`.")
    if len(found) > 1:
        raise WrongUse(
            f"“{named}” means more than one key.", "Name it by its fingerprint: `cobuilder policy show`."
        )
    return found[0]


def _replace(policy: ApprovalPolicy, old: TrustedKey, new: TrustedKey) -> ApprovalPolicy:
    return _next(policy, keys=tuple(new if key is old else key for key in policy.keys))


def _next(policy: ApprovalPolicy, **parts: object) -> ApprovalPolicy:
    """Return the next version with these parts; the same policy where nothing changes. It is checked."""
    changed = ApprovalPolicy.model_validate(policy.model_copy(update=parts).model_dump())
    if changed == policy:
        return policy
    changed = changed.model_copy(update={"version": policy.version + 1})
    check_policy(changed)
    return changed


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise WrongUse(f"“{role}” is no role.", "Choose from author, compliance and it.")


def _check_past(at: datetime, now: datetime) -> None:
    if at > now + timedelta(minutes=5):
        raise Refused(
            "A key is revoked now or as of a moment that is past, not ahead.",
            "To let a key end later: cobuilder policy valid FILE KEY --until DATE",
        )


def _check_span(since: datetime, until: datetime) -> None:
    if until <= since:
        raise WrongUse(
            f"The key would end on {until:%Y-%m-%d}, before it begins on {since:%Y-%m-%d}.",
            "Check the dates.",
        )
