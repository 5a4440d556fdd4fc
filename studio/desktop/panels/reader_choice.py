"""The dialog on who reads a document: CoBuilder itself, the language model, or both, side by side.

- It shows what would leave this computer for the choice that is made, and does nothing itself.
- Where the workspace forbids the model, the reason stands there and CoBuilder itself is the only choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QRadioButton, QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row
from studio.domain.finding import Engine
from studio.domain.model import ModelPreview

CHOICES: dict[Engine, tuple[str, str]] = {
    "embedded": (
        "CoBuilder itself",
        "By rules, on this computer, the same result every time. Nothing leaves.",
    ),
    "both": (
        "CoBuilder and the language model, side by side",
        "What only one of them finds is there too; where they differ on a sentence, you are told.",
    ),
    "model": (
        "The language model alone",
        "Only what it finds, every quote checked in the document; where CoBuilder differs, you are told.",
    ),
}


@dataclass(frozen=True, slots=True)
class ReaderOffer:
    """What the dialog shows: the document, who read it last, what leaves, who read it to its end already."""

    name: str
    read_by: Engine
    preview: ModelPreview
    budget: str
    read_already: frozenset[Engine] = frozenset()


class ReaderDialog(QDialog):
    """Asks who reads; accepted with `proposing` set where changes are to be proposed, too."""

    text_asked = Signal()

    def __init__(self, parent: QWidget, offer: ReaderOffer) -> None:
        super().__init__(parent)
        self._offer = offer
        self.proposing = True
        self.setWindowTitle("Who reads the document")
        self.setMinimumWidth(560)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(label(f"Who reads “{offer.name}”?", "title", wrap=True))
        self.choices: dict[Engine, QRadioButton] = {}
        for engine, (title, about) in CHOICES.items():
            column.addSpacing(4)
            self.choices[engine] = self._choice(engine, title)
            column.addWidget(self.choices[engine])
            words = label(about, "muted", wrap=True)
            words.setContentsMargins(22, 0, 0, 0)
            column.addWidget(words)
        self.leaving = label("", "note", wrap=True)
        column.addSpacing(6)
        column.addWidget(self.leaving)
        self.look = Button("What leaves this computer…", self.text_asked.emit, kind="link")
        column.addLayout(row(self.look))
        column.addSpacing(6)
        self.propose = Button("Propose changes", self.accept, kind="primary")
        self.propose.setDefault(True)
        self.only_read = Button("Only read it", self._only_read)
        column.addLayout(row(self.propose, self.only_read, Button("Cancel", self.reject)))
        chosen = offer.read_by if self.choices[offer.read_by].isEnabled() else "embedded"
        self.choices[chosen].setChecked(True)
        self._tell(chosen)

    @property
    def engine(self) -> Engine:
        """Return who shall read."""
        return next(engine for engine, choice in self.choices.items() if choice.isChecked())

    def _choice(self, engine: Engine, title: str) -> QRadioButton:
        choice = QRadioButton(title)
        choice.setEnabled(engine == "embedded" or not self._offer.preview.refusal)
        choice.clicked.connect(partial(self._tell, engine))
        return choice

    def _tell(self, engine: Engine, _on: bool = True) -> None:
        """Say what leaves for a choice."""
        offer, preview = self._offer, self._offer.preview
        self.look.setVisible(not preview.refusal and engine != "embedded")
        self.only_read.setEnabled(engine not in offer.read_already or engine != "embedded")
        if preview.refusal:
            words = preview.refusal
        elif engine == "embedded":
            words = "Nothing leaves this computer."
        elif engine in offer.read_already:
            words = f"{preview.model} has read it already: for a proposal nothing leaves again."
        else:
            words = leaving_words(preview, offer.budget)
        self.leaving.setText(words)

    def _only_read(self) -> None:
        self.proposing = False
        self.accept()


def leaving_words(preview: ModelPreview, budget: str) -> str:
    """Return what leaves, where to, how much of it, and what is masked, in words."""
    questions = len(preview.requests)
    masked = ", ".join(f"{count} × {kind}" for kind, count in preview.masked) or "nothing was found"
    once = "" if preview.confirmed else " You see every word of it and are asked before."
    return (
        f"Leaves for {preview.destination}, for the model {preview.model}: {questions} "
        f"question{'' if questions == 1 else 's'}, {preview.characters:,} characters, about "
        f"{preview.tokens:,} tokens. Masked: {masked}. A run may use {budget}.{once}"
    )
