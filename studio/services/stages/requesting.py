"""Asking CoBuilder in plain words: a reply, and where it proposes something, one proposal to decide on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.domain.request import Reply
from studio.ports import Progress, UnitOfWork
from studio.services.commands import Command, RecordReply
from studio.services.jobs import Tools
from studio.services.stages.proposing import next_number
from studio.services.standing import Standing, standing
from studio.services.talk import last_item

if TYPE_CHECKING:
    from studio.cobuilder.requests.kinds import Ground, SentenceState


def _states(stand: Standing) -> Callable[[], list[SentenceState]]:
    """Return the way to how each sentence stands; it is only gone when a question needs it."""
    from studio.cobuilder.requests.kinds import SentenceState
    from studio.services.accounting import accounts

    def states() -> list[SentenceState]:
        books = accounts(stand)
        return [
            SentenceState(source, statement.quote, books.state(source, statement))
            for source in stand.current_sources
            for statement in stand.statements(source)
        ]

    return states


def _ground(unit: UnitOfWork, tools: Tools) -> Ground:
    from studio.cobuilder.requests.items import Index, items_of
    from studio.cobuilder.requests.kinds import Ground

    stand = standing(unit)
    return Ground(
        agent=stand.draft,
        live=stand.live,
        live_number=stand.live_number,
        index=Index(items_of(stand.draft, stand.current_sources)),
        papers=tuple((source, stand.analyses.get(source.id)) for source in stand.current_sources),
        proposals=stand.proposals,
        decisions=tuple(stand.decisions.values()),
        answers=tuple(stand.answers.values()),
        states=_states(stand),
        last=last_item(unit),
        proposal_id=f"P-{next_number(unit):02}",
        now=tools.clock().replace(microsecond=0),
    )


@dataclass(frozen=True, slots=True)
class AskCoBuilder:
    """Say in plain words what should change, or ask; a change becomes a proposal, nothing is applied."""

    request: str

    @property
    def title(self) -> str:
        """Return what is being done."""
        return "CoBuilder reads your request"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Reply]:
        """Read where the workspace stands; return the answering."""
        from studio.cobuilder.requests.conversing import reply

        ground = _ground(unit, tools)
        return lambda _progress: reply(self.request, ground)

    def record(self, result: Reply) -> Command:
        """Return the command that keeps what was said, and what is proposed."""
        return RecordReply(result)
