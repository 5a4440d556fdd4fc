"""What a flow is drawn of: steps, lines, ways that lead nowhere yet, and named frames around steps.

- Each is one item that paints itself from plain data; none knows what the flow is about.
- Seen from far away, letters and icons are left out: nobody could read them, and they cost most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsSimpleTextItem,
    QStyleOptionGraphicsItem,
    QWidget,
)

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import bold, font
from studio.desktop.theme.icons import pixmap
from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import SIZE_SMALL, Tone
from studio.desktop.widgets.labels import SIGNS, paint_sign
from studio.desktop.widgets.text import two_lines
from studio.diff.flow_layout import Line, Sizes

TILE = 28
FAR = 0.45
"""Below this scale letters are left out."""
KNOB = 4.5
DIM = 0.42
"""How much is left of what did not change."""
Light = Literal["", "path", "now", "target"]


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A step as it is drawn: icon, title, a word below, a tone when it changed, and what it says aloud.

    `dim` draws it faint: nothing changed there, and what changed stands out.
    """

    id: str
    icon: str
    title: str
    subtitle: str = ""
    tone: Tone = ""
    words: str = ""
    begins: bool = False
    dim: bool = False


@dataclass(frozen=True, slots=True)
class OpenEnd:
    """A way out that leads nowhere yet; `side` says that it is not the ordinary way on."""

    source: str
    label: str
    name: str = ""
    side: bool = False


@dataclass(frozen=True, slots=True)
class FlowGroup:
    """A named frame around steps."""

    id: str
    name: str
    steps: tuple[str, ...]


def is_far(painter: QPainter) -> bool:
    """Return whether the flow is seen from so far away that letters cannot be read."""
    return QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform()) < FAR


