"""What may not be done for some customers or things: a guard, and a way out that says so.

- The facts are known ones: a slot's choice, or a yes-or-no value that a system gives (bound where no
  step kept it yet). Where no system tells the fact, the rule stays text and a question is left.
- The row stands before the rows that accept, but after those that the sentence excepts.
- Input, row, way out and step stand or fall together, and all of them with the rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from studio.cobuilder.sketch.desk import Desk, sentence_of
from studio.cobuilder.sketch.drafting import Why, input_path, row_path, rule_path, step_path
from studio.cobuilder.sketch.say_before import free_id, reachable
from studio.cobuilder.words.known_facts import KnownFact, conditions_in, facts_of, opposite
from studio.cobuilder.words.matching import topic
from studio.domain.agent import Agent
from studio.domain.charter import Guard, Rule
from studio.domain.condition import All, Compare, Condition
from studio.domain.statement import Statement
from studio.domain.workflow import (
    Binding,
    Branch,
    Cell,
    Decide,
    DecisionTable,
    End,
    Row,
    Say,
    SlotType,
    TableInput,
    ToolCall,
    Workflow,
)

_EXCEPT = re.compile(
    r",?\s*\b(?:unless|except|other than|apart from|save for)\b.*$", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What was shut out: by which facts, for which systems, except when, and where it is decided."""

    rule: Rule
    statement: Statement
    tools: tuple[str, ...]
    conditions: tuple[tuple[KnownFact, Compare], ...]
    exceptions: tuple[tuple[KnownFact, Compare], ...]
    flow: str | None = None
    table: str | None = None
    answer: str | None = None
    step: str | None = None
    outcome: str = "refused"
    paths: tuple[str, ...] = ()


def exclude(desk: Desk, rule: Rule, statement: Statement) -> Exclusion | None:
    """Enforce a prohibition with a condition on a known fact; return what was shut out, if anything."""
    sentence = sentence_of(statement)
    tail = _EXCEPT.search(sentence)
    main = sentence[: tail.start()] if tail else sentence
    tools = prohibited(desk.agent, main)
    flows = [
        f
        for f in desk.sketch.agent.workflows
        if any(isinstance(s, ToolCall) and s.tool in tools for s in f.steps)
    ]
    if not tools or not flows:
        return None
    facts = list({fact.name: fact for flow in flows for fact in facts_of(desk.sketch.agent, flow)}.values())
    excepted = conditions_in(tail[0], facts) if tail else []
    kept = {fact.name for fact, _ in excepted}
    conditions = [(fact, test) for fact, test in conditions_in(main, facts) if fact.name not in kept]
    if not conditions:
        _ask_for_fact(desk, statement, main, tools)
        return None
    found = Exclusion(rule, statement, tools, tuple(conditions), tuple(excepted))
    _guard(desk, found, tuple(flow.id for flow in flows))
    for flow in flows:
        _bind(desk, flow, found)
    return _decide(desk, flows, found)


def prohibited(agent: Agent, clause: str) -> tuple[str, ...]:
    """Return the systems that change something and whose name says what the clause forbids."""
    said = topic(clause)
    writing = [tool for tool in agent.tools if tool.effect == "write"]
    verbs = frozenset({"creat", "issu", "get", "set", "updat", "mak", "new", "do", "add", "send"})
    return tuple(t.name for t in writing if (topic(t.name.replace("_", " ")) - verbs) & said)


def _ask_for_fact(desk: Desk, statement: Statement, main: str, tools: tuple[str, ...]) -> None:
    subject = (
        re.split(r"\b(?:can|may|must|will|are|is|cannot|should|do|does)\b", main, maxsplit=1)[0].strip()
        or main
    )
    desk.ask(
        f"How does the agent know that something is “{subject}”? No system that it asks tells it, "
        "so the rule can only be read, not enforced.",
        f"“{sentence_of(statement)}” forbids what the agent does with {', '.join(tools)}.",
        "missing fact",
        desk.cite(statement),
    )


