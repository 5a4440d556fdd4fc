"""What the Sources page and `cobuilder source` show about governing: conflicts, suspects, origins, search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from studio.domain.errors import WrongUse
from studio.domain.frozen import digest
from studio.domain.governance import (
    Collision,
    CollisionDecision,
    LinkedFolder,
    OriginFinding,
    SourceState,
    Suggestion,
)
from studio.domain.places import Place
from studio.domain.source import Authority
from studio.domain.statement import Statement
from studio.ports import UnitOfWork
from studio.services.accounting import State, accounts, doubt_id
from studio.services.collisions import collisions, is_compared, question_of, undecided_ids
from studio.services.origins import kept_order
from studio.services.queries.sources import CoverageRow, coverage_rows
from studio.services.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class CollisionRow:
    """One conflict, with the names of both sources, the decision, and CoBuilder's question about it."""

    collision: Collision
    left_name: str
    right_name: str
    decided: bool
    decision: CollisionDecision | None
    question: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class ListCollisions:
    """Ask for all conflicts, undecided ones first; of one source, or those with some ids, where given."""

    source_id: str | None = None
    ids: tuple[str, ...] | None = None

    def answer(self, unit: UnitOfWork) -> tuple[CollisionRow, ...]:
        """Return one row a conflict."""
        stand = standing(unit)
        names = {source.id: source.name for source in stand.sources}
        wanted = None if self.ids is None else frozenset(self.ids)
        found = [each for each in collisions(stand) if wanted is None or each.id in wanted]
        rows = [_collision_row(stand, names, each) for each in found]
        if self.source_id is not None:
            sides = (self.source_id,)
            rows = [
                r for r in rows if r.collision.left.source_id in sides or r.collision.right.source_id in sides
            ]
        return tuple(sorted(rows, key=lambda row: row.decided))


def _collision_row(stand: Standing, names: dict[str, str], each: Collision) -> CollisionRow:
    asked = question_of(stand, each)
    return CollisionRow(
        collision=each,
        left_name=names[each.left.source_id],
        right_name=names[each.right.source_id],
        decided=each.id not in undecided_ids(stand),
        decision=stand.collision_decisions.get(each.id),
        question=(asked[0].id, asked[1].id) if asked else None,
    )


@dataclass(frozen=True, slots=True)
class ShowAuthorities:
    """Ask which kinds of documents weigh more where two disagree."""

    def answer(self, unit: UnitOfWork) -> tuple[Authority, ...]:
        """Return all kinds, the weightiest first."""
        return kept_order(unit)


def spoken_names(ids: Iterable[str], letter: str = "C") -> dict[str, str]:
    """Return what each conflict is called aloud, as C-4821: the same for the same two sentences, always.

    Questions whether two sentences are the same have names with another letter.

    Where two of them would share a name, these have more figures.
    """
    found: dict[str, str] = {}
    wanted = list(dict.fromkeys(ids))
    for figures in (4, 6, 9, 18):
        names = {
            each: f"{letter}-{int(digest(each.encode())[:16], 16) % 10**figures:0{figures}d}"
            for each in wanted
        }
        count = Counter(names.values())
        found |= {each: name for each, name in names.items() if count[name] == 1}
        wanted = [each for each in wanted if each not in found]
    return found


@dataclass(frozen=True, slots=True)
class NeedsComparing:
    """Ask whether the sources are too many to be compared at once, and were not compared by a job yet."""

    def answer(self, unit: UnitOfWork) -> bool:
        """Return whether the job `CompareSources` has something to do."""
        return not is_compared(standing(unit))


