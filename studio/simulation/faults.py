"""Faults: what goes wrong in the systems of a test, when, and what the agent then gets to see.

- A time-out, an error, a refusal and an identity service that is down happen before anything was done.
- `slow` answers late; later than the system may take, it was done all the same, but nobody hears of it.
- `duplicate`: a change was done but its answer is lost, so that who tries again does it twice; a look-up
  finds two records and answers with the other one (and with how many, where the system says that).
- `stale` answers with the values of before; `contradiction` with others than every other system has.
- By chance means: drawn from the seed, the fault and the number of the call, never from a clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from studio.domain.frozen import Json
from studio.domain.scenario import Fault, Scenario
from studio.domain.trace import TraceEvent
from studio.domain.workflow import Handoff, Verify
from studio.domain.world import unknown_names
from studio.ports import ToolFailed
from studio.runtime.program import Program
from studio.runtime.recording import event

PATIENCE_OF_CALLERS = 10.0
"""Seconds after which a caller gives up, where a system does not say otherwise."""
SLOW = 8.0
"""Seconds that a slow call takes, where the test does not say otherwise."""

_BEFORE = {"timeout": "timeout", "error": "error", "refused": "refused", "identity down": "error"}
_WORDS = {
    "timeout": "“{0}” does not answer",
    "error": "“{0}” breaks down",
    "refused": "“{0}” refuses",
    "identity down": "the identity service “{0}” is down",
    "slow": "“{0}” takes {1:g} seconds",
    "incomplete": "“{0}” answers with a part missing",
    "stale": "“{0}” answers with what was true before",
    "duplicate": "“{0}” does or finds it twice",
    "contradiction": "“{0}” says something else than the other systems",
    "queue closed": "nobody takes over in “{0}”",
}


class Faults:
    """The faults of one conversation."""

    def __init__(self, faults: Sequence[Fault], program: Program | None, seed: int) -> None:
        self._faults = faults
        self._program = program
        self._seed = seed
        self._counts = [0] * len(faults)

    def copy(self) -> Faults:
        """Return the same faults, which count on their own from here on."""
        other = Faults(self._faults, self._program, self._seed)
        other._counts = self._counts.copy()
        return other

    @property
    def counts(self) -> tuple[int, ...]:
        """Return how often each fault had its occasion."""
        return tuple(self._counts)

    def due(self, tool: str, step: str) -> Fault | None:
        """Return the fault that befalls this call, or None; each call is counted."""
        return self._next(tool, step, closed=False)

    def queue(self, queue: str) -> TraceEvent | None:
        """Return the fault that keeps a queue closed now, or None."""
        fault = self._next(queue, "", closed=True)
        return None if fault is None else self.words(fault, queue, "")

    def _next(self, name: str, step: str, closed: bool) -> Fault | None:
        found = None
        for at, fault in enumerate(self._faults):
            if fault.id != name or (fault.failure == "queue closed") != closed:
                continue
            if fault.step is not None and fault.step != step:
                continue
            self._counts[at] += 1
            if found is None and self._happens(fault, at):
                found = fault
        return found

    def _happens(self, fault: Fault, at: int) -> bool:
        count = self._counts[at]
        if fault.times is not None and count > fault.times:
            return False
        if fault.chance is None:
            return True
        drawn = hashlib.blake2b(f"{self._seed}:{at}:{fault.id}:{count}".encode(), digest_size=4).digest()
        return int.from_bytes(drawn, "big") < fault.chance * 2**32

    def _limit(self, tool: str) -> float:
        known = self._program.tools.get(tool) if self._program else None
        return known.answers_within if known and known.answers_within is not None else PATIENCE_OF_CALLERS

    def _wait(self, fault: Fault, tool: str) -> float:
        """Return how long the customer waits for this call."""
        if fault.failure == "slow":
            return min(fault.seconds or SLOW, self._limit(tool))
        return self._limit(tool) if fault.failure == "timeout" else 0.0

    def words(self, fault: Fault, name: str, step: str) -> TraceEvent:
        """Return the trace of a fault that happens."""
        what = _WORDS[fault.failure].format(name, fault.seconds or SLOW)
        wait = self._wait(fault, name)
        return event(
            "fault",
            f"This test makes it so: {what}.",
            step=step or None,
            tool=None if fault.failure == "queue closed" else name,
            label=fault.failure,
            facts={"seconds": wait} if wait else None,
        )

    def before(self, fault: Fault) -> None:
        """Fail where nothing was done; raises ToolFailed."""
        failure = _BEFORE.get(fault.failure)
        if failure is not None:
            raise ToolFailed(failure)

    def after(
        self, fault: Fault, tool: str, reply: dict[str, Json], first: Mapping[str, Json] | None
    ) -> dict[str, Json]:
        """Return the reply as the agent gets it, `first` being the record of before; raises ToolFailed."""
        known = self._program.tools.get(tool) if self._program else None
        if fault.failure == "slow" and (fault.seconds or SLOW) > self._limit(tool):
            raise ToolFailed("timeout")
        if fault.failure == "duplicate" and known is not None and known.effect == "write":
            raise ToolFailed("timeout")
        if fault.failure == "incomplete":
            needed = known.returns.get("required", ()) if known else ()
            lacking = fault.field or next((n for n in (*needed, *reply) if n in reply), "")
            return {name: value for name, value in reply.items() if name != lacking}
        if fault.failure in ("stale", "duplicate", "contradiction"):
            told = fault.values
            if told is None and fault.failure == "stale":
                told = {name: value for name, value in (first or {}).items() if name in reply}
            reply = {
                **reply,
                **(told if told is not None else _other(reply, known.argument_names if known else ())),
            }
            counted = fault.field or "matches"
            if fault.failure == "duplicate" and known and counted in known.result_names:
                reply[counted] = 2
        return reply


def _other(reply: Mapping[str, Json], kept: Iterable[str]) -> dict[str, Json]:
    """Return other values of the same types, but for what names the record."""
    other: dict[str, Json] = {}
    for name, value in reply.items():
        if name in kept:
            continue
        if isinstance(value, bool):
            other[name] = not value
        elif isinstance(value, int | float):
            other[name] = value + 1
    return other


def mistakes(program: Program | None, scenario: Scenario) -> Iterator[str]:
    """Yield what the world of a scenario names that the agent does not have, in sentences."""
    if program is None:
        return
    tools, agent = list(program.tools), program.agent
    steps = [step for flow in agent.workflows for step in flow.steps]
    queues = [step.queue for step in steps if isinstance(step, Handoff)]
    proving = [step.tool for step in steps if isinstance(step, Verify)]
    for system in scenario.systems:
        yield from _unknown("The mock system", system.id, tools, "system")
    for fault in scenario.faults:
        if fault.failure == "queue closed":
            yield from _unknown("The fault of", fault.id, queues, "queue")
        elif fault.failure == "identity down":
            yield from _unknown("The fault of", fault.id, proving, "system that checks identity")
        else:
            yield from _unknown("The fault of", fault.id, tools, "system")
        if fault.step is not None:
            yield from _unknown("A fault at the step", fault.step, [step.id for step in steps], "step")
    for tool in agent.tools:
        for kind, name in unknown_names(tool.mock, agent.records or ()) if tool.mock else ():
            yield f"The mock of “{tool.name}” names the {kind} “{name}”, which is not there."
    for record in scenario.records or ():
        yield from _unknown(
            "A record of the table", record.table, [table.id for table in agent.records or ()], "table"
        )


def _unknown(what: str, name: str, known: Sequence[str], noun: str) -> Iterator[str]:
    if name not in known:
        import difflib  # only for a name that is wrong: workers start without it

        near = difflib.get_close_matches(name, known, 1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        yield f"{what} “{name}” names no {noun} of this agent.{hint}"
