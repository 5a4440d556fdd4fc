"""Decision tables: situations that no row covers, rows that contradict, rows that never answer.

- Each input is cut into pieces; a piece knows, as a bit set, the rows that admit it. A situation is a
  piece of every input; the rows that answer it are the intersection of the bit sets.
- The search goes input by input and remembers which sets of rows it has seen, so it does not visit
  every situation. Facts that are missing are not looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

from studio.checks.domains import NotProvable, Piece, in_words, pieces
from studio.checks.fact_words import COUNTED
from studio.checks.results import counted, result
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.check import CheckResult
from studio.domain.condition import Scalar, spell
from studio.domain.money_words import currency
from studio.domain.workflow import Cell, DecisionTable, TableInput

MOST_SETS = 200_000
"""Sets of rows the search may remember; beyond that a table is too large to prove."""


@dataclass(frozen=True, slots=True)
class Column:
    """One input: its pieces and, for each, the rows that admit it (bit i for row i)."""

    input: TableInput
    pieces: list[Piece]
    rows: list[int]


def columns(table: DecisionTable, agent: Agent) -> list[Column]:
    """Return the columns of a table, ready to be searched; raises NotProvable."""
    found = []
    for each in table.inputs:
        cut = pieces(table, each, agent)
        tests = [row.cell(each.id) for row in table.rows]
        found.append(Column(each, cut, [admitting(tests, each.id, piece) for piece in cut]))
    return found


def admitting(tests: list[Cell], input_id: str, piece: Piece) -> int:
    """Return which tests a piece passes, as a bit set."""
    facts = {input_id: piece.sample}
    return sum(1 << at for at, cell in enumerate(tests) if cell.admits(facts))


def check_tables(agent: Agent) -> Iterator[CheckResult]:
    """Yield what holds for each decision table, and where it does not."""
    for table in agent.tables:
        where = join_path("tables", table.id)
        try:
            cut = columns(table, agent)
            yield _gaps(table, agent, where)
            yield from _overlaps(table, cut, where, currency(agent))
            yield from _silent_rows(table, cut, where)
        except NotProvable as why:
            detail = f"“{table.name}” cannot be proved complete: {why}."
            yield result("gaps", "warning", table.name, detail, where)


# Gaps


def find_gap(cut: list[Column], everything: int) -> list[int] | None:
    """Return a situation, one piece of each column, that no row covers; None where there is none."""
    covered: set[tuple[int, int]] = set()
    chosen: list[int] = []

    def search(depth: int, alive: int) -> bool:
        if not alive:
            chosen.extend([0] * (len(cut) - depth))
            return True
        if depth == len(cut) or (depth, alive) in covered:
            return False
        for at, rows in enumerate(cut[depth].rows):
            chosen.append(at)
            if search(depth + 1, alive & rows):
                return True
            chosen.pop()
        covered.add((depth, alive))
        if len(covered) > MOST_SETS:
            raise NotProvable("it is too large")
        return False

    return chosen if search(0, everything) else None


def _widened(cut: list[Column], gap: list[int]) -> list[list[int]]:
    """Return the gap with each input widened as far as no row covers any of it."""
    box = [[at] for at in gap]
    for index, column in enumerate(cut):
        others = [reduce(or_, (c.rows[at] for at in box[i]), 0) for i, c in enumerate(cut) if i != index]
        alive = reduce(lambda a, b: a & b, others, -1)
        box[index] = [at for at, rows in enumerate(column.rows) if not alive & rows]
    return box


def _situation(cut: list[Column], box: list[list[int]]) -> str:
    said = [
        f"{column.input.label}: {in_words(column.pieces, chosen)}"
        for column, chosen in zip(cut, box, strict=True)
        if len(chosen) < len(column.pieces)
    ]
    return "; ".join(said) or "any case"


def _example(cut: list[Column], chosen: list[int], money: str) -> str:
    parts = zip(cut, chosen, strict=True)
    return ", ".join(_said(column, column.pieces[at], money) for column, at in parts)


def _said(column: Column, piece: Piece, money: str) -> str:
    """Return one value as a person would say it: "50 days", "not final sale", "£80", "reason wrong size"."""
    label, sample = column.input.label, piece.sample
    low = label[:1].lower() + label[1:] if label[1:2].islower() else label
    if isinstance(sample, bool):
        return low if sample else f"not {low}"
    if column.input.type == "money" and isinstance(sample, int | float):
        return f"{low} {money}{spell(sample)}"
    if isinstance(sample, int | float) and not piece.words and COUNTED.match(label):
        return f"{spell(sample)} {low}"
    return f"{low} {piece.words or spell(sample)}"


@dataclass(frozen=True, slots=True)
class Gap:
    """What no row of a table covers: cells that would, an example of it, and both in words."""

    cells: tuple[Cell, ...]
    example: dict[str, Scalar]
    words: str
    example_words: str


def table_gap(table: DecisionTable, agent: Agent) -> Gap | None:
    """Return the first situation that no row covers, as wide as it goes; raises NotProvable."""
    cut = columns(table, agent)
    found = find_gap(cut, (1 << len(table.rows)) - 1)
    if found is None:
        return None
    box = _widened(cut, found)
    example = [_typical(column.pieces, chosen) for column, chosen in zip(cut, box, strict=True)]
    samples = {c.input.id: c.pieces[at].sample for c, at in zip(cut, example, strict=True)}
    narrow = [
        _cell(column, chosen, at)
        for column, chosen, at in zip(cut, box, example, strict=True)
        if len(chosen) < len(column.pieces)
    ]
    return Gap(tuple(narrow), samples, _situation(cut, box), _example(cut, example, currency(agent)))


def _cell(column: Column, chosen: list[int], at: int) -> Cell:
    """Return a cell that admits the chosen pieces, or the run of them around one where a cell cannot."""
    name, pieces = column.input.id, column.pieces
    if pieces[chosen[0]].low is None and pieces[chosen[0]].high is None:
        named = [each for each in chosen if not pieces[each].words.startswith("any")]
        if len(named) < len(chosen):
            others = tuple(piece.sample for each, piece in enumerate(pieces) if each not in chosen)
            return Cell(id=name, op="!=", value=others if len(others) > 1 else others[0])
        values = tuple(pieces[each].sample for each in named)
        return (
            Cell(id=name, op="in", value=values)
            if len(values) > 1
            else Cell(id=name, op="=", value=values[0])
        )
    first = last = at
    while last + 1 in chosen:
        last += 1
    while first - 1 in chosen:
        first -= 1
    low, high = pieces[first].low, pieces[last].high
    if low is None:
        return Cell(id=name, op="<=", value=high)
    if high is None:
        return Cell(id=name, op=">=", value=low)
    return (
        Cell(id=name, op="=", value=low) if low == high else Cell(id=name, op="between", value=low, high=high)
    )


def _gaps(table: DecisionTable, agent: Agent, where: str) -> CheckResult:
    gap = table_gap(table, agent)
    if gap is None:
        rows = counted(len(table.rows), "row", "rows")
        detail = f"“{table.name}” covers every case with {rows}."
        return result("gaps", "holds", table.name, detail, where)
    detail = f"No row of “{table.name}” covers {gap.words}. Example: {gap.example_words}."
    return result("gaps", "broken", table.name, detail, where, case=gap.example)


def _typical(every: list[Piece], chosen: list[int]) -> int:
    """Return the piece to show as an example: a stretch rather than a border."""
    return next((at for at in chosen if every[at].low != every[at].high), chosen[0])


# Overlaps and rows without effect


def find_overlaps(cut: list[Column], count: int) -> Iterator[tuple[int, int, list[int]]]:
    """Yield every two rows that admit the same situation, with the first such situation."""
    admitted = [
        [reduce(or_, (1 << at for at, rows in enumerate(c.rows) if rows >> row & 1), 0) for c in cut]
        for row in range(count)
    ]
    for one in range(count):
        for other in range(one + 1, count):
            both = [a & b for a, b in zip(admitted[one], admitted[other], strict=True)]
            if all(both):
                yield one, other, [(bits & -bits).bit_length() - 1 for bits in both]


def _overlaps(table: DecisionTable, cut: list[Column], where: str, money: str) -> Iterator[CheckResult]:
    if table.hit_policy != "unique":
        return
    clean = True
    for one, other, situation in find_overlaps(cut, len(table.rows)):
        first, second = table.rows[one], table.rows[other]
        detail = (
            f"Rows {one + 1} and {other + 1} of “{table.name}” both answer the same case, "
            f"though only one may: {_example(cut, situation, money)} (“{first.then}” and “{second.then}”)."
        )
        yield result("overlaps", "broken", table.name, detail, where, f"{first.id}:{second.id}")
        clean = False
    if clean:
        detail = f"No two rows of “{table.name}” answer the same case."
        yield result("overlaps", "holds", table.name, detail, where)


def winners(cut: list[Column], everything: int) -> int:
    """Return the rows (as a bit set) that are the first to admit some situation."""
    known: dict[tuple[int, int], int] = {}

    def search(depth: int, alive: int) -> int:
        if not alive:
            return 0
        if depth == len(cut):
            return alive & -alive
        key = (depth, alive)
        if key not in known:
            if len(known) > MOST_SETS:
                raise NotProvable("it is too large")
            known[key] = reduce(or_, (search(depth + 1, alive & rows) for rows in set(cut[depth].rows)), 0)
        return known[key]

    return search(0, everything)


def _silent_rows(table: DecisionTable, cut: list[Column], where: str) -> Iterator[CheckResult]:
    heard = winners(cut, (1 << len(table.rows)) - 1)
    for at, row in enumerate(table.rows):
        if heard >> at & 1:
            continue
        why = _silenced(table, cut, at) if _possible(cut, at) else "no case fits it"
        detail = f"Row {at + 1} of “{table.name}” (“{row.then}”) never answers: {why}."
        yield result("rows", "warning", table.name, detail, join_path("tables", table.id, "rows", row.id))


def _silenced(table: DecisionTable, cut: list[Column], at: int) -> str:
    """Return why rows above leave nothing to a row; one that says otherwise for the same is named."""
    for above in range(at):
        covers = all(rows >> above & 1 for column in cut for rows in column.rows if rows >> at & 1)
        if covers and table.rows[above].then != table.rows[at].then:
            return f"row {above + 1} answers all its cases, and says “{table.rows[above].then}” to them"
    return "rows above it answer all its cases"


def _possible(cut: list[Column], row: int) -> bool:
    return all(any(rows >> row & 1 for rows in column.rows) for column in cut)
