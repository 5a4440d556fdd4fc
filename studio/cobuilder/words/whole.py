"""The whole text of a document, asked whether it tells elsewhere what a term means.

- Places are found by plain search, once a term: what is asked of a text grows with its open terms, not with
  its length times its sentences.
- Capitals count for nothing; a term begins and ends where words do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_OPENS, _CLOSES = "\"“'", '"”'
_MEANS = re.compile(r"s? (?:means|is defined|are:|is any|includes?)")
_SAYS = re.compile(
    r"[\"”]? (?:means?|is defined|are defined|are those|is any|are:|is:|includes?|counts? as|are people|=)"
)
_MOST_MENTIONS = 2
"""A term told more often is a word of the house."""


_WORD = re.compile(r"[a-z]+")


@lru_cache(maxsize=8192)
def words_in(text: str) -> frozenset[str]:
    """Return the words of a sentence in lower case: a pattern is sought only where its words are."""
    return frozenset(_WORD.findall(text.lower()))


class Whole:
    """The text of one document; what was asked of a term is remembered."""

    def __init__(self, text: str) -> None:
        self.low = text.lower()
        self._places: dict[str, tuple[int, ...]] = {}

    def _found(self, term: str) -> Iterator[int]:
        at = self.low.find(term)
        while at >= 0:
            yield at
            at = self.low.find(term, at + 1)

    def _begins(self, at: int) -> bool:
        return at == 0 or not _in_word(self.low[at - 1])

    def _ends(self, at: int) -> bool:
        return at >= len(self.low) or not _in_word(self.low[at])

    def places(self, term: str) -> tuple[int, ...]:
        """Return where a term stands as words of its own, in lower case."""
        term = term.lower()
        if term not in self._places:
            size = len(term)
            found = (at for at in self._found(term) if self._begins(at) and self._ends(at + size))
            self._places[term] = tuple(found) if term else ()
        return self._places[term]

    def defines(self, term: str) -> bool:
        """Say whether the text puts a term in quotes or says what it means."""
        term = term.lower()
        return any(
            (at > 0 and self.low[at - 1] in _OPENS)
            or (self._begins(at) and _MEANS.match(self.low, at + len(term)) is not None)
            for at in self._found(term)
        )

    def explains(self, term: str) -> bool:
        """Say whether the text says what a term means, heads a part with it, or often uses it."""
        places, size = self.places(term), len(term)
        return len(places) > _MOST_MENTIONS or any(
            _SAYS.match(self.low, at + size) is not None
            or (at > 0 and self.low[at - 1] in '"“' and self.low[at + size : at + size + 1] in tuple(_CLOSES))
            or self._in_heading(at)
            for at in places
        )

    def _in_heading(self, at: int) -> bool:
        start = self.low.rfind("\n", 0, at) + 1
        return self.low[start : start + 1] == "#" and self.low[start:at].lstrip("#").startswith(" ")


def _in_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"
