"""What a system takes or answers, as rows that people edit; behind them stands its JSON Schema.

- A row is a value with a name, a type in words, whether it is always there, and what it is.
- What these rows cannot say (parts within parts, lists) is kept as it is and shown as such.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.theme.tokens import S1, S2
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.form import Field, clear
from studio.desktop.widgets.form_fields import Combo, Option
from studio.desktop.widgets.labels import Elided
from studio.desktop.widgets.pane import row
from studio.domain.frozen import Json
from studio.domain.known import in_words

KINDS: dict[str, tuple[str, dict[str, Json]]] = {
    "words": ("Words", {"type": "string"}),
    "number": ("A number or amount", {"type": "number"}),
    "whole": ("A whole number", {"type": "integer"}),
    "yes or no": ("Yes or no", {"type": "boolean"}),
    "date": ("A date", {"type": "string", "format": "date"}),
    "email": ("An e-mail address", {"type": "string", "format": "email"}),
    "choice": ("One of a list", {"type": "string"}),
}
_OTHER = "other"
_KEPT = ("description", "minimum", "maximum")


def kind_of(schema: Mapping[str, Json]) -> str:
    """Return which of the kinds a schema is; `other` where these words do not say it."""
    if isinstance(schema.get("enum"), list):
        return "choice"
    found = {name: value for name, value in schema.items() if name in ("type", "format")}
    return next((kind for kind, (_, wanted) in KINDS.items() if wanted == found), _OTHER)


def machine_name(words: str) -> str:
    """Return a name that a system can be called with."""
    made = re.sub(r"[^a-z0-9]+", "_", words.casefold()).strip("_")
    return made if not made or made[0].isalpha() else f"value_{made}"


class SchemaField(Field):
    """Edits the values of one schema; tells the whole new schema."""

    def __init__(self, title: str, noun: str, always: str) -> None:
        super().__init__(title)
        self._noun, self._always = noun, always
        self._schema: dict[str, Json] = {}
        self._built = False
        holder = QWidget()
        self._rows = QVBoxLayout(holder)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(S2)
        self.put(holder)
        self._lines: dict[tuple[str, str], QLineEdit] = {}

    def show_value(self, value: Any) -> None:
        """Show a schema."""
        if self._built and value == self._schema:
            return
        self._schema, self._built = dict(value or {}), True
        self._build()

    @property
    def untold(self) -> str:
        """Return a name that was typed and not added."""
        return self.adder.text().strip() if self._built else ""

    def put_back(self, draft: Any) -> None:
        """Let a name stand here again that was not added."""
        self.adder.setText(draft)
        self.complain("Press Enter to add it.", "none")

    def flush(self) -> None:
        """Tell what was typed into a row and not told yet."""
        waiting = self._pause.isActive()
        super().flush()
        if waiting:
            self._told_lines()

    def _properties(self) -> dict[str, Any]:
        found = self._schema.get("properties")
        return dict(found) if isinstance(found, dict) else {}

    def _build(self) -> None:
        self._lines = {}
        clear(self._rows)
        required = self._schema.get("required") or ()
        for name, schema in self._properties().items():
            self._rows.addWidget(
                self._row(name, schema if isinstance(schema, dict) else {}, name in required)
            )
        self.adder = QLineEdit()
        self.adder.setPlaceholderText(f"Add a {self._noun}: type its name…")
        self.adder.setAccessibleName(f"Add a {self._noun}")
        self.adder.returnPressed.connect(self._add)
        self._rows.addWidget(self.adder)

    def _row(self, name: str, schema: Mapping[str, Json], required: bool) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "box")
        column = QVBoxLayout(frame)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(S1)
        said, kind = in_words(name), kind_of(schema)
        remove = Button("", partial(self._remove, name), kind="quiet", icon="cross", name=f"Remove {said}")
        head = row(Elided(said), remove, gap=2, stretch=False)
        head.setStretch(0, 1)
        column.addLayout(head)
        options = [Option(each, words) for each, (words, _) in KINDS.items()]
        if kind == _OTHER:
            options.append(Option(_OTHER, "Has parts of its own (kept as it is)"))
        box = Combo(f"{said}: what it is", options)
        box.choose(kind)
        box.picked.connect(partial(self._retype, name))
        column.addWidget(box)
        if kind == "choice":
            column.addWidget(self._line(name, "enum", "What it can be, with commas", schema.get("enum")))
        column.addWidget(self._line(name, "description", "What it means", schema.get("description")))
        tick = QCheckBox(self._always)
        tick.setAccessibleName(f"{said}: {self._always}")
        tick.setChecked(required)
        tick.clicked.connect(lambda on: self._require(name, bool(on)))
        column.addWidget(tick)
        return frame

    def _line(self, name: str, field: str, hint: str, value: Json) -> QLineEdit:
        line = QLineEdit(", ".join(map(str, value)) if isinstance(value, list) else str(value or ""))
        line.setCursorPosition(0)
        line.setPlaceholderText(hint)
        line.setAccessibleName(f"{in_words(name)}: {hint[:1].lower()}{hint[1:]}")
        line.textEdited.connect(lambda _text: self.wait())
        line.returnPressed.connect(self.flush)
        self.on_leaving(line)
        self._lines[name, field] = line
        return line

    # Edits

    def _told_lines(self) -> None:
        properties = self._properties()
        for (name, field), line in self._lines.items():
            text = line.text().strip()
            schema = dict(properties[name])
            value: Json = text
            if field == "enum":
                value = [part.strip() for part in text.split(",") if part.strip()]
                if not value or len(set(value)) < len(value):
                    self.complain("Name what it can be, each once, with commas between.")
                    return
            schema.pop(field, None)
            if value:
                schema[field] = value
            properties[name] = schema
        self.complain("")
        self._tell(properties)

    def _add(self) -> None:
        name = machine_name(self.adder.text())
        properties = self._properties()
        if not name or name in properties:
            self.complain(f"There is a {self._noun} of that name." if name else "Give it a name of letters.")
            return
        self.complain("")
        properties[name] = {"type": "string"}
        self._tell(properties, {*self._required(), name})
        self.adder.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove(self, name: str) -> None:
        properties = self._properties()
        properties.pop(name)
        self._tell(properties)

    def _retype(self, name: str, kind: Any) -> None:
        properties = self._properties()
        old = properties[name]
        kept = {each: old[each] for each in _KEPT if each in old}
        if kind not in ("number", "whole"):
            kept = {each: value for each, value in kept.items() if each == "description"}
        properties[name] = {**KINDS[kind][1], **kept}
        if kind == "choice":
            properties[name]["enum"] = ["first", "second"]
        self._tell(properties)

    def _require(self, name: str, on: bool) -> None:
        required = set(self._required())
        self._tell(self._properties(), required | {name} if on else required - {name})

    def _required(self) -> tuple[str, ...]:
        return tuple(self._schema.get("required") or ())

    def _tell(self, properties: dict[str, Any], required: set[str] | None = None) -> None:
        wanted = set(self._required()) if required is None else required
        listed = [name for name in properties if name in wanted]
        made = {**self._schema, "type": "object", "properties": properties, "required": listed}
        if made == self._schema:
            return
        again = set(properties) != set(self._properties()) or any(
            kind_of(properties[name]) != kind_of(self._properties()[name]) for name in properties
        )
        self._schema = made
        if again:
            self._build()
        self.committed.emit(made)
