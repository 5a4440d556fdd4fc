"""The plan panel: the stages of a rollout as a table, the plan in a sentence, and the way to edit it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.table import Table


class StageLike(Protocol):
    """One stage, as it is read."""

    @property
    def stage(self) -> str: ...  # noqa: D102
    @property
    def share(self) -> str: ...  # noqa: D102
    @property
    def wait(self) -> str: ...  # noqa: D102
    @property
    def stop_if(self) -> str: ...  # noqa: D102


class PlanPanel(QWidget):
    """Shows the rollout plan."""

    edit_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        card = Card("Rollout")
        columns: list[Column[StageLike]] = [
            Column("Stage", lambda r: r.stage, width=80),
            Column("Share of conversations", lambda r: r.share, width=116),
            Column("For", lambda r: r.wait or "–", width=170),
            Column("Stop and roll back if", lambda r: r.stop_if or "–"),
        ]
        self.stages: RowsModel[StageLike] = RowsModel(columns, self)
        table = Table("Rollout stages", self.stages, stretch=3)
        table.set_growing()
        card.add(table)
        self.words = label("", "", wrap=True)
        self.words.setAccessibleName("The rollout in words")
        card.add(self.words)
        self.beware = label("", "", "warn", wrap=True)
        card.add(self.beware)
        self.edit = Button("Edit the plan…", self.edit_asked.emit)
        card.buttons(self.edit)
        outer.addWidget(card)

    def show_plan(self, rows: Sequence[StageLike], sentence: str, cautions: Sequence[str]) -> None:
        """Show a plan."""
        self.stages.set_rows(rows)
        self.words.setText(sentence)
        self.beware.setText("\n".join(cautions))
        self.beware.setVisible(bool(cautions))
