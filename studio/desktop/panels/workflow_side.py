"""Beside the canvas: the chosen step's or the workflow's fields, its decision, and what the checks found.

- It tells wishes (`edited`), what to open (`opened`), sentences to show (`cited`), and what to do with a
  finding (`wanted`: "light", "talk", "mend", "test"); it changes nothing itself. The decision's own editor is
  `decision`.
"""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.panels.finding_card import FindingCard, ProvedList
from studio.desktop.panels.graph import KIND_WORDS
from studio.desktop.panels.step_form import StepForm
from studio.desktop.panels.table_editor import TableEditor
from studio.desktop.panels.workflow_rows import broken_in, proved_in
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import Pane, clear_layout
from studio.desktop.widgets.paragraph import Link
from studio.domain.agent import Agent
from studio.domain.check import CheckResult
from studio.domain.table_edit import TableWanted
from studio.domain.workflow import Decide, Workflow

MOST = 3
"""Findings that are shown at once; a workflow in the making has many."""


class WorkflowSide(Pane):
    """Shows one step, or the workflow where none is chosen."""

    edited = Signal(object)
    opened = Signal(str)
    cited = Signal(object)
    kept = Signal(str)
    wanted = Signal(str, object)

    def __init__(self) -> None:
        super().__init__("Step", scroll=True)
        self.form = StepForm()
        self.decision = TableEditor()
        self._by_table = Link("Decide by a table", self._want_table)
        self._below = QWidget()
        self._cards = QVBoxLayout(self._below)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self.proved = ProvedList()
        self._above = QWidget()
        self._findings = QVBoxLayout(self._above)
        self._found: tuple[CheckResult, ...] | None = None
        self._findings.setContentsMargins(0, 0, 0, 0)
        for part in (self.decision, self._above, self.form, self._by_table, self.proved, self._below):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.form.edited.connect(self.edited)
        self.form.opened.connect(self.opened)
        self.form.cited.connect(self.cited)
        self.form.kept.connect(self.kept)
        self.decision.cited.connect(self.cited)
        self._decider: TableWanted | None = None

    def show_workflow(self, agent: Agent, workflow: str, checks: Collection[CheckResult]) -> None:
        """Show the workflow's own fields and everything the checks found in it."""
        flow = agent.workflow(workflow)
        self.set_title("This reusable block" if flow.reusable else "This workflow")
        self.form.show_workflow(agent, workflow)
        self.decision.hide()
        self._by_table.hide()
        clear_layout(self._cards)
        self._show_findings(broken_in(flow, checks))
        self.proved.show_proofs(proved_in(flow, checks))

    def show_step(
        self, agent: Agent, workflow: str, step: str, checks: Collection[CheckResult], row: str = ""
    ) -> None:
        """Show a step's fields; of a decision its table, with a row of it chosen where one is named."""
        shown = agent.workflow(workflow).step(step)
        self.set_title(f"{KIND_WORDS[shown.kind]} · {shown.title}")
        self.form.show_step(agent, workflow, step)
        clear_layout(self._cards)
        table = next((t for t in agent.tables if t.id == getattr(shown, "table", None)), None)
        self.decision.setVisible(table is not None)
        if table is not None:
            self.decision.show_table(agent, table.id, list(checks), row)
        by_hand = isinstance(shown, Decide) and table is None
        self._by_table.setVisible(by_hand)
        self._decider = TableWanted(workflow=workflow, step=step, name=shown.title) if by_hand else None
        found = _at(workflow, step, checks)
        self.proved.show_proofs(found)
        self._show_findings(_broken(found))

    def show_found(self, flow: Workflow, step: str, checks: Collection[CheckResult]) -> None:
        """Show what was found since about what is shown (a step, or "": the workflow); touch nothing else."""
        self._show_findings(_broken(_at(flow.id, step, checks)) if step else broken_in(flow, checks))
        self.proved.show_proofs(_at(flow.id, step, checks) if step else proved_in(flow, checks))
        if step and not self.decision.isHidden():
            self.decision.show_found(list(checks))

    def _want_table(self) -> None:
        if self._decider is not None:
            self.edited.emit(self._decider)

    def take_focus(self) -> None:
        """Bring the keyboard to the first field."""
        for child in self.form.findChildren(QWidget):
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible() and child.isEnabled():
                child.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _show_findings(self, found: Collection[CheckResult]) -> None:
        if self._found == (known := tuple(found)):
            return  # nothing is put in the place of a link that may have the keyboard
        self._found = known
        clear_layout(self._findings)
        self._above.setVisible(bool(found))
        for result in list(found)[:MOST]:
            self._findings.addWidget(FindingCard(result, self.wanted.emit))
        if len(found) > MOST:
            more = f"and {len(found) - MOST} more; choose a step to see what was found there."
            self._findings.addWidget(label(more, "muted", wrap=True))


def _at(workflow: str, step: str, checks: Collection[CheckResult]) -> list[CheckResult]:
    place = f"workflows/{workflow}/steps/{step}"
    return [each for each in checks if _is_about(each.path, (place,))]


def _broken(found: Collection[CheckResult]) -> list[CheckResult]:
    return [each for each in found if each.status == "broken"]


def _is_about(path: str, places: Collection[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)
