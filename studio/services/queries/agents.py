"""What the Charter, Workflows and Tests pages show: the draft beside the live version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.checks.graph import TooLarge, Unfolding, count_all_paths
from studio.domain.agent import Agent
from studio.domain.check import CheckResult
from studio.domain.proposal import Proposal, ProposedChange
from studio.ports import UnitOfWork
from studio.services.access import all_checks
from studio.services.memory import Memory
from studio.services.proofs import Found, found_now
from studio.services.standing import Standing, standing

_PATHS: Memory[str, dict[str, int]] = Memory(4)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is proposed and not decided yet: a sentence, and the change to open in the review."""

    sentence: str
    item: str


@dataclass(frozen=True, slots=True)
class AgentPage:
    """The live version, the draft, and what the checks find on the draft.

    `looking` tells that this is not known yet; `checks` are then what is left of what was found before.
    `waiting_workflows` and `waiting_tests` tell of new ones that wait to be decided, None where none does.
    `paths` counts those through each workflow, where they can be counted.
    """

    live_number: int
    live: Agent
    draft: Agent
    checks: tuple[CheckResult, ...]
    undo_title: str | None
    redo_title: str | None
    waiting_workflows: Waiting | None = None
    waiting_tests: Waiting | None = None
    looking: bool = False
    paths: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShowAgent:
    """Ask for the agent; without `wait`, with what the checks are known to find now."""

    wait: bool = True

    def answer(self, unit: UnitOfWork) -> AgentPage:
        """Return live version, draft and checks."""
        stand = standing(unit)
        found = Found(all_checks(stand)) if self.wait else found_now(stand, unit.stamp()[0])
        done, undone = unit.history.last_done(), unit.history.first_undone()
        return AgentPage(
            live_number=stand.live_number,
            live=stand.live,
            draft=stand.draft,
            checks=found.checks,
            undo_title=done[1].title if done else None,
            redo_title=undone[1].title if undone else None,
            waiting_workflows=_waiting(stand, "workflows", "workflow"),
            waiting_tests=_waiting(stand, "scenarios", "test"),
            looking=found.looking,
            paths=_PATHS.get(stand.draft_digest, lambda: paths_of(stand.draft)),
        )


def paths_of(agent: Agent) -> dict[str, int]:
    """Return how many paths lead through each workflow; one that is too large to count is left out."""
    unfolding, found = Unfolding(agent), {}
    for flow in agent.workflows:
        try:
            found[flow.id] = count_all_paths(unfolding.graph(flow))
        except TooLarge:
            continue
    return found


def _waiting(stand: Standing, area: str, noun: str) -> Waiting | None:
    """Return what is new in an area of the agent and waits to be decided."""
    new = [(proposal, change) for proposal, change in stand.undecided if _is_new(change, area)]
    if not new:
        return None
    first: Proposal = new[0][0]
    here = sum(proposal.id == first.id for proposal, _ in new)
    count = f"{here} new {noun}{'s' * (here != 1)}"
    elsewhere = f", {len(new) - here} more in other proposals" if here < len(new) else ""
    sentence = (
        f"{count} wait{'s' * (here == 1)} to be decided in {first.id}{elsewhere}. Accept what is right."
    )
    return Waiting(sentence, f"{first.id}/{new[0][1].id}")


def _is_new(change: ProposedChange, area: str) -> bool:
    segments = change.change.segments
    return segments[0] == area and len(segments) == 2 and change.change.before is None
