"""Steps that people placed among those that are laid out by themselves, and how lines reach them all.

- Pure geometry, no Qt. What people placed stays; a step laid out by itself gives way to it.
- Lines run at right angles and end at the top of a step. The first of a few simple courses that crosses no
  step is taken; where every one crosses, the simplest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from studio.diff.flow_layout import Layout, Line, Point, Sizes, Way, lay_out_flow

CELL = 160.0
APART, LEVEL, BESIDE = 16.0, 14.0, 18.0
Box = tuple[float, float, float, float]


class Obstacles:
    """The boxes of steps, found by where they are."""

    def __init__(self, boxes: Mapping[str, Box]) -> None:
        self._cells: dict[tuple[int, int], list[tuple[str, Box]]] = defaultdict(list)
        for name, box in boxes.items():
            for cell in _cells(box):
                self._cells[cell].append((name, box))

    def crossed(self, box: Box, but: tuple[str, ...] = ()) -> bool:
        """Return whether a box meets a step, other than those named."""
        left, top, right, bottom = box
        for cell in _cells(box):
            for name, (x1, y1, x2, y2) in self._cells.get(cell, ()):
                if name not in but and left < x2 and right > x1 and top < y2 and bottom > y1:
                    return True
        return False

    def crossed_by(self, points: Sequence[Point], source: str, target: str) -> bool:
        """Return whether a line crosses a step; its own ends may touch theirs."""
        last = len(points) - 2
        for number, ((x1, y1), (x2, y2)) in enumerate(pairwise(points)):
            but = ((source,) if number == 0 else ()) + ((target,) if number == last else ())
            box = (min(x1, x2) - 2, min(y1, y2) - 2, max(x1, x2) + 2, max(y1, y2) + 2)
            if self.crossed(box, but):
                return True
        return False


def place_flow(
    nodes: Sequence[str],
    ways: Sequence[Way],
    placed: Mapping[str, Point],
    sizes: Sizes = Sizes(),  # noqa: B008
    open_sides: Mapping[str, int] | None = None,
) -> Layout:
    """Return places and lines of a flow in which some steps stand where people put them."""
    layout = lay_out_flow(nodes, ways, sizes, open_sides)
    fixed = {name: placed[name] for name in nodes if name in placed}
    if not fixed:
        return layout
    moved = set(fixed) | _give_way(layout, fixed, sizes)
    boxes = boxes_of(layout, sizes)
    obstacles = Obstacles(boxes)
    foreign = Obstacles({name: boxes[name] for name in moved})  # the layout's own lines cross none of its own
    slots = Slots(layout, sizes, open_sides or {})
    layout.lines = [
        line
        if not {line.way.source, line.way.target} & moved
        and not foreign.crossed_by(line.points, line.way.source, line.way.target)
        else route(line.way, layout, sizes, slots, obstacles)
        for line in layout.lines
    ]
    return layout


def boxes_of(layout: Layout, sizes: Sizes) -> dict[str, Box]:
    """Return the boxes of all steps."""
    return {name: (x, y, x + sizes.step, y + layout.heights[name]) for name, (x, y) in layout.places.items()}


class Slots:
    """At which height of its side each way leaves a step that has several."""

    def __init__(self, layout: Layout, sizes: Sizes, open_sides: Mapping[str, int]) -> None:
        self._layout, self._sizes = layout, sizes
        self._counts: Counter[tuple[str, bool]] = Counter()
        self._numbers: dict[tuple[str, str], int] = {}
        for line in layout.lines:
            way = line.way
            if way.side:
                key = way.source, self.to_right(way)
                self._counts[key] += 1
                self._numbers[way.source, way.label] = self._counts[key]
        for node, count in open_sides.items():
            self._counts[node, True] += count

    def to_right(self, way: Way) -> bool:
        """Return whether a side way leaves at the right: to what stands right of it, and to answers."""
        here, there = self._layout.places[way.source][0], self._layout.places[way.target][0]
        return there > here + self._sizes.step / 2 or way.label not in ("", "if it fails", "otherwise")

    def start(self, way: Way) -> Point:
        """Return where a way leaves its step."""
        x, y = self._layout.places[way.source]
        height = self._layout.heights[way.source]
        if not way.side:
            return x + self._sizes.step / 2, y + height
        right = self.to_right(way)
        share = self._numbers.get((way.source, way.label), 1) / (self._counts[way.source, right] + 1)
        return (x + self._sizes.step if right else x), y + height * share


def route(way: Way, layout: Layout, sizes: Sizes, slots: Slots, obstacles: Obstacles | None = None) -> Line:
    """Return the line of a way; without obstacles the simplest course, for while a step is dragged."""
    start = slots.start(way)
    x, y = layout.places[way.target]
    end = x + sizes.step / 2, y
    courses = _side_courses if way.side else _straight_courses
    right = way.side and slots.to_right(way)
    first: tuple[Point, ...] | None = None
    for points in courses(start, end, sizes, right):
        clean = _without_repeats(points)
        first = first or clean
        if obstacles is None or not obstacles.crossed_by(clean, way.source, way.target):
            first = clean
            break
    assert first is not None
    return Line(way, first, _label_at(way, start, right), label_right=way.side and not right)


def _label_at(way: Way, start: Point, right: bool) -> Point:
    if not way.side:
        return start[0] + 8, start[1] + 13
    return (start[0] + 8 if right else start[0] - 8), start[1]


def _straight_courses(start: Point, end: Point, sizes: Sizes, right: bool) -> Iterator[tuple[Point, ...]]:
    (sx, sy), (ex, ey) = start, end
    if ey >= sy + 10:
        if abs(sx - ex) < 1:
            yield start, end
        for level in (ey - LEVEL, sy + LEVEL, (sy + ey) / 2):
            yield start, (sx, level), (ex, level), end
    half = sizes.step / 2
    for number in range(6):
        out = half + BESIDE + number * 36
        for across in (max(sx, ex) + out, min(sx, ex) - out, sx + out, sx - out, ex + out, ex - out):
            yield (
                start,
                (sx, sy + LEVEL),
                (across, sy + LEVEL),
                (across, ey - LEVEL),
                (ex, ey - LEVEL),
                end,
            )


def _side_courses(start: Point, end: Point, sizes: Sizes, right: bool) -> Iterator[tuple[Point, ...]]:
    (sx, sy), (ex, ey) = start, end
    sign = 1 if right else -1
    half = sizes.step / 2
    if (ex - sx) * sign > BESIDE and ey > sy + LEVEL:
        yield start, (ex, sy), end
    for number in range(8):
        out = sizes.label / 2 + number * 30
        yield start, (sx + sign * out, sy), (sx + sign * out, ey - LEVEL), (ex, ey - LEVEL), end
        beyond = ex + sign * (half + BESIDE + number * 30)
        if (beyond - sx) * sign > 0:
            yield start, (beyond, sy), (beyond, ey - LEVEL), (ex, ey - LEVEL), end


def _without_repeats(points: Sequence[Point]) -> tuple[Point, ...]:
    return tuple(p for n, p in enumerate(points) if not n or p != points[n - 1])


def _give_way(layout: Layout, fixed: Mapping[str, Point], sizes: Sizes) -> set[str]:
    """Put the placed steps where they belong, move others out from under them; return those."""
    layout.places.update(fixed)
    taken = [_padded(layout, name, sizes) for name in fixed]
    moved: set[str] = set()
    for name in sorted(layout.places, key=lambda each: (layout.places[each][1], layout.places[each][0])):
        if name in fixed:
            continue
        while (
            hit := next((box for box in taken if _meet(_box(layout, name, sizes), box)), None)
        ) is not None:
            layout.places[name] = layout.places[name][0], hit[3]
            moved.add(name)
        if name in moved:
            taken.append(_padded(layout, name, sizes))
    return moved


def _box(layout: Layout, name: str, sizes: Sizes) -> Box:
    x, y = layout.places[name]
    return x, y, x + sizes.step, y + layout.heights[name]


def _padded(layout: Layout, name: str, sizes: Sizes) -> Box:
    left, top, right, bottom = _box(layout, name, sizes)
    return left - APART, top - APART, right + APART, bottom + APART


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = (int(edge // CELL) for edge in box)
    for across in range(left, right + 1):
        for down in range(top, bottom + 1):
            yield across, down
