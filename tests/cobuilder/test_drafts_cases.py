"""Cases that a document tells aside (“When things go wrong”): where they come in, which are asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio.checks.all import run_checks
from studio.cobuilder.analysis import analyze
from studio.cobuilder.answers.completing import Ground, complete
from studio.cobuilder.proposals import propose
from studio.cobuilder.workflows.cases import announces_cases
from studio.cobuilder.workflows.words import wish_of
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.proposal import Proposal
from studio.domain.review import Answer
from studio.domain.source import Authority, Source, SourceVersion
from studio.domain.workflow import Decide, Handoff, Say, Step, ToolCall, Verify, Workflow
from studio.readers.markdown import read_markdown
from studio.services.new_agent import new_agent
from studio.simulation.runner import run
from studio.workers.inline import InlineWorkers

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DESK = new_agent("Hotel desk")

TEXT = """# Hotel desk

## Late check-out

1. Ask for the room number and the surname.
2. Look up the stay in Innkeeper.
3. Charge the late fee in Innkeeper.
4. Extend the stay in Innkeeper.
5. Tell the guest that the room is theirs until 2 p.m.

### When things go wrong

- If Innkeeper is down, write the request in the log book and hand over to the duty manager.
- If the guest has an unpaid bill, hand over to Reception before the stay is extended.

## Lost key card

1. Ask for the room number.
2. Verify the guest's identity by date of birth.
3. Block the old card in Innkeeper.
4. Print a new card.

## Exceptions

- If the card is blocked already, print a second card.
- If the lift is out of service, offer help with the luggage.
- If the guest is rude, stay calm.

## If a guest complains

- Apologise for the trouble.
- Write the complaint in Innkeeper.
- Hand over to the duty manager.
"""


def _asked(text: str) -> tuple[Proposal, Ground]:
    document = read_markdown(text, "desk.md")
    version = SourceVersion(
        number=1, digest="a" * 64, file_name="desk.md", size=len(text), added_at=NOW, document=document
    )
    source = Source(id="S-01", name="Hotel desk", authority=Authority.SOP, versions=(version,))
    found = analyze(document, ())
    made = propose(DESK, source, found, others=(), proposal_id="P-01", created_at=NOW)
    return made, Ground(draft=DESK, proposal=made, verdicts={}, answers=(), papers=[(source, found)])


@pytest.fixture(scope="module")
def made() -> tuple[Proposal, Ground]:
    """The proposal from the whole handbook, and what an answer is worked out on."""
    return _asked(TEXT)


@pytest.fixture(scope="module")
def agent(made: tuple[Proposal, Ground]) -> Agent:
    """The agent with all of it accepted."""
    return apply(DESK, made[0].changeset)


def _flow(agent: Agent, name: str) -> Workflow:
    return next(flow for flow in agent.workflows if flow.name == name)


def _step(flow: Workflow, start: str) -> Step:
    return next(step for step in flow.steps if step.title.startswith(start))


@pytest.mark.parametrize("step", ["Look up the stay", "Charge the late fee", "Extend the stay"])
def test_a_system_that_fails_is_the_failing_way_of_each_step_that_uses_it(agent: Agent, step: str) -> None:
    """Where Innkeeper is down the request is written down and the duty manager takes over."""
    flow = _flow(agent, "Late check-out")
    call = _step(flow, step)
    assert isinstance(call, ToolCall)
    down = flow.step(call.on_failure or "")
    assert isinstance(down, ToolCall) and down.tool == "write_request"
    person = flow.step(down.next or "")
    assert isinstance(person, Handoff) and person.queue == "Duty manager"


def test_no_case_told_aside_is_done_one_after_the_other_at_the_end(agent: Agent) -> None:
    """After the last step the workflow ends; nobody is asked whether things go wrong."""
    flow = _flow(agent, "Late check-out")
    last = _step(flow, "Tell the guest")
    assert isinstance(last, Say) and last.next and flow.step(last.next).title == "Done"
    assert not any("go wrong" in step.title for step in flow.steps)


def test_a_case_that_keeps_a_step_from_being_done_comes_before_it(agent: Agent) -> None:
    """Who has an unpaid bill reaches Reception before the stay is extended."""
    flow = _flow(agent, "Late check-out")
    unpaid = _step(flow, "The guest has an unpaid bill")
    assert isinstance(unpaid, Decide)
    assert unpaid.otherwise == _step(flow, "Extend the stay").id
    person = flow.step(unpaid.branches[0].next or "")
    assert isinstance(person, Handoff) and person.queue == "Reception"


def test_a_case_of_a_section_of_its_own_comes_to_the_workflow_it_speaks_of(agent: Agent) -> None:
    """What stands under “Exceptions” about blocked cards is a branch of the lost key card."""
    flow = _flow(agent, "Lost key card")
    assert isinstance(_step(flow, "The card is blocked already"), Decide)
    assert "Exceptions" not in {each.name for each in agent.workflows}


def test_a_case_that_speaks_of_no_step_is_asked_and_its_answer_places_it(
    made: tuple[Proposal, Ground],
) -> None:
    """The lift is out of no workflow's steps; the answer names one, and the case comes in there."""
    proposal, ground = made
    question = next(q for q in proposal.questions if "the lift is out of service" in q.text)
    assert question.text.startswith("At which step does this case come up")
    answer = Answer(
        id=f"P-01/{question.id}",
        proposal_id="P-01",
        question_id=question.id,
        text="In Lost key card",
        by="Ana",
        at=NOW,
    )
    held = Ground(draft=DESK, proposal=proposal, verdicts={}, answers=(answer,), papers=ground.papers)
    flow = _flow(apply(DESK, complete(held, answer).proposal.changeset), "Lost key card")
    decision = _step(flow, "The lift is out of service")
    assert isinstance(decision, Decide)
    assert isinstance(flow.step(decision.branches[0].next or ""), Say)


