"""A sentence of a Word file or a PDF is found again by its section, and its line, page, row and column."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.domain.errors import BrokenInput
from studio.readers.docx import read_docx
from studio.readers.pdf import read_pdf

Maker = Callable[..., bytes]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def p(text: str, style: str = "") -> str:
    """Return a paragraph of a Word file."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def cells(*texts: str) -> str:
    """Return a table row of a Word file."""
    return f"<w:tr>{''.join(f'<w:tc>{p(text)}</w:tc>' for text in texts)}</w:tr>"


def test_places_in_a_word_file(make_docx: Maker) -> None:
    """Paragraphs and cells know their section path and their line in the text that was read."""
    table = f"<w:tbl>{cells('Tier', 'Fee')}{cells('Gold', '5 EUR')}</w:tbl>"
    body = p("Returns", "berschrift1") + p("Fees", "berschrift2") + p("Be kind.") + table + p("The end.")
    document = read_docx(make_docx(body), "desk.docx")
    lines = document.text.splitlines()
    for block in document.blocks[1:]:
        assert block.anchor.page is None
        assert block.text in lines[block.anchor.line_start - 1]
    kind, fee, end = (
        next(b for b in document.blocks if b.text == t) for t in ("Be kind.", "5 EUR", "The end.")
    )
    assert [b.anchor.section for b in (kind, fee, end)] == [("Returns", "Fees")] * 3
    assert (fee.row, fee.column) == (1, 1)
    assert kind.anchor.label == f"Fees · line {kind.anchor.line_start}"
    assert kind.anchor.line_start < fee.anchor.line_start < end.anchor.line_start


def test_a_tracked_change_is_found_in_both_versions(make_docx: Maker) -> None:
    """What was and what would be stand under one another, flagged, in the section they belong to."""
    changed = (
        "<w:p><w:r><w:t xml:space='preserve'>Refund within </w:t></w:r><w:del w:id='1' w:author='A'><w:r>"
        "<w:delText>14</w:delText></w:r></w:del><w:ins w:id='2' w:author='A'><w:r><w:t>30</w:t></w:r></w:ins>"
        "<w:r><w:t xml:space='preserve'> days.</w:t></w:r></w:p>"
    )
    document = read_docx(make_docx(p("Returns", "berschrift1") + changed), "desk.docx")
    assert [(b.text, b.tracked, b.anchor.section) for b in document.blocks[1:]] == [
        ("Refund within 14 days.", "deleted", ("Returns",)),
        ("Refund within 30 days.", "inserted", ("Returns",)),
    ]


def test_headers_and_footers_of_a_word_file_are_no_content(make_docx: Maker) -> None:
    """They stand in parts of their own, on every page, and bind nobody."""
    edge = f'<w:{{0}} xmlns:w="{W}">{p("Internal copy, page 3")}</w:{{0}}>'
    data = make_docx(p("Be kind."), header1=edge.format("hdr"), footer1=edge.format("ftr"))
    assert [block.text for block in read_docx(data, "desk.docx").blocks] == ["Be kind."]


def test_places_in_a_pdf(make_pdf: Maker) -> None:
    """Section, page and cell go on over pages; heads, feet and page numbers have none."""
    pages = [
        [
            (72.0, 770.0, "Returns policy v3", 8.0, "F"),
            (290.0, 30.0, f"{number}", 8.0, "F"),
            *(
                [(72.0, 700.0, "Returns", 16.0, "B"), (72.0, 670.0, "Be kind.", 10.0, "F")]
                if number == 1
                else []
            ),
            *([(76.0, 686.0, "Tier", 10.0, "F"), (176.0, 686.0, "Fee", 10.0, "F")] if number == 2 else []),
            *([(76.0, 666.0, "Gold", 10.0, "F"), (176.0, 666.0, "5 EUR", 10.0, "F")] if number == 2 else []),
            *([(72.0, 700.0, "The end.", 10.0, "F")] if number == 3 else []),
        ]
        for number in (1, 2, 3)
    ]
    ys, xs = (700.0, 680.0, 660.0), (72.0, 172.0, 272.0)
    rules = [(xs[0], y, xs[-1], y) for y in ys] + [(x, ys[0], x, ys[-1]) for x in xs]
    document = read_pdf(make_pdf(pages, [[], rules, []]), "desk.pdf")
    assert [(b.text, b.anchor.label, b.row, b.column) for b in document.blocks[1:]] == [
        ("Be kind.", "Returns · page 1", None, None),
        ("Tier", "Returns · page 2", 0, 0),
        ("Fee", "Returns · page 2", 0, 1),
        ("Gold", "Returns · page 2", 1, 0),
        ("5 EUR", "Returns · page 2", 1, 1),
        ("The end.", "Returns · page 3", None, None),
    ]


def test_a_scan_is_refused_and_a_scanned_page_is_named(make_pdf_of_objects: Maker) -> None:
    """Pages without text are refused as a whole; one among others says where nothing was read."""
    text = b"BT /F 10 Tf 50 600 Td (Be kind.) Tj ET"
    drawing = b"500 0 0 700 50 50 cm /P Do"
    resources = b"/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 5 0 R>>/XObject<</P 6 0 R>>>>"

    def scan(*contents: int) -> bytes:
        kids = b" ".join(b"%d 0 R" % (9 + at) for at in range(len(contents)))
        return make_pdf_of_objects(
            [
                b"<</Type/Catalog/Pages 2 0 R>>",
                b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(contents), kids),
                b"<<>>",
                b"<<>>",
                b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
                b"<</Type/XObject/Subtype/Image/Width 4/Height 4/ColorSpace/DeviceGray/BitsPerComponent 8"
                b"/Length 16>>stream\n%s\nendstream" % (b"\x10" * 16),
                b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
                b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing),
                *(b"<</Type/Page%s/Contents %d 0 R>>" % (resources, number) for number in contents),
            ]
        )

    with pytest.raises(BrokenInput, match="its pages are pictures"):
        read_pdf(scan(8, 8), "scan.pdf")
    document = read_pdf(scan(7, 8, 7), "mixed.pdf")
    assert [(block.text, block.anchor.page) for block in document.blocks] == [
        ("Be kind.", 1),
        ("[Page 2 is a picture; its text was not read.]", 2),
        ("Be kind.", 3),
    ]
