"""What a careful tester would try on an agent, as goals, and which of them a test reaches.

- Goals: each workflow to its good end; each row of a decision, each branch and "otherwise"; each limit at
  itself and one step (a day, a cent, one) to either side; each forbidden case and each exception from it;
  each system that fails for good, or once; an identity that does not match, is mistyped, or is refused;
  each fact the customer does not know; a plea for an exception; a wish for a person; each disclosure;
  an answer taken back, in each workflow that decides by what the customer tells;
  each way of asking for what is handed over at once.
- A goal cites the sentence that demands what is tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from studio.cobuilder.sketch.rehearsal import Walk, walk
from studio.cobuilder.words.known_facts import compares, is_amount
from studio.domain.agent import Agent
from studio.domain.charter import Rule, RuleKind
from studio.domain.condition import All, Compare, Condition, holds
from studio.domain.scenario import Scenario
from studio.domain.source import Citation
from studio.domain.workflow import (
    Ask,
    CallBlock,
    Decide,
    DecisionTable,
    Disclose,
    End,
    Handoff,
    Step,
    ToolCall,
    Verify,
    Workflow,
)

Key = tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to try: its kind, workflow and what tells it apart, in words, with what demands it."""

    kind: str
    workflow: str
    about: Key
    words: str
    citations: tuple[Citation, ...] = ()
    rules: tuple[str, ...] = ()
    place: str = ""

    @property
    def key(self) -> Key:
        """Return what tells goals apart; a number beside two limits is one goal."""
        return (self.kind, self.workflow, *(self.about[:3] if self.kind == "limit" else self.about))


def steps_of(
    agent: Agent, flow: Workflow, seen: frozenset[str] = frozenset()
) -> Iterator[tuple[Workflow, Step]]:
    """Yield the steps of a workflow and of the blocks that it calls, with the workflow each stands in."""
    for step in flow.steps:
        yield flow, step
        if isinstance(step, CallBlock) and step.block not in seen:
            block = next((each for each in agent.workflows if each.id == step.block), None)
            if block is not None:
                yield from steps_of(agent, block, seen | {flow.id, step.block})


def goals_of(agent: Agent) -> tuple[Goal, ...]:
    """Return all goals of an agent, workflow by workflow."""
    found: dict[Key, Goal] = {}
    for flow in agent.workflows:
        if flow.reusable or not flow.steps:
            continue
        for goal in _of_flow(agent, flow):
            found.setdefault(goal.key, _with_rules(agent, goal))
    return tuple(found.values())


def _with_rules(agent: Agent, goal: Goal) -> Goal:
    """Return a goal with the rules whose sentences it cites."""
    prints = {citation.fingerprint for citation in goal.citations}
    cited = [r.id for r in agent.charter.rules if prints & {c.fingerprint for c in r.citations}]
    rules = tuple(dict.fromkeys((*goal.rules, *cited)))
    return Goal(goal.kind, goal.workflow, goal.about, goal.words, goal.citations, rules, goal.place)


def _of_flow(agent: Agent, flow: Workflow) -> Iterator[Goal]:
    parts = list(steps_of(agent, flow))
    ends = {step.outcome for _, step in parts if isinstance(step, End) and step in flow.steps}
    if "resolved" in ends:
        yield Goal("good end", flow.id, (), "Everything goes well", _cited(parts, ToolCall))
    for owner, step in parts:
        if isinstance(step, Decide):
            yield from _of_decision(agent, flow, step)
        elif isinstance(step, ToolCall | Verify):
            yield from _of_system(flow, step)
        elif isinstance(step, Disclose):
            rule = _rule(agent, step.rule)
            cited = rule.citations if rule else step.citations
            words = rule.title if rule else step.title
            yield Goal("disclosure", flow.id, (step.rule,), words, cited, (step.rule,), step.id)
        if isinstance(step, Ask):
            labels = {slot.id: slot.label for slot in (*owner.slots, *flow.slots)}
            for slot in step.slots:
                words = f"Does not know: {labels.get(slot, slot).lower()}"
                yield Goal("missing", flow.id, (slot,), words, step.citations, (), step.id)
    yield from _of_guards(agent, flow, parts)
    yield from _of_manners(agent, flow, parts, ends)


