"""The linked folders: which there are, what is wrong at the origins; link one more, let go, look again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row

_KINDS = {"new": "New", "changed": "Changed", "vanished": "Missing", "unreadable": "Not readable"}


class FolderDialog(QDialog):
    """Shows the folders; `wish` is what was asked for: `link`, `look`, or a folder's id to let go."""

    def __init__(
        self, parent: QWidget, folders: Sequence[tuple[str, str]], drift: Sequence[tuple[str, str, str]]
    ) -> None:
        super().__init__(parent)
        self.wish = ""
        self.setWindowTitle("Linked folders")
        self.setMinimumWidth(520)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label("Linked folders", "title"))
        text = (
            "Documents of a linked folder stay connected: a changed file becomes a new version of its source."
        )
        column.addWidget(label(text, "muted", wrap=True))
        for folder_id, path in folders:
            card = Card(path)
            card.buttons(
                Button("Let go", partial(self._wish, folder_id), name=f"Let go of the folder {path}")
            )
            column.addWidget(card)
        if not folders:
            column.addWidget(label("No folder is linked yet.", wrap=True))
        if drift:
            card = Card("Not as they were read", "warn")
            for kind, place, detail in drift[:8]:
                card.say(f"{_KINDS.get(kind, kind)}: {place}. {detail}")
            column.addWidget(card)
        self.link = Button("Link a folder…", partial(self._wish, "link"), kind="primary", icon="folder")
        self.look = Button("Look now", partial(self._wish, "look"))
        self.look.setEnabled(bool(folders or drift))
        column.addLayout(row(self.link, self.look, Button("Close", self.reject)))

    def _wish(self, what: str) -> None:
        self.wish = what
        self.accept()
