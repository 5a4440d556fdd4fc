"""A fact that customers are asked for, as fields: what it is, how it is asked for, what is accepted.

- Whether an answer would be accepted is tried by typing one; the form says what the agent would understand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.desktop.panels.slot_form_looks import looks, verdict
from studio.desktop.panels.step_form_text import FactTexts, text_field
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.form import Field, Part
from studio.desktop.widgets.form_fields import ChoiceField, Held, LineField, Option
from studio.desktop.widgets.form_list import LinesField
from studio.desktop.widgets.labels import label, set_tone
from studio.desktop.widgets.wrap import WrapLayout
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.condition import fields_of
from studio.domain.edit import FieldEdit, SetField, wish
from studio.domain.fact_edit import facts_elsewhere, facts_removed
from studio.domain.workflow import Decide, Handoff, Slot, SlotType, ToolCall, Verify, Workflow
from studio.runtime.templates import places
from studio.runtime.walking import question

TYPES: dict[SlotType, str] = {
    "text": "Free words", "code": "A code or reference", "number": "A number", "money": "An amount of money",
    "date": "A date", "email": "An e-mail address", "phone": "A telephone number",
    "choice": "One of a list", "yes or no": "Yes or no",
}  # fmt: skip


class TryField(Field):
    """A line to try an answer in; it says what the agent would do with it, and changes nothing."""

    def __init__(self, slot: Slot) -> None:
        super().__init__("Try an answer")
        self._slot = slot
        self.line = QLineEdit()
        self.line.setPlaceholderText("Type what a customer might say")
        self.put(self.line, "Try an answer")
        self.line.textEdited.connect(self._judge)

    def show_value(self, value: Any) -> None:
        """Judge again by the fact as it is now."""
        self._slot = value
        self._judge(self.line.text())

    def _judge(self, said: str) -> None:
        taken, words = verdict(self._slot, said.strip()) if said.strip() else (True, "")
        self.complain(words, "ok" if taken else "bad")
        set_tone(self.trouble, "ok" if taken else "bad")


def kind_words(slot: Slot) -> str:
    """Return what a fact is in a few words: "A code or reference, like LH-204418"."""
    words = TYPES[slot.type]
    if slot.type == "choice" and slot.choices:
        return f"{words}: {', '.join(slot.choices[:4])}{'…' if len(slot.choices) > 4 else ''}"
    return f"{words}, like {slot.example}" if slot.example else words


def fact_choices(agent: Agent, flow: Workflow) -> tuple[Option, ...]:
    """Return the facts that a step of this workflow can ask for: its own first, then those of others."""
    own = [Option(slot.id, _said(slot), "", kind_words(slot)) for slot in flow.slots]
    others = facts_elsewhere(agent, flow)
    return (*own, *(Option(slot.id, _said(slot), "Asked for elsewhere", kind_words(slot)) for slot in others))


def _said(slot: Slot) -> str:
    return slot.label or slot.id.replace("_", " ")


@dataclass(frozen=True)
class FactParts:
    """Builds the fields of one fact."""

    agent: Agent
    workflow_id: str
    slot: Slot
    texts: FactTexts
    tell: Callable[[FieldEdit], object]
    close: Callable[[], object]

    def parts(self) -> Iterator[Part]:
        """Yield the fields, those that this type of fact has."""
        slot, path = self.slot, join_path("workflows", self.workflow_id, "slots", self.slot.id)
        yield self._part(path, "label", lambda: LineField("Name", read=_named, required=True), slot.label)
        kinds = tuple(Option(kind, words) for kind, words in TYPES.items())
        yield Part(
            f"{path}/type", lambda: ChoiceField("What it is", kinds), slot.type,
            told=lambda kind: self.tell(self._typed(path, kind)),
        )  # fmt: skip
        yield self._part(path, "prompt", self._asked, slot.prompt, (slot.label, self.texts.mark))
        if slot.type == "choice":
            yield self._part(
                path, "choices",
                lambda: LinesField("What can be chosen", hint="Add a choice…", noun="choice"), slot.choices,
                warn="" if slot.choices else "Name at least one thing that can be chosen.",
            )  # fmt: skip
        if slot.type != "yes or no":
            warn = (
                verdict(slot, slot.example)[1] if slot.example and not verdict(slot, slot.example)[0] else ""
            )
            yield self._part(
                path, "example", lambda: LineField("Example"),
                slot.example, warn=f"{warn} Change the example, or what is accepted." if warn else "",
            )  # fmt: skip
        if slot.type == "code":
            forms = looks(slot.example, slot.pattern)
            hint = "" if slot.example else "Give an example first; then forms are offered that fit it."
            yield self._part(
                path,
                "pattern",
                lambda: ChoiceField("How it has to look", forms, hint),
                slot.pattern,
                (forms, hint),
            )
        yield Part(f"{path}/try", lambda: TryField(slot), slot)
        yield Part(f"{path}/remove", self._last, mark=(slot.label, self._used()))

    def _part(
        self, path: str, name: str, make: Callable[[], Field], value: Any, mark: Any = None, warn: str = ""
    ) -> Part:
        place = f"{path}/{name}"
        return Part(place, make, value, mark, lambda given: self.tell(wish(place, given)), warn)

    def _asked(self) -> Field:
        texts = self.texts
        own = question(self.slot.model_copy(update={"prompt": ""}))
        return text_field("How it is asked for", texts, hint=own)

    def _typed(self, path: str, kind: SlotType) -> FieldEdit:
        """Another type lets go of what only the old one has."""
        sets = [SetField(path=f"{path}/type", value=kind)]
        if self.slot.pattern and kind != "code":
            sets.append(SetField(path=f"{path}/pattern"))
        if self.slot.choices and kind != "choice":
            sets.append(SetField(path=f"{path}/choices", value=()))
        return FieldEdit(sets=tuple(sets))

    def _used(self) -> str:
        places_ = used_in(self.agent, self.slot.id)
        if not places_:
            return "It is used nowhere."
        named = ", ".join(f"“{each}”" for each in places_[:4]) + (" and others" if len(places_) > 4 else "")
        return f"Used in {named}. Removing it leaves them without it; undo brings it back."

    def _last(self) -> Held:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(self._used(), "small", wrap=True))
        done = Button("Done", self.close, name=f"Done with {self.slot.label}")
        remove = Button("Remove this fact", self._remove, kind="reject")
        ways = WrapLayout(8)
        ways.addWidget(done)
        ways.addWidget(remove)
        column.addLayout(ways)
        return Held(holder)

    def _remove(self) -> None:
        self.tell(facts_removed(self.agent, self.workflow_id, (self.slot.id,)))


def used_in(agent: Agent, fact_id: str) -> tuple[str, ...]:
    """Return the titles of the steps and decisions that use a fact."""
    found: list[str] = []
    for flow in agent.workflows:
        for step in flow.steps:
            texts = (getattr(step, "say", ""), getattr(step, "text", ""))
            uses = fact_id in getattr(step, "slots", ()) or any(fact_id in places(text) for text in texts)
            if isinstance(step, ToolCall | Verify):
                uses = uses or any(argument.fact == fact_id for argument in step.arguments)
            if isinstance(step, Decide):
                uses = uses or any(fact_id in fields_of(b.when) for b in step.branches if b.when)
            if isinstance(step, Handoff):
                uses = uses or fact_id in step.context
            if uses:
                found.append(step.title)
    found += [table.name for table in agent.tables if any(each.id == fact_id for each in table.inputs)]
    return tuple(dict.fromkeys(found))


def _named(words: str) -> str:
    if not words:
        raise ValueError("A fact needs a name.")
    return words
