"""The conversation panel: one simulated conversation on either side, or both, and what was expected.

- Side by side, the first difference is marked on both sides and scrolled to.
- Watched, a conversation unfolds line by line; a line stays as long as it takes to read.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.desktop.panels.expectations import expectation_words
from studio.desktop.panels.transcript import lines_beside, lines_of, parting_line
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import Chip, label
from studio.desktop.widgets.pane import Pane, clear_layout, row
from studio.desktop.widgets.transcript_view import Line, TranscriptView
from studio.domain.run import Conversation
from studio.domain.scenario import Scenario

SidesName = Literal["live", "draft"]
_FIRST, _A_LETTER, _LONGEST = 450, 14, 2200
"""Milliseconds a line stays before the next one: at least, for each letter, at most."""


class ConversationPane(Pane):
    """Shows the conversation of one test with one customer: live, draft, or both beside each other."""

    customer_asked = Signal(int)
    test_asked = Signal(str)
    wide_asked = Signal(bool)
    fix_asked = Signal(str, int)
    keep_asked = Signal(str, int)

    def __init__(self) -> None:
        super().__init__("Conversation", padded=False)
        self.scenario_id = ""
        self._customer, self._customers = 0, 1
        self._sides: dict[SidesName, Conversation | None] = {"live": None, "draft": None}
        self._parts_at: int | None = None
        self._other = "Live"
        self._scenario: Scenario | None = None
        self.outcome = Chip()
        self.add_head(self.outcome)
        self._lay_out_bar()
        self._lay_out_views()
        foot = QWidget()
        foot.setProperty("role", "plain")
        self._foot = QVBoxLayout(foot)
        self._foot.setContentsMargins(14, 8, 14, 12)
        self.body.addWidget(foot)
        self._waiting: list[Line] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._unfold)
        for button in (self.draft, self.live, self.both):
            button.clicked.connect(self._show_side)
        self.show_nothing()

    def _lay_out_bar(self) -> None:
        self.draft, self.live, self.both = Button("Draft"), Button("Live"), Button("Both")
        self.both.setToolTip("Side by side, with the first difference marked")
        self.back = Button(
            "", lambda: self._turn(-1), kind="quiet", icon="arrow-left", name="Previous customer"
        )
        self.forth = Button("", lambda: self._turn(1), kind="quiet", icon="arrow-right", name="Next customer")
        self.watch = Button("", self._watch, kind="quiet", icon="play", name="Watch it unfold")
        self.who = label("", "muted")
        bar = QWidget()
        bar.setProperty("role", "plain")
        column = QVBoxLayout(bar)
        column.setContentsMargins(14, 10, 14, 4)
        sides = Switch("Which side", self.draft, self.live, self.both)
        column.addLayout(row(sides, self.back, self.who, self.forth, self.watch, gap=4))
        self.body.addWidget(bar)

    def name_sides(self, other: str, own: str, buttons: tuple[str, str]) -> None:
        """Say what is compared with what, and what the buttons of both sides are called."""
        self._other = other
        self.right_name.setText(f"With {own}")
        for button, words in zip((self.draft, self.live), buttons, strict=True):
            button.setText(words)
            button.setAccessibleName(words)

    def _lay_out_views(self) -> None:
        self.view = TranscriptView("Conversation")
        self.beside = TranscriptView("Conversation with the draft")
        self.left_name, self.right_name = label("", "heading"), label("With the draft", "heading")
        line = QHBoxLayout()
        line.setSpacing(0)
        self._second = QWidget()
        for name, view, holder in (
            (self.left_name, self.view, QWidget()),
            (self.right_name, self.beside, self._second),
        ):
            holder.setProperty("role", "plain")
            column = QVBoxLayout(holder)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            name.setContentsMargins(16, 4, 16, 2)
            column.addWidget(name)
            column.addWidget(view, 1)
            line.addWidget(holder, 1)
        self.body.addLayout(line, 1)

    @property
    def is_wide(self) -> bool:
        """Return whether both sides are seen."""
        return self.both.isChecked()

    def show_nothing(self) -> None:
        """Show that no test is chosen."""
        self.scenario_id, self._scenario = "", None
        self._sides = {"live": None, "draft": None}
        self.set_title("Conversation")
        self.outcome.show_fact("")
        self.who.setText("")
        self._still()
        self.view.show_lines([])
        self.beside.show_lines([])
        self._arrange(False)
        clear_layout(self._foot)

    def show_conversation(
        self,
        scenario: Scenario,
        live: Conversation | None,
        draft: Conversation | None,
        customer: int,
        customers: int,
        parts_at: int | None = None,
    ) -> None:
        """Show a test's conversation with one customer; the live side may be missing."""
        self.scenario_id, self._scenario = scenario.id, scenario
        self._customer, self._customers, self._parts_at = customer, customers, parts_at
        self._sides = {"live": live, "draft": draft}
        self.set_title(f"{scenario.id} · {scenario.title}")
        self.who.setText(f"{customer + 1} of {customers:,}")
        self.who.setToolTip(f"Customer {customer + 1} of {customers:,}")
        self.who.setAccessibleName(f"Customer {customer + 1} of {customers:,}")
        self.back.setEnabled(customer > 0)
        self.forth.setEnabled(customer + 1 < customers)
        self.live.setEnabled(live is not None)
        self.both.setEnabled(live is not None and draft is not None)
        if live is None:
            self.draft.setChecked(True)
        self._show_expected(scenario)
        self._show_side()

    def _turn(self, step: int) -> None:
        self.customer_asked.emit(max(0, min(self._customers - 1, self._customer + step)))

    def _arrange(self, wide: bool) -> None:
        self.left_name.setVisible(wide)
        self._second.setVisible(wide)
        self.left_name.setText(f"With {self._other}")
        self.watch.setEnabled(bool(self._sides["draft"] or self._sides["live"]))

    def _show_side(self) -> None:
        self._still()
        wide = self.is_wide
        self._arrange(wide)
        self.wide_asked.emit(wide)
        if wide:
            self._show_both()
            return
        found = self._sides["live" if self.live.isChecked() else "draft"]
        if found is None:
            self.view.show_lines([])
            self.outcome.show_fact("not run on this side")
            return
        self._tell_outcome(found)
        self.view.show_lines(lines_of(found))

    def _show_both(self) -> None:
        for name, view in (("live", self.view), ("draft", self.beside)):
            found = self._sides["live" if name == "live" else "draft"]
            other = self._sides["draft" if name == "live" else "live"]
            lines = lines_beside(found, other, self._parts_at) if found else []
            view.show_lines(lines)
            # What is marked is scrolled to once the views have their new widths.
            QTimer.singleShot(0, view, partial(_show_at_third, view, parting_line(lines)))
        if self._parts_at is None:
            self.outcome.show_fact("both go the same way", "ok")
        elif draft := self._sides["draft"]:
            self._tell_outcome(draft)

    def _tell_outcome(self, found: Conversation) -> None:
        whose = "" if found.blame in (None, "agent") else " · not the agent's fault"
        wrong = "" if found.passed or whose else " · not right"
        tone = "ok" if found.passed else "warn" if whose else "bad"
        self.outcome.show_fact(f"{found.outcome}{whose}{wrong}", tone)  # type: ignore[arg-type]

    # Watching

    def _watch(self) -> None:
        if self._timer.isActive():
            self._show_side()
            return
        if self.is_wide:
            self.draft.setChecked(True)
            self._show_side()
        found = self._sides["live" if self.live.isChecked() else "draft"]
        if found is None:
            return
        self._waiting = lines_of(found)
        self.view.show_lines([])
        self.outcome.show_fact("talking …")
        self.watch.setAccessibleName("Show all of it at once")
        self._unfold()

    def _unfold(self) -> None:
        if not self._waiting:
            self._show_side()
            return
        line = self._waiting.pop(0)
        self.view.show_lines([*self.view.lines, line], to_end=True)
        self._timer.start(min(_LONGEST, _FIRST + _A_LETTER * len(line.text)))

    def _still(self) -> None:
        self._timer.stop()
        self._waiting = []
        self.watch.setAccessibleName("Watch it unfold")

    # What was expected

    def _show_expected(self, scenario: Scenario) -> None:
        clear_layout(self._foot)
        card = Card("Expected")
        expected = " · ".join(expectation_words(each) for each in scenario.expectations)
        card.say(expected or "Only what must hold in every conversation.")
        for citation in scenario.citations[:1]:
            card.say(f"{citation.source_name} · “{' '.join(citation.quote.split())}”", muted=True)
        draft = self._sides["draft"]
        this = scenario.id, self._customer
        keep = Button(
            "Keep as test", lambda: self.keep_asked.emit(*this), name="Keep this conversation as a test"
        )
        if draft is not None and not draft.passed:
            card.buttons(
                Button("Ask CoBuilder to fix", lambda: self.fix_asked.emit(*this), kind="primary"), keep
            )
        else:
            card.buttons(keep)
        way = Button("Open the test", lambda: self.test_asked.emit(scenario.id), kind="link")
        card.content.addLayout(row(way))
        self._foot.addWidget(card)


def _show_at_third(view: TranscriptView, index: int) -> None:
    """Scroll a line to the upper third, so that both sides have it at the same height."""
    if index >= 0:
        view.show_row(index)
        bar = view.verticalScrollBar()
        bar.setValue(bar.value() + view.box_of(index).top() - view.viewport().height() // 3)
