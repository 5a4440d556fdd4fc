"""The why panel of a change: the sentences that demand it, what it takes along, checks, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.panels.evidence import EvidenceCard, ProofCard, Quoted
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import Pane, clear_layout, settle
from studio.desktop.widgets.paragraph import Link
from studio.domain.check import CheckResult
from studio.domain.review import Comment

MOST_NAMES = 8
"""Names that are told one by one; then how many more there are."""


class WhyPanel(Pane):
    """Shows why a change is proposed."""

    change_asked = Signal(str)
    sentence_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__("Why this change", scroll=True)
        self._proof: QWidget | None = None

    def begin(self, title: str = "Why this change") -> None:
        """Show nothing, and start again."""
        self.set_title(title)
        self._proof = None
        self.clear()

    def end(self) -> None:
        """Push everything to the top, and lay it out before it is painted."""
        self.body.addStretch(1)
        settle(self.body.parentWidget())

    def add_warnings(self, warnings: Sequence[str]) -> None:
        """Show what has to be read before deciding, above everything else."""
        if warnings:
            card = Card("Read this first", "warn")
            for warning in warnings:
                card.say(warning)
            self.body.addWidget(card)

    def add_quotes(self, quotes: Sequence[Quoted]) -> None:
        """Show the sentences that demand the change, each with a way to its document."""
        for quoted in quotes:
            self.body.addWidget(EvidenceCard(quoted, self.sentence_asked.emit))

    def add_reason(self, reason: str, confidence: float, edited_by: str = "") -> None:
        """Show CoBuilder's reason, and how sure it is; of a value that a person wrote it is nothing."""
        card = Card("CoBuilder's reason")
        card.say(reason)
        sure = (
            "sure"
            if confidence >= 0.8
            else "fairly sure"
            if confidence >= 0.55
            else "unsure: read the sentence with care"
        )
        if edited_by:
            card.say(f"That is why CoBuilder proposed a value. The one here is {edited_by}'s.", muted=True)
        else:
            card.say(f"CoBuilder is {sure}.", muted=True)
        self.body.addWidget(card)

    def add_links(self, title: str, note: str, rows: Sequence[tuple[str, str]]) -> None:
        """Show other changes by name, each a way to it."""
        if not rows:
            return
        card = Card(title)
        for change_id, name in rows:
            card.add(Link(name, partial(self.change_asked.emit, change_id)))
        if note:
            card.say(note, muted=True)
        self.body.addWidget(card)

    def add_names(self, title: str, names: Sequence[str]) -> None:
        """Show what else stands on the same sentence."""
        if names:
            card = Card(title)
            for name in names if len(names) <= MOST_NAMES + 1 else names[:MOST_NAMES]:
                card.say(name)
            if len(names) > MOST_NAMES + 1:
                card.say(f"and {len(names) - MOST_NAMES} more", muted=True)
            self.body.addWidget(card)

    def add_proof(self) -> None:
        """Keep a place for what the checks say; until that is known it says that it is being proved."""
        self._proof = QWidget()
        self._proof.setProperty("role", "plain")
        column = QVBoxLayout(self._proof)
        column.setContentsMargins(0, 0, 0, 0)
        waiting = Card("Proof")
        waiting.say("Proving …", muted=True)
        column.addWidget(waiting)
        self.body.addWidget(self._proof)

    def show_proof(self, broken: Sequence[CheckResult], mended: Sequence[CheckResult], decided: bool) -> None:
        """Show which checks turn with the change."""
        column = self._proof.layout() if self._proof is not None else None
        if not isinstance(column, QVBoxLayout):
            return
        clear_layout(column)
        card = ProofCard("Proof, with this change" if decided else "Proof, if you accept", broken, mended)
        if not broken and not mended:
            card.say("No check turns from good to bad, or the other way round.", muted=True)
        column.addWidget(card)

    def add_near(
        self,
        questions: Sequence[tuple[str, str]],
        conflicts: Sequence[tuple[str, Quoted]],
        title: str = "Open near it",
    ) -> None:
        """Show what is open near the sentences: questions, each a way to it, and what contradicts them."""
        if questions:
            card = Card(title, "warn")
            for question_id, text in questions:
                card.add(Link(text, partial(self.change_asked.emit, question_id), name=f"Question: {text}"))
            self.body.addWidget(card)
        for detail, quoted in conflicts:
            card = Card("In conflict with another sentence", "warn")
            card.say(detail)
            self.body.addWidget(card)
            self.body.addWidget(EvidenceCard(quoted, self.sentence_asked.emit))

    def add_comments(self, comments: Sequence[Comment]) -> None:
        """Show the remarks."""
        card = Card("Comments")
        for comment in comments:
            card.add(label(comment.text, wrap=True))
            card.say(f"{comment.by} · {comment.at.astimezone():%d %b %Y %H:%M}", muted=True)
        if not comments:
            card.say("None yet", muted=True)
        self.body.addWidget(card)
