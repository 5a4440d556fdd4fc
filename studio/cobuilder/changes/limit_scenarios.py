"""Scenarios that a change concerns: moved to the new limit, expecting the other answer, or new.

- Expectations are never taken from what the draft does: they are those of a scenario that stands on
  the same side of the limit already, or what the sentence says. Each is walked through the draft, and
  one that the draft would not meet is left out.
- A limit is tested at itself and one step (a day, a cent, one) to the side that is answered otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from studio.cobuilder.changes.matters import Threshold, recited
from studio.cobuilder.changes.new_rules import next_id
from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.sketch.rehearsal import Walk, meets, walk
from studio.cobuilder.words.values import plain
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.condition import Scalar, spell
from studio.domain.scenario import (
    Fact,
    Scenario,
    SystemReply,
)
from studio.domain.workflow import Binding, ToolCall

_BESIDE = {"duration": 1.0, "count": 1.0, "money": 0.01, "percent": 1.0}


def scenario_path(scenario_id: str) -> str:
    """Return the path of a scenario."""
    return join_path("scenarios", scenario_id)


def around_limit(desk: Desk, threshold: Threshold, needed: Iterable[str]) -> None:
    """Move, turn and add scenarios around a limit of a decision table that moved."""
    needs = tuple(needed)
    met = _at_table(desk, threshold)
    for reached in met:
        if desk.sketch.touched(scenario_path(reached.scenario.id)):
            continue
        if reached.value == threshold.old:
            _move(desk, threshold, reached.scenario, reached.value, needs)
        elif reached.after is not None and reached.before != reached.after:
            _turn(desk, threshold, reached.scenario, reached.value, needs)
    _add_edges(desk, threshold, met, needs)


@dataclass(frozen=True, slots=True)
class Reached:
    """A scenario that reaches a decision: its value there, and the answers before and after.

    Where no table decides, the answer is the course that the conversation takes.
    """

    scenario: Scenario
    value: float
    before: str | None
    after: str | None
    facts: dict[str, Scalar]


def _answer(threshold: Threshold, course: Walk) -> str | None:
    """Return what a limit's table answers, or else the ways that the course takes, as one text."""
    if threshold.table:
        return course.answers.get(threshold.table)
    told = sorted(set(course.steps))
    return "|".join((course.outcome, course.queue or "", *course.calls, *told))


def _add_edges(desk: Desk, threshold: Threshold, met: list[Reached], needs: tuple[str, ...]) -> None:
    """Test the limit itself and the value beside it that is answered otherwise, where nothing does yet."""
    step = _BESIDE.get(threshold.change.new.kind, 1.0)
    edges = (threshold.new, round(threshold.new + step, 2), round(threshold.new - step, 2))
    for reached in met:
        answers = {edge: _answer_at(desk, threshold, reached, edge) for edge in edges}
        beside = next((e for e in edges[1:] if answers[e] != answers[threshold.new]), None)
        if beside is None:
            continue
        for edge in (threshold.new, beside):
            like = [each for each in met if each.before == answers[edge]]
            if like and not _tested(desk, threshold, edge):
                _add(
                    desk, threshold, min(like, key=lambda each: abs(each.value - threshold.old)), edge, needs
                )
        return


def _answer_at(desk: Desk, threshold: Threshold, reached: Reached, value: float) -> str | None:
    """Return what the draft answers where the limit's fact has a value."""
    if threshold.table:
        row = desk.sketch.agent.table(threshold.table).decide({**reached.facts, threshold.name: plain(value)})
        return row.then if row else None
    course = walk(desk.sketch.agent, with_fact(desk, reached.scenario, threshold, plain(value)))
    return _answer(threshold, course) if course else None


def _tested(desk: Desk, threshold: Threshold, value: float) -> bool:
    walks = (walk(desk.sketch.agent, scenario) for scenario in desk.sketch.agent.scenarios)
    return any(w and _facts(threshold, w).get(threshold.name) == value for w in walks)


def _facts(threshold: Threshold, course: Walk) -> dict[str, Scalar]:
    """Return the facts at a limit's decision; at a guard or branch, those of the whole course."""
    return course.facts_at.get(threshold.table, {}) if threshold.table else course.facts


def _at_table(desk: Desk, threshold: Threshold) -> list[Reached]:
    """Return the scenarios of the live agent that reach the decision with a number there."""
    found = []
    for scenario in desk.agent.scenarios:
        before, after = walk(desk.agent, scenario), walk(desk.sketch.agent, scenario)
        if before is None or after is None:
            continue
        value = _facts(threshold, before).get(threshold.fact)
        if isinstance(value, bool | str) or value is None:
            continue
        answers = _answer(threshold, before), _answer(threshold, after)
        facts = _facts(threshold, after)
        found.append(Reached(scenario, float(value), *answers, facts))
    return found


def with_fact(desk: Desk, scenario: Scenario, fact: Threshold | str, value: Scalar) -> Scenario:
    """Return a scenario in which a fact has a value, wherever the draft takes the fact from."""
    name, was = (fact, fact) if isinstance(fact, str) else (fact.name, fact.fact)
    new, old = _binding(desk.sketch.agent, scenario, name), _binding(desk.agent, scenario, was)
    if new is None:
        facts = tuple(f.model_copy(update={"value": value}) if f.id == name else f for f in scenario.facts)
        known = any(each.id == name for each in facts)
        return scenario.model_copy(update={"facts": facts if known else (*facts, Fact(id=name, value=value))})
    tool, binding = new
    systems = []
    for system in scenario.systems:
        reply = dict(system.reply)
        if system.id == tool:
            gap = _gap(reply, old[1].result if old else None, binding.result)
            if old and gap is not None and isinstance(value, int | float):
                reply[old[1].result] = plain(value + gap)
            reply[binding.result] = value
        systems.append(SystemReply(id=system.id, reply=reply))
    return scenario.model_copy(update={"systems": tuple(systems)})


