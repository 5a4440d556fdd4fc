"""Where the steps of a flow stand and how its lines run: layers from top to bottom, lines at right angles.

- Pure geometry, no Qt. The first way out of a step goes straight on; the others leave at its sides.
- Lines run only in the gaps between layers and the channels between columns, so none crosses a step;
  lines to one step share their last stretch.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

NODE_H = 44
GAP, TRACK = 30, 9

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How wide a step is, and the channel beside it, which carries labels and lines."""

    step: float = 196
    channel: float = 92

    @property
    def label(self) -> float:
        """Return the room for a label."""
        return self.channel - 8


NARROW = Sizes(126, 54)


@dataclass(frozen=True, slots=True)
class Way:
    """A line from one step to another; `side` says that it is not the ordinary way on.

    `key` is the way's own name, where the label says it otherwise; `tone` is "add" or "del" for a way that
    came or went, `dim` says that nothing changed there.
    """

    source: str
    target: str
    label: str = ""
    side: bool = False
    key: str | None = None
    tone: str = ""
    dim: bool = False

    @property
    def name(self) -> str:
        """Return the way's own name."""
        return self.label if self.key is None else self.key


@dataclass(frozen=True, slots=True)
class Line:
    """A way with the corners of its line and where its label stands."""

    way: Way
    points: tuple[Point, ...]
    label_at: Point
    label_right: bool = False


@dataclass(slots=True)
class Layout:
    """Upper left corners and heights of the steps, and the lines."""

    places: dict[str, Point] = field(default_factory=dict)
    heights: dict[str, float] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class _Grid:
    layer: dict[str, int]
    column: dict[str, int]


def lay_out_flow(
    nodes: Sequence[str],
    ways: Sequence[Way],
    sizes: Sizes = Sizes(),
    open_sides: Mapping[str, int] | None = None,
) -> Layout:
    """Return places and lines; the first node is the start. `open_sides`: ways out that end at the right."""
    if not nodes:
        return Layout()
    known = set(nodes)
    ways = [way for way in ways if way.source in known and way.target in known]
    forward = _without_returns(nodes, ways)
    layer = _layers(nodes, forward)
    grid = _Grid(layer, _columns(nodes, forward, layer))
    return _Router(nodes, ways, grid, sizes, open_sides or {}).layout()


def _without_returns(nodes: Sequence[str], ways: Sequence[Way]) -> list[Way]:
    """Return the ways that do not lead back to a step on the way to themselves."""
    out: dict[str, list[Way]] = defaultdict(list)
    for way in ways:
        out[way.source].append(way)
    kept: list[Way] = []
    state: dict[str, int] = {}
    for root in nodes:
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(out[root]))]
        while stack:
            node, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[node] = 2
                stack.pop()
            elif state.get(following.target) != 1:
                kept.append(following)
                if following.target not in state:
                    state[following.target] = 1
                    stack.append((following.target, iter(out[following.target])))
    return kept


def _layers(nodes: Sequence[str], forward: Sequence[Way]) -> dict[str, int]:
    """Return how deep each step stands: one below the deepest step that leads to it."""
    incoming: dict[str, int] = dict.fromkeys(nodes, 0)
    out: dict[str, list[str]] = defaultdict(list)
    for way in forward:
        incoming[way.target] += 1
        out[way.source].append(way.target)
    layer = dict.fromkeys(nodes, 0)
    ready = [node for node in nodes if not incoming[node]]
    while ready:
        node = ready.pop(0)
        for target in out[node]:
            layer[target] = max(layer[target], layer[node] + 1)
            incoming[target] -= 1
            if not incoming[target]:
                ready.append(target)
    return layer


def _columns(nodes: Sequence[str], forward: Sequence[Way], layer: dict[str, int]) -> dict[str, int]:
    """Return the column of each step: straight on below, side ways to the right of what is there."""
    taken: set[tuple[int, int]] = set()
    column: dict[str, int] = {}
    wanted: dict[str, int] = {}
    order = sorted(range(len(nodes)), key=lambda n: (layer[nodes[n]], n))
    out: dict[str, list[Way]] = defaultdict(list)
    for way in forward:
        out[way.source].append(way)
    straight = {way.target for way in forward if not way.side}
    for number in sorted(order, key=lambda n: (layer[nodes[n]], nodes[n] not in straight, n)):
        node = nodes[number]
        place = wanted.get(node, 0)
        while (layer[node], place) in taken:
            place += 1
        taken.add((layer[node], place))
        column[node] = place
        for way in out[node]:
            aim = place if not way.side else place + 1
            if way.target not in wanted or (not way.side and aim < wanted[way.target]):
                wanted[way.target] = aim
    return column


