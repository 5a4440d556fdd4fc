"""What people rely on when changes are applied, taken back, or no longer fit."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.changeset import Change, apply_json, join_path, lookup, split_path
from studio.domain.errors import Stale

names = st.text(alphabet="abc/~é ", min_size=1, max_size=4)
leaves = st.one_of(
    st.booleans(), st.integers(-5, 5), st.text(max_size=3), st.lists(st.text(max_size=2), max_size=3)
)


@st.composite
def trees(draw: st.DrawFn) -> dict[str, Any]:
    """An object with plain fields and one list of identified items."""
    fields = draw(
        st.dictionaries(names.filter(lambda n: n not in ("items", "id", "name")), leaves, max_size=3)
    )
    ids = draw(st.lists(names, unique=True, max_size=5))
    return {**fields, "items": [{"id": each, "value": draw(leaves)} for each in ids]}


@st.composite
def trees_and_changes(draw: st.DrawFn) -> tuple[dict[str, Any], list[Change]]:
    """A tree, and changes that fit it one after the other."""
    start = draw(trees())
    tree, changes = copy.deepcopy(start), []
    for _ in range(draw(st.integers(1, 6))):
        change = draw(one_change(tree))
        tree = apply_json(tree, [change])
        changes.append(change)
    return start, changes


@st.composite
def one_change(draw: st.DrawFn, tree: dict[str, Any]) -> Change:
    """A change that fits the tree: a field set, or an item added, removed, moved or edited."""
    items = tree["items"]
    ids = [item["id"] for item in items]
    kind = draw(st.sampled_from(["add", "field"] + (["remove", "move", "edit"] if items else [])))
    if kind == "field":
        name = draw(names.filter(lambda n: n not in ("items", "id", "name")))
        return Change(path=join_path(name), before=tree.get(name), after=draw(leaves))
    if kind == "add":
        name = draw(names.filter(lambda n: n not in ids))
        place = draw(st.sampled_from([None, "", *ids]))
        return Change(path=join_path("items", name), after={"id": name, "value": 1}, place_after=place)
    at = draw(st.integers(0, len(items) - 1))
    item, path = items[at], join_path("items", ids[at])
    front = ids[at - 1] if at else ""
    if kind == "remove":
        return Change(path=path, before=item, place_before=front)
    if kind == "edit":
        return Change(path=f"{path}/value", before=item["value"], after=draw(leaves))
    new_front = draw(st.sampled_from(["", *(i for i in ids if i != item["id"])]))
    return Change(path=path, before=item, after=item, place_before=front, place_after=new_front)


@given(trees_and_changes())
def test_inverse_restores_exactly(case: tuple[dict[str, Any], list[Change]]) -> None:
    """Whatever was changed can be taken back: applying the inverses in reverse gives the start again."""
    start, changes = case
    after = apply_json(start, changes)
    assert apply_json(after, [change.inverse() for change in reversed(changes)]) == start


@given(trees_and_changes())
def test_input_is_never_touched(case: tuple[dict[str, Any], list[Change]]) -> None:
    """Applying never alters what was handed in."""
    start, changes = case
    kept = copy.deepcopy(start)
    apply_json(start, changes)
    assert start == kept


@given(st.lists(st.text(max_size=5), min_size=1, max_size=4))
def test_paths_round_trip(segments: list[str]) -> None:
    """Any id can stand in a path, whatever its characters."""
    assert split_path(join_path(*segments)) == tuple(segments)


def test_stale_change_is_refused_and_nothing_is_applied() -> None:
    """A change made for another text is refused, and the changes before it are not applied either."""
    tree = {"items": [{"id": "a", "value": 1}], "title": "now"}
    fits = Change(path="items/a/value", before=1, after=2)
    stale = Change(path="title", before="then", after="later")
    with pytest.raises(Stale, match="no longer what it was made for"):
        apply_json(tree, [fits, stale])
    assert tree["items"][0]["value"] == 1  # type: ignore[index]


def test_adding_what_is_there_is_stale() -> None:
    """An item cannot be added twice."""
    tree = {"items": [{"id": "a", "value": 1}]}
    with pytest.raises(Stale):
        apply_json(tree, [Change(path="items/a", after={"id": "a", "value": 9})])


def test_item_whose_neighbour_is_gone_goes_to_the_end() -> None:
    """A new item placed behind a neighbour that was rejected still finds its place: the end."""
    tree = {"items": [{"id": "a"}, {"id": "b"}]}
    after = apply_json(tree, [Change(path="items/c", after={"id": "c"}, place_after="gone")])
    assert [item["id"] for item in after["items"]] == ["a", "b", "c"]


def test_lookup_finds_items_by_id() -> None:
    """A path names an item by its id, wherever it stands in its list."""
    assert lookup({"items": [{"id": "x"}, {"id": "a/b", "value": 3}]}, "items/a~1b/value") == 3
    assert lookup({"items": []}, "items/none") is None
