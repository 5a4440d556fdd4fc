"""Whom a drafted workflow serves: known customers who are checked, or new ones whom nobody knows yet."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio.checks.all import run_checks
from studio.cobuilder.analysis import analyze
from studio.cobuilder.answers.completing import Ground, complete
from studio.cobuilder.proposals import propose
from studio.cobuilder.workflows.identity import demands_identity
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.frozen import to_json
from studio.domain.proposal import Proposal
from studio.domain.review import Answer
from studio.domain.source import Authority, Source, SourceVersion
from studio.domain.workflow import Ask, CallBlock, Decide, ToolCall, Verify, Workflow
from studio.readers.markdown import read_markdown
from studio.services.new_agent import new_agent
from studio.simulation.runner import run
from studio.workers.inline import InlineWorkers

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DESK = new_agent("Bike desk")

BOOKING = """# Bike workshop

## Booking a repair

1. Ask for the customer's name and phone number and look the customer up in Velobase.
2. If there is no record, create a new customer record in Velobase.
3. Ask what is wrong with the bike.
4. Book the repair in the workshop calendar.
"""


def _asked(text: str) -> tuple[Proposal, Ground]:
    document = read_markdown(text, "desk.md")
    version = SourceVersion(
        number=1, digest="a" * 64, file_name="desk.md", size=len(text), added_at=NOW, document=document
    )
    source = Source(id="S-01", name="Bike workshop", authority=Authority.SOP, versions=(version,))
    found = analyze(document, ())
    made = propose(DESK, source, found, others=(), proposal_id="P-01", created_at=NOW)
    return made, Ground(draft=DESK, proposal=made, verdicts={}, answers=(), papers=[(source, found)])


def _flow(agent: Agent, name: str) -> Workflow:
    return next(flow for flow in agent.workflows if flow.name == name)


def _answered(text: str, about: str, words: str) -> tuple[Agent, str]:
    made, ground = _asked(text)
    question = next(q for q in made.questions if about in q.text)
    answer = Answer(
        id=f"P-01/{question.id}", proposal_id="P-01", question_id=question.id, text=words, by="Ana", at=NOW
    )
    done = complete(
        Ground(draft=DESK, proposal=made, verdicts={}, answers=(answer,), papers=ground.papers), answer
    )
    return apply(DESK, done.proposal.changeset), done.told


def test_details_to_look_somebody_up_are_no_identity_check_where_new_customers_are_created() -> None:
    """Who is on no record yet reaches the step that creates one: nothing before it refuses them."""
    agent = apply(DESK, _asked(BOOKING)[0].changeset)
    flow = _flow(agent, "Booking a repair")
    assert isinstance(flow.steps[0], Ask) and flow.steps[0].slots == ("name", "phone_number")
    assert not any(isinstance(step, Verify | CallBlock) for step in flow.steps)
    decision = next(step for step in flow.steps if isinstance(step, Decide))
    made = flow.step(decision.branches[0].next or "")
    assert isinstance(made, ToolCall) and made.tool == "create_new_customer_record"


def test_a_workflow_for_new_customers_is_asked_about_and_warned_of_and_breaks_nothing() -> None:
    """It is set to serve anyone; the check warns of that, the question asks, and its tests pass."""
    made, _ = _asked(BOOKING)
    agent = apply(DESK, made.changeset)
    assert _flow(agent, "Booking a repair").open_to == "anyone"
    asked = [q.text for q in made.questions if "make sure who the customer is" in q.text]
    assert asked == [
        "Does the agent have to make sure who the customer is before “Booking a repair” changes anything?"
    ]
    results = run_checks(agent)
    assert not [r.detail for r in results if r.status == "broken"]
    assert [r.status for r in results if r.check == "identity"] == ["warning"]
    seen = run(agent, agent.scenarios, seed=7, customers=1, workers=InlineWorkers())
    assert not [c.scenario for c in seen.conversations if not c.passed]


def test_naming_what_proves_identity_puts_the_check_first() -> None:
    """Answered with “yes, by …”, the workflow begins with a check of just that, and serves no stranger."""
    agent, _ = _answered(BOOKING, "make sure who", "Yes, by the customer number and the postcode")
    flow = _flow(agent, "Booking a repair")
    block = next(each for each in agent.workflows if each.reusable)
    assert isinstance(flow.steps[0], CallBlock) and flow.open_to is None
    assert [s.slots for s in block.steps if isinstance(s, Verify)] == [("customer_number", "postcode")]


@pytest.mark.parametrize("words", ["No, it is not needed", "Nobody"])
def test_no_check_needed_leaves_the_workflow_as_it_was_drafted(words: str) -> None:
    """Answered with no, nothing changes."""
    agent, told = _answered(BOOKING, "make sure who", words)
    assert agent == apply(DESK, _asked(BOOKING)[0].changeset)
    assert told == "It is kept; the workflow serves anyone, as it was drafted."


def test_finding_somebody_by_details_is_a_look_up_of_its_own() -> None:
    """“Ask for the name to find the patient in the register” asks, and then looks into the register."""
    text = """# Front desk

## New appointment

1. Ask for the patient's name and phone number to find the patient in the register.
2. If the patient is not in the register, add the patient to the register.
3. Check the free times in the calendar.
4. Book the appointment in the calendar.

## Moving an appointment

1. Ask for the name and date of birth and verify the patient's identity.
2. Find the appointment in the calendar.
3. Move the appointment in the calendar.
"""
    made, _ = _asked(text)
    agent = apply(DESK, made.changeset)
    tools = [s.tool for s in _flow(agent, "New appointment").steps if isinstance(s, ToolCall)]
    assert tools == ["find_patient", "add_patient", "check_free_times", "book_appointment"]
    moving = _flow(agent, "Moving an appointment")
    assert isinstance(moving.steps[0], CallBlock) and moving.open_to is None
    assert not [q.text for q in made.questions if q.text.startswith("Is it enough")]


@pytest.mark.parametrize(
    ("words", "demands"),
    [
        ("Verify the caller before you go on.", True),
        ("Confirm who you are talking to.", True),
        ("Ask the security question.", True),
        ("Check the customer's identity with the date of birth.", True),
        ("Look the customer up by name.", False),
        ("Check whether the customer has an account.", False),
        ("Identify the customer's model.", False),
        ("Ask for the name and the phone number.", False),
    ],
)
def test_only_words_that_mean_proof_demand_identity(words: str, demands: bool) -> None:
    """Looking somebody up proves nothing; verifying, confirming who it is and security questions do."""
    assert demands_identity(words) is demands


def test_workflows_of_before_keep_their_fingerprint() -> None:
    """Whom a workflow serves is written down only where it is anyone."""
    assert "open_to" not in to_json(Workflow(id="w", name="W"))
