"""A fix for what a check found: the first of the usual remedies after which the finding is gone.

- A remedy counts only if the check no longer finds it and nothing else breaks; it is tried on a copy.
- What a remedy changes is one change set, proposed; nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from studio.checks.all import run_checks
from studio.checks.domains import NotProvable
from studio.checks.moves import FAILED
from studio.checks.tables import table_gap
from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply, split_path
from studio.domain.check import CheckResult, PathStep
from studio.domain.condition import AnyOf, Compare, Condition
from studio.domain.errors import StudioError
from studio.domain.known import in_words
from studio.domain.workflow import Ask, Decide, DecisionTable, End, Handoff, Row, ToolCall
from studio.services.authoring.new_steps import free_id
from studio.services.authoring.steps import delete_steps
from studio.services.mending import editing
from studio.services.mending.editing import Spot, spot_of

Remedy = tuple[str, Agent | None]
"""What is done, in words, and the agent after it; None where it cannot be done."""


def suggested_fix(agent: Agent, result: CheckResult) -> ChangeSet | None:
    """Return the change that mends a finding; None where nobody but a person can tell what is meant."""
    remedies = _REMEDIES.get(result.check)
    if result.status == "holds" or remedies is None:
        return None
    known = {each.id for each in run_checks(agent) if each.status == "broken"}
    for title, mended in remedies(agent, result):
        if mended is None or mended == agent:
            continue
        after = run_checks(mended)
        if any(each.id == result.id and each.status != "holds" for each in after):
            continue
        if any(each.status == "broken" and each.id not in known for each in after):
            continue
        return diff_agents(agent, mended, title)
    return None


# What is in front of a step


def _identity(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    yield from _failing_ways(agent, result)
    spot = spot_of(result.path)
    if spot is not None:
        title = f"Verify identity before “{_title(agent, spot)}”"
        yield title, editing.identity_first(agent, spot)


def _failing_ways(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    """Yield the remedies that lead a failure on the path to where it should go."""
    for step in reversed(result.counterexample):
        if step.label not in (FAILED, "not verified") or not _has_way(agent, step):
            continue
        spot = (step.workflow, step.step)
        ended = editing.refusing_end(agent, step.workflow)
        if ended is not None and step.label == "not verified":
            yield (
                f"End with a refusal when “{step.title}” fails",
                editing.leading(agent, spot, step.label, ended),
            )
        with_person, person = editing.to_person(agent, step.workflow)
        title = f"Hand over to a person when “{step.title}” fails"
        yield title, editing.leading(with_person, spot, step.label, person)


def _disclosure(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    spot = spot_of(result.path)
    rule = result.id.removeprefix(f"{result.check}:{result.path}:").split(":")[0]
    if spot is not None:
        yield (
            f"Say {_called(agent, rule)} before “{_title(agent, spot)}”",
            editing.said_first(agent, spot, rule),
        )


def _known(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    spot = spot_of(result.path)
    if spot is None:
        return
    fact = result.id.removeprefix(f"{result.check}:{result.path}:").split(":")[0]
    if len(result.counterexample) > 1 and result.counterexample[-2].label == FAILED:
        yield from _failing_ways(agent, result)
    named = _fact_called(agent, fact)
    yield f"Ask for {named} before “{_title(agent, spot)}”", editing.asked_first(agent, spot, fact)
    yield f"Look up {named} before “{_title(agent, spot)}”", editing.looked_up_first(agent, spot, fact)
    yield from _failing_ways(agent, result)


def _confirmation(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    spot = spot_of(result.path)
    if spot is not None:
        yield (
            f"Ask the customer to confirm before “{_title(agent, spot)}”",
            editing.confirmed_first(agent, spot),
        )


def _stops(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    spot = spot_of(result.path)
    if spot is None:
        return
    rule = result.id.removeprefix(f"{result.check}:{result.path}:").split(":")[0]
    stopped = _stopping(agent, spot, rule)
    if stopped is not None:
        title = f"Check before “{_title(agent, spot)}” whether it is allowed"
        yield title, editing.decided_first(agent, spot, stopped)


def _stopping(agent: Agent, spot: Spot, rule_id: str) -> Condition | None:
    """Return when a rule's guard, or the limits of the system, stop a step."""
    step = agent.workflow(spot[0]).step(spot[1])
    if rule_id != "limit":
        rule = next((each for each in agent.charter.rules if each.id == rule_id), None)
        return rule.guard.forbidden_when if rule is not None and rule.guard is not None else None
    if not isinstance(step, ToolCall):
        return None
    facts = {each.name: each.fact for each in step.arguments if each.fact is not None}
    limits = next((tool.limits for tool in agent.tools if tool.name == step.tool), ())
    parts = tuple(
        Compare(field=facts[each.argument], op=">", value=each.maximum)
        for each in limits
        if each.argument in facts
    )
    return parts[0] if len(parts) == 1 else AnyOf(of=parts) if parts else None


