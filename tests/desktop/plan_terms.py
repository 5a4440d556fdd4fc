"""Says what was built by hand in the plan's own names, so that both can be compared and run alike.

- Ids are made by the window from what was typed first; a workflow, step, decision, rule or request of one
  title is one.
- What no hand writes is left out on both sides: where steps stand, and the sentences they were read from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.domain.agent import Agent
from studio.domain.frozen import to_json

_WAYS = ("next", "on_failure", "otherwise")


def plain(agent: Agent) -> dict[str, Any]:
    """Return an agent as JSON without what only documents or an adviser give."""
    tree: Any = _without(to_json(agent), {"citations", "place"})
    for tool in tree["tools"]:
        tool.pop("mock", None)
        for side in ("parameters", "returns"):
            tool[side].pop("additionalProperties", None)
    for flow in tree["workflows"]:
        for slot in flow["slots"]:
            if slot["type"] == "yes or no":
                slot["example"] = ""
        for step in flow["steps"]:
            step.get("arguments", []).sort(key=lambda each: str(each["name"]))
    return {name: tree[name] for name in ("name", "charter", "workflows", "tables", "tools")}


def in_plan_terms(built: Agent, plan: Agent) -> dict[str, Any]:
    """Return what was built with the plan's ids, in the plan's order."""
    tree, model = plain(built), plain(plan)
    flows = _names(tree["workflows"], model["workflows"], "name")
    tables = _names(tree["tables"], model["tables"], "name")
    rules = _names(tree["charter"]["rules"], model["charter"]["rules"], "title")
    for flow in tree["workflows"]:
        flow["id"] = flows.get(flow["id"], flow["id"])
        like = next((each for each in model["workflows"] if each["id"] == flow["id"]), None)
        steps = _names(flow["steps"], like["steps"] if like else [], "title")
        flow["start"] = steps.get(flow["start"], flow["start"])
        for step in flow["steps"]:
            _step(step, steps, {"block": flows, "table": tables, "rule": rules})
        _order(flow["steps"], like["steps"] if like else [])
    for table in tree["tables"]:
        table["id"] = tables.get(table["id"], table["id"])
        like = next((each for each in model["tables"] if each["id"] == table["id"]), None)
        for row, other in zip(table["rows"], like["rows"] if like else (), strict=False):
            row["id"] = other["id"]
    for rule in tree["charter"]["rules"]:
        rule["id"] = rules.get(rule["id"], rule["id"])
        rule["workflows"] = [flows.get(each, each) for each in rule["workflows"]]
    requests = _names(tree["charter"]["portfolio"], model["charter"]["portfolio"], "title")
    for each in tree["charter"]["portfolio"]:
        each["id"] = requests.get(each["id"], each["id"])
        each["workflow"] = flows.get(each.get("workflow"), each.get("workflow"))
    for name in ("workflows", "tables"):
        _order(tree[name], model[name])
    _order(tree["charter"]["rules"], model["charter"]["rules"])
    tree["tools"].sort(key=lambda each: [tool["name"] for tool in model["tools"]].index(each["name"]))
    return tree


def with_the_plans_tests(built: Agent, plan: Agent) -> Agent:
    """Return the built agent in the plan's names, set among the plan's tests, records and mock systems."""
    mocks = {tool.name: tool.mock for tool in plan.tools}
    tree = {**to_json(plan), **in_plan_terms(built, plan)}
    agent = Agent.model_validate(tree)
    tools = tuple(tool.model_copy(update={"mock": mocks[tool.name]}) for tool in agent.tools)
    return agent.model_copy(update={"tools": tools})


def _names(mine: list[Any], theirs: list[Any], by: str) -> dict[str, str]:
    wanted = {each[by]: each["id"] for each in theirs}
    return {each["id"]: wanted.get(each[by], each["id"]) for each in mine}


def _step(step: dict[str, Any], steps: Mapping[str, str], others: Mapping[str, Mapping[str, str]]) -> None:
    step["id"] = steps[step["id"]]
    for way in (step, *step.get("branches", ())):
        for name in _WAYS:
            if way.get(name):
                way[name] = steps.get(way[name], way[name])
    for name, names in others.items():
        if step.get(name):
            step[name] = names.get(step[name], step[name])
    if step.get("table"):
        step["branches"].sort(key=lambda branch: str(branch["id"]))


def _order(mine: list[Any], theirs: list[Any]) -> None:
    order = {each["id"]: number for number, each in enumerate(theirs)}
    mine.sort(key=lambda each: order.get(each["id"], len(order)))


def _without(tree: Any, names: set[str]) -> Any:
    if isinstance(tree, dict):
        return {name: _without(each, names) for name, each in tree.items() if name not in names}
    return [_without(each, names) for each in tree] if isinstance(tree, list | tuple) else tree
