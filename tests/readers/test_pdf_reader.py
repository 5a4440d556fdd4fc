"""The PDF reader finds the text behind the page: order, headings, paragraphs, lists and ruled tables."""

from __future__ import annotations

import io
import resource
import struct
import zlib
from collections.abc import Callable

import pytest

from studio.domain.errors import BrokenInput, WrongUse
from studio.domain.source import SourceDocument
from studio.readers import limits
from studio.readers.pages import page_picture
from studio.readers.pdf import read_pdf
from studio.readers.sandbox import SANDBOXED

READER = next(reader for reader in SANDBOXED if reader.kind == "pdf")
Drawn = tuple[float, float, str, float, str]
Maker = Callable[..., bytes]
Objects = Callable[[list[bytes]], bytes]
Outline = Callable[[SourceDocument], list[tuple[str, int, str, str]]]
Check = Callable[[SourceDocument], None]

LONG = "The agent checks the number of the order and the date of the purchase before it"


def text(*lines: str, x: float = 72, y: float = 700, size: float = 10, font: str = "F") -> list[Drawn]:
    """Return lines under one another."""
    return [(x, y - 1.2 * size * at, line, size, font) for at, line in enumerate(lines)]


def test_headings_paragraphs_and_lists_show_by_their_looks(
    make_pdf: Maker, outline: Outline, assert_exact: Check
) -> None:
    """Size and weight make headings, wraps join, bullets and numbers make items that nest by indent."""
    page = [
        *text("Returns Desk", y=740, size=20, font="B"),
        *text("1 Scope", y=710, size=14, font="B"),
        *text(LONG, "answers the customer, who may be a busi-", "ness customer."),
        *text("Late Returns", y=650, font="B"),
        *text("Do the following:", y=635),
        *text("1.", y=620),
        *text(
            "Look up the order in the system and read the status of the delivery, then", "go on.", x=90, y=620
        ),
        *text("\x7f  Ask politely.", x=90, y=592),
        *text("2. Close the case.", y=577),
    ]
    document = read_pdf(make_pdf([page]), "desk.pdf")
    assert outline(document) == [
        ("heading", 1, "", "Returns Desk"),
        ("heading", 2, "", "1 Scope"),
        ("paragraph", 0, "", f"{LONG} answers the customer, who may be a business customer."),
        ("heading", 3, "", "Late Returns"),
        ("paragraph", 0, "", "Do the following:"),
        (
            "item",
            0,
            "1.",
            "Look up the order in the system and read the status of the delivery, then go on.",
        ),
        ("item", 1, "•", "Ask politely."),
        ("item", 0, "2.", "Close the case."),
    ]
    assert document.title == "Returns Desk"
    assert document.blocks[2].anchor.label == "1 Scope · page 1"
    assert_exact(document)


def test_running_heads_and_page_numbers_are_dropped_and_paragraphs_cross_pages(
    make_pdf: Maker, outline: Outline
) -> None:
    """What a page repeats is no content, and a sentence goes on over the page break."""
    furniture = [text("Returns policy v3", y=770, size=8) + text(f"Page {n} of 3", y=30) for n in (1, 2, 3)]
    pages = [
        furniture[0] + text(LONG, y=100),
        furniture[1] + text("answers the customer.", "The next paragraph is about cards."),
        furniture[2] + text("Cards are last."),
    ]
    document = read_pdf(make_pdf(pages), "desk.pdf")
    assert [(block.text, block.anchor.page) for block in document.blocks] == [
        (f"{LONG} answers the customer.", 1),
        ("The next paragraph is about cards.", 2),
        ("Cards are last.", 3),
    ]


def test_two_columns_are_read_one_after_the_other(make_pdf: Maker) -> None:
    """The order on the page counts, not the order in the file; a title across both parts them."""
    left = [f"Left line {n} of the text that fills its column" for n in range(8)]
    right = [f"Right line {n} of the text that fills its part" for n in range(8)]
    mixed = [drawn for pair in zip(text(*left, x=50), text(*right, x=320), strict=True) for drawn in pair]
    page = text("The Title Goes Across Both Of The Columns Here", x=50, y=740, size=18) + mixed
    document = read_pdf(make_pdf([page]), "two.pdf")
    words = " ".join(block.text for block in document.blocks)
    assert words == " ".join(["The Title Goes Across Both Of The Columns Here", *left, *right])


