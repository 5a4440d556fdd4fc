"""Sources: uploaded documents, versioned, split into blocks that a person can find again.

- `Block.start:end` is a span of the original text, so `document.text[start:end]` is verbatim.
- A fingerprint is taken of the words, not of the wrapping: re-flowed text keeps its fingerprint.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from studio.domain.frozen import Frozen, digest


class Authority(StrEnum):
    """How much a document weighs when two disagree, strongest first."""

    REGULATION = "regulation"
    POLICY = "policy"
    SOP = "sop"
    ARTICLE = "knowledge article"
    NOTE = "note"


AUTHORITY_ORDER = tuple(Authority)

BlockKind = Literal["heading", "paragraph", "item", "cell", "code"]


def words_fingerprint(text: str) -> str:
    """Return the SHA-256 of a text's words, blind to line breaks and repeated spaces."""
    return digest(re.sub(r"\s+", " ", text).strip().encode())


class Anchor(Frozen):
    """Where in a document something stands: section path and lines (1-based, inclusive)."""

    section: tuple[str, ...] = ()
    line_start: int
    line_end: int

    @property
    def label(self) -> str:
        """Return the place in words: the innermost section and the lines."""
        lines = (
            f"line {self.line_start}"
            if self.line_start == self.line_end
            else f"lines {self.line_start}–{self.line_end}"
        )
        return f"{self.section[-1]} · {lines}" if self.section else lines


class Block(Frozen):
    """One heading, paragraph, list item, table cell or code block of a document.

    - `text` is readable (inline markup removed, soft wraps joined); the verbatim form is the span.
    - `level`: heading level 1–6, or nesting depth of a list item, 0-based; else 0.
    - `parent`: id of the block that introduces this one (outer list item or lead-in paragraph).
    """

    id: str
    kind: BlockKind
    text: str
    start: int
    end: int
    anchor: Anchor
    level: int = 0
    marker: str = ""
    parent: str | None = None
    row: int | None = None
    column: int | None = None
    header: bool = False

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the block's words."""
        return words_fingerprint(self.text)


class SourceDocument(Frozen):
    """What a reader makes of a file: the original text and its blocks in reading order."""

    title: str
    media_type: str
    text: str
    blocks: tuple[Block, ...]

    def block(self, block_id: str) -> Block:
        """Return the block with this id; raises KeyError."""
        for block in self.blocks:
            if block.id == block_id:
                return block
        raise KeyError(block_id)


class SourceVersion(Frozen):
    """One immutable version of a source: its bytes by digest, and what was read from them."""

    number: int
    file_name: str
    digest: str
    size: int
    added_at: datetime
    document: SourceDocument


class Source(Frozen):
    """A document that the agent may rely on, with all its versions."""

    id: str
    name: str
    authority: Authority = Authority.SOP
    owner: str | None = None
    effective_from: date | None = None
    effective_until: date | None = None
    supersedes: str | None = None
    versions: tuple[SourceVersion, ...] = ()

    @property
    def current(self) -> SourceVersion:
        """Return the newest version."""
        return self.versions[-1]


class Citation(Frozen):
    """The sentence something was made from: source, version, place and verbatim quote."""

    source_id: str
    source_name: str
    version: int
    anchor: Anchor
    quote: str
    fingerprint: str


class SourcePin(Frozen):
    """A source version that an agent was built from, by digest."""

    id: str
    name: str
    version: int
    digest: str
    authority: Authority = Authority.SOP
