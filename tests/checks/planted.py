"""Faults planted in an agent, of every kind that the checks are for; each is one that must be found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from studio.checks.reading_rules import formal_reading
from studio.domain.agent import Agent
from studio.domain.check import CheckResult
from studio.domain.property import Property
from studio.domain.workflow import (
    Ask,
    Branch,
    CallBlock,
    Decide,
    Disclose,
    End,
    Handoff,
    Slot,
    Step,
    ToolCall,
    Verify,
    Workflow,
)

CONFIRMED: dict[tuple[str, str], Any] = {
    ("Appointment desk", "R-10"): {
        "kind": "before",
        "event": {"kind": "call", "names": ["cancel_appointment"]},
        "other": {"kind": "disclosure", "names": ["R-10"]},
        "when": {"kind": "compare", "field": "hours_until_appointment", "op": "<", "value": 24},
    },
    ("Returns assistant", "R-08"): {
        "kind": "before",
        "event": {"kind": "call", "names": ["create_return"]},
        "other": {"kind": "disclosure", "names": ["R-08"]},
        "when": {"kind": "compare", "field": "reason", "op": "!=", "value": "arrived damaged"},
    },
}
"""What a person made of two rules that hold in some cases only."""


class Planted(NamedTuple):
    """One fault: its kind, what was done, and the agent with it."""

    kind: str
    title: str
    agent: Agent


def confirmed(agent: Agent) -> Agent:
    """The agent whose rules' formal readings were all confirmed where the agent keeps them."""
    from studio.checks.all import run_checks

    rules = []
    for rule in agent.charter.rules:
        said = CONFIRMED.get((agent.name, rule.id))
        if said is not None:
            rules.append(rule.model_copy(update={"formal": Property.model_validate(said)}))
            continue
        read = formal_reading(rule, agent)
        rules.append(rule.model_copy(update={"formal": read.property}) if read is not None else rule)
    trial = _ruled(agent, tuple(rules))
    broken = {each.path for each in run_checks(trial) if each.check == "kept" and each.status == "broken"}
    kept = tuple(
        rule.model_copy(update={"formal": None}) if f"charter/rules/{rule.id}" in broken else rule
        for rule in trial.charter.rules
    )
    return _ruled(trial, kept)


def _ruled(agent: Agent, rules: tuple[Any, ...]) -> Agent:
    return agent.model_copy(update={"charter": agent.charter.model_copy(update={"rules": rules})})


def with_flow(agent: Agent, flow: Workflow) -> Agent:
    """The agent with a workflow replaced."""
    flows = tuple(flow if each.id == flow.id else each for each in agent.workflows)
    return agent.model_copy(update={"workflows": flows})


def _with(agent: Agent, flow: Workflow, step: Step, **update: Any) -> Agent:
    new = step.model_copy(update=update)
    steps = tuple(new if each.id == step.id else each for each in flow.steps)
    return with_flow(agent, flow.model_copy(update={"steps": steps}))


def planted(agent: Agent) -> Iterator[Planted]:
    """Yield every fault that can be planted in an agent."""
    for flow in agent.workflows:
        yield from _orders(agent, flow)
        yield from _failures(agent, flow)
        yield from _loops(agent, flow)
        yield from _facts(agent, flow)
        yield from _dead(agent, flow)
    yield from _tables(agent)
    yield from _deeds(agent)
    yield from _charter(agent)


def _beyond(step: Step) -> str | None:
    return step.next if isinstance(step, Ask | Verify | ToolCall | CallBlock | Disclose) else None


def _orders(agent: Agent, flow: Workflow) -> Iterator[Planted]:
    """Identity left out, passed over or said to hold; a disclosure gone past."""
    blocks = {each.id: each for each in agent.workflows}
    for step in flow.steps:
        verifying = isinstance(step, CallBlock) and any(
            isinstance(each, Verify) for each in blocks[step.block].steps
        )
        if verifying and _beyond(step) and flow.start == step.id:
            yield Planted("order", f"{flow.id}: starts behind “{step.title}”", with_flow(
                agent, flow.model_copy(update={"start": _beyond(step)})))  # fmt: skip
        if verifying or isinstance(step, Verify):
            made = _with(agent, flow, step, on_failure=_beyond(step))
            yield Planted("order", f"{flow.id}: “{step.title}” goes on when it fails", made)
        if isinstance(step, Disclose) and any(
            r.formal and r.formal.other and step.rule in r.formal.other.names for r in agent.charter.rules
        ):
            for front in flow.steps:
                passed = _past(agent, flow, front, step)
                if passed is not None:
                    yield Planted("order", f"{flow.id}: “{front.title}” goes past “{step.title}”", passed)


