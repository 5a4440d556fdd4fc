"""Sources: uploaded documents, versioned, split into blocks that a person can find again.

- `Block.start:end` is a span of the original text, so `document.text[start:end]` is verbatim.
- A fingerprint is taken of the words, not of the wrapping: re-flowed text keeps its fingerprint.
"""

from __future__ import annotations

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
    return digest(" ".join(text.split()).encode())


class Anchor(Frozen):
    """Where in a document something stands: section path, and page, cell or lines (1-based, inclusive).

    - `page` is set for documents with pages, `cell` ("Fees!B7") for sheets; then lines are those of the
      text that was read, and people are told page or cell instead.
    """

    section: tuple[str, ...] = ()
    line_start: int
    line_end: int
    page: int | None = None
    cell: str | None = None

    @property
    def label(self) -> str:
        """Return the place in words: the innermost section, then cell, page or lines."""
        if self.cell is not None:
            spot = f"cell {self.cell}"
        elif self.page is not None:
            spot = f"page {self.page}"
        elif self.line_start == self.line_end:
            spot = f"line {self.line_start}"
        else:
            spot = f"lines {self.line_start}–{self.line_end}"
        return f"{self.section[-1]} · {spot}" if self.section else spot


class Block(Frozen):
    """One heading, paragraph, list item, table cell or code block of a document.

    - `text` is readable (inline markup removed, soft wraps joined); the verbatim form is the span.
    - `level`: heading level 1–6, or nesting depth of a list item, 0-based; else 0.
    - `parent`: id of the block that introduces this one (outer list item or lead-in paragraph).
    - `tracked`: the text is a tracked insertion or deletion that nobody has accepted yet.
    - `altered`: what the reader had to take out of the text, in words; None where it stands as in the file.
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
    tracked: Literal["inserted", "deleted"] | None = None
    altered: str | None = None

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the block's words."""
        return words_fingerprint(self.text)


HiddenKind = Literal["concealed", "unshown", "aside"]


class HiddenText(Frozen):
    """Text that a file carries and its page does not show; it is told to the author, never read as a rule.

    - `concealed`: printed so that no eye sees it (white on white, tiny, off the page); `unshown`: switched
      off (a hidden element or sheet); `aside`: beside the text (a comment, a picture's description).
    - `reason` says in words why nobody sees it; `start:end` is its place in the text, empty where it is not
      part of it.
    """

    kind: HiddenKind
    reason: str
    text: str
    start: int
    end: int
    anchor: Anchor


class SourceDocument(Frozen):
    """What a reader makes of a file: the original text, its blocks in reading order, and what is hidden."""

    title: str
    media_type: str
    text: str
    blocks: tuple[Block, ...]
    hidden: tuple[HiddenText, ...] = ()

    def block(self, block_id: str) -> Block:
        """Return the block with this id; raises KeyError."""
        for block in self.blocks:
            if block.id == block_id:
                return block
        raise KeyError(block_id)


class Origin(Frozen):
    """Where a version came from: a path or address, the digest of the bytes there, when they were read."""

    place: str
    digest: str
    read_at: datetime
    folder: str | None = None


class Scope(Frozen):
    """What a source applies to; an empty list means everything of its kind."""

    regions: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    workflows: tuple[str, ...] = ()

    def overlaps(self, other: Scope) -> bool:
        """Return whether something can be in both scopes."""
        return all(
            not mine or not theirs or {m.casefold() for m in mine} & {t.casefold() for t in theirs}
            for mine, theirs in (
                (self.regions, other.regions),
                (self.segments, other.segments),
                (self.channels, other.channels),
                (self.products, other.products),
                (self.workflows, other.workflows),
            )
        )


Permission = Literal["may be quoted", "internal"]


class SourceVersion(Frozen):
    """One immutable version of a source: its bytes by digest, and what was read from them."""

    number: int
    file_name: str
    digest: str
    size: int
    added_at: datetime
    document: SourceDocument
    origin: Origin | None = None


class Source(Frozen):
    """A document that the agent may rely on, with all its versions."""

    id: str
    name: str
    authority: Authority = Authority.SOP
    owner: str | None = None
    effective_from: date | None = None
    effective_until: date | None = None
    review_by: date | None = None
    applies_to: Scope = Scope()
    audience: str | None = None
    permission: Permission = "may be quoted"
    supersedes: str | None = None
    versions: tuple[SourceVersion, ...] = ()

    @property
    def current(self) -> SourceVersion:
        """Return the newest version."""
        return self.versions[-1]


class Citation(Frozen):
    """The sentence something was made from: source, version, place and verbatim quote.

    - `value` is the cell that is meant where the quote is a table's row up to it.
    """

    source_id: str
    source_name: str
    version: int
    anchor: Anchor
    quote: str
    fingerprint: str
    value: str | None = None

    @property
    def core(self) -> str:
        """Return the words that bind: the quote, of a table's value its cell alone."""
        return self.value or self.quote


class SourcePin(Frozen):
    """A source version that an agent was built from, by digest."""

    id: str
    name: str
    version: int
    digest: str
    authority: Authority = Authority.SOP
