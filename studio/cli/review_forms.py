"""A change as text: prose, a sheet of lines, a table cell by cell with its cases, a workflow's steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.cli.output import say, table

if TYPE_CHECKING:
    from studio.diff.sheets import SheetRow
    from studio.services.change_forms import ChangeForms, TableForm, WorkflowPair
    from studio.services.queries.proposal_words import SummaryPage

SIGNS = {"same": " ", "added": "+", "removed": "-", "changed": "~", "moved": "↕"}


def say_summary(page: SummaryPage) -> None:
    """Print a whole proposal in words: each change is in exactly one of the sentences."""
    say(f"\nIn words: {page.touched}.")
    heading = ""
    for line in page.lines:
        if line.heading != heading:
            heading = line.heading
            say(f"\n{heading}")
        say(f"  {line.text} [{', '.join(line.ids)}]")
    for each in page.tables:
        _say_cases(each)


def say_forms(forms: ChangeForms) -> None:
    """Print what a change looks like, in every form that it has."""
    if forms.texts is not None:
        for heading, text in zip(("Now", "Proposed"), forms.texts, strict=True):
            say(f"\n{heading}:")
            say("\n".join(f"  {line}" for line in (text or "(nothing)").splitlines()))
    _say_sheet(forms.sheet, besides=forms.texts is not None)
    if forms.table is not None:
        _say_table(forms.table)
    if forms.workflow is not None:
        _say_workflow(forms.workflow)


def _say_sheet(rows: Sequence[SheetRow], *, besides: bool) -> None:
    shown = [row for row in rows if row.status != "same"]
    section: str | None = None
    for row in shown:
        if row.section != section:
            section = row.section
            say(f"\n{section or 'What changes'}:")
        note = f" ({row.note})" if row.note else ""
        match row.status:
            case "added":
                said = row.after
            case "removed":
                said = f"{row.before} (taken away)"
            case _:
                said = f"{row.before} → {row.after}{note}"
        say(f"  {SIGNS[row.status]} {row.label}: {said}")
    if rows and not shown:
        say("\nAll else about it stays as it is." if besides else "\nNothing that it says changes.")
    elif len(rows) > len(shown):
        say(f"    {len(rows) - len(shown)} lines stay as they are.")


def _say_table(form: TableForm) -> None:
    say(f"\nDecision “{form.name}”:")
    heads = ["", "row", *(column.label for column in form.rows.columns), "answer"]
    lines = []
    for row in form.rows.rows:
        number = row.numbers[1] or row.numbers[0]
        cells = [_cell(cell.before, cell.after) for cell in row.cells]
        lines.append([SIGNS[row.status], str(number), *cells])
    table(heads, lines)
    _say_cases(form)


def _cell(before: str | None, after: str | None) -> str:
    if before == after or before is None or after is None:
        return after if after is not None else before if before is not None else "any"
    return f"{before} → {after}"


def _say_cases(form: TableForm) -> None:
    if form.why_not:
        say(f"\n{form.why_not}")
    elif form.cases:
        say(f"\nCases of “{form.name}” that come out otherwise:")
        for case in form.cases:
            say(f"  {case.words}")
    else:
        alone = " by this change alone" if form.along_words else ""
        say(f"\nNo case of “{form.name}” comes out otherwise{alone}.")
    if form.along_words:
        say(form.along_words)


def _say_workflow(pair: WorkflowPair) -> None:
    from studio.diff.graph import diff_workflow

    found = diff_workflow(pair.before, pair.after)
    known = pair.after or pair.before
    name = known.name if known is not None else ""
    differ = [step for step in found.steps if step.status != "same"]
    say(f"\nWorkflow “{name}”, live against the whole proposal:")
    for step in differ:
        here = " (this change)" if step.id in pair.focus else ""
        say(f"  {SIGNS[step.status]} {step.title}{here}")
    if not differ:
        say("  No step does anything else.")
    ways = sum(edge.status != "same" for edge in found.edges)
    if ways:
        say(f"  {ways} {'way leads' if ways == 1 else 'ways lead'} elsewhere.")
    if relaid := sum(step.relaid for step in found.steps):
        say(f"  {relaid} {'box' if relaid == 1 else 'boxes'} only moved in the drawing.")
