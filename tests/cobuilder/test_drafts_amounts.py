"""Amounts in drafted workflows: what is worked out is a step with a fact, and what is told says that fact."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio.checks.all import run_checks
from studio.cobuilder.analysis import analyze
from studio.cobuilder.answers.completing import Ground, complete
from studio.cobuilder.proposals import propose
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.condition import Compare
from studio.domain.proposal import Proposal
from studio.domain.review import Answer
from studio.domain.source import Authority, Source, SourceVersion
from studio.domain.workflow import Decide, Say, ToolCall, Workflow
from studio.readers.markdown import read_markdown
from studio.services.new_agent import new_agent
from studio.simulation.runner import run
from studio.workers.inline import InlineWorkers

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DESK = new_agent("Library desk")
TEXT = """# Library desk

## Returning a late book

1. Ask for the card number.
2. Look up the loan in Shelf.
3. Work out how much the reader owes.
4. If the fee is more than £20, hand over to the head librarian.
5. Tell the reader the amount.
6. Close the loan in Shelf.

## Replacing a lost book

1. Ask for the card number.
2. Calculate the replacement price from the catalogue.
3. Explain the fee to the reader.
4. Charge the replacement price in Shelf.

## Reserving a room

1. Ask for the card number.
2. Tell the reader how much the late change costs.
3. Explain the house rules.
4. Book the room in Shelf.
"""


@pytest.fixture(scope="module")
def made() -> tuple[Proposal, Ground]:
    """The proposal from the handbook, and what an answer is worked out on."""
    document = read_markdown(TEXT, "desk.md")
    version = SourceVersion(
        number=1, digest="a" * 64, file_name="desk.md", size=len(TEXT), added_at=NOW, document=document
    )
    source = Source(id="S-01", name="Library desk", authority=Authority.SOP, versions=(version,))
    found = analyze(document, ())
    proposal = propose(DESK, source, found, others=(), proposal_id="P-01", created_at=NOW)
    return proposal, Ground(draft=DESK, proposal=proposal, verdicts={}, answers=(), papers=[(source, found)])


@pytest.fixture(scope="module")
def agent(made: tuple[Proposal, Ground]) -> Agent:
    """The agent with all of it accepted."""
    return apply(DESK, made[0].changeset)


def _flow(agent: Agent, name: str) -> Workflow:
    return next(flow for flow in agent.workflows if flow.name == name)


def _said(flow: Workflow) -> list[str]:
    return [step.text for step in flow.steps if isinstance(step, Say)]


def test_what_is_worked_out_is_a_step_that_gives_a_fact(agent: Agent) -> None:
    """The system gives the amount, the decision reads just that, and the customer hears it."""
    flow = _flow(agent, "Returning a late book")
    call = next(step for step in flow.steps if step.title.startswith("Work out"))
    assert isinstance(call, ToolCall)
    assert [binding.fact for binding in call.results] == ["amount_due"]
    decision = next(step for step in flow.steps if isinstance(step, Decide))
    assert decision.branches[0].when == Compare(field="amount_due", op=">", value=20)
    assert _said(flow) == ["The amount due is {amount_due}."]


def test_explaining_a_fee_says_the_amount_that_was_calculated(agent: Agent) -> None:
    """“Explain the fee” after the calculation says the calculated price, and is not left out."""
    assert _said(_flow(agent, "Replacing a lost book")) == ["The replacement price is {replacement_price}."]


def test_an_amount_that_nobody_worked_out_is_worked_out_first(agent: Agent) -> None:
    """“Tell how much the late change costs” has the cost worked out just before it is told."""
    flow = _flow(agent, "Reserving a room")
    tell = next(step for step in flow.steps if isinstance(step, Say))
    before = next(step for step in flow.steps if isinstance(step, ToolCall) and step.next == tell.id)
    assert [binding.fact for binding in before.results] == ["late_change_cost"]
    assert tell.text == "The late change cost is {late_change_cost}."


def test_how_it_is_worked_out_is_asked_and_other_words_still_are(made: tuple[Proposal, Ground]) -> None:
    """Each amount has one question; what the document gives no words for is asked as before."""
    texts = [question.text for question in made[0].questions]
    assert "How is the amount due of “Returning a late book” worked out?" in texts
    assert "How is the replacement price of “Replacing a lost book” worked out?" in texts
    assert "What exactly shall the agent say at “Explain the house rules”?" in texts
    assert not [text for text in texts if "the amount”" in text or "Explain the fee" in text]


def test_the_answer_to_how_is_told_to_who_connects_the_system(made: tuple[Proposal, Ground]) -> None:
    """What was answered stands in the description of the system that works it out."""
    proposal, ground = made
    question = next(q for q in proposal.questions if q.text.startswith("How is the amount due"))
    answer = Answer(
        id=f"P-01/{question.id}",
        proposal_id="P-01",
        question_id=question.id,
        text="30 pence for each day",
        by="Ana",
        at=NOW,
    )
    held = Ground(draft=DESK, proposal=proposal, verdicts={}, answers=(answer,), papers=ground.papers)
    completed = apply(DESK, complete(held, answer).proposal.changeset)
    assert completed.tool("calculate_amount_due").description.endswith("30 pence for each day")


def test_the_agent_breaks_no_check_and_passes_its_tests(agent: Agent) -> None:
    """What is said reads no fact that is missing there."""
    assert [r.detail for r in run_checks(agent) if r.status == "broken"] == []
    seen = run(agent, agent.scenarios, seed=7, customers=1, workers=InlineWorkers())
    assert {c.scenario for c in seen.conversations if not c.passed} == set()
