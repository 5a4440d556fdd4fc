"""How a code has to look, told by an example and never by a pattern: forms to choose from, in words.

- From “LH-204418” come: anything, LH- and 6 digits, 2 letters - and 6 digits, LH- and any number of digits.
- A form that stands in the agent and is none of these is kept, and told in words where that can be done.
- Whether a value would be accepted is answered by the reader that conversations use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.desktop.panels.condition_words import day
from studio.desktop.widgets.form_fields import Option
from studio.domain.condition import spell
from studio.domain.shape import trouble_of
from studio.domain.workflow import Slot
from studio.runtime.values import reader

_RUN = re.compile(r"[A-Z]+|[a-z]+|\d+|[^A-Za-z\d]+")
_ATOM = re.compile(
    r"(?P<set>\\d|\\w|\[A-Z\]|\[a-z\]|\[A-Za-z\]|\[0-9\]|\[A-Z0-9\]|\[A-Za-z0-9\]|\[A-Z\\d\])"
    r"(?P<times>\{\d+(?:,\d*)?\}|\+|\*)?|(?P<plain>\\?[^\\\[\](){}|?*+.^$])"
)
_SETS = {
    "\\d": "digit", "[0-9]": "digit", "[A-Z]": "capital letter", "[a-z]": "small letter",
    "[A-Za-z]": "letter", "\\w": "letter or digit", "[A-Z0-9]": "letter or digit",
    "[A-Za-z0-9]": "letter or digit", "[A-Z\\d]": "letter or digit",
}  # fmt: skip


def looks(example: str, pattern: str | None) -> tuple[Option, ...]:
    """Return the forms to choose from, as (pattern, words); the present one is always among them."""
    found = {option.value: option for option in (Option(None, "Anything"), *_from(example))}
    if pattern and pattern not in found:
        found[pattern] = Option(pattern, in_words(pattern) or "A form of its own, as it is now")
    return tuple(found.values())


def _from(example: str) -> Iterator[Option]:
    runs = _RUN.findall(example.strip())
    if not runs or len(runs) > 9 or not any(run.isdigit() for run in runs):
        return
    made: list[str] = []
    for each in (_fixed, _any_letters, _any_length, _any_letters_and_length):
        pattern = "".join(each(run) for run in runs)
        if pattern not in made and not trouble_of(pattern):
            made.append(pattern)
    for pattern in made:
        yield Option(pattern, in_words(pattern))


def _fixed(run: str) -> str:
    return f"\\d{{{len(run)}}}" if run.isdigit() else _literally(run)


def _any_letters(run: str) -> str:
    if run.isalpha():
        return f"{'[A-Z]' if run.isupper() else '[a-z]'}{{{len(run)}}}"
    return _fixed(run)


def _any_length(run: str) -> str:
    return "\\d+" if run.isdigit() else _literally(run)


def _any_letters_and_length(run: str) -> str:
    return "\\d+" if run.isdigit() else _any_letters(run)


def _literally(run: str) -> str:
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", run)


def in_words(pattern: str) -> str:
    """Return a form in words, or "" where it has no plain ones."""
    parts: list[str] = []
    at, literal = 0, ""
    while at < len(pattern):
        found = _ATOM.match(pattern, at)
        if found is None or (found["set"] is None and found["plain"] is None):
            return ""
        at = found.end()
        if found["plain"] is not None:
            literal += found["plain"].removeprefix("\\")
            continue
        if literal:
            parts.append(_literal(literal))
            literal = ""
        parts.append(_several(_SETS[found["set"]], found["times"] or "{1}"))
    if literal:
        parts.append(_literal(literal))
    return ", then ".join(parts)


def _literal(text: str) -> str:
    names = {"-": "a dash", " ": "a space", "/": "a slash", ".": "a dot", "_": "an underscore"}
    return names.get(text, f"“{text}”")


def _several(noun: str, times: str) -> str:
    if times in ("+", "*"):
        return f"any number of {_plural(noun)}"
    low, _, high = times[1:-1].partition(",")
    if "," not in times:
        return f"1 {noun}" if low == "1" else f"{low} {_plural(noun)}"
    return f"{low} to {high} {_plural(noun)}" if high else f"at least {low} {_plural(noun)}"


def _plural(noun: str) -> str:
    return "letters or digits" if noun == "letter or digit" else f"{noun}s"


def verdict(slot: Slot, said: str) -> tuple[bool, str]:
    """Return whether an answer would be accepted when it was asked for, and a sentence that says so."""
    found = reader(slot)(said, True)
    if found is None:
        return False, f"“{said}” would not be accepted."
    taken = day(str(found.value)) if slot.type == "date" else spell(found.value)
    if taken.casefold() == said.strip().casefold():
        return True, f"“{said}” would be accepted."
    return True, f"“{said}” would be understood as {taken}."
