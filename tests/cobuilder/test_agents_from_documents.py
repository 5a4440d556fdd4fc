"""What an agent that does nothing yet becomes, from the documents of its desk alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio.checks.all import run_checks
from studio.cobuilder.analysis import analyze
from studio.cobuilder.proposals import propose
from studio.cobuilder.words.spoken import asked, said
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.condition import All, Compare
from studio.domain.proposal import Proposal
from studio.domain.source import Authority, Source, SourceVersion
from studio.domain.workflow import CallBlock, Decide, End, Handoff, Say, ToolCall, Verify, Workflow
from studio.readers.markdown import read_markdown
from studio.services.new_agent import new_agent
from studio.simulation.runner import run
from studio.workers.inline import InlineWorkers

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

LOANS = """# Lending desk: late instruments

## Extending a loan

1. Ask for the loan number and the surname.
2. Look up the loan in Crescendo. If it cannot be found, hand over to the Front Desk.
3. If the instrument was due more than 21 days ago, explain that the loan can no longer be extended and
   close the case.
4. Ask whether the borrower would like a month or a term.
5. If a term is wanted, charge the extension fee.
6. If the fee is above £40, request approval from the head of lending.
7. Extend the loan in Crescendo.
8. Tell the borrower that the new date is sent by e-mail.

The agent must not lend out an instrument that is in repair.
"""


def _paper(text: str, name: str = "Lending desk") -> Source:
    document = read_markdown(text, "desk.md")
    version = SourceVersion(
        number=1, digest="a" * 64, file_name="desk.md", size=len(text), added_at=NOW, document=document
    )
    return Source(id="S-01", name=name, authority=Authority.SOP, versions=(version,))


def _asked_of(text: str, agent: Agent | None = None) -> Proposal:
    source, base = _paper(text), agent or new_agent("Lending desk")
    found = analyze(source.current.document, base.tools)
    return propose(base, source, found, others=(), proposal_id="P-01", created_at=NOW)


def _drafted(text: str) -> Agent:
    return apply(new_agent("Lending desk"), _asked_of(text).changeset)


def _flow(agent: Agent) -> Workflow:
    return next(flow for flow in agent.workflows if not flow.reusable)


def test_a_procedure_becomes_a_workflow_of_an_agent_that_does_nothing_yet() -> None:
    """Steps come in the order of the text: ask and verify, look up, decide, ask, charge, approve, extend."""
    flow = _flow(_drafted(LOANS))
    kinds = [type(step) for step in flow.steps if not isinstance(step, End)]
    assert flow.name == "Extending a loan"
    assert kinds[:2] == [CallBlock, ToolCall]
    assert [s.tool for s in flow.steps if isinstance(s, ToolCall)] == [
        "look_up_loan",
        "charge_extension_fee",
        "extend_loan",
    ]


def test_a_threshold_in_words_becomes_a_typed_condition() -> None:
    """“Due more than 21 days ago” is a number that the looked-up loan tells, above 21."""
    agent = _drafted(LOANS)
    decision = next(step for step in _flow(agent).steps if isinstance(step, Decide))
    test = decision.branches[0].when
    assert isinstance(test, Compare) and (test.op, test.value) == (">", 21)
    assert test.field in agent.tool("look_up_loan").result_names


def test_what_cannot_be_found_leads_to_the_desk_that_the_text_names() -> None:
    """The failing look-up goes to the Front Desk; other failures go to a person, too."""
    flow = _flow(_drafted(LOANS))
    look_up = next(step for step in flow.steps if isinstance(step, ToolCall))
    desk = flow.step(look_up.on_failure or "")
    assert isinstance(desk, Handoff) and desk.queue == "Front Desk"
    assert all(s.on_failure for s in flow.steps if isinstance(s, ToolCall | CallBlock))


def test_a_wish_is_asked_of_the_customer_as_a_choice() -> None:
    """“Whether the borrower would like a month or a term” is asked with both answers, and then decided on."""
    flow = _flow(_drafted(LOANS))
    slot = next(slot for slot in flow.slots if slot.type == "choice")
    assert slot.choices == ("month", "term")
    assert slot.prompt == "Would you like a month or a term?"
    assert any(
        isinstance(s, Decide) and s.branches[0].when == Compare(field=slot.id, op="=", value="term")
        for s in flow.steps
    )


def test_nothing_is_changed_before_it_is_known_who_asks() -> None:
    """What is asked first becomes the identity check, with a question whether that is enough."""
    made = _asked_of(LOANS)
    agent = apply(new_agent("Lending desk"), made.changeset)
    block = next(flow for flow in agent.workflows if flow.reusable)
    assert [s.slots for s in block.steps if isinstance(s, Verify)] == [("loan_number", "surname")]
    assert any(question.text.startswith("Is it enough to compare loan number") for question in made.questions)


def test_every_system_that_the_text_needs_is_described() -> None:
    """Each new system says what it does in the document's words; those that change something are marked."""
    agent = _drafted(LOANS)
    effects = {tool.name: tool.effect for tool in agent.tools}
    assert effects["look_up_loan"] == "read" and effects["extend_loan"] == "write"
    assert "Crescendo" in agent.tool("extend_loan").description


