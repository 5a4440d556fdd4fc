"""The inspector: every field of a step is edited by real keys and clicks, and every edit is a change set."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)

from studio.desktop.panels.step_form_declared import NOT_SHOWN, declared
from studio.desktop.widgets.form_fields import Combo
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.edit import StepWanted
from studio.domain.frozen import canonical
from studio.domain.workflow import Ask, CallBlock, Decide, Disclose, Step, ToolCall, Workflow
from tests.desktop.form_host import PATIENCE, Host


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


def test_whom_a_workflow_serves_is_chosen_and_told(host: Host) -> None:
    """It serves identified customers unless somebody opens it to anyone; one change, and back."""
    host.show("return-item").choose("Open to", "Anyone")
    assert host.flow("return-item").open_to == "anyone" and "nobody has identified" in host.says()
    assert host.done[-1].title == "Change whom “Return an item” serves"
    host.choose("Open to", "Customers who were identified")
    assert host.flow("return-item").open_to is None and canonical(host.agent) == canonical(host.first)


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
