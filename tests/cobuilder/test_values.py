"""Values in prose: what amounts a sentence states, and how a new one takes an old one's place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cobuilder.words.values import converted, masked, patched, states, values_in


@pytest.mark.parametrize(
    ("text", "kind", "amount", "unit", "side"),
    [
        ("within 30 days of purchase", "duration", 30, "day", "at most"),
        ("for thirty days", "duration", 30, "day", None),
        ("a 14-day period", "duration", 14, "day", None),
        ("more than £1,250.50", "money", 1250.5, "GBP", "above"),
        ("200 euros or more", "money", 200, "EUR", "at least"),
        ("less than 15 %", "percent", 15, "%", "below"),
        ("up to three times", "count", 3, "time", "at most"),
        ("at least 48 hours before the visit", "duration", 48, "hour", "at least"),
    ],
)
def test_a_value_is_read_with_its_measure_and_side(
    text: str, kind: str, amount: float, unit: str, side: str | None
) -> None:
    """Numbers and number words give the same value, with the side of the limit they name."""
    (value,) = values_in(text)
    assert (value.kind, value.amount, value.unit, value.side) == (kind, amount, unit, side)


def test_a_range_is_one_value() -> None:
    """“5 to 7 working days” is neither 5 days nor 7 days."""
    (value,) = values_in("It takes 5 to 7 working days.")
    assert (value.amount, value.high, value.unit) == (5, 7, "working day")
    assert not states("after 7 working days", value)


def test_a_length_of_time_knows_the_event_it_counts_from() -> None:
    """“Of purchase” and “from the date of delivery” are told apart; a pronoun is no event."""
    assert values_in("within 30 days of purchase")[0].event == "purchase"
    assert values_in("45 days from the date of delivery")[0].event == "delivery"
    assert values_in("24 hours before it starts")[0].event is None


def test_a_new_value_takes_the_place_and_manner_of_the_old_one() -> None:
    """The event follows where the text names it, and a hyphenated form stays hyphenated."""
    old, new = values_in("within 30 days of purchase")[0], values_in("within 45 days of delivery")[0]
    text = "Return it within 30 days of purchase. The 30-day window is firm; 30 hours are no matter."
    assert patched(text, old, new) == (
        "Return it within 45 days of delivery. The 45-day window is firm; 30 hours are no matter."
    )


def test_a_length_is_converted_to_the_unit_a_fact_is_named_after() -> None:
    """Two weeks are 14 where the fact counts days."""
    assert converted(values_in("within 2 weeks")[0], "days_since_delivery") == 14
    assert converted(values_in("two days before")[0], "hours_until_visit") == 48


@given(st.text(max_size=200))
def test_any_text_can_be_read_and_masked(text: str) -> None:
    """No input breaks the reading, and spans lie inside the text in order."""
    at = 0
    for value in values_in(text):
        assert at <= value.start < value.end <= len(text)
        assert text[value.start : value.end] == value.words
        at = value.end
    assert isinstance(masked(text), str)
