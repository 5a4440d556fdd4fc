"""The tray at the bottom: that work is saved, and what is being done, how far it is, and how to stop it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from studio.desktop.theme.tokens import S3
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import Elided, label
from studio.desktop.widgets.meter import Meter


class Tray(QFrame):
    """Shows one job at a time; `stop_asked` tells that it shall stop."""

    stop_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "tray")
        self.setFixedHeight(32)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(S3)
        self.state = Elided("", "note")
        self.job = label("", "note")
        self.meter = Meter(6)
        self.meter.setFixedWidth(180)
        self.stop = Button("Stop", self.stop_asked.emit, kind="link", name="Stop what is being done")
        line.addWidget(self.state, 1)
        for widget in (self.job, self.meter, self.stop):
            line.addWidget(widget)
        self.rest()

    def show_job(self, title: str, fraction: float, message: str = "") -> None:
        """Show how far a job is, 0 to 1."""
        self.job.setText(" · ".join(part for part in (title, message) if part))
        self.meter.show_parts([(fraction, "acc", title)])
        for widget in (self.job, self.meter, self.stop):
            widget.show()

    def rest(self) -> None:
        """Show that nothing is being done."""
        for widget in (self.job, self.meter, self.stop):
            widget.hide()
