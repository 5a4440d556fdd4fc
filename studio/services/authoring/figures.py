"""Thresholds and economics by hand: what must hold before and after launch, and what it costs and saves.

- Pure: `(agent, …) -> ChangeSet`. A threshold is one for its measure; escalation has one for each type.
- A figure that makes no sense is refused with a sentence; one looser than people is left to the checks.
"""

from __future__ import annotations

from typing import Any

from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.economics import Economics
from studio.domain.errors import WrongUse
from studio.domain.portfolio import reaching_agent
from studio.domain.readiness import ALL_MEASURES, MEASURES, Measure, Threshold, threshold_id
from studio.services.authoring.charter import remade, revised


def thresholds(agent: Agent) -> tuple[Threshold, ...]:
    """Return the thresholds."""
    return agent.charter.readiness or ()


def threshold_of(agent: Agent, item: str) -> Threshold:
    """Return one threshold; raises WrongUse."""
    for each in thresholds(agent):
        if each.id == item:
            return each
    raise WrongUse(f"There is no threshold “{item}”.", "Choose one of the list.")


def put_threshold(
    agent: Agent, measure: Measure, limit: float | None = None, baseline: float | None = None, about: str = ""
) -> ChangeSet:
    """Add a threshold, or put another in its place; without a limit it begins with the usual one."""
    if measure not in MEASURES:
        raise WrongUse(f"“{measure}” is no measure.", f"Choose one of {', '.join(ALL_MEASURES)}.")
    terms = MEASURES[measure]
    if about and not terms.has_about:
        raise WrongUse(f"{terms.title} is not told apart by type.", "Only escalation is.")
    made = remade(
        Threshold(id=threshold_id(measure, about.strip()), measure=measure, limit=0, about=about.strip()),
        limit=terms.first_limit if limit is None else limit,
        baseline=baseline,
    )
    _check_share(made)
    kept = [made if each.id == made.id else each for each in thresholds(agent)]
    if made not in kept:
        kept.append(made)
    kept.sort(key=lambda each: (ALL_MEASURES.index(each.measure), each.about))
    return revised(agent, f"Threshold: {made.words.rstrip('.')}", readiness=tuple(kept))


def change_threshold(agent: Agent, item: str, **fields: Any) -> ChangeSet:
    """Change limit or baseline of a threshold; raises WrongUse."""
    made = remade(threshold_of(agent, item), **fields)
    _check_share(made)
    every = tuple(made if each.id == item else each for each in thresholds(agent))
    return revised(agent, f"Threshold: {made.words.rstrip('.')}", readiness=every)


def remove_threshold(agent: Agent, item: str) -> ChangeSet:
    """Take a threshold out."""
    gone = threshold_of(agent, item)
    left = tuple(each for each in thresholds(agent) if each.id != item)
    return revised(agent, f"Remove the threshold “{gone.id}”", readiness=left)


def _check_share(threshold: Threshold) -> None:
    for name, value in (("limit", threshold.limit), ("baseline", threshold.baseline)):
        if value is not None and not 0 <= value <= 1:
            raise WrongUse(f"The {name} of “{threshold.id}” is a share.", "Give 0 % to 100 %.")


def set_economics(agent: Agent, **fields: Any) -> ChangeSet:
    """Change figures of the economics; a first one begins with the volume of the portfolio, if counted."""
    present = agent.charter.economics
    if present is None:
        present = Economics(volume=reaching_agent(agent.charter.portfolio or ()) or 0)
    return revised(agent, economics=remade(present, **fields))


def remove_economics(agent: Agent) -> ChangeSet:
    """Take the economics out."""
    return revised(agent, "Remove what it costs and saves", economics=None)
