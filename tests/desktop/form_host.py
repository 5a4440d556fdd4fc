"""A host for the inspector in tests: it does with the form what the page does, with real clicks and keys."""

from __future__ import annotations

from typing import Any, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.desktop.panels.step_form import StepForm
from studio.desktop.theme.current import theme
from studio.desktop.widgets.form_fields import Combo
from studio.desktop.widgets.pane import Pane
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.edit import FieldEdit, StepWanted
from studio.domain.workflow import Workflow
from studio.services.authoring.fields import fulfil

Found = TypeVar("Found", bound=QWidget)
PATIENCE = 30_000


class Host:
    """Holds a form as the page does: fulfils what it wishes, and shows the draft again."""

    def __init__(self, qtbot: QtBot, agent: Agent) -> None:
        self.qtbot, self.agent = qtbot, agent
        self.first = agent
        self.form = StepForm()
        self.pane = Pane("Step", scroll=True)
        self.pane.body.addWidget(self.form)
        theme().dress(self.pane)
        qtbot.addWidget(self.pane)
        self.pane.resize(358, 1400)
        self.pane.show()
        self.pane.activateWindow()
        assert QTest.qWaitForWindowActive(self.pane, PATIENCE)
        self.done: list[ChangeSet] = []
        self.wanted: list[StepWanted] = []
        self.opened: list[str] = []
        self.form.edited.connect(self._take)
        self.form.opened.connect(self.opened.append)
        self.at = ("", "")

    def show(self, flow: str, step: str = "") -> Host:
        """Show a step, or the workflow."""
        self.at = (flow, step)
        if step:
            self.form.show_step(self.agent, flow, step)
        else:
            self.form.show_workflow(self.agent, flow)
        QApplication.processEvents()
        return self

    def _take(self, wish: FieldEdit | StepWanted) -> None:
        if isinstance(wish, StepWanted):
            self.wanted.append(wish)
            return
        changes = fulfil(self.agent, wish)
        self.done.append(changes)
        self.agent = apply(self.agent, changes)
        self.show(*self.at)

    def undo(self) -> None:
        """Take the last change back, as the history does."""
        self.agent = apply(self.agent, self.done.pop().inverse())
        self.show(*self.at)

    def find(self, kind: type[Found], name: str) -> Found:
        """Return the visible widget with this accessible name (or the words of a button)."""

        def found() -> list[Found]:
            return [
                w
                for w in self.pane.findChildren(kind)
                if w.isVisible()
                and (w.accessibleName() or (w.text() if isinstance(w, QAbstractButton) else "")) == name
            ]

        self.qtbot.waitUntil(lambda: bool(found()), timeout=PATIENCE)
        return found()[0]

    def press(self, name: str) -> None:
        """Click a button."""
        button = self.find(QAbstractButton, name)
        where = QPoint(8, button.height() // 2) if isinstance(button, QCheckBox) else button.rect().center()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=where)
        QApplication.processEvents()

    def write(self, name: str, words: str, key: Qt.Key | None = Qt.Key.Key_Return) -> None:
        """Replace what stands in a line, and press a key."""
        line = self.find(QLineEdit, name)
        QTest.mouseClick(line, Qt.MouseButton.LeftButton)
        line.selectAll()
        QTest.keyClicks(line, words) if words else QTest.keyClick(line, Qt.Key.Key_Delete)
        if key is not None:
            QTest.keyClick(line, key)
        QApplication.processEvents()

    def choose(self, name: str, words: str) -> None:
        """Choose in a list by typing how it begins."""
        box = self.find(Combo, name)
        box.setFocus()
        at = box.findText(words, Qt.MatchFlag.MatchStartsWith)
        assert at >= 0, [box.itemText(n) for n in range(box.count())]
        box.showPopup()
        view = box.view()
        view.scrollTo(box.model().index(at, 0))
        where = view.visualRect(box.model().index(at, 0)).center()
        QTest.mouseMove(view.viewport(), where)
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
        QApplication.processEvents()

    def says(self) -> str:
        """Return every word in sight."""
        QApplication.processEvents()
        return "\n".join(w.text() for w in self.pane.findChildren(QLabel) if w.isVisible())

    def value(self, flow: str, step: str, name: str) -> Any:
        """Return a field of a step of the draft."""
        return getattr(self.agent.workflow(flow).step(step), name)

    def flow(self, flow: str) -> Workflow:
        """Return a workflow of the draft."""
        return self.agent.workflow(flow)
