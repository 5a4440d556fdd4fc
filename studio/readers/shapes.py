"""The shapes by which a line of plain text shows what it is: list marker, heading, underline."""

from __future__ import annotations

import re
from typing import NamedTuple

_MARKER = re.compile(
    r"(?P<marker>"
    r"(?:[-*+•●▪◦‣·■□☐☑☒➢➤✓✔]|\[[ xX]\])(?=\s)|[\uf0b7\uf0a7\u2022](?=\s)|[–—](?=\s)"
    r"|\d{1,3}(?:\.\d{1,3})+[.)]?(?=\s)"
    r"|\d{1,3}[.)](?=\s)"
    r"|\(\d{1,3}\)|\([a-zA-Z]\)|\([ivxIVX]{1,5}\)"
    r"|[a-zA-Z][.)](?=\s)|[ivx]{1,5}[.)](?=\s)"
    r"|(?:Step|STEP)\s+\d{1,3}\s*[:.)–-](?=\s)"
    r")[ \t]*(?=\S)"
)
_NUMBERED_TITLE = re.compile(r"(?P<number>\d{1,3}(?:\.\d{1,3})*)[.)]?\s+(?P<title>\S.{0,78}\S)$")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,}|\*{3,})$")
_SMALL = frozenset("a an and as at by for from in into of on or the to with vs per is are your our".split())
_SENTENCE_END = re.compile(r"[.!?…;:,][\"'”’)]*$")


class Marker(NamedTuple):
    """A list marker at the start of a line: as written, its style, and its own length with the gap."""

    text: str
    style: str
    length: int


def marker(line: str) -> Marker | None:
    """Return the list marker that a stripped line starts with, if any."""
    match = _MARKER.match(line)
    if match is None:
        return None
    text = match["marker"]
    if text in ("I.", "A.") and not line[match.end() : match.end() + 1].isupper():
        return None
    return Marker(text, style(text), match.end())


def style(text: str) -> str:
    """Return the family of a marker, e.g. `1.`, `1.1`, `(a)`, `•`; siblings share it."""
    dots = re.fullmatch(r"(\d+(?:\.\d+)+)[.)]?", text)
    if dots:
        return ".".join("1" for _ in dots[1].split("."))
    shape = re.sub(r"\d+", "1", text)
    shape = re.sub(r"(?<![A-Za-z])[a-z]{1,5}(?![A-Za-z])", "a", shape)
    return re.sub(r"(?<![A-Za-z])[A-Z]{1,5}(?![A-Za-z])", "A", shape)


def is_underline(line: str) -> bool:
    """Say whether a line only underlines the one above."""
    return bool(_UNDERLINE.fullmatch(line))


def numbered_title(line: str) -> int:
    """Return the level of a numbered title such as `3.2 Refunds` (1 for `3`), 0 for anything else."""
    match = _NUMBERED_TITLE.match(line)
    if match is None or not is_title(match["title"], words=9):
        return 0
    return match["number"].count(".") + 1


def is_capitals(line: str) -> bool:
    """Say whether a short line is written in capitals throughout."""
    letters = [char for char in line if char.isalpha()]
    return len(letters) >= 4 and len(line) <= 90 and all(char.isupper() for char in letters)


def is_title(line: str, words: int = 8) -> bool:
    """Say whether a line has the shape of a title: short, no full stop, capitals where titles have them."""
    parts = line.split()
    if not parts or len(parts) > words or len(line) > 80 or _SENTENCE_END.search(line):
        return False
    if not line[0].isupper() or not any(char.isalpha() for char in line):
        return False
    weighty = [part for part in parts[1:] if part.lower() not in _SMALL and part[0].isalpha()]
    return all(part[0].isupper() for part in weighty) or len(parts) <= 5
