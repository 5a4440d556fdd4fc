"""A document as a readable page: coloured marks at the left of its sentences, which can be chosen.

- The page knows text and marks; what a mark means is said by the mark's own words.
- The keyboard goes from mark to mark; letters that carry no mark are not in the way.
- A sentence with a mark begins its own line, so that bar and sign stand beside it and no other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import bold, font, mono
from studio.desktop.widgets.document_marks import (
    BAR,
    SIGN_SIZE,
    DocMark,
    paint_bar,
    paint_doubt,
    paint_lock,
    paint_state,
)
from studio.desktop.widgets.painted import PaintedRows
from studio.desktop.widgets.text import LINE_HEIGHT, Laid, Stretch, lay_out, paint_laid

PartKind = Literal["heading", "paragraph", "item", "row", "code"]
TEXT_LEFT, _CELL_GAP, _AROUND = 54, 34, 72
Tracked = Literal["", "inserted", "deleted"]


@dataclass(frozen=True, slots=True)
class DocCell:
    """A text with its marks; `id` names it, `tracked` is a change of the text that nobody has taken yet."""

    text: str
    marks: tuple[DocMark, ...] = ()
    id: str = ""
    tracked: Tracked = ""


@dataclass(frozen=True, slots=True)
class DocPart:
    """A heading, paragraph, list item or table row; all but the last have one cell."""

    kind: PartKind
    cells: tuple[DocCell, ...]
    level: int = 0
    marker: str = ""
    header: bool = False


@dataclass(slots=True)
class _Place:
    part: int
    cell: int
    mark: DocMark = field(default_factory=lambda: DocMark("", 0, 0, "", ""))


class DocumentView(PaintedRows):
    """Shows a document; `mark_chosen` tells which sentence was chosen."""

    mark_chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._parts: tuple[DocPart, ...] = ()
        self._places: list[_Place] = []
        self.chosen = ""
        self._found: tuple[str, ...] = ()
        self._laid: dict[tuple[int, int], list[Laid]] = {}

    def show_parts(self, parts: Sequence[DocPart]) -> None:
        """Show another document."""
        self._parts = tuple(parts)
        self._places = [
            _Place(p, c, mark)
            for p, part in enumerate(self._parts)
            for c, cell in enumerate(part.cells)
            for mark in cell.marks
        ]
        self.chosen = ""
        self.reset()

    def highlight(self, words: Sequence[str]) -> None:
        """Highlight these words wherever they begin a word; none takes the highlights away."""
        self._found = tuple(word.casefold() for word in words if word)
        self._laid.clear()
        self.viewport().update()

    def show_cell(self, cell_id: str) -> None:
        """Bring the block with this name into sight, and make it current."""
        for number, part in enumerate(self._parts):
            if any(cell.id == cell_id for cell in part.cells):
                self.current = number
                self.show_row(number)
                bar = self.verticalScrollBar()
                bar.setValue(min(bar.maximum(), max(0, self._tops[number] - 60)))
                self.announce(self.words(number))
                return

    def first_cell(self) -> str:
        """Return the name of the first block in sight, or nothing."""
        index = self.row_at(8)
        return self._parts[index].cells[0].id if index >= 0 and self._parts[index].cells else ""

    def cell_of(self, mark_id: str) -> str:
        """Return the name of the block in which a marked sentence stands, or nothing."""
        place = next((place for place in self._places if place.mark.id == mark_id), None)
        return self._parts[place.part].cells[place.cell].id if place else ""

    def choose(self, mark_id: str) -> None:
        """Choose a marked sentence, show it and tell it."""
        for place in self._places:
            if place.mark.id == mark_id:
                if self.chosen != mark_id:
                    self.chosen = mark_id
                    self._laid.clear()
                    self.announce(self._say(place))
                    self.mark_chosen.emit(mark_id)
                self.current = place.part
                self._show_around(place.part)
                self.viewport().update()
                return

    def _show_around(self, index: int) -> None:
        """Bring a part into sight with what stands before and after it, where there is room for that."""
        self.show_row(index)
        bar, room = self.verticalScrollBar(), self.viewport().height()
        above, height = self._tops[index] - bar.value(), self._heights[index]
        if height + 2 * _AROUND > room:
            return
        if above < _AROUND:
            bar.setValue(bar.value() - (_AROUND - above))
        elif above + height > room - _AROUND:
            bar.setValue(bar.value() + above + height - (room - _AROUND))

    def count(self) -> int:
        """Return how many parts the document has."""
        return len(self._parts)

    def words(self, index: int) -> str:
        """Return the text of a part."""
        return " · ".join(_spoken(cell) for cell in self._parts[index].cells)

    def estimate(self, index: int, width: int) -> int:
        """Guess the height from the number of letters."""
        part = self._parts[index]
        room = max(40, self._cell_width(part, width)) / 6.6
        longest = max((len(cell.text) for cell in part.cells), default=0)
        return (int(longest / room) + 1) * LINE_HEIGHT + self._above(index) + 4

    def measure(self, index: int, width: int) -> int:
        """Return the height of the highest cell, with the room around it."""
        return max(laid.height for laid in self._lay(index, width)) + self._above(index) + 4

    def reset(self, keep_place: bool = False) -> None:
        """Forget broken lines; they depend on width and colours."""
        self._laid.clear()
        super().reset(keep_place)

    def paint_row(self, painter: QPainter, index: int, box: QRect) -> None:
        """Draw a part, with the bars of its marks at the left."""
        part, t = self._parts[index], tokens()
        top = box.top() + self._above(index)
        if part.marker:
            painter.setPen(QColor(t.muted))
            painter.setFont(font())
            spot = QRectF(self._left(part) - 26, top, 20, LINE_HEIGHT)
            painter.drawText(
                spot, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), part.marker
            )
        for number, laid in enumerate(self._lay(index, box.width())):
            left = self._left(part) + number * (self._cell_width(part, box.width()) + _CELL_GAP)
            ink = t.muted if part.kind == "code" else ""
            paint_laid(painter, laid, QPointF(left, top), ink)
            bar = left - 10 if number else TEXT_LEFT - 14
            self._paint_marks(painter, part.cells[number], laid, QPointF(bar, top), left)
        if part.kind == "row":
            painter.fillRect(QRect(14, box.bottom(), box.width() - 28, 1), QColor(t.line))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the sentence under the pointer, or the only one of its paragraph."""
        index = self.row_at(round(event.position().y()))
        if index < 0:
            return
        part, box = self._parts[index], self.box_of(index)
        for number, laid in enumerate(self._lay(index, box.width())):
            left = self._left(part) + number * (self._cell_width(part, box.width()) + _CELL_GAP)
            spot = event.position() - QPointF(left, box.top() + self._above(index))
            marks = part.cells[number].marks
            if (
                not (-90 if not number else -32) <= spot.x() <= self._cell_width(part, box.width())
                or not marks
            ):
                continue
            letter = laid.position_at(QPointF(max(0.0, spot.x()), spot.y()))
            under = [m for m in marks if m.start <= letter < m.end] or list(marks[:1])
            self.choose(under[0].id)

    def _target(self, key: int) -> int | None:
        """Go from mark to mark; without marks, from part to part."""
        if not self._places:
            return super()._target(key)
        here = next((n for n, place in enumerate(self._places) if place.mark.id == self.chosen), -1)
        steps = {
            Qt.Key.Key_Down: here + 1, Qt.Key.Key_Up: here - 1, Qt.Key.Key_PageDown: here + 8,
            Qt.Key.Key_PageUp: here - 8, Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self._places) - 1,
        }  # fmt: skip
        wanted = steps.get(Qt.Key(key))
        if wanted is None:
            return None
        self.choose(self._places[max(0, min(len(self._places) - 1, wanted))].mark.id)
        return self.current

    def _say(self, place: _Place) -> str:
        text = self._parts[place.part].cells[place.cell].text[place.mark.start : place.mark.end]
        return f"{place.mark.words}: {text}"

    def _above(self, index: int) -> int:
        part = self._parts[index]
        if part.kind == "heading":
            return 18 if index else 14
        before = self._parts[index - 1].kind if index else "heading"
        if part.kind in ("item", "row") and before == part.kind:
            return 4
        return 8 if index else 14

    def _left(self, part: DocPart) -> int:
        return (
            TEXT_LEFT
            + (24 * (part.level + 1) if part.kind == "item" else 0)
            - (14 if part.kind == "heading" else 0)
        )

    def _cell_width(self, part: DocPart, width: int) -> int:
        room = min(width, 860) - self._left(part) - 24
        return max(60, (room - _CELL_GAP * (len(part.cells) - 1)) // max(1, len(part.cells)))

    def _lay(self, index: int, width: int) -> list[Laid]:
        key = (index, width)
        if key not in self._laid:
            part = self._parts[index]
            room = self._cell_width(part, width)
            self._laid[key] = [
                lay_out(_broken(cell), room, self._stretches(cell), _letters(part)) for cell in part.cells
            ] or [lay_out("", room)]
        return self._laid[key]

    def _stretches(self, cell: DocCell) -> list[Stretch]:
        t = tokens()
        made = [Stretch(m.start, m.end, behind=t.accent_soft) for m in cell.marks if m.id == self.chosen]
        if cell.tracked == "deleted":
            made.append(Stretch(0, len(cell.text), t.removed_bg, t.removed, struck=True))
        elif cell.tracked == "inserted":
            made.append(Stretch(0, len(cell.text), t.add_bg, t.add, under=True))
        for word in self._found:
            spots = re.finditer(rf"\b{re.escape(word)}", cell.text.casefold())
            made += [Stretch(spot.start(), spot.end(), t.mark, bold=True) for spot in spots]
        return made

    def _paint_marks(
        self, painter: QPainter, cell: DocCell, laid: Laid, corner: QPointF, left: float
    ) -> None:
        for mark in cell.marks:
            lines = laid.lines_of(mark.start, mark.end)
            top = corner.y() + lines[0] * LINE_HEIGHT
            bar = QRectF(corner.x(), top + 1, BAR, len(lines) * LINE_HEIGHT - 2)
            paint_bar(painter, bar, mark)
            spot = QPointF(corner.x() - SIGN_SIZE - 3, top + (LINE_HEIGHT - SIGN_SIZE) / 2)
            paint_state(painter, spot, mark)
            last = laid.layout.lineAt(lines[-1])
            after = QPointF(
                left + last.naturalTextWidth() + 6,
                spot.y() + (len(lines) - 1) * LINE_HEIGHT,
            )
            if mark.doubt and corner.x() < TEXT_LEFT:
                paint_doubt(painter, spot - QPointF(SIGN_SIZE + 3, 0), mark.doubt)
            elif mark.doubt:
                paint_doubt(painter, after, mark.doubt)
                after += QPointF(SIGN_SIZE + 2, 0)
            if mark.locked:
                paint_lock(painter, after)


def _broken(cell: DocCell) -> str:
    """Return the text with a line end before and after each marked sentence; its length stays."""
    if len(cell.text) == 0 or not cell.marks:
        return cell.text
    letters = list(cell.text)
    for mark in cell.marks:
        for spot in (mark.start - 1, mark.end):
            if 0 < spot < len(letters) and letters[spot].isspace():
                letters[spot] = "\n"
    return "".join(letters)


def _spoken(cell: DocCell) -> str:
    return f"{cell.tracked}, not taken over yet: {cell.text}" if cell.tracked else cell.text


def _letters(part: DocPart) -> QFont:
    if part.kind == "heading":
        return bold(15 if part.level <= 1 else 14 if part.level == 2 else 13)
    if part.kind == "code":
        return mono()
    return bold(12) if part.header else font()