def _cited(parts: list[tuple[Workflow, Step]], kind: type[Step]) -> tuple[Citation, ...]:
    found = (c for _, step in parts if isinstance(step, kind) for c in step.citations)
    return tuple(dict.fromkeys(found))[:3]


def _rule(agent: Agent, rule_id: str) -> Rule | None:
    return next((rule for rule in agent.charter.rules if rule.id == rule_id), None)


# Decisions


def _of_decision(agent: Agent, flow: Workflow, step: Decide) -> Iterator[Goal]:
    table = next((each for each in agent.tables if each.id == step.table), None)
    if table is not None:
        yield from _of_table(flow, step, table)
        return
    for branch in step.branches:
        words = f"{step.title.rstrip('?')}: {branch.id}"
        yield Goal("branch", flow.id, (step.id, branch.id), words, step.citations, (), step.id)
        for test in compares(branch.when):
            yield from _limits(flow, step.id, test.field, "", test.value, step.citations)
    words = f"{step.title.rstrip('?')}: otherwise"
    yield Goal("branch", flow.id, (step.id, "otherwise"), words, step.citations, (), step.id)


def _of_table(flow: Workflow, step: Decide, table: DecisionTable) -> Iterator[Goal]:
    labels = {column.id: column.label for column in table.inputs}
    for row in table.rows:
        cells = [f"{labels[c.id].lower()} {c.words}" for c in row.cells if c.op != "any" and c.id in labels]
        words = f"{table.name.rstrip('?')}: {row.then}" + (f" ({', '.join(cells)})" if cells else "")
        cited = row.citations or step.citations
        yield Goal("row", flow.id, (table.id, row.id), words, cited, (), table.id)
        for cell in row.cells:
            for value in (cell.value, cell.high):
                yield from _limits(flow, table.id, cell.id, labels.get(cell.id, cell.id), value, cited)


def step_beside(name: str, label: str = "") -> float:
    """Return how far beside a limit is tried: a cent for money, else one."""
    return 0.01 if is_amount(name, label) else 1.0


def _limits(
    flow: Workflow, place: str, name: str, label: str, value: object, cited: tuple[Citation, ...]
) -> Iterator[Goal]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    step = step_beside(name, label)
    for number in (value - step, float(value), value + step):
        at = round(float(number), 2)
        shown = f"{at:,.2f}" if not at.is_integer() else f"{int(at):,}"
        words = f"{label or name.replace('_', ' ').capitalize()} {shown}"
        yield Goal("limit", flow.id, (place, name, at, float(value)), words, cited, (), place)


# Guards


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """Return the conjuncts of a condition."""
    return condition.of if isinstance(condition, All) else (condition,)


def _of_guards(agent: Agent, flow: Workflow, parts: list[tuple[Workflow, Step]]) -> Iterator[Goal]:
    tools = {step.tool for _, step in parts if isinstance(step, ToolCall)}
    for rule in agent.charter.rules:
        guard = rule.guard
        if guard is None or guard.forbidden_when is None or not set(guard.tools) & tools:
            continue
        if rule.workflows and flow.id not in rule.workflows:
            continue
        yield Goal("forbidden", flow.id, (rule.id,), rule.title, rule.citations, (rule.id,))
        conjuncts = parts_of(guard.forbidden_when)
        for at in range(len(conjuncts) if len(conjuncts) > 1 else 0):
            words = f"{rule.title}: but {_turned(conjuncts[at])}"
            yield Goal("excepted", flow.id, (rule.id, at), words, rule.citations, (rule.id,))


