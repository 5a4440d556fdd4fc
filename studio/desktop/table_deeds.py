"""What a person does to decision tables in the window: a wish of the editor becomes one edit of the draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.desktop import dialogs
from studio.desktop.flow_deeds import FlowDeeds
from studio.domain.changeset import join_path
from studio.domain.edit import FieldEdit, wish

if TYPE_CHECKING:
    from studio.desktop.panels.table_editor import TableEditor
    from studio.domain.agent import Agent
    from studio.domain.check import CheckResult
    from studio.domain.table_edit import TableEdit


class TableDeeds:
    """Does them; `draft` gives the agent as it stands."""

    def __init__(self, parent: QWidget, deeds: FlowDeeds, draft: Callable[[], Agent]) -> None:
        self._parent, self._deeds, self._draft = parent, deeds, draft

    def serve(self, editor: TableEditor) -> None:
        """Listen to an editor."""
        editor.edited.connect(self.fulfil)
        editor.test_wanted.connect(self.make_test)
        editor.rename_asked.connect(lambda column: self._rename(editor.shown, column))

    def fulfil(self, edit: FieldEdit | TableEdit) -> None:
        """Carry out a wish."""
        from studio.services.authoring.fields import fulfil
        from studio.services.authoring.tables import fulfil_table

        agent = self._draft()
        if isinstance(edit, FieldEdit):
            self._deeds.do(lambda: fulfil(agent, edit))
        else:
            self._deeds.do(lambda: fulfil_table(agent, edit))

    def make_test(self, result: CheckResult) -> None:
        """Make a test of a case that no row covers: it fails until a row does."""
        from studio.services.authoring.table_tests import uncovered_case_test

        agent = self._draft()
        self._deeds.do(lambda: uncovered_case_test(agent, result))

    def _rename(self, table_id: str, column: str) -> None:
        table = self._draft().table(table_id)
        if not column:
            now, path = table.name, join_path("tables", table_id, "name")
            text = "A question reads best: “Can it be returned?”"
        else:
            now = next(each.label for each in table.inputs if each.id == column)
            path, text = (
                join_path("tables", table_id, "inputs", column, "label"),
                f"Another name for “{now}”.",
            )
        name = " ".join((dialogs.ask_text(self._parent, "Rename", text, "Rename") or "").split())
        if name and name != now:
            what = f"the column {now} of “{table.name}”" if column else f"the decision “{now}”"
            self.fulfil(wish(path, name, f"Call {what} “{name}”"))
