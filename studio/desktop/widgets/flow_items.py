"""What a flow is drawn of: steps, lines, ways that lead nowhere yet, and named frames around steps.

- Each is one item that paints itself from plain data; none knows what the flow is about.
- Seen from far away, letters and icons are left out: nobody could read them, and they cost most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import bold, font
from studio.desktop.theme.icons import pixmap
from studio.desktop.theme.tokens import SIZE_SMALL, Tone
from studio.desktop.widgets.flow_layout import Line, Sizes
from studio.desktop.widgets.text import two_lines

TILE = 28
FAR = 0.45
"""Below this scale letters are left out."""
KNOB = 4.5
Light = Literal["", "path", "now", "target"]


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A step as it is drawn: icon, title, a word below, a tone when it changed, and what it says aloud."""

    id: str
    icon: str
    title: str
    subtitle: str = ""
    tone: Tone = ""
    words: str = ""
    begins: bool = False


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


class StepItem(QGraphicsItem):
    """A step: its place is its upper left corner."""

    def __init__(self, step: FlowStep, width: float, height: float) -> None:
        super().__init__()
        self.step = step
        self.width, self.height = width, height
        self.chosen = False
        self.ported = False
        self.light: Light = ""
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setToolTip(step.words or step.title)

    @property
    def box(self) -> QRectF:
        """Return where the step stands."""
        return QRectF(self.pos().x(), self.pos().y(), self.width, self.height)

    def show_as(self, *, chosen: bool | None = None, ported: bool | None = None) -> None:
        """Show the step chosen or not, with or without the knobs from which lines are drawn."""
        self.chosen = self.chosen if chosen is None else chosen
        self.ported = self.ported if ported is None else ported
        self.update()

    def shine(self, light: Light) -> None:
        """Light the step: on the way that was taken, where it stands now, or as a target."""
        if light != self.light:
            self.light = light
            self.update()

    def boundingRect(self) -> QRectF:
        """Return the room it needs, its knobs and its light with it."""
        return QRectF(-6, -6, self.width + 12, self.height + 12)

    def shape(self) -> QPainterPath:
        """Return where it is hit."""
        path = QPainterPath()
        path.addRect(QRectF(0, 0, self.width, self.height))
        return path

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
        painter.setPen(QPen(QColor(edge), 2 if self.chosen or self.light == "now" else 1.3))
        filled = t.accent_soft if self.light == "now" else t.tint(tone) if tone else t.raised
        painter.setBrush(QColor(filled))
        if far:
            painter.drawRect(box)
            return
        painter.drawRoundedRect(box, 7, 7)
        self._paint_tile(painter, box)
        self._paint_words(painter)
        if self.ported:
            self._paint_knobs(painter)

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
        painter.setFont(bold(12))
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

    def _paint_knobs(self, painter: QPainter) -> None:
        t = tokens()
        painter.setPen(QPen(QColor(t.accent), 1.5))
        painter.setBrush(QColor(t.panel))
        for knob in knobs(QRectF(0, 0, self.width, self.height)):
            painter.drawEllipse(knob, KNOB, KNOB)


def knobs(box: QRectF) -> tuple[QPointF, QPointF]:
    """Return where lines are drawn from: below for the ordinary way on, at the right for another."""
    return QPointF(box.center().x(), box.bottom()), QPointF(box.right(), box.center().y())


class LineItem(QGraphicsItem):
    """A line with its head and its label."""

    def __init__(self, line: Line, sizes: Sizes) -> None:
        super().__init__()
        self._room = sizes.label if line.way.side else sizes.step / 2
        self.chosen = self.lit = False
        self.setZValue(-1)
        self._take(line)

    def _take(self, line: Line) -> None:
        self.line = line
        points = [QPointF(*p) for p in line.points]
        xs, ys = [p.x() for p in points], [p.y() for p in points]
        self._box = QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)).adjusted(
            -110, -20, 110, 20
        )
        self._tip = points[-1]
        points[-1] = QPointF(self._tip.x(), self._tip.y() - 6)
        self._path = _rounded(points)

    def show_line(self, line: Line) -> None:
        """Run otherwise."""
        self.prepareGeometryChange()
        self._take(line)
        self.update()

    def show_as(self, *, chosen: bool | None = None, lit: bool | None = None) -> None:
        """Show the line chosen, or on the way that was taken."""
        self.chosen = self.chosen if chosen is None else chosen
        self.lit = self.lit if lit is None else lit
        self.setZValue(-0.5 if self.chosen or self.lit else -1)
        self.update()

    def distance(self, spot: QPointF) -> float:
        """Return how far a place is from the line."""
        points = self.line.points
        return min(_distance(spot, QPointF(*a), QPointF(*b)) for a, b in pairwise(points))

    def boundingRect(self) -> QRectF:
        """Return the room it needs, its label with it."""
        return self._box

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the line."""
        t, far, strong = tokens(), is_far(painter), self.chosen or self.lit
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not far)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ink = QColor(t.accent if strong else t.faint)
        painter.setPen(QPen(ink, 2.2 if strong else 1.4))
        if far:
            painter.drawPolyline([QPointF(*p) for p in self.line.points])
            return
        painter.drawPath(self._path)
        tip = self._tip
        head = QPainterPath(tip)
        head.lineTo(tip.x() - 4.5, tip.y() - 8)
        head.lineTo(tip.x() + 4.5, tip.y() - 8)
        head.closeSubpath()
        painter.fillPath(head, ink)
        if self.line.way.label:
            _paint_label(painter, self.line.way.label, self.line.label_at, self.line.label_right, self._room)


class OpenEndItem(QGraphicsItem):
    """A way that leads nowhere yet: a short line to a ring with a plus in it."""

    RADIUS = 7.5

    def __init__(self, end: OpenEnd, sizes: Sizes) -> None:
        super().__init__()
        self.end = end
        self._room = sizes.label - 24
        self.chosen = False
        self.setToolTip(f"{end.name or 'This way'} leads nowhere yet: click to add a step, or drag to one")

    @property
    def ring(self) -> QPointF:
        """Return the middle of the ring, as seen from where the way leaves its step."""
        return QPointF(26, 0) if self.end.side else QPointF(0, 21)

    def show_as(self, *, chosen: bool) -> None:
        """Show the way chosen or not."""
        self.chosen = chosen
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the room it needs, its label with it."""
        return QRectF(-12, -12, 150, 24) if self.end.side else QRectF(-12, -2, 130, 36)

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
