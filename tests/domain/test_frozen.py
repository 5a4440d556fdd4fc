"""Canonical bytes are RFC 8785, whichever way they are made."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.frozen import canonical, digest, is_plainly, plainly, without_fractions

numbers = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False), st.booleans()
)
trees = st.recursive(
    st.one_of(st.none(), numbers, st.text(st.characters(exclude_categories=["Cs"]), max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), inner, max_size=4),
    ),
    max_leaves=12,
)


@given(trees)
def test_the_quick_way_gives_the_reference_bytes(tree: Any) -> None:
    """Any JSON tree has exactly the bytes that the reference implementation gives it."""
    assert canonical(tree) == rfc8785.dumps(tree)


@given(trees)
def test_canonical_bytes_read_back(tree: Any) -> None:
    """Reading canonical bytes and writing them again changes nothing."""
    data = canonical(tree)
    again = json.loads(data, parse_int=lambda text: int(text) if abs(int(text)) < 2**53 else float(text))
    assert canonical(again) == data


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 2**60, "\ud800"])
def test_what_has_no_canonical_form_is_refused(bad: Any) -> None:
    """NaN, infinities, integers beyond 2^53, and lone surrogates are never signed."""
    with pytest.raises((ValueError, TypeError)):
        canonical(bad)


def test_digest_is_of_the_bytes() -> None:
    """A digest is the SHA-256 of the canonical bytes; spelling and order of members do not matter."""
    assert digest({"b": 1, "a": 1.0}) == digest({"a": 1, "b": 1.0}) == digest(b'{"a":1,"b":1}')


@given(trees)
def test_a_tree_that_is_plain_is_canonical(tree: Any) -> None:
    """What is taken for canonical without a second look is; only whole numbers lose their fraction."""
    try:
        found = without_fractions(tree, plainly(tree))
    except ValueError:
        return  # a number that needs more care
    assert found == tree and rfc8785.dumps(found) == rfc8785.dumps(tree)
    data = plainly(found).encode()
    assert not is_plainly(data) or data == rfc8785.dumps(tree)


@pytest.mark.parametrize("number", [1.0, -0.0, 1e-5, 1.5e16, 1e21, 2**53, 10**15, 7])
def test_numbers_that_may_be_spelt_otherwise_are_looked_at(number: float) -> None:
    """Wherever it stands: alone, last in a list, as a member, before others."""
    for tree in (number, [number], {"a": number}, [[number], 1], {"a": number, "b": ""}):
        assert (number == 7 and isinstance(tree, list | dict)) or not is_plainly(plainly(tree).encode())
