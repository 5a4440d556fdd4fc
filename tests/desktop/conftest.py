"""A window on a copy of a real workspace: the sample, its new policy read, proposed and simulated once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.assembly import new_from_sample, open_workbench, sample
from studio.desktop.dock import Dock
from studio.desktop.main import dress
from studio.desktop.window import Window
from studio.domain.agent import Agent
from studio.services.commands import AcceptRemaining
from studio.services.queries.sources import ListSources
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.services.stages.simulating import Simulate
from studio.settings import Settings
from tests.desktop.form_host import Host

SAMPLE = "returns_assistant"
EDITS = (
    ("within 45 days of delivery", "within 60 days of delivery"),
    ("Never ask a customer for a full card number.", "Do not ever request the complete number of a card."),
)
Found = TypeVar("Found", bound=QWidget)


class Hands:
    """Clicks, types, drops files, and answers dialogs, as a person would."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self.qtbot, self.window = qtbot, window
        self.answered: list[QDialog] = []

    def find(self, kind: type[Found], words: str, inside: QWidget | None = None) -> Found | None:
        """Return the visible, enabled widget whose text or accessible name begins with these words."""
        for widget in (inside or self.window).findChildren(kind):
            said = [widget.accessibleName(), widget.text() if isinstance(widget, QAbstractButton) else ""]
            if widget.isVisible() and widget.isEnabled() and any(s.startswith(words) for s in said if s):
                return widget
        return None

    def named(self, kind: type[Found], words: str, inside: QWidget | None = None) -> Found:
        """Return the widget that is called so, as soon as it is in sight."""
        self.wait(lambda: self.find(kind, words, inside) is not None)
        found = self.find(kind, words, inside)
        assert found is not None
        return found

    def press(self, words: str, inside: QWidget | None = None) -> None:
        """Click the button with these words."""
        button = self.named(QAbstractButton, words, inside)
        self.bring_into_view(button)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def bring_into_view(self, widget: QWidget) -> None:
        """Scroll to a widget that lies below the fold, once it is laid out."""
        if widget.height():
            return
        self.wait(widget.height)
        around = widget.parentWidget()
        while around is not None:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(widget)
            around = around.parentWidget()

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key on whatever has the keyboard; a dialog that closed gives it back to the window."""
        if QApplication.activeModalWidget() is None and not self.window.isActiveWindow():
            self.window.activateWindow()  # a window manager does this, the offscreen platform does not
            self.wait(self.window.isActiveWindow)
        QTest.keyClick(QApplication.focusWidget() or self.window, key, held)

    def wait(self, is_so: Callable[[], object]) -> None:
        """Wait until something is so."""
        self.qtbot.waitUntil(lambda: bool(is_so()), timeout=120_000)

    def done(self) -> None:
        """Wait until no job runs."""
        self.wait(lambda: not self.window.session.busy)

    def says(self, inside: QWidget) -> str:
        """Return every word in sight there."""
        QApplication.processEvents()  # what was just put there is shown then
        return "\n".join(w.text() for w in inside.findChildren(QLabel) if w.isVisibleTo(inside))

    def then(self, *acts: Callable[[Any], None]) -> None:
        """Answer the dialogs that open next, one after the other."""
        waiting, seen = list(acts), list(self.answered)

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            if isinstance(dialog, QDialog) and dialog not in seen:
                seen.append(dialog)
                self.answered.append(dialog)
                try:
                    waiting.pop(0)(dialog)
                except BaseException:
                    dialog.reject()  # else the test would wait for it for ever
                    raise
            if waiting:
                QTimer.singleShot(10, look)

        QTimer.singleShot(0, look)

    def choose(self, path: Path) -> Callable[[QFileDialog], None]:
        """Return the answer to a dialog for files or folders: give the path, press Enter."""

        def act(dialog: QFileDialog) -> None:
            field = dialog.findChild(QLineEdit, "fileNameEdit")
            assert field is not None
            dialog.setDirectory(str(path.parent))
            field.setText(str(path))
            QTest.keyClick(field, Qt.Key.Key_Return)

        return act

    def write(self, words: str, button: str) -> Callable[[QDialog], None]:
        """Return the answer to a dialog that asks for words."""

        def act(dialog: QDialog) -> None:
            field = dialog.findChild(QPlainTextEdit)
            assert field is not None
            QTest.keyClicks(field, words)
            self.press(button, dialog)

        return act

    def drop(self, onto: QWidget, *paths: Path) -> bool:
        """Drag files over a widget and let them go; return whether they were welcome."""
        data, left, none = QMimeData(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        enter = QDragEnterEvent(QPoint(20, 20), Qt.DropAction.CopyAction, data, left, none)
        QApplication.sendEvent(onto, enter)
        if enter.isAccepted():
            drop = QDropEvent(QPointF(20, 20), Qt.DropAction.CopyAction, data, left, none)
            QApplication.sendEvent(onto, drop)
        return enter.isAccepted()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a proposal nobody has decided on, and a simulation; made once."""
    folder = tmp_path_factory.mktemp("prepared") / "workspace"
    bench = new_from_sample(folder, SAMPLE, Settings(name="Ana Silva"))
    bench.run(ReadSource(**sample(SAMPLE).new_document.as_job()))
    bench.run(Propose(bench.ask(ListSources()).rows[-1].id))
    bench.run(Simulate(customers=1))
    bench.close()
    return folder


