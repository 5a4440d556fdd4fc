"""A text diff: two versions side by side, or one below the other, with the changed words marked.

- Rows are pairs of paragraphs; which words changed is asked for only when a row comes into sight.
- In one column a changed paragraph is one flowing text, as tracked changes are read: what went struck out,
  what came underlined, in its place.
- Colour is never alone: each row has a sign, removed words are struck out, added words bold and underlined,
  and what weighs most ("30 → 45 days") is said in words below its row.
- Long runs without a change are folded into one row that tells how many there are; a click, Return or Space
  opens it. Alt+Down and Alt+Up go from change to change, Return on a moved paragraph to its other place.
- Text that was only laid out anew has a sign of its own and no colour.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, islice, repeat
from typing import Literal

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QResizeEvent

from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import bold
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.diff_folds import BOTH, FOLD, LEFT, RIGHT, Shown, arrange
from studio.desktop.widgets.painted import PaintedRows
from studio.desktop.widgets.text import LINE_HEIGHT, Laid, Stretch, lay_out, paint_laid

RowKind = Literal["same", "layout", "changed", "added", "removed", "moved"]
Span = tuple[int, int]
WordSpans = Callable[[], tuple[Sequence[Span], Sequence[Span]]]
Flow = tuple[str, Sequence[Span], Sequence[Span]]
"""Both versions as one text, with the letters that went and those that came."""

PAD_X, PAD_Y = 14, 9
SIGN_WIDTH = 20
_KEPT = 400
MANY, STRIDE = 4_000, 17
"""From how many rows on only one in so many is looked at before it comes into sight."""
_LETTER = 6.6
_WORDS: dict[RowKind, str] = {
    "same": "Unchanged", "layout": "Only laid out anew", "changed": "Changed", "added": "Added",
    "removed": "Removed", "moved": "Moved",
}  # fmt: skip
_SIGNS: dict[Tone, str] = {"del": "\u2212", "add": "+", "mov": "\u2195", "": ""}


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A paragraph before and after; None where it is not there.

    `spans` tells the changed letters of both, `notes` what weighs most in the change, `flow` both as one
    text; all are asked for when the row is seen. `partner` is the row of a move's other end; `closes` tells
    whether a paragraph ends here, so that folded paragraphs can be counted.
    """

    kind: RowKind
    left: str | None
    right: str | None
    spans: WordSpans | None = None
    notes: Callable[[], Sequence[str]] | None = None
    partner: int | None = None
    closes: bool = True
    flow: Callable[[], Flow] | None = None


