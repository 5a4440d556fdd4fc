"""Mock systems: they answer what a scenario or the tables say, change the tables, and fail as told.

- Nothing is invented: a tool for which neither the scenario nor a table has an answer fails with
  "no reply", and the transcript says so. Nothing real is ever called.
- What a scenario names and the agent does not have is an error that says the name, before any call.
- A reply with `verified` turns to false while the customer's wrong data (`Fact.wrong`) is sent.
- The same scenario, seed and calls give the same replies; there is no other state than that.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.domain.condition import Scalar
from studio.domain.frozen import Json
from studio.domain.scenario import DoneCall, Fault, Scenario
from studio.domain.trace import TraceEvent
from studio.ports import ToolFailed
from studio.runtime.program import Program
from studio.simulation.faults import Faults, mistakes
from studio.simulation.world import Acting, Rows, Tables, WorldState, actings, base_of, perform

_SIMPLE = (bool, int, float, str, type(None))


@dataclass(frozen=True, slots=True)
class Stage:
    """What the conversations of one scenario with one agent share."""

    scenario: Scenario
    program: Program | None
    replies: Mapping[str, dict[str, Json]]
    deep: frozenset[str]
    wrong: tuple[Scalar, ...]
    actings: Mapping[str, Acting]
    base: Mapping[str, Rows]
    faults: tuple[Fault, ...]
    mistakes: tuple[str, ...]


_STAGES: dict[tuple[int, int], Stage] = {}
_KEPT = 2_000
"""How many stages are kept; they are found by the identity of what they hold, which is safe while kept."""


def _stage(scenario: Scenario, program: Program | None) -> Stage:
    key = (id(scenario), id(program))
    found = _STAGES.get(key)
    if found is not None and found.scenario is scenario and found.program is program:
        return found
    if len(_STAGES) >= _KEPT:
        _STAGES.clear()
    replies = {system.id: system.reply for system in scenario.systems}
    made = Stage(
        scenario,
        program,
        replies,
        frozenset(n for n, r in replies.items() if not all(isinstance(v, _SIMPLE) for v in r.values())),
        tuple(fact.wrong for fact in scenario.facts if fact.wrong is not None),
        actings(program.agent) if program else {},
        base_of(program.agent, scenario.records or ()) if program else {},
        scenario.faults,
        tuple(mistakes(program, scenario)),
    )
    _STAGES[key] = made
    return made


Like = tuple[bytes, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the systems of a conversation stand: the same where `like` is, if nothing is left to chance."""

    stage: Stage
    like: Like | None
    tables: Tables
    faults: Faults | None


class ScenarioSystems:
    """The systems of one conversation, as a scenario and its tables describe them."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._told: TraceEvent | None = None
        self._step = ""
        self._begun: tuple[Stage, Tables, Faults | None] | None = None
        self._there: Standing | None = None

    def begin(self, program: Program | None, seed: int) -> None:
        """Make ready for a conversation with an agent; what is drawn by chance is drawn from the seed."""
        stage = _stage(self._scenario, program)
        faults = Faults(stage.faults, program, seed) if stage.faults else None
        self._begun, self._there = (stage, Tables(stage.base), faults), None

    @property
    def _now(self) -> tuple[Stage, Tables, Faults | None]:
        if (there := self._there) is not None:
            self._there = None
            self._begun = there.stage, there.tables.copy(), there.faults.copy() if there.faults else None
        if self._begun is None:
            self.begin(None, 0)
        assert self._begun is not None
        return self._begun

    @property
    def stage(self) -> Stage:
        """Return what all conversations of this scenario with this agent share."""
        return self._now[0]

    def likeness(self) -> Like | None:
        """Return what is equal for equal standings of one stage; None where a value is not plain."""
        if self._there is not None:
            return self._there.like
        _, tables, faults = self._now
        try:
            return tables.likeness(), faults.counts if faults else ()
        except ValueError:
            return None

    def standing(self) -> Standing:
        """Return where the systems stand, to be taken up by others."""
        stage, tables, faults = self._now
        return Standing(stage, self.likeness(), tables.copy(), faults.copy() if faults else None)

    def stand(self, there: Standing) -> None:
        """Stand where others stood; nothing is copied before it is looked at."""
        self._there = there
        self._told, self._step = None, ""

    def at(self, step: str) -> None:
        """Hear which step calls next."""
        self._step = step

    def told(self) -> TraceEvent | None:
        """Return what went wrong with the last call because the scenario says so, once."""
        told, self._told = self._told, None
        return told

    def closed(self, queue: str) -> TraceEvent | None:
        """Return the fault that keeps a queue closed now, or None where people take over there."""
        _, _, faults = self._now
        return faults.queue(queue) if faults else None

    def call(self, tool: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """Return the reply; raises ToolFailed as the faults say, or for want of a reply."""
        stage, tables, faults = self._now
        fault = faults.due(tool, self._step) if faults else None
        if fault is None or faults is None:
            return _answer(stage, tables, tool, arguments)
        self._told = faults.words(fault, tool, self._step)
        faults.before(fault)
        reply = _answer(stage, tables, tool, arguments)
        acting, first = stage.actings.get(tool), None
        if acting is not None and acting.table is not None:
            first = tables.first(acting.table.id, str(arguments.get(acting.argument or "")))
        return faults.after(fault, tool, reply, first)

    @property
    def state(self) -> WorldState:
        """Return what differs from the beginning."""
        return self._now[1].state

    @property
    def mistakes(self) -> tuple[str, ...]:
        """Return what the scenario names that the agent does not have, in sentences."""
        return self._now[0].mistakes


def _answer(stage: Stage, tables: Tables, tool: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
    reply, acting = stage.replies.get(tool), stage.actings.get(tool)
    if reply is not None:
        reply = copy.deepcopy(reply) if tool in stage.deep else dict(reply)
    if acting is not None:
        reply = perform(acting, tables, arguments, reply)
    if reply is None:
        raise ToolFailed("no reply")
    known = stage.program.tools.get(tool) if stage.program else None
    if known is not None and known.effect == "write":
        tables.wrote(tool, arguments, kept=acting is not None and acting.changes)
    if stage.wrong and "verified" in reply and any(value in stage.wrong for value in arguments.values()):
        reply["verified"] = False
    return reply


def as_if(scenario: Scenario, program: Program, calls: Iterable[DoneCall]) -> tuple[WorldState, list[str]]:
    """Return the state after exactly these calls without any fault, and which of them cannot be made."""
    stage = _stage(scenario, program)
    tables, refused = Tables(stage.base), []
    for call in calls:
        try:
            _answer(stage, tables, call.tool, call.arguments)
        except ToolFailed as failed:
            refused.append(f"The test expects “{call.tool}”, to which its own systems say: {failed.failure}.")
    return tables.state, refused


def connect(scenario: Scenario) -> ScenarioSystems:
    """Return fresh systems for one conversation of a scenario."""
    return ScenarioSystems(scenario)
