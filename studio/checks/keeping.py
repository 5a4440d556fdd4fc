"""Rules against workflows: what a rule formally demands holds on every path; what enforces it is there.

- A call happens where no guard and no limit stops it: a rule that a guard keeps is kept.
- A rule that claims a step and has none, and a rule that no workflow can come to, are told.
"""

from __future__ import annotations

from collections.abc import Iterator

from studio.checks.enforcement import enforcement
from studio.checks.facts import with_arguments
from studio.checks.moves import FAILED, Call
from studio.checks.proving import (
    Blocked,
    Found,
    Target,
    family,
    further,
    joined,
    route,
    said_at,
    seek,
    steps_of,
    top,
    verified_at,
    way_to,
)
from studio.checks.results import result
from studio.checks.situations import Situations, Way, corrects, passing
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.charter import Rule, RuleKind
from studio.domain.check import CheckResult, Status
from studio.domain.condition import Condition, Scalar, fields_of
from studio.domain.property import Event, Property
from studio.domain.pulse import beat
from studio.domain.workflow import Disclose, End, Handoff, Step, ToolCall, Verify, Workflow


def check_kept(agent: Agent, flow: Workflow, made: Situations) -> Iterator[CheckResult]:
    """Yield for each rule with a confirmed reading whether a workflow keeps it on every path."""
    within = {each.id for each in family(agent, flow)}
    for rule in agent.charter.rules:
        if rule.formal is None or (rule.workflows and not within & set(rule.workflows)):
            continue
        if not _concerned(agent, made, rule.formal):
            continue
        yield _kept(agent, flow, made, rule, rule.formal)


def _case(made: Situations, demanded: Property, number: int) -> dict[str, Scalar] | None:
    """Return values for which a property with a case is broken where a way ends."""
    call = made.ground.calls.get(made.found[number].place)
    if demanded.when is None or call is None:
        return None
    when = _as_sent(demanded.when, call)
    for part, _ in passing(made.ground, call, made.found[number]):
        for each in made.ground.splitter.split(when, part).holds:
            found: dict[str, Scalar] = {}
            for name in sorted(fields_of(when)):
                at = made.ground.index.get(name)
                samples = made.ground.book.fact(name).samples(each[at]) if at is not None else []
                if samples:
                    found[name] = samples[0]
            return found
    return None


def _as_sent(when: Condition, call: Call) -> Condition:
    """Return a condition as a call sees it."""
    filled = {each.name: each.fact for each in call.arguments if each.fact is not None}
    fixed = {e.name: e.value for e in call.arguments if e.fact is None and e.value is not None}
    return with_arguments(when, filled, fixed)


def _kept(agent: Agent, flow: Workflow, made: Situations, rule: Rule, demanded: Property) -> CheckResult:
    where, subject = join_path("charter", "rules", rule.id), f"{rule.id} {rule.title}"
    found = violation(agent, made, demanded)
    if found is None:
        detail = f"“{flow.name}” keeps {rule.id}: {demanded.words[0].lower()}{demanded.words[1:]}"
        return result("kept", "holds", subject, detail, where, flow.id)
    steps = steps_of(made, found.trail)
    how = "breaks" if found.real else "may break"
    words = demanded.words.rstrip(".")
    detail = f"“{flow.name}” {how} {rule.id} ({words}): {route(steps)}.{further(found)}"
    status: Status = "broken" if found.real else "warning"
    case = _case(made, demanded, found.trail[-1][0])
    return result("kept", status, subject, detail, where, flow.id, steps, case)


def _concerned(agent: Agent, made: Situations, demanded: Property) -> bool:
    """Return whether a workflow has the event at all that a property is about."""
    return any(_place_has(agent, made, number, demanded.event) for number in range(len(made.found)))


def _place_has(agent: Agent, made: Situations, number: int, event: Event) -> bool:
    return _is_about(agent, made.step(number), event)


def _is_about(agent: Agent, step: Step, event: Event) -> bool:
    """Return whether an event can happen at a step."""
    if event.kind in ("call", "failure"):
        return isinstance(step, ToolCall) and _named(agent, step, event)
    if event.kind in ("identity", "failed identity"):
        return isinstance(step, Verify)
    if event.kind == "disclosure":
        return isinstance(step, Disclose) and step.rule in event.names
    return isinstance(step, Handoff) and (not event.names or step.queue in event.names)


def _named(agent: Agent, step: ToolCall, event: Event) -> bool:
    if event.names:
        return step.tool in event.names
    return any(tool.name == step.tool and tool.effect == "write" for tool in agent.tools)


