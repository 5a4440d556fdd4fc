"""Signed replies: a reviewer's key under what they send back, and whose key that is as far as is known here.

- A key is known by IT's approval policy, or because somebody here compared its fingerprint with its owner.
  Nothing in a reply makes its own key known.
- A reply signed with a key that is known as another person's is refused; one signed with a key that was
  revoked, or that nobody here knows, counts as not signed, and says so.
- Who works here, or has a key that is known here, is not spoken for by an unsigned file: it takes no place of
  theirs, and approves nothing in their name.
- An earlier program did not note which approvals came in a file: where signatures are asked for, one of which
  that cannot be told counts once it is given anew, or comes in a signed file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from studio.domain.environment import TrustedKey
from studio.domain.errors import Refused, WrongUse
from studio.domain.frozen import canonical, digest
from studio.domain.review_approval import ROLE_NAMES, RoleApproval, same_person
from studio.domain.review_package import MergedReply, ReplyWord, ReviewerKey, ReviewReply
from studio.ports import Signer, UnitOfWork
from studio.release import dsse, keys
from studio.services.review_files import REPLY_TYPE, OpenedReply, open_reply, reply_bytes
from studio.services.standing import Standing

SealState = Literal["none", "unknown", "void", "known"]
_LEDGER_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Seal:
    """How a reply is signed; `sentence` tells it, `names` are what the owner of a known key is called."""

    state: SealState
    sentence: str
    key_id: str = ""
    fingerprint: str = ""
    names: tuple[str, ...] = ()


UNSIGNED = Seal("none", "Not signed.")


def sign_reply(data: bytes, signer: Signer) -> bytes:
    """Return a reply with the signature of its reviewer's key; a signature it bears already is replaced."""
    reply = open_reply(data).reply
    word = ReplyWord(
        package=reply.package, reply=digest(reply), reviewer=reply.reviewer, public_pem=signer.public_pem
    )
    payload = canonical(word)
    signature = signer.sign(dsse.pae(REPLY_TYPE, payload))
    return reply_bytes(reply, dsse.seal(payload, signer.key_id, signature, REPLY_TYPE))


def seal_of(stand: Standing, opened: OpenedReply, at: datetime) -> Seal:
    """Return how a reply is signed; raises Refused where its key is known as somebody else's."""
    if opened.public_pem is None:
        return UNSIGNED
    key_id, reviewer = keys.key_id(opened.public_pem), opened.reply.reviewer
    found = _judged(stand, key_id, at)
    if found.names and not _is_named(reviewer, found.names):
        raise Refused(
            f"This reply speaks for {reviewer}, but is signed with the key {found.fingerprint} of "
            f"{found.names[0]}.",
            f"Merge nothing of it; call {reviewer} and {found.names[0]}.",
        )
    return found


def _judged(stand: Standing, key_id: str, at: datetime) -> Seal:
    """Return what is known here of a key that signed."""
    shown = keys.fingerprint(key_id)
    trusted = next((k for k in _policy_keys(stand) if keys.key_id(k.public_pem) == key_id), None)
    if trusted is not None:
        names = _names(stand, trusted)
        fault = _fault(trusted, at)
        if fault:
            sentence = f"Signed with the key {shown} of {names[0]}, which {fault}: it counts as not signed."
            return Seal("void", sentence, key_id, shown, names)
        said = f"Signed by {names[0]} with the key {shown}, which IT's policy names."
        return Seal("known", said, key_id, shown, names)
    known = next((k for k in stand.reviewer_keys if k.key_id == key_id), None)
    if known is not None:
        said = (
            f"Signed by {known.person} with the key {shown}; {known.by} compared it on {known.at:%d %b %Y}."
        )
        return Seal("known", said, key_id, shown, (known.person,))
    said = f"Signed with the key {shown}, which nobody here knows yet: it proves nobody until it is compared."
    return Seal("unknown", said, key_id, shown)


def _policy_keys(stand: Standing) -> tuple[TrustedKey, ...]:
    return stand.policy.keys if stand.policy else ()


def _names(stand: Standing, key: TrustedKey) -> tuple[str, ...]:
    person = stand.policy.person(key.person) if stand.policy else None
    return (person.name, person.id) if person else (key.person,)


def _fault(key: TrustedKey, at: datetime) -> str:
    if key.revoked_at is not None:
        return f"was revoked on {key.revoked_at:%d %b %Y}"
    if not key.valid_from <= at <= key.valid_until:
        return f"counts only from {key.valid_from:%d %b %Y} until {key.valid_until:%d %b %Y}"
    return ""


