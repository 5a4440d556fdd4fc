"""The pen of the runtime: trace events and turns, written in the order in which things happen.

- Events and turns are built without validation (their values come from our own code), because one
  conversation writes dozens of them; a test holds them equal to validated ones.
- Events that carry no values, or only told facts, are the same thousands of times: they are made once and
  shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar

from studio.domain.condition import Scalar
from studio.domain.frozen import Frozen, Json
from studio.domain.trace import EventKind, TraceEvent, Turn

Made = TypeVar("Made", bound=Frozen)
Role = Literal["agent", "customer", "system"]

_set = object.__setattr__
_shared: dict[tuple[object, ...], TraceEvent] = {}
_SHARED_MOST = 20_000
_turns: dict[tuple[object, ...], Turn] = {}
"""Turns of the agent and the systems by words and events, which are found by identity: they are kept here."""
_TURNS_MOST = 5_000


def build(kind: type[Made], values: dict[str, Any]) -> Made:
    """Return a frozen value from complete, already typed field values, without validation."""
    made = kind.__new__(kind)
    _set(made, "__dict__", values)
    _set(made, "__pydantic_fields_set__", set(values))
    _set(made, "__pydantic_extra__", None)
    _set(made, "__pydantic_private__", None)
    return made


def event(
    kind: EventKind,
    detail: str,
    *,
    step: str | None = None,
    workflow: str | None = None,
    rule: str | None = None,
    table: str | None = None,
    row: str | None = None,
    tool: str | None = None,
    label: str | None = None,
    arguments: Mapping[str, Json] | None = None,
    reply: Mapping[str, Json] | None = None,
    facts: Mapping[str, Scalar] | None = None,
) -> TraceEvent:
    """Return one trace event."""
    told = _as_key(facts) if facts else ()
    plain = told is not None and not (arguments or reply)
    key = (kind, detail, step, workflow, rule, table, row, tool, label, told)
    if plain and (known := _shared.get(key)) is not None:
        return known
    made = build(
        TraceEvent,
        {
            "kind": kind,
            "detail": detail,
            "step": step,
            "workflow": workflow,
            "rule": rule,
            "table": table,
            "row": row,
            "tool": tool,
            "label": label,
            "arguments": dict(arguments) if arguments else {},
            "reply": dict(reply) if reply else {},
            "facts": dict(facts) if facts else {},
        },
    )
    if plain:
        if len(_shared) >= _SHARED_MOST:
            _shared.clear()
        _shared[key] = made
    return made


def _as_key(facts: Mapping[str, Scalar]) -> tuple[object, ...] | None:
    """Return what tells facts apart, True from 1 too; None for fractions, which are spelt in several ways."""
    if any(type(value) is float for value in facts.values()):
        return None
    return tuple((name, type(value), value) for name, value in facts.items())


def turn(role: Role, text: str, events: list[TraceEvent]) -> Turn:
    """Return one turn; of what is no customer's, the same one for the same words and events."""
    if role == "customer":
        return build(Turn, {"role": role, "text": text, "events": tuple(events)})
    key = (role, text, *map(id, events))
    known = _turns.get(key)
    if known is None:
        if len(_turns) >= _TURNS_MOST:
            _turns.clear()
        known = _turns[key] = build(Turn, {"role": role, "text": text, "events": tuple(events)})
    return known


class Log:
    """Gathers what is said and done until it makes a turn."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self._words: list[str] = []
        self._events: list[TraceEvent] = []

    def say(self, text: str) -> None:
        """Add words to the agent's present turn."""
        if text:
            self._words.append(text)

    def note(self, made: TraceEvent) -> None:
        """Add an event to the present turn."""
        self._events.append(made)

    def heard(self, text: str) -> None:
        """Close the customer's turn with the events noted so far."""
        self.turns.append(turn("customer", text, self._events))
        self._events = []

    def spoken(self) -> None:
        """Close the agent's turn if it said something; events without words wait for the next."""
        if self._words:
            self.turns.append(turn("agent", " ".join(self._words), self._events))
            self._words, self._events = [], []

    def worked(self) -> None:
        """Close a silent stretch of the system."""
        if self._events:
            self.turns.append(turn("system", "", self._events))
            self._events = []

    def closed(self) -> tuple[Turn, ...]:
        """Return all turns; nothing noted is lost."""
        self.spoken()
        self.worked()
        return tuple(self.turns)

    @property
    def unsaid(self) -> tuple[tuple[str, ...], tuple[TraceEvent, ...]]:
        """Return the words and the events that no turn has yet."""
        return tuple(self._words), tuple(self._events)

    def go_on(self, turns: Iterable[Turn], words: Iterable[str], events: Iterable[TraceEvent]) -> None:
        """Add turns made before, and put their unsaid words and events in the place of those there are."""
        self.turns.extend(turns)
        self._words, self._events = list(words), list(events)
