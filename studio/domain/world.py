"""The world an agent is tried in: tables of records that its mock systems read and change.

- Everything here is for rehearsal only; nothing of it reaches a real system.
- A system whose argument is called like a table's key column looks its record up there, without being
  told; what it changes is said by its `Mock`. A test may give records of its own, which win.
- All of it is absent (None) in an agent without tables, so that older agents keep their digest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from studio.domain.condition import Condition, Scalar
from studio.domain.frozen import Frozen

ColumnType = Literal["text", "number", "yes or no", "date"]


class Column(Frozen):
    """One column of a table of records; `id` is the name that systems use."""

    id: str
    label: str = ""
    type: ColumnType = "text"


class Record(Frozen):
    """One record; `id` is the value of the table's key column."""

    id: str
    values: dict[str, Scalar] = Field(default_factory=dict)


class RecordTable(Frozen):
    """A table of records: what the systems know. `key` names the column that tells records apart."""

    id: str
    name: str
    key: str
    columns: tuple[Column, ...] = ()
    rows: tuple[Record, ...] = ()


class Effect(Frozen):
    """What a call does to one column of the record it is about.

    The new value is a fixed one, or that of an argument; `add` and `subtract` reckon with what was there.
    """

    column: str
    does: Literal["set", "add", "subtract"] = "set"
    argument: str | None = None
    value: Scalar | None = None
    table: str | None = None


class Mock(Frozen):
    """How a system behaves on the tables.

    - `table` and `argument`: where it looks, and which argument names the record (default: the table whose
      key column is called like an argument).
    - `adds`: the table in which a call makes a new record; its number is the reply's value of the key column.
    - `only_when`: what must hold of the record, or the system refuses.
    - `checks`: arguments that must agree with the record; a reply with `verified` says whether they do.
    """

    table: str | None = None
    argument: str | None = None
    adds: str | None = None
    effects: tuple[Effect, ...] = ()
    only_when: Condition | None = None
    checks: tuple[str, ...] = ()


def unknown_names(mock: Mock, tables: Sequence[RecordTable]) -> Iterator[tuple[str, str]]:
    """Yield (what kind of thing, its name) for everything a mock names that no table has."""
    by_id = {table.id: table for table in tables}
    named = [name for name in (mock.table, mock.adds, *(e.table for e in mock.effects)) if name is not None]
    yield from (("table of records", name) for name in named if name not in by_id)
    for effect in mock.effects:
        table = by_id.get(effect.table or mock.table or "")
        if table is not None and table.columns and effect.column not in {c.id for c in table.columns}:
            yield f"column of “{table.name}”", effect.column


class OwnRecord(Frozen):
    """What a test says of one record: these values instead of the table's; `gone` takes it away."""

    table: str
    id: str
    values: dict[str, Scalar] = Field(default_factory=dict)
    gone: bool = False
