"""The last sections of a report: questions, proofs, coverage, decisions, approvals, what was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from studio.domain.check import CheckResult
from studio.domain.errors import StudioError
from studio.domain.frozen import digest
from studio.services.covering import Item, coverage_of
from studio.services.queries.review_package import ApprovalRow
from studio.services.report_parts.blocks import (
    Block,
    Grid,
    GridRow,
    Heading,
    Items,
    Label,
    Quotation,
    Run,
    Runs,
    Style,
    para,
    plain,
    points,
)
from studio.services.review_report.change_part import thread_blocks
from studio.services.review_report.material import Material, when
from studio.services.standing import checks_of

MISSING = 12
"""Names that are told of what no test exercises."""
_KINDS = {"rules": "Rules", "steps": "Steps", "branches": "Ways out", "rows": "Rows of tables",
          "faults": "Failures of systems", "guards": "What code refuses",
          "sentences": "Sentences"}  # fmt: skip


def question_blocks(material: Material) -> Iterator[Block]:
    """Yield the questions that the documents leave open, with their answers."""
    if not material.page.questions:
        return
    yield Heading(1, "Questions that the documents leave open")
    for question in material.page.questions:
        yield Heading(3, question.text, listed=len(question.text) <= 120)
        yield para(question.reason)
        cite = question.citation
        yield Quotation(
            plain(" ".join(cite.quote.split())),
            f"{cite.source_name}, version {cite.version} · {cite.anchor.label}",
        )
        if question.answer is None:
            yield para("Nobody has answered it yet.", "warn")
        else:
            how = "Set aside" if question.waived else "Answered"
            yield para(f"{how} by {question.by}: {question.answer}")
        if question.brought:
            yield para(f"The answer brought: {'; '.join(f'{r.id} {r.title}' for r in question.brought)}")


def proof_blocks(material: Material) -> Iterator[Block]:
    """Yield which checks over every path break or hold with the whole proposal."""
    yield Heading(1, "Proofs over every path")
    before = {check.id: check for check in checks_of(digest(material.live), material.live)}
    after = checks_of(digest(material.every), material.every)
    counts = {status: sum(check.status == status for check in after) for status in ("holds", "warning")}
    broken = [check for check in after if check.status == "broken"]
    yield para(
        f"With the draft and every change that is not rejected, {counts['holds']:,} of "
        f"{_many(len(after), 'check')} hold, {len(broken):,} {'is' if len(broken) == 1 else 'are'} broken "
        f"and {_many(counts['warning'], 'warning')} stand{'s' if counts['warning'] == 1 else ''}."
    )
    rows = [_check_row(check, before) for check in after if check.status != "holds"]
    mended = [
        was for was in before.values()
        if was.status == "broken" and was.id not in {check.id for check in broken}
    ]  # fmt: skip
    rows += [
        GridRow((plain("mended", "ok"), plain(check.subject), plain(check.detail)), "changed")
        for check in mended
    ]
    if rows:
        yield Grid(("", "About", "Finding"), tuple(rows), widths=(0.8, 1.4, 4))


def _check_row(check: CheckResult, before: dict[str, CheckResult]) -> GridRow:
    was = before.get(check.id)
    new = was is None or was.status != check.status
    style: Style = "bad" if check.status == "broken" else "warn"
    word = f"{check.status}{', new with this' if new else ', as today'}"
    path = " → ".join(step.title for step in check.counterexample)
    detail = f"{check.detail} Path: {path}" if path and "→" not in check.detail else check.detail
    return GridRow((plain(word, style), plain(check.subject), plain(detail)))


def coverage_blocks(material: Material) -> Iterator[Block]:
    """Yield what the tests exercise with the whole proposal, and how sentences are accounted for."""
    yield Heading(1, "Coverage")
    yield Heading(3, "What the tests exercise")
    try:
        found = coverage_of(material.every)
    except StudioError as error:  # an agent that cannot run yet has no coverage
        yield para(f"It cannot be told: {error}", "warn")
    else:
        kinds = dict.fromkeys(item.kind for item in found.items)
        rows = [_covered(kind, found.of(kind)) for kind in kinds]
        yield para(
            "The draft with every change that is not rejected; each test met by its first customer.", "muted"
        )
        yield Grid(("What", "Exercised", "Not exercised"), tuple(rows), widths=(1.2, 1, 4))
        if found.words_only:
            yield para(f"Rules that nothing carries out: {', '.join(found.words_only)}", "warn")
    total = [row for row in material.coverage.total if row.count]
    if total:
        yield Heading(3, "How the sentences that bind the agent are accounted for")
        lines = [
            GridRow((plain(row.state), plain(f"{row.count:,}"), plain(f"{row.share:.1%}"))) for row in total
        ]
        yield Grid(("State", "Sentences", "Share"), tuple(lines), widths=(3, 1, 1))
        if material.coverage.suspects:
            yield para(
                f"Suspect on top, because something they stand on changed: {material.coverage.suspects}"
            )


def _covered(kind: str, items: tuple[Item, ...]) -> GridRow:
    gaps = [item.title for item in items if not item.passed]
    more = f" and {len(gaps) - MISSING} more" if len(gaps) > MISSING else ""
    count = plain(f"{len(items) - len(gaps):,} of {len(items):,}", "ok" if not gaps else "warn")
    return GridRow((plain(_KINDS.get(kind, kind)), count, plain("; ".join(gaps[:MISSING]) + more or "—")))


def decision_blocks(material: Material) -> Iterator[Block]:
    """Yield who decided, edited and said what, in the order it happened."""
    yield Heading(1, "Decisions")
    page = material.page
    rejected = page.decided - page.accepted
    yield para(
        f"{page.decided} of {_many(page.total, 'change')} decided: {page.accepted} accepted, "
        f"{rejected} rejected, {page.total - page.decided} to decide."
    )
    rows = [
        GridRow((
            plain(when(each.at)), plain(each.by),
            plain(" ".join(part for part in (each.change_id, each.title) if part) or "The whole proposal"),
            (Run(each.what), *plain(f"\nBefore that: {each.before}" if each.before else "", "muted")),
        ))
        for each in material.history
    ]  # fmt: skip
    if rows:
        yield Grid(("When", "Who", "Change", "What"), tuple(rows), widths=(1.2, 1, 2.2, 2.6))
    general = [each for each in material.threads if not each.first.change_id]
    if general:
        yield Heading(3, "About the whole proposal")
        yield from thread_blocks(general)


def approval_blocks(material: Material) -> Iterator[Block]:
    """Yield what each role says now, and every approval with what was looked at and what was not."""
    yield Heading(1, "Approvals")
    page = material.approvals
    yield para(f"An approval covers exactly this content ({page.content}), and any edit voids it.", "muted")
    rows = [
        GridRow((plain(role.name), plain("required" if role.required else "not required", "muted"),
                 plain(role.state, _STATES[role.state]), plain(role.by or "—")))
        for role in page.roles
    ]  # fmt: skip
    yield Grid(("Role", "", "Says now", "Who"), tuple(rows), widths=(2, 1, 1.4, 2))
    if page.apart:
        yield para(
            f"Whoever wrote or accepted a part of it does not approve for {', '.join(page.apart)}.", "muted"
        )
    for each in page.history:
        if material.proposal.id in each.scope:
            yield from _approval(each)


_STATES: dict[str, Style] = {"approved": "ok", "changes requested": "bad", "waiting": "warn"}


def _approval(each: ApprovalRow) -> Iterator[Block]:
    said = "approved" if each.decision == "approve" else "asked for changes"
    yield Heading(3, f"{each.by} {said} for {each.role}, {when(datetime.fromisoformat(each.at))}")
    if each.void:
        yield para(f"It counts no more: {each.void.removeprefix('Void: ')}", "bad")
    elif each.replaced:
        yield para("A later word of the same role takes its place.", "muted")
    if each.comment:
        yield para(each.comment)
    looked: list[Runs] = [(Run("Looked at: ", "ok"), Run(words)) for words in each.looked]
    lines = (words.replace(": not looked at.", ".") for words in each.not_looked)
    missed: list[Runs] = [(Run("Not looked at: ", "warn"), Run(words)) for words in lines]
    if looked or missed:
        yield Label("What was looked at")
        yield Items((*looked, *missed))


def left_alone_blocks(material: Material) -> Iterator[Block]:
    """Yield what was looked at and found to need no change."""
    if material.page.unaffected:
        yield Heading(1, "Looked at, and left as it is")
        yield points(material.page.unaffected)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
