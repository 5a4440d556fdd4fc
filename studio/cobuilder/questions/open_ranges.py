"""Open ranges: figures that leave a stretch between them, or above the last of them, without a rule.

- Two cases of one list with a gap between their bounds; classes in prose or a column with a hole.
- A time to hand something in, and a later one from which on it is refused: what lies between is told nowhere.
- A cap alone is no gap (above it there is nothing), nor an exception with a figure to a rule that stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.cobuilder.questions.consistency import content_words
from studio.cobuilder.questions.gaps import Gap
from studio.cobuilder.questions.inner_words import GENERIC
from studio.cobuilder.questions.open_authority import SIDED, above_authority, below_only, words_of
from studio.cobuilder.questions.open_cases import Part, missing_case
from studio.cobuilder.words.sentences import Sentence
from studio.cobuilder.words.values import Value, values_in
from studio.cobuilder.words.whole import words_in

_DIGIT = re.compile(r"\d")
_NUMBERS = frozenset("one two three four five six seven eight nine ten twelve fifteen twenty thirty".split())
_CASE = re.compile(r"^\W*(?:(?:\d+(?:\.\d+)*[.)]?\s+)?(?:if|when|where|in case)\b|[^.:]{3,60}:\s)", re.I)
_SUBJECT = re.compile(
    r"\b(?:if|when|where)\s+(?P<what>(?:the|an?|its|their|your)\s+(?:[a-z-]+\s+){0,2}[a-z-]+)\s+(?:is|"
    r"are|was|were|"
    r"lasts?|comes? to|amounts? to|takes?)\b",
    re.IGNORECASE,
)
_NEAR = 3
"""Cases of one list stand at most so many apart."""


def open_ranges(parts: Sequence[Part]) -> Iterator[Gap]:
    """Yield the figures of a document between which, or above which, nothing is told."""
    told = [
        (block, sentence)
        for block, sentence in parts
        if _DIGIT.search(sentence.text) or not words_in(sentence.text).isdisjoint(_NUMBERS)
    ]
    yield from _between_cases(told)
    yield from _between_classes(told)
    yield from _between_rows(told)
    yield from _after_the_deadline(told)
    yield from above_authority(parts, told)
    yield from below_only(parts, told)


# Cases of one list


def _bounds(sentence: Sentence) -> list[Value]:
    if SIDED.search(sentence.text) is None:
        return []
    return [value for value in values_in(sentence.text) if value.side and value.kind != "date"]


def _length(value: Value) -> tuple[str, float]:
    """Return the measure of a value and its amount in that measure: minutes for hours and minutes."""
    if value.kind == "duration" and value.unit in _MINUTES:
        return "duration", value.amount * _MINUTES[value.unit]
    return f"{value.kind} {value.unit}", value.amount


_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10080}


def _between_cases(told: Sequence[Part]) -> Iterator[Gap]:
    """Yield neighbouring cases, one below a figure and one above a greater one, with nothing between them."""
    cases = [
        (block, sentence, bound)
        for block, sentence in told
        if block.kind in ("item", "paragraph")
        for bound in _bounds(sentence)[:1]
        if bound.start < _EARLY or _CASE.search(sentence.text)
    ]
    for at, (block, sentence, low) in enumerate(cases):
        for other, after, high in cases[max(0, at - _NEAR) : at + _NEAR + 1]:
            if not _apart(low, high) or not _one_scale((block, sentence), (other, after), low, high):
                continue
            section = block.anchor.section
            near = (one for each, one in told if each.anchor.section == section)
            if any(_covers(value, low, high) for one in near for value in values_in(one.text)):
                continue
            what = _SUBJECT.search(sentence.text)
            subject = what["what"] if what else "it"
            case = f"{subject} is neither {words_of(sentence.text, low)} nor {words_of(after.text, high)}"
            yield missing_case(sentence, case, "The two cases leave a gap", 0.9)


_EARLY = 40
_FAR = 12


def _one_scale(one: Part, two: Part, low: Value, high: Value) -> bool:
    """Say whether two sentences grade one thing: cases of a list, or a paragraph's on one matter."""
    (block, sentence), (other, after) = one, two
    if block.kind != other.kind or block.anchor.section != other.anchor.section:
        return False
    if block.kind == "item" and (other.parent, other.level) != (block.parent, block.level):
        return False
    if block.kind == "item" and _CASE.search(sentence.text) and _CASE.search(after.text):
        return True
    if low.unit != high.unit or block.kind != "paragraph" or block.id != other.id:
        return False
    return high.start <= _FAR or bool((content_words(sentence.text) & content_words(after.text)) - GENERIC)


