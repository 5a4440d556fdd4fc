"""Places and things named by a code: what is asked of one of them is never taken for another."""

from __future__ import annotations

import pytest

from studio.cobuilder.workflows.facts import FactBook
from studio.domain.condition import Compare


def _field(book: FactBook, words: str) -> str:
    made = book.condition(words)
    assert isinstance(made, Compare)
    return made.field


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("If the bike stands at place w10", "If the bike stands at place w100"),
        (
            "If the big red bike of our shop stands at place w10",
            "If the big red bike of our shop stands at place w11",
        ),
    ],
)
def test_two_codes_are_two_facts(one: str, other: str) -> None:
    """“Place w10” and “place w100” are two questions, in either order; said again, each is the same."""
    for first, second in ((one, other), (other, one)):
        book = FactBook()
        fields = [_field(book, words) for words in (first, second, first)]
        assert fields[0] == fields[2] != fields[1]
        assert len(book.slots) == 2
