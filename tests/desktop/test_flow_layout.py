"""The layout of a flow: no line crosses a step, no two steps share a place, the same flow looks the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.diff.flow_layout import NARROW, Layout, Sizes, Way, lay_out_flow


@st.composite
def flows(draw: st.DrawFn) -> tuple[list[str], list[Way]]:
    """Flows of up to fourteen steps with any ways, also back and to nowhere."""
    nodes = [f"s{n}" for n in range(draw(st.integers(1, 14)))]
    step = st.sampled_from(nodes)
    label = st.sampled_from(["", "yes", "otherwise", "if it fails"])
    drawn = draw(st.lists(st.builds(Way, step, step | st.just("gone"), label, st.booleans()), max_size=24))
    firsts: set[str] = set()
    ways = []
    for way in drawn:
        side = way.side or way.source in firsts
        if not side:
            firsts.add(way.source)
        ways.append(Way(way.source, way.target, way.label, side))
    return nodes, ways


def _crossings(layout: Layout, sizes: Sizes) -> list[tuple[str, Way]]:
    found = []
    for line in layout.lines:
        for (x1, y1), (x2, y2) in zip(line.points, line.points[1:], strict=False):
            for node, (x, y) in layout.places.items():
                inside_x = max(x1, x2) > x + 1 and min(x1, x2) < x + sizes.step - 1
                inside_y = max(y1, y2) > y + 1 and min(y1, y2) < y + layout.heights[node] - 1
                if inside_x and inside_y:
                    found.append((node, line.way))
    return found


@given(flows(), st.sampled_from([Sizes(), NARROW]))
def test_no_line_crosses_a_step(flow: tuple[list[str], list[Way]], sizes: Sizes) -> None:
    """Lines run in gaps and channels only, at right angles, from their source to their target."""
    layout = lay_out_flow(*flow, sizes)
    assert not _crossings(layout, sizes)
    for line in layout.lines:
        for (x1, y1), (x2, y2) in zip(line.points, line.points[1:], strict=False):
            assert x1 == x2 or y1 == y2
        x, y = layout.places[line.way.target]
        assert line.points[-1] == (x + sizes.step / 2, y)


@given(flows())
def test_steps_stand_apart_and_always_at_the_same_place(flow: tuple[list[str], list[Way]]) -> None:
    """Every step has a place of its own; the same flow is laid out the same way again."""
    layout = lay_out_flow(*flow)
    boxes = [(*layout.places[n], layout.heights[n]) for n in flow[0]]
    for i, (x, y, height) in enumerate(boxes):
        for other_x, other_y, other_height in boxes[i + 1 :]:
            apart = abs(x - other_x) >= Sizes().step or y + height <= other_y or other_y + other_height <= y
            assert apart
    assert lay_out_flow(*flow) == layout


def test_the_first_way_goes_straight_down() -> None:
    """The ordinary way on stands below its step; what happens otherwise stands at the right."""
    layout = lay_out_flow(["a", "b", "c"], [Way("a", "b"), Way("a", "c", "if it fails", True)])
    assert layout.places["b"][0] == layout.places["a"][0]
    assert layout.places["c"][0] > layout.places["a"][0]


def test_an_empty_flow_is_an_empty_layout() -> None:
    """Nothing to draw is no error."""
    assert lay_out_flow([], []) == Layout()