def _guard(desk: Desk, found: Exclusion, flows: tuple[str, ...]) -> None:
    parts = (*(test for _, test in found.conditions), *(opposite(test) for _, test in found.exceptions))
    condition: Condition = parts[0] if len(parts) == 1 else All(of=parts)
    rule = desk.sketch.agent.charter.rule(found.rule.id)
    refused = " and ".join(f"“{tool.replace('_', ' ')}”" for tool in found.tools)
    desk.sketch.edit(
        rule_path(rule.id),
        rule,
        Why("", f"From now on code refuses {refused} for them."),
        guard=Guard(tools=found.tools, forbidden_when=condition),
        enforced_by="guard",
        workflows=flows,
    )


def _bind(desk: Desk, flow: Workflow, found: Exclusion) -> None:
    for fact, _ in (*found.conditions, *found.exceptions):
        if fact.bound or fact.workflow != flow.id or fact.step is None or fact.result is None:
            continue
        step = desk.sketch.agent.workflow(flow.id).step(fact.step)
        assert isinstance(step, ToolCall)
        why = desk.why(
            f"Step “{step.title}” of “{flow.name}”: also keep “{fact.result.replace('_', ' ')}”",
            f"Rule {found.rule.id} needs it, and the system gives it already.",
            found.statement,
            confidence=0.8,
        )
        path = step_path(flow.id, step.id)
        desk.sketch.edit(
            path, step, why, results=(*step.results, Binding(result=fact.result, fact=fact.name))
        )
        desk.sketch.together([path, rule_path(found.rule.id)])


@dataclass(frozen=True, slots=True)
class _Gate:
    """A decision that lets some through to the systems, and the way out of those it turns away."""

    step: Decide
    table: DecisionTable
    sibling: str
    onwards: str


def _gate(desk: Desk, flow: Workflow, found: Exclusion) -> _Gate | None:
    """Return the first such decision; a way out that ends refused goes before one that hands over."""
    steps = {step.id: step for step in flow.steps}
    for step in flow.steps:
        if not isinstance(step, Decide):
            continue
        table = next((t for t in desk.sketch.agent.tables if t.id == step.table), None)
        if table is None:
            continue
        ways = [b.next for b in step.branches if b.next in steps]
        away = [way for way in ways if not _calls(flow, way)]
        if len(away) == len(ways) or not any(set(found.tools) & _calls(flow, way) for way in ways):
            continue
        away.sort(key=lambda way: not _refuses(flow, way))
        for way in away:
            following = steps[way]
            onwards = following.next if isinstance(following, Say) else way
            if onwards is not None:
                return _Gate(step, table, way, onwards)
    return None


def _refuses(flow: Workflow, start: str) -> bool:
    first = next((step for step in flow.steps if step.id == start), None)
    ahead = {start, *reachable(flow, first)} if first else set()
    return any(isinstance(step, End) and step.outcome == "refused" for step in flow.steps if step.id in ahead)


def _calls(flow: Workflow, start: str) -> set[str]:
    ahead = {start, *reachable(flow, flow.step(start))}
    return {step.tool for step in flow.steps if step.id in ahead and isinstance(step, ToolCall)}


def _decide(desk: Desk, flows: list[Workflow], found: Exclusion) -> Exclusion:
    for each in flows:
        flow = desk.sketch.agent.workflow(each.id)
        gate = _gate(desk, flow, found)
        if gate is None:
            continue
        step, table = gate.step, gate.table
        answer = _answer(found, table, step)
        say = _say(desk, flow, found, gate, answer)
        branch = desk.why(
            f"Step “{step.title}” of “{flow.name}”: new way out “{answer}”",
            f"Rule {found.rule.id} turns them away; they are told why.",
            found.statement,
            confidence=0.75,
        )
        ways = (*step.branches, Branch(id=answer, next=say.id))
        way = desk.sketch.edit(step_path(flow.id, step.id), step, branch, branches=ways)
        paths = [step_path(flow.id, say.id), way, *_rows(desk, found, table, answer)]
        desk.sketch.together(paths)
        for path in paths:
            desk.sketch.needs(path, rule_path(found.rule.id))
        outcome = "refused" if _refuses(flow, gate.onwards) else "handed over"
        found = replace(found, flow=flow.id, table=table.id, answer=answer, step=say.id)
        return replace(found, outcome=outcome, paths=tuple(paths))
    return found


