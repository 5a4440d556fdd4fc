"""What the Sources page shows of a source: its row in the list, and the marks of its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.desktop.panels.coverage import shares
from studio.desktop.panels.document import Marked
from studio.desktop.panels.facts import standing_of
from studio.desktop.panels.overview import Open
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.row_list import RowItem

if TYPE_CHECKING:
    from studio.domain.source import Block
    from studio.services.queries.marked_document import BlockRow, Sentence
    from studio.services.queries.sources import SourcePage, SourceRow


def chip_tone(chip: str) -> Tone:
    """Return the tone of what a source's chip says."""
    if "conflict" in chip or chip in ("expired", "missing at its origin"):
        return "bad"
    if chip == "superseded":
        return ""
    return "ok" if chip == "current" else "warn"


def row_of(source: SourceRow) -> RowItem:
    """Return the row of a source in the list."""
    about = [standing_of(source.authority), source.owner or ""]
    if source.suspects:  # more pressing than the version, which the document's facts tell, too
        about.append(f"look at {source.suspects} again")
    elif source.version > 1:
        about.append(f"version {source.version}")
    return RowItem(
        source.id,
        source.name,
        " · ".join(part for part in about if part),
        chip=source.chip,
        chip_tone=chip_tone(source.chip),
        quiet=source.chip == "superseded",
        bar=shares(source.coverage),
    )


def marked_blocks(page: SourcePage) -> list[tuple[Block, Sequence[Marked]]]:
    """Return the blocks of a document with their marks."""
    return [(row.block, _marks(row)) for row in page.blocks]


def _marks(row: BlockRow) -> list[Marked]:
    """Return the marks of a block: its sentences, and suspicious passages that are in none of them."""
    marks = [_marked(sentence) for sentence in row.sentences]
    for each in row.suspicions:
        start, end = each.suspicion.start, each.suspicion.end
        spans = (s.statement.span for s in row.sentences)
        told = any(first < end and start < last for first, last in spans)
        if row.hidden or not told:
            marks.append(Marked(each.id, each.suspicion.quote, "suspicious", warned=True))
    return marks


def _marked(sentence: Sentence) -> Marked:
    return Marked(
        sentence.statement.id,
        sentence.statement.core,
        sentence.state,
        sentence.suspect,
        sentence.turned,
        sentence.internal,
        bool(sentence.warnings),
    )


def open_in(page: SourcePage) -> list[Open]:
    """Return what is open in a document, the pressing first, each with the sentences it is about."""
    sentences = [sentence for row in page.blocks for sentence in row.sentences]
    if page.chip == "superseded":
        sentences = [sentence for sentence in sentences if sentence.suspect]
    kinds = (
        ("sentence to look at again", "sentences to look at again", lambda s: bool(s.suspect)),
        ("sentence in a conflict", "sentences in a conflict", lambda s: s.state == "conflict"),
        ("sentence with a question", "sentences with a question", lambda s: s.state == "open question"),
        ("sentence nobody looked at yet", "sentences nobody looked at yet", _unseen),
    )
    found = []
    for one, many, is_so in kinds:
        ids = tuple(s.statement.id for s in sentences if is_so(s))
        if ids:
            found.append(Open(f"{len(ids):,} {one if len(ids) == 1 else many}", ids))
    return found


def _unseen(sentence: Sentence) -> bool:
    return sentence.state == "not yet looked at" and not sentence.proposed
