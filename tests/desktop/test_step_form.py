"""The inspector: every field of a step is edited by real keys and clicks, and every edit is a change set."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.desktop.panels.step_form import StepForm
from studio.desktop.panels.step_form_declared import NOT_SHOWN, declared
from studio.desktop.widgets.form_fields import Combo
from studio.desktop.widgets.pane import Pane
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.condition import All, AnyOf, Compare, holds
from studio.domain.edit import FieldEdit, StepWanted
from studio.domain.frozen import canonical
from studio.domain.workflow import Ask, CallBlock, Decide, Disclose, Step, ToolCall, Workflow
from studio.services.authoring.fields import fulfil

Found = TypeVar("Found", bound=QWidget)
PATIENCE = 30_000


class Host:
    """Holds a form as the page does: fulfils what it wishes, and shows the draft again."""

    def __init__(self, qtbot: QtBot, agent: Agent) -> None:
        self.qtbot, self.agent = qtbot, agent
        self.first = agent
        self.form = StepForm()
        self.pane = Pane("Step", scroll=True)
        self.pane.body.addWidget(self.form)
        qtbot.addWidget(self.pane)
        self.pane.resize(358, 1400)
        self.pane.show()
        self.pane.activateWindow()
        assert QTest.qWaitForWindowActive(self.pane)
        self.done: list[ChangeSet] = []
        self.wanted: list[StepWanted] = []
        self.opened: list[str] = []
        self.form.edited.connect(self._take)
        self.form.opened.connect(self.opened.append)
        self.at = ("", "")

    def show(self, flow: str, step: str = "") -> Host:
        """Show a step, or the workflow."""
        self.at = (flow, step)
        if step:
            self.form.show_step(self.agent, flow, step)
        else:
            self.form.show_workflow(self.agent, flow)
        QApplication.processEvents()
        return self

    def _take(self, wish: FieldEdit | StepWanted) -> None:
        if isinstance(wish, StepWanted):
            self.wanted.append(wish)
            return
        changes = fulfil(self.agent, wish)
        self.done.append(changes)
        self.agent = apply(self.agent, changes)
        self.show(*self.at)

    def undo(self) -> None:
        """Take the last change back, as the history does."""
        self.agent = apply(self.agent, self.done.pop().inverse())
        self.show(*self.at)

    def find(self, kind: type[Found], name: str) -> Found:
        """Return the visible widget with this accessible name (or the words of a button)."""

        def found() -> list[Found]:
            return [
                w
                for w in self.pane.findChildren(kind)
                if w.isVisible()
                and (w.accessibleName() or (w.text() if isinstance(w, QAbstractButton) else "")) == name
            ]

        self.qtbot.waitUntil(lambda: bool(found()), timeout=PATIENCE)
        return found()[0]

    def press(self, name: str) -> None:
        """Click a button."""
        button = self.find(QAbstractButton, name)
        where = QPoint(8, button.height() // 2) if isinstance(button, QCheckBox) else button.rect().center()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=where)
        QApplication.processEvents()

    def write(self, name: str, words: str, key: Qt.Key | None = Qt.Key.Key_Return) -> None:
        """Replace what stands in a line, and press a key."""
        line = self.find(QLineEdit, name)
        QTest.mouseClick(line, Qt.MouseButton.LeftButton)
        line.selectAll()
        QTest.keyClicks(line, words) if words else QTest.keyClick(line, Qt.Key.Key_Delete)
        if key is not None:
            QTest.keyClick(line, key)
        QApplication.processEvents()

    def choose(self, name: str, words: str) -> None:
        """Choose in a list by typing how it begins."""
        box = self.find(Combo, name)
        box.setFocus()
        at = box.findText(words, Qt.MatchFlag.MatchStartsWith)
        assert at >= 0, [box.itemText(n) for n in range(box.count())]
        box.showPopup()
        view = box.view()
        view.scrollTo(box.model().index(at, 0))
        where = view.visualRect(box.model().index(at, 0)).center()
        QTest.mouseMove(view.viewport(), where)
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
        QApplication.processEvents()

    def says(self) -> str:
        """Return every word in sight."""
        QApplication.processEvents()
        return "\n".join(w.text() for w in self.pane.findChildren(QLabel) if w.isVisible())

    def value(self, flow: str, step: str, name: str) -> Any:
        """Return a field of a step of the draft."""
        return getattr(self.agent.workflow(flow).step(step), name)

    def flow(self, flow: str) -> Workflow:
        """Return a workflow of the draft."""
        return self.agent.workflow(flow)


@pytest.fixture(scope="module")
def returns(repository: Path) -> Agent:
    """The returns assistant, as it ships."""
    text = (repository / "sample_projects" / "returns_assistant" / "agent.json").read_text(encoding="utf-8")
    return Agent.model_validate(json.loads(text))


@pytest.fixture
def host(dressed: QApplication, qtbot: QtBot, returns: Agent) -> Iterator[Host]:
    """A form beside nothing else."""
    yield Host(qtbot, returns)


def one_of_each_kind(agent: Agent) -> list[tuple[Workflow, Step]]:
    """Return the fullest step of every kind, and a decision with and without a table."""
    found: dict[object, tuple[Workflow, Step]] = {}
    for flow in agent.workflows:
        for step in flow.steps:
            kind = (step.kind, bool(getattr(step, "table", None)))
            if kind not in found or len(canonical(step)) > len(canonical(found[kind][1])):
                found[kind] = (flow, step)
    return list(found.values())


def test_every_declared_field_of_every_kind_of_step_can_be_edited() -> None:
    """A field that a step declares has words in the inspector, or is named as not for people."""
    for kind in Step.__args__[0].__args__:
        step = kind.model_construct(kind=kind.model_fields["kind"].default)
        shown = {name for name, _how in declared(step)}
        assert shown == kind.model_fields.keys() - NOT_SHOWN, kind


def test_every_step_of_the_sample_is_shown_without_an_edit_and_without_jargon(host: Host) -> None:
    """Looking changes nothing, and no id, no JSON and no "slot" is shown."""
    for flow, step in one_of_each_kind(host.agent):
        host.show(flow.id, step.id)
        words = host.says()
        assert f"{step.id}" not in words or step.id.replace("-", " ") in words or " " not in step.id
        assert not any(jargon in words.casefold() for jargon in ("slot", "json", " id ", "regex", "_")), words
        for widget in host.pane.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                assert widget.accessibleName() or getattr(widget, "text", lambda: "")(), (step.id, widget)
    host.show("return-item")
    assert host.done == []


def test_a_name_is_changed_as_one_change_with_a_title_in_words_and_undone_to_the_byte(host: Host) -> None:
    """Several keystrokes are one change; its inverse restores the same bytes."""
    host.show("return-item", "ask-why").write("Name of the step", "Ask for the reason")
    assert host.flow("return-item").step("ask-why").title == "Ask for the reason"
    assert [each.title for each in host.done] == ["Rename “Ask why it comes back” to “Ask for the reason”"]
    host.undo()
    assert canonical(host.agent) == canonical(host.first)
    assert host.find(QLineEdit, "Name of the step").text() == "Ask why it comes back"


def test_a_pause_commits_what_was_typed_and_the_cursor_stays(host: Host) -> None:
    """After a short pause the edit is there, while the keyboard and the cursor stay where they were."""
    host.show("return-item", "ask-why")
    line = host.find(QLineEdit, "Name of the step")
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    line.setCursorPosition(3)
    QTest.keyClicks(line, " kindly")
    assert not host.done
    host.qtbot.waitUntil(lambda: len(host.done) == 1, timeout=PATIENCE)
    assert host.flow("return-item").step("ask-why").title == "Ask kindly why it comes back"
    assert (
        line is host.find(QLineEdit, "Name of the step") and line.hasFocus() and line.cursorPosition() == 10
    )


def test_an_empty_name_is_refused_beside_the_field_and_nothing_is_lost(host: Host) -> None:
    """A sentence says what is wrong; the draft keeps the last name."""
    host.show("return-item", "ask-why").write("Name of the step", "")
    assert "A step needs a name." in host.says()
    assert not host.done
    host.write("Name of the step", "Ask again")
    assert "A step needs a name." not in host.says()
    assert host.flow("return-item").step("ask-why").title == "Ask again"


def text_of(host: Host, name: str) -> QPlainTextEdit:
    """Return a text box, with the keyboard in it and the cursor at its end."""
    area = host.find(QPlainTextEdit, name)
    area.setFocus()
    area.moveCursor(area.textCursor().MoveOperation.End)
    return area


def test_a_text_shows_facts_by_their_labels_with_a_preview_and_stores_their_names(host: Host) -> None:
    """{Item} is shown where {item} is stored, and the text is read out with an example."""
    host.show("return-item", "ask-why")
    area = text_of(host, "What it says first")
    assert "{Item}" in area.toPlainText() and "desk lamp" in host.says()
    QTest.keyClicks(area, " Your number is {order number}.")
    assert "LH-204418" in host.says()
    QTest.keyClick(area, Qt.Key.Key_Tab)
    step = host.flow("return-item").step("ask-why")
    assert isinstance(step, Ask) and step.say.endswith("Your number is {order_id}.")
    assert host.done[0].title.startswith("Change what “Ask why it comes back” says")


def test_a_fact_is_put_into_a_text_by_choosing(host: Host) -> None:
    """The menu offers what is known here first, and puts it in where the cursor is."""
    host.show("return-item", "tell-refund-time")
    area = text_of(host, "Said word for word")
    button = host.find(QAbstractButton, "Insert a fact into “Said word for word”")
    field = button.parentWidget()
    assert field is not None
    menu = field.findChildren(QMenu)[0]
    labels = [action.text() for action in menu.actions()]
    assert labels[0] == "Known here" and labels.index("Amount") < labels.index("Not always known here")
    next(action for action in menu.actions() if action.text() == "Amount").trigger()
    assert area.toPlainText().endswith("{Amount}")
    QTest.keyClick(area, Qt.Key.Key_Tab)
    assert host.value("return-item", "tell-refund-time", "text").endswith("{amount}")


def test_an_unknown_fact_in_a_text_is_marked_said_and_not_stored(host: Host) -> None:
    """A customer never reads a brace: what is no fact stays a draft, with a sentence beside it."""
    host.show("return-item", "ask-why")
    area = text_of(host, "What it says first")
    QTest.keyClicks(area, " {Shoe size}")
    QTest.keyClick(area, Qt.Key.Key_Tab)
    assert "“{Shoe size}” is no fact that this agent knows." in host.says()
    assert not host.done and area.toPlainText().endswith("{Shoe size}")


def test_a_fact_that_may_not_be_known_yet_is_kept_and_told(host: Host) -> None:
    """A text may name a fact too early; the form says what the customer would hear."""
    host.show("return-item", "ask-why")
    area = text_of(host, "What it says first")
    QTest.keyClicks(area, " {Return id}")
    QTest.keyClick(area, Qt.Key.Key_Tab)
    assert len(host.done) == 1 and "may not be known here yet" in host.says()


def test_counts_stay_within_their_bounds(host: Host) -> None:
    """A number out of bounds is refused with a sentence; arrow keys count."""
    name = "Tries again more times first"
    host.show("return-item", "look-up-order").write(name, "99")
    assert "Give a whole number from 0 to 10." in host.says() and not host.done
    host.write(name, "2", Qt.Key.Key_Up)
    host.write(name, "3")
    assert host.value("return-item", "look-up-order", "retries") == 3


def test_a_way_is_led_to_a_step_by_its_name_or_to_a_new_one(host: Host) -> None:
    """Targets are chosen by name; a new step is asked for with its kind; one can go there."""
    host.show("return-item", "ask-why")
    host.choose("Then: Goes on to", "Book the return")
    assert host.value("return-item", "ask-why", "next") == "book-return"
    assert host.done[-1].title.startswith("Lead “Ask why it comes back” to “Book the return”")
    host.press("Go there: Then")
    assert host.opened == ["workflows/return-item/steps/book-return"]
    host.choose("If it fails: Without an answer it goes on to", "Say")
    assert host.wanted == [
        StepWanted(workflow_id="return-item", step_id="ask-why", way="if it fails", kind="say")
    ]
    host.choose("Then: Goes on to", "Nowhere yet")
    assert "It leads nowhere yet." in host.says()


def test_an_edit_of_a_cited_step_says_that_it_departs(host: Host) -> None:
    """The sentence stays in sight, and the change's title says that it departs from it; a name does not."""
    host.show("return-item", "pay-refund")
    assert "What you change here by hand departs from it." in host.says()
    host.write("Tries again more times first", "4")
    assert host.done[-1].title.endswith("(departs from what Returns policy 2024 says)")
    host.write("Name of the step", "Pay it back")
    assert "departs" not in host.done[-1].title


