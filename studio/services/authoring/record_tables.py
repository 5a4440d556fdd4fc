"""The tables of records themselves, by hand: a new one, another name, columns added, changed, taken away.

- Pure: `(agent, …) -> ChangeSet`; what cannot be is refused whole, with the record or the system it is about.
- A column keeps the name that systems use when people call it otherwise; a new one is called by systems as
  people call it, in small letters with underscores.
- The column that tells records apart stays, and holds text; no column goes that a system or a test needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.condition import Scalar, fields_of, spell
from studio.domain.errors import WrongUse
from studio.domain.scenario import ExpectRecord
from studio.domain.world import Column, ColumnType, Record, RecordTable
from studio.simulation.records import MOST_COLUMNS, name_for_systems, read_value, table_of

LONGEST_NAME = 80
_KIND_WORDS: dict[ColumnType, str] = {
    "text": "any text", "number": "numbers", "yes or no": "yes or no", "date": "dates",
}  # fmt: skip


def new_record_table(agent: Agent, name: str, key: str) -> ChangeSet:
    """Return the edit that makes an empty table; `key` is the column that tells its records apart."""
    name, key = _named(name, "table"), _named(key, "column")
    _check_table_name(agent, name)
    table_id = name_for_systems(name)
    taken = {table.id for table in agent.records or ()}
    number = 2
    while table_id in taken:
        table_id, number = f"{name_for_systems(name)}_{number}", number + 1
    column = Column(id=name_for_systems(key), label=key)
    made = RecordTable(id=table_id, name=name, key=column.id, columns=(column,))
    return _edit(agent, (*(agent.records or ()), made), f"New table of records “{name}”")


def rename_record_table(agent: Agent, table_name: str, name: str) -> ChangeSet:
    """Return the edit that gives a table another name."""
    table, name = table_of(agent, table_name), _named(name, "table")
    if name == table.name:
        raise WrongUse(f"The table is called “{name}” already.")
    _check_table_name(agent, name, table.id)
    return _with(agent, table, {"name": name}, f"Table of records “{table.name}” is now called “{name}”")


def put_record_column(
    agent: Agent, table_name: str, column_name: str, name: str, kind: ColumnType | None = None
) -> ChangeSet:
    """Return the edit that adds a column (where `column_name` is empty), or calls one otherwise, or lets it
    hold another kind of values; raises WrongUse, also for a value that does not fit any more.
    """
    table, name = table_of(agent, table_name), _named(name, "column")
    before = column_of(table, column_name) if column_name else None
    if any(_same(each, name) for each in table.columns if each is not before):
        raise WrongUse(f"“{table.name}” has a column “{name}” already.", "Choose another name.")
    if before is None:
        return _add(agent, table, Column(id=name_for_systems(name), label=name, type=kind or "text"))
    after = before.model_copy(update={"label": name, "type": kind or before.type})
    if after == before:
        raise WrongUse(f"That changes nothing in the column “{_label(before)}”.")
    _check_kind(agent, table, before, after)
    rows = table.rows
    if after.type != before.type:
        rows = tuple(_read_anew(row, before, after) for row in rows)
    columns = tuple(after if each is before else each for each in table.columns)
    told = f"“{_label(before)}”"
    told += f" is now called “{name}”" if _label(after) != _label(before) else ""
    told += " and" if after.type != before.type and _label(after) != _label(before) else ""
    told += f" now holds {_KIND_WORDS[after.type]}" if after.type != before.type else ""
    return _with(agent, table, {"columns": columns, "rows": rows}, f"{table.name}: {told}")


def remove_record_column(agent: Agent, table_name: str, column_name: str) -> ChangeSet:
    """Return the edit that takes a column away with its values; raises WrongUse where somebody needs it."""
    table = table_of(agent, table_name)
    column = column_of(table, column_name)
    if column.id == table.key:
        raise WrongUse(f"“{_label(column)}” tells the records of “{table.name}” apart and has to stay.")
    if user := next(_users(agent, table, column), None):
        raise WrongUse(
            f"{user} needs the column “{_label(column)}” of “{table.name}”.",
            "Change that first, then remove it.",
        )
    rows = tuple(
        row.model_copy(update={"values": {k: v for k, v in row.values.items() if k != column.id}})
        for row in table.rows
    )
    columns = tuple(each for each in table.columns if each is not column)
    title = f"{table.name}: column “{_label(column)}” removed"
    return _with(agent, table, {"columns": columns, "rows": rows}, title)


def has_column(agent: Agent, table_name: str, name: str) -> bool:
    """Return whether a table has a column that is called so."""
    return any(_same(each, name) for each in table_of(agent, table_name).columns)


def column_of(table: RecordTable, name: str) -> Column:
    """Return a column by what people or systems call it; raises WrongUse."""
    found = next((each for each in table.columns if _same(each, name)), None)
    if found is None:
        known = ", ".join(_label(each) for each in table.columns)
        raise WrongUse(f"“{table.name}” has no column “{name}”.", f"It has: {known}.")
    return found


def column_kind(words: str) -> ColumnType:
    """Return what a column holds, by its words; raises WrongUse."""
    plain = words.strip().casefold()
    for kind in get_args(ColumnType):
        if plain == kind:
            return kind  # type: ignore[no-any-return]
    raise WrongUse(f"A column cannot hold “{words}”.", f"It holds {', '.join(get_args(ColumnType))}.")


def _add(agent: Agent, table: RecordTable, column: Column) -> ChangeSet:
    if len(table.columns) >= MOST_COLUMNS:
        raise WrongUse(f"A table has at most {MOST_COLUMNS} columns.", "Remove one first.")
    columns = (*table.columns, column)
    return _with(agent, table, {"columns": columns}, f"{table.name}: column “{_label(column)}” added")


def _check_kind(agent: Agent, table: RecordTable, before: Column, after: Column) -> None:
    if after.type == before.type:
        return
    if before.id == table.key:
        raise WrongUse(f"“{_label(before)}” tells records apart: it holds any text.")
    if after.type != "number":
        for tool in agent.tools:
            for effect in tool.mock.effects if tool.mock else ():
                here = (effect.table or (tool.mock.table if tool.mock else "")) == table.id
                if here and effect.column == before.id and effect.does != "set":
                    raise WrongUse(f"“{tool.name}” reckons with “{_label(before)}”: it has to hold numbers.")


def _read_anew(row: Record, before: Column, after: Column) -> Record:
    if before.id not in row.values:
        return row
    value = row.values[before.id]
    text = _words_of(value)
    return row.model_copy(
        update={"values": {**row.values, before.id: read_value(after, text, f"Record “{row.id}”")}}
    )


def _words_of(value: Scalar) -> str:
    return spell(value) if isinstance(value, bool) else str(value)


def _users(agent: Agent, table: RecordTable, column: Column) -> Iterator[str]:
    """Yield what needs a column: systems by what they change or ask, tests by their own records."""
    for tool in agent.tools:
        mock = tool.mock
        if mock is None:
            continue
        changed = {effect.column for effect in mock.effects if (effect.table or mock.table) == table.id}
        asked = fields_of(mock.only_when) if mock.only_when is not None and mock.table == table.id else set()
        checked = mock.checks if mock.table == table.id else ()
        if column.id in {*changed, *asked, *checked}:
            yield f"The system “{tool.name}”"
    for test in agent.scenarios:
        own = [each for each in test.records or () if each.table == table.id and column.id in each.values]
        wanted = [
            each
            for each in test.expectations
            if isinstance(each, ExpectRecord) and each.table == table.id and column.id in each.values
        ]
        if own or wanted:
            yield f"The test “{test.title}”"


def _check_table_name(agent: Agent, name: str, but: str = "") -> None:
    for table in agent.records or ():
        if table.id != but and name.casefold() in (table.name.casefold(), table.id.casefold()):
            raise WrongUse(f"There is a table of records “{table.name}” already.", "Choose another name.")


def _named(words: str, what: str) -> str:
    name = " ".join(words.split())
    if not name:
        raise WrongUse(f"A {what} needs a name.", "Type one.")
    if len(name) > LONGEST_NAME:
        raise WrongUse(f"A name has at most {LONGEST_NAME} characters; this has {len(name)}.", "Shorten it.")
    return name


def _same(column: Column, name: str) -> bool:
    plain = name_for_systems(name)
    return plain in (name_for_systems(column.id), name_for_systems(column.label or column.id))


def _label(column: Column) -> str:
    return column.label or column.id


def _with(agent: Agent, table: RecordTable, values: dict[str, object], title: str) -> ChangeSet:
    after = table.model_copy(update=values)
    return _edit(agent, tuple(after if t.id == table.id else t for t in agent.records or ()), title)


def _edit(agent: Agent, tables: tuple[RecordTable, ...], title: str) -> ChangeSet:
    return diff_agents(agent, agent.model_copy(update={"records": tables}), title)
