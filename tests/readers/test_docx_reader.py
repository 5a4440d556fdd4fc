"""The Word reader finds what a person sees: headings, lists, tables, notes and tracked changes."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from studio.domain.source import SourceDocument
from studio.readers.docx import read_docx

Maker = Callable[..., bytes]
Outline = Callable[[SourceDocument], list[tuple[str, int, str, str]]]
Check = Callable[[SourceDocument], None]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def p(text: str, style: str = "", number: tuple[int, int] | None = None, run: str = "") -> str:
    """Return a paragraph; number is its list and level."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number:
        properties += f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>'
    runs = text if text.startswith("<") else f"<w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r>"
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def r(text: str, run: str = "") -> str:
    """Return a run."""
    return f'<w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def table(*rows: str) -> str:
    """Return a table of rows."""
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def tr(*cells: str, properties: str = "") -> str:
    """Return a row of cells with plain text."""
    inner = "".join(
        cell if cell.startswith("<w:tc>") else f"<w:tc><w:p>{r(cell)}</w:p></w:tc>" for cell in cells
    )
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def test_headings_by_style_and_outline_in_any_language(make_docx: Maker, outline: Outline) -> None:
    """Headings are known by what their style is, not by its translated id, and styles inherit it."""
    body = (
        p("Returns Desk", "Titel")
        + p("Scope", "berschrift1")
        + p("Steps", "Mine")
        + p("Check the order.")
        + '<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr>'
        + r("Details")
        + "</w:p>"
        + p("Special Cases", run="<w:b/>")
        + p("None.")
    )
    document = read_docx(make_docx(body), "desk.docx")
    assert outline(document) == [
        ("heading", 1, "", "Returns Desk"),
        ("heading", 1, "", "Scope"),
        ("heading", 2, "", "Steps"),
        ("paragraph", 0, "", "Check the order."),
        ("heading", 3, "", "Details"),
        ("heading", 4, "", "Special Cases"),
        ("paragraph", 0, "", "None."),
    ]
    assert document.title == "Returns Desk"
    assert document.blocks[3].anchor.section == ("Scope", "Steps")


def test_lists_nest_and_carry_the_markers_that_word_counts(
    make_docx: Maker, outline: Outline, assert_exact: Check
) -> None:
    """Numbers count on, sub-lists start anew, a bullet list set further in belongs to the item above."""
    body = (
        p("Do this:")
        + p("Ask.", number=(1, 0))
        + p("For the number.", number=(1, 1))
        + p("For the name.", number=(1, 1))
        + p("Look it up.", number=(1, 0))
        + p("In the shop.", number=(2, 0))
        + p("Again.", number=(3, 0))
    )
    document = read_docx(make_docx(body), "a.docx")
    assert outline(document) == [
        ("paragraph", 0, "", "Do this:"),
        ("item", 0, "1.", "Ask."),
        ("item", 1, "a)", "For the number."),
        ("item", 1, "b)", "For the name."),
        ("item", 0, "2.", "Look it up."),
        ("item", 1, "•", "In the shop."),
        ("item", 0, "1.", "Again."),
    ]
    assert [block.parent for block in document.blocks] == [None, "b1", "b2", "b2", "b1", "b5", "b1"]
    assert "  a) For the number." in document.text
    assert_exact(document)


def test_tracked_changes_are_read_as_they_were_and_as_they_would_be(make_docx: Maker) -> None:
    """A change that nobody accepted is lost in neither version, and both are flagged."""
    body = (
        p(
            r("Refund within ")
            + f"<w:del>{r('14').replace('w:t', 'w:delText')}</w:del><w:ins>{r('30')}</w:ins>"
            + r(" days.")
        )
        + p(f"<w:ins>{r('Apologise.')}</w:ins>")
        + p("Plain.")
    )
    blocks = read_docx(make_docx(body), "a.docx").blocks
    assert [(block.text, block.tracked) for block in blocks] == [
        ("Refund within 14 days.", "deleted"),
        ("Refund within 30 days.", "inserted"),
        ("Apologise.", "inserted"),
        ("Plain.", None),
    ]


