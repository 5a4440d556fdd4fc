"""Strength and coverage: what the tests exercise, which planted faults they notice, and which they would."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.errors import Cancelled
from studio.domain.frozen import digest
from studio.runtime.program import Program
from studio.simulation import run
from studio.simulation.coverage import KINDS, Coverage, exercised
from studio.simulation.mutants import mutants
from studio.simulation.runner import converse, world_of
from studio.simulation.strength import Arena, Strength, strength
from studio.simulation.systems import connect
from studio.workers.inline import InlineWorkers

ROOT = Path(__file__).parents[2]
SHOP = Path(__file__).parent / "shop.json"
SAMPLES = [
    ROOT / "sample_projects" / name / "agent.json" for name in ("returns_assistant", "appointment_desk")
]


@lru_cache(maxsize=4)
def _agent(path: Path) -> Agent:
    return Agent.model_validate_json(path.read_bytes())


@lru_cache(maxsize=4)
def _strength(path: Path) -> Strength:
    return strength(_agent(path), _agent(path).scenarios, 7, 2)


def _fails(agent: Agent, test_agent: Agent, test: str, customers: int) -> bool:
    program = Program.of(agent)
    world = world_of(Program.of(test_agent))
    scenario = test_agent.scenario(test)
    return any(
        not converse(program, world, scenario, number, 7, connect(scenario)).passed
        for number in range(customers)
    )


def test_each_mutant_is_one_change_that_can_be_taken_back(shop: Agent) -> None:
    """A mutant is an agent like any other, differs from the sound one, and goes back to it."""
    found = mutants(shop)
    assert len({mutant.id for mutant in found}) == len(found) > 50
    for mutant in found:
        planted = mutant.plant(shop)
        assert digest(planted) != digest(shop)
        back = ChangeSet(title="", changes=(mutant.change.inverse(),))
        assert digest(apply(planted, back)) == digest(shop)


def test_every_kind_of_fault_is_planted() -> None:
    """Guards, limits, musts, disclosures, rows, steps and branches are all among them."""
    kinds = Counter(m.kind for path in (SHOP, *SAMPLES) for m in mutants(_agent(path)))
    for kind in (
        "guard dropped",
        "must weakened to may",
        "limit shifted of a guard",
        "limit shifted of a system",
        "limit shifted of a row",
        "rows swapped",
        "branches swapped",
        "disclosure left out",
        "step dropped",
        "failure ignored",
        "wrong desk",
        "wrong end",
    ):
        assert kinds[kind] > 0, kind


@pytest.mark.parametrize("path", [SHOP, *SAMPLES], ids=lambda p: p.parent.name)
def test_new_tests_notice_what_no_test_did(path: Path) -> None:
    """Each new test passes on the sound agent with other customers, too, and fails where it says so."""
    agent, found = _agent(path), _strength(path)
    assert (found.failing, found.unsteady) == ((), ())
    assert found.tests
    grown = agent.model_copy(update={"scenarios": (*agent.scenarios, *(t.scenario for t in found.tests))})
    for test in found.tests:
        assert not _fails(grown, grown, test.scenario.id, 5)
        for name in test.notices:
            mutant = next(each.mutant for each in found.results if each.mutant.id == name)
            assert _fails(mutant.plant(agent), grown, test.scenario.id, 2)
    assert {check.status for check in run_checks(grown) if check.id.startswith("scenarios")} <= {"holds"}


@pytest.mark.parametrize("path", [SHOP, *SAMPLES], ids=lambda p: p.parent.name)
def test_no_guard_can_be_dropped_unnoticed(path: Path) -> None:
    """A guard that the workflow never needs is a second lock: the offered tests ask it alone."""
    for each in _strength(path).results:
        if each.mutant.kind in ("guard dropped", "must weakened to may"):
            assert each.by_test or each.by_new_test, each.mutant.title


def test_accepted_tests_make_the_set_stronger() -> None:
    """With the new tests accepted, nothing is offered again, and at least nine of ten faults are noticed."""
    agent, before = _agent(SAMPLES[1]), _strength(SAMPLES[1])
    grown = agent.model_copy(update={"scenarios": (*agent.scenarios, *(t.scenario for t in before.tests))})
    after = strength(grown, grown.scenarios, 7, 2)
    assert after.tests == ()
    assert after.by_tests >= before.by_tests + sum(len(test.notices) for test in before.tests)
    noticed = after.by_tests + sum(each.by_check is not None for each in after.survivors)
    assert noticed >= 0.9 * len(after.results)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.parent.name)
def test_the_samples_pass_their_own_tests_every_time(path: Path) -> None:
    """Twenty customers each, all right, in every aspect; the same run again is the same run."""
    agent = _agent(path)
    first = run(agent, agent.scenarios, 11, 20, InlineWorkers())
    assert [c.because for c in first.conversations if not c.passed] == []
    assert run(agent, agent.scenarios, 11, 20, InlineWorkers()).evidence_digest == first.evidence_digest


DEFECTS: list[tuple[Path, str, str]] = [
    (SAMPLES[0], "Row 3 of “Can the item be returned?”: days elapsed at most 31 instead of 30", "T-03"),
    (SAMPLES[0], "Row 3 of “Can the item be returned?”: days elapsed at most 29 instead of 30", "T-02"),
    (
        SAMPLES[0],
        "Row 1 of “Does a supervisor have to approve?”: amount below 200 instead of at most",
        "T-06",
    ),
    (SAMPLES[0], "“Hand over to a supervisor” in “Return an item”: hands over to Lost property", "T-07"),
    (SAMPLES[0], "“Tell what the label costs” in “Return an item” is left out", "T-01 T-02 T-06 T-10"),
    (SAMPLES[0], "“Tell how long the refund takes” in “Return an item” is left out", "T-01"),
    (SAMPLES[0], "“Issue the refund” in “Return an item” is left out", "T-01 T-02 T-05 T-06 T-10"),
    (SAMPLES[0], "“Hand to a person” in “Return an item” is left out", "T-08 T-09"),
    (
        SAMPLES[0],
        "“Hand over to the Complaints desk” in “Injury, fire or legal action”: hands over to Lost property",
        "T-14",
    ),
    (SAMPLES[1], "Row 1 of “May it be moved again?”: times moved below 3 instead of 2", "T-05"),
    (
        SAMPLES[1],
        "Row 1 of “What does cancelling cost?”: hours until appointment at least 23 instead of 24",
        "T-07",
    ),
    (SAMPLES[1], "“Cancel and charge the fee” in “Cancel an appointment”: sends fee 16", "T-07"),
    (SAMPLES[1], "“Tell the fee” in “Cancel an appointment” is left out", "T-07 T-08"),
    (SAMPLES[1], "“Tell to ring 999” in “Urgent symptoms” is left out", "T-13"),
    (
        SAMPLES[1],
        "“Can it be booked by chat?” in “Book an appointment”: “by chat” and “front desk” are swapped",
        "T-01 T-03",
    ),
]


@pytest.mark.parametrize(("path", "defect", "tests"), DEFECTS)
def test_a_planted_defect_fails_the_right_tests(path: Path, defect: str, tests: str) -> None:
    """Each fault in a sample fails exactly the tests that are about it."""
    agent = _agent(path)
    mutant = next(each for each in mutants(agent) if each.title == defect)
    arena, program = Arena(agent, 7, 3), Program.of(mutant.plant(agent))
    assert [test.id for test in agent.scenarios if arena.notices(program, test)] == tests.split()


def test_a_test_that_fails_itself_notices_nothing(shop: Agent) -> None:
    """It is named instead, and its faults count as unnoticed."""
    broken = shop.scenario("T-01").model_copy(
        update={"expectations": shop.scenario("T-02").expectations, "title": "Wrong"}
    )
    found = strength(shop, [broken], 7, 1)
    assert found.failing == ("T-01",)
    assert found.by_tests == 0


def test_planting_can_be_stopped(shop: Agent) -> None:
    """Progress grows, and raising in it ends the work."""
    heard: list[float] = []

    def stop(fraction: float, message: str = "") -> None:
        heard.append(fraction)
        if fraction > 0.1:
            raise Cancelled

    with pytest.raises(Cancelled):
        strength(shop, shop.scenarios, 7, 1, stop)
    assert heard == sorted(heard)


def test_a_strength_can_be_kept_as_json(shop: Agent) -> None:
    """Everything in it is plain data."""
    found = strength(shop, shop.scenarios[:2], 7, 1)
    assert Strength.model_validate(json.loads(found.model_dump_json())) == found


# Coverage


def _covered(agent: Agent) -> Coverage:
    return exercised(agent, run(agent, agent.scenarios, 7, 3, InlineWorkers()).conversations)


def test_coverage_counts_passed_and_failed_apart(shop: Agent) -> None:
    """What only failing tests exercise is told apart; all kinds are counted."""
    found = _covered(shop)
    assert {item.kind for item in found.items} == set(KINDS)
    steps = {item.id: item for item in found.of("steps")}
    assert steps["return/pay"].passed > 0
    assert steps["return/pay"].failed == 0
    tree = shop.model_dump(mode="json")
    tree["scenarios"] = [s for s in tree["scenarios"] if s["id"] == "T-11"]
    tree["scenarios"][0]["expectations"] = [{"kind": "outcome", "outcome": "refused"}]
    failed = {item.id: item for item in _covered(Agent.model_validate(tree)).of("steps")}
    assert (failed["status/say"].passed, failed["status/say"].failed) == (0, 3)
    assert failed["return/pay"].failed == 0


def test_faults_guards_and_rules_are_covered_where_they_happen(shop: Agent) -> None:
    """A system that timed out, a guard that stopped a call, a rule whose guard was asked."""
    found = _covered(shop)
    items = {(item.kind, item.id): item for item in found.items}
    assert items["faults", "system get_order"].passed == 3
    assert items["faults", "system refund"].passed == 0
    assert items["rules", "R-01"].passed > 0
    assert ("guards", "R-03") in items
    assert found.share("rows")[0] == len(found.of("rows"))
    assert all(not item.passed and not item.failed for item in found.missing)
