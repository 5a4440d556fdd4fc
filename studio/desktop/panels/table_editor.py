"""A decision table that is edited in a grid: rows, columns, answers; what the checks found, and the ground.

- It changes nothing itself: `edited` tells a `FieldEdit` or a table edit, `test_wanted` a finding to become a
  test, `cited` a citation to show, `grounded` that a row stands on another sentence, `widened` that more room
  is wanted, `rename_asked` a column ("": itself).
- A cell is typed as people write it, or chosen below the grid; a text that cannot be read stays, marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from studio.desktop.panels.evidence import GroundCards
from studio.desktop.panels.table_cell import CellBar
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.form_fields import Combo, Option
from studio.desktop.widgets.grid import CellNote, Grid, GridChange, GridColumn, GridRow
from studio.desktop.widgets.grid_text import copied, pasted
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.notice import NoticeBar
from studio.desktop.widgets.pane import clear_layout, row
from studio.domain.agent import Agent
from studio.domain.cell_text import cell_text, column_type, read_cell
from studio.domain.changeset import join_path
from studio.domain.check import CheckResult
from studio.domain.edit import GroundWanted, wish
from studio.domain.errors import WrongUse
from studio.domain.known import Fact, Knowledge
from studio.domain.table_edit import THEN, CellWanted, ColumnEdit, GapRow, RowsEdit, RowWanted
from studio.domain.workflow import Decide, DecisionTable, Row, TableInput

_POLICIES = (("first", "The first row that fits answers"), ("unique", "Exactly one row may fit"))
MOST, MOST_WIDE = 340, 460
"""Pixels that the rows take at most, beside the canvas and in its room."""
BESIDE, PADDED = 284, 18
"""Pixels for all columns beside the canvas, and around the words of one."""
_HELP = {
    "number": "45, ≤ 45, > 45, 31–45, a list (1, 2) or any", "money": "200, ≤ 200, > 49.95, 50–200 or any",
    "date": "2026-03-31, before 1 May 2026, a range, or any", "yes or no": "yes, no or any",
}  # fmt: skip


class _TableGrid(Grid):
    """A grid that knows a pasted line of column titles when it sees one."""

    def paste(self, text: str) -> None:
        """Put a spreadsheet's cells by its own heading where it has one, else from the current cell on."""
        cells = pasted(text)
        titles = {column.title.casefold(): n for n, column in enumerate(self.columns)}
        if len(cells) < 2 or sum(name.casefold() in titles for name in cells[0]) < max(1, len(cells[0]) // 2):
            super().paste(text)
            return
        strange = [name for name in cells[0] if name and name.casefold() not in titles]
        if strange:
            self.refused.emit(f"“{strange[0]}” is no column of this table: add it first. Nothing was pasted.")
            return
        places = [titles.get(name.casefold(), -1) for name in cells[0]]
        first = min(at for at in places if at >= 0)
        width = max(places) - first + 1
        row_at = max(0, self.currentIndex().row())
        lines = []
        for number, line in enumerate(cells[1:]):
            known = row_at + number < len(self.rows)
            kept = list(self.rows[row_at + number].cells[first : first + width]) if known else [""] * width
            for at, cell in zip(places, line, strict=True):
                if at >= 0:
                    kept[at - first] = cell
            lines.append(kept)
        self.go_to(row_at, first)
        super().paste(copied(lines))


class TableEditor(QWidget):
    """Shows and edits one decision table."""

    edited = Signal(object)
    test_wanted = Signal(object)
    cited = Signal(object)
    grounded = Signal(object)
    widened = Signal(str)
    rename_asked = Signal(str)

    def __init__(self, *, wide: bool = False) -> None:
        super().__init__()
        self._wide = wide
        self._agent: Agent | None = None
        self._table: DecisionTable | None = None
        self._facts: dict[str, Fact] = {}
        self._found: list[CheckResult] = []
        self.title = label("", "heading", wrap=True)
        self.policy = Combo("How the rows answer", [Option(*each) for each in _POLICIES])
        self.policy.setMinimumContentsLength(max(len(words) for _, words in _POLICIES))
        self.policy.picked.connect(self._set_policy)
        self.wrong = NoticeBar()
        self.grid = _TableGrid("Rows of the decision", new_row="New row", movable=True, wraps=not wide)
        self.grid.changed.connect(self._tell)
        self.grid.refused.connect(lambda words: self.wrong.tell(words, "bad"))
        self.grid.column_asked.connect(self._column_menu)
        self.grid.place_changed.connect(self._show_place)
        self.cell = CellBar()
        self.cell.given.connect(self._given)
        self.add = Button("Add row", self._add_row, icon="plus")
        self.less = Button("Remove row", self.grid.remove_rows)
        self.columns = Button("Columns…", lambda: self._columns_menu())
        more = "Back to the workflow" if wide else "Open wide"
        self.wider = Button(more, lambda: self.widened.emit(self.shown), kind="link", name=more)
        self._findings, self._ground = QVBoxLayout(), QVBoxLayout()
        column = QVBoxLayout(self)
        margin = 16 if wide else 0
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(8)
        column.addLayout(row(self.title, self.wider, stretch=False))
        column.addLayout(row(self.policy))
        column.addWidget(self.wrong)
        column.addWidget(self.grid)
        column.addWidget(self.cell)
        column.addLayout(row(self.add, self.less, self.columns))
        column.addLayout(self._findings)
        column.addLayout(self._ground)
        column.addStretch(1)

    @property
    def shown(self) -> str:
        """Return the id of the table that is shown; nothing where there is none."""
        return self._table.id if self._table is not None else ""

    def show_table(
        self, agent: Agent, table_id: str, checks: Sequence[CheckResult] = (), row_id: str = ""
    ) -> None:
        """Show a table, with what was found about it; `row_id` is made the current row. Raises KeyError."""
        table = agent.table(table_id)
        if agent is not self._agent:
            self._facts = Knowledge(agent).facts
        anew = table_id != self.shown
        self._agent, self._table = agent, table
        found = self._found = [each for each in checks if _is_about(each, table_id)]
        self.title.setText(table.name)
        self.policy.choose(table.hit_policy)
        self.wrong.hide()
        self.grid.setAccessibleName(f"Rows of “{table.name}”")
        self.grid.show_rows(
            self._grid_columns(), [self._grid_row(n, each, found) for n, each in _rows(table)]
        )
        self._fit_height()
        if row_id or anew:
            ids = [each.id for each in table.rows]
            self.grid.go_to(ids.index(row_id) if row_id in ids else 0, 0)
        self.less.setEnabled(bool(table.rows))
        self._show_findings(found)
        self._show_place()

    def show_found(self, checks: Sequence[CheckResult]) -> None:
        """Show what was found since about the table that is shown, and leave alone what is being typed."""
        found = [each for each in checks if _is_about(each, self.shown)]
        if self._table is not None and found != self._found:
            self._found = found
            self.grid.show_notes([self._grid_row(n, each, found) for n, each in _rows(self._table)])
            self._show_findings(found)

    def _fit_height(self) -> None:
        """Be as high as the rows, up to what leaves room for the rest."""
        rows, titles = self.grid.verticalHeader(), self.grid.horizontalHeader()
        high = titles.sizeHint().height()
        if not self._wide:
            lines = max((len(each.title.split()) for each in self.grid.columns), default=1)
            high = 10 + min(3, lines) * self.grid.fontMetrics().lineSpacing()
            titles.setFixedHeight(high)
        high += 18 + sum(rows.sectionSize(n) for n in range(rows.count()))
        self.grid.setFixedHeight(min(high, MOST_WIDE if self._wide else MOST))

    # What is shown

    def _grid_columns(self) -> list[GridColumn]:
        assert self._table is not None
        made = [self._column(each) for each in self._table.inputs]
        ways = f"The way out: {', '.join(self._ways())}, or a new one." if self._ways() else "What follows."
        then = GridColumn(THEN, "Then", ways, check=lambda text: "" if text else "Give an answer.")
        return self._fitted([*made, then])

    def _fitted(self, columns: list[GridColumn]) -> list[GridColumn]:
        """Give each column the room of its longest word, and share what is left beside the canvas."""
        if self._wide or self._table is None:
            return columns
        letters = self.grid.fontMetrics()
        rows = [self._texts(row) for row in self._table.rows]
        needs = []
        for at, column in enumerate(columns):
            words = [word for text in (column.title, *(row[at] for row in rows)) for word in text.split()]
            needs.append(PADDED + max((letters.horizontalAdvance(word) for word in words), default=0))
        left = max(0, BESIDE - sum(needs)) // len(columns)
        return [replace(column, width=need + left) for column, need in zip(columns, needs, strict=True)]

    def _texts(self, row: Row) -> list[str]:
        assert self._table is not None
        shown = [cell_text(row.cell(each.id), column_type(self._table, each)) for each in self._table.inputs]
        return [*shown, row.then]

    def _column(self, each: TableInput) -> GridColumn:
        assert self._table is not None
        kind = column_type(self._table, each)
        choices = self._choices(each.id)
        told = (
            f"One of {', '.join(choices)}; not …; a list; or any"
            if choices
            else "words, not …, a list, or any"
        )
        fixed = ("any", "yes", "no") if kind == "yes or no" else ()

        def wrong(text: str) -> str:
            try:
                read_cell(text, each, kind, choices)
            except WrongUse as error:
                return str(error)
            return ""

        return GridColumn(each.id, each.label, _HELP.get(kind, told), fixed, wrong)

    def _choices(self, fact: str) -> tuple[str, ...]:
        return self._facts[fact].choices if fact in self._facts else ()

    def _grid_row(self, number: int, row: Row, found: Sequence[CheckResult]) -> GridRow:
        assert self._table is not None
        place = join_path("tables", self._table.id, "rows", row.id)
        notes = tuple(
            CellNote(THEN, "bad" if each.status == "broken" else "warn", each.detail)
            for each in found
            if each.path == place
        )
        return GridRow(row.id, f"Row {number}", tuple(self._texts(row)), notes)

    def _ways(self) -> tuple[str, ...]:
        assert self._agent is not None
        steps = [step for flow in self._agent.workflows for step in flow.steps]
        asking = [step for step in steps if isinstance(step, Decide) and step.table == self.shown]
        return tuple(dict.fromkeys(branch.id for step in asking for branch in step.branches))

    def _show_findings(self, found: Sequence[CheckResult]) -> None:
        clear_layout(self._findings)
        for result in found:
            if result.status == "holds":
                continue
            bad = result.status == "broken"
            card = Card("", "bad" if bad else "warn")
            card.add(label(f"{'✕' if bad else '!'} {result.detail}", "", "bad" if bad else "warn", wrap=True))
            if bad and result.check == "gaps":
                add = Button("Add row", kind="primary", name="Add a row that covers this")
                add.clicked.connect(partial(self._gap_menu, add))
                test = Button("Make it a test", partial(self.test_wanted.emit, result))
                card.content.addLayout(row(add, test))
            self._findings.addWidget(card)

    def _show_place(self) -> None:
        """Show the current cell by its parts, and the sentences that its row stands on."""
        table, column = self._table, self.grid.current_column
        clear_layout(self._ground)
        found = (
            next((each for each in table.rows if each.id == self.grid.current_row), None) if table else None
        )
        if table is None or found is None or not column:
            self.cell.nothing()
            return
        where = f"Row {table.rows.index(found) + 1}"
        if column == THEN:
            self.cell.show_answer(f"{where} · Then", found.then, self._ways())
        else:
            shown = next(each for each in table.inputs if each.id == column)
            kind = column_type(table, shown)
            self.cell.show_cell(
                f"{where} · {shown.label}", shown, kind, found.cell(column), self._choices(column)
            )
        place = join_path("tables", table.id, "rows", found.id)
        self._ground.addWidget(
            GroundCards(
                found.citations,
                self.cited.emit,
                lambda: self.grounded.emit(GroundWanted(path=place)),
                lambda fingerprint: self.grounded.emit(GroundWanted(path=place, without=fingerprint)),
            )
        )

    # What is wished for

    def _tell(self, change: GridChange) -> None:
        self.wrong.hide()
        self.edited.emit(
            RowsEdit(
                table=self.shown,
                cells=tuple(CellWanted(row=c.row, column=c.column, text=c.text) for c in change.cells),
                added=tuple(RowWanted(at=n.at, cells=n.cells, like=n.like) for n in change.added),
                removed=change.removed,
                moved=change.moved,
            )
        )

    def _given(self, text: str) -> None:
        row_id, column = self.grid.current_row, self.grid.current_column
        at = next((each for each in self.grid.columns if each.id == column), None)
        if not row_id or at is None:
            return
        if said := at.wrong(text):
            self.wrong.tell(said, "bad")
            return
        shown = next(each for each in self.grid.rows if each.id == row_id)
        if text != shown.cells[self.grid.columns.index(at)]:
            self._tell_cell(row_id, column, text)

    def _tell_cell(self, row_id: str, column: str, text: str) -> None:
        edit = CellWanted(row=row_id, column=column, text=text)
        self.edited.emit(RowsEdit(table=self.shown, cells=(edit,)))

    def _add_row(self) -> None:
        self.grid.add_row()
        self.grid.setFocus()

    def _set_policy(self, policy: object) -> None:
        assert self._table is not None
        words = dict(_POLICIES)[str(policy)]
        path = join_path("tables", self.shown, "hit_policy")
        self.edited.emit(wish(path, policy, f"“{self._table.name}”: {words[:1].lower()}{words[1:]}"))

    # Menus

    def _gap_menu(self, button: Button) -> None:
        menu = QMenu(self)
        for way in self._ways():
            menu.addAction(f"that answers “{way}”").triggered.connect(
                lambda _=False, way=way: self.edited.emit(GapRow(table=self.shown, then=way))
            )
        menu.popup(
            button.mapToGlobal(QPoint(0, button.height())), menu.actions()[0] if menu.actions() else None
        )

    def _columns_menu(self) -> None:
        assert self._table is not None
        menu = QMenu(self)
        asked = {each.id for each in self._table.inputs}
        adding = menu.addMenu("Add a column for")
        for fact in self._facts.values():
            if fact.id not in asked:
                adding.addAction(fact.label).triggered.connect(
                    lambda _=False, fact=fact.id: self._column_deed(fact, "add")
                )
        adding.setEnabled(bool(adding.actions()))
        for each in self._table.inputs:
            self._fill_column(menu.addMenu(each.label), each)
        menu.addSeparator()
        menu.addAction("Rename this decision…").triggered.connect(lambda: self.rename_asked.emit(""))
        menu.addAction("Copy the whole table").triggered.connect(lambda: self.copy_all())
        menu.popup(self.columns.mapToGlobal(QPoint(0, self.columns.height())))

    def _column_menu(self, column: str) -> None:
        assert self._table is not None
        found = next((each for each in self._table.inputs if each.id == column), None)
        if found is not None:
            menu = QMenu(self)
            self._fill_column(menu, found)
            menu.popup(self.grid.mapToGlobal(QPoint(40, 30)))

    def _fill_column(self, menu: QMenu, column: TableInput) -> None:
        assert self._table is not None
        menu.addAction("Rename…").triggered.connect(lambda: self.rename_asked.emit(column.id))
        if (kind := column_type(self._table, column)) in ("number", "money"):
            money = menu.addAction("Amounts of money")
            money.setCheckable(True)
            money.setChecked(kind == "money")
            money.triggered.connect(lambda on: self._set_money(column, bool(on)))
        for deed, words in (
            ("earlier", "Move to the left"),
            ("later", "Move to the right"),
            ("remove", "Remove"),
        ):
            menu.addAction(words).triggered.connect(
                lambda _=False, deed=deed: self._column_deed(column.id, deed)
            )

    def _set_money(self, column: TableInput, on: bool) -> None:
        path = join_path("tables", self.shown, "inputs", column.id, "type")
        kind = "amounts of money" if on else "numbers"
        self.edited.emit(wish(path, "money" if on else "number", f"“{column.label}” holds {kind}"))

    def _column_deed(self, column: str, deed: str) -> None:
        self.edited.emit(ColumnEdit.model_validate({"table": self.shown, "column": column, "deed": deed}))

    def copy_all(self) -> None:
        """Put the whole table, with its heading, on the clipboard as a spreadsheet takes it."""
        lines = [
            [column.title for column in self.grid.columns],
            *(list(each.cells) for each in self.grid.rows),
        ]
        QGuiApplication.clipboard().setText(copied(lines))


def _rows(table: DecisionTable) -> list[tuple[int, Row]]:
    return list(enumerate(table.rows, 1))


def _is_about(result: CheckResult, table: str) -> bool:
    place = join_path("tables", table)
    return result.path == place or result.path.startswith(f"{place}/")
