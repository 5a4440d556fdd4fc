"""One system in the room of the canvas: what it does, takes, answers and may, and how it is rehearsed.

- It tells wishes (`edited`) and what to open (`opened`); it changes nothing itself.
- A system that steps use is not removed: first they use another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.panels.call_form_system import SystemParts, removal
from studio.desktop.panels.graph import plural
from studio.desktop.panels.mock_form import MockParts
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.form import Form, Section
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import Pane, clear_layout, row
from studio.desktop.widgets.paragraph import Link
from studio.desktop.widgets.row_list import RowItem
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.known import in_words
from studio.domain.tool import Tool
from studio.domain.workflow import Step, Workflow

HEAD = "tools/"
"""Begins the id of a system's row."""


def system_rows(draft: Agent, live: Agent) -> list[RowItem]:
    """Return the rows of the systems under their heading; a heading alone invites to make one."""
    was = {tool.name: tool for tool in live.tools}
    rows = [RowItem("", "SYSTEMS")] if draft.tools else []
    for tool in draft.tools:
        uses = len(list(users_of(draft, tool.name)))
        kind = "changes something" if tool.effect == "write" else "looks something up"
        words = f"{kind} · {plural(uses, 'step')}" if uses else f"{kind} · not used yet"
        sign: Tone = "add" if tool.name not in was else "chg" if was[tool.name] != tool else ""
        rows.append(RowItem(f"{HEAD}{tool.name}", in_words(tool.name), words, sign))
    return rows


def users_of(agent: Agent, tool: str) -> Iterator[tuple[Workflow, Step]]:
    """Yield the steps that use a system."""
    for flow in agent.workflows:
        for step in flow.steps:
            if getattr(step, "tool", None) == tool:
                yield flow, step


class SystemPanel(QWidget):
    """Edits one system; `side` says where it is used."""

    edited = Signal(object)
    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.form = Form()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.form)
        column.addStretch(1)
        self.side = Pane("This system", scroll=True)

    def show_system(self, agent: Agent, tool: Tool) -> None:
        """Show a system and where it is used."""
        system = SystemParts(agent, tool, self.edited.emit, None)
        mock = MockParts(tool, agent.records or (), self.edited.emit)
        self.form.show_parts(
            [Section("What it is", list(system.parts())), Section("When it is rehearsed", list(mock.parts()))]
        )
        self._show_users(agent, tool)

    def _show_users(self, agent: Agent, tool: Tool) -> None:
        clear_layout(self.side.body)
        uses = list(users_of(agent, tool.name))
        words = f"Used by {plural(len(uses), 'step')}." if uses else "No step uses it yet."
        self.side.body.addWidget(label(words, "muted", wrap=True))
        for flow, step in uses:
            way = join_path("workflows", flow.id, "steps", step.id)
            self.side.body.addWidget(Link(f"{flow.name}: {step.title}", partial(self.opened.emit, way)))
        remove = Button("Remove this system", lambda: self.edited.emit(removal(tool)), kind="reject")
        remove.setEnabled(not uses)
        self.side.body.addLayout(row(remove))
        if uses:
            self.side.body.addWidget(
                label("To remove it, let these steps use another system first.", "small", wrap=True)
            )
        self.side.body.addStretch(1)
