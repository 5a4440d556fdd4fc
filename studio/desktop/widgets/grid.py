"""A table that a person edits cell by cell, with the keys and the clipboard of a spreadsheet.

- It changes nothing itself: `changed` tells one step, and whoever listens shows the rows anew.
- Typing, F2 or Enter begin an edit; Enter goes down, Tab to the right; Escape leaves the cell as it was.
- Copy, cut, paste, Delete work on the chosen cells; one cell that is pasted fills all that are chosen.
- Ctrl+Plus adds a row below, Ctrl+Minus removes the chosen, Alt+Up and Alt+Down move one, Ctrl+D repeats it.
- A text that its column refuses stays in its cell, marked, with the sentence; a paste is whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView

from studio.desktop.theme.fonts import bold, font
from studio.desktop.widgets.grid_cells import HEIGHT, PAD, GridDelegate, GridModel, Index
from studio.desktop.widgets.grid_text import (
    CellEdit,
    CellNote,
    GridChange,
    GridColumn,
    GridRow,
    NewRow,
    copied,
    pasted,
)

__all__ = ["CellEdit", "CellNote", "Grid", "GridChange", "GridColumn", "GridRow", "NewRow"]

NARROWEST, WIDEST = 72, 260
_Way = QHeaderView.ResizeMode


class _Rows(QHeaderView):
    """The rows' numbers; a row that is dragged tells its new number when it is let go."""

    dropped = Signal(int, int)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.setSectionsClickable(True)
        self.setHighlightSections(True)
        self.setMinimumSectionSize(HEIGHT)
        self.setDefaultSectionSize(HEIGHT)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Put the row back where it was, and tell where it was dropped."""
        super().mouseReleaseEvent(event)
        order = [self.logicalIndex(place) for place in range(self.count())]
        if order == sorted(order):
            return
        taken = next(
            (n for n in order if sorted(set(order) - {n}) == [each for each in order if each != n]), -1
        )
        place = order.index(taken) if taken >= 0 else -1
        for number in range(self.count()):
            self.moveSection(self.visualIndex(number), number)
        if taken >= 0:
            self.dropped.emit(taken, place)


class Grid(QTableView):
    """Shows and edits rows; `new_row` names the empty last row, `movable` lets rows change places.

    `changed` tells a `GridChange`, `refused` a sentence, `column_asked` the id of a head that was
    double-clicked, `place_changed` that another cell is the current one.
    """

    changed = Signal(object)
    refused = Signal(str)
    column_asked = Signal(str)
    place_changed = Signal()

    def __init__(self, name: str, *, new_row: str = "", movable: bool = False, wraps: bool = False) -> None:
        super().__init__()
        self._model = GridModel(new_row)
        self._movable = movable
        self._typed: list[tuple[int, int, str]] = []
        self.setAccessibleName(name)
        self.setModel(self._model)
        delegate = GridDelegate(self, wraps)
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(wraps)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        numbers = _Rows()
        numbers.setSectionsMovable(movable)
        numbers.dropped.connect(lambda row, place: self._move(row, min(place, len(self.rows) - 1)))
        self.setVerticalHeader(numbers)
        head = self.horizontalHeader()
        head.setMinimumSectionSize(40)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if wraps:
            wrapped = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            head.setDefaultAlignment(Qt.AlignmentFlag(int(wrapped) | int(Qt.TextFlag.TextWordWrap)))
        head.setHighlightSections(False)
        head.sectionDoubleClicked.connect(lambda n: self.column_asked.emit(self._model.columns[n].id))
        self._model.typed.connect(self._take)
        delegate.went.connect(self._go)
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(0)
        self._telling.timeout.connect(self._tell_typed)

    # What is shown

    @property
    def rows(self) -> tuple[GridRow, ...]:
        """Return the rows that are shown."""
        return self._model.rows

    @property
    def columns(self) -> tuple[GridColumn, ...]:
        """Return the columns that are shown."""
        return self._model.columns

    @property
    def current_row(self) -> str:
        """Return the id of the row with the current cell; nothing in the empty last row."""
        at = self.currentIndex()
        return self.rows[at.row()].id if at.isValid() and at.row() < len(self.rows) else ""

    @property
    def current_column(self) -> str:
        """Return the id of the column with the current cell."""
        at = self.currentIndex()
        return self.columns[at.column()].id if at.isValid() else ""

    def show_rows(self, columns: Sequence[GridColumn], rows: Sequence[GridRow]) -> None:
        """Show other columns and rows; the current cell stays, by its row's id or else by its place."""
        at = self.currentIndex()
        row, column, name = at.row(), at.column(), self.current_row
        titles = [each.title for each in self.columns]
        if self._model.show(columns, rows):
            numbers = {each.id: number for number, each in enumerate(self.rows)}
            if row >= 0 and self.columns:
                self.go_to(numbers.get(name, row), column)
        if titles != [each.title for each in self.columns]:
            self._fit_columns()
        if self.wordWrap():
            self.resizeRowsToContents()

    def show_notes(self, rows: Sequence[GridRow]) -> None:
        """Show other notes about the same cells; what is being typed in one of them is left alone."""
        self._model.rows = tuple(rows)
        self.viewport().update()

    def go_to(self, row: int, column: int) -> None:
        """Make a cell the current one, as near as there is one."""
        row = max(0, min(row, self._model.rowCount() - 1))
        column = max(0, min(column, len(self.columns) - 1))
        self.setCurrentIndex(self._model.index(row, column))

    def _go(self, rows: int, columns: int) -> None:
        at = self.currentIndex()
        self.setFocus()
        if 0 <= at.column() + columns < len(self.columns):
            self.go_to(at.row() + rows, at.column() + columns)
        elif columns > 0:
            self.go_to(at.row() + 1, 0)
        elif at.row():
            self.go_to(at.row() - 1, len(self.columns) - 1)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell that another cell is the current one."""
        super().currentChanged(current, previous)
        self.place_changed.emit()

    def minimumSizeHint(self) -> QSize:
        """Be content with little room."""
        return QSize(160, 3 * HEIGHT)

    def _fit_columns(self) -> None:
        head, letters = self.horizontalHeader(), self.fontMetrics()
        for number, column in enumerate(self.columns):
            words = [self._model.text(row, number) for row in range(min(200, len(self.rows)))]
            widest = max([letters.horizontalAdvance(text) for text in words], default=0)
            title = letters.horizontalAdvance(column.title) + 14
            fit = max(NARROWEST, min(WIDEST, max(widest, title) + 2 * PAD + 6))
            self.setColumnWidth(number, column.width or fit)
        head.setStretchLastSection(bool(self.columns) and not self.columns[-1].number)
        head.setFont(bold())
        self.verticalHeader().setFont(font())

    # Edits of one cell

    def _take(self, row: int, column: int, text: str) -> None:
        if row < len(self.rows):
            self._model.wrong.pop((self.rows[row].id, self.columns[column].id), None)
        if said := self.columns[column].wrong(text):
            if row < len(self.rows):
                self._model.wrong[self.rows[row].id, self.columns[column].id] = text, said
            self.refused.emit(said)
            return
        # An editor is still open: whoever listens shows the rows anew when it is gone.
        self._typed.append((row, column, text))
        self._telling.start()

    def flush(self) -> None:
        """Tell at once what was typed and not told yet."""
        if self._typed:
            self._telling.stop()
            self._tell_typed()

    def _tell_typed(self) -> None:
        typed, self._typed = self._typed, []
        cells = tuple(
            CellEdit(self.rows[row].id, self.columns[column].id, text)
            for row, column, text in typed
            if row < len(self.rows)
        )
        begun = tuple((self.columns[c].id, text) for row, c, text in typed if row >= len(self.rows))
        added = (NewRow(len(self.rows), begun),) if begun else ()
        if cells or added:
            self.changed.emit(GridChange(cells, added))

    # Keys, clipboard, rows

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a spreadsheet does."""
        held, key = event.modifiers(), Qt.Key(event.key())
        deeds: dict[tuple[Qt.KeyboardModifier, Qt.Key], Callable[[], None]] = {
            (Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_Plus): self.add_row,
            (Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_Minus): self.remove_rows,
            (Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_D): self.repeat_row,
            (Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Up): lambda: self.move_row(-1),
            (Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Down): lambda: self.move_row(1),
        }
        deed = deeds.get(
            (held & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier, key)
        )
        if deed is not None:
            deed()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Cut):
            self.copy()
            self.clear_cells()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste(QGuiApplication.clipboard().text())
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear_cells()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.edit(self.currentIndex())
        elif held & Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_Z:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _chosen(self) -> tuple[range, range]:
        """Return the rows and columns that are chosen."""
        found = self.selectedIndexes() or ([self.currentIndex()] if self.currentIndex().isValid() else [])
        if not found:
            return range(0), range(0)
        rows, columns = [each.row() for each in found], [each.column() for each in found]
        return range(min(rows), max(rows) + 1), range(min(columns), max(columns) + 1)

    def copy(self) -> None:
        """Put the chosen cells on the clipboard, as a spreadsheet takes them."""
        rows, columns = self._chosen()
        cells = [
            [self._model.text(row, column) for column in columns] for row in rows if row < len(self.rows)
        ]
        if cells:
            QGuiApplication.clipboard().setText(copied(cells))

    def clear_cells(self) -> None:
        """Empty the chosen cells that may be edited."""
        rows, columns = self._chosen()
        self._put({(row, column): "" for row in rows if row < len(self.rows) for column in columns})

    def paste(self, text: str) -> None:
        """Put cells from a spreadsheet at the current cell, whole or not at all; more rows are added."""
        cells = pasted(text)
        rows, columns = self._chosen()
        if not cells or not rows:
            return
        if len(cells) == 1 and len(cells[0]) == 1:
            self._put({(row, column): cells[0][0] for row in rows for column in columns})
            return
        if columns.start + len(cells[0]) > len(self.columns):
            room, wide = len(self.columns) - columns.start, len(cells[0])
            self.refused.emit(f"{wide} columns do not fit in the {room} from here on; nothing was pasted.")
            return
        if not self._model.new_row and rows.start + len(cells) > len(self.rows):
            room, high = len(self.rows) - rows.start, len(cells)
            self.refused.emit(f"{high} rows do not fit in the {room} from here on; nothing was pasted.")
            return
        self._put(
            {
                (rows.start + down, columns.start + right): cell
                for down, line in enumerate(cells)
                for right, cell in enumerate(line)
            }
        )

    def _put(self, texts: dict[tuple[int, int], str]) -> None:
        """Tell other texts as one change, if no column refuses one."""
        edits: list[CellEdit] = []
        added: dict[int, list[tuple[str, str]]] = {}
        for (row, number), text in texts.items():
            column = self.columns[number]
            if text == self._model.text(row, number) and row < len(self.rows):
                continue
            said = f"{column.title} cannot be changed here." if column.fixed else column.wrong(text)
            if said:
                self.refused.emit(f"Row {row + 1}, {column.title}: {said} Nothing was changed.")
                return
            if row < len(self.rows):
                edits.append(CellEdit(self.rows[row].id, column.id, text))
            else:
                added.setdefault(row, []).append((column.id, text))
        for edit in edits:
            self._model.wrong.pop((edit.row, edit.column), None)
        new = tuple(NewRow(len(self.rows) + n, tuple(cells)) for n, cells in enumerate(added.values()))
        if edits or new:
            self.changed.emit(GridChange(tuple(edits), new))

    def add_row(self, below: bool = True) -> None:
        """Ask for an empty row below the current one, or above it."""
        if self._model.new_row:
            at = self.currentIndex().row()
            place = len(self.rows) if at < 0 else min(at + below, len(self.rows))
            self.changed.emit(GridChange(added=(NewRow(place),)))

    def repeat_row(self) -> None:
        """Ask for a row below that says the same as the current one."""
        at = self.currentIndex().row()
        if self._model.new_row and 0 <= at < len(self.rows):
            row = self.rows[at]
            cells = tuple((column.id, text) for column, text in zip(self.columns, row.cells, strict=False))
            self.changed.emit(GridChange(added=(NewRow(at + 1, cells, row.id),)))

    def remove_rows(self) -> None:
        """Ask to remove the rows of the chosen cells."""
        ids = tuple(self.rows[row].id for row in self._chosen()[0] if row < len(self.rows))
        if ids:
            self.changed.emit(GridChange(removed=ids))

    def move_row(self, by: int) -> None:
        """Ask to move the current row up or down."""
        at = self.currentIndex().row()
        if self._movable and 0 <= at < len(self.rows) and 0 <= at + by < len(self.rows):
            self._move(at, at + by)

    def _move(self, row: int, place: int) -> None:
        if row < len(self.rows) and row != place >= 0:
            self.changed.emit(GridChange(moved=(self.rows[row].id, place)))

    def choose_cells(self, rows: range, columns: range) -> None:
        """Choose a rectangle of cells."""
        self.go_to(rows.start, columns.start)
        first = self._model.index(rows.start, columns.start)
        last = self._model.index(rows.stop - 1, columns.stop - 1)
        self.selectionModel().select(
            QItemSelection(first, last), QItemSelectionModel.SelectionFlag.ClearAndSelect
        )

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with rows, at the cell."""
        self._menu().exec(event.globalPos() if event.globalPos() else self.mapToGlobal(QPoint(0, 0)))

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        if self._model.new_row:
            menu.addAction("Add a row above", lambda: self.add_row(below=False))
            menu.addAction("Add a row below\tCtrl++", self.add_row)
            menu.addAction("Repeat this row\tCtrl+D", self.repeat_row)
            menu.addAction("Remove\tCtrl+-", self.remove_rows)
        if self._movable:
            menu.addAction("Move up\tAlt+Up", lambda: self.move_row(-1))
            menu.addAction("Move down\tAlt+Down", lambda: self.move_row(1))
        menu.addSeparator()
        menu.addAction("Copy\tCtrl+C", self.copy)
        menu.addAction("Paste\tCtrl+V", lambda: self.paste(QGuiApplication.clipboard().text()))
        return menu
