"""Verdicts on a conversation, aspect by aspect, from its trace and the state of the world at the end.

- The scenario's expectations, and what must be so in every conversation: no guard and no limit was
  passed, nothing was written before identity was verified, nothing was done twice, a demanded disclosure
  came first and word for word, who asks for a person gets one at once, that person gets what the customer
  had told, and no system was missing or asked wrongly.
- The grader reads the trace (`traces`) and trusts no state of the runtime.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio.domain.run import ASPECTS, Aspect, Mark
from studio.domain.scenario import ExpectOutcome, Scenario
from studio.domain.trace import Turn
from studio.runtime.program import Program
from studio.runtime.recording import build
from studio.simulation.communication import remarks
from studio.simulation.expectations import unmet
from studio.simulation.traces import Finding, Reading
from studio.simulation.world import WorldState

MOST_TURNS = 30
"""Turns a customer may need, where a test does not say less."""
LONGEST_WAIT = 60.0
"""Seconds a customer may wait for systems in all, where a test does not say less."""

_RIGHT: dict[Aspect, Mark] = {
    aspect: build(Mark, {"aspect": aspect, "ok": True, "note": ""}) for aspect in ASPECTS
}
"""The mark of what was right; nearly all marks are, so one of each is enough."""
_ALL_RIGHT = tuple(_RIGHT[aspect] for aspect in ASPECTS)


def grade(
    program: Program,
    scenario: Scenario,
    outcome: str,
    turns: Sequence[Turn],
    world: WorldState | None = None,
    mistakes: Iterable[str] = (),
) -> tuple[Mark, ...]:
    """Return one mark for each aspect; a mark's note lists everything that was wrong.

    `world` is what differs in the systems at the end, where they were mock systems that know; `mistakes`
    is what is wrong with these mock systems themselves.
    """
    reading = Reading(program)
    reading.read_all(turns)
    findings = [*reading.findings, *_always(program, scenario, outcome, turns, reading, world)]
    findings += (("systems", words) for words in mistakes)
    for expectation in scenario.expectations:
        findings += unmet(expectation, scenario, outcome, reading, world)
    if not findings and not reading.stopped:
        return _ALL_RIGHT
    return tuple(_mark(aspect, findings, reading) for aspect in ASPECTS)


def _mark(aspect: Aspect, findings: Iterable[Finding], reading: Reading) -> Mark:
    notes = list(dict.fromkeys(note for about, note in findings if about == aspect))
    if not notes and not (aspect == "limits" and reading.stopped):
        return _RIGHT[aspect]
    told = notes or list(dict.fromkeys(reading.stopped))
    return build(Mark, {"aspect": aspect, "ok": not notes, "note": " ".join(told)})


def _always(
    program: Program,
    scenario: Scenario,
    outcome: str,
    turns: Sequence[Turn],
    reading: Reading,
    world: WorldState | None,
) -> list[Finding]:
    found: list[Finding] = []
    if program.agent.charter.ai_disclosure and not any(e.label == "ai" for t in turns[:1] for e in t.events):
        found.append(("disclosures", "Did not begin by saying that it is an automated assistant."))
    if reading.workflows and scenario.workflow not in reading.workflows:
        name = program.flows[reading.workflows[0]].workflow.name
        found.append(("process", f"Understood as “{name}”."))
    expects = any(isinstance(each, ExpectOutcome) for each in scenario.expectations)
    if not expects and outcome == "abandoned":
        nobody = "Nobody took over, and the agent had nothing else to offer."
        found.append(("goal", nobody if reading.nobody else "The customer gave up."))
    if reading.wants_person and not reading.nobody and not reading.handoffs:
        found.append(("handoff", "The customer asked for a person, and was not handed over."))
    for twice in world.twice if world else ():
        found.append(("systems", f"The same was done twice: {twice}."))
    found += (("communication", words) for words in remarks(turns, reading.seconds > 0))
    if reading.turns > MOST_TURNS:
        found.append(("effort", f"The customer needed {reading.turns} turns; {MOST_TURNS} are too many."))
    if reading.seconds > LONGEST_WAIT:
        found.append(("effort", f"The customer waited for {reading.seconds:g} seconds in all."))
    return found
