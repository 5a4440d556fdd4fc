"""How far a run is: a bar, what was right so far, and the ways to hold it up and to stop it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.meter import Meter
from studio.desktop.widgets.pane import row


class RunProgress(QWidget):
    """Seen while a run goes on; `pause_asked` tells whether to hold it up (True) or to let it go on."""

    pause_asked = Signal(bool)
    stop_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self.words = label("", "", wrap=True)
        self.meter = Meter()
        self.pause = Button("Pause", self._turn, name="Pause the run")
        self.stop = Button("Stop", self._stop, name="Stop the run")
        card = Card()
        line = row(self.pause, self.stop, stretch=False)
        line.insertWidget(0, self.words, 1)
        card.content.addLayout(line)
        card.add(self.meter)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 2)
        column.addWidget(card)
        self._held, self._said = False, ""
        self.hide()

    def begin(self) -> None:
        """Show that a run begins."""
        self._held = False
        self.pause.setText("Pause")
        self.pause.setEnabled(True)
        self.stop.setEnabled(True)
        self.show_state(0.0, "Getting ready")
        self.show()

    def show_state(self, fraction: float, message: str) -> None:
        """Show how far it is, 0 to 1."""
        self._said = message or self._said
        self.words.setText(f"{'Paused' if self._held else 'Simulating'} · {self._said}")
        self.meter.show_parts([(fraction, "acc", "done")])

    def _turn(self) -> None:
        self._held = not self._held
        self.pause.setText("Go on" if self._held else "Pause")
        self.pause.setAccessibleName("Let the run go on" if self._held else "Pause the run")
        self.words.setText(f"{'Paused' if self._held else 'Simulating'} · {self._said}")
        self.pause_asked.emit(self._held)

    def _stop(self) -> None:
        self.pause.setEnabled(False)
        self.stop.setEnabled(False)
        self.words.setText("Stopping. Nothing of this run is kept.")
        self.stop_asked.emit()
