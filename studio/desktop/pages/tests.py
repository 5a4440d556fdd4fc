"""Tests: who comes with what, and what must happen; edited by choosing, run at once, with what none tries.

- Each edit is one change set, saved at once, that undo takes back; several tests can be changed at once.
- The test that is shown is met on the draft as it is; the others are met one after the other while nothing
  else is done, so that the list says how each goes. A simulation meets many customers, and is evidence.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from studio.desktop.page import Page
from studio.desktop.panels.scenario_bulk import ScenarioBulk
from studio.desktop.panels.scenario_form import ScenarioForm
from studio.desktop.panels.scenario_gaps import ScenarioGaps
from studio.desktop.panels.scenario_list import FILTERS, ScenarioList, kept_by, rows_of
from studio.desktop.panels.scenario_met import ScenarioMet
from studio.desktop.places import way_to
from studio.desktop.test_deeds import TestDeeds
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.form_fields import Combo, Option
from studio.desktop.widgets.pane import Pane, panes
from studio.desktop.widgets.search_head import SearchHead
from studio.desktop.widgets.states import EmptyState
from studio.domain.scenario_edit import ScenarioCopy, ScenarioWanted, ScenarioWish
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.domain.scenario import Scenario
    from studio.services.queries.agents import Waiting
    from studio.services.queries.tests import TestRows


NO_TESTS = "CoBuilder proposes a test for every rule it finds in a document."
AT_ONCE = 8
"""Tests that are met in one go while nothing else is done."""


class TestsPage(Page):
    """The tests, edited one by one or several at once."""

    __test__ = False  # a page, not a test class
    kinds: ClassVar[frozenset[Kind]] = frozenset(("agent", "decision", "history", "proposal"))

    def build(self) -> QWidget:
        """Lay out the list, the form, and what stands beside."""
        self._rows: TestRows | None = None
        self._waiting: Waiting | None = None
        self._wanted = ""
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self._meet_more)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._settle)
        self._build_list()
        self._build_middle()
        self._build_side()
        return panes((self.list_pane, self.middle, self.side), (320, 560, 360), 1)

    def _build_list(self) -> None:
        self.list_pane = Pane("Tests", padded=False)
        self.adder = Combo("Add a test", ())
        self.adder.setPlaceholderText("Add a test…")
        self.adder.setFixedWidth(120)
        self.list_pane.add_head(self.adder)
        head = SearchHead("tests", FILTERS)
        self.words, self.filter = head.words, head.filter
        self.list = ScenarioList()
        self.list_pane.body.addWidget(head)
        self.list_pane.body.addWidget(self.list, 1)

    def _build_middle(self) -> None:
        self.middle = Pane("", scroll=True)
        self.copy = Button("Duplicate", self._copy, kind="quiet", name="Duplicate the test (Ctrl+Shift+D)")
        self.remove = Button("Delete", self._remove, kind="quiet", name="Delete the test (Ctrl+Delete)")
        self.see = Button("Simulation", self._see, kind="quiet", name="See it in the simulation")
        self.middle.add_head(self.see, self.copy, self.remove)
        self.form, self.bulk = ScenarioForm(), ScenarioBulk()
        self.middle.body.addWidget(self.form)
        self.middle.body.addWidget(self.bulk)
        self.middle.body.addStretch(1)

    def _build_side(self) -> None:
        self.side = Pane("", scroll=True)
        self.on_test = Button("How it goes", partial(self._turn, gaps=False))
        self.on_gaps = Button("What no test tries", partial(self._turn, gaps=True))
        self.side.title.hide()
        self.side.head.addWidget(Switch("What stands beside", self.on_test, self.on_gaps))
        self.side.head.addStretch(1)
        self.met, self.gaps = ScenarioMet(), ScenarioGaps()
        self.gaps.hide()
        self.side.body.addWidget(self.met)
        self.side.body.addWidget(self.gaps)

    def empty_state(self) -> QWidget:
        """Say where tests come from."""
        self.decide = Button("Decide what is proposed", self._decide, kind="primary")
        self.begin = Button("Write one yourself", self._begin)
        self._empty = EmptyState(
            "tests",
            "The agent has no tests yet",
            NO_TESTS,
            self.decide,
            self.begin,
            Button("Add a document", lambda: self.desk.open_page("sources", verb="add")),
        )
        return self._empty

    def wire(self) -> None:
        """Listen to the list, the forms and the keys."""
        self._deeds = TestDeeds(self.desk, self._now)
        self.list.chosen.connect(lambda _id: self._open())
        self.list.many.connect(lambda _count: self._open())
        self.words.textChanged.connect(lambda _text: self._fill_list())
        self.filter.picked.connect(lambda _value: self._fill_list())
        self.adder.picked.connect(self._add)
        self.form.edited.connect(self._deeds.fulfil)
        self.bulk.wished.connect(self._deeds.fulfil)
        self.met.opened.connect(self._go)
        self.met.cited.connect(self.show_cited)
        self.met.varied.connect(self._vary)
        self.met.again.connect(self._run)
        self.gaps.opened.connect(self._go)
        self.gaps.wanted.connect(self._write)
        self.key("Ctrl+Shift+D", self._copy)
        self.key("Ctrl+Delete", self._remove)
        self.key("Ctrl+F", self.words.setFocus)
        self.key("F9", self._run)

    def first_focus(self) -> QWidget:
        """Return the list."""
        return self.list

    # What is shown

    def fill(self) -> None:
        """Ask for the tests."""
        from studio.services.queries.agents import ShowAgent

        rows = self._rows = self._now()
        flows = [flow for flow in rows.draft.workflows if not flow.reusable]
        self.adder.set_options([Option(flow.id, flow.name, "A test of") for flow in flows])
        self.adder.setCurrentIndex(-1)
        if not rows.draft.scenarios:
            self._waiting = self.desk.session.ask(ShowAgent(wait=False)).waiting_tests
            self.decide.setVisible(self._waiting is not None)
            self.begin.setVisible(bool(flows))
            self._empty.text.setText(self._waiting.sentence if self._waiting else NO_TESTS)
            self.states.show_empty()
            return
        wanted, self._wanted = self._wanted, ""
        if wanted:
            self.words.blockSignals(True)
            self.words.clear()
            self.words.blockSignals(False)
            self.filter.choose("")
        self._offer_tags()
        self._fill_list()
        if not (wanted and self.list.choose(wanted, tell=False)) and not self.list.current_id():
            items = self.list.items()
            self.list.choose(items[0].id if items else "", tell=False)
        self._open()
        self._show_gaps()
        self._idle.start(0)

    def show_item(self, item: str) -> None:
        """Show a test."""
        self._wanted = item
        self.refresh()

    def _now(self) -> TestRows:
        from studio.services.queries.tests import ShowTests

        return self.desk.session.ask(ShowTests())

    def _offer_tags(self) -> None:
        from studio.services.finding_tests import tags_of

        rows = self._rows
        assert rows is not None
        before = self.filter.value() or ""
        tags = [Option(tag, f"Tagged “{tag}”", "Tags") for tag in tags_of(rows.draft.scenarios)]
        self.filter.set_options([*(Option(name, words) for name, words in FILTERS), *tags])
        if not self.filter.choose(before):
            self.filter.choose("")

    def _fill_list(self) -> None:
        from studio.services.finding_tests import found_by

        rows = self._rows
        if rows is None:
            return
        which = self.filter.value() or ""
        tag = "" if which.startswith("=") else which
        shown = [
            each
            for each in rows.draft.scenarios
            if found_by(each, self.words.text(), tag)
            and (tag or kept_by(which, each, rows.live, rows.passes))
        ]
        total = len(rows.draft.scenarios)
        self.list_pane.set_title(f"{total} tests" if len(shown) == total else f"{len(shown)} of {total}")
        self.list.show_rows(rows_of(rows.live, rows.draft, shown, rows.passes))

    def _chosen(self) -> list[Scenario]:
        """Return the tests that are chosen: several, the one that is shown, or none."""
        if self._rows is None:
            return []
        ids = self.list.selected() or (self.list.current_id(),)
        return [each for each in self._rows.draft.scenarios if each.id in ids]

    def _open(self) -> None:
        rows, tests = self._rows, self._chosen()
        if rows is None or not tests:
            return
        several = len(tests) > 1
        self.form.setVisible(not several)
        self.bulk.setVisible(several)
        self.copy.setVisible(not several)
        self.see.setVisible(not several)
        if several:
            self.form.flush()
            self.middle.set_title(f"{len(tests)} tests")
            self.bulk.show_tests(tests, rows.faults)
            self._later.start(0)  # when what was just shown knows how high it is
            return
        test = tests[0]
        self.middle.set_title(f"{test.id} · {test.title}")
        self.form.show_test(rows.draft, test, rows.faults)
        if not self.met.isHidden():
            self._show_met(test)

    def _settle(self) -> None:
        """Give both columns the height that they need now; another part of them is shown."""
        for pane in (self.middle, self.side):
            pane.body.activate()
            area = pane.findChild(QScrollArea)
            if area is not None:
                area.setWidgetResizable(True)

    def _show_met(self, test: Scenario) -> None:
        from studio.services.queries.tests import MeetTest, ShowVariations

        met = self.desk.session.ask(MeetTest(test.id))
        self.met.show_met(test, met.conversation, met.covers, self.desk.session.ask(ShowVariations(test.id)))

    def _show_gaps(self) -> None:
        from studio.services.queries.tests import ShowTestCoverage

        rows = self._rows
        if rows is not None and not self.gaps.isHidden() and len(rows.passes) == len(rows.draft.scenarios):
            found = self.desk.session.ask(ShowTestCoverage())
            self.gaps.show_things(found.items, found.words_only)
            self._later.start(0)

    def _meet_more(self) -> None:
        """Meet some tests that were not met yet; go on when nothing else is to be done."""
        from studio.services.queries.tests import ShowTests

        rows = self._rows
        if rows is None or self.desk.session.workbench is None or not self.isVisible():
            return
        if len(rows.passes) < len(rows.draft.scenarios):
            self._rows = self.desk.session.ask(ShowTests(meet=AT_ONCE))
            self._fill_list()
            self._show_gaps()
            self._idle.start(0)

    def _turn(self, *, gaps: bool) -> None:
        self.met.setVisible(not gaps)
        self.gaps.setVisible(gaps)
        self._open()
        self._show_gaps()

    # What a person does

    def _decide(self) -> None:
        self.desk.open_page("review", self._waiting.item if self._waiting else "")

    def _begin(self) -> None:
        if self._rows is not None:
            self._add(next(flow.id for flow in self._rows.draft.workflows if not flow.reusable))

    def _add(self, workflow: str) -> None:
        self.adder.setCurrentIndex(-1)
        self._added(self._deeds.fulfil(ScenarioWanted(workflow=workflow)))

    def _copy(self) -> None:
        if len(tests := self._chosen()) == 1:
            self._added(self._deeds.fulfil(ScenarioCopy(test=tests[0].id)))

    def _vary(self, variation: str) -> None:
        if len(tests := self._chosen()) == 1:
            self._added(self._deeds.fulfil(ScenarioCopy(test=tests[0].id, variation=variation)))

    def _write(self, kind: str, name: str) -> None:
        self._added(self._deeds.write(kind, name))

    def _added(self, test: str) -> None:
        if test:
            self.show_item(test)

    def _remove(self) -> None:
        tests = tuple(each.id for each in self._chosen())
        if not tests:
            return
        ids = [item.id for item in self.list.items()]
        after = [each for each in ids[ids.index(tests[-1]) + 1 :] if each not in tests]
        left = [each for each in ids if each not in tests]
        self._wanted = after[0] if after else left[-1] if left else ""
        self._deeds.fulfil(ScenarioWish(deed="delete", tests=tests))

    def _run(self) -> None:
        """Show how the test goes now."""
        self.form.flush()
        self.on_test.setChecked(True)
        self._turn(gaps=False)

    def _see(self) -> None:
        self.desk.open_page("simulate", self.list.current_id())

    def _go(self, path: str) -> None:
        if path:
            self.desk.open_page(*way_to(path))