def _gap(reply: dict[str, Scalar], old: str | None, new: str) -> float | None:
    if old is None or old == new:
        return None
    before, after = reply.get(old), reply.get(new)
    if isinstance(before, int | float) and isinstance(after, int | float):
        return float(before) - float(after)
    return None


def _binding(agent: Agent, scenario: Scenario, name: str) -> tuple[str, Binding] | None:
    flow = next((each for each in agent.workflows if each.id == scenario.workflow), None)
    for step in flow.steps if flow else ():
        if isinstance(step, ToolCall):
            for binding in step.results:
                if binding.fact == name:
                    return step.tool, binding
    return None


def _number(value: float) -> str:
    return spell(plain(value)) if float(value).is_integer() else f"{value:,.2f}"


def retitled(title: str, old: float, new: float) -> str:
    """Return a title in which a number is replaced by another."""
    return re.sub(rf"(?<![\d.,]){re.escape(_number(old))}(?![\d]|[.,]\d)", _number(new), title, count=1)


def _move(desk: Desk, threshold: Threshold, scenario: Scenario, value: float, needs: tuple[str, ...]) -> None:
    moved = with_fact(desk, scenario, threshold, plain(threshold.new)).model_copy(
        update={
            "title": retitled(scenario.title, value, threshold.new),
            "goal": retitled(scenario.goal, value, threshold.new),
            "citations": recited(desk, threshold.meeting, scenario.citations),
        }
    )
    course = walk(desk.sketch.agent, moved)
    if course is None or not meets(moved, course):
        return
    words = threshold.change.new.shown
    why = desk.why(
        f"{scenario.id} {moved.title}",
        f"It tests the limit itself, which is {words} now.",
        threshold.meeting.statement,
        confidence=0.85,
    )
    desk.sketch.needs(desk.sketch.put(scenario_path(scenario.id), moved, why), *needs)


def _turn(desk: Desk, threshold: Threshold, scenario: Scenario, value: float, needs: tuple[str, ...]) -> None:
    course = walk(desk.sketch.agent, scenario)
    template = _like(desk, scenario, threshold, course) if course else None
    if course is None or template is None:
        return
    answer = course.answers.get(threshold.table, course.outcome)
    turned = scenario.model_copy(
        update={
            "title": _turned_title(scenario.title, value, answer),
            "expectations": template.expectations,
            "citations": recited(desk, threshold.meeting, scenario.citations),
        }
    )
    if not meets(turned, course):
        return
    why = desk.why(
        f"{scenario.id} {turned.title}",
        f"“{scenario.title}” held for the old limit. It now expects what {template.id} expects.",
        threshold.meeting.statement,
        confidence=0.8,
    )
    desk.sketch.needs(desk.sketch.put(scenario_path(scenario.id), turned, why), *needs)


def _turned_title(title: str, value: float, answer: str) -> str:
    number = rf"(?<![\d.,]){re.escape(_number(value))}(?![\d]|[.,]\d)(?:\s+(?:days?|hours?|weeks?|times|%))?"
    match = re.search(number, title)
    return f"{title[: match.end()] if match else title}: now “{answer}”"


def _like(desk: Desk, scenario: Scenario, threshold: Threshold, course: Walk) -> Scenario | None:
    """Return the scenario that got this answer before already, the one most like this one."""
    best: tuple[int, int] | None = None
    found = None
    for at, other in enumerate(desk.agent.scenarios):
        before = walk(desk.agent, other) if other.workflow == scenario.workflow else None
        if other.id == scenario.id or before is None or before.outcome != course.outcome:
            continue
        if before.queue != course.queue or _answer(threshold, before) != _answer(threshold, course):
            continue
        alike = sum(before.facts.get(k) == v for k, v in course.facts.items())
        alike += 10 * (tuple(before.calls) == tuple(course.calls)) + 5 * (
            set(before.steps) == set(course.steps)
        )
        if best is None or (alike, -at) > best:
            best, found = (alike, -at), other
    return found


def _plain_title(desk: Desk, threshold: Threshold, value: float, like: Reached) -> str:
    if not threshold.table:
        return f"{threshold.name.replace('_', ' ').capitalize()} {_number(value)}, like {like.scenario.id}"
    inputs = desk.sketch.agent.table(threshold.table).inputs
    label = next(
        (each.label for each in inputs if each.id == threshold.name), threshold.name.replace("_", " ")
    )
    return f"{label} {_number(value)}: “{like.before}”"


def _add(desk: Desk, threshold: Threshold, like: Reached, value: float, needs: tuple[str, ...]) -> None:
    scenario = like.scenario
    title = retitled(scenario.title, like.value, value)
    if title == scenario.title:
        title = _plain_title(desk, threshold, value, like)
    new = with_fact(desk, scenario, threshold, plain(value)).model_copy(
        update={
            "id": next_id("T", desk.sketch.names("scenarios")),
            "title": title,
            "goal": retitled(scenario.goal, like.value, value),
            "citations": recited(desk, threshold.meeting, scenario.citations),
        }
    )
    course = walk(desk.sketch.agent, new)
    if course is None or not meets(new, course):
        return
    words = threshold.change.new.shown
    where = "At" if value == threshold.new else "One step beside"
    reason = f"{where} the new limit of {words}; it expects what {scenario.id} expected."
    why = desk.why(f"New test {new.id} {title}", reason, threshold.meeting.statement, confidence=0.8)
    desk.sketch.needs(desk.sketch.put(scenario_path(new.id), new, why), *needs)
