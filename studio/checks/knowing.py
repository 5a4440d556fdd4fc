"""What is known when it is used: no step uses a fact that some path has not collected.

- A call that its system refuses for lack of a fact is a defect; a text or a decision that has to do without
  is a warning.
- Facts that a customer may tell unasked count as not told: nobody has to think of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from studio.checks.facts import MISSING
from studio.checks.lint import PLACE
from studio.checks.moves import said_by
from studio.checks.names import ALWAYS_KNOWN
from studio.checks.proving import further, route, seek, steps_of
from studio.checks.results import result, step_path, workflow_path
from studio.checks.situations import Situations
from studio.domain.agent import Agent
from studio.domain.check import CheckResult, Status
from studio.domain.condition import fields_of
from studio.domain.workflow import Ask, Decide, Step, ToolCall, Verify, Workflow

Use = tuple[str, str]
"""The fact, and how it is used: "demanded", "sent", "said" or "decided"."""


def check_known(agent: Agent, flow: Workflow, made: Situations) -> Iterator[CheckResult]:
    """Yield each fact that a step of a workflow uses although some path has not collected it."""
    collected = _collected(made)
    clean = True
    for place, step in enumerate(made.graph.steps):
        numbers = made.at.get(place, ())
        for fact, how in _uses(step, agent):
            at = made.ground.index.get(fact)
            if at is None or fact in ALWAYS_KNOWN or (how == "decided" and fact not in collected):
                continue
            unknown = {n for n in numbers if made.found[n].store[at] & MISSING}
            found = seek(made, unknown.__contains__) if unknown else None
            if found is None:
                continue
            spot, steps = made.graph.places[place], steps_of(made, found.trail)
            label = _label(agent, fact)
            known = "which is not known on this path" if found.real else "which may not be known on this path"
            detail = f"“{step.title}” {_words(how, step)} the {label}, {known}: "
            about = f"{fact}:{flow.id}" if spot.workflow != flow.id else fact
            status: Status = "broken" if how == "demanded" and found.real else "warning"
            where = step_path(spot.workflow, spot.step)
            detail = f"{detail}{route(steps)}.{further(found)}"
            yield result("known facts", status, step.title, detail, where, about, steps)
            clean = False
    if clean and made.ground.names:
        detail = f"Every fact that “{flow.name}” uses has been collected before, on every path."
        yield result("known facts", "holds", flow.name, detail, workflow_path(flow.id))


def _collected(made: Situations) -> set[str]:
    """Return the facts that some step of a workflow collects."""
    found: set[str] = set()
    for step in made.graph.steps:
        if isinstance(step, Ask | Verify):
            found |= set(step.slots)
        elif isinstance(step, ToolCall):
            found |= {binding.fact for binding in step.results}
    return found


def _uses(step: Step, agent: Agent) -> Iterator[Use]:
    seen: set[str] = set()
    for fact, how in _every_use(step, agent):
        if fact not in seen:
            seen.add(fact)
            yield fact, how


def _every_use(step: Step, agent: Agent) -> Iterator[Use]:
    if isinstance(step, ToolCall | Verify):
        demanded = next((t.required_arguments for t in agent.tools if t.name == step.tool), ())
        own = set(step.slots) if isinstance(step, Verify) else set()
        for argument in step.arguments:
            if argument.fact is not None and argument.fact not in own:
                yield argument.fact, "demanded" if argument.name in demanded else "sent"
    if isinstance(step, Decide):
        for branch in step.branches if step.table is None else ():
            names = sorted(fields_of(branch.when)) if branch.when is not None else []
            yield from ((name, "decided") for name in names)
        table = next((t for t in agent.tables if t.id == step.table), None)
        if table is not None:
            tested = {c.id for row in table.rows for c in row.cells if c.op != "any"}
            yield from ((column.id, "decided") for column in table.inputs if column.id in tested)
    own_slots = set(step.slots) if isinstance(step, Ask) else set()
    yield from ((name, "said") for name in PLACE.findall(said_by(step)) if name not in own_slots)


def _words(how: str, step: Step) -> str:
    return {"demanded": "cannot be called without", "sent": "sends", "said": "tells"}.get(how, "decides by")


def _label(agent: Agent, fact: str) -> str:
    slot = next((s for flow in agent.workflows for s in flow.slots if s.id == fact and s.label), None)
    return slot.label.lower() if slot is not None else fact.replace("_", " ")
