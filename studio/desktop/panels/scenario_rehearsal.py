"""What systems answer and what fails in a test, as fields: a reply value by value, a failure by choice.

- Each is told whole, whatever was changed in it: `tell` takes the replies, or the failures, as they are now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from studio.desktop.panels.condition_words import read_value, write_value
from studio.desktop.panels.graph import plain
from studio.desktop.panels.run_faults import OFTEN
from studio.desktop.panels.scenario_words import fault_options
from studio.desktop.widgets.form import Field, Part
from studio.desktop.widgets.form_fields import ChoiceField, Combo, LineField, Option, Words
from studio.desktop.widgets.form_list import PickField
from studio.domain.agent import Agent
from studio.domain.condition import Scalar
from studio.domain.frozen import Json
from studio.domain.known import Fact as KnownFact
from studio.domain.known import in_words, type_of
from studio.domain.scenario import Fault, SystemReply, fault_in_words
from studio.domain.tool import Tool

Faults = tuple[tuple[Fault, tuple[str, ...]], ...]
"""What can fail, each with the steps at which it can."""


class AddField(Field):
    """A choice that adds something and then stands empty again."""

    def __init__(self, words: str, options: Sequence[Option]) -> None:
        super().__init__("")
        self.box = Combo(words, options)
        self.box.setPlaceholderText(words)
        self.box.setCurrentIndex(-1)
        self.box.picked.connect(self._on_picked)
        self.put(self.box, words)

    def show_value(self, value: Any) -> None:
        """Stand empty."""

    def _on_picked(self, value: Any) -> None:
        self.box.setCurrentIndex(-1)
        self.committed.emit(value)


def value_kind(value: Scalar, known: KnownFact | None) -> Any:
    """Return how a value is written: as its fact is, or as it looks."""
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, int | float):
        return known.type if known is not None and known.type in ("number", "money") else "number"
    return known.type if known is not None and known.type in ("date", "text", "code", "choice") else "text"


def read_typed(kind: Any, needed: bool, words: str) -> Any:
    """Return the value that was typed; None for nothing where nothing may stand."""
    if not words.strip() and not needed:
        return None
    return read_value(kind, words)


class ReplyParts:
    """Builds the fields of what systems answer in one test."""

    def __init__(
        self,
        agent: Agent,
        key: str,
        replies: tuple[SystemReply, ...],
        tell: Callable[[tuple[SystemReply, ...], str], object],
    ) -> None:
        self._agent, self._key, self._replies, self._tell = agent, key, replies, tell

    def parts(self) -> Iterator[Part]:
        """Yield which systems the test answers for, then each value."""
        if self._agent.records:
            yield Part(f"{self._key}/note", Words, "What is not said here, the tables of records say.")
        options = tuple(Option(t.name, in_words(t.name), "", t.description) for t in self._agent.tools)
        here = {each.id: each for each in self._replies}

        def chosen(names: tuple[str, ...]) -> None:
            made = tuple(
                here.get(name) or SystemReply(id=name, reply=_usually(self._agent, name)) for name in names
            )
            self._tell(made, "Change what the systems answer in")

        make = partial(PickField, "Answered by the test", options, add="Add a system…")
        yield Part(self._key, make, tuple(here), options, chosen)
        for system in self._replies:
            for name, value in system.reply.items():
                if isinstance(value, bool | int | float | str):
                    yield self._reply(system, name, value)

    def _reply(self, system: SystemReply, name: str, value: Scalar) -> Part:
        kind = value_kind(value, None)

        def told(given: Any) -> None:
            made = system.model_copy(update={"reply": {**system.reply, name: given}})
            replies = tuple(made if each.id == system.id else each for each in self._replies)
            self._tell(replies, f"Change what “{plain(system.id)}” answers in")

        title = f"{in_words(system.id)}: {plain(name)}"
        if kind == "yes or no":
            make: Callable[[], QWidget] = partial(
                ChoiceField, title, [Option(True, "Yes"), Option(False, "No")]
            )
        else:
            write = partial(write_value, kind)
            make = partial(LineField, title, read=partial(read_typed, kind, True), write=write)
        return Part(f"{self._key}/{system.id}/{name}", make, value, kind, told)


class FaultParts:
    """Builds the fields of what fails in one test."""

    def __init__(
        self,
        key: str,
        faults: tuple[Fault, ...],
        possible: Faults,
        tell: Callable[[tuple[Fault, ...], str], object],
    ) -> None:
        self._key, self._faults, self._possible, self._tell = key, faults, possible, tell

    def parts(self) -> Iterator[Part]:
        """Yield how often and where each fails, then a choice that adds one."""
        for number, fault in enumerate(self._faults):
            yield from self._fault(number, fault)
        options = fault_options(self._possible)

        def put(fault: Fault) -> None:
            if fault not in self._faults:
                self._tell((*self._faults, fault), "Let something fail in")

        make = partial(AddField, "Let something fail…", options)
        yield Part(f"{self._key}/add", make, told=put, mark=options)

    def _fault(self, number: int, fault: Fault) -> Iterator[Part]:
        def put(made: Fault | None) -> None:
            others = [*self._faults[:number], *([made] if made else []), *self._faults[number + 1 :]]
            self._tell(tuple(others), "Change what fails in")

        now = {name: v for name in ("times", "chance") if (v := getattr(fault, name)) is not None}
        often = [Option(tuple(each.items()), words) for words, each in OFTEN]
        if now not in [each for _, each in OFTEN]:
            often.append(Option(tuple(now.items()), fault_in_words(fault).rpartition(", ")[2].capitalize()))
        often.append(Option("gone", "Not any more: leave it out"))

        def set_often(value: Any) -> None:
            clean: dict[str, Any] = {"times": None, "chance": None}
            put(None if value == "gone" else fault.model_copy(update={**clean, **dict(value)}))

        key = f"{self._key}/{number}/{fault.id}/{fault.failure}"
        words = fault_in_words(fault.model_copy(update={"times": None, "chance": None, "step": None}))
        title = words.removesuffix(", every time")
        make = partial(ChoiceField, f"{title}: how often", often)
        yield Part(f"{key}/often", make, tuple(now.items()), tuple(often), set_often)
        steps = next((s for f, s in self._possible if (f.id, f.failure) == (fault.id, fault.failure)), ())
        if steps:
            where = (Option(None, "Everywhere"), *(Option(s, f"At “{plain(s)}”") for s in steps))
            make = partial(ChoiceField, f"{title}: where", where)
            yield Part(f"{key}/where", make, fault.step, where,
                       lambda step: put(fault.model_copy(update={"step": step})))  # fmt: skip


def _usually(agent: Agent, tool: str) -> dict[str, Json]:
    """Return what a system answers in the agent's first test of it, or one value of each kind it answers."""
    replies = (each.reply for test in agent.scenarios for each in test.systems if each.id == tool)
    said: dict[str, Json] | None = next(replies, None)
    return said or _one_of_each(next((each for each in agent.tools if each.name == tool), None))


def _one_of_each(tool: Tool | None) -> dict[str, Json]:
    schemas = tool.returns.get("properties", {}) if tool is not None else {}
    return {name: _one(name, schema) for name, schema in schemas.items() if isinstance(schema, dict)}


def _one(name: str, schema: Mapping[str, Json]) -> Json:
    kind, choices = type_of(schema)
    if choices:
        return choices[0]
    usual: dict[str, Json] = {"yes or no": True, "number": 1, "money": 1, "date": "2026-01-31"}
    return usual.get(kind, in_words(name))
