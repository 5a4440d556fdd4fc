"""Every fault planted in the samples is found; each kind is shown as a conversation, mended, and kept so."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.check import CheckResult
from studio.services.counterexample import counterexample, meet, passes
from studio.services.mending.fixing import suggested_fix
from studio.services.mending.kept_tests import as_test
from tests.checks.planted import Planted, confirmed, news, planted

SAMPLES = Path(__file__).resolve().parents[2] / "sample_projects"
NAMES = ("returns_assistant", "appointment_desk")
SHOWN = ("identity", "known facts", "kept", "handed over", "failure ends", "loops", "twice", "stops",
         "confirmation", "gaps")  # fmt: skip


@lru_cache
def sound(name: str) -> Agent:
    """A sample whose rules were read formally and confirmed."""
    return confirmed(Agent.model_validate_json((SAMPLES / name / "agent.json").read_bytes()))


@lru_cache
def faults(name: str) -> tuple[tuple[Planted, tuple[CheckResult, ...]], ...]:
    """Every fault of a sample, with what the checks newly find."""
    before = run_checks(sound(name))
    return tuple((fault, tuple(news(before, run_checks(fault.agent)))) for fault in planted(sound(name)))


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_proved(name: str) -> None:
    """Nothing is broken in a sample, and every rule with a formal reading is kept on every path."""
    found = run_checks(sound(name))
    assert [each.detail for each in found if each.status == "broken"] == []
    assert [each.status for each in found if each.check == "kept"].count("holds") >= 5
    assert all(each.assumes for each in found if each.check in SHOWN and each.status == "holds")


@pytest.mark.parametrize("name", NAMES)
def test_every_planted_fault_is_found(name: str) -> None:
    """No fault of any kind goes unnoticed."""
    assert [f"{fault.kind}: {fault.title}" for fault, found in faults(name) if not found] == []


def test_enough_is_planted_of_every_kind() -> None:
    """The faults are of all kinds that the checks are for, and many."""
    kinds = Counter(fault.kind for name in NAMES for fault, _ in faults(name))
    assert kinds.total() >= 100
    assert set(kinds) == {
        "order", "obligation", "termination", "never twice", "data flow", "dead", "table", "bounds",
        "permission", "charter",
    }  # fmt: skip


def _examples(check: str) -> list[tuple[Agent, CheckResult]]:
    """The first two findings of a check with a path, in different places."""
    found: dict[str, tuple[Agent, CheckResult]] = {}
    for name in NAMES:
        for fault, new in faults(name):
            for each in new:
                own = (
                    check != "gaps" or fault.kind == "table"
                )  # a fact that lost its look-up leaves gaps, too
                if each.check == check and each.counterexample and own:
                    found.setdefault(each.path, (fault.agent, each))
    return list(found.values())[:2]


@pytest.mark.parametrize("check", SHOWN)
def test_each_kind_is_shown_mended_and_kept(check: str) -> None:
    """A violation is a real conversation; its fix ends it; its test fails before the fix and passes after."""
    examples = _examples(check)
    assert examples
    for agent, result in examples:
        shown = counterexample(agent, result)
        assert shown is not None and passes(shown.conversation, result.counterexample)
        fix = suggested_fix(agent, result)
        assert fix is not None
        mended = apply(agent, fix)
        still = {each.id for each in run_checks(mended) if each.status != "holds"}
        assert result.id not in still
        test = as_test(agent, result, fix)
        assert test is not None
        assert not meet(agent, test).passed
        assert meet(mended, test).passed
