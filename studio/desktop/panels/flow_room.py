"""The room in the middle of Workflows: the canvas, the list of steps, a wide decision table, or a system.

- The buttons of its head are shown for a workflow only; what they do is the page's.
"""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget

from studio.desktop.panels.graph import KINDS
from studio.desktop.panels.outline import Outline
from studio.desktop.panels.system_panel import SystemPanel
from studio.desktop.panels.table_editor import TableEditor
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.flow_editor import FlowEditor
from studio.desktop.widgets.labels import Chip
from studio.desktop.widgets.pane import Pane, scrolled
from studio.domain.agent import Agent
from studio.domain.check import CheckResult
from studio.domain.known import in_words
from studio.domain.tool import Tool

ROOMY = 620
"""From this width on, how a workflow stands to the live version is said beside its name."""


class FlowRoom(Pane):
    """Holds the views of a workflow, and that of a system."""

    def __init__(self) -> None:
        super().__init__("", padded=False)
        self._state = ""
        self.canvas, self.outline = FlowEditor("Workflow", KINDS), Outline(KINDS)
        self.wide, self.system = TableEditor(wide=True), SystemPanel()
        self.state = Chip()
        self.undo = Button("Undo")
        self.tidy = Button("Tidy", name="Tidy the workflow")
        fit = Button("Fit", self.canvas.fit, name="Fit the workflow to the view")
        self.as_list = Button("List", name="Show the steps as a list")
        self.try_it = Button("Try it", name="Try it: talk with the draft")
        for button in (self.as_list, self.try_it):
            button.setCheckable(True)
        self._tools = (self.tidy, fit, self.as_list, self.try_it)
        self.add_head(self.state, self.undo, *self._tools)
        self.views = QStackedWidget()
        self.table_room, self.system_room = scrolled(self.wide), scrolled(self.system)
        for each in (self.canvas, self.outline, self.table_room, self.system_room):
            self.views.addWidget(each)
        self.body.addWidget(self.views)

    @property
    def view(self) -> FlowEditor | Outline:
        """Return the canvas or the list, whichever a workflow is shown in."""
        return self.outline if self.as_list.isChecked() else self.canvas

    @property
    def is_wide(self) -> bool:
        """Return whether a decision table has the room."""
        return self.views.currentWidget() is self.table_room

    def show_state(self, words: str) -> None:
        """Say how the workflow stands to the live version, where there is room for it."""
        self._state = words
        roomy = self.width() >= ROOMY
        self.state.show_fact(words if roomy else "", "acc" if words else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give a small window's room to the buttons."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, lambda: self.show_state(self._state))  # the panes have their widths then

    # A decision table

    def widen(self, agent: Agent, table: str, checks: Collection[CheckResult]) -> bool:
        """Give a decision table the room, or give it back; return whether it has it now."""
        if self.is_wide:
            self.views.setCurrentWidget(self.view)
            return False
        self.views.setCurrentWidget(self.table_room)
        self.show_wide(agent, table, checks)
        self.wide.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def show_wide(self, agent: Agent, table: str | None, checks: Collection[CheckResult]) -> bool:
        """Show a decision table in the room it was given; without one, the room is given back."""
        if not self.is_wide:
            return False
        if table is None:
            self.views.setCurrentWidget(self.view)
            return False
        self.wide.show_table(agent, table, list(checks))
        return True

    # A system

    def show_system(self, agent: Agent, tool: Tool) -> None:
        """Show a system; the buttons for a workflow go."""
        self.set_title(f"System · {in_words(tool.name)}")
        self.show_state("")
        self.system.show_system(agent, tool)
        self.views.setCurrentWidget(self.system_room)
        for button in self._tools:
            button.hide()

    def leave_system(self) -> bool:
        """Show the workflow's views again; return whether a system was shown."""
        if self.views.currentWidget() is not self.system_room:
            return False
        self.views.setCurrentWidget(self.view)
        for button in self._tools:
            button.show()
        return True
