"""More customers than anybody writes by hand: the tests there are, with other manners, and at every limit.

- From a test: the same person in another manner or with another persona. A manner that must not change
  where a conversation ends keeps what the test expects, so any difference is the agent's.
- From decisions: one customer for each row of a table, and below, at and above each value that something
  is compared with. What must happen is read from the decision itself, not from what the agent did.
- Only what a customer or a mock system can tell is generated; what cannot be reached is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from studio.domain.agent import Agent
from studio.domain.condition import Facts, Scalar, holds, spell
from studio.domain.scenario import Behaviour, ExpectStep, Persona, Scenario
from studio.domain.workflow import Cell, Decide, Row, Step, ToolCall, Workflow
from studio.runtime.calls import pick
from studio.simulation.situations import Situation, bare, boundaries, family, with_value

HARMLESS: tuple[Behaviour, ...] = (
    "facts out of order",
    "impatient",
    "angry",
    "typos",
    "silent once",
    "several questions at once",
    "interrupts",
    "challenges the answer",
    "slang",
    "incomplete sentences",
    "changes topic",
    "asks for another person's data",
    "asks for what is forbidden",
    "talks the agent out of its rules",
    "asks for an exception",
)
"""Manners that must not change where a conversation ends."""


def in_manners(
    scenario: Scenario, behaviours: Sequence[Behaviour] = HARMLESS, together: int = 1
) -> Iterator[Scenario]:
    """Yield a test with so many more behaviours at a time, in every combination; ids name what was added."""
    new = [behaviour for behaviour in behaviours if behaviour not in scenario.behaviours]
    told = any(fact.forbidden is not None for fact in scenario.facts)
    for added in combinations(new, together):
        if told and "asks for what is forbidden" in added:
            continue
        words = " and ".join(added)
        yield scenario.model_copy(
            update={
                "id": f"{scenario.id} · {words}",
                "title": f"{scenario.title} ({words})",
                "behaviours": (*scenario.behaviours, *added),
            }
        )


def as_persons(scenario: Scenario, personas: Mapping[str, Persona]) -> Iterator[Scenario]:
    """Yield a test with each persona, by a name for it."""
    for name, persona in personas.items():
        update = {"id": f"{scenario.id} · {name}", "title": f"{scenario.title} ({name})", "persona": persona}
        yield scenario.model_copy(update=update)


def at_decisions(agent: Agent, scenario: Scenario) -> tuple[Situation, ...]:
    """Return a customer for each row of each table, and for each limit, that a test's workflow decides by."""
    plain = bare(scenario)
    unknown = any(system.reply.get("verified") is False for system in scenario.systems)
    if unknown or scenario.faults or not set(scenario.behaviours) <= set(HARMLESS):
        return ()
    found: dict[str, Situation] = {}
    for flow in family(agent, scenario.workflow):
        for step in flow.steps:
            if isinstance(step, Decide):
                for words, made in (*_rows(agent, plain, step), *_limits(agent, plain, step)):
                    expected = _expected(agent, made, step, flow)
                    if expected is not None and words not in found and not _gives_away(scenario, made):
                        found[words] = words, _titled(scenario, made, words, expected)
    return tuple(found.values())


def _gives_away(base: Scenario, made: Scenario) -> bool:
    """Return whether the opening tells a value that was changed."""
    opening = base.opening.casefold()
    now = {fact.id: fact.value for fact in made.facts}
    return any(str(f.value).casefold() in opening for f in base.facts if now.get(f.id) != f.value)


def _titled(base: Scenario, made: Scenario, words: str, expected: ExpectStep) -> Scenario:
    update = {"id": f"{base.id} · {words}", "title": f"{base.title}: {words}", "expectations": (expected,)}
    return made.model_copy(update=update)


def _rows(agent: Agent, base: Scenario, step: Decide) -> Iterator[Situation]:
    """Yield one customer who fits each row of the step's table."""
    table = next((each for each in agent.tables if each.id == step.table), None)
    for row in table.rows if table else ():
        made: Scenario | None = base
        for cell in row.cells:
            value = _fitting(cell)
            if value is not None and made is not None:
                made = with_value(agent, made, cell.id, value)
        if table is not None and made is not None and table.decide(facts_of(agent, made)) == row:
            yield f"{table.name} {_in_words(row)}", made


def _in_words(row: Row) -> str:
    cells = [f"{cell.id.replace('_', ' ')} {cell.words}" for cell in row.cells if cell.op != "any"]
    return ", ".join(cells) or "otherwise"


def _fitting(cell: Cell) -> Scalar | None:
    """Return a value that a cell admits, the plainest."""
    value = cell.value[0] if isinstance(cell.value, tuple) else cell.value
    if cell.op == "any" or value is None:
        return None
    if cell.op in ("<", ">", "!="):
        if isinstance(value, bool):
            return not value
        if not isinstance(value, int | float):
            return None
        return value - 1 if cell.op == "<" else value + 1
    return value


def _limits(agent: Agent, base: Scenario, step: Decide) -> Iterator[Situation]:
    """Yield customers below, at and above each value that the step compares with."""
    parts = [branch.model_dump(mode="json") for branch in step.branches]
    parts += [table.model_dump(mode="json") for table in agent.tables if table.id == step.table]
    for name, values in boundaries(agent, parts).items():
        for value in values:
            if (made := with_value(agent, base, name, value)) is not None:
                yield f"{name.replace('_', ' ')} {spell(value)}", made


def facts_of(agent: Agent, scenario: Scenario) -> dict[str, Scalar]:
    """Return what the customer tells and what the systems answer in a test, by the facts' names."""
    facts: dict[str, Scalar] = {fact.id: fact.value for fact in scenario.facts}
    replies = {system.id: system.reply for system in scenario.systems}
    for flow in family(agent, scenario.workflow):
        for step in flow.steps:
            if isinstance(step, ToolCall) and step.tool in replies:
                for binding in step.results:
                    value = pick(replies[step.tool], binding.result)
                    if value is not None:
                        facts[binding.fact] = value
    return facts


def _expected(agent: Agent, scenario: Scenario, step: Decide, flow: Workflow) -> ExpectStep | None:
    """Return the step that a decision leads to in a test, if the way to the decision is the test's own."""
    facts = facts_of(agent, scenario)
    by_id = {each.id: each for each in flow.steps}
    if step.id not in _course(agent, flow, by_id, facts):
        return None
    target = _answer(agent, step, facts)
    return ExpectStep(step=target) if target is not None and target in by_id else None


def _answer(agent: Agent, step: Decide, facts: Facts) -> str | None:
    table = next((each for each in agent.tables if each.id == step.table), None)
    if table is not None:
        fits = [row for row in table.rows if row.admits(facts)]
        if not fits or (table.hit_policy == "unique" and len(fits) > 1):
            return step.otherwise
        return next((branch.next for branch in step.branches if branch.id == fits[0].then), step.otherwise)
    return next((b.next for b in step.branches if b.when and holds(b.when, facts)), step.otherwise)


def _course(agent: Agent, flow: Workflow, by_id: Mapping[str, Step], facts: Facts) -> list[str]:
    """Return the steps from the start on, where nothing fails."""
    course: list[str] = []
    at: str | None = flow.start
    while at is not None and at in by_id and at not in course:
        course.append(at)
        step = by_id[at]
        at = _answer(agent, step, facts) if isinstance(step, Decide) else getattr(step, "next", None)
    return course