def _past(agent: Agent, flow: Workflow, front: Step, step: Disclose) -> Agent | None:
    """The agent in which one step goes on behind a disclosure; None where it does not lead to it."""
    if isinstance(front, Decide):
        branches = tuple(
            b.model_copy(update={"next": step.next}) if b.next == step.id else b for b in front.branches
        )
        otherwise = step.next if front.otherwise == step.id else front.otherwise
        made = _with(agent, flow, front, branches=branches, otherwise=otherwise)
        return made if made != agent else None
    return _with(agent, flow, front, next=step.next) if _beyond(front) == step.id else None


def _failures(agent: Agent, flow: Workflow) -> Iterator[Planted]:
    """A failure that goes nowhere, that ends as done, or is called handed over; a person told too little."""
    ends = {step.outcome: step.id for step in flow.steps if isinstance(step, End)}
    writing = {tool.name for tool in agent.tools if tool.effect == "write"}
    for step in flow.steps:
        if isinstance(step, ToolCall):
            made = _with(agent, flow, step, on_failure=None)
            yield Planted("obligation", f"{flow.id}: “{step.title}” without a failure path", made)
        if isinstance(step, ToolCall) and step.tool in writing and "resolved" in ends:
            first = all(
                s.tool not in writing for s in flow.steps[: flow.steps.index(step)] if isinstance(s, ToolCall)
            )
            if first:
                made = _with(agent, flow, step, on_failure=ends["resolved"])
                yield Planted("obligation", f"{flow.id}: “{step.title}” fails and ends as resolved", made)
        if isinstance(step, ToolCall | Ask) and "handed over" in ends and not flow.reusable:
            made = _with(agent, flow, step, on_failure=ends["handed over"])
            yield Planted("obligation", f"{flow.id}: “{step.title}” fails, nobody is told", made)
        if isinstance(step, Ask | ToolCall | CallBlock) and step.next:
            yield Planted(
                "obligation", f"{flow.id}: “{step.title}” leads nowhere", _with(agent, flow, step, next=None)
            )
        if isinstance(step, Handoff) and step.context:
            asked = {n for f in agent.workflows for s in f.steps if isinstance(s, Ask) for n in s.slots}
            proving = {n for f in agent.workflows for s in f.steps if isinstance(s, Verify) for n in s.slots}
            for fact in step.context:
                if fact in asked - proving:
                    left = tuple(each for each in step.context if each != fact) or ("region",)
                    made = _with(agent, flow, step, context=left)
                    yield Planted("obligation", f"{flow.id}: “{step.title}” is not told {fact}", made)


def _loops(agent: Agent, flow: Workflow) -> Iterator[Planted]:
    """A system tried again for ever, a way back without a question, a change made again."""
    writing = {tool.name: tool for tool in agent.tools if tool.effect == "write"}
    for step in flow.steps:
        if isinstance(step, ToolCall):
            made = _with(agent, flow, step, on_failure=step.id)
            yield Planted("termination", f"{flow.id}: “{step.title}” is tried for ever", made)
            if step.tool in writing:
                made = _with(agent, flow, step, next=step.id)
                kind = "termination" if writing[step.tool].reversible else "never twice"
                yield Planted(kind, f"{flow.id}: “{step.title}” is done again and again", made)
        if isinstance(step, CallBlock | Disclose) and flow.start != step.id and not flow.reusable:
            made = _with(agent, flow, step, next=flow.start)
            if isinstance(step, Disclose):
                yield Planted("termination", f"{flow.id}: “{step.title}” leads back to the start", made)


