"""The core of a clause: who does what, in which mood, said in a few words that other sentences share.

- Where no modal gives the verb away, it is looked for: behind a pronoun, an auxiliary, a form in -s.
- A fragment (“Full refund within 14 days”) has no verb, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from studio.cobuilder.rules.bearing_words import noun_sorts, person, verb_sorts
from studio.cobuilder.words.clauses import Clause
from studio.cobuilder.words.lexicon import DETERMINERS, STATE_VERBS, VERBS, base_form

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+")
_AUXILIARIES = frozenset(
    "is are was were am be has have had do does did isn't aren't wasn't weren't don't doesn't didn't "
    "hasn't haven't "
    "gets get".split()
)
_NOT = frozenset(
    "not never no n't isn't aren't don't doesn't didn't wasn't hasn't haven't nobody nothing".split()
)
_PRONOUNS = frozenset(
    "we you they i he she it who which there everyone anyone nobody whoever somebody someone".split()
)
_SHORTENED = {"re": "are", "s": "is", "ve": "have", "m": "am"}
_SHORT = re.compile(r"^(?P<who>we|you|they|i|he|she|it|that|there|who)'(?P<verb>re|s|ve|m)$")


class Core(NamedTuple):
    """Who does what: the person in front, the mood, whether it is denied, the verb and its sorts."""

    who: str
    mood: str
    denied: bool
    verb: str
    passive: bool
    rest: str = ""

    @property
    def manner(self) -> str:
        """Return mood, voice and denial in one word."""
        return f"{self.mood}{' passive' if self.passive else ''}{' not' if self.denied else ''}"


def core(clause: Clause) -> Core:
    """Return the core of a clause."""
    if clause.modality != "plain":
        words = _WORD.findall(clause.subject)
        who = "none" if clause.modality == "order" else person(words)
        return Core(who, clause.modality, clause.negated, clause.verb, clause.passive, clause.rest[:80])
    return _plain(clause.main)


def _plain(main: str) -> Core:
    words = [part for word in _WORD.findall(main.strip()) for part in _parts(word)]
    at = _finite(words)
    if at is None:
        return Core(_first_sort(words), "fragment", bool(set(words[:4]) & _NOT), "", False, main[:80])
    denied = words[at].endswith("n't") or bool(set(words[max(0, at - 3) : at + 3]) & _NOT)
    who, verb, passive = person(words[:at]), base_form(words[at]), False
    if words[at] in _AUXILIARIES:
        after = [
            w for w in words[at + 1 : at + 5] if w not in _NOT and not w.endswith("ly") and w not in _FILLERS
        ]
        if (
            after
            and (after[0].endswith("ed") or base_form(after[0]) != after[0])
            and not after[0].endswith("ing")
        ):
            passive, verb = verb == "be" or words[at] in ("gets", "get"), base_form(after[0])
        elif after and words[at] in ("do", "does", "did", "don't", "doesn't", "didn't"):
            verb = base_form(after[0])
    return Core(who, "plain", denied, verb, passive, " ".join(words[at + 1 : at + 14]))


_FILLERS = frozenset("also always only then still just all both each even ever".split())


def _parts(word: str) -> list[str]:
    short = _SHORT.match(word)
    return [short["who"], _SHORTENED[short["verb"]]] if short else [word]


def _finite(words: list[str]) -> int | None:
    """Return where the finite verb stands, or None in a fragment."""
    for at, word in enumerate(words[:18]):
        before = words[at - 1] if at else ""
        if word in _AUXILIARIES:
            return at
        if not at:
            continue
        back = at - 1
        while back > 0 and (
            words[back].endswith("ly")
            or words[back] in _FILLERS
            or words[back] in ("usually", "often", "never")
        ):
            back -= 1
        if words[back] in _PRONOUNS and _may_be_verb(word):
            return at
        third = word.endswith("s") and base_form(word) != word
        plural = words[back].endswith("s") and word in VERBS
        if (third or plural) and before not in DETERMINERS:
            return at
    return None


def _may_be_verb(word: str) -> bool:
    return word in VERBS or word in STATE_VERBS or (word.endswith(("s", "ed")) and not word.endswith("ss"))


def _first_sort(words: list[str]) -> str:
    for word in words[:5]:
        found = noun_sorts(word)
        if found:
            return found[0]
    return "a denial" if words[:1] and words[0] in _NOT else "other"


def cores(parts: tuple[Clause, ...]) -> list[Core]:
    """Return the cores of a sentence's first clauses."""
    return [core(clause) for clause in parts[:4]]


def core_signs(parts: Sequence[Core]) -> list[str]:
    """Return the signs of a sentence's clauses, those of the first one by themselves."""
    found: list[str] = []
    for at, told in enumerate(parts):
        sorts = verb_sorts(told.verb) or ("other",)
        rest = sorted({sort for word in _WORD.findall(told.rest) for sort in noun_sorts(word)})
        if not at:
            found += [f"first: {told.who} {told.manner}", f"first: {told.manner}", f"first who: {told.who}"]
            found += [f"first does: {sort}" for sort in sorts]
            found += [f"first: {sort} {name}" for sort in sorts for name in rest]
        found += [f"core: {told.manner} {sort}" for sort in sorts]
        found += [f"core: {told.who} {told.manner}"]
    if len(parts) > 1:
        found.append("several clauses")
    return found
