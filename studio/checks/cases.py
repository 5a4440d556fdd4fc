"""Ways that no customer can take: steps, branches and rows that the decisions before them rule out.

- What is told holds over all workflows together: a block's step is dead only if no workflow can reach it.
- A step that no arrow leads to at all is told elsewhere; so is a row that its own table never lets answer.
- Of a stretch that is dead only its first step is told.
- What catches the rest ("otherwise") may well never be taken, and is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from studio.checks.domains import natural
from studio.checks.moves import Rows, answers
from studio.checks.proving import seek, steps_of
from studio.checks.results import result, step_path, workflow_path
from studio.checks.situations import Situations
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.check import CheckResult
from studio.domain.condition import Scalar
from studio.domain.workflow import Decide, Workflow

Spot = tuple[str, str]
"""A workflow and a step."""


@dataclass(slots=True)
class Met:
    """What some customer of some workflow can come to, and what arrows lead to.

    `edge` are the steps behind one that is reached; `failing` the calls that never go through somewhere.
    """

    edge: set[Spot] = field(default_factory=set)
    failing: set[Spot] = field(default_factory=set)
    through: set[Spot] = field(default_factory=set)
    reached: set[Spot] = field(default_factory=set)
    taken: set[tuple[str, str, str]] = field(default_factory=set)
    rows: set[tuple[str, int]] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)


def met_in(every: Sequence[Situations]) -> Met:
    """Return what can be come to in some workflows together."""
    met = Met()
    for made in every:
        places = made.graph.places
        taken: dict[int, list[str]] = {}
        for at, label in made.branches:
            taken.setdefault(at, []).append(label)
        met.reached |= {(places[at].workflow, places[at].step) for at in made.at}
        met.taken |= {(places[at].workflow, places[at].step, label) for at, label in made.branches}
        for at, ways in enumerate(made.graph.ways):
            spot = (places[at].workflow, places[at].step)
            if at not in made.at:
                continue
            if at in made.ground.calls:
                went = any(label in ("", "verified") for label in taken.get(at, ()))
                (met.through if went else met.failing).add(spot)
            else:
                met.edge |= {(places[to].workflow, places[to].step) for _, to in ways}
        for at, rows in made.ground.rows.items():
            if at in made.at:
                met.tables.add(rows.table.id)
        met.rows |= {(made.ground.rows[at].table.id, row) for at, row in made.rows}
    return met


def check_cases(agent: Agent, every: Sequence[Situations]) -> Iterator[CheckResult]:
    """Yield what no customer can come to, though it is drawn."""
    met = met_in(every)
    dead: set[str] = set()
    for flow in agent.workflows:
        for step in flow.steps:
            spot = (flow.id, step.id)
            if spot in met.failing - met.through:
                detail = f"“{step.title}” in “{flow.name}” never goes through: it is always stopped."
                yield result("dead ways", "warning", step.title, detail, step_path(flow.id, step.id), "call")
                dead.add(flow.id)
            if spot in met.edge and spot not in met.reached:
                detail = f"No customer comes to “{step.title}” in “{flow.name}”: the decisions rule it out."
                yield result("dead ways", "warning", step.title, detail, step_path(flow.id, step.id), "step")
                dead.add(flow.id)
            if isinstance(step, Decide) and spot in met.reached:
                for found in _branches(flow, step, met):
                    yield found
                    dead.add(flow.id)
    yield from _rows(agent, met)
    for made in every:
        flow = agent.workflow(made.graph.places[0].workflow)
        if flow.id not in dead:
            detail = f"Every step and branch of “{flow.name}” is one that some customer comes to."
            yield result("dead ways", "holds", flow.name, detail, workflow_path(flow.id))


def _branches(flow: Workflow, step: Decide, met: Met) -> Iterator[CheckResult]:
    where = step_path(flow.id, step.id)
    taken = [b.id for b in step.branches if (flow.id, step.id, b.id) in met.taken]
    other = (flow.id, step.id, "otherwise") in met.taken
    for branch in step.branches:
        if branch.id in taken or (step.table is None and branch.when is None):
            continue
        if len(taken) == 1 and not other and len(step.branches) > 1:
            why = f"it always goes “{taken[0]}”"
        elif step.table is not None:
            why = "no case that comes here gives this answer"
        else:
            why = "its condition never holds here"
        detail = f"“{step.title}” in “{flow.name}” never goes “{branch.id}”: {why}."
        yield result("dead ways", "warning", step.title, detail, where, f"branch:{branch.id}")
    if step.table is None and len(step.branches) == 1 and taken and not other and step.otherwise:
        detail = f"“{step.title}” in “{flow.name}” decides nothing: it always goes “{taken[0]}”."
        yield result("dead ways", "warning", step.title, detail, where, "always")


def _rows(agent: Agent, met: Met) -> Iterator[CheckResult]:
    from studio.checks.domains import NotProvable
    from studio.checks.tables import columns, winners

    for table in agent.tables:
        if table.id not in met.tables:
            continue
        try:
            heard = winners(columns(table, agent), (1 << len(table.rows)) - 1)
        except NotProvable:
            continue
        for at, row in enumerate(table.rows):
            if heard >> at & 1 and (table.id, at) not in met.rows:
                detail = (
                    f"Row {at + 1} of “{table.name}” (“{row.then}”) answers nobody: no such case comes here."
                )
                where = join_path("tables", table.id, "rows", row.id)
                yield result("dead ways", "warning", table.name, detail, where, "row")


def shown(found: CheckResult, every: Sequence[Situations]) -> CheckResult:
    """Return a gap of a table with the way on which a customer comes to it, where there is one."""
    if found.check != "gaps" or found.status != "broken":
        return found
    for made in every:
        for place, rows in made.ground.rows.items():
            if join_path("tables", rows.table.id) != found.path:
                continue
            open_here = {n for n in made.at.get(place, ()) if answers(rows, made.found[n].store)[1]}
            way = seek(made, open_here.__contains__) if open_here else None
            if way is not None and way.real:
                steps, case = steps_of(made, way.trail), _open_case(made, rows, way.trail[-1][0])
                return found.model_copy(update={"counterexample": steps, "case": case})
    return found


def _open_case(made: Situations, rows: Rows, number: int) -> dict[str, Scalar]:
    """Return values of a table's inputs that no row answers in a situation."""
    part = answers(rows, made.found[number].store)[1][0]
    found: dict[str, Scalar] = {}
    for column in rows.table.inputs:
        at = made.ground.index.get(column.id)
        samples = made.ground.book.fact(column.id).samples(part[at]) if at is not None else []
        if samples:
            found[column.id] = min(samples, key=lambda value: not natural(value))
    return found
