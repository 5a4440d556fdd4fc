"""Workers that are this process: one task after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from studio.running import heard, still

Task = TypeVar("Task")
Result = TypeVar("Result")


class InlineWorkers:
    """Runs tasks here, in order; `pulse` is called between tasks, and by those that take long within."""

    def map(
        self, work: Callable[[Task], Result], tasks: Sequence[Task], pulse: Callable[[], None] = still
    ) -> Iterator[Result]:
        """Yield `work(task)` for each task."""
        for task in tasks:
            pulse()
            with heard(pulse):
                result = work(task)
            yield result

    def close(self) -> None:
        """Do nothing: nothing is held between maps."""
