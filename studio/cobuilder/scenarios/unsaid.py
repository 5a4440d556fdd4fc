"""Tests of what must not be said: a customer who is upset, and an agent that says nothing of it all the same.

- A test is a copy of one in which everything goes well, told by an upset customer; it listens to every turn.
- Where a sentence leaves cases in which it may be said, or names no one thing, that is told instead.
"""

from __future__ import annotations

from studio.cobuilder.changes.limit_scenarios import scenario_path
from studio.cobuilder.changes.new_rules import next_id
from studio.cobuilder.rules.sayings import unsaid_in
from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.sketch.drafting import Why, rule_path
from studio.cobuilder.sketch.rehearsal import meets, walk
from studio.domain.changeset import join_path
from studio.domain.charter import Rule, RuleKind
from studio.domain.scenario import ExpectOutcome, ExpectUnsaid, Scenario


def tests_of_sayings(desk: Desk) -> None:
    """Add a test for each new rule by which something must not be said."""
    known = {rule.id for rule in desk.agent.charter.rules}
    for rule in desk.sketch.agent.charter.rules:
        if rule.id in known or rule.kind is not RuleKind.NEVER or rule.guard is not None:
            continue
        expected = unsaid_in(rule.text, rule.id)
        model = _model(desk, rule) if expected is not None else None
        if expected is not None and model is not None:
            _add(desk, rule, expected, model)


def _model(desk: Desk, rule: Rule) -> Scenario | None:
    """Return the test to copy: plain, without a fault, in a workflow of the rule, best with a good end."""
    agent = desk.sketch.agent
    plain = [s for s in agent.scenarios if not s.faults and not s.behaviours and not s.also]
    fitting = [s for s in plain if not rule.workflows or s.workflow in rule.workflows] or plain
    ends = ExpectOutcome(outcome="resolved")
    for each in sorted(fitting, key=lambda s: ends not in s.expectations):
        course = walk(agent, each)
        if course is not None and meets(each, course):
            return each
    return None


def _add(desk: Desk, rule: Rule, expected: ExpectUnsaid, model: Scenario) -> None:
    how = "is promised no" if expected.promised else "hears nothing of"
    title = f"An upset customer {how} {expected.words}"
    new = model.model_copy(
        update={
            "id": next_id("T", desk.sketch.names("scenarios")),
            "title": title,
            "persona": model.persona.model_copy(update={"mood": "angry"}),
            "behaviours": ("angry",),
            "expectations": (*model.expectations, expected),
            "citations": rule.citations,
        }
    )
    why = Why(
        f"New test {new.id} {title}",
        f"It listens to every turn, as rule {rule.id} demands; otherwise it is as {model.id}.",
        rule.citations,
        0.7,
    )
    path = desk.sketch.put(scenario_path(new.id), new, why)
    flow, copied = join_path("workflows", new.workflow), scenario_path(model.id)
    needed = [each for each in (flow, copied) if desk.sketch.touched(each)]
    desk.sketch.needs(path, rule_path(rule.id), *needed)
