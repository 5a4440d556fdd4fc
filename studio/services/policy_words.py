"""An approval policy in words: what it demands, who may sign, what changed, what cannot be met now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import combinations

from studio.domain.environment import ApprovalPolicy, EnvironmentRules, Person, TrustedKey
from studio.release import keys
from studio.release.policy import role_words, trusted_keys

SOON = timedelta(days=30)
SEPARATION = "Each person signs a release once, in one role: nobody approves their own change."


def listed(parts: Iterable[str]) -> str:
    """Return parts as a list in a sentence."""
    found = list(parts)
    return f"{', '.join(found[:-1])} and {found[-1]}" if len(found) > 1 else "".join(found) or "nobody"


def demands(rules: EnvironmentRules) -> str:
    """Return what an environment demands: 1 author, 1 compliance and 2 IT."""
    return listed(f"{each.count} {role_words(each.role)}" for each in rules.thresholds)


def described(policy: ApprovalPolicy, now: datetime) -> tuple[str, ...]:
    """Return the policy as lines for people."""
    lines = [
        f"{policy.id}, version {policy.version}: who must approve releases of {policy.agent}",
        "",
        "Approvals that an environment demands:",
    ]
    lines += [f"  {rules.id}: {demands(rules)}" for rules in policy.environments]
    lines += ["", SEPARATION, "", "Who may approve, with which keys:"]
    for person in policy.people:
        lines.append(f"  {_named(person)}: {_roles(person)}")
        own = [(identity, key) for identity, key in trusted_keys(policy).items() if key.person == person.id]
        lines += [f"    {keys.fingerprint(identity)}  {key_state(key, now)}" for identity, key in own]
        lines += [] if own else ["    no key yet"]
    return tuple(lines)


def key_state(key: TrustedKey, now: datetime) -> str:
    """Return whether a key counts, and until when."""
    if key.revoked_at is not None:
        return f"revoked on {key.revoked_at:%Y-%m-%d}"
    if now < key.valid_from:
        return f"counts from {key.valid_from:%Y-%m-%d} until {key.valid_until:%Y-%m-%d}"
    if now > key.valid_until:
        return f"ran out on {key.valid_until:%Y-%m-%d}"
    return f"counts until {key.valid_until:%Y-%m-%d}"


def troubles(policy: ApprovalPolicy, now: datetime) -> tuple[str, ...]:
    """Return why releases could not be approved now: demands that no valid keys of different people meet."""
    return tuple(filter(None, (_unmet(policy, rules, now) for rules in policy.environments)))


def lost(old: ApprovalPolicy, new: ApprovalPolicy, now: datetime) -> tuple[str, ...]:
    """Return which environments can no longer be released to, where they could before a change."""
    return tuple(
        told
        for rules in new.environments
        if (before := old.rules(rules.id)) is not None
        and (told := _unmet(new, rules, now))
        and not _unmet(old, before, now)
    )


def remarks(policy: ApprovalPolicy, now: datetime) -> tuple[str, ...]:
    """Return what should be seen to soon: keys that end, people without a key."""
    soon = [
        f"A key of {key.person} runs out on {key.valid_until:%Y-%m-%d}."
        for key in policy.keys
        if _counts(key, now) and key.valid_until <= now + SOON
    ]
    usable = {key.person for key in policy.keys if key.revoked_at is None and now <= key.valid_until}
    without = [person.name for person in policy.people if person.id not in usable]
    if without:
        soon.append(f"No key in use: {listed(without)}.")
    return tuple(soon)


def changes(old: ApprovalPolicy, new: ApprovalPolicy) -> tuple[str, ...]:
    """Return what differs between two versions, one sentence each."""
    return (*_environments(old, new), *_people(old, new), *_keys(old, new))


def _environments(old: ApprovalPolicy, new: ApprovalPolicy) -> Iterator[str]:
    for rules in new.environments:
        before = old.rules(rules.id)
        if before is None:
            yield f"New environment {rules.id}: it demands {demands(rules)}."
        elif before != rules:
            yield f"{rules.id} demands {demands(rules)}; before: {demands(before)}."
    for rules in old.environments:
        if new.rules(rules.id) is None:
            yield f"The environment {rules.id} is taken out: nothing may enter it any more."


def _people(old: ApprovalPolicy, new: ApprovalPolicy) -> Iterator[str]:
    for person in new.people:
        before = old.person(person.id)
        if before is None:
            yield f"{_named(person)} may approve as {_roles(person)}."
            continue
        if before.name != person.name:
            yield f"{before.name} is called {person.name}."
        if before.roles != person.roles:
            yield f"{person.name} may approve as {_roles(person)}; before: {_roles(before)}."
    for person in old.people:
        if new.person(person.id) is None:
            yield f"{_named(person)} is taken out; what they signed can no longer be told from a stranger's."


def _keys(old: ApprovalPolicy, new: ApprovalPolicy) -> Iterator[str]:
    before, after = trusted_keys(old), trusted_keys(new)
    for identity, key in after.items():
        shown = f"{keys.fingerprint(identity)} of {key.person}"
        was = before.get(identity)
        if was is None:
            yield f"New key {shown}: it counts {_span(key)}."
            continue
        if was.person != key.person:
            yield f"The key {shown} belonged to {was.person} before."
        if was.revoked_at is None and key.revoked_at is not None:
            yield (
                f"The key {shown} is revoked as of {key.revoked_at:%Y-%m-%d}: releases that it approved, and "
                "that are not promoted yet, must be approved anew."
            )
        if was.revoked_at is not None and key.revoked_at is None:
            yield f"The key {shown} was revoked and counts again."
        if (was.valid_from, was.valid_until) != (key.valid_from, key.valid_until):
            yield (f"The key {shown} counts {_span(key)}; before: {_span(was)}.")
    for identity, key in before.items():
        if identity not in after:
            yield (
                f"The key {keys.fingerprint(identity)} of {key.person} is taken out; what it signed can no "
                "longer be checked. Better revoke it."
            )


def _unmet(policy: ApprovalPolicy, rules: EnvironmentRules, now: datetime) -> str:
    """Return which demand cannot be met, each person signing once; Hall's condition over sets of roles."""
    able = {key.person for key in policy.keys if _counts(key, now)}
    people = [person for person in policy.people if person.id in able]
    wanted = {each.role: each.count for each in rules.thresholds}
    for size in range(1, len(wanted) + 1):
        for roles in combinations(wanted, size):
            holders = [person for person in people if set(roles) & set(person.roles)]
            asked = sum(wanted[role] for role in roles)
            if len(holders) < asked:
                named = f" ({listed(person.name for person in holders)})" if holders else ""
                demanded = listed(f"{wanted[role]} {role_words(role)}" for role in roles)
                return (
                    f"{rules.id} asks for {demanded}, but "
                    f"{_people_count(len(holders))} with a valid key could sign{named}; each signs once."
                )
    return ""


def _span(key: TrustedKey) -> str:
    return f"from {key.valid_from:%Y-%m-%d} until {key.valid_until:%Y-%m-%d}"


def _people_count(count: int) -> str:
    return {0: "nobody", 1: "only one person"}.get(count, f"only {count} people")


def _counts(key: TrustedKey, now: datetime) -> bool:
    return key.revoked_at is None and key.valid_from <= now <= key.valid_until


def _named(person: Person) -> str:
    return person.name if person.name == person.id else f"{person.name} ({person.id})"


def _roles(person: Person) -> str:
    return " or ".join(role_words(role) for role in person.roles) or "nobody"
