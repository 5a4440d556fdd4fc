"""Sayings: prohibitions on what is said (“must not promise compensation”).

- They bind whoever talks to customers: what may not be said need not be among what the agent does.
- Forbidden to a customer or a third party, it is no rule for the agent.
"""

from __future__ import annotations

import re

from studio.cobuilder.words.lexicon import AGENT
from studio.domain.scenario import ExpectUnsaid
from studio.domain.statement import Statement, StatementKind

_VERBS = (
    r"(?:promis|guarante|assur|pledg|vouch|mention|disclos|reveal|discuss|comment|stat|announc|quot|confirm|impl[iy]|"
    r"hint|suggest|speculat|predict|advis|recommend|admit|conced|apologi[sz]|criticis|criticiz|blam|disparag|prais|"
    r"describ|diagnos|estimat|commit|indicat|explain)(?:s|es|e|ed|ted|ing|ting|ies|ied)?"
)
_SAID = re.compile(
    rf"\b(?:{_VERBS}|says?|said|saying|tells?|told|telling|talks?|talking|speaks?|spoken|speaking|silent|names?|naming|named)\b"
    r"|\b(?:gives?|given|giving|makes?|made|making|offers?|offered|offering)\b[^.;]{0,40}?"
    r"\b(?:advice|opinions?|assurances?|promises?|guarantees?|commitments?|statements?|comments?|representations?"
    r"|estimates?|diagnos[ei]s|recommendations?|predictions?|details|information)\b"
    r"|\bno (?:\w+ )?(?:promises?|assurances?|guarantees?|commitments?|statements?|comments?"
    r"|advice|opinions?)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:be|is|are|been) (?:\w+ )?\w+(?:ed|en|ld|id|wn)\b", re.IGNORECASE)
_OURS = AGENT | frozenset("you nobody one everyone anybody anyone chatbot voicebot".split())


def forbids_saying(statement: Statement) -> bool:
    """Say whether a statement forbids the agent to say something."""
    if statement.kind is not StatementKind.PROHIBITION:
        return False
    words = " ".join(statement.core.split())
    if not _SAID.search(words):
        return False
    actor = frozenset((statement.actor or "").lower().split())
    return not actor or bool(actor & _OURS) or bool(_PASSIVE.search(words))


_PROMISE = r"(?:promis|guarante|assur|pledg|offer)(?:e|es|ed|ing|eed|eing|s|ered|ering)?"
_SPEAK = (
    r"(?:mention|discuss|comment|disclos|reveal|announc|quot|hint|suggest|speculat|predict|admit|conced"
    r"|criticis|criticiz|prais|estimat|recommend)(?:e|es|ed|ing|s|ted|ting)?"
)
_ABOUT = r"\s+(?:of|about|on|as to|regarding|concerning|for|with regard to)\s+"
_END = re.compile(
    r"[,;.:()]|\s(?:to (?:the |a |any )?(?:customers?|callers?|clients?|patients?|guests?|any(?:one|body))"
    r"|with (?:the |a |any )?(?:customers?|callers?|clients?|patients?|guests?)|on the (?:tele)?phone"
    r"|by (?:chat|phone|e-?mail)|in (?:writing|chat|public|advance)|over the (?:phone|counter)"
    r"|at the (?:desk|counter)|is|are|was|were|may|must|can|shall|that|which|who|when|as)\b",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\b(?:unless|if|when|until|before|except|without|other than|only|while|where|as long as|once|after"
    r"|more than|else)\b",
    re.IGNORECASE,
)
_NO_ONE_THING = re.compile(
    r"\b(?:and|or|not|never|nothing|anything|something|everything|others?|another|such|this|these|those|it"
    r"|them|staff|agents?|assistant|we|nobody)\b",
    re.IGNORECASE,
)
_NARROWED = re.compile(r"\s(?:that|which|who|when|as)\b", re.IGNORECASE)
_OWN = re.compile(r"^(?:the|an?|any|some|our|your|their|his|her|its|all|no)\s+", re.IGNORECASE)
_NOT_BE = r"\s+(?:(?:must|may|can|shall|should)\s+(?:not|never)\s+be|cannot be|(?:is|are)\s+(?:not|never))\s+"
_FORMS = tuple(
    (promised, re.compile(pattern, re.IGNORECASE))
    for promised, pattern in (
        (True, rf"^(?P<what>.+?){_NOT_BE}{_PROMISE}\b"),
        (False, rf"^(?P<what>.+?){_NOT_BE}{_SPEAK}\b"),
        (True, rf"^no\s+(?P<what>.+?)\s+(?:may|can|shall|must|is|are)\s+(?:ever\s+)?(?:be\s+)?{_PROMISE}\b"),
        (True, rf"\b(?:promises?|assurances?|guarantees?){_ABOUT}(?P<what>.+)"),
        (True, rf"\b{_PROMISE}\s+(?P<what>(?!of\b|about\b)\S.*)"),
        (False, rf"\b(?:statements?|comments?|remarks?|predictions?|estimates?){_ABOUT}(?P<what>.+)"),
        (False, rf"\b{_SPEAK}(?:\s+(?:on|about|upon))?\s+(?P<what>\S.*)"),
        (False, r"\b(?:gives?|given|giving|offers?|offering)\s+(?:no\s+)?(?P<what>(?:\w+ ){1,2}advice)\b"),
    )
)


def unsaid_in(text: str, rule: str | None = None) -> ExpectUnsaid | None:
    """Return what a test can listen for, where a sentence forbids one thing to be promised or spoken of.

    Where the sentence leaves cases in which it may be said, or names no one thing, nothing can.
    """
    words = " ".join(text.split()).rstrip(".!")
    if _BOUND.search(words):
        return None
    for promised, form in _FORMS:
        match = form.search(words)
        if match is not None:
            what = _named(match["what"])
            return ExpectUnsaid(words=what, promised=promised, rule=rule) if what else None
    return None


def _named(what: str) -> str:
    """Return the one thing that words name, bare of articles and of whom it is said to; or nothing."""
    end = _END.search(what)
    if end is not None and _NARROWED.match(end[0]):
        return ""
    what = (what[: end.start()] if end else what).strip()
    while (bare := _OWN.sub("", what)) != what:
        what = bare
    if not 0 < len(what.split()) <= 4 or _NO_ONE_THING.search(what):
        return ""
    return what if what[:2].isupper() else what[:1].lower() + what[1:]
