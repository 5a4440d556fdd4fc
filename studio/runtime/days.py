"""Days that are told from today: "yesterday", "last Tuesday", "3 weeks ago", "12 March".

- `today` is the conversation's own day (virtual time), never the clock of the machine.
- "Last Tuesday" is the latest Tuesday before today; a bare "Tuesday" is the same; "next Tuesday" the first
  one after today. A day and month without a year is the one nearest to today.
- A month or a year back is the same day of that month, or its last one.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_COUNTS = {
    word: number
    for number, word in enumerate(
        (
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        )
    )
} | {"a": 1, "an": 1, "a couple of": 2, "couple of": 2}
_COUNT = (
    r"(\d{1,3}|a couple of|couple of|"
    + "|".join(sorted((w for w in _COUNTS if " " not in w), key=len)[::-1])
    + ")"
)
_AGO = re.compile(rf"\b{_COUNT} (day|week|fortnight|month|year)s? (?:ago|back|before today)\b", re.I)
_AHEAD = re.compile(
    rf"\bin {_COUNT} (day|week|fortnight|month|year)s?\b|\b{_COUNT} (day|week|month|year)s? from now\b", re.I
)
_BESIDE = re.compile(
    r"\b(the )?(day before yesterday|day after tomorrow|yesterday|today|tomorrow|last night|this morning"
    r"|tonight)\b",
    re.I,
)
_BESIDE_DAYS = {
    "day before yesterday": -2,
    "yesterday": -1,
    "last night": -1,
    "today": 0,
    "this morning": 0,
    "tonight": 0,
    "tomorrow": 1,
    "day after tomorrow": 2,
}
_WEEKDAY = re.compile(rf"\b(last|next|this|on|this past|this coming)?\s*\b({'|'.join(_NAMES)})\b", re.I)
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + "|sept"
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH})\b(?!\.? *,? *\d{{4}})", re.I)
_MONTH_DAY = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?\b(?! *,? *\d{{4}})", re.I)
_BARE_DAY = re.compile(r"\b(?:on )?the (\d{1,2})(?:st|nd|rd|th)\b", re.I)

Spanned = tuple[date, int, int]


def _count(words: str) -> int:
    return int(words) if words.isdigit() else _COUNTS[words.lower()]


def _months(day: date, months: int) -> date:
    at = day.year * 12 + day.month - 1 + months
    year, month = divmod(at, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError("no such month")


def _moved(today: date, count: int, unit: str) -> date:
    unit = unit.lower()
    if unit in ("month", "year"):
        return _months(today, count * (12 if unit == "year" else 1))
    return today + timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit])


def _nearest(today: date, month: int, day: int) -> date | None:
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return min(found, key=lambda each: abs((each - today).days), default=None)


def _month_number(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


def _weekday(today: date, when: str, name: str) -> date:
    ahead = (_NAMES.index(name.lower()) - today.weekday()) % 7
    if when.lower() in ("next", "this coming"):
        return today + timedelta(days=ahead or 7)
    return today - timedelta(days=(7 - ahead) if ahead else 7)


def read_day(text: str, today: date) -> Spanned | None:
    """Return a day told from today and where it stands, or None."""
    try:
        return _read(text, today)
    except (ValueError, OverflowError):
        return None


def _read(text: str, today: date) -> Spanned | None:
    if found := _AGO.search(text):
        return _moved(today, -_count(found[1]), found[2]), *found.span()
    if found := _AHEAD.search(text):
        return _moved(today, _count(found[1] or found[3]), found[2] or found[4]), *found.span()
    if found := _BESIDE.search(text):
        return today + timedelta(days=_BESIDE_DAYS[found[2].lower()]), *found.span()
    for pattern, day, month in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        if found := pattern.search(text):
            near = _nearest(today, _month_number(found[month]), int(found[day]))
            return (near, *found.span()) if near else None
    if found := _WEEKDAY.search(text):
        return _weekday(today, found[1] or "", found[2]), *found.span()
    return _by_the_month(text, today)


def _by_the_month(text: str, today: date) -> Spanned | None:
    if found := _BARE_DAY.search(text):
        for back in (0, -1, -2):
            month = _months(today.replace(day=1), back)
            try:
                day = month.replace(day=int(found[1]))
            except ValueError:
                continue
            if day <= today:
                return day, *found.span()
    return None
