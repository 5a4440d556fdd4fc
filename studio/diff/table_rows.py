"""Table diff: which columns and rows of a decision table came, went, changed or moved, cell by cell.

- Rows are matched by what they say: the same tests and answer first, then the most alike; an id only tips
  the scales. So a row that was retyped, renamed or put elsewhere is the same row with other cells.
- A row has moved where it stands in another order among the rows of both versions, which matters only where
  the top row wins; the fewest rows that explain the difference are said to have moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.diff.anchors import heaviest_chain
from studio.domain.condition import spell
from studio.domain.workflow import DecisionTable, Row, TableInput

Status = Literal["same", "added", "removed", "changed", "moved"]
LEAST_ALIKE = 0.45
"""Share of two rows that has to be alike for them to be one row."""


@dataclass(frozen=True, slots=True)
class CellDiff:
    """One cell in both versions, in words; None where its row or column is not there."""

    before: str | None
    after: str | None

    @property
    def changed(self) -> bool:
        """Return whether it says something else."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class RowDiff:
    """One row in both versions: its ids and numbers (from 1), the tests by column, and the answer last."""

    status: Status
    ids: tuple[str | None, str | None]
    numbers: tuple[int | None, int | None]
    cells: tuple[CellDiff, ...]

    @property
    def answer(self) -> CellDiff:
        """Return what the row answers."""
        return self.cells[-1]


@dataclass(frozen=True, slots=True)
class ColumnDiff:
    """One column: its label in the newest version that has it, and whether it came or went."""

    id: str
    label: str
    status: Status


@dataclass(frozen=True, slots=True)
class TableDiff:
    """All columns and rows of both versions, in the order of the new one, what went where it stood."""

    columns: tuple[ColumnDiff, ...]
    rows: tuple[RowDiff, ...]
    policies: tuple[str, str]

    @property
    def counts(self) -> dict[Status, int]:
        """Return how many rows came, went, changed and moved."""
        found: dict[Status, int] = {}
        for row in self.rows:
            found[row.status] = found.get(row.status, 0) + 1
        return found


def diff_table(before: DecisionTable | None, after: DecisionTable | None) -> TableDiff:
    """Compare two versions of a decision table; None where there is none."""
    columns = _columns(before, after)
    pairs = _pairs(before, after, columns)
    old = before.rows if before else ()
    new = after.rows if after else ()
    moved = _moved(pairs)
    found = {j: _row(old, new, i, j, columns, moved) for i, j in pairs.items()}
    found |= {j: _row(old, new, None, j, columns, moved) for j in range(len(new)) if j not in found}
    gone = [i for i in range(len(old)) if i not in pairs]
    policies = before.hit_policy if before else "", after.hit_policy if after else ""
    return TableDiff(columns, tuple(_in_place(found, gone, pairs, old, columns)), policies)


def _columns(before: DecisionTable | None, after: DecisionTable | None) -> tuple[ColumnDiff, ...]:
    old = {each.id: each for each in before.inputs} if before else {}
    new = {each.id: each for each in after.inputs} if after else {}
    return tuple(
        ColumnDiff(name, _label(new.get(name), old.get(name)), _column_status(name in old, name in new))
        for name in dict.fromkeys([*new, *old])
    )


def _label(*versions: TableInput | None) -> str:
    known = next(each for each in versions if each is not None)
    return known.label or known.id.replace("_", " ")


def _column_status(was: bool, is_there: bool) -> Status:
    return "same" if was and is_there else "added" if is_there else "removed"


def _pairs(
    before: DecisionTable | None, after: DecisionTable | None, columns: tuple[ColumnDiff, ...]
) -> dict[int, int]:
    """Return which old row is which new one, by place; the most alike are taken first."""
    if before is None or after is None:
        return {}
    names = [column.id for column in columns]
    old, new = ([_Said(row, names) for row in table.rows] for table in (before, after))
    taken = _the_same(old, new)
    rest = set(taken.values())
    offers = [
        (share, -abs(i - j), -i, -j)
        for i, one in enumerate(old)
        if i not in taken
        for j, other in enumerate(new)
        if j not in rest and (share := one.alike(other)) >= LEAST_ALIKE
    ]
    for _, _, i, j in sorted(offers, reverse=True):
        if -i not in taken and -j not in rest:
            taken[-i] = -j
            rest.add(-j)
    return taken