# Ways that lead to the wrong place


def _way_to_person(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    """Yield for each way of the path, the last first, that it leads to a person."""
    for step in reversed(result.counterexample[:-1]):
        with_person, person = editing.to_person(agent, step.workflow)
        if not _has_way(agent, step):
            continue
        title = f"Hand over to a person after “{step.title}”" + (f" ({step.label})" if step.label else "")
        yield title, editing.leading(with_person, (step.workflow, step.step), step.label, person)


def _has_way(agent: Agent, step: PathStep) -> bool:
    found = agent.workflow(step.workflow).step(step.step)
    return not isinstance(found, End | Handoff)


def _twice(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    """Yield that the way back to the second call ends instead, or goes to a person."""
    for step in reversed(result.counterexample[:-1]):
        steps = agent.workflow(step.workflow).steps
        done = next((s.id for s in steps if isinstance(s, End) and s.outcome == "resolved"), None)
        if done is not None and step.label != FAILED and _has_way(agent, step):
            title = f"End the conversation after “{step.title}”"
            yield title, editing.leading(agent, (step.workflow, step.step), step.label, done)
            break
    yield from _way_to_person(agent, result)


def _failure_path(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    spot = spot_of(result.path)
    if spot is None:
        return
    with_person, person = editing.to_person(agent, spot[0])
    label = result.id.removeprefix(f"{result.check}:{result.path}").lstrip(":")
    way = FAILED if result.check == "failure path" else "" if label in ("", "next") else label
    after = f"when “{_title(agent, spot)}” fails" if way else f"after “{_title(agent, spot)}”"
    yield f"Hand over to a person {after}", editing.leading(with_person, spot, way, person)


# What is left over, and what is missing


def _dead(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    spot, parts = spot_of(result.path), split_path(result.path)
    if parts[0] == "tables":
        yield from _row_away(agent, result)
        return
    if spot is None:
        return
    step = agent.workflow(spot[0]).step(spot[1])
    about = result.id.removeprefix(f"{result.check}:{result.path}:")
    if about.startswith("branch:") and isinstance(step, Decide):
        kept = tuple(branch for branch in step.branches if f"branch:{branch.id}" != about)
        title = f"Remove “{about.removeprefix('branch:')}”, which is never taken, from “{step.title}”"
        changed = editing.with_step(agent, spot[0], step.model_copy(update={"branches": kept}))
        yield title, _without_lost(changed, spot[0])
    try:
        yield f"Delete the step “{step.title}”", apply(agent, delete_steps(agent, spot[0], [spot[1]]))
    except (StudioError, ValueError):
        return


def _without_lost(agent: Agent, workflow: str) -> Agent:
    """Return the agent without the steps of a workflow that no arrow leads to any more."""
    lost = [
        split_path(each.path)[3]
        for each in run_checks(agent)
        if each.check == "reachable" and each.status == "broken" and split_path(each.path)[1] == workflow
    ]
    return apply(agent, delete_steps(agent, workflow, lost)) if lost else agent


def _row_away(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    parts = split_path(result.path)
    table = agent.table(parts[1])
    rows = tuple(row for row in table.rows if row.id != parts[-1])
    changed = table.model_copy(update={"rows": rows})
    yield f"Remove a row from “{table.name}” that never answers", _with_table(agent, table.id, changed)


def _with_table(agent: Agent, name: str, changed: object) -> Agent:
    tables = tuple(changed if each.id == name else each for each in agent.tables)
    return agent.model_copy(update={"tables": tables})


def _gaps(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    table = agent.table(split_path(result.path)[1])
    for answer in _answers(agent, table):
        changed = table
        for _ in range(20):
            try:
                gap = table_gap(changed, agent)
            except NotProvable:
                return
            if gap is None:
                break
            name = free_id("row", (row.id for row in changed.rows))
            row = Row(id=name, cells=gap.cells, then=answer)
            changed = changed.model_copy(update={"rows": (*changed.rows, row)})
        title = f"Answer “{answer}” in “{table.name}” where no row fits"
        yield title, _with_table(agent, table.id, changed)


def _answers(agent: Agent, table: DecisionTable) -> list[str]:
    """Return the answers a table may give: first what leads to a person, then what no row says yet."""
    given = {row.then for row in table.rows}
    careful, unsaid, others = list[str](), list[str](), list[str]()
    for flow in agent.workflows:
        handing = {step.id for step in flow.steps if isinstance(step, Handoff)}
        for step in flow.steps:
            for branch in step.branches if isinstance(step, Decide) and step.table == table.id else ():
                kind = careful if branch.next in handing else others if branch.id in given else unsaid
                kind.append(branch.id)
    return list(dict.fromkeys([*careful, *unsaid, *others]))


def _overlaps(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    table = agent.table(split_path(result.path)[1])
    changed = table.model_copy(update={"hit_policy": "first"})
    yield f"Let the first row that fits answer in “{table.name}”", _with_table(agent, table.id, changed)


def _passed_on(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    spot = spot_of(result.path)
    if spot is None:
        return
    step = agent.workflow(spot[0]).step(spot[1])
    if isinstance(step, Handoff):
        from studio.checks.permissions import facts_not_passed

        missing = facts_not_passed(agent, spot)
        changed = step.model_copy(update={"context": (*step.context, *missing)})
        yield (
            f"Tell the person at “{step.title}” everything that the customer was asked",
            editing.with_step(agent, spot[0], changed),
        )


def _privacy(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    spot = spot_of(result.path)
    if spot is None:
        return
    step = agent.workflow(spot[0]).step(spot[1])
    fact = result.id.removeprefix(f"{result.check}:{result.path}:")
    if isinstance(step, Ask):
        title = f"Stop asking for {_fact_called(agent, fact)}"
        left = tuple(slot for slot in step.slots if slot != fact)
        if left:
            yield title, editing.with_step(agent, spot[0], step.model_copy(update={"slots": left}))
        else:
            yield title, apply(agent, delete_steps(agent, spot[0], [spot[1]]))


def _kept(agent: Agent, result: CheckResult) -> Iterator[Remedy]:
    rule = next((each for each in agent.charter.rules if each.id in split_path(result.path)), None)
    if rule is None or rule.formal is None or not result.counterexample:
        return
    last = result.counterexample[-1]
    spot, title = (last.workflow, last.step), last.title
    demanded = rule.formal
    if demanded.kind == "before" and demanded.other is not None:
        if demanded.other.kind == "identity":
            yield f"Verify identity before “{title}”", editing.identity_first(agent, spot)
        elif demanded.other.kind == "disclosure":
            for name in demanded.other.names:
                yield f"Say {_called(agent, name)} before “{title}”", editing.said_first(agent, spot, name)
    elif demanded.kind == "never" and demanded.when is not None:
        yield (
            f"Check before “{title}” whether it is allowed",
            editing.decided_first(agent, spot, demanded.when),
        )
    elif demanded.kind == "once":
        yield from _twice(agent, result)
    yield from _failing_ways(agent, result)


def _called(agent: Agent, rule_id: str) -> str:
    """Return what people call a rule: its title, and the name that it is cited by."""
    rule = next((each for each in agent.charter.rules if each.id == rule_id), None)
    return f"“{rule.title}” ({rule_id})" if rule is not None and rule.title else rule_id


def _fact_called(agent: Agent, fact: str) -> str:
    """Return what people call a fact."""
    slots = (slot for flow in agent.workflows for slot in flow.slots if slot.id == fact)
    return next((f"“{slot.label}”" for slot in slots if slot.label), f"“{in_words(fact)}”")


def _title(agent: Agent, spot: Spot) -> str:
    return agent.workflow(spot[0]).step(spot[1]).title


_REMEDIES: dict[str, Callable[[Agent, CheckResult], Iterator[Remedy]]] = {
    "identity": _identity,
    "disclosure": _disclosure,
    "known facts": _known,
    "confirmation": _confirmation,
    "stops": _stops,
    "twice": _twice,
    "loops": _way_to_person,
    "failure ends": _failing_ways,
    "handed over": _way_to_person,
    "failure path": _failure_path,
    "ends": _failure_path,
    "dead ways": _dead,
    "reachable": _dead,
    "rows": _row_away,
    "gaps": _gaps,
    "overlaps": _overlaps,
    "passed on": _passed_on,
    "privacy": _privacy,
    "kept": _kept,
}
