"""Dialogs of the system and small ones of our own: choose a folder or file, type a line, confirm."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QPlainTextEdit, QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row


def choose_folder(parent: QWidget, title: str) -> Path | None:
    """Let the user choose a folder."""
    found = QFileDialog.getExistingDirectory(parent, title)
    return Path(found) if found else None


def choose_files(parent: QWidget, title: str, kinds: str) -> list[Path]:
    """Let the user choose files; `kinds` is Qt's filter text."""
    found, _ = QFileDialog.getOpenFileNames(parent, title, "", kinds)
    return [Path(name) for name in found]


def choose_file(parent: QWidget, title: str, kinds: str) -> Path | None:
    """Let the user choose one file."""
    found, _ = QFileDialog.getOpenFileName(parent, title, "", kinds)
    return Path(found) if found else None


def choose_target(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Let the user say where a file shall be written; the system asks before it replaces one."""
    found, kind = QFileDialog.getSaveFileName(parent, title, name, kinds)
    if not found:
        return None
    ending = kind.partition("*")[2].rstrip(")")
    return Path(found) if Path(found).suffix or not ending else Path(found + ending)


class TextDialog(QDialog):
    """Asks for a few words: a heading, a sentence, a field, two buttons."""

    def __init__(self, parent: QWidget, title: str, text: str, action: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label(title, "title", wrap=True))
        column.addWidget(label(text, "muted", wrap=True))
        self.field = QPlainTextEdit()
        self.field.setAccessibleName(title)
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(96)
        column.addWidget(self.field)
        self.yes = Button(action, self.accept, kind="primary")
        self.yes.setDefault(True)
        self.no = Button("Cancel", self.reject)
        column.addLayout(row(self.yes, self.no))
        self.field.textChanged.connect(lambda: self.yes.setEnabled(bool(self.words)))
        self.yes.setEnabled(False)

    @property
    def words(self) -> str:
        """Return what was typed."""
        return self.field.toPlainText().strip()


def ask_text(parent: QWidget, title: str, text: str, action: str) -> str | None:
    """Ask for a few words; None when the user thought better of it."""
    dialog = TextDialog(parent, title, text, action)
    return dialog.words if dialog.exec() == QDialog.DialogCode.Accepted and dialog.words else None
