"""The quantities of a sentence in comparable form: hours, amounts, shares, counts, days, times of day.

- "24 hours", "one day" and "1 d" are the same; five working days are a week.
- A quantity knows what it bounds ("at most", "at least"), what it counts from, and the words around it.
- A count has the words it counts ("three failed attempts"); two counts meet only where those agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from studio.cobuilder.words.same_matter import concepts_in, is_generic

QuantityKind = Literal["duration", "money", "percent", "count", "date", "clock", "size"]
Bound = Literal[-1, 0, 1]

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()
_NUMBERS: dict[str, float] = {word: float(n) for n, word in enumerate(_ONES)} | {
    "thirty": 30.0,
    "forty": 40.0,
    "forty-five": 45.0,
    "forty-eight": 48.0,
    "fifty": 50.0,
    "sixty": 60.0,
    "seventy-two": 72.0,
    "seventy": 70.0,
    "eighty": 80.0,
    "ninety": 90.0,
    "a hundred": 100.0,
    "one hundred": 100.0,
    "twenty-one": 21.0,
    "twenty-four": 24.0,
    "thirty-six": 36.0,
    "a dozen": 12.0,
}
_N = (
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\b(?:"
    + "|".join(sorted(_NUMBERS, key=len, reverse=True))
    + r")\b)"
)
_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if name != "may" else "(?-i:May)" for name in _MONTHS)
_SPANS = {
    "second": 1 / 3600,
    "sec": 1 / 3600,
    "minute": 1 / 60,
    "min": 1 / 60,
    "hour": 1.0,
    "hr": 1.0,
    "day": 24.0,
    "night": 24.0,
    "week": 168.0,
    "fortnight": 336.0,
    "month": 720.0,
    "quarter": 2160.0,
    "year": 8640.0,
}
_SIZES = {"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "g": 1.0, "kg": 1e3, "cm": 1.0, "mm": 0.1, "km": 1e5}
_FAMILY = {"kb": "bytes", "mb": "bytes", "gb": "bytes", "tb": "bytes", "g": "weight", "kg": "weight"}
_WORDINGS = (
    (r"\bkilograms?\b|\bkilos?\b", "kg"),
    (r"\bgigabytes?\b", "GB"),
    (r"\bmegabytes?\b", "MB"),
    (r"\bcentimet(?:re|er)s?\b", "cm"),
    (r"\bkilomet(?:re|er)s?\b", "km"),
    (r"\bcouple of\b", "2"),
    (r"\btwice\b", "2 times"),
    (r"\bhalf an hour\b", "30 minutes"),
    (r"\bhalf a year\b", "6 months"),
    (r"\b(?:a|an|one) (?:full )?half\b|\bhalf\b(?= (?:of )?(?:the|their|price|fare|fee))", "50%"),
    (r"\bin full\b|\bfull (?=refund|price|amount|fare|credit|reimbursement)", "100% "),
    (r"\b(?:a|an)(?= (?:single )?(?:minute|hour|day|week|fortnight|month|year|quarter)\b(?! ?'s))", "1"),
    (r"\bthe same day\b|\bsame[- ]day\b", "within 1 day"),
    (r"\bnoon\b|\bmidday\b", "12:00"),
    (r"\bmidnight\b", "24:00"),
    (r"(?<=\d)\s?-\s?(?=(?:working|business|calendar|minute|hour|day|week|month|year))", " "),
)
_WORDINGS_RE = tuple((re.compile(pattern, re.I), new) for pattern, new in _WORDINGS)
_QUANTITY = re.compile(
    rf"(?P<iso>\b\d{{4}}-\d{{2}}-\d{{2}}\b)"
    rf"|\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b(?:,?\s+(?P<year>\d{{4}}))?"
    rf"|\b(?P<month2>{_MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d|:)(?:,?\s+(?P<year2>\d{{4}}))?"
    r"|\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s?(?P<half>[ap])\.?m\b\.?"
    r"|\b(?P<hour24>\d{1,2}):(?P<minute24>\d{2})\b"
    r"|\bday (?P<ordinal>\d{1,3})\b|\b(?P<nth>\d{1,2})(?:st|nd|rd|th)\b"
    rf"|(?P<sign>[£€$])\s?(?P<money>{_N})(?P<thousand>\s?k\b|\s?million\b)?(?:\s*(?:to|-|–)\s*[£€$]?(?P<money2>{_N}))?"
    rf"|(?P<n>{_N})(?:\s*(?:to|-|–|and|or)\s*(?P<high>{_N}))?"
    r"(?:\s?(?P<percent>%|per\s?cent\b|percent\b)"
    r"|\s?(?P<currency>(?:GBP|EUR|USD)\b|pounds?\b|euros?\b|dollars?\b)"
    r"|\s?(?P<size>kb|mb|gb|tb|kg|g|cm|mm|km)\b"
    r"|[\s-]*(?P<quality>(?:working|business|consecutive|calendar|full|whole|complete|clear|further"
    r"|more)[\s-]+)?"
    rf"(?P<span>{'|'.join(_SPANS)})s?\b"
    r"|[\s-]+(?P<noun>[a-z][\w-]*(?:\s+[a-z][\w-]*){0,2})"
    r"|(?=[\s.,;)]|$))",
    re.I,
)
_SIDES: tuple[tuple[Bound, str], ...] = (
    (
        -1,
        r"within|up to|at most|(?:no|not) (?:more|later|longer|greater|higher|older) than|(?:not|never"
        r"|cannot|n't)"
        r" (?:be )?(?:exceed|more than|over|above)|not \w+ exceed|maximum(?: of)?|limited to|until|capped at"
        r"|limit(?:ed)? (?:is|of|at|to)|cap of|by|in|inside"
        r"|less than|under|below|fewer than|before|earlier than|shorter than|younger than|max\.?|ceiling of",
    ),
    (
        1,
        r"at least|(?:no|not) (?:less|fewer|earlier|shorter|lower|younger) than|minimum(?: of)?|from|starting"
        r"|min\.?"
        r"|more than|over|above|exceed\w*|beyond|later than|longer than|after|past|greater than|older than"
        r"|wait",
    ),
)
_LEADS = tuple(
    (
        side,
        re.compile(
            rf"\b(?:{words})\s+(?:the\s+)?(?:first\s+|last\s+|next\s+)?(?:amount of |age of )?$", re.I
        ),
    )
    for side, words in _SIDES
)
_TAIL_MORE = re.compile(r"^\s*(?:or|and) (?:more|above|over|longer|later|older|greater)\b", re.I)
_TAIL_LESS = re.compile(
    r"^\s*(?:or (?:less|fewer|earlier|under|younger)|at most|maximum|at the latest)\b", re.I
)
_AHEAD = re.compile(
    r"^(?:'s?|’s?)?\s*(?:written |prior |advance )*(?:notice|before|prior|ahead|in advance|beforehand"
    r"|earlier)\b",
    re.I,
)
_EVENT = re.compile(
    r"^(?:\s*(?:counted|counting|starting|calculated|reckoned))?\s*"
    r"(?:of|from|after|since|following|before|prior to|ahead of|once)\s+(?P<event>(?:[\w'-]+\s*){1,5})",
    re.I,
)
_LABEL = re.compile(
    r"\b(?:step|level|tier|severity|sev|priority|section|phase|category|class|stage|type|zone|form|version"
    r"|line) $",
    re.I,
)
_NOT_COUNTED = re.compile(
    r"^(?:of|or|and|to|the|for|in|on|at|by|is|are|was|with|if|when|from|per|after|as)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity: `low` to `high` in the base unit of its kind; `bound` −1 at most, 1 at least.

    - `ahead`: it counts back from an event ("24 hours before departure").
    - `nouns`: the concepts that it counts; empty for what has a unit of its own.
    - `event`: the concepts of what it counts from.
    """

    kind: QuantityKind
    low: float
    high: float
    unit: str
    words: str
    start: int
    end: int
    bound: Bound = 0
    working: bool = False
    ahead: bool = False
    nouns: frozenset[str] = frozenset()
    event: frozenset[str] = frozenset()

    def same_measure(self, other: Quantity) -> bool:
        """Return whether the two can be set against each other."""
        if self.kind != other.kind or (self.kind == "size" and self.unit != other.unit):
            return False
        if self.kind == "duration":
            return self.ahead == other.ahead
        if self.kind == "money":
            return self.unit == other.unit
        return self.kind != "count" or bool(self.nouns & other.nouns)

    def _is_start_of(self, span: Quantity) -> bool:
        """Return whether this promises a span's shortest time as if it were sure ("5", "5 to 7 days")."""
        one = self.low == self.high and self.bound <= 0
        return one and self.kind == "duration" and span.low < span.high and self.low == span.low

    def agrees(self, other: Quantity) -> bool:
        """Return whether both state the same amount, or one of them a span with the other in it."""
        slack = 0.04 if self.kind == "duration" and self.unit != other.unit else 1e-6
        if self.kind == "duration" and self.working != other.working and self.unit == other.unit == "day":
            mine, theirs = (q.low * 1.4 if q.working else q.low for q in (self, other))
            return abs(mine - theirs) <= 0.05 * max(mine, theirs)
        if self.kind == "duration" and self.working != other.working:
            slack = 0.45
        if self.low != self.high or other.low != other.high:
            if self._is_start_of(other) or other._is_start_of(self):
                return False
            outer, inner = (self, other) if self.high - self.low >= other.high - other.low else (other, self)
            return (outer.low <= inner.low and inner.high <= outer.high and inner.low == inner.high) or (
                abs(outer.low - inner.low) <= slack * outer.low
                and abs(outer.high - inner.high) <= slack * outer.high
            )
        return abs(self.low - other.low) <= slack * max(abs(self.low), abs(other.low), 1e-9)


