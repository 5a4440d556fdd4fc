"""Packed parts of a PDF that unpack to more than any document holds, found before PDFium unpacks them.

- Deflate packs a thousandfold at most, so small parts need no look; the others are unpacked piece by piece,
  and nothing is kept.
- What is packed in another way, or twice, is left to the memory limit of the sandbox.
"""

from __future__ import annotations

import re
import zlib

from studio.domain.errors import BrokenInput
from studio.readers import limits

_START, _END = re.compile(rb"(?<!end)stream\r?\n"), b"endstream"
_MOST_PACKED = 1_032  # https://www.zlib.net/zlib_tech.html
_PIECE = limits.MEBIBYTE


def refuse_bombs(data: bytes, name: str) -> None:
    """Raise BrokenInput for a part that unpacks to more than `limits.STREAM_BYTES`."""
    view = memoryview(data)
    for start in _START.finditer(data):
        end = data.find(_END, start.end())
        packed = view[start.end() : end if end >= 0 else len(data)]
        if len(packed) * _MOST_PACKED > limits.STREAM_BYTES and _is_bomb(packed):
            raise BrokenInput(
                f"A part of “{name}” would unpack to more than {limits.STREAM_BYTES // limits.MEBIBYTE} MB, "
                "as no ordinary document does.",
                "Print it into a new PDF, or save its text in a new document, and add that.",
            )


def _is_bomb(packed: memoryview) -> bool:
    unpacking, size = zlib.decompressobj(), 0
    try:
        for at in range(0, len(packed), _PIECE):
            rest: bytes | memoryview = packed[at : at + _PIECE]
            while rest and not unpacking.eof:
                size += len(unpacking.decompress(rest, _PIECE))
                rest = unpacking.unconsumed_tail
                if size > limits.STREAM_BYTES:
                    return True
    except zlib.error:
        return False  # not packed so, or damaged: PDFium says which
    return False
