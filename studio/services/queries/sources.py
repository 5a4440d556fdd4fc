"""What the Sources page and `cobuilder source` show: documents, their sentences, and where those live."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.errors import WrongUse
from studio.domain.finding import Suspicion
from studio.domain.governance import SourceState, Waiver
from studio.domain.places import Place
from studio.domain.source import Block, Source
from studio.domain.statement import Question, Statement
from studio.ports import UnitOfWork
from studio.services.access import heard_at, is_internal
from studio.services.accounting import STATES, State, accounts
from studio.services.collisions import conflicts_by_statement, undecided_by_source
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
class Sentence:
    """One sentence that binds the agent: its state, its places, and the span in the block's original text."""

    statement: Statement
    state: State
    places: tuple[Place, ...]
    suspect: str = ""
    turned: bool = False
    proposed: bool = False
    internal: bool = False
    waived: str = ""
    heard: tuple[Place, ...] = ()
    conflicts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


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
class SuspicionRow:
    """A passage that may be trying to steer the reading machine; `id` is X-01 in its document."""

    id: str
    suspicion: Suspicion

    @property
    def is_hidden(self) -> bool:
        """Return whether nobody sees the passage on the page."""
        return self.suspicion.category == "hidden text"


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One block of the document, with its marked sentences and suspicious passages in order.

    `hidden` is a passage that the page does not show; its block holds its words.
    """

    block: Block
    sentences: tuple[Sentence, ...]
    suspicions: tuple[SuspicionRow, ...] = ()
    hidden: bool = False


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


def _with_guards(stand: Standing, places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Return the places, each rule followed by the guard that enforces it."""
    if not any(place.path.startswith("charter/rules/") for place in places):
        return places
    guarded = {f"charter/rules/{rule.id}": rule.id for rule in stand.draft.charter.rules if rule.guard}
    made = []
    for place in places:
        made.append(place)
        if rule := guarded.get(place.path):
            made.append(Place(path=f"{place.path}/guard", name=f"Guard that enforces {rule}"))
    return tuple(made)


def _sentence(stand: Standing, source: Source, statement: Statement) -> Sentence:
    found = accounts(stand)
    why = found.suspicion(source, statement)
    waiver = stand.waivers.get(f"{source.id}/{statement.id}")
    return Sentence(
        statement=statement,
        state=found.state(source, statement),
        places=_with_guards(stand, found.places(source, statement)),
        suspect=why.why if why else "",
        turned=bool(why and why.turned),
        proposed=found.proposed(statement),
        internal=is_internal(stand, source, statement),
        waived=_waived(waiver) if waiver else "",
        heard=heard_at(stand, source, statement),
        conflicts=conflicts_by_statement(stand).get(f"{source.id}/{statement.id}", ()),
        warnings=_warnings(stand, source, statement),
    )


def _waived(waiver: Waiver) -> str:
    day = waiver.until
    end = f", until {day.day} {day:%b %Y}" if day else ""
    return f"{waiver.why} ({waiver.by}{end})"


def _warnings(stand: Standing, source: Source, statement: Statement) -> tuple[str, ...]:
    analysis = stand.analyses.get(source.id)
    return analysis.warnings(statement.start, statement.end) if analysis else ()


def _blocks(
    source: Source, by_block: dict[str, list[Sentence]], found: tuple[SuspicionRow, ...]
) -> tuple[BlockRow, ...]:
    """Return the blocks with what is marked in them; a hidden passage follows the block before its place."""
    seen = [row for row in found if not row.is_hidden]
    rows = [
        BlockRow(
            block,
            tuple(by_block.get(block.id, ())),
            tuple(r for r in seen if r.suspicion.start < block.end and block.start < r.suspicion.end),
        )
        for block in source.current.document.blocks
    ]
    for row in found:
        if row.is_hidden:
            each = row.suspicion
            at = next((i for i, other in enumerate(rows) if other.block.start > each.start), len(rows))
            words = Block(
                id=f"hidden-{row.id}",
                kind="paragraph",
                text=f"Not shown on the page: {each.quote}",
                start=each.start,
                end=each.end,
                anchor=each.anchor,
            )
            rows.insert(at, BlockRow(words, (), (row,), hidden=True))
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
        source = _source(stand, self.source_id)
        by_block: dict[str, list[Sentence]] = {}
        for statement in stand.statements(source):
            by_block.setdefault(statement.block_id, []).append(_sentence(stand, source, statement))
        questions = _questions(stand, source)
        analysis = stand.analyses.get(source.id)
        suspicions = analysis.suspicions if analysis else ()
        found = tuple(SuspicionRow(f"X-{n:02}", each) for n, each in enumerate(suspicions, 1))
        return SourcePage(
            source=source,
            chip=_chip(stand, source, questions),
            blocks=_blocks(source, by_block, found),
            questions=questions,
            found_unclear=analysis.questions if analysis else (),
            coverage=coverage_rows(accounts(stand).coverage((source,))),
            proposed=any(source.id in proposal.source_ids for proposal in stand.proposals),
            suspicions=found,
            declined=(analysis.declined or "") if analysis else "",
        )


@dataclass(frozen=True, slots=True)
class SentencePlace:
    """Where a cited sentence stands today: `way` is `S-03/STATEMENT`, `S-03#BLOCK` or `S-03`."""

    way: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class FindSentence:
    """Ask where the sentence of a citation stands now, in its own source or in the one that replaced it."""

    source_id: str
    fingerprint: str
    quote: str

    def answer(self, unit: UnitOfWork) -> SentencePlace:
        """Return its statement, its paragraph where it is none, or a note; raises WrongUse."""
        stand = standing(unit)
        own = _source(stand, self.source_id)
        others = [source for source in stand.current_sources if source is not own]
        for source in (own, *others):
            for statement in stand.statements(source):
                if statement.fingerprint == self.fingerprint:
                    return SentencePlace(f"{source.id}/{statement.id}")
        found = accounts(stand)
        for source in (own, *others):
            for statement in stand.statements(source):
                if self.fingerprint in found.prints(source.id, source.current.number, statement.id):
                    note = "The sentence was worded anew since; this is how it reads now."
                    return SentencePlace(f"{source.id}/{statement.id}", note)
        words = " ".join(self.quote.split())
        document = own.current.document
        for block in document.blocks:
            if words and words in " ".join(document.text[block.start : block.end].split()):
                return SentencePlace(f"{own.id}#{block.id}")
        return SentencePlace(own.id, f"“{own.name}” no longer says: “{words}”")


def _source(stand: Standing, source_id: str) -> Source:
    source = next((s for s in stand.sources if s.id == source_id), None)
    if source is None:
        raise WrongUse(f"There is no source “{source_id}”.", "`cobuilder source list` shows what there is.")
    return source