def normalized(text: str) -> str:
    """Return a text with its loose wordings of quantities in digits."""
    for pattern, new in _WORDINGS_RE:
        text = pattern.sub(new, text)
    return text


def _number(words: str) -> float:
    low = words.strip().lower()
    return _NUMBERS[low] if low in _NUMBERS else float(low.replace(",", ""))


def _month(name: str) -> int:
    return 1 + next(at for at, month in enumerate(_MONTHS) if month.startswith(name.lower()[:3]))


@lru_cache(maxsize=32768)
def quantities_in(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of a text that `normalized` has gone over, in order."""
    found = []
    for match in _QUANTITY.finditer(text):
        core = None if _LABEL.search(text[max(0, match.start() - 16) : match.start()]) else _core(match)
        if core is None:
            continue
        kind, low, high, unit, nouns = core
        end = match.start("noun") if match["noun"] else match.end()
        before, after = text[: match.start()], text[match.end() :]
        event = _EVENT.match(after) if kind == "duration" else None
        counted = " ".join(match["noun"].split()[:3]) if match["noun"] else ""
        found.append(
            Quantity(
                kind=kind,
                low=low,
                high=high,
                unit=unit,
                words=text[match.start() : end].strip() if not counted else match[0].strip(),
                start=match.start(),
                end=end,
                bound=_bound(before, after),
                working=bool(match["quality"]) and match["quality"].lower().startswith(("w", "b")),
                ahead=kind == "duration" and bool(_AHEAD.match(after)),
                nouns=nouns,
                event=frozenset(concepts_in(event["event"])[:2]) if event else frozenset(),
            )
        )
    return tuple(found)


_Core = tuple[QuantityKind, float, float, str, frozenset[str]]


def _core(match: re.Match[str]) -> _Core | None:
    """Return kind, range, unit and counted concepts of a match."""
    none: frozenset[str] = frozenset()
    if match["iso"] or match["day"] or match["day2"]:
        return _date(match)
    if match["hour"] or match["hour24"]:
        hour = int(match["hour"] or match["hour24"])
        minutes = int(match["minute"] or match["minute24"] or 0)
        if match["half"]:
            hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
        time = hour + minutes / 60
        return "clock", time, time, "clock", none
    if match["ordinal"] or match["nth"]:
        day = float(match["ordinal"] or match["nth"])
        return "date", day, day, "day of the month", none
    if match["money"]:
        scale = 1e3 if "k" in (match["thousand"] or "").lower() else 1e6 if match["thousand"] else 1.0
        low = _number(match["money"]) * scale
        high = _number(match["money2"]) if match["money2"] else low
        return "money", low, high, match["sign"], none
    low = _number(match["n"])
    high = _number(match["high"]) if match["high"] else low
    low, high = min(low, high), max(low, high)
    if match["percent"]:
        return "percent", low, high, "%", none
    if match["currency"]:
        sign = {"g": "£", "p": "£", "e": "€", "u": "$", "d": "$"}[match["currency"][0].lower()]
        return "money", low, high, sign, none
    if match["size"]:
        name = match["size"].lower()
        return "size", low * _SIZES[name], high * _SIZES[name], _FAMILY.get(name, "length"), none
    if match["span"]:
        name = match["span"].lower()
        return "duration", low * _SPANS[name], high * _SPANS[name], name, none
    return _count(match, low, high)


def _count(match: re.Match[str], low: float, high: float) -> _Core | None:
    noun = match["noun"] or ""
    if not noun:
        return None if not match["n"][0].isdigit() else ("count", low, high, "count", frozenset({"#"}))
    if _NOT_COUNTED.match(noun):
        return None if not match["n"][0].isdigit() else ("count", low, high, "count", frozenset({"#"}))
    counted = re.split(
        r"\b(?:of|or|and|to|for|in|on|at|by|is|are|was|with|if|when|from|per|after|must|may|can)\b", noun
    )
    names = [name for name in concepts_in(counted[0]) if not is_generic(name)]
    return "count", low, high, "count", frozenset(names or concepts_in(counted[0]) or {"#"})


def _date(match: re.Match[str]) -> _Core:
    none: frozenset[str] = frozenset()
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
    else:
        month = _month(match["month"] or match["month2"])
        day = int(match["day"] or match["day2"])
        year = int(match["year"] or match["year2"] or 0)
    value = float(year * 372 + month * 31 + day)
    return "date", value, value, "date" if year else "date without year", none


def _bound(before: str, after: str) -> Bound:
    if _TAIL_MORE.match(after):
        return 1
    if _TAIL_LESS.match(after):
        return -1
    lead = before[-60:]
    for side, pattern in _LEADS:
        if pattern.search(lead):
            return side
    return 0


def without_quantities(text: str) -> str:
    """Return a normalised text without its quantities, and without the events that they count from."""
    out, at = [], 0
    for quantity in quantities_in(text):
        out.append(text[at : quantity.start])
        at = max(at, quantity.end)
    return " ".join(out) + text[at:]
