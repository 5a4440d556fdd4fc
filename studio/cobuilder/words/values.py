"""Typed values in prose: durations, money, percentages, counts and dates, with what they bound.

- A value knows its words in the text, its side ("within", "more than") and the event it counts from.
- Two values are of one measure when kind and unit agree; only those are ever set against each other.
- A limit splits the line either as "up to N | above N" or as "below N | N and more" (`inclusive`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from studio.cobuilder.words.number_words import NUMBER_WORDS, in_words, number_of

ValueKind = Literal["duration", "money", "percent", "count", "date"]
Side = Literal["at most", "above", "at least", "below"]

_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|{NUMBER_WORDS})"
_CURRENCIES = {"£": "GBP", "€": "EUR", "$": "USD", "gbp": "GBP", "eur": "EUR", "usd": "USD"}
_CURRENCIES |= {"pound": "GBP", "euro": "EUR", "dollar": "USD"}
_MONTHS = "january february march april may june july august september october november december".split()

_VALUE = re.compile(
    rf"(?P<date>\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b\d{{1,2}}\s+(?:{'|'.join(_MONTHS)})(?:\s+\d{{4}})?\b)"
    rf"|(?P<sign>[£€$])\s?(?P<money>{_NUMBER})"
    rf"|(?P<n>{_NUMBER})(?:\s*(?:to|-|–)\s*(?P<high>{_NUMBER}))?"
    r"(?:\s?(?P<percent>%|per\s?cent\b)"
    r"|\s?(?P<currency>(?:GBP|EUR|USD)\b|pounds?\b|euros?\b|dollars?\b)"
    r"|[\s-]+(?P<quality>working[\s-]+|business[\s-]+|calendar[\s-]+|full[\s-]+|whole[\s-]+)?"
    r"(?P<span>minute|hour|day|week|month|year)s?\b"
    r"|\s+(?P<noun>[a-z]{3,}))",
    re.IGNORECASE,
)
_SIDES: tuple[tuple[Side, str], ...] = (
    (
        "at most",
        r"within|up to|at most|no more than|not more than|no later than|not exceed\w*|maximum of|until",
    ),
    ("at least", r"at least|no less than|not less than|a minimum of|minimum of|no earlier than|or more"),
    ("above", r"more than|over|above|exceed\w*|beyond|later than|longer than|after|past|greater than"),
    ("below", r"less than|under|below|fewer than|earlier than|shorter than|before"),
)
_LEADS = tuple(
    (side, re.compile(rf"\b(?:{words})\s+(?:the\s+(?:first\s+)?)?$", re.I)) for side, words in _SIDES
)
_TAILS: tuple[tuple[Side, re.Pattern[str]], ...] = (
    ("at least", re.compile(r"^\s*(?:or (?:more|longer|later)|and (?:more|above|over))\b", re.I)),
    ("at most", re.compile(r"^\s*(?:or (?:less|fewer|earlier)|at most)\b", re.I)),
)
_EVENT = re.compile(
    r"^\s*(?P<link>of|from|after|since|following|before|prior to|ahead of)\s+"
    r"(?:(?:the|their|your|its|a|an|his|her)\s+)?(?:(?:date|day|time|start)\s+(?:of|on|for)\s+(?:the\s+)?)?"
    r"(?:(?:the|their|your|its)\s+)?(?P<event>[a-z]+)",
    re.IGNORECASE,
)
_PRONOUNS = frozenset("it they we you he she i this that these those there which who".split())
_NO_COUNT = frozenset(
    "of or and to the for in on at by days day hours hour more less than is are was with".split()
)
IN_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}


@dataclass(frozen=True, slots=True)
class Value:
    """One value as a text states it; `high` is set for a range, `event_words` follow its `words`."""

    kind: ValueKind
    amount: float
    unit: str
    words: str
    start: int
    end: int
    high: float | None = None
    side: Side | None = None
    event: str | None = None
    event_words: str = ""

    @property
    def measure(self) -> tuple[str, str]:
        """Return kind and unit."""
        return self.kind, self.unit

    @property
    def shown(self) -> str:
        """Return the value with what it counts, as a list of changes shows it."""
        if self.kind != "count":
            return self.words
        return f"{self.words} {self.unit}" + ("" if self.amount == 1 else "s")

    @property
    def inclusive(self) -> bool:
        """Return whether the limit itself still belongs to the lower side."""
        return self.side not in ("below", "at least")

    def equals(self, other: Value) -> bool:
        """Return whether both state the same amount of the same measure; a week is always seven days."""
        return self._in_days() == other._in_days()

    def _in_days(self) -> tuple[str, str, float, float | None]:
        if self.measure != ("duration", "week"):
            return self.kind, self.unit, self.amount, self.high
        return self.kind, "day", 7 * self.amount, None if self.high is None else 7 * self.high


def number(words: str) -> float:
    """Return the number that digits or a number word stand for."""
    said = number_of(words)
    return float(words.strip().replace(",", "")) if said is None else float(said)


def plain(amount: float) -> int | float:
    """Return an amount as an integer where it is whole."""
    return int(amount) if float(amount).is_integer() else amount


def _side(text: str, start: int, end: int) -> Side | None:
    for side, pattern in _TAILS:
        if pattern.search(text[end : end + 24]):
            return side
    for side, pattern in _LEADS:
        if pattern.search(text[max(0, start - 28) : start]):
            return side
    return None


def _measure(match: re.Match[str]) -> tuple[ValueKind, str] | None:
    if match["date"]:
        return "date", "date"
    if match["money"]:
        return "money", _CURRENCIES[match["sign"]]
    if match["percent"]:
        return "percent", "%"
    if match["currency"]:
        return "money", _CURRENCIES[match["currency"].lower().rstrip("s")]
    if match["span"]:
        quality = (match["quality"] or "").strip(" -\n").lower()
        working = "working " if quality in ("working", "business") else ""
        return "duration", working + match["span"].lower()
    noun = match["noun"].lower()
    return None if noun in _NO_COUNT else ("count", noun.rstrip("s"))


@lru_cache(maxsize=8192)
def values_in(text: str) -> tuple[Value, ...]:
    """Return the values a text states, in order."""
    found = []
    for match in _VALUE.finditer(text):
        measure = _measure(match)
        if measure is None:
            continue
        kind, unit = measure
        end = match.start("noun") if kind == "count" else match.end()
        words = text[match.start() : end].rstrip()
        end = match.start() + len(words)
        event = _event(text[match.end() :]) if kind == "duration" else None
        found.append(
            Value(
                kind=kind,
                amount=0.0 if kind == "date" else number(match["money"] or match["n"]),
                unit=words.lower() if kind == "date" else unit,
                words=words,
                start=match.start(),
                end=end,
                high=number(match["high"]) if match["high"] else None,
                side=_side(text, match.start(), match.end()),
                event=event["event"].lower() if event else None,
                event_words=event[0].rstrip() if event else "",
            )
        )
    return tuple(found)


def _event(rest: str) -> re.Match[str] | None:
    match = _EVENT.search(rest)
    return match if match and match["event"].lower() not in _PRONOUNS else None


def masked(text: str) -> str:
    """Return a text with its values replaced by the name of their measure."""
    out, at = [], 0
    for value in values_in(text):
        out += [text[at : value.start], f"#{value.kind}"]
        at = value.end
    return "".join(out) + text[at:]


def spelled(value: Value, like: Value) -> str:
    """Return a value in the manner of the one it replaces ("30-day" becomes "45-day", "ten" "twenty")."""
    one_measure = value.measure == like.measure and (value.high is None) == (like.high is None)
    if one_measure and value.kind != "date":
        numbers = iter([value.amount] if value.high is None else [value.amount, value.high])
        words = re.sub(
            _NUMBER, lambda match: _in_manner(next(numbers), match[0], value), like.words, flags=re.I
        )
        return words if like.amount != 1 and value.amount != 1 else _numbered(words, value)
    if value.kind == "duration" and re.search(r"\w-(?:working|[a-z]+$)", like.words):
        return re.sub(r"s$", "", re.sub(r"\s+", "-", value.words))
    return value.words


def _in_manner(amount: float, like: str, value: Value) -> str:
    """Return a number in words where the other was in words, else in digits; pence are told in full."""
    if number_of(like) is not None and amount.is_integer() and (words := in_words(int(amount))):
        return words.capitalize() if like[:1].isupper() else words
    grouped = "," in like or "," in value.words or amount >= 10000
    if amount.is_integer() and "." not in like:
        return f"{int(amount):,}" if grouped else f"{int(amount)}"
    decimals = 2 if value.kind == "money" else len(f"{amount:.6f}".rstrip("0").partition(".")[2])
    return f"{amount:,.{decimals}f}" if grouped else f"{amount:.{decimals}f}"


def _numbered(words: str, value: Value) -> str:
    """Return a value's words with its unit in the right number, where the amount is one or was."""
    if "-" in words or not re.search(r"[a-z]$", words):
        return words
    bare = re.sub(r"(?<=[a-z])s$", "", words)
    return bare if (value.amount == 1 and value.high is None) or value.kind != "duration" else f"{bare}s"


def patched(text: str, old: Value, new: Value) -> str:
    """Return a text in which every mention of the old value, and of the event it counts from, is the new."""
    out, at = [], 0
    for value in values_in(text):
        if not value.equals(old):
            continue
        words, end = spelled(new, value), value.end
        if new.event and old.event and value.event and value.event == old.event != new.event:
            words += new.event_words
            end += len(value.event_words)
        out += [text[at : value.start], words]
        at = end
    return "".join(out) + text[at:]


def states(text: str, value: Value) -> bool:
    """Return whether a text states exactly this value."""
    return any(each.equals(value) for each in values_in(text))


def converted(value: Value, name: str) -> float:
    """Return a value's amount in the unit that a fact's name or label speaks of; days by default."""
    if value.kind != "duration":
        return value.amount
    unit = value.unit.removeprefix("working ")
    wanted = next((each for each in IN_DAYS if each in name.lower()), unit)
    return round(value.amount * IN_DAYS[unit] / IN_DAYS[wanted], 6) if wanted != unit else value.amount