def test_a_system_s_parameters_are_filled_from_its_description(host: Host) -> None:
    """Each parameter shows what it is and whether it is required; a fact or a fixed value fills it."""
    host.show("return-item", "pay-refund")
    words = host.says()
    assert "Amount: how much to pay back, in pounds · required" in words
    assert "At most 200, whoever asks." in words and "cannot be taken back" in words
    host.choose("Amount: filled by", "A fixed value")
    host.write("Amount: value", "500")
    assert "It may be at most 200." in host.says() and not host.done
    host.write("Amount: value", "25.50")
    step = host.flow("return-item").step("pay-refund")
    assert isinstance(step, ToolCall) and {a.name: a.value for a in step.arguments}["amount"] == 25.5
    host.choose("Amount: filled by", "Not given")
    assert "Without it the system cannot be called." in host.says()
    host.undo()
    host.undo()
    assert canonical(host.agent) == canonical(host.first)


def test_another_system_keeps_what_fits_and_fills_what_it_can(host: Host) -> None:
    """Choosing another system is one change: parameters and results that do not fit are let go."""
    host.show("return-item", "book-return")
    host.choose("System", "Get refund")
    step = host.flow("return-item").step("book-return")
    assert isinstance(step, ToolCall) and [a.name for a in step.arguments] == ["order_id"]
    assert step.results == () and len(host.done) == 1
    host.choose("Refund state: kept as", "Kept as “Refund state”")
    step = host.flow("return-item").step("book-return")
    assert isinstance(step, ToolCall) and [(b.result, b.fact) for b in step.results] == [
        ("refund_state",) * 2
    ]


