"""The drawing of a workflow in two versions, as a report shows it."""

from __future__ import annotations

from studio.diff.flow_picture import picture_of
from studio.domain.workflow import End, Say, Workflow


def _flow(*steps: Say | End) -> Workflow:
    return Workflow(id="w", name="Returns", start=steps[0].id, steps=steps)


BEFORE = _flow(
    Say(id="a", title="Greet", text="Hello.", next="b"),
    Say(id="b", title="Old words", text="Old.", next="z"),
    End(id="z", title="Done", outcome="resolved"),
)
AFTER = _flow(
    Say(id="a", title="Greet", text="Good day.", next="c"),
    Say(id="c", title="New words", text="New.", next="z"),
    End(id="z", title="Done", outcome="resolved"),
)


def test_both_versions_stand_in_one_drawing() -> None:
    """What went is drawn among what is there; each box and line tells how it differs."""
    picture = picture_of(BEFORE, AFTER)
    assert picture is not None and picture.name == "Returns"
    found = {box.title: (box.status, box.dim) for box in picture.boxes}
    assert found == {
        "Greet": ("changed", False), "Old words": ("removed", False), "New words": ("added", False),
        "Done": ("same", True),
    }  # fmt: skip
    # What came is drawn last, so that it is never hidden under what went.
    assert [course.status for course in picture.courses] == ["removed", "removed", "added", "added"]
    assert [status for status, _ in picture.differ] == ["changed", "added", "removed"]


def test_everything_lies_within_the_drawing() -> None:
    """No box and no corner of a line is cut off, and no two boxes cover each other."""
    picture = picture_of(BEFORE, AFTER)
    assert picture is not None
    for box in picture.boxes:
        assert box.x >= 0 and box.x + box.width <= picture.width
        assert box.y >= 0 and box.y + box.height <= picture.height
    for course in picture.courses:
        assert all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in course.points)
    places = [(box.x, box.y) for box in picture.boxes]
    assert len(set(places)) == len(places)


def test_with_a_focus_only_its_surroundings_are_drawn() -> None:
    """The rest is left out and counted; where nothing is left, there is no drawing."""
    picture = picture_of(BEFORE, AFTER, ("c",), {"c": "“New words”: is new"})
    assert picture is not None and picture.left_out
    assert "New words" in [box.title for box in picture.boxes]
    assert picture_of(None, None) is None and picture_of(BEFORE, AFTER, ("elsewhere",)) is None
