"""Cards: a framed few lines; and meter cards, with a figure and a bar."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.desktop.theme.tokens import S2, Tone
from studio.desktop.widgets.labels import label, restyle
from studio.desktop.widgets.meter import Meter


class Card(QFrame):
    """A frame with a heading and what belongs under it."""

    def __init__(self, title: str = "", tone: Tone = "") -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setProperty("tone", tone)
        self.content = QVBoxLayout(self)
        self.content.setContentsMargins(14, 12, 14, 12)
        self.content.setSpacing(6)
        self.heading = label(title, "heading", tone if tone in ("bad", "warn") else "", wrap=True)
        self.content.addWidget(self.heading)
        # Only after it has a parent: a widget that is shown alone becomes a window of its own.
        self.heading.setVisible(bool(title))

    def add(self, widget: QWidget) -> None:
        """Put something under what is there."""
        self.content.addWidget(widget)

    def say(self, text: str, muted: bool = False) -> None:
        """Put a paragraph under what is there."""
        self.content.addWidget(label(text, "muted" if muted else "", wrap=True))

    def buttons(self, *buttons: QWidget) -> None:
        """Put buttons side by side under what is there."""
        line = QHBoxLayout()
        line.setContentsMargins(0, 4, 0, 0)
        line.setSpacing(S2)
        for button in buttons:
            line.addWidget(button)
        line.addStretch(1)
        self.content.addLayout(line)


class MeterCard(Card):
    """A card with one figure, a word on its change, and a bar where the figure is a share."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self.content.addWidget(label(title, "muted", wrap=True))
        self._figure = label("–", "figure")
        self._aside = label("", "", wrap=True)
        line = QHBoxLayout()
        line.setSpacing(S2)
        line.addWidget(self._figure)
        line.addWidget(self._aside, 1)
        self.content.addLayout(line)
        self._meter = Meter()
        self._meter.hide()
        self.content.addWidget(self._meter)
        self.content.addStretch(1)

    def show_figure(self, figure: str, share: float | None = None, aside: str = "", tone: Tone = "") -> None:
        """Show a figure; `share` 0–1 draws the bar."""
        self._figure.setText(figure)
        self._aside.setText(aside)
        self._aside.setProperty("role", "muted" if tone in ("", "none") else "")
        self._aside.setProperty("tone", tone)
        restyle(self._aside)
        self._meter.setVisible(share is not None)
        if share is not None:
            self._meter.show_parts([(share, "acc", self._title)])
        self.setAccessibleName(f"{self._title}: {figure} {aside}".strip())
