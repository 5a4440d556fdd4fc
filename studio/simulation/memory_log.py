"""A run's log in memory: packed as it would be on disk, for runs that nobody keeps."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.run import KeptBatch, Side
from studio.simulation.packing import KeptConversations


class MemoryLog:
    """Keeps the batches of a run as long as somebody looks at them."""

    def __init__(self) -> None:
        self._batches: dict[Side, list[KeptBatch]] = {"live": [], "draft": []}

    def add(self, side: Side, batch: KeptBatch) -> None:
        """Keep one more batch of a side."""
        self._batches[side].append(batch)

    def close(self) -> None:
        """Nothing is left to be written."""

    def discard(self) -> None:
        """Forget everything."""
        for batches in self._batches.values():
            batches.clear()

    def conversations(self, side: Side) -> KeptConversations:
        """Return the conversations of a side."""
        return _Remembered(tuple(self._batches[side]))


class _Remembered(KeptConversations):
    """The conversations of some batches in memory."""

    def __init__(self, batches: tuple[KeptBatch, ...]) -> None:
        super().__init__()
        self._batches = batches

    def counts(self) -> Sequence[int]:
        """Return how many conversations each batch has."""
        return [batch.count for batch in self._batches]

    def load(self, number: int) -> bytes:
        """Return the body of a batch."""
        return self._batches[number].body
