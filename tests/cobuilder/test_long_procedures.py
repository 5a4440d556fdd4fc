"""Tests drafted for long procedures: along the ways through them, within an effort, and stopped if asked."""

from __future__ import annotations

import time

import pytest
from test_carried_over import asked_of

from studio.cobuilder.scenarios import ways as scenario_ways
from studio.cobuilder.scenarios.goals import reached
from studio.cobuilder.scenarios.plans import plan_tests
from studio.cobuilder.scenarios.ways import Effort
from studio.domain.changeset import apply
from studio.domain.pulse import watched
from studio.domain.workflow import Decide
from studio.services.new_agent import new_agent


def _procedure(decisions: int) -> str:
    colours = ("amber", "beige", "copper", "denim", "emerald", "fuchsia", "golden", "hazel", "indigo", "jade")
    places = ("attic", "barn", "cellar", "depot", "entrance", "foyer")
    steps = ["Ask for the order number and the surname.", "Look up the order in Vega."]
    for at in range(decisions):
        what = f"{colours[at % 10]} {places[at // 10]}"
        steps += [f"If the {what} seal is broken, hand over to Team A.", f"Update the {what} note in Vega."]
    return "# Desk\n\n## Many\n\n" + "".join(f"{n}. {step}\n" for n, step in enumerate(steps, 1))


def test_a_decision_behind_many_others_is_tested_without_trying_every_combination() -> None:
    """Twenty decisions in a row: every way out of each has a test, in seconds of work and not in minutes."""
    began = time.process_time()
    made = asked_of(_procedure(20))
    assert time.process_time() - began < 120
    agent = apply(new_agent("Desk"), made.changeset)
    decisions = [step for flow in agent.workflows for step in flow.steps if isinstance(step, Decide)]
    keys = {key for scenario in agent.scenarios for key in reached(agent, scenario)}
    ways = {(key[2], key[3]) for key in keys if key[0] == "branch"}
    assert len(decisions) == 20
    assert ways == {(step.id, way) for step in decisions for way in ("yes", "otherwise")}
    lost = [line for line in made.unaffected if line.startswith("Not tested") and "No customer gets" in line]
    assert lost == []


def test_what_the_effort_does_not_reach_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is too much to try, what is not tested is named with that reason."""
    agent = apply(new_agent("Desk"), asked_of(_procedure(12)).changeset)
    bare = agent.model_copy(update={"scenarios": ()})
    whole = plan_tests(bare)
    monkeypatch.setattr(scenario_ways.Effort, "__init__", _scant)
    less = plan_tests(bare)
    left = [goal for goal, why in less.untested if why.startswith("There are too many cases")]
    assert left
    assert len(less.drafts) < len(whole.drafts)
    assert len(less.drafts) + len(less.tested) + len(less.untested) == len(whole.drafts) + len(
        whole.tested
    ) + len(whole.untested)


def _scant(effort: Effort) -> None:
    effort.left = 1500


def test_the_drafting_of_tests_hears_a_stop() -> None:
    """A person who stops the work while tests are drafted is heard."""
    agent = apply(new_agent("Desk"), asked_of(_procedure(12)).changeset)
    heard = 0

    def listener() -> None:
        nonlocal heard
        heard += 1
        if heard == 50:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), watched(listener):
        plan_tests(agent.model_copy(update={"scenarios": ()}))
