"""Systems in the inspector: calls filled from their descriptions, and systems made by hand."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from studio.domain.frozen import canonical
from studio.domain.known import Knowledge, in_words
from studio.domain.workflow import ToolCall
from tests.desktop.form_host import Host


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


def test_a_fact_of_a_reply_is_renamed_everywhere(host: Host) -> None:
    """The name changes wherever the fact stands, as one change; a name that is taken is refused beside it."""
    flow, step = next(
        (flow, step)
        for flow in host.agent.workflows
        for step in flow.steps
        if isinstance(step, ToolCall) and step.results
    )
    result, fact = step.results[0].result, step.results[0].fact
    host.show(flow.id, step.id)
    name = f"{in_words(result)}: kept as"
    host.choose(name, f"Rename “{in_words(fact)}” everywhere…")
    line = f"{in_words(result)}: name of the fact"
    host.write(line, "Reason")
    assert "Another fact is called “Reason”." in host.says() and not host.done
    host.write(line, "What it is now")
    assert len(host.done) == 1 and host.done[0].title.endswith("to “What it is now”")
    facts = Knowledge(host.agent).facts
    assert fact not in facts and "what_it_is_now" in facts


def test_a_value_that_was_not_added_waits_at_its_step(host: Host) -> None:
    """A name of a value that was typed and not added is told of, and stands there again."""
    told: list[str] = []
    host.form.kept.connect(told.append)
    host.show("return-item", "pay-refund")
    edit = "Edit this system"
    host.press(edit)
    host.write("Add a value it is given", "Half a name", None)
    host.show("return-item", "label-cost")
    assert told and "Half a name" in told[0] and not host.done
    host.show("return-item", "pay-refund")
    host.press(edit)
    assert host.find(QLineEdit, "Add a value it is given").text() == "Half a name"
