"""Web pages, sheets, separated values, e-mails and pasted text are read by the same port, with anchors."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from email.message import EmailMessage

import openpyxl
import pytest

from studio.domain.errors import BrokenInput
from studio.domain.source import SourceDocument
from studio.plugins import readers
from studio.readers.mail import read_eml
from studio.readers.sandbox import SANDBOXED
from studio.readers.sheets import read_csv, read_xlsx
from studio.readers.web import read_html

BY_KIND = {reader.kind: reader for reader in SANDBOXED}
Outline = Callable[[SourceDocument], list[tuple[str, int, str, str]]]
Check = Callable[[SourceDocument], None]
Zip = Callable[[dict[str, str | bytes]], bytes]

PAGE = """<html><head><title>Returns Desk</title><style>p {}</style></head><body><nav>Home</nav>
<h1>Returns</h1><p>Refund <b>within</b> 30&nbsp;days.<!-- not 60 --></p><script>alert("x")</script>
<p style="display: none">Never refund.</p><p hidden>Secret</p>
<p>Do this:</p><ol type="a"><li>Ask.<ul><li>Name</li></ul></li><li value="4">Close.</li></ol>
<table><tr><th>Tier</th><th>Fee</th></tr>
<tr><td rowspan="2">Gold</td><td>5</td></tr><tr><td>6</td></tr></table>
<div>Loose text<div>Inner text</div></div></body></html>"""


def test_a_web_page_is_what_a_browser_shows(outline: Outline, assert_exact: Check) -> None:
    """Structure stays, scripts and hidden elements go, cells that span rows are repeated."""
    document = read_html(PAGE.encode(), "desk.html")
    assert outline(document) == [
        ("heading", 1, "", "Returns"),
        ("paragraph", 0, "", "Refund within 30 days."),
        ("paragraph", 0, "", "Do this:"),
        ("item", 0, "a.", "Ask."),
        ("item", 1, "•", "Name"),
        ("item", 0, "d.", "Close."),
        *[("cell", 0, "", text) for text in ("Tier", "Fee", "Gold", "5", "Gold", "6")],
        ("paragraph", 0, "", "Loose text"),
        ("paragraph", 0, "", "Inner text"),
    ]
    assert [b.header for b in document.blocks if b.kind == "cell"] == [True, True, False, False, False, False]
    assert document.title == "Returns Desk"
    assert_exact(document)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_encodings_of_web_pages_are_recognised(encoding: str) -> None:
    """Old word processors write Windows-1252 or UTF-16; both come out right."""
    document = BY_KIND["html"].read("<p>Gebühr: 5 €</p>".encode(encoding), "a.html")
    assert document.blocks[0].text == "Gebühr: 5 €"


def test_right_to_left_and_declared_encodings_are_kept() -> None:
    """Arabic stays in reading order; a page's own declaration counts."""
    page = '<meta charset="gb18030"><p>必须退款。</p><p>يجب التحقق</p>'.encode("gb18030")
    assert [b.text for b in read_html(page, "a.html").blocks] == ["必须退款。", "يجب التحقق"]


def test_hostile_web_pages_end_in_a_sentence() -> None:
    """Deep nesting, no text, and another kind of file are refused; deep but honest pages are read."""
    assert read_html(b"<div>" * 300 + b"Text", "a.html").blocks[0].text == "Text"
    for data, words in (
        (b"<ul><li>x" * 300, "levels deep"),
        (b"<b>" * 200_000 + b"x", "levels deep"),
        (b"<script>x</script>", "no text in it"),
        (b"%PDF-1.4", "is a PDF"),
        (b"<p>" + b"a" * 50_000_000, "the limit is"),
        (b"<p>\x00\x01\x02\x03" * 40, "bytes that are no text"),
    ):
        began = time.monotonic()
        with pytest.raises(BrokenInput, match=words):
            BY_KIND["html"].read(data, "a.html")
        assert time.monotonic() - began < 120


def _workbook() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Fees"
    for row in (["Return fees", None], [], [None, "Tier", "Fee", "From"], [None, "Gold", 5, 0.05]):
        sheet.append(row)
    sheet["C4"].number_format = '"€"#,##0.00'
    sheet["D4"].number_format = "0%"
    secret = book.create_sheet("Secret")
    secret["A1"] = "Hidden words"
    secret.sheet_state = "hidden"
    return book


