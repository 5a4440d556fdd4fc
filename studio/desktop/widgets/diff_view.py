"""A text diff: two versions side by side, or one below the other, with the changed words marked.

- Rows are pairs of paragraphs; which words changed is asked for only when a row comes into sight.
- Colour is never alone: removed words are struck out, added words bold, and inline rows carry a sign.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QResizeEvent

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import bold
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.painted import PaintedRows
from studio.desktop.widgets.text import LINE_HEIGHT, Laid, Stretch, lay_out, paint_laid

RowKind = Literal["same", "changed", "added", "removed", "moved"]
Span = tuple[int, int]
WordSpans = Callable[[], tuple[Sequence[Span], Sequence[Span]]]

PAD_X, PAD_Y = 14, 9
SIGN_WIDTH = 20
_KEPT = 400
_WORDS: dict[RowKind, str] = {
    "same": "Unchanged", "changed": "Changed", "added": "Added", "removed": "Removed", "moved": "Moved",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A paragraph before and after; None where it is not there. `spans` tells the changed letters of both."""

    kind: RowKind
    left: str | None
    right: str | None
    spans: WordSpans | None = None


@dataclass(frozen=True, slots=True)
class _Shown:
    """A row as it is shown now: inline, a changed row is shown twice."""

    row: int
    sides: tuple[Literal["left", "right"], ...]


class DiffView(PaintedRows):
    """Shows rows of two versions."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._rows: tuple[DiffRow, ...] = ()
        self._shown: list[_Shown] = []
        self._inline = False
        self._highest = 0
        self._laid: OrderedDict[tuple[int, str, int], Laid] = OrderedDict()

    def show_rows(self, rows: Sequence[DiffRow]) -> None:
        """Show other rows."""
        self._rows = tuple(rows)
        self._arrange()

    def set_inline(self, inline: bool) -> None:
        """Show versions one below the other, or side by side."""
        self._inline = inline
        self._arrange()

    def set_growing(self, highest: int) -> None:
        """Let the view be as high as its rows, up to `highest` pixels."""
        self._highest = highest
        self._fit()

    def count(self) -> int:
        """Return how many rows are shown."""
        return len(self._shown)

    def estimate(self, index: int, width: int) -> int:
        """Guess the height from the number of letters."""
        room = max(40, self._text_width(width)) / 6.6
        longest = max(len(self._text(index, side) or "") for side in self._shown[index].sides)
        return (int(longest / room) + 1) * LINE_HEIGHT + 2 * PAD_Y

    def measure(self, index: int, width: int) -> int:
        """Return the height of the longer side."""
        highest = LINE_HEIGHT
        for side in self._shown[index].sides:
            laid = self._lay(index, side, width)
            highest = max(highest, laid.height if laid else 0)
        return highest + 2 * PAD_Y

    def words(self, index: int) -> str:
        """Return both versions in words."""
        row = self._rows[self._shown[index].row]
        if row.kind == "same":
            return f"{_WORDS['same']}: {row.left or row.right or ''}"
        parts = [
            f"before: {row.left}" if row.left is not None else "",
            f"now: {row.right}" if row.right else "",
        ]
        return f"{_WORDS[row.kind]}. " + " ".join(part for part in parts if part)

    def paint_row(self, painter: QPainter, index: int, box: QRect) -> None:
        """Draw one side, or both with a line between them."""
        shown = self._shown[index]
        width = box.width() // len(shown.sides)
        for place, side in enumerate(shown.sides):
            cell = QRect(
                box.left() + place * width, box.top(), box.width() - width if place else width, box.height()
            )
            if len(shown.sides) == 1:
                cell = box
            self._paint_side(painter, index, side, cell)
        if len(shown.sides) == 2:
            painter.fillRect(QRect(box.left() + width, box.top(), 1, box.height()), QColor(tokens().line))
        if index == self.current and self.hasFocus():
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), QColor(tokens().accent))

    def sizeHint(self) -> QSize:
        """Ask for the height of the rows when growing."""
        return QSize(360, self.height() if self._highest else 240)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height again when the width changed."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def reset(self, keep_place: bool = False) -> None:
        """Forget broken lines; they depend on width and colours."""
        self._laid.clear()
        super().reset(keep_place)

    def _arrange(self) -> None:
        self._shown = []
        for number, row in enumerate(self._rows):
            if not self._inline:
                self._shown.append(_Shown(number, ("left", "right")))
            elif row.kind == "same":
                self._shown.append(_Shown(number, ("right",)))
            else:
                if row.left is not None:
                    self._shown.append(_Shown(number, ("left",)))
                if row.right is not None:
                    self._shown.append(_Shown(number, ("right",)))
        self.reset()
        self._fit()

    def _fit(self) -> None:
        if not self._highest:
            return
        width = self.viewport().width()
        total = 0
        for index in range(len(self._shown)):
            total += self.measure(index, width)
            if total >= self._highest:
                break
        wanted = max(LINE_HEIGHT + 2 * PAD_Y, min(total, self._highest))
        if wanted != self.height():
            self.setFixedHeight(wanted)

    def _text(self, index: int, side: str) -> str | None:
        row = self._rows[self._shown[index].row]
        return row.left if side == "left" else row.right

    def _text_width(self, width: int) -> int:
        each = width if self._inline else width // 2
        return each - 2 * PAD_X - (SIGN_WIDTH if self._inline else 0)

    def _lay(self, index: int, side: str, width: int) -> Laid | None:
        text = self._text(index, side)
        if text is None:
            return None
        key = (index, side, width)
        laid = self._laid.get(key)
        if laid is None:
            laid = lay_out(text, self._text_width(width), self._stretches(index, side))
            self._laid[key] = laid
            if len(self._laid) > _KEPT:
                self._laid.popitem(last=False)
        return laid

    def _stretches(self, index: int, side: str) -> list[Stretch]:
        row, t = self._rows[self._shown[index].row], tokens()
        if row.kind == "same" or (row.kind == "moved" and row.left == row.right):
            return []
        left, right = row.left or "", row.right or ""
        if row.spans is None:
            before: Sequence[Span] = [(0, len(left))] if left else []
            after: Sequence[Span] = [(0, len(right))] if right else []
        else:
            before, after = row.spans()
        if side == "left":
            return [Stretch(a, b, behind=t.removed_word, struck=True) for a, b in before]
        return [Stretch(a, b, behind=t.add_word, bold=True) for a, b in after]

    def _paint_side(self, painter: QPainter, index: int, side: str, cell: QRect) -> None:
        row, t = self._rows[self._shown[index].row], tokens()
        laid = self._lay(index, side, self.viewport().width())
        if laid is None:
            return
        tone = _tone(row.kind, side)
        if tone:
            painter.fillRect(cell, QColor(t.tint(tone)))
        left = cell.left() + PAD_X
        if self._inline:
            sign = {"del": "\u2212", "add": "+", "mov": "\u2195"}.get(tone, "")
            painter.setPen(QColor(t.tone(tone)))
            painter.setFont(bold())
            painter.drawText(
                QRectF(left - 4, cell.top() + PAD_Y, SIGN_WIDTH, LINE_HEIGHT),
                int(Qt.AlignmentFlag.AlignLeft),
                sign,
            )
            left += SIGN_WIDTH
        paint_laid(painter, laid, QPointF(left, cell.top() + PAD_Y))


def _tone(kind: RowKind, side: str) -> Tone:
    if kind == "same":
        return ""
    if kind == "moved":
        return "mov"
    return "del" if side == "left" else "add"
