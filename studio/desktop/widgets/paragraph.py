"""Wrapped text with air between its lines, and links that wrap; both know their height for a width."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import font
from studio.desktop.widgets.text import LINE_HEIGHT, Laid, Stretch, lay_out, paint_laid

_WIDTHS = 6
"""So many widths are remembered: layouts ask for the height of several in turn."""


class Paragraph(QLabel):
    """A label that wraps with the line height of the page; it is read aloud like any label."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._laid: dict[tuple[int, str], Laid] = {}

    def stretches(self) -> tuple[Stretch, ...]:
        """Return the letters that look different."""
        return ()

    def hasHeightForWidth(self) -> bool:
        """Return True: a narrow paragraph is high."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        margins = self.contentsMargins()
        inner = width - margins.left() - margins.right()
        return self._lay(inner).height + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:
        """Ask for the text's own width, within a readable column."""
        self.ensurePolished()
        longest = max(QFontMetrics(self.font()).horizontalAdvance(line) for line in self.text().split("\n"))
        width = min(longest + 2, 520)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Be content with a narrow column."""
        return QSize(40, self._line_height())

    def changeEvent(self, event: QEvent) -> None:
        """Break lines again in other letters or colours."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._laid.clear()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines."""
        box = self.contentsRect()
        laid = self._lay(box.width())
        top = box.top()
        if self.alignment() & Qt.AlignmentFlag.AlignVCenter:
            top += max(0, (box.height() - laid.height) // 2)
        ink = self.palette().color(self.foregroundRole()).name()
        paint_laid(QPainter(self), laid, QPointF(box.left(), top), ink)

    def _line_height(self) -> int:
        return (
            max(LINE_HEIGHT, QFontMetrics(self.font()).height() + 2) if self.font().pixelSize() > 12 else 16
        )

    def _lay(self, width: int) -> Laid:
        laid = self._laid.get((width, self.text()))
        if laid is None:
            self.ensurePolished()
            centered = bool(self.alignment() & Qt.AlignmentFlag.AlignHCenter)
            laid = lay_out(
                self.text(), width, self.stretches(), self.font(), self._line_height(), centered=centered
            )
            if len(self._laid) >= _WIDTHS:
                self._laid.clear()
            self._laid[width, self.text()] = laid
        return laid


class Marked(Paragraph):
    """A paragraph in which some letters are highlighted."""

    def __init__(self, text: str, start: int, end: int) -> None:
        super().__init__(text)
        self._span = start, end

    def stretches(self) -> tuple[Stretch, ...]:
        """Return the highlighted letters."""
        start, end = self._span
        return (Stretch(start, end, behind=tokens().mark),) if end > start else ()


class Link(QAbstractButton):
    """Words that lead somewhere; they wrap, and the keyboard reaches them."""

    def __init__(self, text: str, on_click: Callable[[], object], name: str = "") -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(name or text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda: on_click())
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """Return True: a narrow link is high."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        return lay_out(self.text(), width).height

    def sizeHint(self) -> QSize:
        """Ask for one line."""
        return QSize(QFontMetrics(font()).horizontalAdvance(self.text()) + 2, LINE_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Be content with a narrow column."""
        return QSize(40, LINE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words in the colour of ways, underlined under the pointer."""
        letters = font()
        letters.setUnderline(self.underMouse())
        paint_laid(
            QPainter(self), lay_out(self.text(), self.width(), (), letters), QPointF(0, 0), tokens().accent
        )