@pytest.fixture
def dressed(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> QApplication:
    """The application in the light theme, with settings of its own."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    dress(qapp, Settings(name="Ana Silva"))
    return qapp


@pytest.fixture
def bare(dressed: QApplication, qtbot: QtBot) -> Iterator[Window]:
    """The window as it opens, without a workspace."""
    window = Window(Settings(name="Ana Silva"))
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window, 30_000)
    window.open_page("home")
    yield window
    window.session.use(None)
    window.close()


@pytest.fixture
def window(bare: Window, prepared: Path, tmp_path: Path) -> Window:
    """The window on a fresh copy of the prepared workspace."""
    folder = tmp_path / "workspace"
    shutil.copytree(prepared, folder)
    bare.session.use(open_workbench(folder, Settings(name="Ana Silva")))
    bare.open_page("home")
    return bare


@pytest.fixture
def dock(window: Window) -> Dock:
    """The dock beside Home, on the prepared workspace."""
    window.open_page("home")
    return window.dock


@pytest.fixture(scope="session")
def governed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with work of every kind: its new policy was taken over, then came again with edits."""
    folder = tmp_path_factory.mktemp("governed") / "workspace"
    bench = new_from_sample(folder, SAMPLE, Settings(name="Ana Silva"))
    job = sample(SAMPLE).new_document.as_job()
    bench.run(ReadSource(**job))
    bench.do(AcceptRemaining(bench.run(Propose("S-03")).id))
    text = job["data"].decode()
    for before, after in EDITS:
        assert before in text
        text = text.replace(before, after)
    bench.run(ReadSource(job["file_name"], text.encode()))
    bench.close()
    return folder


@pytest.fixture
def governed(bare: Window, governed_once: Path, tmp_path: Path) -> Window:
    """The window at the sources of a fresh copy of the governed workspace."""
    folder = tmp_path / "governed"
    shutil.copytree(governed_once, folder)
    bare.session.use(open_workbench(folder, Settings(name="Ana Silva")))
    bare.open_page("sources")
    return bare


@pytest.fixture
def hands(bare: Window, qtbot: QtBot) -> Hands:
    """A person's hands on the window."""
    return Hands(qtbot, bare)


@pytest.fixture(scope="session")
def returns(repository: Path) -> Agent:
    """The returns assistant, as it ships."""
    text = (repository / "sample_projects" / SAMPLE / "agent.json").read_text(encoding="utf-8")
    return Agent.model_validate(json.loads(text))


@pytest.fixture
def host(dressed: QApplication, qtbot: QtBot, returns: Agent) -> Host:
    """The inspector alone, on the returns assistant."""
    return Host(qtbot, returns)
