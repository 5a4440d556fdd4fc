"""Several records of a table changed in one step, as a person does in a grid.

- One step is one change set: other values, other keys, new records, records taken away.
- A new record without a value in the key column gets one, so that it can be filled in cell by cell.
- All or nothing; what is wrong is told with its record and column.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, join_path
from studio.domain.errors import WrongUse
from studio.domain.frozen import to_json
from studio.domain.world import Record, RecordTable
from studio.simulation.records import MOST_ROWS, read_value, table_of


@dataclass(frozen=True, slots=True)
class RecordEdits:
    """What is to change: (record, column, text) of cells, the cells of new records, records to take away."""

    cells: tuple[tuple[str, str, str], ...] = ()
    added: tuple[tuple[tuple[str, str], ...], ...] = ()
    removed: tuple[str, ...] = ()


def edit_records(agent: Agent, table_name: str, edits: RecordEdits) -> ChangeSet:
    """Return the edit; raises WrongUse or BrokenInput with the record and the column."""
    table = table_of(agent, table_name)
    before = {row.id: row for row in table.rows}
    if strange := [n for n in (*edits.removed, *(cell[0] for cell in edits.cells)) if n not in before]:
        raise WrongUse(f"“{table.name}” has no record “{strange[0]}”.", "Look at the table again.")
    texts = _by_record(edits.cells)
    kept = {
        name: _record(table, row, texts[name], name) if name in texts else row
        for name, row in before.items()
        if name not in edits.removed
    }
    taken = {made.id for made in kept.values()} | set(before)
    new = []
    for cells in edits.added:
        fresh = dict(cells)
        fresh.setdefault(table.key, _fresh_key(table, taken))
        new.append(_record(table, Record(id=""), fresh, fresh[table.key]))
        taken.add(new[-1].id)
    _check(table, [*kept.values(), *new])
    changes = _changes(table, kept, new)
    if not changes:
        raise WrongUse(f"That changes nothing in “{table.name}”.")
    changed = [made.id for name, made in kept.items() if made != before[name]]
    return ChangeSet(
        title=f"{table.name}: {_words([made.id for made in new], list(edits.removed), changed)}",
        changes=tuple(changes),
    )


def _check(table: RecordTable, records: Sequence[Record]) -> None:
    seen: set[str] = set()
    for record in records:
        if record.id in seen:
            raise WrongUse(f"“{table.name}” has a record “{record.id}” already.", "Choose another value.")
        seen.add(record.id)
    if len(records) > MOST_ROWS:
        raise WrongUse(f"A table has at most {MOST_ROWS:,} records.", "Take some away first.")


def _changes(table: RecordTable, kept: Mapping[str, Record], new: Sequence[Record]) -> list[Change]:
    """Return the changes, each with its place, so that undo brings back the order, too.

    A record with another key is taken out and put in again where it was.
    """
    before = {row.id: row for row in table.rows}
    order, changes = list(before), list[Change]()

    def out(name: str) -> None:
        at = order.index(name)
        place = order[at - 1] if at else ""
        changes.append(Change(path=_path(table, name), before=to_json(before[name]), place_before=place))
        del order[at]

    for name in before:
        if name not in kept or kept[name].id != name:
            out(name)
    front = ""
    for name, made in (*kept.items(), *((each.id, each) for each in new)):
        now = to_json(made)
        if made.id not in order:
            changes.append(Change(path=_path(table, made.id), after=now, place_after=front))
            order.insert(order.index(front) + 1 if front else 0, made.id)
        elif made != before[name]:
            changes.append(Change(path=_path(table, name), before=to_json(before[name]), after=now))
        front = made.id
    return changes


def _path(table: RecordTable, name: str) -> str:
    return join_path("records", table.id, "rows", name)


def _by_record(cells: Sequence[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, column, text in cells:
        found.setdefault(name, {})[column] = text
    return found


def _record(table: RecordTable, base: Record, texts: Mapping[str, str], name: str) -> Record:
    """Return a record with other values; an empty text takes a value away."""
    columns = {column.id: column for column in table.columns}
    values, key = dict(base.values), base.id
    for column, text in texts.items():
        if column == table.key:
            key = text.strip()
        elif column not in columns:
            raise WrongUse(f"“{table.name}” has no column “{column}”.", f"It has: {', '.join(columns)}.")
        else:
            values.pop(column, None)
            if text.strip():
                values[column] = read_value(columns[column], text, f"Record “{name}”")
    if not key:
        label = next((c.label for c in table.columns if c.id == table.key and c.label), table.key)
        raise WrongUse(f"A record needs a value in “{label}”, which tells records apart.", "Type one.")
    return Record(id=key, values=values)


def _fresh_key(table: RecordTable, taken: Collection[str]) -> str:
    number = len(table.rows) + 1
    while f"New {number}" in taken:
        number += 1
    return f"New {number}"


def _words(added: Sequence[str], removed: Sequence[str], changed: Sequence[str]) -> str:
    """Return what changed, as people say it."""
    told = [
        f"{names[0] if len(names) == 1 else f'{len(names)} records'} {words}"
        for words, names in (("added", added), ("removed", removed), ("changed", changed))
        if names
    ]
    return ", ".join(told)
