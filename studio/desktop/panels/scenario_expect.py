"""One expectation of a test as fields that are chosen: what must happen, with which values.

- Steps, systems, queues, rules and facts are those of the agent; what is no longer there is shown as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from studio.desktop.panels.condition_words import read_value, write_value
from studio.desktop.panels.expectations import expectation_words
from studio.desktop.panels.graph import plain
from studio.desktop.panels.scenario_words import OUTCOME_OPTIONS, disclosures
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.form import Field, Part, Section
from studio.desktop.widgets.form_fields import ChoiceField, Held, LineField, Option, SwitchField
from studio.desktop.widgets.form_list import PickField
from studio.domain.agent import Agent
from studio.domain.known import Knowledge, in_words, type_of
from studio.domain.scenario import (
    DoneCall,
    Expectation,
    ExpectCall,
    ExpectDisclosure,
    ExpectEffort,
    ExpectGuard,
    ExpectHandoff,
    ExpectOutcome,
    ExpectRecord,
    ExpectStep,
    ExpectUnsaid,
    ExpectWorld,
)
from studio.domain.workflow import Handoff

_ANY = "any value"


def read_turns(words: str) -> int | None:
    """Return a whole number, or None where nothing is said; raises ValueError with a sentence."""
    text = words.strip()
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) <= 10_000:
        raise ValueError("Write a whole number from 1 to 10,000, or nothing.")
    return int(text)


def read_seconds(words: str) -> float | None:
    """Return seconds, or None where nothing is said; raises ValueError with a sentence."""
    if not words.strip():
        return None
    try:
        found = float(words.replace(",", ""))
    except ValueError:
        found = -1
    if not 0 <= found <= 1e6:
        raise ValueError("Write seconds as 30, or nothing.")
    return found


@dataclass(frozen=True)
class ExpectParts:
    """Builds the fields of one expectation; `tell` takes it as it is to be, or None to remove it."""

    agent: Agent
    knowledge: Knowledge
    workflow: str
    key: str
    it: Expectation
    tell: Callable[[Expectation | None], object]

    def section(self) -> Section:
        """Return its card: the sentence it says, the fields, and the way to remove it."""
        words = expectation_words(self.it)
        remove = Button("Remove", partial(self.tell, None), kind="link", name=f"Remove: {words}")
        gone = Part(f"{self.key}/remove", lambda: Held(remove), mark=words)
        return Section(words, [*self._parts(), gone])

    def _parts(self) -> Iterator[Part]:
        it = self.it
        if isinstance(it, ExpectOutcome):
            yield self._choice("outcome", "It ends", OUTCOME_OPTIONS)
        elif isinstance(it, ExpectCall):
            yield from self._call(it)
        elif isinstance(it, ExpectStep):
            yield self._choice("step", "The step", self._steps())
            yield self._switch("never", "It must never be passed")
            yield self._choice("after", "After", (Option(None, "At any time"), *self._steps()))
        elif isinstance(it, ExpectDisclosure):
            yield self._choice("rule", "What is told", tuple(disclosures(self.agent)))
            yield self._choice("before", "Before", (Option(None, "At any time"), *self._tools()))
        elif isinstance(it, ExpectHandoff):
            yield self._choice("queue", "To", self._queues())
            yield self._picks("context", "With these facts", self._facts())
            yield self._choice("after", "After", (Option(None, "At any time"), *self._steps()))
        elif isinstance(it, ExpectRecord):
            yield from self._record(it)
        elif isinstance(it, ExpectEffort):
            yield self._line("turns", "At most so many turns", read_turns, "any number")
            yield self._line("seconds", "At most so many seconds of waiting", read_seconds, "any time")
        elif isinstance(it, ExpectWorld):
            yield self._world(it)
        elif isinstance(it, ExpectGuard):
            yield from self._guard(it)
        elif isinstance(it, ExpectUnsaid):
            yield self._part("words", partial(LineField, "What must not be said", required=True), None, {})
            yield self._switch("promised", "It may be spoken of, but not promised")

    # Kinds with more to them

    def _call(self, it: ExpectCall) -> Iterator[Part]:
        yield self._choice("tool", "The system", self._tools(), arguments=None)
        yield self._switch("never", "It must never be used")
        if it.never:
            return
        yield self._line("times", "So many times", read_turns, "any number")
        yield from self._arguments(it.tool, it.arguments or {}, lambda given: {"arguments": given or None})

    def _guard(self, it: ExpectGuard) -> Iterator[Part]:
        yield self._choice("tool", "The system", self._tools(), arguments={})
        rules = (Option(r.id, f"{r.id} {r.title}", "", r.text) for r in self.agent.charter.rules if r.guard)
        yield self._choice("rule", "Stopped by", (Option(None, "The limit of the system"), *rules))
        yield self._switch("verified", "The customer's identity is verified")
        yield self._switch("told", "Everything that has to be told was told")
        yield self._switch("never", "On the contrary: nothing may stop it")
        yield from self._arguments(it.tool, it.arguments, lambda given: {"arguments": given})

    def _arguments(
        self, tool_name: str, given: dict[str, Any], made: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> Iterator[Part]:
        tool = next((each for each in self.agent.tools if each.name == tool_name), None)
        schemas: dict[str, Any] = tool.parameters.get("properties", {}) if tool is not None else {}
        for name in dict.fromkeys((*schemas, *given)):
            kind, choices = type_of(schemas.get(name, {}))

            def told(value: Any, name: str = name) -> None:
                kept = {key: each for key, each in given.items() if key != name}
                self._put(**made(kept if value in (None, "") else {**kept, name: value}))

            title = f"With {in_words(name).lower()}"
            if choices:
                options = (Option(None, _ANY.capitalize()), *(Option(each, str(each)) for each in choices))
                make: Callable[[], Field] = partial(ChoiceField, title, options)
            else:
                make = partial(
                    LineField, title, read=partial(_read, kind), write=partial(write_value, kind), hint=_ANY
                )
            yield Part(f"{self.key}/{tool_name}/{name}", make, given.get(name), (kind, choices), told)

    def _record(self, it: ExpectRecord) -> Iterator[Part]:
        tables = self.agent.records or ()
        yield self._choice("table", "Table", [Option(t.id, t.name) for t in tables], id="", values={})
        table = next((each for each in tables if each.id == it.table), None)
        rows = [Option(each.id, each.id) for each in table.rows[:500]] if table else []
        yield self._choice("id", "Record", rows)
        for column in table.columns if table else ():

            def told(value: Any, name: str = column.id) -> None:
                kept = {key: each for key, each in it.values.items() if key != name}
                self._put(values=kept if value is None else {**kept, name: value})

            make = partial(
                LineField, f"{column.label or plain(column.id)} says", read=partial(_read, column.type),
                write=partial(write_value, column.type), hint=_ANY,
            )  # fmt: skip
            mark = (it.table, column.id, column.type)
            yield Part(f"{self.key}/values/{column.id}", make, it.values.get(column.id), mark, told)

    def _world(self, it: ExpectWorld) -> Part:
        made = {call.tool: call for call in it.calls}

        def told(names: Sequence[str]) -> None:
            self._put(calls=tuple(made.get(name, DoneCall(tool=name)) for name in names))

        options = self._tools()
        make = partial(PickField, "As after these calls", options, add="Add a system…")
        return Part(f"{self.key}/calls", make, tuple(made), options, told)

    # Fields

    def _put(self, **values: Any) -> None:
        self.tell(self.it.model_copy(update=values))

    def _choice(self, name: str, title: str, options: Sequence[Option], **also: Any) -> Part:
        make = partial(ChoiceField, title, tuple(options))
        return self._part(name, make, tuple(options), also)

    def _switch(self, name: str, title: str) -> Part:
        return self._part(name, partial(SwitchField, title), None, {})

    def _line(self, name: str, title: str, read: Callable[[str], Any], hint: str) -> Part:
        def write(value: Any) -> str:
            return "" if value is None else f"{value:g}"

        return self._part(name, partial(LineField, title, read=read, write=write, hint=hint), None, {})

    def _picks(self, name: str, title: str, options: Sequence[Option]) -> Part:
        return self._part(name, partial(PickField, title, options, add="Add a fact…"), options, {})

    def _part(self, name: str, make: Callable[[], Field], mark: Any, also: dict[str, Any]) -> Part:
        def told(value: Any) -> None:
            self._put(**{**also, name: tuple(value) if isinstance(value, list) else value})

        return Part(f"{self.key}/{self.it.kind}/{name}", make, getattr(self.it, name), mark, told)

    # What there is

    def _steps(self) -> tuple[Option, ...]:
        flows = sorted(self.agent.workflows, key=lambda flow: flow.id != self.workflow)
        found = {step.id: Option(step.id, step.title, f.name) for f in reversed(flows) for step in f.steps}
        order = [step.id for flow in flows for step in flow.steps]
        return tuple(found[each] for each in dict.fromkeys(order))

    def _tools(self) -> tuple[Option, ...]:
        return tuple(Option(t.name, in_words(t.name), "", t.description) for t in self.agent.tools)

    def _queues(self) -> tuple[Option, ...]:
        steps = [step for flow in self.agent.workflows for step in flow.steps if isinstance(step, Handoff)]
        return tuple(Option(name, name) for name in dict.fromkeys(step.queue for step in steps))

    def _facts(self) -> tuple[Option, ...]:
        return tuple(Option(f.id, f.label, "", f.origin) for f in self.knowledge.facts.values())


def _read(kind: Any, words: str) -> Any:
    return read_value(kind, words) if words.strip() else None
