"""Proofs over all paths: reach, ways on, failure paths, identity before writes, disclosures in time.

- "Before" is proved by searching the graph with the proving way removed: if the guarded step is still
  reached, the shortest way there is the counterexample.
- A guard would stop such a call at run time; the path is a defect all the same, for the customer on it
  ends in a failure, and the result says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from studio.checks.graph import (
    NOBODY,
    Graph,
    TooLarge,
    Unfolding,
    as_path,
    count_paths,
    shortest,
    ways_of,
)
from studio.checks.proving import Found, further, said_at, seek, steps_of, verified_at
from studio.checks.results import counted, result, step_path, workflow_path
from studio.checks.situations import Situations
from studio.domain.agent import Agent
from studio.domain.charter import Rule
from studio.domain.check import CheckResult, PathStep
from studio.domain.workflow import (
    Ask,
    CallBlock,
    Decide,
    Disclose,
    End,
    Handoff,
    Step,
    ToolCall,
    Verify,
    Workflow,
    ways_out,
)


def check_drawing(agent: Agent) -> Iterator[CheckResult]:
    """Yield what holds for each workflow as it is drawn, its blocks left closed."""
    for flow in agent.workflows:
        yield from _reached(flow)
        yield from _ends(flow, agent)
        yield from _failure_paths(flow)


def check_order(agent: Agent, flow: Workflow, made: Situations | None) -> Iterator[CheckResult]:
    """Yield what comes before what on all paths of one workflow, and where it does not.

    `made` are its situations, where they could be explored: a path that no customer can take breaks nothing.
    """
    try:
        graph = made.graph if made is not None else Unfolding(agent).graph(flow)
    except TooLarge:
        detail = f"“{flow.name}” calls so many blocks inside each other that its paths cannot be proved."
        yield result("identity", "warning", flow.name, detail, workflow_path(flow.id))
        return
    yield from _identity(flow, graph, agent, made)
    yield from _disclosures(flow, graph, agent, made)


# Within one workflow


def _successors(flow: Workflow) -> dict[str, list[str]]:
    known = {step.id for step in flow.steps}
    return {step.id: [to for _, to in ways_of(step) if to in known] for step in flow.steps}


def _spread(start: set[str], ways: dict[str, list[str]]) -> set[str]:
    found, waiting = set(start), sorted(start)
    while waiting:
        for to in ways.get(waiting.pop(), ()):
            if to not in found:
                found.add(to)
                waiting.append(to)
    return found


def _reached(flow: Workflow) -> Iterator[CheckResult]:
    found = _spread({flow.start}, _successors(flow))
    lost = [step for step in flow.steps if step.id not in found]
    for step in lost:
        detail = f"No path of “{flow.name}” leads to “{step.title}”."
        yield result("reachable", "broken", step.title, detail, step_path(flow.id, step.id))
    if flow.steps and not lost:
        detail = f"Every step of “{flow.name}” can be reached ({counted(len(flow.steps), 'step', 'steps')})."
        yield result("reachable", "holds", flow.name, detail, workflow_path(flow.id))


def _hands_off(agent: Agent) -> set[str]:
    """Return the blocks in which a conversation can end with a person, directly or deeper."""
    found: set[str] = set()
    changed = True
    while changed:
        changed = False
        for flow in agent.workflows:
            steps = flow.steps if flow.id not in found else ()
            if any(isinstance(s, Handoff) or (isinstance(s, CallBlock) and s.block in found) for s in steps):
                found.add(flow.id)
                changed = True
    return found


def _ends(flow: Workflow, agent: Agent) -> Iterator[CheckResult]:
    handing = _hands_off(agent)
    final = {
        step.id
        for step in flow.steps
        if isinstance(step, End | Handoff) or (isinstance(step, CallBlock) and step.block in handing)
    }
    backwards: dict[str, list[str]] = {}
    for name, successors in _successors(flow).items():
        for to in successors:
            backwards.setdefault(to, []).append(name)
    ending = _spread(final, backwards)
    stuck = [step for step in flow.steps if step.id not in ending]
    for step in stuck:
        detail = f"From “{step.title}” in “{flow.name}” the conversation never comes to an end."
        yield result("ends", "broken", step.title, detail, step_path(flow.id, step.id))
    loose = list(_loose(flow))
    yield from loose
    if flow.steps and not stuck and not any(each.status == "broken" for each in loose):
        detail = f"Every step of “{flow.name}” leads to an end."
        yield result("ends", "holds", flow.name, detail, workflow_path(flow.id))


def _loose(flow: Workflow) -> Iterator[CheckResult]:
    """Yield the ordinary ways on that lead nowhere."""
    for step in flow.steps:
        for label, to in ways_out(step):
            if to is not None or label == "if it fails":
                continue
            where = step_path(flow.id, step.id)
            if isinstance(step, Decide) and label == "otherwise":
                detail = f"“{step.title}” has no way on when nothing fits; a person would take over."
                yield result("ends", "warning", step.title, detail, where, label)
            else:
                way = f" after “{label}”" if label else ""
                detail = f"“{step.title}” in “{flow.name}” has no way on{way}."
                yield result("ends", "broken", step.title, detail, where, label or "next")


def _failure_paths(flow: Workflow) -> Iterator[CheckResult]:
    fallible = [s for s in flow.steps if isinstance(s, ToolCall | Verify | CallBlock | Ask)]
    lacking = [step for step in fallible if step.on_failure is None]
    for step in lacking:
        asks = isinstance(step, Ask)
        what = "the customer does not answer" if asks else "it fails"
        detail = f"“{step.title}” in “{flow.name}” says nothing about what happens when {what}."
        where = step_path(flow.id, step.id)
        yield result("failure path", "warning" if asks else "broken", step.title, detail, where)
    systems = sum(isinstance(step, ToolCall | Verify) for step in fallible)
    if systems and all(isinstance(step, Ask) for step in lacking):
        detail = f"Every step of “{flow.name}” that uses a system has a failure path ({systems:,})."
        yield result("failure path", "holds", flow.name, detail, workflow_path(flow.id))


# Across blocks


def _verifying(step: Step, label: str) -> bool:
    return isinstance(step, Verify) and label == "verified"


def _targets(graph: Graph, wanted: Callable[[ToolCall], bool]) -> list[tuple[str, ToolCall]]:
    """Return the tool steps that are wanted, each once, with their workflows."""
    found = {
        (place.workflow, step.id): step
        for place, step in zip(graph.places, graph.steps, strict=True)
        if isinstance(step, ToolCall) and wanted(step)
    }
    return [(workflow, step) for (workflow, _), step in found.items()]


def _binding(agent: Agent, flow: Workflow, at: str) -> list[Rule]:
    rules = agent.charter.rules
    return [r for r in rules if r.guard and (not r.workflows or flow.id in r.workflows or at in r.workflows)]


def _identity(flow: Workflow, graph: Graph, agent: Agent, made: Situations | None) -> Iterator[CheckResult]:
    writing = {tool.name for tool in agent.tools if tool.effect == "write"}
    if flow.open_to == "anyone":
        detail = f"“{flow.name}” is set to serve anyone: it may change things before identity is verified."
        yield result("identity", "warning", flow.name, detail, workflow_path(flow.id))
        writing = set()  # what a rule demands, it demands of everyone

    def demanding(at: str, tool: str) -> list[Rule]:
        bound = _binding(agent, flow, at)
        return [r for r in bound if r.guard and r.guard.needs_identity and tool in r.guard.tools]

    everywhere = {place.workflow for place in graph.places}
    wanted = writing | {
        step.tool
        for step in graph.steps
        if isinstance(step, ToolCall) and any(demanding(at, step.tool) for at in sorted(everywhere))
    }
    for at, step in _targets(graph, lambda each: each.tool in wanted):
        rules = demanding(at, step.tool)
        if step.tool in writing or rules:
            yield _before(flow, graph, made, at, step, "identity", "Identity is verified", _verifying, rules)


def _disclosures(
    flow: Workflow, graph: Graph, agent: Agent, made: Situations | None
) -> Iterator[CheckResult]:
    for at, step in _targets(graph, lambda each: True):
        for rule in _binding(agent, flow, at):
            demanded = rule.guard.needs_disclosure if rule.guard else None
            if demanded is None or not rule.guard or step.tool not in rule.guard.tools:
                continue

            def saying(each: Step, label: str, demanded: str = demanded) -> bool:
                return isinstance(each, Disclose) and each.rule == demanded

            claim = f"{demanded} is said"
            yield _before(flow, graph, made, at, step, "disclosure", claim, saying, [rule], demanded)


def _before(
    flow: Workflow,
    graph: Graph,
    made: Situations | None,
    at: str,
    step: ToolCall,
    check: str,
    claim: str,
    proving: Callable[[Step, str], bool],
    rules: list[Rule],
    about: str = "",
) -> CheckResult:
    """Return whether a claim is true before a tool step on every path from the start of a workflow."""

    def target(each: Step) -> bool:
        return each is step

    where = step_path(at, step.id)
    path = shortest(graph, target, proving)
    found = _taken(made, at, step, proving, about) if path is not None and made is not None else None
    about = ":".join(part for part in (about, flow.id if at != flow.id else "") if part)
    if path is not None and made is not None and found is None:
        within = "" if at == flow.id else f" in “{flow.name}”"
        detail = f"{claim} before “{step.title}”{within} on every path that a customer can take."
        return result(check, "holds", step.title, detail, where, about)
    if path is None:
        number = count_paths(graph, target)
        few = {1: "on the only path", 2: "on both paths"}
        ways = few.get(number, f"on all {number:,} paths")
        within = "" if at == flow.id else f" in “{flow.name}”"
        detail = f"{claim} before “{step.title}”{within} {ways}."
        return result(check, "holds", step.title, detail, where, about)
    steps = steps_of(made, found.trail) if made is not None and found is not None else as_path(graph, path)
    route = " → ".join(each.title for each in steps)
    guard = f" {rules[0].id} would stop the call." if rules else ""
    claim = claim[0].lower() + claim[1:] if check == "identity" else claim
    unusual = found is not None and not found.real and _only_unusual(graph, steps)
    can = "may be come to" if unusual else "can be reached"
    detail = f"“{step.title}” {can} before {claim}: {route}.{guard}{further(found)}"
    return result(check, "warning" if unusual else "broken", step.title, detail, where, about, steps)


def _only_unusual(graph: Graph, steps: tuple[PathStep, ...]) -> bool:
    """Return whether a path begins with a further wish, or goes on where nobody took over."""
    first = graph.places[0]
    begins = (steps[0].workflow, steps[0].step) == (first.workflow, first.step)
    return not begins or any(step.label == NOBODY for step in steps)


def _taken(
    made: Situations, at: str, step: ToolCall, proving: Callable[[Step, str], bool], said: str
) -> Found | None:
    """Return a way to a step that no proving way is on, as customers can take it.

    What is proved is that a disclosure is `said`, or, where that is "", that identity is verified.
    """
    numbers = {
        number
        for place, each in enumerate(made.graph.places)
        if each.workflow == at and each.step == step.id
        for number in made.at.get(place, ())
    }
    over = said_at(made, said) if said else verified_at(made)
    return seek(
        made, numbers.__contains__, lambda number, way: proving(made.step(number), way.label), over=over
    )