def test_ruled_tables_become_cells(make_pdf: Maker, assert_exact: Check) -> None:
    """Ruling lines make a table; a cell that spans rows is repeated, text around it stays in order."""
    xs, ys = (72.0, 172.0, 272.0), (600.0, 580.0, 560.0, 540.0)
    rules = [(xs[0], y, xs[2], y) for y in (ys[0], ys[1], ys[3])]
    rules += [(xs[1], ys[2], xs[2], ys[2])] + [(x, ys[0], x, ys[3]) for x in xs]
    page = [
        *text("Fees are as follows:", y=620),
        *text("Tier", x=76, y=586),
        *text("Fee", x=176, y=586),
        *text("Gold", x=76, y=556),
        *text("5 EUR", x=176, y=566),
        *text("6 EUR abroad", x=176, y=546),
        *text("After the table.", y=500),
    ]
    document = read_pdf(make_pdf([page], [rules]), "fees.pdf")
    cells = [(b.row, b.column, b.header, b.text) for b in document.blocks if b.kind == "cell"]
    assert cells == [
        (0, 0, True, "Tier"),
        (0, 1, True, "Fee"),
        (1, 0, False, "Gold"),
        (1, 1, False, "5 EUR"),
        (2, 0, False, "Gold"),
        (2, 1, False, "6 EUR abroad"),
    ]
    assert [b.text for b in document.blocks if b.kind != "cell"] == [
        "Fees are as follows:",
        "After the table.",
    ]
    assert_exact(document)


def test_chinese_lines_join_without_a_space(make_pdf: Maker) -> None:
    """Scripts without spaces get none at a line's end."""
    document = read_pdf(make_pdf([text("必须在三十天内", "退款给客户。", font="C")]), "zh.pdf")
    assert [block.text for block in document.blocks] == ["必须在三十天内退款给客户。"]


def test_a_scan_is_refused_with_a_sentence(make_pdf: Maker) -> None:
    """Pictures of text cannot be read, and the person is told what helps."""
    with pytest.raises(BrokenInput, match="no text in it: its pages are pictures") as caught:
        READER.read(make_pdf([[]]), "scan.pdf")
    assert "OCR" in caught.value.todo


def test_a_password_is_named_as_the_reason(make_pdf: Maker) -> None:
    """A locked PDF is refused; one that only forbids printing is read."""
    import pypdf

    for password, locked in (("secret", True), ("", False)):
        writer = pypdf.PdfWriter(io.BytesIO(make_pdf([text("Hello there.")])))
        writer.encrypt(password, "owner", algorithm="AES-256")
        out = io.BytesIO()
        writer.write(out)
        if locked:
            with pytest.raises(BrokenInput, match="protected by a password"):
                READER.read(out.getvalue(), "a.pdf")
        else:
            assert READER.read(out.getvalue(), "a.pdf").blocks[0].text == "Hello there."


def test_broken_pdfs_end_in_one_sentence(make_pdf: Maker) -> None:
    """Truncated, renamed, empty: an answer each time."""
    good = make_pdf([text("Hello there.")])
    for data, words in (
        (b"", "is empty"),
        (good[:120], "damaged"),
        (b"PK\x03\x04 word/document.xml", "is a Word document, not a PDF"),
        (b"Dear customer", "not a PDF that can be read"),
    ):
        with pytest.raises(BrokenInput, match=words):
            READER.read(data, "a.pdf")


def test_pdfs_without_end_are_stopped(make_pdf_of_objects: Objects) -> None:
    """A file that claims a million pages, or whose pages are inside themselves, is refused in time."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>"
    catalog = b"<</Type/Catalog/Pages 2 0 R>>"
    many = make_pdf_of_objects([catalog, b"<</Type/Pages/Count 1000000/Kids[3 0 R]>>", page, b"<<>>"])
    own = b"<</Type/Pages/Count 1/Kids[2 0 R]>>"
    for data in (many, make_pdf_of_objects([catalog, own])):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with pytest.raises(BrokenInput) as caught:
            READER.read(data, "bomb.pdf")
        assert caught.value.todo
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        assert used < limits.PROCESSOR_SECONDS + 3


def test_two_hundred_pages_are_read_in_seconds(make_pdf: Maker) -> None:
    """A long handbook takes well under the processor time there is."""
    page = [
        *text("3.1 Refunds", y=740, size=14, font="B"),
        *[drawn for at in range(10) for drawn in text(LONG, LONG, LONG + " ends.", y=700 - 60 * at)],
    ]
    rules = [(72.0, y, 300.0, y) for y in (60.0, 40.0, 20.0)] + [
        (x, 20.0, x, 60.0) for x in (72.0, 180.0, 300.0)
    ]
    data = make_pdf([page] * 200, [rules] * 200)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    document = READER.read(data, "long.pdf")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert document.blocks[-1].anchor.page == 200
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 12


def test_a_page_is_drawn_as_wide_as_asked(make_pdf: Maker) -> None:
    """The window can show the page beside the text; a page that is not there is named."""
    data = make_pdf([text("Hello there."), []])
    picture = page_picture(data, 1, 300)
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (300, 400)
    assert len(set(zlib.decompress(picture[41 : 41 + struct.unpack(">I", picture[33:37])[0]]))) > 2
    with pytest.raises(BrokenInput, match="has 2 pages, not 3"):
        page_picture(data, 3, 300)
    with pytest.raises(WrongUse, match="no picture"):
        page_picture(data, 1, 100_000)
