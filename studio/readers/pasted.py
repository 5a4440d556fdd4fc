"""Text that was pasted rather than added as a file: plain text under a name without an ending."""

from __future__ import annotations

from typing import ClassVar

from studio.domain.source import SourceDocument
from studio.readers.decoding import decode
from studio.readers.text import read_text

PASTED_NAME = "Pasted text"


class PastedTextReader:
    """Reads what has no file ending, such as “Pasted text”, as plain text."""

    media_types: ClassVar[tuple[str, ...]] = ("text/plain",)
    suffixes: ClassVar[tuple[str, ...]] = ("",)

    def read(self, data: bytes, name: str = PASTED_NAME) -> SourceDocument:
        """Return the document in pasted UTF-8 text; raises BrokenInput."""
        return read_text(decode(data, name), name)
