"""What is marked internal: whole documents and single sentences, which leave with no request.

- It is known by where it stands, by what cites it, and by its words wherever somebody repeated them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from studio.domain.source import Citation

FEWEST = 25
"""So many characters in a row are a sentence's own words, and no turn of speech that many share."""


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


@dataclass(frozen=True)
class KeptBack:
    """Ids of the documents that are internal, and (document, block, words) of each internal sentence."""

    sources: frozenset[str] = frozenset()
    sentences: tuple[tuple[str, str, str], ...] = ()
    blocks: frozenset[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        """Note the blocks in which internal sentences stand."""
        object.__setattr__(self, "blocks", frozenset((source, block) for source, block, _ in self.sentences))

    @cached_property
    def _words(self) -> tuple[tuple[str, str], ...]:
        return tuple((source, _plain(words)) for source, _, words in self.sentences)

    def cites(self, citations: Iterable[Citation]) -> bool:
        """Return whether something rests on what is internal."""
        for citation in citations:
            quote = _plain(citation.quote)
            if citation.source_id in self.sources or any(
                source == citation.source_id and (words in quote or quote in words)
                for source, words in self._words
            ):
                return True
        return False

    def says(self, text: str) -> bool:
        """Return whether a text repeats what is internal, word for word."""
        said = _plain(text)
        return any(
            (len(words) >= FEWEST and words in said) or (len(said) >= FEWEST and said in words)
            for _, words in self._words
        )
