"""Charter: what the agent is for, what it says about itself, and every rule with the sentence behind it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QWidget

from studio.desktop.page import Page
from studio.desktop.panels.diff import DiffPanel
from studio.desktop.panels.evidence import EvidenceCard, ProofCard, Quoted
from studio.desktop.panels.graph import plain
from studio.desktop.panels.rules import KIND_WORDS, about_lines, guard_words, rule_rows
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import Chip, label
from studio.desktop.widgets.pane import Pane, clear_layout, panes, row
from studio.desktop.widgets.paragraph import Link
from studio.desktop.widgets.row_list import RowItem, RowList
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.services.queries.agents import AgentPage

ABOUT = "charter"


class CharterPage(Page):
    """Purpose and rules, read-only."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(("agent", "decision", "history", "source"))

    def build(self) -> QWidget:
        """Lay out the rules, one rule, and its evidence."""
        self._page: AgentPage | None = None
        self._wanted = ""
        self.list_pane = Pane("Charter", padded=False)
        self.list = RowList("Charter and rules")
        self.list_pane.body.addWidget(self.list)
        self.middle = Pane("", scroll=True)
        self.state = Chip()
        self.middle.add_head(self.state)
        self.side = Pane("Where it is written", scroll=True)
        return panes((self.list_pane, self.middle, self.side), (300, 612, 340), 1)

    def wire(self) -> None:
        """Listen to the list."""
        self.list.chosen.connect(self._open)

    def first_focus(self) -> QWidget:
        """Return the list."""
        return self.list

    def fill(self) -> None:
        """Ask for the agent."""
        from studio.services.queries.agents import ShowAgent

        page = self._page = self.desk.session.ask(ShowAgent())
        about = RowItem(
            ABOUT,
            "What the agent is for",
            f"level {page.draft.charter.autonomy} of 3 in autonomy",
            icon="charter",
        )
        rows = rule_rows(page.live.charter, page.draft.charter)
        self.list.show_rows([about, *rows])
        wanted, self._wanted = self._wanted, ""
        if not (wanted and self.list.choose(wanted, tell=False)) and not self.list.current_id():
            self.list.choose(ABOUT, tell=False)
        self._open(self.list.current_id())

    def show_item(self, item: str) -> None:
        """Show a rule."""
        self._wanted = item
        self.refresh()

    def _open(self, item: str) -> None:
        clear_layout(self.middle.body)
        clear_layout(self.side.body)
        if item == ABOUT:
            self._about()
        else:
            self._rule(item)
        self.middle.body.addStretch(1)
        self.side.body.addStretch(1)

    def _about(self) -> None:
        assert self._page is not None
        self.middle.set_title("What the agent is for")
        self.state.show_fact("")
        for title, text in about_lines(self._page.draft.charter):
            card = Card(title)
            card.say(text)
            self.middle.body.addWidget(card)
        self.side.set_title("Who answers for it")
        card = Card("Owners")
        for owner in self._page.draft.charter.owners:
            card.say(
                f"{owner.id.upper() if owner.id in ('it', 'qa') else owner.id.capitalize()}: {owner.name}"
            )
        if not self._page.draft.charter.owners:
            card.say("Nobody is named yet.", muted=True)
        self.side.body.addWidget(card)

    def _rule(self, rule_id: str) -> None:
        assert self._page is not None
        live = next((r for r in self._page.live.charter.rules if r.id == rule_id), None)
        draft = next((r for r in self._page.draft.charter.rules if r.id == rule_id), None)
        rule = draft or live
        assert rule is not None
        self.middle.set_title(f"{rule.id} · {rule.title}")
        state = "new in the draft" if live is None else "removed in the draft" if draft is None else ""
        state = state or ("changed in the draft" if live != draft else "")
        self.state.show_fact(state, "acc" if state else "")
        chips = [
            Chip(KIND_WORDS.get(rule.kind, rule.kind)),
            Chip(f"{rule.severity} severity"),
            Chip(f"enforced by {rule.enforced_by}"),
        ]
        self.middle.body.addLayout(row(*chips, gap=6))
        if live is not None and draft is not None and live.text != draft.text:
            diff = DiffPanel(f"Rule {rule.id} live and draft")
            diff.show_texts(live.text, draft.text, f"Live v{self._page.live_number}", "Draft")
            self.middle.body.addWidget(diff)
        else:
            card = Card()
            card.add(label(rule.text, wrap=True))
            self.middle.body.addWidget(card)
        if rule.guard is not None:
            guard = Card("Enforced while it talks")
            for line in guard_words(rule.guard):
                guard.say(line)
            self.middle.body.addWidget(guard)
        if rule.workflows:
            names = {w.id: w.name for w in self._page.draft.workflows}
            applies = Card("Applies in")
            for workflow in rule.workflows:
                applies.add(
                    Link(
                        names.get(workflow, plain(workflow)),
                        partial(self.desk.open_page, "workflows", workflow),
                    )
                )
            self.middle.body.addWidget(applies)
        self._evidence(rule_id)

    def _evidence(self, rule_id: str) -> None:
        assert self._page is not None
        self.side.set_title("Where it is written")
        rules = (*self._page.draft.charter.rules, *self._page.live.charter.rules)
        rule = next(r for r in rules if r.id == rule_id)
        for citation in rule.citations:
            self.side.body.addWidget(EvidenceCard(Quoted(citation, ""), self.show_cited))
        if not rule.citations:
            none = Card("No sentence yet")
            none.say("Nothing in the documents is given as the ground of this rule.", muted=True)
            self.side.body.addWidget(none)
        broken = [c for c in self._page.checks if c.status == "broken" and f"rules/{rule_id}" in c.path]
        if broken:
            self.side.body.addWidget(ProofCard("Checks", broken, ()))
