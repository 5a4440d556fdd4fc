"""The diff panel: a text before and after, side by side or inline, under the names of both versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from studio.desktop.widgets.diff_view import DiffRow, DiffView, Flow, Span
from studio.desktop.widgets.labels import Elided
from studio.diff.pieces import Piece
from studio.diff.text import Row, diff_text

HIGHEST = 420


def rows_of(before: str, after: str) -> list[DiffRow]:
    """Return the rows of two texts whose lines are paragraphs of their own."""
    found = [(row, _row(row)) for row in diff_text(_apart(before), _apart(after)).rows]
    if not before.strip() or not after.strip():  # all of it is new or gone: nothing stands out in it
        found = [(row, replace(made, spans=_nothing) if made is not None else None) for row, made in found]
    shown = [each for each in found if each[1] is not None]
    if before != after and all(made.kind == "same" for _, made in shown if made is not None):
        return [*(made for _, made in shown if made is not None), _BLANK]
    number = {id(row): at for at, (row, _) in enumerate(shown)}
    made_last = shown[-1][1] if shown else None
    if made_last is not None:
        shown[-1] = (shown[-1][0], replace(made_last, closes=True))
    return [
        made if row.partner is None else replace(made, partner=number.get(id(found[row.partner][0])))
        for row, made in shown
        if made is not None
    ]


def _apart(text: str) -> str:
    return "\n\n".join(line for line in text.split("\n") if line.strip())


def _row(row: Row) -> DiffRow | None:
    left, right = row.left_text.rstrip(), row.right_text.rstrip()
    if not left and not right:
        return None
    closes = (row.left_text or row.right_text).endswith("\n")
    if row.kind == "equal" or (row.kind == "changed" and left == right):
        return DiffRow("same", left, right, closes=closes)
    if row.kind == "changed" and row.only_layout:
        return DiffRow("layout", left, right, notes=_laid_out_anew, closes=closes)
    if row.kind == "moved":
        same = row.before.split() == row.after.split()
        spans = None if same else (lambda: (_spans(row.left), _spans(row.right)))
        return DiffRow("moved", left or None, right or None, spans, lambda: _moved(row), closes=closes)
    spans = (lambda: (_spans(row.left), _spans(row.right))) if row.kind == "changed" else None
    notes = (lambda: [shift.label for shift in row.shifts]) if row.kind == "changed" else None
    flow = (lambda: _flow(row)) if row.kind == "changed" else None
    return DiffRow(row.kind, left or None, right or None, spans, notes, closes=closes, flow=flow)


def _flow(row: Row) -> Flow:
    """Return both versions as one text, with the letters that went and came; white space is not marked."""
    text, went, came = "", list[Span](), list[Span]()
    for mark, part in row.inline:
        body = part.strip()
        if mark == "removed" and not body:
            continue
        if mark == "added" and went and went[-1][1] == len(text) and not part[:1].isspace():
            text += " "  # so that what came does not run into what went
        start = len(text) + _lead(part)
        text += part
        if mark != "same" and body:
            (went if mark == "removed" else came).append((start, start + len(body)))
    return text.rstrip(), went, came


def _nothing() -> tuple[Sequence[Span], Sequence[Span]]:
    return (), ()


def _only_blank() -> list[str]:
    return ["Only blank lines or spaces differ"]


_BLANK = DiffRow("layout", "", "", notes=_only_blank)


def _laid_out_anew() -> list[str]:
    return ["Only laid out anew"]


def _moved(row: Row) -> list[str]:
    return ["Moved here" if row.arrives else "Moved away", *(shift.label for shift in row.shifts)]


def _spans(pieces: Sequence[Piece]) -> list[Span]:
    """Return the changed letters; neighbouring changed words become one stretch, ends of lines none."""
    spans: list[Span] = []
    at = 0
    for piece in pieces:
        end = at + len(piece.text)
        if piece.changed and piece.text.strip():
            start, stop = at + _lead(piece.text), at + len(piece.text.rstrip())
            if spans and spans[-1][1] == start:
                spans[-1] = (spans[-1][0], stop)
            else:
                spans.append((start, stop))
        at = end
    return spans


def _lead(text: str) -> int:
    return len(text) - len(text.lstrip())


class DiffPanel(QFrame):
    """A framed diff with the names of both versions above."""

    def __init__(self, name: str, highest: int = HIGHEST) -> None:
        super().__init__()
        self.setProperty("role", "box")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        self._bar = QFrame()
        self._bar.setProperty("role", "box-head")
        self._bar.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        heads = QHBoxLayout(self._bar)
        heads.setContentsMargins(14, 6, 14, 6)
        heads.setSpacing(28)
        self.left, self.right = Elided("", "pane-title"), Elided("", "pane-title")
        heads.addWidget(self.left, 1)
        heads.addWidget(self.right, 1)
        column.addWidget(self._bar)
        self._names, self._inline = ("", ""), False
        self.view = DiffView(name)
        self.view.set_growing(highest)
        column.addWidget(self.view)

    def show_texts(self, before: str, after: str, left: str, right: str) -> None:
        """Compare two texts, under these names."""
        self._names = left, right
        self._show_names()
        self.view.show_rows(rows_of(before, after))

    def set_inline(self, inline: bool) -> None:
        """Show both versions in one column, or side by side."""
        self._inline = inline
        self.view.set_inline(inline)
        self._show_names()

    def _show_names(self) -> None:
        left, right = self._names
        self.left.setText(f"{left} (\u2212) and {right[:1].lower()}{right[1:]} (+)" if self._inline else left)
        self.right.setText(right)
        self.right.setVisible(not self._inline)
