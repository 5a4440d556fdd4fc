"""The first lines of a report: how far the review is, who has approved, whom it affects, what is open."""

from __future__ import annotations

from collections.abc import Iterator

from studio.services.report_parts.blocks import Block, Heading, Items, Label, Run, Runs, Style
from studio.services.review_report.material import Material

GROUPS = 4
"""Groups of customers that are named at a glance."""
_STATES: dict[str, Style] = {"approved": "ok", "changes requested": "bad", "waiting": "warn"}


def glance_blocks(material: Material) -> Iterator[Block]:
    """Yield the verdict in a few lines; everything in it stands below in full."""
    yield Heading(1, "At a glance")
    yield Items((*_open(material), _decided(material), _approved(material), _affected(material)))
    found = material.consequences.found
    if found is not None and found.whole.groups:
        yield Label("Whom it affects, the gravest first")
        told: list[Runs] = [(Run(group.title),) for group in found.whole.groups[:GROUPS]]
        if (more := len(found.whole.groups) - GROUPS) > 0:
            told.append((Run(f"and {more} less grave group{'s' if more > 1 else ''}, see below", "muted"),))
        yield Items(tuple(told))


def _decided(material: Material) -> Runs:
    page = material.page
    rejected, left = page.decided - page.accepted, page.total - page.decided
    words = f"{page.accepted} accepted, {rejected} rejected, {left} to decide"
    return Run("Decided: ", "strong"), Run(f"{words}.", "warn" if left else "ok")


def _approved(material: Material) -> Runs:
    runs: list[Run] = [Run("Approvals: ", "strong")]
    for at, role in enumerate(material.approvals.roles):
        by = f" by {role.by}" if role.by else ""
        need = "" if role.required else ", not required"
        runs.append(Run(f"{'; ' if at else ''}{role.name} "))
        runs.append(Run(f"{role.state}{by}{need}", _STATES[role.state] if role.required else "muted"))
    return (*runs, Run("."))


def _affected(material: Material) -> Runs:
    page = material.consequences
    if page.found is None:
        nobody = "nobody has worked out yet who is treated differently."
        return Run("Customers: ", "strong"), Run(nobody, "warn")
    older = " This was worked out before the last change." if not page.current else ""
    return Run("Customers: ", "strong"), Run(page.found.whole.sentence), Run(older, "warn")


def _open(material: Material) -> Iterator[Runs]:
    count = sum(each.answer is None for each in material.page.questions)
    if count:
        words = f"{count} question{'s' if count > 1 else ''} that the documents leave open."
        yield Run("Not answered: ", "strong"), Run(words, "warn")
