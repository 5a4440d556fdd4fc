"""Editing the tables of records that mock systems work on: record by record, or from a CSV file.

- Every edit is one change set on the agent, undone like any other.
- A file is taken whole or not at all; what is wrong is told with its line and column.
- Values are read by the column's type: numbers with or without thousands commas, yes/no or true/false,
  dates as 2026-12-31; an empty cell is no value.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, join_path
from studio.domain.condition import Scalar, spell
from studio.domain.errors import BrokenInput, WrongUse
from studio.domain.frozen import Json, to_json
from studio.domain.sheet_cells import as_cell, from_cell
from studio.domain.world import Column, ColumnType, Record, RecordTable

MOST_ROWS = 10_000
MOST_COLUMNS = 100
LONGEST_CELL = 2_000
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_YES = {"yes": True, "true": True, "no": False, "false": False}
_NAME = re.compile(r"[^a-z0-9]+")


def table_of(agent: Agent, name: str) -> RecordTable:
    """Return a table by its id or name; raises WrongUse."""
    for table in agent.records or ():
        if name.casefold() in (table.id.casefold(), table.name.casefold()):
            return table
    known = ", ".join(table.name for table in agent.records or ())
    hint = f"It has: {known}." if known else "Import one from a CSV file."
    raise WrongUse(f"The draft has no table of records “{name}”.", hint)


def put_record(agent: Agent, table_name: str, record: str, values: Mapping[str, str]) -> ChangeSet:
    """Return the edit that adds a record, or changes some values of it; "" takes a value away."""
    table = table_of(agent, table_name)
    if not record.strip():
        raise WrongUse("A record needs a value in its key column.", f"Say the {_label(table, table.key)}.")
    before = next((row for row in table.rows if row.id == record), None)
    kept = dict(before.values) if before else {}
    columns = {column.id: column for column in table.columns}
    for name, text in values.items():
        if name not in columns:
            known = ", ".join(columns)
            raise WrongUse(f"“{table.name}” has no column “{name}”.", f"It has: {known}.")
        if name == table.key:
            continue
        kept.pop(name, None)
        if text.strip():
            kept[name] = read_value(columns[name], text, f"Record “{record}”")
    after = Record(id=record, values=kept)
    title = f"{table.name}: {record} {'changed' if before else 'added'}"
    return _edit(title, join_path("records", table.id, "rows", record), before, after)


def remove_record(agent: Agent, table_name: str, record: str) -> ChangeSet:
    """Return the edit that takes a record away; raises WrongUse."""
    table = table_of(agent, table_name)
    at = next((n for n, row in enumerate(table.rows) if row.id == record), -1)
    if at < 0:
        raise WrongUse(f"“{table.name}” has no record “{record}”.")
    change = Change(
        path=join_path("records", table.id, "rows", record),
        before=to_json(table.rows[at]),
        place_before=table.rows[at - 1].id if at else "",
    )
    return ChangeSet(title=f"{table.name}: {record} removed", changes=(change,))


def remove_table(agent: Agent, table_name: str) -> ChangeSet:
    """Return the edit that takes a whole table away; raises WrongUse."""
    table = table_of(agent, table_name)
    return _edit(f"Table of records “{table.name}” removed", join_path("records", table.id), table, None)


def _edit(
    title: str, path: str, before: Record | RecordTable | None, after: Record | RecordTable | None
) -> ChangeSet:
    was, now = (to_json(each) if each is not None else None for each in (before, after))
    return ChangeSet(title=title, changes=(Change(path=path, before=was, after=now),))


def import_csv(agent: Agent, name: str, text: str, key: str = "") -> ChangeSet:
    """Return the edit that takes in a CSV file: a new table, or more and other records of a known one.

    The first line names the columns; `key` names the one that tells records apart (default: the first, or
    that of the known table). Raises BrokenInput with line and column.
    """
    header, lines = _read(text)
    known = next(
        (t for t in agent.records or () if name.casefold() in (t.id.casefold(), t.name.casefold())), None
    )
    if known is not None:
        return _into(known, header, lines)
    table = _new_table(name, header, lines, key)
    tree = to_json(table)
    if agent.records is None:
        change = Change(path="records", before=None, after=[tree])
    else:
        change = Change(path=join_path("records", table.id), before=None, after=tree)
    words = f"Table of records “{table.name}” imported: {len(table.rows)} records"
    return ChangeSet(title=words, changes=(change,))


_Line = tuple[int, list[str]]


def _read(text: str) -> tuple[list[str], list[_Line]]:
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise BrokenInput(f"This is no CSV file: {error}.", "Save the table as CSV again.") from error
    rows = [
        (number, [from_cell(cell.strip()) for cell in row])
        for number, row in rows
        if any(c.strip() for c in row)
    ]
    if not rows:
        raise BrokenInput("The file is empty.", "Its first line must name the columns.")
    header = rows[0][1]
    while header and not header[-1]:
        header.pop()
    _check_header(header)
    if len(rows) - 1 > MOST_ROWS:
        raise BrokenInput(
            f"The file has {len(rows) - 1:,} records; at most {MOST_ROWS:,} fit.", "Take fewer."
        )
    for number, row in rows[1:]:
        if any(row[len(header) :]):
            raise BrokenInput(
                f"Line {number} has {len(row)} cells, but there are {len(header)} columns.",
                "Put a cell with a comma in it between quotation marks.",
            )
        if (long := next((c for c in row if len(c) > LONGEST_CELL), None)) is not None:
            raise BrokenInput(f"Line {number} has a cell of {len(long):,} characters.", "Shorten it.")
    return header, [
        (number, [*row, *[""] * (len(header) - len(row))][: len(header)]) for number, row in rows[1:]
    ]


def _check_header(header: Sequence[str]) -> None:
    if len(header) > MOST_COLUMNS:
        raise BrokenInput(f"The file has {len(header)} columns; at most {MOST_COLUMNS} fit.", "Take fewer.")
    for at, name in enumerate(header, 1):
        if not name:
            raise BrokenInput(f"Column {at} has no name in the first line.", "Name it, or delete it.")
    names = [name_for_systems(name) for name in header]
    twice = next((header[at] for at, name in enumerate(names) if name in names[:at]), None)
    if twice is not None:
        raise BrokenInput(f"The column “{twice}” is there twice.", "Rename one of them.")


def name_for_systems(name: str) -> str:
    """Return what systems call a column or a table that people call so."""
    return _NAME.sub("_", name.casefold()).strip("_") or "column"


def _new_table(name: str, header: list[str], lines: list[_Line], key: str) -> RecordTable:
    ids = [name_for_systems(each) for each in header]
    keyed = name_for_systems(key) if key else ids[0]
    if keyed not in ids:
        raise BrokenInput(f"The file has no column “{key}”.", f"It has: {', '.join(header)}.")
    columns = tuple(
        Column(id=each, label=label, type="text" if each == keyed else _type(row[at] for _, row in lines))
        for at, (each, label) in enumerate(zip(ids, header, strict=True))
    )
    table = RecordTable(id=name_for_systems(name), name=name, key=keyed, columns=columns)
    return table.model_copy(update={"rows": tuple(_records(table, ids, lines))})


def _type(cells: Iterable[str]) -> ColumnType:
    found = [cell for cell in cells if cell]
    if not found:
        return "text"
    if all(cell.casefold() in _YES for cell in found):
        return "yes or no"
    if all(
        _NUMBER.fullmatch(cell) and not (cell.startswith("0") and cell.isdigit() and cell != "0")
        for cell in found
    ):
        return "number"
    return "date" if all(map(_is_date, found)) else "text"


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _into(table: RecordTable, header: list[str], lines: list[_Line]) -> ChangeSet:
    names = {name_for_systems(column.id): column.id for column in table.columns}
    names |= {name_for_systems(column.label): column.id for column in table.columns if column.label}
    unknown = next((each for each in header if name_for_systems(each) not in names), None)
    if unknown is not None:
        raise BrokenInput(
            f"“{table.name}” has no column “{unknown}”.",
            f"It has: {', '.join(column.label or column.id for column in table.columns)}.",
        )
    ids = [names[name_for_systems(each)] for each in header]
    if table.key not in ids:
        raise BrokenInput(f"The file has no column “{_label(table, table.key)}”, which tells records apart.")
    known = {row.id: row for row in table.rows}
    changes = []
    for record in _records(table, ids, lines):
        before = known.get(record.id)
        after = record.model_copy(update={"values": {**(before.values if before else {}), **record.values}})
        if after != before:
            was = to_json(before) if before else None
            path = join_path("records", table.id, "rows", record.id)
            changes.append(Change(path=path, before=was, after=to_json(after)))
    if not changes:
        raise WrongUse(f"The file says nothing new for “{table.name}”.")
    return ChangeSet(title=f"{table.name}: {len(changes)} records imported", changes=tuple(changes))


def _records(table: RecordTable, ids: list[str], lines: list[_Line]) -> list[Record]:
    columns = {column.id: column for column in table.columns}
    seen: dict[str, int] = {}
    found = []
    for number, row in lines:
        cells = dict(zip(ids, row, strict=True))
        name = cells.pop(table.key)
        if not name:
            raise BrokenInput(
                f"Line {number} has nothing in “{_label(table, table.key)}”, which tells records apart."
            )
        if name in seen:
            raise BrokenInput(f"Line {number}: “{name}” is there twice, first in line {seen[name]}.")
        seen[name] = number
        values = {c: read_value(columns[c], text, f"Line {number}") for c, text in cells.items() if text}
        found.append(Record(id=name, values=values))
    return found


def _label(table: RecordTable, name: str) -> str:
    return next((column.label for column in table.columns if column.id == name and column.label), name)


def read_value(column: Column, text: str, where: str) -> Scalar:
    """Return a cell as a value of its column's type; raises BrokenInput that says where it does not fit."""
    text = text.strip()
    wrong = {"number": "no number", "yes or no": "neither yes nor no", "date": "no date like 2026-12-31"}
    if column.type == "number" and _NUMBER.fullmatch(text):
        number = float(text.replace(",", ""))
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    if column.type == "yes or no" and text.casefold() in _YES:
        return _YES[text.casefold()]
    if column.type == "text" or (column.type == "date" and _is_date(text)):
        return text
    told = f"{where}, column “{column.label or column.id}”: “{text}” is {wrong[column.type]}."
    raise BrokenInput(told, "Correct it; nothing was taken in.")


def as_csv(table: RecordTable) -> str:
    """Return a table as a CSV file that can be imported again."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [column.id for column in table.columns if column.id != table.key]
    writer.writerow([_label(table, name) for name in (table.key, *names)])
    for row in table.rows:
        writer.writerow([as_cell(each) for each in (row.id, *(_cell(row.values.get(n)) for n in names))])
    return out.getvalue()


def _cell(value: Json) -> str:
    if value is None:
        return ""
    return spell(value) if isinstance(value, bool) else str(value)
