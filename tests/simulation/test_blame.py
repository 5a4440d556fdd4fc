"""Blame: whose fault a wrong conversation is, in plain words; only the agent's counts against it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.run import Blame, Conversation
from studio.runtime.program import Program
from studio.simulation import remembering
from studio.simulation.concluding import conclude
from studio.simulation.systems import connect
from studio.simulation.verdicts import pass_hat, verdict_of, verdicts, wilson
from tests.simulation.worlds import edited, named, scenario, shop_tree, step, talks, wrong

RESOLVED = {"kind": "outcome", "outcome": "resolved"}


def _whose(agent: Agent, *expected: Any, **more: Any) -> tuple[Blame | None, str]:
    found = talks(agent, scenario(*expected, **more), 1)[0]
    return found.blame, found.because or ""


def test_a_right_conversation_is_nobodys_fault() -> None:
    """Nobody is blamed where everything was right."""
    assert _whose(edited(shop_tree()), RESOLVED) == (None, "")


def test_the_agent_is_blamed_for_what_it_did() -> None:
    """It ended otherwise than it should have."""
    whose, why = _whose(edited(shop_tree(), pay={"next": "refuse"}), RESOLVED)
    assert (whose, why) == ("agent", "Ended “refused”, expected “resolved”.")


def test_a_mock_with_a_wrong_name_is_named() -> None:
    """It is an error with the name in it, even where the conversation went well, and never a call."""
    whose, why = _whose(edited(shop_tree()), RESOLVED, systems=[{"id": "get_ordr", "reply": {"days": 1}}])
    assert whose == "mock"
    assert why == "The mock system “get_ordr” names no system of this agent. Did you mean “get_order”?"


@pytest.mark.parametrize(
    "fault",
    [
        {"id": "get_ordr", "failure": "error"},
        {"id": "Return", "failure": "queue closed"},
        {"id": "get_order", "failure": "identity down"},
        {"id": "get_order", "failure": "slow", "step": "lok"},
    ],
)
def test_a_fault_with_a_wrong_name_is_named(fault: dict[str, Any]) -> None:
    """A system, a queue or a step that is not there never goes unnoticed."""
    whose, why = _whose(edited(shop_tree()), RESOLVED, faults=[fault])
    assert whose == "mock"
    assert str(fault.get("step", fault["id"])) in why


@pytest.mark.parametrize(
    ("mock", "words"),
    [
        ({"table": "order"}, "names the table of records “order”"),
        ({"table": "orders", "effects": [{"column": "state", "value": "x"}]}, "column of “Orders” “state”"),
    ],
)
def test_a_mock_that_works_on_what_is_not_there_is_named(mock: dict[str, Any], words: str) -> None:
    """The checks say so, and so does every conversation."""
    tree = shop_tree()
    named(tree["tools"], "refund")["mock"] = mock
    agent = Agent.model_validate(tree)
    assert any(words in check.detail for check in run_checks(agent) if check.status == "broken")
    whose, why = _whose(agent)
    assert whose == "mock"
    assert words in why


def test_a_look_up_without_an_answer_is_the_mocks_fault() -> None:
    """The test does not say what a system answers: not the agent's fault; the system is named."""
    tree = shop_tree()
    tree.pop("records")
    named(tree["tools"], "refund").pop("mock")
    whose, why = _whose(
        Agent.model_validate(tree), RESOLVED, systems=[{"id": "identify", "reply": {"verified": True}}]
    )
    assert (whose, why) == ("mock", "The test does not say what “get_order” answers.")


def test_a_mock_that_breaks_its_promise_is_to_blame() -> None:
    """A reply that lacks what the schema demands, without any fault, is the mock's."""
    whose, why = _whose(edited(shop_tree()), RESOLVED, systems=[{"id": "get_order", "reply": {"days": 5}}])
    assert whose == "mock"
    assert "amount" in why


def test_a_write_the_test_does_not_know_is_the_agents() -> None:
    """An extra write is not excused by a mock without an answer."""
    tree = shop_tree()
    tree.pop("records")
    named(tree["tools"], "refund").pop("mock")
    replies = [
        {"id": "identify", "reply": {"verified": True}},
        {"id": "get_order", "reply": {"days": 5, "amount": 80, "final_sale": False}},
    ]
    assert (
        _whose(Agent.model_validate(tree), {"kind": "outcome", "outcome": "refused"}, systems=replies)[0]
        == "agent"
    )


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        ([{"kind": "step", "step": "nowhere"}], "“nowhere”"),
        ([{"kind": "handoff", "queue": "Nobody"}], "“Nobody”"),
        ([{"kind": "disclosure", "rule": "R-99"}], "“R-99”"),
        ([{"kind": "call", "tool": "refund"}, {"kind": "call", "tool": "refund", "never": True}], "never"),
        ([RESOLVED, {"kind": "outcome", "outcome": "refused"}], "two ends"),
        (
            [
                {
                    "kind": "world",
                    "calls": [{"tool": "refund", "arguments": {"order_id": "W0815", "amount": 80}}],
                }
            ],
            "refused",
        ),
    ],
)
def test_what_nothing_could_do_is_the_tests_fault(expected: list[Any], words: str) -> None:
    """Names that are not there, wishes against each other, and what its own systems refuse."""
    agent = edited(shop_tree())
    never = [e for e in expected if e.get("never")]
    whose, why = (
        _whose(agent, *expected)
        if not never
        else _whose(
            edited(shop_tree(), eligible={"table": None, "branches": [], "otherwise": "refuse"}), *expected
        )
    )
    assert whose == "scenario"
    assert words in why


