"""Enumerations that run on in a paragraph - `(a) …; (b) …` - told from lists, whose members begin lines.

- A line may begin with any member of them by chance, the more often the narrower a column is.
- The neighbours tell: where the member before or the one after stands inside a line, so does this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from studio.readers.pdf_flow import Line, Placed

_MEMBER = re.compile(r"\((\w{1,4})\)")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
AHEAD = 20


def runs_on(mark: str, before: str, line: Line, ahead: Iterable[Line | Placed]) -> bool:
    """Say whether a line starts with a member of an enumeration inside the paragraph, not of a list."""
    member = _MEMBER.fullmatch(mark)
    if member is None:
        return False
    if any(_inside(name, before) for name in _beside(member[1], -1)):
        return True
    after = _beside(member[1], 1)
    for text in (line.text, *_goes_on(line, ahead)):
        if any(text.strip().startswith(f"({name})") for name in after):
            return False
        if any(_inside(name, text) for name in after):
            return True
    return False


def _goes_on(line: Line, ahead: Iterable[Line | Placed]) -> Iterator[str]:
    """Yield the lines that may belong to the same paragraph: those that begin at the same place."""
    for part in ahead:
        if (
            not isinstance(part, Line)
            or part.page != line.page
            or abs(part.left - line.left) > 0.5 * line.size
        ):
            return
        yield part.text


def _inside(name: str, text: str) -> bool:
    return re.search(rf"\S\s+\({re.escape(name)}\)", text.strip()) is not None


def _beside(name: str, by: int) -> list[str]:
    """Return what may stand before or after a member: a number, a letter or a Roman number."""
    if name.isdigit():
        return [str(int(name) + by)] if int(name) + by > 0 else []
    found: list[str] = []
    if name.lower() in _ROMAN and 0 <= (at := _ROMAN.index(name.lower()) + by) < len(_ROMAN):
        found.append(_ROMAN[at])
    if len(name) == 1 and "a" <= (letter := chr(ord(name.lower()) + by)) <= "z":
        found.append(letter)
    return [each.upper() if name.isupper() else each for each in found]
