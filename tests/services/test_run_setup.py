"""Runs that are set up: some tests, harder customers, failing systems, another version; no evidence."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from studio.domain.agent import Agent
from studio.domain.errors import WrongUse
from studio.domain.scenario import Fault
from studio.services.commands import KeepAsTest
from studio.services.gates import draft_evidence
from studio.services.queries.agents import ShowAgent
from studio.services.queries.conversations import ReadConversations
from studio.services.queries.runs import ListRuns, ShowSetup
from studio.services.queries.simulate import ShowComparison, ShowConversation
from studio.services.stages.simulating import Simulate
from studio.services.standing import standing
from studio.services.workbench import Outside, Workbench
from studio.store.workspace import create, open_folder
from studio.workers.inline import InlineWorkers

SHOP = Path(__file__).parents[1] / "simulation" / "shop.json"


@pytest.fixture
def bench(tmp_path: Path) -> Any:
    """A workbench on a returns and order-status agent with eleven tests, live and as draft."""
    create(tmp_path, Agent.model_validate_json(SHOP.read_bytes())).close()
    keys: Any = None
    now = datetime(2026, 11, 21, tzinfo=UTC)
    made = Workbench(Outside(open_folder(tmp_path), (), InlineWorkers(), keys, lambda: now, "Ada"))
    yield made
    made.close()


def test_a_trial_runs_only_what_was_chosen_and_is_no_evidence(bench: Workbench) -> None:
    """Two tests with angry customers: the page shows it with its words, the release still knows of no run."""
    names = [scenario.id for scenario in bench.ask(ShowAgent()).draft.scenarios[:2]]
    bench.run(Simulate(customers=2, tests=tuple(names), manners=("angry",)))
    page = bench.ask(ShowComparison())
    assert page is not None
    assert [row.id for row in page.rows] == names
    assert page.trial == "2 chosen tests · customers also: angry"
    assert page.current
    assert all("angry" in row.customer for row in page.rows)
    talk = bench.ask(ShowConversation(names[0], 1))
    assert "angry" in talk.scenario.behaviours
    with bench.outside.workspace.unit() as unit:
        assert standing(unit).comparison is None
    bench.run(Simulate(customers=1))
    with bench.outside.workspace.unit() as unit:
        found = standing(unit).comparison
    assert found is not None
    assert found.id == "Run 2"
    assert [row.kind for row in bench.ask(ListRuns())] == ["trial", "whole"]


def test_a_failing_system_is_met_by_every_customer(bench: Workbench) -> None:
    """What goes wrong shows in the conversations, and a test then expects only what must never happen."""
    words, fault = next(each for each in bench.ask(ShowSetup()).faults if each[1].failure == "timeout")
    bench.run(Simulate(customers=1, faults=(fault,)))
    page = bench.ask(ShowComparison())
    assert page is not None
    assert page.trial == words
    kinds = set()
    for row in page.rows:
        talk = bench.ask(ShowConversation(row.id)).draft
        assert talk is not None
        kinds |= {e.label for turn in talk.turns for e in turn.events if e.kind == "fault"}
    assert kinds == {"timeout"}


def test_what_cannot_be_set_up_is_refused(bench: Workbench) -> None:
    """A test, manner, system or version that is not there is refused with a sentence; nothing runs."""
    for job, told in (
        (Simulate(tests=("T-99",)), "has no test “T-99”"),
        (Simulate(manners=("changes mind",)), "no manner that can be given"),
        (Simulate(faults=(Fault(id="moon"),)), "“moon” cannot be made"),
        (Simulate(against=9), "no version 9"),
    ):
        with pytest.raises(WrongUse, match=told):
            bench.run(job)
    assert bench.ask(ListRuns()) == ()


def test_the_same_numbers_give_the_same_run(bench: Workbench) -> None:
    """A trial repeats bit by bit, and the live version by its number is no trial at all."""
    for _ in range(2):
        bench.run(Simulate(customers=2, manners=("typos",)))
    one, two = bench.ask(ListRuns())
    assert one.digest == two.digest
    bench.run(Simulate(customers=1, against=1))
    assert bench.ask(ListRuns())[-1].kind == "whole"


def test_a_conversation_is_kept_as_a_test_and_undone(bench: Workbench) -> None:
    """It speaks that customer's own first words, passes like the conversation did, and undo takes it back."""
    bench.run(Simulate(customers=3))
    before = bench.ask(ShowAgent()).draft.scenarios
    name = before[0].id
    talk = bench.ask(ShowConversation(name, 2)).draft
    assert talk is not None
    bench.do(KeepAsTest(name, 2))
    kept = bench.ask(ShowAgent()).draft.scenarios[-1]
    assert kept.opening in [turn.text for turn in talk.turns]
    assert kept.opening != before[0].opening
    assert kept.expectations == before[0].expectations
    with pytest.raises(WrongUse, match=f"kept already: it is the test {kept.id}"):
        bench.do(KeepAsTest(name, 2))
    with pytest.raises(WrongUse, match=f"it is the test {name}"):
        bench.do(KeepAsTest(name, 0))
    bench.run(Simulate(customers=1, tests=(kept.id,)))
    page = bench.ask(ShowComparison())
    assert page is not None
    assert page.draft.scenarios_passed == int(talk.passed)
    bench.undo()
    assert bench.ask(ShowAgent()).draft.scenarios == before


def test_further_customers_stand_beside_the_chosen_tests(bench: Workbench) -> None:
    """Drawn, at limits and from conversations: each has its test, and the words say how many."""
    text = "Customer: I want to return an item\nAgent: Which order?\nCustomer: W4471\n"
    cards = bench.ask(ReadConversations(text)).cards
    bench.run(Simulate(customers=1, tests=("T-01",), drawn=4, limits=True, cards=cards))
    page = bench.ask(ShowComparison())
    assert page is not None
    kinds = [row.id.partition("-")[0] for row in page.rows]
    assert (kinds.count("T"), kinds.count("G"), kinds.count("C")) == (1, 4, 1)
    assert kinds.count("L") > 3
    assert "4 drawn customers more" in page.trial
    assert "from conversations" in page.trial
    assert all(row.draft_passed == row.draft_total for row in page.rows if row.id.startswith("L"))
    card = bench.ask(ShowConversation("C-001"))
    assert card.draft is not None
    assert card.draft.blame is None, "the systems answer as in a test of the same workflow"
    kept = bench.do(KeepAsTest("G-0002")).events[0].ids[0]
    assert bench.ask(ShowAgent()).draft.scenario(kept).expectations


def test_nobody_is_made_up_where_there_is_no_limit(bench: Workbench) -> None:
    """Where no chosen test reaches a comparison, customers at limits are refused with a sentence."""
    with pytest.raises(WrongUse, match="No customer can be made at a limit"):
        bench.run(Simulate(customers=1, tests=("T-11",), limits=True))


def test_a_run_of_an_older_runtime_is_seen_but_is_no_evidence(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an update that talks otherwise the run is still there; the release asks for a new one."""
    bench.run(Simulate(customers=1))
    monkeypatch.setattr("studio.domain.run.RUNTIME", "cobuilder-runtime 999")
    page = bench.ask(ShowComparison())
    assert page is not None
    assert (page.current, page.outdated) == (False, True)
    assert [row.current for row in bench.ask(ListRuns())] == [False]
    with bench.outside.workspace.unit() as unit:
        assert draft_evidence(standing(unit)) is None
