"""Where a clause starts, and whether it is an order: openings, leading conditions, bare instructions.

- “Refund the order” is an order, “Refund policy” and “Orders ship daily” are not: the words that follow tell.
"""

from __future__ import annotations

import re

from studio.cobuilder.words import grammar
from studio.cobuilder.words.lexicon import (
    CUSTOMER,
    DETERMINERS,
    MANNERS,
    NOUN_LIKE,
    PARTICLE_VERBS,
    PARTICLES,
    PEOPLE,
    STATE_VERBS,
    VERBS,
    is_verb,
)

_FINITE = re.compile(r"(?:is|are|was|were|has|had|can|may|must|will|shall|should|cannot|does|did|means)$")

_OBJECTS = frozenset(
    ["the", "a", "an", "your", "their", "it", "them", "him", "her", "us", "me", "any", "all", "every", "each"]
)
_PARTNERS = PEOPLE | CUSTOMER


def skip_opening(masked: str, at: int) -> int:
    """Return where the clause proper starts after labels, connectives and politeness."""
    label = grammar.LABEL.match(masked, at)
    if label and not grammar.MODAL.search(label[0]) and not grammar.LEAD.match(label[0]):
        at = label.end()
    opening = grammar.OPENING.match(masked, at)
    if opening and not re.match(r"no\b(?!,)", opening[0]):
        at = opening.end()
    return at


def leading_end(masked: str, start: int) -> int:
    """Return where a leading condition or prepositional part ends, or `start` if there is none."""
    arrow = grammar.arrow(masked, start, start + 160)
    if arrow and arrow.start() > start and not is_order(masked, start, sure=True):
        return skip_opening(masked, arrow.end())
    if not grammar.LEAD.match(masked, start):
        return start
    commas = [
        start + match.end()
        for match in re.finditer(r",\s+(?:then\s+)?|:\s+|\s[-\u2013\u2014]\s", masked[start:])
    ]
    for comma in commas:
        rest = skip_opening(masked, comma)
        if comma != commas[-1] and masked.startswith(("and ", "or ", "but "), comma):
            continue
        if (
            grammar.OWN_MODAL.match(masked, rest)
            or is_order(masked, rest, sure=True)
            or grammar.MAIN_START.match(masked, rest)
        ):
            return rest
    if commas and commas[0] - start < 160:
        return commas[0]
    then = re.search(r"\sthen\s", masked[start:])
    return start + then.end() if then else start


_FIRST_WORDS = re.compile(r"([a-z][a-z-]*)(?:\s+([\w'\"$-]+))?(?:\s+([\w'-]+))?")


def is_order(masked: str, at: int, *, sure: bool) -> bool:
    """Say whether an instruction starts here; `sure` asks for proof by the words that follow."""
    words = _FIRST_WORDS.match(masked, at, at + 120)
    if words is None:
        return False
    verb, after, third = words[1], (words[2] or "").strip("\"'"), words[3] or ""
    if masked.startswith(
        ("do not ", "don't ", "never ", "be sure", "make sure", "ensure ", "let the ", "let us"), at
    ):
        return True
    if verb == "be":
        return after in MANNERS or after.endswith("ful") or after.endswith("ly")
    shown = after in _OBJECTS
    if verb in STATE_VERBS - VERBS or not is_verb(verb, or_noun=shown) or _FINITE.match(after):
        return False
    if not after and re.search(r"(?:always|please)\s+$", masked[:at]):
        return True
    if verb not in NOUN_LIKE:
        return not masked[at + len(verb) :].startswith(("'s", "-"))
    if after in PARTICLES:
        return not _FINITE.match(third) and (verb in PARTICLE_VERBS or not sure)
    if after in DETERMINERS or (after in _PARTNERS and not _FINITE.match(third)):
        return True
    return not sure and bool(after) and not re.search(r"\b(?:is|are|was|were|has)\b", masked[at:])
