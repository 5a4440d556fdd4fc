"""A drafted workflow that completes itself: an answer brings the step that was left out, and its tests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio.checks.all import run_checks
from studio.cobuilder.analysis import analyze
from studio.cobuilder.answers.completing import Ground, complete
from studio.cobuilder.proposals import propose
from studio.cobuilder.workflows.answers import named_system, spoken_in
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.proposal import Proposal
from studio.domain.review import Answer
from studio.domain.source import Authority, Source, SourceVersion
from studio.domain.workflow import Decide, Say, ToolCall, Workflow
from studio.readers.markdown import read_markdown
from studio.services.new_agent import new_agent
from studio.simulation.runner import run
from studio.workers.inline import InlineWorkers

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DESK = new_agent("Pick-up desk")
TEXT = """# Pick-up desk

## Collecting a bicycle

1. Ask for the ticket number and the surname.
2. Look up the repair in Spoke. If it cannot be found, hand over to the Workshop.
3. If the repair costs more than £120, explain the storage policy.
4. Smell the chain.
5. Weigh the frame.
6. Release the bicycle in Spoke.
"""
POLICY = "We keep a repaired bicycle for 14 days, then a fee of £2 a day is due."


@pytest.fixture(scope="module")
def asked() -> tuple[Proposal, Ground]:
    """The proposal of a new agent from one procedure, and what an answer to it is worked out on."""
    document = read_markdown(TEXT, "desk.md")
    version = SourceVersion(
        number=1, digest="a" * 64, file_name="desk.md", size=len(TEXT), added_at=NOW, document=document
    )
    source = Source(id="S-01", name="Pick-up desk", authority=Authority.SOP, versions=(version,))
    found = analyze(document, ())
    made = propose(DESK, source, found, others=(), proposal_id="P-01", created_at=NOW)
    return made, Ground(draft=DESK, proposal=made, verdicts={}, answers=(), papers=[(source, found)])


def _answer(made: Proposal, about: str, words: str) -> Answer:
    question = next(q for q in made.questions if about in q.text)
    name = f"P-01/{question.id}"
    return Answer(id=name, proposal_id="P-01", question_id=question.id, text=words, by="Ana", at=NOW)


def _completed(ground: Ground, *answers: Answer) -> tuple[Agent, str]:
    for at, answer in enumerate(answers, 1):
        ground = Ground(
            draft=ground.draft,
            proposal=ground.proposal,
            verdicts=ground.verdicts,
            answers=answers[:at],
            papers=ground.papers,
        )
        made = complete(ground, answer)
        ground = Ground(
            draft=ground.draft,
            proposal=made.proposal,
            verdicts=ground.verdicts,
            answers=ground.answers,
            papers=ground.papers,
        )
    return apply(ground.draft, ground.proposal.changeset), made.told


def _flow(agent: Agent) -> Workflow:
    return next(flow for flow in agent.workflows if not flow.reusable)


def test_the_answered_words_become_the_step_that_was_left_out(asked: tuple[Proposal, Ground]) -> None:
    """The words are said where the costs are above £120, and nowhere else."""
    made, ground = asked
    agent, _ = _completed(ground, _answer(made, "storage policy", f"Say: {POLICY}"))
    flow = _flow(agent)
    decision = next(step for step in flow.steps if isinstance(step, Decide))
    step = flow.step(decision.branches[0].next or "")
    assert isinstance(step, Say) and step.text == POLICY


def test_tests_come_with_the_answered_step(asked: tuple[Proposal, Ground]) -> None:
    """There are tests on both sides of the limit, and the whole agent passes every test and check."""
    made, ground = asked
    agent, _ = _completed(ground, _answer(made, "storage policy", POLICY))
    new = {s.title for s in agent.scenarios} - {s.title for s in apply(DESK, made.changeset).scenarios}
    assert any("119.99" in title for title in new) and any("120:" in title for title in new)
    assert [r.detail for r in run_checks(agent) if r.status == "broken"] == []
    seen = run(agent, agent.scenarios, seed=3, customers=1, workers=InlineWorkers())
    assert {c.scenario for c in seen.conversations if not c.passed} == set()


def test_answers_to_two_steps_both_stand(asked: tuple[Proposal, Ground]) -> None:
    """A later answer keeps what the earlier one brought."""
    made, ground = asked
    agent, _ = _completed(
        ground,
        _answer(made, "storage policy", POLICY),
        _answer(made, "Weigh", "It is done in Shinebox"),
    )
    steps = _flow(agent).steps
    assert any(isinstance(step, Say) and step.text == POLICY for step in steps)
    assert any(isinstance(step, ToolCall) and step.tool.startswith("weigh") for step in steps)


def test_a_step_that_nobody_does_stays_out_and_that_is_said(asked: tuple[Proposal, Ground]) -> None:
    """“Nobody” changes nothing in the workflow."""
    made, ground = asked
    agent, told = _completed(ground, _answer(made, "Smell", "nobody"))
    assert _flow(agent) == _flow(apply(DESK, made.changeset))
    assert told == "It is kept; the step stays out."


def test_a_workflow_that_a_person_changed_is_left_alone(asked: tuple[Proposal, Ground]) -> None:
    """What was edited by hand after it was accepted is not drafted over."""
    made, ground = asked
    draft = apply(DESK, made.changeset)
    edited = _flow(draft).model_copy(update={"intent": "Somebody comes for a bicycle"})
    flows = tuple(edited if flow.id == edited.id else flow for flow in draft.workflows)
    verdicts = dict.fromkeys((change.id for change in made.changes), "accepted")
    answer = _answer(made, "storage policy", POLICY)
    held = Ground(
        draft=draft.model_copy(update={"workflows": flows}),
        proposal=made,
        verdicts=verdicts,  # type: ignore[arg-type]
        answers=(answer,),
        papers=ground.papers,
    )
    done = complete(held, answer)
    assert done.proposal.changes == made.changes
    assert "changed since" in done.told


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("Say: We are closed on Mondays", "We are closed on Mondays."),
        ("“Come back tomorrow, please.”", "Come back tomorrow, please."),
        ("tell the customer that we are sorry", "We are sorry."),
        ("nobody", None),
        ("yes", None),
    ],
)
def test_words_are_taken_from_an_answer_as_they_are_to_be_said(answer: str, words: str | None) -> None:
    """What only leads in is left away; a bare yes gives no words."""
    assert spoken_in(answer) == words


@pytest.mark.parametrize("answer", ["Shinebox", "in Shinebox", "It is done in the Shinebox."])
def test_a_system_is_named_by_an_answer(answer: str) -> None:
    """However it is put, the system is called the same."""
    assert named_system(answer) == "Shinebox"