def violation(agent: Agent, made: Situations, demanded: Property) -> Found | None:
    """Return a way on which a property is broken; None where it holds on all."""
    happening = _happening(agent, made, demanded)
    other = demanded.other
    if demanded.kind == "before" and other is not None:
        return seek(made, happening, _on(agent, made, other), over=_happened(made, other))
    if demanded.kind == "never" and other is None:
        return seek(made, happening)
    if demanded.kind == "never" and other is not None:
        return _never_after(agent, made, other, happening)
    if demanded.kind == "once":
        return _after(agent, made, demanded.event, happening, lambda at, way: corrects(made, at, way))
    if other is None:
        return None
    met, ended = _on(agent, made, other), _ended_by(agent, made, demanded.event)

    def over(number: int) -> bool:
        step = made.step(number)
        return isinstance(step, End) and top(made, number)

    def passed_on(number: int, way: Way) -> bool:
        return met(number, way) or ended(number, way) or isinstance(made.step(number), Handoff)

    return _after(agent, made, demanded.event, over, passed_on)


def _happened(made: Situations, event: Event) -> Target | None:
    """Return what tells whether an event has happened where a further wish begins; None if unknown."""
    if event.kind == "identity":
        return verified_at(made)
    if event.kind == "disclosure" and len(event.names) == 1:
        return said_at(made, event.names[0])
    return None


def _never_after(agent: Agent, made: Situations, other: Event, happening: Target) -> Found | None:
    """Return a way on which something happens after another, in the same wish or in a further one."""
    verified, ended = _on(agent, made, Event(kind="identity")), _ended_by(agent, made, other)

    def blocked(number: int, way: Way) -> bool:
        return verified(number, way) or ended(number, way)

    found = _after(agent, made, other, happening, blocked)
    if found is not None or not any(_is_about(agent, s, other) for f in agent.workflows for s in f.steps):
        return found
    starts = [number for number in made.later if not made.found[number].verified]
    return seek(made, happening, blocked, starts) if starts else None


def _happening(agent: Agent, made: Situations, demanded: Property) -> Target:
    """Return what tells whether the event happens in a situation, in a case that counts."""
    event, when = demanded.event, demanded.when

    def happens(number: int) -> bool:
        if not _place_has(agent, made, number, event):
            return False
        if event.kind != "call":
            return True
        situation = made.found[number]
        call = made.ground.calls[situation.place]
        parts = passing(made.ground, call, situation)
        if when is None:
            return any(True for _ in parts)
        case = _as_sent(when, call)
        return any(made.ground.splitter.split(case, part).holds for part, _ in parts)

    return happens


def _ended_by(agent: Agent, made: Situations, event: Event) -> Blocked:
    """Return what blocks the ways that an event closes: after a change, a correction goes to a person."""
    writing = {tool.name for tool in agent.tools if tool.effect == "write"}
    changed = event.kind == "call" and (not event.names or set(event.names) <= writing)
    return lambda number, way: changed and corrects(made, number, way)


def _on(agent: Agent, made: Situations, event: Event) -> Blocked:
    """Return what tells whether an event happens on a way."""

    def happens(number: int, way: Way) -> bool:
        if event.kind in ("identity", "failed identity"):
            told = "verified" if event.kind == "identity" else "not verified"
            return way.label == told and isinstance(made.step(number), Verify)
        if not _place_has(agent, made, number, event):
            return False
        return way.label == (FAILED if event.kind == "failure" else "") or event.kind == "disclosure"

    return happens


def _after(agent: Agent, made: Situations, event: Event, target: Target, blocked: Blocked) -> Found | None:
    """Return the shortest way on which an event happens and a target is come to after it."""
    happens = _on(agent, made, event)
    best: Found | None = None
    for number, ways in enumerate(made.ways):
        beat()
        after = [way for way in ways if happens(number, way)]
        if not after:
            continue
        second = seek(made, target, blocked, [way.to for way in after])
        first = way_to(made, number) if second else None
        if first is None or second is None:
            continue
        label = next(way.label for way in after if way.to == second.trail[0][0])
        found = Found(joined(first.trail, label, second.trail), first.real and second.real)
        if best is None or (not found.real, len(found.trail)) < (not best.real, len(best.trail)):
            best = found
    return best


def check_charter(agent: Agent) -> Iterator[CheckResult]:
    """Yield each rule that claims to be enforced and is not, and each that no workflow can come to."""
    rules = {rule.id: rule for rule in agent.charter.rules}
    known = {flow.id for flow in agent.workflows}
    for each in enforcement(agent):
        rule = rules[each.rule]
        where, subject = join_path("charter", "rules", rule.id), f"{rule.id} {rule.title}"
        if not each.reached and set(rule.workflows) <= known:
            detail = f"{rule.id} is about what no workflow ever comes to."
            yield result("enforced", "warning", subject, detail, where, "reached")
        elif rule.enforced_by == "step" and each.how == "text only" and rule.kind is not RuleKind.ALLOW:
            detail = f"{rule.id} is said to be kept by a step, but no step stands for it: only words do."
            yield result("enforced", "warning", subject, detail, where, "claimed")
