"""Mutants: an agent with one fault planted, each a single change, told in plain words.

- Kinds: a guard dropped, a must weakened to may, a limit shifted (of a system, a guard, a branch or a row),
  a comparison turned, an answer changed, two rows swapped, two branches swapped, a way that leads elsewhere,
  a step dropped, a disclosure left out, a failure ignored, no second try, an end too early, a wrong desk, a
  desk that is told nothing, a wrong end, a value sent that was not meant.
- The order is that of the agent; the same agent gives the same mutants.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, join_path
from studio.domain.condition import spell
from studio.domain.frozen import Frozen, Json, to_json

_TURNED = {"<=": "<", "<": "<=", ">=": ">", ">": ">=", "=": "!=", "!=": "="}
_SIGNS = {"<=": "at most", "<": "below", ">=": "at least", ">": "above", "=": "is", "!=": "is not"}
NOWHERE = "Lost property"
"""A queue that no agent has."""


class Mutant(Frozen):
    """One planted fault: what it is, where it can show, and the change that plants it.

    `flow`, `table` and `tools` say where a conversation has to pass to be affected; with none of them, any
    conversation may be.
    """

    id: str
    kind: str
    title: str
    change: Change
    flow: str | None = None
    table: str | None = None
    tools: tuple[str, ...] = ()

    def plant(self, agent: Agent) -> Agent:
        """Return the agent with the fault."""
        return apply(agent, ChangeSet(title=self.title, changes=(self.change,)))


_Found = tuple[str, str, str, Json, Json, dict[str, Any]]
"""Kind, title, path, value before, value after, and where it can show."""


def mutants(agent: Agent) -> tuple[Mutant, ...]:
    """Return all mutants of an agent."""
    tree = to_json(agent)
    found = [*_of_rules(tree), *_of_tables(tree), *_of_tools(tree), *_of_workflows(tree)]
    return tuple(
        Mutant(
            id=f"M-{number:03}",
            kind=kind,
            title=title,
            change=Change(path=path, before=before, after=copy.deepcopy(after)),
            **where,
        )
        for number, (kind, title, path, before, after, where) in enumerate(found, 1)
    )


# Rules and systems


def _of_rules(tree: Json) -> Iterator[_Found]:
    for rule in tree["charter"]["rules"]:
        guard = rule.get("guard")
        if not guard:
            continue
        name, path = f"{rule['id']} “{rule['title']}”", join_path("charter", "rules", rule["id"])
        where = {"tools": tuple(guard["tools"])}
        if rule["kind"] in ("must", "never"):
            weaker = {**rule, "kind": "allow", "enforced_by": "text only"}
            weaker.pop("guard")
            yield "must weakened to may", f"{name} is only a permission", path, rule, weaker, where
        else:
            yield "guard dropped", f"The guard of {name} is gone", f"{path}/guard", guard, None, where
        when = guard.get("forbidden_when")
        if when:
            for kind, words, changed in _conditions(when):
                told = f"The guard of {name}: {words}"
                yield f"{kind} of a guard", told, f"{path}/guard/forbidden_when", when, changed, where


def _of_tools(tree: Json) -> Iterator[_Found]:
    for tool in tree["tools"]:
        path, where = join_path("tools", tool["name"], "limits"), {"tools": (tool["name"],)}
        for at, limit in enumerate(tool.get("limits", ())):
            for value in (limit["maximum"] - 1, limit["maximum"] + 1):
                changed = copy.deepcopy(tool["limits"])
                changed[at]["maximum"] = value
                told = f"“{tool['name']}” takes {limit['argument']} up to {_number(value)}"
                yield "limit shifted of a system", told, path, tool["limits"], changed, where
            fewer = [each for number, each in enumerate(tool["limits"]) if number != at]
            told = f"“{tool['name']}” has no limit of {limit['argument']}"
            yield "limit dropped of a system", told, path, tool["limits"], fewer, where


def _number(value: float) -> str:
    return f"{value:,g}"


def _conditions(condition: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield (kind, words, condition) for each changed comparison within a condition."""
    if condition["kind"] in ("all", "any"):
        for at, part in enumerate(condition["of"]):
            for kind, words, changed in _conditions(part):
                rest = list(condition["of"])
                rest[at] = changed
                yield kind, words, {**condition, "of": rest}
        if len(condition["of"]) > 1:
            other = "any" if condition["kind"] == "all" else "all"
            words = "any of its conditions is enough" if other == "any" else "all its conditions are needed"
            yield "conditions joined otherwise", words, {**condition, "kind": other}
        return
    if condition["kind"] == "not":
        yield "comparison turned", "its condition is turned round", condition["of"]
        return
    yield from _tests(condition, condition["field"])


