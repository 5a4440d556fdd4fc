"""Charter: what the agent is for, how far it goes, who answers, and every rule, all of it edited here.

- Each edit is one change set, saved at once, that undo takes back; what cannot be is said, and not done.
- The list shows the charter's parts and its rules; the middle edits one of them; beside it stands how it is
  kept, where it is written, what the checks find and what differs from the live version.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from studio.desktop.ground_deeds import chosen_sentence
from studio.desktop.page import Page
from studio.desktop.panels.charter_about import AboutForm, OwnersForm
from studio.desktop.panels.charter_overview import (
    ABOUT,
    ECONOMICS,
    OWNERS,
    POLICY,
    PORTFOLIO,
    REACH,
    READINESS,
    TITLES,
    ChangesCard,
    HandlingCard,
    changes_of,
    checks_of,
    finding_cards,
    section_of,
    section_rows,
)
from studio.desktop.panels.charter_parts import CharterForm
from studio.desktop.panels.charter_reach import PolicyForm, ReachForm, demand_cards
from studio.desktop.panels.charter_readiness import MeasuredCard, ReadinessForm
from studio.desktop.panels.charter_rule import EnforcedCard, GroundCard, rule_cards
from studio.desktop.panels.economics import EconomicsPanel
from studio.desktop.panels.portfolio import PortfolioPanel
from studio.desktop.panels.rule_form import RuleForm
from studio.desktop.panels.rules import FILTERS, KIND_WORDS, WORDS_ONLY, rule_rows
from studio.desktop.places import way_to
from studio.desktop.rule_reading_deeds import RuleReadingDeeds
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.form_fields import Combo, Option
from studio.desktop.widgets.labels import Chip
from studio.desktop.widgets.pane import Pane, clear_layout, panes
from studio.desktop.widgets.row_list import RowList
from studio.desktop.widgets.search_head import SearchHead
from studio.domain.changeset import split_path
from studio.domain.charter import Rule
from studio.domain.charter_edit import CharterWish
from studio.domain.errors import StudioError
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.services.queries.charter import CharterPageRows

_FORMS: dict[str, type[CharterForm]] = {
    ABOUT: AboutForm,
    OWNERS: OwnersForm,
    REACH: ReachForm,
    POLICY: PolicyForm,
    PORTFOLIO: PortfolioPanel,
    READINESS: ReadinessForm,
    ECONOMICS: EconomicsPanel,
    "rule": RuleForm,
}


class CharterPage(Page):
    """The charter, edited part by part and rule by rule."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(
        ("agent", "decision", "history", "source", "reading", "proposal", "run")
    )

    def build(self) -> QWidget:
        """Lay out the list, the forms, and what stands beside."""
        self._rows: CharterPageRows | None = None
        self._wanted = ""
        self._shown = ""
        self._forms: dict[str, CharterForm] = {}
        self._readings = RuleReadingDeeds(self.desk)
        self._build_list()
        self._build_middle()
        self.side = Pane("", scroll=True)
        return panes((self.list_pane, self.middle, self.side), (320, 560, 330), 1)

    def _build_list(self) -> None:
        self.list_pane = Pane("Charter", padded=False)
        self.adder = Combo(
            "Add a rule", [Option(kind, f"It {words} …") for kind, words in KIND_WORDS.items()]
        )
        self.adder.setPlaceholderText("Add a rule…")
        self.adder.setCurrentIndex(-1)
        self.adder.setFixedWidth(128)
        self.checking = Chip()
        self.list_pane.add_head(self.checking, self.adder)
        head = SearchHead("rules", FILTERS)
        self.words, self.filter = head.words, head.filter
        self.list = RowList("Charter and rules")
        self.list_pane.body.addWidget(head)
        self.list_pane.body.addWidget(self.list, 1)

    def _build_middle(self) -> None:
        self.middle = Pane("", scroll=True)
        self.state = Chip()
        self.up = Button("↑", partial(self._move, -1), kind="quiet", name="Move the rule up (Alt+Up)")
        self.down = Button("↓", partial(self._move, 1), kind="quiet", name="Move the rule down (Alt+Down)")
        self.copy = Button("Duplicate", self._copy, kind="quiet", name="Duplicate the rule (Ctrl+Shift+D)")
        self.remove = Button("Delete", self._remove, kind="quiet", name="Delete the rule (Ctrl+Delete)")
        self.tools = (self.up, self.down, self.copy, self.remove)
        self.middle.add_head(self.state, *self.tools)
        self.gone = Card("Removed in the draft")
        self.middle.body.addWidget(self.gone)
        self.middle.body.addStretch(1)

    def wire(self) -> None:
        """Listen to the list, the search and the keys."""
        self.list.chosen.connect(self._open)
        self.desk.session.proofs.found.connect(self._show_found)
        self.words.textChanged.connect(lambda _text: self._fill_list())
        self.filter.picked.connect(lambda _value: self._fill_list())
        self.adder.picked.connect(self._add)
        self.key("Alt+Up", partial(self._move, -1))
        self.key("Alt+Down", partial(self._move, 1))
        self.key("Ctrl+Shift+D", self._copy)
        self.key("Ctrl+Delete", self._remove)
        self.key("Ctrl+F", self.words.setFocus)

    def first_focus(self) -> QWidget:
        """Return the list."""
        return self.list

    # What is shown

    def fill(self) -> None:
        """Ask for the charter."""
        from studio.services.queries.charter import ShowCharter

        self._rows = self.desk.session.ask(ShowCharter(wait=False))
        self._wait_for_checks(self._rows)
        wanted, self._wanted = self._wanted, ""
        if wanted and wanted not in TITLES:
            self.words.blockSignals(True)
            self.words.clear()
            self.words.blockSignals(False)
            self.filter.choose("")
        self._fill_list()
        if not (wanted and self.list.choose(wanted, tell=False)) and not self.list.current_id():
            self.list.choose(ABOUT, tell=False)
        self._open(self.list.current_id())

    def show_item(self, item: str) -> None:
        """Show a rule, or the part that shows a field of the charter (`portfolio/refund`)."""
        head, _, inner = item.partition("/")
        rules = self._rows.draft.charter.rules if self._rows else ()
        known = item in {rule.id for rule in rules} or head[:2] == "R-"
        self._wanted = item if known else section_of(head)
        self.refresh()
        panel = self._forms.get(PORTFOLIO)
        if inner and head == PORTFOLIO and isinstance(panel, PortfolioPanel):
            panel.matrix.choose(inner)

    def _wait_for_checks(self, rows: CharterPageRows) -> None:
        """Have a large draft checked in the background, and say so."""
        self.checking.show_fact("Checking…" if rows.looking else "")
        if rows.looking:
            self.desk.session.proofs.want()

    def _show_found(self) -> None:
        """Show what the checks found since, and leave alone what is chosen and typed."""
        from studio.services.queries.charter import ShowCharter

        if self._rows is None or not self.isVisible():
            self._old = True
            return
        rows = self.desk.session.ask(ShowCharter(wait=False))
        self._wait_for_checks(rows)
        if rows.looking or rows.draft is not self._rows.draft:
            return  # what changed meanwhile is shown, and checked, of itself
        self._rows = rows
        self._fill_list()
        self._show_findings()

    def _fill_list(self) -> None:
        rows = self._rows
        if rows is None:
            return
        words, wanted = self.words.text(), self.filter.value() or ""
        parts = section_rows(rows.live.charter, rows.draft, rows.checks)
        if words or wanted:
            parts = [part for part in parts if words and words.casefold() in part.title.casefold()]
        paths = (split_path(check.path) for check in rows.checks if check.status == "broken")
        broken = {path[2] for path in paths if path[:2] == ("charter", "rules") and len(path) > 2}
        found = rule_rows(rows.live.charter, rows.draft.charter, rows.enforced, wanted, words, broken)
        self.list.show_rows([*parts, *found])

    def _open(self, item: str) -> None:
        rows = self._rows
        if rows is None or not item:
            return
        if item != self._shown and isinstance(area := self._area(), QScrollArea):
            area.verticalScrollBar().setValue(0)
        self._shown = item
        clear_layout(self.side.body)
        self._findings, self._read = QVBoxLayout(), QVBoxLayout()
        for each in (self._findings, self._read):
            each.setSpacing(self.side.body.spacing())
        rule = next((each for each in rows.draft.charter.rules if each.id == item), None)
        for button in self.tools:
            button.setVisible(rule is not None)
        self.gone.hide()
        if item in TITLES:
            self._part(item)
        elif rule is not None:
            self._rule(item)
        else:
            self._removed(item)
        self.side.body.addStretch(1)

    def _area(self) -> QWidget | None:
        holder = self.middle.body.parentWidget()
        while holder is not None and not isinstance(holder, QScrollArea):
            holder = holder.parentWidget()
        return holder

    def _form(self, name: str) -> CharterForm:
        """Show one form, made when it is first wanted, and hide the others."""
        if name not in self._forms:
            made = self._forms[name] = _FORMS[name]()
            made.wished.connect(self._fulfil)
            if isinstance(made, RuleForm):
                made.opened.connect(partial(self.desk.open_page, "workflows"))
            self.middle.body.insertWidget(0, made)
        for key, form in self._forms.items():
            form.setVisible(key == name)
        return self._forms[name]

    def _part(self, part: str) -> None:
        rows = self._rows
        assert rows is not None
        self.middle.set_title(TITLES[part])
        changes = changes_of(part, rows.changes)
        self.state.show_fact("changed" if changes else "", "acc")
        form = self._form(part)
        form.show_agent(rows.draft)
        self.side.set_title("What it demands" if part == REACH else "How it stands")
        self.side.body.addLayout(self._findings)
        self._show_findings()
        if part == PORTFOLIO:
            self.side.body.addWidget(HandlingCard())
        if part == READINESS and rows.draft.charter.readiness:
            self.side.body.addWidget(MeasuredCard(rows.draft.charter.readiness, rows.measured))
        self.side.body.addWidget(ChangesCard(rows.live_number, changes))

    def _show_findings(self) -> None:
        """Show what the checks find about what is shown, and what its level demands."""
        rows, item = self._rows, self._shown
        assert rows is not None
        clear_layout(self._findings)
        clear_layout(self._read)
        if item == REACH:
            for demanded in demand_cards(rows.draft.charter.autonomy, rows.demands):
                self._findings.addWidget(demanded)
        found = (
            checks_of(item, rows.checks)
            if item in TITLES
            else [each for each in rows.checks if f"rules/{item}" in each.path and each.status != "holds"]
        )
        rule = next((each for each in rows.draft.charter.rules if each.id == item), None)
        readings = self._readings.cards(rows.draft, rule, rows.checks) if rule is not None else ()
        for card in readings:
            self._read.addWidget(card)
        for card in finding_cards(found):
            self._findings.addWidget(card)

    def _rule(self, rule_id: str) -> None:
        rows = self._rows
        assert rows is not None
        rule = rows.draft.charter.rule(rule_id)
        live = next((each for each in rows.live.charter.rules if each.id == rule_id), None)
        self.middle.set_title(f"{rule.id} · {rule.title}")
        state = "new" if live is None else "changed" if live != rule else ""
        self.state.show_fact(state, "acc" if state else "")
        kin = [each.id for each in rows.draft.charter.rules if each.kind == rule.kind]
        self.up.setEnabled(kin[0] != rule_id)
        self.down.setEnabled(kin[-1] != rule_id)
        form = self._form("rule")
        assert isinstance(form, RuleForm)
        kept = rows.enforced.get(rule_id)
        form.show_rule(rows.draft, rule, WORDS_ONLY if kept is not None and kept.how == "text only" else "")
        self.side.set_title("How it is kept, and why")
        self.side.body.addLayout(self._read)
        if kept is not None:
            self.side.body.addWidget(EnforcedCard(kept, self._go))
        self.side.body.addWidget(GroundCard(rule, self.show_cited, self._cite, self._uncite))
        self.side.body.addLayout(self._findings)
        self._show_findings()
        for card in rule_cards(rule, live, rows.live_number, rows.uses.get(rule_id, ())):
            self.side.body.addWidget(card)

    def _removed(self, rule_id: str) -> None:
        rows = self._rows
        assert rows is not None
        rule = next((each for each in rows.live.charter.rules if each.id == rule_id), None)
        if rule is None:
            return
        for form in self._forms.values():
            form.hide()
        self.middle.set_title(f"{rule.id} · {rule.title}")
        self.state.show_fact("removed", "bad")
        clear_layout(self.gone.content)
        self.gone.say(rule.text)
        self.gone.say("It is in the live version, and removed in the draft.", muted=True)
        self.gone.buttons(Button("Bring it back", partial(self._restore, rule), kind="primary"))
        self.gone.show()
        self.side.set_title("Where it is written")
        self.side.body.addWidget(GroundCard(rule, self.show_cited, None, None))

    def _go(self, path: str) -> None:
        self.desk.open_page(*way_to(path))

    # What a person does

    def _fulfil(self, wish: CharterWish) -> str:
        """Make a wish come true; return the path of what it added, or ""."""
        from studio.services.authoring.charter_wishes import fulfil_wish
        from studio.services.commands import EditAgent
        from studio.services.queries.charter import ShowCharter

        rows = self.desk.session.ask(ShowCharter(wait=False))
        try:
            made = fulfil_wish(rows.draft, wish, rows.taken)
        except StudioError as error:
            self.desk.tell(str(error), "bad")
            self.refresh()
            return ""
        if not made.changes or self.desk.session.do(EditAgent(made)) is None:
            self.refresh()
            return ""
        return next((change.path for change in made.changes if change.before is None), "")

    def _current_rule(self) -> str:
        """Return the rule that is shown and can be edited, or ""."""
        rules = self._rows.draft.charter.rules if self._rows else ()
        return self._shown if self._shown in {rule.id for rule in rules} else ""

    def _added(self, path: str) -> None:
        if path:
            self.show_item(way_to(path)[1])
            field = self._form("rule").form.widget(f"{self._shown}/title")
            line = field.findChild(QLineEdit) if field is not None else None
            if line is not None:
                line.setFocus(Qt.FocusReason.OtherFocusReason)
                line.selectAll()

    def _add(self, kind: str) -> None:
        self.adder.setCurrentIndex(-1)
        self._added(self._fulfil(CharterWish(deed="add rule", item=kind)))

    def _copy(self) -> None:
        if rule := self._current_rule():
            self._added(self._fulfil(CharterWish(deed="copy rule", item=rule)))

    def _move(self, steps: int) -> None:
        if rule := self._current_rule():
            self._fulfil(CharterWish(deed="move rule", item=rule, given={"steps": steps}))

    def _remove(self) -> None:
        rule, rows = self._current_rule(), self._rows
        if not rule or rows is None:
            return
        uses = rows.uses.get(rule, ())
        ids = [row.id for row in self.list.items()]
        at = ids.index(rule) if rule in ids else 0
        self._wanted = next((each for each in (*ids[at + 1 :], *reversed(ids[:at])) if each != rule), ABOUT)
        self._fulfil(CharterWish(deed="remove rule", item=rule))
        missed = f" It is missed where {'; '.join(uses[:3])}." if uses else ""
        self.desk.tell(f"{rule} is removed.{missed}", "warn" if uses else "", "Undo", self.desk.session.undo)

    def _restore(self, rule: Rule) -> None:
        self._wanted = rule.id
        self._fulfil(CharterWish(deed="restore rule", given={"rule": rule}))

    def _cite(self) -> None:
        rule = self._current_rule()
        found = chosen_sentence(self, self.desk, f"Which sentence demands {rule}?")
        if found is not None:
            given = {"citation": found.citation, "pin": found.pin}
            self._fulfil(CharterWish(deed="cite rule", item=rule, given=given))

    def _uncite(self, fingerprint: str) -> None:
        rule = self._current_rule()
        self._fulfil(CharterWish(deed="uncite rule", item=rule, given={"fingerprint": fingerprint}))
