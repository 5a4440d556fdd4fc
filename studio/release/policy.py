"""The approval policy: reads IT's list, and judges whether the approvals of a bundle count and suffice.

- Key ids are computed from the keys in the list; different keys *and* different persons are counted.
- A person signs once for a release, in one role they hold: so an author never approves the own change.
- Keys are judged by the importer's clock, not by the time written in the approval; both must be in order.
- One approval that does not count refuses the bundle: nothing in it may be of doubtful meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import ValidationError

from studio.domain.bundle import Approval, Envelope, SignedApproval
from studio.domain.environment import IT, ApprovalPolicy, EnvironmentRules, Threshold, TrustedKey
from studio.domain.errors import BrokenInput, BundleRefused, NotApproved, StudioError
from studio.domain.frozen import canonical
from studio.release import dsse, keys, layout, policy_faults, strict_json

CLOCK_SKEW = timedelta(minutes=5)
SEPARATION = "(separation of duties)"


def read_policy(data: bytes, what: str = "The approval policy") -> ApprovalPolicy:
    """Return the policy in IT's file; raises BrokenInput with a sentence for any fault in it."""
    try:
        tree = strict_json.parse(data, what)
    except BrokenInput as error:
        raise policy_faults.broken_text(data, what, error) from None
    try:
        policy = ApprovalPolicy.model_validate_json(canonical(tree))
    except ValidationError as error:
        raise policy_faults.broken_form(data, what, tree, error) from None
    check_policy(policy)
    return policy


def check_policy(policy: ApprovalPolicy) -> None:
    """Raise BrokenInput where the policy contradicts itself or can never be met."""
    ids = [person.id for person in policy.people]
    if len(set(ids)) != len(ids):
        raise _faulty("names a person twice")
    if len({rules.id for rules in policy.environments}) != len(policy.environments):
        raise _faulty("says twice what an environment demands")
    trusted_keys(policy)
    for key in policy.keys:
        if policy.person(key.person) is None:
            raise _faulty(f"holds a key of {key.person}, who is not among its people")
    for rules in policy.environments:
        for threshold in rules.thresholds:
            holders = [person.id for person in policy.people if threshold.role in person.roles]
            if len(holders) < threshold.count:
                raise _faulty(
                    f"asks for {spell(threshold)} in {rules.id}, which nobody can give: {len(holders)} "
                    "of its people may approve so"
                )


def trusted_keys(policy: ApprovalPolicy) -> dict[str, TrustedKey]:
    """Return the keys of the policy by their computed id; raises BrokenInput if one stands there twice."""
    found: dict[str, TrustedKey] = {}
    for key in policy.keys:
        try:
            identity = keys.key_id(key.public_pem)
        except BrokenInput as error:
            raise BrokenInput(
                f"In the approval policy, key of {key.person}: {error.what}", error.todo
            ) from None
        if identity in found:
            raise _faulty(f"holds the same key for {found[identity].person} and {key.person}")
        found[identity] = key
    return found


def missing_approvals(
    policy: ApprovalPolicy, environment: str, approvals: Iterable[Approval]
) -> tuple[Threshold, ...]:
    """Return how many approvals of which role are still wanted; empty when the thresholds are met."""
    rules = rules_of(policy, environment)
    given = [approval.role for approval in approvals if approval.decision == "approve"]
    return tuple(
        Threshold(role=wanted.role, count=wanted.count - given.count(wanted.role))
        for wanted in rules.thresholds
        if given.count(wanted.role) < wanted.count
    )


def spell(threshold: Threshold) -> str:
    """Return a threshold in words."""
    role = role_words(threshold.role)
    return role if threshold.count == 1 else f"{threshold.count} from {role}"


def role_words(role: str) -> str:
    """Return a role as people write it."""
    return "IT" if role == IT else role


def approver(policy: ApprovalPolicy, approval: Approval) -> str:
    """Return who gave an approval: the name in IT's policy, and the role."""
    person = policy.person(approval.person)
    return f"{person.name if person else approval.person} ({role_words(approval.role)})"


def rules_of(policy: ApprovalPolicy, environment: str) -> EnvironmentRules:
    """Return what the environment demands; raises BundleRefused for one the policy does not know."""
    rules = policy.rules(environment)
    if rules is None:
        raise BundleRefused(
            f"IT's policy knows no environment “{environment}”.", "Ask IT which ones there are."
        )
    return rules


def judge(
    policy: ApprovalPolicy,
    environment: str,
    manifest_digest: str,
    attestations: Mapping[str, bytes],
    now: datetime,
) -> tuple[SignedApproval, ...]:
    """Return the approvals when all of them count and they suffice; raises with the reason otherwise."""
    accepted: list[SignedApproval] = []
    for name in sorted(attestations):
        signed = check_signed(policy, environment, manifest_digest, name, attestations[name], now)
        _check_approves(policy, signed)
        accepted.append(signed)
    _check_distinct(accepted)
    missing = missing_approvals(policy, environment, (signed.approval for signed in accepted))
    if missing:
        given = {signed.approval.role for signed in accepted}
        wanted = ", ".join(
            f"{each.count} more from {role_words(each.role)}" if each.role in given else spell(each)
            for each in missing
        )
        raise NotApproved(
            f"Approvals are missing for {environment}: {wanted}.", "Have them signed, then try again."
        )
    return tuple(accepted)


