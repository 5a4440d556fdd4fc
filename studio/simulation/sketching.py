"""Tables of records sketched from the systems' schemas and from what the tests make them answer.

- A table for each argument by which a system looks something up; its columns are that argument and what the
  systems that take it give back. What such a system compares to prove identity becomes a column, too.
- Records are those of the tests: the customer's facts and the replies for them. Where tests disagree about a
  record, the first one counts; each test keeps its own replies, so that no test goes otherwise than before.
- What a write changes is not guessed; somebody has to say it (`Mock.effects`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, join_path
from studio.domain.condition import Scalar
from studio.domain.errors import WrongUse
from studio.domain.frozen import Json, to_json
from studio.domain.scenario import Scenario
from studio.domain.tool import Tool
from studio.domain.workflow import ToolCall, Verify
from studio.domain.world import Column, ColumnType, Record, RecordTable

_TYPES: dict[str, ColumnType] = {"integer": "number", "number": "number", "boolean": "yes or no"}
_SINGLE = (bool, int, float, str)


def sketch_tables(agent: Agent) -> ChangeSet:
    """Return the edit that adds the tables which the look-ups of an agent need; raises WrongUse for none."""
    known = {table.key for table in agent.records or ()}
    tables = [table for table in _tables(agent) if table.key not in known]
    if not tables:
        raise WrongUse(
            "The systems suggest no further table of records.",
            "Import one with `cobuilder world import NAME FILE.csv`.",
        )
    counts = ((table.name, len(table.rows)) for table in tables)
    words = ", ".join(f"{name} ({count} record{'s' * (count != 1)})" for name, count in counts)
    trees = [to_json(table) for table in tables]
    if agent.records is None:
        changes = [Change(path="records", before=None, after=trees)]
    else:
        changes = [Change(path=join_path("records", tree["id"]), before=None, after=tree) for tree in trees]
    return ChangeSet(title=f"Tables of records sketched: {words}", changes=tuple(changes))


def _tables(agent: Agent) -> Iterator[RecordTable]:
    looking = [t for t in agent.tools if t.effect == "read" and t.required_arguments and t.result_names]
    keys = dict.fromkeys(t.required_arguments[0] for t in looking if len(t.required_arguments) == 1)
    for tool in looking:  # who proves identity alone names the record by the first thing asked for
        if "verified" in tool.result_names and not set(tool.required_arguments) & set(keys):
            keys[tool.required_arguments[0]] = None
    for key in keys:
        asking = [tool for tool in looking if key in tool.required_arguments]
        columns = _columns(key, asking)
        rows = tuple(Record(id=name, values=values) for name, values in _records(agent, key, asking, columns))
        yield RecordTable(id=f"{key}_records", name=_name(key), key=key, columns=columns, rows=rows)


def _name(key: str) -> str:
    words = key.removesuffix("_id").removesuffix("_number").replace("_", " ")
    return f"{words.capitalize()}s" if not words.endswith("s") else words.capitalize()


def _columns(key: str, tools: Iterable[Tool]) -> tuple[Column, ...]:
    found: dict[str, Column] = {key: Column(id=key)}
    for tool in tools:
        given: Mapping[str, Json] = tool.returns.get("properties", {})
        asked: Mapping[str, Json] = tool.parameters.get("properties", {}) if "verified" in given else {}
        for name, schema in (*asked.items(), *given.items()):
            kind = schema.get("type") if isinstance(schema, dict) else None
            if name not in found and name != "verified" and kind not in ("object", "array"):
                found[name] = Column(id=name, type=_TYPES.get(str(kind), "text"))
    return tuple(found.values())


def _records(
    agent: Agent, key: str, tools: Iterable[Tool], columns: Iterable[Column]
) -> Iterator[tuple[str, dict[str, Scalar]]]:
    """Yield the records that the tests speak of, each once, with what the first test says of it."""
    names, asking = {column.id for column in columns} - {key}, {tool.name for tool in tools}
    found: dict[str, dict[str, Scalar]] = {}
    for test in agent.scenarios:
        name = _key_of(agent, test, key)
        if name is None or any(fault.id in asking for fault in test.faults):
            continue
        if any(each.reply.get("verified") is False for each in test.systems):
            continue
        values = found.setdefault(name, {})
        for fact in test.facts:
            if fact.id in names and fact.id in _compared(agent, asking):
                values.setdefault(fact.id, fact.value)
        for system in test.systems:
            for result, value in system.reply.items() if system.id in asking else ():
                if result in names and isinstance(value, _SINGLE):
                    values.setdefault(result, value)
    yield from found.items()


def _compared(agent: Agent, asking: Iterable[str]) -> set[str]:
    """Return the arguments that prove identity."""
    tools = (tool for tool in agent.tools if tool.name in asking and "verified" in tool.result_names)
    return {name for tool in tools for name in tool.argument_names}


def _key_of(agent: Agent, test: Scenario, key: str) -> str | None:
    """Return which record a test is about: the fact that fills the argument, told by customer or systems."""
    facts = {fact.id: fact.value for fact in test.facts}
    for system in test.systems:
        facts |= {n: v for n, v in system.reply.items() if isinstance(v, _SINGLE) and n not in facts}
    if key in facts:
        return str(facts[key])
    for flow in agent.workflows:
        for step in flow.steps:
            for argument in step.arguments if isinstance(step, ToolCall | Verify) else ():
                if argument.name == key and argument.fact in facts:
                    return str(facts[argument.fact])
    return None
