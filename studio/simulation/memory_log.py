"""A run's log in memory: packed as it would be on disk, for runs that nobody keeps."""

from __future__ import annotations

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
        batches = tuple(self._batches[side])
        return KeptConversations(
            lambda: [batch.count for batch in batches], lambda number: batches[number].body
        )
