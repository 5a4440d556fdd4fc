"""Differing cases: what two versions of a decision table answer otherwise, in as few stretches as possible.

- Each input is cut where either version holds it against a value, so that inside a piece neither tells
  values apart. The search goes input by input over both versions at once and keeps one node for each way
  the rest can go on; what leads to the same is joined, so whole stretches come out and not single cases.
- Exact: the stretches are disjoint, inside each every case has the one old and the one new answer that is
  told, and outside all of them both versions answer alike. Where facts are missing is not looked at.
- To be read, stretches with one new answer are joined where together they are one stretch again
  (`cases_of`), whatever the old answers were.
- With hit policy `unique` more than one row that fits is no answer, as when the agent runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from studio.checks.domains import NotProvable, Piece, cells_of, cut, in_words, known_choices
from studio.checks.fact_words import COUNTED, FactWords
from studio.checks.tables import Column, admitting
from studio.domain.agent import Agent
from studio.domain.condition import Scalar, spell
from studio.domain.money_words import currency
from studio.domain.workflow import Cell, DecisionTable, TableInput

MOST_NODES = 60_000
"""Nodes the search may make; beyond that two tables are too large to compare."""
MOST_STRETCHES = 120
"""Stretches that are told at most."""

Answers = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Differing:
    """A stretch of cases with the old and the new answer; None is no answer.

    `when` says it in words ("Final sale, 31 to 45 days since delivery"), `example` is one of the cases, with
    the old answer `before`; `others` are the other old answers, where several stretches are told as one.
    """

    when: str
    before: str | None
    after: str | None
    example: dict[str, Scalar]
    others: tuple[str | None, ...] = ()

    @property
    def words(self) -> str:
        """Return the stretch with both answers."""
        olds = [_answer(each) for each in (self.before, *self.others)]
        old = f"{', '.join(olds[:-1])} or {olds[-1]}" if len(olds) > 1 else olds[0]
        return f"{self.when}: {old} → {_answer(self.after)}"


def differing(
    before: DecisionTable | None, after: DecisionTable | None, agents: Sequence[Agent], most: int = MOST_NODES
) -> tuple[Differing, ...]:
    """Return where two versions of a table differ; `agents` tell what facts can be, the newest first.

    A table that is not there answers nothing. Raises NotProvable where the tables cannot be cut or are too
    large (more than `most` nodes).
    """
    sides = _Sides(before, after, agents, most)
    tell = _Teller(sides.columns, agents)
    return tuple(tell.told(box, box, [answers]) for box, answers in _found(sides, most))


def cases_of(
    before: DecisionTable | None, after: DecisionTable | None, agents: Sequence[Agent], most: int = MOST_NODES
) -> tuple[Differing, ...]:
    """Return the same to be read: what is answered alike now is told as one where it is one stretch."""
    sides = _Sides(before, after, agents, most)
    tell = _Teller(sides.columns, agents)
    found = _found(sides, most)
    told: list[tuple[Box, Box, list[Answers]]] = []
    for now in dict.fromkeys(answers[1] for _, answers in found):
        alike = [stretch for stretch in found if stretch[1][1] == now]
        boxes = [box for box, _ in alike]
        around = tuple(tuple(sorted({p for box in boxes for p in box[n]})) for n in range(len(sides.columns)))
        if len(alike) > 1 and _size(around) == sum(map(_size, boxes)):
            told.append((around, boxes[0], [answers for _, answers in alike]))
        else:
            told += [(box, box, [answers]) for box, answers in alike]
    return tuple(tell.told(*each) for each in told)


def _size(box: Box) -> int:
    """Return how many pieces a stretch holds; stretches are disjoint, so sizes add up."""
    return prod(len(chosen) for chosen in box)


def _found(sides: _Sides, most: int) -> list[Stretch]:
    """Return the stretches in the order of their first pieces."""
    found = min((_Search(sides, order, most).stretches() for order in _orders(len(sides.columns))), key=len)
    return sorted(found, key=lambda each: [chosen[0] for chosen in each[0]])


def _orders(count: int) -> list[list[int]]:
    """Return the orders of columns that are tried: the shortest telling wins."""
    there = list(range(count))
    return [there] if count < 2 else [there, there[::-1]]


class _Sides:
    """Both versions over the columns of either; rows of the old one are the low bits of a set of rows."""

    def __init__(
        self, before: DecisionTable | None, after: DecisionTable | None, agents: Sequence[Agent], most: int
    ) -> None:
        self.most = most
        tables = [table for table in (after, before) if table is not None]
        inputs: dict[str, TableInput] = {}
        for table in tables:
            for each in table.inputs:
                inputs.setdefault(each.id, each)
        self.old, self.new = before, after
        self.columns = [self._column(each, agents) for each in inputs.values()]

    def _column(self, each: TableInput, agents: Sequence[Agent]) -> Column:
        tables = [table for table in (self.old, self.new) if table is not None]
        cells = [cell for table in tables for cell in cells_of(table, each.id)]
        mentioned: list[Scalar] = []
        for cell in cells:
            values = cell.value if isinstance(cell.value, tuple) else (cell.value, cell.high)
            mentioned += [value for value in values if value is not None]
        ordered = any(cell.op in ("<", "<=", ">", ">=", "between") for cell in cells)
        made = cut(mentioned, each.type, _choices(each, agents), ordered, each.label)
        places: dict[Cell, int] = {}
        for at, row in enumerate(row for table in tables for row in table.rows):
            cell = row.cell(each.id)
            places[cell] = places.get(cell, 0) | 1 << at
        if len(places) * len(made) > self.most * 10:
            raise NotProvable("it is too large")
        tests, rows = list(places), list(places.values())
        return Column(each, made, [_spread(admitting(tests, each.id, piece), rows) for piece in made])

    @property
    def everything(self) -> int:
        """Return all rows of both versions."""
        return (1 << sum(len(t.rows) for t in (self.old, self.new) if t is not None)) - 1

    def answers(self, alive: int) -> Answers:
        """Return what both versions answer where these rows fit."""
        count = len(self.old.rows) if self.old is not None else 0
        return _answers(self.old, alive & ((1 << count) - 1)), _answers(self.new, alive >> count)


def _spread(tests: int, rows: list[int]) -> int:
    """Return the rows that have one of these tests."""
    found = 0
    while tests:
        low = tests & -tests
        found |= rows[low.bit_length() - 1]
        tests ^= low
    return found


def _choices(each: TableInput, agents: Sequence[Agent]) -> tuple[Scalar, ...] | None:
    """Return what a fact can be in any version; None if that may be anything."""
    told = [known for agent in agents if (known := known_choices(agent, each.id)) is not None]
    found = {(type(value), value): value for known in told for value in known}
    return tuple(found.values()) or ((True, False) if each.type == "yes or no" else None)


def _answers(table: DecisionTable | None, fitting: int) -> str | None:
    if table is None or not fitting or (table.hit_policy == "unique" and fitting & (fitting - 1)):
        return None
    return table.rows[(fitting & -fitting).bit_length() - 1].then


Box = tuple[tuple[int, ...], ...]
Stretch = tuple[Box, Answers]


class _Search:
    """One search, in one order of the columns."""

    def __init__(self, sides: _Sides, order: Sequence[int], most: int) -> None:
        self.sides, self.order, self.most = sides, order, most
        self.known: dict[tuple[int, int], int] = {}
        self.nodes: dict[tuple[int, tuple[int, ...]], int] = {}
        self.leaves: dict[Answers, int] = {}
        self.inside: dict[int, tuple[int, tuple[int, ...]]] = {}
        self.told: dict[int, Answers] = {}

    def stretches(self) -> list[Stretch]:
        """Return where the answers differ, joined as far as they go."""
        found: list[Stretch] = []
        for stretch in self._walk(self._node(0, self.sides.everything), {}):
            found.append(stretch)
            if len(found) > MOST_STRETCHES:
                raise NotProvable("they differ in too many ways")
        return _joined(found)

    def _node(self, depth: int, alive: int) -> int:
        """Return the node for these rows: 0 where nothing differs from here on."""
        if not alive:
            return 0
        if depth == len(self.order):
            answers = self.sides.answers(alive)
            return 0 if answers[0] == answers[1] else self._leaf(answers)
        key = (depth, alive)
        if key not in self.known:
            if len(self.known) >= self.most:
                raise NotProvable("it is too large")
            rows = self.sides.columns[self.order[depth]].rows
            made = {each: self._node(depth + 1, alive & each) for each in dict.fromkeys(rows)}
            self.known[key] = self._kept(depth, tuple(made[each] for each in rows))
        return self.known[key]

    def _kept(self, depth: int, children: tuple[int, ...]) -> int:
        if len(set(children)) == 1:
            return children[0]
        name = self.nodes.setdefault((depth, children), 2 * len(self.nodes) + 2)
        self.inside[name] = (depth, children)
        return name

    def _leaf(self, answers: Answers) -> int:
        name = self.leaves.setdefault(answers, 2 * len(self.leaves) + 1)
        self.told[name] = answers
        return name

    def _walk(self, node: int, chosen: dict[int, tuple[int, ...]]) -> Iterator[Stretch]:
        if not node:
            return
        if node in self.told:
            every = self.sides.columns
            box = tuple(chosen.get(at, tuple(range(len(c.pieces)))) for at, c in enumerate(every))
            yield box, self.told[node]
            return
        depth, children = self.inside[node]
        for child in dict.fromkeys(children):
            places = tuple(at for at, each in enumerate(children) if each == child)
            yield from self._walk(child, chosen | {self.order[depth]: places})


def _joined(found: list[Stretch]) -> list[Stretch]:
    """Return the stretches, those joined that have the same answers and differ in one column only."""
    rest = list(found)
    at = 0
    while at < len(rest):
        box, answers = rest[at]
        for other in range(at + 1, len(rest)):
            apart = [n for n, (a, b) in enumerate(zip(box, rest[other][0], strict=True)) if a != b]
            if rest[other][1] == answers and len(apart) == 1:
                both = tuple(sorted({*box[apart[0]], *rest[other][0][apart[0]]}))
                rest[at] = (*box[: apart[0]], both, *box[apart[0] + 1 :]), answers
                del rest[other]
                at = -1
                break
        at += 1
    return rest


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _typical(pieces: Sequence[Piece], chosen: Sequence[int]) -> int:
    """Return the piece to show as an example: a stretch rather than a border."""
    return next((at for at in chosen if pieces[at].low != pieces[at].high), chosen[0])


class _Teller:
    """Says stretches as a person would."""

    def __init__(self, columns: Sequence[Column], agents: Sequence[Agent]) -> None:
        self.columns = columns
        self.facts = FactWords(agents)
        self.sign = next((sign for agent in agents if (sign := currency(agent))), "")

    def told(self, box: Box, first: Box, answers: Sequence[Answers]) -> Differing:
        """Return a stretch with its answers; the example is of its part with the first of the old answers."""
        places = list(zip(self.columns, box, strict=True))
        narrow = [(c, list(chosen)) for c, chosen in places if len(chosen) < len(c.pieces)]
        narrow.sort(key=lambda each: not self._is_counted(each[0]))  # "orders of …" is what the rest is about
        return Differing(
            when=_capital(", ".join(self.said(c, chosen) for c, chosen in narrow)) or "In every case",
            before=answers[0][0],
            after=answers[0][1],
            example={
                c.input.id: c.pieces[_typical(c.pieces, at)].sample
                for c, at in zip(self.columns, first, strict=True)
            },
            others=tuple(dict.fromkeys(old for old, _ in answers if old != answers[0][0])),
        )

    def _is_counted(self, column: Column) -> bool:
        return bool(COUNTED.match(self._label(column))) and not column.pieces[0].words

    def _label(self, column: Column) -> str:
        return self.facts.label(column.input.id, column.input.label)

    def said(self, column: Column, chosen: list[int]) -> str:
        """Return some of a column's values: "orders of 31 to 45 days since delivery"."""
        label, first = self._label(column), column.pieces[chosen[0]]
        if isinstance(first.sample, bool):
            return label if first.sample else f"not {label}"
        if first.words:
            others = [at for at in range(len(column.pieces)) if at not in chosen]
            known = "anything else" not in {column.pieces[at].words for at in others}
            if len(others) < len(chosen) and known:
                return f"{label} not {_quoted(column, others)}"
            return f"{label} {_quoted(column, chosen)}"
        said = in_words(column.pieces, chosen)
        if COUNTED.match(label):
            return self.facts.counted(column.input.id, label, said)
        if column.input.type == "money":
            return self.facts.money(label, _with_sign(said, self.sign))
        return f"{label} {said}"


def _quoted(column: Column, chosen: Sequence[int]) -> str:
    """Return named values: “wrong size” or “changed mind”; what has no name stays without quotes."""
    words = [column.pieces[at].words for at in chosen]
    shown = [word if word == "anything else" or "“" in word else f"“{word}”" for word in words]
    return f"{', '.join(shown[:-1])} or {shown[-1]}" if len(shown) > 1 else shown[0]


def _with_sign(said: str, money: str) -> str:
    """Return amounts with the sign of their money."""
    return " ".join(money + word if word[:1].isdigit() else word for word in said.split(" "))


def _answer(then: str | None) -> str:
    return "no answer" if then is None else f"“{spell(then).replace('_', ' ').replace('-', ' ')}”"
