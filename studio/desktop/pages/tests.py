"""Tests: the scenarios, who comes with what, and what must happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QWidget

from studio.desktop.page import Page
from studio.desktop.panels.evidence import EvidenceCard, Quoted
from studio.desktop.panels.expectations import customer_lines, expectation_words, world_lines
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import Chip
from studio.desktop.widgets.pane import Pane, clear_layout, panes
from studio.desktop.widgets.row_list import RowItem, RowList
from studio.desktop.widgets.states import EmptyState
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.domain.scenario import Scenario
    from studio.services.queries.agents import AgentPage
    from studio.services.queries.simulate import ComparisonPage


NO_TESTS = "CoBuilder proposes a test for every rule it finds in a document."


class TestsPage(Page):
    """The scenarios, read-only."""

    __test__ = False  # a page, not a test class
    kinds: ClassVar[frozenset[Kind]] = frozenset(("agent", "decision", "history", "run", "proposal"))

    def build(self) -> QWidget:
        """Lay out the list, the test, and its ground."""
        self._page: AgentPage | None = None
        self._run: ComparisonPage | None = None
        self._wanted = ""
        self.list_pane = Pane("Tests", padded=False)
        self.list = RowList("Tests")
        self.list_pane.body.addWidget(self.list)
        self.middle = Pane("", scroll=True)
        self.result = Chip()
        self.see = Button("Read the conversation", self._see)
        self.middle.add_head(self.result, self.see)
        self.side = Pane("Where it is written", scroll=True)
        return panes((self.list_pane, self.middle, self.side), (320, 592, 340), 1)

    def empty_state(self) -> QWidget:
        """Say where tests come from."""
        self.decide = Button("Decide what is proposed", self._decide, kind="primary")
        self._empty = EmptyState(
            "tests",
            "The agent has no tests yet",
            NO_TESTS,
            self.decide,
            Button("Add a document", lambda: self.desk.open_page("sources", verb="add")),
        )
        return self._empty

    def _decide(self) -> None:
        waiting = self._page.waiting_tests if self._page else None
        self.desk.open_page("review", waiting.item if waiting else "")

    def wire(self) -> None:
        """Listen to the list."""
        self.list.chosen.connect(self._open)

    def first_focus(self) -> QWidget:
        """Return the list."""
        return self.list

    def fill(self) -> None:
        """Ask for the agent and the newest run."""
        from studio.services.queries.agents import ShowAgent
        from studio.services.queries.simulate import ShowComparison

        page = self._page = self.desk.session.ask(ShowAgent())
        run = self.desk.session.ask(ShowComparison(whole=True))
        self._run = run if run and run.current else None
        if not page.draft.scenarios:
            self.decide.setVisible(page.waiting_tests is not None)
            self._empty.text.setText(page.waiting_tests.sentence if page.waiting_tests else NO_TESTS)
            self.states.show_empty()
            return
        self.list_pane.set_title(f"{len(page.draft.scenarios)} tests")
        self.list.show_rows(self._rows(page))
        wanted, self._wanted = self._wanted, ""
        if not (wanted and self.list.choose(wanted, tell=False)) and not self.list.current_id():
            self.list.choose(self.list.items()[0].id, tell=False)
        self._open(self.list.current_id())

    def show_item(self, item: str) -> None:
        """Show a test."""
        self._wanted = item
        self.refresh()

    def _rows(self, page: AgentPage) -> list[RowItem]:
        was = {s.id: s for s in page.live.scenarios}
        names = {w.id: w.name for w in page.draft.workflows}
        passed = {r.id: r.draft_passed == r.draft_total for r in self._run.rows} if self._run else {}
        items: list[RowItem] = []
        for workflow in dict.fromkeys(s.workflow for s in page.draft.scenarios):
            items.append(RowItem("", names.get(workflow, workflow).upper()))
            for test in page.draft.scenarios:
                if test.workflow != workflow:
                    continue
                sign: Tone = "add" if test.id not in was else "chg" if was[test.id] != test else ""
                mark: Tone = "" if test.id not in passed else "ok" if passed[test.id] else "bad"
                words = {"ok": "passes every time", "bad": "does not pass every time"}.get(mark, "")
                items.append(
                    RowItem(test.id, f"{test.id} {test.title}", "", sign, mark=mark, mark_words=words)
                )
        return items

    def _open(self, test_id: str) -> None:
        if self._page is None or not test_id:
            return
        test = self._page.draft.scenario(test_id)
        self.middle.set_title(f"{test.id} · {test.title}")
        row = next((r for r in self._run.rows if r.id == test_id), None) if self._run else None
        self.see.setVisible(row is not None)
        if row is not None:
            good = row.draft_passed == row.draft_total
            self.result.show_fact(f"{row.draft_passed} of {row.draft_total} right", "ok" if good else "bad")
        else:
            self.result.show_fact("not simulated on this draft")
        clear_layout(self.middle.body)
        for title, lines in self._cards(test):
            card = Card(title)
            for line in lines:
                card.say(line)
            self.middle.body.addWidget(card)
        self.middle.body.addStretch(1)
        self._evidence(test)

    def _cards(self, test: Scenario) -> list[tuple[str, list[str]]]:
        opening = [f"“{test.opening}”"] if test.opening else []
        goal = [f"Wants: {test.goal}"] if test.goal else []
        cards = [("The customer", [*customer_lines(test), *goal, *opening])]
        world = list(world_lines(test))
        if world:
            cards.append(("The systems", world))
        cards.append(
            (
                "What must happen",
                [expectation_words(e) for e in test.expectations] or ["Nothing is said yet."],
            )
        )
        return cards

    def _evidence(self, test: Scenario) -> None:
        clear_layout(self.side.body)
        for citation in test.citations:
            self.side.body.addWidget(EvidenceCard(Quoted(citation, ""), self.show_cited))
        if not test.citations:
            none = Card("No sentence yet")
            none.say("Nothing in the documents is given as the ground of this test.", muted=True)
            self.side.body.addWidget(none)
        self.side.body.addStretch(1)

    def _see(self) -> None:
        self.desk.open_page("simulate", self.list.current_id())
