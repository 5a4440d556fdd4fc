"""The world of one conversation: records that systems look up and change, and how it differs at the end.

- Nothing is copied before it is changed: a conversation holds only the records it touched.
- A state is what differs from the beginning: changed values, new and removed records, and each call of a
  writing system that has no table. Numbers of new records and the order of calls do not count.
- A change that no test gives a reply for is acknowledged as its schema promises; a look-up never is.
- A list becomes one text of its sorted parts; sums are rounded to six decimals.
"""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from studio.domain.agent import Agent
from studio.domain.condition import Scalar, holds, spell
from studio.domain.frozen import Json
from studio.domain.tool import Tool
from studio.domain.world import Effect, Mock, OwnRecord, RecordTable
from studio.ports import ToolFailed

Values = Mapping[str, Scalar]
Rows = dict[str, Values]
_NO_MOCK = Mock()


@dataclass(frozen=True, slots=True)
class Acting:
    """A system on the tables: where it looks, by which argument, and what it does there."""

    tool: Tool
    mock: Mock
    table: RecordTable | None
    argument: str | None
    adds: RecordTable | None

    @property
    def changes(self) -> bool:
        """Return whether a call changes records."""
        return bool(self.mock.effects) or self.adds is not None


def actings(agent: Agent) -> dict[str, Acting]:
    """Return how each system of an agent that works on tables does so."""
    tables = {table.id: table for table in agent.records or ()}
    if not tables:
        return {}
    found = {}
    for tool in agent.tools:
        mock = tool.mock or _NO_MOCK
        table = tables.get(mock.table or "") or _by_key(tool, tables.values())
        if table is None and mock.adds is None:
            continue
        argument = mock.argument or (table.key if table else None)
        found[tool.name] = Acting(tool, mock, table, argument, tables.get(mock.adds or ""))
    return found


def _by_key(tool: Tool, tables: Iterable[RecordTable]) -> RecordTable | None:
    """Return the table whose key column is called like a required argument."""
    return next((table for table in tables if table.key in tool.required_arguments), None)


def base_of(agent: Agent, own: Sequence[OwnRecord]) -> dict[str, Rows]:
    """Return all records by table and id: those of the tables, with what a test says instead."""
    base: dict[str, Rows] = {
        table.id: {row.id: {table.key: row.id, **row.values} for row in table.rows}
        for table in agent.records or ()
    }
    keys = {table.id: table.key for table in agent.records or ()}
    for record in own:
        rows = base.get(record.table)
        if rows is None:
            continue  # named as a mistake of the test, before anything is called
        if record.gone:
            rows.pop(record.id, None)
        else:
            rows[record.id] = {keys[record.table]: record.id, **rows.get(record.id, {}), **record.values}
    return base


@dataclass(frozen=True, slots=True)
class WorldState:
    """What differs from the beginning: by table and record, new records, and calls without a table."""

    changed: Mapping[tuple[str, str], Values] = field(default_factory=dict)
    added: tuple[tuple[str, str], ...] = ()
    done: tuple[tuple[str, str], ...] = ()
    twice: tuple[str, ...] = field(default=(), compare=False)
    find: Callable[[str, str], Values | None] | None = field(default=None, compare=False, repr=False)

    def now(self, table: str, record: str) -> Values:
        """Return all values of a record at the end; nothing where it is not there."""
        return (self.find(table, record) if self.find else None) or {}

    def differences(self, wanted: WorldState) -> list[str]:
        """Return how this state differs from the wanted one, in sentences."""
        words = []
        for place in dict.fromkeys((*wanted.changed, *self.changed)):
            was, should = self.changed.get(place, {}), wanted.changed.get(place, {})
            words += [_one(place, name, was, should) for name in dict.fromkeys((*should, *was))]
        words += _surplus(self.added, wanted.added, "A new record in “{0}” should not be there: {1}.")
        words += _surplus(wanted.added, self.added, "A new record in “{0}” is missing: {1}.")
        words += _surplus(self.done, wanted.done, "“{0}” was done, which should not have been: {1}.")
        words += _surplus(wanted.done, self.done, "“{0}” was not done: {1}.")
        return [each for each in words if each]


