"""The JSON Patch: before and patch give after, also by another program; nothing else fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonpatch
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.errors import BundleRefused
from studio.domain.frozen import Json, to_json
from studio.release.patch import apply_patch, make_patch, same

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

KEY = st.sampled_from(["a", "b", "id", "x/y", "m~n", "", "0"])
LEAF = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-5, 5) | st.text("ab/~", max_size=3)
ITEM = st.fixed_dictionaries({"id": st.sampled_from("pqrstu"), "v": LEAF})
ITEMS = st.lists(ITEM, max_size=6, unique_by=lambda item: item["id"])
TREE = st.recursive(
    LEAF | ITEMS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4),
    max_leaves=15,
)


@given(TREE, TREE)
def test_before_and_patch_give_after(before: Json, after: Json) -> None:
    """Our own reader and an independent library come to the same result, with four operations only."""
    patch = make_patch(before, after)
    assert {operation["op"] for operation in patch} <= {"add", "remove", "replace", "test"}
    assert same(apply_patch(before, patch), after)
    if "" not in {operation["path"] for operation in patch}:
        assert same(jsonpatch.apply_patch(before, patch), after)


@given(ITEMS, ITEMS)
def test_items_are_followed_by_their_id(before: Json, after: Json) -> None:
    """Items that only changed inside are not removed and added; equal lists need no operation."""
    patch = make_patch(before, after)
    assert same(apply_patch(before, patch), after)
    if [item["id"] for item in before] == [item["id"] for item in after]:
        assert {operation["op"] for operation in patch} <= {"replace", "test"}


@given(TREE, TREE, TREE)
def test_a_patch_fits_only_what_it_was_made_for(before: Json, after: Json, other: Json) -> None:
    """A replacement of the whole value tests what stood there, so it is refused on any other value."""
    patch = make_patch(before, after)
    if patch and patch[0] == {"op": "test", "path": "", "value": before} and not same(before, other):
        with pytest.raises(BundleRefused, match="operation 1"):
            apply_patch(other, patch)


def test_applying_leaves_the_input_alone(kit: Kit) -> None:
    """The value handed in is not changed, nor is the patch."""
    before, after = to_json(kit.before), to_json(kit.after)
    patch = make_patch(before, after)
    result = apply_patch(before, patch)
    result["name"] = "changed"
    assert before == to_json(kit.before) and after == to_json(kit.after)
    assert apply_patch(before, patch) == after


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/missing", "value": 1},
        {"op": "remove", "path": "/list/2"},
        {"op": "remove", "path": ""},
        {"op": "add", "path": "/text" * 65, "value": 1},
        {"op": "remove", "path": "/list/-1"},
        {"op": "add", "path": "/list/3", "value": 1},
        {"op": "add", "path": "/list/-", "value": 1},
        {"op": "add", "path": "/text/0", "value": 1},
        {"op": "test", "path": "/text", "value": "other"},
        {"op": "test", "path": "/one", "value": True},
        {"op": "copy", "path": "/one", "from": "/text"},
        {"op": "add", "path": "one", "value": 1},
        {"op": "add", "path": "/one"},
        {"op": "remove", "path": "/one", "value": 1},
        {"op": "add", "path": 5, "value": 1},
        {"path": "/one"},
        "remove",
        None,
    ],
)
def test_what_does_not_fit_is_refused(operation: Json) -> None:
    """Missing places, wrong types, other operations and unknown members are refused with their number."""
    with pytest.raises(BundleRefused, match="operation 1"):
        apply_patch({"list": [1, 2], "text": "x", "one": 1}, [operation])
