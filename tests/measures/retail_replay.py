"""Retail tasks of τ²-bench as worlds of our own: tools, records, gold calls, and a plain second reckoning.

- The shared log names the gold actions of a task, without their arguments. The gold calls of a task are those
  of a conversation that earned the full reward and whose state-changing calls are just the gold actions.
- Records are what the logs show of orders and users before any change. Long replies are cut off there; where
  an order's status is not shown, it is the one that its first accepted change needs.
- `reckon` says what state some calls lead to, in thirty lines that share nothing with the product.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from studio.domain.agent import Agent
from studio.domain.frozen import Json
from studio.domain.run import Mark
from studio.domain.scenario import Scenario
from studio.domain.trace import TraceEvent, Turn
from studio.ports import ToolFailed
from studio.runtime.program import Program
from studio.runtime.recording import event
from studio.simulation.grading import grade
from studio.simulation.systems import connect

LOG = Path(__file__).parents[3] / "shared" / "gold" / "interactions" / "retail.jsonl"
ADDRESS = ("address1", "address2", "city", "state", "country", "zip")
PENDING = ("pending", "pending (item modified)")
NEEDS = {
    "cancel_pending_order": ("pending",),
    "modify_pending_order_items": ("pending",),
    "modify_pending_order_address": PENDING,
    "modify_pending_order_payment": PENDING,
    "return_delivered_order_items": ("delivered",),
    "exchange_delivered_order_items": ("delivered",),
}
LEADS_TO = {
    "cancel_pending_order": "cancelled",
    "modify_pending_order_items": "pending (item modified)",
    "return_delivered_order_items": "return requested",
    "exchange_delivered_order_items": "exchange requested",
}
WRITES = (*NEEDS, "modify_user_address")
FINDING = ("find_user_id_by_email", "find_user_id_by_name_zip")


Task = tuple[str, tuple[str, ...]]
"""A task by its name and its gold actions, which differ between versions of the benchmark."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the log."""

    tool: str
    arguments: dict[str, Json]
    refused: bool = False

    @property
    def writes(self) -> bool:
        """Return whether the call may change the state of the shop."""
        return self.tool in WRITES


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation of the log."""

    task: str
    calls: tuple[Call, ...]
    gold: tuple[str, ...]
    right: bool
    agent: str
    number: int

    @property
    def named(self) -> Task:
        """Return the task."""
        return self.task, self.gold


def conversations() -> list[Conversation]:
    """Return the conversations of the shared log."""
    rows = [json.loads(line) for line in LOG.read_text(encoding="utf-8").splitlines()]
    return [
        Conversation(
            row["task_id"],
            tuple(Call(c["name"], c["arguments"], bool(c["error"])) for c in row["tool_calls"]),
            tuple(row["gold_actions"]),
            row["reward"] == 1.0,
            row["agent_version"],
            number,
        )
        for number, row in enumerate(rows)
    ]


def gold_calls(found: Iterable[Conversation]) -> dict[Task, Conversation]:
    """Return for each task a conversation with the gold calls, where the log has one."""
    gold: dict[Task, Conversation] = {}
    for each in found:
        done = tuple(call for call in each.calls if not call.refused)
        writes = Counter(call.tool for call in done if call.writes)
        if each.right and each.named not in gold and writes == Counter(n for n in each.gold if n in WRITES):
            gold[each.named] = replace(each, calls=done)
    return gold


_STATUS = re.compile(r'"status": "([a-z ()]+)"')
_ORDER = re.compile(r'^\{"order_id": "(#W\d+)"')
_USER = re.compile(r'^\{"user_id": "(\w+)"')
_PART = re.compile(r'"(address1|address2|city|state|country|zip)": "([^"]*)"')


def records(found: Iterable[Conversation]) -> dict[str, dict[str, dict[str, str]]]:
    """Return the orders and users that the log shows, as they were at the beginning."""
    tables: dict[str, dict[str, dict[str, str]]] = {"orders": {}, "users": {}}
    for line in LOG.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        first_write = min((c["turn"] for c in row["tool_calls"] if c["name"] in WRITES), default=10**6)
        for turn in row["turns"]:
            if turn["role"] != "tool" or turn["i"] > first_write:
                continue
            for pattern, table in ((_ORDER, "orders"), (_USER, "users")):
                if (name := pattern.match(turn["text"])) is not None:
                    _keep(tables[table].setdefault(name[1], {}), turn["text"])
    for each in found:
        for call in each.calls:
            order = call.arguments.get("order_id")
            if call.tool in NEEDS and not call.refused:
                tables["orders"].setdefault(str(order), {}).setdefault("status", NEEDS[call.tool][0])
            elif call.tool == "modify_user_address":
                tables["users"].setdefault(str(call.arguments["user_id"]), {})
    return tables


def _keep(record: dict[str, str], text: str) -> None:
    for name, value in _PART.findall(text)[:6]:
        record.setdefault(name, value)
    if (status := _STATUS.search(text)) is not None:
        record.setdefault("status", status[1])


# The product's world


def _effects(tool: str, names: Iterable[str]) -> list[Json]:
    effects: list[Json] = [{"column": "status", "value": LEADS_TO[tool]}] if tool in LEADS_TO else []
    kind = {"return_delivered_order_items": "return", "exchange_delivered_order_items": "exchange"}.get(tool)
    for name in names:
        if name not in ("order_id", "user_id"):
            column = f"{kind} {name}" if kind else name
            effects.append({"column": column, "argument": name})
    return effects


def shop(found: list[Conversation]) -> Agent:
    """Return an agent with nothing but the shop's systems and their records."""
    names: dict[str, list[str]] = {}
    for each in found:
        for call in each.calls:
            names.setdefault(call.tool, list(call.arguments))
    tables = records(found)
    tools = []
    for tool, arguments in names.items():
        made: dict[str, Any] = {
            "name": tool,
            "parameters": {"type": "object", "properties": {name: {} for name in arguments}},
        }
        if tool in WRITES:
            key = "user_id" if tool == "modify_user_address" else "order_id"
            made |= {"effect": "write", "parameters": {**made["parameters"], "required": [key]}}
            made["mock"] = {"effects": _effects(tool, arguments)}
            if tool in NEEDS:
                when = {"kind": "compare", "field": "status", "op": "in", "value": NEEDS[tool]}
                made["mock"]["only_when"] = when
        tools.append(made)
    return Agent.model_validate(
        {
            "id": "retail",
            "name": "Retail",
            "charter": {
                "purpose": "",
                "audience": "",
                "channel": "",
                "ai_disclosure": "",
                "capabilities": "",
            },
            "workflows": [{"id": "shop", "name": "Shop", "steps": [{"kind": "end", "id": "x", "title": ""}]}],
            "tools": tools,
            "records": [
                {
                    "id": table,
                    "name": table,
                    "key": key,
                    "rows": [{"id": name, "values": values} for name, values in tables[table].items()],
                }
                for table, key in (("orders", "order_id"), ("users", "user_id"))
            ],
        }
    )


