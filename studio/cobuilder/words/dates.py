"""Dates in English prose: where a text names a day, in any of the common written forms.

- 1 December 2026 · December 1st, 2026 · 2026-12-01 · 31/12/2026 where only one reading fits.
- `written_dates` also knows days without a year (15 September), and can write another day in their form.
- A date that could be read in two ways (03/04/2026) names no day, and neither does a month alone.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

_NAMES = "january february march april may june july august september october november december".split()
_MONTH = "|".join(
    sorted({*_NAMES, *(name[:3] for name in _NAMES), "sept"}, key=lambda name: (-len(name), name))
)
_DAY = r"(?P<{0}d>\d{{1,2}})(?:st|nd|rd|th)?"
_DATE = re.compile(
    r"\b(?P<iy>\d{4})-(?P<im>\d{2})-(?P<id>\d{2})\b"
    + rf"|\b{_DAY.format('e')}(?:\s+of)?\s+(?P<em>{_MONTH})\b\.?,?\s+(?P<ey>\d{{4}})\b"
    + rf"|\b(?P<am>{_MONTH})\b\.?\s+{_DAY.format('a')},?\s+(?P<ay>\d{{4}})\b"
    + rf"|\b{_DAY.format('h')}-(?P<hm>{_MONTH})-(?P<hy>\d{{4}})\b"
    + r"|\b(?P<s1>\d{1,2})(?P<mark>[./])(?P<s2>\d{1,2})(?P=mark)(?P<sy>\d{4})\b",
    re.IGNORECASE,
)


class Day(NamedTuple):
    """One day that a text names, and its span."""

    day: date
    start: int
    end: int


def days_in(text: str) -> tuple[Day, ...]:
    """Return the days that a text names, in order."""
    found = []
    for match in _DATE.finditer(text):
        day = _day(match)
        if day is not None:
            found.append(Day(day, match.start(), match.end()))
    return tuple(found)


def _day(match: re.Match[str]) -> date | None:
    for form in "ieah":
        if match[f"{form}d"]:
            month = match[f"{form}m"].lower()
            number = int(month) if month.isdigit() else _month(month)
            return _made(int(match[f"{form}y"]), number, int(match[f"{form}d"]))
    first, second, year = (int(match[name]) for name in ("s1", "s2", "sy"))
    # With dots the day comes first everywhere; with strokes only a number above twelve tells.
    if match["mark"] == "." or first > 12 or first == second:
        return _made(year, second, first)
    return _made(year, first, second) if second > 12 else None


def _month(name: str) -> int:
    return next(number for number, month in enumerate(_NAMES, 1) if month.startswith(name[:3]))


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_LOOSE = re.compile(
    rf"\b(?P<d1>\d{{1,2}})(?P<o1>st|nd|rd|th)?(?P<of>\s+of)?\s+(?P<m1>{_MONTH})\b(?P<c1>\.?,?)(?:\s+(?P<y1>\d{{4}})\b)?"
    rf"|\b(?P<m2>{_MONTH})\b\.?\s+(?P<d2>\d{{1,2}})(?P<o2>st|nd|rd|th)?\b(?:(?P<c2>,?)\s+(?P<y2>\d{{4}})\b)?",
    re.IGNORECASE,
)


class Written(NamedTuple):
    """One day as a text writes it; the year is None where it is not told."""

    day: int
    month: int
    year: int | None
    words: str
    start: int
    end: int

    def is_same_day(self, other: Written) -> bool:
        """Return whether both are one day; a missing year agrees with any."""
        years = {self.year, other.year} - {None}
        return (self.day, self.month) == (other.day, other.month) and len(years) < 2

    def in_form(self, other: Written) -> str:
        """Return another day in the form of this one."""
        year = other.year or self.year or 0
        if re.match(r"\d{4}-", self.words):
            return f"{year:04}-{other.month:02}-{other.day:02}"
        if match := re.match(r"(\d{1,2})([./])(\d{1,2})[./]\d{4}", self.words):
            day_first = int(match[1]) == self.day
            pair = (other.day, other.month) if day_first else (other.month, other.day)
            width = len(match[1]) if len(match[1]) > 1 else 1
            return f"{pair[0]:0{width}}{match[2]}{pair[1]:02}{match[2]}{year}"
        loose = _LOOSE.match(self.words)
        if loose is None:
            return other.words
        short = len(loose["m1"] or loose["m2"]) == 3 and self.month != 5
        month = _NAMES[other.month - 1].capitalize()[: 3 if short else None]
        day = f"{other.day}{_ordinal(other.day) if loose['o1'] or loose['o2'] else ''}"
        told = f" {year}" if self.year is not None else ""
        if loose["m1"]:
            return f"{day}{loose['of'] or ''} {month}{(loose['c1'] or '') if told else ''}{told}"
        return f"{month} {day}{(loose['c2'] or '') if told else ''}{told}"


def _ordinal(day: int) -> str:
    return "th" if 10 <= day <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def written_dates(text: str) -> tuple[Written, ...]:
    """Return the days that a text writes, with or without a year, in order."""
    full = [
        Written(d.day.day, d.day.month, d.day.year, text[d.start : d.end], d.start, d.end)
        for d in days_in(text)
    ]
    for match in _LOOSE.finditer(text):
        if any(each.start < match.end() and match.start() < each.end for each in full):
            continue
        month = _month((match["m1"] or match["m2"]).lower())
        day = int(match["d1"] or match["d2"])
        if 1 <= day <= 31 and not (match["y1"] or match["y2"]):
            words = match[0].rstrip(".,")
            full.append(Written(day, month, None, words, match.start(), match.start() + len(words)))
    return tuple(sorted(full, key=lambda each: each.start))
