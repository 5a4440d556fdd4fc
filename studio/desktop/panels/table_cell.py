"""One cell of a decision table by choosing: a comparison and its value; told as the text one would type."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.desktop.panels.condition_value import ValueEditor
from studio.desktop.widgets.form_fields import Combo, Option
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.wrap import WrapLayout
from studio.domain.cell_text import cell_text
from studio.domain.condition import spell
from studio.domain.table_edit import THEN
from studio.domain.workflow import Cell, SlotType, TableInput

_SPAN = "between"
_NAMED = (("any", "is anything"), ("=", "is"), ("!=", "is not"), ("in", "is one of"))
_ORDERED = (
    ("any", "is anything"), ("=", "is"), ("!=", "is not"), ("<=", "is at most"), ("<", "is below"),
    (">=", "is at least"), (">", "is above"), (_SPAN, "is from … to"), ("in", "is one of"),
)  # fmt: skip
_DAYS = (
    ("any", "is anything"), ("=", "is"), ("!=", "is not"), ("<=", "is on or before"), ("<", "is before"),
    (">=", "is on or after"), (">", "is after"), (_SPAN, "is from … to"),
)  # fmt: skip
_SIGNS = {"=": "", "!=": "not ", "in": "", "<=": "≤ ", "<": "< ", ">=": "≥ ", ">": "> "}


class CellBar(QWidget):
    """Shows the current cell of a grid; `given` tells another text for it."""

    given = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._line = WrapLayout(8)
        self.setLayout(self._line)
        self._kind: SlotType = "text"
        self._editors: list[ValueEditor] = []
        self.where = label("", "note")
        self.sign: Combo | None = None
        self._parts: list[QWidget] = []
        self._line.addWidget(self.where)

    def show_answer(self, where: str, answer: str, ways: Sequence[str]) -> None:
        """Offer the ways out for the answer of a row."""
        self._begin(where)
        names = list(dict.fromkeys((*ways, answer)))
        box = Combo(f"{where}, the answer", [Option(each, each) for each in names])
        box.setMinimumContentsLength(20)
        box.choose(answer)
        box.picked.connect(lambda value: self.given.emit(str(value)))
        self._add(box)

    def show_cell(
        self, where: str, column: TableInput, kind: SlotType, cell: Cell, choices: Sequence[str]
    ) -> None:
        """Offer the comparisons of a column, and the values of the one that is chosen."""
        self._begin(where)
        self._kind = kind
        if kind == "yes or no":
            now = "any" if cell.op == "any" else spell(bool(cell.value))
            box = Combo(f"{column.label} in {where}", [Option(each, each) for each in ("any", "yes", "no")])
            box.choose(now)
            box.picked.connect(lambda value: self.given.emit(str(value)))
            self._add(box)
            return
        signs = _DAYS if kind == "date" else _ORDERED if kind in ("number", "money") else _NAMED
        self.sign = Combo(f"How {column.label} is compared", [Option(*each) for each in signs])
        many = isinstance(cell.value, tuple)
        self.sign.setMinimumContentsLength(15)
        self.sign.choose("in" if many and cell.op == "=" else cell.op)
        self.sign.picked.connect(lambda sign: self._signed(str(sign), column.label, choices))
        self._add(self.sign)
        words = cell_text(cell.model_copy(update={"op": "=", "high": None}), kind)
        self._offer(cell.op, column.label, choices)
        if cell.op == _SPAN:
            self._editors[0].show_words(spell(cell.value if cell.value is not None else ""))
            self._editors[1].show_words(spell(cell.high if cell.high is not None else ""))
        elif self._editors:
            self._editors[0].show_words(words)

    def nothing(self) -> None:
        """Show that no cell is chosen."""
        self._begin("")

    def _begin(self, where: str) -> None:
        self.where.setText(where)
        self._editors, self.sign = [], None
        for part in self._parts:
            self._line.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []

    def _add(self, part: QWidget) -> None:
        self._parts.append(part)
        self._line.addWidget(part)
        part.show()

    def _signed(self, sign: str, name: str, choices: Sequence[str]) -> None:
        for editor in self._editors:
            self._line.removeWidget(editor)
            self._parts.remove(editor)
            editor.hide()
            editor.deleteLater()
        self._editors = []
        self._offer(sign, name, choices)
        if sign == "any":
            self.given.emit("any")
        elif self._editors and self._editors[0].line is not None:
            self._editors[0].line.setFocus()

    def _offer(self, sign: str, name: str, choices: Sequence[str]) -> None:
        ends = () if sign == "any" else (f"{name} from", f"{name} to") if sign == _SPAN else (name,)
        for end in ends:
            editor = ValueEditor(end, self._kind, sign == "in", choices)
            editor.given.connect(lambda _words, sign=sign: self._tell(sign))
            if editor.line is not None:
                editor.setFixedWidth(130)
            if editor.box is not None:
                editor.box.setMinimumContentsLength(20)
            self._editors.append(editor)
            self._add(editor)

    def _tell(self, sign: str) -> None:
        said = [_words_of(editor) for editor in self._editors]
        if not all(said):
            return
        if sign == _SPAN:
            self.given.emit(f"{said[0]} to {said[1]}")
        else:
            self.given.emit(_SIGNS.get(sign, "") + said[0])


def _words_of(editor: ValueEditor) -> str:
    if editor.line is not None:
        return editor.line.text().strip()
    if editor.box is not None:
        return _quoted(str(editor.box.value() or ""))
    return ", ".join(_quoted(tick.text()) for tick in editor.ticks if tick.isChecked())


def _quoted(value: str) -> str:
    """Return a value that is meant as it stands, whatever it looks like."""
    return cell_text(Cell(id=THEN, op="=", value=value)) if value else ""
