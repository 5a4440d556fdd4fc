"""Marks: two versions of a text, a sheet or a decision table as blocks, with the same marks as in the window.

- Words that went are struck, words that came are bold and underlined, so that no colour is needed; of what
  is new or gone as a whole no word is marked, for nothing stands out in it.
- What stayed is folded where it is long; numbers, dates and words of force are said once more below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from studio.diff.pieces import Piece, segments
from studio.diff.sheets import SheetRow
from studio.diff.table_rows import CellDiff, ColumnDiff, RowDiff
from studio.diff.text import Row, diff_text
from studio.services.change_forms import TableForm
from studio.services.report_parts.blocks import (
    Block,
    Columns,
    Grid,
    GridRow,
    Run,
    Runs,
    Style,
    Tone,
    para,
    plain,
    points,
)

BESIDE = 2
"""Rows that stayed and are shown before and after one that changed."""
LONGEST = 60
"""Rows of a table that are all shown, changed or not."""
Shown = tuple[Runs, Runs, Tone]


def text_blocks(texts: tuple[str, str], heads: tuple[str, str] = ("Before", "After")) -> list[Block]:
    """Return two versions of a text side by side."""
    before, after = texts
    if not before.strip() or not after.strip():
        sides = plain(before) or plain("—", "muted"), plain(after) or plain("—", "muted")
        return [Columns(heads, ((*sides, "added" if not before.strip() else "removed"),))]
    rows = diff_text(before, after).rows
    found: list[Block] = [Columns(heads, tuple(_folded(rows)))]
    shifts = list(dict.fromkeys(shift.label for row in rows for shift in row.shifts))
    if shifts:
        found.append(para(f"What weighs most: {' · '.join(shifts)}", "strong"))
    return found


def _folded(rows: Sequence[Row]) -> Iterator[Shown]:
    """Yield the rows with long unchanged stretches folded."""
    last = len(rows)
    at = 0
    for is_same, group in groupby(rows, key=lambda row: row.kind == "equal"):
        run = list(group)
        front, back = (BESIDE if at else 0), (BESIDE if at + len(run) < last else 0)
        if is_same and len(run) > front + back + 1:
            yield from map(_shown, run[:front])
            count = len(run) - front - back
            words = plain(f"{count} {'passage' if count == 1 else 'passages'} unchanged", "muted")
            yield words, words, "same"
            yield from map(_shown, run[len(run) - back :])
        else:
            yield from map(_shown, run)
        at += len(run)


def _shown(row: Row) -> Shown:
    tone: Tone = "same" if row.kind == "equal" or row.only_layout else row.kind
    if row.only_layout:
        note = Run(" (only laid out anew)", "muted")
        return (*plain(row.left_text.rstrip()),), (*plain(row.right_text.rstrip()), note), tone
    left, right = _pieces(row.left, "del"), _pieces(row.right, "ins")
    if row.kind == "moved":
        note = Run("↕ moved from elsewhere: " if row.arrives else "↕ moved elsewhere: ", "muted")
        left, right = ((), (note, *right)) if row.arrives else ((note, *left), ())
    return left, right, tone


def _pieces(pieces: Sequence[Piece], style: Style) -> Runs:
    runs = [Run(piece.text, style if piece.changed and piece.text.strip() else "") for piece in pieces]
    if runs:
        runs[-1] = Run(runs[-1].text.rstrip(), runs[-1].style)
    return tuple(run for run in runs if run.text)


def between(before: str, after: str) -> tuple[Runs, Runs]:
    """Return two short texts with their words marked."""
    found = segments(before, after)
    return (
        _pieces([Piece(each.before, each.changed) for each in found if each.before], "del"),
        _pieces([Piece(each.after, each.changed) for each in found if each.after], "ins"),
    )


def sheet_blocks(rows: Sequence[SheetRow], *, besides: bool = False) -> list[Block]:
    """Return the lines of a sheet that differ, and how many stay; `besides` a text that is shown already."""
    differ = [row for row in rows if row.status != "same"]
    if not differ:
        stays = "All else about it stays as it is." if besides else "Nothing that it says changes."
        return [para(stays, "muted")] if rows else []
    if len(differ) == len(rows) and len({row.status for row in rows}) == 1 and differ[0].status != "changed":
        return [_whole(differ)]
    lines = []
    for row in differ:
        label = _label(row)
        was, now = plain(row.before or "", "del"), plain(row.after or "", "ins")
        if row.before and row.after:
            was, now = between(row.before, row.after)
        note = (Run(f"  ({row.note})", "muted"),) if row.note else ()
        lines.append(GridRow((plain(label), was, (*now, *note)), row.status))
    found: list[Block] = [Grid(("What", "Before", "After"), tuple(lines), signs=True, widths=(1, 2, 2))]
    if stay := len(rows) - len(differ):
        words = "1 line stays as it is." if stay == 1 else f"{stay} lines stay as they are."
        found.append(para(words, "muted"))
    return found


def _label(row: SheetRow) -> str:
    return f"{row.section} · {row.label}" if row.section else row.label


def _whole(rows: Sequence[SheetRow]) -> Block:
    """Return a sheet that is new or gone as a whole: its sign tells that, no word of it stands out."""
    new = rows[0].status == "added"
    lines = [GridRow((plain(_label(row)), plain(row.after or row.before or "")), row.status) for row in rows]
    return Grid(
        ("All of it is new" if new else "All of it is taken away", ""),
        tuple(lines),
        signs=True,
        widths=(1, 3),
    )


def table_blocks(form: TableForm) -> list[Block]:
    """Return a decision table cell by cell, and the cases that come out otherwise in words."""
    rows = form.rows.rows
    if len(rows) > LONGEST:
        rows = tuple(row for row in rows if row.status != "same")
    heads = ("Row", *(_column(each) for each in form.rows.columns), "Answer")
    grid = Grid(heads, tuple(_table_row(row) for row in rows), signs=True, widths=_widths(len(heads)))
    found: list[Block] = [para(f"Decision “{form.name}”", "strong"), grid]
    if left_out := len(form.rows.rows) - len(rows):
        found.append(para(f"{left_out:,} rows stay as they are and are not shown.", "muted"))
    if form.rows.policies[0] != form.rows.policies[1] and all(form.rows.policies):
        found.append(para(f"Which row counts: {form.rows.policies[0]} → {form.rows.policies[1]}", "strong"))
    return [*found, *_cases(form)]


def _cases(form: TableForm) -> list[Block]:
    if form.why_not:
        return [para(form.why_not, "muted")]
    if not form.cases:
        return [para(f"No case of “{form.name}” comes out otherwise.", "muted")]
    return [para("Cases that come out otherwise:", "muted"), points(case.words for case in form.cases)]


def _widths(count: int) -> tuple[float, ...]:
    return (0.5, *([1.0] * (count - 1)))


def _column(column: ColumnDiff) -> str:
    sign = {"added": " (new column)", "removed": " (column taken away)"}.get(column.status, "")
    return f"{column.label}{sign}"


def _table_row(row: RowDiff) -> GridRow:
    was, now = row.numbers
    number = f"{was} → {now}" if was and now and was != now else str(now or was)
    return GridRow((plain(number), *(_cell(cell, row) for cell in row.cells)), row.status)


def _cell(cell: CellDiff, row: RowDiff) -> Runs:
    if row.status == "added":
        return plain(cell.after or "any", "ins")
    if row.status == "removed":
        return plain(cell.before or "any", "del")
    if (cell.before or "any") == (cell.after or "any"):
        return plain(cell.after or cell.before or "any")
    return (Run(cell.before or "any", "del"), Run(" → "), Run(cell.after or "any", "ins"))
