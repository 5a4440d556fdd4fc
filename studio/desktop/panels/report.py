"""The report panel: the bundle's report for people, inside the window; it loads nothing from elsewhere.

- A long report is drawn piece by piece: its beginning is there at once, and the window answers meanwhile.
- One that is built like none of ours is drawn as far as it is; the rest would stop the window.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QEvent, QTimer, QUrl, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog, QStackedWidget, QTextBrowser, QVBoxLayout, QWidget

from studio.desktop.panels.page_pieces import NotOurs, pieces_of, style_of
from studio.desktop.theme.current import tokens
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.pane import row
from studio.desktop.widgets.states import BusyState

PIECE = 24_000
"""So many letters are drawn at a time: within a few hundredths of a second."""
_FOLDED = ("<details><summary>", "</ol></details>")
"""What a web browser folds in the contents; here nothing folds, and it would push the report out of sight."""
_LONG_WORD = re.compile(r"[^\s<>&;]{200}")
_GAP = "\u200b"
"""A place at which a word may be broken: one of many thousand letters would take minutes to lay out."""
UNLIKE = (
    "<p><b>What follows is not shown here: it is not built like a report of this program. Save the report "
    "and open it in a web browser, or ask the sender for a fresh export.</b></p>"
)


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
        self._pieces = pieces_of(_unfolded(html), PIECE)
        self.setHtml(self._piece() or "")
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
        piece = self._piece()
        if piece is None:
            self._seek()
            self.drawn.emit()
            return
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertBlock()
        cursor.insertHtml(piece)
        self._next.start(0)

    def _piece(self) -> str | None:
        """Return the next piece, or None where all of the page is drawn."""
        try:
            piece = next(self._pieces, None)
        except NotOurs:
            return UNLIKE
        return piece and _LONG_WORD.sub(lambda found: found[0] + _GAP, piece)

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


def _unfolded(html: str) -> str:
    """Return a page without what is folded in its contents; each sign is looked for from one place only."""
    begin = html.find("<nav")
    end = html.find("</nav>", begin)
    if begin < 0 or end < 0:
        return html
    kept, at = [], 0
    while (first := html.find(_FOLDED[0], max(at, begin), end)) >= 0:
        last = html.find(_FOLDED[1], first, end)
        if last < 0:
            break
        kept.append(html[at:first])
        at = last + len(_FOLDED[1])
    return "".join((*kept, html[at:]))


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
