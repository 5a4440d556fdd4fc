"""How failures end: with a person who is told what was told, or truly done; and loops, which must end.

- A change that failed is not reported as done: no path from its failure ends resolved unless something was
  changed after all; a person who is not there takes nothing over.
- "Handed over" is no way to end: only a handoff hands anybody over.
- A loop is bound where the customer speaks on it; one that runs by itself is stopped after 200 steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from studio.checks.moves import FAILED
from studio.checks.proving import Trail, at_step, joined, reached, route, seek, steps_of, top, way_to
from studio.checks.results import result, step_path, workflow_path
from studio.checks.situations import Situations, Way, corrects
from studio.domain.agent import Agent
from studio.domain.check import CheckResult
from studio.domain.workflow import End, Handoff, ToolCall, Workflow


def check_endings(agent: Agent, flow: Workflow, made: Situations) -> Iterator[CheckResult]:
    """Yield how failures and loops of one workflow end."""
    yield from _failures(agent, flow, made)
    yield from _promised(flow, made)
    yield from _loops(flow, made)


def _failures(agent: Agent, flow: Workflow, made: Situations) -> Iterator[CheckResult]:
    writing = {tool.name for tool in agent.tools if tool.effect == "write"}
    calls = at_step(made, lambda step: isinstance(step, ToolCall) and step.tool in writing)
    writes = set(calls)

    def done(number: int, way: Way) -> bool:
        if corrects(made, number, way):
            return True
        return number in writes and way.label == ""

    def resolved(number: int) -> bool:
        step = made.step(number)
        return isinstance(step, End) and step.outcome == "resolved" and top(made, number)

    seen: set[tuple[str, str]] = set()
    doubtful = False
    unchanged = reached(made, lambda number, way: way.label == "" and number in writes) if calls else ()
    for call in calls:
        place = made.graph.places[made.found[call].place]
        if (place.workflow, place.step) in seen or call not in unchanged:
            continue
        starts = [way.to for way in made.ways[call] if way.label == FAILED]
        second = seek(made, resolved, done, starts) if starts else None
        first = way_to(made, call) if second else None
        doubtful = doubtful or second is not None
        if first is None or second is None or not (first.real and second.real):
            continue
        seen.add((place.workflow, place.step))
        steps = steps_of(made, joined(first.trail, FAILED, second.trail))
        title = made.step(call).title
        detail = f"If “{title}” fails, the conversation still ends as resolved: {route(steps)}."
        about = flow.id if place.workflow != flow.id else ""
        where = step_path(place.workflow, place.step)
        yield result("failure ends", "broken", title, detail, where, about, steps)
    if calls and not doubtful:
        detail = f"No path of “{flow.name}” ends as resolved after a change that failed."
        yield result("failure ends", "holds", flow.name, detail, workflow_path(flow.id))


def _promised(flow: Workflow, made: Situations) -> Iterator[CheckResult]:
    def ended(number: int) -> bool:
        step = made.step(number)
        return isinstance(step, End) and step.outcome == "handed over" and top(made, number)

    found = seek(made, ended)  # a handoff that leads on has handed nobody over: nobody was there
    if found is not None and found.real:
        steps = steps_of(made, found.trail)
        last = steps[-1]
        detail = f"“{last.title}” ends as handed over, but nobody was passed the customer: {route(steps)}."
        where = step_path(last.workflow, last.step)
        yield result("handed over", "broken", last.title, detail, where, "", steps)
    elif found is None and at_step(made, lambda step: isinstance(step, Handoff)):
        detail = f"Whoever “{flow.name}” calls handed over has been passed to a person."
        yield result("handed over", "holds", flow.name, detail, workflow_path(flow.id))


# Loops


def _loops(flow: Workflow, made: Situations) -> Iterator[CheckResult]:
    circle = _circle(made)
    if circle is None:
        detail = f"No loop of “{flow.name}” goes round without the customer."
        yield result("loops", "holds", flow.name, detail, workflow_path(flow.id))
        return
    start = circle[0][0]
    first = way_to(made, start)
    if first is None or not first.real:
        return
    steps = steps_of(made, joined(first.trail, circle[0][1], circle[1:]))
    last = steps[-1]
    detail = f"“{last.title}” in “{flow.name}” can go round without end, nobody asked: {route(steps)}."
    about = flow.id if last.workflow != flow.id else ""
    yield result("loops", "broken", last.title, detail, step_path(last.workflow, last.step), about, steps)


def _circle(made: Situations) -> Trail | None:
    """Return a way round on which the customer never speaks, from a situation back to the same; or None."""
    state = [0] * len(made.found)
    own = [
        [w for w in ways if not w.waits and w.exact and not made.joined[w.to]] if not made.joined[at] else []
        for at, ways in enumerate(made.ways)
    ]
    for root in range(len(own)):
        if state[root]:
            continue
        stack = [(root, 0)]
        state[root] = 1
        while stack:
            at, index = stack.pop()
            if index == len(own[at]):
                state[at] = 2
                continue
            stack.append((at, index + 1))
            to = own[at][index].to
            if state[to] == 1:
                on = [number for number, _ in stack]
                loop = stack[on.index(to) :]
                trail = [(number, own[number][taken - 1].label) for number, taken in loop]
                return [*trail, (to, "")]
            if state[to] == 0:
                state[to] = 1
                stack.append((to, 0))
    return None
