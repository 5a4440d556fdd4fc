"""What the Sources page and `cobuilder source` show: documents, their sentences, and where those live."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.errors import WrongUse
from studio.domain.governance import SourceState
from studio.domain.source import Source
from studio.domain.statement import Question
from studio.ports import UnitOfWork
from studio.services.accounting import STATES, State, accounts
from studio.services.collisions import undecided_by_source
from studio.services.queries.marked_document import BlockRow, SuspicionRow, marked_blocks, suspicion_rows
from studio.services.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How many statements are in one state."""

    state: State
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One line of the list of sources."""

    id: str
    name: str
    file_name: str
    authority: str
    owner: str | None
    effective_from: str | None
    version: int
    chip: str
    statements: int
    open_questions: int
    conflicts: int
    state: SourceState = "current"
    suspects: int = 0
    coverage: tuple[CoverageRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceList:
    """All sources, and the coverage over those that nothing replaces."""

    rows: tuple[SourceRow, ...]
    coverage: tuple[CoverageRow, ...]


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question of this document, with its answer so far."""

    proposal_id: str
    id: str
    text: str
    reason: str
    category: str
    quote: str
    answer: str | None
    waived: bool


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One source opened: its document block by block."""

    source: Source
    chip: str
    blocks: tuple[BlockRow, ...]
    questions: tuple[QuestionRow, ...]
    found_unclear: tuple[Question, ...]
    coverage: tuple[CoverageRow, ...]
    proposed: bool
    suspicions: tuple[SuspicionRow, ...] = ()
    declined: str = ""


def coverage_rows(counts: dict[State, int]) -> tuple[CoverageRow, ...]:
    """Return the counts as rows with shares, in the order of the states."""
    total = sum(counts.values())
    return tuple(CoverageRow(s, counts[s], counts[s] / total if total else 0.0) for s in STATES)


def _questions(stand: Standing, source: Source) -> tuple[QuestionRow, ...]:
    rows = []
    for proposal in stand.proposals:
        for question in proposal.questions:
            if question.citation.source_id != source.id:
                continue
            answer = stand.answer(proposal, question)
            rows.append(
                QuestionRow(
                    proposal.id,
                    question.id,
                    question.text,
                    question.reason,
                    question.category,
                    question.citation.quote,
                    answer.text if answer else None,
                    bool(answer and answer.waived),
                )
            )
    return tuple(rows)


def _chip(stand: Standing, source: Source, questions: tuple[QuestionRow, ...]) -> str:
    state = stand.state_of(source)
    if state not in ("current", "review due"):
        return state
    if conflicts := undecided_by_source(stand)[source.id]:
        return f"{conflicts} conflict" + "s" * (conflicts > 1)
    open_ones = [q for q in questions if q.answer is None and q.category != "conflict"]
    if open_ones:
        return f"{len(open_ones)} question" + "s" * (len(open_ones) > 1)
    return state


def _row(stand: Standing, source: Source) -> SourceRow:
    questions = _questions(stand, source)
    open_ones = [q for q in questions if q.answer is None]
    found, statements = accounts(stand), stand.statements(source)
    effective = source.effective_from.isoformat() if source.effective_from else None
    return SourceRow(
        id=source.id,
        name=source.name,
        file_name=source.current.file_name,
        authority=source.authority.value,
        owner=source.owner,
        effective_from=effective,
        version=source.current.number,
        chip=_chip(stand, source, questions),
        statements=len(statements),
        open_questions=sum(q.category != "conflict" for q in open_ones),
        conflicts=undecided_by_source(stand)[source.id],
        state=stand.state_of(source),
        suspects=sum(found.suspicion(source, st) is not None for st in statements),
        coverage=coverage_rows(found.coverage((source,))),
    )


@dataclass(frozen=True, slots=True)
class ListSources:
    """Ask for the list of sources."""

    def answer(self, unit: UnitOfWork) -> SourceList:
        """Return the list with coverage."""
        stand = standing(unit)
        rows = tuple(_row(stand, source) for source in stand.sources)
        return SourceList(rows, coverage_rows(accounts(stand).coverage()))


@dataclass(frozen=True, slots=True)
class ShowSource:
    """Ask for one source, opened."""

    source_id: str

    def answer(self, unit: UnitOfWork) -> SourcePage:
        """Return the document with its marked sentences; raises WrongUse."""
        stand = standing(unit)
        source = source_of(stand, self.source_id)
        questions = _questions(stand, source)
        analysis = stand.analyses.get(source.id)
        found = suspicion_rows(stand, source)
        return SourcePage(
            source=source,
            chip=_chip(stand, source, questions),
            blocks=marked_blocks(stand, source, found),
            questions=questions,
            found_unclear=analysis.questions if analysis else (),
            coverage=coverage_rows(accounts(stand).coverage((source,))),
            proposed=any(source.id in proposal.source_ids for proposal in stand.proposals),
            suspicions=found,
            declined=(analysis.declined or "") if analysis else "",
        )


def source_of(stand: Standing, source_id: str) -> Source:
    """Return a source by id; raises WrongUse."""
    source = next((s for s in stand.sources if s.id == source_id), None)
    if source is None:
        raise WrongUse(f"There is no source “{source_id}”.", "`cobuilder source list` shows what there is.")
    return source