def _facts(agent: Agent, flow: Workflow) -> Iterator[Planted]:
    """A fact that is no longer asked or looked up; one that is asked for nothing."""
    demanded = {tool.name: tool.required_arguments for tool in agent.tools}
    sent = {
        a.fact
        for f in agent.workflows
        for s in f.steps
        if isinstance(s, ToolCall)
        for a in s.arguments
        if a.name in demanded.get(s.tool, ())
    }
    for step in flow.steps:
        if isinstance(step, Ask) and not flow.reusable:
            for fact in step.slots:
                left = tuple(each for each in step.slots if each != fact)
                if left and fact in sent:
                    yield Planted(
                        "data flow", f"{flow.id}: {fact} is not asked", _with(agent, flow, step, slots=left)
                    )
            new = Slot(id="shoe_size", label="Shoe size", type="number", prompt="What is your shoe size?")
            asking = flow.model_copy(update={"slots": (*flow.slots, new)})
            made = _with(with_flow(agent, asking), asking, step, slots=(*step.slots, "shoe_size"))
            yield Planted("data flow", f"{flow.id}: “{step.title}” asks for a shoe size", made)
        if isinstance(step, ToolCall):
            for binding in step.results:
                if binding.fact in sent | _decided(agent) and _used_in(agent, flow, binding.fact):
                    left_results = tuple(each for each in step.results if each != binding)
                    made = _with(agent, flow, step, results=left_results)
                    yield Planted("data flow", f"{flow.id}: {binding.fact} is not looked up", made)


def _used_in(agent: Agent, flow: Workflow, fact: str) -> bool:
    """Whether a workflow itself sends a fact, or decides by it."""
    tables = {step.table for step in flow.steps if isinstance(step, Decide)}
    decided = {column.id for table in agent.tables if table.id in tables for column in table.inputs}
    sent = {a.fact for step in flow.steps if isinstance(step, ToolCall) for a in step.arguments}
    return fact in decided | sent


def _decided(agent: Agent) -> set[str]:
    return {column.id for table in agent.tables for column in table.inputs}


def _dead(agent: Agent, flow: Workflow) -> Iterator[Planted]:
    """A decision asked again, whose other answers can no longer come; a condition that never holds."""
    for step in flow.steps:
        if not isinstance(step, Decide):
            continue
        if step.table is None and step.branches and step.branches[0].when is not None:
            branch = step.branches[0]
            again = Branch(id="again", when=branch.when, next=branch.next)
            copy = Decide(id="asked-again", title="Asked again?", branches=(again,), otherwise=step.otherwise)
            first = branch.model_copy(update={"next": "asked-again"})
            made = _with(agent, flow, step, branches=(first, *step.branches[1:]))
            grown = made.workflow(flow.id)
            yield Planted("dead", f"{flow.id}: “{step.title}” is decided twice", with_flow(
                made, grown.model_copy(update={"steps": (*grown.steps, copy)})))  # fmt: skip
            later = branch.model_copy(update={"id": "later"})
            made = _with(agent, flow, step, branches=(*step.branches, later))
            yield Planted("dead", f"{flow.id}: a branch of “{step.title}” stands twice", made)
        if step.table is not None:
            more = Branch(id="never answered", next=step.branches[0].next)
            made = _with(agent, flow, step, branches=(*step.branches, more))
            yield Planted("dead", f"{flow.id}: “{step.title}” has a branch that no row gives", made)
            end = End(id="lost", title="Lost", outcome="refused")
            made = with_flow(agent, flow.model_copy(update={"steps": (*flow.steps, end)}))
            yield Planted("dead", f"{flow.id}: a step to which nothing leads", made)


def _tables(agent: Agent) -> Iterator[Planted]:
    """A row taken away, twice there, saying two things, or after one that takes everything; a limit moved."""

    def put(at: int, **update: Any) -> Agent:
        changed = agent.tables[at].model_copy(update=update)
        tables = tuple(changed if n == at else each for n, each in enumerate(agent.tables))
        return agent.model_copy(update={"tables": tables})

    for at, table in enumerate(agent.tables):
        rows = table.rows
        if any(row.cells for row in rows[-1:]) or not rows[-1].cells:
            yield Planted("table", f"{table.id}: the last row is gone", put(at, rows=rows[:-1]))
        for n, row in enumerate(rows):
            other = next((each.then for each in rows if each.then != row.then), "other")
            twin = row.model_copy(update={"id": "twin", "then": other})
            made = put(at, rows=(*rows[: n + 1], twin, *rows[n + 1 :]))
            yield Planted("table", f"{table.id}: row {n + 1} is contradicted", made)
        everything = rows[0].model_copy(update={"id": "everything", "cells": ()})
        yield Planted(
            "table", f"{table.id}: a row in front takes everything", put(at, rows=(everything, *rows))
        )
        for n, row in enumerate(rows):
            for cell in row.cells:
                if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
                    widened = 1.5 if cell.op in ("<", "<=") else 0.5
                    cells = tuple(
                        c.model_copy(update={"value": int(cell.value * widened)}) if c == cell else c
                        for c in row.cells
                    )
                    moved = row.model_copy(update={"cells": cells})
                    made = put(at, rows=(*rows[:n], moved, *rows[n + 1 :]))
                    bound = table.hit_policy == "unique" or _bounded(agent, cell.id)
                    if bound:
                        yield Planted("bounds", f"{table.id}: row {n + 1} reaches further", made)


