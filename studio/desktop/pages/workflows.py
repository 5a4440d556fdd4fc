"""Workflows: each is edited on the canvas or in a list of its steps, inspected beside, and tried in talk.

- Everything that changes the draft is one edit that is saved at once and can be taken back.
- What the checks find is lit on the canvas; where a conversation that is tried stands, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from studio.desktop.finding_deeds import FindingDeeds
from studio.desktop.flow_deeds import FlowDeeds
from studio.desktop.page import Page
from studio.desktop.panels.graph import KINDS, changed_steps, drawing_of, plural
from studio.desktop.panels.outline import Outline
from studio.desktop.panels.table_editor import TableEditor
from studio.desktop.panels.workflow_rows import workflow_rows
from studio.desktop.panels.workflow_side import WorkflowSide
from studio.desktop.places import way_to
from studio.desktop.table_deeds import TableDeeds
from studio.desktop.theme.tokens import Tone
from studio.desktop.try_deeds import TryDeeds
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.flow_editor import FlowEditor
from studio.desktop.widgets.flow_palette import StepPalette
from studio.desktop.widgets.flow_wishes import AddStep, MoveSteps, OnSteps, Wish
from studio.desktop.widgets.labels import Chip
from studio.desktop.widgets.pane import Pane, group, panes, scrolled
from studio.desktop.widgets.row_list import RowList
from studio.desktop.widgets.states import EmptyState
from studio.domain.edit import FieldEdit, StepWanted
from studio.domain.table_edit import TableWanted
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.domain.agent import Agent
    from studio.domain.check import CheckResult
    from studio.domain.workflow import Workflow
    from studio.services.queries.agents import AgentPage

ROOMY = 620
"""From this width on, how a workflow stands to the live version is said beside its name."""


class WorkflowsPage(Page):
    """The procedures."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(("agent", "decision", "history"))

    def build(self) -> QWidget:
        """Lay out the list with the kinds of steps, the canvas, and what stands beside it."""
        self._page: AgentPage | None = None
        self._wanted = self._row = self._open = self._state = ""
        self._drawing = False
        self.deeds = FlowDeeds(self, self.desk)
        self.canvas, self.outline = FlowEditor("Workflow", KINDS), Outline(KINDS)
        self.side = WorkflowSide()
        self.tables = TableDeeds(self, self.deeds, lambda: self._draft)
        self.trying = TryDeeds(self.desk, self.canvas)
        self.beside = QStackedWidget()
        self.beside.addWidget(self.side)
        self.beside.addWidget(self.trying.panel)
        self.findings = FindingDeeds(self.desk, lambda: self._draft)
        self.beside.addWidget(self.findings.panel)
        return panes((self._left(), self._middle(), self.beside), (232, 662, 358), 1)

    def _left(self) -> QWidget:
        self.list_pane = Pane("Workflows", padded=False)
        self.list = RowList("Workflows")
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.plus = Button("", self._show_new_menu, icon="plus", name="New workflow or reusable block")
        self.checking = Chip()
        self.list_pane.add_head(self.checking, self.plus)
        self.palette_ = StepPalette(KINDS)
        heading = group("Add a step")
        heading.setContentsMargins(14, 8, 0, 4)
        self.list_pane.body.addWidget(self.list, 1)
        self.list_pane.body.addWidget(heading)
        self.list_pane.body.addWidget(self.palette_)
        return self.list_pane

    def _middle(self) -> QWidget:
        self.middle = Pane("", padded=False)
        self.state = Chip()
        self.undo = Button("Undo", lambda: self.desk.run_action("edit.undo"))
        self.tidy = Button("Tidy", self._tidy, name="Tidy the workflow")
        self.as_list = Button("List", self._switch, name="Show the steps as a list")
        self.try_it = Button("Try it", self._try, name="Try it: talk with the draft")
        for button in (self.as_list, self.try_it):
            button.setCheckable(True)
        fit = Button("Fit", self.canvas.fit, name="Fit the workflow to the view")
        self.middle.add_head(self.state, self.undo, self.tidy, fit, self.as_list, self.try_it)
        self.views = QStackedWidget()
        self.views.addWidget(self.canvas)
        self.views.addWidget(self.outline)
        self.wide = TableEditor(wide=True)
        self.table_room = scrolled(self.wide)
        self.views.addWidget(self.table_room)
        self.middle.body.addWidget(self.views)
        return self.middle

    def empty_state(self) -> QWidget:
        """Say where workflows come from."""
        self.decide = Button("Decide what is proposed", self._to_proposal, kind="primary")
        # One button stands out: deciding where something waits, otherwise making.
        self.make = Button("Make a workflow", lambda: self._new(reusable=False), kind="primary")
        self.make_too = Button("Make a workflow", lambda: self._new(reusable=False))
        self.nothing = EmptyState(
            "workflows",
            "The agent has no workflow yet",
            "",
            self.decide,
            self.make,
            self.make_too,
            Button("Add a document", lambda: self.desk.open_page("sources", verb="add")),
        )
        return self.nothing

    def wire(self) -> None:
        """Listen to list, canvas, outline, the kinds of steps, and what stands beside."""
        self.list.chosen.connect(self._show)
        self.desk.session.proofs.found.connect(self._show_found)
        self.list.customContextMenuRequested.connect(self._show_list_menu)
        self.palette_.picked.connect(lambda kind: self._wish(AddStep(kind, *self._behind())))
        for view in (self.canvas, self.outline):
            view.asked.connect(self._wish)
            view.chosen_changed.connect(self._show_chosen)
        self.side.edited.connect(self._edited)
        self.side.opened.connect(lambda path: self.desk.open_page(*way_to(path)))
        self.side.cited.connect(self.show_cited)
        self.side.wanted.connect(self.findings.do)
        self.findings.lit.connect(self._light)
        self.findings.unlit.connect(lambda: self.canvas.light(()))
        self.findings.shown.connect(self._show_finding)
        self.findings.closed.connect(lambda: self.beside.setCurrentWidget(self.side))
        for editor in (self.side.decision, self.wide):
            self.tables.serve(editor)
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
        if not page.draft.workflows and not page.draft.tables:
            self._show_nothing()
            return
        self.undo.setEnabled(page.undo_title is not None)
        self.undo.setToolTip(f"Undo: {page.undo_title} (Ctrl+Z)" if page.undo_title else "Nothing to undo")
        self._show_rows(page)
        wanted, self._wanted = self._wanted, ""
        workflow, _, step = wanted.partition("/")
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
        self.list.show_rows(workflow_rows(page.draft, page.live, page.checks, looking=page.looking))

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
        if self.views.currentWidget() is self.table_room:
            self.wide.show_found(page.checks)
        self.findings.follow(page.checks)

    def _show_nothing(self) -> None:
        waiting = self._page.waiting_workflows if self._page else None
        words = "Make one by hand, or add a document that tells how the work is done."
        for button, seen in ((self.decide, waiting), (self.make, not waiting), (self.make_too, waiting)):
            button.setVisible(bool(seen))
        if waiting:
            words = waiting.sentence
        self.nothing.say("The agent has no workflow yet", words)
        self._open = ""
        self.states.show_empty()

    def _to_proposal(self) -> None:
        """Open the first new workflow that waits to be decided."""
        if self._page and self._page.waiting_workflows:
            self.desk.open_page("review", self._page.waiting_workflows.item)

    def show_item(self, item: str) -> None:
        """Show a workflow, a step of it (`workflow/step`), or a decision where it is used (`/table/row`)."""
        self._wanted = item
        self.refresh()

    def perform(self, verb: str) -> None:
        """Make a workflow, or talk with the draft."""
        if verb == "new":
            self._new(reusable=False)
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
        workflow = self._workflow() if self._page is not None else None
        if workflow is None or self._page is None:
            return
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
        self._state = state
        self._show_state()
        self.canvas.setAccessibleName(f"Workflow {workflow.name}")
        anew, self._open = self._open != workflow_id, workflow_id
        self._drawing = True  # what is chosen is shown once, below
        self.canvas.show_drawing(drawing_of(workflow, tones), anew=anew)
        if self.as_list.isChecked():
            self.outline.show_workflow(workflow, anew=anew)
        self._drawing = False
        self._show_chosen(self._view.chosen_ids)
        self.trying.show_in(workflow, self._draft)

    def _show_state(self) -> None:
        """Say how the workflow stands to the live version, where there is room for it."""
        roomy = self.middle.width() >= ROOMY
        self.state.show_fact(self._state if roomy else "", "acc" if self._state else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give a small window's room to the buttons."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._show_state)  # the panes have their new widths then

    @property
    def _view(self) -> FlowEditor | Outline:
        return self.outline if self.as_list.isChecked() else self.canvas

    def _show_chosen(self, chosen: object) -> None:
        assert isinstance(chosen, tuple)
        workflow = self._workflow()
        if workflow is None or self._drawing:
            return
        if len(chosen) == 1:
            row, self._row = self._row, ""
            self.side.show_step(self._draft, workflow.id, chosen[0], self._checks, row)
            self._show_wide(getattr(workflow.step(chosen[0]), "table", None))
        else:
            self.side.show_workflow(self._draft, workflow.id, self._checks)

    def _widen(self, table_id: str) -> None:
        """Give a decision table the room of the canvas, or give it back."""
        if self.views.currentWidget() is self.table_room:
            self.views.setCurrentWidget(self._view)
            self._show_chosen(self._view.chosen_ids)
        else:
            self.views.setCurrentWidget(self.table_room)
            self._show_wide(table_id)
            self.wide.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_wide(self, table_id: str | None) -> None:
        if self.views.currentWidget() is not self.table_room:
            return
        if table_id is None:
            self.views.setCurrentWidget(self._view)
        else:
            self.wide.show_table(self._draft, table_id, self._checks)
            self.side.decision.hide()

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

    def _tidy(self) -> None:
        """Lay out anew what is chosen; with nothing chosen, say what stands where people put it."""
        chosen = self.canvas.chosen_ids
        workflow = self._workflow()
        if workflow is None:
            return
        placed = [step.id for step in workflow.steps if step.place]
        if any(step in placed for step in chosen):
            self._wish(OnSteps("lay out", chosen))
            return
        self.canvas.fit()
        if not placed:
            self.desk.tell("Every step stands where the layout puts it.", "ok")
            return
        told = f"Tidy: {plural(len(placed), 'step')} left where people put them."
        self.desk.tell(told, "", "Lay them out, too", lambda: self._wish(OnSteps("lay out", tuple(placed))))

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

    def _new(self, *, reusable: bool) -> None:
        made = self.deeds.new_workflow(self._draft, reusable=reusable)
        if made:
            self.show_item(made)
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_new_menu(self) -> None:
        menu = QMenu(self)
        menu.addAction("New workflow…").triggered.connect(lambda: self._new(reusable=False))
        menu.addAction("New reusable block…").triggered.connect(lambda: self._new(reusable=True))
        menu.popup(self.plus.mapToGlobal(QPoint(0, self.plus.height())), menu.actions()[0])

    def _show_list_menu(self, at: QPoint) -> None:
        if not self.list.current_id():
            return
        menu = QMenu(self)
        for deed, words in (("rename", "Rename…"), ("duplicate", "Duplicate"), ("delete", "Delete")):
            menu.addAction(words).triggered.connect(lambda _=False, deed=deed: self._on_workflow(deed))
        menu.popup(self.list.viewport().mapToGlobal(at), menu.actions()[0])

    def _on_workflow(self, deed: str) -> None:
        shown = self.deeds.on_workflow(self._draft, self.list.current_id(), deed)
        if shown and deed == "duplicate":
            self.show_item(shown)
