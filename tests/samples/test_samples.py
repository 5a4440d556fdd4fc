"""What the sample projects promise: a live agent that holds, a new document that is taken over whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.checks.all import run_checks
from studio.cobuilder.proposals import propose
from studio.diff.agents import diff_agents
from studio.diff.summary import changes_counted
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.check import all_hold
from studio.domain.frozen import Frozen, canonical, to_json
from studio.domain.run import Conversation
from studio.domain.source import Citation, words_fingerprint
from studio.domain.workflow import Disclose, ToolCall
from studio.runtime import Program
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect

if TYPE_CHECKING:
    from tests.samples.conftest import Sample

CUSTOMERS = 5
SEED = 42


def _citations(value: object) -> Iterator[Citation]:
    if isinstance(value, Citation):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _citations(each)
    elif isinstance(value, Frozen):
        for each in vars(value).values():
            yield from _citations(each)


def _conversations(agent: Agent) -> Iterator[Conversation]:
    program = Program.of(agent)
    world = world_of(program)
    for scenario in agent.scenarios:
        for customer in range(CUSTOMERS):
            yield converse(program, world, scenario, customer, SEED, connect(scenario))


def _failed(agent: Agent) -> list[str]:
    return [
        f"{c.scenario} customer {c.customer}: " + "; ".join(m.note for m in c.marks if not m.ok)
        for c in _conversations(agent)
        if not c.passed
    ]


def test_the_live_agent_is_pinned_to_the_very_documents_beside_it(sample: Sample) -> None:
    """A sample's pins carry the fingerprints of its own documents, and not of the new one."""
    pins = {pin.id: pin.digest for pin in sample.agent.sources}
    assert pins == {source.id: source.current.digest for source, _ in sample.papers}


def test_the_live_agent_quotes_its_documents_verbatim(sample: Sample) -> None:
    """Every citation of a sample's agent stands word for word at the lines it names."""
    cited = list(_citations(sample.agent))
    assert cited
    for citation in cited:
        text = sample.sources[citation.source_id].current.document.text
        lines = text.split("\n")[citation.anchor.line_start - 1 : citation.anchor.line_end]
        assert citation.quote in "\n".join(lines)
        assert citation.fingerprint == words_fingerprint(citation.quote)


def test_the_live_agent_passes_its_own_checks_and_scenarios(sample: Sample) -> None:
    """A sample starts whole: what a user sees first is no broken agent."""
    broken = [result.detail for result in run_checks(sample.agent) if result.status == "broken"]
    assert broken == []
    assert _failed(sample.agent) == []


def test_the_whole_proposal_gives_an_agent_that_passes_everything(sample: Sample) -> None:
    """Who accepts every change gets a draft whose checks hold and whose scenarios pass for every customer."""
    assert all_hold(run_checks(sample.draft))
    assert _failed(sample.draft) == []


def test_every_change_quotes_the_new_document_verbatim(sample: Sample) -> None:
    """What a change cites stands word for word in the document, at the lines it names."""
    text = sample.new[0].current.document.text
    for change in sample.proposal.changes:
        assert change.citations, change.title
        for citation in change.citations:
            assert citation.source_id == sample.new[0].id
            lines = text.split("\n")[citation.anchor.line_start - 1 : citation.anchor.line_end]
            assert citation.quote in "\n".join(lines)
            assert citation.fingerprint == words_fingerprint(citation.quote)


def test_every_question_quotes_one_of_the_documents_verbatim(sample: Sample) -> None:
    """An open question shows the sentence that leaves it open."""
    assert sample.proposal.questions
    for question in sample.proposal.questions:
        source = sample.sources[question.citation.source_id]
        assert question.citation.quote in source.current.document.text


def test_changes_of_a_proposal_do_not_overlap(sample: Sample) -> None:
    """No change lies at or under the path of another, so decisions can be taken in any order."""
    paths = sorted(change.change.path for change in sample.proposal.changes)
    assert len(set(paths)) == len(paths)
    assert not [(a, b) for a in paths for b in paths if b.startswith(f"{a}/")]


@settings(max_examples=30)
@given(data=st.data())
def test_any_choice_closed_under_dependencies_applies_in_any_order(
    sample: Sample, data: st.DataObject
) -> None:
    """Accept and reject as you like: the draft is always an agent whose references resolve."""
    changes = {change.id: change for change in sample.proposal.changes}
    wanted = data.draw(st.sets(st.sampled_from(sorted(changes))))
    accepted = {each for one in wanted for each in (one, *sample.proposal.requirements(one))}
    order = data.draw(st.permutations(sorted(accepted)))
    changeset = ChangeSet(title="some", changes=tuple(changes[each].change for each in order))
    draft = apply(sample.agent, changeset)
    broken = [r.detail for r in run_checks(draft) if r.status == "broken"]
    assert broken == []
    assert apply(draft, changeset.inverse()) == sample.agent


def test_the_proposal_is_the_same_every_time(sample: Sample) -> None:
    """Same agent, document and papers: same proposal, to the byte."""
    again = propose(
        sample.agent,
        *sample.new,
        others=sample.papers,
        proposal_id=sample.proposal.id,
        created_at=sample.proposal.created_at,
    )
    assert canonical(again) == canonical(sample.proposal)


