"""Scenarios for who is turned away, for what is said first, and for what no scenario settles.

- A new scenario copies one that got through before, changes the facts that shut it out, and expects
  what the sentence says. Excepted cases keep the expectations of the scenario they are copied from.
- A scenario that the draft would no longer meet, without any rule for it, becomes a question.
"""

from __future__ import annotations

from studio.cobuilder.changes.limit_scenarios import scenario_path, with_fact
from studio.cobuilder.changes.new_rules import next_id
from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.sketch.drafting import rule_path
from studio.cobuilder.sketch.exclusions import Exclusion
from studio.cobuilder.sketch.rehearsal import Walk, meets, walk
from studio.cobuilder.words.spoken import capital
from studio.domain.charter import Rule
from studio.domain.condition import Compare, compare, spell
from studio.domain.scenario import (
    Expectation,
    ExpectCall,
    ExpectDisclosure,
    ExpectOutcome,
    ExpectStep,
    Scenario,
)


def around_exclusion(desk: Desk, found: Exclusion) -> None:
    """Add a scenario for who is turned away now, and one for each case that is excepted."""
    if found.step is None:
        return
    for scenario in desk.agent.scenarios:
        before = _passes(desk, scenario, found)
        if before is not None and not any(_holds(before, test) for _, test in found.exceptions):
            _add_turned_away(desk, scenario, found)
            break
    for fact, test in found.exceptions:
        for scenario in desk.agent.scenarios:
            before = _passes(desk, scenario, found)
            if before is not None and _holds(before, test):
                excepted = spell(test.value) if isinstance(test.value, str) else fact.label
                title = f"{capital(found.answer or '')}, but {excepted}"
                _add_excluded(
                    desk, scenario, found, title, scenario.expectations, "The sentence excepts this case."
                )
                break


def _holds(course: Walk, test: Compare) -> bool:
    return test.field in course.facts and compare(course.facts[test.field], "=", test.value)


def _passes(desk: Desk, scenario: Scenario, found: Exclusion) -> Walk | None:
    """Return the walk of a scenario in which the systems were called, for customers without extremes."""
    course = walk(desk.agent, scenario) if scenario.workflow == found.flow else None
    if course is None or not set(found.tools) <= set(course.calls) or scenario.faults:
        return None
    return course


def _add_turned_away(desk: Desk, scenario: Scenario, found: Exclusion) -> None:
    expectations: tuple[Expectation, ...] = (
        ExpectOutcome(outcome=found.outcome),
        ExpectStep(step=found.step or ""),
        *(ExpectCall(tool=tool, never=True) for tool in found.tools),
    )
    reason = f"It tests rule {found.rule.id}; otherwise it is as {scenario.id}."
    _add_excluded(desk, scenario, found, found.rule.title, expectations, reason)


def _add_excluded(
    desk: Desk,
    scenario: Scenario,
    found: Exclusion,
    title: str,
    expectations: tuple[Expectation, ...],
    reason: str,
) -> None:
    new = scenario
    for fact, test in found.conditions:
        if isinstance(test.value, bool | int | float | str):
            new = with_fact(desk, new, fact.name, test.value)
    new = new.model_copy(
        update={
            "id": next_id("T", desk.sketch.names("scenarios")),
            "title": title,
            "expectations": expectations,
            "citations": (desk.cite(found.statement),),
        }
    )
    course = walk(desk.sketch.agent, new)
    if course is None or not meets(new, course):
        return
    why = desk.why(f"New test {new.id} {title}", reason, found.statement, confidence=0.8)
    path = desk.sketch.put(scenario_path(new.id), new, why)
    desk.sketch.needs(path, rule_path(found.rule.id), *found.paths)


def expect_order(desk: Desk) -> None:
    """Let scenarios that expect a disclosure expect it before the system that now waits for it."""
    was = {rule.id: rule.guard for rule in desk.agent.charter.rules}
    for rule in desk.sketch.agent.charter.rules:
        guard, old = rule.guard, was.get(rule.id)
        if guard is None or guard.needs_disclosure != rule.id or (old and old.needs_disclosure == rule.id):
            continue
        for scenario in desk.sketch.agent.scenarios:
            _expect_before(desk, scenario, rule.id, guard.tools[0])
        if old is None and rule.id not in was:
            _expect_new(desk, rule, guard.tools[0])


def _expect_new(desk: Desk, rule: Rule, tool: str) -> None:
    """Let the first scenario that calls the system also expect a disclosure that is new."""
    for scenario in desk.sketch.agent.scenarios:
        expected = [e.tool for e in scenario.expectations if isinstance(e, ExpectCall) and not e.never]
        told = ExpectDisclosure(rule=rule.id, before=tool)
        more = scenario.model_copy(update={"expectations": (*scenario.expectations, told)})
        course = walk(desk.sketch.agent, more) if tool in expected else None
        if course is not None and meets(more, course):
            path = scenario_path(scenario.id)
            title = f"{scenario.id} {scenario.title}: {rule.id} is said first"
            why = desk.sketch.why_of(rule_path(rule.id), title, f"It also tests the new rule {rule.id}.")
            desk.sketch.needs(desk.sketch.put(path, more, why), rule_path(rule.id))
            return


def _expect_before(desk: Desk, scenario: Scenario, rule_id: str, tool: str) -> None:
    called = any(isinstance(e, ExpectCall) and e.tool == tool and not e.never for e in scenario.expectations)
    expectations = tuple(
        e.model_copy(update={"before": tool})
        if isinstance(e, ExpectDisclosure) and e.rule == rule_id and e.before is None and called
        else e
        for e in scenario.expectations
    )
    if expectations == scenario.expectations:
        return
    path = scenario_path(scenario.id)
    new = all(each.id != scenario.id for each in desk.agent.scenarios)
    title = (
        "" if new or desk.sketch.touched(path) else f"{scenario.id} {scenario.title}: {rule_id} is said first"
    )
    why = desk.sketch.why_of(
        rule_path(rule_id), title, f"{rule_id} has to be said before “{tool.replace('_', ' ')}” is called."
    )
    desk.sketch.put(path, scenario.model_copy(update={"expectations": expectations}), why)
    desk.sketch.needs(path, rule_path(rule_id))


def no_longer_met(desk: Desk) -> None:
    """Leave a question for every scenario that the draft would not meet any more."""
    for scenario in desk.sketch.agent.scenarios:
        before, after = walk(desk.agent, scenario), walk(desk.sketch.agent, scenario)
        if before is None or after is None or meets(scenario, after) or not meets(scenario, before):
            continue
        citation = scenario.citations[0] if scenario.citations else None
        if citation is not None:
            desk.ask(
                f"What shall happen in {scenario.id} “{scenario.title}”? With the proposed changes it ends "
                f"“{after.outcome or 'nowhere'}” and no longer as it expects.",
                "No scenario shows what is right there.",
                "scenario",
                citation,
            )
