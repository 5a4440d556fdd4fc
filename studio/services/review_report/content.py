"""The content of a report in its order: in words, drawn, for whom, change by change, and how it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby

from studio.diff.summary import SummaryLine
from studio.domain.changeset import split_path
from studio.ports import Progress
from studio.services.queries.review import ChangePage
from studio.services.report_parts.blocks import Block, Document, Heading, Items, Run, Runs, para
from studio.services.report_parts.marks import table_blocks
from studio.services.report_parts.workflow_part import workflow_blocks
from studio.services.review_report.change_part import change_blocks
from studio.services.review_report.customers_part import whole_blocks
from studio.services.review_report.ends_part import (
    approval_blocks,
    coverage_blocks,
    decision_blocks,
    left_alone_blocks,
    proof_blocks,
    question_blocks,
)
from studio.services.review_report.glance_part import glance_blocks
from studio.services.review_report.material import Material, when


def report_of(material: Material, progress: Progress) -> Document:
    """Return the whole report; `progress` hears how far it is."""
    page = material.page
    line = (
        f"{material.stand.draft.name} · {page.decided} of {page.total} "
        f"{'change' if page.total == 1 else 'changes'} decided · as of {when(material.as_of)}, "
        "when the last thing in this review happened"
    )
    blocks = tuple(_blocks(material, progress))
    return Document(f"Review of {page.id}: {page.title}", line, blocks)


def _blocks(material: Material, progress: Progress) -> Iterator[Block]:
    yield from glance_blocks(material)
    yield from _in_words(material)
    yield from whole_blocks(material.consequences)
    progress(0.1, "Drawing")
    yield from _drawn(material)
    yield from _one_by_one(material, progress)
    yield from question_blocks(material)
    progress(0.75, "Proving every path")
    yield from proof_blocks(material)
    progress(0.85, "Meeting each test once")
    yield from coverage_blocks(material)
    yield from decision_blocks(material)
    yield from approval_blocks(material)
    yield from left_alone_blocks(material)


def _in_words(material: Material) -> Iterator[Block]:
    """Yield each change in exactly one sentence."""
    yield Heading(1, "In words")
    rejected = {row.id for group in material.page.groups for row in group.rows if row.verdict == "rejected"}
    if material.summary.touched:
        yield para(f"This proposal touches {material.summary.touched}.", "strong")
    for heading, lines in groupby(material.summary.lines, key=lambda line: line.heading):
        yield Heading(2, heading)
        yield Items(tuple(_in_one_sentence(line, rejected) for line in lines))
    if (run := material.page.run) is not None:
        who = "CoBuilder and a language model" if material.page.read_by == "both" else "A language model"
        yield para(f"{who} read the document. {run.line}", "muted")


def _in_one_sentence(line: SummaryLine, rejected: Collection[str]) -> Runs:
    """Return a sentence with its changes; what was rejected says so, and first where all of it was."""
    marks = ", ".join(f"{each} rejected" if each in rejected else each for each in line.ids)
    none = all(each in rejected for each in line.ids)
    head = (Run("Rejected, not in the draft: ", "bad"),) if none else ()
    return (*head, Run(line.text), Run(f"  [{marks}]", "muted"))


def _drawn(material: Material) -> Iterator[Block]:
    """Yield every workflow that the proposal changes, drawn whole, and every table that differs."""
    pairs = {}
    for page in material.changes:
        if (pair := page.forms.workflow) is not None and pair.before != pair.after:
            known = pair.after or pair.before
            pairs[known.id if known else ""] = pair
    tables = [each for each in material.summary.tables if any(r.status != "same" for r in each.rows.rows)]
    if not pairs and not tables:
        return
    yield Heading(1, "What changes, drawn")
    yield para(
        "New is a thick frame with +, taken away a dashed frame with −, changed a double frame with ~, "
        "moved a dotted frame with ↕. Words that went are struck through; words that came "
        "are bold and underlined.",
        "muted",
    )
    for pair in pairs.values():
        yield from workflow_blocks(pair, whole=True)
    for table in tables:
        yield from table_blocks(table)


def _one_by_one(material: Material, progress: Progress) -> Iterator[Block]:
    yield Heading(1, "Change by change")
    pages = {page.row.id: page for page in material.changes}
    done = 0
    told: set[str] = set()
    for group in material.page.groups:
        yield Heading(2, group.heading)
        for row in group.rows:
            done += 1
            progress(0.15 + 0.6 * done / len(pages), f"Proving {row.id}")
            page = pages[row.id]
            yield from change_blocks(material, page, draw=_is_first(material, page, told))


def _is_first(material: Material, page: ChangePage, told: set[str]) -> bool:
    """Return whether the part of a workflow around a change was not drawn yet with another change."""
    pair = page.forms.workflow
    if pair is None:
        return False
    proposed = next(each for each in material.proposal.changes if each.id == page.row.id)
    key = "/".join((*split_path(proposed.change.path)[:2], *pair.focus))
    first = key not in told
    told.add(key)
    return first
