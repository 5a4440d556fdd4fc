"""Simulate: the draft and the live version meet the same customers; what differs, and the conversations."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.page import Page
from studio.desktop.panels.conversation import ConversationPane
from studio.desktop.theme.tokens import S3, Tone
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.card import MeterCard
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.notice import NoticeBar
from studio.desktop.widgets.number import NumberField
from studio.desktop.widgets.pane import Pane, panes, row, scrolled
from studio.desktop.widgets.states import EmptyState, StateStack
from studio.desktop.widgets.table import Table
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.services.queries.simulate import ComparisonPage, ScenarioRow

CUSTOMERS, SEED = 5, 7
BUSY = "Simulating. You can stop it in the bar at the bottom."


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


def _columns(live_number: int) -> list[Column[ScenarioRow]]:
    return [
        Column("Test", lambda r: f"{r.id} {r.title}", width=200),
        Column("Customer", lambda r: r.customer, width=120, spare=True),
        Column(f"Live v{live_number}", _live, lambda r: _ratio_tone(r.live_passed, r.live_total), width=70),
        Column("Draft", _draft, lambda r: _ratio_tone(r.draft_passed, r.draft_total), width=70),
        Column(
            "What differs", _difference, lambda r: "chg" if r.differs else "none", tip=lambda r: r.difference
        ),
        Column("Aspects", lambda r: "", marks=_aspects, tip=_aspect_words, width=148),
    ]


def _difference(row: ScenarioRow) -> str:
    return shorten(row.difference.replace("_", " "), 110, placeholder=" …")


def _draft(row: ScenarioRow) -> str:
    return f"{row.draft_passed} / {row.draft_total}"


def _aspect_words(row: ScenarioRow) -> str:
    return "\n".join(words for _, words in _aspects(row))


class SimulatePage(Page):
    """What changes for whom."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(("run", "agent", "decision", "history"))

    def build(self) -> QWidget:
        """Lay out set-up, cards, table and conversation."""
        self._page: ComparisonPage | None = None
        self._wanted = ""
        self.pane = Pane("", padded=False)
        self.customers = NumberField("Customers a test", CUSTOMERS, 1, 5000)
        self.seed = NumberField("Seed", SEED, 0, 1_000_000)
        self.start = Button("Run again", self.run, kind="primary", icon="play")
        self.pane.add_head(
            label("Customers", "note"), self.customers, label("Seed", "note"), self.seed, self.start
        )
        self.results = StateStack(scrolled(self._results()), self._nothing())
        self.pane.body.addWidget(self.results)
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
        titles = (
            "Passed every time",
            "Goal reached",
            "Limit or rule broken",
            "Customers treated differently",
        )
        self.cards = [MeterCard(title) for title in titles]
        line = QHBoxLayout()
        line.setSpacing(S3)
        for card in self.cards:
            line.addWidget(card, 1)
        body.addLayout(line)
        self.filters = [Button("All"), Button("Different"), Button("Not right")]
        self.count = label("", "muted")
        body.addLayout(row(Switch("Which tests are shown", *self.filters), self.count))
        self.model: RowsModel[ScenarioRow] = RowsModel(_columns(1), self)
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
        """Listen to the table, the filters and the conversation."""
        self.table.chosen.connect(lambda chosen: self._open(chosen.id, 0))
        for button in self.filters:
            button.clicked.connect(self._filter)
        self.talk.customer_asked.connect(lambda customer: self._open(self.talk.scenario_id, customer))
        self.talk.test_asked.connect(lambda test: self.desk.open_page("tests", test))

    def first_focus(self) -> QWidget:
        """Return the list."""
        return self.table if self._page else self.start

    def fill(self) -> None:
        """Ask for the newest run."""
        from studio.services.queries.simulate import ShowComparison

        page = self._page = self.desk.session.ask(ShowComparison())
        self.talk.setVisible(page is not None)
        self.start.setText(" Run again" if page else " Run")
        if page is None:
            self.pane.set_title("Draft against live")
            if self.desk.session.busy:
                self.results.show_busy(BUSY)
            else:
                self.results.show_empty()
            return
        self.results.show_content()
        total = page.live.conversations + page.draft.conversations
        self.pane.set_title(f"{page.id} · draft against live v{page.live_number} · {total:,} conversations")
        self.model.set_columns(_columns(page.live_number))
        self._show_old(page)
        self._show_cards(page)
        self._filter()

    def show_item(self, item: str) -> None:
        """Show a test's conversation."""
        self._wanted = item
        self.refresh()

    def perform(self, verb: str) -> None:
        """Run the simulation."""
        if verb == "run":
            self.run()

    def run(self) -> None:
        """Run every test on both sides."""
        from studio.services.stages.simulating import Simulate

        job = Simulate(seed=self.seed.value(), customers=self.customers.value())
        if self.desk.session.start(job, self._ran, self._stopped):
            self.start.setEnabled(False)
            if self._page is None:
                self.results.show_busy(BUSY)

    def _ran(self, _result: object) -> None:
        self.start.setEnabled(True)
        self.refresh()
        if self._page is not None:
            differ = sum(row.differs and row.live_total > 0 for row in self._page.rows)
            text = f"{self._page.id} is done: {differ} of {len(self._page.rows)} tests turn out differently."
            self.desk.tell(text, "ok", "See the results", lambda: self.desk.open_page("simulate"))

    def _stopped(self) -> None:
        self.start.setEnabled(True)
        self.refresh()

    def _show_old(self, page: ComparisonPage) -> None:
        if page.current:
            self.old.hide()
        else:
            self.old.tell("The draft has changed since this run.", "warn", "Run again", self.run)

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
        first = next((n for n, row in enumerate(rows) if row.differs), 0)
        if rows:
            self.table.choose(ids.index(wanted) if wanted in ids else first)
        else:
            self.talk.show_nothing()

    def _open(self, scenario_id: str, customer: int) -> None:
        from studio.services.queries.simulate import ShowConversation

        assert self._page is not None
        page = self.desk.session.ask(ShowConversation(scenario_id, customer))
        self.talk.show_conversation(page.scenario, page.live, page.draft, customer, self._page.customers)


def _moved(difference: float) -> tuple[str, Tone]:
    if not difference:
        return "as before", "none"
    return (f"▲ {difference:g}", "ok") if difference > 0 else (f"▼ {-difference:g}", "bad")
