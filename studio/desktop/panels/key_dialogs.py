"""Dialogs on signing keys: a few lines to fill in, a passphrase's strength while typing, a fingerprint heard.

- What is secret is shown as dots and handed on once; a dialog keeps nothing.
- Unlocking a key takes a second or two, on purpose: meanwhile the dialog shows that it works, and stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QGridLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from studio.desktop.theme.fonts import mono
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import label, set_tone
from studio.desktop.widgets.meter import Meter
from studio.desktop.widgets.pane import row
from studio.desktop.widgets.states import Spinner
from studio.domain.passphrase import STRONG, strength
from studio.release.keys import compare_fingerprint

NEW, AGAIN = "new", "again"
"""The ids of a new passphrase and of the same typed again; a dialog that asks for them shows the strength."""
_TONES: dict[str, Tone] = {"too weak": "bad", "weak": "bad", "fair": "warn", "good": "ok", "strong": "ok"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line to fill in; what is `secret` shows dots, what is `named` is known to whoever guesses.

    What is no secret has at most `most` letters.
    """

    id: str
    name: str
    text: str = ""
    hint: str = ""
    secret: bool = False
    wanted: bool = True
    named: bool = False
    most: int = 200
    choices: tuple[tuple[str, str], ...] = ()
    """What can be chosen in the place of typing: what it stands for, and its words."""


class Filled(dict[str, str]):
    """What was filled in, by line; it may be read in any thread."""

    def given(self, line_id: str) -> str:
        """Return what was filled in; nothing where nobody was asked."""
        return self.get(line_id, "")


Ended = Callable[[str], object]
"""Hears how an attempt ended: what was in the way, or ""."""


PASSPHRASES = (Line(NEW, "New passphrase", secret=True), Line(AGAIN, "The same again", secret=True))


class KeyFormDialog(QDialog):
    """Asks for a few lines; the button can be pressed once all that is wanted is there.

    It has `attempt` done, which takes a while, and closes where that ended well; else it says what was in
    the way.
    """

    def __init__(
        self,
        parent: QWidget,
        title: str,
        text: str,
        lines: Sequence[Line],
        action: str,
        agree: str = "",
        attempt: Callable[[Filled, Ended], object] = lambda _filled, ended: ended(""),
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(540)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(title, "title", wrap=True))
        column.addWidget(label(text, "muted", wrap=True))
        self._lines, self.fields, self._attempt = tuple(lines), dict[str, QLineEdit | Choice](), attempt
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for place, line in enumerate(self._lines):
            grid.addWidget(label(line.name, "muted"), place, 0)
            grid.addWidget(self._field(line), place, 1)
        column.addLayout(grid)
        self.meter, self.strength = Meter(6), label("", "muted", wrap=True)
        for widget in (self.meter, self.strength):
            column.addWidget(widget)
            widget.setVisible(NEW in self.fields)
        self.agree = QCheckBox(agree)
        self.agree.setVisible(bool(agree))
        self.agree.toggled.connect(self._check)
        column.addWidget(self.agree)
        self.wrong = label("", "", "bad", wrap=True)
        self.wrong.hide()
        column.addWidget(self.wrong)
        self.yes = Button(action, self._go, kind="primary")
        self.yes.setDefault(True)
        self.no, self.turning, self.working = Button("Cancel", self.reject), Spinner(20), False
        self.turning.hide()
        column.addLayout(row(self.yes, self.no, self.turning))
        self._action = action
        self._check()

    def filled(self) -> Filled:
        """Return all that was filled in."""
        return Filled((line.id, self.given(line.id)) for line in self._lines)

    def reject(self) -> None:
        """Close, with nothing done; not while it is being done, for it would be done all the same."""
        if not self.working:
            super().reject()

    def given(self, line_id: str) -> str:
        """Return what was filled in; secrets as they were typed, all else without blanks around it."""
        field = self.fields.get(line_id)
        if field is None:
            return ""
        if isinstance(field, Choice):
            return str(field.currentData())
        text = field.text()
        return text if field.echoMode() == QLineEdit.EchoMode.Password else text.strip()

    def _field(self, line: Line) -> QLineEdit | Choice:
        if line.choices:
            choice = self.fields[line.id] = Choice(line.name)
            for value, words in line.choices:
                choice.addItem(words, value)
            return choice
        field = QLineEdit(line.text)
        field.setAccessibleName(line.name)
        field.setPlaceholderText(line.hint)
        if line.secret:
            field.setEchoMode(QLineEdit.EchoMode.Password)
        else:
            field.setMaxLength(line.most)
        field.textChanged.connect(self._check)
        self.fields[line.id] = field
        return field

    def _go(self) -> None:
        self._show_working(True)
        self._attempt(self.filled(), self._ended)

    def _show_working(self, working: bool) -> None:
        self.working = working
        for field in self.fields.values():
            if isinstance(field, QLineEdit):
                field.setReadOnly(working)
            else:
                field.setEnabled(not working)
        for part in (self.agree, self.no, self.yes):
            part.setEnabled(not working)
        self.turning.setVisible(working)
        self.yes.setText("Working…" if working else self._action)

    def _ended(self, fault: str) -> None:
        self._show_working(False)
        self.wrong.setText(fault)
        self.wrong.setVisible(bool(fault))
        if not fault:
            self.accept()
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Have room for every line from the beginning."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Grow with what is said, so that nothing is squeezed."""
        wanted = self._column.totalHeightForWidth(self.width())
        if wanted > self.height():
            self.resize(self.width(), wanted)

    def _check(self) -> None:
        self.wrong.hide()
        whole = all(self.given(line.id) for line in self._lines if line.wanted)
        if NEW in self.fields:
            whole &= self._show_strength()
        self.yes.setEnabled(whole and (self.agree.isHidden() or self.agree.isChecked()))

    def _show_strength(self) -> bool:
        """Show how hard the new passphrase is to guess; return whether it will do, typed twice."""
        new = self.given(NEW)
        found = strength(new, [self.given(line.id) for line in self._lines if line.named])
        same = new == self.given(AGAIN)
        tone = _TONES[found.grade] if new else "none"
        self.meter.show_parts([(min(1.0, found.bits / STRONG), tone, "Strength")])
        twice = "" if same or not self.given(AGAIN) else "The two differ."
        said = f"{found.words if new else ''} {found.advice} {twice}".strip()
        self.strength.setText(said)
        set_tone(self.strength, "bad" if twice else tone)
        self._fit()
        return same and found.grade != "too weak"


