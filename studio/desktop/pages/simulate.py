"""Simulate: the draft and another version meet the same customers; what differs, and the conversations."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.judge_deeds import JudgeDeeds
from studio.desktop.page import Page
from studio.desktop.panels.conversation import ConversationPane
from studio.desktop.panels.record_grid import RecordGrid
from studio.desktop.panels.run_coverage import RunCoverage
from studio.desktop.panels.run_history import RunHistory
from studio.desktop.panels.run_progress import RunProgress
from studio.desktop.panels.run_setup import RunSetupPanel
from studio.desktop.record_deeds import RecordDeeds
from studio.desktop.run_deeds import RunDeeds
from studio.desktop.run_starting import RunStarter
from studio.desktop.theme.tokens import S3, Tone
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.card import MeterCard
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.notice import NoticeBar
from studio.desktop.widgets.pane import Pane, panes, row, scrolled
from studio.desktop.widgets.states import EmptyState, StateStack
from studio.desktop.widgets.table import Table
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.domain.run import Comparison
    from studio.services.queries.simulate import ComparisonPage, ScenarioRow

BUSY = "Simulating."
DRAFT_CHANGED = "The draft has changed since this run."
RESULTS, COVERAGE, HISTORY, RECORDS = range(4)


def _ratio_tone(passed: int, total: int) -> Tone:
    if not total:
        return "none"
    return "ok" if passed == total else "bad" if passed * 2 < total or passed == 0 else "warn"


def _live(row: ScenarioRow) -> str:
    return f"{row.live_passed} / {row.live_total}" if row.live_total else "new"


def _aspects(row: ScenarioRow) -> tuple[tuple[Tone, str], ...]:
    return tuple(
        ("ok" if right else "bad", f"{name} {'right' if right else 'wrong'}") for name, right in row.aspects
    )


def _columns(live: str, draft: str = "Draft") -> list[Column[ScenarioRow]]:
    return [
        Column("Test", lambda r: f"{r.id} {r.title}", width=200),
        Column("Customer", lambda r: r.customer, width=120, spare=True),
        Column(live, _live, lambda r: _ratio_tone(r.live_passed, r.live_total), width=70),
        Column(draft, _draft, lambda r: _ratio_tone(r.draft_passed, r.draft_total), width=70),
        Column("What differs", _difference, lambda r: "chg" if r.differs else "none", tip=_all_of_it),
        Column("Aspects", lambda r: "", marks=_aspects, tip=_aspect_words, width=148),
    ]


def _difference(row: ScenarioRow) -> str:
    return " ".join((shorten(row.difference.replace("_", " "), 110, placeholder=" …"), _whose(row))).strip()


def _all_of_it(row: ScenarioRow) -> str:
    return "\n".join(part for part in (row.difference, _whose(row)) if part)


def _whose(row: ScenarioRow) -> str:
    """Return whose fault it was, where it was not the agent's."""
    others = [f"{blame} {count}" for blame, count in row.blamed if blame != "agent"]
    return f"Not the agent's fault: {', '.join(others)}." if others else ""


def _draft(row: ScenarioRow) -> str:
    return f"{row.draft_passed} / {row.draft_total}"