def test_a_document_taken_over_whole_changes_nothing_more(sample: Sample) -> None:
    """Proposing the same document to the draft that accepted it finds nothing left to change."""
    again = propose(
        sample.draft,
        *sample.new,
        others=sample.papers,
        proposal_id="P-2",
        created_at=sample.proposal.created_at,
    )
    assert [change.title for change in again.changes] == []


def _outcomes(agent: Agent, scenario_id: str) -> set[str]:
    return {c.outcome for c in _conversations(agent) if c.scenario == scenario_id}


def test_day_31_is_refused_live_and_taken_back_in_the_draft(returns: Sample) -> None:
    """The customers whom the longer window helps are treated differently, and a scenario shows it."""
    assert _outcomes(returns.agent, "T-03") == {"refused"}
    assert _outcomes(returns.draft, "T-03") == {"resolved"}


@pytest.mark.parametrize(
    "part",
    [
        "charter/rules/R-03",
        "charter/rules/R-06",
        "charter/rules/R-07",
        "charter/rules/R-14",
        "workflows/return-item/steps/look-up-order",
        "workflows/return-item/steps/tell-refund-time",
        "workflows/return-item/steps/explain-window",
        "tables/return-eligibility/rows/in-time",
        "tables/return-eligibility/rows/final-sale",
        "tables/refund-approval/rows/small",
        "tools/issue_refund/limits",
        "sources/S-03",
    ],
)
def test_the_2026_policy_reaches_every_place_it_concerns(returns: Sample, part: str) -> None:
    """Rule, step, row, limit and pin that the new policy concerns are each in the proposal."""
    assert part in {change.change.path for change in returns.proposal.changes}


def test_no_place_of_the_draft_states_the_old_window_or_limit(returns: Sample) -> None:
    """One fact, one value: neither 30 days of purchase nor £200 is left anywhere in the draft."""
    tree = to_json(returns.draft)
    spoken = str([tree["charter"]["rules"], tree["workflows"], tree["tables"], tree["tools"]])
    words = [rule.text for rule in returns.draft.charter.rules]
    words += [getattr(step, "text", "") for flow in returns.draft.workflows for step in flow.steps]
    assert not [text for text in words if "30 days" in text or "£200" in text]
    assert "'value': 30" not in spoken and "'maximum': 200" not in spoken


def test_the_older_procedure_that_disagrees_becomes_two_questions(returns: Sample) -> None:
    """The procedure that stays in force still says 30 days and £200: a person has to settle both."""
    conflicts = [q for q in returns.proposal.questions if q.category == "conflict"]
    assert [q.citation.source_id for q in conflicts] == ["S-02"] * 2
    assert ["30 days" in q.text and "45 days" in q.text for q in conflicts] == [True, False]
    assert "£200" in conflicts[1].text and "£350" in conflicts[1].text


def test_the_fee_that_is_sent_to_a_system_follows_the_guide(clinic: Sample) -> None:
    """A fixed value in a call is the same fact as the price in the rule."""
    step = clinic.draft.workflow("cancel-appointment").step("cancel-with-fee")
    assert isinstance(step, ToolCall)
    assert {argument.name: argument.value for argument in step.arguments}["fee"] == 20


def test_a_new_disclosure_gets_a_step_before_the_call(clinic: Sample) -> None:
    """The photo ID is mentioned before the appointment is booked, and the guard insists on it."""
    flow = clinic.draft.workflow("book-appointment")
    told = next(step for step in flow.steps if isinstance(step, Disclose) and step.next == "book")
    assert told.text == "You have to bring a photo ID."
    guard = clinic.draft.charter.rule(told.rule).guard
    assert guard is not None and guard.needs_disclosure == told.rule


@settings(max_examples=10)
@given(data=st.data())
def test_a_draft_that_is_unfinished_gets_a_proposal_too(sample: Sample, data: st.DataObject) -> None:
    """Steps, rows, rules or systems may be missing: proposing never fails, and what it proposes applies."""
    tree = to_json(sample.agent)
    for _ in range(data.draw(st.integers(1, 5))):
        flow = data.draw(st.sampled_from(tree["workflows"]))
        rows = data.draw(st.sampled_from(tree["tables"]))["rows"]
        parts = [
            flow["steps"],
            flow["slots"],
            rows,
            tree["tools"],
            tree["charter"]["rules"],
            tree["scenarios"],
        ]
        parts = [part for part in parts if part]
        items = data.draw(st.sampled_from(parts))
        items.pop(data.draw(st.integers(0, len(items) - 1)))
    agent = Agent.model_validate(tree)
    proposal = propose(
        agent,
        *sample.new,
        others=sample.papers,
        proposal_id="P-3",
        created_at=sample.proposal.created_at,
    )
    draft = apply(agent, proposal.changeset)
    assert apply(draft, proposal.changeset.inverse()) == agent


def test_the_draft_counts_changes_as_the_proposal_does(sample: Sample) -> None:
    """With all of a proposal accepted, the draft has as many changes as the proposal: one number for both."""
    made = diff_agents(sample.agent, sample.draft, "").changes
    assert changes_counted(made) == len(sample.proposal.changes) < len(made)
