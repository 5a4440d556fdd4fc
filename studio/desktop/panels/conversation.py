"""The conversation panel: one simulated conversation on either side, and what was expected."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.panels.expectations import expectation_words
from studio.desktop.panels.transcript import lines_of
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import Chip, label
from studio.desktop.widgets.pane import Pane, clear_layout, row
from studio.desktop.widgets.transcript_view import TranscriptView
from studio.domain.run import Conversation
from studio.domain.scenario import Scenario


class ConversationPane(Pane):
    """Shows the conversation of one test with one customer, live or draft."""

    customer_asked = Signal(int)
    test_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__("Conversation", padded=False)
        self.scenario_id = ""
        self._customer, self._customers = 0, 1
        self._sides: dict[str, Conversation | None] = {"live": None, "draft": None}
        self.outcome = Chip()
        self.add_head(self.outcome)
        self.draft, self.live = Button("Draft"), Button("Live")
        self.back = Button(
            "", lambda: self._turn(-1), kind="quiet", icon="arrow-left", name="Previous customer"
        )
        self.forth = Button("", lambda: self._turn(1), kind="quiet", icon="arrow-right", name="Next customer")
        self.who = label("", "muted")
        bar = QWidget()
        bar.setProperty("role", "plain")
        column = QVBoxLayout(bar)
        column.setContentsMargins(14, 10, 14, 4)
        column.addLayout(row(Switch("Which side", self.draft, self.live), self.back, self.who, self.forth))
        self.body.addWidget(bar)
        self.view = TranscriptView("Conversation")
        self.body.addWidget(self.view, 1)
        foot = QWidget()
        foot.setProperty("role", "plain")
        self._foot = QVBoxLayout(foot)
        self._foot.setContentsMargins(14, 8, 14, 12)
        self.body.addWidget(foot)
        for button in (self.draft, self.live):
            button.clicked.connect(self._show_side)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Show that no test is chosen."""
        self.scenario_id = ""
        self.set_title("Conversation")
        self.outcome.show_fact("")
        self.who.setText("")
        self.view.show_lines([])
        clear_layout(self._foot)

    def show_conversation(
        self,
        scenario: Scenario,
        live: Conversation | None,
        draft: Conversation | None,
        customer: int,
        customers: int,
    ) -> None:
        """Show a test's conversation with one customer; the live side may be missing."""
        self.scenario_id = scenario.id
        self._customer, self._customers = customer, customers
        self._sides = {"live": live, "draft": draft}
        self.set_title(f"{scenario.id} · {scenario.title}")
        self.who.setText(f"customer {customer + 1} of {customers}")
        self.back.setEnabled(customer > 0)
        self.forth.setEnabled(customer + 1 < customers)
        self.live.setEnabled(live is not None)
        if live is None:
            self.draft.setChecked(True)
        self._show_expected(scenario)
        self._show_side()

    def _turn(self, step: int) -> None:
        self.customer_asked.emit(max(0, min(self._customers - 1, self._customer + step)))

    def _show_side(self) -> None:
        found = self._sides["live" if self.live.isChecked() else "draft"]
        if found is None:
            self.view.show_lines([])
            self.outcome.show_fact("not run on this side")
            return
        self.outcome.show_fact(found.outcome, "ok" if found.passed else "bad")
        self.view.show_lines(lines_of(found))

    def _show_expected(self, scenario: Scenario) -> None:
        clear_layout(self._foot)
        card = Card("Expected")
        card.say(
            " · ".join(expectation_words(each) for each in scenario.expectations) or "Nothing is said yet."
        )
        for citation in scenario.citations[:1]:
            card.say(f"{citation.source_name} · “{' '.join(citation.quote.split())}”", muted=True)
        card.buttons(Button("Open the test", lambda: self.test_asked.emit(scenario.id)))
        self._foot.addWidget(card)
