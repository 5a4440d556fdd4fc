"""Dates in English prose: where a text names a day, in any of the common written forms.

- 1 December 2026 · December 1st, 2026 · 2026-12-01 · 31/12/2026 where only one reading fits.
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