def _answer(found: Exclusion, table: DecisionTable, step: Decide) -> str:
    fact, test = found.conditions[0]
    wanted = str(test.value) if isinstance(test.value, str) else fact.name.replace("_", " ")
    taken = {row.then for row in table.rows} | {branch.id for branch in step.branches}
    return wanted if wanted not in taken else f"{wanted} ({found.rule.id})"


def _say(desk: Desk, flow: Workflow, found: Exclusion, gate: _Gate, answer: str) -> Say:
    text = found.rule.text
    first = text if text[:2].isupper() or text.startswith("I ") else text[:1].lower() + text[1:]
    step = Say(
        id=free_id(f"explain-{answer}", set(desk.sketch.names("workflows", flow.id, "steps"))),
        title=f"Explain: {answer}",
        text=f"I am sorry, {first}",
        next=gate.onwards,
        citations=(desk.cite(found.statement),),
    )
    why = desk.why(
        f"New step “{step.title}” of “{flow.name}”",
        f"Who is turned away by rule {found.rule.id} hears why.",
        found.statement,
        confidence=0.75,
    )
    desk.sketch.put(step_path(flow.id, step.id), step, why, after=gate.sibling)
    return step


def _rows(desk: Desk, found: Exclusion, table: DecisionTable, answer: str) -> list[str]:
    paths = []
    for fact, _ in found.conditions:
        if all(column.id != fact.name for column in table.inputs):
            column = TableInput(id=fact.name, label=_label(fact), type=_slot_type(fact))
            why = desk.why(
                f"Decision “{table.name}”: new column “{column.label}”",
                f"Rule {found.rule.id} decides by it.",
                found.statement,
            )
            paths.append(desk.sketch.put(input_path(table.id, fact.name), column, why))
    row = Row(
        id=free_id(answer, set(desk.sketch.names("tables", table.id, "rows"))),
        cells=tuple(_cell(test) for _, test in found.conditions),
        then=answer,
        citations=(desk.cite(found.statement),),
    )
    why = desk.why(
        f"Decision “{table.name}”: new row “{answer}”",
        f"Rule {found.rule.id} shuts them out.",
        found.statement,
        confidence=0.8,
    )
    paths.append(desk.sketch.put(row_path(table.id, row.id), row, why, after=_place(found, table)))
    if table.hit_policy == "unique":
        paths += _others_give_way(desk, found, table)
    return paths


def _label(fact: KnownFact) -> str:
    words = fact.name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _slot_type(fact: KnownFact) -> SlotType:
    return "yes or no" if fact.type == "yes or no" else "choice"


def _cell(test: Compare, *, negated: bool = False) -> Cell:
    return Cell.model_validate({"id": test.field, "op": "!=" if negated else "=", "value": test.value})


def _place(found: Exclusion, table: DecisionTable) -> str:
    """Return the row in front: the last one that decides the excepted cases, or none."""
    excepted = {(test.field, test.value) for _, test in found.exceptions}
    front = ""
    for row in table.rows:
        tests = {(cell.id, cell.value) for cell in row.cells if cell.op in ("=", "in")}
        if excepted and tests and tests <= excepted and len(tests) == len(row.cells):
            front = row.id
    return front


def _others_give_way(desk: Desk, found: Exclusion, table: DecisionTable) -> list[str]:
    """In a table where one row may fit only, keep every other row from fitting the new one's cases."""
    _, test = found.conditions[0]
    paths = []
    for row in table.rows:
        if any(cell.id == test.field for cell in row.cells):
            continue
        why = desk.why(
            f"Decision “{table.name}”, row “{row.then}”: not for these",
            "Only one row may fit.",
            found.statement,
        )
        cells = (*row.cells, _cell(test, negated=True))
        paths.append(desk.sketch.edit(row_path(table.id, row.id), row, why, cells=cells))
    return paths
