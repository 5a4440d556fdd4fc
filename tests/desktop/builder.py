"""Builds an agent in the window as a person would who has another one in front of them as the plan."""

from __future__ import annotations

from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from studio.desktop.page import Page
from studio.desktop.pages.workflows import WorkflowsPage
from studio.desktop.panels.call_form_system import _DATA, _EFFECTS
from studio.desktop.panels.condition_words import comparisons
from studio.desktop.panels.graph import KIND_WORDS
from studio.desktop.panels.slot_form import TYPES
from studio.desktop.panels.step_form_parts import _OUTCOME_WORDS
from studio.desktop.panels.table_editor import TableEditor
from studio.desktop.window import Window
from studio.domain.agent import Agent
from studio.domain.cell_text import cell_text, column_type
from studio.domain.condition import Compare, Condition
from studio.domain.known import in_words
from studio.domain.tool import Tool
from studio.domain.workflow import (
    Ask,
    CallBlock,
    Decide,
    DecisionTable,
    Disclose,
    End,
    Handoff,
    Say,
    Slot,
    SlotType,
    ToolCall,
    Verify,
    Workflow,
    ways_out,
)
from tests.desktop.person import LEFT, Person

WAYS = {
    "ask": {"": "Then: Goes on to", "if it fails": "If it fails: Without an answer it goes on to"},
    "verify": {
        "": "Then: When recognised, goes on to",
        "if it fails": "If it fails: When not recognised, goes on to",
    },
    "tool": {"": "Then: Goes on to", "if it fails": "If it fails: Then goes on to"},
    "call": {
        "": "Then: When it ends well, goes on to",
        "if it fails": "If it fails: When it is refused or handed over, goes on to",
    },
    "say": {"": "Then: Goes on to"},
    "disclose": {"": "Then: Goes on to"},
    "decide": {"otherwise": "When nothing fits: Goes on to"},
    "handoff": {"if it fails": "If it fails: When nobody is there, goes on to"},
    "end": {},
}
PageKind = TypeVar("PageKind", bound=Page)


