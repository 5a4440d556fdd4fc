"""Asking CoBuilder to fix a failure: every answer was tried on the agent; nothing is made up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, join_path
from studio.domain.errors import WrongUse
from studio.domain.frozen import to_json
from studio.services.commands import AcceptChange, EditAgent
from studio.services.queries.agents import ShowAgent
from studio.services.queries.simulate import ShowComparison
from studio.services.stages.fixing import FixFailure
from studio.services.stages.simulating import Simulate
from studio.services.workbench import Outside, Workbench
from studio.store.workspace import create, open_folder
from studio.workers.inline import InlineWorkers

SHOP = Path(__file__).parents[1] / "simulation" / "shop.json"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A workbench on a returns and order-status agent with eleven tests, live and as draft."""
    create(tmp_path, Agent.model_validate_json(SHOP.read_bytes())).close()
    keys: Any = None
    now = datetime(2026, 11, 21, tzinfo=UTC)
    made = Workbench(Outside(open_folder(tmp_path), (), InlineWorkers(), keys, lambda: now, "Ada"))
    yield made
    made.close()


def _failing(bench: Workbench) -> list[str]:
    page = bench.ask(ShowComparison())
    assert page is not None
    return [row.id for row in page.rows if row.draft_passed < row.draft_total]


def _drop_a_row(bench: Workbench) -> str:
    """Take rows from a decision until a test is not right; return that test."""
    draft = bench.ask(ShowAgent()).draft
    for table in draft.tables:
        for row in table.rows:
            path = join_path("tables", table.id, "rows", row.id)
            nearby = [each.id for each in table.rows]
            at = nearby.index(row.id)
            after = nearby[at - 1] if at else None
            change = Change(path=path, before=to_json(row), after=None, place_before=after)
            bench.do(EditAgent(ChangeSet(title="a row less", changes=(change,))))
            bench.run(Simulate(customers=1))
            if names := _failing(bench):
                return names[0]
            bench.undo()
    raise AssertionError("no row matters to any test")


def test_what_the_live_version_does_right_is_proposed_again(bench: Workbench) -> None:
    """A row dropped by hand is proposed back, alone; accepted, the test passes and none turns wrong."""
    name = _drop_a_row(bench)
    failing = _failing(bench)
    reply = bench.run(FixFailure(name))
    assert reply.verdict == "proposed"
    assert reply.proposal is not None
    (change,) = reply.proposal.changes
    assert change.change.segments[0] == "tables"
    assert "It was run: with it this conversation is right" in change.reason
    bench.do(AcceptChange(reply.proposal.id, change.id))
    bench.run(Simulate(customers=1))
    assert name not in _failing(bench)
    assert set(_failing(bench)) <= set(failing)


def test_a_waiting_change_that_makes_it_right_is_named(bench: Workbench) -> None:
    """Asked again before deciding, CoBuilder points to the change that waits and proposes no second one."""
    name = _drop_a_row(bench)
    first = bench.run(FixFailure(name))
    assert first.proposal is not None
    again = bench.run(FixFailure(name))
    assert again.proposal is None
    assert f"C-01 “{first.proposal.changes[0].title}” of {first.proposal.id} waits" in again.text
    assert again.links[0].item == f"{first.proposal.id}/C-01"


def test_what_is_right_now_needs_no_fix(bench: Workbench) -> None:
    """A failure that the draft no longer shows is said so; a conversation that was right is refused."""
    name = _drop_a_row(bench)
    bench.undo()
    assert "With the present draft this conversation is right" in bench.run(FixFailure(name)).text
    bench.run(Simulate(customers=1))
    with pytest.raises(WrongUse, match="nothing to fix"):
        bench.run(FixFailure(name))


def test_a_test_that_cannot_be_met_gets_no_invention(bench: Workbench) -> None:
    """Where live and draft both fail a test, no change is made up: the reply says what was tried."""
    scenario = bench.ask(ShowAgent()).draft.scenarios[0]
    path = join_path("scenarios", scenario.id)
    wrong = to_json(scenario) | {"expectations": [{"kind": "outcome", "outcome": "abandoned"}]}
    edit = Change(path=path, before=to_json(scenario), after=wrong)
    bench.do(EditAgent(ChangeSet(title="an odd expectation", changes=(edit,))))
    bench.run(Simulate(customers=1))
    assert scenario.id in _failing(bench)
    reply = bench.run(FixFailure(scenario.id))
    assert reply.proposal is None
    assert "nothing of the agent is to be mended" in reply.text or "I do not make up" in reply.text
