"""The cells of a grid for Qt: a model of texts with notes and a last empty row, painting, and the editors."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QComboBox, QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import font
from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.grid_text import CellNote, GridColumn, GridRow
from studio.desktop.widgets.labels import paint_mark

Index = QModelIndex | QPersistentModelIndex
NOTE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
NEW_ROLE = NOTE_ROLE + 1
PAD, HEIGHT, MARK = 8, 30, 16
_WRAPPED = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignVCenter)


class GridModel(QAbstractTableModel):
    """Holds what is shown; `typed` tells a text that a person has put in a cell by an editor."""

    typed = Signal(int, int, str)

    def __init__(self, new_row: str) -> None:
        super().__init__()
        self.columns: tuple[GridColumn, ...] = ()
        self.rows: tuple[GridRow, ...] = ()
        self.new_row = new_row
        self.wrong: dict[tuple[str, str], tuple[str, str]] = {}

    def show(self, columns: Sequence[GridColumn], rows: Sequence[GridRow]) -> bool:
        """Show other columns and rows; return whether they stand where others stood."""
        columns, rows = tuple(columns), tuple(rows)
        same = [c.id for c in columns] == [c.id for c in self.columns] and [r.id for r in rows] == [
            r.id for r in self.rows
        ]
        there = {row.id for row in rows}
        self.wrong = {at: said for at, said in self.wrong.items() if at[0] in there}
        if same:
            self.columns, self.rows = columns, rows
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, max(0, len(columns) - 1)))
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(columns) - 1))
            return False
        self.beginResetModel()
        self.columns, self.rows = columns, rows
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Count the rows, with the empty one in which a new one is begun."""
        return 0 if parent.isValid() else len(self.rows) + bool(self.new_row and self.columns)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Count the columns."""
        return 0 if parent.isValid() else len(self.columns)

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell as it is shown."""
        if row >= len(self.rows):
            return ""
        kept = self.wrong.get((self.rows[row].id, self.columns[column].id))
        cells = self.rows[row].cells
        return kept[0] if kept else cells[column] if column < len(cells) else ""

    def notes(self, row: int, column: int) -> tuple[CellNote, ...]:
        """Return what is to be said about a cell; what is said about the row stands at its first cell."""
        if row >= len(self.rows):
            return ()
        one, name = self.rows[row], self.columns[column].id
        kept = self.wrong.get((one.id, name))
        own = (CellNote(name, "bad", kept[1]),) if kept else ()
        return own + tuple(n for n in one.notes if n.column == name or (not n.column and not column))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Answer what a view and assistive technology ask."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        notes = self.notes(row, column)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self.text(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            name = self.rows[row].name if row < len(self.rows) else self.new_row
            said = f"{name}, {self.columns[column].title}: {self.text(row, column) or 'empty'}"
            return ". ".join((said, *(note.words for note in notes)))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip("\n".join(note.words for note in notes) or self.text(row, column)) or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[column].number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == NOTE_ROLE:
            return notes[0].tone if notes else ""
        if role == NEW_ROLE:
            return row >= len(self.rows)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what an editor holds."""
        text = str(value).strip()
        if not index.isValid() or role != Qt.ItemDataRole.EditRole:
            return False
        if text != self.text(index.row(), index.column()):
            self.typed.emit(index.row(), index.column(), text)
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Title the columns; number the rows."""
        if orientation == Qt.Orientation.Vertical:
            named = section < len(self.rows)
            if role == Qt.ItemDataRole.DisplayRole:
                return str(section + 1) if named else "+"
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return self.rows[section].name if named else self.new_row
            return None
        if not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.title
        return column.help or None if role == Qt.ItemDataRole.ToolTipRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let every cell be edited that is not fixed."""
        flags = super().flags(index)
        if index.isValid() and not self.columns[index.column()].fixed:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags


class GridDelegate(QStyledItemDelegate):
    """Paints cells with hairlines and notes; `went` tells where to go after an edit: rows and columns."""

    went = Signal(int, int)

    def __init__(self, parent: QObject, wraps: bool) -> None:
        super().__init__(parent)
        self.wraps = wraps

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Be as high as one line, or as all lines where words wrap."""
        width = max(24, option.rect.width() - 2 * PAD - (MARK if index.data(NOTE_ROLE) else 0))
        if not self.wraps:
            return QSize(width, HEIGHT)
        letters = QFontMetrics(font())
        box = letters.boundingRect(QRect(0, 0, width, 4000), _WRAPPED, index.data() or "")
        return QSize(width, max(HEIGHT, box.height() + 12))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        t = tokens()
        box: QRect = option.rect
        tone: Tone = index.data(NOTE_ROLE)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(t.accent_soft))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), QColor(t.line))
        painter.fillRect(QRect(box.right(), box.top(), 1, box.height()), QColor(t.line))
        room = box.adjusted(PAD, 0, -PAD, -1)
        if tone:
            paint_mark(painter, QRectF(room.left(), box.center().y() - 5.5, 12, 12), tone)
            room.setLeft(room.left() + MARK)
        model = index.model()
        fixed = not model.flags(index) & Qt.ItemFlag.ItemIsEditable if model else False
        painter.setFont(font())
        painter.setPen(QColor(t.bad if tone == "bad" else t.muted if fixed else t.text))
        side, text = int(index.data(Qt.ItemDataRole.TextAlignmentRole)), index.data() or ""
        if self.wraps:
            painter.drawText(room, side | int(Qt.TextFlag.TextWordWrap), text)
        else:
            elide = Qt.TextElideMode.ElideRight
            painter.drawText(room, side, painter.fontMetrics().elidedText(text, elide, room.width()))
        view = self.parent()
        if isinstance(view, QWidget) and view.hasFocus() and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(t.accent), 2))
            painter.drawRect(box.adjusted(1, 1, -2, -2))
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a line to type in, or a choice; named as the cell is."""
        model = index.model()
        assert isinstance(model, GridModel)
        column = model.columns[index.column()]
        made: QWidget
        if column.choices:
            box = QComboBox(parent)
            now = model.text(index.row(), index.column())
            box.addItems([*(() if now in column.choices else (now,)), *column.choices])
            made = box
        else:
            made = QLineEdit(parent)
        made.setProperty("role", "cell")
        made.setAccessibleName(str(index.data(Qt.ItemDataRole.AccessibleTextRole)).partition(": ")[0])
        made.setAccessibleDescription(column.help)
        return made

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Put the text in the editor once; what is shown anew never overwrites what is being typed."""
        if editor.property("filled"):
            return
        editor.setProperty("filled", True)
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data()))
        elif isinstance(editor, QLineEdit):
            editor.setText(str(index.data()))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Hand over what was typed or chosen."""
        text = editor.currentText() if isinstance(editor, QComboBox) else ""
        model.setData(index, editor.text() if isinstance(editor, QLineEdit) else text)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Cover the cell, and a little more where the cell is narrow."""
        box: QRect = option.rect
        editor.setGeometry(box.left(), box.top(), max(box.width(), 90), max(box.height(), HEIGHT))

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Take the text with Enter (and go down) or Tab (and go right); leave it with Escape."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            ways = {
                Qt.Key.Key_Return: (-1 if back else 1, 0),
                Qt.Key.Key_Enter: (1, 0),
                Qt.Key.Key_Tab: (0, 1),
                Qt.Key.Key_Backtab: (0, -1),
            }
            way = ways.get(Qt.Key(event.key()))
            if way is not None and isinstance(editor, QWidget):
                self.commitData.emit(editor)
                self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
                self.went.emit(*way)
                return True
        return super().eventFilter(editor, event)
