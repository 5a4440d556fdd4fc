"""What people type is read in one spelling: numbers, money, ids, typing errors; quotations stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cobuilder.requests.items import stems_of
from studio.cobuilder.requests.registry import spoken_words
from studio.cobuilder.requests.spelling import normal, respelled
from studio.cobuilder.words.number_words import in_words


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("extend it to forty-five days", "extend it to 45 days"),
        ("above two hundred and fifty pounds", "above £250"),
        ("costs four pounds fifty", "costs £4.50"),
        ("lower to GBP 180", "lower to £180"),
        ("put 300 £", "put £300"),
        ("show rule seven and test 4", "show rule R-07 and test T-04"),
        ("r-9 and T12", "R-09 and T-12"),
        ("move it twice", "move it 2 times"),
        ("that one rule", "that one rule"),
        ("I don't ask it anymore", "I don't ask it any more"),
    ],
)
def test_numbers_money_and_ids_are_read_in_one_spelling(typed: str, read: str) -> None:
    """However a value or a number of an item is written, the same is read."""
    assert normal(typed) == read


@given(st.integers(min_value=13, max_value=999))
def test_every_number_in_words_is_read_as_digits(number: int) -> None:
    """From thirteen on a number in words is a number anywhere."""
    assert normal(f"change it to {in_words(number)} days") == f"change it to {number} days"


@given(st.text(alphabet="abcdefgh rule seven £ pounds two", min_size=1, max_size=30))
def test_what_stands_in_quotation_marks_is_never_touched(words: str) -> None:
    """Own words come through as they were written."""
    quoted = f"“{words}”"
    assert quoted in normal(f"say {quoted} now")
    assert quoted in respelled(f"say {quoted} now", spoken_words())[0]


def test_a_typing_error_is_mended_and_told_and_a_word_that_exists_is_none() -> None:
    """“widnow” can only be “window”; “police” is a word of its own, however near “policy” is."""
    text, made = respelled("chnage the widnow", {"change", "window", "the"})
    assert (text, made) == ("change the window", (("chnage", "change"), ("widnow", "window")))
    assert respelled("call the police", {"call", "the", "policy"}) == ("call the police", ())


def test_both_shores_spell_the_same_item() -> None:
    """A cancelation fee is a cancellation fee, a color a colour."""
    assert stems_of("cancelation") == stems_of("cancellation")
    assert stems_of("wrong color") == stems_of("wrong colour")
