"""Walking and marking: two versions of a sentence side by side, and the line that tells of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cli.marking import marked, two_sided
from studio.diff.lines import CHANGED, Line
from studio.diff.walking import places_of, walk

PLAIN = "the a refund order must may not 30 45 days card".split()
WORDS = st.lists(st.sampled_from(PLAIN), max_size=30)
EDITS = st.lists(
    st.tuples(st.integers(0, 29), st.integers(0, 2), st.lists(st.sampled_from(PLAIN), max_size=2)), max_size=6
)


def edited(words: list[str], edits: list[tuple[int, int, list[str]]]) -> list[str]:
    """Return words after some were exchanged, dropped or added."""
    new = list(words)
    for at, gone, come in edits:
        new[at : at + gone] = come
    return new


def check_places(old: list[str], new: list[str], places: list[tuple[int, int, int, int]]) -> None:
    """Check that the places are in order and the words between them the same."""
    i = j = 0
    for i1, i2, j1, j2 in places:
        assert i1 < i2 or j1 < j2
        assert old[i:i1] == new[j:j1]
        i, j = i2, j2
    assert old[i:] == new[j:]


@given(WORDS, EDITS)
def test_a_walk_finds_where_two_versions_differ(
    words: list[str], edits: list[tuple[int, int, list[str]]]
) -> None:
    """Between the places that are told, both versions say the same, to the last word."""
    new = edited(words, edits)
    check_places(words, new, places_of(words, new))


@given(WORDS, WORDS)
def test_any_two_sentences_have_places(old: list[str], new: list[str]) -> None:
    """Sentences that share nothing are told as different, not lost."""
    check_places(old, new, places_of(old, new))
    assert (places_of(old, new) == []) == (old == new)


def test_another_sentence_is_no_edit() -> None:
    """A walk gives up soon where the words stay different."""
    assert walk([f"old{n}" for n in range(20)], [f"new{n}" for n in range(20)]) is None


def test_a_word_kept_between_two_edits_stays_unmarked() -> None:
    """Each word that changed is a place of its own; one that both sides have in between is kept."""
    assert walk("ask x for y number now".split(), "ask u for v number now".split()) == [
        (1, 2, 1, 2),
        (3, 4, 3, 4),
    ]
    assert walk("x1 x2 x3 the x4 x5 x6 end now".split(), "y1 y2 y3 the y4 y5 y6 end now".split()) == [
        (0, 7, 0, 7)
    ]


@given(WORDS, EDITS)
def test_a_marked_line_holds_both_versions(words: list[str], edits: list[tuple[int, int, list[str]]]) -> None:
    """Without what came it is the old sentence, without what went the new one."""
    new = edited(words, edits)
    told = marked(words, list(new), places_of(words, new))[2:]
    assert re.sub(r"\{\+.*?\+\}", "", re.sub(r"\[-(.*?)-\]", r"\1", told)).split() == words
    assert re.sub(r"\[-.*?-\]", "", re.sub(r"\{\+(.*?)\+\}", r"\1", told)).split() == new


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("In 30 days to\nrest.", "In 45\ndays to rest.", "~ In [-30-]{+45+} days to rest.\n"),
        ("A refund takes 30 days\nat most.", "A refund takes\n30 days at most.", ""),
        ("A refund  takes long.", "A refund takes long.", "= A refund [- -]takes long.\n"),
        ("A 30-day wait, then.", "A 45-day wait, then.", "~ A [-30-]{+45+}-day wait, then.\n"),
        ("You must **not** refund.", "You must not refund.", "= You must [-**not**-]{+not+} refund.\n"),
        ("Ask for it now.", "Ask for now.", "~ Ask for [-it-] now.\n"),
        ("```\na\n  b\n```", "```\na\n    b\n```", "= ```\na\n  {+  +}b\n```\n"),
    ],
)  # fmt: skip
def test_a_line_marks_words_and_no_wraps(before: str, after: str, told: str) -> None:
    """A wrap that moved is no difference; other white space, parts of words and emphasis are marked."""
    assert two_sided(Line(CHANGED, before, after)) == told


def test_a_paragraph_broken_in_two_is_told() -> None:
    """A blank line that came between two sentences is marked, though no word changed."""
    row = Line(CHANGED, "Ask\nfor it. ", "Ask\nfor it.\n\n", count_tail=True)
    assert two_sided(row).startswith("= Ask\nfor it.[- -]{+")
