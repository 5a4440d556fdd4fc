"""Workflows: each is edited on the canvas or in a list of its steps, inspected beside, and tried in talk.

- Everything that changes the draft is one edit that is saved at once and can be taken back.
- What the checks find is lit on the canvas; where a conversation that is tried stands, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.desktop.finding_deeds import FindingDeeds
from studio.desktop.flow_deeds import FlowDeeds
from studio.desktop.flow_list_deeds import FlowListDeeds
from studio.desktop.ground_deeds import ground_edit
from studio.desktop.page import Page
from studio.desktop.panels.flow_room import FlowRoom
from studio.desktop.panels.graph import KINDS, changed_steps, drawing_of, plural
from studio.desktop.panels.no_workflows import NoWorkflows
from studio.desktop.panels.outline import Outline
from studio.desktop.panels.system_panel import HEAD, system_rows
from studio.desktop.panels.workflow_rows import workflow_rows
from studio.desktop.panels.workflow_side import WorkflowSide
from studio.desktop.places import way_to
from studio.desktop.table_deeds import TableDeeds
from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import Tone
from studio.desktop.try_deeds import TryDeeds
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.flow_editor import FlowEditor
from studio.desktop.widgets.flow_palette import StepPalette
from studio.desktop.widgets.flow_wishes import AddStep, MoveSteps, OnSteps, Wish
from studio.desktop.widgets.labels import Chip
from studio.desktop.widgets.pane import Pane, group, panes
from studio.desktop.widgets.row_list import RowList
from studio.domain.edit import FieldEdit, GroundWanted, StepWanted
from studio.domain.table_edit import TableWanted
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.domain.agent import Agent
    from studio.domain.check import CheckResult
    from studio.domain.workflow import Workflow
    from studio.services.queries.agents import AgentPage


class WorkflowsPage(Page):
    """The procedures."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(("agent", "decision", "history"))

    def build(self) -> QWidget:
        """Lay out the list with the kinds of steps, the canvas, and what stands beside it."""
        self._page: AgentPage | None = None
        self._wanted = self._row = self._open = ""
        self._drawing = False
        self.deeds = FlowDeeds(self, self.desk)
        self.making = FlowListDeeds(self, self.desk, self.deeds, lambda: self._draft, self._show_made)
        self._lay_middle()
        self.side = WorkflowSide()
        self.tables = TableDeeds(self, self.deeds, lambda: self._draft)
        self.trying = TryDeeds(self.desk, self.canvas)
        self.findings = FindingDeeds(self.desk, lambda: self._draft)
        self.beside = QStackedWidget()
        for part in (self.side, self.trying.panel, self.findings.panel, self.system.side):
            self.beside.addWidget(part)
        return panes((self._left(), self.middle, self.beside), (232, 662, 358), 1)

    def _left(self) -> QWidget:
        self.list_pane = Pane("Workflows", padded=False)
        self.list = RowList("Workflows")
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.plus = Button(
            "", lambda: self.making.new_menu(self.plus), icon="plus",
            name="New workflow, reusable block or system",
        )  # fmt: skip
        self.checking = Chip()
        self.list_pane.add_head(self.checking, self.plus)
        self.palette_ = StepPalette(KINDS)
        heading = group("Add a step")
        heading.setContentsMargins(14, 8, 0, 4)
        self.list_pane.body.addWidget(self.list, 1)
        self.list_pane.body.addWidget(heading)
        self.list_pane.body.addWidget(self.palette_)
        return self.list_pane

    def _lay_middle(self) -> None:
        self.middle = room = FlowRoom()
        self.canvas, self.outline, self.views = room.canvas, room.outline, room.views
        self.wide, self.system = room.wide, room.system
        self.state, self.undo, self.tidy = room.state, room.undo, room.tidy
        self.as_list, self.try_it = room.as_list, room.try_it
        self.undo.clicked.connect(lambda: self.desk.run_action("edit.undo"))
        self.tidy.clicked.connect(lambda: self.making.tidy(self._workflow(), self.canvas, self._wish))
        self.as_list.clicked.connect(self._switch)
        self.try_it.clicked.connect(self._try)

    def empty_state(self) -> QWidget:
        """Say where workflows come from."""
        self.nothing = NoWorkflows(
            self._to_proposal,
            lambda: self.making.new_workflow(reusable=False),
            lambda: self.making.new_system(),
            lambda: self.desk.open_page("sources", verb="add"),
        )
        self.make, self.make_too = self.nothing.make, self.nothing.make_too
        return self.nothing

    def wire(self) -> None:
        """Listen to list, canvas, outline, the kinds of steps, and what stands beside."""
        self.list.chosen.connect(self._show)
        self.desk.session.proofs.found.connect(self._show_found)
        self.list.customContextMenuRequested.connect(lambda at: self.making.item_menu(self.list, at))
        self.palette_.picked.connect(lambda kind: self._wish(AddStep(kind, *self._behind())))
        for view in (self.canvas, self.outline):
            view.asked.connect(self._wish)
            view.chosen_changed.connect(self._show_chosen)
        for part in (self.side, self.system):
            part.edited.connect(self._edited)
            part.kept.connect(lambda words: self.desk.tell(words, "warn"))
            part.opened.connect(lambda path: self.desk.open_page(*way_to(path)))
        self.side.cited.connect(self.show_cited)
        self.side.wanted.connect(self.findings.do)
        self.findings.lit.connect(self._light)
        self.findings.unlit.connect(lambda: self.canvas.light(()))
        self.findings.shown.connect(self._show_finding)
        self.findings.closed.connect(lambda: self.beside.setCurrentWidget(self.side))
        for editor in (self.side.decision, self.wide):
            self.tables.serve(editor)
            editor.grounded.connect(self._edited)
            editor.widened.connect(self._widen)
            editor.test_wanted.connect(self.findings.make_test)
        self.wide.cited.connect(self.show_cited)
        self.trying.closed.connect(lambda: self.try_it.click())
        self.trying.wandered.connect(lambda workflow: self.list.choose(workflow))

    def first_focus(self) -> QWidget:
        """Return the list."""
        return self.list

    # Showing

    def fill(self) -> None:
        """Ask for the agent."""
        from studio.services.queries.agents import ShowAgent
        from studio.services.queries.departures import ShowDepartures

        page = self._page = self.desk.session.ask(ShowAgent(wait=False))
        self._wait_for_checks(page)
        self.side.form.departures = self.desk.session.ask(ShowDepartures())
        if not page.draft.workflows and not page.draft.tables and not page.draft.tools:
            self._show_nothing()
            return
        self.undo.setEnabled(page.undo_title is not None)
        self.undo.setToolTip(
            tip(f"Undo: {page.undo_title} (Ctrl+Z)") if page.undo_title else "Nothing to undo"
        )
        self._show_rows(page)
        wanted, self._wanted = self._wanted, ""
        workflow, _, step = wanted.partition("/")
        if wanted.startswith("//"):
            workflow, step = f"{HEAD}{wanted[2:]}", ""
        if not workflow and step:
            table, _, self._row = step.partition("/")
            workflow, step = self._using(table)
        if not (workflow and self.list.choose(workflow, tell=False)) and not self.list.current_id():
            self.list.blockSignals(True)
            self.list.choose_first()
            self.list.blockSignals(False)
        self._show(self.list.current_id())
        if step:
            self.canvas.choose(step)
        if not page.looking:
            self.findings.follow(page.checks)

    def _show_rows(self, page: AgentPage) -> None:
        flows = workflow_rows(page.draft, page.live, page.checks, looking=page.looking, paths=page.paths)
        self.list.show_rows([*flows, *system_rows(page.draft, page.live)])

    def _wait_for_checks(self, page: AgentPage) -> None:
        """Have a large draft checked in the background, and say so."""
        self.checking.show_fact("Checking…" if page.looking else "")
        if page.looking:
            self.desk.session.proofs.want()

    def _show_found(self) -> None:
        """Show what the checks found since, and leave alone what is chosen and typed."""
        from studio.services.queries.agents import ShowAgent

        if self._page is None or not self.isVisible():
            self._old = True
            return
        page = self.desk.session.ask(ShowAgent(wait=False))
        self._wait_for_checks(page)
        if page.looking or page.draft is not self._page.draft:
            return  # what changed meanwhile is shown, and checked, of itself
        self._page = page
        self._show_rows(page)
        self.findings.follow(page.checks)
        workflow, chosen = self._workflow(), self._view.chosen_ids
        if workflow is not None:
            self.side.show_found(workflow, chosen[0] if len(chosen) == 1 else "", page.checks)
        if self.middle.is_wide:
            self.wide.show_found(page.checks)
        self.findings.follow(page.checks)

    def _show_nothing(self) -> None:
        waiting = self._page.waiting_workflows if self._page else None
        self.nothing.show_waiting(waiting.sentence if waiting else "")
        self._open = ""
        self.states.show_empty()

    def _to_proposal(self) -> None:
        """Open the first new workflow that waits to be decided."""
        if self._page and self._page.waiting_workflows:
            self.desk.open_page("review", self._page.waiting_workflows.item)

    def show_item(self, item: str) -> None:
        """Show a workflow, a step of it (`workflow/step`), a decision where it is used (`/table/row`), or a
        system (`//system`).
        """
        self._wanted = item
        self.refresh()

    def perform(self, verb: str) -> None:
        """Make a workflow, or talk with the draft."""
        if verb == "new":
            self.making.new_workflow(reusable=False)
        elif verb == "try" and not self.try_it.isChecked() and self._workflow() is not None:
            self.try_it.click()

    def _using(self, table: str) -> tuple[str, str]:
        for workflow in self._draft.workflows:
            for step in workflow.steps:
                if getattr(step, "table", None) == table:
                    return workflow.id, step.id
        return "", ""

    @property
    def _draft(self) -> Agent:
        assert self._page is not None
        return self._page.draft

    @property
    def _checks(self) -> tuple[CheckResult, ...]:
        assert self._page is not None
        return self._page.checks

    def _workflow(self) -> Workflow | None:
        return next((w for w in self._draft.workflows if w.id == self.list.current_id()), None)

    def _show(self, workflow_id: str) -> None:
        if self._page is None or self._show_system(workflow_id):
            return
        workflow = self._workflow()
        if workflow is None:
            return
        if self.middle.leave_system():
            self.beside.setCurrentWidget(self.side)
        live = next((w for w in self._page.live.workflows if w.id == workflow_id), None)
        tones: dict[str, Tone] = changed_steps(live, workflow)[1] if live else {}
        self.middle.set_title(workflow.name)
        state = (
            "new in the draft"
            if live is None
            else f"{plural(len(tones), 'step')} changed since live"
            if tones
            else ""
        )
        self.middle.show_state(state)
        self.canvas.setAccessibleName(f"Workflow {workflow.name}")
        anew, self._open = self._open != workflow_id, workflow_id
        self._drawing = True  # what is chosen is shown once, below
        self.canvas.show_drawing(drawing_of(workflow, tones), anew=anew)
        if self.as_list.isChecked():
            self.outline.show_workflow(workflow, anew=anew)
        self._drawing = False
        self._show_chosen(self._view.chosen_ids)
        self.trying.show_in(workflow, self._draft)

    def _show_system(self, row: str) -> bool:
        """Show a system where the canvas is, if the row is one; return whether it is."""
        tool = next((t for t in self._draft.tools if f"{HEAD}{t.name}" == row), None)
        if tool is None:
            return False
        if self.try_it.isChecked():
            self.try_it.click()
        self._open = ""
        self.middle.show_system(self._draft, tool)
        self.beside.setCurrentWidget(self.system.side)
        return True

    @property
    def _view(self) -> FlowEditor | Outline:
        return self.middle.view

    def _show_chosen(self, chosen: object) -> None:
        assert isinstance(chosen, tuple)
        workflow = self._workflow()
        if workflow is None or self._drawing:
            return
        if len(chosen) == 1:
            row, self._row = self._row, ""
            self.side.show_step(self._draft, workflow.id, chosen[0], self._checks, row)
            table = getattr(workflow.step(chosen[0]), "table", None)
            if self.middle.show_wide(self._draft, table, self._checks):
                self.side.decision.hide()
        else:
            self.side.show_workflow(self._draft, workflow.id, self._checks)

    def _widen(self, table_id: str) -> None:
        """Give a decision table the room of the canvas, or give it back."""
        if self.middle.widen(self._draft, table_id, self._checks):
            self.side.decision.hide()
        else:
            self._show_chosen(self._view.chosen_ids)

    def _light(self, result: CheckResult) -> None:
        """Light the way that a finding tells of, in the workflow that is shown."""
        way = [step for step in result.counterexample if step.workflow == self._open]
        if way:
            ends = [(step.step, step.label) for step in way]
            self.canvas.light({step.step for step in way}, way[-1].step, ends)

    def _show_finding(self) -> None:
        """Show what was found beside the canvas; who was trying stops."""
        if self.try_it.isChecked():
            self.try_it.click()
        self.beside.setCurrentWidget(self.findings.panel)

    # Doing

    def _wish(self, wish: Wish) -> None:
        workflow = self._workflow()
        if workflow is None:
            return
        if isinstance(wish, OnSteps) and wish.deed == "open":
            self.side.take_focus()
            return
        before = self._draft
        added = self.deeds.fulfil(before, workflow.id, wish)
        self._choose_added(added, begin=isinstance(wish, AddStep))
        if isinstance(wish, MoveSteps) and self._draft is before:
            self._show(workflow.id)  # it was refused: what was dragged goes back to where it stood

    def _choose_added(self, added: tuple[str, ...], *, begin: bool) -> None:
        if added:
            self._view.choose_many(list(added))
            if begin:
                self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _edited(self, edit: object) -> None:
        from studio.services.authoring.fields import fulfil
        from studio.services.authoring.steps import add_step

        workflow = self._workflow()
        if isinstance(edit, FieldEdit):
            self.deeds.do(lambda: fulfil(self._draft, edit))
        elif isinstance(edit, GroundWanted):
            self.deeds.do_if(ground_edit(self, self.desk, self._draft, edit))
        elif isinstance(edit, TableWanted):
            self.tables.fulfil(edit)
        elif isinstance(edit, StepWanted) and workflow is not None:
            added = self.deeds.run(
                self._draft,
                edit.workflow_id,
                lambda agent, flow: add_step(agent, flow, edit.kind, after=edit.step_id, way=edit.way),
            )
            self._choose_added(added, begin=False)

    def _behind(self) -> tuple[str, str | None]:
        """Return the step after which, and the way on which, a kind that is picked goes."""
        way = self.canvas.way if self._view is self.canvas else None
        return way if way is not None else (self._view.chosen, None)

    def _switch(self) -> None:
        """Show the canvas or the list, with the same chosen."""
        chosen = (self.canvas if self.as_list.isChecked() else self.outline).chosen_ids
        workflow = self._workflow()
        if workflow is not None and self.as_list.isChecked():
            self.outline.show_workflow(workflow, anew=True)
        self.views.setCurrentWidget(self._view)
        self._view.choose_many(list(chosen))
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _try(self) -> None:
        """Talk with the draft beside the canvas, or stop."""
        on = self.try_it.isChecked()
        if on:
            self.findings.close()
        self.beside.setCurrentWidget(self.trying.panel if on else self.side)
        workflow = self._workflow()
        if workflow is not None:
            self.trying.turn(on, workflow, self._draft)

    def _show_made(self, item: str) -> None:
        self.show_item(item)
        if not item.startswith("//"):
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
