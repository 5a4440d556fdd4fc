"""The exported panel: the file that was written, its fingerprint, and what comes next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label


class ExportedPanel(QWidget):
    """Says what to do with the bundle; hidden until one was written, and put away by the person."""

    def __init__(self) -> None:
        super().__init__()
        self._path, self._print = Path(), ""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.card = card = Card("The bundle is written", "ok")
        self.file = label("", "", wrap=True)
        self.file.setAccessibleName("The file")
        self.next = label("", "", wrap=True)
        self.next.setAccessibleName("What to do next")
        self.older = label("", "", "warn", wrap=True)
        self.older.setAccessibleName("What changed since")
        self.older.hide()
        card.add(self.file)
        card.add(self.older)
        card.add(self.next)
        card.buttons(
            Button("Copy the fingerprint", self._copy, icon="copy"),
            Button("Open the folder", self._open, icon="folder"),
            Button("Done", self.hide),
        )
        outer.addWidget(card)
        self.hide()

    def show_file(self, path: Path, size: int, fingerprint: str) -> None:
        """Show a bundle that was just written."""
        self._path, self._print = path, fingerprint
        self.file.setText(f"{path} ({size:,} bytes)")
        self.older.hide()
        self.next.setText(
            f"1.  Send this file to IT, as it is.\n"
            f"2.  Read the fingerprint to each other: {fingerprint}\n"
            f"3.  IT opens it, or checks it with: cobuilder bundle verify {path.name} --policy FILE"
        )
        self.show()

    def show_present(self, fingerprint: str) -> None:
        """Say where what would be exported now is another content than that of the file."""
        older = bool(fingerprint) and fingerprint != self._print
        self.older.setText(
            "The release was changed since: this file holds it as it was before." if older else ""
        )
        self.older.setVisible(older)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._print)

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))
