"""What a person does with the records of the mock systems: edit, import, export, sketch, remove."""

from __future__ import annotations

import csv
from pathlib import Path

from PySide6.QtWidgets import QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.panels.record_grid import RecordGrid
from studio.desktop.widgets.grid import GridChange
from studio.domain.errors import StudioError

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


def _plain(name: str) -> str:
    return name.strip().casefold().replace("_", " ")


def _without(cells: tuple[tuple[str, str], ...], column: str) -> tuple[tuple[str, str], ...]:
    """Return the cells of a new row but for one column: who repeats a record means another one."""
    return tuple((name, text) for name, text in cells if name != column)
