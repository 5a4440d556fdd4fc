"""A workflow's own fields: its name, when it starts, what customers say then, its first step, its facts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from studio.desktop.panels.slot_form import fact_choices
from studio.desktop.panels.step_form_parts import Hooks
from studio.desktop.widgets.form import Field, Part, Section
from studio.desktop.widgets.form_fields import ChoiceField, LineField, Option, SwitchField, Words
from studio.desktop.widgets.form_list import LinesField, PickField
from studio.desktop.widgets.form_text import TextField
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.edit import FieldEdit, wish
from studio.domain.fact_edit import facts_borrowed, facts_removed
from studio.domain.workflow import CallBlock, Workflow

_OPEN_TO = (
    Option(None, "Customers who were identified"),
    Option("anyone", "Anyone, also people who are not known yet"),
)
_TO_ALL = "It may change things for people nobody has identified. Rules that ask for identity still hold."


class WorkflowParts:
    """Builds the sections of a workflow."""

    def __init__(self, agent: Agent, flow: Workflow, hooks: Hooks) -> None:
        self._agent, self._flow, self._hooks = agent, flow, hooks
        self._path = join_path("workflows", flow.id)

    def sections(self) -> Iterator[Section]:
        """Yield the fields under their headings."""
        flow = self._flow
        yield Section("", [self._part("name", lambda: LineField("Name", read=_named), flow.name)])
        if not flow.reusable:
            intent = partial(TextField, "The customer wants", spoken="What the customer wants")
            examples = partial(
                LinesField, "Customers say for example", hint="Add what a customer might say…", noun="example"
            )
            few = "" if len(flow.examples) >= 3 else "Three or more examples help it to be recognised."
            yield Section(
                "Starts when",
                [
                    self._part("intent", intent, flow.intent),
                    self._part("examples", examples, flow.examples, warn=few),
                ],
            )
            yield Section("Who it serves", [self._open_to()])
        else:
            does = partial(TextField, "What it does")
            yield Section("What it is for", [self._part("intent", does, flow.intent, mark="block")])
        yield Section("Where it begins", list(self._start()))
        yield Section("Facts it asks customers for", [self._facts()])
        yield Section("Use", list(self._use()))

    def _part(self, name: str, make: Any, value: Any, mark: Any = None, warn: str = "") -> Part:
        path = f"{self._path}/{name}"
        return Part(path, make, value, mark, lambda given: self._hooks.tell(wish(path, given)), warn)

    def _start(self) -> Iterator[Part]:
        options = tuple(Option(step.id, step.title) for step in self._flow.steps)
        warn = "" if self._flow.start else "Choose the step with which it begins."
        make = partial(ChoiceField, "First step", options, lost="That step is gone: choose another.")
        yield self._part("start", make, self._flow.start, options, warn)

    def _open_to(self) -> Part:
        make = partial(ChoiceField, "Open to", _OPEN_TO, "Who may have something changed for them.")
        warn = _TO_ALL if self._flow.open_to == "anyone" else ""
        return self._part("open_to", make, self._flow.open_to, None, warn)

    def _facts(self) -> Part:
        slots = {slot.id: slot for slot in self._flow.slots}
        options = fact_choices(self._agent, self._flow)

        def make() -> Field:
            made = PickField(
                "Facts", options, "What is known from a system's reply need not be asked.",
                add="Add a fact…", new="A new fact…", open_words="Edit",
            )  # fmt: skip
            made.title.hide()
            made.opened.connect(self._hooks.edit_fact)
            made.new_wanted.connect(self._hooks.new_fact)
            return made

        def told(order: tuple[str, ...]) -> None:
            if gone := tuple(name for name in slots if name not in order):
                self._hooks.tell(facts_removed(self._agent, self._flow.id, gone))
            elif borrowed := facts_borrowed(self._agent, self._flow, order):
                self._hooks.tell(FieldEdit(sets=borrowed, title=f"Ask in “{self._flow.name}”, too"))
            else:
                title = f"Order the facts of “{self._flow.name}”"
                self._hooks.tell(wish(f"{self._path}/slots", tuple(slots[name] for name in order), title))

        return Part(f"{self._path}/slots", make, tuple(slots), options, told)

    def _use(self) -> Iterator[Part]:
        users = [
            f"“{flow.name}”"
            for flow in self._agent.workflows
            if any(isinstance(step, CallBlock) and step.block == self._flow.id for step in flow.steps)
        ]
        words = "Other workflows can run it then, as a part of their own."
        yield self._part(
            "reusable",
            partial(SwitchField, "A reusable block", words),
            self._flow.reusable,
        )
        if users or self._flow.reusable:
            used = f"Used in {', '.join(users)}." if users else "No workflow uses it yet."
            yield Part(f"{self._path}/users", Words, used)


def _named(words: str) -> str:
    if not words:
        raise ValueError("A workflow needs a name.")
    return words
