"""What a person does with the list of workflows: make, rename, duplicate and delete them; make a system."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.flow_deeds import FlowDeeds
from studio.desktop.panels.call_form_system import new_system
from studio.desktop.panels.graph import plural
from studio.desktop.panels.system_panel import HEAD
from studio.desktop.widgets.flow_wishes import OnSteps, Wish
from studio.desktop.widgets.row_list import RowList
from studio.domain.changeset import join_path
from studio.domain.edit import wish

if TYPE_CHECKING:
    from studio.desktop.widgets.flow_editor import FlowEditor
    from studio.domain.agent import Agent
    from studio.domain.workflow import Workflow

_TAKEN = "Give a system a name of letters that no other system has."


class FlowListDeeds:
    """Does them; `draft` gives the agent as it stands, `show` is told the item to show then."""

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        deeds: FlowDeeds,
        draft: Callable[[], Agent],
        show: Callable[[str], object],
    ) -> None:
        self._parent, self._desk, self._deeds = parent, desk, deeds
        self._draft, self._show = draft, show

    def new_menu(self, under: QWidget) -> None:
        """Offer what can be made."""
        menu = QMenu(self._parent)
        menu.addAction("New workflow…").triggered.connect(lambda: self.new_workflow(reusable=False))
        menu.addAction("New reusable block…").triggered.connect(lambda: self.new_workflow(reusable=True))
        menu.addAction("New system…").triggered.connect(lambda: self.new_system())
        menu.popup(under.mapToGlobal(QPoint(0, under.height())), menu.actions()[0])

    def item_menu(self, rows: RowList, at: QPoint) -> None:
        """Offer what can be done with the workflow that is chosen."""
        chosen = rows.current_id()
        if not chosen or chosen.startswith(HEAD):
            return
        menu = QMenu(self._parent)
        for deed, words in (("rename", "Rename…"), ("duplicate", "Duplicate"), ("delete", "Delete")):
            menu.addAction(words).triggered.connect(lambda _=False, deed=deed: self._do(chosen, deed))
        menu.popup(rows.viewport().mapToGlobal(at), menu.actions()[0])

    def _do(self, workflow: str, deed: str) -> None:
        shown = self._deeds.on_workflow(self._draft(), workflow, deed)
        if shown and deed == "duplicate":
            self._show(shown)

    def new_workflow(self, *, reusable: bool) -> None:
        """Ask for a name and make a workflow or a block."""
        if made := self._deeds.new_workflow(self._draft(), reusable=reusable):
            self._show(made)

    def new_system(self) -> None:
        """Ask for a name and make a system, whether or not a step uses it yet."""
        from studio.services.authoring.fields import fulfil

        text = "Name what is asked of it: “Get order”. Steps can use it then."
        words = " ".join((dialogs.ask_text(self._parent, "New system", text, "Make it") or "").split())
        tool = new_system(self._draft(), words) if words else None
        if tool is None:
            if words:
                self._desk.tell(_TAKEN, "warn")
            return
        path = join_path("tools", tool.name)
        if self._deeds.do(lambda: fulfil(self._draft(), wish(path, tool, f"Add the system “{words}”"))):
            self._show(f"//{tool.name}")

    def tidy(self, workflow: Workflow | None, canvas: FlowEditor, ask: Callable[[Wish], object]) -> None:
        """Lay out anew what is chosen; with nothing chosen, say what stands where people put it."""
        if workflow is None:
            return
        placed = [step.id for step in workflow.steps if step.place]
        if any(step in placed for step in canvas.chosen_ids):
            ask(OnSteps("lay out", canvas.chosen_ids))
            return
        canvas.fit()
        if not placed:
            self._desk.tell("Every step stands where the layout puts it.", "ok")
            return
        told = f"Tidy: {plural(len(placed), 'step')} left where people put them."
        self._desk.tell(told, "", "Lay them out, too", lambda: ask(OnSteps("lay out", tuple(placed))))
