"""Which pairs of statements are worth comparing: those that share a rare concept, without trying all pairs.

- Rare-word prefix filter: two sets that overlap enough share one of their rarest members, so only
  those are indexed.
- A concept weighs by how rare it is among the statements at hand; words that stand anywhere weigh little.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from studio.cobuilder.collisions.readings import Concepts, Reading

OVERLAP = 0.34
"""The least part of the smaller matter that a pair has to share, by number of concepts."""


class Weights:
    """How much each concept tells, by its rarity among the statements; between 0.5 and 1.5."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        counts = Counter(word for reading in readings for word in reading.matter)
        self._top = math.log(1 + max(2, len(readings)))
        self._weight = {
            word: 0.5 + math.log(1 + len(readings) / count) / self._top for word, count in counts.items()
        }
        self.counts = counts
        self._sums: dict[Concepts, float] = {}

    def of(self, words: Concepts) -> float:
        """Return the summed weight of some concepts."""
        known = self._sums.get(words)
        if known is None:
            known = self._sums[words] = sum(self._weight.get(word, 1.5) for word in words)
        return known

    def alike(self, left: Concepts, right: Concepts) -> float:
        """Return the weighted Dice coefficient of two sets of concepts, 0 to 1."""
        both = self.of(left) + self.of(right)
        return 2 * self.of(left & right) / both if both else 0.0

    def covered(self, left: Concepts, right: Concepts) -> float:
        """Return how much of the smaller of two sets stands in the other, 0 to 1."""
        least = min(self.of(left), self.of(right))
        return self.of(left & right) / least if least else 0.0


def candidates(readings: Sequence[Reading], weights: Weights) -> Iterator[tuple[int, int]]:
    """Yield the pairs of positions, the earlier first, that may speak of one matter."""
    index: dict[str, list[int]] = defaultdict(list)
    needed = [
        max(1, math.ceil(OVERLAP * n)) for n in range(1 + max((len(r.matter) for r in readings), default=0))
    ]
    # What is looked at for each of very many pairs stands in plain lists.
    matters = [reading.matter for reading in readings]
    traits = [reading.traits for reading in readings]
    negative = [reading.negative for reading in readings]
    for at, matter in enumerate(matters):
        words = sorted(matter, key=lambda word: (weights.counts[word], word))
        prefix = words[: len(words) - math.ceil(OVERLAP * len(words)) + 1]
        near = {other for word in prefix for other in index[word]}
        says, no = traits[at], negative[at]
        for other in sorted(other for other in near if says & traits[other] or negative[other] != no):
            theirs = matters[other]
            if len(matter & theirs) >= needed[min(len(matter), len(theirs))]:
                yield other, at
        for word in prefix:
            index[word].append(at)
