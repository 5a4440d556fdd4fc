"""Review: a proposal change by change; what it says before and after, why, and a decision by mouse or key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop import dialogs
from studio.desktop.consequence_deeds import ConsequenceDeeds
from studio.desktop.decide_deeds import DecideDeeds
from studio.desktop.package_deeds import PackageDeeds
from studio.desktop.page import Page
from studio.desktop.panels.change import WhyPanel
from studio.desktop.panels.change_parts import ChangeParts
from studio.desktop.panels.days import day_in_words
from studio.desktop.panels.decide import DecideBar
from studio.desktop.panels.diff import DiffPanel
from studio.desktop.panels.evidence import Quoted
from studio.desktop.panels.graph import GraphPair
from studio.desktop.panels.proposal import (
    HowRead,
    LeftAlone,
    next_undecided,
    progress_of,
    question_card,
    rows_of,
)
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import Chip, label
from studio.desktop.widgets.meter import Meter
from studio.desktop.widgets.pane import Pane, panes
from studio.desktop.widgets.row_list import RowList
from studio.desktop.widgets.states import EmptyState
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.services.change_reasons import Why
    from studio.services.commands import Command
    from studio.services.queries.review import ChangePage, OpenQuestionRow, ProposalPage

_ON_ANSWERS = "It is kept with your name. Where it fills a gap (“45 days”), the proposal completes itself."
QUESTION = "?"
"""Ids of questions in the list begin with this, to tell them from changes."""
PARTS = {
    "changes": "What changes",
    "affected": "Who is affected",
    "comments": "Comments",
    "approvals": "Approvals",
}
"""The parts of a change, by the names that panels are put in with (`page.parts.body("affected")`)."""


class ReviewPage(Page):
    """The changes of a proposal.

    `opened` tells the proposal and the change that came into sight; the change is "" for the whole proposal
    and for a question. Panels of the other parts fill themselves when they hear it.
    """

    opened = Signal(str, str)

    kinds: ClassVar[frozenset[Kind]] = frozenset(
        ("proposal", "decision", "comment", "answer", "agent", "source", "role_approval", "merged_reply")
    )

    def build(self) -> QWidget:
        """Lay out the list, the change and the reasons."""
        self._page: ProposalPage | None = None
        self._change: ChangePage | None = None
        self._wanted = ("", "")
        self.side, self.inline = Button("Side by side"), Button("Inline")
        self.change_pane = Pane("", padded=False)
        self.verdict = Chip()
        self.change_pane.add_head(self.verdict, Switch("How the texts are shown", self.side, self.inline))
        self.what = label("", "muted", wrap=True)
        self.diff = DiffPanel("What the change says before and after")
        self.graph = GraphPair()
        self.question = QWidget()
        QVBoxLayout(self.question).setContentsMargins(0, 0, 0, 0)
        self.decide = DecideBar()
        self.parts = ChangeParts(PARTS)
        for part in (self.what, self.diff, self.graph, self.question):
            self.parts.body("changes").addWidget(part)
        self.parts.body("changes").addStretch(1)
        self.decide.setContentsMargins(14, 8, 14, 10)
        self.change_pane.body.addWidget(self.parts, 1)
        self.change_pane.body.addWidget(self.decide)
        self.why = WhyPanel()
        return panes((self._list_pane(), self.change_pane, self.why), (278, 634, 340), 1)

    def _list_pane(self) -> Pane:
        pane = self.list_pane = Pane("Proposal", padded=False)
        self.choice = Choice("Proposal")
        self.choice.setMinimumContentsLength(8)
        self.choice.setMaximumWidth(150)
        pane.add_head(self.choice)
        self.list = RowList("Changes")
        pane.body.addWidget(self.list, 1)
        foot = QWidget()
        foot.setProperty("role", "plain")
        column = QVBoxLayout(foot)
        column.setContentsMargins(14, 8, 14, 14)
        self.decided = label("", "muted", wrap=True)
        self.meter = Meter()
        self.rest = Button("Accept all that are left", self._accept_rest, kind="link")
        column.addWidget(self.decided)
        column.addWidget(self.meter)
        column.addWidget(self.rest)
        self.left_alone = LeftAlone()
        self.how_read = HowRead()
        column.addWidget(self.how_read)
        column.addWidget(self.left_alone)
        pane.body.addWidget(foot)
        return pane

    def empty_state(self) -> QWidget:
        """Say where proposals come from."""
        return EmptyState(
            "review",
            "Nothing to review yet",
            "When CoBuilder compares a document with the agent, its proposed changes stand here, each with "
            "the sentence that demands it. You accept or reject them one by one.",
            Button("Go to the documents", lambda: self.desk.open_page("sources"), kind="primary"),
        )

    def wire(self) -> None:
        """Listen to list, keys and buttons."""
        self.list.chosen.connect(self._open)
        self.package = PackageDeeds(self, self.parts, self.opened)
        self.consequences = ConsequenceDeeds(self, self.parts, self.opened)
        self.deciding = DecideDeeds(self, self.decide, self.parts, self.opened)
        self.choice.activated.connect(lambda _n: self._take(self.choice.currentData(), ""))
        self.side.clicked.connect(lambda: self.diff.set_inline(False))
        self.inline.clicked.connect(lambda: self.diff.set_inline(True))
        self.decide.accepted.connect(lambda: self._decide(accept=True))
        self.decide.rejected.connect(lambda: self._decide(accept=False))
        self.decide.next_asked.connect(self.next)
        self.why.change_asked.connect(lambda change: self.list.choose(change))
        self.why.sentence_asked.connect(self.show_cited)
        for key, slot in (
            ("A", lambda: self._decide(accept=True)),
            ("R", lambda: self._decide(accept=False)),
            ("J", self.next),
        ):
            self.key(key, slot)

    def fill(self) -> None:
        """Ask for the proposals and show the one that is open."""
        from studio.services.queries.review import ListProposals, ShowProposal

        proposals = self.desk.session.ask(ListProposals())
        if not proposals:
            self.states.show_empty()
            return
        known = [p.id for p in proposals]
        waiting = next((p.id for p in proposals if p.decided < p.total or p.open_questions), known[0])
        before = self._page.id if self._page and self._page.id in known else waiting
        wanted, item = self._wanted
        self._wanted = ("", "")
        self.choice.clear()
        for proposal in proposals:
            self.choice.addItem(
                f"{proposal.id} · {proposal.decided} of {proposal.total} decided", proposal.id
            )
        chosen = wanted if wanted in known else before
        self.choice.setCurrentIndex(known.index(chosen))
        self.choice.setVisible(len(known) > 1)
        self._page = self.desk.session.ask(ShowProposal(chosen))
        self._show_list(self._page, item)

    def show_item(self, item: str) -> None:
        """Show a proposal, or one change of it (`proposal/change`)."""
        proposal, _, change = item.partition("/")
        self._take(proposal, change)

    def first_focus(self) -> QWidget:
        """Let the keys of the review work at once."""
        return self.list

    def perform(self, verb: str) -> None:
        """Go to the next change that nobody decided."""
        if verb == "next":
            self.next()
        self.package.perform(verb)

    def next(self) -> None:
        """Go to the next change or question that waits, from here on, then from the top."""
        found = next_undecided(self.list, self._page) if self._page else ""
        if found:
            self.list.choose(found)
            self.list.setFocus()
        elif self._page:
            self.desk.tell(
                "Everything in this proposal is decided.", "ok", "Simulate the draft", self._simulate
            )

    def _simulate(self) -> None:
        self.desk.open_page("simulate")

    def _take(self, proposal: str, change: str) -> None:
        self._wanted = (proposal, change)
        self.refresh()

    def _show_list(self, page: ProposalPage, item: str) -> None:
        self.list_pane.set_title("Proposal" if self.choice.isVisibleTo(self) else page.title)
        self.list_pane.title.setToolTip(page.title)
        self.list.show_rows(rows_of(page, QUESTION))
        self.decided.setText(progress_of(page))
        self.meter.show_parts([(page.decided / page.total if page.total else 1.0, "acc", "decided")])
        self.rest.setVisible(page.decided < page.total)
        self.left_alone.show_lines(page.unaffected)
        self.how_read.show_run(page.read_by, page.run, page.disagreements)
        if not (item and self.list.choose(item, tell=False)) and not self.list.current_id():
            first = next((each.id for each in self.list.items()), "")
            self.list.choose(next_undecided(self.list, page) or first, tell=False)
        self._open(self.list.current_id())

    def _open(self, item: str) -> None:
        from studio.services.queries.review import ShowChange

        assert self._page is not None
        is_question = item.startswith(QUESTION)
        for part in (self.what, self.diff, self.decide, self.side, self.inline):
            part.setVisible(not is_question)
        self.question.setVisible(is_question)
        if is_question:
            self.graph.hide()
            self._change = None
            self._open_question(next(q for q in self._page.questions if QUESTION + q.id == item))
            self.opened.emit(self._page.id, "")
            return
        page = self._change = self.desk.session.ask(ShowChange(self._page.id, item))
        self.change_pane.set_title(page.row.title)
        self._show_verdict(page)
        self.what.setText(page.where if page.where not in page.row.title else "")
        self.what.setVisible(bool(self.what.text()))
        names = ("Before", "Draft after this change")
        self.diff.show_texts(*(page.forms.texts or (page.before, page.after)), *names)
        pair = page.forms.workflow
        self.graph.setVisible(pair is not None)
        if pair is not None:
            heads = ("Workflow · live", "Workflow · with this proposal")
            self.graph.show_pair(pair.before, pair.after, heads, pair.focus)
        self._show_why(page)
        self.parts.to_top()
        self.opened.emit(page.proposal_id, item)

    def _show_verdict(self, page: ChangePage) -> None:
        verdict, because = page.row.verdict, page.row.because_of
        tone: Tone = "ok" if verdict == "accepted" else "bad" if verdict == "rejected" else ""
        self.verdict.show_fact(f"{verdict} with {because}" if verdict and because else verdict or "", tone)
        self.decide.show_verdict(verdict)

    def _show_why(self, page: ChangePage) -> None:
        self.why.begin()
        self.why.add_warnings(page.row.warnings)
        self.why.add_quotes([_quoted(why) for why in page.why])
        self.why.add_reason(page.reason, page.row.confidence)
        needs = [(r.id, r.title) for r in page.needs]
        self.why.add_links("Stands on", "Accepting this accepts these too.", needs)
        dependents = [(r.id, r.title) for r in page.dependents]
        self.why.add_links("Depends on this", "Rejecting this rejects these too.", dependents)
        self.why.add_names("Also from this sentence", page.also_affected)
        self.why.add_comments(page.comments)
        self.why.end()

    def _open_question(self, question: OpenQuestionRow) -> None:
        self.change_pane.set_title("Question for the owner")
        self.verdict.show_fact(
            "set aside" if question.waived else "answered" if question.answer else "open",
            "" if question.answer else "warn",
        )
        self.why.begin("Where it is left open")
        self.why.add_quotes([Quoted(question.citation, "")])
        brought = [(row.id, row.title) for row in question.brought]
        self.why.add_links("What the answer brought", "Another answer takes their place.", brought)
        self.why.end()
        layout = self.question.layout()
        assert layout is not None
        while layout.count():
            taken = layout.takeAt(0)
            widget = taken.widget() if taken else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        card: Card = question_card(question, self._answer)
        layout.addWidget(card)

    def _answer(self, question_id: str, waived: bool) -> None:
        from studio.services.commands import AnswerQuestion

        assert self._page is not None
        title = "Not for this agent" if waived else "Answer the question"
        text = "Say why, so that others can follow." if waived else _ON_ANSWERS
        words = dialogs.ask_text(self, title, text, "Keep")
        if words:
            self._do(AnswerQuestion(self._page.id, question_id, words, waived))

    def _decide(self, accept: bool) -> None:
        from studio.services.commands import AcceptChange, RejectChange

        if self._change is None or not self.decide.isVisible():
            return
        if (self._change.row.verdict or "") == ("accepted" if accept else "rejected"):
            return
        kind = AcceptChange if accept else RejectChange
        if self._do(kind(self._change.proposal_id, self._change.row.id)):
            # The list is refreshed by the change itself; go on from where we are.
            self.refresh()
            self.next()

    def _accept_rest(self) -> None:
        from studio.services.commands import AcceptRemaining

        if self._page is not None:
            self._do(AcceptRemaining(self._page.id))

    def _do(self, command: Command) -> bool:
        effect = self.desk.session.do(command)
        if effect is None:
            return False
        self.desk.tell(effect.title, "ok", "Undo", self.desk.session.undo)
        return True


def _quoted(why: Why) -> Quoted:
    effective = f"in force from {day_in_words(why.effective_from)}" if why.effective_from else ""
    standing = "SOP" if why.authority == "sop" else why.authority.capitalize()
    owner = f"owner {why.owner}" if why.owner else ""
    about = " · ".join(part for part in (standing, owner, effective) if part)
    return Quoted(why.citation, about, why.block)
