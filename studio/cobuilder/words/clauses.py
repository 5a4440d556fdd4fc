"""Clauses: a sentence taken apart: who may or must do what, when, and except when.

- Works on readable text; every clause is a slice of its sentence.
- A modal inside a condition or a relative clause does not bind; the main clause's does.
- An instruction without a subject (“Ask for …”) is an order.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from studio.cobuilder.words import grammar
from studio.cobuilder.words.grammar import mask
from studio.cobuilder.words.lexicon import base_form
from studio.cobuilder.words.orders import is_order, leading_end, skip_opening

MAX_SENTENCE = 2500
"""Characters of a sentence that are read for clauses; what is longer is no prose."""

Modality = Literal["must", "may", "will", "order", "plain"]


class Clause(NamedTuple):
    """One main clause: a slice `start:end` of its sentence, and its parts, masked and in lower case.

    - `negated` with must, may, will or order forbids; `waived` lifts a duty (“need not”).
    - `verb` is the base form of the main verb; `passive` when the subject is what it is done to.
    - `main` is the clause without its conditions; `subject` and `rest` are what stands around the verb.
    """

    start: int
    end: int
    modality: Modality
    negated: bool
    waived: bool
    subject: str
    verb: str
    passive: bool
    main: str
    rest: str
    condition: str | None
    exception: str | None


def clauses(sentence: str, *, orders: bool = False) -> tuple[Clause, ...]:
    """Return the main clauses of a sentence; `orders` says that it stands in a list of instructions."""
    return _read(sentence[:MAX_SENTENCE], orders)


@lru_cache(maxsize=8192)
def _read(sentence: str, orders: bool) -> tuple[Clause, ...]:
    masked = mask(sentence)
    found: list[Clause] = []
    for start, end in _coordinated(masked, skip_opening(masked, 0), orders):
        clause = _clause(sentence, masked, start, end, orders)
        if found and clause.condition is None and (clause.modality == "order" or not clause.subject):
            clause = clause._replace(condition=found[0].condition)
        found.append(clause)
    return tuple(found)


def _coordinated(masked: str, start: int, orders: bool) -> list[tuple[int, int]]:
    """Return the spans of the main clauses joined in a sentence, each with a modal or order of its own."""
    points = [start]
    at = leading_end(masked, start)
    while (joint := grammar.JOINT.search(masked, at)) is not None:
        at = max(joint.end(), at + 1)
        opens = bool(grammar.OWN_MODAL.match(masked, at)) or (
            is_order(masked, at, sure=True)
            and not _shares_modal(masked[points[-1] : joint.start()], joint[0])
        )
        opens = opens and not _QUALIFIES.match(masked, at)
        lead = leading_end(masked, at)
        opens = opens or (lead > at and joint[0][0] in ";,:" and bool(_NEW_CASE.match(masked, at)))
        strong = joint[0].lstrip()[0] in ";:-\u2013\u2014" or bool(_URGES.match(masked, at))
        if opens and (strong or _complete(masked, points[-1], joint.start(), orders)):
            points.append(joint.end())
            at = max(at, lead)
    return list(zip(points, [*points[1:], len(masked)], strict=True))


_QUALIFIES = re.compile(
    r"(?:do not|don't|never|cannot|can't|won't)(?: \w+){1,3}? (?:is|are|gets?|goes|has|must|may|can|"
    r"will|keeps|pays)\b"
)
"""“… and don't bring is refunded”: the denial belongs to what the sentence is about."""
_URGES = re.compile(r"(?:please|do not|don't|never|make sure|be sure|ensure)\b")
_NEW_CASE = re.compile(
    r"(?:if|when|whenever|once|unless|before|after|upon|in the event|in case|should)\b(?!,)"
)


def _shares_modal(before: str, joint: str) -> bool:
    """Say whether a bare verb only continues the modal before it (“you may cancel and keep using”)."""
    return bool(_modal(before)) and not re.search(r"[;:]|\b(?:so|then|but|otherwise|instead)\b", joint)


