"""The plain-text reader finds headings, lists and paragraphs by their shape."""

from __future__ import annotations

import pytest

from studio.domain.errors import BrokenInput
from studio.ports import DocumentReader
from studio.readers.text import TextReader, read_text

SAMPLE = """RETURNS DESK PROCEDURE

3.1 Scope

This applies to all stores. It is short and it was
wrapped by a mail program.

3.2 Steps

1) Ask for the order number
   and the e-mail address.
   a) If there is none, apologise.
   b) Otherwise go on.
2) Look up the order.

Escalation Path
---------------
Call the floor manager.

\u2022 Cards: five days
\u2022 Cash: at once
"""


def test_headings_are_recognised_by_shape() -> None:
    """Capitals, numbers and underlines make headings, and their sections nest."""
    document = read_text(SAMPLE, "desk.txt")
    heads = [block.text for block in document.blocks if block.kind == "heading"]
    assert heads == ["RETURNS DESK PROCEDURE", "3.1 Scope", "3.2 Steps", "Escalation Path"]
    assert document.title == "RETURNS DESK PROCEDURE"


def test_items_nest_by_indent_and_keep_their_markers() -> None:
    """Sub-steps belong to their step, and a wrapped step stays one step."""
    blocks = [block for block in read_text(SAMPLE, "desk.txt").blocks if block.kind == "item"]
    assert [(block.marker, block.level) for block in blocks[:4]] == [
        ("1)", 0),
        ("a)", 1),
        ("b)", 1),
        ("2)", 0),
    ]
    assert blocks[0].text == "Ask for the order number and the e-mail address."
    assert blocks[1].parent == blocks[0].id


def test_wrapped_lines_join_into_one_paragraph() -> None:
    """Soft wraps do not break a sentence in two."""
    texts = [block.text for block in read_text(SAMPLE, "desk.txt").blocks if block.kind == "paragraph"]
    assert texts[0] == "This applies to all stores. It is short and it was wrapped by a mail program."


def test_a_sentence_that_ends_in_a_number_reference_goes_on() -> None:
    """“as set out in 1. above” on a new line is no list item."""
    document = read_text("Copies are made for the purposes of\n1. above and for no others.\n", "a.txt")
    assert [block.kind for block in document.blocks] == ["paragraph"]


def test_a_short_first_line_of_a_wrapped_sentence_is_no_heading() -> None:
    """A sentence that goes on in lower case on the next line is one paragraph."""
    document = read_text("You must check the order\nbefore any refund is paid.\n", "a.txt")
    assert [block.kind for block in document.blocks] == ["paragraph"]


def test_too_deep_lists_are_refused() -> None:
    """A list nested beyond reason is refused before it can hurt."""
    text = "\n".join(" " * (2 * depth) + f"- item {depth}" for depth in range(60))
    with pytest.raises(BrokenInput):
        read_text(text, "deep.txt")


def test_it_is_a_document_reader() -> None:
    """Plain-text files are read by the same port as all others."""
    reader: DocumentReader = TextReader()
    assert reader.suffixes == (".txt", ".text")
    assert reader.read(b"Hello there.", "a.txt").blocks[0].text == "Hello there."