def check_signed(
    policy: ApprovalPolicy, environment: str, manifest_digest: str, name: str, data: bytes, now: datetime
) -> SignedApproval:
    """Return one decision (also a no) on exactly this manifest, truly signed; raises with the reason."""
    signed = read_signed(name, data)
    key = _key_of(trusted_keys(policy), dsse.open_envelope(data, name), signed)
    _check_key(key, signed, now)
    _check_statement(policy, environment, manifest_digest, key, signed)
    return signed


def check_one_more(signed: SignedApproval, given: Sequence[SignedApproval]) -> None:
    """Raise where a decision may not stand beside those given: same key, or same person."""
    _check_distinct([*given, signed])


def may_approve(
    policy: ApprovalPolicy,
    environment: str,
    key_id: str,
    approval: Approval,
    given: Sequence[Approval],
    now: datetime,
) -> None:
    """Raise, before anything is signed, where a decision with this key would not count."""
    rules_of(policy, environment)
    key = trusted_keys(policy).get(key_id)
    said = approval.model_copy(update={"decision": "approve"})  # a person may also say no
    signed = SignedApproval(file="This approval", manifest_digest=key_id, approval=said, key_id=key_id)
    if key is None:
        raise _not(signed, "would be made with a key that IT's policy does not know")
    _check_key(key, signed, now)
    _check_statement(policy, environment, key_id, key, signed)
    if any(other.person == approval.person for other in given):
        raise _not(
            signed,
            f"would be the second one by {approval.person}; each person signs once {SEPARATION}",
        )


def read_signed(name: str, data: bytes) -> SignedApproval:
    """Return what an attestation says, with every type checked and no signature verified yet."""
    envelope = dsse.open_envelope(data, name)
    subject, approval = dsse.read_approval(envelope, name)
    try:
        signed = SignedApproval(file=name, manifest_digest=subject, approval=approval, key_id=envelope.key_id)
    except ValidationError:
        raise BundleRefused(
            f"{name} names its key or subject in a wrong way.", "Ask for a fresh approval."
        ) from None
    if layout.attestation_role(name) != approval.role:
        raise _not(
            signed, f"was given as {role_words(approval.role)}, which is not the role in its file's name"
        )
    return signed


def _key_of(trusted: Mapping[str, TrustedKey], envelope: Envelope, signed: SignedApproval) -> TrustedKey:
    key = trusted.get(envelope.key_id)
    if key is None:
        raise _not(signed, "was made with a key that IT's policy does not know")
    message = dsse.pae(envelope.payload_type, envelope.payload)
    if not keys.verify(key.public_pem, envelope.signature, message):
        spelt = keys.one_spelling(envelope.signature, key.public_pem)
        if keys.verify(key.public_pem, spelt, message):
            raise BundleRefused(
                f"{signed.file} carries a true signature of {key.person}, but not in the one spelling that "
                "counts: another program put it in.",
                "Have the approval put in by `cobuilder bundle attach`, which brings it to that spelling.",
            )
        raise _not(signed, f"does not carry a true signature of {key.person}")
    return key


def _check_key(key: TrustedKey, signed: SignedApproval, now: datetime) -> None:
    claimed = signed.approval.time
    if key.revoked_at is not None:
        raise _not(
            signed, f"was made with a key of {key.person} that was revoked on {key.revoked_at:%Y-%m-%d}"
        )
    if not key.valid_from <= now <= key.valid_until:
        raise _not(
            signed,
            f"was made with a key of {key.person} that counts from {key.valid_from:%Y-%m-%d} until "
            f"{key.valid_until:%Y-%m-%d}, so not on {now:%Y-%m-%d}",
        )
    if not key.valid_from <= claimed <= key.valid_until:
        raise _not(
            signed, f"bears the date {claimed:%Y-%m-%d}, on which the key of {key.person} did not count"
        )
    if claimed > now + CLOCK_SKEW:
        raise _not(signed, f"bears a date in the future: {claimed:%Y-%m-%d %H:%M} UTC")


def _check_statement(
    policy: ApprovalPolicy, environment: str, manifest_digest: str, key: TrustedKey, signed: SignedApproval
) -> None:
    approval, person = signed.approval, policy.person(key.person)
    if signed.manifest_digest != manifest_digest:
        raise _not(signed, "was given for another bundle")
    if person is None or approval.person != person.id:
        raise _not(signed, f"names {approval.person}, but the key belongs to {key.person}")
    if approval.role not in person.roles:
        raise _not(
            signed, f"was given as {role_words(approval.role)}, a role that {person.name} does not hold"
        )
    if approval.environment != environment:
        raise _not(signed, f"was given for {approval.environment}, not for {environment}")


def _check_approves(policy: ApprovalPolicy, signed: SignedApproval) -> None:
    if signed.approval.decision != "approve":
        person = policy.person(signed.approval.person)
        name = person.name if person else signed.approval.person
        raise _not(signed, f"says no: {name} rejected this release")


def _check_distinct(accepted: Sequence[SignedApproval]) -> None:
    for at, signed in enumerate(accepted):
        for other in accepted[:at]:
            if other.key_id == signed.key_id:
                raise _not(signed, "was made with the same key as another one")
            if other.approval.person == signed.approval.person:
                raise _not(
                    signed,
                    f"is the second one by {signed.approval.person}; each person signs once {SEPARATION}",
                )


def _not(signed: SignedApproval, why: str) -> StudioError:
    named = signed.file if " " in signed.file else f"The approval {signed.file}"
    return NotApproved(f"{named} {why}.", "The release cannot count on it; have it approved anew.")


def _faulty(why: str) -> BrokenInput:
    return BrokenInput(f"The approval policy {why}.", "Mend it, and look with `cobuilder policy check`.")
