"""How much a reader takes in: one number a limit, and one error when it is passed.

- They bound what a hostile file can cost; honest documents of thousands of pages stay below them.
- The sandbox adds the limits of the operating system: memory, processor time, wall time, size of the answer.
"""

from __future__ import annotations

from studio.domain.errors import BrokenInput

MEBIBYTE = 1024 * 1024

FILE_BYTES = 100 * MEBIBYTE
MEMBERS = 5_000
MEMBER_BYTES = 64 * MEBIBYTE
TOTAL_BYTES = 300 * MEBIBYTE
STREAM_BYTES = 256 * MEBIBYTE
RATIO = 250
RATIO_FROM_BYTES = 4 * MEBIBYTE
TEXT_CHARACTERS = 10_000_000
BLOCKS = 200_000
PAGES = 2_000
LIST_DEPTH = 20
ELEMENT_DEPTH = 1_000
TABLE_COLUMNS = 500
HIDDEN_TEXTS = 500
HIDDEN_CHARACTERS = 4_000

MEMORY_BYTES = 2 * 1024 * MEBIBYTE
PROCESSOR_SECONDS = 20
WALL_SECONDS = 60
ANSWER_BYTES = 256 * MEBIBYTE


def too_large(name: str, what: str, limit: str) -> BrokenInput:
    """Return the error for a document that has more of something than is read."""
    return BrokenInput(
        f"“{name}” has {what}; the limit is {limit}.", "Split it, or export only the chapters that matter."
    )


def check_size(data: bytes, name: str) -> None:
    """Raise BrokenInput for an empty file and for one that is too large to be looked at."""
    if not data.strip(b"\x00\t\r\n "):
        raise BrokenInput(f"“{name}” is empty.", "Choose a file that contains the procedure's text.")
    if len(data) > FILE_BYTES:
        raise too_large(name, f"{len(data) / MEBIBYTE:.0f} MB", f"{FILE_BYTES // MEBIBYTE} MB")