@dataclass(frozen=True, slots=True)
class SuspectRow:
    """One suspect statement: why, and the places to look at."""

    source_id: str
    source_name: str
    statement: Statement
    state: State
    why: str
    turned: bool
    places: tuple[Place, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class ListSuspects:
    """Ask for every suspect statement."""

    def answer(self, unit: UnitOfWork) -> tuple[SuspectRow, ...]:
        """Return one row a statement; those whose meaning turned come first."""
        stand = standing(unit)
        found = accounts(stand)
        rows = [
            SuspectRow(s.id, s.name, st, found.state(s, st), why.why, why.turned, why.places, why.about)
            for s, st, why in found.suspects()
        ]
        return tuple(sorted(rows, key=lambda row: not row.turned))


@dataclass(frozen=True, slots=True)
class CoverageOfSource:
    """The coverage of one source."""

    source_id: str
    name: str
    state: SourceState
    rows: tuple[CoverageRow, ...]
    suspects: int


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """The coverage by source and in total."""

    total: tuple[CoverageRow, ...]
    sources: tuple[CoverageOfSource, ...]
    suspects: int


@dataclass(frozen=True, slots=True)
class ShowCoverage:
    """Ask for the coverage."""

    def answer(self, unit: UnitOfWork) -> CoverageReport:
        """Return the coverage over sources that nothing replaces."""
        stand = standing(unit)
        found = accounts(stand)
        suspects = [source.id for source, _, _ in found.suspects()]
        rows = tuple(
            CoverageOfSource(
                source.id,
                source.name,
                stand.state_of(source),
                coverage_rows(found.coverage((source,))),
                suspects.count(source.id),
            )
            for source in stand.current_sources
        )
        return CoverageReport(coverage_rows(found.coverage()), rows, len(suspects))


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A question whether two sentences are the same statement."""

    id: str
    source_id: str
    source_name: str
    version: int
    old_quote: str
    new_quote: str
    why: str
    same: bool | None
    where: str = ""


@dataclass(frozen=True, slots=True)
class ListDoubts:
    """Ask for the open and answered questions of identity of current versions."""

    def answer(self, unit: UnitOfWork) -> tuple[DoubtRow, ...]:
        """Return one row a question, open ones first."""
        stand = standing(unit)
        rows = []
        for source in stand.current_sources:
            number = source.current.number
            places = {each.id: each.anchor.label for each in stand.statements(source)}
            alignment = stand.alignments.get((source.id, number))
            for doubt in alignment.doubts if alignment else ():
                name = doubt_id(source.id, number, doubt.old_id, doubt.new_id)
                decision = stand.identities.get(name)
                rows.append(
                    DoubtRow(
                        name,
                        source.id,
                        source.name,
                        number,
                        doubt.old_quote,
                        doubt.new_quote,
                        doubt.why,
                        decision.same if decision else None,
                        places.get(doubt.new_id, ""),
                    )
                )
        return tuple(sorted(rows, key=lambda row: row.same is not None))


@dataclass(frozen=True, slots=True)
class OriginsPage:
    """Linked folders, and what the last look at the origins found."""

    folders: tuple[LinkedFolder, ...]
    findings: tuple[OriginFinding, ...]

    @property
    def drifted(self) -> tuple[OriginFinding, ...]:
        """Return what is not as the workspace has it."""
        return tuple(finding for finding in self.findings if finding.kind != "unchanged")


@dataclass(frozen=True, slots=True)
class ShowOrigins:
    """Ask for folders and origins."""

    def answer(self, unit: UnitOfWork) -> OriginsPage:
        """Return them."""
        stand = standing(unit)
        return OriginsPage(stand.folders, stand.origins)


@dataclass(frozen=True, slots=True)
class HitRow:
    """A block in which the words stand."""

    source_id: str
    source_name: str
    block_id: str
    where: str
    snippet: str


@dataclass(frozen=True, slots=True)
class SearchSources:
    """Ask where words stand in all sources."""

    words: str
    most: int = 50

    def answer(self, unit: UnitOfWork) -> tuple[HitRow, ...]:
        """Return blocks that hold all the words, best first; hits stand between ⟦ and ⟧."""
        sources = {source.id: source for source in standing(unit).sources}
        rows = []
        for hit in unit.sources.search(self.words, self.most):
            source = sources[hit.source_id]
            block = source.current.document.block(hit.block_id)
            rows.append(HitRow(source.id, source.name, block.id, block.anchor.label, hit.snippet))
        return tuple(rows)


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A value that the document states for a field, and what the source says now."""

    suggestion: Suggestion
    now: str
    kind: Literal["confirm", "same"]


@dataclass(frozen=True, slots=True)
class SuggestFields:
    """Ask what a document states about itself."""

    source_id: str

    def answer(self, unit: UnitOfWork) -> tuple[SuggestionRow, ...]:
        """Return the suggestions that are not the source's fields already, then those that are."""
        from studio.cobuilder.rules.front_matter import suggest

        source = next((s for s in standing(unit).sources if s.id == self.source_id), None)
        if source is None:
            raise WrongUse(f"There is no source “{self.source_id}”.")
        rows, names = [], {each.id: each.name for each in standing(unit).sources}
        for each in suggest(source.current.document):
            value = getattr(source, each.field, None) or getattr(source.applies_to, each.field, None)
            now = ", ".join(value) if isinstance(value, tuple) else str(value or "")
            same = now.casefold() == each.value.casefold()
            if each.field == "supersedes" and now:  # the document says a name, the source keeps which one
                same = names[now].casefold() in each.value.casefold()
            rows.append(SuggestionRow(each, now, "same" if same else "confirm"))
        return tuple(sorted(rows, key=lambda row: row.kind == "same"))
