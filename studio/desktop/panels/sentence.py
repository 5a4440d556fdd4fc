"""The sentence panel: what a sentence demands, what is open about it, and where it lives in the agent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.desktop.panels.conflict import ShownCollision, conflict_card
from studio.desktop.panels.document import STATE_TONES
from studio.desktop.panels.overview import Open, overview_card
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
    def doubted(self) -> Sequence[Place]: ...  # noqa: D102
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
        self,
        questions: Sequence[AskedQuestion],
        unclear: Sequence[Question],
        proposed: bool,
        open_ones: Sequence[Open],
    ) -> None:
        """Show what is open in the document."""
        self.set_title("This document")
        self.clear()
        self.body.addWidget(overview_card(open_ones, proposed, self.passage_asked.emit))
        for question in questions:
            if question.answer is None:
                self._question(question, with_quote=True)
        if not proposed and unclear:
            card = Card(
                "1 point looks unclear" if len(unclear) == 1 else f"{len(unclear)} points look unclear"
            )
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
        self._doubt(sentence)
        if sentence.heard:
            card = Card("Internal, but customers hear it", "bad")
            card.say("Customers hear it here. Change the words there, or say that it may be quoted.")
            for place in sentence.heard:
                card.add(Link(place.name, partial(self.place_asked.emit, place.path)))
            self.body.addWidget(card)
        for each in conflicts[:_MOST_CONFLICTS]:
            self.body.addWidget(
                conflict_card(
                    each,
                    partial(self.decided.emit, each),
                    partial(self.side_asked.emit, each),
                    statement.id,
                )
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
        self._places(sentence)
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

    def add_tracked(self) -> None:
        """Say what changes mean that are in the document, but were neither accepted nor refused."""
        card = Card("It has changes that nobody accepted or refused")
        card.say("Words struck out bind nobody. Words put in (underlined) are read as if they were accepted.")
        card.say("To settle it, accept or refuse them in the document and add it again.", muted=True)
        self.body.insertWidget(0, card)

    def add_suspicions(self, rows: Sequence[Suspicious], declined: str) -> None:
        """Put above what is open in the document that it was declined, and its suspicious passages."""
        if rows:
            count = "1 passage" if len(rows) == 1 else f"{len(rows)} passages"
            card = Card(f"{count} may be trying to steer the reading", "warn")
            for reason in dict.fromkeys(row.suspicion.reason for row in rows[:_MOST_SUSPICIONS]):
                card.say(reason)
                for row in rows[:_MOST_SUSPICIONS]:
                    if row.suspicion.reason == reason:
                        quote = " ".join(row.suspicion.quote.split())
                        card.add(
                            Link(
                                f"“{quote if len(quote) <= 110 else quote[:108] + '…'}”",
                                partial(self.passage_asked.emit, row.id),
                                name=f"Show the passage “{quote}”",
                            )
                        )
            if (rest := len(rows) - _MOST_SUSPICIONS) > 0:
                card.say(f"and {rest:,} more", muted=True)
            self.body.insertWidget(0, card)
        if declined:
            card = Card("Nothing was read from this document")
            card.say(declined)
            self.body.insertWidget(0, card)

    def add_last(self, card: Card) -> None:
        """Put a card below what is shown."""
        self.body.insertWidget(self.body.count() - 1, card)

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

    def _doubt(self, sentence: ReadSentence) -> None:
        """Say why a sentence is to be looked at again, with the places that this is about."""
        if not sentence.suspect:
            return
        card = Card("Look at this again", "bad" if sentence.turned else "warn")
        card.say(sentence.suspect)
        for place in sentence.doubted:
            card.add(Link(place.name, partial(self.place_asked.emit, place.path)))
        ways = WrapLayout(8)
        ways.setContentsMargins(0, 6, 0, 0)
        ways.addWidget(Button("Still right", lambda: self.acted.emit("confirm"), kind="primary", key="S"))
        ways.addWidget(Button("Ask CoBuilder about it", lambda: self.acted.emit("ask")))
        card.content.addLayout(ways)
        self.body.addWidget(card)

    def _places(self, sentence: ReadSentence) -> None:
        """Show where the sentence lives; what the card of the doubt names already is not repeated."""
        doubted = {place.path for place in sentence.doubted}
        rest = [place for place in sentence.places if place.path not in doubted]
        if doubted and not rest:
            return
        card = Card("Where else it lives" if doubted else "Where it lives")
        for place in rest:
            card.add(Link(place.name, partial(self.place_asked.emit, place.path)))
        if not rest:
            words = "Nowhere in the agent yet."
            if sentence.proposed:
                words = "It is part of a proposal that is not decided yet."
            card.say(words, muted=True)
        self.body.addWidget(card)
