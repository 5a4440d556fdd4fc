"""Text files of people: tables and transcripts, whatever program wrote them."""

from __future__ import annotations

from pathlib import Path

from studio.domain.errors import BrokenInput, WrongUse

LARGEST = 50 * 2**20
"""Bytes of a file that are read."""


def read_text(path: Path) -> str:
    """Return a text file's words; raises WrongUse or BrokenInput with a sentence."""
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError as error:
        raise WrongUse(f"“{path}” cannot be read: {error.strerror}.", "Check the name.") from error
    if data is None:
        raise BrokenInput(f"“{path.name}” is larger than {LARGEST // 2**20} MB.", "Take a part of it.")
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BrokenInput(f"“{path.name}” is no text.", "Save it as text or CSV, and take that.")
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig",):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", errors="replace")
