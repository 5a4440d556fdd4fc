"""Shifts: what a small edit of a rule does to its numbers, dates and force.

- "30 → 45 days" and "may → must not" weigh more than any rewording, so they are found by rule and
  named, however many other words changed around them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from studio.diff.edits import middle
from studio.diff.words import opcodes

_BESIDE = 40
ShiftKind = Literal["number", "date", "modality", "negation", "limit"]

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DATE = (
    rf"\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\b|\b\d{{1,2}}:\d\d(?:\s?[ap]m)?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?:,?\s+\d{{4}})?|\b{_MONTH}\s+\d{{1,2}}\b(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
)
_SMALL = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|twenty|thirty|forty|"
    "forty-five|fifty|sixty|ninety|hundred|thousand|once|twice"
)
_NUMBER = (
    r"(?:[$€£¥]\s?)?(?<![\w.])\d+(?:[.,]\d+)*(?:\s?(?:%|percent\b))?"
    rf"|\b(?:{_SMALL})\b"
)
_UNIT = (
    r"(?:[\s-]+((?:(?:business|calendar|working|full)[\s-]+)?(?:day|week|month|year|hour|minute|second|time|try|"
    r"item|attempt|dollar|euro|pound|usd|eur|gbp|(?!(?:is|was|has|as|does|this|its|plus|always|unless)\b)[a-z]{2,}s)\b))?"
)
_FORCE = (
    r"\b(?:must|shall|should|may|might|can|could|will|would|need|do|does|is|are)(?:\s+(?:not|never)\b|n['\u2019]t\b)"
    r"|\b(?:cannot|must|shall|should|may|might|can|could|will|would|never|not|no|none|neither|nor|without|"
    r"unless|except|only|always|required|optional|prohibited|forbidden|mandatory|not required)\b"
)
_LIMIT = (
    r"\b(?:at least|at most|up to|no more than|no less than|no later than|more than|less than|fewer than|"
    r"over|under|above|below|before|after|within)\b"
)
_FOUND = re.compile(
    rf"(?P<date>{_DATE})|(?P<number>{_NUMBER}){_UNIT}|(?P<limit>{_LIMIT})|(?P<force>{_FORCE})", re.IGNORECASE
)
_NEGATIVE = re.compile(
    r"\b(?:not|never|no|none|neither|nor|without|cannot|prohibited|forbidden)\b|n['\u2019]t\b"
)


@dataclass(frozen=True, slots=True)
class Shift:
    """One number, date, limit or word of force that changed; "" where one side has none."""

    kind: ShiftKind
    before: str
    after: str

    @property
    def label(self) -> str:
        """Return the shift in words: "30 → 45 days", "may → must not", "+ 45 days", a minus and "never"."""
        if not self.before:
            return f"+ {self.after}"
        if not self.after:
            return f"\N{MINUS SIGN} {self.before}"
        value, _, unit = self.before.partition(" ")
        other, _, other_unit = self.after.partition(" ")
        if self.kind == "number" and unit and _one(unit) == _one(other_unit):
            return f"{value} → {other} {other_unit}"
        return f"{self.before} → {self.after}"


@dataclass(frozen=True, slots=True)
class _Term:
    """One number, date or word of force as it stands in a text."""

    kind: str
    words: str


def shifts(before: str, after: str) -> tuple[Shift, ...]:
    """Return the numbers, dates, limits and words of force that differ, in reading order."""
    left, right = (_terms(text) for text in _where_they_differ(before, after))
    found: list[Shift] = []
    for tag, i1, i2, j1, j2 in opcodes(left, right):
        if tag != "equal":
            found += _paired(left[i1:i2], right[j1:j2])
    return tuple(found)


def _where_they_differ(before: str, after: str) -> tuple[str, str]:
    """Return both texts without their equal ends, but for some words beside: a unit may stand there."""
    start, end, _ = middle(before, after)
    start = max(0, start - _BESIDE)
    while start and not before[start - 1].isspace():
        start -= 1
    end = min(len(before), end + _BESIDE)
    while end < len(before) and not before[end].isspace():
        end += 1
    return before[start:end], after[start : len(after) - (len(before) - end)]


def _terms(text: str) -> list[_Term]:
    """Return the terms of a text, in reading order and lower case where case has no meaning."""
    found = []
    for match in _FOUND.finditer(text):
        kind = match.lastgroup or "number"
        if match["number"]:
            kind, words = "number", match["number"]
            unit = match[match.re.groupindex["number"] + 1]
            if unit and words[0].isalnum() and words[-1] != "%":
                words = f"{words} {unit.lower()}"
        else:
            words = match.group() if kind == "date" else match.group().lower()
        found.append(_Term(kind, " ".join(words.split())))
    return found


def _paired(left: list[_Term], right: list[_Term]) -> list[Shift]:
    """Pair the changed terms of one place kind by kind, in order; the rest came or went."""
    found = []
    for kind in ("number", "date", "limit", "force"):
        olds = [term.words for term in left if term.kind == kind]
        news = [term.words for term in right if term.kind == kind]
        for number in range(max(len(olds), len(news))):
            old = olds[number] if number < len(olds) else ""
            new = news[number] if number < len(news) else ""
            if old != new:
                found.append(Shift(_kind(kind, old, new), old, new))
    return found


def _kind(kind: str, old: str, new: str) -> ShiftKind:
    """Return the kind of a shift; force that turns from yes to no is a negation."""
    if kind == "force":
        return "negation" if bool(_NEGATIVE.search(old)) != bool(_NEGATIVE.search(new)) else "modality"
    return "number" if kind == "number" else "date" if kind == "date" else "limit"


def _one(unit: str) -> str:
    """Return a unit without its plural ending."""
    return unit.removesuffix("s")
