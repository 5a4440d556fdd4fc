"""Review: a proposal change by change; what it says before and after, why, and a decision by mouse or key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop import dialogs
from studio.desktop.change_watch import ChangeWatch
from studio.desktop.consequence_deeds import ConsequenceDeeds
from studio.desktop.decide_deeds import DecideDeeds
from studio.desktop.package_deeds import PackageDeeds
from studio.desktop.page import Page
from studio.desktop.panels.change import WhyPanel
from studio.desktop.panels.change_parts import ChangeParts
from studio.desktop.panels.days import day_in_words
from studio.desktop.panels.decide import DecideBar
from studio.desktop.panels.evidence import Quoted
from studio.desktop.panels.forms_column import FormsColumn, Look
from studio.desktop.panels.proposal import (
    HowRead,
    LeftAlone,
    next_undecided,
    progress_of,
    question_card,
    rows_of,
)
from studio.desktop.panels.summary import SummaryPanel
from studio.desktop.report_deeds import ReportDeeds
from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import Chip, label
from studio.desktop.widgets.meter import Meter
from studio.desktop.widgets.pane import Pane, panes
from studio.desktop.widgets.row_list import RowList
from studio.desktop.widgets.states import EmptyState
from studio.domain.errors import StudioError
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.services.change_reasons import Why
    from studio.services.commands import Command
    from studio.services.queries.review import ChangePage, ChangeProofs, OpenQuestionRow, ProposalPage

_ON_ANSWERS = "It is kept with your name. Where it fills a gap (“45 days”), the proposal completes itself."
QUESTION = "?"
"""Ids of questions in the list begin with this, to tell them from changes."""
SUMMARY = "="
"""The id of the list's first item: the whole proposal in words."""
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
        self.data = Button("Data", name="The change as it is kept, for IT")
        self.looks = Switch("How the change is shown", self.side, self.inline, self.data)
        self.change_pane = Pane("", padded=False)
        self.verdict = Chip()
        self.change_pane.add_head(self.verdict, self.looks)
        self.change_title, self.what = label("", "heading", wrap=True), label("", "muted", wrap=True)
        self.forms = FormsColumn()
        self.summary = SummaryPanel()
        self.question = QWidget()
        QVBoxLayout(self.question).setContentsMargins(0, 0, 0, 0)
        self.decide = DecideBar()
        self.parts = ChangeParts(PARTS)
        for part in (self.change_title, self.what, self.forms, self.summary, self.question):
            self.parts.body("changes").addWidget(part)
        self.parts.body("changes").addStretch(1)
        self.decide.setContentsMargins(14, 8, 14, 10)
        self.change_pane.body.addWidget(self.parts, 1)
        self.change_pane.body.addWidget(self.decide)
        self.why = WhyPanel()
        self.watch = ChangeWatch(lambda: self.desk.session.workbench, self)
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
        self.apart = label("", "muted", wrap=True)
        column.addWidget(self.apart)
        self.left_alone = LeftAlone()
        self.how_read = HowRead()
        column.addWidget(self.how_read)
        self.report = Button("Report…", kind="link", name="Write the report of this review")
        column.addWidget(self.report)
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
        self.list.chosen.connect(self._chosen)
        self.package = PackageDeeds(self, self.parts, self.opened)
        self.reports = ReportDeeds(self, self.report, self.opened)
        self.consequences = ConsequenceDeeds(self, self.parts, self.opened)
        self.consequences.read.connect(self.package.on_affected_read)
        self.deciding = DecideDeeds(self, self.decide, self.parts, self.opened)
        self.choice.activated.connect(lambda _n: self._take(self.choice.currentData(), ""))
        looks: tuple[tuple[Button, Look], ...] = (
            (self.side, "side"),
            (self.inline, "inline"),
            (self.data, "data"),
        )
        for button, look in looks:
            button.clicked.connect(lambda _down=False, look=look: self.forms.show_as(look))
        self.watch.found.connect(self._show_proof)
        self.desk.session.opened.connect(self.watch.let_go)
        self.summary.change_asked.connect(lambda change: self.list.choose(change))
        self.decide.accepted.connect(lambda: self._decide(accept=True))
        self.decide.rejected.connect(lambda: self._decide(accept=False))
        self.decide.next_asked.connect(self.next)
        self.why.change_asked.connect(lambda change: self.list.choose(change))
        self.why.sentence_asked.connect(self.show_cited)
        for key, slot in (
            ("A", lambda: self._decide(accept=True)),
            ("R", lambda: self._decide(accept=False)),
            ("J", self.next),
            ("N", lambda: self.step(1)),
            ("P", lambda: self.step(-1)),
            ("F7", lambda: self.forms.flow.go(1)),
            ("Shift+F7", lambda: self.forms.flow.go(-1)),
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
        self.reports.perform(verb)

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

    def step(self, way: int) -> None:
        """Go to the next or previous item of the list, decided or not."""
        order = [item.id for item in self.list.items()]
        if order:
            here = order.index(self.list.current_id()) if self.list.current_id() in order else 0
            self.list.choose(order[max(0, min(len(order) - 1, here + way))])

    def _simulate(self) -> None:
        self.desk.open_page("simulate")

    def _take(self, proposal: str, change: str) -> None:
        self._wanted = (proposal, change)
        self.refresh()

    def _show_list(self, page: ProposalPage, item: str) -> None:
        self.list_pane.set_title("Proposal" if self.choice.isVisibleTo(self) else page.title)
        self.list_pane.title.setToolTip(tip(page.title))
        self.list.show_rows(rows_of(page, QUESTION, SUMMARY))
        self.decided.setText(progress_of(page))
        self.meter.show_parts([(page.decided / page.total if page.total else 1.0, "acc", "decided")])
        self.rest.setVisible(page.decided < page.total)
        self.apart.setText(self.package.apart_words() if page.decided < page.total else "")
        self.apart.setVisible(bool(self.apart.text()))
        self.left_alone.show_lines(page.unaffected)
        self.how_read.show_run(page.read_by, page.run, page.disagreements)
        if not (item and self.list.choose(item, tell=False)) and not self.list.current_id():
            first = next((each.id for each in self.list.items()), "")
            self.list.choose(next_undecided(self.list, page) or first, tell=False)
        self._open(self.list.current_id())

    def _chosen(self, item: str) -> None:
        try:
            self._open(item)
        except StudioError as error:  # what was chosen is no longer there
            self.states.show_error(str(error))

    def _open(self, item: str) -> None:
        from studio.services.queries.review import ShowChange

        assert self._page is not None
        is_question, is_summary = item.startswith(QUESTION), item == SUMMARY
        for part in (self.change_title, self.what, self.forms, self.decide, self.looks):
            part.setVisible(not is_question and not is_summary)
        self.question.setVisible(is_question)
        self.summary.setVisible(is_summary)
        self.parts.to_top()
        if is_question or is_summary:
            self._change = None
            if is_summary:
                self._open_summary(self._page)
            else:
                self._open_question(next(q for q in self._page.questions if QUESTION + q.id == item))
            self.opened.emit(self._page.id, "")
            return
        page = self._change = self.desk.session.ask(ShowChange(self._page.id, item))
        order = [row.id for group in self._page.groups for row in group.rows]
        self.change_pane.set_title(f"{item} · change {order.index(item) + 1} of {len(order)}")
        self.change_title.setText(page.row.title)
        self._show_verdict(page)
        unseen = page.row.sign == "moved" or not page.forms.differs
        named = _is_named(page.where, page.row.title)
        self.what.setText(page.words if unseen else "" if named else page.where)
        self.what.setVisible(bool(self.what.text()))
        self.forms.show_forms(page.forms, ("Before", "Draft after this change"))
        self.parts.settle("changes")
        self._show_why(page)
        self.watch.want((page.proposal_id, item))
        self.opened.emit(page.proposal_id, item)

    def _open_summary(self, page: ProposalPage) -> None:
        from studio.services.queries.proposal_words import SummariseProposal

        found = self.desk.session.ask(SummariseProposal(page.id))
        self.change_pane.set_title("The whole proposal in words")
        self.verdict.show_fact("")
        rows = [row for group in page.groups for row in group.rows]
        decided = frozenset(row.id for row in rows if row.verdict is not None)
        rejected = frozenset(row.id for row in rows if row.verdict == "rejected")
        tables = [(each.name, [case.words for case in each.cases]) for each in found.tables]
        self.summary.show_summary(found.touched, found.lines, tables, decided, rejected)
        self.parts.settle("changes")
        self.why.begin("About this proposal")
        self.why.add_names(page.title, [progress_of(page)])
        waiting = [(QUESTION + q.id, q.text) for q in page.questions if q.answer is None]
        self.why.add_near(waiting, [], "Questions that wait")
        self.why.end()

    def _show_proof(self, proposal: str, change: str, found: ChangeProofs | None) -> None:
        page = self._change
        if page is not None and found is not None and (page.proposal_id, page.row.id) == (proposal, change):
            self.why.show_proof(found.broken, found.mended, page.row.verdict == "accepted")

    def _show_verdict(self, page: ChangePage) -> None:
        verdict, because = page.row.verdict, page.row.because_of
        tone: Tone = "ok" if verdict == "accepted" else "bad" if verdict == "rejected" else ""
        self.verdict.show_fact(f"{verdict} with {because}" if verdict and because else verdict or "", tone)
        self.decide.show_verdict(verdict)

    def _show_why(self, page: ChangePage) -> None:
        self.why.begin()
        self.why.add_warnings(page.row.warnings)
        self.why.add_quotes([_quoted(why) for why in page.why])
        self.why.add_reason(page.reason, page.row.confidence, page.row.edited_by)
        needs = [(r.id, r.title) for r in page.needs]
        self.why.add_links("Stands on", "Accepting this accepts these too.", needs)
        dependents = [(r.id, r.title) for r in page.dependents]
        self.why.add_links("Depends on this", "Rejecting this rejects these too.", dependents)
        known = {title for _, title in (*needs, *dependents)}
        self.why.add_names(
            "Also from this sentence", [each for each in page.also_affected if each not in known]
        )
        self.why.add_names("Used by", page.users)
        here = [(QUESTION + q.id, q.text) for q in page.questions if q.proposal_id == page.proposal_id]
        self.why.add_near(here, [(each.detail, Quoted(each.other, "")) for each in page.conflicts])
        self.why.add_proof()
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

        if self._page is None:
            return
        opened = self.package.opened_so_far()
        effect = self.desk.session.do(AcceptRemaining(self._page.id))
        if effect is not None:
            taken = [each.id for each in effect.records if each.kind == "decision"]
            unseen = sum(each not in opened for each in taken)
            told = f"; you never opened {unseen} of the {len(taken)} accepted" if unseen else ""
            self.desk.tell(f"{effect.title}{told}", "ok", "Undo", self.desk.session.undo)

    def _do(self, command: Command) -> bool:
        effect = self.desk.session.do(command)
        if effect is None:
            return False
        self.desk.tell(effect.title, "ok", "Undo", self.desk.session.undo)
        return True


def _is_named(where: str, title: str) -> bool:
    """Return whether a title tells what a change is about: its name, or the number that people say."""
    numbers = re.findall(r"\b[A-Z]{1,3}-\d+\b", where)
    return where.casefold() in title.casefold() or bool(set(numbers) & set(re.split(r"[ :,]", title)))


def _quoted(why: Why) -> Quoted:
    effective = f"in force from {day_in_words(why.effective_from)}" if why.effective_from else ""
    standing = "SOP" if why.authority == "sop" else why.authority.capitalize()
    owner = f"owner {why.owner}" if why.owner else ""
    review = f"review due {day_in_words(why.review_by)}" if why.review_by else ""
    state = why.state if why.state != "current" else ""
    about = " · ".join(part for part in (standing, owner, effective, review, state) if part)
    return Quoted(why.citation, about, why.block)
