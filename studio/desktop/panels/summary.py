"""The summary panel: a whole proposal in words, each sentence a way to its changes; what tables decide."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.panels.sheet_diff import clear
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.paragraph import Link
from studio.diff.summary import SummaryLine

MOST = 300
"""Sentences that are shown at once."""


class SummaryPanel(QWidget):
    """Shows what a proposal changes, in words; `change_asked` tells the change behind a sentence."""

    change_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)

    def show_summary(
        self,
        touched: str,
        lines: Sequence[SummaryLine],
        tables: Sequence[tuple[str, Sequence[str]]],
        decided: frozenset[str],
        rejected: frozenset[str],
    ) -> None:
        """Show the sentences under their headings, and for each table the cases that come out otherwise."""
        clear(self._column)
        head = Card(f"This proposal touches {touched}." if touched else "This proposal changes nothing.")
        head.say(_head(lines), True)
        self._column.addWidget(head)
        for name, cases in tables:
            card = Card(f"Cases of “{name}” that come out otherwise")
            for case in cases:
                card.say(case)
            if not cases:
                card.say("None: it answers as before.", muted=True)
            self._column.addWidget(card)
        cards: dict[str, Card] = {}
        for line in lines[:MOST]:
            if line.heading not in cards:
                cards[line.heading] = Card(line.heading)
                self._column.addWidget(cards[line.heading])
            card = cards[line.heading]
            card.say(line.text)
            left = [each for each in line.ids if each not in decided]
            words = _way(line.ids, len(line.ids) - len(left), sum(each in rejected for each in line.ids))
            first = (left or list(line.ids))[0]
            card.add(Link(words, partial(self.change_asked.emit, first), f"{words}: {line.text}"))
        if len(lines) > MOST:
            self._column.addWidget(
                label(f"{len(lines) - MOST:,} more sentences: see the list at the left.", "muted")
            )


def _head(lines: Sequence[SummaryLine]) -> str:
    """Return how many changes stand in how many sentences."""
    total, count = sum(len(line.ids) for line in lines), len(lines)
    said = f"{total:,} change{'s' * (total != 1)} in {count:,} sentence{'s' * (count != 1)}"
    return f"{said}, each change in exactly one. Written by rules from the changes themselves."


def _way(ids: Sequence[str], decided: int, rejected: int) -> str:
    """Return what leads from a sentence to its changes: "Show this change", "Show the first of 3 changes"."""
    alone = len(ids) == 1
    done = " · decided" if decided == len(ids) else f" · {decided} decided" if decided else ""
    if rejected:
        done = " · rejected" if rejected == len(ids) else f"{done}, {rejected} of them rejected"
    if alone:
        return f"Show this change{done}"
    return f"Show the {'first' if not decided or decided == len(ids) else 'next'} of {len(ids)} changes{done}"