def _complete(masked: str, start: int, end: int, orders: bool) -> bool:
    """Say whether what stands before a joint binds by itself, so that a new clause may open after it."""
    main = masked[leading_end(masked, start) : end]
    trail = grammar.TRAIL.search(main)
    if trail and main[trail.start() :].startswith(
        ("if", "when", "unless", "once", "after", "before", "until")
    ):
        return bool(_modal(main[: trail.start()])) and "," not in main[: trail.start()]
    if modal := _modal(main):
        return bool(re.search(r"[a-z]", _FILLERS.sub("", main[modal.end() :].strip(" ,") + " ")))
    return is_order(main, skip_opening(main, 0), sure=not orders)


def _modal(main: str) -> re.Match[str] | None:
    """Return the first modal that belongs to the main clause; those of relative clauses do not bind."""
    for match in grammar.MODAL.finditer(main):
        before = main[: match.start()]
        if not grammar.RELATIVE.search(before) and not grammar.REPORTED.search(before):
            return match
    return None


def _clause(sentence: str, masked: str, start: int, end: int, orders: bool) -> Clause:
    lead = leading_end(masked, start)
    body = skip_opening(masked, lead) if lead > start else start
    cut = _trail(masked, body, end)
    main = masked[body:cut]
    conditions, exceptions = _circumstances(sentence, masked, start, lead, cut, end)
    modality, negated, waived, subject, after = _bearing(main, orders)
    verb, passive, rest = _verb(after)
    return Clause(
        start, end, modality, negated, waived, subject, verb, passive, main, rest, conditions, exceptions
    )


def _trail(masked: str, body: int, end: int) -> int:
    """Return where the trailing condition or exception of a clause begins, else its end."""
    for match in grammar.TRAIL.finditer(masked, body, end):
        main = masked[body : match.start()]
        gerund = re.match(r"\s*\w+ing\b", masked[match.end() : end])
        if gerund and not _modal(main) and _modal(masked[match.end() : end]):
            continue
        if _modal(main) or is_order(main, 0, sure=False) or len(main.split()) > 3:
            return match.start()
    return end


def _circumstances(
    sentence: str, masked: str, start: int, lead: int, cut: int, end: int
) -> tuple[str | None, str | None]:
    """Return a clause's condition and exception, verbatim but for the outer punctuation."""
    conditions: list[str] = []
    exceptions: list[str] = []
    pieces = [(start, lead)] if lead > start else []
    marks = (
        [match.start() for match in grammar.TRAIL.finditer(masked, max(cut - 1, 0), end)] if cut < end else []
    )
    if cut < end:
        marks = marks or [cut]
        pieces += list(zip(marks, [*marks[1:], end], strict=True))
    for first, last in pieces:
        last = min(last, masked.find(";", first, last) % (last + 1)) if ";" in masked[first:last] else last
        text = _CONNECTIVE.sub("", sentence[first:last].strip(" ,;:.!\u2013\u2014-")).strip(" ,;")
        if arrow := grammar.arrow(f"{masked[first:last]}.", 0, last - first + 1):
            conditions.append(sentence[first : first + arrow.start()].strip(" ,;:"))
        elif grammar.EXCEPTION.match(masked, first):
            exceptions.append(text)
        elif grammar.CONDITION.match(masked, first):
            conditions.append(text)
    return "; ".join(conditions) or None, "; ".join(exceptions) or None


_CONNECTIVE = re.compile(r"[,;]?\s+(?:and|but|so|or|then|just|please|simply|also)$", re.IGNORECASE)


def _bearing(main: str, orders: bool) -> tuple[Modality, bool, bool, str, str]:
    """Return modality, negated, waived, subject and what follows the modal."""
    at = skip_opening(main, 0)
    if is_order(main, at, sure=not orders) and not _noun_phrase(main, at):
        prefix = re.match(r"(?:do not|don't|never)\s+", main[at:])
        rest = main[at + (prefix.end() if prefix else 0) :]
        forget = re.match(r"forget to\s+", rest)
        return "order", bool(prefix) and not forget, False, "", rest[forget.end() if forget else 0 :]
    match = _modal(main)
    if match is None:
        return "plain", False, False, "", main
    subject, after = main[: match.start()].strip(), main[match.end() :]
    if _OWN_VERB.match(subject):
        return "plain", False, False, "", main
    kind = match.lastgroup or "must"
    negated = (
        kind in ("negated", "never", "unable")
        or bool(_NO_SUBJECT.search(subject))
        or bool(_NO_OBJECT.match(after))
    )
    modality: Modality = "must"
    if kind in ("may", "waived", "willing", "unable"):
        modality = "may"
    elif kind in ("will", "short", "never") or match[0].startswith(
        ("will", "would", "won't", "wouldn't", "'")
    ):
        modality = "will"
    elif kind == "negated" and match[0].startswith(("may", "can", "could", "is", "are")):
        modality = "may"
    return modality, negated and kind != "waived", kind == "waived", subject, after


