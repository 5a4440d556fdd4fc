"""What lies over a flow that is edited: the hints, the small map, the search."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.flow_board import FlowBoard
from studio.desktop.widgets.flow_items import StepItem
from studio.desktop.widgets.labels import label

EDGE, ABOVE_HINT = 10, 46


class HintLine(QLabel):
    """Says at the foot of the view which keys can be pressed now."""

    def __init__(self, canvas: FlowBoard, words: Callable[[], str]) -> None:
        super().__init__(canvas)
        self._canvas, self._words = canvas, words
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "note")
        self.setContentsMargins(8, 3, 8, 3)
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def refresh(self) -> None:
        """Say what can be pressed now."""
        words = self._words()
        self.setText(words)
        self.setVisible(bool(words))
        self.settle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a ground on which the words can be read."""
        t, painter = tokens(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.line), 1))
        painter.setBrush(QColor(t.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()
        super().paintEvent(event)

    def settle(self) -> None:
        """Lie at the lower edge, as wide as the words."""
        room, letters = self._canvas.viewport().geometry(), self.fontMetrics()
        wanted = letters.horizontalAdvance(self.text()) + 20
        wide = min(wanted, room.width() - 2 * EDGE)
        high = letters.height() * (1 if wide == wanted else 2) + 8
        self.setGeometry(room.left() + EDGE, room.bottom() - high - EDGE, wide, high)


class MiniMap(QWidget):
    """The whole flow, small, with what is in view; a click or a drag goes there."""

    WIDE, HIGH = 148, 104

    def __init__(self, canvas: FlowBoard) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setFixedSize(self.WIDE, self.HIGH)
        self.setAccessibleName("Small map of the workflow")
        self.setToolTip("The whole workflow; click to go there")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._drawn: tuple[str, QPixmap] | None = None
        self.hide()

    def flow_changed(self) -> None:
        """Draw the steps anew."""
        self._drawn = None
        self.view_moved()

    def view_moved(self) -> None:
        """Show what is in view now, where that is not all."""
        content = self._canvas.content
        seen = self._canvas.mapToScene(self._canvas.viewport().rect()).boundingRect()
        whole = content.isEmpty() or seen.adjusted(-4, -4, 4, 4).contains(content)
        if self.isVisible() == whole:
            self.settle()
            self.setVisible(not whole)
        if not whole:
            self.update()

    def settle(self) -> None:
        """Lie in the lower right corner."""
        room = self._canvas.viewport().geometry()
        self.move(room.right() - self.WIDE - EDGE, room.bottom() - self.HIGH - EDGE - ABOVE_HINT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the steps and the part in view."""
        t, painter = tokens(), QPainter(self)
        if self._drawn is None or self._drawn[0] != t.name:
            self._drawn = t.name, self._steps()
        painter.drawPixmap(0, 0, self._drawn[1])
        scale, shift = self._scale()
        for step in self._canvas.chosen_ids:
            item = self._canvas.item(step)
            if item is not None:
                painter.fillRect(_spot(item, scale, shift), QColor(t.accent))
        seen = self._canvas.mapToScene(self._canvas.viewport().rect()).boundingRect()
        frame = QRectF(seen.topLeft() * scale + shift, seen.size() * scale)
        tint = QColor(t.accent)
        tint.setAlpha(28)
        painter.setBrush(tint)
        painter.setPen(QPen(QColor(t.accent), 1))
        painter.drawRect(frame.intersected(QRectF(self.rect().adjusted(1, 1, -2, -2))))

    def _steps(self) -> QPixmap:
        """Return the picture of all steps, which stays as long as the flow does."""
        t, picture = tokens(), QPixmap(self.size() * self.devicePixelRatio())
        picture.setDevicePixelRatio(self.devicePixelRatio())
        picture.fill(QColor(t.raised))
        painter = QPainter(picture)
        painter.setPen(QPen(QColor(t.line_strong), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        scale, shift = self._scale()
        for step in self._canvas.steps:
            item = self._canvas.item(step)
            if item is not None:
                painter.fillRect(_spot(item, scale, shift), QColor(t.faint))
        painter.end()
        return picture

    def _scale(self) -> tuple[float, QPointF]:
        content = self._canvas.content
        room = QRectF(self.rect()).adjusted(6, 6, -6, -6)
        scale = min(room.width() / max(1.0, content.width()), room.height() / max(1.0, content.height()))
        return scale, room.center() - content.center() * scale

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to a place of the flow."""
        scale, shift = self._scale()
        self._canvas.centerOn((event.position() - shift) / scale)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)


def _spot(item: StepItem, scale: float, shift: QPointF) -> QRectF:
    box = item.box
    size = QSizeF(max(1.5, box.width() * scale), max(1.0, box.height() * scale))
    return QRectF(box.topLeft() * scale + shift, size)


class FindBar(QFrame):
    """A field in which steps are looked for; Enter goes to the next one that fits."""

    def __init__(self, canvas: FlowBoard) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setProperty("role", "card")
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 6, 6, 6)
        line.setSpacing(6)
        self.field = _FindField(self)
        self.field.setPlaceholderText("Find a step")
        self.field.setAccessibleName("Find a step")
        self.field.setFixedWidth(190)
        self.count = label("", "muted")
        self.count.setMinimumWidth(60)
        line.addWidget(self.field)
        line.addWidget(self.count)
        line.addWidget(
            Button("", lambda: self.step(1), kind="quiet", icon="chevron-down", name="Next step found")
        )
        line.addWidget(Button("", self.put_away, kind="quiet", icon="cross", name="Close the search"))
        self.field.textChanged.connect(lambda _: self._look())
        self._found: list[str] = []
        self._at = 0
        self.hide()

    def bring_up(self) -> None:
        """Let words be typed."""
        self.show()
        self.raise_()
        self.settle()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._look()

    def put_away(self) -> None:
        """Give the keyboard back to the flow."""
        self.hide()
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, by: int) -> None:
        """Go to the next step that was found."""
        if self._found:
            self._at = (self._at + by) % len(self._found)
            self._show()

    def settle(self) -> None:
        """Lie in the upper right corner."""
        self.adjustSize()
        room = self._canvas.viewport().geometry()
        self.move(room.right() - self.width() - EDGE, room.top() + EDGE)

    def _look(self) -> None:
        words = self.field.text().casefold().split()
        items = [(step, self._canvas.item(step)) for step in self._canvas.steps]
        said = {
            step: f"{item.step.title} {item.step.subtitle} {item.step.words}".casefold()
            for step, item in items
            if item is not None
        }
        self._found = [step for step, text in said.items() if words and all(word in text for word in words)]
        self._at = 0
        if self._found:
            self._show()
        else:
            self.count.setText("nothing" if words else "")

    def _show(self) -> None:
        self.count.setText(f"{self._at + 1} of {len(self._found)}")
        self._canvas.choose(self._found[self._at])


class _FindField(QLineEdit):
    def __init__(self, bar: FindBar) -> None:
        super().__init__()
        self._bar = bar

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, Shift+Enter back, Esc closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._bar.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self._bar.put_away()
        else:
            super().keyPressEvent(event)