class DiffView(PaintedRows):
    """Shows rows of two versions."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._rows: Sequence[DiffRow] = ()
        self._letters: list[int] = []
        self._stride = 1
        self._flows: dict[int, Flow] = {}
        self._said: dict[int, str] = {}
        self._shown: Sequence[Shown] = ()
        self._opened: set[int] = set()
        self._inline = False
        self._folding = True
        self._highest = 0
        self._laid: OrderedDict[tuple[int, str, int], Laid] = OrderedDict()

    def show_rows(self, rows: Sequence[DiffRow]) -> None:
        """Show other rows; the sequence is kept, and must not change afterwards."""
        self._rows = rows
        self._said, self._flows = {}, {}
        self._stride = 1 if len(rows) < MANY else STRIDE
        self._letters = [len(row.left or row.right or "") for row in rows[:: self._stride]]
        self._opened = set()
        self._arrange()

    def set_inline(self, inline: bool) -> None:
        """Show versions one below the other, or side by side."""
        self._inline = inline
        self._arrange()

    def set_folding(self, folding: bool) -> None:
        """Fold long runs without a change, or show every row."""
        self._folding = folding
        self._arrange()

    def set_growing(self, highest: int) -> None:
        """Let the view be as high as its rows, up to `highest` pixels."""
        self._highest = highest
        self._fit()

    def count(self) -> int:
        """Return how many rows are shown."""
        return len(self._shown)

    def estimates(self, width: int) -> list[int]:
        """Guess all heights from the number of letters; of many rows, some speak for their neighbours."""
        room = max(40, self._text_width(width)) / _LETTER
        least = LINE_HEIGHT + 2 * PAD_Y
        guessed = [least + int(letters / room) * LINE_HEIGHT for letters in self._letters]
        blocks = chain.from_iterable(map(repeat, guessed, repeat(self._stride)))
        heights = list(islice(blocks, len(self._rows)))
        if not self._inline and len(self._shown) == len(heights):
            return heights
        return [least if sides == FOLD else heights[row] for row, sides, _ in self._shown]

    def measure(self, index: int, width: int) -> int:
        """Return the height of the longer side."""
        highest = LINE_HEIGHT
        for side in self._sides(index):
            laid = self._lay(index, side, width)
            highest = max(highest, laid.height if laid else 0)
        return highest + 2 * PAD_Y + (LINE_HEIGHT if self._notes(index) else 0)

    def words(self, index: int) -> str:
        """Return both versions in words."""
        number, sides, folded = self._shown[index]
        if sides == FOLD:
            return f"{self._folded_words(number, folded)}. Press Return to show them."
        row = self._rows[number]
        if row.kind == "same":
            return f"{_WORDS['same']}: {row.left or row.right or ''}"
        said = row.notes() if row.notes else ()
        notes = ", ".join(note for note in said if note != _WORDS[row.kind])
        parts = [
            f"before: {row.left}" if row.left is not None else "",
            f"now: {row.right}" if row.right else "",
        ]
        head = f"{_WORDS[row.kind]} ({notes}). " if notes else f"{_WORDS[row.kind]}. "
        return head + " ".join(part for part in parts if part)

    def next_change(self, step: int) -> None:
        """Make the next (1) or the last (-1) changed row current; stay where there is none."""
        index = self.current + step if self.current >= 0 or step > 0 else len(self._shown) - 1
        while 0 <= index < len(self._shown):
            number, sides, _ = self._shown[index]
            if sides != FOLD and self._rows[number].kind != "same":
                self.set_current(index)
                return
            index += step

    def open_row(self, index: int) -> bool:
        """Open a fold, or go to a moved row's other place; return whether there was one."""
        if not 0 <= index < len(self._shown):
            return False
        number, sides, folded = self._shown[index]
        if sides == FOLD:
            self._opened.update(range(number, number + folded))
            self._arrange(keep_place=True)
            self.current = -1
            self.set_current(index)
            return True
        partner = self._rows[number].partner
        there = [at for at, shown in enumerate(self._shown) if shown[0] == partner]
        if there:
            self.set_current(there[0])
        return bool(there)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from change to change, open folds, follow moves; else as every painted view."""
        key = event.key()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.next_change(1 if key == Qt.Key.Key_Down else -1)
        elif key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) or not self.open_row(
            self.current
        ):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the fold under the pointer, or make the row current."""
        index = self.row_at(round(event.position().y()))
        if index >= 0 and self._shown[index][1] == FOLD:
            self.open_row(index)
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go to the other place of a moved paragraph."""
        self.open_row(self.row_at(round(event.position().y())))

    def paint_row(self, painter: QPainter, index: int, box: QRect) -> None:
        """Draw one side, or both with a line between them; below, what weighs most."""
        number, sides, folded = self._shown[index]
        if sides == FOLD:
            self._paint_fold(painter, self._folded_words(number, folded), box)
        elif sides == BOTH:
            width = box.width() // 2
            self._paint_side(painter, index, LEFT, QRect(box.left(), box.top(), width, box.height()))
            right = QRect(box.left() + width, box.top(), box.width() - width, box.height())
            self._paint_side(painter, index, RIGHT, right)
            painter.fillRect(QRect(right.left(), box.top(), 1, box.height()), QColor(tokens().line))
        else:
            self._paint_side(painter, index, sides, box)
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

    def _arrange(self, keep_place: bool = False) -> None:
        opened = self._opened if self._folding else None
        same = [False] * len(self._rows) if opened is None else [row.kind == "same" for row in self._rows]
        if self._inline:
            sided = [
                (row.left is not None and not _is_one(row), row.right is not None or _is_one(row))
                for row in self._rows
            ]
        else:
            sided = []
        self._shown = arrange(same, sided, opened)
        self.reset(keep_place)
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

    def _sides(self, index: int) -> tuple[str, ...]:
        sides = self._shown[index][1]
        return (LEFT, RIGHT) if sides == BOTH else () if sides == FOLD else (sides,)

    def _notes(self, index: int) -> str:
        number, sides, _ = self._shown[index]
        row = self._rows[number]
        if sides == FOLD or row.notes is None or (sides == LEFT and row.right is not None):
            return ""
        if number not in self._said:
            self._said[number] = "  ·  ".join(row.notes())
        return self._said[number]

    def _folded_words(self, number: int, folded: int) -> str:
        ends = sum(row.closes for row in self._rows[number : number + folded])
        if ends == 0:
            return "Show what is unchanged here"
        return f"Show {ends} unchanged paragraph{'' if ends == 1 else 's'}"

    def _text(self, index: int, side: str) -> str | None:
        row = self._rows[self._shown[index][0]]
        if (flow := self._flow(index)) is not None:
            return flow[0]
        return row.left if side == LEFT else row.right

    def _flow(self, index: int) -> Flow | None:
        """Return a row as one text with its changes, where it is shown so."""
        number = self._shown[index][0]
        made = self._rows[number].flow if self._inline else None
        if made is not None and number not in self._flows:
            self._flows[number] = made()
        return self._flows[number] if made is not None else None

    def _text_width(self, width: int) -> int:
        return (width if self._inline else width // 2) - 2 * PAD_X - SIGN_WIDTH

    def _lay(self, index: int, side: str, width: int) -> Laid | None:
        text = self._text(index, side)
        if text is None:
            return None
        row = self._rows[self._shown[index][0]]
        alike = row.kind == "same" and row.left == row.right
        key = (index, BOTH if alike else side, width)  # the same words are broken into lines once
        laid = self._laid.get(key)
        if laid is None:
            laid = lay_out(text, self._text_width(width), self._stretches(index, side))
            self._laid[key] = laid
            if len(self._laid) > _KEPT:
                self._laid.popitem(last=False)
        return laid

    def _stretches(self, index: int, side: str) -> list[Stretch]:
        row, t = self._rows[self._shown[index][0]], tokens()
        if _is_quiet(row) or (row.kind == "moved" and row.spans is None):
            return []
        if (flow := self._flow(index)) is not None:
            went = [Stretch(a, b, behind=t.removed_word, struck=True) for a, b in flow[1]]
            came = [Stretch(a, b, behind=t.add_word, bold=True, under=True) for a, b in flow[2]]
            return sorted(went + came, key=lambda each: each.start)
        left, right = row.left or "", row.right or ""
        if row.spans is None:
            before: Sequence[Span] = [(0, len(left))] if left else []
            after: Sequence[Span] = [(0, len(right))] if right else []
        else:
            before, after = row.spans()
        if side == LEFT:
            return [Stretch(a, b, behind=t.removed_word, struck=True) for a, b in before]
        return [Stretch(a, b, behind=t.add_word, bold=True, under=True) for a, b in after]

    def _paint_fold(self, painter: QPainter, words: str, box: QRect) -> None:
        t = tokens()
        painter.fillRect(box, QColor(t.bg))
        painter.setPen(QColor(t.accent))
        painter.setFont(bold())
        painter.drawText(
            QRectF(box.adjusted(PAD_X, 0, -PAD_X, 0)), int(Qt.AlignmentFlag.AlignVCenter), f"\u22ef  {words}"
        )

    def _paint_side(self, painter: QPainter, index: int, side: str, cell: QRect) -> None:
        row, t = self._rows[self._shown[index][0]], tokens()
        laid = self._lay(index, side, self.viewport().width())
        if laid is None:
            return
        flows = self._flow(index) is not None
        tone: Tone = "" if flows else _tone(row.kind, side)
        if tone:
            painter.fillRect(cell, QColor(t.tint(tone)))
        left = cell.left() + PAD_X
        sign = "\u2248" if row.kind == "layout" else "\u00b1" if flows else _SIGNS[tone]
        if sign:
            painter.setPen(QColor(t.tone(tone or "chg") if tone or flows else t.muted))
            painter.setFont(bold())
            place = QRectF(left - 4, cell.top() + PAD_Y, SIGN_WIDTH, LINE_HEIGHT)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft), sign)
        left += SIGN_WIDTH
        paint_laid(painter, laid, QPointF(left, cell.top() + PAD_Y), t.muted if row.kind == "layout" else "")
        notes = self._notes(index) if side == RIGHT or row.right is None else ""
        if notes:
            painter.setPen(QColor(t.muted if row.kind == "layout" else t.text))
            painter.setFont(bold())
            below = QRectF(left, cell.bottom() - PAD_Y - LINE_HEIGHT + 4, self._text_width(cell.width()), 19)
            below.setRight(cell.right() - PAD_X)
            painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), notes)


def _is_quiet(row: DiffRow) -> bool:
    """Tell whether the words of a row are the same on both sides."""
    return row.kind in ("same", "layout")


def _is_one(row: DiffRow) -> bool:
    """Tell whether a row is one text where both versions stand in one column."""
    return _is_quiet(row) or row.flow is not None


def _tone(kind: RowKind, side: str) -> Tone:
    if kind in ("same", "layout"):
        return ""
    if kind == "moved":
        return "mov"
    return "del" if side == LEFT else "add"
