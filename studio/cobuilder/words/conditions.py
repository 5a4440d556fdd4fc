"""Conditions: the clause of a sentence that says when, and what remains to be done.

- The clause is verbatim (readable text), without its opening "if" or "when", but with an "unless".
- "Check whether/if …" asks a question; it is no condition.
- "Before X, do Y" is not a condition but an order: Y comes before X.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from studio.cobuilder.words.vocabulary import is_base_verb, is_verb_form

_OPENING = re.compile(
    r"^(?:(?:and|but|so|then|also|however|finally|note that|in particular|especially|only|except|"
    r"even)[,\s]+)*"
    r"(?P<word>only if|if|whenever|when|once|as soon as|unless|in case of|in case|in the event that|"
    r"in the event of|provided that|where|in cases where|for cases where|should)\b(?P<colon>:?)\s+",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:^|[\s,(])(?P<word>only if|if and only if|(?<!even )if|unless|in case of|in case|in the event that|"
    r"in the event of|provided that|as long as|only when|whenever|when|once|as soon as)\s+",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"^(?:otherwise|or else|else|in (?:this|that|such a|such) case|if (?:not|so|yes|no)(?=,))\b[,:]?\s*",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:check\w*|see|verif\w+|ask\w*|determin\w+|confirm\w*|decid\w+|know|knows|find out|tell|inform|"
    r"wonder\w*|"
    r"sure|clear|evaluat\w+|assess\w*|examin\w+|inquir\w+|let (?:them|us|me|him|her|the \w+) know|based on|"
    r"matter|"
    r"question of|investigat\w+|validat\w+|test\w*|says?|said|specif\w+|record|note|remember|understand)"
    r"(?: with| of)?(?: the| your| their| a)?(?: \w+)?$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^(?:then|you|we|they|he|she|it|this|that|the|a|an|i|there|please|do|don['’]t|never|always|"
    r"immediately|first|"
    r"also|simply|just|no|any|all|these|those|their|your|its|our|every|each|agents?|customers?|users?|"
    r"offer)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^(?P<label>[A-Z][^:.!?\"“]{2,60}):\s+")
_NO_CASE = re.compile(
    r"^(?:note|notes|example|important|warning|caution|tip|hint|reminder|remember|say|ask|tell|step \w+|"
    r"first|next|then|finally|action|result|goal|answer|question|reply|script|agent|caller|customer|please|optional|"
    r"check|see|verify|confirm|attention|always|never)\b",
    re.IGNORECASE,
)
_STARTED = re.compile(
    r"^the (?:\w+ ){0,2}(?:process|procedure|workflow) (?:starts|begins|is (?:started|triggered|initiated)) "
    r"(?:when|once|as soon as|if|after)\s+",
    re.IGNORECASE,
)
_CASE = re.compile(
    r"^for (?!security|safety|example|instance|this|that|reference|convenience|compliance|your|clarity|now|"
    r"more|each|all|"
    r"every|the (?:purpose|sake)|verification|privacy)(?P<case>[^,:.]{3,60}), ",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"^(?:(?:always|and|but|also|then)\s+)*(?:immediately |right |just )?(?:before|prior to)\s+",
    re.IGNORECASE,
)
_BEFORE_INSIDE = re.compile(
    r"[\s,](?:immediately |right |just )?(?:before|prior to)\s+(?=\w+ing\b|you\b|the agent\b)", re.IGNORECASE
)
_AFTER = re.compile(
    r"^(?:(?:and|but|also|then)\s+)*(?:immediately |right |just )?(?:after|following|upon)\s+", re.IGNORECASE
)


class Clauses(NamedTuple):
    """A sentence in its parts, each as (start, end) in its text; `main` may be empty for a mere head."""

    main: tuple[int, int]
    condition: tuple[int, int] | None = None
    before: tuple[int, int] | None = None
    after: tuple[int, int] | None = None


LONGEST = 2_000
"""What is longer is no sentence; looking for its cases would take the square of its length."""


@lru_cache(maxsize=8192)
def clauses(text: str) -> Clauses:
    """Split a sentence into its condition, what it says comes before or after, and its main clause."""
    end = len(text)
    if end > LONGEST:
        return Clauses((0, end))
    other = _OTHERWISE.match(text)
    if other:
        word_end = other.start() + len(other[0].rstrip(" ,:"))
        return Clauses((other.end(), end), (other.start(), word_end) if other.end() < end else None)
    started = _STARTED.match(text)
    if started:
        return Clauses((started.end(), end))
    opening = _OPENING.match(text)
    if opening:
        return _opened(text, opening)
    label = _LABEL.match(text)
    if label and _is_case(label["label"]) and _acts(text[label.end() :]):
        return Clauses((label.end(), end), label.span("label"))
    case = _CASE.match(text)
    if case and not _BEFORE.match(text[case.end() :]) and not _AFTER.match(text[case.end() :]):
        return Clauses((case.end(), end), case.span("case"))
    for pattern, name in ((_BEFORE, "before"), (_AFTER, "after")):
        match = pattern.match(text)
        if match:
            cut = _clause_end(text, match.end())
            if cut:
                clause = (match.end(), cut[0])
                main = (cut[1], end)
                return Clauses(main, before=clause) if name == "before" else Clauses(main, after=clause)
    return _trailed(text)


def _opened(text: str, opening: re.Match[str]) -> Clauses:
    end = len(text)
    start = opening.end()
    first = opening.start("word") if _keeps(opening["word"]) else start
    if opening["word"].lower() == "should" and not re.match(
        r"(?:the|a|an|you|any|they|there|it)\b", text[start:], re.I
    ):
        return _trailed(text)
    if opening["colon"]:
        stop = re.search(r"[.;]\s+(?=(?:then|go)\b)", text[start:], re.IGNORECASE)
        if stop:
            return Clauses((start + stop.end(), end), (start, start + stop.start()))
        return Clauses((end, end), (start, _trim_end(text, start, end)))
    cut = _clause_end(text, start)
    if cut is None:
        return Clauses((end, end), (first, _trim_end(text, start, end)))
    return Clauses((cut[1], end), (first, cut[0]))


def _clause_end(text: str, start: int) -> tuple[int, int] | None:
    """Return where a subordinate clause ends and where the main clause begins."""
    commas = [
        m
        for m in re.finditer(r",\s+(?:then\s+)?|:\s+|\s+[-–—]\s+|\s+then\s+", text[start:])
        if _depth(text, start, start + m.start()) == 0
    ]
    fallback: tuple[int, int] | None = None
    for match in commas:
        at, after = start + match.start(), start + match.end()
        rest = text[after:]
        if not rest:
            continue
        word = re.split(r"[^A-Za-z'’-]", rest, maxsplit=1)[0]
        if (
            "then" in match[0]
            or _SUBJECT.match(rest)
            or is_base_verb(word)
            or rest[0] in '["“'
            or word.endswith("ly")
        ):
            return at, after
        if fallback is None:
            fallback = (at, after)
    return fallback or _verb_cut(text, start)


def _verb_cut(text: str, start: int) -> tuple[int, int] | None:
    """Find the main clause of "If the card is lost you must block it", where the comma is missing."""
    match = re.search(
        r"\s(?=(?:you|we|agents?|please)\s+(?:must|should|can|may|need|have|will)\b|please\s"
        r"|(?:enter|click|select|press|use|ask|tell|call|send|check|submit|choose|open)\s(?:the|that|this|"
        r"them|their|a|on)\b)",
        text[start + 8 :],
    )
    return (start + 8 + match.start(), start + 8 + match.end()) if match else None


def _trailed(text: str) -> Clauses:
    end = len(text)
    inside = _BEFORE_INSIDE.search(text)
    if inside and _depth(text, 0, inside.start()) == 0 and inside.start() > 8:
        return Clauses((0, inside.start()), before=(inside.end(), _trim_end(text, inside.end(), end)))
    for match in _TRAILING.finditer(text):
        head = text[: match.start("word")].rstrip(" ,(")
        if (
            len(head.split()) < 2
            or _ASKS.search(head)
            or _depth(text, 0, match.start("word")) > 1
            or _quoted(text, match.start())
        ):
            continue
        if not any(is_verb_form(word) for word in re.findall(r"[A-Za-z-]+", head)):
            continue
        stop = re.search(r"\)|;|,\s+(?:and|then|but|so|or)\s", text[match.end() :])
        last = match.end() + stop.start() if stop else _trim_end(text, match.end(), end)
        if last > match.end() + 2:
            first = match.start("word") if _keeps(match["word"]) else match.end()
            return Clauses((0, len(head)) if last >= end - 2 else (0, end), (first, last))
    return Clauses((0, end))


def _is_case(label: str) -> bool:
    """Tell whether words before a colon name a case ("No slip: ring them"), rather than what is done."""
    words = label.split()
    if _NO_CASE.match(label):
        return False
    return len(words) == 1 or not is_base_verb(words[0].lower())


def _acts(text: str) -> bool:
    word = re.match(r"[A-Za-z-]+", text)
    return bool(word) and is_base_verb(word[0].lower() if word else "")


def _keeps(word: str) -> bool:
    """Tell whether a condition without its opening word would mean something else."""
    return word.lower() in {"unless", "only if", "if and only if", "only when"}


def _depth(text: str, start: int, at: int) -> int:
    piece = text[start:at]
    return piece.count("(") - piece.count(")")


def _quoted(text: str, at: int) -> bool:
    return bool(len(re.findall(r"[\"“”]", text[:at])) % 2)


def _trim_end(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip(" .:;,)"))
