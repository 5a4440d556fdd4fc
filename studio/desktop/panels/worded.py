"""One line of a form, before and after: what differs is struck out or bold, never told by colour alone."""

from __future__ import annotations

from typing import Literal

from studio.desktop.theme.current import tokens
from studio.desktop.widgets.paragraph import Paragraph
from studio.desktop.widgets.text import Stretch
from studio.diff.pieces import segments

Side = Literal["before", "after"]
ARROW = "→ “"
"""A value begins so that says where a step leads: the name of the other step, which is marked whole."""
_Spans = list[tuple[int, int]]


class Worded(Paragraph):
    """A text of one version, with the letters marked that the other version does not have."""

    def __init__(self, text: str, marked: _Spans, side: Side) -> None:
        super().__init__(text)
        self._marked, self._side = marked, side

    def stretches(self) -> tuple[Stretch, ...]:
        """Return the letters that are struck out (before) or bold (after)."""
        return marks(self._marked, self._side)


def marks(spans: _Spans, side: Side) -> tuple[Stretch, ...]:
    """Return letters as they are marked on one side: struck out before, bold after."""
    gone = side == "before"
    behind = tokens().removed_word if gone else tokens().add_word
    return tuple(Stretch(start, end, behind=behind, bold=not gone, struck=gone) for start, end in spans)


def marked_words(before: str | None, after: str | None) -> tuple[_Spans, _Spans]:
    """Return the letters of both versions that differ, word by word; single words and names whole."""
    if before == after:
        return [], []
    if before is None or after is None or min(len(before.split()), len(after.split())) < 2:
        return [(0, len(before or ""))], [(0, len(after or ""))]
    if before.startswith(ARROW) and after.startswith(ARROW):
        ends = [text.find("”") + 1 for text in (before, after)]
        if before[: ends[0]] != after[: ends[1]]:
            return [(len(ARROW) - 1, ends[0])], [(len(ARROW) - 1, ends[1])]
    left: _Spans = []
    right: _Spans = []
    places = [0, 0]
    for part in segments(before, after):
        for side, (text, spans) in enumerate(((part.before, left), (part.after, right))):
            if part.changed and (words := text.strip()):
                start = places[side] + text.index(words)
                spans.append((start, start + len(words)))
            places[side] += len(text)
    return left, right
