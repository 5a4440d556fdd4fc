"""A call of a system as fields, made from the system's own description (JSON Schema).

- Each parameter shows what it is, whether it is required, and is filled by a fact or a fixed value; a
  parameter with a list of values offers just these.
- Each value of the reply can be kept as a fact, and the fact be renamed everywhere at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from studio.desktop.panels.call_form_schema import machine_name
from studio.desktop.panels.condition_words import read_value, write_value
from studio.desktop.widgets.form import Field, Part
from studio.desktop.widgets.form_fields import Combo, Option, Words
from studio.domain.condition import Scalar
from studio.domain.edit import FieldEdit, wish
from studio.domain.errors import WrongUse
from studio.domain.fact_names import fact_renamed
from studio.domain.frozen import Json
from studio.domain.known import Knowledge, Known, in_words, result_schemas, type_of
from studio.domain.tool import Tool
from studio.domain.workflow import Argument, Binding, SlotType, ToolCall, Verify

_NOT_GIVEN, _FIXED, _NAMED, _RENAMED = ("nothing",), ("fixed",), ("named",), ("renamed",)
_KINDS: dict[SlotType, str] = {
    "number": "a number",
    "date": "a date",
    "email": "an e-mail address",
    "text": "words",
}


class ArgumentField(Field):
    """One parameter: nothing, a fact, or a fixed value of its type."""

    def __init__(
        self,
        name: str,
        schema: Mapping[str, Json],
        required: bool,
        facts: tuple[Option, ...],
        limit: float | None,
    ) -> None:
        kind, choices = type_of(schema)
        limited = f"At most {limit:,g}, whoever asks." if limit is not None else ""
        super().__init__(in_words(name), limited)
        self.title.setText(_titled(name, schema, required))
        self._argument, self._schema, self._kind, self._choices = name, schema, kind, choices
        self._required, self._limit = required, limit
        self._value: Argument | None = None
        sources = (Option(_NOT_GIVEN, "Not given"), Option(_FIXED, "A fixed value"), *facts)
        self.source = Combo(f"{self.name}: filled by", sources)
        self.source.picked.connect(self._on_source)
        self.put(self.source, f"{self.name}: filled by")
        self.fixed: Combo | QLineEdit
        if choices:
            box = Combo(f"{self.name}: value", [Option(each, each) for each in choices])
            box.setPlaceholderText("Choose…")
            box.picked.connect(lambda _value: self._on_fixed())
            self.fixed = box
        else:
            line = QLineEdit()
            line.setPlaceholderText(_KINDS.get(kind, "a value"))
            line.textEdited.connect(lambda _text: self.wait())
            line.returnPressed.connect(self.flush)
            self.on_leaving(line)
            self.fixed = line
        self.fixed.setAccessibleName(f"{self.name}: value")
        self.column.insertWidget(2, self.fixed)

    @property
    def untold(self) -> str:
        """Return a fixed value that was typed and cannot be taken."""
        if self.source.value() != _FIXED or isinstance(self.fixed, Combo):
            return ""
        words = self.fixed.text()
        told = self._value is not None and words == write_value(self._kind, self._value.value)
        return "" if told else words

    def put_back(self, draft: Any) -> None:
        """Let a fixed value stand here again, and say what is wrong with it."""
        if isinstance(self.fixed, QLineEdit):
            self.source.choose(_FIXED)
            self.fixed.setText(draft)
            self.fixed.show()
            self._on_fixed()

    def show_value(self, value: Any) -> None:
        """Show how the parameter is filled; a fixed value that was not told stays."""
        if value is not None and value == self._value:
            return
        if value is None and self._value is None and self.source.value() == _FIXED:
            return
        self._value = value
        if value is None:
            self.source.choose(_NOT_GIVEN)
        elif value.fact is not None:
            if not self.source.choose(value.fact):
                self.source.setPlaceholderText(f"{in_words(value.fact)} (no longer there)")
        else:
            self.source.choose(_FIXED)
            words = write_value(self._kind, value.value)
            if isinstance(self.fixed, Combo):
                self.fixed.choose(words)
            elif self.fixed.text() != words:
                self.fixed.setText(words)
        self.fixed.setVisible(self.source.value() == _FIXED)
        self._judge()

    def flush(self) -> None:
        """Tell a fixed value that was typed."""
        waiting = self._pause.isActive()
        super().flush()
        if waiting:
            self._on_fixed()

    def _judge(self) -> None:
        nothing = self._value is None
        self.complain("Without it the system cannot be called." if nothing and self._required else "", "warn")

    def _on_source(self, chosen: Any) -> None:
        fixed = chosen == _FIXED
        self.fixed.setVisible(fixed)
        if fixed:
            self.fixed.setFocus(Qt.FocusReason.OtherFocusReason)
            self.complain("")
            return
        fact = None if chosen == _NOT_GIVEN else str(chosen)
        self._tell(Argument(name=self._argument, fact=fact) if fact else None)

    def _on_fixed(self) -> None:
        words = str(self.fixed.value() or "") if isinstance(self.fixed, Combo) else self.fixed.text()
        try:
            value = read_value(self._kind, words)
            self._within(value)
        except ValueError as error:
            self.complain(str(error))
            return
        self._tell(Argument(name=self._argument, value=value))

    def _within(self, value: Scalar) -> None:
        """Hold a number against what the system takes; raises ValueError with a sentence."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return
        low, high = self._schema.get("minimum"), self._schema.get("maximum")
        highest = min([each for each in (high, self._limit) if isinstance(each, int | float)], default=None)
        if isinstance(low, int | float) and value < low:
            raise ValueError(f"It has to be at least {low:,g}.")
        if highest is not None and value > highest:
            raise ValueError(f"It may be at most {highest:,g}.")
        if self._schema.get("type") == "integer" and isinstance(value, float):
            raise ValueError("It has to be a whole number.")

    def _tell(self, argument: Argument | None) -> None:
        if argument != self._value:
            self._value = argument
            self._judge()
            self.committed.emit(argument)