def test_a_fact_the_test_does_not_tell_is_the_tests_fault() -> None:
    """The agent asks for something that the customer was never given."""
    facts = [{"id": "email", "value": "ada@mail.example"}, {"id": "reason", "value": "too small"}]
    whose, why = _whose(edited(shop_tree()), RESOLVED, facts=facts)
    assert whose == "scenario"
    assert "order number" in why


def test_a_passed_limit_is_the_agents_whatever_else() -> None:
    """No wrong mock excuses a broken rule."""
    never = {"kind": "call", "tool": "refund", "never": True}
    whose, _ = _whose(edited(shop_tree()), never, systems=[{"id": "get_ordr", "reply": {}}])
    assert whose == "agent"


def test_a_faulty_customer_is_counted_apart() -> None:
    """What the customer simulator does wrong is never the agent's, even where all went well."""
    agent, test = edited(shop_tree()), scenario(RESOLVED)
    right = talks(agent, test, 1)[0]
    systems = connect(test)
    program = Program.of(agent)
    systems.begin(program, 1)
    made = conclude(
        program, test, 0, 1, "resolved", right.turns, systems, "Said a date that is not on its card."
    )
    assert (made.passed, made.blame) == (False, "customer simulator")


def test_a_crash_ends_one_conversation_and_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's own failure is told as such, and the run goes on."""

    def broken(*_: object) -> None:
        raise RuntimeError("no more paper")

    monkeypatch.setattr(remembering, "advance", broken)
    found = talks(edited(shop_tree()), scenario(RESOLVED), 2)
    assert [each.blame for each in found] == ["infrastructure"] * 2
    assert found[0].because == "The engine broke off (RuntimeError: no more paper)."
    assert verdicts(found)[0].counted == 0


def test_a_fault_of_the_test_is_nobodys_fault() -> None:
    """An agent that hands over when a record comes incomplete has done right."""
    fault = {"id": "get_order", "failure": "incomplete"}
    found = talks(
        edited(shop_tree()), scenario({"kind": "outcome", "outcome": "handed over"}, faults=[fault])
    )
    assert [wrong(each) for each in found if not each.passed] == []


# Verdicts


def _some(right: int, **blamed: int) -> Any:
    return verdict_of("T-01", right, {name.replace("_", " "): n for name, n in blamed.items()})  # type: ignore[misc]


@pytest.mark.parametrize(
    ("right", "blamed", "outcome"),
    [
        (5, {}, "passes every time"),
        (5, {"mock": 3}, "passes every time"),
        (4, {"agent": 1}, "passes sometimes"),
        (0, {"agent": 5}, "never passes"),
        (4, {}, "not enough evidence"),
        (4, {"customer_simulator": 90}, "not enough evidence"),
        (0, {}, "not enough evidence"),
    ],
)
def test_the_verdict_counts_what_is_the_agents(right: int, blamed: dict[str, int], outcome: str) -> None:
    """Too few that count give no verdict, however many were left out."""
    found = _some(right, **blamed)
    assert found.outcome == outcome
    assert found.counted == right + blamed.get("agent", 0)


@given(st.integers(1, 30), st.data())
def test_pass_k_is_the_share_of_all_groups_that_are_right_throughout(
    counted: int, data: st.DataObject
) -> None:
    """pass^1 is the rate; more in a row is never likelier; every time right means certain."""
    right = data.draw(st.integers(0, counted))
    found = [pass_hat(right, counted, k) for k in range(1, counted + 1)]
    assert found[0] == pytest.approx(right / counted)
    assert found == sorted(found, reverse=True)
    assert (found[-1] == 1.0) == (right == counted)


@given(st.integers(1, 500), st.data())
def test_the_interval_holds_the_rate_and_shrinks(counted: int, data: st.DataObject) -> None:
    """Wilson's interval is within 0 and 1, around the rate, and narrower with ten times as many."""
    right = data.draw(st.integers(0, counted))
    low, high = wilson(right, counted)
    assert 0 <= low <= right / counted + 1e-12 <= high + 1e-9 <= 1 + 1e-9
    narrow = wilson(right * 10, counted * 10)
    assert narrow[1] - narrow[0] < high - low


def test_known_values_of_the_interval() -> None:
    """8 of 10: 49.0 % to 94.3 %; 0 of 10: 0 % to 27.8 % (published tables)."""
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)


def test_reasons_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict says why, each reason once."""
    found: list[Conversation] = talks(edited(shop_tree(), pay={"next": "refuse"}), scenario(RESOLVED))
    told = verdicts(found)[0]
    assert (told.outcome, told.blamed) == ("never passes", {"agent": 6})
    assert told.reasons == ("Ended “refused”, expected “resolved”.",)
    assert told.words == "Never passes: 0 of 6 right (0% to 39%)."
    assert step(shop_tree(), "pay")["next"] == "done"