def _apart(low: Value, high: Value) -> bool:
    """Say whether one value bounds from above, the other from below, with room between them."""
    if low.side not in ("at most", "below") or high.side not in ("at least", "above"):
        return False
    (measure, first), (other, second) = _length(low), _length(high)
    step = 1.0 if low.unit == high.unit and (low.side, high.side) != ("below", "above") else 0.0
    whole = low.kind == "count" or (low.kind == "duration" and low.unit not in ("hour", "minute"))
    least = step * (_MINUTES.get(low.unit, 1) if measure == "duration" else 1) if whole else 0.0
    return measure == other and second - first > (least if low.side == "at most" else 0.0)


def _covers(value: Value, low: Value, high: Value) -> bool:
    """Say whether a range of values fills the gap between two bounds."""
    if value.high is None or value.measure != low.measure:
        return False
    return value.amount <= low.amount and value.high >= high.amount


# Classes


class _Band(NamedTuple):
    """A stretch of a scale with a class of its own; one side may be open."""

    low: float
    high: float
    sentence: Sentence


_CLASS = re.compile(
    r"\b(?:is|are|counts? as|means?|gets?)\s+(?:an? )?(?:class|level|priority|tier|grade|category|stage|band|"
    r"severity|zone)\s+\w+",
    re.IGNORECASE,
)
_N = r"(?P<{}>[-−]?\d+(?:\.\d+)?)"
_BAND = re.compile(
    rf"(?:\b(?P<above>above|over|more than)\s+{_N.format('from')}|\b(?P<below>under|below|less than)\s+"
    rf"{_N.format('to')}|(?<![\d.]){_N.format('low')}\s*(?:to|-|–)\s*{_N.format('high')})"
    r"(?!\d|\s*(?:hours?|minutes?|days?|weeks?|months?|years?)\b)",
    re.IGNORECASE,
)
_FEWEST_BANDS = 3


def _between_classes(told: Sequence[Part]) -> Iterator[Gap]:
    """Yield holes in a scale whose stretches each have a class."""
    by_section: dict[tuple[str, ...], list[Sentence]] = {}
    for block, sentence in told:
        if _CLASS.search(sentence.text):
            by_section.setdefault(block.anchor.section, []).extend(_cut(sentence))
    for classes in by_section.values():
        bands = sorted(band for sentence in classes for band in _bands(sentence))
        if len({band.sentence.start for band in bands}) < _FEWEST_BANDS:
            continue
        known = [band for _, sentence in told for band in _bands(sentence) if band.low > float("-inf")]
        yield from _holes(bands, [band for band in known if band.high < float("inf")])


def _cut(sentence: Sentence) -> list[Sentence]:
    """Return a sentence cut behind the letter of a class ("is class A. From …"), where its span allows it."""
    if sentence.end - sentence.start != len(sentence.text):
        return [sentence]
    ends = [match.start() + 1 for match in _LETTERED.finditer(sentence.text)]
    starts = [0, *(end + 1 for end in ends)]
    return [
        Sentence(sentence.text[a:b], sentence.start + a, sentence.start + b, sentence.block)
        for a, b in zip(starts, [*ends, len(sentence.text)], strict=True)
    ]


_LETTERED = re.compile(r"(?<=\b[A-Z])\.(?= [A-Z])")


def _bands(sentence: Sentence) -> Iterator[_Band]:
    for match in _BAND.finditer(sentence.text):
        if match["above"]:
            yield _Band(_figure(match["from"]), float("inf"), sentence)
        elif match["below"]:
            yield _Band(float("-inf"), _figure(match["to"]), sentence)
        elif _figure(match["low"]) < _figure(match["high"]):
            yield _Band(_figure(match["low"]), _figure(match["high"]), sentence)


