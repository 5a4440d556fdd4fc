"""What a page shows when it has nothing, is busy, or could not do it; and the stack that picks one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, QTimerEvent
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.theme.icons import pixmap
from studio.desktop.theme.tokens import S2, S3, Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import label


class Picture(QLabel):
    """An icon that follows the theme."""

    def __init__(self, name: str, size: int = 28, tone: Tone = "none") -> None:
        super().__init__()
        self._name, self._size, self._tone = name, size, tone
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Tint again when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def show_icon(self, name: str, tone: Tone) -> None:
        """Show another icon."""
        self._name, self._tone = name, tone
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(pixmap(self._name, tokens().tone(self._tone), self._size))


class EmptyState(QWidget):
    """A picture, a heading, a sentence that says what to do, and the buttons that do it, links below."""

    def __init__(self, icon: str, title: str, text: str, *buttons: Button, tone: Tone = "none") -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.setSpacing(S2)
        outer.addStretch(2)
        self.picture = Picture(icon, tone=tone)
        outer.addWidget(self.picture)
        self.title = label(title, "title", wrap=True)
        self.text = label(text, "muted", wrap=True)
        for part in (self.title, self.text):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            line = QHBoxLayout()
            part.setMaximumWidth(520)
            line.addWidget(part)
            outer.addLayout(line)
        links = [button for button in buttons if button.property("kind") == "link"]
        for shown, above in (([button for button in buttons if button not in links], S3), (links, 0)):
            if not shown:
                continue
            line = QHBoxLayout()
            line.setContentsMargins(0, above, 0, 0)
            line.setSpacing(S2)
            line.addStretch(1)
            for button in shown:
                line.addWidget(button)
            line.addStretch(1)
            outer.addLayout(line)
        outer.addStretch(3)
        self.setAccessibleName(title)

    def say(self, title: str, text: str) -> None:
        """Say something else."""
        self.title.setText(title)
        self.text.setText(text)
        self.setAccessibleName(title)


class Spinner(QWidget):
    """An arc that turns while something is being done."""

    def __init__(self, size: int = 24) -> None:
        super().__init__()
        self.setFixedSize(size, size)
        self._angle = 0
        self._timer = 0

    def showEvent(self, event: QShowEvent) -> None:
        """Turn while seen."""
        self._timer = self.startTimer(60)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while unseen."""
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0

    def timerEvent(self, event: QTimerEvent) -> None:
        """Turn a little further."""
        self._angle = (self._angle + 24) % 360
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the arc."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        painter.setPen(QPen(QColor(tokens().line_strong), 2.5))
        painter.drawEllipse(box)
        painter.setPen(QPen(QColor(tokens().accent), 2.5))
        painter.drawArc(box, -self._angle * 16, 100 * 16)


class BusyState(QWidget):
    """A turning arc and what is being done."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setSpacing(S3)
        outer.addStretch(2)
        line = QHBoxLayout()
        line.addWidget(Spinner())
        outer.addLayout(line)
        self.text = label("", "muted", wrap=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        outer.addWidget(self.text)
        outer.addStretch(3)


class StateStack(QStackedWidget):
    """Content, or the reason why there is none: empty, busy, error."""

    def __init__(self, content: QWidget, empty: QWidget) -> None:
        super().__init__()
        self.content, self.empty, self.busy = content, empty, BusyState()
        self.again = Button("Try again", kind="primary")
        self.error = EmptyState("alert", "This could not be shown", "", self.again, tone="bad")
        for part in (self.content, self.empty, self.busy, self.error):
            self.addWidget(part)

    def show_content(self) -> None:
        """Show the content."""
        self.setCurrentWidget(self.content)

    def show_empty(self) -> None:
        """Say that there is nothing yet."""
        self.setCurrentWidget(self.empty)

    def show_busy(self, text: str) -> None:
        """Say what is being done."""
        self.busy.text.setText(text)
        self.setCurrentWidget(self.busy)

    def show_error(self, text: str) -> None:
        """Say what went wrong and what to do."""
        self.error.say("This could not be shown", text)
        self.setCurrentWidget(self.error)
