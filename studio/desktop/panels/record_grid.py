"""The records that mock systems work on, in a grid that a business user edits like a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from studio.desktop.panels.record_column import column_words
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.grid import Grid, GridChange, GridColumn, GridRow
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.notice import NoticeBar
from studio.desktop.widgets.pane import row
from studio.domain.condition import Scalar, spell
from studio.domain.world import Column, RecordTable

_TYPES = {
    "text": "Any text.",
    "number": "A number.",
    "yes or no": "Yes or no.",
    "date": "A date like 2026-12-31.",
}
_NONE = (
    "The mock systems answer what each test says; there are no tables of records yet. With tables, look-ups "
    "find what stands there, and a refund changes the balance."
)


class RecordGrid(QWidget):
    """`edited` tells a table and a `GridChange`; the other signals what is asked for, with the table.

    `column_asked` and `column_gone` also tell the column; without one, a new column is asked for.
    """

    edited = Signal(str, object)
    import_asked = Signal(str)
    export_asked = Signal(str)
    sketch_asked = Signal()
    remove_asked = Signal(str)
    new_asked = Signal()
    rename_asked = Signal(str)
    column_asked = Signal(str, str)
    column_gone = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "scroll-body")
        self._tables: tuple[RecordTable, ...] = ()
        self._systems: dict[str, tuple[str, ...]] = {}
        self.table = Choice("Table of records")
        self.table.setMinimumWidth(180)
        self.table.currentIndexChanged.connect(self._show)
        self.about = label("", "muted", wrap=True)
        self.wrong = NoticeBar()
        self.grid = Grid("Records", new_row="New record")
        self.grid.changed.connect(self._tell)
        self.grid.refused.connect(lambda words: self.wrong.tell(words, "bad"))
        self.bring = Button(
            "Import CSV…", lambda: self.import_asked.emit(self.shown), name="Import records from a CSV file"
        )
        self.give = Button(
            "Export CSV…", lambda: self.export_asked.emit(self.shown), name="Export this table as CSV"
        )
        self.sketch = Button("Make tables from the systems", self.sketch_asked.emit)
        self.fresh = Button("New table…", self.new_asked.emit, name="Make a new table of records")
        self.more = Button("Table…", self._table_menu, name="Rename or remove this table")
        self.add = Button("Add record", self._add, icon="plus")
        self.less = Button("Remove record", self.grid.remove_rows)
        self.columns = Button("Columns…", self._columns_menu, name="Add or change columns")
        self.grid.column_asked.connect(lambda column: self.column_asked.emit(self.shown, column))
        head = self.grid.horizontalHeader()
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(self._head_menu)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addLayout(row(self.table, self.fresh, self.bring, self.give, self.more))
        column.addWidget(self.about)
        column.addWidget(self.wrong)
        column.addLayout(row(self.sketch))
        column.addWidget(self.grid, 1)
        self._foot = (self.add, self.less, self.columns)
        column.addLayout(
            row(*self._foot, label("Paste from a spreadsheet; Undo takes each step back.", "note"))
        )

    @property
    def shown(self) -> str:
        """Return the table that is shown, by its id; nothing where there is none."""
        at = self.table.currentIndex()
        return self._tables[at].id if 0 <= at < len(self._tables) else ""

    def show_tables(self, tables: Sequence[RecordTable], systems: Mapping[str, tuple[str, ...]]) -> None:
        """Show the tables of the draft, and which systems work on each."""
        was = self.shown
        self._tables, self._systems = tuple(tables), dict(systems)
        self.table.blockSignals(True)
        self.table.clear()
        self.table.addItems([f"{table.name} ({len(table.rows):,})" for table in tables])
        ids = [table.id for table in tables]
        self.table.setCurrentIndex(ids.index(was) if was in ids else 0 if ids else -1)
        self.table.blockSignals(False)
        self._show()

    def choose(self, table: str) -> None:
        """Show another table."""
        ids = [each.id for each in self._tables]
        if table in ids:
            self.table.setCurrentIndex(ids.index(table))

    def _show(self) -> None:
        found = next((table for table in self._tables if table.id == self.shown), None)
        for part in (self.table, self.grid, self.give, self.more, *self._foot):
            part.setVisible(found is not None)
        self.sketch.setVisible(found is None)
        self.wrong.hide()
        if found is None:
            self.about.setText(_NONE)
            self.grid.show_rows((), ())
            return
        names = ", ".join(name.replace("_", " ") for name in self._systems.get(found.id, ()))
        self.about.setText(f"Used by: {names}." if names else "No system works on this table yet.")
        columns = sorted(found.columns, key=lambda each: each.id != found.key)
        self.grid.setAccessibleName(f"Records of {found.name}")
        self.grid.show_rows(
            [_column(each, each.id == found.key) for each in columns],
            [
                GridRow(
                    each.id,
                    each.id,
                    tuple(_cell(each.id if c.id == found.key else each.values.get(c.id)) for c in columns),
                )
                for each in found.rows
            ],
        )

    # Tables and columns

    def _found(self) -> RecordTable:
        return next(table for table in self._tables if table.id == self.shown)

    def _table_menu(self) -> None:
        menu = QMenu(self)
        menu.addAction("Rename…", lambda: self.rename_asked.emit(self.shown))
        menu.addAction("Remove this table", lambda: self.remove_asked.emit(self.shown))
        self._pop(menu, self.more)

    def _columns_menu(self) -> None:
        menu, found = QMenu(self), self._found()
        menu.addAction("Add a column…", lambda: self.column_asked.emit(self.shown, ""))
        menu.addSeparator()
        for column in found.columns:
            self._fill(menu.addMenu(column_words(column)), column.id)
        self._pop(menu, self.columns)

    def _head_menu(self, at: QPoint) -> None:
        head = self.grid.horizontalHeader()
        number = head.logicalIndexAt(at)
        menu = QMenu(self)
        if number >= 0:
            self._fill(menu, self.grid.columns[number].id)
            menu.addSeparator()
        menu.addAction("Add a column…", lambda: self.column_asked.emit(self.shown, ""))
        menu.popup(head.mapToGlobal(at))

    def _fill(self, menu: QMenu, column: str) -> None:
        menu.addAction("Change…", lambda: self.column_asked.emit(self.shown, column))
        gone = menu.addAction("Remove", lambda: self.column_gone.emit(self.shown, column))
        gone.setEnabled(column != self._found().key)

    def _pop(self, menu: QMenu, button: Button) -> None:
        """Open a menu below its button, its first line chosen: whoever came by key goes on by key."""
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))
        menu.setActiveAction(menu.actions()[0])

    # Records

    def _add(self) -> None:
        self.grid.go_to(len(self.grid.rows) - 1, 0)
        self.grid.add_row()
        self.grid.setFocus()
        self.grid.go_to(len(self.grid.rows) - 1, 0)

    def _tell(self, change: GridChange) -> None:
        self.wrong.hide()
        self.edited.emit(self.shown, change)


def _column(column: Column, key: bool) -> GridColumn:
    told = " It tells records apart." if key else ""
    return GridColumn(
        column.id,
        column_words(column),
        _TYPES[column.type] + told,
        choices=("", "yes", "no") if column.type == "yes or no" else (),
        check=partial(_wrong, column, key),
        number=column.type == "number",
    )


def _wrong(column: Column, key: bool, text: str) -> str:
    """Return what is wrong with a text of a column; the full reading happens where it is kept."""
    name = column.label or column.id.replace("_", " ")
    if not text.strip():
        return f"“{name}” tells records apart and cannot be empty." if key else ""
    bare = text.replace(",", "").strip().lstrip("+-")
    if column.type == "number" and not (bare.replace(".", "", 1).isdigit() and bare[-1:] != "."):
        return f"“{text}” is no number."
    if column.type == "yes or no" and text.strip().casefold() not in ("yes", "no", "true", "false"):
        return f"“{text}” is neither yes nor no."
    return ""


def _cell(value: Scalar | None) -> str:
    if value is None:
        return ""
    return spell(value) if isinstance(value, bool) else str(value)
