"""Agent diff: what is applied is what was meant, and every change can be said in one sentence."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from studio.diff.agents import diff_agents, is_layout, layout_only, without_layout
from studio.diff.words_summary import in_words
from studio.domain.agent import Agent
from studio.domain.changeset import apply, apply_json
from studio.domain.charter import Charter, Guard, Owner, Rule, RuleKind
from studio.domain.condition import All, Compare, Condition, Not
from studio.domain.frozen import digest, to_json
from studio.domain.scenario import ExpectCall, ExpectHandoff, ExpectOutcome, Fact, Fault, Persona, Scenario
from studio.domain.source import SourcePin
from studio.domain.tool import Limit, Tool
from studio.domain.workflow import (
    Argument,
    Ask,
    Branch,
    Cell,
    Decide,
    DecisionTable,
    End,
    Handoff,
    Place,
    Row,
    Say,
    Slot,
    Step,
    TableInput,
    ToolCall,
    Workflow,
)

TEXTS = (
    "Refund within 30 days of purchase.",
    "Refund within 45 days of delivery.",
    "Agents may refund. Ask first.",
    "Agents must not refund. Hello {order_id}.",
    "",
)
NAMES = ("order_id", "amount", "look_up_order", "hand-over")
IDS = ("a-1", "b_2", "c", "d.4", "e")
SCALARS = (True, False, 1, 0, 30, 45.5, "new", "used")
SCHEMAS: tuple[dict[str, object], ...] = (
    {},
    {"properties": {"amount": {"type": "number"}, "note": {"default": None}}, "required": ["amount"]},
    {"properties": {"amount": {"type": "integer"}}},
)
SENTENCE = re.compile(r"[A-Z“][^\n{}_/~\\\[\]]*[^.]\.")
T = TypeVar("T")


class Maker:
    """Makes agents at random from few ids and values, so that two of them meet in every way.

    hypothesis picks the seed only: whole agents drawn value by value take it minutes.
    """

    def __init__(self, seed: int) -> None:
        """Start from a seed."""
        self.rng = random.Random(seed)

    def some(self, ids: Sequence[str], make: Callable[[str], T]) -> tuple[T, ...]:
        """Return items with some of the ids, in any order."""
        return tuple(make(each) for each in self.rng.sample(ids, self.rng.randint(0, len(ids))))

    def one(self, *values: T) -> T:
        """Return one of the values."""
        return self.rng.choice(values)

    def text(self) -> str:
        """Return a text."""
        return self.one(*TEXTS)

    def yes(self) -> bool:
        """Return yes or no."""
        return self.rng.random() < 0.5

    def condition(self) -> Condition | None:
        """Return a condition or none."""
        plain = Compare(field=self.one(*NAMES), op=self.one("<=", "="), value=self.one(*SCALARS))
        return self.one(plain, None, Not(of=plain), All(of=(plain, plain)))

    def rule(self, rule_id: str) -> Rule:
        """Return a rule."""
        guard = Guard(tools=self.some(NAMES, str), forbidden_when=self.condition(), needs_identity=self.yes())
        return Rule(
            id=rule_id,
            kind=self.one(*RuleKind),
            title=self.text(),
            text=self.text(),
            workflows=self.some(("return", "exchange"), str),
            guard=self.one(guard, None),
        )

    def step(self, step_id: str) -> Step:
        """Return a step."""
        title, to = self.text(), self.one(None, *IDS)
        place = self.one(None, Place(x=1, y=2), Place(x=3, y=2))
        slots = self.some(NAMES, str)
        arguments = self.some(NAMES, lambda name: Argument(name=name, fact=self.one(None, *NAMES), value=30))
        branches = self.some(IDS, lambda name: Branch(id=name, when=self.condition(), next=to))
        steps: list[Step] = [
            Ask(id=step_id, title=title, place=place, slots=slots, next=to, on_failure=self.one(None, *IDS)),
            ToolCall(id=step_id, title=title, tool=self.one(*NAMES), arguments=arguments, next=to),
            Decide(id=step_id, title=title, branches=branches, otherwise=to),
            Say(id=step_id, title=title, place=place, text=self.text(), next=to),
            Handoff(id=step_id, title=title, queue=self.one(*NAMES), context=slots),
            End(id=step_id, title=title, outcome=self.one("resolved", "refused")),
        ]
        return self.rng.choice(steps)

    def workflow(self, workflow_id: str) -> Workflow:
        """Return a workflow."""
        return Workflow(
            id=workflow_id,
            name=self.text(),
            examples=self.some(("send it back", "I want my money"), str),
            slots=self.some(NAMES, lambda name: Slot(id=name, label="", pattern=self.one(None, "[A-Z]{2}"))),
            start=self.one(*IDS),
            steps=self.some(IDS, self.step),
        )

    def table(self, table_id: str) -> DecisionTable:
        """Return a decision table."""

        def cell(name: str) -> Cell:
            return Cell(id=name, op=self.one("any", "=", "<="), value=self.one(None, *SCALARS))

        return DecisionTable(
            id=table_id,
            name=self.text(),
            inputs=self.some(NAMES, lambda name: TableInput(id=name, label=self.text())),
            rows=self.some(IDS, lambda row: Row(id=row, cells=self.some(NAMES, cell), then=self.one(*IDS))),
            hit_policy=self.one("first", "unique"),
        )

    def tool(self, name: str) -> Tool:
        """Return a tool."""
        return Tool(
            name=name,
            description=self.text(),
            parameters=self.one(*SCHEMAS),
            effect=self.one("read", "write"),
            limits=(Limit(argument="amount", maximum=self.one(1, 1.0, 250.0)),),
        )

    def scenario(self, scenario_id: str) -> Scenario:
        """Return a test."""
        expectations = (
            ExpectOutcome(outcome="resolved"),
            ExpectCall(tool=self.one(*NAMES), never=self.yes()),
            ExpectHandoff(queue=self.one(*NAMES), context=self.some(NAMES, str)),
        )
        return Scenario(
            id=scenario_id,
            title=self.text(),
            workflow="return",
            persona=Persona(mood=self.one("calm", "angry")),
            facts=self.some(NAMES, lambda name: Fact(id=name, value=self.one(*SCALARS))),
            faults=self.some(NAMES, lambda name: Fault(id=name, times=self.one(None, 1, 2))),
            expectations=expectations[: self.rng.randint(0, 3)],
        )

    def pin(self, pin_id: str) -> SourcePin:
        """Return a pinned source."""
        return SourcePin(
            id=pin_id, name="Returns policy", version=self.one(1, 2), digest=self.one("0", "1") * 64
        )

    def charter(self) -> Charter:
        """Return a charter, now and then with two rules of one id."""
        owners = Owner(id="business", name=self.one("Ana", "Bo")), Owner(id="it", name="Kim")
        rules = self.some(("R-01", "R-02", "R-03", "R-04", "R-05"), self.rule)
        return Charter(
            purpose=self.text(),
            audience=self.text(),
            channel="chat",
            ai_disclosure=self.text(),
            capabilities=self.text(),
            autonomy=self.one(1, 2, 3),
            owners=owners[: self.one(0, 1, 2)],
            rules=rules + rules[:1] if self.rng.random() < 0.1 else rules,
        )

    def agent(self) -> Agent:
        """Return an agent."""
        return Agent(
            id="returns",
            name=self.text(),
            charter=self.charter(),
            workflows=self.some(("return", "exchange", "a/b~c"), self.workflow),
            tables=self.some(("eligible", "approval"), self.table),
            tools=self.some(("look_up", "refund", "book"), self.tool),
            scenarios=self.some(("T-01", "T-02", "T-23"), self.scenario),
            sources=self.some(("policy-2024", "policy-2026"), self.pin),
        )


AGENTS = st.integers(0, 10**9).map(lambda seed: Maker(seed).agent())


@given(AGENTS, AGENTS)
def test_applying_the_difference_gives_the_other_agent(before: Agent, after: Agent) -> None:
    """The change set of two agents turns one into the other, and its inverse back, to the byte."""
    changes = diff_agents(before, after, "Difference")
    assert digest(apply_json(to_json(before), changes.changes)) == digest(after)
    assert digest(apply_json(to_json(after), changes.inverse().changes)) == digest(before)
    assert bool(changes.changes) == (digest(before) != digest(after))


@given(AGENTS, AGENTS)
def test_layout_and_meaning_are_parted_without_a_rest(before: Agent, after: Agent) -> None:
    """Each change is layout or meaning; leaving out layout still gives an agent."""
    changes = diff_agents(before, after, "Difference")
    parts = without_layout(changes), layout_only(changes)
    assert sorted(c.path for part in parts for c in part.changes) == sorted(c.path for c in changes.changes)
    apply(before, parts[0])


@given(AGENTS, AGENTS)
def test_every_change_is_one_plain_sentence(before: Agent, after: Agent) -> None:
    """No path, JSON, placeholder or machine's name reaches a reader; one line, one full stop at the end."""
    changes = diff_agents(before, after, "Difference")
    sentences = in_words(changes, before, after)
    assert len(sentences) == len(changes.changes)
    for sentence in sentences:
        assert SENTENCE.fullmatch(sentence.replace("[order id]", "")), sentence
        assert "None" not in sentence
        assert "True" not in sentence


