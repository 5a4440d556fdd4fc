"""One change of a report: what it looks like, why, for whom, what it breaks or mends, what was said of it."""

from __future__ import annotations

from collections.abc import Iterator

from studio.services.change_reasons import Why
from studio.services.queries.review import ChangePage, ChangeProofs, ChangeRow, change_proofs
from studio.services.queries.talk import Thread
from studio.services.report_parts.blocks import (
    SIGN_WORDS,
    Block,
    Heading,
    Items,
    Label,
    Para,
    Quotation,
    Run,
    Runs,
    Style,
    para,
    plain,
    points,
)
from studio.services.report_parts.marks import sheet_blocks, table_blocks, text_blocks
from studio.services.report_parts.workflow_part import workflow_blocks
from studio.services.review_report import customers_part
from studio.services.review_report.material import Material, when

_VERDICTS: dict[str | None, tuple[str, Style]] = {
    None: ("To decide", "warn"), "accepted": ("Accepted", "ok"), "rejected": ("Rejected", "bad"),
}  # fmt: skip


def change_blocks(material: Material, page: ChangePage, *, draw: bool) -> Iterator[Block]:
    """Yield the card of one change; with `draw` the part of its workflow around it, too."""
    row = page.row
    yield Heading(3, f"{row.id}  {row.title}", row.sign)
    yield Para(_verdict(row, page))
    for warning in row.warnings:
        yield para(f"Read this first: {warning}", "warn")
    yield from _looks(page, draw)
    yield from _why(page)
    yield from customers_part.change_blocks(material.consequences.change(row.id))
    proposed = next(each for each in material.proposal.changes if each.id == row.id)
    yield from _proofs(change_proofs(material.stand, material.proposal, proposed))
    yield from thread_blocks([each for each in material.threads if row.id in each.first.changes])


def _verdict(row: ChangeRow, page: ChangePage) -> Runs:
    word, style = _VERDICTS[row.verdict]
    taken = f" with {row.because_of}" if row.because_of else ""
    where = f" · {page.where}" if page.where and page.where not in row.title else ""
    sign = SIGN_WORDS[row.sign].capitalize()
    return (Run(f"{sign} · ", "muted"), Run(f"{word}{taken}", style), Run(where, "muted"))


def _looks(page: ChangePage, draw: bool) -> Iterator[Block]:
    forms = page.forms
    if forms.texts is not None:
        yield from text_blocks(forms.texts)
    yield from sheet_blocks(forms.sheet, besides=forms.texts is not None)
    if forms.table is not None:
        yield from table_blocks(forms.table)
    if draw and forms.workflow is not None and forms.workflow.focus:
        yield from workflow_blocks(forms.workflow, whole=False)


def _why(page: ChangePage) -> Iterator[Block]:
    yield Label("Why")
    by = page.row.edited_by
    sure = f"the value here is {by}'s" if by else f"CoBuilder is {page.row.confidence:.0%} sure"
    yield Para((Run(page.reason), Run(f" ({sure})", "muted")))
    for why in page.why:
        yield Quotation(_quoted(why), _where(why))
    for heading, rows in (("Stands on", page.needs), ("Goes if this is rejected", page.dependents)):
        if rows:
            named = "; ".join(f"{row.id} {row.title}" for row in rows)
            yield Para((Run(f"{heading}: ", "strong"), Run(named)))
    known = {row.title for row in (*page.needs, *page.dependents)}
    if also := [title for title in page.also_affected if title not in known]:
        yield Para((Run("Also from this sentence: ", "strong"), Run("; ".join(also))))
    if page.users:
        yield Para((Run("Used by: ", "strong"), Run("; ".join(page.users))))
    open_near = [f"Open near it: {question.text}" for question in page.questions]
    open_near += [f"In conflict near it: {conflict.detail}" for conflict in page.conflicts]
    if open_near:
        yield points(open_near)


def _quoted(why: Why) -> Runs:
    """Return the sentence, in the paragraph it stands in where that is known."""
    quote = " ".join(why.citation.quote.split())
    around = " ".join(why.block.text.split()) if why.block is not None else quote
    before, found, after = around.partition(quote)
    if not found:
        return plain(quote, "strong")
    return tuple(r for r in (Run(before, "muted"), Run(quote, "strong"), Run(after, "muted")) if r.text)


def _where(why: Why) -> str:
    cite = why.citation
    owner = f"owner {why.owner}" if why.owner else ""
    begins = f"in force from {why.effective_from}" if why.effective_from else ""
    review = f"review due {why.review_by}" if why.review_by else ""
    standing = "SOP" if why.authority == "sop" else why.authority
    parts = (
        f"{cite.source_name}, version {cite.version}", cite.anchor.label, standing, owner, begins,
        review, why.state if why.state != "current" else "",
    )  # fmt: skip
    return " · ".join(part for part in parts if part)


def _proofs(found: ChangeProofs) -> Iterator[Block]:
    if not found.broken and not found.mended:
        return
    yield Label("Checks that turn")
    broken: list[Runs] = [
        (Run("Would break: ", "bad"), Run(f"{check.subject}: {check.detail}")) for check in found.broken
    ]
    mended: list[Runs] = [
        (Run("Would mend: ", "ok"), Run(f"{check.subject}: {check.detail}")) for check in found.mended
    ]
    yield Items((*broken, *mended))


def thread_blocks(threads: list[Thread]) -> Iterator[Block]:
    """Yield what was said, the replies behind what they reply to."""
    if not threads:
        return
    yield Label("What was said")
    lines: list[Runs] = []
    for thread in threads:
        for each in (thread.first, *thread.replies):
            asked = f" asks {each.asks.words}" if each.asks else " replies" if each.reply_to else ""
            head = Run(f"{each.by}{asked}, {when(each.at)}: ", "strong")
            waits: Runs = (Run(" (waits for a reply)", "warn"),) if thread.waits and each.asks else ()
            lines.append((head, Run(each.text), *waits))
    yield Items(tuple(lines))
