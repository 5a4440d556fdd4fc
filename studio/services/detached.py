"""Detached approvals: signed on another computer over exactly a bundle's manifest, sent back as one file.

- What is asked for approval is the bundle as it would be exported, with the approvals given so far; an
  approval signs its manifest digest, which no approval changes.
- Nobody signs what does not hold together: container, manifest, files, change and evidence come first.
- An approval that another tool signed (openssl, a smart card's) comes in any spelling of its envelope and of
  an ECDSA signature: `as_spelt_here` brings it to the one that counts, and leaves what was signed as it is.
- An approval for other content, of an unknown key, or a second one of a person is told and not taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from studio.domain.bundle import Approval, Bundle, Gate, Manifest, SignedApproval
from studio.domain.environment import ApprovalPolicy
from studio.domain.errors import BundleBroken, BundleRefused, NotApproved, Refused, StudioError
from studio.ports import Signer
from studio.release import bundle as bundles
from studio.release import dsse, keys, layout
from studio.release import policy as policies
from studio.release.evidence import check_evidence
from studio.release.verification import open_bundle
from studio.services.told_changes import told_between

SUFFIX = ".approval.json"
STALE = "was given for other content: either the draft was edited since, or it belongs to another release"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is asked to approve: the release, what it changes in words, and what speaks for it."""

    manifest_digest: str
    manifest: Manifest
    words: tuple[str, ...]
    gates: tuple[Gate, ...]
    evidence: str
    given: tuple[SignedApproval, ...]

    @property
    def file_stem(self) -> str:
        """Return how files about this release are called."""
        return bundles.file_name(self.manifest).rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Attached:
    """A bundle with more approvals in it; `refused` are the files that were not taken, and why."""

    data: bytes
    taken: tuple[SignedApproval, ...]
    refused: tuple[tuple[str, str], ...]


def read_asked(data: bytes, now: datetime) -> Asked:
    """Return what a file asks approval for; raises where anything but the approvals does not verify."""
    return asked(open_bundle(data), now)


def asked(bundle: Bundle, now: datetime) -> Asked:
    """Return what an opened bundle asks approval for; raises where its evidence or time does not hold."""
    manifest = bundle.manifest
    check_in_time(manifest, now)
    held = check_evidence(bundle.evidence, manifest.base_digest, manifest.result_digest, bundle.after)
    return Asked(
        manifest_digest=bundle.manifest_digest,
        manifest=manifest,
        words=told_between(bundle.before, bundle.after),
        gates=bundle.evidence.gates.gates,
        evidence=held,
        given=bundle.approvals,
    )


def check_in_time(manifest: Manifest, now: datetime) -> None:
    """Raise BundleRefused where a release may not go live any more."""
    if manifest.not_after <= now:
        raise BundleRefused(
            f"{manifest.label} was valid until {manifest.not_after:%Y-%m-%d} only.", "Ask for a fresh one."
        )


def sign_detached(
    wanted: Asked,
    signer: Signer,
    role: str,
    person: str,
    now: datetime,
    *,
    decision: Literal["approve", "reject"] = "approve",
    comment: str = "",
    policy: ApprovalPolicy | None = None,
) -> bytes:
    """Return the approval file; with IT's policy, refused beforehand where it would not count."""
    environment = wanted.manifest.environment
    approval = Approval(
        role=role,
        person=_id_of(policy, person),
        decision=decision,
        environment=environment,
        comment=comment,
        time=now,
    )
    given = [signed.approval for signed in wanted.given]
    if policy is not None:
        check_policy_fits(policy, wanted.manifest)
        try:
            policies.may_approve(policy, environment, signer.key_id, approval, given, now)
        except NotApproved as error:
            raise NotApproved(error.what, "Nothing was signed: it would not count.") from None
    elif any(other.person == approval.person for other in given):
        raise NotApproved(f"{approval.person} has signed this release already.", "Each person signs once.")
    return bundles.approve(wanted.manifest_digest, approval, signer)


def check_policy_fits(policy: ApprovalPolicy, manifest: Manifest) -> None:
    """Raise BundleRefused where a policy is not the one that a release was made for."""
    if manifest.policy_id != policy.id or manifest.agent.id != policy.agent:
        raise BundleRefused(
            f"{manifest.label} was made for another policy or another agent than this policy is for.",
            "Ask IT for the right one.",
        )


