"""What a diff of prose must never do: move what stayed, hide a change, cry wolf over layout, lose a byte."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studio.diff.blocks import plain
from studio.diff.edits import edits
from studio.diff.lines import Line, lines
from studio.diff.text import diff_text

NOUNS = "order refund card invoice parcel customer agent store return gift receipt account claim".split()
VERBS = "checks sends keeps opens closes names asks tells shows books files holds".split()
ENDINGS = ["\n\n", "\r\n\r\n", "\n", " ", "\t", "\n\n\n", "\u2028", " \n \n"]
WORDS = [
    "may",
    "must not",
    "30",
    "45,5",
    "e.g.",
    "Dr.",
    "naïve",
    "漢字",
    "👍🏽",
    "a\u0301",
    "x" * 300,
    "-",
    "|",
    "**b**",
]
TEXTS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", ". ", *ENDINGS])), max_size=30).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)


def document(rng: random.Random, sentences: int) -> list[str]:
    """Return sentences of a policy, no two alike."""
    return [
        f"The {rng.choice(NOUNS)} team {rng.choice(VERBS)} {rng.choice(NOUNS)} {rng.randrange(10_000)} "
        f"and {rng.choice(VERBS)} the {rng.choice(NOUNS)} of case {number} within {rng.randrange(90)} days."
        for number in range(sentences)
    ]


def text(sentences: list[str]) -> str:
    """Return paragraphs of three sentences."""
    return "\n\n".join(" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3))


def marks(rows: list[Line]) -> tuple[str, str]:
    """Return for each letter before and after whether its row keeps (k), moves (m) or changes (x) it."""
    told: tuple[list[str], list[str]] = ([], [])
    for row in rows:
        kept = "m" if row.kind == "moved" else "k"
        for before, after, changed in edits(row.before, row.after, row.count_tail):
            if row.kind != "moved" or not row.arrives:
                told[0].append(("x" if changed else kept) * len(before))
            if row.kind != "moved" or row.arrives:
                told[1].append(("x" if changed else kept) * len(after))
    return "".join(told[0]), "".join(told[1])


@pytest.mark.parametrize("seed", range(6))
def test_nothing_moves_when_three_fifths_are_rewritten_in_place(seed: int) -> None:
    """However much is edited, a sentence that nobody moved is not shown as moved."""
    rng = random.Random(seed)
    before = document(rng, 150)
    after = list(before)
    for at in rng.sample(range(150), 90):
        words = after[at].split(" ")
        for _ in range(rng.randint(1, 9)):
            words[rng.randrange(len(words))] = rng.choice(NOUNS + VERBS)
        after[at] = " ".join(words) if rng.random() < 0.7 else document(rng, 1)[0]
    rows = lines(text(before), text(after))
    assert [row.before for row in rows if row.kind == "moved"] == []


@given(TEXTS, TEXTS)
def test_no_word_is_kept_twice(before: str, after: str) -> None:
    """What is kept in place, and what has moved, is the same number of letters on both sides."""
    rows = lines(before, after)
    left, right = marks(rows)
    assert (len(left), len(right)) == (len(before), len(after))
    for mark in "km":
        told = [
            "".join(letter for letter, told in zip(side, marked, strict=True) if told == mark).split()
            for side, marked in ((before, left), (after, right))
        ]
        assert sorted("".join(told[0])) == sorted("".join(told[1]))


@given(TEXTS)
def test_equal_texts_have_no_edits(said: str) -> None:
    """A text compared with itself is one unchanged whole."""
    assert diff_text(said, said).is_equal
    assert all(row.kind == "equal" for row in lines(said, said))


STOPS = st.lists(st.sampled_from([" ", ".", ". ", "8", "a", "A", "Dr", "#", "\n\n", "-"]), max_size=9).map(
    "".join
)


@given(STOPS, STOPS)
@example(" . 8aa", "a. 8")
def test_full_stops_that_end_nothing_are_compared_like_all_else(before: str, after: str) -> None:
    """One alone, with blanks around it, in front of a number: both texts come back byte for byte."""
    diff = diff_text(before, after)
    assert (diff.before, diff.after) == (before, after)


@given(TEXTS, TEXTS)
def test_odd_letters_line_ends_and_long_words_are_rebuilt(before: str, after: str) -> None:
    """Windows line ends, tabs, emoji, combining letters and endless words come back byte for byte."""
    diff = diff_text(before, after)
    assert (diff.before, diff.after) == (before, after)
    assert diff.is_equal == (before == after)


@given(st.integers(0, 10_000), st.sampled_from(["  ", "\t", "\n", "\n\n", "\r\n"]))
def test_white_space_that_changed_is_visible_and_named(seed: int, gap: str) -> None:
    """An edit of white space alone is a row that says so, and nothing else is said to have changed."""
    rng = random.Random(seed)
    before = text(document(rng, 9))
    spaces = [at for at, letter in enumerate(before) if letter == " "]
    at = rng.choice(spaces)
    after = before[:at] + gap + before[at + 1 :]
    edited = [row for row in diff_text(before, after).rows if row.edited]
    assert edited
    assert all(row.only_spacing and row.only_layout and not row.shifts for row in edited)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ask for the name.\nThen ask for the order\nnow.", "Ask for the name. Then ask\nfor the order now."),
        ("* one thing\n* another thing\n", "- one thing\n- another thing\n"),
        ("1) one thing\n2) another thing\n", "1. one thing\n2. another thing\n"),
        ("You must **not** refund.", "You must __not__ refund."),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", "|a    |b    |\n|:----|-----|\n|1    |2    |\n"),
        ("## Refunds\n\nKeep calm.", "# Refunds\n\nKeep calm."),
    ],
)  # fmt: skip
def test_a_text_laid_out_anew_is_no_wall_of_changes(before: str, after: str) -> None:
    """Wraps, bullets, emphasis, table padding and heading marks: told as layout, never as other words."""
    rows = lines(before, after)
    assert {row.kind for row in rows} <= {"equal", "changed"}
    assert all(row.only_layout for row in rows if row.kind == "changed")
    assert any(row.kind == "changed" for row in rows)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("3 * 4", "3 4"),
        ("order_id", "orderid"),
        ("| a | | b |", "| | a | b |"),
        ("a - b", "a b"),
        ("1. Ask.", "2. Ask."),
    ],
)
def test_what_has_a_meaning_is_not_called_layout(before: str, after: str) -> None:
    """A product, a name, a cell in another column, a dash and a number are words."""
    assert plain(before) != plain(after)


@given(st.integers(0, 10_000))
def test_a_comparison_read_backwards_has_the_same_lengths(seed: int) -> None:
    """From new to old, just as many letters are kept and changed, with the sides exchanged."""
    rng = random.Random(seed)
    before = document(rng, 12)
    after = [each.replace("team", "desk") if rng.random() < 0.3 else each for each in before]
    del after[rng.randrange(12)]
    there, back = lines(text(before), text(after)), lines(text(after), text(before))
    assert [side.count("x") for side in marks(there)] == [side.count("x") for side in marks(back)][::-1]
