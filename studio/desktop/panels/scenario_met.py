"""How a test goes on the draft now: the verdict, what was said, what it covers, how it could be varied."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.panels.evidence import EvidenceCard, Quoted
from studio.desktop.panels.transcript import lines_of
from studio.desktop.theme.tokens import S3
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.form_fields import Combo, Option
from studio.desktop.widgets.labels import Chip, label
from studio.desktop.widgets.pane import clear_layout, row
from studio.desktop.widgets.paragraph import Link
from studio.desktop.widgets.transcript_view import TranscriptView
from studio.domain.run import Conversation
from studio.domain.scenario import Scenario

_KINDS = {
    "rules": "Rules", "steps": "Steps", "branches": "Ways", "rows": "Rows of decisions",
    "faults": "Failures", "guards": "What code refuses",
}  # fmt: skip
_FEW = 4


class Way(Protocol):
    """One variation of a test."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def group(self) -> str: ...  # noqa: D102
    @property
    def words(self) -> str: ...  # noqa: D102
    @property
    def as_today(self) -> bool: ...  # noqa: D102


class ScenarioMet(QWidget):
    """`opened` tells the path of what shall be shown, `cited` a citation, `varied` the id of a variation."""

    opened = Signal(str)
    cited = Signal(object)
    varied = Signal(str)
    again = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S3)
        self.verdict = Chip()
        self.run = Button("Run it now", self.again.emit, key="F9", name="Run this test now")
        column.addLayout(row(self.verdict, self.run))
        self.why = label("", "", "bad", wrap=True)
        column.addWidget(self.why)
        self.talk = TranscriptView("Conversation of this test")
        self.talk.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self.talk)
        self.vary = Card("Duplicate it with a variation")
        self.group = Combo("What varies", ())
        self.way = Combo("Which variation", ())
        self.note = label("", "small", wrap=True)
        self.group.picked.connect(self._offer)
        self.way.picked.connect(lambda _way: self._tell_note())
        for each in (self.group, self.way, self.note):
            self.vary.add(each)
        self.make = Button("Duplicate so", self._vary, name="Duplicate it with this variation")
        self.vary.buttons(self.make)
        self._ways: tuple[Way, ...] = ()
        self._cards = QVBoxLayout()
        self._cards.setSpacing(S3)
        column.addLayout(self._cards)
        column.addWidget(self.vary)
        column.addStretch(1)

    def show_met(
        self, test: Scenario, talk: Conversation, covers: Sequence[tuple[str, str, str]], ways: Sequence[Way]
    ) -> None:
        """Show how a test goes, what it covers, and how it can be varied."""
        self.verdict.show_fact("right" if talk.passed else "not right", "ok" if talk.passed else "bad")
        wrong = [mark.words for mark in talk.marks if not mark.ok]
        self.why.setText("\n".join(wrong))
        self.why.setVisible(bool(wrong))
        self.talk.show_lines(lines_of(talk))
        self._fit()
        clear_layout(self._cards)
        self._cards.addWidget(self._covering(covers))
        for citation in test.citations:
            self._cards.addWidget(EvidenceCard(Quoted(citation, ""), self.cited.emit))
        if not test.citations:
            none = Card("No sentence yet")
            none.say("Nothing in the documents is given as the ground of this test.", muted=True)
            self._cards.addWidget(none)
        self._ways = tuple(ways)
        before = self.group.value()
        groups = tuple(dict.fromkeys(way.group for way in ways))
        self.group.set_options([Option(each, each) for each in groups])
        self.vary.setVisible(bool(groups))
        if groups and not self.group.choose(before):
            self.group.choose(groups[0])
        self._offer(self.group.value())

    def _covering(self, covers: Sequence[tuple[str, str, str]]) -> Card:
        card = Card("What it covers")
        for kind, words in _KINDS.items():
            found = [each for each in covers if each[0] == kind]
            if not found:
                continue
            card.say(f"{words}: {len(found)}", muted=True)
            for _, title, path in found[:_FEW]:
                card.add(Link(title, partial(self.opened.emit, path), name=f"Show {title}"))
            if len(found) > _FEW:
                card.say(f"and {len(found) - _FEW} more", muted=True)
        return card

    def _offer(self, group: object) -> None:
        self.way.set_options(
            [Option(w.id, w.words[:1].upper() + w.words[1:]) for w in self._ways if w.group == group]
        )
        if self.way.options:
            self.way.choose(self.way.options[0].value)
        self.make.setEnabled(bool(self.way.options))
        self._tell_note()

    def _tell_note(self) -> None:
        way = next((each for each in self._ways if each.id == self.way.value()), None)
        today = "The copy expects what the draft does today: look it over."
        self.note.setText(today if way is not None and way.as_today else "")
        self.note.setVisible(bool(self.note.text()))

    def _vary(self) -> None:
        if way := self.way.value():
            self.varied.emit(str(way))

    def _fit(self) -> None:
        width = max(120, self.talk.viewport().width())
        self.talk.setFixedHeight(self.talk.content_height_for(width) + 8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the conversation as high as its words need."""
        super().resizeEvent(event)
        self._fit()