def test_how_long_a_system_may_take_is_set_for_every_step_that_uses_it(host: Host) -> None:
    """The time-out belongs to the system; seconds are read with or without the word."""
    host.show("return-item", "look-up-order").write("Gives up after, in seconds", "soon")
    assert "Give the seconds as a number from 1 to 600, or nothing." in host.says()
    host.write("Gives up after, in seconds", "8 s")
    assert host.agent.tool("get_order").answers_within == 8
    assert host.done[-1].title == "Change how long “get order” may take"


def test_a_decision_is_taken_by_a_table_or_by_conditions(host: Host) -> None:
    """The ways of a table are its answers: one that lacks is offered, one it never answers is named."""
    host.show("return-item", "label-cost")
    host.choose("It decides by", "Can the item be returned?")
    assert "The decision table never answers this." in host.says()
    host.press("Add a way for “too late”")
    host.choose("too late: Goes on to", "Explain the return window")
    step = host.flow("return-item").step("label-cost")
    assert isinstance(step, Decide) and step.branches[-1].next == "explain-window"
    host.press("Remove “free label”")
    step = host.flow("return-item").step("label-cost")
    assert isinstance(step, Decide) and [b.id for b in step.branches] == ["too late"]
    host.press("Open the decision table")
    assert host.opened == ["tables/return-eligibility"]


