"""Ports of a simulation: where conversations run, where they are kept, how they ask a language model."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from studio.domain.model import ModelFailure, ModelReply, ModelRequest
    from studio.domain.run import Conversation, KeptBatch, Side

Task = TypeVar("Task")
Result = TypeVar("Result")


class Progress(Protocol):
    """Hears how far a job is; raises `Cancelled` when it shall stop."""

    def __call__(self, fraction: float, message: str = "") -> None:
        """Report a fraction from 0 to 1 and what is being done."""
        ...


def still() -> None:
    """Do nothing; a pulse for who has nothing to do while waiting."""


BEAT = 0.05
"""Seconds between two calls of a pulse from within one task."""

_PULSE: ContextVar[Callable[[], None]] = ContextVar("pulse", default=still)


def beat() -> None:
    """Call the pulse of whoever waits for this task in this process; a long task does so now and then.

    In a process of its own a task has no pulse: who waits for it hears elsewhere, and ends the process.
    """
    _PULSE.get()()


@contextmanager
def heard(pulse: Callable[[], None]) -> Iterator[None]:
    """Let tasks that run here meanwhile call a pulse, not more often than every `BEAT` seconds."""
    last = monotonic()

    def now_and_then() -> None:
        nonlocal last
        if monotonic() - last >= BEAT:
            pulse()
            last = monotonic()

    token = _PULSE.set(now_and_then)
    try:
        yield
    finally:
        _PULSE.reset(token)


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


Outcome: TypeAlias = "ModelReply | ModelFailure"
Question = tuple[int, "ModelRequest"]
"""A question, and the number of who asks; nobody asks twice at a time."""
Answered = Callable[[int, Outcome], Iterable[Question]]
"""Takes the outcome for who asked, and returns what is asked next."""


@runtime_checkable
class Flowing(Protocol):
    """A language model that takes what follows from an answer while others are still under way."""

    def flow(self, questions: Iterable[Question], answered: Answered, progress: Progress) -> None:
        """Ask questions and what follows from them until nothing is left; takes them as there is room."""
        ...


def in_rounds(
    ask: Callable[[Sequence[ModelRequest], Progress], Sequence[Outcome]],
    questions: Iterable[Question],
    answered: Answered,
    progress: Progress,
) -> None:
    """Ask everything that is open together, then what follows from it, until nothing is left."""
    waiting = list(questions)
    while waiting:
        outcomes = ask([request for _, request in waiting], progress)
        asked = [number for number, _ in waiting]
        waiting = [
            follows
            for number, outcome in zip(asked, outcomes, strict=True)
            for follows in answered(number, outcome)
        ]


def sieved(
    questions: Iterable[Question],
    answered: Answered,
    judge: Callable[[int, ModelRequest], Outcome | ModelRequest],
) -> Iterator[Question]:
    """Yield what is asked on; what `judge` can answer itself is answered here, with what follows from it."""
    from studio.domain.model import ModelRequest

    for question in questions:
        waiting = deque([question])
        while waiting:
            number, request = waiting.popleft()
            found = judge(number, request)
            if isinstance(found, ModelRequest):
                yield number, found
            else:
                waiting.extend(answered(number, found))


def silent(fraction: float, message: str = "") -> None:
    """Report nothing to nobody; a Progress for who does not care."""