def _turned(condition: Condition) -> str:
    if isinstance(condition, Compare):
        words = {
            "=": "not",
            "!=": "",
            ">": "at most",
            ">=": "below",
            "<": "at least",
            "<=": "above",
            "in": "not",
        }
        value = condition.value
        shown = ", ".join(str(v) for v in value) if isinstance(value, tuple) else str(value)
        return " ".join(f"{condition.field.replace('_', ' ')} {words[condition.op]} {shown}".split())
    return "not so"


# Systems, identity, manners


def _of_system(flow: Workflow, step: ToolCall | Verify) -> Iterator[Goal]:
    yield Goal(
        "fault",
        flow.id,
        (step.tool, step.id),
        f"“{step.title}”: the system does not answer",
        step.citations,
        (),
        step.id,
    )
    if isinstance(step, ToolCall) and step.retries:
        words = f"“{step.title}”: the system answers at the second try"
        yield Goal("retry", flow.id, (step.tool, step.id), words, step.citations, (), step.id)
    if isinstance(step, Verify):
        yield Goal("identity", flow.id, (), "The details do not match", step.citations, (), step.id)
        yield Goal("mistyped", flow.id, (), "Mistypes the details first", step.citations, (), step.id)
        yield Goal("refuses", flow.id, (), "Does not want to say who they are", step.citations, (), step.id)


def _of_manners(
    agent: Agent, flow: Workflow, parts: list[tuple[Workflow, Step]], ends: set[str]
) -> Iterator[Goal]:
    asks = any(isinstance(step, Ask | Verify) for _, step in parts)
    person = next((r for r in agent.charter.rules if _is_about_a_person(r)), None)
    if asks and person is not None:
        yield Goal("person", flow.id, (), "Asks for a person", person.citations, (person.id,))
    told = told_facts(parts)
    deciding = [step for _, step in parts if isinstance(step, Decide) and told & read_by(agent, step)]
    if deciding:
        step = next((step for step in deciding if step.citations), deciding[0])
        yield Goal("change of mind", flow.id, (), "Takes an answer back", step.citations, (), step.id)
    if "refused" in ends:
        cited = tuple(
            c for r in agent.charter.rules if flow.id in r.workflows and r.guard for c in r.citations
        )
        yield Goal("plea", flow.id, (), "Asks for an exception where there is none", cited[:2])
    if not asks and any(isinstance(step, Handoff) for _, step in parts):
        cited = _cited(parts, Handoff)
        for number, example in enumerate(flow.examples):
            yield Goal("opening", flow.id, (number,), f"Says “{example}”", cited)


def told_facts(parts: list[tuple[Workflow, Step]]) -> frozenset[str]:
    """Return the facts that the customer is asked for and no system tells, identity apart."""
    asked = {name for _, step in parts if isinstance(step, Ask) for name in step.slots}
    proof = {name for _, step in parts if isinstance(step, Verify) for name in step.slots}
    learned = {each.fact for _, step in parts if isinstance(step, ToolCall) for each in step.results}
    return frozenset(asked - proof - learned)


def read_by(agent: Agent, step: Decide) -> frozenset[str]:
    """Return the facts that a decision reads."""
    table = next((each for each in agent.tables if each.id == step.table), None)
    columns = {column.id for column in table.inputs} if table else set()
    return frozenset(columns | {test.field for branch in step.branches for test in compares(branch.when)})


def _is_about_a_person(rule: Rule) -> bool:
    text = rule.text.casefold()
    return rule.kind is RuleKind.ESCALATE and "ask" in text and ("person" in text or "human" in text)


# What a test reaches


def reached(agent: Agent, scenario: Scenario) -> frozenset[Key]:
    """Return the keys of the goals that a test reaches, as far as a dry walk tells."""
    flow = next((each for each in agent.workflows if each.id == scenario.workflow), None)
    if flow is None:
        return frozenset()
    found: set[Key] = {("opening", flow.id, n) for n, e in enumerate(flow.examples) if scenario.opening == e}
    found |= set(_by_manner(scenario))
    course = walk(agent, scenario)
    if course is not None and set(scenario.behaviours) <= _PLAIN:
        found |= set(_by_course(agent, flow, scenario, course))
    return frozenset(found)