def small(**changes: object) -> Agent:
    """Return a small agent, with fields replaced."""
    rules = tuple(
        Rule(id=f"R-0{n}", kind=RuleKind.MUST, title=f"Rule {n}", text=f"Ask for fact {n}.")
        for n in range(1, 6)
    )
    steps = (
        Ask(id="ask", title="Ask for the order", slots=("order_id",), next="say"),
        Say(id="say", title="Explain", text="It takes 30 days.", next="end"),
        End(id="end", title="Done"),
    )
    flow = Workflow(id="return", name="Return an item", start="ask", steps=steps)
    charter = Charter(
        purpose="Help",
        audience="All",
        channel="chat",
        ai_disclosure="I am an AI.",
        capabilities="Returns",
        rules=rules,
    )
    return Agent(id="x", name="X", charter=charter, workflows=(flow,)).model_copy(update=changes)


def with_rules(agent: Agent, *rules: Rule) -> Agent:
    """Return the agent with other rules."""
    return agent.model_copy(update={"charter": agent.charter.model_copy(update={"rules": rules})})


def with_step(agent: Agent, number: int, **changes: object) -> Agent:
    """Return the agent with one step changed."""
    flow = agent.workflows[0]
    steps = list(flow.steps)
    steps[number] = steps[number].model_copy(update=changes)
    return agent.model_copy(update={"workflows": (flow.model_copy(update={"steps": tuple(steps)}),)})


