"""Kinds of policy sentences: what a person approves, what may not be said, and what is deemed to be so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.checks.all import run_checks
from studio.cobuilder.analysis import analyze
from studio.cobuilder.proposals import propose
from studio.cobuilder.rules.approvals import approval_in
from studio.cobuilder.rules.sayings import unsaid_in
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.charter import Charter, Rule, RuleKind
from studio.domain.condition import Compare
from studio.domain.frozen import digest
from studio.domain.proposal import Proposal
from studio.domain.scenario import ExpectUnsaid
from studio.domain.source import Authority, Source, SourceVersion
from studio.domain.statement import StatementKind
from studio.domain.tool import Tool
from studio.domain.workflow import Argument, Ask, Binding, Decide, End, Handoff, Slot, ToolCall, Workflow
from studio.readers.markdown import read_markdown
from studio.runtime import Program
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
KIND = StatementKind
AROUND = """# Hall desk

This page is for the desk of the concert hall.

## Deposits

A deposit is taken for every hall that is hired for longer than a day.

Hirers pay by card or in cash. Receipts are sent by e-mail.

Most hirers book online.

{sentence}

## Contact

The desk is on the ground floor. Ring the bell.
"""


def kinds_of(sentence: str) -> list[set[StatementKind]]:
    """Return how a sentence is read, alone and among others."""
    found = []
    for text in (f"# Hall desk\n\n{sentence}\n", AROUND.format(sentence=sentence)):
        statements = analyze(read_markdown(text, "hall.md"), ()).statements
        found.append({each.kind for each in statements if each.quote in sentence})
    return found


def _tools() -> tuple[Tool, ...]:
    one = {"type": "object", "properties": {"hire_id": {"type": "string"}}, "required": ["hire_id"]}
    paid = {
        "type": "object",
        "properties": {"hire_id": {"type": "string"}, "amount": {"type": "number"}},
        "required": ["hire_id", "amount"],
    }
    return (
        Tool(
            name="get_hire",
            description="Look up a hire and its deposit",
            parameters=one,
            returns={"type": "object", "properties": {"amount": {"type": "number"}}},
        ),
        Tool(name="release_deposit", description="Give a deposit back", parameters=paid, effect="write"),
    )


def hall() -> Agent:
    """Return an agent that gives deposits back, without a word on who approves that."""
    hire = (Argument(name="hire_id", fact="hire_id"),)
    flow = Workflow(
        id="deposit",
        name="Give a deposit back",
        intent="A hirer wants the deposit back",
        examples=("I want my deposit back",),
        start="ask",
        slots=(Slot(id="hire_id", label="Hire number", prompt="What is your hire number?", type="text"),),
        steps=(
            Ask(id="ask", title="Ask for the hire", slots=("hire_id",), next="look"),
            ToolCall(
                id="look",
                title="Look up the hire",
                tool="get_hire",
                arguments=hire,
                results=(Binding(result="amount", fact="amount"),),
                next="release",
                on_failure="desk",
            ),
            ToolCall(
                id="release",
                title="Release the deposit",
                tool="release_deposit",
                arguments=(*hire, Argument(name="amount", fact="amount")),
                next="done",
                on_failure="desk",
            ),
            End(id="done", title="It is on its way"),
            Handoff(id="desk", title="Hand over to the desk", queue="Front desk"),
        ),
    )
    rule = Rule(
        id="R-01",
        kind=RuleKind.ALLOW,
        title="Deposits come back",
        text="Deposits are given back after the hire.",
    )
    return Agent(
        id="A-01",
        name="Hall agent",
        charter=Charter(
            purpose="Give deposits of hired halls back to hirers.",
            audience="Hirers",
            channel="chat",
            ai_disclosure="I am an automated assistant.",
            capabilities="I can give deposits back.",
            rules=(rule,),
        ),
        workflows=(flow,),
        tools=_tools(),
    )


def proposed(text: str, agent: Agent | None = None) -> tuple[Proposal, Agent]:
    """Return what a note of this text asks of the agent, and the agent after it."""
    agent = agent or hall()
    whole = f"# Note\n\n{text}\n"
    version = SourceVersion(
        number=1,
        file_name="note.md",
        digest=digest(whole.encode()),
        size=len(whole),
        added_at=NOW,
        document=read_markdown(whole, "note.md"),
    )
    source = Source(id="note", name="Note", authority=Authority.POLICY, versions=(version,))
    made = propose(
        agent, source, analyze(version.document, agent.tools), others=(), proposal_id="P-01", created_at=NOW
    )
    return made, apply(agent, ChangeSet(title="All", changes=tuple(each.change for each in made.changes)))


def judged(agent: Agent, test: str) -> dict[str, str]:
    """Return what is wrong in a conversation of a test, by aspect."""
    program, scenario = Program.of(agent), agent.scenario(test)
    case = converse(program, world_of(program), scenario, 0, 7, connect(scenario))
    return {mark.aspect: mark.note for mark in case.marks if not mark.ok}


# What a person approves


@pytest.mark.parametrize(
    ("sentence", "who", "amount", "included"),
    [
        ("Deposits above £200 are always approved by a supervisor.", "supervisor", 200, False),
        ("Payments over £500 are signed off by a manager.", "manager", 500, False),
        ("Any credit above €75 is authorised by the finance team.", "finance team", 75, False),
        ("Refunds of more than $150 have to be approved by a team lead.", "team lead", 150, False),
        ("Vouchers worth more than £40 require sign-off from a supervisor.", "supervisor", 40, False),
        ("Any refund over $150 needs a team lead's approval.", "team lead", 150, False),
        ("Approval from a manager is needed for refunds exceeding £300.", "manager", 300, False),
        ("A manager signs off every payment of £500 or more.", "manager", 500, True),
        ("Refunds from £250 upwards go to a supervisor for approval.", "supervisor", 250, True),
        ("Waivers over £20 may only be granted by a team leader.", "team leader", 20, False),
        ("Only a supervisor may approve a refund above £200.", "supervisor", 200, False),
        ("No refund above £500 is paid without a manager's approval.", "manager", 500, False),
        (
            "Deposits above £200 are released only after a supervisor has approved them.",
            "supervisor",
            200,
            False,
        ),
        ("Expenses above €1,000 must be countersigned by the director.", "director", 1000, False),
    ],
)
def test_who_approves_and_from_which_amount_on(
    sentence: str, who: str, amount: float, included: bool
) -> None:
    """Active or passive, by duty or by habit: the person, the amount, and whether that counts, too."""
    found = approval_in(sentence)
    assert found is not None and found.above is not None
    assert (found.who, found.above.low, found.from_on) == (who, amount, included)


@pytest.mark.parametrize(
    "sentence",
    [
        "Refunds up to £200 are approved automatically.",
        "Deposits above £200 are always refunded in full.",
        "Applications approved by a supervisor are filed.",
        "Deposits above £200 may be approved by a supervisor.",
        "Deposits above £200 are not approved by a supervisor any more.",
        "Refunds above £200 no longer need the approval of a supervisor.",
        "The fee was approved by both parties.",
        "Deposits are approved by the system.",
        "A supervisor explains every deposit above £200.",
        "The desk may release deposits above £200 without the approval of a manager.",
        "Deposits above £200 are released at once, without a supervisor's approval.",
        "Deposits do not wait: above £200 they are released without the consent of a manager.",
        "A deposit above £200 never needs the approval of a supervisor.",
        "A deposit above £200 requires no supervisor's approval.",
    ],
)
def test_what_nobody_has_to_approve_is_no_approval(sentence: str) -> None:
    """What is approved by itself, may be approved, was approved once, or goes without it waits for nobody."""
    found = approval_in(sentence)
    assert found is None or not found.who


_WHO = st.sampled_from(
    ["supervisor", "manager", "team lead", "branch manager", "finance team", "head of sales"]
)
_THING = st.sampled_from(["Deposits", "Refunds", "Goodwill payments", "Discounts", "Claims", "Late fees"])
_ABOVE = st.sampled_from(["above", "over", "of more than", "exceeding", "higher than", "greater than"])
_FORM = st.sampled_from(
    ["are approved by {who}", "are always signed off by {who}", "must be authorised by {who}",
     "have to be approved in writing by {who}", "need the approval of {who}", "go to {who} for sign-off",
     "are only released after {who} has approved them", "are subject to approval by {who}"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(_THING, _ABOVE, st.integers(1, 9999), _FORM, _WHO, st.sampled_from(["a", "the"]))
def test_every_way_of_saying_it_gives_the_same_approval(
    thing: str, above: str, amount: int, form: str, who: str, article: str
) -> None:
    """Thing, amount, person and form of words are free; what is demanded is the same."""
    found = approval_in(f"{thing} {above} £{amount} {form.format(who=f'{article} {who}')}.")
    assert found is not None and found.above is not None
    assert (found.who, found.above.low, found.from_on) == (who, amount, False)
    less = approval_in(f"{thing} up to £{amount} {form.format(who=f'{article} {who}')}.")
    assert less is None or less.above is None


def test_an_approval_above_an_amount_is_kept_by_code_and_handed_over() -> None:
    """The rule names the sentence; a guard, a decision, a hand-over and tests on both sides come with it."""
    made, after = proposed("Deposits above £200 are always approved by a supervisor.")
    rule = after.charter.rules[-1]
    assert (rule.kind, rule.enforced_by) == (RuleKind.ESCALATE, "guard")
    assert rule.citations[0].quote == "Deposits above £200 are always approved by a supervisor."
    assert rule.guard is not None and rule.guard.tools == ("release_deposit",)
    assert rule.guard.forbidden_when == Compare(field="amount", op=">", value=200)
    flow = after.workflows[0]
    decide = next(step for step in flow.steps if isinstance(step, Decide))
    queue = flow.step(decide.branches[0].next or "")
    assert isinstance(queue, Handoff) and queue.queue == "Supervisor" and "hire_id" in queue.context
    assert flow.step("look").next == decide.id and decide.otherwise == "release"  # type: ignore[union-attr]
    tests = [each for each in after.scenarios if each not in hall().scenarios]
    ends = {
        expected.outcome for each in tests for expected in each.expectations if expected.kind == "outcome"
    }
    assert ends == {"handed over", "resolved"}
    broken = {result.id for result in run_checks(after) if result.status == "broken"}
    assert broken <= {result.id for result in run_checks(hall()) if result.status == "broken"}
    assert all(change.citations for change in made.changes)


def test_an_amount_that_is_included_is_handed_over_itself() -> None:
    """“£150 or more” starts at £150."""
    _, after = proposed("A manager signs off every deposit of £150 or more.")
    guard = after.charter.rules[-1].guard
    assert guard is not None and guard.forbidden_when == Compare(field="amount", op=">=", value=150)


def test_an_approval_of_what_no_system_does_is_a_rule_in_words_at_most() -> None:
    """No guard is made up for a system that is not there, nor for an amount that is not sent."""
    for sentence in (
        "Deposits above 200 hirers are approved by a supervisor.",
        "Hirers' catering above £200 is approved by a supervisor.",
    ):
        made, after = proposed(sentence)
        assert all(rule.guard is None for rule in after.charter.rules)
        assert not any(change.change.path.startswith("workflows") for change in made.changes)


@pytest.mark.parametrize(
    "sentence",
    [
        "The desk may release deposits above £200 without the approval of a manager.",
        "Deposits above £200 need the approval of a supervisor unless the hire was cancelled by us.",
    ],
)
def test_code_refuses_nothing_that_a_sentence_allows(sentence: str) -> None:
    """Neither what goes without approval, nor a case that the sentence excepts, is stopped by a guard."""
    _, after = proposed(sentence)
    assert all(rule.guard is None for rule in after.charter.rules)
    assert not any(isinstance(step, Decide) for step in after.workflows[0].steps)


# What may not be said

SAYINGS = [
    "The assistant must not promise compensation.",
    "Compensation must not be promised on the phone.",
    "Staff refrain from promising a date of repair.",
    "Please avoid speculating about the cause of a fault.",
    "We do not comment on the neighbours of the hall.",
    "It is forbidden to mention the internal price list.",
    "No assurance may be given as to the weather.",
    "Hirers must not be told which firm cleans the hall.",
    "The desk keeps silent about ongoing investigations.",
]


@pytest.mark.parametrize("sentence", SAYINGS)
def test_what_may_not_be_said_is_a_prohibition(sentence: str) -> None:
    """With “not”, “no”, “refrain”, “avoid” or “silent”: alone and among other sentences it forbids."""
    assert kinds_of(sentence) == [{KIND.PROHIBITION}, {KIND.PROHIBITION}]


@pytest.mark.parametrize("sentence", SAYINGS)
def test_what_may_not_be_said_binds_the_agent_whatever_it_is_about(sentence: str) -> None:
    """It becomes a rule that forbids, though no system of the agent has to do with it; nothing is asked."""
    made, after = proposed(sentence)
    rule = after.charter.rules[-1]
    assert (rule.kind, rule.text, rule.guard) == (RuleKind.NEVER, sentence, None)
    assert not [each for each in made.questions if each.category == "missing fact"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Caterers must not promise extra tables to their waiters.",
        "Suppliers must not disclose their prices to each other.",
        "Nobody feeds the pigeons on the roof terrace.",
        "The agent must keep the ladder out of the rain.",
    ],
)
def test_what_others_may_not_say_or_do_is_left_aside(sentence: str) -> None:
    """A third party's silence, and what is not about speaking, is none of the agent's business."""
    _, after = proposed(sentence)
    assert after.charter.rules == hall().charter.rules


@pytest.mark.parametrize(
    ("sentence", "words", "promised"),
    [
        ("The assistant must not promise compensation.", "compensation", True),
        ("Compensation must not be promised on the phone.", "compensation", True),
        ("No compensation may be promised to hirers.", "compensation", True),
        ("Staff make no promises about repair dates.", "repair dates", True),
        ("Please avoid speculating about the cause of a fault.", "cause of a fault", False),
        ("It is forbidden to mention the internal price list.", "internal price list", False),
        ("The assistant gives no legal advice.", "legal advice", False),
    ],
)
def test_one_thing_that_may_not_be_said_can_be_listened_for(
    sentence: str, words: str, promised: bool
) -> None:
    """Active, passive or as a noun: the thing, bare of articles and of whom it is said to."""
    assert unsaid_in(sentence) == ExpectUnsaid(words=words, promised=promised)


@pytest.mark.parametrize(
    "sentence",
    [
        "Do not promise compensation unless a supervisor agrees.",
        "Never promise anything that is not in this policy.",
        "Staff must not promise or guarantee a date.",
        "Prices of halls that have not been inspected must not be quoted.",
        "Only a manager may promise compensation.",
    ],
)
def test_what_may_be_said_in_some_cases_is_not_listened_for(sentence: str) -> None:
    """A test that fails where the rule is kept would be worse than none."""
    assert unsaid_in(sentence) is None


def test_what_may_not_be_said_comes_with_a_test_that_listens() -> None:
    """An upset customer, in a test that the agent meets; it fails as soon as a step makes the promise."""
    _, agent = proposed("Deposits above £200 are always approved by a supervisor.")
    made, after = proposed("The assistant must not promise compensation.", agent)
    (test,) = (each for each in after.scenarios if each not in agent.scenarios)
    rule = after.charter.rules[-1]
    assert test.expectations[-1] == ExpectUnsaid(words="compensation", promised=True, rule=rule.id)
    assert (test.behaviours, test.persona.mood, test.citations) == (("angry",), "angry", rule.citations)
    change = next(each for each in made.changes if each.change.path.endswith(test.id))
    ids = {each.id: each.change.path for each in made.changes}
    assert f"charter/rules/{rule.id}" in {ids[needed] for needed in change.depends_on}
    assert "Said" not in judged(after, test.id).get("limits", "")
    flow = after.workflows[0]
    ends = tuple(
        step.model_copy(update={"say": "You will receive compensation, I promise."})
        if step.kind == "end"
        else step
        for step in flow.steps
    )
    worse = after.model_copy(update={"workflows": (flow.model_copy(update={"steps": ends}),)})
    assert "“You will receive compensation, I promise.”, which" in judged(worse, test.id)["limits"]


# What is deemed to be so


@pytest.mark.parametrize(
    "sentence",
    [
        "A hall is deemed returned when the keys are in the box.",
        "A request is considered withdrawn if the hirer does not answer within 14 days.",
        "A booking is treated as cancelled when nobody has come by noon.",
        "Keys are regarded as lost after the third working day.",
        "A letter shall be deemed received two days after posting.",
        "Silence for ten days is treated as consent.",
    ],
)
def test_a_definition_with_an_effect_binds(sentence: str) -> None:
    """What a case is deemed to be has to be handled so; its condition stays with it."""
    assert kinds_of(sentence) == [{KIND.OBLIGATION}, {KIND.OBLIGATION}]
    (statement,) = analyze(read_markdown(f"# Hall desk\n\n{sentence}\n", "a.md"), ()).statements
    first = next((word for word in ("when", "if", "after") if f" {word} " in sentence), None)
    assert first is None or (statement.condition or "").startswith(first)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("A hall is not deemed returned until it has been inspected.", KIND.PROHIBITION),
        ("“Business hours” means Monday to Friday from 9 to 17.", KIND.DEFINITION),
    ],
)
def test_its_neighbours_stay_what_they_are(sentence: str, kind: StatementKind) -> None:
    """With “not” it forbids to treat the case so; a mere definition defines."""
    assert kinds_of(sentence) == [{kind}, {kind}]


@pytest.mark.parametrize(
    "sentence",
    ["The old hall was deemed unsafe last year.", "A friendly greeting is considered polite in this house."],
)
def test_an_opinion_or_a_memory_deems_nothing(sentence: str) -> None:
    """What was deemed once, or is thought polite, binds nobody."""
    assert KIND.OBLIGATION not in kinds_of(sentence)[0]
