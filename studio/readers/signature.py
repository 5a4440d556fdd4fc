"""What a file is by its first bytes, whatever its name says.

- A file whose content is of another kind than its ending is refused by name of both kinds, never guessed at.
- Word and Excel files with a password are no zip but an old compound file that holds the encrypted one.
"""

from __future__ import annotations

from typing import Literal

from studio.domain.errors import BrokenInput

Kind = Literal["docx", "xlsx", "pdf", "html", "csv", "eml"]

KIND_NAMES: dict[str, str] = {
    "docx": "a Word document",
    "xlsx": "an Excel workbook",
    "pdf": "a PDF",
    "html": "a web page",
    "csv": "a table of separated values",
    "eml": "an e-mail",
    "zip": "a zip archive",
    "rtf": "a rich-text (RTF) document",
    "picture": "a picture",
    "compound": "a document of an old Office version",
    "protected": "an Office document with a password",
}
_ENDINGS = {"docx": ".docx", "xlsx": ".xlsx", "pdf": ".pdf"}
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def found_kind(data: bytes) -> str | None:
    """Return the kind that a file's bytes show, or None for text and for what is unknown."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _zip_kind(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "protected" if _ENCRYPTED in data else "compound"
    if data.startswith(b"{\\rtf"):
        return "rtf"
    return "picture" if data.startswith(_PICTURES) else None


def _zip_kind(data: bytes) -> str:
    # Names stand uncompressed in a zip, in its entries and in its directory.
    if b"word/document.xml" in data:
        return "docx"
    return "xlsx" if b"xl/workbook.xml" in data else "zip"


def check_kind(data: bytes, name: str, kind: Kind) -> None:
    """Raise BrokenInput when the bytes are plainly of another kind than the file's ending says."""
    found = found_kind(data)
    if found == kind:
        return
    wanted = KIND_NAMES[kind]
    if found == "protected":
        raise protected(name)
    if found == "compound":
        raise BrokenInput(
            f"“{name}” is {KIND_NAMES[found]}.",
            "Open it there, save it as .docx or .xlsx, and add that file.",
        )
    if found in _ENDINGS:
        raise BrokenInput(
            f"“{name}” is {KIND_NAMES[found]}, not {wanted} as its name says.",
            f"Rename it so that it ends in {_ENDINGS[found]}, and add it again.",
        )
    if found is not None:
        raise BrokenInput(
            f"“{name}” is {KIND_NAMES[found]}, not {wanted} as its name says.",
            "Save its text as a Word document, PDF or text file, and add that file.",
        )
    if kind in _ENDINGS:
        raise damaged(name, kind)


def protected(name: str) -> BrokenInput:
    """Return the error for a file that only opens with a password."""
    return BrokenInput(
        f"“{name}” is protected by a password.", "Save a copy without the password and add that copy."
    )


def damaged(name: str, kind: Kind, detail: str = "") -> BrokenInput:
    """Return the error for a file of the right kind that cannot be read to its end."""
    where = f": {detail}" if detail else ""
    return BrokenInput(
        f"“{name}” is not {KIND_NAMES[kind]} that can be read, or it is damaged{where}.",
        "Open it in the program it was made with, save it again, and add the new file.",
    )