class _Said:
    """What a row says, ready to be compared."""

    def __init__(self, row: Row, names: list[str]) -> None:
        cells = [row.cell(name) for name in names]
        self.id, self.then = row.id, row.then
        self.ops = [cell.op for cell in cells]
        self.words = tuple(cell.words for cell in cells)

    def key(self, with_id: bool) -> tuple[str, ...]:
        """Return what the row says, and its id where that counts."""
        return (*self.words, self.then, self.id if with_id else "")

    def alike(self, other: _Said) -> float:
        """Return how alike two rows are: 1 where they say the same; an id that they share adds to it."""
        tests = sum(
            1.0 if mine == its else 0.4 if op == its_op or "any" in (op, its_op) else 0.2
            for mine, its, op, its_op in zip(self.words, other.words, self.ops, other.ops, strict=True)
        )
        said = (tests + 1.5 * (self.then == other.then)) / (len(self.words) + 1.5)
        return said + (0.35 if self.id == other.id else 0)


def _the_same(old: list[_Said], new: list[_Said]) -> dict[int, int]:
    """Return the rows that say the very same in both versions: of several, those of one id, then in order."""
    taken: dict[int, int] = {}
    for with_id in (True, False):
        waiting: dict[tuple[str, ...], list[int]] = {}
        gone = set(taken.values())
        for j, row in enumerate(new):
            if j not in gone:
                waiting.setdefault(row.key(with_id), []).append(j)
        for i, row in enumerate(old):
            if i not in taken and (found := waiting.get(row.key(with_id))):
                taken[i] = found.pop(0)
    return taken


def _moved(pairs: dict[int, int]) -> set[int]:
    """Return the new places of the rows that stand in another order."""
    order = sorted(pairs.items())
    still = {new for _, new in heaviest_chain(order, [1] * len(order))}
    return {new for new in pairs.values() if new not in still}


def _row(
    old: tuple[Row, ...],
    new: tuple[Row, ...],
    i: int | None,
    j: int | None,
    columns: tuple[ColumnDiff, ...],
    moved: set[int],
) -> RowDiff:
    was, now = old[i] if i is not None else None, new[j] if j is not None else None
    cells = [_cell(was, now, column) for column in columns]
    cells.append(CellDiff(spell(was.then) if was else None, spell(now.then) if now else None))
    status: Status
    if was is None or now is None:
        status = "added" if was is None else "removed"
    elif any(_differs(cell) for cell in cells):
        status = "changed"
    else:
        status = "moved" if j in moved else "same"
    numbers = (i + 1 if i is not None else None, j + 1 if j is not None else None)
    return RowDiff(status, (was.id if was else None, now.id if now else None), numbers, tuple(cells))


def _differs(cell: CellDiff) -> bool:
    """Return whether a cell says something else; in a column that came or went, only if it says anything."""
    return (cell.before or "any") != (cell.after or "any")


def _cell(was: Row | None, now: Row | None, column: ColumnDiff) -> CellDiff:
    """Return a cell of both versions; a row may test what has no column yet, and that test counts."""
    return CellDiff(_test(was, column, "added"), _test(now, column, "removed"))


def _test(row: Row | None, column: ColumnDiff, without: Status) -> str | None:
    cell = row.cell(column.id) if row else None
    return cell.words if cell and (column.status != without or cell.op != "any") else None


def _in_place(
    found: dict[int, RowDiff],
    gone: list[int],
    pairs: dict[int, int],
    old: tuple[Row, ...],
    columns: tuple[ColumnDiff, ...],
) -> list[RowDiff]:
    """Return the rows in the new order; one that went stands behind the row it stood behind."""
    made = [found[j] for j in sorted(found)]
    for i in gone:
        front = next((pairs[k] for k in range(i - 1, -1, -1) if k in pairs), None)
        numbers = [row.numbers[1] for row in made]
        at = numbers.index(front + 1) + 1 if front is not None else 0
        while at < len(made) and made[at].status == "removed":
            at += 1
        made.insert(at, _row(old, (), i, None, columns, set()))
    return made
