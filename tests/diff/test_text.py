"""Text diff: nothing lost, moves recognised, edits paired by likeness."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.diff.blocks import chunks, cut
from studio.diff.pieces import segments
from studio.diff.shifts import shifts
from studio.diff.text import Row, TextDiff, diff_text

SENTENCES = (
    "The refund must be requested within 30 days of purchase.",
    "Verify identity before any refund.",
    "A customer may return an item that was bought online.",
    "Never read out a full card number, whoever is asking for it.",
    "Items over $100 need the approval of a supervisor on duty.",
    "See sec. 4.2, e.g. for gifts.",
    "Yes.",
    "- shoes and boots that were worn outside are not taken back",
    "# Refunds",
)
TEXTS = st.lists(
    st.tuples(st.sampled_from(SENTENCES), st.sampled_from([" ", "  ", "\n", "\n\n", "\r\n", "\n \n"])),
    max_size=14,
).map(lambda parts: "".join(sentence + gap for sentence, gap in parts))
ANY_TEXT = st.one_of(TEXTS, st.text(alphabet="ab .\n\t-#|1", max_size=60), st.text(max_size=40))


def check_sound(before: str, after: str) -> TextDiff:
    """Compare two texts and check everything a view relies on."""
    diff = diff_text(before, after)
    assert diff.before == before
    assert diff.after == after
    assert diff.is_equal == (before == after)
    for number, row in enumerate(diff.rows):
        kept_left = "".join(piece.text for piece in row.left if not piece.changed)
        kept_right = "".join(piece.text for piece in row.right if not piece.changed)
        if row.kind == "moved":
            assert row.partner is not None
            other = diff.rows[row.partner]
            assert (other.kind, other.partner, other.arrives) == ("moved", number, not row.arrives)
            assert bool(row.left) != bool(row.right)
        elif row.kind in ("equal", "changed"):
            assert kept_left.rstrip() == kept_right.rstrip()
            assert row.edited == (row.kind == "changed")
        else:
            assert not kept_left
            assert not kept_right
    return diff


@given(ANY_TEXT, ANY_TEXT)
def test_rows_rebuild_both_texts_byte_for_byte(before: str, after: str) -> None:
    """Joined, the left sides are the text before and the right sides the text after."""
    check_sound(before, after)


@given(TEXTS, st.randoms(use_true_random=False))
def test_edited_texts_are_rebuilt_too(before: str, rng: random.Random) -> None:
    """The same holds when words of a text are changed at random, as in real revisions."""
    words = before.split(" ")
    for _ in range(len(words) // 6):
        words[rng.randrange(len(words))] = rng.choice(["45", "must not", "\n\n", "", "store credit."])
    check_sound(before, " ".join(words))


@given(st.text(alphabet="ab .\n", max_size=30), st.text(alphabet="ab .\n", max_size=30))
def test_segments_rebuild_and_keep_the_same_words(before: str, after: str) -> None:
    """What is not marked is the same on both sides, white space included."""
    parts = segments(before, after)
    assert "".join(part.before for part in parts) == before
    assert "".join(part.after for part in parts) == after
    assert all(part.before == part.after for part in parts if not part.changed)


@given(ANY_TEXT)
def test_blocks_tile_a_text(text: str) -> None:
    """Paragraphs, and sentences inside them, cover a text without gap or overlap."""
    parts, starts = chunks(text)
    assert starts[0] == 0
    assert len(parts) == len(starts)
    assert all(x < y for x, y in itertools.pairwise(starts))
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        begins: list[int] = []
        keys: list[str] = []
        cut(text[start:end].rstrip(), start, begins, keys)
        assert begins[0] == start
        assert all(x < y for x, y in itertools.pairwise([*begins, end + 1]))
        assert len(keys) == len(begins)


def kinds(diff: TextDiff) -> list[str]:
    """Return the kinds of all rows."""
    return [row.kind for row in diff.rows]


def test_changed_words_are_marked_inside_their_sentence() -> None:
    """One number and one word are marked; the sentence after it is untouched."""
    diff = check_sound(
        "A return must be requested within 30 days of purchase. Verify identity first.",
        "A return must be requested within 45 days of delivery. Final sale is final. Verify identity first.",
    )
    assert kinds(diff) == ["changed", "added", "equal"]
    assert [piece.text for piece in diff.rows[0].left if piece.changed] == ["30", "purchase"]
    assert [piece.text for piece in diff.rows[0].right if piece.changed] == ["45", "delivery"]
    assert diff.rows[0].inline[:3] == (
        ("same", "A return must be requested within "),
        ("removed", "30"),
        ("added", "45"),
    )
    assert [shift.label for shift in diff.rows[0].shifts] == ["30 → 45 days"]


def test_lines_are_paired_by_likeness_not_by_position() -> None:
    """An inserted line does not shift every following line into a change."""
    diff = check_sound(
        "- Shoes: 30 days after delivery\n- Lamps: 14 days after purchase\n",
        "- Gift cards cannot be returned\n- Shoes: 45 days after delivery\n- Lamps: 21 days after purchase\n",
    )
    assert kinds(diff) == ["added", "changed", "changed"]


def test_a_moved_paragraph_is_a_move_and_its_edit_is_marked_on_both_ends() -> None:
    """A section that moved and was edited inside is not reported as removed and added."""
    first = "The refund is paid to the original card within five days of the day it was approved.\n\n"
    rest = "\n\n".join(
        f"Paragraph {name} tells how {name} orders are handled by the team." for name in "ABCDE"
    )
    diff = check_sound(first + rest, rest + "\n\n" + first.replace("five", "ten").rstrip())
    ends = [row for row in diff.rows if row.kind == "moved"]
    assert [row.arrives for row in ends] == [False, True]
    assert [piece.text for piece in ends[0].left if piece.changed] == ["five"]
    assert [piece.text for piece in ends[1].right if piece.changed] == ["ten"]
    assert set(kinds(diff)) == {"equal", "moved"}


def test_the_longer_part_stays_and_the_shorter_moves() -> None:
    """Two blocks that change places: the lighter one is called moved, even if the other was edited."""
    long = (
        "Ask for the order number and the name on the order before anything else is said or done here. "
        "Look the order up and read back the item, the price and the date on which it was delivered."
    )
    short = "The customer hears the outcome at once."
    diff = check_sound(f"{short}\n\n{long}", f"{long.replace('price', 'amount')}\n\n{short}")
    moved = [row for row in diff.rows if row.kind == "moved"]
    assert ["".join(piece.text for piece in moved[0].left).strip()] == [short]


def test_rewritten_sentences_are_not_glued_together() -> None:
    """A sentence that shares only small words with the old one is removed and added, not changed."""
    diff = check_sound(
        "The manager of the store signs the form in the morning.",
        "Refunds above the limit go to a person at the bank of your choice.",
    )
    assert kinds(diff) == ["removed", "added"]


def test_a_split_sentence_is_one_row() -> None:
    """Splitting a sentence shows the mark that changed, not half a sentence removed and added."""
    diff = check_sound(
        "Ask for the order number of the customer, and then look the order up in the system.",
        "Ask for the order number of the customer. Then look the order up in the system.",
    )
    assert kinds(diff) == ["changed"]


def test_spacing_is_visible_and_played_down() -> None:
    """A paragraph broken in two is a change of white space only; re-wrapping too."""
    for after in ("One two three. \n\nFour five six.", "One two\nthree. Four five six."):
        rows = [row for row in check_sound("One two three. Four five six.", after).rows if row.edited]
        assert [(row.kind, row.only_spacing, row.shifts) for row in rows] == [("changed", True, ())]


def test_a_sentence_added_behind_another_leaves_that_one_equal() -> None:
    """The line break that a new last sentence pushes away is no change of the sentence before."""
    assert kinds(check_sound("Say hello.\n", "Say hello. Ask for the order number.\n")) == ["equal", "added"]


@pytest.mark.parametrize(
    ("before", "after", "labels", "kind"),
    [
        ("within 30 days", "within 45 days", ["30 → 45 days"], "number"),
        ("within one day", "within 2 days", ["one → 2 days"], "number"),
        ("within 30 days", "within 6 weeks", ["30 days → 6 weeks"], "number"),
        ("up to $100 a day", "up to $250 a day", ["$100 → $250"], "number"),
        ("a fee of 5% applies", "a fee of 7.5% applies", ["5% → 7.5%"], "number"),
        ("agents may refund", "agents must not refund", ["may → must not"], "negation"),
        ("agents may refund", "agents may not refund", ["may → may not"], "negation"),
        ("agents may refund", "agents must refund", ["may → must"], "modality"),
        ("from 1 March 2026 on", "from 1 May 2026 on", ["1 March 2026 → 1 May 2026"], "date"),
        ("valid until 2026-03-01", "valid until 2026-04-01", ["2026-03-01 → 2026-04-01"], "date"),
        ("at least 18 years", "over 18 years", ["at least → over"], "limit"),
    ],
)
def test_numbers_dates_and_force_are_named(before: str, after: str, labels: list[str], kind: str) -> None:
    """The shifts a compliance lead looks for are found by rule and said in words."""
    found = shifts(before, after)
    assert [shift.label for shift in found] == labels
    assert found[0].kind == kind


def test_rewording_alone_shifts_nothing() -> None:
    """Other words with the same numbers and force raise no flag."""
    assert shifts("You must ask within 30 days.", "Agents must inquire within 30 days!") == ()
    assert Row("equal", "", "").shifts == ()
