"""A changed fact moves every manner of stating it, keeps the manner, and leaves other facts alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cobuilder.changes.shifts import shifts_between
from studio.cobuilder.words.dates import written_dates
from studio.cobuilder.words.number_words import in_words, number_of

CASES = (
    ("Pay within 30 days.", "Pay within 45 days.", "thirty days", "forty-five days"),
    ("Pay within 30 days.", "Pay within 45 days.", "the 30-day window", "the 45-day window"),
    ("Pay within 14 days.", "Pay within 21 days.", "two weeks", "21 days"),
    ("It costs £15.", "It costs £20.", "Fifteen pounds, or 15 GBP", "Twenty pounds, or 20 GBP"),
    ("It costs £15.", "It costs £20.", "It costs €15 or £150", "It costs €15 or £150"),
    ("Take 10 percent off.", "Take 12.5 percent off.", "10% off", "12.5% off"),
    ("Move it up to two times.", "Move it up to three times.", "2 times, two years", "3 times, two years"),
    ("It takes 5 to 7 days.", "It takes 3 to 4 days.", "5-7 days, or 5 days", "3-4 days, or 5 days"),
    ("Open until 1 March 2026.", "Open until 2 May 2026.", "2026-03-01, March 1st", "2026-05-02, May 2nd"),
    ("Open until 1 March 2026.", "Open until 2 May 2026.", "1 March 2025", "1 March 2025"),
    ("Call the Tool shop.", "Call the Spare shop.", "TOOL SHOPS, Tool shop's", "Spare shops, Spare shop's"),
    ("Tell of rust, dents or holes.", "Tell of rust, dents, holes or dirt.", "A rust, dents or holes list",
     "A rust, dents, holes or dirt list"),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "text", "wanted"), CASES)
def test_wordings_of_the_old_fact_become_the_new_one(old: str, new: str, text: str, wanted: str) -> None:
    """Digits and words, hyphens, currencies, percentages, ranges, dates, names and lists."""
    for shift in shifts_between(old, new):
        text = shift.moved(text)
    assert text == wanted


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Pay once it is booked.", "Pay before it is booked."),
        ("The shop is open.", "The shop is open, unless it rains."),
        ("Bring the red form and the old card.", "Nobody has to do anything on Sundays or holidays."),
    ],
)
def test_other_wording_is_no_fact(old: str, new: str) -> None:
    """Turning words, added clauses and wholly new sentences rename nothing."""
    assert shifts_between(old, new) == []


@given(st.integers(0, 999))
def test_numbers_in_words_are_read_back(number: int) -> None:
    """What is written in words is read as the same number."""
    words = in_words(number)
    assert words is not None
    assert number_of(words) == number


@given(st.integers(1, 28), st.integers(1, 12), st.integers(1, 28), st.integers(1, 12))
def test_a_date_keeps_its_form(day: int, month: int, other_day: int, other_month: int) -> None:
    """A date written anew in the form of another is read as the day it stands for."""
    for old in (f"2026-{month:02}-{day:02}", f"{day}.{month}.2026"):
        (one,) = written_dates(old)
        (other,) = written_dates(f"2027-{other_month:02}-{other_day:02}")
        (again,) = written_dates(one.in_form(other))
        assert (again.day, again.month, again.year) == (other_day, other_month, 2027)