_PLAIN = frozenset({"angry", "impatient", "typos", "facts out of order", "silent once"})


def _by_manner(scenario: Scenario) -> Iterator[Key]:
    manners = set(scenario.behaviours)
    if "asks for a human" in manners:
        yield ("person", scenario.workflow)
    if "asks for an exception" in manners:
        yield ("plea", scenario.workflow)
    if "refuses to identify" in manners:
        yield ("refuses", scenario.workflow)
    if "gives wrong then right data" in manners and any(fact.wrong is not None for fact in scenario.facts):
        yield ("mistyped", scenario.workflow)
    if "changes mind" in manners and any(fact.wrong is not None for fact in scenario.facts):
        yield ("change of mind", scenario.workflow)


def _by_course(agent: Agent, flow: Workflow, scenario: Scenario, course: Walk) -> Iterator[Key]:
    gone = frozenset(course.steps)
    passed = [step for _, step in steps_of(agent, flow) if step.id in gone]
    if course.outcome == "resolved" and not scenario.faults:
        yield ("good end", flow.id)
    for rule in course.said:
        yield ("disclosure", flow.id, rule)
    known = {fact.id for fact in scenario.facts}
    for step in passed:
        if isinstance(step, Decide):
            yield from _decided(agent, flow, step, course)
        elif isinstance(step, ToolCall | Verify):
            yield from _systems(flow, step, scenario, course)
        if isinstance(step, Ask):
            yield from (
                ("missing", flow.id, slot) for slot in step.slots if slot not in known | set(course.facts)
            )
    yield from _guarded(agent, flow, course)


def _decided(agent: Agent, flow: Workflow, step: Decide, course: Walk) -> Iterator[Key]:
    table = next((each for each in agent.tables if each.id == step.table), None)
    if table is not None:
        facts = course.facts_at.get(table.id, {})
        row = table.decide(facts)
        if row is not None:
            yield ("row", flow.id, table.id, row.id)
        yield from (
            ("limit", flow.id, table.id, name, round(float(value), 2))
            for name, value in facts.items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        )
        return
    branch = next((b for b in step.branches if b.when is not None and holds(b.when, course.facts)), None)
    yield ("branch", flow.id, step.id, branch.id if branch else "otherwise")
    for each in step.branches:
        for test in compares(each.when):
            value = course.facts.get(test.field)
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield ("limit", flow.id, step.id, test.field, round(float(value), 2))


def _systems(flow: Workflow, step: ToolCall | Verify, scenario: Scenario, course: Walk) -> Iterator[Key]:
    fault = next((each for each in scenario.faults if each.id == step.tool), None)
    retries = step.retries if isinstance(step, ToolCall) else 0
    if fault is not None:
        lasting = fault.times is None or fault.times > retries
        yield ("fault" if lasting else "retry", flow.id, step.tool, step.id)
    elif isinstance(step, Verify):
        reply = next((each.reply for each in scenario.systems if each.id == step.tool), {})
        if reply.get("verified") is False:
            yield ("identity", flow.id)


def _guarded(agent: Agent, flow: Workflow, course: Walk) -> Iterator[Key]:
    for rule in agent.charter.rules:
        condition = rule.guard.forbidden_when if rule.guard else None
        if rule.guard is None or condition is None:
            continue
        called = bool(set(rule.guard.tools) & set(course.calls))
        met = [holds(part, course.facts) for part in parts_of(condition)]
        if all(met) and not called:
            yield ("forbidden", flow.id, rule.id)
        if called and len(met) > 1 and met.count(False) == 1:
            yield ("excepted", flow.id, rule.id, met.index(False))