@dataclass(frozen=True)
class NewName:
    """The fact that a value is kept as is to have this name, wherever it stands."""

    words: str


class ResultField(Field):
    """One value of the reply: kept as a fact, under which name, or not."""

    def __init__(
        self,
        name: str,
        schema: Mapping[str, Json],
        facts: Mapping[str, str],
        own: str,
        rename: Callable[[str], str] | None,
    ) -> None:
        super().__init__(in_words(name))
        self.title.setText(_titled(name, schema, False))
        words = facts.get(own, in_words(own))
        options = [Option("", "Not kept"), Option(own, f"Kept as “{words}”")]
        self._rename = rename
        if rename is not None:
            options.append(Option(_RENAMED, f"Rename “{words}” everywhere…"))
        others = [
            Option(k, f"Kept as “{w}”", "Under the name of another fact")
            for k, w in facts.items()
            if k != own
        ]
        self._facts = facts
        self.box = Combo(
            f"{self.name}: kept as", [*options, Option(_NAMED, "Kept under another name…"), *others]
        )
        self.box.picked.connect(self._on_picked)
        self.put(self.box, f"{self.name}: kept as")
        self.line = QLineEdit()
        self.line.setPlaceholderText("for example: Days elapsed")
        self.line.setAccessibleName(f"{self.name}: name of the fact")
        self.line.returnPressed.connect(self._on_named)
        self.column.insertWidget(2, self.line)
        self.line.hide()
        self._value = ""

    def show_value(self, value: Any) -> None:
        """Show under which name the value is kept."""
        self._value = value or ""
        if not self.box.choose(self._value):
            self.box.setPlaceholderText(f"Kept as “{in_words(self._value)}”")

    @property
    def untold(self) -> str:
        """Return a name that was typed and not told."""
        return self.line.text().strip() if self.box.value() in (_NAMED, _RENAMED) else ""

    @property
    def draft(self) -> Any:
        """Return the name with what it was typed for."""
        return self.box.value(), self.line.text()

    def put_back(self, draft: Any) -> None:
        """Let a name stand here again that was not told."""
        if self.box.choose(draft[0]):
            self.line.setText(draft[1])
            self.line.show()
            self.complain("Press Enter when the name is there.", "none")

    def _on_picked(self, value: Any) -> None:
        self.line.setVisible(value in (_NAMED, _RENAMED))
        self.complain("")
        if value in (_NAMED, _RENAMED):
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)
            self.complain("Press Enter when the name is there.", "none")
        elif value != self._value:
            self._value = value
            self.committed.emit(value)

    def _on_named(self) -> None:
        if self.box.value() == _RENAMED:
            refused = self._rename(self.line.text()) if self._rename else ""
            self.complain(refused)
            if not refused:
                self.committed.emit(NewName(self.line.text()))
            return
        name = machine_name(self.line.text())
        if not name or name in self._facts:
            self.complain("Another fact is called so." if name else "Give it a name of letters.")
            return
        self._value = name
        self.committed.emit(name)


def _titled(name: str, schema: Mapping[str, Json], required: bool) -> str:
    about = str(schema.get("description", "")).rstrip(".")
    words = f"{in_words(name)}: {about[:1].lower()}{about[1:]}" if about else in_words(name)
    return f"{words} · required" if required else words


