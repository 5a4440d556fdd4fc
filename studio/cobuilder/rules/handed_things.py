"""Handed things: a parcel that is handed over is no case that is handed over to a person.

- A customer, a case or a talk is handed over; so is whatever goes to somebody inside the company.
- What settles how something is counted or called (“counts as day 0”, “is deemed returned”) defines it,
  however things change hands in it.
"""

from __future__ import annotations

import re

from studio.cobuilder.rules.bearing import KINDS, Bearing
from studio.cobuilder.words.lexicon import AGENT, CUSTOMER, PEOPLE
from studio.domain.statement import StatementKind as Kind

_CHANGES_HANDS = re.compile(
    r"(?P<thing>[\w’'-]+)(?: (?:is|are|was|were|be|been|being|has been|have been|gets?|got)(?: \w+ly| also)?)"
    r" hand(?:ed) (?:over|back|in|out)\b"
)
_HANDING = re.compile(r"\bhand(?:s|ed|ing)? (?:\w+ )?(?:over|back|in|out)\b")
_TAKEN_ON = re.compile(r"\bescalat\w+|\b(?:transfer|refer|put through|pass(?:ed)? on|hand-?off)\w*\b")
_RECEIVER = re.compile(r"\b(?:to|with|into) (?P<who>(?:[\w’'-]+ ?){1,6})")
_TALK = frozenset(
    "case call chat conversation matter request complaint query enquiry inquiry question issue ticket talk "
    "contact dispute concern person who".split()
)
_SETTLES = re.compile(
    r"\b(?:counts? as|(?:is|are) (?:\w+ )?(?:deemed|considered|regarded as|treated as|counted as|taken as)"
    r"|means|stands? for)\b"
)


def is_of_things(text: str) -> bool:
    """Say whether all that is handed over in a sentence is things, and nothing goes to somebody inside."""
    low = " ".join(text.lower().split())
    hands = len(_HANDING.findall(low))
    things = [found["thing"] for found in _CHANGES_HANDS.finditer(low)]
    if not hands or len(things) < hands or _TAKEN_ON.search(low):
        return False
    if any(PEOPLE & set(found["who"].split()) for found in _RECEIVER.finditer(low)):
        return False
    people = AGENT | CUSTOMER | PEOPLE | _TALK
    return not any(thing in people or thing.removesuffix("s") in people for thing in things)


def kinds_of(text: str, kinds: tuple[Kind, ...], bearing: Bearing) -> tuple[Kind, ...]:
    """Return in which ways a sentence binds: where only things are handed over, nobody is handed over."""
    if Kind.ESCALATION not in kinds or not is_of_things(text):
        return kinds
    if _SETTLES.search(text.lower()):
        return (Kind.DEFINITION,)
    left = tuple(kind for kind in kinds if kind is not Kind.ESCALATION)
    return left or (max((k for k in KINDS if k is not Kind.ESCALATION), key=bearing.of),)
