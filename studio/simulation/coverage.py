"""Coverage: which steps, ways out and table rows the conversations of a run passed."""

from __future__ import annotations

from collections.abc import Iterator

from studio.domain.agent import Agent
from studio.domain.bundle import CoverageLine
from studio.domain.run import Run
from studio.domain.trace import TraceEvent
from studio.domain.workflow import ways_out


def _events(run: Run) -> Iterator[TraceEvent]:
    for conversation in run.conversations:
        for turn in conversation.turns:
            yield from turn.events


def _line(kind: str, wanted: tuple[str, ...], seen: set[str]) -> CoverageLine:
    missing = tuple(each for each in wanted if each not in seen)
    return CoverageLine(kind=kind, total=len(wanted), covered=len(wanted) - len(missing), missing=missing)


def coverage(agent: Agent, run: Run) -> tuple[CoverageLine, ...]:
    """Return, for each kind of thing, how many of the agent's were passed at least once."""
    steps, ways, rows = set[str](), set[str](), set[str]()
    for event in _events(run):
        if event.workflow and event.step:
            steps.add(f"{event.workflow}/{event.step}")
            if event.kind == "branch":
                ways.add(f"{event.workflow}/{event.step}/{event.label or ''}")
        if event.table and event.row:
            rows.add(f"{event.table}/{event.row}")
    all_steps = tuple(f"{w.id}/{s.id}" for w in agent.workflows for s in w.steps)
    all_ways = tuple(
        f"{w.id}/{s.id}/{label}"
        for w in agent.workflows
        for s in w.steps
        for label, to in ways_out(s)
        if s.kind == "decide" and to
    )
    all_rows = tuple(f"{t.id}/{r.id}" for t in agent.tables for r in t.rows)
    return (
        _line("steps", all_steps, steps),
        _line("ways out of decisions", all_ways, ways),
        _line("rows of decisions", all_rows, rows),
    )
