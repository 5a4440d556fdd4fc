"""What a proposal makes of a document, on a small agent and statements made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from studio.checks.all import run_checks
from studio.cobuilder.proposals import propose
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.charter import Charter, Guard, Rule, RuleKind
from studio.domain.condition import Compare
from studio.domain.finding import Analysis, StepFinding, WorkflowFinding
from studio.domain.frozen import digest
from studio.domain.proposal import Proposal
from studio.domain.scenario import ExpectCall, ExpectOutcome, Fact, Scenario, SystemReply
from studio.domain.source import (
    Anchor,
    Authority,
    Citation,
    Source,
    SourcePin,
    SourceVersion,
    words_fingerprint,
)
from studio.domain.statement import Question, Statement, StatementKind
from studio.domain.tool import Tool
from studio.domain.workflow import (
    Argument,
    Ask,
    Binding,
    Branch,
    Cell,
    Decide,
    DecisionTable,
    End,
    Handoff,
    Row,
    Say,
    Slot,
    TableInput,
    ToolCall,
    Workflow,
)
from studio.readers.markdown import read_markdown

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
OLD = "A hired bike can be exchanged within 10 days of purchase."
DAMAGE = "Bikes with a bent frame are not exchanged."
KIND = StatementKind

Paper = tuple[Source, Analysis]


def _source(
    source_id: str, *texts: str, authority: Authority = Authority.POLICY, since: date | None = None
) -> Source:
    versions = tuple(
        SourceVersion(
            number=number,
            file_name=f"{source_id}.md",
            digest=digest(text.encode()),
            size=len(text.encode()),
            added_at=NOW,
            document=read_markdown(text, f"{source_id}.md"),
        )
        for number, text in enumerate(texts, 1)
    )
    name = source_id.replace("-", " ").capitalize()
    return Source(id=source_id, name=name, authority=authority, effective_from=since, versions=versions)


def _read(source: Source, *found: tuple[StatementKind, str], asks: Sequence[str] = ()) -> Paper:
    text = source.current.document.text
    statements = []
    for number, (kind, quote) in enumerate(found, 1):
        start = text.index(quote)
        block = next(b for b in source.current.document.blocks if b.start <= start < b.end)
        statements.append(
            Statement(
                id=f"S-{number:03}",
                kind=kind,
                text=quote,
                quote=quote,
                start=start,
                end=start + len(quote),
                block_id=block.id,
                anchor=block.anchor,
                fingerprint=words_fingerprint(quote),
                block_fingerprint=block.fingerprint,
                confidence=0.8,
            )
        )
    questions = tuple(
        Question(
            id=f"Q-{number:02}",
            text=f"What does “{quote}” mean?",
            quote=quote,
            start=text.index(quote),
            end=text.index(quote) + len(quote),
            anchor=Anchor(line_start=1, line_end=1),
            reason="It is not said.",
            category="vague",
        )
        for number, quote in enumerate(asks, 1)
    )
    return source, Analysis(statements=tuple(statements), workflows=(), questions=questions)


def _cites(quote: str) -> tuple[Citation, ...]:
    return (
        Citation(
            source_id="hire-rules",
            source_name="Hire rules",
            version=1,
            anchor=Anchor(line_start=1, line_end=1),
            quote=quote,
            fingerprint=words_fingerprint(quote),
        ),
    )


def _tools(*, delivery: bool) -> tuple[Tool, ...]:
    results = {"days_since_purchase": {"type": "integer"}, "electric": {"type": "boolean"}}
    if delivery:
        results["days_since_delivery"] = {"type": "integer"}
    one = {"type": "object", "properties": {"hire_id": {"type": "string"}}, "required": ["hire_id"]}
    return (
        Tool(name="get_hire", parameters=one, returns={"type": "object", "properties": results}),
        Tool(name="exchange_bike", description="Exchange a bike", parameters=one, effect="write"),
    )


def _flow() -> Workflow:
    hire = (Argument(name="hire_id", fact="hire_id"),)
    return Workflow(
        id="exchange",
        name="Exchange a bike",
        examples=("I want to exchange my bike",),
        slots=(
            Slot(
                id="hire_id", label="Hire number", type="code", prompt="Your hire number?", pattern=r"H\d{3}"
            ),
        ),
        start="ask",
        steps=(
            Ask(id="ask", title="Ask for the hire", slots=("hire_id",), next="look", on_failure="desk"),
            ToolCall(
                id="look",
                title="Look up the hire",
                tool="get_hire",
                arguments=hire,
                results=(Binding(result="days_since_purchase", fact="days_since_purchase"),),
                next="fits",
                on_failure="desk",
            ),
            Decide(
                id="fits",
                title="Can it be exchanged?",
                table="exchange",
                branches=(Branch(id="yes", next="swap"), Branch(id="late", next="explain")),
                otherwise="desk",
            ),
            ToolCall(
                id="swap",
                title="Exchange it",
                tool="exchange_bike",
                arguments=hire,
                next="done",
                on_failure="desk",
            ),
            End(id="done", title="Exchanged"),
            Say(
                id="explain",
                title="Explain",
                text="The 10-day period is over.",
                next="no",
                citations=_cites(OLD),
            ),
            End(id="no", title="Not exchanged", outcome="refused"),
            Handoff(id="desk", title="Hand over", queue="Desk"),
        ),
    )


def _table() -> DecisionTable:
    days = "days_since_purchase"
    return DecisionTable(
        id="exchange",
        name="Can it be exchanged?",
        inputs=(TableInput(id=days, label="Days since purchase", type="number"),),
        rows=(
            Row(id="in-time", cells=(Cell(id=days, op="<=", value=10),), then="yes", citations=_cites(OLD)),
            Row(id="late", cells=(Cell(id=days, op=">", value=10),), then="late", citations=_cites(OLD)),
        ),
        hit_policy="unique",
    )


def _scenario(scenario_id: str, days: int, outcome: str) -> Scenario:
    reply = {"days_since_purchase": days, "days_since_delivery": max(0, days - 2), "electric": False}
    return Scenario(
        id=scenario_id,
        title=f"Bike bought {days} days ago",
        workflow="exchange",
        opening="I want to exchange my bike",
        facts=(Fact(id="hire_id", value="H204"),),
        systems=(SystemReply(id="get_hire", reply=reply), SystemReply(id="exchange_bike")),
        expectations=(
            ExpectOutcome(outcome=outcome),
            ExpectCall(tool="exchange_bike", never=outcome == "refused"),
        ),
        citations=_cites(OLD),
    )


def _agent(*, delivery: bool = True) -> Agent:
    guard = Guard(
        tools=("exchange_bike",), forbidden_when=Compare(field="days_since_purchase", op=">", value=10)
    )
    rules = (
        Rule(
            id="R-01",
            kind=RuleKind.ALLOW,
            title="Exchange within 10 days",
            text=OLD,
            enforced_by="guard",
            guard=guard,
            citations=_cites(OLD),
        ),
        Rule(id="R-02", kind=RuleKind.NEVER, title="Bent frames", text=DAMAGE, citations=_cites(DAMAGE)),
    )
    charter = Charter(
        purpose="Exchange hired bikes.",
        audience="Customers",
        channel="Chat",
        ai_disclosure="I am an automated assistant.",
        capabilities="I exchange bikes.",
        rules=rules,
    )
    return Agent(
        id="bikes",
        name="Bikes",
        charter=charter,
        workflows=(_flow(),),
        tables=(_table(),),
        tools=_tools(delivery=delivery),
        scenarios=(
            _scenario("T-01", 3, "resolved"),
            _scenario("T-02", 10, "resolved"),
            _scenario("T-03", 12, "refused"),
        ),
        sources=(SourcePin(id="hire-rules", name="Hire rules", version=1, digest="0" * 64),),
    )


def _propose(agent: Agent, paper: Paper, *others: Paper, previous: Paper | None = None) -> Proposal:
    return propose(agent, *paper, others=others, proposal_id="P-1", created_at=NOW, previous=previous)


def _broken(agent: Agent) -> set[str]:
    return {result.detail for result in run_checks(agent) if result.status == "broken"}


def _whole(agent: Agent, proposal: Proposal) -> Agent:
    draft = apply(agent, proposal.changeset)
    assert _broken(draft) <= _broken(agent)
    return draft


OLD_PAPER = _read(
    _source("hire-rules", f"# Hire rules\n\n{OLD} {DAMAGE}\n"),
    (KIND.PERMISSION, OLD),
    (KIND.PROHIBITION, DAMAGE),
)
NEW = "A hired bike can be exchanged within 20 days of delivery."


def _longer(*more: tuple[StatementKind, str], asks: Sequence[str] = ()) -> Paper:
    text = " ".join((NEW, DAMAGE, *(quote for _, quote in more)))
    source = _source("hire-rules-2", f"# Hire rules\n\n{text}\n")
    return _read(source, (KIND.PERMISSION, NEW), (KIND.PROHIBITION, DAMAGE), *more, asks=asks)


def test_a_value_is_changed_in_rule_guard_table_text_and_scenario() -> None:
    """One fact, one value: no place of the draft keeps the old number."""
    agent = _agent()
    draft = _whole(agent, _propose(agent, _longer(), previous=OLD_PAPER))
    rule = draft.charter.rule("R-01")
    assert (rule.title, rule.text) == ("Exchange within 20 days", NEW)
    assert rule.citations[0].quote == NEW
    assert rule.guard is not None and isinstance(rule.guard.forbidden_when, Compare)
    assert rule.guard.forbidden_when.value == 20
    assert [cell.value for row in draft.table("exchange").rows for cell in row.cells] == [20, 20]
    explain = draft.workflow("exchange").step("explain")
    assert isinstance(explain, Say) and explain.text == "The 20-day period is over."


def test_a_fact_named_after_the_old_event_is_renamed_everywhere() -> None:
    """Days since purchase become days since delivery in step, guard, column and cells alike."""
    agent = _agent()
    draft = _whole(agent, _propose(agent, _longer(), previous=OLD_PAPER))
    look = draft.workflow("exchange").step("look")
    assert isinstance(look, ToolCall)
    assert look.results == (Binding(result="days_since_delivery", fact="days_since_delivery"),)
    table = draft.table("exchange")
    assert [(column.id, column.label) for column in table.inputs] == [
        ("days_since_delivery", "Days since delivery")
    ]
    assert {cell.id for row in table.rows for cell in row.cells} == {"days_since_delivery"}
    guard = draft.charter.rule("R-01").guard
    assert guard is not None and isinstance(guard.forbidden_when, Compare)
    assert guard.forbidden_when.field == "days_since_delivery"


def test_without_a_system_that_knows_the_new_event_a_question_is_left() -> None:
    """The agent is not made to count from a day that nobody tells it."""
    agent = _agent(delivery=False)
    proposal = _propose(agent, _longer(), previous=OLD_PAPER)
    assert [q.category for q in proposal.questions] == ["missing fact"]
    assert "delivery" in proposal.questions[0].text
    assert not [c for c in proposal.changes if c.change.path.endswith("steps/look")]


def test_scenarios_move_turn_and_are_added_around_the_new_limit() -> None:
    """The limit itself and the day beyond are tested; what was too late and no longer is expects a yes."""
    agent = _agent()
    draft = _whole(agent, _propose(agent, _longer(), previous=OLD_PAPER))
    titles = {scenario.id: scenario.title for scenario in draft.scenarios}
    assert titles["T-02"] == "Bike bought 20 days ago"
    assert titles["T-03"] == "Bike bought 12 days: now “yes”"
    assert draft.scenario("T-03").expectations[0] == ExpectOutcome(outcome="resolved")
    assert titles["T-04"] == "Bike bought 21 days ago"
    assert draft.scenario("T-04").systems[0].reply["days_since_delivery"] == 21
    assert draft.scenario("T-04").expectations[0] == ExpectOutcome(outcome="refused")


def test_what_is_shut_out_gets_guard_column_row_way_out_and_words() -> None:
    """In a table where one row may fit only, the other rows give way to the new one."""
    agent = _agent()
    electric = "Electric bikes cannot be exchanged."
    draft = _whole(agent, _propose(agent, _longer((KIND.PROHIBITION, electric)), previous=OLD_PAPER))
    rule = draft.charter.rule("R-03")
    assert rule.guard == Guard(
        tools=("exchange_bike",), forbidden_when=Compare(field="electric", op="=", value=True)
    )
    look = draft.workflow("exchange").step("look")
    assert isinstance(look, ToolCall) and Binding(result="electric", fact="electric") in look.results
    rows = {row.then: row.cell("electric").words for row in draft.table("exchange").rows}
    assert rows == {"electric": "yes", "yes": "not yes", "late": "not yes"}
    assert [s.title for s in draft.scenarios if "Electric" in s.title] == [
        "Electric bikes cannot be exchanged"
    ]


def test_a_prohibition_on_a_fact_that_no_system_tells_stays_text_and_asks() -> None:
    """A rule that cannot be enforced says so."""
    agent = _agent()
    found = _longer((KIND.PROHIBITION, "Cargo bikes cannot be exchanged."))
    proposal = _propose(agent, found, previous=OLD_PAPER)
    assert _whole(agent, proposal).charter.rule("R-03").enforced_by == "text only"
    assert ["Cargo bikes" in question.text for question in proposal.questions] == [True]


def test_a_sentence_that_is_left_open_is_no_rule_yet() -> None:
    """What the document does not define is asked, not guessed."""
    agent = _agent()
    vague = "Regular customers may exchange a bike somewhat later."
    proposal = _propose(agent, _longer((KIND.PERMISSION, vague), asks=[vague]), previous=OLD_PAPER)
    assert [rule.id for rule in _whole(agent, proposal).charter.rules] == ["R-01", "R-02"]
    assert [question.id for question in proposal.questions] == ["Q-01"]
    assert any("Held back" in line for line in proposal.unaffected)


def test_a_weaker_document_overrules_nothing() -> None:
    """A note that disagrees with the policy in force becomes a question, not a change."""
    agent = _agent()
    note = _read(_source("note", f"# Note\n\n{NEW}\n", authority=Authority.NOTE), (KIND.PERMISSION, NEW))
    proposal = _propose(agent, note, OLD_PAPER)
    assert proposal.changes == ()
    assert [question.category for question in proposal.questions] == ["conflict"]
    assert "a policy weighs more than a note" in proposal.questions[0].text


def test_a_document_beside_the_policy_does_not_turn_a_rule_into_its_opposite() -> None:
    """“Not exchanged” stays, though a document that does not replace it says otherwise."""
    agent = _agent()
    other = "Bikes with a bent frame are exchanged."
    paper = _read(_source("leaflet", f"# Leaflet\n\n{other}\n"), (KIND.PERMISSION, other))
    proposal = _propose(agent, paper, OLD_PAPER)
    assert not [c for c in proposal.changes if "R-02" in c.change.path]
    assert [question.category for question in proposal.questions] == ["conflict"]


def test_a_new_version_of_a_source_moves_its_pin_and_asks_about_what_it_drops() -> None:
    """The pin names the new version; a rule that the new version no longer states is not dropped silently."""
    agent = _agent()
    source = _source("hire-rules", f"# Hire rules\n\n{OLD} {DAMAGE}\n", f"# Hire rules\n\n{NEW}\n")
    proposal = _propose(agent, _read(source, (KIND.PERMISSION, NEW)))
    pins = _whole(agent, proposal).sources
    assert [(pin.id, pin.version, pin.digest) for pin in pins] == [("hire-rules", 2, source.current.digest)]
    assert [q.category for q in proposal.questions] == ["dropped"]
    assert "R-02" in proposal.questions[0].text


def test_a_document_that_says_nothing_new_changes_nothing() -> None:
    """The title says that the agent does all it asks."""
    proposal = _propose(_agent(), OLD_PAPER)
    assert proposal.changes == ()
    assert proposal.title == "Hire rules: nothing new, the agent does all it asks"
    assert any("R-01" in line for line in proposal.unaffected)


def test_a_document_about_something_else_is_not_said_to_be_in_the_agent() -> None:
    """A document that names nothing of the agent changes nothing; the title does not claim more."""
    other = "Catering trays are delivered before noon."
    paper = _read(_source("catering", f"# Catering\n\n{other}\n"), (KIND.OBLIGATION, other))
    proposal = _propose(_agent(), paper)
    assert proposal.changes == ()
    assert proposal.title == "Catering: hardly about what this agent does, nothing to change"


@pytest.mark.parametrize("text", ["", "# Menu\n\nToday there is soup.\n", "![](x.png)\n"])
def test_a_document_without_instructions_says_so(text: str) -> None:
    """No SOP, no change, and no error either."""
    proposal = _propose(_agent(), _read(_source("menu", text)))
    assert proposal.changes == ()
    assert proposal.title == "Menu: no instructions found, nothing to change"


def test_changes_name_what_they_cannot_stand_without() -> None:
    """Rejecting the rule takes rows, texts and scenarios of its matter with it."""
    agent = _agent()
    proposal = _propose(agent, _longer(), previous=OLD_PAPER)
    rule = next(c for c in proposal.changes if c.change.path == "charter/rules/R-01")
    gone = {proposal.change(each).change.path for each in proposal.dependents(rule.id)}
    assert {"tables/exchange/rows/in-time", "workflows/exchange/steps/explain", "scenarios/T-03"} <= gone


def _procedure(text: str, *steps: tuple[str, str | None]) -> WorkflowFinding:
    found = tuple(
        StepFinding(
            kind="tool" if tool else "say",
            text=quote,
            quote=quote,
            start=text.index(quote),
            end=text.index(quote) + len(quote),
            anchor=Anchor(line_start=1, line_end=1),
            tool=tool,
        )
        for quote, tool in steps
    )
    return WorkflowFinding(name="Reporting a puncture", steps=found)


def test_a_procedure_with_a_system_of_its_own_becomes_a_workflow_with_a_scenario() -> None:
    """What the system needs is asked first, every failure hands over, and a scenario walks it."""
    agent = _agent()
    needs = {"hire_id": {"type": "string"}, "wheel": {"type": "string", "enum": ["front", "back"]}}
    schema = {"type": "object", "properties": needs, "required": ["hire_id", "wheel"]}
    tool = Tool(name="report_puncture", parameters=schema)
    agent = agent.model_copy(update={"tools": (*agent.tools, tool)})
    report, tell = "Report the puncture to the workshop.", "Tell the customer that a van is on its way."
    text = f"# Punctures\n\n## Reporting a puncture\n\n1. {report}\n2. {tell}\n"
    source = _source("punctures", text)
    finding = _procedure(text, (report, "report_puncture"), (tell, None))
    analysis = Analysis(statements=(), workflows=(finding,), questions=())
    draft = _whole(agent, _propose(agent, (source, analysis)))
    flow = draft.workflow("reporting-a-puncture")
    assert [step.kind for step in flow.steps] == ["ask", "tool", "say", "end", "handoff"]
    assert {slot.id: slot.type for slot in flow.slots} == {"hire_id": "code", "wheel": "choice"}
    said = flow.steps[2]
    assert isinstance(said, Say) and said.text == "A van is on its way."
    tests = [s for s in draft.scenarios if s.workflow == flow.id]
    assert ["report_puncture"] in [[fault.id for fault in test.faults] for test in tests]
    assert all(test.expectations and test.citations for test in tests)
