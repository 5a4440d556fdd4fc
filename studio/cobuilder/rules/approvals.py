"""Approvals: sentences by which a person approves something, and from which amount on.

- “Deposits above £200 are always approved by a supervisor”, “needs the consent of …”.
- Only people and bodies of the company approve; what is approved by itself, or up to an
  amount, waits for nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.cobuilder.words.quantities import Quantity, normalized, quantities_in

_BODY = (
    r"(?:[\w-]+ (?:team|department|desk|office|unit|committee|director|officer|manager|lead|leader)"
    r"|supervisors?|managers?|directors?|leads?|leaders?|heads? of (?!the\b)\w+(?: services?)?|chiefs?"
    r"|owners?|principals?|partners?|officers?|controllers?|treasurers?|committee|board|management|finance|compliance|legal"
    r"|underwriters?|seniors?|superiors?|doctors?|physicians?|pharmacists?|auditors?|bursar|matron)"
)
WHO = (
    r"(?:(?:the|an?|your|our|their|his|her|its|both|two|another|any)\s+)*"
    rf"(?P<who>(?:(?!by\b|of\b|from\b|to\b|the\b|is\b|are\b)[\w-]+ ){{0,2}}?{_BODY})\b"
)
_OTHER = WHO.replace("?P<who>", "?P<owner>")
_DONE = r"(?:approved|signed off|authori[sz]ed|countersigned|endorsed|ratified|sanctioned|okayed|agreed to)"
_GIVEN = r"(?:confirmed|released|cleared|granted|agreed)"
_LEAVE = (
    r"(?:approval|sign-?off|authori[sz]ation|consent|go-ahead|permission|agreement"
    r"|signature|countersignature)"
)
_ADVERBS = r"(?:(?:\w+ly|always|first|also|then|only|in writing|both)\s+)*"
_BY = re.compile(
    rf"\b(?:is|are|be|been|being|gets?|has|have)\s+{_ADVERBS}(?:{_DONE}|{_GIVEN})\s+"
    rf"(?:\w+ ){{0,2}}?by\s+{WHO}",
    re.I,
)
_ACTS = re.compile(
    rf"(?:^|[,;:]\s*){WHO}\s+{_ADVERBS}(?:(?:must|shall|should|will|has to|have to|needs? to)\s+{_ADVERBS})?"
    r"(?:approves?|signs? off|authori[sz]es?|countersigns?|endorses?)\b",
    re.I,
)
_NEEDS = re.compile(
    rf"\b(?:needs?|requires?|wants?|takes?|subject to|without|pending|after|with)\s+(?:[\w-]+ ){{0,3}}?"
    rf"(?:{_LEAVE}\s+(?:of|from|by)\s+{WHO}|{_OTHER}(?:'s|’s|'|’)\s+(?:\w+ )?{_LEAVE})",
    re.I,
)
_IS_NEEDED = re.compile(
    rf"\b{_LEAVE}\s+(?:of|from|by)\s+{WHO}\s+(?:is|are|must be|has to be)\s+(?:\w+ )?"
    r"(?:needed|required|necessary|obtained|sought|mandatory)\b",
    re.I,
)
_GOES = re.compile(rf"\bto\s+{WHO}\s+for\s+(?:\w+ )?(?:{_LEAVE}|a decision)\b", re.I)
_ONCE = re.compile(
    rf"\b(?:after|once|when|until|unless|before)\s+{WHO}\s+(?:has|have)\s+{_ADVERBS}(?:{_DONE}|{_GIVEN})\b",
    re.I,
)
_ALONE = re.compile(
    rf"\bonly\s+{WHO}\s+(?:may|can|is allowed to|are allowed to)\s+"
    r"(?:approve|authori[sz]e|sign off|grant|release)\b"
    rf"|\b(?:may|can|must|is|are)\s+only\s+(?:be\s+)?(?:{_DONE}|{_GIVEN})\s+by\s+{_OTHER}",
    re.I,
)
_FORMS = (_BY, _ACTS, _NEEDS, _IS_NEEDED, _GOES, _ONCE, _ALONE)
_FIRM = (_NEEDS, _ONCE, _ALONE)
"""Forms in which a “may” takes nothing back: “may be paid only after a manager has approved it”."""
_LIFTED = re.compile(
    r"\b(?:no (?:longer|need)|not (?:need|require)|never (?:needs?|requires?)|automatically"
    r"|without (?:any |further )?(?:approval|sign-?off)"
    r"|n['’]t (?:need|require|have to)|not (?:be )?(?:approved|required|necessary)|need not"
    r"|may|can|could|might)\b",
    re.I,
)
_CHANCE = ("may", "can", "could", "might")
_WITHOUT = re.compile(r"without\b", re.I)
_NO = re.compile(r"\b(?:no(?! less)|not|never|nobody|none|nothing|neither|nor|cannot)\b|n['’]t\b", re.I)
_FROM_ON = re.compile(r"\b(?:at least|from|starting at|minimum(?: of)?)\s+(?:about )?$", re.I)
_BEYOND = re.compile(r"\b(?:(?:higher|larger|bigger|dearer) than|in excess of|north of)\s+$", re.I)
_OR_MORE = re.compile(r"^\s*(?:or|and) (?:more|above|over|higher)\b|^\s*(?:upwards?|and up|plus)\b", re.I)


@dataclass(frozen=True, slots=True)
class Approval:
    """Who has to approve, and from which quantity on (`from_on`: that quantity itself included)."""

    who: str
    above: Quantity | None = None
    from_on: bool = False


def approver_in(text: str) -> str:
    """Return who has to approve something by a sentence, or nothing."""
    for form in _FORMS:
        match = form.search(text)
        if match is None or _is_spared(match, text):
            continue
        lifted = _LIFTED.search(text)
        taken_back = lifted is not None and not (form in _FIRM and lifted[0].lower() in _CHANCE)
        if taken_back:
            continue
        groups = match.groupdict()
        return " ".join((groups["who"] or groups.get("owner") or "").split())
    return ""


def _is_spared(match: re.Match[str], text: str) -> bool:
    """Return whether nobody has to approve: “paid without approval”, not “never paid without approval”."""
    if _WITHOUT.match(match[0]):
        return not _NO.search(re.split(r"[;:]", text[: match.start()])[-1])
    return bool(_NO.search(match[0]))  # “needs no manager's approval”


def is_approved(text: str) -> bool:
    """Say whether a sentence tells that somebody approves something, as a rule."""
    return any(form.search(text) for form in (_BY, _ACTS, _ONCE)) and not _LIFTED.search(text)


def approval_in(text: str) -> Approval | None:
    """Return the approval that a sentence demands, with the least amount, share or number that needs it."""
    plain = normalized(" ".join(text.split()))
    who = approver_in(plain)
    if not who:
        return None
    for quantity in quantities_in(plain):
        if quantity.kind in ("money", "percent", "count") and quantity.low == quantity.high:
            before, after = plain[: quantity.start], plain[quantity.end :]
            from_on = bool(_FROM_ON.search(before) or _OR_MORE.match(after))
            if quantity.bound > 0 or from_on or _BEYOND.search(before):
                return Approval(who, quantity, from_on)
    return Approval(who)
