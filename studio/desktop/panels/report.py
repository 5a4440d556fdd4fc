"""The report panel: the bundle's report for people, inside the window; it loads nothing from elsewhere."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.pane import row


class _Sealed(QTextBrowser):
    """A browser that asks for nothing: no file, no address."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Answer nothing, whatever is asked for."""
        return None


class ReportDialog(QDialog):
    """Shows the report as it stands in the bundle."""

    def __init__(self, parent: QWidget, html: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("Report")
        self.resize(920, 720)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 14)
        self.view = _Sealed()
        self.view.setOpenLinks(False)
        self.view.setAccessibleName("Report")
        self.view.setHtml(html)
        column.addWidget(self.view, 1)
        column.addLayout(row(Button("Close", self.accept, kind="primary")))
