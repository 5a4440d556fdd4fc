"""One open conversation: where it stands, which release answers it, what is not recorded yet.

- Whoever works on it holds its lock; a second caller is told so at once instead of waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from studio.domain.errors import ProviderFailed
from studio.domain.interaction import OPEN, Interaction
from studio.domain.trace import Turn
from studio.ports import Connector
from studio.runtime import Program, State
from studio.serving.contract import CustomerTurn, Handover, Reply, Version
from studio.serving.journal import Journal
from studio.serving.trouble import Trouble

OVER = ("handed over", "abandoned")
"""Outcomes after which nobody answers any more."""


@dataclass(slots=True)
class Conversation:
    """A conversation between two turns; `left` says that the customer is gone for good."""

    id: str
    interaction: str
    caller: str | None
    version: Version
    program: Program
    systems: Connector
    started_at: datetime
    state: State
    touched: float
    reply: Reply | None = None
    turn: int = 0
    said: str = ""
    part: int = 0
    left: bool = False
    unrecorded: list[Interaction] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def over(self) -> bool:
        """Return whether nobody answers any more."""
        return self.left or self.state.outcome in OVER

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it; raises Trouble where somebody else does."""
        if not self.lock.acquire(blocking=False):
            raise Trouble("busy", "Wait for its answer, or send the same turn again to have it.")
        try:
            yield
        finally:
            self.lock.release()

    def check_turn(self, said: CustomerTurn) -> None:
        """Raise Trouble unless this is the turn that comes next."""
        if self.over:
            raise Trouble("ended", f"It ended ({self.state.outcome}); begin a new one.")
        if said.turn == self.turn:
            raise Trouble("wrong-turn", f"Turn {said.turn} was heard already, with other words.")
        if said.turn != self.turn + 1:
            raise Trouble("wrong-turn", f"Turn {self.turn + 1} comes next, not {said.turn}.")

    def note(self, turns: Sequence[Turn], at: datetime) -> None:
        """Keep what was said for the record, and make the reply of it."""
        self.reply = Reply(
            conversation=self.id,
            interaction=self.interaction,
            turn=self.turn,
            replies=tuple(turn.text for turn in turns if turn.role == "agent" and turn.text),
            outcome=self.state.outcome,
            over=self.over,
            handover=_handover(turns),
            metadata=self.version,
        )
        if turns or not self.part:
            self.unrecorded.append(self._interaction(tuple(turns), at))
            self.part += 1

    def recorded(self, journal: Journal) -> Reply:
        """Record what is not yet, and return the last reply; raises Trouble where it cannot be recorded."""
        assert self.reply is not None, "a conversation begins with a greeting"
        try:
            while self.unrecorded:
                journal.write(self.unrecorded[0])
                self.unrecorded.pop(0)
        except ProviderFailed as error:
            raise Trouble("not-ready", f"{error} Send the same again then.") from error
        return self.reply

    def _interaction(self, turns: tuple[Turn, ...], at: datetime) -> Interaction:
        version = self.version
        return Interaction(
            id=self.interaction,
            agent_digest=version.agent_digest,
            agent_version=str(version.sequence),
            started_at=self.started_at,
            outcome=self.state.outcome or OPEN,
            turns=turns,
            conversation=self.caller,
            environment=version.environment,
            generation=version.generation,
            release=version.release,
            answered_by=version.answered_by,
            runtime=version.runtime,
            systems=version.systems,
            part=self.part,
            at=at,
        )


def _handover(turns: Sequence[Turn]) -> Handover | None:
    for turn in turns:
        for event in turn.events:
            if event.kind == "handoff":
                return Handover(queue=event.label or "", summary=event.detail)
    return None
