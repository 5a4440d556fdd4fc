"""How strong the tests are: faults planted in the draft, who notices them, and new tests for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row
from studio.desktop.widgets.table import Table

_ABOUT = (
    "Faults are planted in the draft, one at a time: a guard dropped, a limit shifted, a must weakened, a "
    "disclosure left out, rows swapped. A strong set of tests notices each of them."
)


@dataclass(frozen=True, slots=True)
class PlantedLine:
    """A planted fault that no test notices, and what would notice it."""

    fault: str
    noticed: str
    tone: Tone


_COLUMNS: tuple[Column[PlantedLine], ...] = (
    Column("Planted, and no test noticed", lambda r: r.fault),
    Column("What notices it", lambda r: r.noticed, lambda r: r.tone, width=420),
)


class RunStrength(Card):
    """`measure_asked`: plant faults; `offer_asked`: propose the new tests that were found."""

    measure_asked = Signal()
    offer_asked = Signal()

    def __init__(self) -> None:
        super().__init__("How strong the tests are")
        self.words = label(_ABOUT, "muted", wrap=True)
        self.measure = Button("Plant faults", self.measure_asked.emit, name="Plant faults in the draft")
        self.offer = Button("", self.offer_asked.emit, kind="primary", name="Propose the new tests")
        self.model: RowsModel[PlantedLine] = RowsModel(_COLUMNS, self)
        self.table = Table("Planted faults that no test notices", self.model, stretch=0)
        self.table.set_growing()
        self.add(self.words)
        self.content.addLayout(row(self.measure, self.offer))
        self.add(self.table)
        self.forget()

    def forget(self) -> None:
        """Show that nothing was planted in this draft."""
        self.words.setText(_ABOUT)
        self.measure.setText("Plant faults")
        self.measure.setEnabled(True)
        self.offer.hide()
        self.table.hide()

    def begin(self) -> None:
        """Show that faults are being planted."""
        self.measure.setEnabled(False)
        self.measure.setText("Planting…")

    def show_strength(self, words: str, lines: Sequence[PlantedLine], new_tests: int) -> None:
        """Show what was found; `new_tests` can be proposed."""
        self.words.setText(words)
        self.measure.setText("Plant again")
        self.measure.setEnabled(True)
        self.model.set_rows(list(lines))
        self.table.setVisible(bool(lines))
        self.offer.setText(f"Propose {new_tests} new test{'s' * (new_tests != 1)}")
        self.offer.setVisible(bool(new_tests))