@dataclass(frozen=True)
class CallParts:
    """Builds the fields of a call."""

    step: ToolCall | Verify
    tool: Tool
    path: str
    knowledge: Knowledge
    known: Known
    tell: Callable[[FieldEdit], object]

    def about(self) -> str:
        """Return what the system does, and what follows of it."""
        words = [self.tool.description.rstrip(".")]
        if self.tool.effect == "write":
            words.append(
                "It changes something" + ("" if self.tool.reversible else " that cannot be taken back")
            )
        else:
            words.append("It only looks something up")
        return ". ".join(each for each in words if each) + "."

    def arguments(self) -> Iterator[Part]:
        """Yield a field for each parameter, and those the step fills that the system does not take."""
        properties: Mapping[str, Mapping[str, Json]] = self.tool.parameters.get("properties", {})
        given = {each.name: each for each in self.step.arguments}
        limits = {limit.argument: limit.maximum for limit in self.tool.limits}
        options = self._facts()
        for name, schema in properties.items():
            required, limit = name in self.tool.required_arguments, limits.get(name)

            def make(
                name: str = name, schema: Mapping[str, Json] = schema, required: bool = required,
                limit: float | None = limit,
            ) -> Field:  # fmt: skip
                return ArgumentField(name, schema, required, options, limit)

            mark = (self.tool.name, repr(schema), required, limit, options)
            told = self._filled(name)
            yield Part(f"{self.path}/arguments/{name}", make, given.get(name), mark, told)
        if isinstance(self.step, Verify) and not self.step.arguments:
            words = "Nothing is chosen: facts of the same names are sent."
            yield Part(f"{self.path}/arguments", lambda: Words(), words)
        for name in given.keys() - properties.keys():
            words = f"“{in_words(name)}” is filled, but the system does not take it."
            yield Part(f"{self.path}/arguments/{name}", partial(Words, words, "warn"), None, words)

    def _facts(self) -> tuple[Option, ...]:
        groups: dict[str, list[Option]] = {"A fact known here": [], "A fact not always known here": []}
        for fact in self.knowledge.facts.values():
            group = "A fact known here" if fact.id in self.known.sure else "A fact not always known here"
            groups[group].append(Option(fact.id, fact.label, group, fact.origin))
        return tuple(option for options in groups.values() for option in options)

    def _filled(self, name: str) -> Callable[[Argument | None], object]:
        def told(argument: Argument | None) -> None:
            others = [each for each in self.step.arguments if each.name != name]
            order = list(self.tool.argument_names)
            made = [*others, argument] if argument is not None else others
            made.sort(key=lambda each: order.index(each.name) if each.name in order else len(order))
            self.tell(wish(f"{self.path}/arguments", tuple(made)))

        return told

    def results(self) -> Iterator[Part]:
        """Yield a field for each value of the reply."""
        if not isinstance(self.step, ToolCall):
            return
        kept = {each.result: each.fact for each in self.step.results}
        schemas = dict(result_schemas(self.tool))
        facts = {
            fact.id: fact.label
            for fact in self.knowledge.facts.values()
            if fact.id not in ("segment", "region")
        }
        for name in dict.fromkeys((*schemas, *kept)):
            schema = schemas.get(name, {})
            own = kept.get(name) or name.split(".")[-1]

            def make(name: str = name, schema: Mapping[str, Json] = schema, own: str = own) -> Field:
                rename = partial(self._why_not, own) if name in kept else None
                return ResultField(name, schema, facts, own, rename)

            place = f"{self.path}/results/{name}"
            yield Part(
                place, make, kept.get(name, ""), (repr(schema), own, name in kept, tuple(facts)),
                self._kept(name, place), "" if name in schemas else "The system does not answer this.",
            )  # fmt: skip

    def _why_not(self, fact: str, name: str) -> str:
        """Return why a fact cannot have a name; "" where it can."""
        try:
            fact_renamed(self.knowledge.agent, fact, name)
        except WrongUse as error:
            return str(error)
        return ""

    def _kept(self, name: str, place: str) -> Callable[[str | NewName], object]:
        def told(fact: str | NewName) -> None:
            assert isinstance(self.step, ToolCall)
            if isinstance(fact, NewName):
                old = next(each.fact for each in self.step.results if each.result == name)
                self.tell(fact_renamed(self.knowledge.agent, old, fact.words))
                return
            made = [each for each in self.step.results if each.result != name]
            if fact:
                made.append(Binding(result=name, fact=fact))
            self.tell(wish(f"{self.path}/results", tuple(made)))

        return told
