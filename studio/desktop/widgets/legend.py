"""A legend: lines that say what the parts of a bar are, each with a sign; choosing one asks for that part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import font
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.document_marks import DocMark, MarkSign, paint_state

_HEIGHT = 26


@dataclass(frozen=True, slots=True)
class LegendLine:
    """One part: its id, tone and sign, what it is, and how much of the whole."""

    id: str
    tone: Tone
    sign: MarkSign
    words: str
    figure: str


class _Line(QPushButton):
    def __init__(self, line: LegendLine) -> None:
        super().__init__()
        self._line = line
        self.setProperty("kind", "plain-row")
        self.setAutoDefault(False)
        self.setAccessibleName(f"{line.words}: {line.figure}")
        self.setToolTip(f"List the sentences in this state: {line.words.lower()}")
        self.setFixedHeight(_HEIGHT)

    def sizeHint(self) -> QSize:
        """Be as wide as there is room."""
        return QSize(120, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Never be cut to less than the sign and a few letters."""
        return QSize(100, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw colour, sign, words and figure, a hairline below."""
        t, line, painter = tokens(), self._line, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse():
            painter.fillRect(self.rect(), QColor(t.bg))
        box = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.line_strong if line.tone in ("", "none") else t.tone(line.tone)))
        painter.drawRoundedRect(QRectF(0, box.center().y() - 5, 10, 10), 3, 3)
        paint_state(painter, QPointF(16, box.center().y() - 7), DocMark("", 0, 0, line.tone, "", line.sign))
        painter.setFont(font())
        painter.setPen(QColor(t.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        words = painter.fontMetrics().elidedText(
            line.words, Qt.TextElideMode.ElideRight, int(box.width()) - 36 - 48
        )
        painter.drawText(box.adjusted(36, 0, -48, 0), int(middle), words)
        painter.drawText(box.adjusted(0, 0, -2, 0), int(middle | Qt.AlignmentFlag.AlignRight), line.figure)
        painter.fillRect(QRectF(0, box.bottom() - 1, box.width(), 1), QColor(t.line))


class Legend(QWidget):
    """Shows lines; `chosen` tells the id of the line that was chosen."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._lines: tuple[LegendLine, ...] = ()

    def show_lines(self, lines: Sequence[LegendLine]) -> None:
        """Show other lines."""
        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        while item := self._column.takeAt(0):
            if old := item.widget():
                old.hide()
                old.deleteLater()
        for line in lines:
            made = _Line(line)
            made.clicked.connect(lambda _checked=False, which=line.id: self.chosen.emit(which))
            self._column.addWidget(made)
        self.setAccessibleName("; ".join(f"{line.words} {line.figure}" for line in lines))
