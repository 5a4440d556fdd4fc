"""What was proved is remembered by content, and no more of it than fits."""

from __future__ import annotations

import pytest

from studio.checks import proving
from studio.checks.all import run_checks
from studio.checks.proving import Prover
from studio.domain.agent import Agent
from studio.domain.pulse import watched


def test_an_edit_of_one_workflow_leaves_the_proofs_of_the_others(shop: Agent) -> None:
    """Typing in one workflow explores that one anew, and no other; the words of a rule explore nothing."""
    run_checks(shop)
    status, returns = shop.workflow("status"), shop.workflow("return")
    before = Prover(shop)
    renamed = status.model_copy(update={"intent": "where it is"})
    flows = tuple(renamed if flow.id == "status" else flow for flow in shop.workflows)
    after = Prover(shop.model_copy(update={"workflows": flows}))
    assert after.key(returns) == before.key(returns)
    assert after.key(renamed) != before.key(status)
    assert after.situations(returns) is before.situations(returns)
    rules = tuple(rule.model_copy(update={"text": "Other words."}) for rule in shop.charter.rules)
    charter = shop.charter.model_copy(update={"rules": rules})
    assert Prover(shop.model_copy(update={"charter": charter})).key(returns) == before.key(returns)


def test_memory_is_bound(shop: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much is typed, only so many situations are kept; what was forgotten is found again."""
    monkeypatch.setattr(proving, "KEPT_SITUATIONS", 20)
    first = Prover(shop).situations(shop.workflow("return"))
    assert first is not None
    for number in range(5):
        flow = shop.workflow("return").model_copy(update={"intent": f"intent {number}"})
        flows = tuple(flow if each.id == flow.id else each for each in shop.workflows)
        Prover(shop.model_copy(update={"workflows": flows})).situations(flow)
    assert len(proving._kept) == 1
    again = Prover(shop).situations(shop.workflow("return"))
    assert again is not None and again.found == first.found


def test_checks_stop_at_any_beat(shop: Agent) -> None:
    """Who watches may stop the checks in the middle; asked again, they find what they would have found."""

    class Stopped(Exception):
        pass

    flow = shop.workflow("return").model_copy(update={"intent": "something nobody checked before"})
    flows = tuple(flow if each.id == flow.id else each for each in shop.workflows)
    agent = shop.model_copy(update={"workflows": flows})
    beats = 0

    def stop() -> None:
        nonlocal beats
        beats += 1
        if beats == 20:
            raise Stopped

    with pytest.raises(Stopped), watched(stop):
        run_checks(agent)
    assert beats == 20
    assert [each.status for each in run_checks(agent)] == [each.status for each in run_checks(shop)]
