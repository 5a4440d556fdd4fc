"""What a condition in words becomes in a drafted workflow, where getting it wrong would harm a customer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio.cobuilder.analysis import analyze
from studio.cobuilder.proposals import propose
from studio.domain.changeset import apply
from studio.domain.condition import Compare, Condition
from studio.domain.proposal import Proposal
from studio.domain.source import Authority, Source, SourceVersion
from studio.domain.workflow import Ask, Decide, Handoff, Say, Step, ToolCall, Workflow
from studio.readers.markdown import read_markdown
from studio.services.new_agent import new_agent

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HEAD = """# Desk

## Cancelling

1. Ask for the order number and the surname.
2. Look up the order in Vega.
"""


def _drafted(*steps: str) -> tuple[Workflow, Proposal]:
    """Return the workflow of a procedure that looks an order up and then goes on with these steps."""
    text = HEAD + "".join(f"{number}. {step}\n" for number, step in enumerate(steps, 3))
    document = read_markdown(text, "desk.md")
    version = SourceVersion(
        number=1, digest="b" * 64, file_name="desk.md", size=len(text), added_at=NOW, document=document
    )
    source = Source(id="S-01", name="Desk", authority=Authority.SOP, versions=(version,))
    made = propose(
        new_agent("Desk"), source, analyze(document, ()), others=(), proposal_id="P-01", created_at=NOW
    )
    agent = apply(new_agent("Desk"), made.changeset)
    return next(flow for flow in agent.workflows if not flow.reusable), made


def _decision(flow: Workflow) -> tuple[Condition, Step]:
    """Return the first decision's condition, and the step that it leads to."""
    step = next(step for step in flow.steps if isinstance(step, Decide))
    branch = step.branches[0]
    assert branch.when is not None
    return branch.when, flow.step(branch.next or "")


@pytest.mark.parametrize(
    ("words", "op", "value"),
    [
        ("Unless the order has shipped, cancel the order.", "=", False),
        ("Cancel the order unless it has shipped.", "=", False),
        ("If the order has not shipped, cancel the order.", "=", False),
        ("If the order is older than 30 days, cancel the order.", ">", 30),
        ("If the order is not older than 30 days, cancel the order.", "<=", 30),
        ("If the order is no more than 14 days old, cancel the order.", "<=", 14),
        ("If fewer than 3 items are left, cancel the order.", "<", 3),
        ("After 5 days, cancel the order.", ">", 5),
    ],
)
def test_a_condition_keeps_its_sense(words: str, op: str, value: object) -> None:
    """“Unless”, “not older than” and their like lead to the action in just the cases that the text means."""
    test, step = _decision(_drafted(words)[0])
    assert isinstance(test, Compare) and (test.op, test.value) == (op, value)
    assert isinstance(step, ToolCall) and step.tool == "cancel_order"


@pytest.mark.parametrize(
    "words",
    [
        "If the total is above €1.000,50, refund the order.",
        "If the fee is above £1k, refund the order.",
        "If the order is paid or shipped and not older than 3 days, refund the order.",
        "If the order is late or the parcel is lost and the customer is angry, refund the order.",
    ],
)
def test_what_may_be_read_in_two_ways_is_asked_and_not_guessed(words: str) -> None:
    """Cut figures and mixed joints bring a question; the action stays out until it is answered."""
    flow, made = _drafted(words)
    assert not any(isinstance(step, ToolCall) and "refund" in step.tool for step in flow.steps)
    assert any(question.text.startswith("How does the agent know whether") for question in made.questions)


def test_an_approval_stands_before_what_it_is_needed_for() -> None:
    """Above the limit the head decides; nothing is charged on that way."""
    flow, _ = _drafted(
        "If the fee is above £40, request approval from the head of lending.", "Charge the fee."
    )
    _, step = _decision(flow)
    assert isinstance(step, Handoff) and step.queue == "Head of lending"


@pytest.mark.parametrize(
    ("words", "queue"),
    [
        (
            "If the battery is damaged, do not book the repair and hand over to the battery desk.",
            "Battery desk",
        ),
        ("If the frame is cracked, stop and hand over to a master mechanic.", "Master mechanic"),
        ("If the customer is not the account holder, do not book the repair.", "Customer service"),
    ],
)
def test_what_must_not_be_done_in_a_case_goes_to_a_person_there(words: str, queue: str) -> None:
    """The forbidden action is not reached in that case, and nobody is left without a word."""
    flow, _ = _drafted(words, "Book the repair.")
    _, step = _decision(flow)
    assert isinstance(step, Handoff) and step.queue == queue


def test_a_step_that_is_left_out_in_a_case_does_not_let_that_case_through() -> None:
    """Whoever “skip to step 5” is meant for goes to a person, not on to the refund."""
    flow, made = _drafted("If the order is older than 30 days, skip to step 5.", "Refund the order.")
    _, step = _decision(flow)
    assert isinstance(step, Handoff)
    assert any("Skip to step 5" in question.text for question in made.questions)


def test_otherwise_without_a_case_is_asked() -> None:
    """Nothing is done “otherwise” where no case was told before."""
    flow, made = _drafted("Otherwise cancel the order.", "Close the case in Vega.")
    assert not any(isinstance(step, ToolCall) and "cancel" in step.tool for step in flow.steps)
    assert any("No case is told before it" in question.text for question in made.questions)


def test_what_is_said_is_not_done() -> None:
    """Words in quotation marks are never cut into steps of a system."""
    flow, _ = _drafted(
        "Tell the customer: “We are closed; please call again and pay the fee.”", "Cancel the order."
    )
    assert [step.tool for step in flow.steps if isinstance(step, ToolCall)][1:] == ["cancel_order"]


def test_a_failing_identity_check_leads_where_the_text_says() -> None:
    """It is the check's failure, not that of the step before it."""
    flow, _ = _drafted(
        "Reset the password.", "Verify the identity. If it fails twice, hand over to Security."
    )
    reset = next(step for step in flow.steps if isinstance(step, ToolCall) and "reset" in step.tool)
    assert flow.step(reset.on_failure or "").title != "Hand over to Security"


def test_two_ages_are_two_facts() -> None:
    """The age of the order and that of the warranty are not taken for one number."""
    flow, _ = _drafted(
        "If the order is older than 30 days, tell the customer that the order is closed.",
        "If the warranty is older than 60 days, tell the customer that the warranty is over.",
    )
    tests = [s.branches[0].when for s in flow.steps if isinstance(s, Decide)]
    assert len({test.field for test in tests if isinstance(test, Compare)}) == 2


def test_what_only_some_are_asked_is_asked_of_them_only() -> None:
    """The question inside a case stands behind its decision."""
    flow, _ = _drafted("If the bicycle is electric, ask for the battery number.", "Book the repair.")
    _, step = _decision(flow)
    assert isinstance(step, Ask) and step.slots == ("battery_number",)


def test_an_open_question_is_asked_in_its_words() -> None:
    """“Ask what is wrong with the bicycle” is that question, and no yes or no."""
    flow, _ = _drafted("Ask what is wrong with the bicycle.", "Book the repair.")
    slot = next(slot for slot in flow.slots if "wrong" in slot.prompt)
    assert (slot.prompt, slot.type) == ("What is wrong with the bicycle?", "text")


def test_a_step_cites_its_whole_sentence() -> None:
    """A change of the condition's figure reaches the step: the sentence holds both."""
    flow, _ = _drafted("If the order is older than 30 days, tell the customer that it is too late.")
    step = next(step for step in flow.steps if isinstance(step, Say))
    assert "30 days" in step.citations[0].quote
