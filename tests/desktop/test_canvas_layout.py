"""Steps that people placed: they stay, others give way, and every line still leads where its way does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.desktop.widgets.flow_route import Obstacles, Slots, boxes_of, place_flow, route
from studio.diff.flow_layout import Layout, Sizes, Way, lay_out_flow

SIZES = Sizes()


@st.composite
def drawings(draw: st.DrawFn) -> tuple[list[str], list[Way], dict[str, tuple[float, float]]]:
    """Flows of up to ten steps with any ways, some of the steps placed anywhere."""
    nodes = [f"s{n}" for n in range(draw(st.integers(1, 10)))]
    step = st.sampled_from(nodes)
    ways: list[Way] = []
    firsts: set[str] = set()
    for source, target in draw(st.lists(st.tuples(step, step), max_size=16)):
        side = source in firsts
        firsts.add(source)
        ways.append(Way(source, target, f"way {len(ways)}" if side else "", side))
    place = st.tuples(st.integers(-300, 900), st.integers(-300, 900))
    placed = draw(st.dictionaries(step, place, max_size=4))
    return nodes, ways, {name: (float(x), float(y)) for name, (x, y) in placed.items()}


@settings(max_examples=60)
@given(drawings())
def test_what_people_placed_stays_and_the_rest_gives_way(
    drawing: tuple[list[str], list[Way], dict[str, tuple[float, float]]],
) -> None:
    """A placed step stands exactly where it was put; one laid out by itself never stands under it."""
    nodes, ways, placed = drawing
    layout = place_flow(nodes, ways, placed, SIZES)
    for name, place in placed.items():
        assert layout.places[name] == place
    boxes = boxes_of(layout, SIZES)
    for name, (x1, y1, x2, y2) in boxes.items():
        for other in placed:
            ox1, oy1, ox2, oy2 = boxes[other]
            apart = name in placed or x2 <= ox1 or x1 >= ox2 or y2 <= oy1 or y1 >= oy2
            assert apart, (name, other)


@settings(max_examples=60)
@given(drawings())
def test_every_line_begins_at_its_step_and_ends_at_the_top_of_the_other(
    drawing: tuple[list[str], list[Way], dict[str, tuple[float, float]]],
) -> None:
    """Each way has one line, at right angles, from the edge of its source to the top of its target."""
    nodes, ways, placed = drawing
    layout = place_flow(nodes, ways, placed, SIZES)
    assert sorted(map(str, (line.way for line in layout.lines))) == sorted(map(str, ways))
    for line in layout.lines:
        for (x1, y1), (x2, y2) in zip(line.points, line.points[1:], strict=False):
            assert x1 == x2 or y1 == y2, line
        x, y = layout.places[line.way.target]
        assert line.points[-1] == (x + SIZES.step / 2, y)
        sx, sy = layout.places[line.way.source]
        px, py = line.points[0]
        assert sx <= px <= sx + SIZES.step and sy <= py <= sy + layout.heights[line.way.source]


@given(drawings())
def test_without_placed_steps_nothing_changes(
    drawing: tuple[list[str], list[Way], dict[str, tuple[float, float]]],
) -> None:
    """Where nobody placed a step, the flow is laid out as it always was."""
    nodes, ways, _ = drawing
    plain, same = lay_out_flow(nodes, ways, SIZES), place_flow(nodes, ways, {}, SIZES)
    assert (plain.places, plain.lines) == (same.places, same.lines)


def test_a_line_goes_around_a_step_that_stands_in_its_way() -> None:
    """A step put between two others is not crossed by the line between them."""
    nodes, ways = ["a", "b", "c"], [Way("a", "b")]
    placed = {"a": (0.0, 0.0), "b": (0.0, 300.0), "c": (0.0, 150.0)}
    layout = place_flow(nodes, ways, placed, SIZES)
    (line,) = layout.lines
    obstacles = Obstacles(boxes_of(layout, SIZES))
    assert not obstacles.crossed_by(line.points, "a", "b")
    straight = route(ways[0], layout, SIZES, Slots(layout, SIZES, {}))
    assert obstacles.crossed_by(straight.points, "a", "b"), "the simplest course would have crossed it"


def test_open_ways_make_room_at_the_side() -> None:
    """A step with many ways out, open ones too, is as high as they need."""
    layout = lay_out_flow(["a", "b"], [Way("a", "b", "yes", True)], SIZES, {"a": 5})
    assert isinstance(layout, Layout) and layout.heights["a"] >= 15 * 7