def when(host: Host) -> object:
    """Return the condition of the sample's free label."""
    step = host.flow("return-item").step("label-cost")
    assert isinstance(step, Decide)
    return step.branches[0].when


def test_a_condition_is_built_by_choosing_and_reads_as_a_sentence(host: Host) -> None:
    """Fact, comparison, value by its type; a second comparison; all or any: no code anywhere."""
    host.show("return-item", "label-cost")
    assert "Reason is “arrived damaged”." in host.says()
    host.press("Add a comparison")
    assert when(host) == Compare(field="reason", op="=", value="arrived damaged") and not host.done
    host.choose("Comparison 2: what to look at", "Amount")
    host.choose("Comparison 2: how to compare", "is at most")
    host.write("Comparison 2: value", "twelve")
    assert "“twelve” is no number." in host.says() and not host.done
    host.write("Comparison 2: value", "1,200.50")
    first = Compare(field="reason", op="=", value="arrived damaged")
    second = Compare(field="amount", op="<=", value=1200.5)
    assert when(host) == All(of=(first, second)) and len(host.done) == 1
    assert host.done[0].title.startswith("Change when “Is the label free?” takes the way “free label”")
    assert "Reason is “arrived damaged” and Amount is at most 1,200.5." in host.says()
    host.choose("How the comparisons count", "At least one is so")
    assert when(host) == AnyOf(of=(first, second))
    host.press("Remove comparison 1")
    assert when(host) == second