def test_an_added_item_is_one_change_and_a_changed_field_one_at_its_path() -> None:
    """The change set is as small as the edit, and says where it is."""
    before = small()
    rules = list(before.charter.rules)
    new = Rule(id="R-19", kind=RuleKind.NEVER, title="Final sale", text="Never refund final sale.")
    rules[1] = rules[1].model_copy(update={"text": "Ask for fact 22."})
    after = with_step(with_rules(before, *rules[:2], new, *rules[2:]), 1, text="It takes 45 days.")
    changes = diff_agents(before, after, "Edit").changes
    assert [change.path for change in changes] == [
        "charter/rules/R-02/text",
        "charter/rules/R-19",
        "workflows/return/steps/say/text",
    ]
    assert changes[1].place_after == "R-02"
    assert in_words(diff_agents(before, after, "Edit"), before, after) == (
        "Rule R-02 now reads “Ask for fact 22” (was 2).",
        "New rule R-19, a prohibition: “Never refund final sale”.",
        "Step “Explain” in workflow “Return an item” now says “It takes 45 days” (was 30 days).",
    )


def test_a_moved_item_is_one_move() -> None:
    """Taking the last rule to the front is one change, not five, and survives rejecting an edit of it."""
    before = small()
    one, two, three, four, five = before.charter.rules
    after = with_rules(before, five.model_copy(update={"text": "Ask twice."}), one, two, three, four)
    found = diff_agents(before, after, "Move")
    assert [(c.path, c.is_move, c.place_before, c.place_after) for c in found.changes] == [
        ("charter/rules/R-05", True, "R-04", ""),
        ("charter/rules/R-05/text", False, None, None),
    ]
    moved = apply_json(to_json(before), found.changes[:1])
    assert [rule["id"] for rule in moved["charter"]["rules"]] == ["R-05", "R-01", "R-02", "R-03", "R-04"]
    assert in_words(found, before, after)[0] == "Rule R-05 “Rule 5” moves to the first place."


def test_layout_is_told_apart_and_comes_last() -> None:
    """Dragging a step on the canvas is layout; it never stands between changes that mean something."""
    before = small()
    after = with_step(with_step(before, 0, place=Place(x=3, y=4)), 2, outcome="refused")
    changes = diff_agents(before, after, "Drag").changes
    assert [(change.path, is_layout(change)) for change in changes] == [
        ("workflows/return/steps/end/outcome", False),
        ("workflows/return/steps/ask/place", True),
    ]


def test_a_step_of_another_kind_is_replaced_as_one() -> None:
    """Half a step of each kind would be no step: the change is accepted or rejected whole."""
    before = small()
    flow = before.workflows[0]
    other = Handoff(id="end", title="Done", queue="returns_desk")
    after = small(workflows=(flow.model_copy(update={"steps": (*flow.steps[:2], other)}),))
    found = diff_agents(before, after, "Hand over")
    assert [change.path for change in found.changes] == ["workflows/return/steps/end"]
    assert in_words(found, before, after) == (
        "Step “Done” in workflow “Return an item” now hands over to “returns desk” "
        "(was: ends the conversation as “resolved”).",
    )


def test_yes_and_one_are_different_facts() -> None:
    """A fact that turns from yes to 1 is a change, though Python calls them equal."""
    tests = [
        Scenario(id="T-01", title="A", workflow="return", facts=(Fact(id="f", value=v),)) for v in (True, 1)
    ]
    before, after = small(scenarios=(tests[0],)), small(scenarios=(tests[1],))
    assert [change.path for change in diff_agents(before, after, "x").changes] == [
        "scenarios/T-01/facts/f/value"
    ]
