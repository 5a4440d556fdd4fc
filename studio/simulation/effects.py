"""Saying what a system does to the records: which table, which columns, and when it refuses.

- A value that is called like one of the system's arguments means that argument; any other is meant as it
  stands, and must fit its column.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, join_path
from studio.domain.condition import All, Compare, Condition
from studio.domain.errors import WrongUse
from studio.domain.frozen import to_json
from studio.domain.tool import Tool
from studio.domain.world import Column, Effect, Mock, RecordTable
from studio.simulation.records import read_value, table_of

Does = Literal["set", "add", "subtract"]


def put_mock(
    agent: Agent,
    tool_name: str,
    table_name: str,
    does: Mapping[Does, Mapping[str, str]],
    only_when: Mapping[str, str],
    adds: str = "",
) -> ChangeSet:
    """Return the edit that says what a system does; with nothing to do, it does nothing any more.

    `does` gives columns and values to set, add and subtract; `only_when` what a record must say, or the
    system refuses; `adds` the table that gets a new record. Raises WrongUse for names that are not there.
    """
    tool = next((each for each in agent.tools if each.name == tool_name), None)
    if tool is None:
        known = ", ".join(each.name for each in agent.tools)
        raise WrongUse(f"The draft has no system “{tool_name}”.", f"It has: {known}.")
    table = table_of(agent, table_name)
    effects = tuple(
        _effect(tool, table, how, column, text)
        for how, pairs in does.items()
        for column, text in pairs.items()
    )
    whole = Mock(
        table=table.id,
        argument=_argument(tool, table),
        adds=table_of(agent, adds).id if adds else None,
        effects=effects,
        only_when=_condition(table, only_when),
    )
    after = to_json(whole) if effects or adds or only_when else None
    before = to_json(tool.mock) if tool.mock is not None else None
    words = (
        f"“{tool.name}” now changes “{table.name}”" if after else f"“{tool.name}” changes nothing any more"
    )
    change = Change(path=join_path("tools", tool.name, "mock"), before=before, after=after)
    return ChangeSet(title=words, changes=(change,))


def _argument(tool: Tool, table: RecordTable) -> str:
    if table.key in tool.argument_names:
        return table.key
    if not tool.argument_names:
        raise WrongUse(f"“{tool.name}” is not told which record it is about.", "Give it an argument first.")
    return tool.argument_names[0]


def _effect(tool: Tool, table: RecordTable, does: Does, column: str, text: str) -> Effect:
    if text in tool.argument_names:
        _column(table, column)
        return Effect(column=column, does=does, argument=text)
    value = read_value(_column(table, column), text, f"“{tool.name}”")
    if does != "set" and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise WrongUse(f"“{text}” cannot be reckoned with.", "Give a number, or the name of an argument.")
    return Effect(column=column, does=does, value=value)


def _column(table: RecordTable, name: str) -> Column:
    column = next((each for each in table.columns if each.id == name), None)
    if column is None:
        known = ", ".join(each.id for each in table.columns)
        raise WrongUse(f"“{table.name}” has no column “{name}”.", f"It has: {known}.")
    return column


def _condition(table: RecordTable, only_when: Mapping[str, str]) -> Condition | None:
    parts = tuple(
        Compare(field=name, op="=", value=read_value(_column(table, name), text, "Only when"))
        for name, text in only_when.items()
    )
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else All(of=parts)
