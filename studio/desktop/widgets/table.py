"""A table over the generic model: wrapped words, tones, marks; whole rows are chosen."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from studio.desktop.itemmodels.rows import MARKS_ROLE, STRONG_ROLE, TONE_ROLE, RowsModel
from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import bold, font
from studio.desktop.theme.tokens import SIZE_SMALL
from studio.desktop.widgets.labels import paint_mark

Index = QModelIndex | QPersistentModelIndex
PAD_X, PAD_Y, MARK = 10, 8, 15
SPARE_BELOW = 660
_FLAGS = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)


class _CellDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = self.parent()
        assert isinstance(view, QTableView)
        width = view.columnWidth(index.column()) - 2 * PAD_X - MARK * len(index.data(MARKS_ROLE))
        letters = QFontMetrics(bold() if index.data(STRONG_ROLE) else font())
        box = letters.boundingRect(QRect(0, 0, max(30, width), 4000), _FLAGS, index.data() or "")
        return QSize(box.width(), box.height() + 2 * PAD_Y)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t = tokens()
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(t.accent_soft))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), QColor(t.line))
        left = box.left() + PAD_X
        for tone, _ in index.data(MARKS_ROLE):
            paint_mark(painter, QRectF(left, box.center().y() - 5.5, 12, 12), tone)
            left += MARK
        painter.setFont(bold() if index.data(STRONG_ROLE) else font())
        painter.setPen(QColor(t.tone(index.data(TONE_ROLE))))
        flags = int(index.data(Qt.ItemDataRole.TextAlignmentRole)) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(box.adjusted(left - box.left(), 0, -PAD_X, -1), flags, index.data() or "")
        painter.restore()


class _Head(QHeaderView):
    """Column titles that wrap instead of being cut."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(30)
        self.setSectionsClickable(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        """Be as high as the longest title needs."""
        heights = [self._box(n).height() for n in range(self.count()) if not self.isSectionHidden(n)]
        return QSize(super().sizeHint().width(), max(heights, default=14) + 16)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw a title above a hairline."""
        t = tokens()
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(t.line))
        painter.setFont(bold(SIZE_SMALL))
        painter.setPen(QColor(t.muted))
        painter.drawText(rect.adjusted(PAD_X, 0, -4, -1), _FLAGS, self._title(section))

    def _title(self, section: int) -> str:
        model = self.model()
        return str(model.headerData(section, Qt.Orientation.Horizontal) or "") if model else ""

    def _box(self, section: int) -> QRect:
        width = max(24, self.sectionSize(section) - PAD_X - 4)
        return QFontMetrics(bold(SIZE_SMALL)).boundingRect(
            QRect(0, 0, width, 400), _FLAGS, self._title(section)
        )


class Table(QTableView):
    """Shows a rows model; `chosen` tells the current row, `opened` one that was double-clicked or entered."""

    chosen = Signal(object)
    opened = Signal(object)

    def __init__(self, name: str, model: RowsModel[Any], stretch: int | None = 0) -> None:
        super().__init__()
        self._rows = model
        self._grow = False
        self.setAccessibleName(name)
        self.setModel(model)
        self.setItemDelegate(_CellDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(34)
        head = _Head()
        self.setHorizontalHeader(head)
        self._refit = QTimer(self)
        self._refit.setSingleShot(True)
        self._refit.setInterval(0)
        self._refit.timeout.connect(self._fit_rows)
        head.sectionResized.connect(lambda *_: self._refit.start())
        self._stretch = stretch
        self._size_columns()
        model.modelReset.connect(self._after_reset)
        self.activated.connect(lambda index: self.opened.emit(model.row_at(index)))

    def minimumSizeHint(self) -> QSize:
        """Be content with a narrow column."""
        return QSize(120, 60)

    def set_growing(self) -> None:
        """Let the table be as high as its rows, without a scroll bar of its own."""
        self._grow = True
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fit_rows()

    def choose(self, number: int) -> None:
        """Choose a row by its number."""
        if 0 <= number < self._rows.rowCount():
            self.setCurrentIndex(self._rows.index(number, 0))

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which row is chosen."""
        super().currentChanged(current, previous)
        row = self._rows.row_at(current)
        if row is not None:
            self.chosen.emit(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the words again when the width changed."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            for number, column in enumerate(self._rows.columns):
                if column.spare:
                    self.setColumnHidden(number, event.size().width() < SPARE_BELOW)
            self._fit_rows()

    def _after_reset(self) -> None:
        self._size_columns()
        self._fit_rows()

    def _size_columns(self) -> None:
        head = self.horizontalHeader()
        for number, column in enumerate(self._rows.columns):
            if self._stretch in (None, number):
                head.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
            elif column.width:
                head.setSectionResizeMode(number, QHeaderView.ResizeMode.Interactive)
                self.setColumnWidth(number, column.width)
            else:
                head.setSectionResizeMode(number, QHeaderView.ResizeMode.Interactive)
                self.setColumnWidth(number, self._wanted(number))

    def _wanted(self, number: int) -> int:
        """Return a width that fits the longest words, within reason."""
        column = self._rows.columns[number]
        letters = QFontMetrics(bold())
        widest = letters.horizontalAdvance(column.title)
        for row in self._rows.rows[:200]:
            marks = MARK * len(column.marks(row))
            widest = max(widest, letters.horizontalAdvance(column.text(row)) + marks)
        return min(260, widest + 2 * PAD_X + 6)

    def _fit_rows(self) -> None:
        self.resizeRowsToContents()
        self.horizontalHeader().updateGeometry()
        self.updateGeometries()
        if self._grow:
            rows = sum(self.rowHeight(n) for n in range(self._rows.rowCount()))
            self.setFixedHeight(rows + self.horizontalHeader().sizeHint().height() + 2)
