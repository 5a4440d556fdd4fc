"""How simulated customers put things: speech acts of a language, and values as people write them.

- A wording is a frame with the value's place still in it; values are put in afterwards, so no wording and
  no noise ever changes a fact.
- Wordings come from `languages`; a `Wording` of another kind (a language model's) may take its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from studio.domain.condition import Scalar
from studio.domain.scenario import Channel
from studio.domain.workflow import Slot
from studio.simulation.languages import sentences
from studio.simulation.voices import Voice

Wording = Callable[[str, Voice, str], str]
"""Takes a speech act, a voice and a key; returns a frame with the act's places in braces."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DONE = re.compile(r"(?:[a-z]+ed|did|does|came|broke|got|has|never|fell|stopped)\s+\w", re.I)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COUNTED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def built_in(act: str, voice: Voice, key: str) -> str:
    """Return the frame of a speech act that belongs to a key."""
    phrases = sentences()[act]
    number = voice.number(key)
    ways = phrases[number % len(phrases)]
    return ways[(number >> 20) % len(ways)]


def spoken(
    value: Scalar,
    slot: Slot | None,
    voice: Voice,
    key: str,
    today: date | None = None,
    channel: Channel | None = None,
) -> str:
    """Return a value as a customer writes or says it."""
    kind = slot.type if slot else "text"
    if isinstance(value, bool):
        return built_in("yes" if value else "no", voice, key)
    if kind == "money" and isinstance(value, int | float):
        return _money(value, voice, key)
    if kind == "date":
        return _day(str(value), voice, key, today)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if kind == "number" and isinstance(value, int) and 0 < value <= 10 and voice.chance(0.3, f"{key}/word"):
        return _COUNTED[value]
    if channel == "phone" and kind in ("email", "code"):
        return _spelt(str(value), kind, voice, key)
    return str(value)


def _money(value: float, voice: Voice, key: str) -> str:
    grouped, plain = f"{value:,.2f}", f"{value:g}" if value < 100_000 else str(value)
    ways = (f"${grouped}", f"{plain} dollars", f"${plain}", f"{plain} bucks", f"USD {plain}", f"{plain} $")
    return voice.pick(ways, key)


def _spelt(value: str, kind: str, voice: Voice, key: str) -> str:
    if kind == "email":
        said = (
            value.replace("@", " at ")
            .replace(".", " dot ")
            .replace("-", " dash ")
            .replace("_", " underscore ")
        )
        return said if said.replace(" ", "").isalnum() else value
    if not voice.chance(0.5, f"{key}/spelt"):
        return value
    return " ".join("dash" if c == "-" else c for c in value)


def _day(value: str, voice: Voice, key: str, today: date | None) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    month = _MONTHS[day.month - 1]
    ways = [value, f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}"]
    ways += [f"{_ordinal(day.day)} of {month} {day.year}", f"{day.day} {month[:3]} {day.year}"]
    if today is not None:
        ways = [*_from_today(day, today), *ways[:2]]
    return voice.pick(ways, key)


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _from_today(day: date, today: date) -> list[str]:
    """Return how a day near today is called."""
    ago = (today - day).days
    if ago in (-1, 0, 1):
        return [("tomorrow", "today", "yesterday")[1 + ago]]
    if abs(ago) > 150:
        return []
    name, words = _DAYS[day.weekday()], [f"{day.day} {_MONTHS[day.month - 1]}"]
    if 1 < ago <= 7:
        words += [f"last {name}", f"{ago} days ago"]
    elif -7 <= ago < -1:
        words += [f"next {name}", f"in {-ago} days"]
    elif ago > 0:
        words.append(f"{ago} days ago")
        if ago % 7 == 0:
            weeks = ago // 7
            words.append(f"{_COUNTED[weeks] if weeks <= 10 else weeks} weeks ago")
    return words


def label_of(slot: Slot | None, name: str) -> str:
    """Return what a customer calls a fact."""
    return (slot.label if slot and slot.label else name.replace("_", " ")).lower()


def subject_of(choice: str) -> str:
    """Return who did what a choice tells ("changed my mind" is “I”), or "" where it is a thing or a state."""
    if not _DONE.match(choice):
        return ""
    return "I" if " my " in f" {choice} " else "it"


def brief(value: Scalar, slot: Slot | None, voice: Voice, key: str, today: date | None = None) -> str:
    """Return a value in the fewest words: what is taken back is put plainly."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return spoken(value, slot, voice, key, today)
