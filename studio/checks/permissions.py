"""What the agent does and asks with leave: what cannot be taken back, what it collects and passes on.

- What cannot be taken back is confirmed: a yes or no is asked and decided on before it, on every path.
- Nobody is asked for what nothing uses; what was asked is passed on with the customer. What identifies the
  customer is neither: it was used, and a person checks it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from studio.checks.facts import MISSING
from studio.checks.lint import PLACE
from studio.checks.moves import said_by
from studio.checks.names import ALWAYS_KNOWN
from studio.checks.proving import Prover, route, seek, steps_of
from studio.checks.results import result, step_path, workflow_path
from studio.checks.situations import Situations, Way
from studio.domain.agent import Agent
from studio.domain.check import CheckResult, Status
from studio.domain.condition import Condition, fields_of
from studio.domain.workflow import Ask, Decide, Handoff, ToolCall, Verify, Workflow

# Confirmation


def check_confirmed(agent: Agent, flow: Workflow, made: Situations) -> Iterator[CheckResult]:
    """Yield each call that cannot be taken back and that some path makes without asking first."""
    final = {tool.name for tool in agent.tools if tool.effect == "write" and not tool.reversible}
    asked = _consents(flow, made.ground.agent)

    def consent(number: int, way: Way) -> bool:
        step = made.step(number)
        if way.label == "otherwise" or not isinstance(step, Decide) or step.table is not None:
            return False
        taken = [branch.when for branch in step.branches if branch.id == way.label]
        return bool(taken) and all(when is not None and _is_yes(made, number, when, asked) for when in taken)

    seen: set[tuple[str, str]] = set()
    clean = True
    for place, step in enumerate(made.graph.steps):
        spot = made.graph.places[place]
        if not isinstance(step, ToolCall) or step.tool not in final or spot[1:] in seen:
            continue
        seen.add((spot.workflow, spot.step))
        numbers = set(made.at.get(place, ()))
        found = seek(made, numbers.__contains__, consent) if numbers else None
        clean = clean and found is None
        if found is None or not found.real:
            continue
        steps = steps_of(made, found.trail)
        detail = f"“{step.title}” cannot be taken back, and nobody says yes to it first: {route(steps)}."
        about = flow.id if spot.workflow != flow.id else ""
        where = step_path(spot.workflow, spot.step)
        yield result("confirmation", "warning", step.title, detail, where, about, steps)
    if seen and clean:
        detail = f"In “{flow.name}” the customer says yes before anything that cannot be taken back."
        yield result("confirmation", "holds", flow.name, detail, workflow_path(flow.id))


def _is_yes(made: Situations, number: int, when: Condition, asked: set[str]) -> bool:
    """Return whether a condition holds for some answer to what was asked, but not for a no or none."""
    ground, store = made.ground, made.found[number].store

    def holds(at: int, bits: int, wanted: bool = True) -> bool:
        split = ground.splitter.split(when, (*store[:at], bits, *store[at + 1 :]))
        return bool(split.holds if wanted else split.fails)

    for name in sorted(fields_of(when) & asked):
        at, fact = ground.index[name], ground.book.fact(name)
        no = sum(2 << place for place, piece in enumerate(fact.pieces) if piece.sample is False)
        rest = fact.present & ~no
        chosen = no or holds(at, fact.present, wanted=False)  # what takes any choice confirms nothing
        if chosen and holds(at, rest) and not holds(at, no | MISSING):
            return True
    return False


def _consents(flow: Workflow, agent: Agent) -> set[str]:
    slots = {slot.id: slot for each in agent.workflows for slot in each.slots}
    slots |= {slot.id: slot for slot in flow.slots}
    return {name for name, slot in slots.items() if slot.type in ("yes or no", "choice")}


# What is collected


def check_collected(agent: Agent, every: Sequence[Situations]) -> Iterator[CheckResult]:
    """Yield what is asked and used for nothing, and what is asked and not passed on with the customer."""
    yield from _never_used(agent, every)
    yield from _passed_on(agent, every)


def _never_used(agent: Agent, every: Sequence[Situations]) -> Iterator[CheckResult]:
    used = set(_used(agent))
    everything = {
        place.workflow
        for made in every
        if any(isinstance(step, Handoff) and not step.context for step in made.graph.steps)
        for place in made.graph.places
    }
    for flow in agent.workflows:
        slots = {slot.id: slot for slot in flow.slots}
        clean = True
        asks = [step for step in flow.steps if isinstance(step, Ask)]
        for step in asks:
            for name in step.slots:
                if name in used or flow.id in everything or name in ALWAYS_KNOWN:
                    continue
                label = slots[name].label if name in slots else name.replace("_", " ")
                detail = f"“{step.title}” asks for “{label}”, and nothing ever uses it."
                where = step_path(flow.id, step.id)
                yield result("privacy", "warning", step.title, detail, where, name)
                clean = False
        if asks and clean:
            detail = f"“{flow.name}” asks only for what is used."
            yield result("privacy", "holds", flow.name, detail, workflow_path(flow.id))


def _used(agent: Agent) -> Iterator[str]:
    for table in agent.tables:
        yield from (column.id for column in table.inputs)
    for rule in agent.charter.rules:
        if rule.guard is not None and rule.guard.forbidden_when is not None:
            yield from fields_of(rule.guard.forbidden_when)
    for step in (step for flow in agent.workflows for step in flow.steps):
        yield from PLACE.findall(said_by(step))
        if isinstance(step, ToolCall | Verify):
            yield from (a.fact for a in step.arguments if a.fact is not None)
        if isinstance(step, Verify):
            yield from step.slots
        if isinstance(step, Decide):
            for branch in step.branches:
                yield from fields_of(branch.when) if branch.when is not None else ()
        if isinstance(step, Handoff):
            yield from step.context
    for slot in (slot for flow in agent.workflows for slot in flow.slots):
        yield from PLACE.findall(slot.prompt)


def facts_not_passed(agent: Agent, spot: tuple[str, str]) -> tuple[str, ...]:
    """Return the facts that a handoff does not pass on although they may have been told before it."""
    prover = Prover(agent)
    every = [made for flow in agent.workflows if not flow.reusable if (made := prover.situations(flow))]
    lacking, _ = _lacking(agent, every)
    return tuple(sorted(lacking.get(spot, ())))


def _passed_on(agent: Agent, every: Sequence[Situations]) -> Iterator[CheckResult]:
    lacking, handoffs = _lacking(agent, every)
    labels = {slot.id: slot.label for flow in agent.workflows for slot in flow.slots}
    status: Status
    for (workflow, name), step in handoffs.items():
        missing = sorted(lacking.get((workflow, name), ()))
        if missing:
            words = _listed(f"“{labels.get(fact) or fact.replace('_', ' ')}”" for fact in missing)
            detail = f"“{step.title}” passes the customer on without {words}, which may have been told."
            status = "warning"
        else:
            detail = f"“{step.title}” passes on everything that was asked."
            status = "holds"
        yield result("passed on", status, step.title, detail, step_path(workflow, name))


def _lacking(
    agent: Agent, every: Sequence[Situations]
) -> tuple[dict[tuple[str, str], dict[str, None]], dict[tuple[str, str], Handoff]]:
    """Return for each handoff what it does not pass on, and the handoffs."""
    lacking: dict[tuple[str, str], dict[str, None]] = {}
    identifying = {n for f in agent.workflows for s in f.steps if isinstance(s, Verify) for n in s.slots}
    handoffs: dict[tuple[str, str], Handoff] = {}
    for made in every:
        told = _told(made)
        for place, step in enumerate(made.graph.steps):
            if not isinstance(step, Handoff) or place not in made.at:
                continue
            spot = made.graph.places[place]
            handoffs[spot.workflow, spot.step] = step
            if step.context:
                unsaid = (n for n in told[place] if n not in step.context and n not in identifying)
                lacking.setdefault((spot.workflow, spot.step), {}).update(dict.fromkeys(unsaid))
    return lacking, handoffs


def _listed(words: Iterable[str]) -> str:
    every = list(words)
    return " and ".join(filter(None, [", ".join(every[:-1]), every[-1]]))


def _told(made: Situations) -> list[dict[str, None]]:
    """Return for each place the facts that questions on some path before it asked for."""
    told: list[dict[str, None]] = [{} for _ in made.graph.places]
    seen = {0}
    waiting = [0] if told else []
    while waiting:
        at = waiting.pop()
        step = made.graph.steps[at]
        own = step.slots if isinstance(step, Ask) else ()
        for label, to in made.graph.ways[at]:
            if (at, label) not in made.branches:
                continue
            before = len(told[to])
            told[to].update(told[at])
            told[to].update(dict.fromkeys(own))
            if to not in seen or len(told[to]) != before:
                seen.add(to)
                waiting.append(to)
    return told
