"""One test as a form: who comes, wants, knows, behaves, what fails, what must happen; everything by choice.

- It changes nothing itself: `edited` tells a `FieldEdit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.panels.condition_words import write_value
from studio.desktop.panels.graph import plain
from studio.desktop.panels.scenario_expect import ExpectParts
from studio.desktop.panels.scenario_rehearsal import (
    AddField,
    FaultParts,
    Faults,
    ReplyParts,
    read_typed,
    value_kind,
)
from studio.desktop.panels.scenario_words import behaviour_options, first, kind_options
from studio.desktop.widgets.form import Field, Form, Part, Section
from studio.desktop.widgets.form_fields import ChoiceField, LineField, Option, Words
from studio.desktop.widgets.form_list import LinesField, PickField
from studio.desktop.widgets.form_text import TextField
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.condition import Scalar
from studio.domain.edit import wish
from studio.domain.frozen import Json
from studio.domain.known import Fact as KnownFact
from studio.domain.known import Knowledge
from studio.domain.scenario import Channel, Fact, Fault, Language, Scenario, SystemReply

_LEVELS = [Option(each, each.capitalize()) for each in ("low", "medium", "high")]
_MOODS = [Option(each, each.capitalize()) for each in ("calm", "worried", "angry")]
_LANGUAGES = [Option(None, "Not said"), *(Option(each, each.capitalize()) for each in get_args(Language))]
_CHANNELS = [Option(None, "Any"), *(Option(each, each.capitalize()) for each in get_args(Channel))]


class ScenarioForm(QWidget):
    """Shows one test of an agent."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.form = Form()
        column.addWidget(self.form)
        self._agent: Agent | None = None
        self._knowledge: Knowledge | None = None
        self._test: Scenario | None = None

    def flush(self) -> None:
        """Tell at once what was typed and not told yet."""
        self.form.flush()

    def show_test(self, agent: Agent, test: Scenario, faults: Faults) -> None:
        """Show a test of an agent; `faults` are what can fail, with the steps at which it can."""
        if self._test is not None and self._test.id != test.id:
            self.form.flush()
        if agent is not self._agent:
            self._agent, self._knowledge = agent, Knowledge(agent)
        self._test = test
        sections = [
            Section("The test", list(self._named(agent, test))),
            Section("Who comes", list(self._persona(test))),
            Section("What they want", list(self._wants(test))),
            Section("What they know", list(self._facts(test))),
            Section("How they behave", [self._behaviours(test)]),
            Section("What the systems answer", list(self._systems(agent, test))),
            Section("What fails", list(self._faults(test, faults))),
            *self._expectations(agent, test),
        ]
        self.form.show_parts(sections)

    def _tell(self, test: Scenario, field: str, value: Json, what: str) -> None:
        self.edited.emit(wish(join_path("scenarios", test.id, *field.split("/")), value, f"{what} {test.id}"))

    def _part(
        self, test: Scenario, field: str, make: Callable[[], QWidget], value: Any, what: str, mark: Any = None
    ) -> Part:
        path = f"{test.id}/{field}"
        return Part(path, make, value, mark, lambda given: self._tell(test, field, given, what))

    # Who, and what they want

    def _named(self, agent: Agent, test: Scenario) -> Iterator[Part]:
        flows = tuple(Option(flow.id, flow.name) for flow in agent.workflows if not flow.reusable)
        yield self._part(test, "title", partial(LineField, "Name", read=_named), test.title, "Rename")
        make = partial(ChoiceField, "Workflow that is tested", flows)
        yield self._part(test, "workflow", make, test.workflow, "Change which workflow is tested by", flows)

        def tagged(given: tuple[str, ...]) -> None:
            self._tell(test, "tags", tuple(given) or None, "Change the tags of")

        lines = partial(LinesField, "Tags", "Your own words to find it by.", hint="Add a tag…", noun="tag")
        yield Part(f"{test.id}/tags", lines, test.tags or (), None, tagged)

    def _persona(self, test: Scenario) -> Iterator[Part]:
        who = test.persona
        what = "Change who comes in"
        yield self._part(test, "persona/name", partial(LineField, "Name", read=_named), who.name, what)
        for name, title, options in (
            ("mood", "Mood", _MOODS), ("patience", "Patience", _LEVELS), ("clarity", "Clarity", _LEVELS),
            ("language", "English", _LANGUAGES), ("channel", "Comes by", _CHANNELS),
        ):  # fmt: skip
            make = partial(ChoiceField, title, options)
            yield self._part(test, f"persona/{name}", make, getattr(who, name), what)

    def _wants(self, test: Scenario) -> Iterator[Part]:
        yield self._part(test, "goal", partial(LineField, "Goal"), test.goal, "Change what is wanted in")
        hint = "What the customer writes first"
        make = partial(TextField, "First words", hint=hint)
        yield self._part(test, "opening", make, test.opening, "Change the first words of")

    # What they know and how they behave

    def _facts(self, test: Scenario) -> Iterator[Part]:
        assert self._knowledge is not None
        known = self._knowledge.facts
        options = tuple(Option(each.id, each.label, "", each.origin) for each in known.values())
        here = {each.id: each for each in test.facts}

        def chosen(names: tuple[str, ...]) -> None:
            facts = tuple(here.get(name) or Fact(id=name, value=_usual(known.get(name))) for name in names)
            self._tell(test, "facts", facts, "Change what is known in")

        make = partial(PickField, "Facts", options, add="Add a fact…")
        yield Part(f"{test.id}/facts", make, tuple(here), options, chosen)
        for fact in test.facts:
            label = known[fact.id].label if fact.id in known else plain(fact.id).capitalize()
            yield self._value(test, fact, "value", label, known.get(fact.id))
            if set(test.behaviours) & _WITH_WRONG or fact.wrong is not None:
                title = f"{label}: says first, by mistake"
                yield self._value(test, fact, "wrong", title, known.get(fact.id))

    def _value(self, test: Scenario, fact: Fact, name: str, title: str, known: KnownFact | None) -> Part:
        kind = value_kind(fact.value, known)

        def told(value: Any) -> None:
            made = fact.model_copy(update={name: value})
            facts = tuple(made if each.id == fact.id else each for each in test.facts)
            self._tell(test, "facts", facts, f"Change {title.lower()} in")

        if kind == "yes or no" or (known is not None and known.choices):
            listed: Sequence[Any] = (True, False) if kind == "yes or no" else known.choices if known else ()
            words = {True: "Yes", False: "No"} if kind == "yes or no" else {}
            options = [Option(each, words.get(each, str(each))) for each in listed]
            options = options if name == "value" else [Option(None, "Nothing wrong"), *options]
            make: Callable[[], Field] = partial(ChoiceField, title, options)
        else:
            read = partial(read_typed, kind, name == "value")
            hint = "" if name == "value" else "nothing wrong"
            make = partial(LineField, title, read=read, write=partial(write_value, kind), hint=hint)
        path = f"{test.id}/facts/{fact.id}/{name}"
        return Part(path, make, getattr(fact, name), (kind, title), told)

    def _behaviours(self, test: Scenario) -> Part:
        options = behaviour_options()
        make = partial(PickField, "", options, add="Add a behaviour…")
        return self._part(test, "behaviours", make, test.behaviours, "Change the behaviour in")

    # Systems

    def _systems(self, agent: Agent, test: Scenario) -> Iterator[Part]:
        def told(replies: tuple[SystemReply, ...], what: str) -> None:
            self._tell(test, "systems", replies, what)

        return ReplyParts(agent, f"{test.id}/systems", test.systems, told).parts()

    def _faults(self, test: Scenario, faults: Faults) -> Iterator[Part]:
        def told(made: tuple[Fault, ...], what: str) -> None:
            self._tell(test, "faults", made, what)

        return FaultParts(f"{test.id}/faults", test.faults, faults, told).parts()

    # What must happen

    def _expectations(self, agent: Agent, test: Scenario) -> Iterator[Section]:
        assert self._knowledge is not None

        def put(number: int, made: Any) -> None:
            others = [
                *test.expectations[:number],
                *([made] if made else []),
                *test.expectations[number + 1 :],
            ]
            self._tell(test, "expectations", tuple(others), "Change what must happen in")

        options = kind_options(agent)

        def add(kind: str) -> None:
            made = first(agent, kind, test.workflow)
            self._tell(test, "expectations", (*test.expectations, made), "Add what must happen in")

        words = "" if test.expectations else "Nothing is expected yet, so every conversation would be right."
        head = Part(f"{test.id}/expect/note", Words, words)
        adder = partial(AddField, "Add what must happen…", options)
        yield Section(
            "What must happen",
            [head, Part(f"{test.id}/expect/add", adder, mark=options, told=add)],
            "warn" if words else "",
        )
        for number, each in enumerate(test.expectations):
            key = f"{test.id}/expect/{number}"
            parts = ExpectParts(agent, self._knowledge, test.workflow, key, each, partial(put, number))
            yield parts.section()


_WITH_WRONG = {"gives wrong then right data", "changes mind", "adds information late"}


def _named(words: str) -> str:
    if not (name := " ".join(words.split())):
        raise ValueError("Give it a name.")
    return name


def _usual(known: KnownFact | None) -> Scalar:
    """Return the value that a fact has to begin with."""
    if known is None:
        return "as told"
    return known.choices[0] if known.choices else known.example
