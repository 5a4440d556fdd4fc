"""Every form that a change has, one below the other: text, sheet, table, workflow; or the data of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from studio.desktop.panels.diff import DiffPanel
from studio.desktop.panels.flow_diff import FlowDiffPanel
from studio.desktop.panels.sheet_diff import SheetPanel
from studio.desktop.panels.table_diff import TablePanel
from studio.desktop.theme.tokens import S3
from studio.desktop.widgets.labels import label
from studio.diff.sheets import SheetRow
from studio.diff.table_rows import TableDiff
from studio.domain.workflow import Workflow

MOST = 20_000
"""Letters of data that are shown at once."""
SHORTENED = " …\n\nShortened here; “cobuilder review show --json” prints all of it."
Look = Literal["side", "inline", "data"]


class CaseLike(Protocol):
    """Cases that come out otherwise."""

    @property
    def words(self) -> str: ...  # noqa: D102


class TableLike(Protocol):
    """A decision table in both versions."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def rows(self) -> TableDiff: ...  # noqa: D102
    @property
    def cases(self) -> Sequence[CaseLike]: ...  # noqa: D102
    @property
    def why_not(self) -> str: ...  # noqa: D102
    @property
    def along(self) -> Mapping[tuple[str, str], str]: ...  # noqa: D102
    @property
    def along_words(self) -> str: ...  # noqa: D102


class FlowLike(Protocol):
    """A workflow in both versions."""

    @property
    def before(self) -> Workflow | None: ...  # noqa: D102
    @property
    def after(self) -> Workflow | None: ...  # noqa: D102
    @property
    def focus(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def details(self) -> dict[str, str]: ...  # noqa: D102


class FormsLike(Protocol):
    """What a change looks like."""

    @property
    def texts(self) -> tuple[str, str] | None: ...  # noqa: D102
    @property
    def sheet(self) -> Sequence[SheetRow]: ...  # noqa: D102
    @property
    def table(self) -> TableLike | None: ...  # noqa: D102
    @property
    def workflow(self) -> FlowLike | None: ...  # noqa: D102
    @property
    def data(self) -> str: ...  # noqa: D102


class FormsColumn(QWidget):
    """Shows the forms of a change."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S3)
        self.texts = DiffPanel("What the change says before and after")
        self.sheet = SheetPanel("What the change sets, line by line")
        self.table = TablePanel("The decision table before and after")
        self.flow = FlowDiffPanel()
        self.data = QFrame()
        self.data.setProperty("role", "box")
        inside = QVBoxLayout(self.data)
        inside.setContentsMargins(14, 10, 14, 10)
        self.data_text = label("", "", wrap=True)
        self.data_text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.data_text.setAccessibleName("The change as data")
        inside.addWidget(self.data_text)
        for part in (self.texts, self.sheet, self.table, self.flow, self.data):
            column.addWidget(part)
        self._forms: FormsLike | None = None
        self._look: Look = "side"

    def show_forms(self, forms: FormsLike, names: tuple[str, str]) -> None:
        """Show a change under the names of both versions."""
        self._forms = forms
        if forms.texts is not None:
            self.texts.show_texts(*forms.texts, *names)
        self.sheet.show_sheet(forms.sheet, names, besides=forms.texts is not None)
        if forms.table is not None:
            cases = [case.words for case in forms.table.cases]
            others = forms.table.along, forms.table.along_words
            self.table.show_table(forms.table.name, forms.table.rows, cases, forms.table.why_not, others)
        if forms.workflow is not None:
            flow = forms.workflow
            self.flow.show_flow(flow.before, flow.after, flow.focus, flow.details)
        self.data_text.setText(forms.data if len(forms.data) <= MOST else forms.data[:MOST] + SHORTENED)
        self._choose()

    def show_as(self, look: Look) -> None:
        """Show both versions side by side, in one column, or the change as data."""
        self._look = look
        if look != "data":
            self.texts.set_inline(look == "inline")
            self.sheet.set_inline(look == "inline")
        self._choose()

    def _choose(self) -> None:
        forms = self._forms
        if forms is None:
            return
        data = self._look == "data"
        self.texts.setVisible(not data and forms.texts is not None)
        self.sheet.setVisible(not data and bool(forms.sheet))
        self.table.setVisible(not data and forms.table is not None)
        self.flow.setVisible(not data and forms.workflow is not None)
        self.data.setVisible(data)
