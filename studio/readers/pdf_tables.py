"""Tables that are drawn with ruling lines: the grid behind them, and the words in its cells.

- Lines that cross or touch make one grid; a table has at least two rows and two columns.
- Where a wall between two cells is missing they are one; what spans rows is repeated in each, what spans
  columns stands in the first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.readers.pdf_text import Edge, Word

_NEAR = 3.0
_MOST_LINES = 400


@dataclass(slots=True)
class Table:
    """One table: its box, and its words by row and column."""

    left: float
    right: float
    bottom: float
    top: float
    rows: list[list[list[Word]]] = field(default_factory=list)


def tables(edges: Sequence[Edge], words: Sequence[Word]) -> tuple[list[Table], list[Word]]:
    """Return the tables of a page, and the words that stand in none."""
    found: list[Table] = []
    rest = list(words)
    for group in _groups(edges):
        grid = _Grid(group)
        if not grid.is_table:
            continue
        inside = [word for word in rest if grid.holds(word)]
        if not inside:
            continue
        table = grid.table(inside)
        if sum(1 for row in table.rows for cell in row if cell) < 2:
            continue  # an empty form around one text is a frame
        rest = [word for word in rest if not grid.holds(word)]
        found.append(table)
    return found, rest


def _groups(edges: Sequence[Edge]) -> list[list[Edge]]:
    """Return the lines that hang together."""
    across = _merged([edge for edge in edges if edge.level])
    upright = _merged([edge for edge in edges if not edge.level])
    if len(across) > _MOST_LINES or len(upright) > _MOST_LINES:
        return []  # a drawing
    groups: list[list[Edge]] = [[edge] for edge in across]
    for edge in upright:
        touching = [group for group in groups if any(_touch(edge, other) for other in group)]
        groups = [group for group in groups if all(group is not other for other in touching)]
        groups.append([edge, *(other for group in touching for other in group)])
    return groups


def _merged(edges: list[Edge]) -> list[Edge]:
    """Join lines that go on in one another, such as the borders of neighbouring cells."""
    found: list[Edge] = []
    level = bool(edges) and edges[0].level
    edges = sorted(
        edges, key=lambda e: (round(e.bottom / 2), e.left) if level else (round(e.left / 2), e.bottom)
    )
    for edge in edges:
        for at in range(len(found) - 1, max(-1, len(found) - 25), -1):
            last = found[at]
            if (
                edge.left <= last.right + _NEAR
                and last.left <= edge.right + _NEAR
                and edge.bottom <= last.top + _NEAR
                and last.bottom <= edge.top + _NEAR
            ):
                found[at] = Edge(
                    min(last.left, edge.left),
                    max(last.right, edge.right),
                    min(last.bottom, edge.bottom) if not level else last.bottom,
                    max(last.top, edge.top) if not level else last.top,
                )
                break
        else:
            found.append(edge)
    return found


def _touch(one: Edge, other: Edge) -> bool:
    return (
        one.left <= other.right + _NEAR
        and other.left <= one.right + _NEAR
        and one.bottom <= other.top + _NEAR
        and other.bottom <= one.top + _NEAR
    )


class _Grid:
    """The rows and columns behind a group of lines."""

    def __init__(self, edges: list[Edge]) -> None:
        self.across = [edge for edge in edges if edge.level]
        self.upright = [edge for edge in edges if not edge.level]
        self.xs = _distinct([edge.left for edge in self.upright])
        self.ys = _distinct([edge.bottom for edge in self.across])

    @property
    def is_table(self) -> bool:
        return len(self.xs) > 2 and len(self.ys) > 2

    def holds(self, word: Word) -> bool:
        x, y = (word.left + word.right) / 2, (word.bottom + word.top) / 2
        return self.xs[0] - 1 <= x <= self.xs[-1] + 1 and self.ys[0] - 1 <= y <= self.ys[-1] + 1

    def table(self, words: list[Word]) -> Table:
        height, width = len(self.ys) - 1, len(self.xs) - 1
        owner = self.owners(width, height)
        held: dict[tuple[int, int], list[Word]] = {}
        for word in words:
            column = self.slot(self.xs, (word.left + word.right) / 2)
            row = height - 1 - self.slot(self.ys, (word.bottom + word.top) / 2)
            held.setdefault(owner[row, column], []).append(word)
        rows = [
            [
                held.get(owner[row, column], []) if owner[row, column][1] == column else []
                for column in range(width)
            ]
            for row in range(height)
        ]
        rows = [row for row in rows if any(row)]
        return Table(self.xs[0], self.xs[-1], self.ys[0], self.ys[-1], rows)

    def owners(self, width: int, height: int) -> dict[tuple[int, int], tuple[int, int]]:
        """Return, for each cell, the first cell of the merged one it belongs to; rows count from the top."""
        owner: dict[tuple[int, int], tuple[int, int]] = {}
        for row in range(height):
            for column in range(width):
                if column and not self.wall_left(row, column, height):
                    owner[row, column] = owner[row, column - 1]
                elif row and not self.wall_above(row, column, height):
                    owner[row, column] = owner[row - 1, column]
                else:
                    owner[row, column] = (row, column)
        return owner

    def wall_left(self, row: int, column: int, height: int) -> bool:
        middle = (self.ys[height - 1 - row] + self.ys[height - row]) / 2
        return any(
            abs(edge.left - self.xs[column]) <= _NEAR and edge.bottom - 1 <= middle <= edge.top + 1
            for edge in self.upright
        )

    def wall_above(self, row: int, column: int, height: int) -> bool:
        middle = (self.xs[column] + self.xs[column + 1]) / 2
        return any(
            abs(edge.bottom - self.ys[height - row]) <= _NEAR and edge.left - 1 <= middle <= edge.right + 1
            for edge in self.across
        )

    def slot(self, lines: list[float], place: float) -> int:
        return max(0, min(len(lines) - 2, bisect_right(lines, place) - 1))


def _distinct(places: list[float]) -> list[float]:
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _NEAR:
            found.append(place)
    return found