def test_a_group_within_a_group_is_added_and_removed(host: Host) -> None:
    """A group opens with one comparison to fill; until it is complete, the last complete condition holds."""
    host.show("return-item", "label-cost").press("Add a group")
    host.choose("Comparison 2: what to look at", "Final sale")
    made = when(host)
    assert made == All(of=(Compare(field="reason", op="=", value="arrived damaged"),
                           Compare(field="final_sale", op="=", value=True)))  # fmt: skip
    assert holds(made, {"reason": "arrived damaged", "final_sale": True})
    host.press("Remove this group")
    assert when(host) == Compare(field="reason", op="=", value="arrived damaged")


def test_several_values_are_ticked_and_a_yes_or_no_is_chosen(host: Host) -> None:
    """“is one of” offers the fact's own choices."""
    host.show("return-item", "label-cost").choose("Comparison 1: how to compare", "is one of")
    host.press("wrong size")
    made = when(host)
    assert isinstance(made, Compare) and set(made.value) == {"arrived damaged", "wrong size"}  # type: ignore[arg-type]
    host.choose("Comparison 1: what to look at", "Final sale")
    assert when(host) == Compare(field="final_sale", op="=", value=True)


def test_a_value_of_a_reply_that_is_not_kept_yet_is_kept_by_looking_at_it(host: Host) -> None:
    """One change sets the condition and keeps the value as a fact."""
    host.show("return-item", "label-cost")
    host.choose("Comparison 1: what to look at", "Days since delivery (from “Look up the order”)")
    host.choose("Comparison 1: how to compare", "is above")
    host.write("Comparison 1: value", "14")
    assert when(host) == Compare(field="days_since_delivery", op=">", value=14)
    step = host.flow("return-item").step("look-up-order")
    assert isinstance(step, ToolCall) and ("days_since_delivery",) * 2 in [
        (b.result, b.fact) for b in step.results
    ]
    host.undo()
    assert canonical(host.agent) == canonical(host.first)


