"""Ports of a simulation: where its conversations run, and where they are kept as they are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from studio.domain.run import Conversation, KeptBatch, Side

Task = TypeVar("Task")
Result = TypeVar("Result")


def still() -> None:
    """Do nothing; a pulse for who has nothing to do while waiting."""


class Workers(Protocol):
    """Runs many independent tasks and yields their results in the order of the tasks.

    `pulse` is called often while waiting (in a pool at least every 0.1 s); it may raise to stop.
    """

    def map(
        self, work: Callable[[Task], Result], tasks: Sequence[Task], pulse: Callable[[], None] = still
    ) -> Iterator[Result]:
        """Yield `work(task)` for each task, in order."""
        ...


class ClosingWorkers(Workers, Protocol):
    """Workers that hold something (processes, a connection) until they are closed."""

    def close(self) -> None:
        """Let go of it; what still runs is stopped."""
        ...


class RunLog(Protocol):
    """Takes the conversations of one run as they are made; `add` may wait until there is room again."""

    def add(self, side: Side, batch: KeptBatch) -> None:
        """Keep one more batch of a side; raises WrongUse where it cannot be kept."""
        ...

    def close(self) -> None:
        """Keep what is still on its way; nothing may be added afterwards."""
        ...

    def discard(self) -> None:
        """Forget the run; nothing of it stays."""
        ...

    def conversations(self, side: Side) -> Sequence[Conversation]:
        """Return the conversations of a side, read as they are looked at; only after `close`."""
        ...
