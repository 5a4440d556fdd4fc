"""Sense: what may not change silently in a sentence: its numbers, dates, limits, modality and negations.

- Two sentences of one sense may differ in any other word. Unequal senses are told, never explained away:
  a needless warning costs a glance, a missed one lets a link stand on another number.
- Spellings are one: thirty and 30, 1 December 2026 and 2026-12-01, do not and never, need to and must.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from studio.cobuilder.words.dates import days_in
from studio.cobuilder.words.vocabulary import stems

_ONES: dict[str, float] = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen".split()
    )
}
_TENS: dict[str, float] = {
    word: 10.0 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_WORDS = _ONES | _TENS
_WORDS |= {"once": 1, "twice": 2, "half": 0.5, "hundred": 100, "thousand": 1000, "million": 1e6}
_WORDS |= {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "both": 2, "double": 2}
_NUMBER = re.compile(
    r"(?P<sign>[$€£¥])?\s?(?<![\w.])(?P<digits>\d+(?:[.,:]\d+)*)(?:st|nd|rd|th)?(?![a-z])"
    rf"|\b(?P<tens>{'|'.join(_TENS)})[- ](?P<ones>{'|'.join(list(_ONES)[1:10])})\b"
    rf"|\b(?P<word>{'|'.join(_WORDS)})\b"
)
_UNIT = re.compile(
    r"\)?(?:\s*(?P<percent>%|per\s?cent\b)|[\s-]+(?P<currency>usd|eur|gbp|dollar|euro|pound)s?\b"
    r"|[\s-]*(?:(?P<quality>business|working|calendar|full|clear)[\s-]+)?"
    r"(?P<span>minute|hour|day|week|month|quarter|year|time|attempt|item|[ap]\.?m)s?\b)"
)
_CURRENCY = {"$": "usd", "€": "eur", "£": "gbp", "¥": "yen", "dollar": "usd", "euro": "eur", "pound": "gbp"}
_CALENDAR = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|week(?:day|end)s?|daily|weekly|monthly|yearly|annually"
    r"|january|february|march(?=\s+\d)|april|june|july|august|september|october|november|december"
    r"|(?:in|of|since|until|by)\s+(?:march|may)(?=[\s,.;]+(?:\d{4}|and\b|$)))\b"
)
_NOT = r"(?:\s+(?:\w+ly\s+)?(?:not|never)\b(?!\s+only\b)|n't\b)"
_FORCE = {
    "waived": rf"\b(?:do|does|did|is|are){_NOT}\s+(?:need|have|required|obliged|necessary)(?:\s+to)?\b"
    r"|\bneed(?:\s+not|n't)\b|\bnot\s+(?:required|obliged|mandatory|necessary)\b",
    "at least": r"\b(?:at\s+least|(?:no|not)\s+(?:less|fewer)\s+than"
    r"|(?:a\s+)?minimum\s+of|or\s+more)\b",
    "at most": r"\b(?:at\s+most|up\s+to|(?:no|not)\s+(?:more|later|longer)\s+than|within"
    r"|(?:a\s+)?maximum\s+of|or\s+(?:less|fewer))\b",
    "not only": r"\bnot\s+only\b",
    "never": r"\b(?:must|shall|should|may|might|can|could|will|would|do|does|did|is|are|was|were|has|have"
    rf"|had){_NOT}|\b(?:cannot|never|not(?!\s+only\b)|nor?|none|nobody|nothing|neither|without|forbid\w*"
    r"|prohibit\w*|disallow\w*)\b",
    "must": r"\b(?:must|shall|(?:has|have|had|needs?|is|are)\s+to|(?:is|are)\s+(?:required|obliged)\s+to"
    r"|required|mandatory|obligatory|compulsory)\b",
    "should": r"\b(?:should|ought\s+to|recommended)\b",
    "may": r"\b(?:may|might|can|could|optional\w*|(?:is|are)\s+(?:allowed|permitted|entitled|free|able)\s+to"
    r"|allowed|permitted)\b",
    "will": r"\b(?:will|would)\b|'ll\b",
    "always": r"\b(?:always|at\s+all\s+times|every\s+time|invariably)\b",
    "usually": r"\b(?:usually|normally|generally|sometimes|(?:where|if)\s+possible|ideally)\b",
    "only": r"\b(?:only|solely|exclusively)\b",
    "unless": r"\b(?:unless|except\w*|other\s+than|save\s+(?:for|that))\b",
    "over": r"\b(?:(?:more|greater|longer)\s+than|over|above|exceed\w*|in\s+excess\s+of)\b",
    "under": r"\b(?:(?:less|fewer|shorter)\s+than|under|below)\b",
    "before": r"\b(?:before|prior\s+to|ahead\s+of|until|till)\b",
    "after": r"\b(?:after|following|once(?!\s+(?:a|per|every)\b)|as\s+soon\s+as|later\s+than)\b",
}
_NAMES = tuple(_FORCE)
_BINDING = ("waived", "never", "must", "should", "may")
_FOUND = re.compile("|".join(f"(?P<f{n}>{pattern})" for n, pattern in enumerate(_FORCE.values())))
_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "–": "-", "—": "-", "*": " "})
_BESIDE = 2
"""A number in words and digits, “thirty (30)”, is one where no more than this stands between."""
_HEADING_NUMBER = re.compile(r"^\s*(?:\(?[a-z]\)|(?:section\s+)?\d+(?:\.\d+)*[.)]?)\s+(?=[a-z])")


class Sense(NamedTuple):
    """What a sentence fixes; `bound` says for each stem under which word of force it stands."""

    numbers: tuple[str, ...]
    dates: tuple[str, ...]
    force: tuple[str, ...]
    bound: frozenset[tuple[str, str]]


@lru_cache(maxsize=32768)
def sense(text: str) -> Sense:
    """Return the sense of a sentence, blind to spelling, markup and the numbers of headings."""
    days = days_in(text)
    for day in reversed(days):
        text = text[: day.start] + " " + text[day.end :]
    low = " ".join(text.translate(_PLAIN).lower().split())
    calendar = [" ".join(match[0].split()).rstrip("s") for match in _CALENDAR.finditer(low)]
    words = [
        (match.start(), match.end(), _NAMES[int((match.lastgroup or "f0")[1:])])
        for match in _FOUND.finditer(low)
    ]
    return Sense(
        numbers=_numbers(low),
        dates=(*(day.day.isoformat() for day in days), *sorted(calendar)),
        force=tuple(sorted(name for _, _, name in words)),
        bound=_bound(low, words),
    )


def _numbers(low: str) -> tuple[str, ...]:
    """Return the numbers with their units, in order; “thirty (30) days” is one."""
    found: list[str] = []
    end = 0
    for match in _NUMBER.finditer(low):
        amount = _amount(match)
        unit = _UNIT.match(low, match.end())
        said = f"{amount} {_unit(match, unit)}".rstrip()
        beside = bool(found) and match.start() - end <= _BESIDE
        end = unit.end() if unit else match.end()
        if beside and found[-1].split(" ")[0] == amount:
            found[-1] = max(found[-1], said, key=len)
        else:
            found.append(said)
    return tuple(found)


def _amount(match: re.Match[str]) -> str:
    if match["digits"]:
        plain = re.sub(r",(?=\d{3}\b)", "", match["digits"])
        return re.sub(r"\.0+$", "", plain).lstrip("0") or "0"
    amount = _TENS[match["tens"]] + _ONES[match["ones"]] if match["tens"] else _WORDS[match["word"]]
    return f"{amount:g}"


def _unit(number: re.Match[str], unit: re.Match[str] | None) -> str:
    if number["sign"]:
        return _CURRENCY[number["sign"]]
    if unit is None:
        return ""
    if unit["percent"]:
        return "%"
    if unit["currency"]:
        return _CURRENCY.get(unit["currency"], unit["currency"])
    quality = {"business": "working ", "working": "working "}.get(unit["quality"] or "", "")
    return quality + unit["span"].replace(".", "")


def _bound(low: str, words: list[tuple[int, int, str]]) -> frozenset[tuple[str, str]]:
    """Return the stems behind each word of force that binds, where a sentence has several."""
    marks = [word for word in words if word[2] in _BINDING]
    if len({name for _, _, name in marks}) < 2:
        return frozenset()
    stops = [start for start, _, _ in marks[1:]] + [len(low)]
    return frozenset(
        (stem, name)
        for (_, end, name), stop in zip(marks, stops, strict=True)
        for stem in stems(low[end:stop])
    )


def without_number(text: str) -> str:
    """Return a text without the number that its heading or list gives it."""
    return _HEADING_NUMBER.sub("", text, count=1) if text[:1].isdigit() or text[:1] == "(" else text


def turns(before: str, after: str) -> bool:
    """Return whether two wordings differ in a number, date, limit, modality or negation."""
    old, new = sense(before), sense(after)
    return old[:3] != new[:3] or _crossed(old, new)


def _crossed(old: Sense, new: Sense) -> bool:
    """Return whether a word that stood under one force stands under another now."""
    before, after = _forces(old), _forces(new)
    return any(before[stem].isdisjoint(after[stem]) for stem in before.keys() & after.keys())


def _forces(found: Sense) -> dict[str, set[str]]:
    forces: dict[str, set[str]] = {}
    for stem, name in found.bound:
        forces.setdefault(stem, set()).add(name)
    return forces
