"""Editors of what is more than a text in a proposed value: a condition by choosing, what must happen.

- They are the builder and the cards of the authoring pages; here nothing is kept before the form is.
- `text` is what stands there as a line that reads back; `trouble` is what is not complete, or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from studio.desktop.panels.condition_builder import ConditionBuilder
from studio.desktop.panels.scenario_expect import ExpectParts
from studio.desktop.panels.scenario_rehearsal import AddField, FaultParts, Faults, ReplyParts
from studio.desktop.panels.scenario_words import first, kind_options
from studio.desktop.widgets.form import Form, Part, Section
from studio.desktop.widgets.form_fields import Option, Words
from studio.desktop.widgets.form_list import PickField
from studio.desktop.widgets.pane import group
from studio.domain.agent import Agent
from studio.domain.condition import Condition
from studio.domain.condition_text import read_condition, write_condition
from studio.domain.expectation_text import read_expectations, write_expectations
from studio.domain.known import Fact, Knowledge
from studio.domain.rehearsal_text import read_faults, read_replies, write_faults, write_replies
from studio.domain.scenario import Expectation, Fault, SystemReply


def _hold(around: QWidget, *parts: QWidget) -> None:
    """Lay parts one below the other, no higher than they need."""
    column = QVBoxLayout(around)
    column.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        column.addWidget(part)
    around.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)


class ConditionEditor(QWidget):
    """A condition, chosen part by part."""

    def __init__(self, name: str, text: str, facts: Mapping[str, Fact]) -> None:
        super().__init__()
        self._value: Condition | None = read_condition(text)
        self._was, self._text = self._value, text
        options = [Option(each.id, each.label, "", each.origin) for each in facts.values()]
        self.builder = ConditionBuilder(name, facts, options, "No condition.")
        self.builder.show_value(self._value)
        self.builder.committed.connect(self._told)
        _hold(self, self.builder)

    def _told(self, value: Any) -> None:
        self._value = value

    @property
    def text(self) -> str:
        """Return the condition as a line; the very text where it is still what was proposed."""
        self.builder.flush()
        return self._text if self._value == self._was else write_condition(self._value)

    @property
    def trouble(self) -> str:
        """Return what is not complete."""
        self.builder.flush()
        unsaid = self.builder.untold
        return f"“{self.builder.name}” is not complete: {unsaid}." if unsaid else ""


class NamesEditor(QWidget):
    """Several of what there is, in order."""

    def __init__(self, name: str, text: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._names = tuple(line for line in text.splitlines() if line)
        pick = PickField(name, [Option(kept, words) for kept, words in choices])
        pick.show_value(self._names)
        pick.committed.connect(self._told)
        _hold(self, pick)

    def _told(self, names: tuple[str, ...]) -> None:
        self._names = names

    @property
    def text(self) -> str:
        """Return the names, a line each."""
        return "\n".join(self._names)

    @property
    def trouble(self) -> str:
        """Return nothing: what is chosen is there."""
        return ""


class ExpectationsEditor(QWidget):
    """What must happen in a test: a card for each expectation, and a choice that adds one."""

    def __init__(self, text: str, agent: Agent, workflow: str = "") -> None:
        super().__init__()
        self._agent, self._knowledge, self._workflow = agent, Knowledge(agent), workflow
        self._value: tuple[Expectation, ...] = read_expectations(text)
        self._was, self._text = self._value, text
        self.form = Form()
        _hold(self, group("What must happen"), self.form)
        self._show()

    @property
    def text(self) -> str:
        """Return the expectations as lines; the very text where they are still what was proposed."""
        self.form.flush()
        return self._text if self._value == self._was else write_expectations(self._value)

    @property
    def trouble(self) -> str:
        """Return what cannot be read in a field."""
        return _untold(self.form)

    def _show(self) -> None:
        options = kind_options(self._agent)
        words = "" if self._value else "Nothing is expected, so every conversation would be right."
        head = Part("note", Words, words)
        add = Part("add", partial(AddField, "Add what must happen…", options), mark=options, told=self._add)
        sections = [
            ExpectParts(
                self._agent,
                self._knowledge,
                self._workflow,
                f"expect/{number}",
                each,
                partial(self._put, number),
            ).section()
            for number, each in enumerate(self._value)
        ]
        self.form.show_parts([*sections, Section("", [head, add])])

    def _add(self, kind: str) -> None:
        made = first(self._agent, kind, self._workflow)
        if made is not None:
            self._value = (*self._value, made)
            self._show()

    def _put(self, number: int, made: Expectation | None) -> None:
        kept = (made,) if made is not None else ()
        self._value = (*self._value[:number], *kept, *self._value[number + 1 :])
        self._show()


class RepliesEditor(QWidget):
    """What the systems answer in a test, value by value."""

    def __init__(self, text: str, agent: Agent) -> None:
        super().__init__()
        self._agent, self._value = agent, read_replies(text)
        self._was, self._text = self._value, text
        self.form = Form()
        _hold(self, group("What the systems answer"), self.form)
        self._show()

    @property
    def text(self) -> str:
        """Return the replies as lines; the very text where they are still what was proposed."""
        self.form.flush()
        return self._text if self._value == self._was else write_replies(self._value)

    @property
    def trouble(self) -> str:
        """Return what cannot be read in a field."""
        return _untold(self.form)

    def _show(self) -> None:
        parts = ReplyParts(self._agent, "systems", self._value, self._put).parts()
        self.form.show_parts([Section("", list(parts))])

    def _put(self, replies: tuple[SystemReply, ...], _what: str) -> None:
        self._value = replies
        self._show()


class FaultsEditor(QWidget):
    """What fails in a test: how often and where, and a choice that adds more."""

    def __init__(self, text: str, possible: Faults) -> None:
        super().__init__()
        self._possible, self._value = possible, read_faults(text)
        self._was, self._text = self._value, text
        self.form = Form()
        _hold(self, group("What fails"), self.form)
        self._show()

    @property
    def text(self) -> str:
        """Return the failures as lines; the very text where they are still what was proposed."""
        self.form.flush()
        return self._text if self._value == self._was else write_faults(self._value)

    @property
    def trouble(self) -> str:
        """Return what cannot be read in a field."""
        return _untold(self.form)

    def _show(self) -> None:
        parts = FaultParts("faults", self._value, self._possible, self._put).parts()
        self.form.show_parts([Section("", list(parts))])

    def _put(self, faults: tuple[Fault, ...], _what: str) -> None:
        self._value = faults
        self._show()


def _untold(form: Form) -> str:
    """Return what cannot be read in a form, or nothing."""
    form.flush()
    unsaid = next(iter(form.untold().values()), None)
    return f"“{unsaid.name}” cannot be read: {unsaid.words}" if unsaid else ""
