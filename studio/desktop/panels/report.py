"""The report panel: the bundle's report for people, inside the window; it loads nothing from elsewhere.

- A long report is drawn piece by piece: its beginning is there at once, and the window answers meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QEvent, QTimer, QUrl, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog, QStackedWidget, QTextBrowser, QVBoxLayout, QWidget

from studio.desktop.panels.page_pieces import pieces_of, style_of
from studio.desktop.theme.current import tokens
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.pane import row
from studio.desktop.widgets.states import BusyState

PIECE = 24_000
"""So many letters are drawn at a time: within a few hundredths of a second."""
_NAV = re.compile(r"<nav\b.*?</nav>", re.DOTALL)
_FOLDED = re.compile(r"<details><summary>[^<]*</summary><ol>.*?</ol></details>", re.DOTALL)
"""What a web browser folds in the contents; here nothing folds, and it would push the report out of sight."""


class SealedReport(QTextBrowser):
    """A browser that asks for nothing, no file, no address; only ways within the page lead on.

    `drawn` tells that all of a page is there.
    """

    drawn = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._page, self._wanted = "", ""
        self._pieces: Iterator[str] = iter(())
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._draw)
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setAccessibleName("Report")
        self.anchorClicked.connect(self._go)

    @property
    def is_whole(self) -> bool:
        """Return whether all of the page is drawn."""
        return not self._next.isActive()

    def show_page(self, html: str) -> None:
        """Show a page in the colours of the theme; what does not fit into one piece follows by itself."""
        self._page, self._wanted = html, ""
        self._next.stop()
        style = f"{style_of(html)}\na {{ color: {tokens().accent}; }}"
        self.document().setDefaultStyleSheet(style)
        self._pieces = pieces_of(_NAV.sub(lambda found: _FOLDED.sub("", found[0]), html), PIECE)
        self.setHtml(next(self._pieces, ""))
        self._next.start(0)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Answer nothing, whatever is asked for."""
        return None

    def changeEvent(self, event: QEvent) -> None:
        """Colour the page anew when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._page:
            self.show_page(self._page)

    def _draw(self) -> None:
        """Draw one piece more, below what is there; whoever reads stays where they are."""
        piece = next(self._pieces, None)
        if piece is None:
            self._seek()
            self.drawn.emit()
            return
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertBlock()
        cursor.insertHtml(piece)
        self._next.start(0)

    def _go(self, way: QUrl) -> None:
        if way.hasFragment() and not way.path() and not way.host():
            self._wanted = way.fragment()
            self._seek()

    def _seek(self) -> None:
        """Go to the place that was asked for; where it is not drawn yet, this is done again at the end."""
        if self._wanted:
            self.scrollToAnchor(self._wanted)
        if self.is_whole:
            self._wanted = ""


class ReportDialog(QDialog):
    """Shows the report as it stands in the bundle; until it is there, that it is being put together."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Report")
        self.resize(920, 720)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 14)
        self.view, self.busy = SealedReport(), BusyState()
        self.busy.text.setText("The report is being put together.")
        self.states = QStackedWidget()
        self.states.addWidget(self.busy)
        self.states.addWidget(self.view)
        column.addWidget(self.states, 1)
        column.addLayout(row(Button("Close", self.accept, kind="primary")))

    def show_report(self, html: str) -> None:
        """Show the report."""
        self.view.show_page(html)
        self.states.setCurrentWidget(self.view)
