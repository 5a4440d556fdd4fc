"""Asking CoBuilder in plain words: a reply, and where it proposes something, one proposal to decide on.

- CoBuilder reads a request by rules, on this computer. A language model reads it only where somebody chose
  so, behind the same door, consent and budget as the reading of documents.
- What the model failed of comes out as the error, and nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from studio.domain.errors import ProviderFailed
from studio.domain.model import ModelFailure, ModelRequest
from studio.domain.request import Reply
from studio.ports import LanguageModel, Progress, UnitOfWork
from studio.services.commands import Command, RecordReply
from studio.services.jobs import Tools
from studio.services.models import NONE_CHOSEN, as_error
from studio.services.stages.proposing import next_number
from studio.services.standing import Standing, standing
from studio.services.talk import exchanges, last_items

if TYPE_CHECKING:
    from studio.cobuilder.requests.kept_back import KeptBack
    from studio.cobuilder.requests.kinds import Ground, Happening, SentenceState

LINES = 400
"""How many lines of the ledger a question about the last days is answered from."""


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


def _happened(unit: UnitOfWork) -> Callable[[], Sequence[Happening]]:
    """Return what the ledger says was done, newest first; it is read now, and made into lines when asked."""
    from studio.cobuilder.requests.kinds import Happening

    lines = tuple(unit.ledger.recent(LINES))
    return lambda: tuple(Happening(at, who, sentence) for at, who, _, sentence in lines)


def _kept_back(stand: Standing) -> Callable[[], KeptBack]:
    """Return the way to what is marked internal; it is only gone where text may leave."""
    from studio.cobuilder.requests.kept_back import KeptBack
    from studio.services.access import internal_sentences

    def kept_back() -> KeptBack:
        return KeptBack(
            frozenset(source.id for source in stand.sources if source.permission == "internal"),
            tuple(
                (source.id, statement.block_id, statement.quote)
                for source in stand.sources
                for statement in internal_sentences(stand, source)
            ),
        )

    return kept_back


def ground_of(unit: UnitOfWork, now: datetime) -> Ground:
    """Return what a request is read against."""
    from studio.cobuilder.requests.items import Index, items_of
    from studio.cobuilder.requests.kinds import Ground

    stand = standing(unit)
    done = unit.history.last_done()
    last, listed = last_items(unit)
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
        last=last,
        listed=listed,
        undoable=done[1].title if done is not None else "",
        happened=_happened(unit),
        proposal_id=f"P-{next_number(unit):02}",
        now=now.replace(microsecond=0),
        kept_back=_kept_back(stand),
    )


@dataclass(frozen=True, slots=True)
class AskCoBuilder:
    """Say in plain words what should change, or ask; a change becomes a proposal, nothing is applied.

    With the engine `model` the chosen language model reads the request; it has to be asked for each time.
    """

    request: str
    engine: Literal["embedded", "model"] = "embedded"

    @property
    def title(self) -> str:
        """Return what is being done."""
        who = "CoBuilder" if self.engine == "embedded" else "The language model"
        return f"{who} reads your request"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Reply]:
        """Read where the workspace stands; return the answering."""
        ground = ground_of(unit, tools.clock())
        if self.engine == "embedded":
            from studio.cobuilder.requests.conversing import reply

            suggested = _suggested(unit, self.request)
            if suggested is None:
                return lambda _progress: reply(self.request, ground)
            from studio.cobuilder.requests.by_model import chosen

            return lambda _progress: chosen(reply(self.request, ground), suggested, self.request)
        return lambda progress: by_model(self.request, ground, tools.model(), progress)

    def record(self, result: Reply) -> Command:
        """Return the command that keeps what was said, and what is proposed."""
        return RecordReply(result)


def _suggested(unit: UnitOfWork, request: str) -> Reply | None:
    """Return the reply in which a language model suggested exactly this, if it was the last to do so."""
    words = " ".join(request.split()).casefold()
    for exchange in reversed(exchanges(unit)):
        if any(" ".join(choice.request.split()).casefold() == words for choice in exchange.reply.choices):
            return exchange.reply if exchange.reply.run is not None else None
    return None


def by_model(request: str, ground: Ground, model: LanguageModel | None, progress: Progress) -> Reply:
    """Return what a language model makes of a request; raises what it failed of."""
    from studio.cobuilder.requests.by_model import reply_of_model, request_for_model

    if model is None:
        raise as_error(NONE_CHOSEN)
    (outcome,) = model.ask([request_for_model(request, ground)], progress)
    if isinstance(outcome, ModelFailure):
        raise as_error(outcome)
    made = reply_of_model(request, ground, outcome, model.destination)
    if isinstance(made, str):
        raise ProviderFailed(f"{model.name} gave no answer that can be used. {made}", "Ask it again.")
    return made


@dataclass(frozen=True, slots=True)
class RequestsForAsking:
    """Ask for what a language model would be sent for a request in plain words, before anything is masked."""

    request: str

    def answer(self, unit: UnitOfWork) -> tuple[ModelRequest, ...]:
        """Return the one request."""
        from studio.cobuilder.requests.by_model import request_for_model

        return (request_for_model(self.request, ground_of(unit, datetime.min)),)


PASSED_ON = frozenset({"needs a language model", "not understood", "unsure"})
"""How CoBuilder has answered what both faces then offer to pass to a language model."""
