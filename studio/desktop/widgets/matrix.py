"""A 2 × 2 with cards in its four fields, moved by dragging or by keys.

- `chosen` tells the card that is current, `opened` one that was double-clicked or got Return, `moved` the
  field a card was put into (column, row), `wanted` a field that was double-clicked where it is empty,
  `unwanted` a card that got Delete.
- Arrow keys go through the cards; with Alt they carry the current card to the next field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import bold, font
from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import SIZE_NOTE, SIZE_SMALL, Tone

_AXIS, _HEAD, _CARD, _GAP, _PAD, _LEAST = 24, 44, 42, 6, 10, 150
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MatrixCard:
    """One card: its field (column and row, 0 or 1, from the left and the top), its words and a tone."""

    id: str
    title: str
    note: str
    column: int
    row: int
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class MatrixField:
    """One of the four fields: what it is called, and what is said below."""

    title: str
    note: str


class Matrix(QWidget):
    """Draws the four fields with their cards; `columns` and `rows` name the axes."""

    chosen = Signal(str)
    opened = Signal(str)
    moved = Signal(str, int, int)
    wanted = Signal(int, int)
    unwanted = Signal(str)

    def __init__(
        self, name: str, columns: tuple[str, str], rows: tuple[str, str], fields: Sequence[MatrixField]
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._columns, self._rows, self._fields = columns, rows, tuple(fields)
        self._cards: tuple[MatrixCard, ...] = ()
        self.current = ""
        self._pressed: QPointF | None = None
        self._grip = QPointF()
        self._dragged: QPointF | None = None

    # What is shown

    def show_cards(self, cards: Sequence[MatrixCard]) -> None:
        """Show other cards; the current one stays current where it is still there."""
        self._cards = tuple(cards)
        if self.current not in {card.id for card in cards}:
            self.current = ""
        self._describe()
        self.setFixedHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def choose(self, card_id: str, tell: bool = True) -> None:
        """Make a card the current one."""
        if any(card.id == card_id for card in self._cards) and card_id != self.current:
            self.current = card_id
            self._describe()
            self.update()
            if tell:
                self.chosen.emit(card_id)

    def card(self, card_id: str) -> MatrixCard | None:
        """Return a card by its id."""
        return next((card for card in self._cards if card.id == card_id), None)

    def sizeHint(self) -> QSize:
        """Be high enough for every card."""
        return QSize(420, _AXIS + sum(self._row_height(row) for row in (0, 1)) + _GAP)

    def box_of(self, card_id: str) -> QRectF:
        """Return where a card is drawn."""
        card = self.card(card_id)
        if card is None:
            return QRectF()
        field = self.field_box(card.column, card.row)
        at = [each.id for each in self._in(card.column, card.row)].index(card_id)
        top = field.top() + _HEAD + at * (_CARD + _GAP)
        return QRectF(field.left() + _PAD, top, field.width() - 2 * _PAD, _CARD)

    def field_box(self, column: int, row: int) -> QRectF:
        """Return where a field is drawn."""
        width = (self.width() - _AXIS - _GAP) / 2
        top = _AXIS + row * (self._row_height(0) + _GAP)
        return QRectF(_AXIS + column * (width + _GAP), top, width, self._row_height(row))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, fields and cards."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axes(painter)
        aim = self._field_at(self._dragged) if self._dragged is not None else None
        for row in (0, 1):
            for column in (0, 1):
                self._paint_field(painter, column, row, aim == (column, row))
        for card in self._cards:
            self._paint_card(painter, card, self.box_of(card.id), ghost=False)
        held = self.card(self.current)
        if self._dragged is not None and held is not None:
            box = self.box_of(held.id)
            self._paint_card(painter, held, box.translated(self._dragged - self._grip - box.topLeft()), True)

    def _paint_axes(self, painter: QPainter) -> None:
        painter.setFont(bold(SIZE_SMALL))
        painter.setPen(QColor(tokens().muted))
        for column, words in enumerate(self._columns):
            field = self.field_box(column, 0)
            box = QRectF(field.left(), 0, field.width(), _AXIS)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
        for row, words in enumerate(self._rows):
            field = self.field_box(0, row)
            painter.save()
            painter.translate(0, field.bottom())
            painter.rotate(-90)
            box = QRectF(0, 0, field.height(), _AXIS - 4)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
            painter.restore()

    def _paint_field(self, painter: QPainter, column: int, row: int, aimed: bool) -> None:
        t, box, field = tokens(), self.field_box(column, row), self._fields[row * 2 + column]
        painter.setPen(QPen(QColor(t.accent if aimed else t.line), 2 if aimed else 1))
        painter.setBrush(QColor(t.accent_soft if aimed else t.bg))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        inside = box.adjusted(_PAD, 5, -_PAD, 0)
        self._line(painter, QRectF(inside.left(), inside.top(), inside.width(), 17), field.title, True)
        note = QRectF(inside.left(), inside.top() + 16, inside.width(), 16)
        self._line(painter, note, field.note, False)

    def _line(self, painter: QPainter, box: QRectF, words: str, strong: bool) -> None:
        painter.setFont(bold(SIZE_NOTE) if strong else font(SIZE_SMALL))
        painter.setPen(QColor(tokens().text if strong else tokens().muted_on_tint))
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)

    def _paint_card(self, painter: QPainter, card: MatrixCard, box: QRectF, ghost: bool) -> None:
        t, now = tokens(), card.id == self.current
        painter.save()
        if now and self._dragged is not None and not ghost:
            painter.setOpacity(0.35)
        painter.setPen(QPen(QColor(t.accent if now else t.line_strong), 2 if now and self.hasFocus() else 1))
        painter.setBrush(QColor(t.accent_soft if now else t.raised))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        inside = box.adjusted(9, 3, -9, -3)
        left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setFont(font())
        painter.setPen(QColor(t.text))
        metrics = painter.fontMetrics()
        words = metrics.elidedText(card.title, Qt.TextElideMode.ElideRight, int(inside.width()))
        painter.drawText(QRectF(inside.left(), inside.top(), inside.width(), 19), left, words)
        painter.setFont(font(SIZE_SMALL))
        painter.setPen(QColor(t.tone(card.tone) if card.tone else t.muted_on_tint if now else t.muted))
        note = painter.fontMetrics().elidedText(card.note, Qt.TextElideMode.ElideRight, int(inside.width()))
        painter.drawText(QRectF(inside.left(), inside.top() + 18, inside.width(), 16), left, note)
        painter.restore()

    # The pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a card."""
        self._pressed = None
        card = self._card_at(event.position())
        if card is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            self._grip = event.position() - self.box_of(card.id).topLeft()
            self.choose(card.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry it; a tip tells words that are cut."""
        if self._pressed is None:
            card = self._card_at(event.position())
            self.setToolTip(tip(f"{card.title}\n{card.note}") if card else "")
            self.setCursor(Qt.CursorShape.OpenHandCursor if card else Qt.CursorShape.ArrowCursor)
            return
        far = (event.position() - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if far or self._dragged is not None:
            self._dragged = event.position()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Put it down."""
        dragged, self._dragged, self._pressed = self._dragged, None, None
        self.update()
        card = self.card(self.current)
        if dragged is None or card is None:
            return
        aim = self._field_at(event.position())
        if aim is not None and aim != (card.column, card.row):
            self.moved.emit(card.id, *aim)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a card, or ask for a new one."""
        card, field = self._card_at(event.position()), self._field_at(event.position())
        if card is not None:
            self.opened.emit(card.id)
        elif field is not None:
            self.wanted.emit(*field)

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, carry, open, remove; Escape lets go of what is dragged."""
        step = _ARROWS.get(Qt.Key(event.key()))
        card = self.card(self.current)
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier and card is not None:
            column, row = max(0, min(1, card.column + step[0])), max(0, min(1, card.row + step[1]))
            if (column, row) != (card.column, card.row):
                self.moved.emit(card.id, column, row)
        elif step is not None:
            self._walk(*step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and card is not None:
            self.opened.emit(card.id)
        elif event.key() == Qt.Key.Key_Delete and card is not None:
            self.unwanted.emit(card.id)
        elif event.key() == Qt.Key.Key_Escape and self._dragged is not None:
            self._dragged = self._pressed = None
            self.update()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Alt with an arrow from becoming a shortcut of the window."""
        ours = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if ours and isinstance(event, QKeyEvent) and Qt.Key(event.key()) in (*_ARROWS, Qt.Key.Key_Delete):
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: object) -> None:
        """Begin with the first card."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        if not self.current and self._cards:
            self.choose(self._ordered()[0].id)
        self.update()

    def focusOutEvent(self, event: object) -> None:
        """Draw without the ring."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.update()

    # What they share

    def _walk(self, right: int, down: int) -> None:
        cards, card = self._ordered(), self.card(self.current)
        if card is None:
            if cards:
                self.choose(cards[0].id)
            return
        if right:
            near = self._in(max(0, min(1, card.column + right)), card.row)
            at = self._in(card.column, card.row).index(card)
            if near and near[0].column != card.column:
                self.choose(near[min(at, len(near) - 1)].id)
            return
        column = [each for row in (0, 1) for each in self._in(card.column, row)]
        self.choose(column[max(0, min(len(column) - 1, column.index(card) + down))].id)

    def _ordered(self) -> list[MatrixCard]:
        return [card for row in (0, 1) for column in (0, 1) for card in self._in(column, row)]

    def _in(self, column: int, row: int) -> list[MatrixCard]:
        return [card for card in self._cards if (card.column, card.row) == (column, row)]

    def _row_height(self, row: int) -> int:
        most = max(len(self._in(column, row)) for column in (0, 1))
        return max(_LEAST, _HEAD + most * (_CARD + _GAP) + _PAD - _GAP)

    def _card_at(self, point: QPointF) -> MatrixCard | None:
        return next((card for card in self._cards if self.box_of(card.id).contains(point)), None)

    def _field_at(self, point: QPointF) -> tuple[int, int] | None:
        every = ((column, row) for row in (0, 1) for column in (0, 1))
        return next((each for each in every if self.field_box(*each).contains(point)), None)

    def _describe(self) -> None:
        card = self.card(self.current)
        words = f"{len(self._cards)} cards"
        if card is not None:
            field = self._fields[card.row * 2 + card.column]
            where = f"{self._rows[card.row]} and {self._columns[card.column]}".lower()
            words = f"{card.title}, {card.note}; {where}: {field.title}"
        self.setAccessibleDescription(words)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
