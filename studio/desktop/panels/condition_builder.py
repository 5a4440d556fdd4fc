"""The condition builder: what to look at, how to compare, with what; in groups within groups, by choosing.

- It tells `committed` with a condition (None: nothing chosen) whenever what stands there is complete.
- What is incomplete stays, with a sentence at the part that lacks something; the last complete one holds.
- `keeps` names the values of replies that were chosen and are not kept as facts yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.desktop.panels.condition_draft import (
    HOW_WORDS,
    Comparison,
    Group,
    draft_in_words,
    put_together,
    taken_apart,
)
from studio.desktop.panels.condition_value import ValueEditor
from studio.desktop.panels.condition_words import comparisons, sentence
from studio.desktop.theme.tokens import S1, S2
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.form import Field, clear
from studio.desktop.widgets.form_fields import Combo, Option
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.wrap import WrapLayout
from studio.domain.condition import Condition
from studio.domain.known import Fact, Knowledge, Known, Result

_DEEPEST = 4
_SIDE_BY_SIDE = 230
_INCOMPLETE = "Not complete yet: until it is, the sentence above holds."
_NOTHING_YET = "Not complete yet, so nothing is changed."


def fact_options(knowledge: Knowledge, known: Known | None = None) -> tuple[Option, ...]:
    """Return what a condition can look at: facts known at a place first, then replies that are not kept."""
    groups: dict[str, list[Option]] = {name: [] for name in _GROUPS}
    for fact in knowledge.facts.values():
        sure = known is None or fact.id in known.sure
        group = _GROUPS[0 if sure else 1 if fact.id in known.possible else 3]  # type: ignore[union-attr]
        if fact.id in ("segment", "region"):
            group = _GROUPS[2]
        groups[group].append(Option(fact.id, fact.label, group if known else "", fact.origin))
    for result in knowledge.results if known else ():
        if not result.fact.id:
            words = f"{result.fact.label} ({result.fact.origin})"
            groups[_GROUPS[4]].append(Option(result, words, _GROUPS[4]))
    return tuple(option for options in groups.values() for option in options)


_GROUPS = (
    "Known here",
    "Known on some ways here",
    "About the customer",
    "Not known here yet",
    "In a system's reply, not kept yet",
)


class ConditionBuilder(Field):
    """Edits one condition."""

    def __init__(
        self, title: str, facts: Mapping[str, Fact], options: Sequence[Option], empty: str = ""
    ) -> None:
        super().__init__(title)
        self._facts, self._options, self._empty = dict(facts), tuple(options), empty
        self._draft, self._built = Group(), False
        self._value: Condition | None = None
        self._rows: list[_ComparisonRow] = []
        self.keeps: dict[str, Result] = {}
        self.said = label("", "", wrap=True)
        self._holder = QWidget()
        self._body = QVBoxLayout(self._holder)
        self._body.setContentsMargins(0, S1, 0, 0)
        self._body.setSpacing(S2)
        self.put(self._holder)
        self.column.insertWidget(1, self.said)

    def show_value(self, value: Any) -> None:
        """Show a condition, unless it is the one that was told last: then the draft is left alone."""
        if self._built and value == self._value:
            return
        self._value, self._built = value, True
        self._draft = taken_apart(value, self._facts)
        self.complain("")
        self._rebuild()

    def flush(self) -> None:
        """Tell what was typed and not told yet."""
        super().flush()
        for each in tuple(self._rows):
            each.value.flush()

    @property
    def untold(self) -> str:
        """Return in words what is chosen and lacks something; an empty row is nothing to keep."""
        try:
            put_together(self._draft)
        except ValueError:
            if not any(test.fact and test.trouble for test in self._draft.tests()):
                return ""
            return draft_in_words(self._draft, self._facts)
        return ""

    @property
    def draft(self) -> Any:
        """Return what is chosen, complete or not."""
        return self._draft, dict(self.keeps), dict(self._facts), self._options

    def put_back(self, draft: Any) -> None:
        """Let what was chosen stand here again; what lacks is said at its part."""
        self._draft, self.keeps, self._facts, self._options = draft
        self._built = True
        self._settle()
        self._rebuild()

    # What a person does

    def _added(self, group: Group, part: Comparison | Group) -> None:
        group.parts.append(part)
        self._changed(part)

    def _removed(self, group: Group, part: Comparison | Group) -> None:
        group.parts.remove(part)
        self._changed(group)

    def _fact_chosen(self, test: Comparison, chosen: Any) -> None:
        if isinstance(chosen, Result):
            name = chosen.name.split(".")[-1]
            fact_id = name if name not in self._facts else f"{name}_of_{chosen.step_id.replace('-', '_')}"
            self.keeps[fact_id] = chosen
            self._facts[fact_id] = Fact(
                fact_id, chosen.fact.label, chosen.fact.type, chosen.fact.origin, chosen.fact.choices
            )
            self._options = (*self._options, Option(fact_id, chosen.fact.label, _GROUPS[0]))
            chosen = fact_id
        fact = self._facts.get(chosen)
        if fact is not None and fact.type != test.kind:
            test.words = ""
        test.fact, test.kind = chosen, fact.type if fact else "text"
        if test.op not in dict(comparisons(test.kind)):
            test.op = "="
        if fact is not None and test.kind == "yes or no":
            test.words = test.words or "yes"
        self._changed(test)

    def _op_chosen(self, test: Comparison, op: Any) -> None:
        test.op = op
        self._changed(test, "comparison")

    def _valued(self, test: Comparison, words: Any) -> None:
        test.words = str(words)
        self._settle()

    def _how_chosen(self, group: Group, how: Any) -> None:
        group.how = how
        self._settle()

    def _changed(self, focus: Comparison | Group, what: str = "") -> None:
        self._settle()
        self._rebuild(focus, what)

    def _settle(self) -> None:
        """Tell the condition where it is complete, and say what lacks where it is not."""
        try:
            made = put_together(self._draft)
        except ValueError:
            self._say()
            self.complain(_INCOMPLETE if self._value else _NOTHING_YET, "warn")
            return
        self.complain("")
        used = {test.fact for test in self._draft.tests()}
        self.keeps = {name: result for name, result in self.keeps.items() if name in used}
        told = made != self._value
        self._value = made
        self._say()
        if told:
            self.committed.emit(made)

    # What is shown

    def _say(self) -> None:
        words = sentence(self._value, self._facts) if self._value else self._empty
        self.said.setText(words[:1].upper() + words[1:] + ("." if self._value else ""))
        self.said.setVisible(bool(words))
        for frame in self._rows:
            frame.say(frame.test.trouble)

    def _rebuild(self, focus: Comparison | Group | None = None, what: str = "") -> None:
        clear(self._body)
        self._rows = []
        self._lay(self._draft, self._body, 0)
        self._say()
        if isinstance(focus, Comparison):
            row = next((r for r in self._rows if r.test is focus), None)
            if row is not None:
                row.take_focus(what)
        elif focus is not None:
            self.adder.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay(self, group: Group, column: QVBoxLayout, depth: int) -> None:
        if len(group.parts) > 1 or group.how != "all" or depth:
            how = Combo("How the comparisons count", [Option(k, w) for k, w in HOW_WORDS.items()])
            how.choose(group.how)
            how.picked.connect(partial(self._how_chosen, group))
            column.addWidget(how)
        for part in group.parts:
            if isinstance(part, Comparison):
                column.addWidget(self._row(group, part))
            else:
                column.addWidget(self._inner(group, part, depth))
        line = WrapLayout(S2 + 4, 2)
        adder = Button("Add a comparison", partial(self._added, group, Comparison()), kind="link")
        line.addWidget(adder)
        if depth == 0:
            self.adder = adder
        if depth < _DEEPEST and group.parts:
            new = Group("any" if group.how in ("all", "not all") else "all", [Comparison()])
            line.addWidget(Button("Add a group", partial(self._added, group, new), kind="link"))
        column.addLayout(line)

    def _inner(self, group: Group, part: Group, depth: int) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "box")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(8, 8, 8, 8)
        inside.setSpacing(S2)
        self._lay(part, inside, depth + 1)
        remove = Button("Remove this group", partial(self._removed, group, part), kind="link")
        inside.addWidget(remove)
        return frame

    def _row(self, group: Group, test: Comparison) -> _ComparisonRow:
        row = _ComparisonRow(test, len(self._rows) + 1, self._facts.get(test.fact), self._options)
        self._rows.append(row)
        row.fact.picked.connect(partial(self._fact_chosen, test))
        row.op.picked.connect(partial(self._op_chosen, test))
        row.value.given.connect(partial(self._valued, test))
        row.remove.clicked.connect(lambda _on=False: self._removed(group, test))
        return row


class _ComparisonRow(QFrame):
    """One comparison: the fact, then comparison and value below it."""

    def __init__(self, test: Comparison, number: int, fact: Fact | None, options: Sequence[Option]) -> None:
        super().__init__()
        self.setProperty("role", "box")
        self.test = test
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        name = f"Comparison {number}"
        self.fact = Combo(f"{name}: what to look at", options)
        self.fact.setPlaceholderText("Choose what to look at…")
        if not self.fact.choose(test.fact) and test.fact:
            self.fact.setPlaceholderText(f"{test.fact.replace('_', ' ')} (no longer there)")
        self.remove = Button("", kind="quiet", icon="cross", name=f"Remove comparison {number}")
        top = QHBoxLayout()
        top.setSpacing(S1)
        top.addWidget(self.fact, 1)
        top.addWidget(self.remove)
        column.addLayout(top)
        ways = dict(comparisons(test.kind))
        if test.op not in ways:
            ways |= {test.op: dict(comparisons("number"))[test.op]}
        self.op = Combo(f"{name}: how to compare", [Option(op, words) for op, words in ways.items()])
        self.op.choose(test.op)
        self.value = ValueEditor(
            f"{name}: value", test.kind, test.op in ("in", "not in"), fact.choices if fact else ()
        )
        self.value.show_words(test.words)
        self._below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._below.setSpacing(6)
        self._below.addWidget(self.op, 2)
        self._below.addWidget(self.value, 3)
        self._ticks = bool(self.value.ticks)
        column.addLayout(self._below)
        for each in (self.op, self.value):
            each.setVisible(bool(test.fact))
        self._trouble = label("", "note", "bad", wrap=True)
        column.addWidget(self._trouble)
        self.say("")

    def minimumSizeHint(self) -> QSize:
        """Be content with a narrow column: what stands side by side is stacked then."""
        return QSize(120, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the value below the comparison where side by side is too narrow."""
        super().resizeEvent(event)
        stacked = self._ticks or event.size().width() < _SIDE_BY_SIDE
        way = QBoxLayout.Direction
        self._below.setDirection(way.TopToBottom if stacked else way.LeftToRight)

    def say(self, trouble: str) -> None:
        """Say what lacks; a row that was only just added is not blamed."""
        shown = trouble if self.test.fact and self.test.words else ""
        self._trouble.setText(shown)
        self._trouble.setVisible(bool(shown))

    def take_focus(self, what: str) -> None:
        """Bring the keyboard to what comes next here."""
        if not self.test.fact:
            self.fact.setFocus(Qt.FocusReason.OtherFocusReason)
        elif what == "comparison":
            self.op.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.fact.setFocus(Qt.FocusReason.OtherFocusReason)