def _bounded(agent: Agent, fact: str) -> bool:
    """Whether a guard or a limit looks at a fact that a table decides by."""
    from studio.domain.condition import fields_of

    guards = [rule.guard for rule in agent.charter.rules if rule.guard is not None]
    looked = {n for g in guards if g.forbidden_when is not None for n in fields_of(g.forbidden_when)}
    return fact in looked or any(fact == limit.argument for tool in agent.tools for limit in tool.limits)


def _deeds(agent: Agent) -> Iterator[Planted]:
    """A question before what cannot be taken back left out; a lower limit; a change on the first level."""
    level = agent.charter.model_copy(update={"autonomy": 1})
    yield Planted(
        "permission", "changes on the first level of autonomy", agent.model_copy(update={"charter": level})
    )
    for at, tool in enumerate(agent.tools):
        if tool.limits:
            lower = tuple(each.model_copy(update={"maximum": each.maximum / 2}) for each in tool.limits)
            changed = tool.model_copy(update={"limits": lower})
            tools = tuple(changed if n == at else each for n, each in enumerate(agent.tools))
            yield Planted("bounds", f"{tool.name}: a lower limit", agent.model_copy(update={"tools": tools}))
        if tool.effect == "write" and tool.reversible and not _agreed(agent, tool.name):
            changed = tool.model_copy(update={"reversible": False})
            tools = tuple(changed if n == at else each for n, each in enumerate(agent.tools))
            yield Planted(
                "permission", f"{tool.name}: cannot be taken back", agent.model_copy(update={"tools": tools})
            )
    for flow in agent.workflows:
        for step in flow.steps:
            if isinstance(step, Decide) and step.table is None and len(step.branches) == 1:
                to = step.branches[0].next
                target = flow.step(to) if to else None
                tool_of = {t.name: t for t in agent.tools}
                if isinstance(target, ToolCall) and not tool_of[target.tool].reversible:
                    made = _with(agent, flow, step, otherwise=to)
                    yield Planted("permission", f"{flow.id}: “{step.title}” goes on at a no", made)


def _agreed(agent: Agent, tool: str) -> bool:
    """Whether a decision on the customer's yes leads to a system."""
    for flow in agent.workflows:
        calls = {step.id for step in flow.steps if isinstance(step, ToolCall) and step.tool == tool}
        for step in flow.steps:
            if isinstance(step, Decide) and step.table is None and {b.next for b in step.branches} & calls:
                return True
    return False


def _charter(agent: Agent) -> Iterator[Planted]:
    """A guard of what nobody calls, a rule that claims a step, one for a workflow that is not there."""
    for rule in agent.charter.rules:
        others = tuple(each for each in agent.charter.rules if each.id != rule.id)
        if rule.guard is not None and rule.guard.forbidden_when is None and not rule.guard.needs_identity:
            continue
        if rule.guard is not None:
            lost = rule.model_copy(update={"guard": rule.guard.model_copy(update={"tools": ("open_door",)})})
            yield Planted("charter", f"{rule.id} guards what is not there", _ruled(agent, (*others, lost)))
        if rule.enforced_by == "text only":
            claiming = rule.model_copy(update={"enforced_by": "step"})
            yield Planted("charter", f"{rule.id} claims a step", _ruled(agent, (*others, claiming)))
            guarding = rule.model_copy(update={"enforced_by": "guard"})
            yield Planted("charter", f"{rule.id} claims a guard", _ruled(agent, (*others, guarding)))


def news(before: tuple[CheckResult, ...], after: tuple[CheckResult, ...]) -> list[CheckResult]:
    """What the checks find with a fault and did not find without."""
    known = {(each.id, each.status, each.detail) for each in before}
    return [e for e in after if e.status != "holds" and (e.id, e.status, e.detail) not in known]
