"""Unanswered: steps that need somebody else's yes, reply or success, and know nothing but that.

- Somebody else has to agree, as a step of a procedure, and no sentence of the part says what follows a no.
- A reply is waited for without an end, and nothing follows when none comes.
- Something is tried a number of times, and nothing follows the last of them.
- A refusal that only ends the matter ("with the manager's consent") is told by the rule itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from studio.cobuilder.questions.gaps import Gap
from studio.cobuilder.questions.open_cases import Part, missing_case

_WHO = (
    r"(?:the |their |your |his |her |our |an? )?(?:(?!if|when|once|after|the|not|and|or)[a-z'’-]+ ){0,2}"
    r"(?:manager|supervisor|lead|leader|approver|director|head|chef|officer|partner|owner|controller|"
    r"colleague|"
    r"board|committee|reviewer|staff members|colleagues|managers|analyst|treasurer|head|superior|buyer|"
    r"consultant|engineer|doctor|pharmacist|specialist)"
)
_MUST_AGREE = re.compile(
    rf"\b(?P<who>{_WHO})\s+(?:has to|have to|must|should|needs to|need to)\s+(?:first\s+)?"
    r"(?:approve|agree|sign|authori[sz]e|consent|clear|accept)\b"
    rf"|^(?:\d+[.)]\s+)?(?P<does>{_WHO}|finance|legal|accounting|procurement|"
    rf"compliance)\s+(?:then )?(?:approves|agrees|"
    r"countersigns|signs off|authori[sz]es)\b",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\b(?:first|before|beforehand)\b", re.IGNORECASE)
_NEAR = 8
"""So many sentences around a step tell what follows a refusal."""
_HANDED = re.compile(
    r"(?:^|[.;,:]\s+|\b(?:then|and)\s+)(?:hand|send|submit|pass|forward|give|put|present|"
    r"route)\b[^.;]{0,40}?\bto\s+"
    rf"(?P<who>(?:the |an? |your |their )?(?:[a-z'’-]+ ){{0,2}}approver|"
    rf"{_WHO}(?= for (?:\w+ )?(?:approv|sign|"
    r"consent|authori|decision)))"
    rf"|(?:^|[.;,:]\s+|\b(?:then|and)\s+)(?:ask|get|have|request)\s+(?P<asked>{_WHO})\s+(?:to|for)\s+"
    r"(?:\w+\s+)?(?:approv\w+|agree\w*|authori[sz]\w+|sign[- ]?off|consent|permission|decision|decide)\b"
    r"|(?:^|[.;,:]\s+|\b(?:then|and)\s+)(?:ask for|get|obtain|request|seek)\s+(?:\w+\s+)?(?:approval|"
    r"sign-?off|"
    rf"authori[sz]ation|the go-ahead|permission) (?:from|of|by) (?P<whose>{_WHO})",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"\b(?P<who>(?:two|both|three|all)(?: of the)? (?:[a-z]+ ){1,2}?)(?:(?:must|have to|need to|should) )?"
    r"(?:agree on|agree to|agree about|decide (?:jointly|together)|agree(?=[.,;]))(?!\w)",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:reject(?:s|ed|ion)?|declin(?:es|ed)|refus(?:es|ed|als?)|turn(?:s|ed) (?:it |this )?down|"
    r"says? no|said no|a no\b|disagree\w*|not (?:be )?(?:approved?|agreed?|authori[sz]ed|given|granted)|"
    r"n['’]t (?:approve|agree|authori[sz]e|been approved)|no approval|without (?:\w+ )?approval|"
    r"votes are equal|"
    r"cannot agree|denied by|withheld|(?:is|if|was) denied)\b",
    re.IGNORECASE,
)

_WAIT = re.compile(
    r"(?:^|[.;,:]\s+|\b(?:then|and)\s+)(?:wait|await)\s*(?:for|until)?\s+(?P<what>(?:the |their |a |an |"
    r"his |her )?"
    r"(?:[a-z'’-]+ ){0,3}(?:answer|reply|response|confirmation|decision|approval|go-ahead|feedback|"
    r"consent))\b"
    r"(?P<rest>[^.]*)",
    re.IGNORECASE,
)
_IN_TIME = re.compile(
    r"\b(?:no (?:answer|reply|response|word|feedback)|nobody|not (?:answer|reply|respond)\w*|"
    r"n['’]t (?:answer|"
    r"reply|respond|heard|come|received)|remind\w*|chase\w*|within|after|until|days?|hours?|minutes?|weeks?|"
    r"nothing|silence|unanswered)\b",
    re.IGNORECASE,
)

_TRY = re.compile(
    r"(?:^|[.;,:]\s+|\b(?:then|and|may|can)\s+)(?:try|retry|repeat|attempt|call|ring|"
    r"phone)\b[^.;:?]{0,40}?\b(?P<times>"
    r"(?:at most |up to |no more than |a maximum of )?(?:once more|one more time|twice|(?:two|three|"
    r"four|five|\d)"
    r" (?:more )?(?:times|attempts|tries)))\b(?P<rest>[^.]*)",
    re.IGNORECASE,
)
_IN_VAIN = re.compile(
    r"\b(?:if|after|then|otherwise|still|else|unless|until|when|fails?|failed|no answer|third|second|"
    r"last|stop|"
    r"close|end|give up|escalate|hand)\b",
    re.IGNORECASE,
)
_CUES = (
    "agree",
    "pprov",
    "sign",
    "wait",
    "times",
    "twice",
    "once more",
    "attempts",
    "tries",
    "decide",
    "uthori",
)


def unanswered(parts: Sequence[Part]) -> Iterator[Gap]:
    """Yield the steps of a document after which only the wished answer leads on."""
    asked: set[tuple[str, ...]] = set()
    for at, (block, sentence) in enumerate(parts):
        low = sentence.text.lower()
        if block.kind in ("heading", "code") or not any(cue in low for cue in _CUES):
            continue
        section = block.anchor.section
        if section not in asked and (gap := _approval(parts, at)) is not None:
            asked.add(section)
            yield gap
        yield from _waits(parts, at)
        yield from _tries(parts, at)


def _approval(parts: Sequence[Part], at: int) -> Gap | None:
    """Return the question what follows a no, if a step needs a yes and its part knows no refusal."""
    block, sentence = parts[at]
    match = _HANDED.search(sentence.text) or _JOINT.search(sentence.text)
    if match is None and (block.kind == "item" or _FIRST.search(sentence.text)):
        match = _MUST_AGREE.search(sentence.text)
    if match is None or _REFUSED.search(sentence.text) or _REFUSED.search(_around(parts, at, _NEAR)):
        return None
    who = next(name for name in match.groupdict().values() if name).strip()
    who = f"{who[:1].lower()}{who[1:]}"
    case = f"{who} do not agree" if match.re is _JOINT else f"{who} says no"
    return missing_case(sentence, case, "The text goes on with a yes only", 0.87)


def _around(parts: Sequence[Part], at: int, most: int) -> str:
    """Return what the same part of the document says near a sentence."""
    section = parts[at][0].anchor.section
    near = parts[max(0, at - most) : at + most + 1]
    return " ".join(one.text for block, one in near if block.anchor.section == section)


def _after(parts: Sequence[Part], at: int, most: int) -> str:
    """Return what the same part of the document says right after a sentence."""
    section = parts[at][0].anchor.section
    return " ".join(
        one.text for block, one in parts[at + 1 : at + 1 + most] if block.anchor.section == section
    )


def _waits(parts: Sequence[Part], at: int) -> Iterator[Gap]:
    sentence = parts[at][1]
    match = _WAIT.search(sentence.text)
    if match and not _IN_TIME.search(f"{match['rest']} {_after(parts, at, 3)}"):
        case = f"{match['what'].strip().lower()} does not come"
        yield missing_case(sentence, case, "It is waited for without an end", 0.84)


def _tries(parts: Sequence[Part], at: int) -> Iterator[Gap]:
    sentence = parts[at][1]
    match = _TRY.search(sentence.text)
    if match and not _IN_VAIN.search(f"{match['rest']} {_after(parts, at, 2)}"):
        case = f"it has not worked {match['times'].lower()}"
        yield missing_case(sentence, case, "Nothing follows the last try", 0.84)