def as_spelt_here(name: str, data: bytes, policy: ApprovalPolicy | None) -> bytes:
    """Return a received approval as this program spells it; raises Refused for a file that is none.

    With the policy, the key is found also where the envelope does not say which one it was.
    """
    what = f"“{name}”"
    if data[:2] == b"PK":
        raise Refused(f"{what} is a bundle, not an approval.", f"Choose the file that ends in {SUFFIX}.")
    known = policies.trusted_keys(policy) if policy is not None else {}
    try:
        spelt = dsse.admit(data, what, lambda key: known[key].public_pem if key in known else "")
        envelope = dsse.open_envelope(spelt, what)
    except BundleBroken as error:
        why = error.what.removeprefix(what).strip(" .")
        told = "" if "JSON" in why else f" ({why})"  # who chose a wrong file need not know of forms
        raise Refused(
            f"{what} is no approval, or was damaged on its way{told}.",
            f"Choose the file that ends in {SUFFIX}, or have it sent again.",
        ) from None
    if envelope.key_id:
        return spelt
    message = dsse.pae(envelope.payload_type, envelope.payload)
    for identity, key in known.items():
        signature = keys.one_spelling(envelope.signature, key.public_pem)
        if keys.verify(key.public_pem, signature, message):
            return dsse.seal(envelope.payload, identity, signature)
    unknown = ", and no key of IT's policy did" if known else ""
    raise Refused(
        f"{what} does not say which key signed it{unknown}.",
        "Have the key's id put in as “keyid”: the SHA-256 of the public key in DER form.",
    )


def check_received(
    name: str,
    data: bytes,
    manifest_digest: str,
    environment: str,
    given: Sequence[SignedApproval],
    policy: ApprovalPolicy | None,
    now: datetime,
) -> SignedApproval:
    """Return a received approval (or no) that belongs to this content; raises with `name` in the sentence.

    It comes as it is spelt here (`as_spelt_here`).
    Without a policy the signature itself cannot be judged: whose key it is stands in the policy only.
    """
    subject, approval = _read(name, data)
    inside = layout.attestation_name(layout.MAX_ATTESTATIONS, approval.role)
    if subject != manifest_digest:
        raise Refused(f"“{name}” {STALE}.", "Ask for a fresh approval of what is here now.")
    try:
        if policy is not None:
            signed = policies.check_signed(policy, environment, manifest_digest, inside, data, now)
        else:
            signed = policies.read_signed(inside, data)
            if approval.environment != environment:
                raise Refused(f"{inside} was given for {approval.environment}, not for {environment}.")
        if any((g.key_id, g.approval.person) == (signed.key_id, signed.approval.person) for g in given):
            raise Refused(
                f"“{name}” is by {signed.approval.person}, who has signed this already.",
                "Each person signs once; nothing has to be done.",
            )
        policies.check_one_more(signed, given)
    except StudioError as error:
        raise Refused(error.what.replace(inside, f"“{name}”"), error.todo) from None
    return signed


def _read(name: str, data: bytes) -> tuple[str, Approval]:
    """Return (manifest digest, approval) of a file that was sent; a text of another kind is told in words."""
    what = f"“{name}”"
    envelope = dsse.open_envelope(data, what)
    try:
        return dsse.read_approval(envelope, what)
    except BundleBroken as error:
        why = error.what.removeprefix(what).strip(" .")
        raise Refused(
            f"{what} is signed over something else than the text of an approval ({why}).",
            "Have it approved with `cobuilder approve --detached`; another tool must sign that very text.",
        ) from None


def attach(
    data: bytes, received: Mapping[str, bytes], policy: ApprovalPolicy | None, now: datetime
) -> Attached:
    """Return a bundle with those of the received approvals in it that belong to it."""
    wanted = read_asked(data, now)
    if policy is not None:
        check_policy_fits(policy, wanted.manifest)
    given, taken, refused = list(wanted.given), [], []
    for name, each in received.items():
        try:
            spelt = as_spelt_here(name, each, policy)
            signed = check_received(
                name, spelt, wanted.manifest_digest, wanted.manifest.environment, given, policy, now
            )
            if signed.approval.decision != "approve":
                raise Refused(f"“{name}” says no: {signed.approval.person} rejected this release.")
            data = bundles.attach(data, spelt)
        except StudioError as error:
            refused.append((name, str(error)))
        else:
            given.append(signed)
            taken.append(signed)
    return Attached(data, tuple(taken), tuple(refused))


def _id_of(policy: ApprovalPolicy | None, named: str) -> str:
    """Return the id of a person who is named by id or by name; without a policy, what was said."""
    if policy is None:
        return named
    for person in policy.people:
        if named.casefold() in (person.id.casefold(), person.name.casefold()):
            return person.id
    known = ", ".join(person.name for person in policy.people)
    raise NotApproved(f"IT's policy does not know “{named}”.", f"It knows: {known}.")