def test_manners_in_a_case_are_no_question_of_a_step(made: tuple[Proposal, Ground]) -> None:
    """Staying calm with a rude guest has no place in a procedure, and nobody is asked for one."""
    assert not any("rude" in question.text for question in made[0].questions)


def test_a_section_about_what_customers_do_is_a_workflow_of_its_own(agent: Agent) -> None:
    """“If a guest complains” begins when somebody complains, not after another procedure."""
    flow = _flow(agent, "If a guest complains")
    assert flow.examples == ("I complain",)
    assert isinstance(_step(flow, "Write the complaint"), ToolCall)


def test_a_check_that_the_text_demands_is_what_identity_is_proved_by(agent: Agent) -> None:
    """The date of birth is compared, as the lost key card demands, not what another procedure asks first."""
    block = next(flow for flow in agent.workflows if flow.reusable)
    assert [step.slots for step in block.steps if isinstance(step, Verify)] == [("date_of_birth",)]


def test_the_agent_with_its_cases_breaks_no_check_and_passes_its_tests(agent: Agent) -> None:
    """Systems that several cases share demand only what each of them gives."""
    assert [r.detail for r in run_checks(agent) if r.status == "broken"] == []
    seen = run(agent, agent.scenarios, seed=7, customers=1, workers=InlineWorkers())
    assert {c.scenario for c in seen.conversations if not c.passed} == set()


@pytest.mark.parametrize(
    ("title", "announces"),
    [
        ("When things go wrong", True),
        ("3. Exceptions", True),
        ("Common problems and what to do", True),
        ("What to do if something fails", True),
        ("Special cases:", True),
        ("If a customer complains", False),
        ("Reporting a problem", False),
        ("Failure to pay", False),
        ("Booking a repair", False),
    ],
)
def test_only_headings_that_announce_cases_are_read_so(title: str, announces: bool) -> None:
    """A procedure about problems that customers report stays a procedure."""
    assert announces_cases(title) is announces


@pytest.mark.parametrize(
    ("title", "wish"),
    [
        ("If a customer complains", "I complain"),
        ("When the guest loses their key", "I lose my key"),
        ("Late check-out", ""),
    ],
)
def test_a_case_of_the_customer_is_said_in_the_first_person(title: str, wish: str) -> None:
    """What starts such a workflow is what the customer says of it."""
    assert wish_of(title) == wish
