"""Wrapped text on a painted surface: laid out by Qt, with coloured stretches behind and in the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import font

LINE_HEIGHT = 19


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some letters of a text that look different; `behind` and `ink` are colours or empty."""

    start: int
    end: int
    behind: str = ""
    ink: str = ""
    bold: bool = False
    struck: bool = False
    under: bool = False


@dataclass(slots=True)
class Laid:
    """A text broken into lines of a width."""

    layout: QTextLayout
    height: int
    stretches: tuple[Stretch, ...]
    line_height: int = LINE_HEIGHT
    boxes: list[tuple[QRectF, str]] = field(default_factory=list)

    def position_at(self, point: QPointF) -> int:
        """Return the letter at a point, counted from the text's own corner; -1 outside."""
        number = int(point.y() // self.line_height)
        if not 0 <= number < self.layout.lineCount():
            return -1
        return self.layout.lineAt(number).xToCursor(point.x())

    def lines_of(self, start: int, end: int) -> range:
        """Return the numbers of the lines on which letters `start` to `end` stand."""
        first = self.layout.lineForTextPosition(start).lineNumber()
        last = self.layout.lineForTextPosition(max(start, end - 1)).lineNumber()
        return range(first, last + 1)


def plain(text: str) -> str:
    """Return a text in which line ends break lines without ending the paragraph; its length stays."""
    return text.replace("\r", " ").replace("\n", "\u2028")


def lay_out(
    text: str,
    width: float,
    stretches: Sequence[Stretch] = (),
    letters: QFont | None = None,
    line_height: int = LINE_HEIGHT,
    centered: bool = False,
) -> Laid:
    """Break a text into lines no wider than `width`."""
    layout = QTextLayout(plain(text), letters or font())
    layout.setCacheEnabled(True)  # else the letters are shaped a second time when they are drawn
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    if centered:
        option.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    layout.setTextOption(option)
    layout.setFormats([_format(stretch) for stretch in stretches])
    layout.beginLayout()
    count = 0
    while True:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(max(20.0, width))
        line.setPosition(QPointF(0, count * line_height + (line_height - line.height()) / 2))
        count += 1
    layout.endLayout()
    laid = Laid(layout, max(1, count) * line_height, tuple(stretches), line_height)
    laid.boxes = list(_boxes(laid))
    return laid


def two_lines(text: str, width: float, letters: QFont | None = None) -> list[str]:
    """Break a text into at most two lines; the second is shortened where the rest does not fit.

    Of what tells from what to what ("30 days → 45 days"), the end stays: it is what is new.
    """
    metrics = QFontMetrics(letters or font())
    if metrics.horizontalAdvance(text) <= width:
        return [text]
    first, rest = "", text.split(" ")
    while rest and metrics.horizontalAdvance(f"{first} {rest[0]}".strip()) <= width:
        first = f"{first} {rest.pop(0)}".strip()
    if not first or not rest:
        return [metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width))]
    if "→" not in rest:
        return [first, metrics.elidedText(" ".join(rest), Qt.TextElideMode.ElideRight, int(width))]
    ends = (" ".join(rest), *(f"… {' '.join(rest[n:])}" for n in range(1, len(rest))))
    fitting = next((each for each in ends if metrics.horizontalAdvance(each) <= width), rest[-1])
    return [first, metrics.elidedText(fitting, Qt.TextElideMode.ElideLeft, int(width))]


def paint_laid(painter: QPainter, laid: Laid, corner: QPointF, ink: str = "") -> None:
    """Draw a laid-out text with its upper left corner at `corner`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for box, behind in laid.boxes:
        painter.setBrush(QColor(behind))
        painter.drawRoundedRect(box.translated(corner), 3, 3)
    painter.setPen(QColor(ink or tokens().text))
    laid.layout.draw(painter, corner)


def _format(stretch: Stretch) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start = stretch.start
    made.length = stretch.end - stretch.start
    look = QTextCharFormat()
    if stretch.ink:
        look.setForeground(QColor(stretch.ink))
    if stretch.bold:
        look.setFontWeight(QFont.Weight.DemiBold)
    if stretch.struck:
        look.setFontStrikeOut(True)
    if stretch.under:
        look.setFontUnderline(True)
    made.format = look
    return made


def _boxes(laid: Laid) -> list[tuple[QRectF, str]]:
    """Return the coloured boxes behind the stretches, one for each line they touch."""
    found: list[tuple[QRectF, str]] = []
    for stretch in laid.stretches:
        if not stretch.behind or stretch.end <= stretch.start:
            continue
        for number in laid.lines_of(stretch.start, stretch.end):
            line = laid.layout.lineAt(number)
            left = _x(line, max(stretch.start, line.textStart()))
            right = _x(line, min(stretch.end, line.textStart() + line.textLength()))
            top = number * laid.line_height + 1.5
            found.append((QRectF(left - 2, top, right - left + 4, laid.line_height - 3), stretch.behind))
    return found


def _x(line: QTextLine, position: int) -> float:
    """Return where a letter begins in its line; the binding answers with a pair on some versions."""
    answer: Any = line.cursorToX(position)
    return float(answer[0] if isinstance(answer, tuple) else answer)
