"""The changes and the patch of a hostile bundle: what comes out is what they say, and the work is bounded."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.changeset import Change, apply_shared, join_path
from studio.domain.errors import BundleRefused, StudioError
from studio.domain.frozen import Json
from studio.release import patch, shown_changes
from studio.release.shown_changes import apply_many

NAMES = st.sampled_from(["a", "b", "c", "id", "name", "items", "~", "x/y"])
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-2, 2), NAMES)
REFUSED = (StudioError, TypeError, AttributeError, ValueError, LookupError)


def _values(depth: int = 3) -> st.SearchStrategy[Json]:
    """Any JSON, rich in named items: names that stand twice, that are numbers, that are missing."""
    item = st.fixed_dictionaries({}, optional={"id": LEAVES, "name": LEAVES, "a": LEAVES, "items": LEAVES})
    return st.recursive(
        st.one_of(LEAVES, item),
        lambda inner: st.one_of(
            st.lists(st.one_of(inner, item), max_size=5), st.dictionaries(NAMES, inner, max_size=4)
        ),
        max_leaves=14,
    )


def _children(node: Json) -> list[tuple[str, Json]]:
    if isinstance(node, dict):
        return list(node.items())
    found = []
    for item in node if isinstance(node, list) else ():
        name = item.get("id", item.get("name")) if isinstance(item, dict) else None
        if isinstance(name, str):
            found.append((name, item))
    return found


@st.composite
def cases(draw: st.DrawFn) -> tuple[Json, list[Change]]:
    """A tree, and changes of which most fit it, one after the other; and some that do not."""
    tree: Json = draw(st.one_of(st.dictionaries(NAMES, _values(), max_size=4), _values()))
    now, changes = copy.deepcopy(tree), list[Change]()
    for _ in range(draw(st.integers(1, 7))):
        node, path = now, list[str]()
        while below := _children(node):
            if draw(st.integers(0, 3)) == 0:
                break
            segment, node = draw(st.sampled_from(below))
            path.append(segment)
        change = _change(draw, node, path)
        changes.append(change)
        try:
            now = apply_shared(now, [change])
        except REFUSED:
            break
    return tree, changes


def _change(draw: st.DrawFn, node: Json, path: list[str]) -> Change:
    kind = draw(st.sampled_from(["edit", "edit", "remove", "move", "add", "wild"]))
    place = draw(st.one_of(st.none(), st.just(""), NAMES))
    if kind == "add" or not path:
        return Change(path=join_path(*path, draw(NAMES)), after=draw(_values()), place_after=place)
    after = {"edit": draw(_values()), "remove": None, "move": node, "wild": draw(LEAVES)}[kind]
    before = draw(LEAVES) if kind == "wild" else node
    return Change(path=join_path(*path), before=before, after=after, place_after=place)


def _outcome(apply: Any, tree: Json, changes: list[Change]) -> Json:
    """Return what comes out, or that it was refused."""
    try:
        return ["given", apply(tree, changes)]
    except REFUSED:
        return ["refused"]


@settings(max_examples=100)
@given(cases())
def test_many_changes_give_what_one_after_the_other_gives(case: tuple[Json, list[Change]]) -> None:
    """Whatever the tree and the changes, named twice or not at all: the same outcome, the input untouched."""
    tree, changes = case
    kept = copy.deepcopy(tree)
    assert _outcome(apply_many, tree, changes) == _outcome(apply_shared, tree, changes)
    assert tree == kept


def test_what_no_change_goes_through_is_shared() -> None:
    """An item that stays is the very same object, so that comparing two versions costs what differs."""
    tree: Json = {"items": [{"id": "a", "rows": [1]}, {"id": "b", "rows": [2]}], "other": {"x": 1}}
    after = apply_many(tree, [Change(path="items/a/rows", before=[1], after=[3])])
    assert after["items"][0] == {"id": "a", "rows": [3]}
    assert after["items"][1] is tree["items"][1] and after["other"] is tree["other"]


@pytest.mark.parametrize("kind", ["edit", "move", "behind", "remove"])
def test_long_lists_are_not_searched_for_every_change(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Thousands of changes at the end of a list of a hundred thousand pass no item in looking for theirs."""
    monkeypatch.setattr(shown_changes, "MAX_STEPS", 0)
    items = [{"id": f"i{number}"} for number in range(100_000)]
    changes = []
    for number in range(99_000, 100_000):
        path, there = f"items/i{number}", {"id": f"i{number}"}
        changes.append(
            {
                "edit": Change(path=f"{path}/a", after=1),
                "move": Change(path=path, before=there, after=there, place_before="x", place_after=""),
                "behind": Change(path=f"items/n{number}", after={"id": "n"}, place_after=f"i{number}"),
                "remove": Change(path=path, before=there),
            }[kind]
        )
        if kind == "behind":
            changes[-1] = changes[-1].model_copy(update={"after": {"id": f"n{number}"}})
    after = apply_many({"items": items}, changes)["items"]
    assert len(after) == {"edit": 100_000, "move": 100_000, "behind": 101_000, "remove": 99_000}[kind]
    assert kind != "move" or after[0] == {"id": "i99999"}


def test_names_that_stand_twice_are_looked_for_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two items of one name at the end of a long list cost a search each time, until that is too much."""
    items = [*({"id": f"i{number}"} for number in range(1000)), {"id": "x"}, {"id": "x"}]
    changes = [Change(path="items/x/a", before=n or None, after=n + 1) for n in range(200)]
    assert apply_many({"items": items}, changes)["items"][1000] == {"id": "x", "a": 200}
    monkeypatch.setattr(shown_changes, "MAX_STEPS", 100_000)
    with pytest.raises(BundleRefused, match="name many items twice, and would take too long"):
        apply_many({"items": items}, changes)


@pytest.mark.parametrize("kind", ["add", "remove"])
def test_a_patch_shifts_long_lists_only_so_often(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Putting in or taking out at the front of a long list moves all of it; too much of that is refused."""
    monkeypatch.setattr(patch, "MAX_SHIFTS", 100_000)
    operation: dict[str, Any] = {"op": kind, "path": "/list/0", **({"value": 1} if kind == "add" else {})}
    tree = {"list": list(range(1000))}
    assert len(patch.apply_patch(tree, [operation] * 90)["list"]) == (1090 if kind == "add" else 910)
    with pytest.raises(BundleRefused, match="more items in long lists than any real change does"):
        patch.apply_patch(tree, [operation] * 150)
    at_end = [{"op": "add", "path": "/list/-", "value": 1}]
    with pytest.raises(BundleRefused):
        patch.apply_patch(tree, at_end)
