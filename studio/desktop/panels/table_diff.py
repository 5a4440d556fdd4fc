"""The table panel: a decision table cell by cell in both versions, and the cases that come out otherwise.

- The cases in words come first: they are what a customer meets. The grid below shows why.
- A cell that changed shows its old test struck out above the new one; rows carry their sign and their tint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from studio.desktop.panels.sheet_diff import SIGNS, clear
from studio.desktop.panels.worded import Worded, marks
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import Sign, label
from studio.desktop.widgets.paragraph import Paragraph
from studio.desktop.widgets.text import Stretch
from studio.diff.table_rows import CellDiff, RowDiff, TableDiff

FEW = 12
"""Rows up to which those that stay are shown, too."""
MOST = 120
"""Rows that are drawn at once."""
Along = Mapping[tuple[str, str], str]
"""By ("rows" or "inputs", id): the other change that a row or a column belongs to."""


class TablePanel(QFrame):
    """Shows a decision table before and after."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("role", "box")
        self.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 10)
        column.setSpacing(8)
        bar = QFrame()
        bar.setProperty("role", "box-head")
        line = QVBoxLayout(bar)
        line.setContentsMargins(14, 6, 14, 6)
        self.title = label("", "pane-title", wrap=True)
        line.addWidget(self.title)
        column.addWidget(bar)
        body = QWidget()
        self._body = QVBoxLayout(body)
        self._body.setContentsMargins(14, 0, 14, 0)
        self._body.setSpacing(8)
        column.addWidget(body)
        self.rest = Button("", self._draw, kind="link")
        self.rest.setCheckable(True)
        column.addWidget(self.rest)
        self._found: TableDiff | None = None
        self._cases: Sequence[str] = ()
        self._why_not = ""
        self._others: tuple[Along, str] = {}, ""

    def show_table(
        self,
        name: str,
        found: TableDiff,
        cases: Sequence[str],
        why_not: str = "",
        others: tuple[Along, str] = ({}, ""),
    ) -> None:
        """Show both versions; `cases` say what comes out otherwise, `why_not` why that cannot be told.

        `others` are the rows and columns that belong to other changes, and a sentence that tells them.
        """
        self._others = others
        self._found, self._cases, self._why_not = found, cases, why_not
        self.title.setText(f"Decision “{name}”")
        self.rest.setChecked(False)
        self._draw()

    def _draw(self) -> None:
        found = self._found
        if found is None:
            return
        clear(self._body)
        self._say_cases()
        before, after = found.policies
        if before and after and before != after:
            words = {"first": "the top row that fits wins", "unique": "only one row may fit"}
            self._body.addWidget(label(f"Which row counts: {words[before]} → {words[after]}", wrap=True))
        self._body.addWidget(_grid(found, self._shown(found), self._others[0]))
        hidden = len(found.rows) - len(self._shown(found))
        many = len(found.rows) > FEW
        self.rest.setVisible(many)
        self.rest.setText(f"   Show {hidden} rows that stay" if hidden else "   Hide the rows that stay")

    def _shown(self, found: TableDiff) -> list[RowDiff]:
        if len(found.rows) <= FEW or self.rest.isChecked():
            return list(found.rows[:MOST])
        return [row for row in found.rows if row.status != "same"][:MOST]

    def _say_cases(self) -> None:
        if self._why_not:
            self._body.addWidget(label(self._why_not, "muted", wrap=True))
        elif not self._cases:
            alone = " by this change alone" if self._others[1] else ""
            self._body.addWidget(label(f"No case comes out otherwise{alone}.", "muted", wrap=True))
        for case in self._cases:
            self._body.addWidget(_case(case))
        if self._others[1]:
            self._body.addWidget(label(self._others[1], "muted", wrap=True))


def _case(words: str) -> Paragraph:
    """Return one stretch of cases, the old answer struck out and the new one bold."""
    head, arrow, _ = words.rpartition(" → ")
    at = head.rfind(": ") + 2
    made = _Case(words, (at, len(head)), (len(head) + len(arrow), len(words)))
    made.setAccessibleName(words)
    return made


class _Case(Paragraph):
    def __init__(self, words: str, before: tuple[int, int], after: tuple[int, int]) -> None:
        super().__init__(words)
        self._spans = before, after

    def stretches(self) -> tuple[Stretch, ...]:
        before, after = self._spans
        return marks([before], "before") + marks([after], "after")


def _grid(found: TableDiff, rows: Sequence[RowDiff], along: Along) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    for place, column in enumerate(found.columns):
        other = f" (with {along[key]})" if (key := ("inputs", column.id)) in along else ""
        head = label(f"{column.label}{_NEWS.get(column.status, other)}", "muted", wrap=True)
        grid.addWidget(head, 0, place + 2, Qt.AlignmentFlag.AlignBottom)
        grid.setColumnStretch(place + 2, 3)
    grid.addWidget(label("Answer", "muted"), 0, len(found.columns) + 2, Qt.AlignmentFlag.AlignBottom)
    grid.setColumnStretch(len(found.columns) + 2, 3)
    for number, row in enumerate(rows, 1):
        if row.status in SIGNS:
            grid.addWidget(Sign(*SIGNS[row.status]), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(_number(row, along), "muted"), number, 1, Qt.AlignmentFlag.AlignTop)
        for place, cell in enumerate(row.cells):
            grid.addWidget(_cell(cell, row), number, place + 2, Qt.AlignmentFlag.AlignTop)
    return holder


_NEWS = {"added": " (new)", "removed": " (taken away)"}


def _number(row: RowDiff, along: Along) -> str:
    old, new = row.numbers
    if other := next((along[key] for name in row.ids if (key := ("rows", name or "")) in along), ""):
        return f"{new or old or ''}\nwith {other}"
    if row.status == "moved" and old != new:
        return f"{old} → {new}"
    return str(new or old or "")


def _cell(cell: CellDiff, row: RowDiff) -> QWidget:
    before, after = cell.before, cell.after
    if row.status == "added" or row.status == "removed":
        text = (after if row.status == "added" else before) or "any"
        return Worded(text, [(0, len(text))], "after" if row.status == "added" else "before")
    if (before or "any") == (after or "any"):
        return label(after or "any", "" if (after or "any") != "any" else "muted", wrap=True)
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    old, new = before or "any", after or "any"
    column.addWidget(Worded(old, [(0, len(old))], "before"))
    column.addWidget(Worded(new, [(0, len(new))], "after"))
    return holder