class StepItem(QGraphicsRectItem):
    """A step: its place is its upper left corner. Qt itself knows its room, so that it is found fast."""

    def __init__(self, step: FlowStep, width: float, height: float) -> None:
        super().__init__(-6, -6, width + 12, height + 12)
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.step = step
        self.width, self.height = width, height
        self.chosen = False
        self.ported = False
        self.light: Light = ""
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setToolTip(tip(step.words or step.title))
        if step.dim:
            self.setOpacity(DIM)

    @property
    def box(self) -> QRectF:
        """Return where the step stands."""
        return QRectF(self.pos().x(), self.pos().y(), self.width, self.height)

    def show_as(self, *, chosen: bool | None = None, ported: bool | None = None) -> None:
        """Show the step chosen or not, with or without the knobs from which lines are drawn."""
        self.chosen = self.chosen if chosen is None else chosen
        self.ported = self.ported if ported is None else ported
        self.update()

    def rest(self) -> None:
        """Be neither chosen nor lit."""
        if self.chosen or self.ported or self.light:
            self.chosen = self.ported = False
            self.light = ""
            self.update()

    def shine(self, light: Light) -> None:
        """Light the step: on the way that was taken, where it stands now, or as a target."""
        if light != self.light:
            self.light = light
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the frame, the tile with the icon, and the words."""
        t, tone, far = tokens(), self.step.tone, is_far(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not far)
        box = QRectF(0.5, 0.5, self.width - 1, self.height - 1)
        if self.light:
            self._paint_light(painter, box)
        edge = t.accent if self.chosen or self.light else t.tone(tone) if tone else t.line_strong
        painter.setPen(self._frame(QColor(edge)))
        filled = t.accent_soft if self.light == "now" else t.tint(tone) if tone else t.raised
        painter.setBrush(QColor(filled))
        if far:
            painter.drawRect(box)
            return
        painter.drawRoundedRect(box, 7, 7)
        if tone == "chg":
            painter.drawRoundedRect(box.adjusted(2.5, 2.5, -2.5, -2.5), 5, 5)
        self._paint_tile(painter, box)
        self._paint_words(painter)
        if tone in SIGNS:
            paint_sign(painter, QRectF(self.width - 12, -6, 18, 18), tone, framed=True)
        if self.step.begins:
            self._paint_beginning(painter)
        if self.ported:
            self._paint_knobs(painter)

    def _frame(self, edge: QColor) -> QPen:
        """Return the frame, whose line tells what changed without its colour, too."""
        tone = self.step.tone
        pen = QPen(edge, 2 if self.chosen or self.light == "now" or tone == "add" else 1.3)
        if tone == "del":
            pen.setStyle(Qt.PenStyle.DashLine)
        elif tone == "mov":
            pen.setStyle(Qt.PenStyle.DashDotLine)
        return pen

    def _paint_light(self, painter: QPainter, box: QRectF) -> None:
        glow = QColor(tokens().accent)
        glow.setAlpha(90 if self.light != "path" else 45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(glow)
        painter.drawRoundedRect(box.adjusted(-4, -4, 4, 4), 10, 10)

    def _paint_tile(self, painter: QPainter, box: QRectF) -> None:
        t, tone = tokens(), self.step.tone
        tile = QPainterPath()
        tile.addRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6)
        strip = QPainterPath()
        strip.addRect(QRectF(0, 0, TILE, self.height))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.accent_soft if not tone else t.tint(tone)))
        painter.drawPath(tile.intersected(strip))
        ink = t.tone(tone) if tone else t.accent
        picture = pixmap(self.step.icon, ink, 28)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        spot = QRectF((TILE - 14) / 2 + 0.5, (self.height - 14) / 2, 14, 14)
        painter.drawPixmap(spot, picture, QRectF(picture.rect()))

    def _paint_words(self, painter: QPainter) -> None:
        t = tokens()
        left, room = TILE + 8, round(self.width) - TILE - 14
        sign = {"add": "+ ", "del": "− "}.get(self.step.tone, "")
        letters = bold(12)
        letters.setStrikeOut(self.step.tone == "del")
        painter.setFont(letters)
        painter.setPen(QColor(t.text))
        middle = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if not self.step.subtitle:
            lines = two_lines(sign + self.step.title, room, bold(12))
            painter.drawText(QRectF(left, 1, room, self.height - 2), middle, "\n".join(lines))
            return
        title = painter.fontMetrics().elidedText(sign + self.step.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(left, self.height / 2 - 17, room, 17), middle, title)
        painter.setFont(font(SIZE_SMALL))
        painter.setPen(QColor(t.muted_on_tint if self.step.tone or self.light else t.muted))
        under = painter.fontMetrics().elidedText(self.step.subtitle, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(left, self.height / 2, room, 16), middle, under)

    def _paint_beginning(self, painter: QPainter) -> None:
        """Draw a small flag at the corner of the step at which the flow begins."""
        t = tokens()
        painter.setPen(QPen(QColor(t.panel), 1.2))
        painter.setBrush(QColor(t.accent))
        painter.drawEllipse(QPointF(1.5, 1.5), 6, 6)
        sign = QPainterPath(QPointF(-0.5, -1.5))
        sign.lineTo(4.5, 1.5)
        sign.lineTo(-0.5, 4.5)
        sign.closeSubpath()
        painter.fillPath(sign, QColor(t.accent_text))

    def _paint_knobs(self, painter: QPainter) -> None:
        t = tokens()
        painter.setPen(QPen(QColor(t.accent), 1.5))
        painter.setBrush(QColor(t.panel))
        for knob in knobs(QRectF(0, 0, self.width, self.height)):
            painter.drawEllipse(knob, KNOB, KNOB)


def knobs(box: QRectF) -> tuple[QPointF, QPointF]:
    """Return where lines are drawn from: below for the ordinary way on, at the right for another."""
    return QPointF(box.center().x(), box.bottom()), QPointF(box.right(), box.center().y())


class LineItem(QGraphicsPathItem):
    """A line with its head and its label; all are painted by Qt alone, because there may be thousands."""

    def __init__(self, line: Line, sizes: Sizes, labels: QGraphicsItem | None = None) -> None:
        super().__init__()
        self._room = sizes.label if line.way.side else sizes.step / 2
        self.chosen = self.lit = False
        self._head = QGraphicsPathItem(self)
        self._head.setPen(QPen(Qt.PenStyle.NoPen))
        self._label = _label_item(line.way.label, self._room, labels) if line.way.label else None
        if self._label is not None and labels is None:
            self._label.setParentItem(self)
        self.show_line(line)
        self.tint()

    def show_line(self, line: Line) -> None:
        """Run otherwise."""
        self.line = line
        points = [QPointF(*p) for p in line.points]
        tip = points[-1]
        points[-1] = QPointF(tip.x(), tip.y() - 6)
        self.setPath(_rounded(points))
        head = QPainterPath(tip)
        head.lineTo(tip.x() - 4.5, tip.y() - 8)
        head.lineTo(tip.x() + 4.5, tip.y() - 8)
        head.closeSubpath()
        self._head.setPath(head)
        if self._label is not None:
            x, y = line.label_at
            wide = self._label.rect().width()
            self._label.setPos(x - wide if line.label_right else x, y)

    def becomes(self, line: Line) -> bool:
        """Run as another line does, where the label is the same; return whether it does."""
        if line.way.label != self.line.way.label or line.way.side != self.line.way.side:
            return False
        if line != self.line:
            self.show_line(line)
        if self.chosen or self.lit:
            self.show_as(chosen=False, lit=False)
        return True

    def leave(self, scene: QGraphicsScene) -> None:
        """Go out of the picture, with the label."""
        scene.removeItem(self)
        if self._label is not None:
            scene.removeItem(self._label)

    def tint(self) -> None:
        """Take the colours of the theme."""
        t, strong, tone = tokens(), self.chosen or self.lit, self.line.way.tone
        ink = QColor(
            t.accent if strong else t.add if tone == "add" else t.removed if tone == "del" else t.faint
        )
        pen = QPen(ink, 2.2 if strong or tone == "add" else 1.4)
        if tone == "del":
            pen.setStyle(Qt.PenStyle.DashLine)
        self.setPen(pen)
        self.setOpacity(DIM if self.line.way.dim else 1.0)
        self._head.setBrush(ink)
        above = {"add": -0.9, "del": -1.1}.get(tone, -1.0)  # what comes is never hidden under what went
        self.setZValue(-0.5 if strong else above)
        if self._label is not None:
            _tint_label(self._label)

    def show_as(self, *, chosen: bool | None = None, lit: bool | None = None) -> None:
        """Show the line chosen, or on the way that was taken."""
        self.chosen = self.chosen if chosen is None else chosen
        self.lit = self.lit if lit is None else lit
        self.tint()

    def distance(self, spot: QPointF) -> float:
        """Return how far a place is from the line."""
        points = self.line.points
        return min(_distance(spot, QPointF(*a), QPointF(*b)) for a, b in pairwise(points))


def _label_item(words: str, room: float, parent: QGraphicsItem | None) -> QGraphicsRectItem:
    """Return a label on the colour of the ground, its left edge and its middle at its place."""
    face = font(SIZE_SMALL)
    text = _shortened(words, round(room))
    ground = QGraphicsRectItem(parent)
    ground.setPen(QPen(Qt.PenStyle.NoPen))
    letters = QGraphicsSimpleTextItem(text, ground)
    letters.setFont(face)
    box = letters.boundingRect()
    ground.setRect(-1, -7, box.width() + 2, 14)
    letters.setPos(0, -box.height() / 2 - 0.5)
    return ground


@lru_cache(maxsize=4_000)
def _shortened(words: str, room: int) -> str:
    return QFontMetrics(font(SIZE_SMALL)).elidedText(words, Qt.TextElideMode.ElideRight, room)


def _tint_label(ground: QGraphicsRectItem) -> None:
    ground.setBrush(QColor(tokens().panel))
    for letters in ground.childItems():
        if isinstance(letters, QGraphicsSimpleTextItem):
            letters.setBrush(QColor(tokens().muted))


class OpenEndItem(QGraphicsRectItem):
    """A way that leads nowhere yet: a short line to a ring with a plus in it."""

    RADIUS = 7.5

    def __init__(self, end: OpenEnd, sizes: Sizes) -> None:
        super().__init__(QRectF(-12, -12, 150, 24) if end.side else QRectF(-12, -2, 130, 36))
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.end = end
        self._room = sizes.label - 24
        self.chosen = False
        way = end.name or "This way"
        self.setToolTip(tip(f"{way} leads nowhere yet: click to add a step, or drag to one"))

    @property
    def ring(self) -> QPointF:
        """Return the middle of the ring, as seen from where the way leaves its step."""
        return QPointF(26, 0) if self.end.side else QPointF(0, 21)

    def show_as(self, *, chosen: bool) -> None:
        """Show the way chosen or not."""
        self.chosen = chosen
        self.update()

    def shape(self) -> QPainterPath:
        """Return where it is hit: its ring."""
        path = QPainterPath()
        path.addEllipse(self.ring, self.RADIUS + 3, self.RADIUS + 3)
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the line, the ring and the label."""
        if is_far(painter):
            return
        t, ring, radius = tokens(), self.ring, self.RADIUS
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = QColor(t.accent if self.chosen else t.warn)
        pen = QPen(ink, 1.6 if self.chosen else 1.3)
        pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        stop = ring - (QPointF(radius, 0) if self.end.side else QPointF(0, radius))
        painter.drawLine(QPointF(0, 0), stop)
        pen.setStyle(Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.setBrush(QColor(t.accent_soft if self.chosen else t.panel))
        painter.drawEllipse(ring, radius, radius)
        painter.drawLine(ring - QPointF(3.5, 0), ring + QPointF(3.5, 0))
        painter.drawLine(ring - QPointF(0, 3.5), ring + QPointF(0, 3.5))
        if self.end.name:
            _paint_label(painter, self.end.name, (ring.x() + radius + 5, ring.y()), False, self._room)


class GroupItem(QGraphicsItem):
    """A named frame behind the steps of a group."""

    HEAD = 17

    def __init__(self, group: FlowGroup, box: QRectF) -> None:
        super().__init__()
        self.frame = group
        self._box = box.adjusted(-12, -3 - self.HEAD, 12, 8)
        self.setZValue(-3)

    @property
    def head(self) -> QRectF:
        """Return where its name stands."""
        return QRectF(self._box.left(), self._box.top(), self._box.width(), self.HEAD)

    def boundingRect(self) -> QRectF:
        """Return the frame."""
        return self._box.adjusted(-1, -1, 1, 1)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the frame and the name."""
        t = tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = QColor(t.accent_soft)
        fill.setAlpha(110)
        pen = QPen(QColor(t.line_strong), 1)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(fill)
        painter.drawRoundedRect(self._box, 10, 10)
        if is_far(painter):
            return
        painter.setFont(bold(SIZE_SMALL))
        painter.setPen(QColor(t.muted_on_tint))
        spot = self.head.adjusted(10, 1, -10, 0)
        name = painter.fontMetrics().elidedText(
            self.frame.name, Qt.TextElideMode.ElideRight, round(spot.width())
        )
        painter.drawText(spot, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), name)


def _paint_label(painter: QPainter, words: str, at: tuple[float, float], right: bool, room: float) -> None:
    t = tokens()
    painter.setFont(font(SIZE_SMALL))
    text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, round(room))
    width = painter.fontMetrics().horizontalAdvance(text)
    x, y = at
    left = x - width if right else x
    spot = QRectF(left, y - 6, width, 12)
    painter.fillRect(spot.adjusted(-2, 0, 2, 0), QColor(t.panel))
    painter.setPen(QColor(t.muted))
    painter.drawText(spot.adjusted(0, -1, 2, 1), int(Qt.AlignmentFlag.AlignVCenter), text)


def _rounded(points: Sequence[QPointF]) -> QPainterPath:
    """Return a path through the points whose corners are a little round."""
    path = QPainterPath(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        path.lineTo(_towards(corner, before))
        path.quadTo(corner, _towards(corner, after))
    path.lineTo(points[-1])
    return path


def _towards(start: QPointF, end: QPointF, distance: float = 5) -> QPointF:
    run = end - start
    length = (run.x() ** 2 + run.y() ** 2) ** 0.5
    return start + run * (min(distance, length / 2) / length) if length else start


def _distance(spot: QPointF, start: QPointF, end: QPointF) -> float:
    run = end - start
    length = run.x() ** 2 + run.y() ** 2
    share = QPointF.dotProduct(spot - start, run) / length if length else 0.0
    near = start + run * max(0.0, min(1.0, share))
    gap = spot - near
    return float((gap.x() ** 2 + gap.y() ** 2) ** 0.5)
