"""Word diff: the same contract as difflib, and readable edits."""

from __future__ import annotations

import difflib
import itertools
import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from studio.diff.anchors import heaviest_chain, in_place, moves
from studio.diff.words import Opcode, opcodes, readable, tokens

WORDS = st.lists(st.sampled_from("the a refund order must may not 30 45 days . ,".split()), max_size=40)


def rebuilt(
    a: Sequence[object], b: Sequence[object], steps: Sequence[Opcode]
) -> tuple[list[object], list[object]]:
    """Return both sequences as the steps tell them, checking that the steps are contiguous."""
    left: list[object] = []
    right: list[object] = []
    for tag, i1, i2, j1, j2 in steps:
        assert (i1, j1) == (len(left), len(right))
        assert {"equal": i2 > i1 and a[i1:i2] == b[j1:j2], "replace": i2 > i1 and j2 > j1}.get(tag, True)
        assert {"insert": i1 == i2 and j2 > j1, "delete": j1 == j2 and i2 > i1}.get(tag, True)
        left += a[i1:i2]
        right += a[i1:i2] if tag == "equal" else b[j1:j2]
    return left, right


@given(WORDS, WORDS)
def test_opcodes_rebuild_both_sides_as_difflib_does(a: list[str], b: list[str]) -> None:
    """Our steps and difflib's obey one contract, and ours keep at least as many equal words."""
    ours = opcodes(a, b)
    theirs = difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    assert rebuilt(a, b, ours) == rebuilt(a, b, list(theirs)) == (a, b)
    kept = [sum(step[2] - step[1] for step in steps if step[0] == "equal") for steps in (ours, list(theirs))]
    assert kept[0] >= kept[1]
    assert all(x[0] != y[0] and "equal" in (x[0], y[0]) for x, y in itertools.pairwise(ours))


@given(WORDS, WORDS)
def test_readable_steps_still_rebuild_both_sides(a: list[str], b: list[str]) -> None:
    """Dropping chance matches never loses or invents a word."""
    assert rebuilt(a, b, readable(opcodes(a, b))) == (a, b)


def test_opcodes_of_a_large_input_stay_exact_between_anchors() -> None:
    """Twenty thousand items with edits everywhere are rebuilt, and most equal items are kept."""
    rng = random.Random(5)
    a = [rng.randrange(900) for _ in range(20_000)]
    b = [rng.randrange(900) if rng.random() < 0.1 else item for item in a if rng.random() > 0.05]
    steps = opcodes(a, b)
    assert rebuilt(a, b, steps) == (a, b)
    assert sum(step[2] - step[1] for step in steps if step[0] == "equal") > 0.8 * len(b)


def test_large_inputs_without_anchors_are_still_rebuilt() -> None:
    """Where nothing is unique, memory stays bounded and the steps stay right."""
    a, b = ["x", "y"] * 3000, ["y", "z", "x"] * 2500
    assert rebuilt(a, b, opcodes(a, b)) == (a, b)


def test_more_items_than_a_byte_pair_can_name() -> None:
    """A hundred thousand distinct items, past the surrogates, are told apart."""
    a = list(range(100_000))
    b = [*a[:60_000], -7, *a[60_001:]]
    assert opcodes(a, b)[1] == ("replace", 60_000, 60_001, 60_000, 60_001)


@given(st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    """No character is lost between words."""
    assert "".join(tokens(text)) == text


def test_a_changed_number_stands_alone() -> None:
    """ "30-day" to "45-day" changes one token; a code such as R-07 is one token."""
    assert tokens("30-day R-07 don't 1,000.50") == [
        "30",
        "-",
        "day",
        " ",
        "R-07",
        " ",
        "don't",
        " ",
        "1,000.50",
    ]


def test_chance_matches_are_dropped_between_larger_edits() -> None:
    """A lone "the" between two rewritten phrases is not shown as kept."""
    a, b = "x1 x2 x3 the x4 x5 x6".split(), "y1 y2 y3 the y4 y5 y6".split()
    assert readable(opcodes(a, b)) == [("replace", 0, 7, 0, 7)]
    assert len(readable(opcodes("x the z".split(), "y the w".split()))) == 3


@given(st.permutations(range(9)), st.lists(st.integers(1, 9), min_size=9, max_size=9))
def test_the_heaviest_chain_is_the_heaviest(order: list[int], weights: list[int]) -> None:
    """No increasing chain weighs more than the one that is kept in place."""
    pairs = list(enumerate(order))
    chain = heaviest_chain(pairs, weights)
    assert all(x[0] < y[0] and x[1] < y[1] for x, y in itertools.pairwise(chain))
    best = [0] * 9
    for i in range(9):
        best[i] = weights[i] + max((best[k] for k in range(i) if order[k] < order[i]), default=0)
    assert sum(weights[i] for i, _ in chain) == max(best)


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_items_in_place_are_equal_and_in_order(a: list[str], b: list[str]) -> None:
    """Anchors never cross, and never join different items; moves use each place once."""
    pairs = in_place(a, b)
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(x[0] < y[0] and x[1] < y[1] for x, y in itertools.pairwise(pairs))
    free = (
        [i for i in range(len(a)) if i not in {i for i, _ in pairs}],
        [j for j in range(len(b)) if j not in {j for _, j in pairs}],
    )
    moved = moves(a, b, free, lambda _: 9)
    assert all(a[i] == b[j] for i, j in moved)
    assert len({j for _, j in pairs + moved}) == len(pairs + moved) == len({i for i, _ in pairs + moved})
