"""What a person does with the records of the mock systems: edit, import, export, sketch, remove."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.panels.record_column import ColumnDialog, TableDialog, column_words
from studio.desktop.panels.record_grid import RecordGrid
from studio.desktop.widgets.grid import GridChange
from studio.domain.errors import StudioError

if TYPE_CHECKING:
    from studio.domain.agent import Agent
    from studio.domain.changeset import ChangeSet
    from studio.domain.world import RecordTable

CSV = "Table (*.csv *.tsv *.txt);;All files (*)"


class RecordDeeds:
    """Carries out what the grid asks for, and fills it."""

    def __init__(self, parent: QWidget, desk: Desk, panel: RecordGrid) -> None:
        self._parent, self._desk, self.panel = parent, desk, panel
        panel.edited.connect(self.edit)
        panel.import_asked.connect(self.take_in)
        panel.export_asked.connect(self.export)
        panel.sketch_asked.connect(self.sketch)
        panel.remove_asked.connect(self.remove)
        panel.new_asked.connect(self.make)
        panel.rename_asked.connect(self.rename)
        panel.column_asked.connect(self.put_column)
        panel.column_gone.connect(self.remove_column)

    def fill(self) -> None:
        """Show the tables of the draft."""
        from studio.services.queries.records import ShowRecords

        page = self._desk.session.ask(ShowRecords())
        self.panel.show_tables(page.tables, dict(page.systems))

    def edit(self, table: str, change: GridChange) -> None:
        """Make one step of a grid one edit; what cannot be is told, and the grid shows what holds."""
        from studio.services.commands import EditRecords

        cells = tuple((each.row, each.column, each.text) for each in change.cells)
        added = tuple(_without(each.cells, self._key(table) if each.like else "") for each in change.added)
        if self._desk.session.do(EditRecords(table, cells, added, change.removed)) is None:
            self.fill()

    def _key(self, table: str) -> str:
        from studio.services.queries.records import ShowRecords

        tables = self._desk.session.ask(ShowRecords()).tables
        return next((each.key for each in tables if each.id == table), "")

    def take_in(self, table: str) -> None:
        """Take a CSV file into the table that is shown if its columns are these, else into a new one."""
        from studio.services.commands import ImportRecords
        from studio.services.text_files import read_text

        path = dialogs.choose_file(self._parent, "Import records from a CSV file", CSV)
        if path is None:
            return
        name = path.stem.replace("_", " ").replace("-", " ").strip().capitalize() or "Records"
        try:
            text = read_text(path)
        except StudioError as error:
            self._desk.tell(str(error), "bad")
            return
        into = table if table and self._fits(table, text) else name
        effect = self._desk.session.do(ImportRecords(into, text))
        if effect is not None:
            self._desk.tell(f"{effect.title}. Undo takes it back.", "ok")
            self.fill()
            self.panel.choose(into if into == table else self._newest())

    def _fits(self, table: str, text: str) -> bool:
        """Return whether every column that the first line of a CSV file names is one of a table."""
        from studio.services.queries.records import ShowRecords

        found = next((t for t in self._desk.session.ask(ShowRecords()).tables if t.id == table), None)
        head = text.lstrip("\ufeff \n\r").partition("\n")[0]
        cells = next(csv.reader([head], delimiter=max(",;\t", key=head.count)), [])
        known = {_plain(name) for c in (found.columns if found else ()) for name in (c.id, c.label) if name}
        return {_plain(cell) for cell in cells if cell.strip()} <= known

    def _newest(self) -> str:
        return self.panel._tables[-1].id if self.panel._tables else ""

    def export(self, table: str) -> None:
        """Write the table that is shown to a CSV file."""
        from studio.services.queries.agents import ShowAgent
        from studio.simulation.records import as_csv, table_of

        target = dialogs.choose_target(self._parent, "Export this table", f"{table}.csv", "Table (*.csv)")
        if target is None:
            return
        words = as_csv(table_of(self._desk.session.ask(ShowAgent()).draft, table))
        try:
            Path(target).write_text(words, encoding="utf-8-sig", newline="")
        except OSError as error:
            self._desk.tell(f"{target.name} cannot be written: {error.strerror}.", "bad")
        else:
            self._desk.tell(f"{target.name} is written, in {target.parent}.", "ok")

    def sketch(self) -> None:
        """Make the tables that the systems suggest."""
        from studio.services.commands import SketchRecords

        effect = self._desk.session.do(SketchRecords())
        if effect is not None:
            self._desk.tell(f"{effect.title}. Undo takes it back.", "ok")

    def remove(self, table: str) -> None:
        """Take the whole table away."""
        from studio.services.commands import RemoveRecord

        effect = self._desk.session.do(RemoveRecord(table))
        if effect is not None:
            self._desk.tell(f"{effect.title}. Undo brings it back.", "ok")

    # Tables and columns by hand

    def make(self) -> None:
        """Ask for a new table's name and first column, and make it."""
        from studio.services.authoring.record_tables import new_record_table

        dialog = TableDialog(self._parent)
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        name, key = dialog.answer
        if self._change(lambda draft: new_record_table(draft, name, key)):
            self.panel.choose(self._newest())

    def rename(self, table: str) -> None:
        """Ask for another name of a table."""
        from studio.services.authoring.record_tables import rename_record_table

        said = f"Another name for “{self._table(table).name}”. Systems find it as before."
        name = dialogs.ask_text(self._parent, "Rename this table", said, "Rename")
        if name:
            self._change(lambda draft: rename_record_table(draft, table, name))

    def put_column(self, table: str, column: str) -> None:
        """Ask what a column is called and holds; without one, for a new one."""
        from studio.services.authoring.record_tables import put_record_column

        shown = self._table(table)
        known = next((each for each in shown.columns if each.id == column), None)
        dialog = ColumnDialog(self._parent, known, column == shown.key)
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        name, kind = dialog.answer
        if known is None or (name, kind) != (column_words(known), known.type):
            self._change(lambda draft: put_record_column(draft, table, column, name, kind))

    def remove_column(self, table: str, column: str) -> None:
        """Take a column away with its values."""
        from studio.services.authoring.record_tables import remove_record_column

        self._change(lambda draft: remove_record_column(draft, table, column))

    def _change(self, make: Callable[[Agent], ChangeSet]) -> bool:
        """Carry out one edit, or tell why it cannot be; return whether it was done."""
        from studio.services.commands import EditAgent
        from studio.services.queries.agents import ShowAgent

        try:
            made = make(self._desk.session.ask(ShowAgent()).draft)
        except StudioError as error:
            self._desk.tell(str(error), "bad")
            return False
        effect = self._desk.session.do(EditAgent(made))
        if effect is None:
            return False
        self._desk.tell(f"{made.title}. Undo takes it back.", "ok")
        self.fill()
        return True

    def _table(self, table: str) -> RecordTable:
        from studio.services.queries.records import ShowRecords

        return next(each for each in self._desk.session.ask(ShowRecords()).tables if each.id == table)


def _plain(name: str) -> str:
    return name.strip().casefold().replace("_", " ")


def _without(cells: tuple[tuple[str, str], ...], column: str) -> tuple[tuple[str, str], ...]:
    """Return the cells of a new row but for one column: who repeats a record means another one."""
    return tuple((name, text) for name, text in cells if name != column)
