"""Strict JSON: only canonical bytes pass, and nothing crashes."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.errors import BundleBroken
from studio.domain.frozen import Json
from studio.release import strict_json

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBER = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-9e15, 9e15)
TREE = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(TREE)
def test_canonical_bytes_come_back(tree: Json) -> None:
    """Every JSON value survives the strict door in canonical form."""
    data = rfc8785.dumps(tree)
    assert rfc8785.dumps(strict_json.parse_canonical(data, "x")) == data


@given(TREE)
def test_other_spellings_are_refused(tree: Json) -> None:
    """A value written with spaces is valid JSON but not the canonical bytes."""
    data = rfc8785.dumps(tree)
    spaced = b" " + data
    strict_json.parse(spaced, "x")
    with pytest.raises(BundleBroken, match="one way that counts"):
        strict_json.parse_canonical(spaced, "x")


@given(st.binary(max_size=60) | TREE.map(lambda tree: json.dumps(tree).encode()))
def test_any_bytes_give_a_value_or_a_typed_error(data: bytes) -> None:
    """Accepted bytes are canonical; everything else is BundleBroken, never another error."""
    try:
        value = strict_json.parse_canonical(data, "x")
    except BundleBroken:
        return
    assert rfc8785.dumps(value) == data


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"a":1,"a":1}', "twice"),
        (b'{"a":1,"\\u0061":2}', "twice"),
        (b"NaN", "NaN"),
        (b"-Infinity", "Infinity"),
        (b"1e999", "too large"),
        (b"9" * 5000, "2^53"),
        (b"9007199254740992", "2^53"),
        (b"\xef\xbb\xbf{}", "JSON"),
        (b'"\\ud800"', "half a character"),
        (b'"\xed\xa0\x80"', "UTF-8"),
        (b"\xff", "UTF-8"),
        (b"1.0", "one way that counts"),
        (b"-0", "one way that counts"),
        (b"1e2", "one way that counts"),
        (b'"\\u0041"', "one way that counts"),
        (b'{"b":1,"a":1}', "one way that counts"),
        (b"{} {}", "JSON"),
        (b"", "JSON"),
        (b"[" * 100_000, "levels deep"),
        (b'{"a":' * 100_000, "levels deep"),
        (b"[" * 65 + b"]" * 65, "levels deep"),
        (b'"' + b'\\"' * 200_000, "JSON"),
        (b"[" * 70 + b'"' + b'\\"' * 200_000, "levels deep"),
    ],
)
def test_tricks_are_refused_with_a_reason(data: bytes, why: str) -> None:
    """Each known trick gives BundleBroken with a sentence naming the file and the fault."""
    with pytest.raises(BundleBroken) as caught:
        strict_json.parse_canonical(data, "manifest.json")
    assert str(caught.value).startswith("manifest.json ")
    assert why.replace("^", "^") in str(caught.value)


def test_brackets_inside_strings_are_no_nesting() -> None:
    """A text full of brackets is not taken for depth."""
    data = rfc8785.dumps(["[{" * 1000, '\\"[' * 200])
    assert strict_json.parse_canonical(data, "x") == ["[{" * 1000, '\\"[' * 200]
