"""Near: which of many sets of words share a given part with an earlier one, without trying all pairs.

- Rare-word prefix filter: two sets with so much in common share one of their rarest words, so only those
  are indexed.
- What cannot matter to each other is told apart by a label first, so that thousands of sentences in the same
  words and with the same label are never compared.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Generic, TypeVar

from studio.domain.pulse import beat

Label = TypeVar("Label", bound=Hashable)
Words = frozenset[str]
_BEATS_EVERY = 1024


class Near(Generic[Label]):
    """Sets of words, each with a label, of which those that are alike are sought."""

    def __init__(
        self, rows: Sequence[tuple[Words, Label]], least: float, matter: Callable[[Label, Label], bool]
    ) -> None:
        """Take the sets; `least` is the shared part of all words of two sets, above 0, that makes them alike.

        `matter` says of two labels, the earlier first, whether such sets are to be compared at all.
        """
        self._rows, self._least = rows, least
        self._counts = Counter(word for words, _ in rows for word in words)
        self._matter = matter
        self._known: dict[tuple[Label, Label], bool] = {}

    def earlier(self) -> Iterator[tuple[int, Iterator[tuple[int, int]]]]:
        """Yield each position with the earlier positions, in order, whose sets are alike and matter to it.

        Beside each of those stands how many words the two have in common.
        """
        index: dict[str, dict[Label, list[int]]] = defaultdict(lambda: defaultdict(list))
        for at, (words, label) in enumerate(self._rows):
            beat()
            prefix = self._prefix(words)
            near: set[int] = set()
            for word in prefix:
                for other, places in index[word].items():
                    if self._compared(other, label):
                        near.update(places)
            yield at, self._alike(words, sorted(near))
            for word in prefix:
                index[word][label].append(at)

    def _prefix(self, words: Words) -> list[str]:
        """Return so many of the rarest words that an alike set must hold one of them."""
        rarest = sorted(words, key=lambda word: (self._counts[word], word))
        return rarest[: len(rarest) - math.ceil(self._least * len(rarest)) + 1]

    def _compared(self, one: Label, two: Label) -> bool:
        known = self._known.get((one, two))
        if known is None:
            known = self._known[one, two] = self._matter(one, two)
        return known

    def _alike(self, words: Words, near: Sequence[int]) -> Iterator[tuple[int, int]]:
        rows, count, least = self._rows, len(words), self._least
        for number, place in enumerate(near):
            if not number % _BEATS_EVERY:
                beat()
            others = rows[place][0]
            shared = len(words & others)
            if shared >= least * (count + len(others) - shared):
                yield place, shared