class Builder(Person):
    """Builds workflows with their facts, systems and decisions; `plan` is what it looks at."""

    def __init__(self, qtbot: QtBot, window: Window, plan: Agent) -> None:
        super().__init__(qtbot, window)
        self.plan = plan
        self.facts: set[str] = set()
        self.systems: set[str] = set()
        self.passed_on: list[tuple[str, str, tuple[str, ...]]] = []
        self.labels = {slot.id: slot.label for flow in plan.workflows for slot in flow.slots}

    def page(self, room: str, title: str, kind: type[PageKind]) -> PageKind:
        """Go to a page by the rail."""
        if self.window.room != room:
            self.press(title)
        found = self.window.pages[room]
        assert isinstance(found, kind)
        return found

    @property
    def flows(self) -> WorkflowsPage:
        """Return the Workflows page."""
        return self.page("workflows", "Workflows", WorkflowsPage)

    @property
    def side(self) -> QWidget:
        """Return what stands beside the canvas."""
        return self.flows.side

    # A workflow

    def workflow(self, flow: Workflow) -> None:
        """Make a workflow or a reusable block, with all its steps."""
        page = self.flows
        self.answer(self.saying(flow.name, "Make it"))
        if not page.list.isVisible():
            self.press("Make a workflow")  # the page is empty
        else:
            self.press("New workflow, reusable block or system")
            self.menu("New reusable block" if flow.reusable else "New workflow")
        if flow.reusable and not self.draft_flow(page).reusable:
            self.tick("A reusable block", True, self.side)
        self.tell("What it does" if flow.reusable else "What the customer wants", flow.intent, self.side)
        if not flow.reusable:
            for example in flow.examples:
                self.write("Add what a customer might say…", example, self.side)
        for slot in flow.slots:
            self.fact(slot)
        self.made: dict[str, str] = {}
        kind = flow.step(flow.start).kind
        self.press(f"Add a step: {KIND_WORDS[kind]}")
        self.step(flow, flow.start)

    def draft_flow(self, page: WorkflowsPage) -> Workflow:
        """Return the workflow that is shown, as it is saved."""
        found = page._workflow()
        assert found is not None
        return found

    def fact(self, slot: Slot) -> None:
        """Let a fact be asked for here: one that is known elsewhere, or a new one."""
        if slot.id in self.facts:
            self.choose("Add a fact…", slot.label, self.side)
            return
        self.facts.add(slot.id)
        self.choose("Add a fact…", "A new fact…", self.side)
        self.write("What it is called", in_words(slot.id), self.side)
        if slot.label != in_words(slot.id):
            self.write("Name", slot.label, self.side)
        self.choose("What it is", TYPES[slot.type], self.side)
        if slot.prompt:
            self.tell("How it is asked for", slot.prompt, self.side)
        for choice in slot.choices:
            self.write("Add a choice…", choice, self.side)
        if slot.example and slot.type != "yes or no":
            self.write("Example", slot.example, self.side)
        if slot.pattern:
            box = self.find(QComboBox, "How it has to look", self.side)
            at = next(n for n, each in enumerate(getattr(box, "options")) if each.value == slot.pattern)  # noqa: B009
            self.choose("How it has to look", box.itemText(at), self.side)
        self.press(f"Done with {slot.label}", self.side)

    # Steps

    def step(self, flow: Workflow, step_id: str) -> None:
        """Fill the step that was only just added and is chosen, then what follows it."""
        step = flow.step(step_id)
        self.made[step_id] = self.flows.canvas.chosen
        self.write("Name of the step", step.title, self.side)
        fill = getattr(self, f"_{step.kind}")
        fill(step)
        ways = [(way, to) for way, to in ways_out(step) if to is not None]
        here = True
        for way, to in sorted(ways, key=lambda each: (each[1] not in self.made, each[0] == "", each[0])):
            if not here:
                self.go_to(step_id)
                here = True
            name = WAYS[step.kind].get(way) or f"{way}: Goes on to"
            if to in self.made:
                self.choose(name, flow.step(to).title, self.side)
            else:
                self.new_step(name, flow.step(to).kind)
                self.step(flow, to)
                here = False

    def new_step(self, way: str, kind: str) -> None:
        """Choose that a way leads to a new step."""
        before = self.flows.canvas.chosen
        self.choose_last(way, KIND_WORDS[kind])
        self.wait(lambda: self.flows.canvas.chosen != before, "the new step is chosen")

    def choose_last(self, name: str, words: str) -> None:
        """Choose the last entry with these words: a kind of step stands below the steps of that name."""
        box = self.find(QComboBox, name, self.side)
        at = max(n for n in range(box.count()) if box.itemText(n) == words)
        box.showPopup()
        self.click_row(box.view(), box.model().index(at, 0))

    def go_to(self, step_id: str) -> None:
        """Click a step on the canvas, all of it in view."""
        canvas = self.flows.canvas
        self.press("Fit the workflow to the view")
        made = self.made[step_id]
        QTest.mouseClick(canvas.viewport(), LEFT, pos=canvas.viewport_place(made))
        self.wait(lambda: canvas.chosen == made, f"{step_id} is chosen")

    def _ask(self, step: Ask) -> None:
        self._slots(step.slots)
        if step.say:
            self.tell("What it says first", step.say, self.side)
        self.write("Asks for each up to times before it gives up", str(step.tries), self.side)

    def _slots(self, wanted: tuple[str, ...]) -> None:
        step = self.flows.canvas.chosen
        now = getattr(self.draft_flow(self.flows).step(step), "slots", ())
        for name in now:
            if name not in wanted:
                self.press(f"Remove {self.labels[name]}", self.side)
        for name in wanted:
            if name not in now:
                self.choose("Add a fact…", self.labels[name], self.side)

    def _verify(self, step: Verify) -> None:
        self._slots(step.slots)
        self._calling(step)
        self.write("Lets the customer try times in all", str(step.tries), self.side)

    def _tool(self, step: ToolCall) -> None:
        self._calling(step)
        for kept in step.results:
            wanted = self.labels.get(kept.fact, in_words(kept.fact))
            self.choose(f"{in_words(kept.result)}: kept as", f"Kept as “{wanted}”", self.side)
        self.write("Tries again more times first", str(step.retries), self.side)

    def _calling(self, step: ToolCall | Verify) -> None:
        tool = self.plan.tool(step.tool)
        if tool.name in self.systems:
            self.choose("System", in_words(tool.name), self.side)
        else:
            self.system(tool)
        for given in step.arguments:
            assert given.name is not None
            name = in_words(given.name)
            if given.fact:
                wanted = self.labels.get(given.fact, in_words(given.fact))
                self.choose(f"{name}: filled by", wanted, self.side)
            else:
                self.choose(f"{name}: filled by", "A fixed value", self.side)
                self.write(
                    f"{name}: value",
                    f"{given.value:g}" if isinstance(given.value, float) else str(given.value),
                    self.side,
                )

    def _decide(self, step: Decide) -> None:
        if step.table is not None:
            self.press("Decide by a table", self.side)
            self.table(self.plan.table(step.table))
            return
        have = [branch.id for branch in self._branches()]
        for number, branch in enumerate(step.branches):
            if number >= len(have):
                self.press("Add a way out", self.side)
            self.condition(branch.when)

    def _branches(self) -> Any:
        return getattr(self.draft_flow(self.flows).step(self.flows.canvas.chosen), "branches", ())

    def condition(self, condition: Condition | None, inside: QWidget | None = None) -> None:
        """Choose one comparison."""
        assert isinstance(condition, Compare), "the plan has conditions of one comparison"
        inside = inside or self.side
        self.press("Add a comparison", inside)
        label = self.labels.get(condition.field, in_words(condition.field))
        self.choose("Comparison 1: what to look at", label, inside)
        kind: SlotType = "yes or no" if isinstance(condition.value, bool) else "number"
        self.choose("Comparison 1: how to compare", dict(comparisons(kind))[condition.op], inside)
        if isinstance(condition.value, bool):
            self.choose("Comparison 1: value", "yes" if condition.value else "no", inside)
        else:
            self.write("Comparison 1: value", str(condition.value), inside)

    def _say(self, step: Say) -> None:
        self.tell("It says", step.text, self.side)

    def _disclose(self, step: Disclose) -> None:
        self.choose("Demanded by", f"{step.rule} ", self.side)
        self.tell("Said word for word", step.text, self.side)

    def _handoff(self, step: Handoff) -> None:
        self.write("Team or queue", step.queue, self.side)
        self.tell("What it says", step.say, self.side)
        if step.context:  # what other workflows ask for is not known yet
            self.passed_on.append((self.draft_flow(self.flows).id, self.flows.canvas.chosen, step.context))

    def pass_on(self) -> None:
        """Say at the hand-overs what is passed on, once every fact is known."""
        for flow, step, facts in self.passed_on:
            self.row(self.flows.list, self.flows._draft.workflow(flow).name)
            self.made[step] = step
            self.go_to(step)
            for fact in facts:
                self.choose("Add a fact…", self.labels[fact], self.side)

    def _end(self, step: End) -> None:
        self.choose("How", _OUTCOME_WORDS[step.outcome], self.side)
        if step.say:
            self.tell("What it says last", step.say, self.side)

    def _call(self, step: CallBlock) -> None:
        self.choose("Reusable block", self.plan.workflow(step.block).name, self.side)

    # Systems

    def system(self, tool: Tool) -> None:
        """Make a system that the chosen step uses."""
        self.systems.add(tool.name)
        self.choose("System", "A new system…", self.side)
        self.write("What it is called", in_words(tool.name), self.side)
        self.write("What it does", tool.description, self.side)
        self.choose("What follows of it", {o.value: o.words for o in _EFFECTS}[tool.effect], self.side)
        if tool.effect == "write":
            self.tick("It can be taken back", tool.reversible, self.side)
        self.choose("What it knows", {o.value: o.words for o in _DATA}[tool.data_class], self.side)
        for noun, always, schema in (
            ("value it is given", "Required", tool.parameters),
            ("value it answers", "Always there", tool.returns),
        ):
            self.values(noun, always, schema)
        for limit in tool.limits:
            words = limit.argument.replace("_", " ")
            self.write(f"Most that “{words}” may be, whoever asks", f"{limit.maximum:g}", self.side)
        self.press("Done with this system", self.side)

    def values(self, noun: str, always: str, schema: Any) -> None:
        """Add the values that a system is given or answers; of two of one name the later is the answer."""
        kinds = {
            "string": "Words",
            "number": "A number or amount",
            "integer": "A whole number",
            "boolean": "Yes or no",
        }
        for name, each in schema["properties"].items():
            self.write(f"Add a {noun}", in_words(name), self.side)
            row = self.find(QLineEdit, f"{in_words(name)}: what it means", self.side).parentWidget()
            assert row is not None
            if each["type"] != "string":
                self.choose(f"{in_words(name)}: what it is", kinds[each["type"]], row)
            self.write(f"{in_words(name)}: what it means", each["description"], self.side)
            self.tick(f"{in_words(name)}: {always}", name in schema["required"], self.side)

    # Decisions

    def table(self, table: DecisionTable) -> None:
        """Fill the decision table of the chosen step: columns, rows, answers."""
        editor = self.flows.side.decision
        self.wait(editor.isVisible, "the table")
        for column in table.inputs:
            self.press("Columns…", editor)
            self.menu("Add a column for", self.labels.get(column.id, in_words(column.id)))
            label = self.labels.get(column.id, in_words(column.id))
            if column.label != label:
                self.rename(editor, column.label, label, "Rename…")
        if editor.title.text() != table.name:
            self.rename(editor, table.name, "Rename this decision…")
        policies = {"first": "The first row that fits answers", "unique": "Exactly one row may fit"}
        self.choose("How the rows answer", policies[table.hit_policy], editor)
        for number, row in enumerate(table.rows):
            if number >= len(editor.grid.rows):
                self.press("Add row", editor)
                self.wait(lambda n=number: len(editor.grid.rows) > n, "the new row")  # type: ignore[misc]
            for at, column in enumerate(table.inputs):
                self.cell(number, at, cell_text(row.cell(column.id), column_type(table, column)))
            self.cell(number, len(table.inputs), row.then)
        answers = {row.then for row in table.rows}
        for branch in self._branches():
            if branch.id not in answers:
                self.press(f"Remove “{branch.id}”", self.side)

    def rename(self, editor: TableEditor, name: str, *ways: str) -> None:
        """Give the decision or a column another name by its menu."""
        self.answer(self.saying(name, "Rename"))
        self.press("Columns…", editor)
        self.menu(*ways)
        self.wait(lambda: QApplication.activeModalWidget() is None, "renamed")

    def cell(self, row: int, column: int, text: str) -> None:
        """Click a cell and type in it."""
        grid = self.flows.side.decision.grid
        if grid.rows[row].cells[column] == text:
            return
        self.click_row(grid, grid.model().index(row, column))
        QTest.keyClick(grid.viewport(), Qt.Key.Key_F2)
        self.wait(lambda: self._editors(grid), "the cell's editor")
        editor = self._editors(grid)[0]
        if isinstance(editor, QComboBox):
            at = editor.findText(text)
            editor.showPopup()
            self.click_row(editor.view(), editor.model().index(at, 0))
            QTest.keyClick(editor, Qt.Key.Key_Return)
        else:
            QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            self.keys(editor, text)
            QTest.keyClick(editor, Qt.Key.Key_Return)
        self.wait(lambda: grid.rows[row].cells[column] == text, f"the cell says {text}")

    def _editors(self, grid: QWidget) -> list[QWidget]:
        found: list[QWidget] = [w for w in grid.findChildren(QLineEdit) if w.isVisible()]
        boxes: list[QWidget] = [w for w in grid.findChildren(QComboBox) if w.isVisible()]
        return boxes or found