def test_tables_keep_rows_columns_and_headers(make_docx: Maker, assert_exact: Check) -> None:
    """The first row of names is the header; spans move columns and repeat down; tracked rows are flagged."""
    restart = f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr><w:p>{r("Gold")}</w:p></w:tc>'
    goes_on = "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>"
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p>{r("Ask a manager")}</w:p></w:tc>'
    body = table(
        tr("Tier", "Region", "Fee"),
        tr(restart, "EU", "5 EUR"),
        tr(goes_on, "US", "6 USD"),
        tr("Silver", wide),
        tr("Tin", "EU", "9 EUR", properties="<w:ins/>"),
    )
    document = read_docx(make_docx(p("Fees are as follows:") + body + p("End.")), "a.docx")
    cells = [block for block in document.blocks if block.kind == "cell"]
    assert [(c.row, c.column, c.text) for c in cells if c.header] == [
        (0, 0, "Tier"),
        (0, 1, "Region"),
        (0, 2, "Fee"),
    ]
    assert [(c.row, c.column, c.text) for c in cells if c.row == 2] == [
        (2, 0, "Gold"),
        (2, 1, "US"),
        (2, 2, "6 USD"),
    ]
    assert [(c.column, c.text) for c in cells if c.row == 3] == [(0, "Silver"), (1, "Ask a manager")]
    assert {c.tracked for c in cells if c.row == 4} == {"inserted"}
    assert {c.parent for c in cells} == {"b1"}
    assert "Tier\tRegion\tFee\nGold\tEU\t5 EUR\n" in document.text
    assert_exact(document)


def test_a_table_of_one_column_is_a_frame(make_docx: Maker, outline: Outline) -> None:
    """A box drawn around a list stays a list."""
    inner = f"<w:tc>{p('Note', 'berschrift1')}{p('Ask first.', number=(1, 0))}</w:tc>"
    document = read_docx(make_docx(table(tr(inner))), "a.docx")
    assert outline(document) == [("heading", 1, "", "Note"), ("item", 0, "1.", "Ask first.")]


def test_hidden_text_contents_and_field_codes_are_no_content(make_docx: Maker) -> None:
    """What nobody sees on the page is not read: hidden runs, tables of contents, field codes."""
    body = (
        p("Scope . . . 3", "TOC1")
        + p(r("Pay ") + r("never ", "<w:vanish/>") + r("secretly ", '<w:rStyle w:val="Secret"/>') + r("now."))
        + p(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
            + r("See 4.")
        )
    )
    document = read_docx(make_docx(body), "a.docx")
    assert [block.text for block in document.blocks] == ["Pay now.", "See 4."]
    assert "never" not in document.text


def test_footnotes_follow_their_paragraph(make_docx: Maker) -> None:
    """A footnote can bind the agent, so it is read, right after what it belongs to."""
    notes = (
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        f'<w:footnote w:id="2"><w:p>{r(" Not for gift cards.")}</w:p></w:footnote></w:footnotes>'
    )
    body = p(r("Refund all.") + '<w:r><w:footnoteReference w:id="2"/></w:r>') + p("Next.")
    blocks = read_docx(make_docx(body, footnotes=notes), "a.docx").blocks
    assert [(b.text, b.marker, b.parent) for b in blocks] == [
        ("Refund all.", "", None),
        ("Not for gift cards.", "[1]", "b1"),
        ("Next.", "", None),
    ]


def test_right_to_left_and_chinese_text_is_kept(make_docx: Maker) -> None:
    """Arabic and Chinese come out in the order they are read in."""
    blocks = read_docx(make_docx(p("يجب التحقق من الهوية.") + p("必须在三十天内退款。")), "a.docx").blocks
    assert [block.text for block in blocks] == ["يجب التحقق من الهوية.", "必须在三十天内退款。"]


_WORDS = st.text(st.sampled_from("ab1. \t\u00a0\u200bé中ب&;"), min_size=1, max_size=30)


@given(st.lists(st.tuples(_WORDS, st.sampled_from(["p", "h", "n", "m", "t"])), min_size=1, max_size=12))
def test_every_block_is_a_span_of_the_text(
    make_docx: Maker, assert_exact: Check, content: list[tuple[str, str]]
) -> None:
    """Whatever a document holds, each block points at exactly its words in the text that was read."""
    body = p("Start.")
    for text, kind in content:
        text = text.replace("&", "&amp;")
        body += {
            "p": p(r(text)),
            "h": p(r(text), "berschrift1"),
            "n": p(r(text), number=(1, 0)),
            "m": p(r(text), number=(1, 1)),
            "t": table(tr(text, "x"), tr("y", text)),
        }[kind]
    assert_exact(read_docx(make_docx(body), "a.docx"))
