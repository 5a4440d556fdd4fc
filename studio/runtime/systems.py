"""Calling a system for a step: arguments, guards, retries, and the trace of each attempt.

- Nothing is sent that does not fit the schema, and nothing that a guard or a limit stops.
- Each attempt is one `call` event; a failed one is followed by a `failure` event. "refused" is an
  answer and is not tried again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol, cast, runtime_checkable

from studio.domain.condition import Scalar
from studio.domain.frozen import Json
from studio.domain.tool import Tool
from studio.domain.trace import TraceEvent
from studio.domain.workflow import Argument, ToolCall, Verify
from studio.ports import Connector, ToolFailed
from studio.runtime.calls import gather, learn, unfit
from studio.runtime.further import remember_sent, sent_before
from studio.runtime.guards import stop
from studio.runtime.program import Program
from studio.runtime.recording import Log, event
from studio.runtime.state import Frame, Memory

FAILURE_WORDS = {
    "timeout": "timed out",
    "error": "failed",
    "refused": "refused",
    "no reply": "has no answer in this test",
}

Caller = ToolCall | Verify


def note_fault(log: Log, memory: Memory, detail: str, label: str, tool: str | None = None) -> None:
    """Write down that something went wrong at the present place."""
    frame = memory.frames[-1] if memory.frames else Frame("", "")
    where, flow = frame.step or None, frame.workflow or None
    log.note(event("failure", detail, label=label, tool=tool, step=where, workflow=flow))


@runtime_checkable
class Rehearsed(Connector, Protocol):
    """Mock systems that a conversation is rehearsed with: they know where it stands, and can go wrong."""

    def at(self, step: str) -> None:
        """Hear which step calls next."""
        ...

    def told(self) -> TraceEvent | None:
        """Return what went wrong with the last call on purpose, once."""
        ...

    def closed(self, queue: str) -> TraceEvent | None:
        """Return why nobody takes over in a queue now, or None."""
        ...


@lru_cache(maxsize=64)
def _rehearses(kind: type) -> bool:
    return issubclass(kind, Rehearsed)


class Systems:
    """The systems as one conversation sees them."""

    def __init__(self, program: Program, memory: Memory, connector: Connector, log: Log) -> None:
        self._program = program
        self._memory = memory
        self._connector = connector
        self._log = log
        self._rehearsed = cast(Rehearsed, connector) if _rehearses(type(connector)) else None

    def use(
        self, step: Caller, name: str, wanted: tuple[Argument, ...], retries: int
    ) -> dict[str, Json] | None:
        """Call a system; return its reply, or None after the failure was written down."""
        self._log.spoken()
        tool = self._program.tools.get(name)
        reply = None
        if tool is None:
            note_fault(self._log, self._memory, f"The agent has no tool “{name}”.", "unknown tool", name)
        else:
            sent = gather(tool, wanted, self._memory.facts)
            if self._may_go(step, tool, sent):
                reply = self._attempts(step, tool, sent, retries)
        self._log.worked()
        return reply

    def _may_go(self, step: Caller, tool: Tool, sent: dict[str, Json]) -> bool:
        memory = self._memory
        why = unfit(tool, sent)
        if why is not None:
            note_fault(self._log, memory, f"“{tool.name}” was not called: {why}.", "arguments", tool.name)
            return False
        rules = self._program.guards.get(tool.name, ())
        flows = [frame.workflow for frame in memory.frames]
        stopped = stop(rules, tool, sent, memory.facts, flows, memory.verified, memory.disclosed)
        if stopped is None:
            return not self._again(step, tool, sent)
        self._log.note(
            event(
                "guard",
                stopped.detail,
                step=step.id,
                workflow=flows[-1],
                rule=stopped.rule,
                tool=tool.name,
                label=stopped.label,
                arguments=sent,
            )
        )
        memory.tried.append(f"{step.title} (stopped by {stopped.rule or 'its limit'})")
        return False

    def _again(self, step: Caller, tool: Tool, sent: dict[str, Json]) -> bool:
        """Return whether an earlier wish sent the same for good, and write it down."""
        if not sent_before(self._memory, tool, sent):
            return False
        words = f"“{tool.name}” was not called: the same was sent before in this conversation."
        note_fault(self._log, self._memory, words, "sent before", tool.name)
        self._memory.tried.append(f"{step.title} (done before)")
        return True

    def _attempts(
        self, step: Caller, tool: Tool, sent: dict[str, Json], retries: int
    ) -> dict[str, Json] | None:
        memory = self._memory
        words = "failed"
        if self._rehearsed is not None:
            self._rehearsed.at(step.id)
        for attempt in range(max(0, retries) + 1):
            try:
                reply = self._connector.call(tool.name, sent)
            except ToolFailed as failed:
                words = FAILURE_WORDS.get(failed.failure, failed.failure)
                self._note_fault()
                self._note_call(step, tool, sent, {}, failed.failure)
                again = f", retry {attempt}" if attempt else ""
                note_fault(self._log, memory, f"“{tool.name}” {words}{again}.", failed.failure, tool.name)
                if failed.failure in ("refused", "no reply"):
                    break
                self._remember_write(step, tool, sent)
                continue
            self._note_fault()
            self._note_call(step, tool, sent, reply, None)
            self._remember_write(step, tool, sent)
            memory.tried.append(f"{step.title} (done)")
            return reply
        memory.tried.append(f"{step.title} ({words})")
        return None

    def _note_fault(self) -> None:
        """Write down what a rehearsal made go wrong with the last call."""
        told = self._rehearsed.told() if self._rehearsed is not None else None
        if told is not None:
            self._log.note(told)

    def closed(self, queue: str) -> bool:
        """Return whether a rehearsal keeps a queue closed, and write it down."""
        told = self._rehearsed.closed(queue) if self._rehearsed is not None else None
        if told is not None:
            self._log.note(told)
            note_fault(self._log, self._memory, f"Nobody takes over in {queue}.", "queue closed")
        return told is not None

    def _note_call(
        self, step: Caller, tool: Tool, sent: dict[str, Json], reply: dict[str, Json], failure: str | None
    ) -> None:
        learned: dict[str, Scalar] = {}
        if isinstance(step, ToolCall) and failure is None:
            learned, _ = learn(reply, step.results)
        self._log.note(
            event(
                "call",
                f"{step.title} · {tool.name}",
                step=step.id,
                workflow=self._memory.frames[-1].workflow,
                tool=tool.name,
                label=failure,
                arguments=sent,
                reply=reply,
                facts=learned,
            )
        )

    def _remember_write(self, step: Caller, tool: Tool, sent: dict[str, Json]) -> None:
        remember_sent(self._memory, tool, sent)
        if tool.effect == "write" and step.title not in self._memory.wrote:
            self._memory.wrote.append(step.title)
