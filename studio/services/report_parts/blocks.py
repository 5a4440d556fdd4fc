"""Blocks: a report as a list of parts that a web page and a sheet of paper can both show.

- All text here is plain text; only the two writers escape it, each in one place.
- Characters that hide or turn other text are shown as what they are (`shown`), never left to work.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from studio.diff.flow_picture import FlowPicture

Style = Literal["", "muted", "strong", "ins", "del", "ok", "bad", "warn"]
Tone = Literal["", "same", "added", "removed", "changed", "moved"]
SIGNS: dict[str, str] = {"": "", "same": "", "added": "+", "removed": "−", "changed": "~", "moved": "↕"}
SIGN_WORDS = {
    "added": "new", "removed": "taken away", "changed": "changed", "moved": "moved",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style."""

    text: str
    style: Style = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 begins a section, 2 a group in it, 3 a card; `listed`: it stands in the contents."""

    level: Literal[1, 2, 3]
    text: str
    tone: Tone = ""
    listed: bool = True

    @property
    def in_contents(self) -> bool:
        """Return whether the contents name it."""
        return self.listed and self.level != 2


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Label:
    """A small heading inside a card."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list of points."""

    items: tuple[Runs, ...]


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of a grid, and how it differs."""

    cells: tuple[Runs, ...]
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; with `signs` each row begins with the sign of how it differs. `widths` are shares."""

    heads: tuple[str, ...]
    rows: tuple[GridRow, ...]
    signs: bool = False
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Two versions side by side, row by row."""

    heads: tuple[str, str]
    rows: tuple[tuple[Runs, Runs, Tone], ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence of a source (the rest of its paragraph around it is muted), and where it stands."""

    runs: Runs
    where: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A workflow, drawn."""

    picture: FlowPicture


Block = Heading | Para | Label | Items | Grid | Columns | Quotation | Drawing


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report: its title, the line below it, and its blocks."""

    title: str
    line: str
    blocks: tuple[Block, ...] = field(default=())


def plain(text: str, style: Style = "") -> Runs:
    """Return a text as runs."""
    return (Run(text, style),) if text else ()


def para(text: str, style: Style = "") -> Para:
    """Return a paragraph in one style."""
    return Para(plain(text, style))


def points(texts: Iterable[str]) -> Items:
    """Return texts as a list."""
    return Items(tuple(plain(text) for text in texts))


def shown(text: str) -> str:
    """Return a text in which nothing works on other text: controls and marks of direction are named."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(letter if _is_harmless(letter) else f"[U+{ord(letter):04X}]" for letter in text)


def _is_harmless(letter: str) -> bool:
    if letter in "\n\t\u200c\u200d":  # joiners shape letters of some scripts
        return True
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") or letter == "\u00ad"