def _tests(test: Json, name: str) -> Iterator[tuple[str, str, Json]]:
    """Yield (kind, words, test) for each change of one comparison."""
    op, value, label = test.get("op"), test.get("value"), name.replace("_", " ")
    if op in _TURNED:
        turned = _TURNED[op]
        words = f"{label} {_SIGNS[turned]} {_value(value)} instead of {_SIGNS[op]}"
        yield "comparison turned", words, {**test, "op": turned}
    if isinstance(value, int | float) and not isinstance(value, bool):
        for shifted in (value + 1, value - 1):
            words = f"{label} {_SIGNS.get(op or '', 'from')} {_number(shifted)} instead of {_number(value)}"
            yield "limit shifted", words, {**test, "value": shifted}
    high = test.get("high")
    if isinstance(high, int | float) and not isinstance(high, bool):
        for shifted in (high + 1, high - 1):
            words = f"{label} up to {_number(shifted)} instead of {_number(high)}"
            yield "limit shifted", words, {**test, "high": shifted}
    if isinstance(value, bool):
        yield (
            "comparison turned",
            f"{label} {_value(not value)} instead of {_value(value)}",
            {**test, "value": not value},
        )


def _value(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    return spell(value) if isinstance(value, bool | int | float | str) else "nothing"


# Tables


def _of_tables(tree: Json) -> Iterator[_Found]:
    for table in tree["tables"]:
        where, rows = {"table": table["id"]}, table["rows"]
        for number, row in enumerate(rows, 1):
            name = f"Row {number} of “{table['name']}”"
            path = join_path("tables", table["id"], "rows", row["id"])
            for at, cell in enumerate(row.get("cells", ())):
                for kind, words, changed in _tests(cell, cell["id"]):
                    cells = list(row["cells"])
                    cells[at] = changed
                    yield f"{kind} of a row", f"{name}: {words}", f"{path}/cells", row["cells"], cells, where
            for answer in sorted({other["then"] for other in rows} - {row["then"]})[:1]:
                told = f"{name} answers “{answer}” instead of “{row['then']}”"
                yield "answer changed", told, f"{path}/then", row["then"], answer, where
        for at in range(len(rows) - 1) if table.get("hit_policy", "first") == "first" else ():
            swapped = [*rows[:at], rows[at + 1], rows[at], *rows[at + 2 :]]
            told = f"Rows {at + 1} and {at + 2} of “{table['name']}” are swapped"
            yield "rows swapped", told, join_path("tables", table["id"], "rows"), rows, swapped, where


# Workflows


def _of_workflows(tree: Json) -> Iterator[_Found]:
    for flow in tree["workflows"]:
        steps = flow["steps"]
        for step in steps:
            path = join_path("workflows", flow["id"], "steps", step["id"])
            where: dict[str, Any] = {} if step["kind"] == "handoff" else {"flow": flow["id"]}
            name = f"“{step['title']}” in “{flow['name']}”"
            for kind, words, part, before, after in (*_of_step(step, steps), *_of_branches(step, steps)):
                yield kind, f"{name}: {words}", f"{path}/{part}", before, after, where
        yield from _dropped(flow)


_Part = tuple[str, str, str, Json, Json]


def _of_step(step: Json, steps: Sequence[Json]) -> Iterator[_Part]:
    kind, onward = step["kind"], step.get("next")
    ends = [e["id"] for e in steps if e["kind"] == "end" and e["id"] not in (step["id"], onward)]
    failing = step.get("on_failure")
    if failing and onward and failing != onward:
        yield "failure ignored", "goes on where it failed", "on_failure", failing, onward
    if kind in ("tool", "say", "ask") and ends and onward:
        yield "ends too early", "then ends", "next", onward, ends[0]
    if kind == "tool" and step.get("retries"):
        yield "no second try", "is not tried again", "retries", step["retries"], 0
    if kind == "handoff":
        yield "wrong desk", f"hands over to {NOWHERE}", "queue", step["queue"], NOWHERE
        if step.get("context"):
            fewer = step["context"][1:]
            words = f"does not tell {step['context'][0].replace('_', ' ')}"
            if fewer:
                yield "desk told less", words, "context", step["context"], fewer
    if kind == "end" and step["outcome"] != "abandoned":
        other = "refused" if step["outcome"] == "resolved" else "resolved"
        yield "wrong end", f"ends {other} instead of {step['outcome']}", "outcome", step["outcome"], other
    arguments = step.get("arguments", ()) if kind in ("tool", "verify") else ()
    for at, argument in enumerate(arguments):
        if isinstance(argument.get("value"), int | float) and not isinstance(argument["value"], bool):
            changed = copy.deepcopy(arguments)
            changed[at]["value"] += 1
            words = f"sends {argument['name'].replace('_', ' ')} {_number(changed[at]['value'])}"
            yield "wrong value sent", words, "arguments", arguments, changed


def _of_branches(step: Json, steps: Sequence[Json]) -> Iterator[_Part]:
    branches = step.get("branches", ())
    for at, branch in enumerate(branches):
        others = [each["id"] for each in steps if each["id"] not in (step["id"], branch.get("next"))]
        if others:
            changed = _changed(branches, at, next=others[0])
            yield "wrong way", f"“{branch['id']}” leads elsewhere", "branches", branches, changed
        if branch.get("when"):
            for kind, words, condition in _conditions(branch["when"]):
                changed = _changed(branches, at, when=condition)
                yield f"{kind} of a branch", f"“{branch['id']}” if {words}", "branches", branches, changed
    for at in range(len(branches) - 1):
        first, second = branches[at], branches[at + 1]
        if first.get("next") != second.get("next"):
            swapped = _changed(branches, at, next=second.get("next"))
            swapped[at + 1]["next"] = first.get("next")
            words = f"“{first['id']}” and “{second['id']}” are swapped"
            yield "branches swapped", words, "branches", branches, swapped


def _changed(items: Sequence[Json], at: int, **values: Json) -> list[Json]:
    made = copy.deepcopy(list(items))
    made[at].update(values)
    return made


def _dropped(flow: Mapping[str, Json]) -> Iterator[_Found]:
    """Yield the workflow without each step that has one way on: who led there leads past it."""
    path, where = join_path("workflows", flow["id"]), {"flow": flow["id"]}
    for step in flow["steps"]:
        onward = step.get("next")
        if not onward or onward == step["id"]:
            continue
        made = copy.deepcopy(dict(flow))
        made["steps"] = [
            _led_past(each, step["id"], onward) for each in made["steps"] if each["id"] != step["id"]
        ]
        if made.get("start") == step["id"]:
            made["start"] = onward
        kind = "disclosure left out" if step["kind"] == "disclose" else "step dropped"
        yield kind, f"“{step['title']}” in “{flow['name']}” is left out", path, flow, made, where


def _led_past(step: Json, gone: str, onward: str) -> Json:
    for way in ("next", "on_failure", "otherwise"):
        if step.get(way) == gone:
            step[way] = onward
    for branch in step.get("branches", ()):
        if branch.get("next") == gone:
            branch["next"] = onward
    return step
