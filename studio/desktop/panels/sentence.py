"""The sentence panel: what a sentence demands, what is open about it, and where it lives in the agent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.desktop.panels.conflict import ShownCollision, conflict_card
from studio.desktop.panels.document import STATE_TONES
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import Chip, label
from studio.desktop.widgets.pane import Pane
from studio.desktop.widgets.paragraph import Link
from studio.desktop.widgets.wrap import WrapLayout
from studio.domain.finding import Suspicion
from studio.domain.places import Place
from studio.domain.statement import Question, Statement

_MOST_UNCLEAR, _MOST_CONFLICTS, _MOST_SUSPICIONS = 6, 4, 6


class AskedQuestion(Protocol):
    """A question about a document, as it is read."""

    @property
    def proposal_id(self) -> str: ...  # noqa: D102
    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102
    @property
    def category(self) -> str: ...  # noqa: D102
    @property
    def quote(self) -> str: ...  # noqa: D102
    @property
    def answer(self) -> str | None: ...  # noqa: D102
    @property
    def waived(self) -> bool: ...  # noqa: D102


class ReadSentence(Protocol):
    """A sentence of a document, as it is read."""

    @property
    def statement(self) -> Statement: ...  # noqa: D102
    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def places(self) -> Sequence[Place]: ...  # noqa: D102
    @property
    def suspect(self) -> str: ...  # noqa: D102
    @property
    def turned(self) -> bool: ...  # noqa: D102
    @property
    def proposed(self) -> bool: ...  # noqa: D102
    @property
    def internal(self) -> bool: ...  # noqa: D102
    @property
    def waived(self) -> str: ...  # noqa: D102
    @property
    def heard(self) -> Sequence[Place]: ...  # noqa: D102
    @property
    def warnings(self) -> Sequence[str]: ...  # noqa: D102


class Suspicious(Protocol):
    """A passage that may be trying to steer the reading machine."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def suspicion(self) -> Suspicion: ...  # noqa: D102


