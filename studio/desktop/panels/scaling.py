"""The scaling panel: the twelve questions before scaling, how they stand, and the way to what is open.

- What is open is always there; the answers of the rest are one click away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.desktop.theme.tokens import S2, Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import Mark, label
from studio.desktop.widgets.pane import clear_layout, settle

_TONES: dict[str, Tone] = {"answered": "ok", "open": "bad", "looking": "none"}


class QuestionLike(Protocol):
    """One question, as it is read."""

    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def evidence(self) -> str: ...  # noqa: D102


class ScalingPanel(QWidget):
    """Shows the questions."""

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        card = Card("Twelve questions before scaling")
        self.words = label("", "", wrap=True)
        self.words.setAccessibleName("How the questions stand")
        card.add(self.words)
        holder = QWidget()
        self._body = QVBoxLayout(holder)
        self._body.setContentsMargins(0, 4, 0, 0)
        self._body.setSpacing(8)
        card.add(holder)
        self.more = Button("Show all answers", self._turn, kind="link")
        card.buttons(self.more)
        outer.addWidget(card)
        self._rows: list[tuple[QuestionLike, str, Callable[[], object] | None]] = []
        self._looks: list[tuple[str, str, str, str]] = []
        self._all = False

    def show_questions(
        self, sentence: str, rows: Sequence[tuple[QuestionLike, str, Callable[[], object] | None]]
    ) -> None:
        """Show the questions, each with the words and the deed of its way; none where it is answered."""
        self.words.setText(sentence)
        self._rows = list(rows)
        looks = [(each.text, each.state, each.evidence, words) for each, words, _ in rows]
        if looks != self._looks:
            self._looks = looks
            self._fill()

    def _fill(self) -> None:
        held = QApplication.focusWidget()
        if held is not None and self.isAncestorOf(
            held
        ):  # else the next widget took it, and the page scrolled
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        clear_layout(self._body)
        for place, (each, words, _) in enumerate(self._rows):
            if self._all or each.state == "open":
                self._body.addWidget(self._line(each, words, place))
        self.more.setText("Show only what is open" if self._all else "Show all answers")
        self.more.setAccessibleName(f"{self.more.text()}: twelve questions before scaling")

    def _line(self, each: QuestionLike, words: str, place: int) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(S2)
        beside = QVBoxLayout()
        beside.setContentsMargins(0, 2, 0, 0)
        beside.addWidget(Mark(_TONES[each.state], f"{each.text} {each.state}"))
        beside.addStretch(1)
        line.addLayout(beside)
        told = QVBoxLayout()
        told.setSpacing(2)
        told.addWidget(label(each.text, "", wrap=True))
        told.addWidget(label(each.evidence, "muted", wrap=True))
        if words:
            way = QHBoxLayout()
            way.addWidget(Button(words, partial(self._go, place), kind="link", name=f"{words}: {each.text}"))
            way.addStretch(1)
            told.addLayout(way)
        line.addLayout(told, 1)
        return holder

    def _go(self, place: int) -> None:
        go = self._rows[place][2]
        if go is not None:
            go()

    def _turn(self) -> None:
        self._all = not self._all
        self._fill()
        self._settle()
        self.more.setFocus()

    def _settle(self) -> None:
        """Lay the whole scrolled column out at once: what was folded needs more room than there was."""
        content: QWidget = self
        while (above := content.parentWidget()) is not None:
            if isinstance(above.parentWidget(), QScrollArea):
                break
            content = above
        settle(content)
