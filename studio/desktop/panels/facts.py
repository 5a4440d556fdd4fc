"""The facts of a document in a strip under its name: weight, owner, dates, scope, who may read it."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.labels import Chip
from studio.desktop.widgets.wrap import WrapLayout
from studio.domain.source import Source

_LONGEST = 40
"""Letters of a chip; what is longer is shortened, and told whole by its tip."""


def standing_of(authority: str) -> str:
    """Return how an authority is written."""
    return "SOP" if authority == "sop" else authority.capitalize()


class Facts(QWidget):
    """Chips that wrap; the buttons that change what they say stand at the right of them."""

    def __init__(self, *buttons: QWidget) -> None:
        super().__init__()
        self._line = WrapLayout(6)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(14, 8, 14, 2)
        outer.addLayout(self._line, 1)
        for button in buttons:
            outer.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def show_source(self, source: Source, state: str, tone: Tone) -> None:
        """Show another document."""
        self._line.clear()
        scope = source.applies_to
        applies = [", ".join(p) for p in (scope.regions, scope.segments, scope.channels, scope.products) if p]
        facts: list[tuple[str, Tone]] = [
            (state, tone),
            (f"version {source.current.number}" if source.current.number > 1 else "", ""),
            (f"authority: {standing_of(source.authority.value)}", ""),
            (f"owner: {source.owner}" if source.owner else "", ""),
            (_day("effective", source.effective_from), ""),
            (_day("until", source.effective_until), ""),
            (_day("review by", source.review_by), ""),
            (f"for {'; '.join(applies)}" if applies else "", ""),
            ("internal" if source.permission == "internal" else "", "warn"),
        ]
        for words, each in facts:
            if words:
                chip = Chip(words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…", each)
                chip.setToolTip(tip(words) if chip.text() != words else "")
                self._line.addWidget(chip)
        self.setAccessibleName("; ".join(words for words, _ in facts if words))


def _day(words: str, day: date | None) -> str:
    return f"{words} {day.day} {day:%b %Y}" if day else ""
