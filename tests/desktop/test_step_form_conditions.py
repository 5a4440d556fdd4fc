"""Decisions in the inspector: tables or conditions, built by choosing, with mouse or keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
)

from studio.desktop.widgets.form_fields import Combo
from studio.domain.condition import All, AnyOf, Compare, holds
from studio.domain.frozen import canonical
from studio.domain.workflow import Decide, ToolCall
from tests.desktop.form_host import Host


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
    assert "“twelve” is no number" in host.says() and not host.done
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


def test_a_condition_that_lacks_something_waits_at_its_step(host: Host) -> None:
    """With another step shown, what was chosen is told of, waits there, and is taken once it is whole."""
    told: list[str] = []
    host.form.kept.connect(told.append)
    host.show("return-item", "label-cost")
    first = when(host)
    host.press("Add a comparison")
    host.show("return-item", "explain-window")
    assert not told, "an empty row is nothing to keep"
    host.show("return-item", "label-cost")
    host.press("Add a comparison")
    host.choose("Comparison 2: what to look at", "Amount")
    host.choose("Comparison 2: how to compare", "is at most")
    host.show("return-item", "explain-window")
    assert len(told) == 1 and "Amount is at most …" in told[0] and not host.done
    host.show("return-item", "label-cost")
    host.write("Comparison 2: value", "30")
    second = Compare(field="amount", op="<=", value=30)
    assert when(host) == All(of=(first, second))
    host.show("return-item", "explain-window")
    assert len(told) == 1
