"""What a system does when it is rehearsed, as fields: where it looks, what it changes, when it refuses.

- A rehearsed system works on the tables of records; what it does is told as the whole new behaviour.
- With no table chosen it answers what each test says, or looks up by the number it is given.
- A change that lacks something stays, with a sentence; only whole ones are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.panels.condition_builder import ConditionBuilder
from studio.desktop.panels.condition_words import read_value, write_value
from studio.desktop.theme.tokens import S1, S2
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.form import Field, Part, clear
from studio.desktop.widgets.form_fields import ChoiceField, Combo, Option, Words
from studio.desktop.widgets.form_list import PickField
from studio.desktop.widgets.pane import row
from studio.domain.changeset import join_path
from studio.domain.edit import FieldEdit, wish
from studio.domain.known import Fact, in_words
from studio.domain.tool import Tool
from studio.domain.workflow import SlotType
from studio.domain.world import Column, Effect, Mock, RecordTable

DOES = {"set": "becomes", "add": "grows by", "subtract": "shrinks by"}
_FIXED = ("fixed",)
NO_TABLES = (
    "There are no tables of records yet: each test says what the system answers. Make a table under Records "
    "on Simulate, and say here what the system does to it."
)


def column_words(column: Column) -> str:
    """Return what people call a column."""
    return column.label or in_words(column.id)


class MockParts:
    """Builds the fields of one system's rehearsed behaviour."""

    def __init__(
        self, tool: Tool, tables: Sequence[RecordTable], tell: Callable[[FieldEdit], object]
    ) -> None:
        self._tool, self._tables, self._tell = tool, tuple(tables), tell
        self._mock = tool.mock or Mock()
        self._path = join_path("tools", tool.name, "mock")

    def parts(self) -> Iterator[Part]:
        """Yield the fields; what needs a table only where one is chosen."""
        if not self._tables and self._tool.mock is None:
            yield Part(f"{self._path}/none", Words, NO_TABLES)
            return
        tables = tuple(Option(each.id, each.name) for each in self._tables)
        arguments = tuple(Option(name, in_words(name)) for name in self._tool.argument_names)
        looks = (Option(None, "None: a test, or the number given, says"), *tables)
        yield self._part("table", partial(ChoiceField, "Works on the table", looks), looks, self._moved)
        table = next((each for each in self._tables if each.id == self._mock.table), None)
        if table is not None:
            which = (Option(None, f"The value called “{in_words(table.key)}”"), *arguments)
            make = partial(ChoiceField, "Is told which record by", which)
            yield self._part("argument", make, which)
            columns = tuple(each for each in table.columns if each.id != table.key)
            yield self._part(
                "effects", partial(EffectsField, columns, arguments), (columns, arguments, table.id)
            )
            yield self._condition(table)
            make_checks = partial(
                PickField, "Has to agree with the record", arguments, add="Add what has to agree…"
            )
            yield self._part("checks", make_checks, arguments)
        new = (Option(None, "Makes no new record"), *tables)
        yield self._part("adds", partial(ChoiceField, "Makes a new record in", new), new)

    def _part(
        self, name: str, make: Callable[[], QWidget], mark: Any, told: Callable[[Any], object] | None = None
    ) -> Part:
        return Part(
            f"{self._path}/{name}", make, getattr(self._mock, name), mark, told or partial(self._put, name)
        )

    def _condition(self, table: RecordTable) -> Part:
        facts = {each.id: _fact(each, table) for each in table.columns}
        options = [Option(each.id, each.label) for each in facts.values()]
        make = partial(
            ConditionBuilder, "Refuses unless the record says", facts, options, "Nothing is demanded."
        )
        return self._part("only_when", make, tuple(facts.values()))

    def _moved(self, table: str | None) -> None:
        """Work on another table: what was said of the columns of the former one goes with it."""
        kept = {"adds": self._mock.adds, "checks": self._mock.checks if table else ()}
        self._say(Mock.model_validate({**kept, "table": table}))

    def _put(self, name: str, value: Any) -> None:
        self._say(self._mock.model_copy(update={name: value}))

    def _say(self, mock: Mock) -> None:
        title = f"Say what “{in_words(self._tool.name)}” does when it is rehearsed"
        self._tell(wish(self._path, None if mock == Mock() else mock, title))


def _fact(column: Column, table: RecordTable) -> Fact:
    kind: SlotType = column.type
    choices = ("yes", "no") if kind == "yes or no" else ()
    return Fact(column.id, column_words(column), kind, f"a column of “{table.name}”", choices)


@dataclass
class _Draft:
    """One change of a record that may not be complete yet."""

    effect: Effect
    column: str
    does: str
    argument: str | None
    words: str


