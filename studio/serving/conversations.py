"""The conversations that are open: each pinned to one release, one turn at a time, every part recorded.

- The release is decided when a conversation begins, by the traffic split; a promotion or a rollback
  meanwhile changes nothing for it. Without an id of the caller's own the stable release answers.
- Nothing is answered that was not recorded: where the journal fails, the caller sends the same turn again.
- The same turn again (number and words) is the same answer again, and reaches no system twice.
- Times are of two clocks: one for people, and a steady one by which a silent conversation is closed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from studio.domain.environment import ReleaseRow
from studio.domain.errors import StudioError
from studio.domain.run import RUNTIME
from studio.release.traffic import Routing
from studio.runtime import Program, advance, start
from studio.serving.contract import CustomerTurn, Health, Reply, Version
from studio.serving.conversation import Conversation
from studio.serving.journal import Journal
from studio.serving.running import RunningNow
from studio.serving.systems import ServedSystems
from studio.serving.trouble import Trouble, trouble_of


@dataclass(frozen=True, slots=True)
class Clocks:
    """The time for people, and a steady one in seconds."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    steady: Callable[[], float] = time.monotonic


class Conversations:
    """All open conversations; used by several threads."""

    def __init__(
        self,
        running: RunningNow,
        systems: ServedSystems,
        journal: Journal,
        most: int = 1_000,
        idle_seconds: float = 1_800,
        clocks: Clocks | None = None,
    ) -> None:
        """Take what runs, the systems, where to record, and the limits."""
        self.running = running
        self.systems = systems
        self._journal = journal
        self._most = most
        self._idle = idle_seconds
        self._clocks = clocks or Clocks()
        self._lock = threading.Lock()
        self._open: dict[str, Conversation] = {}
        self._closing = False

    def begin(self, caller: str | None) -> tuple[Reply, bool]:
        """Begin a conversation, or return the open one with this id; and whether it is new."""
        known = self._open.get(caller) if caller else None
        if known is not None:
            with known.held():
                reply = known.recorded(self._journal)
                if not known.over:
                    return reply, False
        self._make_room()
        fresh = self._new(caller)
        with self._lock:
            there = self._open.get(fresh.id)
            if there is not None and there is not known:
                raise Trouble("busy", "The same conversation is being begun; ask for it again.")
            self._check_room()
            self._open[fresh.id] = fresh
        with fresh.held():
            return fresh.recorded(self._journal), True

    def look(self, name: str) -> Reply:
        """Return where a conversation stands: the last reply."""
        conversation = self._find(name)
        with conversation.held():
            return conversation.recorded(self._journal)

    def hear(self, name: str, said: CustomerTurn) -> Reply:
        """Answer a customer turn."""
        conversation = self._find(name)
        with conversation.held():
            conversation.touched = self._clocks.steady()
            if said.turn == conversation.turn and said.text == conversation.said:
                return conversation.recorded(self._journal)
            conversation.check_turn(said)
            conversation.recorded(self._journal)
            self._advance(conversation, said.text, said.turn)
            return conversation.recorded(self._journal)

    def leave(self, name: str) -> Reply:
        """Hear that the customer left; asked again, it is so still."""
        conversation = self._find(name)
        with conversation.held():
            self._end(conversation)
            return conversation.recorded(self._journal)

    def sweep(self) -> None:
        """Close what was silent for too long; what cannot be recorded is tried again the next time."""
        earliest = self._clocks.steady() - self._idle
        for each in [each for each in list(self._open.values()) if each.touched < earliest]:
            self._dismiss(each)

    def close(self) -> int:
        """Close everything, also what could not be recorded; return how many conversations were open."""
        with self._lock:
            self._closing = True
        left = [each for each in list(self._open.values()) if not each.over]
        for each in list(self._open.values()):
            self._dismiss(each)
        self._open.clear()
        return len(left)

    def health(self) -> Health:
        """Return whether a new conversation would be answered, and by what."""
        row = self.running.row()
        notes = [self.running.trouble] if self.running.trouble else []
        missing = self.systems.missing(self.running.agent)
        notes += [f"Nothing answers for the agent's tool “{name}”." for name in missing]
        return Health(
            status="degraded" if notes else "ok",
            environment=row.pointer.environment,
            generation=row.pointer.generation,
            stable=row.stable.sequence,
            canary=row.candidate.sequence if row.candidate else None,
            canary_percent=row.pointer.weight if row.candidate else 0,
            open_conversations=sum(not each.over for each in list(self._open.values())),
            notes=tuple(notes),
        )

    # Beginning

    def _new(self, caller: str | None) -> Conversation:
        try:
            routing, release = self.running.route(caller)
            program = self.running.program(release)
        except StudioError as error:
            raise trouble_of(error) from error
        interaction, now = uuid4().hex, self._clocks.now()
        state, turns = start(program, now.astimezone().date().isoformat())
        conversation = Conversation(
            id=caller or interaction,
            interaction=interaction,
            caller=caller,
            version=self._version(program, routing, release),
            program=program,
            systems=self.systems.open(program, interaction),
            started_at=now,
            state=state,
            touched=self._clocks.steady(),
        )
        conversation.note(turns, now)
        return conversation

    def _version(self, program: Program, routing: Routing, release: ReleaseRow) -> Version:
        return Version(
            agent=program.agent.id,
            agent_digest=release.result_digest,
            release=release.id,
            sequence=release.sequence,
            label=release.label,
            answered_by=routing.answers,
            environment=routing.environment,
            generation=routing.generation,
            runtime=RUNTIME,
            systems=self.systems.kind,
            systems_note=self.systems.note,
        )

    def _make_room(self) -> None:
        """Forget what is over, oldest first, where there is no room."""
        with self._lock:
            done = [name for name, each in self._open.items() if each.over and not each.unrecorded]
            for name in done[: max(0, len(self._open) - self._most + 1)]:
                del self._open[name]
            self._check_room()

    def _check_room(self) -> None:
        if self._closing:
            raise Trouble("stopping", "Begin the conversation elsewhere, or again in a moment.")
        if len(self._open) >= self._most:
            raise Trouble("full", f"{self._most} conversations are open, which is the most; try again later.")

    # Going on

    def _find(self, name: str) -> Conversation:
        found = self._open.get(name)
        if found is None:
            raise Trouble(
                "no-conversation", "It was never begun, or was silent for too long; begin a new one."
            )
        return found

    def _advance(self, conversation: Conversation, text: str | None, turn: int) -> None:
        self.systems.begin_turn(conversation.systems, turn)
        state, turns = advance(conversation.program, conversation.state, text, conversation.systems)
        conversation.state, conversation.turn, conversation.said = state, turn, text or ""
        conversation.note(turns, self._clocks.now())

    def _end(self, conversation: Conversation) -> None:
        """Let the customer be gone; an outcome that was reached before stays."""
        if not conversation.left:
            conversation.left = True
            if conversation.state.ended:
                conversation.note((), self._clocks.now())
            else:
                self._advance(conversation, None, conversation.turn)

    def _dismiss(self, conversation: Conversation) -> None:
        """Close a conversation and forget it, unless somebody works on it or it cannot be recorded."""
        if not conversation.lock.acquire(blocking=False):
            return
        try:
            self._end(conversation)
            conversation.recorded(self._journal)
            with self._lock:  # a new one may have taken its place under the caller's id
                if self._open.get(conversation.id) is conversation:
                    del self._open[conversation.id]
        except Trouble:
            return
        finally:
            conversation.lock.release()
