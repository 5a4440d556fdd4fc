"""Intentions of a reviewer besides yes and no to one change: several at once, another value, re-basing."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.frozen import Json
from studio.domain.three_way import Side
from studio.services.commands import Command


@dataclass(frozen=True, slots=True)
class AcceptChanges(Command):
    """Take several changes of a proposal into the draft at once; what needs a look of its own is left."""

    proposal_id: str
    change_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RejectChanges(Command):
    """Refuse several changes of a proposal at once, and with them all that depends on them."""

    proposal_id: str
    change_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EditProposedValue(Command):
    """Give a proposed change another value; what CoBuilder proposed stays with it."""

    proposal_id: str
    change_id: str
    after: Json


@dataclass(frozen=True, slots=True)
class RebaseProposal(Command):
    """Fit a proposal to the draft as it is now.

    `takes` say which side counts where both changed something: by the path of the place, or by the change for
    all its places.
    """

    proposal_id: str
    takes: tuple[tuple[str, Side], ...] = ()
