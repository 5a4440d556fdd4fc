"""What was understood of a file of conversations, before its customers come into a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row
from studio.desktop.widgets.table import Table


class Understood(Protocol):
    """One conversation of a file, and what was understood of it."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def wish(self) -> str: ...  # noqa: D102
    @property
    def told(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def manner(self) -> str: ...  # noqa: D102
    @property
    def unheard(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def why(self) -> str: ...  # noqa: D102


def _left(line: Understood) -> str:
    return f"{len(line.unheard)}: “{line.unheard[0]}”" if line.unheard and not line.why else ""


def _all_left(line: Understood) -> str:
    return "\n".join(line.unheard[:20])


_COLUMNS: tuple[Column[Understood], ...] = (
    Column("Conversation", lambda r: r.id, width=110, strong=True),
    Column("Wants", lambda r: r.wish or r.why, lambda r: "warn" if r.why else "", width=170),
    Column("Tells", lambda r: "; ".join(r.told) or ("" if r.why else "nothing")),
    Column("Behaves", lambda r: r.manner, width=150),
    Column("Not understood", _left, lambda r: "warn" if r.unheard else "", width=170, tip=_all_left),
)


class ConversationPreview(QDialog):
    """Accepted where its customers shall come into the run."""

    def __init__(
        self, parent: QWidget, name: str, rows: Sequence[Understood], words: str, usable: bool
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Customers from conversations")
        self.resize(860, 480)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(label(f"What was understood of “{name}”", "title", wrap=True))
        column.addWidget(label(words, wrap=True))
        self.model: RowsModel[Understood] = RowsModel(_COLUMNS, self)
        self.model.set_rows(list(rows))
        self.table = Table("Conversations and what was understood", self.model, stretch=2)
        column.addWidget(self.table, 1)
        told = (
            "These customers expect nothing of their own: what always holds is checked (limits, disclosures, "
            "handoff, tone), and whether both versions treat them alike. Keep one as a test to say what "
            "should have happened. Systems answer as in the first test of the same workflow."
        )
        column.addWidget(label(told, "muted", wrap=True))
        self.use = Button("Bring them into the run", self.accept, kind="primary")
        self.use.setEnabled(usable)
        column.addLayout(row(self.use, Button("Cancel", self.reject)))
