"""What a run exercised: by kind, by passed and failed conversations, and on the workflow itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.panels.graph import steps_of, ways_of
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.flow_canvas import FlowCanvas, FlowStep
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row
from studio.desktop.widgets.table import Table
from studio.domain.agent import Agent


class Covered(Protocol):
    """One thing of an agent: how many passed and failed conversations exercised it."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def passed(self) -> int: ...  # noqa: D102
    @property
    def failed(self) -> int: ...  # noqa: D102


def tone_of(item: Covered) -> Tone:
    """Return how something was exercised: by a passed conversation, only by failed ones, never."""
    return "ok" if item.passed else "bad" if item.failed else "none"


Line = tuple[str, int, int, int, tuple[str, ...]]
"""A kind: in all, by passed, only by failed ones, and the titles of what was never exercised."""

_COLUMNS: tuple[Column[Line], ...] = (
    Column("Kind", lambda r: r[0].capitalize(), width=90, strong=True),
    Column("In all", lambda r: str(r[1]), width=64),
    Column("By passed", lambda r: str(r[2]), lambda r: "ok" if r[2] == r[1] else "", width=84),
    Column("Only by failed", lambda r: str(r[3]), lambda r: "bad" if r[3] else "", width=104),
    Column("Never exercised", lambda r: _some(r[4]), lambda r: "warn" if r[4] else "none"),
)


def _some(titles: tuple[str, ...]) -> str:
    more = f" … and {len(titles) - 2} more" if len(titles) > 2 else ""
    return f"{len(titles)}: {'; '.join(titles[:2])}{more}" if titles else "nothing"


class RunCoverage(QWidget):
    """`asked` tells the step (`workflow/step`) that shall be opened."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "scroll-body")
        self._agent: Agent | None = None
        self._tones: dict[str, tuple[Tone, str]] = {}
        self.note = label("", "muted", wrap=True)
        self.model: RowsModel[Line] = RowsModel(_COLUMNS, self)
        self.table = Table("What was exercised, by kind", self.model, stretch=4)
        self.table.set_growing()
        self.flow = Choice("Which workflow")
        self.flow.setMinimumWidth(220)
        self.flow.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.flow.currentIndexChanged.connect(self._show_flow)
        self.canvas = FlowCanvas("Workflow with what the run exercised")
        self.canvas.setMinimumHeight(400)
        self.canvas.setProperty("role", "plain")
        card = Card("On the workflow")
        words = "Green: a passed conversation went there. Red: only failed ones. Grey: nobody."
        card.content.addLayout(row(self.flow, label(words, "note")))
        card.add(self.canvas)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addWidget(self.note)
        column.addWidget(self.table)
        column.addWidget(card, 1)

    def show_coverage(
        self, agent: Agent, items: tuple[Covered, ...], words_only: tuple[str, ...], note: str
    ) -> None:
        """Show what was exercised of an agent; `words_only` are rules that no conversation can show."""
        self._agent = agent
        told = f"In words only, no conversation can show it: {', '.join(words_only)}." if words_only else ""
        self.note.setText(" ".join(part for part in (note, told) if part))
        self.note.setVisible(bool(note or told))
        kinds = dict.fromkeys(item.kind for item in items)
        self.model.set_rows([_line(kind, [i for i in items if i.kind == kind]) for kind in kinds])
        self._tones = {item.id: (tone_of(item), _said(item)) for item in items if item.kind == "steps"}
        was = self.flow.currentText()
        self.flow.blockSignals(True)
        self.flow.clear()
        self.flow.addItems([flow.name for flow in agent.workflows])
        self.flow.setCurrentIndex(max(0, self.flow.findText(was)))
        self.flow.blockSignals(False)
        self._show_flow()

    def _show_flow(self) -> None:
        at = self.flow.currentIndex()
        if self._agent is None or not 0 <= at < len(self._agent.workflows):
            return
        flow = self._agent.workflows[at]
        steps = [_exercised(step, self._tones, flow.id) for step in steps_of(flow)]
        self.canvas.show_flow(steps, ways_of(flow))


def _line(kind: str, items: list[Covered]) -> Line:
    never = tuple(item.title for item in items if tone_of(item) == "none")
    passed = sum(tone_of(item) == "ok" for item in items)
    return kind, len(items), passed, sum(tone_of(item) == "bad" for item in items), never


def _said(item: Covered) -> str:
    if not item.passed and not item.failed:
        return "never exercised"
    failed = f", {item.failed:,} not right" if item.failed else ""
    return f"{item.passed:,} right{failed}"


def _exercised(step: FlowStep, tones: Mapping[str, tuple[Tone, str]], flow: str) -> FlowStep:
    tone, words = tones.get(f"{flow}/{step.id}", ("none", "never exercised"))
    return FlowStep(step.id, step.icon, step.title, words, tone, f"{step.words}. {words}")