def test_the_drafted_agent_breaks_no_check_and_passes_its_drafted_tests() -> None:
    """All that is proposed is accepted: nothing is broken, and each test passes every time."""
    agent = _drafted(LOANS)
    assert [r.detail for r in run_checks(agent) if r.status == "broken"] == []
    seen = run(agent, agent.scenarios, seed=7, customers=2, workers=InlineWorkers())
    assert len(agent.scenarios) >= 15
    assert {c.scenario for c in seen.conversations if not c.passed} == set()


def test_boundary_values_of_a_drafted_threshold_are_tested() -> None:
    """Around the limit of 21 days there are tests for 20, 21 and 22."""
    titles = " ".join(s.title for s in _drafted(LOANS).scenarios)
    facts = {v for s in _drafted(LOANS).scenarios for r in s.systems for v in r.reply.values()}
    assert {20, 21, 22} <= facts, titles


def test_a_prohibition_beside_the_procedure_is_a_rule_and_steps_are_none() -> None:
    """What the procedure does is in the workflow; the sentence under it is a rule of its own."""
    agent = _drafted(LOANS)
    assert [rule.text for rule in agent.charter.rules if rule.kind == "never"] == [
        "The agent must not lend out an instrument that is in repair."
    ]
    assert not any("Look up" in rule.text for rule in agent.charter.rules)


def test_a_second_document_builds_on_what_the_first_one_made() -> None:
    """Its workflow uses the identity check that stands, and makes no second one."""
    first = _drafted(LOANS)
    text = """# Lending desk: returns

## Returning an instrument

1. Ask for the loan number.
2. Look up the loan in Crescendo. If it cannot be found, hand over to the Front Desk.
3. If the instrument is damaged, hand over to the Workshop.
4. Close the loan in Crescendo.
"""
    source = _paper(text, "Returns").model_copy(update={"id": "S-02"})
    found = analyze(source.current.document, first.tools)
    made = propose(first, source, found, others=(), proposal_id="P-02", created_at=NOW)
    agent = apply(first, made.changeset)
    assert [flow.name for flow in agent.workflows if flow.reusable] == ["Verify identity"]
    flow = next(flow for flow in agent.workflows if flow.name == "Returning an instrument")
    assert isinstance(flow.steps[0], CallBlock)


def test_a_section_about_identity_becomes_the_reusable_check() -> None:
    """The check asks what the section names, as often as it says, and its failure stops the workflow."""
    text = """# Policy

## Who we are talking to

Before any loan is discussed, the agent must confirm the member number and the date of birth. If the caller
fails the check three times, transfer the case to the Front Desk.

## Ending a membership

1. Ask why the member wants to leave.
2. Cancel the membership in Crescendo.
3. Tell the member that the deposit is paid back within 10 days.
"""
    agent = _drafted(text)
    block = next(flow for flow in agent.workflows if flow.reusable)
    check = next(step for step in block.steps if isinstance(step, Verify))
    assert check.slots == ("member_number", "date_of_birth") and check.tries == 3
    assert isinstance(_flow(agent).steps[0], CallBlock)