def _saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_becomes_a_table_of_named_cells(assert_exact: Check) -> None:
    """A person can find each value by the name it has in Excel, and sees it as Excel shows it."""
    document = BY_KIND["xlsx"].read(_saved(_workbook()), "fees.xlsx")
    assert [(b.kind, b.text, b.anchor.cell, b.row, b.column, b.header) for b in document.blocks] == [
        ("heading", "Fees", None, None, None, False),
        ("paragraph", "Return fees", "Fees!A1", None, None, False),
        ("cell", "Tier", "Fees!B3", 0, 0, True),
        ("cell", "Fee", "Fees!C3", 0, 1, True),
        ("cell", "From", "Fees!D3", 0, 2, True),
        ("cell", "Gold", "Fees!B4", 1, 0, False),
        ("cell", "€5.00", "Fees!C4", 1, 1, False),
        ("cell", "5%", "Fees!D4", 1, 2, False),
    ]
    assert "Hidden" not in document.text
    assert document.blocks[-1].anchor.label == "Fees · cell Fees!D4"
    assert_exact(document)


def test_formulas_without_values_are_refused() -> None:
    """A formula that was never calculated would silently read as nothing."""
    book = _workbook()
    book.worksheets[0]["C5"] = "=C4*2"
    with pytest.raises(BrokenInput, match=r"formulas without a calculated value.*C5"):
        read_xlsx(_saved(book), "fees.xlsx")


def test_broken_workbooks_end_in_a_sentence(make_zip: Zip) -> None:
    """Truncated, empty or hostile workbooks are told apart."""
    good = _saved(_workbook())
    laughs = '<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>'
    for data, words in (
        (good[: len(good) // 2], "is a zip archive|damaged"),
        (_saved(openpyxl.Workbook()), "no text in its sheets"),
        (make_zip({"xl/workbook.xml": laughs}), "defines text of its own"),
        (make_zip({"xl/workbook.xml": "<x/>"}), "damaged"),
        (make_zip({"xl/workbook.xml": b" " * 70_000_000}), "would unpack to"),
    ):
        with pytest.raises(BrokenInput, match=words):
            BY_KIND["xlsx"].read(data, "a.xlsx")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_separated_values_of_any_dialect(separator: str, encoding: str, assert_exact: Check) -> None:
    """Separator and encoding are found out; quoted line breaks stay inside their cell."""
    lines = [["Tier", "Fee", "Note"], ["Gold", "5 €", '"if late,\nask; then close"'], ["Tin", "9 €", "none"]]
    data = "\r\n".join(separator.join(line) for line in lines).encode(encoding)
    document = read_csv(data, "fees.csv")
    cells = [(b.anchor.cell, b.header, b.text) for b in document.blocks]
    assert cells[:3] == [("A1", True, "Tier"), ("B1", True, "Fee"), ("C1", True, "Note")]
    assert cells[4:6] == [("B2", False, "5 €"), ("C2", False, "if late, ask; then close")]
    assert_exact(document)


def test_an_e_mail_is_its_text_under_its_subject(assert_exact: Check) -> None:
    """Quotes and signature stay; an attachment is named, not opened."""
    message = EmailMessage()
    message["Subject"] = "Gebühren ab März"
    message.set_content("Please note:\n\n- Refund within 14 days.\n\n> Old rule: 30 days.\n\n-- \nAnna\n")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="fees.pdf")
    document = BY_KIND["eml"].read(message.as_bytes(), "mail.eml")
    assert document.title == "Gebühren ab März"
    texts = [block.text for block in document.blocks]
    assert "Refund within 14 days." in texts
    assert "[Attachment, not read: fees.pdf]" in texts
    assert any("Old rule: 30 days." in text for text in texts)
    assert_exact(document)


def test_an_e_mail_in_html_is_read_as_a_page() -> None:
    """A message that has no plain text is read by its markup."""
    message = EmailMessage()
    message["Subject"] = "Rules"
    message.set_content("<h2>Refunds</h2><ul><li>Be kind.</li></ul>", subtype="html")
    document = read_eml(message.as_bytes(), "mail.eml")
    assert [(b.kind, b.text) for b in document.blocks] == [("heading", "Refunds"), ("item", "Be kind.")]
    with pytest.raises(BrokenInput, match="not an e-mail"):
        read_eml(b"no headers here", "mail.eml")


def test_every_kind_has_one_reader_and_pasted_text_needs_no_ending() -> None:
    """The program offers each file ending once; text without a file is read as plain text."""
    working = readers().working
    endings = [suffix for reader in working for suffix in reader.suffixes]
    assert len(endings) == len(set(endings))
    assert {".md", ".txt", ".docx", ".pdf", ".html", ".xlsx", ".csv", ".eml", ""} <= set(endings)
    pasted = next(reader for reader in working if "" in reader.suffixes)
    assert pasted.read(b"Be kind.\n\nAsk first.", "Pasted text").title == "Pasted text"


@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_text_of_fifty_megabytes_is_refused_at_once(suffix: str) -> None:
    """Text files have their limit, too."""
    reader = next(reader for reader in readers().working if suffix in reader.suffixes)
    with pytest.raises(BrokenInput, match="the limit is 20 MB"):
        reader.read(b"word " * 10_000_000, f"a{suffix}")
