"""Workers that choose: a small map runs here, a large one in processes, by what its tasks really cost.

- The first tasks run in this process and are timed; only if what is left would take longer than starting
  processes pays for, they are started, and they end with the map.
- Where it runs makes no difference to the results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import TypeVar

from studio.running import heard, still
from studio.workers.pool import PoolWorkers, processors

Task = TypeVar("Task")
Result = TypeVar("Result")

TRIAL = 0.25
"""Seconds of tasks that are run here before anything is decided."""
WORTH = 2.0
"""Seconds of work left for which processes, which take about one to start, are worth it."""


class MeasuredWorkers:
    """This process for little work, a pool of `size` processes for much; `clock` is for tests."""

    def __init__(self, size: int | None = None, clock: Callable[[], float] = perf_counter) -> None:
        self.size = size or processors()
        self._clock = clock
        self.pooled = False

    def map(
        self, work: Callable[[Task], Result], tasks: Sequence[Task], pulse: Callable[[], None] = still
    ) -> Iterator[Result]:
        """Yield `work(task)` for each task, in order; `pulse` may wait (a pause) or raise (a stop)."""
        self.pooled = False
        spent, done = 0.0, 0
        while done < len(tasks) and not self._much_is_left(spent, done, len(tasks)):
            pulse()
            begun = self._clock()
            with heard(pulse):
                result = work(tasks[done])
            spent += self._clock() - begun
            done += 1
            yield result
        if done < len(tasks):
            self.pooled = True
            with PoolWorkers(self.size) as pool:
                yield from pool.map(work, tasks[done:], pulse)

    def close(self) -> None:
        """Do nothing: nothing is held between maps."""

    def _much_is_left(self, spent: float, done: int, total: int) -> bool:
        """Return whether what is left is worth starting processes, as far as the tasks so far tell."""
        if self.size < 2 or spent < TRIAL:
            return False
        return spent / done * (total - done) > WORTH
