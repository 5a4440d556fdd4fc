"""Faults: each occurs, and matters: an agent without a fallback fails, with one it passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest

from studio.domain.agent import Agent
from studio.domain.scenario import FaultKind, Scenario
from tests.simulation.worlds import (
    Tree,
    edited,
    happened,
    named,
    scenario,
    shop_tree,
    step,
    talks,
    with_step,
    wrong,
)

PAID = {"tool": "refund", "arguments": {"order_id": "W4471", "amount": 80}}
NOTHING_DONE = {"kind": "world", "calls": []}
PAID_ONCE = {"kind": "world", "calls": [PAID]}
HANDED = {"kind": "outcome", "outcome": "handed over"}
Pair = tuple[Agent, Agent]


def _plain(name: str, careless: Tree) -> Callable[[], Pair]:
    """The shop, which has a way out everywhere, and one whose way out leads on as if nothing were."""
    return lambda: (edited(shop_tree()), edited(shop_tree(), **{name: careless}))


def _pays_whoever_asks(careless: Tree) -> Callable[[], Pair]:
    """The refund system does not look whether it has paid already; one agent asks it again."""

    def made() -> Pair:
        tree = shop_tree()
        named(tree["tools"], "refund")["mock"].pop("only_when")
        return edited(tree), edited(tree, pay=careless)

    return made


def _says_a_moment() -> Pair:
    tree = shop_tree()
    careless = edited(tree)
    with_step(
        tree, {"kind": "say", "id": "moment", "title": "A moment", "text": "One moment please."}, "look"
    )
    return edited(tree), careless


def _asks_how_many() -> Pair:
    """Both could see that two orders match; one looks."""
    tree = shop_tree()
    named(tree["tools"], "get_order")["returns"]["properties"]["matches"] = {"type": "integer"}
    careless = edited(tree)
    step(tree, "look")["results"].append({"result": "matches", "fact": "matches"})
    several = {"kind": "compare", "field": "matches", "op": ">", "value": 1}
    with_step(
        tree,
        {
            "kind": "decide",
            "id": "several",
            "title": "Several?",
            "branches": [{"id": "yes", "when": several, "next": "person"}],
            "otherwise": "eligible",
        },
        "eligible",
    )
    step(tree, "several").pop("next")
    step(tree, "several")["otherwise"] = "eligible"
    return edited(tree), careless


def _asks_two_systems() -> Pair:
    """The second system knows what was paid back; one agent asks it, too."""
    tree = shop_tree()
    tree["tools"].append(
        {
            "name": "get_account",
            "parameters": {
                "type": "object",
                "properties": {"order_id": {"type": "string"}},
                "required": ["order_id"],
            },
            "returns": {"type": "object", "properties": {"balance": {"type": "number"}}},
        }
    )
    careless = edited(tree)
    empty = {"kind": "compare", "field": "balance", "op": "<=", "value": 0}
    with_step(
        tree,
        {
            "kind": "decide",
            "id": "agree",
            "title": "Do both agree?",
            "branches": [{"id": "no", "when": empty, "next": "person"}],
            "otherwise": "eligible",
        },
        "eligible",
    )
    step(tree, "agree").pop("next")
    with_step(
        tree,
        {
            "kind": "tool",
            "id": "account",
            "title": "Look up account",
            "tool": "get_account",
            "arguments": [{"name": "order_id", "fact": "order_id"}],
            "results": [{"result": "balance", "fact": "balance"}],
            "on_failure": "person",
        },
        "agree",
    )
    step(tree, "agree")["otherwise"] = "eligible"
    return edited(tree), careless


def _offers_to_call_back() -> Pair:
    tree = shop_tree()
    careless = edited(tree)
    flow = named(tree["workflows"], "return")
    flow["steps"].append(
        {"kind": "end", "id": "later", "title": "Call back", "outcome": "refused", "say": "We will call you."}
    )
    step(tree, "person")["on_failure"] = "later"
    return edited(tree), careless


NOT_LOOKED = {"kind": "step", "step": "look", "never": True}
CASES: list[tuple[str, Tree, tuple[Tree, ...], Callable[[], Pair], str]] = [
    ("timeout", {"id": "refund"}, (HANDED, NOTHING_DONE), _plain("pay", {"on_failure": "done"}), "goal"),
    ("error", {"id": "get_order"}, (HANDED,), _plain("look", {"on_failure": "done"}), "goal"),
    ("refused", {"id": "refund"}, (HANDED,), _plain("pay", {"on_failure": "done"}), "goal"),
    (
        "identity down",
        {"id": "identify"},
        (HANDED, NOT_LOOKED),
        _plain("who", {"on_failure": "order"}),
        "process",
    ),
    ("slow", {"id": "get_order"}, (PAID_ONCE,), _says_a_moment, "communication"),
    (
        "slow",
        {"id": "refund", "seconds": 30},
        (HANDED, PAID_ONCE),
        _pays_whoever_asks({"retries": 1}),
        "systems",
    ),
    ("duplicate", {"id": "refund"}, (HANDED, PAID_ONCE), _pays_whoever_asks({"retries": 2}), "goal"),
    (
        "incomplete",
        {"id": "get_order", "field": "final_sale"},
        (HANDED, NOTHING_DONE),
        _plain("look", {"on_failure": "time"}),
        "goal",
    ),
    (
        "stale",
        {"id": "get_order", "values": {"days": 5, "amount": 80, "final_sale": False}},
        (HANDED, NOTHING_DONE),
        _plain("pay", {"on_failure": "done"}),
        "goal",
    ),
    ("duplicate", {"id": "get_order"}, (HANDED, NOTHING_DONE), _asks_how_many, "goal"),
    (
        "contradiction",
        {"id": "get_account", "values": {"balance": 0}},
        (HANDED, NOTHING_DONE),
        _asks_two_systems,
        "goal",
    ),
    (
        "queue closed",
        {"id": "Returns"},
        ({"kind": "outcome", "outcome": "refused"},),
        _offers_to_call_back,
        "goal",
    ),
]


def _case(failure: str, fault: Tree, expected: tuple[Tree, ...]) -> Scenario:
    more: dict[str, Any] = {"faults": [{"failure": failure, **fault}]}
    if failure == "stale":  # the truth: it was refunded meanwhile, and is refused a second time
        more["records"] = [{"table": "orders", "id": "W4471", "values": {"status": "refunded", "balance": 0}}]
    if failure == "queue closed":
        more["behaviours"] = ["asks for a human"]
    return scenario(*expected, **more)


@pytest.mark.parametrize(("failure", "fault", "expected", "agents", "aspect"), CASES)
def test_each_fault_occurs_and_matters(
    failure: str, fault: Tree, expected: tuple[Tree, ...], agents: Callable[[], Pair], aspect: str
) -> None:
    """With a fallback every customer is treated right; without one none is, and the agent is to blame."""
    test = _case(failure, fault, expected)
    careful, careless = agents()
    with_fallback, without = talks(careful, test), talks(careless, test)
    assert [wrong(talk) for talk in with_fallback if not talk.passed] == []
    if failure != "contradiction":  # the careless agent never asks the system that contradicts
        assert all(failure in happened(talk) for talk in without)
    assert all(failure in happened(talk) for talk in with_fallback)
    assert not any(talk.passed for talk in without)
    assert {talk.blame for talk in without} == {"agent"}
    assert all(aspect in wrong(talk) for talk in without)


def test_every_fault_is_shown_to_matter() -> None:
    """A fault without a case in which it decides is not in the list of faults."""
    assert {case[0] for case in CASES} == set(get_args(FaultKind))


def test_a_fault_at_a_step_occurs_there_only() -> None:
    """The same system works at another step."""
    agent = edited(shop_tree())
    there = scenario(faults=[{"id": "get_order", "failure": "error", "step": "look"}])
    elsewhere = scenario(faults=[{"id": "get_order", "failure": "error", "step": "pay"}])
    assert all(happened(talk) for talk in talks(agent, there))
    assert not any(happened(talk) for talk in talks(agent, elsewhere))


def test_a_fault_by_chance_is_drawn_from_the_seed() -> None:
    """About as many as said, and the same ones whenever the same customers come."""
    agent = edited(shop_tree())
    test = scenario(faults=[{"id": "refund", "failure": "refused", "chance": 0.3}])
    first = [bool(happened(talk)) for talk in talks(agent, test, 300)]
    assert 60 <= sum(first) <= 120
    assert [bool(happened(talk)) for talk in talks(agent, test, 300)] == first


def test_a_fault_so_many_times_and_then_no_more() -> None:
    """What fails once is heard at the second try."""
    tree = shop_tree()
    step(tree, "look")["retries"] = 1
    test = scenario(PAID_ONCE, faults=[{"id": "get_order", "failure": "error", "times": 1}])
    assert all(talk.passed for talk in talks(edited(tree), test))


def test_stale_means_as_it_was_at_the_beginning() -> None:
    """Without values of its own, a stale look-up after a change tells what was there before."""
    from studio.runtime.program import Program
    from studio.simulation.systems import connect

    tree = shop_tree()
    named(tree["tools"], "get_order")["returns"]["properties"]["status"] = {"type": "string"}
    program = Program.of(Agent.model_validate(tree))
    for faults, told in (((), "refunded"), ([{"id": "get_order", "failure": "stale"}], "paid")):
        systems = connect(scenario(faults=faults))
        systems.begin(program, 7)
        systems.call("refund", {"order_id": "W4471", "amount": 80})
        assert systems.call("get_order", {"order_id": "W4471"})["status"] == told
