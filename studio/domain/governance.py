"""Governance of sources: whether the agent may rely on them today, and what people decided about sentences.

- A statement keeps its id through the versions of its source; what is kept here names it by
  `SOURCE/STATEMENT`, and stores the fingerprint of the sentence it was decided for.
- States are computed from dates, origins and supersession; only decisions are kept.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from studio.domain.frozen import Frozen
from studio.domain.source import Anchor, Citation, Source

SourceState = Literal[
    "current",
    "not yet effective",
    "expired",
    "review due",
    "superseded",
    "changed at its origin",
    "missing at its origin",
]
BLOCKING: tuple[SourceState, ...] = (
    "not yet effective",
    "expired",
    "changed at its origin",
    "missing at its origin",
)


def state_on(source: Source, today: date, superseded: bool = False) -> SourceState:
    """Return the state that a source's own dates give it on a day."""
    if superseded:
        return "superseded"
    if source.effective_until is not None and source.effective_until < today:
        return "expired"
    if source.effective_from is not None and source.effective_from > today:
        return "not yet effective"
    if source.review_by is not None and source.review_by < today:
        return "review due"
    return "current"


SuggestedField = Literal[
    "owner",
    "authority",
    "effective_from",
    "effective_until",
    "review_by",
    "audience",
    "permission",
    "supersedes",
    "regions",
    "segments",
    "channels",
    "products",
]


class Suggestion(Frozen):
    """A value for a field of a source that the document itself states, to be confirmed by a person.

    `value` is the field's text form: ISO date, name, or a comma-separated list.
    """

    field: SuggestedField
    value: str
    quote: str
    anchor: Anchor
    confidence: float = 0.5


class LinkedFolder(Frozen):
    """A watched folder whose documents stay connected to their files."""

    id: str
    path: str
    linked_at: datetime
    by: str


class OriginFinding(Frozen):
    """What a look at the origins found about one file: `kind` against what the workspace holds."""

    kind: Literal["new", "changed", "vanished", "unchanged", "unreadable"]
    place: str
    source_id: str | None = None
    detail: str = ""
    digest: str | None = None


class Waiver(Frozen):
    """A named person's word that a statement is not for this agent, why, and until when."""

    id: str
    fingerprint: str
    why: str
    by: str
    at: datetime
    until: date | None = None


class Confirmation(Frozen):
    """A named person's word that the places of a statement still say what it demands.

    `places` holds the digest of each place's content, by path, as it was then.
    """

    id: str
    fingerprint: str
    places: dict[str, str]
    by: str
    at: datetime


class AccessMark(Frozen):
    """Whether one statement may be quoted to customers, where that differs from its source."""

    id: str
    fingerprint: str
    permission: Literal["may be quoted", "internal"]
    by: str
    at: datetime


class StatementRef(Frozen):
    """One statement of one source, as a conflict names it."""

    source_id: str
    statement_id: str
    citation: Citation


CollisionKind = Literal["number", "date", "limit", "list", "modality", "order", "outcome"]


class Collision(Frozen):
    """Two statements that cannot both hold; `id` depends only on the two sentences.

    `winner` is "left", "right" or None where authority, date and specificity do not tell; `why` says
    how it was told.
    """

    id: str
    kind: CollisionKind
    left: StatementRef
    right: StatementRef
    detail: str
    winner: Literal["left", "right"] | None = None
    why: str = ""
    confidence: float = 0.5


class CollisionDecision(Frozen):
    """A named person's decision on a collision; `holds` may be both where it was no conflict."""

    id: str
    holds: Literal["left", "right", "both", "neither"]
    why: str
    by: str
    at: datetime


class IdentityDecision(Frozen):
    """A named person's word whether the two are the same statement."""

    id: str
    same: bool
    by: str
    at: datetime


How = Literal["unchanged", "moved", "reworded", "reformatted", "split", "merged"]


class Match(Frozen):
    """A statement that is in both versions; `turned`: its number, date, modality or negation changed."""

    old_id: str
    new_id: str
    how: How
    score: float
    turned: bool = False


class Doubt(Frozen):
    """Two statements that may be the same, which a person has to say; `why` in a sentence."""

    old_id: str
    new_id: str
    old_quote: str
    new_quote: str
    why: str
    score: float
    turned: bool = False


class Alignment(Frozen):
    """How the statements of a version stand to those of what it follows.

    `follows` is (source id, version number): the version before, or the source that is replaced.
    """

    follows: tuple[str, int] = ("", 0)
    matches: tuple[Match, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    gone: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def heirs(self) -> dict[str, str]:
        """Return the old id that each new statement inherits, by new id; an id is inherited once."""
        found: dict[str, str] = {}
        taken: set[str] = set()
        for match in sorted(self.matches, key=lambda each: (each.turned, -each.score)):
            if match.new_id not in found and match.old_id not in taken:
                found[match.new_id] = match.old_id
                taken.add(match.old_id)
        return found

    @property
    def turned(self) -> tuple[Match, ...]:
        """Return the matches whose meaning may have changed."""
        return tuple(match for match in self.matches if match.turned)

    def renamed(self, names: dict[str, str], follows: tuple[str, int]) -> Alignment:
        """Return it with the new statements' final ids, and with what it follows."""

        def final(new_id: str) -> str:
            return names.get(new_id, new_id)

        return Alignment(
            follows=follows,
            matches=tuple(m.model_copy(update={"new_id": final(m.new_id)}) for m in self.matches),
            doubts=tuple(d.model_copy(update={"new_id": final(d.new_id)}) for d in self.doubts),
            gone=self.gone,
            added=tuple(final(each) for each in self.added),
        )


class SearchHit(Frozen):
    """A block that holds the words that were looked for; hits stand between ⟦ and ⟧."""

    source_id: str
    block_id: str
    snippet: str


class Collisions(Frozen):
    """All conflicts that were found between sources; `key` names exactly those sources and versions."""

    key: str
    found: tuple[Collision, ...] = ()
