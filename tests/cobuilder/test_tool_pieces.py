"""Pieces: a sentence that tells of several actions is compared with the systems action by action."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cobuilder.systems.pieces import cut, piece_spans, pieces
from studio.readers.markdown import read_markdown

PAGE = """# Returns

## Late parcels

Find the parcel, then tell the customer where it is. If it is lost, open a claim.

- Note the claim number and close the call.

## Refunds

Pay the price back.
"""


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("Find the order and cancel it.", ["Find the order", "cancel it"]),
        ("Find the order; cancel it.", ["Find the order", "cancel it"]),
        ("Check the name and address.", ["Check the name and address"]),
        ("First step: open the ticket, close the case", ["First step", "open the ticket", "close the case"]),
        ("", []),
    ],
)
def test_a_sentence_is_cut_where_another_action_begins(sentence: str, parts: list[str]) -> None:
    """Two actions are two pieces; two things that one action is done to are one."""
    assert cut(sentence) == parts


@given(st.text(alphabet="findcheck th,;:.and|–-", max_size=80))
def test_pieces_stand_in_the_sentence_in_order_and_never_overlap(text: str) -> None:
    """However a sentence is written, its pieces are parts of it, one after the other."""
    end = 0
    for start, stop in piece_spans(text):
        assert end <= start < stop <= len(text)
        end = stop


def test_pieces_know_their_heading_and_what_stands_before() -> None:
    """With a piece come its heading and the two pieces before it, so that “it” can be understood."""
    document = read_markdown(PAGE, "returns.md")
    found = {piece.text: piece for piece in pieces(document)}
    assert list(found) == [
        "Find the parcel",
        "tell the customer where it is",
        "open a claim",
        "Note the claim number",
        "close the call",
        "Pay the price back",
    ]
    assert found["open a claim"].around == "Late parcels\nFind the parcel\ntell the customer where it is"
    assert found["Pay the price back"].around.strip() == "Refunds"


def test_a_piece_has_its_place_in_the_document() -> None:
    """A system that is found for a piece can be shown where the document means it."""
    document = read_markdown(PAGE, "returns.md")
    for piece in pieces(document):
        assert document.text[piece.start : piece.end] == piece.text
