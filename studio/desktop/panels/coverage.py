"""The coverage panel: how much of all sentences is in which state; a state leads to its sentences.

- Where the column is low, the lines fold away and leave the room to the list; a person may say otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.panels.document import STATE_SIGNS, STATE_TONES
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.legend import Legend, LegendLine
from studio.desktop.widgets.meter import Meter, Part
from studio.desktop.widgets.pane import group, row

LOW = 640
"""Pixels of the column's height below which the lines fold away."""


class Share(Protocol):
    """How many statements are in one state."""

    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def count(self) -> int: ...  # noqa: D102
    @property
    def share(self) -> float: ...  # noqa: D102


def shares(rows: Sequence[Share]) -> tuple[Part, ...]:
    """Return the parts of a bar."""
    return tuple((row.share, STATE_TONES[row.state], row.state) for row in rows if row.count)


def percent(share: float) -> str:
    """Return a share as people read it: never 0 % of what is there, nor 100 % of what is not whole."""
    figure = round(share * 100)
    if share > 0 and figure == 0:
        return "< 1 %"
    return f"{99 if figure == 100 and share < 1 else figure} %"


class CoveragePanel(QWidget):
    """`asked` tells the state whose sentences are wanted."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 10)
        column.setSpacing(6)
        self.fold = Button("Hide", self._turn, kind="link", name="Hide the states")
        head = row(group("Policy coverage"))
        head.addWidget(self.fold)
        column.addLayout(head)
        self.bar = Meter(12)
        self.legend = Legend()
        column.addWidget(self.bar)
        column.addWidget(self.legend)
        self.legend.chosen.connect(self.asked.emit)
        self._wanted: bool | None = None

    def show_rows(self, rows: Sequence[Share]) -> None:
        """Show other shares."""
        shown = [each for each in rows if each.count]
        self.bar.show_parts(shares(shown))
        self.legend.show_lines(
            [
                LegendLine(
                    r.state,
                    STATE_TONES[r.state],
                    STATE_SIGNS[r.state],
                    r.state[:1].upper() + r.state[1:],
                    percent(r.share),
                )
                for r in shown
            ]
        )

    def fit(self, height: int) -> None:
        """Fold the lines away where the column is low, unless a person said what they want."""
        self._show(height >= LOW if self._wanted is None else self._wanted)

    def _turn(self) -> None:
        self._wanted = not self.legend.isVisibleTo(self)
        self._show(self._wanted)

    def _show(self, on: bool) -> None:
        self.legend.setVisible(on)
        self.fold.setText("Hide" if on else "Show")
        self.fold.setAccessibleName("Hide the states" if on else "Show the states")