def test_otherwise_is_the_other_branch_of_the_decision() -> None:
    """Who is not in the one case takes the other, and both go on together."""
    text = """# Desk

## Sending a bow

1. Ask for the loan number.
2. Look up the loan in Crescendo.
3. If the address is abroad, tell the borrower that sending takes 10 days. Otherwise tell the borrower
   that sending takes 2 days.
4. Send the bow from the store.
"""
    flow = _flow(_drafted(text))
    decision = next(step for step in flow.steps if isinstance(step, Decide))
    abroad, near = flow.step(decision.branches[0].next or ""), flow.step(decision.otherwise or "")
    assert isinstance(abroad, Say) and "10 days" in abroad.text
    assert isinstance(near, Say) and "2 days" in near.text
    assert abroad.next == near.next


def test_two_conditions_in_one_sentence_must_both_hold() -> None:
    """“If the case is cracked and the loan is insured” reads two facts."""
    text = """# Desk

## Repairs

1. Ask for the loan number.
2. Look up the loan in Crescendo.
3. If the case is cracked and the loan is insured, order a new case.
4. Record the damage in Crescendo.
"""
    decision = next(step for step in _flow(_drafted(text)).steps if isinstance(step, Decide))
    test = decision.branches[0].when
    assert isinstance(test, All) and len(test.of) == 2


def test_what_hands_must_do_is_asked_and_not_given_to_a_system() -> None:
    """“Sort the cases by size” is no system's work: the step is left out with a question."""
    text = """# Desk

## Collecting

1. Ask for the loan number.
2. Look up the loan in Crescendo.
3. Smell the varnish of the case.
4. Close the loan in Crescendo.
"""
    made = _asked_of(text)
    assert any("Smell the varnish" in question.text for question in made.questions)
    assert "varnish" not in " ".join(tool.name for tool in apply(new_agent("d"), made.changeset).tools)


def test_an_agent_that_works_gets_no_workflow_from_a_document_about_something_else() -> None:
    """A hotel's procedure for lost luggage is not a lending desk's matter."""
    agent = _drafted(LOANS)
    text = """# Hotel handbook

## Lost luggage

1. Describe the suitcase in the night book.
2. Ring the airport.
3. Offer the guest a toothbrush.
"""
    source = _paper(text, "Hotel").model_copy(update={"id": "S-02"})
    found = analyze(source.current.document, agent.tools)
    made = propose(agent, source, found, others=(), proposal_id="P-02", created_at=NOW)
    assert made.changes == ()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("Tell the customer that their order has left", "Your order has left."),
        ("explain that the report is too late", "The report is too late."),
        ("Apologise for the delay", "I am sorry about the delay."),
        ("Ask the customer to send a photo of the damage", "Please send a photo of the damage."),
        ("Inform the caller that the guest needs a key", "You need a key."),
        ("Say: “We are closed on Sundays.”", "We are closed on Sundays."),
        ("Tell the borrower that the borrower has 3 days", "You have 3 days."),
        ("tell the workshop that a parcel comes", None),
        ("explain the refund policy", None),
    ],
)
def test_words_are_said_to_the_customer_not_about_them(told: str, words: str | None) -> None:
    """What the document says to tell is turned to the customer; without words nothing is made up."""
    assert said(told) == words


@pytest.mark.parametrize(
    ("clause", "question"),
    [
        ("the item is damaged", "Is the item damaged?"),
        ("the customer has a receipt", "Do you have a receipt?"),
        ("the parcel has been opened", "Has the parcel been opened?"),
        ("the customer wants a refund", "Do you want a refund?"),
    ],
)
def test_a_condition_is_asked_as_a_question(clause: str, question: str) -> None:
    """What only the customer can know is asked of them in plain words."""
    assert asked(clause) == question
