"""A shape that somebody wrote never stops a conversation, whatever it looks like."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.shape import longest_said, read_shape, trouble_of
from studio.domain.workflow import Slot
from studio.runtime.values import reader

USUAL = (
    r"\d{8}", r"[A-Z]{2}-\d{6}",
    r"^[A-Z]\d+$", r"(?:LH|RT)-\d{4,6}", r"\d{4}-?\d{4}-?\d{4}", r"[A-Z]+-\d+-[A-Z]+",
    r"(?:\d{2}){3}", r"#?\d{5,9}[A-Z]?", r"(?i:inv)\d{2,}", r"[a-z]+\.[a-z]+\d*", r"\w+-\w+",
    r"[Б-Я]{2}-\d{6}", r"[A-Z]+\d+[A-Z]+\d+", r"[一-龥]\d+", r"\w+\s+\d{4}", r"№\d+",
)  # fmt: skip
ENDLESS = (
    r"(\w+)*x", r"(a+)+$", r"(a|a)*b", r"(a|aa)+$", r"(\d+)*-", r"([A-Z0-9]+)+!", r"(.*)*", r"(?:\w*\w*)*=",
    r".*.*.*=", r"\w+\w+\w+\w+!", r"(\d{1,9}){1,9}x", r"(a?){25}a{25}", r"(?:(?:a+)b?)+c", r"(\w+)\1+!",
    r"((a|b)+c?)*d", r"(\w{1,20}){1,20}!", r"(?:ж|жж)+x", r"(?:😀|😀😀)+x", r"(?:[一-龥]+)+x",
    r"[一-龥]*[一-龥]*[一-龥]*[一-龥]*x", r"(?:\w|ж)+\w+ж+x", r"(?:[^a]|ж)+[^b]*\w*!", r"(?:[я]|я?)+x",
)  # fmt: skip


@pytest.mark.parametrize("pattern", USUAL)
def test_shapes_of_usual_codes_are_read(pattern: str) -> None:
    """What businesses write on their papers is a shape."""
    assert trouble_of(pattern) == "" and read_shape(pattern) is not None


@pytest.mark.parametrize("pattern", ENDLESS)
def test_endless_shapes_are_refused_with_a_reason(pattern: str) -> None:
    """A pattern that could be tried for ever is no shape, and the reason says so in words."""
    assert read_shape(pattern) is None and "so that trying it" in trouble_of(pattern)


@pytest.mark.parametrize(
    "pattern", ["[[a]", "[a", "[[", "[1||", "[a--b]", r"[\w&&\d]", "x[a~~b]", "(?#[)[[a]"]
)
def test_brackets_that_may_mean_something_else_tomorrow_are_no_shape(pattern: str) -> None:
    """What Python warns of (a set within a set) is refused with a reason, and no warning is ever heard."""
    assert read_shape(pattern) is None and trouble_of(pattern)


@pytest.mark.parametrize(
    ("pattern", "code"), [(r"[\[(]\d+", "[12"), (r"[a\-\-]+", "a-"), ("[^[]x", "ax"), (r"\[\[a", "[[a")]
)
def test_the_same_signs_with_a_backslash_are_a_shape(pattern: str, code: str) -> None:
    """Brackets and dashes that are meant as such can be written, and are found."""
    shape = read_shape(pattern)
    assert shape is not None and shape.fullmatch(code)


@pytest.mark.parametrize("pattern", [*ENDLESS, *USUAL, "(", "a" * 400, r"(?:a{1000}){1000}"])
def test_reading_what_was_said_ends_at_once(pattern: str) -> None:
    """Whatever the shape, a long and nasty message is read in a moment."""
    read = reader(Slot(id="code", label="Code", type="code", pattern=pattern))
    began = time.process_time()
    for said in ("a" * 5_000, "1" * 5_000, "aA1-" * 1_000, "a a " * 1_000, "ж" * 5_000, "😀" * 5_000):
        read(said, True)
    assert time.process_time() - began < 30


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab1\\w\\d+*?()[]|{2,}.-", max_size=14))
def test_no_pattern_of_any_make_takes_long(pattern: str) -> None:
    """Also patterns that nobody thought of: refused, or tried in a moment."""
    shape = read_shape(pattern)
    if shape is not None:
        began = time.process_time()
        shape.search(("ab1" * longest_said(pattern))[: longest_said(pattern)] + "!")
        assert time.process_time() - began < 30
