"""Mentions: the lines of a text that hold a term, so that no whole document is searched for each term."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4)
def _lines(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((line.lower(), line) for line in text.split("\n"))


@lru_cache(maxsize=512)
def lines_holding(term: str, text: str) -> str:
    """Return the lines of a text that hold a term, blind to case: what is told of it on one line is there."""
    low = term.lower()
    return "\n".join(line for lowered, line in _lines(text) if low in lowered)
