"""The facade of one open workspace: do(command), ask(query), undo(), redo(), run(job), start(job).

- One writer: commands are carried out one at a time; each is one transaction, all or nothing.
- Undo lives with the data, in the same transaction, and survives a restart. Commands that are not
  `undoable` only add, and stand in the ledger.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from studio.domain.changeset import apply
from studio.domain.errors import StudioError, WrongUse
from studio.domain.history import HistoryEntry
from studio.ports import (
    Clock,
    DocumentReader,
    KeyStore,
    LanguageModels,
    Progress,
    UnitOfWork,
    Workers,
    WorkspaceStore,
    silent,
)
from studio.services.commands import Command, NoteModelUse
from studio.services.effects import NOTHING, Effect, Handler, Surroundings
from studio.services.events import Changed, Event, Kind
from studio.services.handlers import HANDLERS
from studio.services.handlers.review_package import check_open
from studio.services.jobs import Handle, Job, Tools
from studio.services.models import Lent, NoModels

Row = TypeVar("Row", covariant=True)
Result = TypeVar("Result")
Listener = Callable[[Changed], None]


class Query(Protocol[Row]):
    """A question about the workspace; its answer is read rows, never something to change."""

    def answer(self, unit: UnitOfWork) -> Row:
        """Return the rows."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything outside the core that a workbench uses; assembly wires it, tests pass their own."""

    workspace: WorkspaceStore
    readers: tuple[DocumentReader, ...]
    workers: Workers
    keys: KeyStore
    clock: Clock
    who: str
    models: LanguageModels = field(default_factory=NoModels)


class Workbench:
    """What a user can do with one workspace."""

    def __init__(self, outside: Outside) -> None:
        """Take the outside; the workspace is open already."""
        self._outside = outside
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._running: list[Handle[object]] = []

    @property
    def outside(self) -> Outside:
        """Return what this workbench was wired with."""
        return self._outside

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call the listener after every change (in the changing thread); return the way to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def do(self, command: Command) -> Effect:
        """Carry out a command; raises StudioError, and then nothing has changed."""
        handler: Handler | None = HANDLERS.get(type(command))
        if handler is None:
            raise WrongUse(f"Nothing here knows how to carry out “{type(command).__name__}”.")
        with self._lock, self._outside.workspace.unit(writing=True) as unit:
            check_open(command, unit)
            effect: Effect = handler(command, self._surroundings(unit))
            self._apply(unit, effect, undoable=command.undoable)
            unit.commit()
        self._tell(effect.events)
        return effect

    def ask(self, query: Query[Row]) -> Row:
        """Return the answer to a query."""
        with self._outside.workspace.unit() as unit:
            return query.answer(unit)

    def undo(self) -> str:
        """Take back the last command; return its title, or that a whole proposal is gone with it.

        Raises WrongUse where there is none.
        """
        return self._travel(back=True)

    def redo(self) -> str:
        """Do again what was undone last; return its title. Raises WrongUse where there is none."""
        return self._travel(back=False)

    def run(self, job: Job[Result], progress: Progress = silent) -> Result:
        """Do a job to its end in this thread, record its result, and return it."""
        lent = Lent(self._outside.models)
        try:
            with self._outside.workspace.unit() as unit:
                work = job.prepare(unit, self._tools(lent))
            result = work(progress)
        finally:
            # What left this computer is noted however the job ended.
            if (use := lent.used) is not None:
                self.do(NoteModelUse(job.title, use))
        progress(1.0)  # who asked to stop at the very end is heard, too
        command = job.record(result)
        if command is not None:
            self.do(command)
        return result

    def start(
        self,
        job: Job[Result],
        on_progress: Progress,
        on_done: Callable[[Result], None],
        on_failed: Callable[[BaseException], None],
    ) -> Handle[Result]:
        """Do a job in a thread of its own; the listeners are called in that thread."""
        handle: Handle[Result] = Handle(job.title)
        self._running = [other for other in self._running if other.thread and other.thread.is_alive()]
        self._running.append(handle)
        handle.begin(lambda progress: self.run(job, progress), on_progress, on_done, on_failed)
        return handle

    def close(self) -> None:
        """Stop what runs, and let go of the workspace."""
        for handle in self._running:
            handle.cancel()
        for handle in self._running:
            handle.join(10)
        self._outside.models.close()
        self._outside.workspace.close()

    def _tools(self, lent: Lent) -> Tools:
        out = self._outside
        return Tools(out.readers, out.workers, out.clock, out.workspace.run_log, lent)

    def _surroundings(self, unit: UnitOfWork) -> Surroundings:
        out = self._outside
        return Surroundings(unit, out.workspace.documents, out.keys, out.clock, out.who)

    def _apply(self, unit: UnitOfWork, effect: Effect, *, undoable: bool) -> None:
        around = self._surroundings(unit)
        entry = HistoryEntry(
            title=effect.title, by=around.who, at=around.now, agent=effect.agent, records=effect.records
        )
        _write(unit, entry)
        if undoable and (entry.records or entry.agent.changes):
            unit.history.push(entry)
        for event in effect.events:
            unit.ledger.note(around.clock(), around.who, event.name, event.sentence)

    def _travel(self, *, back: bool) -> str:
        verb, state = ("undo", "undone") if back else ("redo", "done")
        with self._lock, self._outside.workspace.unit(writing=True) as unit:
            found = unit.history.last_done() if back else unit.history.first_undone()
            if found is None:
                raise WrongUse(f"There is nothing to {verb}.")
            seq, entry = found
            _write(unit, entry.inverse() if back else entry)
            unit.history.mark(seq, state)
            sentence = f"{'Took back' if back else 'Did again'}: {entry.title}"
            unit.ledger.note(self._outside.clock(), self._outside.who, verb, sentence)
            unit.commit()
        kinds: set[Kind] = {"agent", "history", *(record.kind for record in entry.records)}
        self._tell((Event(verb, sentence, frozenset(kinds)),))
        return _gone_with(entry) or entry.title if back else entry.title

    def _tell(self, events: tuple[Event, ...]) -> None:
        changed = Changed.by(events)
        for listener in tuple(self._listeners):
            listener(changed)


def _gone_with(entry: HistoryEntry) -> str:
    """Return that a whole proposal is gone when an entry is taken back; "" where none is."""
    came = [each for each in entry.records if each.kind == "proposal" and each.before is None and each.after]
    if not came:
        return ""
    told = [f"{each.id} with its {_changes(len(each.after.get('changes', ())))}" for each in came]
    return f"the whole proposal {' and '.join(told)}. Review shows it no more until Redo brings it back."


def _changes(count: int) -> str:
    return f"{count} change{'s' * (count != 1)}"


def _write(unit: UnitOfWork, entry: HistoryEntry) -> None:
    if entry.agent is not NOTHING and entry.agent.changes:
        unit.agents.keep_draft(apply(unit.agents.draft(), entry.agent))
    for record in entry.records:
        unit.put_record(record.kind, record.id, record.after)


__all__ = ["Effect", "Outside", "Query", "StudioError", "Workbench"]
