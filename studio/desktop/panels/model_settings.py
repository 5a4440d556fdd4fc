"""The language model in Settings: which one, within what limits, what the workspace allows, what leaves.

- The fields come from the declared settings; the panel says what was asked for by signals, and does nothing.
- A key is typed into a field that hides it, handed over once, and kept nowhere here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row
from studio.domain.model import Content, ModelPolicy, ModelPreview, Personal
from studio.settings import ModelSettings

TITLES = {
    "name": "Provider and model", "address": "Server", "key": "Key", "patience": "Time-out",
    "in_flight": "At the same time", "most_tokens": "Most tokens", "most_money": "Most money",
    "replies": "Replies",
}  # fmt: skip
REPLIES = {
    "ask": "Ask the model every time", "reuse": "Reuse kept replies, ask for the others",
    "kept only": "Use kept replies only", "renew": "Ask anew, and keep the replies",
}  # fmt: skip
CONTENTS: dict[Content, str] = {
    "documents": "Documents", "internal documents": "Documents marked internal",
    "agent": "The agent: rules, workflows, systems", "requests": "What you ask CoBuilder",
    "conversations": "Conversations with customers",
}  # fmt: skip
MASKED: dict[Personal, str] = {
    "e-mail address": "E-mail addresses", "phone number": "Phone numbers", "card number": "Card numbers",
    "bank account": "Bank accounts", "postal address": "Postal addresses",
    "account number": "Account numbers of the shapes below",
}  # fmt: skip
NOT_MASKED = "Names of people, and whatever has no form of its own, are not masked."


class ModelCard(Card):
    """Which model is asked, and within what limits."""

    chosen = Signal(str, str)
    key_asked = Signal()
    test_asked = Signal()
    preview_asked = Signal()

    def __init__(self) -> None:
        super().__init__("Language model")
        self.say(
            "CoBuilder reads documents without one. With one, a second reading stands beside its own, and "
            "differences are shown. Nothing is sent before you confirm what leaves this computer.",
            muted=True,
        )
        self.fields: dict[str, QLineEdit | Choice] = {}
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setVerticalSpacing(4)
        for name, field in ModelSettings.model_fields.items():
            self._add(grid, name, field.description or "")
        self.content.addLayout(grid)
        self.facts = label("", "muted", wrap=True)
        self.add(self.facts)
        self.beyond = label("", "note", "warn", wrap=True)
        self.add(self.beyond)
        self.beyond.hide()
        self.key = Button("Store a key…", self.key_asked.emit)
        self.test = Button("Test the connection", self.test_asked.emit)
        self.preview = Button("What leaves this computer…", self.preview_asked.emit)
        self.buttons(self.preview, self.test, self.key)

    def show_settings(self, settings: ModelSettings, destination: str, key: str, workspace: bool) -> None:
        """Show what is chosen, where text would go, and whether the key is there."""
        for name, widget in self.fields.items():
            value = getattr(settings, name)
            widget.blockSignals(True)
            if isinstance(widget, Choice):
                widget.setCurrentIndex(widget.findData(value))
            else:
                widget.setText(f"{value:g}" if isinstance(value, float) else str(value))
            widget.blockSignals(False)
        words = (
            f"Text would go to {destination}. Key: {key}" if destination else "No language model is set up."
        )
        self.facts.setText(words if words.endswith(".") else f"{words}.")
        for button in (self.test, self.preview):
            button.setEnabled(bool(settings.name) and workspace)
            button.setToolTip("" if workspace else "Open a workspace first: its policy decides.")

    def show_beyond(self, sentence: str) -> None:
        """Say that the model is not one that the company's policy allows; "" where it is."""
        self.beyond.setText(sentence)
        self.beyond.setVisible(bool(sentence))

    def _add(self, grid: QGridLayout, name: str, description: str) -> None:
        place = grid.rowCount()
        widget: QLineEdit | Choice
        if name == "replies":
            box = Choice(TITLES[name])
            for choice in get_args(ModelSettings.model_fields[name].annotation):
                box.addItem(REPLIES[choice], choice)
            box.activated.connect(lambda _n: self.chosen.emit(name, str(box.currentData())))
            widget = box
        else:
            line = QLineEdit()
            line.setAccessibleName(TITLES[name])
            line.editingFinished.connect(lambda: self.chosen.emit(name, line.text().strip()))
            widget = line
        self.fields[name] = widget
        grid.addWidget(label(TITLES[name]), place, 0)
        grid.addWidget(widget, place, 1)
        if name != "replies":
            grid.addWidget(label(description, "muted", wrap=True), place + 1, 1)


