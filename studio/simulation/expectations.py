"""What a test expects, held against what a conversation did; each expectation marks one aspect.

- State is compared, not words: `world` says as if which calls had been made the systems should be, and
  `record` what a record should say; how the agent got there is for the other expectations to tell.
"""

from __future__ import annotations

from collections.abc import Mapping

from studio.domain.condition import spell
from studio.domain.frozen import Json
from studio.domain.scenario import (
    Expectation,
    ExpectCall,
    ExpectDisclosure,
    ExpectEffort,
    ExpectGuard,
    ExpectHandoff,
    ExpectOutcome,
    ExpectRecord,
    ExpectStep,
    ExpectUnsaid,
    Scenario,
    in_a_clause,
)
from studio.domain.trace import TraceEvent
from studio.runtime.program import Program
from studio.simulation.probes import stopped_by
from studio.simulation.sayings import spoken_in
from studio.simulation.systems import as_if
from studio.simulation.traces import Finding, Reading
from studio.simulation.world import WorldState, plain


def unmet(
    expected: Expectation, scenario: Scenario, outcome: str, reading: Reading, world: WorldState | None
) -> list[Finding]:
    """Return what is wrong where an expectation is not met."""
    if isinstance(expected, ExpectOutcome):
        met = outcome == expected.outcome
        return [] if met else [("goal", f"Ended “{outcome}”, expected “{expected.outcome}”.")]
    if isinstance(expected, ExpectCall):
        return _called(expected, reading)
    if isinstance(expected, ExpectDisclosure):
        return _disclosed(expected, reading)
    if isinstance(expected, ExpectStep):
        return _passed(expected, reading)
    if isinstance(expected, ExpectHandoff):
        return _handed(expected, reading)
    if isinstance(expected, ExpectEffort):
        return _effort(expected, reading)
    if isinstance(expected, ExpectGuard):
        return _guarded(expected, scenario, reading.program)
    if isinstance(expected, ExpectUnsaid):
        return _unsaid(expected, reading)
    if world is None:
        return [("goal", "Nothing is known of the systems at the end, so that the goal cannot be judged.")]
    if isinstance(expected, ExpectRecord):
        return _record(expected, world, scenario, reading)
    wanted, _ = as_if(scenario, reading.program, expected.calls)
    return [("goal", words) for words in world.differences(wanted)] if world != wanted else []


def _record(expected: ExpectRecord, world: WorldState, scenario: Scenario, reading: Reading) -> list[Finding]:
    found: list[Finding] = []
    now = world.now(expected.table, expected.id)
    for name, value in expected.values.items():
        there = now.get(name)
        if there is None or str(plain(there)).casefold() != str(plain(value)).casefold():
            told = "nothing" if there is None else spell(there)
            label = name.replace("_", " ")
            words = f"The {label} of {expected.id} in “{expected.table}” is {told}, expected {spell(value)}."
            found.append(("goal", words))
    return found


def _called(expected: ExpectCall, reading: Reading) -> list[Finding]:
    tool = expected.tool
    if expected.arguments is None and expected.times is None:
        if expected.never:
            if tool in reading.before_call:
                return [("limits", f"“{tool}” was called, which must not happen here.")]
        elif tool not in reading.before_call:
            return [("systems", f"“{tool}” was not called.")]
        return []
    made = [event for event in reading.calls if event.tool == tool]
    fitting = [e for e in made if expected.arguments is None or _carries(e, expected.arguments)]
    if expected.never:
        return [("limits", f"“{tool}” was called in a way that must not happen here.")] if fitting else []
    if not fitting:
        how = " with the expected values" if made else ""
        return [("systems", f"“{tool}” was not called{how}.")]
    if expected.times is not None and len(fitting) != expected.times:
        return [("systems", f"“{tool}” was called {len(fitting)} times, expected {expected.times}.")]
    return []


def _carries(event: TraceEvent, wanted: Mapping[str, Json]) -> bool:
    return all(n in event.arguments and plain(event.arguments[n]) == plain(v) for n, v in wanted.items())


def _disclosed(expected: ExpectDisclosure, reading: Reading) -> list[Finding]:
    if expected.before is not None and expected.before in reading.before_call:
        if expected.rule in reading.before_call[expected.before]:
            return []
        return [("disclosures", f"{expected.rule} was not said before “{expected.before}”.")]
    return [] if expected.rule in reading.disclosed else [("disclosures", f"{expected.rule} was not said.")]


def _passed(expected: ExpectStep, reading: Reading) -> list[Finding]:
    there = reading.steps.get(expected.step)
    if expected.never:
        words = f"Step “{expected.step}” was passed, which must not happen here."
        return [] if there is None else [("process", words)]
    if there is None:
        return [("process", f"Step “{expected.step}” was not reached.")]
    if expected.after is None or reading.steps.get(expected.after, there) < there:
        return []
    return [("process", f"Step “{expected.step}” came before “{expected.after}”.")]


def _handed(expected: ExpectHandoff, reading: Reading) -> list[Finding]:
    if not reading.handoffs:
        return [("handoff", f"Was not handed to “{expected.queue}”.")]
    event = reading.handoffs[-1]
    found: list[Finding] = []
    if event.label != expected.queue:
        found.append(("handoff", f"Was handed to “{event.label}”, expected “{expected.queue}”."))
    missing = [reading.program.label(name).lower() for name in expected.context if name not in event.facts]
    if missing:
        found.append(("handoff", f"Summary missing: {', '.join(missing)}."))
    if expected.after is not None and reading.steps.get(expected.after, reading.handed_after) >= (
        reading.handed_after
    ):
        found.append(("handoff", f"Was handed over before “{expected.after}”."))
    return found


def _effort(expected: ExpectEffort, reading: Reading) -> list[Finding]:
    found: list[Finding] = []
    if expected.turns is not None and reading.turns > expected.turns:
        found.append(("effort", f"The customer needed {reading.turns} turns, at most {expected.turns}."))
    if expected.seconds is not None and reading.seconds > expected.seconds:
        found.append(("effort", f"Waited for {reading.seconds:g} seconds, at most {expected.seconds:g}."))
    return found


def _unsaid(expected: ExpectUnsaid, reading: Reading) -> list[Finding]:
    says = next((said for text in reading.said if (said := spoken_in(text, expected))), None)
    if says is None:
        return []
    rule = f", which {expected.rule} forbids" if expected.rule else ", which must not happen here"
    return [("limits", f"Said “{says}”{rule}.")]


def _guarded(expected: ExpectGuard, scenario: Scenario, program: Program) -> list[Finding]:
    by = stopped_by(program, scenario.workflow, expected)
    met = by is None if expected.never else by == (expected.rule or "")
    return [] if met else [("limits", f"This does not hold: {in_a_clause(expected)}.")]
