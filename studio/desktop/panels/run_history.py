"""The history of runs: how the share of passed tests went from run to run, and the runs, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.theme.current import tokens
from studio.desktop.theme.fonts import font
from studio.desktop.theme.tokens import SIZE_SMALL, Tone
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.table import Table


class RunLine(Protocol):
    """One run of the history."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def setup(self) -> str: ...  # noqa: D102
    @property
    def customers(self) -> int: ...  # noqa: D102
    @property
    def seed(self) -> int: ...  # noqa: D102
    @property
    def tests(self) -> int: ...  # noqa: D102
    @property
    def tests_passed(self) -> int: ...  # noqa: D102
    @property
    def goals(self) -> float: ...  # noqa: D102
    @property
    def limits_broken(self) -> int: ...  # noqa: D102
    @property
    def current(self) -> bool: ...  # noqa: D102
    @property
    def outdated(self) -> bool: ...  # noqa: D102


def _share(run: RunLine) -> float:
    return run.tests_passed / run.tests if run.tests else 0.0


def _tone(run: RunLine) -> Tone:
    return "ok" if run.tests and run.tests_passed == run.tests else "bad"


def _about(run: RunLine) -> str:
    base = f"{run.customers:,} customers a test, group {run.seed}"
    kind = {"whole": "", "trial": "trial", "sample": "sample"}[run.kind]
    return " · ".join(part for part in (kind, run.setup, base) if part)


def _draft(run: RunLine) -> str:
    if run.outdated:
        return "by an older program"
    return "as it is now" if run.current else "an earlier one"


_COLUMNS: tuple[Column[RunLine], ...] = (
    Column("Run", lambda r: r.id, width=84, strong=True),
    Column("Tests passed", lambda r: f"{r.tests_passed} / {r.tests}", _tone, width=100),
    Column("Goal reached", lambda r: f"{r.goals * 100:.1f} %", width=100, spare=True),
    Column("Limits broken", lambda r: str(r.limits_broken), width=100, spare=True),
    Column("Draft", _draft, width=110, spare=True),
    Column("Set-up", _about),
)


class Trend(QWidget):
    """A line from run to run: the share of tests that passed every time."""

    def __init__(self) -> None:
        super().__init__()
        self._runs: tuple[RunLine, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Be as wide as there is room."""
        return QSize(320, 120)

    def show_runs(self, runs: Sequence[RunLine]) -> None:
        """Show other runs, oldest first."""
        self._runs = tuple(runs)
        words = ", ".join(f"{run.id} {_share(run):.0%}" for run in runs)
        self.setAccessibleName(f"Share of tests that passed: {words}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line, a point a run, and what the first and the last run had."""
        painter, t = QPainter(self), tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SIZE_SMALL))
        box = QRectF(48, 10, self.width() - 64, self.height() - 34)
        for share in (0.0, 0.5, 1.0):
            y = box.bottom() - share * box.height()
            painter.setPen(QPen(QColor(t.line), 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(QColor(t.muted))
            right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRectF(0, y - 8, 42, 16), right, f"{share:.0%}")
        step = box.width() / max(1, len(self._runs) - 1)
        spots = [
            QPointF(box.left() + at * step, box.bottom() - _share(run) * box.height())
            for at, run in enumerate(self._runs)
        ]
        painter.setPen(QPen(QColor(t.accent), 2))
        painter.drawPolyline(QPolygonF(spots))
        painter.setPen(Qt.PenStyle.NoPen)
        for spot, run in zip(spots, self._runs, strict=True):
            painter.setBrush(QColor(t.tone(_tone(run))))
            painter.drawEllipse(spot, 4, 4)
        painter.setPen(QColor(t.muted))
        under = QRectF(box.left() - 4, box.bottom() + 6, box.width() + 8, 16)
        if self._runs:
            painter.drawText(under, int(Qt.AlignmentFlag.AlignLeft), self._runs[0].id)
        if len(self._runs) > 1:
            painter.drawText(under, int(Qt.AlignmentFlag.AlignRight), self._runs[-1].id)


class RunHistory(QWidget):
    """`asked` tells the run that shall be shown."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "scroll-body")
        card = Card("Tests that passed every time, from run to run")
        self.trend = Trend()
        card.add(self.trend)
        self.note = label("", "muted", wrap=True)
        card.add(self.note)
        self.model: RowsModel[RunLine] = RowsModel(_COLUMNS, self)
        self.table = Table("Runs, newest first", self.model, stretch=5)
        self.table.set_growing()
        self.table.doubleClicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addWidget(card)
        column.addWidget(label("Double-click a run, or press Enter, to see it again.", "note"))
        column.addWidget(self.table)
        column.addStretch(1)

    def show_runs(self, runs: Sequence[RunLine]) -> None:
        """Show runs, oldest first; only whole ones make the trend, the others are no like for it."""
        whole = [run for run in runs if run.kind == "whole"]
        self.trend.show_runs(whole)
        left = len(runs) - len(whole)
        many = "1 trial or sample is" if left == 1 else f"{left} trials and samples are"
        self.note.setText(f"{many} in the list, and not in the line.")
        self.note.setVisible(bool(left))
        self.model.set_rows(list(reversed(runs)))

    def _choose(self, index: object) -> None:
        row = self.model.row_at(index)  # type: ignore[arg-type]
        if row is not None:
            self.asked.emit(row.id)
