"""What the Charter, Workflows and Tests pages show: the draft beside the live version."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.agent import Agent
from studio.domain.check import CheckResult
from studio.ports import UnitOfWork
from studio.services.access import all_checks
from studio.services.standing import standing


@dataclass(frozen=True, slots=True)
class AgentPage:
    """The live version, the draft, and what the checks find on the draft."""

    live_number: int
    live: Agent
    draft: Agent
    checks: tuple[CheckResult, ...]
    undo_title: str | None
    redo_title: str | None


@dataclass(frozen=True, slots=True)
class ShowAgent:
    """Ask for the agent."""

    def answer(self, unit: UnitOfWork) -> AgentPage:
        """Return live version, draft and checks."""
        stand = standing(unit)
        done, undone = unit.history.last_done(), unit.history.first_undone()
        return AgentPage(
            live_number=stand.live_number,
            live=stand.live,
            draft=stand.draft,
            checks=all_checks(stand),
            undo_title=done[1].title if done else None,
            redo_title=undone[1].title if undone else None,
        )
