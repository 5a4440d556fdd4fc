"""The door for untrusted text files: bytes in, text out, or one sentence that says why not.

- UTF-8 (with or without mark), UTF-16 by its mark, else Windows-1252, which older word processors write.
- Empty, binary and oversized files are refused before anything is parsed.
"""

from __future__ import annotations

import codecs

from studio.domain.errors import BrokenInput

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 40
_BINARY_SIGNS = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
)


def decode(data: bytes, name: str) -> str:
    """Return the text of a file; raises BrokenInput for what is no readable text."""
    if not data.strip():
        raise BrokenInput(f"“{name}” is empty.", "Choose a file that contains the procedure's text.")
    if len(data) > MAX_BYTES:
        raise BrokenInput(
            f"“{name}” has {len(data) / 1_048_576:.0f} MB; the limit is {MAX_BYTES // 1_048_576} MB.",
            "Split it, or export only the chapters that matter.",
        )
    if data.startswith(_BINARY_SIGNS):
        raise BrokenInput(
            f"“{name}” is not a text file.", "Save it as Markdown or plain text and add it again."
        )
    text = _characters(data, name)
    if "\x00" in text or _looks_binary(text):
        raise BrokenInput(
            f"“{name}” contains bytes that are no text.",
            "Save it as Markdown or plain text and add it again.",
        )
    if not text.strip():
        raise BrokenInput(f"“{name}” is empty.", "Choose a file that contains the procedure's text.")
    return text


def _characters(data: bytes, name: str) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise BrokenInput(
                f"“{name}” says it is UTF-16 but is damaged at byte {error.start}.", "Save it again as UTF-8."
            ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _looks_binary(text: str) -> bool:
    sample = text[:20_000]
    odd = sum(1 for char in sample if (char < " " and char not in "\t\n\r\f\x0b\x1b") or char == "\ufffd")
    return odd > 0.02 * len(sample) + 2


def refuse_depth(name: str) -> BrokenInput:
    """Return the error for lists or quotes that are nested too deeply."""
    return BrokenInput(
        f"“{name}” nests lists or quotes more than {MAX_DEPTH // 2} levels deep.",
        "Flatten the deepest lists and add it again.",
    )
