"""What a handler is given and what it gives back: the surroundings of one command, and its effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from studio.domain.changeset import ChangeSet
from studio.domain.history import RecordChange
from studio.ports import Clock, DocumentStore, KeyStore, UnitOfWork
from studio.services.events import Event

NOTHING = ChangeSet(title="")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The open transaction and the outside that a handler may use."""

    unit: UnitOfWork
    documents: DocumentStore
    keys: KeyStore
    clock: Clock
    who: str

    @property
    def now(self) -> datetime:
        """Return the present moment, to the second."""
        return self.clock().replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a command does: the edit of the draft, the records around it, and the facts to tell."""

    title: str
    events: tuple[Event, ...]
    agent: ChangeSet = NOTHING
    records: tuple[RecordChange, ...] = field(default=())


Handler = Callable[..., Effect]
