"""Workflows: each as a graph of steps, with the chosen step's words, decision, ground and failure path."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QWidget

from studio.desktop.page import Page
from studio.desktop.panels.evidence import EvidenceCard, ProofCard, Quoted
from studio.desktop.panels.graph import KIND_WORDS, changed_steps, plural, steps_of, ways_of
from studio.desktop.panels.step import DecisionCard, step_lines
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.flow_canvas import FlowCanvas
from studio.desktop.widgets.labels import Chip
from studio.desktop.widgets.pane import Pane, clear_layout, panes
from studio.desktop.widgets.row_list import RowItem, RowList
from studio.desktop.widgets.states import EmptyState
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.domain.workflow import Step, Workflow
    from studio.services.queries.agents import AgentPage


class WorkflowsPage(Page):
    """The procedures, read-only."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(("agent", "decision", "history"))

    def build(self) -> QWidget:
        """Lay out the list, the canvas and the step."""
        self._page: AgentPage | None = None
        self._wanted = self._row = ""
        self.list_pane = Pane("Workflows", padded=False)
        self.list = RowList("Workflows")
        self.list_pane.body.addWidget(self.list)
        self.middle = Pane("", padded=False)
        self.state = Chip()
        self.canvas = FlowCanvas("Workflow")
        self.middle.add_head(
            self.state, Button("Fit", self.canvas.fit, icon="fit", name="Fit the workflow to the view")
        )
        self.middle.body.addWidget(self.canvas)
        self.side = Pane("Step", scroll=True)
        return panes((self.list_pane, self.middle, self.side), (232, 662, 358), 1)

    def empty_state(self) -> QWidget:
        """Say where workflows come from."""
        return EmptyState(
            "workflows",
            "The agent has no workflow yet",
            "Add a document that tells how the work is done; CoBuilder proposes its steps.",
            Button("Add a document", lambda: self.desk.open_page("sources", verb="add"), kind="primary"),
        )

    def wire(self) -> None:
        """Listen to list and canvas."""
        self.list.chosen.connect(self._open)
        self.canvas.step_chosen.connect(self._show_step)

    def first_focus(self) -> QWidget:
        """Return the list."""
        return self.list

    def fill(self) -> None:
        """Ask for the agent."""
        from studio.services.queries.agents import ShowAgent

        page = self._page = self.desk.session.ask(ShowAgent())
        if not page.draft.workflows and not page.draft.tables:
            self.states.show_empty()
            return
        self.list.show_rows(self._rows(page))
        wanted, self._wanted = self._wanted, ""
        workflow, _, step = wanted.partition("/")
        if not workflow and step:
            table, _, self._row = step.partition("/")
            workflow, step = self._using(table)
        if not (workflow and self.list.choose(workflow, tell=False)) and not self.list.current_id():
            self.list.choose_first()
        self._open(self.list.current_id())
        if step:
            self.canvas.choose(step)

    def show_item(self, item: str) -> None:
        """Show a workflow, a step of it (`workflow/step`), or a decision where it is used (`/table/row`)."""
        self._wanted = item
        self.refresh()

    def _using(self, table: str) -> tuple[str, str]:
        assert self._page is not None
        for workflow in self._page.draft.workflows:
            for step in workflow.steps:
                if getattr(step, "table", None) == table:
                    return workflow.id, step.id
        return "", ""

    def _rows(self, page: AgentPage) -> list[RowItem]:
        was = {w.id: w for w in page.live.workflows}
        items: list[RowItem] = []
        for reusable in (False, True):
            found = [w for w in page.draft.workflows if w.reusable == reusable]
            if reusable and found:
                items.append(RowItem("", "REUSABLE BLOCKS"))
            for workflow in found:
                broken = [
                    c for c in page.checks if c.status == "broken" and f"workflows/{workflow.id}" in c.path
                ]
                words = plural(len(workflow.steps), "step") + (f" · {len(broken)} to mend" if broken else "")
                sign: Tone = (
                    "add" if workflow.id not in was else "chg" if was[workflow.id] != workflow else ""
                )
                mark: Tone = "bad" if broken else "ok"
                said = "checks found something" if broken else "all checks hold"
                items.append(RowItem(workflow.id, workflow.name, words, sign, mark=mark, mark_words=said))
        return items

    def _workflow(self) -> Workflow:
        assert self._page is not None
        return next(w for w in self._page.draft.workflows if w.id == self.list.current_id())

    def _open(self, workflow_id: str) -> None:
        if self._page is None or not workflow_id:
            return
        workflow = self._workflow()
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
        self.state.show_fact(state, "acc" if state else "")
        self.canvas.setAccessibleName(f"Workflow {workflow.name}")
        self.canvas.show_flow(steps_of(workflow, tones), ways_of(workflow))
        self._show_workflow(workflow)

    def _show_workflow(self, workflow: Workflow) -> None:
        assert self._page is not None
        self.side.set_title("This workflow")
        clear_layout(self.side.body)
        starts = Card("Starts when the customer wants")
        starts.say(workflow.intent or "Nothing is said yet.", muted=not workflow.intent)
        for example in workflow.examples[:4]:
            starts.say(f"“{example}”", muted=True)
        self.side.body.addWidget(starts)
        if workflow.slots:
            facts = Card("Facts it collects")
            for slot in workflow.slots:
                facts.say(f"{slot.label} · {slot.type}")
            self.side.body.addWidget(facts)
        broken = [
            c for c in self._page.checks if c.status == "broken" and f"workflows/{workflow.id}" in c.path
        ]
        if broken:
            self.side.body.addWidget(ProofCard("Checks found", broken, ()))
        hint = Card()
        hint.say(
            "Choose a step to see what it says, what it stands on, and what happens if it fails.", muted=True
        )
        self.side.body.addWidget(hint)
        self.side.body.addStretch(1)

    def _show_step(self, step_id: str) -> None:
        assert self._page is not None
        workflow = self._workflow()
        step: Step = workflow.step(step_id)
        self.side.set_title(f"{KIND_WORDS[step.kind]} · {step.title}")
        clear_layout(self.side.body)
        table_id = getattr(step, "table", None)
        table = next((t for t in self._page.draft.tables if t.id == table_id), None)
        if table is not None:
            self.side.body.addWidget(DecisionCard(table, self.show_cited, self._row))
            self._row = ""
        titles = {s.id: s.title for s in workflow.steps}
        for title, lines in step_lines(step, titles):
            card = Card(title)
            for line in lines:
                card.say(line)
            self.side.body.addWidget(card)
        place = f"workflows/{workflow.id}/steps/{step_id}"
        about = (place, f"tables/{table_id}") if table_id else (place,)
        broken = [c for c in self._page.checks if c.status == "broken" and c.path.startswith(about)]
        if broken:
            self.side.body.addWidget(ProofCard("Checks found", broken, ()))
        for citation in step.citations:
            self.side.body.addWidget(EvidenceCard(Quoted(citation, ""), self.show_cited))
        self.side.body.addStretch(1)
