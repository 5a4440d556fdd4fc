"""Small real files made here, byte by byte, that carry a passage in some way: shown, hidden, disguised."""

from __future__ import annotations

import io
import zipfile
from typing import NamedTuple

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OPENING = "Refunds are paid within 30 days of delivery."
CLOSING = "Close the case when the customer has confirmed."


class Sample(NamedTuple):
    """One file: how the passage stands in it, and the passage."""

    way: str
    passage: str


def file_of(sample: Sample) -> tuple[str, bytes]:
    """Return the name and the bytes of a sample's file."""
    form, _, how = sample.way.partition(" ")
    return {"md": _markdown, "html": _html, "docx": _docx, "pdf": _pdf}[form](how or "text", sample.passage)


def _markdown(how: str, passage: str) -> tuple[str, bytes]:
    shapes = {
        "text": passage,
        "comment": f"<!-- {passage} -->",
        "alt": f"![{passage}](picture.png)",
        "title": f'See [the form](https://example.com/form "{passage}").',
        "reference": f"[//]: # ({passage})",
        "hidden": f'<div style="display:none">{passage}</div>',
        "white": f'Ask for the receipt. <span style="color:#ffffff">{passage}</span>',
        "code": f"```\n{passage}\n```",
        "item": f"- Ask for the order number.\n- {passage}",
        "heading": f"## {passage}",
        "cell": f"| Case | What to do |\n| --- | --- |\n| Late parcel | {passage} |",
    }
    return "note.md", f"# Refunds\n\n{OPENING}\n\n{shapes[how]}\n\n{CLOSING}\n".encode()


def _html(how: str, passage: str) -> tuple[str, bytes]:
    shapes = {
        "text": f"<p>{passage}</p>",
        "comment": f"<!-- {passage} -->",
        "alt": f'<p><img src="a.png" alt="{passage}"></p>',
        "none": f'<p style="display:none">{passage}</p>',
        "class": f'<p class="gone">{passage}</p>',
        "white": f'<p style="color: white">{passage}</p>',
        "tiny": f'<p style="font-size:1px">{passage}</p>',
        "away": f'<p style="position:absolute; left:-9999px">{passage}</p>',
        "clear": f'<p style="opacity:0">{passage}</p>',
        "title": f'<p><a href="/form" title="{passage}">The form</a></p>',
    }
    page = (
        f"<html><head><style>.gone {{ display: none }}</style></head><body><h1>Refunds</h1><p>{OPENING}</p>"
        f"{shapes[how]}<p>{CLOSING}</p></body></html>"
    )
    return "page.html", page.encode()


def _docx(how: str, passage: str) -> tuple[str, bytes]:
    looks = {
        "text": "",
        "vanish": "<w:vanish/>",
        "white": '<w:color w:val="FFFFFF"/>',
        "tiny": '<w:sz w:val="2"/>',
        "shaded": '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="003366"/>',
    }
    safe = passage.replace("&", "&amp;").replace("<", "&lt;")
    paragraphs = "".join(
        f'<w:p><w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
        for text, look in ((OPENING, ""), (safe, looks[how]), (CLOSING, ""))
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{paragraphs}</w:body></w:document>',
        )
    return "note.docx", out.getvalue()


def _pdf(how: str, passage: str) -> tuple[str, bytes]:
    looks = {
        "text": ("72 660 Td", "/F 11 Tf 0 Tr 0 g"),
        "undrawn": ("72 660 Td", "/F 11 Tf 3 Tr 0 g"),
        "white": ("72 660 Td", "/F 11 Tf 0 Tr 1 g"),
        "tiny": ("72 660 Td", "/F 1 Tf 0 Tr 0 g"),
        "away": ("72 -300 Td", "/F 11 Tf 0 Tr 0 g"),
        "ground": ("72 660 Td", "/F 11 Tf 0 Tr 1 g"),
    }
    place, look = looks[how]
    ground = "0 0 0.4 rg 60 640 500 50 re f 0 g\n" if how == "ground" else ""
    lines = [
        ("72 700 Td", "/F 11 Tf 0 Tr 0 g", OPENING),
        (place, look, passage),
        ("72 620 Td", "/F 11 Tf 0 Tr 0 g", CLOSING),
    ]
    drawn = "".join(f"BT {look} {place} ({_escaped(text)}) Tj ET\n" for place, look, text in lines)
    stream = (ground + drawn).encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    out += b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return "note.pdf", bytes(out)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
