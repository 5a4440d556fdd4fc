"""What the inspector shows for each declared field of a step: heading, title, a word of help, kind of field.

- The fields come from the steps' own models, in their order; this table only gives them words.
- A field that is not for people (its name in the graph, its place on the canvas) is named in `NOT_SHOWN`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.domain.workflow import StepBase

Widget = Literal[
    "line", "text", "count", "facts", "way", "tool", "arguments", "results", "table", "branches", "rule",
    "queue", "outcome", "block",
]  # fmt: skip
NOT_SHOWN = frozenset({"id", "kind", "place", "citations"})
FAILS = "If it fails"
THEN = "Then"


@dataclass(frozen=True, slots=True)
class Declared:
    """How one field is shown; `needed` is said where a text may not be empty."""

    heading: str
    title: str
    widget: Widget
    help: str = ""
    bounds: tuple[int, int] = (0, 0)
    needed: str = ""


_EVERY: dict[str, Declared] = {
    "title": Declared("", "Name of the step", "line", needed="A step needs a name."),
    "next": Declared(THEN, "Goes on to", "way"),
    "on_failure": Declared(FAILS, "Goes on to", "way"),
}
_BY_KIND: dict[str, dict[str, Declared]] = {
    "ask": {
        "slots": Declared("It asks for", "", "facts", "What is known already is not asked again."),
        "say": Declared("It asks for", "What it says first", "text", "Said only if a fact is missing."),
        "tries": Declared(FAILS, "Asks for each up to", "count", "times before it gives up", (1, 10)),
        "on_failure": Declared(FAILS, "Without an answer it goes on to", "way"),
    },
    "verify": {
        "slots": Declared("It asks for", "", "facts", "What the customer has to give to be recognised."),
        "tool": Declared("It checks with", "System", "tool"),
        "arguments": Declared("It checks with", "What the system is given", "arguments"),
        "tries": Declared(FAILS, "Lets the customer try", "count", "times in all", (1, 10)),
        "next": Declared(THEN, "When recognised, goes on to", "way"),
        "on_failure": Declared(FAILS, "When not recognised, goes on to", "way"),
    },
    "tool": {
        "tool": Declared("It uses", "System", "tool"),
        "arguments": Declared("It uses", "What the system is given", "arguments"),
        "results": Declared("What is kept of the reply", "", "results"),
        "retries": Declared(FAILS, "Tries again", "count", "more times first", (0, 10)),
        "on_failure": Declared(FAILS, "Then goes on to", "way"),
    },
    "decide": {
        "table": Declared("It decides by", "", "table"),
        "branches": Declared("", "Ways out", "branches"),
        "otherwise": Declared("When nothing fits", "Goes on to", "way"),
    },
    "say": {
        "text": Declared("It says", "", "text", needed="A step that tells something needs words."),
    },
    "disclose": {
        "rule": Declared("It discloses", "Demanded by", "rule"),
        "text": Declared(
            "It discloses", "Said word for word", "text", needed="A disclosure needs the words that are said."
        ),
    },
    "handoff": {
        "queue": Declared("It hands over to", "Team or queue", "queue", needed="Name who takes over."),
        "say": Declared("It hands over to", "What it says", "text", "Empty: a colleague will take over."),
        "context": Declared("What is passed on", "", "facts", "Nothing chosen: all that is known."),
        "on_failure": Declared(FAILS, "When nobody is there, goes on to", "way"),
    },
    "end": {
        "outcome": Declared("It ends", "How", "outcome"),
        "say": Declared("It ends", "What it says last", "text"),
    },
    "call": {
        "block": Declared("It runs", "Reusable block", "block"),
        "next": Declared(THEN, "When it ends well, goes on to", "way"),
        "on_failure": Declared(FAILS, "When it is refused or handed over, goes on to", "way"),
    },
}  # fmt: skip


def declared(step: StepBase) -> tuple[tuple[str, Declared], ...]:
    """Return the fields of a step that people edit, in the order of the step's model."""
    own = _BY_KIND.get(str(getattr(step, "kind", "")), {})
    shown = {**_EVERY, **own}
    return tuple((name, shown[name]) for name in type(step).model_fields if name in shown)