class ModelPolicyCard(Card):
    """What this workspace lets leave for a language model, and what is masked before."""

    chosen = Signal(object)
    consents_taken_back = Signal()

    def __init__(self) -> None:
        super().__init__("What may leave this computer")
        self.say(
            "This is kept with the workspace, for everybody who works in it; undo takes it back.", muted=True
        )
        self.forbidden = QCheckBox("Forbid language models in this workspace")
        self.add(self.forbidden)
        self.add(label("These kinds of text may leave", "heading"))
        self.contents = self._boxes(CONTENTS)
        self.add(label("Masked before it leaves, put back in the answer", "heading"))
        self.masked = self._boxes(MASKED)
        self.say(NOT_MASKED, muted=True)
        self.lines = {
            "models": self._line("Models that are allowed", "* stands for anything, as in openai/*"),
            "destinations": self._line("Places text may go to", "as in localhost, *.example.com"),
            "id_shapes": self._line(
                "How your account numbers look", "# a digit, @ a letter, as in ORD-######; with commas"
            ),
        }
        self.confirmed = label("", "muted", wrap=True)
        self.add(self.confirmed)
        self.keep = Button("Keep", lambda: self.chosen.emit(self.given()), name="Keep what may leave")
        self.take_back = Button("Take back confirmations", self.consents_taken_back.emit)
        self.buttons(self.keep, self.take_back)

    def show_policy(self, policy: ModelPolicy, confirmed: Sequence[str]) -> None:
        """Show what holds, and which destinations were confirmed."""
        self.forbidden.setChecked(policy.forbidden)
        for content, box in self.contents.items():
            box.setChecked(content in policy.contents)
        for kind, box in self.masked.items():
            box.setChecked(kind in policy.masked)
        for name, line in self.lines.items():
            line.setText(", ".join(getattr(policy, name)))
        self.confirmed.setText(
            f"Confirmed: {', '.join(confirmed)}" if confirmed else "Nothing confirmed yet."
        )
        self.take_back.setEnabled(bool(confirmed))

    def given(self) -> dict[str, Any]:
        """Return the policy as it stands in the fields."""
        return {
            "forbidden": self.forbidden.isChecked(),
            "contents": [name for name, box in self.contents.items() if box.isChecked()],
            "masked": [name for name, box in self.masked.items() if box.isChecked()],
            **{
                name: [part.strip() for part in line.text().split(",") if part.strip()]
                for name, line in self.lines.items()
            },
        }

    def _boxes(self, words: dict[Any, str]) -> dict[str, QCheckBox]:
        boxes = {}
        for name, text in words.items():
            boxes[str(name)] = QCheckBox(text)
            self.add(boxes[str(name)])
        return boxes

    def _line(self, title: str, hint: str) -> QLineEdit:
        self.add(label(title, "heading"))
        line = QLineEdit()
        line.setAccessibleName(title)
        line.setPlaceholderText(hint)
        self.add(line)
        return line


class LeavingDialog(QDialog):
    """Shows what would leave this computer, word for word; accepted means: it may go there."""

    def __init__(self, parent: QWidget, preview: ModelPreview, remark: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle("What leaves this computer")
        self.resize(720, 600)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label("What leaves this computer", "title"))
        column.addWidget(label(f"To {preview.destination}, for the model {preview.model}.", wrap=True))
        column.addWidget(label(f"{_size(preview)} {remark}".strip(), "muted", wrap=True))
        if preview.refusal:
            column.addWidget(label(preview.refusal, "note", "bad", wrap=True))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("The text that leaves, with personal data masked")
        self.text.setPlainText(_text(preview))
        column.addWidget(self.text, 1)
        self.yes = Button(f"Text may go to {preview.destination}", self.accept, kind="primary")
        self.yes.setVisible(not preview.confirmed and not preview.refusal)
        state = "Confirmed already for this workspace." if preview.confirmed else ""
        column.addWidget(label(state or "Confirmed once, it holds for this workspace and place.", "muted"))
        column.addLayout(row(self.yes, Button("Close", self.reject)))


def _size(preview: ModelPreview) -> str:
    masked = ", ".join(f"{count} × {kind}" for kind, count in preview.masked) or "nothing was found"
    questions = len(preview.requests)
    return (
        f"{questions} question{'' if questions == 1 else 's'}, {preview.characters:,} characters, about "
        f"{preview.tokens:,} tokens. Masked: {masked}. {NOT_MASKED}"
    )


def _text(preview: ModelPreview) -> str:
    parts = [
        f"── {number}. {request.purpose}\n\n" + "\n\n".join(message.text for message in request.messages)
        for number, request in enumerate(preview.requests, start=1)
    ]
    return "\n\n".join(parts) or "No document is here yet; add one to see what would leave."


class KeyDialog(QDialog):
    """Takes a key for this computer's key store."""

    def __init__(self, parent: QWidget, provider: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("Store a key")
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label("Store a key", "title"))
        text = (
            "It goes into this computer's key store, and nowhere else: not into settings, the workspace, a "
            "log or a release. It is not shown again."
        )
        column.addWidget(label(text, "muted", wrap=True))
        self.name = QLineEdit(provider)
        self.name.setAccessibleName("A name for the key")
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName("Key")
        for title, widget in (("A name for it", self.name), ("Key", self.field)):
            column.addWidget(label(title, "muted"))
            column.addWidget(widget)
        self.yes = Button("Store", self.accept, kind="primary")
        self.yes.setDefault(True)
        self.yes.setEnabled(False)
        self.field.textChanged.connect(lambda text: self.yes.setEnabled(bool(text.strip())))
        column.addLayout(row(self.yes, Button("Cancel", self.reject)))

    def take(self) -> tuple[str, str]:
        """Return the reference and the key, and forget the key here."""
        key = self.field.text().strip()
        self.field.clear()
        return f"keyring:{self.name.text().strip()}", key
