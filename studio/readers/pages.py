"""Pictures of PDF pages, to be shown beside the text that was read from them.

- Pages count from 1; the picture is a PNG of the asked width, drawn in the sandbox.
"""

from __future__ import annotations

import struct
import zlib

from studio.domain.errors import BrokenInput, WrongUse
from studio.readers import limits
from studio.readers.sandbox import run
from studio.readers.signature import check_kind

SMALLEST, LARGEST = 16, 4_000
_TALLEST = 3  # times the width: a longer page is drawn narrower
_SUBJECT = "the document"


def page_picture(data: bytes, page: int, width: int) -> bytes:
    """Return a PNG of a page of a PDF, `width` pixels wide; raises BrokenInput, WrongUse."""
    limits.check_size(data, _SUBJECT)
    check_kind(data, _SUBJECT, "pdf")
    if not SMALLEST <= width <= LARGEST or page < 1:
        raise WrongUse(
            f"There is no picture of page {page}, {width} pixels wide.",
            f"Ask for a page from 1 and a width from {SMALLEST} to {LARGEST} pixels.",
        )
    return run(["picture", _SUBJECT, str(page), str(width)], data, _SUBJECT)


def draw(data: bytes, name: str, page: int, width: int) -> bytes:
    """Draw a page here and now; for the worker."""
    from studio.readers.pdf_text import open_pdf

    with open_pdf(data, name) as document:
        if page > len(document):
            raise BrokenInput(f"“{name}” has {len(document)} pages, not {page}.", "Ask for one of them.")
        leaf = document[page - 1]
        across, down = leaf.get_size()
        scale = width / max(across, down / _TALLEST, 1.0)
        bitmap = leaf.render(
            scale=scale, rev_byteorder=True, fill_color=(255, 255, 255, 255), prefer_bgrx=True
        )
        return png(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)


def png(pixels: bytes, width: int, height: int, stride: int) -> bytes:
    """Return a PNG of rows of four bytes a pixel, of which the last is not used."""
    rows = bytearray()
    for row in range(height):
        line = pixels[row * stride : row * stride + 4 * width]
        colours = bytearray(3 * width)
        for channel in range(3):
            colours[channel::3] = line[channel::4]
        rows += b"\x00" + colours
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
