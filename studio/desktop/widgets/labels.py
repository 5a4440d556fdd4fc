"""Words on the screen: labels by role, chips, key caps, sign tiles and gate marks."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import bold, font
from studio.desktop.theme.icons import renderer
from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import SIZE_NOTE, SIZE_SMALL, Tone
from studio.desktop.widgets.paragraph import Paragraph
from studio.desktop.widgets.text import two_lines

LabelRole = Literal["", "muted", "small", "note", "heading", "title", "pane-title", "group", "figure", "chip"]

SIGNS: dict[str, str] = {"add": "plus", "del": "minus", "chg": "change", "mov": "move"}
MARK_SIGNS: dict[str, str] = {"ok": "check", "bad": "cross", "warn": "!", "none": ""}


def restyle(widget: QWidget) -> None:
    """Make a widget read its style again after one of its properties changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def set_tone(widget: QWidget, tone: Tone) -> None:
    """Give a widget a tone; the sheet colours it."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        restyle(widget)


def label(text: str = "", role: LabelRole = "", tone: Tone = "", wrap: bool = False) -> QLabel:
    """Return a label; `wrap` lets it grow downwards instead of sideways."""
    made = Paragraph(text) if wrap else QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setProperty("tone", tone)
    return made


class Elided(QLabel):
    """A label of one or two lines that shortens its text where room is short, and tells it whole in a tip."""

    def __init__(self, text: str = "", role: LabelRole = "", lines: int = 1) -> None:
        super().__init__(text)
        self._lines = lines
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """Ask for the whole text."""
        self.ensurePolished()
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Be content with a few letters."""
        return QSize(24, self.sizeHint().height() + (self._lines - 1) * QFontMetrics(self.font()).height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as fits."""
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        shown = [metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())]
        if self._lines > 1:
            shown = two_lines(self.text(), self.width(), self.font())
        self.setToolTip(tip(self.text()) if " ".join(shown) != self.text() else "")
        painter.setPen(self.palette().color(self.foregroundRole()))
        high = metrics.height()
        top = (self.height() - high * len(shown)) // 2
        for number, line in enumerate(shown):
            box = QRect(0, top + number * high, self.width(), high)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), line)


class Chip(QLabel):
    """A short fact in a rounded outline."""

    def __init__(self, text: str = "", tone: Tone = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "chip")
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_fact(self, text: str, tone: Tone = "") -> None:
        """Say something else; an empty text hides the chip."""
        self.setText(text)
        self.setVisible(bool(text))
        set_tone(self, tone)

    def sizeHint(self) -> QSize:
        """Be as wide as the words, with room at both ends."""
        return QSize(QFontMetrics(font(SIZE_NOTE)).horizontalAdvance(self.text()) + 20, 20)

    def minimumSizeHint(self) -> QSize:
        """Never cut the words."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw outline and words."""
        t, tone = tokens(), self.property("tone")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        quiet = tone in ("", "none")
        painter.setPen(QPen(QColor(t.line_strong if quiet else t.tone(tone)), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 9.5, 9.5)
        painter.setPen(QColor(t.muted if quiet else t.tone(tone)))
        painter.setFont(font(SIZE_NOTE))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())


class Rule(QFrame):
    """A hairline across."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "rule")


class Sign(QWidget):
    """A small tile with the sign of a change: added, removed, changed, moved."""

    def __init__(self, tone: Tone, name: str) -> None:
        super().__init__()
        self._tone: Tone = tone
        self.setFixedSize(18, 18)
        self.setAccessibleName(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tile."""
        painter = QPainter(self)
        paint_sign(painter, QRectF(self.rect()), self._tone)


class Mark(QWidget):
    """A filled square that says good, bad, beware or nothing yet."""

    def __init__(self, tone: Tone, name: str = "") -> None:
        super().__init__()
        self._tone: Tone = tone
        self.setFixedSize(14, 14)
        self.setAccessibleName(name)
        self.setToolTip(tip(name))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the square."""
        painter = QPainter(self)
        paint_mark(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), self._tone)


def paint_sign(painter: QPainter, box: QRectF, tone: Tone, framed: bool = False) -> None:
    """Draw the tile of a change into a box."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(tokens().tone(tone)), 1) if framed else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens().tint(tone)))
    painter.drawRoundedRect(box, 4, 4)
    name = SIGNS.get(tone)
    if name:
        renderer(name, tokens().tone(tone)).render(painter, box.adjusted(3, 3, -3, -3))


def paint_mark(painter: QPainter, box: QRectF, tone: Tone) -> None:
    """Draw a gate mark into a box."""
    t = tokens()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(t.line_strong if tone in ("none", "") else t.tone(tone)))
    painter.drawRoundedRect(box, 3, 3)
    sign = MARK_SIGNS.get(tone, "")
    ink = t.panel
    if sign == "!":
        painter.setPen(QPen(QColor(ink)))
        painter.setFont(bold(10))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "!")
    elif sign:
        renderer(sign, ink).render(painter, box.adjusted(2, 2, -2, -2))


def paint_key(painter: QPainter, box: QRectF, text: str, ink: str | None = None) -> None:
    """Draw a key cap into a box."""
    t = tokens()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(ink or t.line_strong), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush if ink else QColor(t.panel))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(QColor(ink or t.muted))
    painter.setFont(font(SIZE_SMALL))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def key_width(text: str) -> int:
    """Return how wide a key cap is."""
    return QFontMetrics(font(SIZE_SMALL)).horizontalAdvance(text) + 10
