"""What a run exercised: by kind, by passed and failed conversations, and on the workflow itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.panels.graph import plain, steps_of, ways_of
from studio.desktop.panels.run_strength import RunStrength
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.flow_canvas import FlowCanvas, FlowStep
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row
from studio.desktop.widgets.table import Table
from studio.diff.flow_layout import Way
from studio.domain.agent import Agent
from studio.domain.workflow import Decide, DecisionTable, Workflow, ways_out


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


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row of a decision: where it stands, what it says, and how it was exercised."""

    place: str
    words: str
    said: str
    tone: Tone


_ROWS: tuple[Column[RowLine], ...] = (
    Column("Row", lambda r: r.place, width=170, strong=True),
    Column("Says", lambda r: r.words),
    Column("Exercised", lambda r: r.said, lambda r: r.tone if r.tone != "none" else "warn", width=150),
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
        self._tones: dict[tuple[str, str], tuple[Tone, str]] = {}
        self._taken: dict[str, int] = {}
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
        words = (
            "Green: a passed conversation went there. Red: only failed ones. Grey: nobody. "
            "Each way out says how many conversations took it."
        )
        card.content.addLayout(row(self.flow, stretch=True))
        card.add(label(words, "note", wrap=True))
        card.add(self.canvas)
        self.rows: RowsModel[RowLine] = RowsModel(_ROWS, self)
        self.row_table = Table("Rows of this workflow's decisions", self.rows, stretch=1)
        self.row_table.set_growing()
        self.row_head = label("Rows of its decisions", "heading")
        card.add(self.row_head)
        card.add(self.row_table)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addWidget(self.note)
        column.addWidget(self.table)
        self.strength = RunStrength()
        column.addWidget(self.strength)
        column.addWidget(card, 1)

    def show_coverage(
        self, agent: Agent, items: tuple[Covered, ...], words_only: tuple[str, ...], note: str
    ) -> None:
        """Show what was exercised of an agent; `words_only` are rules that no conversation can show."""
        self._agent = agent
        told = f"In words only, no conversation can show it: {'; '.join(words_only)}" if words_only else ""
        self.note.setText(" ".join(part for part in (note, told) if part))
        self.note.setVisible(bool(note or told))
        kinds = dict.fromkeys(item.kind for item in items)
        self.model.set_rows([_line(kind, [i for i in items if i.kind == kind]) for kind in kinds])
        self._tones = {(item.kind, item.id): (tone_of(item), _said(item)) for item in items}
        self._taken = {item.id: item.passed + item.failed for item in items if item.kind == "branches"}
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
        self.canvas.show_flow(steps, _counted(flow, self._taken))
        lines = [line for table in _decisions(self._agent, flow) for line in _row_lines(table, self._tones)]
        self.rows.set_rows(lines)
        for part in (self.row_head, self.row_table):
            part.setVisible(bool(lines))


def _line(kind: str, items: list[Covered]) -> Line:
    never = tuple(item.title for item in items if tone_of(item) == "none")
    passed = sum(tone_of(item) == "ok" for item in items)
    return kind, len(items), passed, sum(tone_of(item) == "bad" for item in items), never


def _said(item: Covered) -> str:
    if not item.passed and not item.failed:
        return "never exercised"
    failed = f", {item.failed:,} not right" if item.failed else ""
    return f"{item.passed:,} right{failed}"


_Tones = Mapping[tuple[str, str], tuple[Tone, str]]
_NEVER: tuple[Tone, str] = ("none", "never exercised")


def _exercised(step: FlowStep, tones: _Tones, flow: str) -> FlowStep:
    tone, words = tones.get(("steps", f"{flow}/{step.id}"), _NEVER)
    return replace(step, subtitle=words, tone=tone, words=f"{step.words}. {words}")


def _counted(flow: Workflow, taken: Mapping[str, int]) -> list[Way]:
    """Return the ways of a workflow, the named ones with how often they were taken: failure ways, too."""
    names = {
        (step.id, plain(name)): name for step in flow.steps for name, to in ways_out(step) if name and to
    }
    found = []
    for way in ways_of(flow):
        own = names.get((way.source, way.label))
        if own is None:
            found.append(way)
            continue
        many = taken.get(f"{flow.id}/{way.source}/{own}", 0)
        found.append(replace(way, label=f"{way.label}: {many:,}", key=way.name))
    return found


def _decisions(agent: Agent, flow: Workflow) -> list[DecisionTable]:
    used = [step.table for step in flow.steps if isinstance(step, Decide) and step.table]
    return [table for table in agent.tables if table.id in used]


def _row_lines(table: DecisionTable, tones: _Tones) -> list[RowLine]:
    found = []
    for number, each in enumerate(table.rows, 1):
        cells = [f"{plain(cell.id)} {cell.words}" for cell in each.cells if cell.op != "any"]
        tone, said = tones.get(("rows", f"{table.id}/{each.id}"), _NEVER)
        words = f"{', '.join(cells) or 'otherwise'}: {plain(each.then)}"
        found.append(RowLine(f"{table.name} {number}", words, said, tone))
    return found
