"""A workflow as vectors on a sheet of paper: the same signs, shapes and colours as on a web page.

- A drawing that is taller than what is left of a sheet is cut between two rows of steps.
"""

from __future__ import annotations

from reportlab.lib.colors import Color, HexColor
from reportlab.platypus import Flowable

from studio.diff.flow_picture import Box, Course, FlowPicture
from studio.services.report_parts.as_svg import FAINT, INKS, fitted, two_lines
from studio.services.report_parts.blocks import SIGNS
from studio.services.review_report.pdf_fonts import Letters

_DASHES = {"removed": (5, 3), "moved": (1.5, 3)}
LEAST = 60.0
"""A slice is at least so high."""


class Picture(Flowable):
    """A drawing, or the slice of it between two heights."""

    def __init__(self, picture: FlowPicture, letters: Letters, top: float = 0.0, bottom: float = 0.0) -> None:
        super().__init__()
        self._picture, self._letters = picture, letters
        self._top, self._bottom = top, bottom or picture.height
        self._scale = 1.0

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        """Return the size at the width that there is."""
        self._scale = min(0.92, aW / self._picture.width)
        self.width, self.height = aW, (self._bottom - self._top) * self._scale
        return self.width, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:
        """Return what fits and the rest, cut where no step stands."""
        self.wrap(aW, aH)
        cut = self._cut(self._top + aH / self._scale)
        if cut is None:
            return []
        picture, letters = self._picture, self._letters
        return [Picture(picture, letters, self._top, cut), Picture(picture, letters, cut, self._bottom)]

    def _cut(self, lowest: float) -> float | None:
        """Return the lowest height above a limit at which no step would be cut."""
        at = min(lowest, self._bottom - 1)
        while at > self._top + LEAST:
            inside = [box for box in self._picture.boxes if box.y - 4 < at < box.y + box.height + 4]
            if not inside:
                return at
            at = min(box.y for box in inside) - 5
        return None

    def draw(self) -> None:
        """Draw the slice."""
        canvas = self.canv
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(0, 0, self.width, self.height)
        canvas.clipPath(path, stroke=0, fill=0)
        canvas.scale(self._scale, self._scale)
        canvas.translate(0, self._bottom)
        for course in self._picture.courses:
            self._course(course)
        for box in self._picture.boxes:
            self._box(box)
        canvas.restoreState()

    def _box(self, box: Box) -> None:
        canvas = self.canv
        ink, ground = (_faint(each, box.dim) for each in INKS[box.status])
        canvas.setDash(_DASHES.get(box.status, ()))
        canvas.setLineWidth(2.4 if box.status in ("added", "removed", "moved") else 1.2)
        canvas.setStrokeColor(ink)
        canvas.setFillColor(ground)
        canvas.roundRect(box.x, -box.y - box.height, box.width, box.height, 7, stroke=1, fill=1)
        if box.status == "changed":
            inner = box.x + 3, -box.y - box.height + 3, box.width - 6, box.height - 6
            canvas.roundRect(*inner, 5, stroke=1, fill=0)
        canvas.setDash()
        room = box.width - 20 - (22 if box.status != "same" else 0)
        lines = two_lines(box.title, room, 13.2)
        at = box.y + (18 if len(lines) == 1 else 14)
        for line in lines:
            self._text(box.x + 11, at, 11, line, _faint("#1b2330", box.dim), bold=True)
            if box.status == "removed":
                end = box.x + 11 + self._letters.width(line, 11, bold=True)
                canvas.setLineWidth(0.9)
                canvas.line(box.x + 11, 3.6 - at, end, 3.6 - at)
            at += 11.5
        below = fitted(f"{box.kind} · {box.subtitle}" if box.subtitle else box.kind, box.width - 22, 10)
        self._text(box.x + 11, at + (4.5 if len(lines) == 1 else 1), 8.5, below, _faint("#4a5361", box.dim))
        if box.status != "same":
            self._badge(box, ink)

    def _badge(self, box: Box, ink: Color) -> None:
        canvas = self.canv
        x, y = box.x + box.width - 17, box.y + 14
        canvas.setFillColor(ink)
        if box.status in ("removed", "moved"):
            canvas.circle(x, -y, 8.5, stroke=0, fill=1)
        else:
            canvas.roundRect(x - 8, -y - 8, 16, 16, 2, stroke=0, fill=1)
        sign = SIGNS[box.status]
        half = self._letters.width(sign, 12, bold=True) / 2
        self._text(x - half, y + 4.4, 12, sign, HexColor("#ffffff"), bold=True)

    def _course(self, course: Course) -> None:
        canvas = self.canv
        ink = _faint(INKS[course.status][0], course.dim)
        canvas.setStrokeColor(ink)
        canvas.setFillColor(ink)
        canvas.setLineWidth(2.4 if course.status != "same" else 1.2)
        canvas.setDash((5, 3) if course.status == "removed" else ())
        path = canvas.beginPath()
        for number, (x, y) in enumerate(course.points):
            (path.lineTo if number else path.moveTo)(x, -y)
        canvas.drawPath(path, stroke=1, fill=0)
        canvas.setDash()
        x, y = course.points[-1]
        head = canvas.beginPath()
        head.moveTo(x, -y)
        head.lineTo(x - 4, -y + 7)
        head.lineTo(x + 4, -y + 7)
        head.close()
        canvas.drawPath(head, stroke=0, fill=1)
        sign = f"{SIGNS[course.status]} " if course.status != "same" else ""
        words = fitted(f"{sign}{course.label}", 76, 9.4)
        if words:
            x, y = course.label_at
            left = x - self._letters.width(words, 8.5) if course.label_right else x
            self._text(left, y - 3, 8.5, words, ink)

    def _text(self, x: float, y: float, size: float, words: str, ink: Color, *, bold: bool = False) -> None:
        canvas = self.canv
        canvas.setFillColor(ink)
        for font, stretch in self._letters.pieces(words, bold=bold):
            canvas.setFont(font, size)
            canvas.drawString(x, -y, stretch)
            x += canvas.stringWidth(stretch, font, size)


def _faint(ink: str, dim: bool) -> Color:
    """Return an ink, mixed with white where nothing changed there: a print knows no transparency."""
    colour = HexColor(ink)
    if not dim:
        return colour
    return Color(*(1 - (1 - part) * FAINT for part in (colour.red, colour.green, colour.blue)))