def _figure(words: str) -> float:
    return float(words.replace("−", "-"))


def _holes(bands: Sequence[_Band], known: Sequence[_Band], unit: str = "") -> Iterator[Gap]:
    """Yield the first hole between bands that no stretch which the document knows fills."""
    step = 1.0 if all(b.low in _ENDS or b.low.is_integer() for b in bands) else 0.1
    reach = bands[0].high
    for band in bands[1:]:
        low, high = reach, band.low
        for other in sorted(known):
            if other.low <= high + step and other.high >= high - 1.01 * step and other.low > low:
                high = other.low
        if high - low > 1.01 * step:
            below = next(each for each in bands if each.high == reach)
            case = f"it is between {reach:g} and {high:g}{unit}"
            yield missing_case(below.sentence, case, "The classes leave a gap", 0.9)
            return
        reach = max(reach, band.high)


_ENDS = (float("inf"), float("-inf"))


def _between_rows(told: Sequence[Part]) -> Iterator[Gap]:
    """Yield holes in a column of a table whose rows are stretches of one scale."""
    columns: dict[tuple[tuple[str, ...], str | None, int | None, str, str], list[tuple[Sentence, Value]]] = {}
    for block, sentence in told:
        if block.kind != "cell" or block.header:
            continue
        value = next(iter(values_in(sentence.text)), None)
        if value is not None and value.start <= _FAR:
            key = (block.anchor.section, block.parent, block.column, *value.measure)
            columns.setdefault(key, []).append((sentence, value))
    for key, rows in columns.items():
        bands = sorted(band for sentence, value in rows for band in _stretch(sentence, value))
        if len(bands) == len(rows) >= _FEWEST_BANDS:
            yield from _holes(bands, (), f" {key[-1]}s" if key[-2] in ("duration", "count") else "")


def _stretch(sentence: Sentence, value: Value) -> Iterator[_Band]:
    """Yield the stretch that a row is about, if it is one."""
    if value.high is not None:
        yield _Band(value.amount, value.high, sentence)
    elif value.side in ("at most", "below"):
        yield _Band(float("-inf"), value.amount, sentence)
    elif value.side is not None:
        yield _Band(value.amount, float("inf"), sentence)


# A deadline, and a later one


_HANDED_IN = re.compile(
    r"\b(?:submit|send|file|claim|report|return|register|apply|hand (?:it |them )?in|reach us|ask|"
    r"notify|tell "
    r"us)\b",
    re.IGNORECASE,
)
_TOO_LATE = re.compile(
    r"^\W*(?:claims?|requests?|reports?|returns?|applications?|complaints?|invoices?|receipts?|submissions?|"
    r"it|they|anything|notices?|refunds?)\b[^.;]{0,40}\b(?:after|older than|later than|beyond|more than)\b"
    r"[^.;]*(?:n['’]t|\bnot\b|\bno longer\b|\brefused\b|\brejected\b|\bdeclined\b|\blapses?\b|\blost\b)",
    re.IGNORECASE,
)


def _after_the_deadline(told: Sequence[Part]) -> Iterator[Gap]:
    """Yield the time to hand something in, where only what comes much later is refused."""
    late = [(block, sentence) for block, sentence in told if _TOO_LATE.search(sentence.text)]
    for other, refused in late:
        for block, sentence in told:
            if block.anchor.section != other.anchor.section or sentence.start >= refused.start:
                continue
            if not _HANDED_IN.search(sentence.text) or _TOO_LATE.search(sentence.text):
                continue
            for low in _bounds(sentence):
                high = next((each for each in _bounds(refused) if _apart(low, each)), None)
                if high is not None and low.kind == "duration" and _length(high)[1] >= 1.5 * _length(low)[1]:
                    case = f"it comes later than {low.words} but not {words_of(refused.text, high)}"
                    yield missing_case(sentence, case, "Only what comes later still is refused", 0.88)
                    return
