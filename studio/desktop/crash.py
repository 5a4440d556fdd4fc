"""The crash dialog: one sentence, and the details to copy for whoever helps."""

from __future__ import annotations

import platform
import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from studio.desktop.theme.current import theme
from studio.desktop.theme.fonts import mono
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row


class CrashDialog(QDialog):
    """Says that something failed that nobody foresaw; the work so far is saved."""

    def __init__(self, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong")
        self.resize(620, 380)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label("Something went wrong that nobody foresaw", "title", wrap=True))
        text = (
            "Everything you decided so far is saved. You can go on; "
            "if it happens again, send these details to whoever helps you."
        )
        column.addWidget(label(text, "muted", wrap=True))
        self.details = QPlainTextEdit(details)
        self.details.setReadOnly(True)
        self.details.setFont(mono(11))
        self.details.setAccessibleName("Details")
        column.addWidget(self.details, 1)
        copy = Button("Copy details", lambda: QGuiApplication.clipboard().setText(details), icon="copy")
        shut = Button("Go on", self.accept, kind="primary")
        column.addLayout(row(copy, shut))
        if parent is None:
            theme().dress(self)


def details_of(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """Return what a helper needs: versions and the traceback."""
    versions = f"Python {platform.python_version()} on {platform.platform()}"
    return versions + "\n\n" + "".join(traceback.format_exception(kind, error, trace))


def install_crash_dialog() -> None:
    """Show the dialog for every error that nothing caught; keep the console's copy."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        text = details_of(kind, error, trace)
        # Opened in the next turn: the error may have come from inside a paint or a signal.
        QTimer.singleShot(0, lambda: _show(text))

    sys.excepthook = hook


def _show(details: str) -> None:
    dialog = CrashDialog(details, QApplication.activeWindow())
    dialog.open()
