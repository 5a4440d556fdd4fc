"""A document block by block, its sentences and suspicious passages marked, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.finding import Suspicion
from studio.domain.governance import Waiver
from studio.domain.places import Place
from studio.domain.source import Block, Source
from studio.domain.statement import Statement
from studio.services.access import heard_at, is_internal
from studio.services.accounting import State, accounts
from studio.services.collisions import conflicts_by_statement
from studio.services.standing import Standing


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence that binds the agent: its state and its places.

    `suspect` says why it is to be looked at again, `doubted` are the places that this is about.
    """

    statement: Statement
    state: State
    places: tuple[Place, ...]
    suspect: str = ""
    turned: bool = False
    doubted: tuple[Place, ...] = ()
    proposed: bool = False
    internal: bool = False
    waived: str = ""
    heard: tuple[Place, ...] = ()
    conflicts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


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


def suspicion_rows(stand: Standing, source: Source) -> tuple[SuspicionRow, ...]:
    """Return the suspicious passages of a document, numbered."""
    analysis = stand.analyses.get(source.id)
    found = analysis.suspicions if analysis else ()
    return tuple(SuspicionRow(f"X-{number:02}", each) for number, each in enumerate(found, 1))


def marked_blocks(stand: Standing, source: Source, found: tuple[SuspicionRow, ...]) -> tuple[BlockRow, ...]:
    """Return the document with its marks."""
    by_block: dict[str, list[Sentence]] = {}
    for statement in stand.statements(source):
        by_block.setdefault(statement.block_id, []).append(_sentence(stand, source, statement))
    return _blocks(source, by_block, found)


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
        suspect=why.about if why else "",
        turned=bool(why and why.turned),
        doubted=why.places if why else (),
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
    return analysis.warnings(*statement.span) if analysis else ()


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
