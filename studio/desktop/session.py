"""The open workspace as the window knows it: asks, does, starts jobs, and turns errors into sentences.

- One job at a time; starting a second one while the first runs is refused with a sentence, unless the
  first is one that gives way: then it is stopped, and the second begins when it has ended.
- A report of a job that was let go of (another workspace was opened) reaches nobody; what it made is closed.
- What the user may mend comes back as `told`; what nobody foresaw goes to the crash dialog.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from studio.desktop.proof_watch import ProofWatch
from studio.desktop.relay import Relay
from studio.domain.errors import Cancelled, StudioError

if TYPE_CHECKING:
    from studio.ports import Progress
    from studio.services.commands import Command
    from studio.services.effects import Effect
    from studio.services.events import Changed
    from studio.services.jobs import Handle, Job
    from studio.services.workbench import Query, Workbench

Row = TypeVar("Row")
Result = TypeVar("Result")


def words_of(error: StudioError) -> str:
    """Return what is wrong and what to do next, without what one would type at the command line."""
    todo = re.sub(r",? or with `[^`]*`", "", error.todo)
    return error.what if "`" in todo else f"{error.what} {todo}".strip()


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """One job that was started: who hears how it ended. Its reports carry it, so that none is mistaken."""

    then: Callable[[Any], object]
    otherwise: Callable[[], object] | None = None
    gives_way: bool = False
    unwanted: Callable[[Any], object] | None = None


class Session(QObject):
    """Holds the workbench of the workspace that is open, or None."""

    opened = Signal()
    closing = Signal()
    """The workspace is about to be let go of: the last moment to keep something in it."""
    changed = Signal(object)
    told = Signal(str, str)
    taken_back = Signal(str)
    job_moved = Signal(str, float, str)
    job_ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workbench: Workbench | None = None
        self.seen: set[str] = set()
        """The pages that were entered since this workspace was opened."""
        self.proofs = ProofWatch(lambda: self.workbench, self)
        self._relay = Relay(self)
        self._relay.changed.connect(self._on_changed)
        self._relay.progressed.connect(self._on_progress)
        self._relay.done.connect(self._on_done)
        self._relay.failed.connect(self._on_failed)
        self._unlisten: Callable[[], None] | None = None
        self._job: Handle[Any] | None = None
        self._run: _Run | None = None
        self._apart: list[Handle[Any]] = []
        self._waiting: tuple[Job[Any], Callable[[Any], object], Callable[[], object] | None] | None = None

    def use(self, workbench: Workbench | None) -> None:
        """Let go of what is open, and hold this workspace from now on."""
        self.close()
        self.seen.clear()
        self.workbench = workbench
        if workbench is not None:
            self._unlisten = workbench.listen(self._relay.tell_change)
        self.opened.emit()

    def close(self) -> None:
        """Stop what runs and let go of the workspace; work apart from it ends by itself (`settle`)."""
        if self.workbench is not None:
            self.closing.emit()
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
        self.proofs.let_go()
        for handle in self._apart:
            handle.cancel()
        if self.workbench is not None:
            self.workbench.close()
        ran = self._job is not None
        self.workbench = self._job = self._run = self._waiting = None
        if ran:
            self.job_ended.emit()

    def settle(self, seconds: float = 10) -> None:
        """Wait until work that was stopped has tidied up, before the program ends."""
        for handle in self._apart:
            handle.join(seconds)
        self._apart = []

    def ask(self, query: Query[Row]) -> Row:
        """Return the answer to a query; raises StudioError."""
        assert self.workbench is not None, "pages ask only while a workspace is open"
        return self.workbench.ask(query)

    def do(self, command: Command) -> Effect | None:
        """Carry out a command; on a foreseen error tell it and return None."""
        if self.workbench is None:
            return None
        try:
            return self.workbench.do(command)
        except StudioError as error:
            self.told.emit(words_of(error), "bad")
            return None

    def undo(self) -> None:
        """Take back the last command and tell which."""
        self._travel(back=True)

    def redo(self) -> None:
        """Do again what was taken back, and tell which."""
        self._travel(back=False)

    @property
    def busy(self) -> bool:
        """Return whether a job runs."""
        return self._job is not None

    def start(
        self,
        job: Job[Result],
        then: Callable[[Result], object],
        otherwise: Callable[[], object] | None = None,
        *,
        gives_way: bool = False,
    ) -> bool:
        """Start a job; `then` hears its result in this thread. Return whether it was started, or will be."""
        if self.workbench is None:
            return False
        if self._job is not None and self._run and self._run.gives_way and self._waiting is None:
            self._waiting = (job, then, otherwise)
            self._job.cancel()
            return True
        if self._job is not None:
            self.told.emit(f"“{self._job.title}” is still running. Wait for it, or stop it.", "warn")
            return False
        self._run = run = _Run(then, otherwise, gives_way)
        self.job_moved.emit(job.title, 0.0, "")
        self._job = self.workbench.start(job, *self._listeners_of(run))
        return True

    def _listeners_of(
        self, run: _Run
    ) -> tuple[Progress, Callable[[Any], None], Callable[[BaseException], None]]:
        """Return who hears how a run goes on, how it ends, and that it failed."""
        relay = self._relay
        return (
            partial(relay.tell_progress, of=run),
            partial(relay.tell_done, of=run),
            partial(relay.tell_failed, of=run),
        )

    def start_apart(
        self,
        title: str,
        work: Callable[[Progress], Result],
        then: Callable[[Result], object],
        unwanted: Callable[[Result], object] | None = None,
    ) -> bool:
        """Start work that belongs to no open workspace, such as making one; `then` hears its result.

        `unwanted` is handed a result that came too late: the user has opened something else by then.
        """
        from studio.services.jobs import Handle

        if self._job is not None:
            self.told.emit(f"“{self._job.title}” is still running. Wait for it, or stop it.", "warn")
            return False
        self._run = run = _Run(then, unwanted=unwanted)
        handle: Handle[Any] = Handle(title)
        self._apart = [each for each in self._apart if each.thread and each.thread.is_alive()] + [handle]
        self._job = handle
        self.job_moved.emit(title, 0.0, "")
        handle.begin(work, *self._listeners_of(run))
        return True

    def stop(self) -> None:
        """Ask the running job to stop."""
        if self._job is not None:
            self._job.cancel()

    def hold(self, held: bool) -> None:
        """Hold the running job up, or let it go on."""
        if self._job is not None:
            (self._job.pause if held else self._job.resume)()

    def _travel(self, *, back: bool) -> None:
        if self.workbench is None:
            return
        try:
            title = self.workbench.undo() if back else self.workbench.redo()
        except StudioError as error:
            self.told.emit(words_of(error), "warn")
        else:
            self.told.emit(f"{'Took back' if back else 'Did again'}: {title}", "ok")
            if back:
                self.taken_back.emit(f"Took back: {title}")

    def _on_changed(self, changed: Changed) -> None:
        self.changed.emit(changed)

    def _on_progress(self, fraction: float, message: str, of: object) -> None:
        if self._job is not None and of is self._run:
            self.job_moved.emit(self._job.title, fraction, message)

    def _end(self) -> None:
        if self._job is not None:
            # The thread has told its last; it ends now. Waiting leaves no thread behind.
            self._job.join(10)
        self._job = self._run = None
        self.job_ended.emit()

    def _on_done(self, result: object, of: _Run) -> None:
        if of is not self._run:
            if of.unwanted is not None:
                of.unwanted(result)
            return
        self._end()
        of.then(result)
        self._begin_waiting()

    def _on_failed(self, error: BaseException, of: _Run) -> None:
        if of is not self._run:
            return
        gave_way = self._waiting is not None
        self._end()
        if of.otherwise is not None and not gave_way:
            of.otherwise()
        self._begin_waiting()
        if gave_way and isinstance(error, Cancelled):
            return
        if isinstance(error, StudioError):
            self.told.emit(words_of(error), "" if isinstance(error, Cancelled) else "bad")
        else:
            sys.excepthook(type(error), error, error.__traceback__)

    def _begin_waiting(self) -> None:
        """Start the job for which another one gave way."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.start(*waiting)