def scenario(agent: Agent, gold: Iterable[Call]) -> Scenario:
    """Return the test of a task: the state that its gold calls lead to, and what must come before what."""
    gold = tuple(gold)
    reading = list(dict.fromkeys(call.tool for call in gold if not call.writes))
    looked_up = [name for name in reading if name in ("get_order_details", "get_user_details")]
    writing = list(dict.fromkeys(call.tool for call in gold if call.writes))
    steps = [{"kind": "step", "step": name} for name in reading]
    steps += [{"kind": "step", "step": name, "after": first} for name in writing for first in looked_up]
    world = [{"tool": call.tool, "arguments": call.arguments} for call in gold if call.writes]
    replies = [{"id": tool.name, "reply": {}} for tool in agent.tools if tool.effect == "read"]
    return Scenario.model_validate(
        {
            "id": "T-01",
            "title": "A task",
            "workflow": "shop",
            "systems": replies,
            "expectations": [{"kind": "world", "calls": world}, *steps],
        }
    )


def replay(program: Program, test: Scenario, calls: Iterable[Call]) -> tuple[Mark, ...]:
    """Return the product's marks for some calls made against the mock systems of a test."""
    systems = connect(test)
    systems.begin(program, 0)
    turns = [Turn(role="system", events=tuple(_events(systems.call, call))) for call in calls]
    return grade(program, test, "resolved", turns, systems.state, systems.mistakes)


def _events(send: Any, call: Call) -> Iterator[TraceEvent]:
    yield event("step", call.tool, step=call.tool)
    try:
        reply = send(call.tool, call.arguments)
    except ToolFailed as failed:
        yield event("call", "", tool=call.tool, label=failed.failure, arguments=call.arguments)
        return
    yield event("call", "", tool=call.tool, arguments=call.arguments, reply=reply)
    if call.tool in FINDING:
        yield event("branch", "", label="verified")


# The second reckoning


def reckon(start: dict[str, dict[str, dict[str, str]]], calls: Iterable[Call]) -> dict[str, dict[str, Any]]:
    """Return all orders and users after some calls; a call that the shop refuses changes nothing."""
    now: dict[str, dict[str, Any]] = {}

    def of(table: str, name: str) -> dict[str, Any]:
        return now.setdefault(name, dict(start[table].get(name, {})))

    for call in calls:
        given = call.arguments
        if call.tool == "modify_user_address":
            if given["user_id"] in start["users"]:
                of("users", given["user_id"]).update({name: given[name] for name in ADDRESS})
            continue
        if call.tool not in NEEDS or given["order_id"] not in start["orders"]:
            continue
        order = of("orders", given["order_id"])
        if order.get("status") not in NEEDS[call.tool]:
            continue
        order["status"] = LEADS_TO.get(call.tool, order["status"])
        rest = {name: value for name, value in given.items() if name != "order_id"}
        before = call.tool.split("_")[0] if call.tool.split("_")[1] == "delivered" else ""
        for name, value in rest.items():
            order[before + name] = sorted(value) if isinstance(value, list) else value
    return {
        name: order
        for name, order in now.items()
        if order != start["orders"].get(name, start["users"].get(name))
    }
