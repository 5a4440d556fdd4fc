"""What is done: nothing that cannot be taken back is done twice, and no call is made only to be stopped.

- A call that a guard or a limit stops is a failure for the customer on it. It is reported where the decisions
  before it looked at the same fact and let through what is stopped, or let through nothing else; a guard
  that alone decides is left alone, for that is what guards are for.
"""

from __future__ import annotations

from collections.abc import Iterator

from studio.checks.boxes import Store, meet
from studio.checks.domains import in_words
from studio.checks.moves import FAILED, Stop
from studio.checks.proving import Found, Trail, at_step, joined, route, seek, steps_of, way_to
from studio.checks.results import result, step_path, workflow_path
from studio.checks.situations import Situations, Way, corrects
from studio.domain.agent import Agent
from studio.domain.check import CheckResult, PathStep, Status
from studio.domain.condition import fields_of
from studio.domain.workflow import ToolCall, Workflow


def check_deeds(agent: Agent, flow: Workflow, made: Situations) -> Iterator[CheckResult]:
    """Yield what is done twice, and what is called only to be stopped, in one workflow."""
    yield from _twice(agent, flow, made)
    yield from _stopped(flow, made)


# Twice


def _twice(agent: Agent, flow: Workflow, made: Situations) -> Iterator[CheckResult]:
    final = [tool.name for tool in agent.tools if tool.effect == "write" and not tool.reversible]
    for name in final:
        calls = at_step(made, lambda step, name=name: isinstance(step, ToolCall) and step.tool == name)  # type: ignore[misc]
        if not calls:
            continue
        words = name.replace("_", " ")
        again, how = _again(made, calls, ""), "after it went through"
        if again is None:
            again, how = _again(made, calls, FAILED), "after a failure that it may have survived"
        if again is None:
            detail = f"No path of “{flow.name}” does “{words}” twice."
            yield result("twice", "holds", flow.name, detail, workflow_path(flow.id), name)
            continue
        steps = steps_of(made, again.trail)
        last = steps[-1]
        detail = f"“{words}” cannot be taken back, and can be called again {how}: {route(steps)}."
        status: Status = "broken" if again.real and how == "after it went through" else "warning"
        yield result("twice", status, last.title, detail, step_path(last.workflow, last.step), name, steps)


def _again(made: Situations, calls: list[int], label: str) -> Found | None:
    """Return the shortest way from the start through a call to another one of the same system."""
    best: Found | None = None
    targets = set(calls)

    def corrected(number: int, way: Way) -> bool:
        """Block what cannot happen once something was written: a correction then goes to a person."""
        return corrects(made, number, way)

    for call in calls:
        starts = [way.to for way in made.ways[call] if way.label == label]
        second = seek(made, targets.__contains__, corrected, starts) if starts else None
        first = way_to(made, call) if second else None
        if first is None or second is None:
            continue
        trail: Trail = joined(first.trail, label, second.trail)
        found = Found(trail, first.real and second.real)
        if best is None or (not found.real, len(trail)) < (not best.real, len(best.trail)):
            best = found
    return best


# Stopped


def _stopped(flow: Workflow, made: Situations) -> Iterator[CheckResult]:
    found: dict[tuple[str, str, str], tuple[bool, int, int, Store, Stop]] = {}
    for place, call in made.ground.calls.items():
        spot = made.graph.places[place]
        for number in made.at.get(place, ()):
            for stop in call.stops:
                told = _let_through(made, number, stop) if stop.sure else None
                if told is None:
                    continue
                always, fact, part = told
                key = (spot.workflow, spot.step, stop.rule)
                if key not in found or (always and not found[key][0]):
                    found[key] = (always, number, fact, part, stop)
    for (workflow, step, rule), (always, number, fact, part, stop) in found.items():
        way = way_to(made, number)
        if way is None or not way.real:
            continue
        steps = steps_of(made, way.trail)
        yield _stop_result(made, flow, workflow, step, rule, (always, fact, part, stop), steps)
    clean = [call for call in made.ground.calls.values() if call.stops]
    if clean and not found:
        detail = f"No path of “{flow.name}” decides for a call that a guard or a limit then stops."
        yield result("stops", "holds", flow.name, detail, workflow_path(flow.id))


def _let_through(made: Situations, number: int, stop: Stop) -> tuple[bool, int, Store] | None:
    """Return whether a stop takes all that decisions let through, or a part; by which fact, and the part."""
    ground, store = made.ground, made.found[number].store
    parts: list[Store] = []
    if stop.condition is not None:
        split = ground.splitter.split(stop.condition, store)
        parts = split.holds if split.exact else []
    elif stop.box:
        inside = meet(store, stop.box)
        parts = [inside] if inside is not None else []
    for part in parts:
        narrowed = [at for at, bits in enumerate(part) if bits != store[at]]
        decided = [at for at in (narrowed or _tested(made, stop)) if _decided(made, number, at)]
        if narrowed and len(decided) == len(narrowed):
            return False, narrowed[0], part
        if not narrowed and decided:
            return True, decided[0], part
    return None


def _tested(made: Situations, stop: Stop) -> list[int]:
    if stop.box:
        return [at for at, _ in stop.box]
    names = sorted(fields_of(stop.condition)) if stop.condition is not None else []
    return [made.ground.index[name] for name in names if name in made.ground.index]


def _decided(made: Situations, number: int, at: int) -> bool:
    """Return whether decisions on the way narrowed what a fact can be."""
    present = made.ground.present[at]
    bits = made.found[number].store[at] & present
    return bool(bits) and bits != present


def _stop_result(
    made: Situations,
    flow: Workflow,
    workflow: str,
    step: str,
    rule: str,
    told: tuple[bool, int, Store, Stop],
    steps: tuple[PathStep, ...],
) -> CheckResult:
    always, at, part, stop = told
    fact = made.ground.book.fact(made.ground.names[at])
    pieces = list(fact.pieces)
    chosen = [index for index in range(len(pieces)) if part[at] >> (index + 1) & 1]
    label = fact.name.replace("_", " ")
    words = f"{label} {in_words(pieces, chosen)}" if chosen else f"no {label}"
    by = f"{rule} always stops it" if rule else "the system's limit always stops it"
    if not always:
        by = f"{rule} stops it" if rule else f"the system's limit ({stop.words}) stops it"
    title = steps[-1].title
    detail = f"“{title}” in “{flow.name}” is come to with {words}, where {by}: {route(steps)}."
    about = ":".join(part for part in (rule or "limit", flow.id if workflow != flow.id else "") if part)
    status: Status = "broken" if always else "warning"
    piece = next((pieces[each] for each in chosen if pieces[each].low != pieces[each].high), None)
    case = {fact.name: (piece or pieces[chosen[0]]).sample} if chosen and not always else None
    return result("stops", status, title, detail, step_path(workflow, step), about, steps, case)