def _is_named(name: str, names: Iterable[str]) -> bool:
    return any(same_person(name, each) for each in names)


def proves(seal: Seal, name: str) -> bool:
    """Return whether a signature proves that a person said what stands in their name."""
    return seal.state == "known" and _is_named(name, seal.names)


def speak_for_themselves(unit: UnitOfWork, stand: Standing) -> tuple[str, ...]:
    """Return the people for whom no unsigned file speaks: who works here, or has a key that is known here."""
    here = [who for _, who, _, _ in unit.ledger.recent(_LEDGER_LINES)]
    keyed = [name for key in _policy_keys(stand) for name in _names(stand, key)]
    return tuple(dict.fromkeys((*here, *keyed, *(key.person for key in stand.reviewer_keys))))


def counts(stand: Standing, approval: RoleApproval) -> bool:
    """Return whether an approval may count: given here, or, where that is asked for, truly signed."""
    if not stand.review_policy.signed:
        return True
    came = _came_in(stand, approval)
    return any(_proven(stand, reply, approval.by) for reply in came) if came else not untold(stand, approval)


def given_here(stand: Standing, approval: RoleApproval) -> bool:
    """Return whether an approval was given in this workspace; a file may repeat it."""
    there = any(each.id == approval.id for each in stand.role_approvals)
    return there and not _came_in(stand, approval) and not untold(stand, approval)


def untold(stand: Standing, approval: RoleApproval) -> bool:
    """Return whether it cannot be told if an approval was given here: an earlier program merged replies."""
    if _came_in(stand, approval) or all(reply.brought is not None for reply in stand.merged_replies):
        return False
    return (approval.by, approval_sentence(approval)) not in stand.approved_here


def approval_sentence(approval: RoleApproval) -> str:
    """Return what the ledger says of an approval that is given here: what, for which role, which content."""
    verb = "Approved" if approval.decision == "approve" else "Requested changes of"
    scope, role = ", ".join(approval.scope), ROLE_NAMES[approval.role]
    return f"{verb} {scope} for {role}, content {approval.content[:12]}"


def _came_in(stand: Standing, approval: RoleApproval) -> list[MergedReply]:
    return [reply for reply in stand.merged_replies if approval.id in (reply.brought or ())]


def _proven(stand: Standing, reply: MergedReply, name: str) -> bool:
    if reply.signed_with is None or not same_person(name, reply.reviewer):
        return False
    return proves(_judged(stand, reply.signed_with, reply.at), name)


def compared_key(stand: Standing, opened: OpenedReply, heard: str, who: str, now: datetime) -> ReviewerKey:
    """Return the key of a reply as its reviewer's, who read its fingerprint out; raises where it differs."""
    reviewer = opened.reply.reviewer
    seal = seal_of(stand, opened, now)
    if seal.state == "none":
        raise WrongUse(
            f"This reply of {reviewer} is not signed, so there is no fingerprint to compare.",
            "Merge it without one.",
        )
    if seal.state == "void":
        raise Refused(seal.sentence, f"Ask {reviewer} to sign with another key.")
    difference = keys.compare_fingerprint(heard, seal.fingerprint)
    if difference:
        raise Refused(difference, f"Merge nothing of it until {reviewer} read it out once more.")
    return ReviewerKey(person=reviewer, key_id=seal.key_id, by=who, at=now)


def with_key(stand: Standing, new: ReviewerKey) -> Standing:
    """Return the workspace with one more known key; who has another key has both."""
    others = (each for each in stand.reviewer_keys if each.key_id != new.key_id)
    return replace(stand, reviewer_keys=(*others, new))


def unsigned(reply: ReviewReply, seal: Seal, themselves: Iterable[str], people: Iterable[str]) -> list[str]:
    """Return, for each person in whose name a reply speaks without proof, what that means."""
    known, told = tuple(themselves), []
    for name in people:
        if proves(seal, name):
            continue
        words = f"{name}: not signed. That this is what {name} said, only the file says"
        if seal.state == "known":
            words = f"{name}: not signed by {name}. That this is what {name} said, {reply.reviewer} says"
        if _is_named(name, known):
            words += (
                f". {name} works here, or has a key that is known here: unsigned, it replaces nothing that "
                f"{name} decided, and approves nothing in that name. Ask {name}"
            )
        told.append(f"{words}.")
    return told