def _one(place: tuple[str, str], name: str, was: Values, should: Values) -> str:
    if name in was and name in should and was[name] == should[name]:
        return ""
    table, record = place
    told = f"{name.replace('_', ' ')} of {record} in “{table}”"
    if name not in should:
        return f"The {told} was changed to {spell(was[name])}, which should not have been."
    now = spell(was[name]) if name in was else "as it was"
    return f"The {told} is {now}, expected {spell(should[name])}."


def _surplus(more: Sequence[tuple[str, str]], less: Sequence[tuple[str, str]], words: str) -> Iterable[str]:
    rest = list(less)
    for each in more:
        if each in rest:
            rest.remove(each)
        else:
            yield words.format(each[0], each[1])


def plain(value: Json) -> Scalar:
    """Return a JSON value as one value of a record."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return ", ".join(sorted(str(plain(each)) for each in value))
    return json.dumps(value, sort_keys=True, ensure_ascii=False) if value is not None else ""


def _in_words(arguments: Mapping[str, Json]) -> str:
    pairs = (f"{name.replace('_', ' ')} {spell(plain(arguments[name]))}" for name in sorted(arguments))
    return ", ".join(pairs) or "nothing given"


class Tables:
    """The records as one conversation finds and leaves them."""

    def __init__(self, base: Mapping[str, Rows]) -> None:
        self._base = base
        self._own: dict[tuple[str, str], dict[str, Scalar]] = {}
        self._new: list[tuple[str, str]] = []
        self._keys: dict[str, str] = {}
        self._done: list[tuple[str, str]] = []
        self._writes: dict[tuple[str, str], int] = {}

    def copy(self) -> Tables:
        """Return the same tables, which change on their own from here on."""
        other = Tables(self._base)
        other._own = {place: dict(values) for place, values in self._own.items()}
        other._new, other._keys = self._new.copy(), self._keys.copy()
        other._done, other._writes = self._done.copy(), self._writes.copy()
        return other

    def likeness(self) -> bytes:
        """Return bytes that are equal for equal changes only; raises ValueError for what is not plain."""
        return marshal.dumps((self._own, self._new, self._keys, self._done, self._writes), 2)

    def find(self, table: str, record: str) -> Values | None:
        """Return a record as it is now, or None."""
        own = self._own.get((table, record))
        return own if own is not None else self._base.get(table, {}).get(record)

    def first(self, table: str, record: str) -> Values | None:
        """Return a record as it was at the beginning, or None."""
        return self._base.get(table, {}).get(record)

    def put(self, table: str, record: str, name: str, value: Scalar) -> None:
        """Change one value of a record."""
        own = self._own.get((table, record))
        if own is None:
            own = self._own[table, record] = dict(self._base.get(table, {}).get(record, {}))
        own[name] = value

    def add(self, table: RecordTable, record: str | None, values: Values) -> str:
        """Add a record, numbered where it has no name yet; return its name."""
        place = (table.id, record or f"{table.id}-{len(self._base.get(table.id, {})) + len(self._new) + 1}")
        kept = {name: value for name, value in values.items() if name != table.key}
        self._own[place] = {table.key: place[1], **kept}
        self._new.append(place)
        self._keys[table.id] = table.key
        return place[1]

    def wrote(self, tool: str, arguments: Mapping[str, Json], kept: bool) -> None:
        """Remember what a writing system did; what no table keeps (`kept`) is part of the state."""
        call = (tool, _in_words(arguments))
        self._writes[call] = self._writes.get(call, 0) + 1
        if not kept:
            self._done.append(call)

    @property
    def changes(self) -> int:
        """Return how many changes systems made so far."""
        return sum(self._writes.values())

    @property
    def state(self) -> WorldState:
        """Return what differs from the beginning."""
        changed: dict[tuple[str, str], Values] = {}
        added = []
        for place, now in self._own.items():
            if place in self._new:
                # two equal records may be added under one name (the reply of a test says the same twice)
                rest = {n: v for n, v in now.items() if n != self._keys[place[0]]}
                added += [(place[0], _in_words(rest))] * self._new.count(place)
                continue
            was = self._base.get(place[0], {}).get(place[1], {})
            differs = {name: value for name, value in now.items() if was.get(name) != value}
            if differs:
                changed[place] = differs
        twice = tuple(f"“{tool}” with {words}" for (tool, words), n in self._writes.items() if n > 1)
        return WorldState(changed, tuple(sorted(added)), tuple(sorted(self._done)), twice, self.find)


def perform(
    acting: Acting, tables: Tables, arguments: Mapping[str, Json], own: dict[str, Json] | None
) -> dict[str, Json]:
    """Return the reply of a system on the tables, and change them; raises ToolFailed.

    `own` is the reply that a test gives; it wins over what the tables say.
    """
    record, key = _record(acting, tables, arguments)
    returns: Mapping[str, Json] = acting.tool.returns.get("properties", {})
    agrees = record is not None and all(_agrees(record, name, arguments) for name in _checks(acting, returns))
    if (
        own is None
        and acting.table is not None
        and (record is None or not agrees)
        and "verified" not in returns
    ):
        raise ToolFailed("refused")
    only_when = acting.mock.only_when
    if only_when is not None and not holds(only_when, record or {}):
        raise ToolFailed("refused")
    reply: dict[str, Json] = (
        own if own is not None else {n: v for n, v in (record or {}).items() if n in returns}
    )
    if "verified" in returns and own is None:
        reply["verified"] = agrees
    if acting.adds is not None:
        table = acting.adds
        columns = {column.id for column in table.columns}
        given = {n: plain(v) for n, v in arguments.items() if n in columns}
        name = reply.get(table.key)
        reply.setdefault(table.key, tables.add(table, str(name) if name is not None else None, given))
    if acting.tool.effect == "write" and own is None:
        _acknowledge(acting.tool, tables, returns, reply)
    for effect in acting.mock.effects:
        _apply(effect, acting, tables, key, arguments)
    return reply


def _acknowledge(tool: Tool, tables: Tables, returns: Mapping[str, Json], reply: dict[str, Json]) -> None:
    """Let a change be acknowledged as its schema promises: with a number of its own, and with yes."""
    for name in tool.returns.get("required", ()):
        schema = returns.get(name, {})
        if name in reply or name == "verified" or "enum" in schema:
            continue
        if schema.get("type") == "string":
            stem = "".join(part[:1] for part in name.removesuffix("_id").split("_")).upper() or "N"
            reply[name] = f"{stem}-{tables.changes + 1}"
        elif schema.get("type") == "boolean":
            reply[name] = True


def _record(acting: Acting, tables: Tables, arguments: Mapping[str, Json]) -> tuple[Values | None, str]:
    key = arguments.get(acting.argument or "")
    if acting.table is None or key is None:
        return None, ""
    return tables.find(acting.table.id, str(key)), str(key)


def _checks(acting: Acting, returns: Mapping[str, Json]) -> Iterable[str]:
    """Return the arguments that must agree with the record: those said, or all of who proves identity."""
    if acting.mock.checks or "verified" not in returns or acting.table is None:
        return acting.mock.checks
    columns = {column.id for column in acting.table.columns}
    return (name for name in acting.tool.argument_names if name in columns)


def _agrees(record: Values, name: str, arguments: Mapping[str, Json]) -> bool:
    if name not in arguments:
        return True
    ours, theirs = str(plain(arguments[name])), str(record.get(name, ""))
    return ours.casefold() == theirs.casefold()


_SUMS: dict[str, Callable[[float, float], float]] = {
    "add": lambda was, more: round(was + more, 6),
    "subtract": lambda was, less: round(was - less, 6),
}


def _apply(effect: Effect, acting: Acting, tables: Tables, key: str, arguments: Mapping[str, Json]) -> None:
    """Change one value; what is not said, or is no number where numbers are reckoned, changes nothing."""
    given = arguments.get(effect.argument) if effect.argument is not None else effect.value
    table = effect.table or (acting.table.id if acting.table else None)
    if given is None or table is None or not key:
        return
    value = plain(given)
    if effect.does != "set":
        was = (tables.find(table, key) or {}).get(effect.column, 0)
        if isinstance(value, str) or isinstance(was, str):
            return
        value = plain(_SUMS[effect.does](was, value))
    tables.put(table, key, effect.column, value)
