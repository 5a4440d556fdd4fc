"""The sentences that a step or a row of a decision stands on, given and taken away by hand.

- Pure: `(agent, path, …) -> ChangeSet`; `path` is a step or a row, as in `changeset`.
- The document of a new sentence is pinned in the agent, so that a later version of it is noticed.
"""

from __future__ import annotations

from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, split_path
from studio.domain.errors import WrongUse
from studio.domain.source import Citation, SourcePin
from studio.domain.workflow import Row, Step


def cite_place(agent: Agent, path: str, citation: Citation, pin: SourcePin | None = None) -> ChangeSet:
    """Give a sentence as the ground of a step or a row; raises WrongUse where it is given already."""
    place = _place(agent, path)
    if any(each.fingerprint == citation.fingerprint for each in place.citations):
        raise WrongUse(f"{_called(place)} stands on that sentence already.", "Choose another.")
    made = _with(agent, path, (*place.citations, citation))
    if pin is not None and all(each.id != pin.id for each in agent.sources):
        made = made.model_copy(update={"sources": (*agent.sources, pin)})
    return diff_agents(agent, made, f"{_called(place)} stands on a sentence of “{citation.source_name}”")


def uncite_place(agent: Agent, path: str, fingerprint: str) -> ChangeSet:
    """No longer give a sentence as the ground of a step or a row."""
    place = _place(agent, path)
    left = tuple(each for each in place.citations if each.fingerprint != fingerprint)
    return diff_agents(agent, _with(agent, path, left), f"{_called(place)} no longer stands on that sentence")


def _place(agent: Agent, path: str) -> Step | Row:
    kind, owner, _, inner = _parts(path)
    try:
        if kind == "workflows":
            return agent.workflow(owner).step(inner)
        return next(row for row in agent.table(owner).rows if row.id == inner)
    except (KeyError, StopIteration):
        raise WrongUse(f"There is no “{path}” any more.", "Choose a step or a row that is there.") from None


def _parts(path: str) -> tuple[str, str, str, str]:
    parts = tuple(split_path(path))
    if len(parts) != 4 or (parts[0], parts[2]) not in (("workflows", "steps"), ("tables", "rows")):
        raise WrongUse(
            f"“{path}” is neither a step nor a row.", "Name one, as workflows/W/steps/S or tables/T/rows/R."
        )
    return parts[0], parts[1], parts[2], parts[3]


def _called(place: Step | Row) -> str:
    return f"The row that answers “{place.then}”" if isinstance(place, Row) else f"“{place.title}”"


def _with(agent: Agent, path: str, citations: tuple[Citation, ...]) -> Agent:
    kind, owner, inside, inner = _parts(path)
    grown = []
    for each in getattr(agent, kind):
        if each.id == owner:
            parts = tuple(
                part.model_copy(update={"citations": citations}) if part.id == inner else part
                for part in getattr(each, inside)
            )
            each = each.model_copy(update={inside: parts})
        grown.append(each)
    return agent.model_copy(update={kind: tuple(grown)})
