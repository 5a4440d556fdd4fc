"""What a person does with sources and sentences, as commands: describe, waive, confirm, decide, answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtWidgets import QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.panels.describe_source import DescribeDialog
from studio.desktop.panels.waive import WaiveDialog
from studio.desktop.panels.worklist import Work
from studio.domain.source import Source

if TYPE_CHECKING:
    from studio.domain.governance import Suggestion
    from studio.services.queries.governance import CollisionRow
    from studio.services.queries.worklist import WorkPage

_DO = {"conflict": "In conflict", "open question": "Questions", "not yet looked at": "Not yet looked at"}


class SourceDeeds:
    """Sends commands for a page."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        self._desk, self._parent = desk, parent

    def act(self, what: str, source_id: str, statement_id: str) -> None:
        """Do what a button of the sentence panel says."""
        from studio.services import commands as to

        do, key = self._desk.session.do, (source_id, statement_id)
        if what == "confirm":
            do(to.ConfirmStatement(*key))
        elif what == "take back":
            do(to.TakeBackWaiver(*key))
        elif what == "waive":
            dialog = WaiveDialog(self._parent)
            if dialog.exec() == WaiveDialog.DialogCode.Accepted:
                do(to.WaiveStatement(*key, dialog.words, dialog.until))
        else:
            do(to.MarkAccess(*key, cast('Literal["may be quoted", "internal"]', what)))

    def conflicts(self, ids: Sequence[str]) -> list[CollisionRow]:
        """Return the conflicts with these ids."""
        from studio.services.queries.governance import ListCollisions

        return list(self._desk.session.ask(ListCollisions(ids=tuple(ids)))) if ids else []

    def decide(self, row: CollisionRow, outcome: str) -> None:
        """Keep a decision on a conflict; one that goes against CoBuilder's reading needs a reason."""
        from studio.services.commands import DecideCollision

        why = row.collision.why
        if outcome != row.collision.winner:
            words = dialogs.ask_text(
                self._parent, "Why?", "Say why, so that others can follow. It is kept with your name.", "Keep"
            )
            if not words:
                return
            why = words
        holds = cast('Literal["left", "right", "both", "neither"]', outcome)
        self._desk.session.do(DecideCollision(row.collision.id, holds, why))

    def identify(self, doubt: str, same: bool) -> None:
        """Keep whether two sentences are the same statement."""
        from studio.services.commands import DecideIdentity

        self._desk.session.do(DecideIdentity(doubt, same))

    def answer(self, proposal_id: str, question_id: str, waived: bool) -> None:
        """Ask for the answer to a question, and keep it."""
        from studio.services.commands import AnswerQuestion

        question = "Not for this agent" if waived else "Answer the question"
        text = "Say why, so that others can follow." if waived else "Your answer is kept with your name."
        words = dialogs.ask_text(self._parent, question, text, "Keep")
        if words:
            self._desk.session.do(AnswerQuestion(proposal_id, question_id, words, waived))

    def suggestions(self, source_id: str) -> list[Suggestion]:
        """Return what the document states about itself that its source does not say."""
        from studio.services.queries.governance import SuggestFields

        rows = self._desk.session.ask(SuggestFields(source_id))
        return [row.suggestion for row in rows if row.kind == "confirm"]

    def describe(self, source: Source, known: Sequence[tuple[str, str]]) -> None:
        """Ask what a source is, and keep it."""
        from studio.services.commands import DescribeSource

        dialog = DescribeDialog(self._parent, source, known, self.suggestions(source.id))
        if dialog.exec() == DescribeDialog.DialogCode.Accepted and (fields := dialog.fields()):
            self._desk.session.do(DescribeSource(source.id, fields))


def group_of(state: str) -> str:
    """Return the heading under which the sentences of a state are listed."""
    return _DO.get(state, state.capitalize())


def work_of(page: WorkPage) -> list[Work]:
    """Return the work in the order in which it is best done."""
    made: list[Work] = []
    for row in page.sentences:
        where = f"{row.source_name} · {row.where}"
        if row.suspect:
            made.append(Work("Look again", row.key, row.quote, f"{row.suspect.capitalize()} · {where}"))
        else:
            made.append(Work(group_of(row.state), row.key, row.quote, where, row.state in _DO))
    made += [Work("Same statement?", f"?{d.id}", d.new_quote, d.why) for d in page.doubts]
    order = ["Look again", "In conflict", "Questions", "Same statement?", "Not yet looked at"]
    return sorted(made, key=lambda w: order.index(w.group) if w.group in order else len(order))
