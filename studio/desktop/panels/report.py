"""The report panel: the bundle's report for people, inside the window; it loads nothing from elsewhere."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import QEvent, QUrl
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from studio.desktop.theme.current import tokens
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.pane import row

_NAV = re.compile(r"<nav\b.*?</nav>", re.DOTALL)
_FOLDED = re.compile(r"<details><summary>[^<]*</summary><ol>.*?</ol></details>", re.DOTALL)
"""What a web browser folds in the contents; here nothing folds, and it would push the report out of sight."""


class SealedReport(QTextBrowser):
    """A browser that asks for nothing, no file, no address; only ways within the page lead on."""

    def __init__(self) -> None:
        super().__init__()
        self._page = ""
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setAccessibleName("Report")
        self.anchorClicked.connect(self._go)

    def show_page(self, html: str) -> None:
        """Show a page in the colours of the theme."""
        self._page = html
        self.document().setDefaultStyleSheet(f"a {{ color: {tokens().accent}; }}")
        self.setHtml(_NAV.sub(lambda found: _FOLDED.sub("", found[0]), html))

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Answer nothing, whatever is asked for."""
        return None

    def changeEvent(self, event: QEvent) -> None:
        """Colour the page anew when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._page:
            self.show_page(self._page)

    def _go(self, way: QUrl) -> None:
        if way.hasFragment() and not way.path() and not way.host():
            self.scrollToAnchor(way.fragment())


class ReportDialog(QDialog):
    """Shows the report as it stands in the bundle."""

    def __init__(self, parent: QWidget, html: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("Report")
        self.resize(920, 720)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 14)
        self.view = SealedReport()
        self.view.show_page(html)
        column.addWidget(self.view, 1)
        column.addLayout(row(Button("Close", self.accept, kind="primary")))
