"""Marks beside sentences: a bar in a colour, a sign that says the same without it, and what lies on top.

- A sentence that is in doubt has a dotted bar and an exclamation mark; one that is locked has a lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import bold
from studio.desktop.theme.tokens import Tone

MarkSign = Literal["", "check", "ring", "question", "unequal", "dash", "empty"]
SIGN_SIZE, BAR = 14, 4
_LETTERS: dict[str, str] = {"question": "?", "unequal": "≠", "dash": "–"}


@dataclass(frozen=True, slots=True)
class DocMark:
    """A sentence that carries a mark: its letters in the part's text, tone, what it says, and its signs."""

    id: str
    start: int
    end: int
    tone: Tone
    words: str
    sign: MarkSign = ""
    doubt: Tone = ""
    locked: bool = False


def paint_bar(painter: QPainter, box: QRectF, mark: DocMark) -> None:
    """Draw the bar of a mark; dotted where the sentence is in doubt, hollow where nobody looked yet."""
    colour = _colour(mark.tone)
    if mark.doubt:
        pen = QPen(QColor(tokens().tone(mark.doubt)), BAR, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([1.0, 0.6])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(box.center().x(), box.top()), QPointF(box.center().x(), box.bottom()))
        return
    painter.setPen(QPen(QColor(colour), 1) if mark.sign == "empty" else Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush if mark.sign == "empty" else QColor(colour))
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5) if mark.sign == "empty" else box)


def paint_state(painter: QPainter, corner: QPointF, mark: DocMark) -> None:
    """Draw the sign of a state into a square whose upper left corner is given."""
    box = QRectF(corner.x(), corner.y(), SIGN_SIZE, SIGN_SIZE)
    ink = QColor(tokens().muted if mark.tone in ("none", "") else tokens().tone(mark.tone))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if mark.sign in _LETTERS:
        painter.setPen(ink)
        painter.setFont(bold(13))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), _LETTERS[mark.sign])
    elif mark.sign == "check":
        painter.setPen(QPen(ink, 1.8))
        painter.drawPolyline([corner + QPointF(*p) for p in ((2.5, 7.5), (5.5, 10.5), (11.5, 3.5))])
    elif mark.sign in ("ring", "empty"):
        pen = QPen(ink, 1.8 if mark.sign == "ring" else 1.2)
        if mark.sign == "empty":
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawEllipse(box.adjusted(3, 3, -3, -3))


def paint_doubt(painter: QPainter, corner: QPointF, tone: Tone) -> None:
    """Draw the exclamation mark of a sentence that has to be looked at again."""
    box = QRectF(corner.x(), corner.y(), SIGN_SIZE, SIGN_SIZE).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens().tone(tone)))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(tokens().panel))
    painter.setFont(bold(11))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "!")


def paint_lock(painter: QPainter, corner: QPointF) -> None:
    """Draw the lock of a sentence that is not for customers."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(tokens().muted), 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(corner.x() + 4, corner.y() + 1, 6, 8), 0, 180 * 16)
    painter.setBrush(QColor(tokens().muted))
    painter.drawRoundedRect(QRectF(corner.x() + 2.5, corner.y() + 6, 9, 6.5), 1.5, 1.5)


def _colour(tone: Tone) -> str:
    return tokens().line_strong if tone in ("none", "") else tokens().tone(tone)