def test_a_condition_is_built_with_the_keyboard_alone(host: Host) -> None:
    """Tab reaches every part of a comparison; letters choose in a list."""
    host.show("return-item", "label-cost")
    host.find(Combo, "Comparison 1: what to look at").setFocus()
    names: list[str] = []
    for _ in range(6):
        QTest.keyClick(QApplication.focusWidget() or host.pane, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        names.append(focus.accessibleName() if focus else "")
    assert [n for n in names if n][:4] == [
        "Remove comparison 1", "Comparison 1: how to compare", "Comparison 1: value", "Add a comparison",
    ]  # fmt: skip
    box = host.find(Combo, "Comparison 1: value")
    box.setFocus()
    QTest.keyClicks(box, "wro")
    assert when(host) == Compare(field="reason", op="=", value="wrong size")


def test_facts_are_chosen_ordered_removed_and_made(host: Host) -> None:
    """A new fact needs only a name; it is asked for at once, and its fields open."""
    host.show("return-item", "ask-why")
    host.press("Move Condition of the item up")
    assert host.value("return-item", "ask-why", "slots") == ("item_condition", "reason")
    host.press("Remove Reason")
    host.choose("Add a fact…", "A new fact…")
    host.write("What it is called", "Shoe size")
    assert host.value("return-item", "ask-why", "slots") == ("item_condition", "shoe_size")
    assert host.done[-1].title == "Add the fact “Shoe size”"
    host.choose("What it is", "A number")
    slot = next(s for s in host.flow("return-item").slots if s.id == "shoe_size")
    assert slot.type == "number" and slot.label == "Shoe size"


def test_how_a_code_looks_is_chosen_by_example_and_tried_at_once(host: Host) -> None:
    """No pattern is ever shown; an answer that would be refused is said to be."""
    host.show("verify-identity", "ask-who").press("Edit Order number")
    forms = host.find(Combo, "How it has to look")
    words = [forms.itemText(n) for n in range(forms.count())]
    assert words[:3] == ["Anything", "“LH-”, then 6 digits", "2 capital letters, then a dash, then 6 digits"]
    assert forms.currentText() == "“LH-”, then 6 digits" and not any("\\" in each for each in words)
    line = host.find(QLineEdit, "Try an answer")
    QTest.keyClicks(line, "LH-12")
    assert "“LH-12” would not be accepted." in host.says()
    line.selectAll()
    QTest.keyClicks(line, "lh 204418")
    assert "“lh 204418” would be understood as LH-204418." in host.says()
    host.choose("How it has to look", "2 capital letters, then a dash, then 6 digits")
    slots = {slot.id: slot for flow in host.agent.workflows for slot in flow.slots if slot.pattern}
    assert slots["order_id"].pattern is not None
    host.write("Example", "12345")
    assert "“12345” would not be accepted." in host.says()


def test_another_type_lets_go_of_choices_that_it_cannot_have(host: Host) -> None:
    """One change takes the type and what belonged to the old one; undo brings both back."""
    host.show("return-item", "ask-why").press("Edit Reason")
    host.choose("What it is", "Free words")
    slot = next(s for s in host.flow("return-item").slots if s.id == "reason")
    assert slot.type == "text" and slot.choices == () and len(host.done) == 1
    host.undo()
    assert canonical(host.agent) == canonical(host.first)


def test_a_workflow_s_own_fields_are_edited(host: Host) -> None:
    """Name, what the customer wants, examples, first step, reusable: each one change."""
    host.show("return-item").write("Name", "Send an item back")
    host.write("Add what a customer might say…", "Take this back please")
    host.write("Example 1", "I return something")
    host.press("Remove example 2")
    host.choose("First step", "Ask why it comes back")
    flow = host.flow("return-item")
    assert flow.name == "Send an item back" and flow.start == "ask-why"
    assert flow.examples[0] == "I return something" and flow.examples[-1] == "Take this back please"
    assert "I would like to send this back" not in flow.examples
    host.write("Add what a customer might say…", "take this BACK please")
    assert "is there twice." in host.says()


def test_a_draft_that_was_not_told_is_told_before_another_step_is_shown(host: Host) -> None:
    """Choosing another step loses no keystroke."""
    host.show("return-item", "ask-why").write("Name of the step", "Why", None)
    host.show("return-item", "eligible")
    assert host.flow("return-item").step("ask-why").title == "Why"
    assert host.find(QLineEdit, "Name of the step").text() == "Can it be returned?"


@pytest.mark.parametrize("width", [236, 358])
def test_no_field_is_wider_than_the_pane(host: Host, width: int) -> None:
    """In the smallest window nothing of a form is cut off at the side."""
    host.pane.resize(width, 900)
    too_wide: list[tuple[str, int]] = []

    def check(name: str) -> None:
        if (least := host.form.minimumSizeHint().width()) > width - 28:
            too_wide.append((name, least))

    for flow, step in one_of_each_kind(host.agent):
        host.show(flow.id, step.id)
        check(step.id)
    host.show("verify-identity")
    check("verify-identity")
    assert too_wide == []


def test_a_system_is_made_by_hand_from_nothing(host: Host) -> None:
    """Its name, what it takes and answers, what it may change: then it is filled like any other."""
    host.show("return-item", "book-return").choose("System", "A new system…")
    host.write("What it is called", "Get order")
    assert "Give it a name of letters that no other system has." in host.says()
    host.write("What it is called", "Find parcel")
    assert host.done[-1].title == "Add the system “Find parcel”"
    assert host.value("return-item", "book-return", "tool") == "find_parcel"
    host.write("Add a value it is given", "Parcel number")
    host.write("Add a value it is given", "Carrier")
    host.choose("Carrier: what it is", "One of a list")
    host.write("Carrier: what it can be, with commas", "land, sea")
    host.write("Parcel number: what it means", "the number on the label")
    host.press("Carrier: Required")
    host.write("Add a value it answers", "Days left")
    host.choose("Days left: what it is", "A whole number")
    host.choose("What follows of it", "It changes something")
    tool = host.agent.tool("find_parcel")
    assert tool.required_arguments == ("parcel_number",) and tool.effect == "write"
    assert tool.parameters["properties"]["carrier"] == {"type": "string", "enum": ["land", "sea"]}
    assert tool.returns["properties"]["days_left"] == {"type": "integer"}
    host.press("Done with this system")
    assert "Parcel number: the number on the label · required" in host.says()
    host.choose("Carrier: filled by", "A fixed value")
    host.choose("Carrier: value", "sea")
    host.choose("Days left: kept as", "Kept under another name…")
    host.write("Days left: name of the fact", "Days to wait")
    step = host.flow("return-item").step("book-return")
    assert isinstance(step, ToolCall) and [(a.name, a.value) for a in step.arguments] == [("carrier", "sea")]
    assert [(b.result, b.fact) for b in step.results] == [("days_left", "days_to_wait")]
    while host.done:
        host.undo()
    assert canonical(host.agent) == canonical(host.first)


def test_a_system_that_is_there_is_edited_and_its_limit_holds(host: Host) -> None:
    """A limit that is set on the system refuses a fixed value beyond it."""
    host.show("return-item", "pay-refund").press("Edit this system")
    host.write("Most that “amount” may be, whoever asks", "150")
    assert host.agent.tool("issue_refund").limits[0].maximum == 150
    assert host.done[-1].title == "Change the most that “issue refund” may be given"
    assert "At most 150, whoever asks." in host.says()


def test_a_departed_step_says_what_a_hand_changed(host: Host) -> None:
    """What is known of departures stands beside the sentence, in amber."""
    told = "Changed by hand since it was made from the text below: how it decides."
    host.form.departures = {"workflows/return-item/steps/eligible": told}
    host.show("return-item", "eligible")
    assert told in host.says()


def test_a_step_of_an_agent_that_has_nothing_yet_says_what_to_do_first(host: Host) -> None:
    """Without systems, tables, blocks and disclosures every kind of step can still be shown and begun."""
    steps: tuple[Step, ...] = (
        Ask(id="ask", title="Ask", slots=()),
        ToolCall(id="use", title="Use", tool=""),
        Decide(id="decide", title="Decide"),
        Disclose(id="tell", title="Tell", rule="", text=""),
        CallBlock(id="run", title="Run", block=""),
    )
    flow = Workflow(id="w", name="Help", start="ask", steps=steps)
    host.agent = host.agent.model_copy(
        update={
            "workflows": (flow,),
            "tables": (),
            "tools": (),
            "scenarios": (),
            "charter": host.agent.charter.model_copy(update={"rules": ()}),
        }
    )
    said = {}
    for step in steps:
        host.show("w", step.id)
        said[step.id] = host.says()
    assert "It asks for nothing yet." in said["ask"] and "It leads nowhere yet." in said["ask"]
    assert "Choose what it uses." in said["use"]
    assert "The charter has no disclosure yet" in said["tell"]
    assert "There is no reusable block yet." in said["run"]
    host.show("w", "tell").press("Open the charter")
    assert host.opened == ["charter"]
    host.show("w", "decide").press("Add a way out")
    assert "Nothing is chosen, so this way is never taken." in host.says()
    host.press("Add a comparison")
    assert host.find(Combo, "Comparison 1: what to look at").hasFocus()


def test_random_hands_on_the_inspector_break_nothing(host: Host) -> None:
    """Whatever is typed and chosen where: every edit applies, and undoing all restores the same bytes."""
    hands = random.Random(6)
    words = ("", "x", "12", "LH-12", "{Amount}", "{nope}", "a, b", "31 March 2026", "1,200.5")
    kinds = (QLineEdit, QPlainTextEdit, Combo)
    for number in range(60):
        if number % 12 == 0:
            flow = hands.choice(host.agent.workflows)
            host.show(flow.id, hands.choice(flow.steps).id)
        fields = [w for w in host.form.findChildren(QWidget) if w.isVisible() and isinstance(w, kinds)]
        field = hands.choice(fields)
        field.setFocus()
        if isinstance(field, Combo):
            at = [n for n in range(field.count()) if isinstance(field.itemData(n), int)]
            field.setCurrentIndex(hands.choice(at))
            field.activated.emit(field.currentIndex())
        else:
            field.selectAll()
            QTest.keyClicks(field, hands.choice(words))
            QTest.keyClick(field, Qt.Key.Key_Tab)
        QApplication.processEvents()
    assert host.done
    while host.done:
        host.agent = apply(host.agent, host.done.pop().inverse())
    assert canonical(host.agent) == canonical(host.first)