class EffectsField(Field):
    """What a call does to the columns of the record it is about; tells all effects, once all are whole."""

    def __init__(self, columns: Sequence[Column], arguments: Sequence[Option]) -> None:
        super().__init__("Changes of the record", "")
        self._columns = {each.id: each for each in columns}
        self._arguments = tuple(arguments)
        self._value: tuple[Effect, ...] | None = None
        self._drafts: list[_Draft] = []
        holder = QWidget()
        self._rows = QVBoxLayout(holder)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(S2)
        self.put(holder)

    def show_value(self, value: Any) -> None:
        """Show the effects; drafts that were not told stay."""
        if value == self._value:
            return
        self._value = tuple(value or ())
        self._drafts = [self._draft(each) for each in self._value]
        self._build()

    def flush(self) -> None:
        """Tell what was typed and not told yet."""
        waiting = self._pause.isActive()
        super().flush()
        if waiting:
            self._settle()

    def _draft(self, effect: Effect) -> _Draft:
        words = write_value(self._kind(effect.column), effect.value)
        return _Draft(effect, effect.column, effect.does, effect.argument, words)

    def _kind(self, column: str) -> SlotType:
        found = self._columns.get(column)
        return found.type if found else "text"

    def _build(self) -> None:
        clear(self._rows)
        for number, draft in enumerate(self._drafts, 1):
            self._rows.addWidget(self._row(number, draft))
        add = Button("Add a change", self._add, kind="link", name="Add a change of the record")
        self._rows.addLayout(row(add))

    def _row(self, number: int, draft: _Draft) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "box")
        column = QVBoxLayout(frame)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(S1)
        said = f"Change {number}"
        names = [Option(each.id, column_words(each)) for each in self._columns.values()]
        what = Combo(f"{said}: column", names)
        what.setPlaceholderText("Choose a column…")
        what.choose(draft.column)
        what.picked.connect(partial(self._picked, draft, "column"))
        remove = Button("", partial(self._remove, draft), kind="quiet", icon="cross", name=f"Remove {said}")
        head = row(what, remove, gap=2, stretch=False)
        head.setStretch(0, 1)
        column.addLayout(head)
        if draft.effect.table is not None:
            column.addWidget(Words(f"In another table: {in_words(draft.effect.table)}."))
        does = Combo(f"{said}: how", [Option(each, words) for each, words in DOES.items()])
        does.choose(draft.does)
        does.picked.connect(partial(self._picked, draft, "does"))
        column.addWidget(does)
        by = Combo(f"{said}: to what", [Option(_FIXED, "A fixed value"), *self._arguments])
        by.choose(draft.argument if draft.argument is not None else _FIXED)
        by.picked.connect(partial(self._picked, draft, "argument"))
        column.addWidget(by)
        if draft.argument is None:
            column.addWidget(self._line(said, draft))
        return frame

    def _line(self, said: str, draft: _Draft) -> QLineEdit:
        line = QLineEdit(draft.words)
        line.setAccessibleName(f"{said}: value")
        line.setPlaceholderText("the value")
        line.textEdited.connect(partial(self._typed, draft))
        line.returnPressed.connect(self.flush)
        self.on_leaving(line)
        return line

    # What a person does

    def _add(self) -> None:
        self._drafts.append(_Draft(Effect(column=""), "", "set", None, ""))
        self._build()

    def _remove(self, draft: _Draft) -> None:
        self._drafts = [each for each in self._drafts if each is not draft]
        self._settle()
        self._build()

    def _picked(self, draft: _Draft, what: str, value: Any) -> None:
        setattr(draft, what, None if value == _FIXED else value)
        self._build()
        self._settle()

    def _typed(self, draft: _Draft, words: str) -> None:
        draft.words = words
        self.wait()

    def _settle(self) -> None:
        try:
            made = tuple(self._effect(each) for each in self._drafts)
        except ValueError as error:
            self.complain(str(error), "warn")
            return
        self.complain("")
        if made != self._value:
            self._value = made
            self.committed.emit(made)

    def _effect(self, draft: _Draft) -> Effect:
        """Return a whole effect; raises ValueError with what lacks."""
        if draft.effect.table is None and draft.column not in self._columns:
            raise ValueError("Choose the column that changes.")
        given: dict[str, Any] = {"column": draft.column, "does": draft.does, "table": draft.effect.table}
        if draft.argument is not None:
            return Effect.model_validate({**given, "argument": draft.argument})
        value = read_value(self._kind(draft.column), draft.words)
        if draft.does != "set" and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ValueError("Only a number can be added or taken off.")
        return Effect.model_validate({**given, "value": value})
