"""Runs: the same evidence everywhere, the same customers for both versions."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, lookup
from studio.domain.errors import Cancelled, WrongUse
from studio.domain.frozen import Json, canonical, to_json
from studio.domain.run import Comparison, Conversation, Run
from studio.domain.trace import TraceEvent, Turn
from studio.runtime import Program
from studio.simulation import compare_runs, run, simulate
from studio.simulation.consequences import consequences, effects
from studio.simulation.coverage import exercised_in
from studio.simulation.packing import pack, spell, unpack
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect
from studio.simulation.verdicts import verdicts, verdicts_of
from studio.workers.inline import InlineWorkers

SHOP = Path(__file__).parent / "shop.json"
ELSEWHERE = """
import sys
from studio.domain.agent import Agent
from studio.simulation import run
from studio.workers.inline import InlineWorkers

if __name__ == "__main__":
    agent = Agent.model_validate_json(open(sys.argv[1], "rb").read())
    print(run(agent, agent.scenarios, 7, 12, InlineWorkers()).evidence_digest)
"""


def changed(agent: Agent, *edits: tuple[str, Json]) -> Agent:
    """The agent with some places replaced."""
    tree = to_json(agent)
    changes = tuple(Change(path=path, before=lookup(tree, path), after=after) for path, after in edits)
    return apply(agent, ChangeSet(title="a change", changes=changes))


def ran(agent: Agent, customers: int = 12, seed: int = 7) -> Run:
    """A run in this process."""
    return run(agent, agent.scenarios, seed, customers, InlineWorkers())


def both(live: Agent | None, draft: Agent, customers: int = 12) -> Comparison:
    """A comparison in this process."""
    return simulate("Run 1", live, draft, 7, customers, InlineWorkers())


def test_the_shop_passes_all_its_tests(shop: Agent) -> None:
    """Every scenario is passed by every customer, whatever words they use."""
    failed = [
        (c.scenario, c.customer, [mark.note for mark in c.marks if not mark.ok])
        for c in ran(shop, 100).conversations
        if not c.passed
    ]
    assert failed == []


@pytest.mark.parametrize("hash_seed", ["1", "4242"])
def test_another_process_gets_the_same_evidence(shop: Agent, hash_seed: str) -> None:
    """The digest is the same in a fresh process with another hash seed and another locale."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "LC_ALL": "C"}
    told = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(SHOP)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == ran(shop).evidence_digest


def test_conversations_survive_packing(shop: Agent) -> None:
    """Packed and unpacked, a conversation is the same, and its text is canonical JSON."""
    program = Program.of(shop)
    world = world_of(program)
    made = [converse(program, world, each, n, 7, connect(each)) for each in shop.scenarios for n in range(3)]
    spelt = [spell(each) for each in made]
    arrived = unpack(pack(spelt))
    assert list(arrived) == made
    assert spelt == [canonical(each) for each in made] == [canonical(each) for each in arrived]
    assert list(ran(shop, 3).conversations) == made


PLAIN = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(PLAIN | NUMBERS, lambda inner: st.lists(inner, max_size=3), max_leaves=8),
    )
)
def test_whatever_a_system_replies_is_spelt_canonically(reply: dict[str, Json]) -> None:
    """Large numbers, fractions, absent values and any letters: the text is that of the reference."""
    event = TraceEvent(kind="call", detail="", reply=reply)
    turns = (Turn(role="system", events=(event,)),)
    made = Conversation(scenario="T", customer=0, seed=0, outcome="", passed=True, marks=(), turns=turns)
    assert spell(made) == canonical(made)


def test_a_run_is_read_as_it_is_looked_at(shop: Agent) -> None:
    """Any one, any part, by scenario, from the end: as if all conversations stood in a list."""
    found = ran(shop, 60)
    whole = list(found.conversations)
    assert len(whole) == len(found.conversations) == 60 * len(shop.scenarios)
    assert [found.conversations[n] for n in (0, 59, 60, -1)] == [whole[n] for n in (0, 59, 60, -1)]
    assert list(found.conversations[50:130]) == whole[50:130]
    assert list(found.of("T-02")[3:5]) == [c for c in whole if c.scenario == "T-02"][3:5]
    with pytest.raises(IndexError):
        found.conversations[len(whole)]