def _noun_phrase(main: str, at: int) -> bool:
    """Tell “Refund requests must …” from “Refund the order”: a modal close behind makes it a subject."""
    modal = _modal(main[at:])
    if modal is None or main.startswith(
        ("do not", "don't", "never", "be ", "make sure", "ensure", "let "), at
    ):
        return False
    return not re.search(
        r"\b(?:the|a|an|that|to|your|their|them|him|her|it|whether|if|who|which)\b|,",
        main[at : at + modal.start()],
    )


_OWN_VERB = re.compile(
    r"(?:we|our \w+|the company|agents?|you|they|customers?) (?:\w+ly )?(?:(?:do|does) not|don't"
    r"|doesn't|never|offer|accept|provide|keep"
    r"|charge|require|allow|ask|want|know|believe|understand)\b.*\b(?:you|they|it|we|customers?)$"
)
_NO_SUBJECT = re.compile(
    r"(?:^|\bthat |, )(?:no|none|nothing|nobody|neither|not one|under no circumstances|at no time"
    r"|in no (?:case|event|way))\b"
)
_NO_OBJECT = re.compile(
    r"(?:,? (?:under no circumstances|in no (?:case|event|way)|at no time),?|(?: \w+ly)?(?: be"
    r"| have| give| grant| make| offer| accept"
    r"| acquire| receive| issue)? (?:no|neither|nothing)\b(?! (?:later|more|less|longer|fewer"
    r"|sooner|earlier)\b))"
)
_FILLERS = re.compile(
    r"(?:,|(?!(?:ap|re|sup|com|multi|im)?p?ly\b|rely\b|apply\b|reply\b|supply\b|comply\b)\w+ly\b"
    r"|also|always|then|only|first|at most|still|please|just|ever|even|both|each|all|again"
    r"|not only|in turn|further"
    r"|in (?:all|any|most) cases?|at all times|under no circumstances|in no (?:case|event)|not"
    r"|never|to|hereby|thereafter|at least"
    r"|sure to|certain to|careful to|remember to|try to|be sure to|make sure to|aim to|like to"
    r"|want to|choose to|happy to|glad to"
    r"|be happy to|be able to|be required to|able to|need to|have to|be allowed to|be permitted to"
    r"|no longer|continue to)\s+"
)


def _verb(after: str) -> tuple[str, bool, str]:
    """Return the main verb's base form, whether it is passive, and what follows it."""
    at = len(after) - len(after.lstrip())
    while filler := _FILLERS.match(after, at):
        at = filler.end()
    words = re.match(r"([a-z][a-z'-]*)", after[at:])
    if words is None:
        return "", False, after[at:]
    word, at = words[1], at + words.end()
    if sure := re.match(r"\s+(?:sure|certain)\b(?: that)?", after[at:]):
        return ("ensure" if word == "make" else word), False, after[at + sure.end() :]
    if word in ("be", "been", "get", "is", "are", "being", "have"):
        inner = re.match(
            r"\s+(?:been\s+)?(?:(?:\w+ly|also|always|only|then|first|not|both|either)\s+)*([a-z][a-z-]*)",
            after[at:],
        )
        if inner and (base := _participle(inner[1])):
            return base, True, after[at + inner.end() :]
    return base_form(word), False, after[at:]


def _participle(word: str) -> str:
    """Return the base form of a past participle, or nothing for other words."""
    base = base_form(word)
    if base != word and word.endswith(("ed", "en", "n", "t", "d", "e", "k")):
        return base
    return word[:-2] if len(word) > 5 and word.endswith("ed") and word not in _ADJECTIVES else ""


_ADJECTIVES = frozenset(
    ["limited", "interested", "satisfied", "excited", "related", "tired", "detailed", "worried"]
)