class CompareDialog(QDialog):
    """Shows a fingerprint large, and tells while typing whether what one hears is the same."""

    def __init__(self, parent: QWidget, name: str, fingerprint: str) -> None:
        super().__init__(parent)
        self._shown = fingerprint
        self.setWindowTitle("Does it match?")
        self.setMinimumWidth(520)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(f"The fingerprint of “{name}”", "title", wrap=True))
        text = "Read it to each other, group by group. There is no I, L, O or U in it."
        column.addWidget(label(text, "muted", wrap=True))
        shown = label(fingerprint.replace("-", "   "))
        shown.setFont(mono(20))
        shown.setAccessibleName(f"Fingerprint {fingerprint}")
        column.addWidget(shown)
        self.heard = QLineEdit()
        self.heard.setAccessibleName("What you hear")
        self.heard.setPlaceholderText("Type what you hear; blanks and dashes do not matter")
        self.heard.textChanged.connect(self._compare)
        self.answer = label("", wrap=True)
        column.addWidget(self.heard)
        column.addWidget(self.answer)
        column.addLayout(row(Button("Close", self.accept, kind="primary")))

    def _compare(self, heard: str) -> None:
        if not heard.strip():
            self.answer.setText("")
            return
        difference = compare_fingerprint(heard, self._shown)
        going_on = difference.startswith("The first")
        tone: Tone = "ok" if not difference else "none" if going_on else "bad"
        self.answer.setText(difference or "It matches: it is the same key.")
        set_tone(self.answer, tone)


class ReadyTextDialog(QDialog):
    """Says what to do with IT; a line that is ready for their policy can be copied, and looked at."""

    def __init__(self, parent: QWidget, title: str, text: str, ready: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(600)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(title, "title", wrap=True))
        column.addWidget(label(text, wrap=True))
        note = "Should IT write their policy by hand, the line for it is ready to be copied."
        column.addWidget(label(note, "muted", wrap=True))
        self.ready = QPlainTextEdit(ready)
        self.ready.setReadOnly(True)
        self.ready.setFont(mono(12))
        self.ready.setAccessibleName("What IT needs")
        self.ready.setMinimumHeight(130)
        self.ready.hide()
        column.addWidget(self.ready, 1)
        self.turn = Button("Show the line", self._turn, kind="link")
        copy = Button("Copy the line", self._copy)
        column.addLayout(row(Button("Close", self.accept, kind="primary"), copy, self.turn))

    def _turn(self) -> None:
        self.ready.setVisible(self.ready.isHidden())
        self.turn.setText("Show the line" if self.ready.isHidden() else "Hide the line")
        self.turn.setAccessibleName(self.turn.text())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.ready.toPlainText())
