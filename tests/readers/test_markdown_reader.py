"""The Markdown reader keeps every word, in order, with spans that lead back to the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.errors import BrokenInput
from studio.domain.source import SourceDocument
from studio.ports import DocumentReader
from studio.readers.markdown import MarkdownReader, read_markdown

SAMPLE = """---
title: "Night desk"
---
# Night desk

Read [the **list**](list.md) first. It has these points:

1. Greet the guest
   - by *name*
   - with a smile
2. Check the card
   before the key is given

| Case | What to do |
|------|:----------:|
| Noise | Move *one* guest |
| A \\| B | Call |

## Late hours

> Quoted words
> go on here.
"""


def read(text: str) -> SourceDocument:
    """Return the text as read from a file called sample.md."""
    return read_markdown(text, "sample.md")


def test_front_matter_names_the_document_and_is_no_content() -> None:
    """Front matter never becomes a rule; its title is what people see in lists."""
    document = read(SAMPLE)
    assert document.title == "Night desk"
    assert all("title:" not in block.text for block in document.blocks)


def test_every_span_is_verbatim_and_in_order() -> None:
    """A quote taken from any block can be found in the file, byte for byte."""
    document = read(SAMPLE)
    starts = [block.start for block in document.blocks]
    assert starts == sorted(starts)
    for block in document.blocks:
        raw = document.text[block.start : block.end]
        assert raw.strip() == raw
        assert block.text.split()[0].strip("*[") in raw


def test_items_know_their_introduction_and_their_outer_item() -> None:
    """A list item can be read together with the words that lead into it."""
    blocks = {block.text: block for block in read(SAMPLE).blocks}
    lead = blocks["Read the list first. It has these points:"]
    outer = blocks["Greet the guest"]
    assert outer.parent == lead.id
    assert outer.marker == "1."
    assert blocks["by name"].parent == outer.id
    assert blocks["by name"].level == 1
    assert blocks["Check the card before the key is given"].marker == "2."


def test_cells_stand_in_rows_and_columns() -> None:
    """A table's cell is found by its row and column, and escaped pipes stay in their cell."""
    cells = {(block.row, block.column): block for block in read(SAMPLE).blocks if block.kind == "cell"}
    assert cells[0, 0].header and cells[0, 1].text == "What to do"
    assert cells[1, 1].text == "Move one guest"
    assert cells[2, 0].text == "A | B"


def test_sections_nest_and_lines_are_counted_from_the_top_of_the_file() -> None:
    """“Late hours · line 22” is what a person finds at that line of the file."""
    document = read(SAMPLE)
    quoted = next(block for block in document.blocks if block.text.startswith("Quoted"))
    assert quoted.anchor.section == ("Night desk", "Late hours")
    assert document.text.splitlines()[quoted.anchor.line_start - 1] == "> Quoted words"
    assert quoted.text == "Quoted words go on here."


def test_numbered_lines_inside_a_paragraph_are_items() -> None:
    """Legal numbering, which Markdown takes for wrapped text, still gives one item a clause."""
    document = read("# Terms\n\n7. Copies\n7.1 All copies are marked.\n7.2 No copy leaves the house.\n")
    assert [block.text for block in document.blocks if block.kind == "item"] == [
        "Copies",
        "All copies are marked.",
        "No copy leaves the house.",
    ]


def test_a_line_under_a_long_paragraph_does_not_make_it_a_heading() -> None:
    """A rule drawn under a page of text leaves it a paragraph."""
    text = "# T\n\n" + "Words that go on and on, wrapped over lines.\n" * 6 + "---\n\nEnd.\n"
    assert [block.kind for block in read(text).blocks] == ["heading", "paragraph", "paragraph"]


def test_ids_depend_on_position_only() -> None:
    """The same file read twice has the same ids, so decisions stay attached."""
    assert read(SAMPLE) == read(SAMPLE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n",
        b"%PDF-1.7 ...",
        b"PK\x03\x04abc",
        b"abc\x00def",
        bytes(range(1, 9)) * 40,
        b"> " * 60 + b"deep",
    ],
)
def test_what_is_no_text_is_refused_with_advice(data: bytes) -> None:
    """A wrong file is refused in one sentence that says what to do."""
    with pytest.raises(BrokenInput) as refused:
        MarkdownReader().read(data, "file.md")
    assert refused.value.todo.endswith(".")


def test_encodings_of_older_word_processors_are_read() -> None:
    """UTF-8 with a mark, UTF-16 and Windows-1252 give the same words."""
    reader: DocumentReader = MarkdownReader()
    text = "# Café\n\nDon’t wait.\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        document = reader.read(text.encode(encoding), "a.md")
        assert [block.text for block in document.blocks] == ["Café", "Don’t wait."]


@given(st.text(alphabet=st.sampled_from(list("aB1.)(-*_#>|`[]: \n\t&<\\")), max_size=200))
def test_any_text_is_read_without_losing_the_spans(text: str) -> None:
    """Whatever is typed, every block has a span inside the file and a readable text."""
    document = read(text)
    for block in document.blocks:
        assert 0 <= block.start < block.end <= len(text)
        assert block.text.strip()
        assert block.anchor.line_start <= block.anchor.line_end
