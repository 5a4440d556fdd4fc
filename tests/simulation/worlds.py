"""A shop whose systems work on tables of records, and small edits of it."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

from studio.domain.agent import Agent
from studio.domain.run import Conversation
from studio.domain.scenario import Scenario
from studio.runtime.program import Program
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect

SHOP = Path(__file__).parent / "shop.json"
Tree = dict[str, Any]


def shop_tree() -> Tree:
    """The shop with orders and customers in tables; a refund changes the order and its balance."""
    agent: Tree = Agent.model_validate_json(SHOP.read_bytes()).model_dump(mode="json", exclude_none=True)
    agent["scenarios"] = []
    agent["records"] = [
        {
            "id": "orders",
            "name": "Orders",
            "key": "order_id",
            "columns": [
                {"id": "order_id"},
                {"id": "days", "type": "number"},
                {"id": "amount", "type": "number"},
                {"id": "final_sale", "type": "yes or no"},
                {"id": "status"},
                {"id": "balance", "type": "number"},
            ],
            "rows": [
                _order("W4471", days=5, amount=80),
                _order("W9912", days=40, amount=30),
                _order("W0815", days=5, amount=80, status="refunded", balance=0),
            ],
        },
        {
            "id": "customers",
            "name": "Customers",
            "key": "email",
            "columns": [{"id": "email"}],
            "rows": [{"id": "ada@mail.example", "values": {}}],
        },
    ]
    refund = named(agent["tools"], "refund")
    refund["mock"] = {
        "table": "orders",
        "only_when": {"kind": "compare", "field": "status", "op": "=", "value": "paid"},
        "effects": [
            {"column": "status", "value": "refunded"},
            {"column": "balance", "does": "subtract", "argument": "amount"},
        ],
    }
    refund["returns"] = {"type": "object", "properties": {"status": {"type": "string"}}}
    return agent


def _order(name: str, **values: Any) -> Tree:
    kept = {"status": "paid", "balance": values["amount"], "final_sale": False, **values}
    return {"id": name, "values": kept}


def named(items: Iterable[Tree], name: str) -> Tree:
    """The item with an id or name."""
    return next(each for each in items if name in (each.get("id"), each.get("name")))


def step(tree: Tree, name: str, workflow: str = "return") -> Tree:
    """A step of a workflow."""
    return named(named(tree["workflows"], workflow)["steps"], name)


def with_step(tree: Tree, new: Tree, before: str, workflow: str = "return") -> None:
    """Put a step in front of another one: whoever led there now leads to the new one."""
    flow = named(tree["workflows"], workflow)
    for each in flow["steps"]:
        for way in ("next", "otherwise"):
            if each.get(way) == before:
                each[way] = new["id"]
        for branch in each.get("branches", ()):
            if branch.get("next") == before:
                branch["next"] = new["id"]
    flow["steps"].append({"next": before, **new})


def edited(tree: Tree, **steps: Tree) -> Agent:
    """The agent with some steps of the return changed; the tree stays as it is."""
    own = deepcopy(tree)
    for name, values in steps.items():
        step(own, name).update(values)
    return Agent.model_validate(own)


def scenario(*expectations: Tree, **more: Any) -> Scenario:
    """A customer who wants to return order W4471."""
    return Scenario.model_validate(
        {
            "id": "T-01",
            "title": "A return",
            "workflow": "return",
            "opening": "I want to return an item",
            "facts": [
                {"id": "email", "value": "ada@mail.example"},
                {"id": "order_id", "value": "W4471"},
                {"id": "reason", "value": "too small"},
            ],
            "expectations": expectations,
            **more,
        }
    )


def talks(agent: Agent, test: Scenario, customers: int = 6) -> list[Conversation]:
    """The conversations of some customers of a test with an agent."""
    program = Program.of(agent)
    world = world_of(program)
    return [converse(program, world, test, number, 7, connect(test)) for number in range(customers)]


def happened(talk: Conversation) -> list[str]:
    """The faults that occurred."""
    return [e.label or "" for turn in talk.turns for e in turn.events if e.kind == "fault"]


def wrong(talk: Conversation) -> dict[str, str]:
    """The aspects that were not right, with their notes."""
    return {mark.aspect: mark.note for mark in talk.marks if not mark.ok}