def test_what_is_counted_on_the_way_is_what_the_log_says(shop: Agent) -> None:
    """Figures and digest are the same whether counted batch by batch or over all conversations."""
    found = ran(shop, 60)
    plain = replace(found, conversations=tuple(found.conversations), counted=None)
    assert plain.figures.scenarios == found.figures.scenarios
    assert exercised_in(shop, plain) == exercised_in(shop, found)
    assert verdicts_of(found) == verdicts(found.conversations)
    assert plain.evidence_digest == found.evidence_digest


def test_differences_found_on_the_way_are_those_of_the_log(shop: Agent) -> None:
    """Comparing customer by customer while both sides run gives what comparing afterwards gives."""
    draft = changed(shop, ("tables/eligible/rows/fresh/cells/days/value", 45))
    found = both(shop, draft, 30)
    assert found.differences
    assert effects(replace(found, differences=None), draft.scenarios) == effects(found, draft.scenarios)


def test_seed_and_number_make_the_customer(shop: Agent) -> None:
    """Another seed is other customers; more customers leave the first ones as they were."""
    assert ran(shop, seed=8).evidence_digest != ran(shop, seed=7).evidence_digest
    few, many = ran(shop, 3), ran(shop, 30)
    assert [c for c in many.conversations if c.customer < 3] == list(few.conversations)
    assert len({turn.text for c in many.of("T-01") for turn in c.turns if turn.role == "customer"}) > 15


def test_nothing_changed_means_no_consequence(shop: Agent) -> None:
    """Two equal versions treat every customer alike, word for word."""
    comparison = both(shop, shop)
    assert consequences(comparison) == ()
    assert comparison.live == comparison.draft


def test_a_longer_window_shows_who_is_treated_differently(shop: Agent) -> None:
    """Only the customers of day 31 are affected, and the words say how."""
    draft = changed(
        shop,
        ("tables/eligible/rows/fresh/cells/days/value", 45),
        ("tables/eligible/rows/late/cells/days/value", 45),
    )
    comparison = both(shop, draft)
    found = consequences(comparison)
    assert {each.scenario for each in found} == {"T-02"}
    assert len(found) == 12
    assert found[0].differences == (
        "Ends “resolved” instead of “refused”.",
        "“refund” is now called.",
        "Is now told R-02.",
    )
    row = next(each for each in effects(comparison, draft.scenarios) if each.id == "T-02")
    assert (row.live_passed, row.draft_passed, row.affected) == (12, 0, 12)


def test_a_workflow_that_live_lacks_is_new(shop: Agent) -> None:
    """Scenarios of a workflow that the live version does not have are not run there and count as new."""
    live = changed(shop, ("workflows/status", None), ("scenarios/T-11", None))
    comparison = both(live, shop)
    assert "T-11" not in comparison.live.scenario_ids
    rows = {row.id: row for row in effects(comparison, shop.scenarios)}
    assert rows["T-11"].is_new
    assert not rows["T-01"].is_new
    assert all(row.is_new for row in effects(both(None, shop), shop.scenarios))


def test_progress_goes_from_nothing_to_all_and_can_stop(shop: Agent) -> None:
    """Progress only grows, ends at one, and raising in it ends the run."""
    heard: list[float] = []
    simulate("Run 1", shop, shop, 7, 30, InlineWorkers(), lambda f, m="": heard.append(f))
    assert heard == sorted(heard)
    assert (heard[0], heard[-1]) == (0.0, 1.0)

    def stop(fraction: float, message: str = "") -> None:
        if fraction > 0.2:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(shop, shop.scenarios, 7, 100, InlineWorkers(), stop)


def test_impossible_runs_are_refused(shop: Agent) -> None:
    """No customer, a negative seed, or runs with other customers: a sentence says what to do."""
    with pytest.raises(WrongUse):
        ran(shop, 0)
    with pytest.raises(WrongUse):
        ran(shop, seed=-1)
    with pytest.raises(WrongUse):
        compare_runs("Run 1", ran(shop, 1), ran(shop, 2))


def test_the_engine_is_named(shop: Agent) -> None:
    """A run says which runtime made it, and with which systems."""
    assert ran(shop, 1).engine.startswith("cobuilder-runtime ")
    with_connector = run(shop, shop.scenarios, 7, 1, InlineWorkers(), connect=connect)
    assert with_connector == ran(shop, 1)
