"""References: everything an agent names exists, and fits where it is used.

- One finding for each name that leads nowhere; where all lead somewhere, one result says how many.
- Tool arguments and results are held against the tools' own schemas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from studio.checks.calls import check_arguments, check_results
from studio.checks.names import Names
from studio.checks.results import result, step_path, workflow_path
from studio.checks.scenarios import check_scenarios
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.check import CheckResult
from studio.domain.condition import fields_of
from studio.domain.shape import trouble_of
from studio.domain.workflow import (
    OUTCOMES,
    Ask,
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
    ways_out,
)


def check_references(agent: Agent) -> Iterator[CheckResult]:
    """Yield each reference that leads nowhere, or one result that all lead somewhere."""
    names = Names(agent)
    _check_ids(names)
    for flow in agent.workflows:
        _check_workflow(names, flow)
    _check_tables(names)
    _check_rules(names)
    _check_tools(names)
    check_scenarios(names)
    if names.findings:
        yield from names.findings
        return
    detail = f"All {names.looked_up:,} references lead somewhere."
    yield result("references", "holds", agent.name, detail, "charter")


def _check_ids(names: Names) -> None:
    agent = names.agent
    lists: list[tuple[str, Iterable[str]]] = [
        ("charter/rules", (rule.id for rule in agent.charter.rules)),
        ("workflows", (flow.id for flow in agent.workflows)),
        ("tables", (table.id for table in agent.tables)),
        ("tools", (tool.name for tool in agent.tools)),
        ("scenarios", (scenario.id for scenario in agent.scenarios)),
    ]
    for flow in agent.workflows:
        lists.append((workflow_path(flow.id, "steps"), (step.id for step in flow.steps)))
        lists.append((workflow_path(flow.id, "slots"), (slot.id for slot in flow.slots)))
    lists += [(join_path("tables", t.id, "rows"), (row.id for row in t.rows)) for t in agent.tables]
    for path, ids in lists:
        seen: set[str] = set()
        for name in ids:
            detail = f"“{name}” is used twice in {path}; every name must be the only one of its kind."
            names.need(name not in seen, name, detail, path, f"twice:{name}")
            seen.add(name)


# Workflows


def _check_workflow(names: Names, flow: Workflow) -> None:
    steps = {step.id for step in flow.steps}
    where = workflow_path(flow.id)
    detail = f"“{flow.name}” does not say with which step it starts."
    names.need(flow.start in steps, flow.name, detail, where + "/start", "")
    for slot in flow.slots:
        _check_slot(names, flow, slot)
    known = {slot.id for slot in flow.slots}
    if flow.reusable:
        known |= {slot.id for each in names.agent.workflows for slot in each.slots}
    for step in flow.steps:
        for label, to in ways_out(step):
            if to is not None:
                detail = f"“{step.title}” goes on to “{to}”, which is no step of “{flow.name}”."
                names.need(to in steps, step.title, detail, step_path(flow.id, step.id), f"{label}>{to}")
        _check_step(names, flow, step, known)


def _check_slot(names: Names, flow: Workflow, slot: Slot) -> None:
    path = workflow_path(flow.id, "slots", slot.id)
    trouble = trouble_of(slot.pattern) if slot.pattern is not None else ""
    detail = f"The shape of “{slot.label}” in “{flow.name}” does not count: {trouble}."
    names.need(not trouble, slot.label, detail, path, "pattern")
    detail = f"“{slot.label}” in “{flow.name}” is a choice, but names nothing to choose from."
    names.need(slot.type != "choice" or bool(slot.choices), slot.label, detail, path, "choices")


def _check_step(names: Names, flow: Workflow, step: Step, known: set[str]) -> None:
    path = step_path(flow.id, step.id)
    if isinstance(step, Ask | Verify):
        for slot in step.slots:
            detail = f"“{step.title}” asks for “{slot}”, which “{flow.name}” does not describe."
            names.need(slot in known, step.title, detail, path, f"slot:{slot}")
    if isinstance(step, ToolCall | Verify):
        _check_call(names, step, path)
    elif isinstance(step, Decide):
        _check_decision(names, step, path)
    elif isinstance(step, Disclose):
        detail = f"“{step.title}” says {step.rule}, which is no disclosure of the charter."
        names.need(step.rule in names.disclosures, step.title, detail, path, "rule")
    elif isinstance(step, CallBlock):
        block = names.workflows.get(step.block)
        detail = f"“{step.title}” runs “{step.block}”, which is no reusable block."
        names.need(block is not None and block.reusable, step.title, detail, path, "block")
        detail = f"“{step.title}” runs “{step.block}”, which runs itself again without end."
        names.need(not _circular(names, step.block), step.title, detail, path, "circle")
    elif isinstance(step, Handoff):
        for fact in step.context:
            detail = f"“{step.title}” passes on “{fact}”, which nothing ever fills."
            names.need(fact in names.facts, step.title, detail, path, f"fact:{fact}")
    elif isinstance(step, End):
        detail = f"“{step.title}” ends “{step.outcome}”; an end is one of: {', '.join(OUTCOMES)}."
        names.need(step.outcome in OUTCOMES, step.title, detail, path, "outcome")


def _circular(names: Names, block: str) -> bool:
    seen: set[str] = set()
    waiting = [block]
    while waiting:
        flow = names.workflows.get(waiting.pop())
        for step in flow.steps if flow else ():
            if isinstance(step, CallBlock) and step.block == block:
                return True
            if isinstance(step, CallBlock) and step.block not in seen:
                seen.add(step.block)
                waiting.append(step.block)
    return False


def _check_call(names: Names, step: ToolCall | Verify, path: str) -> None:
    detail = f"“{step.title}” calls “{step.tool}”, which is no tool of this agent."
    if not names.need(step.tool in names.tools, step.title, detail, path, "tool"):
        return
    check_arguments(names, step, path)
    check_results(names, step, path)


def _check_decision(names: Names, step: Decide, path: str) -> None:
    branches = {branch.id for branch in step.branches}
    if step.table is not None:
        detail = f"“{step.title}” asks the table “{step.table}”, which does not exist."
        if names.need(step.table in names.tables, step.title, detail, path, "table"):
            for answer in dict.fromkeys(row.then for row in names.agent.table(step.table).rows):
                detail = f"“{step.title}” has no branch for the answer “{answer}” of its table."
                names.need(answer in branches, step.title, detail, path, f"answer:{answer}")
        return
    for branch in step.branches:
        detail = f"The branch “{branch.id}” of “{step.title}” has no condition, so it is never taken."
        if names.need(branch.when is not None, step.title, detail, path, f"when:{branch.id}"):
            assert branch.when is not None
            for fact in sorted(fields_of(branch.when)):
                detail = f"“{step.title}” looks at “{fact}”, which nothing ever fills."
                names.need(fact in names.facts, step.title, detail, path, f"fact:{fact}")


# Tables, rules, tools


def _check_tables(names: Names) -> None:
    for table in names.agent.tables:
        path = join_path("tables", table.id)
        inputs = {each.id for each in table.inputs}
        for name in sorted(inputs):
            detail = f"“{table.name}” looks at “{name}”, which nothing ever fills."
            names.need(name in names.facts, table.name, detail, path, f"fact:{name}")
        for row in table.rows:
            for cell in row.cells:
                detail = f"A row of “{table.name}” tests “{cell.id}”, which is no column of it."
                names.need(cell.id in inputs, table.name, detail, f"{path}/rows/{row.id}", f"cell:{cell.id}")


def _check_rules(names: Names) -> None:
    for rule in names.agent.charter.rules:
        path, subject = join_path("charter", "rules", rule.id), f"{rule.id} {rule.title}"
        for flow in rule.workflows:
            detail = f"{rule.id} is for “{flow}”, which is no workflow."
            names.need(flow in names.workflows, subject, detail, path, f"workflow:{flow}")
        if rule.guard is None:
            continue
        for tool in rule.guard.tools:
            detail = f"{rule.id} guards “{tool}”, which is no tool of this agent."
            names.need(tool in names.tools, subject, detail, path, f"tool:{tool}")
        demanded = rule.guard.needs_disclosure
        if demanded is not None:
            detail = f"{rule.id} demands that {demanded} is said, which is no disclosure of the charter."
            names.need(demanded in names.disclosures, subject, detail, path, "disclosure")
        if rule.guard.forbidden_when is not None:
            guarded = [tool for tool in names.agent.tools if tool.name in rule.guard.tools]
            sent = {name for tool in guarded for name in tool.argument_names}
            for fact in sorted(fields_of(rule.guard.forbidden_when)):
                detail = f"{rule.id} looks at “{fact}”, which nothing ever fills."
                names.need(fact in names.facts | sent, subject, detail, path, f"fact:{fact}")


def _check_tools(names: Names) -> None:
    for tool in names.agent.tools:
        path = join_path("tools", tool.name)
        for limit in tool.limits:
            name = limit.argument
            detail = f"A limit of “{tool.name}” is for “{name}”, which is no argument of it."
            names.need(name in tool.argument_names, tool.name, detail, path, f"limit:{name}")
        for name in tool.required_arguments:
            detail = f"“{tool.name}” demands “{name}”, which its schema does not describe."
            names.need(name in tool.argument_names, tool.name, detail, path, f"required:{name}")