class SentencePanel(Pane):
    """Shows one sentence, or what is open in the whole document."""

    place_asked = Signal(str)
    quote_asked = Signal(str)
    answered = Signal(str, str, bool)
    acted = Signal(str)
    decided = Signal(object, str)
    side_asked = Signal(object, str)
    passage_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__("This document", scroll=True)

    def show_document(
        self, questions: Sequence[AskedQuestion], unclear: Sequence[Question], proposed: bool
    ) -> None:
        """Show what is open in the document."""
        self.set_title("This document")
        self.clear()
        open_ones = [q for q in questions if q.answer is None]
        if not open_ones and (proposed or not unclear):
            card = Card("Nothing is open here")
            card.say(
                "Choose a marked sentence to see what it demands and where it lives in the agent.", muted=True
            )
            self.body.addWidget(card)
        for question in open_ones:
            self._question(question, with_quote=True)
        if not proposed and unclear:
            card = Card(f"{len(unclear)} points look unclear")
            for each in unclear[:_MOST_UNCLEAR]:
                card.say(f"“{' '.join(each.quote.split())}”", muted=True)
            if (rest := len(unclear) - _MOST_UNCLEAR) > 0:
                card.say(f"and {rest:,} more", muted=True)
            card.say("They become questions when you ask CoBuilder to propose changes.")
            self.body.addWidget(card)
        for question in questions:
            if question.answer is not None:
                self._question(question, with_quote=True)
        self.body.addStretch(1)

    def show_sentence(
        self,
        sentence: ReadSentence,
        questions: Sequence[AskedQuestion],
        conflicts: Sequence[ShownCollision] = (),
    ) -> None:
        """Show one sentence."""
        statement = sentence.statement
        self.set_title("This sentence")
        self.clear()
        chips = [Chip(statement.kind.value), Chip(sentence.state, STATE_TONES.get(sentence.state, ""))]
        if sentence.internal:
            chips.append(Chip("internal", "warn"))
        line = WrapLayout(6)
        for chip in chips:
            line.addWidget(chip)
        # In a widget of its own: emptying the panel lets go of widgets, also of what they hold.
        holder = QWidget()
        holder.setLayout(line)
        self.body.addWidget(holder)
        if sentence.warnings:
            warned = Card("Read this with care", "warn")
            for warning in sentence.warnings:
                warned.say(warning)
            self.body.addWidget(warned)
        if sentence.suspect:
            doubt = Card("Look at this again", "bad" if sentence.turned else "warn")
            doubt.say(sentence.suspect)
            ways = WrapLayout(8)
            ways.addWidget(Button("Still right", lambda: self.acted.emit("confirm"), kind="primary", key="S"))
            ways.addWidget(Button("Ask CoBuilder about it", lambda: self.acted.emit("ask")))
            doubt.content.addLayout(ways)
            self.body.addWidget(doubt)
        if sentence.heard:
            card = Card("Internal, but customers hear it", "bad")
            card.say("Customers hear it here. Change the words there, or say that it may be quoted.")
            for place in sentence.heard:
                card.add(Link(place.name, partial(self.place_asked.emit, place.path)))
            self.body.addWidget(card)
        for each in conflicts[:_MOST_CONFLICTS]:
            self.body.addWidget(
                conflict_card(each, partial(self.decided.emit, each), partial(self.side_asked.emit, each))
            )
        if (rest := len(conflicts) - _MOST_CONFLICTS) > 0:
            more = f"{rest:,} more sentences conflict with this one; they come up as these are decided."
            self.body.addWidget(label(more, "muted", wrap=True))
        for question in questions:
            same = question.quote in statement.quote or statement.quote in question.quote
            if same and not (conflicts and question.category == "conflict"):
                self._question(question)
        card = Card("What it demands")
        card.say(statement.text)
        for name, words in (("When", statement.condition), ("Except", statement.exception)):
            if words:
                card.say(f"{name}: {words}", muted=True)
        self.body.addWidget(card)
        self._places(sentence.places, sentence.proposed)
        self._rights(sentence)
        self.body.addStretch(1)

    def show_suspicion(self, row: Suspicious) -> None:
        """Show one passage that may be trying to steer the reading machine."""
        self.set_title("This passage")
        self.clear()
        card = Card("Read this with care", "warn")
        card.say(row.suspicion.reason)
        card.say(f"“{' '.join(row.suspicion.quote.split())}”", muted=True)
        card.say("It changes nothing by itself. What is proposed from it carries this warning into review.")
        self.body.addWidget(card)
        self.body.addStretch(1)

    def add_suspicions(self, rows: Sequence[Suspicious], declined: str) -> None:
        """Put above what is open in the document that it was declined, and its suspicious passages."""
        if rows:
            count = "1 passage" if len(rows) == 1 else f"{len(rows)} passages"
            card = Card(f"{count} may be trying to steer the reading", "warn")
            for row in rows[:_MOST_SUSPICIONS]:
                card.say(row.suspicion.reason)
                card.add(Link("Show the passage", partial(self.passage_asked.emit, row.id)))
            if (rest := len(rows) - _MOST_SUSPICIONS) > 0:
                card.say(f"and {rest:,} more", muted=True)
            self.body.insertWidget(0, card)
        if declined:
            card = Card("Nothing was read from this document")
            card.say(declined)
            self.body.insertWidget(0, card)

    def show_card(self, title: str, card: Card) -> None:
        """Put a card above what is shown."""
        self.set_title(title)
        self.body.insertWidget(0, card)

    def _rights(self, sentence: ReadSentence) -> None:
        """Offer what a person may say about the sentence: not for this agent, internal."""
        card = Card("Not for this agent" if sentence.waived else "What you can say about it")
        line = WrapLayout(8)
        if sentence.waived:
            card.say(sentence.waived)
            line.addWidget(Button("Take it back", lambda: self.acted.emit("take back")))
        else:
            line.addWidget(Button("Not for this agent…", lambda: self.acted.emit("waive"), key="W"))
        if sentence.internal:
            line.addWidget(Button("May be quoted", lambda: self.acted.emit("may be quoted")))
        else:
            line.addWidget(Button("Mark as internal", lambda: self.acted.emit("internal")))
        card.content.addLayout(line)
        self.body.addWidget(card)

    def _question(self, question: AskedQuestion, with_quote: bool = False) -> None:
        conflict = question.category == "conflict"
        open_one = question.answer is None
        card = Card(
            "Conflict" if conflict else "Question for the owner",
            ("bad" if conflict else "warn") if open_one else "",
        )
        card.say(question.text)
        if question.reason and question.reason != question.text:
            card.say(question.reason, muted=True)
        if open_one:
            card.buttons(
                Button(
                    "Answer",
                    lambda: self.answered.emit(question.proposal_id, question.id, False),
                    kind="primary",
                ),
                Button(
                    "Not for this agent", lambda: self.answered.emit(question.proposal_id, question.id, True)
                ),
            )
        else:
            card.say(f"{'Set aside' if question.waived else 'Answered'}: {question.answer}")
        if with_quote:
            way = Link("Show the sentence", lambda: self.quote_asked.emit(question.quote))
            card.add(way)
        self.body.addWidget(card)

    def _places(self, places: Sequence[Place], proposed: bool) -> None:
        card = Card("Where it lives")
        for place in places:
            card.add(Link(place.name, partial(self.place_asked.emit, place.path)))
        if not places:
            words = (
                "It is part of a proposal that is not decided yet."
                if proposed
                else "Nowhere in the agent yet."
            )
            card.add(label(words, "muted", wrap=True))
        self.body.addWidget(card)