def _aspect_words(row: ScenarioRow) -> str:
    return "\n".join(words for _, words in _aspects(row))


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
        self.coverage, self.history, self.records = RunCoverage(), RunHistory(), RecordGrid()
        self.world = RecordDeeds(self, self.desk, self.records)
        self.shown = QStackedWidget()
        for part in (self._results(), self.coverage, self.history):
            self.shown.addWidget(scrolled(part))
        self.results = StateStack(self.shown, self._nothing())
        for part in (self.setup, self.progress, self.bar):
            self.pane.body.addWidget(part)
        self.pane.body.addWidget(self.results, 1)
        self.pane.body.addWidget(self.records, 1)
        self.talk = ConversationPane()
        return panes((self.pane, self.talk), (812, 440), 0, 0.64)

    def _results(self) -> QWidget:
        holder = QWidget()
        holder.setProperty("role", "scroll-body")
        body = QVBoxLayout(holder)
        body.setContentsMargins(14, 12, 14, 12)
        body.setSpacing(S3)
        self.old = NoticeBar()
        body.addWidget(self.old)
        titles = ("Passed every time", "Goal reached", "Limit or rule broken", "Treated differently")
        self.cards = [MeterCard(title) for title in titles]
        line = QHBoxLayout()
        line.setSpacing(S3)
        for card in self.cards:
            line.addWidget(card, 1)
        body.addLayout(line)
        self.filters = [Button("All"), Button("Different"), Button("Not right")]
        self.count = label("", "muted")
        body.addLayout(row(Switch("Which tests are shown", *self.filters), self.count))
        self.model: RowsModel[ScenarioRow] = RowsModel(_columns("Live"), self)
        self.table = Table("Tests of this run", self.model, stretch=4)
        self.table.set_growing()
        body.addWidget(self.table)
        body.addStretch(1)
        return holder

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
        self.table.chosen.connect(lambda chosen: self._open(chosen.id, 0))
        for button in self.filters:
            button.clicked.connect(self._filter)
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
        for button in (self.export, self.judge):
            button.setVisible(page is not None)
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
        self._show_cards(page)
        self._filter()
        self._show_view()

    def _name(self, page: ComparisonPage) -> None:
        """Say what is compared with what, over the page, the table and the conversation."""
        total = page.live.conversations + page.draft.conversations
        kind = f" · trial: {page.trial}" if page.trial else ""
        if page.model:
            self.pane.set_title(
                f"{page.id} · draft without and with {page.model} · {total:,} conversations{kind}"
            )
            self.model.set_columns(_columns("Without", "With model"))
            self.talk.name_sides("the draft alone", "the language model", ("With model", "Without"))
            return
        against = "version" if page.trial and "against" in page.trial else "live"
        self.pane.set_title(
            f"{page.id} · draft against {against} v{page.live_number} · {total:,} conversations{kind}"
        )
        self.model.set_columns(_columns(f"Live v{page.live_number}"))
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

    def _show_cards(self, page: ComparisonPage) -> None:
        live, draft = page.live, page.draft
        passed, goal, broken, differ = self.cards
        passed.show_figure(
            f"{draft.scenarios_passed} / {draft.scenarios}",
            None,
            *_moved(draft.scenarios_passed - live.scenarios_passed),
        )
        share = draft.goals_reached / draft.conversations if draft.conversations else 0.0
        was = live.goals_reached / live.conversations if live.conversations else 0.0
        words, tone = _moved(round((share - was) * 100, 1))
        goal.show_figure(f"{share * 100:.1f} %", None, words, tone)
        was_broken = f"was {live.limits_broken}" if live.limits_broken != draft.limits_broken else ""
        broken.show_figure(str(draft.limits_broken), None, was_broken, "none")
        both = [row for row in page.rows if row.live_total]
        new = len(page.rows) - len(both)
        aside = f"of {len(both)} tests" + (f", {new} new" if new else "")
        differ.show_figure(str(sum(row.differs for row in both)), None, aside, "none")

    def _filter(self) -> None:
        if self._page is None:
            return
        rows = list(self._page.rows)
        if self.filters[1].isChecked():
            rows = [row for row in rows if row.differs]
        elif self.filters[2].isChecked():
            rows = [row for row in rows if row.draft_passed < row.draft_total]
        self.model.set_rows(rows)
        self.count.setText(f"{len(rows)} of {len(self._page.rows)} tests")
        ids = [row.id for row in rows]
        wanted, self._wanted = self._wanted or self.talk.scenario_id, ""
        first = next((n for n, row in enumerate(rows) if row.draft_passed < row.draft_total), -1)
        first = first if first >= 0 else next((n for n, row in enumerate(rows) if row.differs), 0)
        if rows:
            self.table.choose(ids.index(wanted) if wanted in ids else first)
        else:
            self.talk.show_nothing()

    def _open(self, scenario_id: str, customer: int) -> None:
        from studio.services.queries.simulate import ShowConversation

        assert self._page is not None
        page = self.desk.session.ask(ShowConversation(scenario_id, customer, self._page.id))
        self.talk.show_conversation(
            page.scenario, page.live, page.draft, customer, self._page.customers, page.parts_at
        )


def _moved(difference: float) -> tuple[str, Tone]:
    if not difference:
        return "as before", "none"
    return (f"▲ {difference:g}", "ok") if difference > 0 else (f"▼ {-difference:g}", "bad")
