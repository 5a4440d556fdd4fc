"""Blocks: a text cut into paragraphs and sentences that, joined, are the text again.

- A paragraph ends at a blank line, after a heading, and before a list item, quote or table row; soft
  wraps inside it are joined in its key, so that re-flowed text is the same paragraph.
- The white space behind a block belongs to it; a key is the block's words with single spaces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARKER = re.compile(r"[ \t]*(?:(?:[-*+•·]|\d{1,3}[.)]|#{1,6}|\(?[a-z]\))[ \t]|[|>])")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]")
_SENTENCE = re.compile(r"[.!?…][\"'”\u2019)\]*_]*\s+(?=[\"'“\u2018(\[*_]*[A-Z0-9])")
_NO_END = re.compile(
    r"(?:^|[\s(\"'“\u2018])(?:e\.g|i\.e|etc|vs|cf|approx|incl|resp|nos?|secs?|arts?|figs?|pp?|mrs?|ms|dr|st|[A-Z])\.$"
    r"|^\s*\(?(?:\d{1,3}|[a-z])\.$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One block of a text: its span, white space behind it included, and its words as key."""

    start: int
    end: int
    key: str

    @property
    def words(self) -> int:
        """Return the number of words."""
        return self.key.count(" ") + 1


def paragraphs(text: str) -> list[Unit]:
    """Cut a text into paragraphs, headings, list items and table rows."""
    cuts = []
    at = 0
    ended = False
    for line in text.splitlines(keepends=True):
        if line.isspace():
            ended = True
        else:
            if ended or _MARKER.match(line):
                cuts.append(at)
            ended = _HEADING.match(line) is not None
        at += len(line)
    return _units(text, 0, cuts, len(text))


def sentences(text: str, block: Unit) -> list[Unit]:
    """Cut one paragraph into sentences; places are those of the whole text."""
    body = text[block.start : block.end]
    cuts = [
        block.start + match.end()
        for match in _SENTENCE.finditer(body)
        if body[match.start()] != "."
        or not _NO_END.search(body[max(0, match.start() - 12) : match.start() + 1])
    ]
    return _units(text, block.start, cuts, block.end) if cuts else [block]


def _units(text: str, start: int, cuts: list[int], stop: int) -> list[Unit]:
    """Return the units between the cuts; white space alone joins the unit before or after it."""
    found: list[Unit] = []
    for end in [*cuts, stop]:
        key = " ".join(text[start:end].split())
        if key:
            found.append(Unit(start, end, key))
            start = end
    if start < stop:
        last = found.pop() if found else Unit(start, stop, "")
        found.append(Unit(last.start, stop, last.key))
    return found