class _Router:
    """Draws the lines of a grid: assigns tracks first, then widths, then points."""

    def __init__(
        self,
        nodes: Sequence[str],
        ways: Sequence[Way],
        grid: _Grid,
        sizes: Sizes,
        open_sides: Mapping[str, int],
    ) -> None:
        self.nodes, self.ways, self.grid, self.sizes = nodes, ways, grid, sizes
        self.at = {(grid.layer[n], grid.column[n]): n for n in nodes}
        self.gap_tracks: dict[int, list[str]] = defaultdict(list)
        self.channel_tracks: dict[int, list[str]] = defaultdict(list)
        self.side_slots: dict[tuple[str, str], int] = defaultdict(int)
        self.plans = [self._plan(way) for way in ways]
        self.exits = Counter((w.source, how) for w, (how, _) in zip(ways, self.plans, strict=True) if w.side)
        for node, count in open_sides.items():
            self.exits[(node, "right")] += count
        self.heights = {n: self._height(n) for n in nodes}
        self.x = self._column_lefts()
        self.y = self._layer_tops()

    def layout(self) -> Layout:
        """Return places and lines."""
        places = {n: (self.x[self.grid.column[n]], self.y[self.grid.layer[n]]) for n in self.nodes}
        lines = [self._line(way, plan, places) for way, plan in zip(self.ways, self.plans, strict=True)]
        return Layout(places, self.heights, lines)

    def _height(self, node: str) -> float:
        """Return how high a step is: it grows where more ways leave at one side than it has room for."""
        most = max(self.exits[(node, "left")], self.exits[(node, "right")])
        return max(float(NODE_H), 15.0 * (most + 1))

    def _plan(self, way: Way) -> tuple[str, int]:
        """Return how a way runs and by which channel: straight, gap (one bend pair), left or right."""
        layer, column = self.grid.layer, self.grid.column
        s, t = way.source, way.target
        if not way.side and self._free_below(s, t):
            return "straight", 0
        self._take(self.gap_tracks[layer[t]], t)
        if not way.side and layer[t] == layer[s] + 1:
            return "gap", 0
        left = way.side and column[t] <= column[s] and not self._branch(way)
        channel = column[s] if left else column[s] + 1
        self._take(self.channel_tracks[channel], t)
        return ("left" if left else "right"), channel

    def _branch(self, way: Way) -> bool:
        """Return whether a side way is the answer of a decision; those leave at the right."""
        return way.label not in ("", "if it fails", "otherwise")

    def _free_below(self, source: str, target: str) -> bool:
        layer, column = self.grid.layer, self.grid.column
        if column[source] != column[target] or layer[target] <= layer[source]:
            return False
        between = range(layer[source] + 1, layer[target])
        return all((row, column[source]) not in self.at for row in between)

    @staticmethod
    def _take(tracks: list[str], key: str) -> None:
        if key not in tracks:
            tracks.append(key)

    def _column_lefts(self) -> list[float]:
        lefts, at = [], 0.0
        for number in range(max(self.grid.column.values()) + 1):
            tracks = len(self.channel_tracks[number])
            at += max(self.sizes.channel, self.sizes.label + tracks * TRACK) if tracks or number else 0
            lefts.append(at)
            at += self.sizes.step
        return lefts

    def _layer_tops(self) -> list[float]:
        tops, at = [], 0.0
        highest: dict[int, float] = {}
        for node in self.nodes:
            layer = self.grid.layer[node]
            highest[layer] = max(highest.get(layer, 0.0), self.heights[node])
        for number in range(max(self.grid.layer.values()) + 1):
            at += (
                GAP + max(0, len(self.gap_tracks[number]) - 1) * TRACK + (8 if self.gap_tracks[number] else 0)
            )
            tops.append(at)
            at += highest.get(number, NODE_H)
        return tops

    def _line(self, way: Way, plan: tuple[str, int], places: dict[str, Point]) -> Line:
        (sx, sy), (tx, ty) = places[way.source], places[way.target]
        foot = sy + self.heights[way.source]
        start, end = (sx + self.sizes.step / 2, foot), (tx + self.sizes.step / 2, ty)
        how, channel = plan
        if how == "straight":
            return Line(way, (start, end), (start[0] + 8, start[1] + 12))
        track = self.gap_tracks[self.grid.layer[way.target]].index(way.target)
        level = ty - 14 - track * TRACK
        if how == "gap":
            return Line(way, (start, (start[0], level), (end[0], level), end), (start[0] + 8, start[1] + 13))
        across = self._channel_x(channel, way.target, how)
        if not way.side:
            below = foot + 8
            corners = (start, (start[0], below), (across, below), (across, level), (end[0], level), end)
            return Line(way, corners, (start[0] + 8, start[1] + 13))
        slot = self.side_slots[(way.source, how)] = self.side_slots[(way.source, how)] + 1
        height = sy + self.heights[way.source] * slot / (self.exits[(way.source, how)] + 1)
        leave = (sx, height) if how == "left" else (sx + self.sizes.step, height)
        points = (leave, (across, height), (across, level), (end[0], level), end)
        at = (leave[0] - 8, height) if how == "left" else (leave[0] + 8, height)
        return Line(way, points, at, label_right=how == "left")

    def _channel_x(self, channel: int, target: str, how: str) -> float:
        """Return where a track of a channel runs; tracks gather away from the labels."""
        number = self.channel_tracks[channel].index(target)
        if channel == 0:
            return self.x[0] - self.sizes.label - number * TRACK if len(self.x) else 0.0
        right_edge = self.x[channel - 1] + self.sizes.step
        if how == "left":
            return right_edge + 14 + number * TRACK
        next_left = self.x[channel] if channel < len(self.x) else right_edge + self.sizes.channel + 20
        return next_left - 14 - number * TRACK
