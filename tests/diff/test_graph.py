"""Workflow diff: steps and ways between them, layout apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.diff.graph import GraphDiff, diff_workflow
from studio.domain.workflow import End, Place, Say, Step, Workflow


def chain(*names: str) -> Workflow:
    """Return a workflow that says one thing after the other."""
    steps: list[Step] = [
        Say(id=name, title=name.upper(), text=f"This is {name}.", next=after)
        for name, after in zip(names, (*names, "end")[1:], strict=True)
    ]
    return Workflow(
        id="w", name="W", start=names[0] if names else "end", steps=(*steps, End(id="end", title="End"))
    )


def statuses(diff: GraphDiff) -> dict[str, str]:
    """Return the steps that are not the same."""
    return {step.id: step.status for step in diff.steps if step.status != "same"}


NAMES = st.lists(st.sampled_from("abcdef"), unique=True)


@given(NAMES, NAMES)
def test_each_step_and_way_appears_once_with_the_right_sides(old: list[str], new: list[str]) -> None:
    """Steps and ways of both versions are all there, none twice, and those in one only are marked so."""
    before, after = chain(*old), chain(*new)
    diff = diff_workflow(before, after)
    assert {s.id for s in diff.steps if s.before} == {s.id for s in before.steps}
    assert {s.id for s in diff.steps if s.after} == {s.id for s in after.steps}
    assert len({s.id for s in diff.steps}) == len(diff.steps)
    assert len({(e.source, e.label) for e in diff.edges}) == len(diff.edges)
    assert all((s.status == "added") == (s.before is None) for s in diff.steps)
    assert all((s.status == "removed") == (s.after is None) for s in diff.steps)
    assert diff.has_meaning == (before != after)


def test_a_step_put_in_between_moves_nothing() -> None:
    """Only the new step is marked, and the way that now leads to it."""
    diff = diff_workflow(chain("a", "b", "c"), chain("a", "x", "b", "y", "c"))
    assert statuses(diff) == {"x": "added", "y": "added"}
    assert {(e.source, e.before, e.after) for e in diff.edges if e.status == "changed"} == {
        ("a", "b", "x"),
        ("b", "c", "y"),
    }


def test_a_step_that_changed_its_place_in_the_order_has_moved() -> None:
    """A disclosure taken to the front is one moved step; the others stay."""
    assert statuses(diff_workflow(chain("a", "b", "c", "d"), chain("d", "a", "b", "c"))) == {"d": "moved"}
    assert list(statuses(diff_workflow(chain("a", "b", "c"), chain("a", "c", "b"))).values()) == ["moved"]


def test_what_a_step_does_and_where_it_is_drawn_are_told_apart() -> None:
    """A dragged step is no change; a changed text is, with the field named."""
    before = chain("a", "b")
    dragged = before.steps[0].model_copy(update={"place": Place(x=1, y=2)})
    diff = diff_workflow(before, before.model_copy(update={"steps": (dragged, *before.steps[1:])}))
    assert (statuses(diff), diff.only_layout, diff.step("a").relaid) == ({}, True, True)
    said = before.steps[0].model_copy(update={"text": "Other."})
    diff = diff_workflow(before, before.model_copy(update={"steps": (said, *before.steps[1:])}))
    assert (diff.step("a").status, diff.step("a").fields, diff.only_layout) == ("changed", ("text",), False)


def test_a_new_workflow_is_all_added_and_a_removed_one_all_removed() -> None:
    """One side may be missing."""
    assert set(statuses(diff_workflow(None, chain("a"))).values()) == {"added"}
    assert {edge.status for edge in diff_workflow(chain("a"), None).edges} == {"removed"}
    assert diff_workflow(None, None) == GraphDiff((), ())
