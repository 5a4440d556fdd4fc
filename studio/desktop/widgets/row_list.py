"""A list of rows: a sign or mark, a title, a line below, and a mark or chip at the right; in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import bold, font
from studio.desktop.theme.icons import renderer
from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import SIZE_NOTE, SIZE_SMALL, Tone
from studio.desktop.widgets.labels import paint_mark, paint_sign
from studio.desktop.widgets.meter import Part, paint_parts
from studio.desktop.widgets.text import two_lines

Index = QModelIndex | QPersistentModelIndex
PAD, LINE = 14, 19
_BAR_ROOM, _BAR_HEIGHT = 11, 5
BAR = 12
"""Room kept for a scroll bar, so that lines break alike with and without it."""


@dataclass(frozen=True, slots=True)
class RowItem:
    """A row; `sign` draws a change tile, `mark` a tick or cross at the right, `chip` a fact.

    `bar` draws shares below the words; `found` are the letters of the title that were looked for.
    A row without an id is the heading of a group.
    """

    id: str
    title: str
    subtitle: str = ""
    sign: Tone = ""
    icon: str = ""
    mark: Tone = ""
    mark_words: str = ""
    chip: str = ""
    chip_tone: Tone = ""
    quiet: bool = False
    bar: tuple[Part, ...] = ()
    found: tuple[tuple[int, int], ...] = ()

    @property
    def words(self) -> str:
        """Return what the row says aloud."""
        sign = {"add": "added", "del": "removed", "chg": "changed", "mov": "moved"}.get(self.sign, "")
        return ", ".join(
            part
            for part in (self.title, self.subtitle, sign, self.mark_words, self.chip, self.shares)
            if part
        )

    @property
    def shares(self) -> str:
        """Return what the bar says."""
        return ", ".join(f"{share:.0%} {words}" for share, _, words in self.bar)


def _right_room(item: RowItem) -> int:
    chip = QFontMetrics(font(SIZE_NOTE)).horizontalAdvance(item.chip) + 22 if item.chip else 0
    return chip + (20 if item.mark else 0)


def row_height(item: RowItem, width: int) -> int:
    """Return how high a row is in a list of this width."""
    if not item.id:
        return 30
    left = 26 if item.sign or item.icon else 0
    lines = len(two_lines(item.title, width - 2 * PAD - left - _right_room(item) - 8))
    return 15 + LINE * lines + (15 if item.subtitle else 0) + (_BAR_ROOM if item.bar else 0)


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.items: tuple[RowItem, ...] = ()

    def show(self, items: Sequence[RowItem]) -> None:
        self.beginResetModel()
        self.items = tuple(items)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return item.words
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip("\n".join(part for part in (item.title, item.subtitle, item.shares) if part))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and not self.items[index.row()].id:
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        item: RowItem = index.data(Qt.ItemDataRole.UserRole)
        view = self.parent()
        width = view.width() if isinstance(view, QListView) else 300
        return QSize(100, row_height(item, width - BAR))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item: RowItem = index.data(Qt.ItemDataRole.UserRole)
        box: QRect = option.rect
        painter.save()
        if not item.id:
            self._heading(painter, item, box)
        else:
            self._row(painter, item, box, option.state)
        painter.restore()

    def _heading(self, painter: QPainter, item: RowItem, box: QRect) -> None:
        painter.setFont(bold(SIZE_SMALL))
        painter.setPen(QColor(tokens().muted))
        spot = box.adjusted(PAD, 8, -PAD, 0)
        text = painter.fontMetrics().elidedText(item.title, Qt.TextElideMode.ElideRight, spot.width())
        painter.drawText(spot, int(Qt.AlignmentFlag.AlignVCenter), text)

    def _row(self, painter: QPainter, item: RowItem, box: QRect, state: QStyle.StateFlag) -> None:
        t = tokens()
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, QColor(t.accent_soft))
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), QColor(t.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(t.bg))
        view = self.parent()
        if isinstance(view, QListView):
            box = QRect(box.left(), box.top(), view.width() - BAR, box.height())
        left = box.left() + PAD
        if item.sign:
            paint_sign(painter, QRectF(left, box.top() + 8, 18, 18), item.sign)
            left += 26
        elif item.icon:
            renderer(item.icon, t.muted).render(painter, QRectF(left, box.top() + 9, 16, 16))
            left += 26
        right = self._right(painter, item, box)
        if item.bar:
            width = box.right() - PAD - left
            paint_parts(painter, QRectF(left, box.bottom() - _BAR_ROOM + 1, width, _BAR_HEIGHT), item.bar)
        room = QRect(left, box.top(), right - left - 8, box.height())
        self._words(painter, item, room, chosen, box.right() - PAD)

    def _right(self, painter: QPainter, item: RowItem, box: QRect) -> int:
        t, right = tokens(), box.right() - PAD + 1
        if item.mark in ("ok", "bad"):
            name = "check" if item.mark == "ok" else "cross"
            renderer(name, t.tone(item.mark)).render(painter, QRectF(right - 14, box.top() + 10, 13, 13))
            right -= 20
        elif item.mark:
            paint_mark(painter, QRectF(right - 13, box.top() + 11, 12, 12), item.mark)
            right -= 20
        if item.chip:
            painter.setFont(font(SIZE_NOTE))
            width = QFontMetrics(painter.font()).horizontalAdvance(item.chip) + 18
            chip = QRectF(right - width + 0.5, box.top() + 7.5, width - 1, 19)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            plain = item.chip_tone in ("", "none")
            painter.setPen(QPen(QColor(t.line_strong if plain else t.tone(item.chip_tone)), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(chip, 9.5, 9.5)
            painter.setPen(QColor(t.muted if plain else t.tone(item.chip_tone)))
            painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), item.chip)
            right -= width + 4
        return right

    def _words(self, painter: QPainter, item: RowItem, box: QRect, chosen: bool, under_right: int) -> None:
        t = tokens()
        painter.setFont(font())
        painter.setPen(QColor(t.muted if item.quiet else t.text))
        line = under_line = QRect(box.left(), box.top() + 7, box.width(), 19)
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        elide = Qt.TextElideMode.ElideRight
        lines = two_lines(item.title, box.width())
        for number, words in enumerate(lines):
            if item.found:
                self._paint_found(painter, item, words, line.translated(0, number * LINE))
            painter.drawText(line.translated(0, number * LINE), middle, words)
            under_line = line.translated(0, number * LINE + 18)
        if item.subtitle:
            painter.setFont(font(SIZE_SMALL))
            painter.setPen(QColor(t.muted_on_tint if chosen else t.muted))
            under_line.setRight(under_right)  # nothing stands beside the line below
            under = painter.fontMetrics().elidedText(item.subtitle, elide, under_line.width())
            painter.drawText(under_line, middle, under)

    def _paint_found(self, painter: QPainter, item: RowItem, words: str, box: QRect) -> None:
        """Draw what is behind the letters that were looked for; the last line may be shortened."""
        lead = "…" if words.startswith("…") else ""
        kept = words.removeprefix(lead).removesuffix("…")
        begin = item.title.rfind(kept) if lead else item.title.find(kept)
        letters = painter.fontMetrics()
        box = box.translated(letters.horizontalAdvance(lead), 0)
        for start, end in item.found:
            first, last = max(start - begin, 0), min(end - begin, len(kept))
            if begin < 0 or first >= last:
                continue
            left = letters.horizontalAdvance(kept[:first])
            width = letters.horizontalAdvance(kept[first:last])
            painter.fillRect(
                QRect(box.left() + left - 1, box.top() + 2, width + 2, 16), QColor(tokens().mark)
            )


class RowList(QListView):
    """Shows rows; `chosen` tells the id of the current row, `opened` that of one that was double-clicked."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._model = _Model()
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.activated.connect(lambda index: self.opened.emit(self._model.items[index.row()].id))

    def show_rows(self, items: Sequence[RowItem]) -> None:
        """Show other rows; stay on the row that was chosen when it is still there."""
        before = self.current_id()
        self.blockSignals(True)
        self._model.show(items)
        self.blockSignals(False)
        if before:
            self.choose(before, tell=False)

    def items(self) -> tuple[RowItem, ...]:
        """Return the rows, headings left out."""
        return tuple(item for item in self._model.items if item.id)

    def current_id(self) -> str:
        """Return the id of the chosen row, or nothing."""
        index = self.currentIndex()
        return self._model.items[index.row()].id if index.isValid() else ""

    def choose(self, row_id: str, tell: bool = True) -> bool:
        """Choose a row by id; return whether it is there."""
        for number, item in enumerate(self._model.items):
            if item.id and item.id == row_id:
                self.blockSignals(not tell)
                self.setCurrentIndex(self._model.index(number))
                self.blockSignals(False)
                return True
        return False

    def choose_first(self) -> None:
        """Choose the first row, when there is one and none is chosen."""
        if not self.current_id() and self.items():
            self.choose(self.items()[0].id)

    def content_height(self) -> int:
        """Return how high all rows are together."""
        return sum(row_height(item, self.width() - BAR) for item in self._model.items) + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the titles again when the width changed; keep the chosen row in sight in a lower list."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()
        if event.size().height() < event.oldSize().height() and self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which row is chosen."""
        super().currentChanged(current, previous)
        if current.isValid() and self._model.items[current.row()].id:
            self.scrollTo(current)
            self.chosen.emit(self._model.items[current.row()].id)
