"""Simulate: the draft and another version meet the same customers; what differs, and the conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.desktop.judge_deeds import JudgeDeeds
from studio.desktop.page import Page
from studio.desktop.panels.conversation import ConversationPane
from studio.desktop.panels.record_grid import RecordGrid
from studio.desktop.panels.run_coverage import RunCoverage
from studio.desktop.panels.run_history import RunHistory
from studio.desktop.panels.run_progress import RunProgress
from studio.desktop.panels.run_results import RunResults
from studio.desktop.panels.run_setup import RunSetupPanel
from studio.desktop.record_deeds import RecordDeeds
from studio.desktop.run_deeds import RunDeeds
from studio.desktop.run_starting import RunStarter
from studio.desktop.strength_deeds import StrengthDeeds
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.pane import Pane, panes, row, scrolled
from studio.desktop.widgets.states import EmptyState, StateStack
from studio.domain.frozen import digest
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.domain.run import Comparison
    from studio.services.queries.simulate import ComparisonPage

BUSY = "Simulating."
DRAFT_CHANGED = "The draft has changed since this run."
RESULTS, COVERAGE, HISTORY, RECORDS = range(4)


class SimulatePage(Page):
    """What changes for whom."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(("run", "agent", "decision", "history"))

    @property
    def shown_run(self) -> str:
        """Return the run that is seen."""
        return self._page.id if self._page else ""

    def build(self) -> QWidget:
        """Lay out set-up, progress, results, coverage, history and conversation."""
        self._page: ComparisonPage | None = None
        self.deeds = RunDeeds(self, self.desk)
        self.judging = JudgeDeeds(self, self.desk)
        self._run, self._wanted = "", ""
        self.pane = Pane("", padded=False)
        self.set_up = Button("Set up", self._show_setup, name="Set up the next run")
        self.set_up.setCheckable(True)
        self.start = Button("Run again", self.run, kind="primary", icon="play")
        self.pane.add_head(self.set_up, self.start)
        self.setup, self.progress = RunSetupPanel(), RunProgress()
        self.starter = RunStarter(self.desk, self, self.setup)
        self.setup.hide()
        self.customers, self.seed = self.setup.customers, self.setup.seed
        self.views = [Button(words) for words in ("Results", "Coverage", "History", "Records")]
        self.export = Button("Export…", self._export, icon="export", name="Export this run")
        self.bar = QWidget()
        self.bar.setProperty("role", "plain")
        line = row(Switch("What is shown", *self.views), stretch=True)
        self.judge = Button("Judge…", self._judge, name="Let a language model judge this run")
        line.addWidget(self.judge)
        line.addWidget(self.export)
        line.setContentsMargins(14, 10, 14, 0)
        self.bar.setLayout(line)
        self.found = RunResults()
        self.old, self.table, self.model = self.found.note, self.found.table, self.found.model
        self.coverage, self.history, self.records = RunCoverage(), RunHistory(), RecordGrid()
        self.world = RecordDeeds(self, self.desk, self.records)
        self.strength = StrengthDeeds(self.desk, self.coverage.strength)
        self.shown = QStackedWidget()
        for shown in (self.found, self.coverage, self.history):
            self.shown.addWidget(scrolled(shown))
        self.results = StateStack(self.shown, self._nothing())
        for part in (self.setup, self.progress, self.bar):
            self.pane.body.addWidget(part)
        self.pane.body.addWidget(self.results, 1)
        self.pane.body.addWidget(self.records, 1)
        self.talk = ConversationPane()
        return panes((self.pane, self.talk), (812, 440), 0, 0.64)

    def _nothing(self) -> QWidget:
        return EmptyState(
            "simulate",
            "Nothing was simulated yet",
            "The tests run against the live version and the draft, with the same customers. "
            "You see which customers would be treated differently, and read the conversations.",
            Button("Run the simulation", self.run, kind="primary", icon="play"),
        )

    def wire(self) -> None:
        """Listen to the table, the filters, the conversation, the history and the running job."""
        self.found.chosen.connect(lambda test: self._open(test, 0))
        self.found.emptied.connect(self.talk.show_nothing)
        for button in self.views:
            button.clicked.connect(self._show_view)
            button.clicked.connect(button.setFocus)
        self.talk.customer_asked.connect(lambda customer: self._open(self.talk.scenario_id, customer))
        self.talk.test_asked.connect(self._open_test)
        self.talk.wide_asked.connect(lambda wide: self.pane.setVisible(not wide))
        self.talk.keep_asked.connect(lambda test, who: self.deeds.keep(test, who, self.shown_run))
        self.talk.fix_asked.connect(lambda test, who: self.deeds.fix(test, who, self.shown_run))
        self.history.asked.connect(self.show_run)
        self.progress.pause_asked.connect(self.desk.session.hold)
        self.progress.stop_asked.connect(self.desk.session.stop)
        self.desk.session.job_moved.connect(lambda _title, done, words: self.progress.show_state(done, words))
        self.desk.session.job_ended.connect(self.progress.hide)

    def first_focus(self) -> QWidget:
        """Return the list."""
        return self.table if self._page else self.start

    def fill(self) -> None:
        """Ask for the run that is shown: the newest one, or the one chosen from the history."""
        from studio.services.queries.simulate import ShowComparison

        page = self._page = self.desk.session.ask(ShowComparison(self._run))
        self.starter.fill()
        self.start.setText(" Run again" if page else " Run")
        if page is None:
            self.pane.set_title("Draft against live")
            if self.desk.session.busy:
                self.results.show_busy(BUSY)
            else:
                self.results.show_empty()
            self._show_view()
            return
        self.results.show_content()
        self._name(page)
        self._show_old(page)
        wanted, self._wanted = self._wanted or self.talk.scenario_id, ""
        self.found.show_totals(page.live, page.draft)
        self.found.show_rows(page.rows, wanted)
        self._show_view()

    def _name(self, page: ComparisonPage) -> None:
        """Say what is compared with what, over the page, the table and the conversation."""
        total = page.live.conversations + page.draft.conversations
        kind = f" · trial: {page.trial}" if page.trial else ""
        if page.model:
            self.pane.set_title(
                f"{page.id} · draft without and with {page.model} · {total:,} conversations{kind}"
            )
            self.found.name_sides("Without", "With model")
            self.talk.name_sides("the draft alone", "the language model", ("With model", "Without"))
            return
        against = "version" if page.trial and "against" in page.trial else "live"
        self.pane.set_title(
            f"{page.id} · draft against {against} v{page.live_number} · {total:,} conversations{kind}"
        )
        self.found.name_sides(f"Live v{page.live_number}")
        other = f"{'version ' if against == 'version' else 'live v'}{page.live_number}"
        self.talk.name_sides(other, "the draft", ("Draft", "Live"))

    def show_item(self, item: str) -> None:
        """Show a test's conversation."""
        self._wanted = item
        self.views[RESULTS].setChecked(True)
        self.refresh()

    def show_run(self, run: str) -> None:
        """Show a run of the history; with nothing, the newest."""
        self._run = run
        self.views[RESULTS].setChecked(True)
        self.refresh()

    def perform(self, verb: str) -> None:
        """Run the simulation."""
        if verb == "run":
            self.run()

    # Setting up and running

    def _show_setup(self) -> None:
        self.setup.setVisible(self.set_up.isChecked())

    def run(self) -> None:
        """Start what the set-up says."""
        if self.starter.start(self._ran, self._stopped):
            self.start.setEnabled(False)
            self.progress.begin()
            if self._page is None:
                self.results.show_busy(BUSY)

    def _ran(self, made: Comparison) -> None:
        self.start.setEnabled(True)
        self._run = self._newest_sample() if made.draft.sampled else ""
        self.views[RESULTS].setChecked(True)
        self.refresh()
        if self._page is not None:
            differ = sum(row.differs and row.live_total > 0 for row in self._page.rows)
            text = f"{self._page.id} is done: {differ} of {len(self._page.rows)} tests turn out differently."
            if self._page.model:
                text += f" {sum(times for _, times in self._page.stopped)} of the model's moves were stopped."
            self.desk.tell(text, "ok", "See the results", lambda: self.desk.open_page("simulate"))

    def _newest_sample(self) -> str:
        from studio.services.queries.simulate import ShowSample

        found = self.desk.session.ask(ShowSample())
        return found.id if found else ""

    def _stopped(self) -> None:
        self.start.setEnabled(True)
        self.refresh()

    def _open_test(self, test: str) -> None:
        from studio.services.queries.runs import ShowSetup

        if any(name == test for name, _ in self.desk.session.ask(ShowSetup()).tests):
            self.desk.open_page("tests", test)
        else:
            told = f"{test} was made for this run and is no test of the draft. Keep it as a test first."
            self.desk.tell(told, "warn")

    def _judge(self) -> None:
        self.judging.ask(self.shown_run)

    def _export(self) -> None:
        self.deeds.export(self.shown_run)

    # What is shown

    def _show_view(self) -> None:
        at = next(n for n, button in enumerate(self.views) if button.isChecked())
        self.talk.setVisible(self._page is not None and at == RESULTS)
        self.results.setVisible(at != RECORDS)
        self.records.setVisible(at == RECORDS)
        for button in (self.export, self.judge):
            button.setVisible(self._page is not None and at in (RESULTS, COVERAGE))
        if at == RECORDS:
            self.world.fill()
            return
        self.shown.setCurrentIndex(at)
        if self._page is None:
            return
        if at == COVERAGE:
            self._show_coverage()
        elif at == HISTORY:
            from studio.services.queries.runs import ListRuns

            self.history.show_runs(self.desk.session.ask(ListRuns()))

    def _show_coverage(self) -> None:
        from studio.services.queries.agents import ShowAgent
        from studio.services.queries.records import ShowCoverage

        assert self._page is not None
        found = self.desk.session.ask(ShowCoverage(self._page.id))
        draft = self.desk.session.ask(ShowAgent()).draft
        old = "" if found.current else f"{found.run} was before the newest changes of the draft."
        self.strength.fill(digest(draft))
        self.coverage.show_coverage(draft, found.coverage.items, found.coverage.words_only, old)

    def _show_old(self, page: ComparisonPage) -> None:
        if page.model:
            many = sum(times for _, times in page.stopped)
            most = "; ".join(f"{times} × {why}" for why, times in page.stopped[:3])
            said = (
                f"{many} of its moves were not let through: {most}" if many else "nothing had to be stopped."
            )
            told = f"A sample with {page.model}, no proof: {said}"
            self.old.tell(told, "warn" if many else "", "Show the newest run", self._newest)
            self.old.stay()
        elif self._run:
            self.old.tell(f"This is {page.id}, from the history.", "", "Show the newest", self._newest)
            self.old.stay()
        elif page.current:
            self.old.hide()
        else:
            told = "An older CoBuilder Studio made this run." if page.outdated else DRAFT_CHANGED
            self.old.tell(told, "warn", "Run again", self.run)

    def _newest(self) -> None:
        self.show_run("")

    def _open(self, scenario_id: str, customer: int) -> None:
        from studio.services.queries.simulate import ShowConversation

        assert self._page is not None
        page = self.desk.session.ask(ShowConversation(scenario_id, customer, self._page.id))
        self.talk.show_conversation(
            page.scenario, page.live, page.draft, customer, self._page.customers, page.parts_at
        )
