"""Real files for the readers' tests, made here byte by byte, so that each test shows what is in its file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from studio.domain.source import SourceDocument

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STYLES = f"""<w:styles xmlns:w="{W}">
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/>
 <w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="berschrift2"/></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="character" w:styleId="Secret"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style>
</w:styles>"""
NUMBERING = f"""<w:numbering xmlns:w="{W}">
<w:abstractNum w:abstractNumId="0">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/>
  <w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/>
  <w:pPr><w:ind w:left="1440" w:hanging="360"/></w:pPr></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
 <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/>
  <w:pPr><w:ind w:left="1440" w:hanging="360"/></w:pPr></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="0"/>
 <w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
</w:numbering>"""


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """Return a zip of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(body: str, **parts: str) -> bytes:
    """Return a Word document with this body; parts such as `footnotes` come beside it."""
    document = f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": document,
        "word/styles.xml": STYLES,
        "word/numbering.xml": NUMBERING,
    }
    files |= {f"word/{name}.xml": text for name, text in parts.items()}
    return zipped(files)


@pytest.fixture(scope="session")
def make_docx() -> Callable[..., bytes]:
    """Return the maker of Word documents."""
    return docx


@pytest.fixture(scope="session")
def make_zip() -> Callable[[dict[str, str | bytes]], bytes]:
    """Return the maker of zips."""
    return zipped


@pytest.fixture(scope="session")
def outline() -> Callable[[SourceDocument], list[tuple[str, int, str, str]]]:
    """Return what shows a document's blocks as kind, level, marker and text."""
    return lambda document: [(block.kind, block.level, block.marker, block.text) for block in document.blocks]


@pytest.fixture(scope="session")
def assert_exact() -> Callable[[SourceDocument], None]:
    """Return the proof that every block is a span of the text that was read."""

    def check(document: SourceDocument) -> None:
        for block in document.blocks:
            span = document.text[block.start : block.end]
            assert " ".join(span.split()) == block.text or (
                block.kind == "code" and span.strip() == block.text
            )

    return check


Drawn = tuple[float, float, str, float, str]  # x, y, text, size, font


def pdf(
    pages: list[list[Drawn]], lines: list[list[tuple[float, float, float, float]]] | None = None
) -> bytes:
    """Return a PDF of pages 600 by 800 points; fonts: F Helvetica, B bold, C Chinese."""
    objects: list[bytes] = [b"", b""]
    fonts = b"<</F 3 0 R/B 4 0 R/C 5 0 R>>"
    objects += [
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[6 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo"
        b"<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/FontDescriptor 7 0 R>>",
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 -200 1000 900]/ItalicAngle 0"
        b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
    ]
    kids = []
    for number, drawn in enumerate(pages):
        content = b""
        for x, y, text, size, font in drawn:
            raw = text.encode("utf-16-be") if font == "C" else text.encode("cp1252")
            content += f"BT /{font} {size} Tf {x} {y} Td <{raw.hex()}> Tj ET\n".encode()
        for x0, y0, x1, y1 in (lines or [[] for _ in pages])[number]:
            content += f"{x0} {y0} m {x1} {y1} l S\n".encode()
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font %s>>/Contents %d 0 R>>"
        objects.append(page % (fonts, len(objects)))
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    return assembled(objects)


def assembled(objects: list[bytes]) -> bytes:
    """Return a PDF file of numbered objects, the first of which is its catalog."""
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return out + tail % (size, table, size, len(out))


@pytest.fixture(scope="session")
def make_pdf() -> Callable[..., bytes]:
    """Return the maker of PDFs."""
    return pdf


@pytest.fixture(scope="session")
def make_pdf_of_objects() -> Callable[[list[bytes]], bytes]:
    """Return the maker of PDFs from raw objects."""
    return assembled
