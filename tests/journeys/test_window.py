"""The main job through the window, with real clicks and keys: the same bundle as the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.desktop.main import dress
from studio.desktop.widgets.row_list import RowList
from studio.desktop.window import Window
from studio.settings import Settings, load_settings, save_settings

Found = TypeVar("Found", bound=QWidget)
PASSPHRASE = "correct horse battery"


def find(inside: QWidget, kind: type[Found], words: str) -> Found | None:
    """Return the visible, enabled widget whose text or accessible name begins with these words, or None."""
    for widget in inside.findChildren(kind):
        said = [widget.accessibleName(), widget.text() if isinstance(widget, QAbstractButton) else ""]
        if widget.isVisible() and widget.isEnabled() and any(s.startswith(words) for s in said if s):
            return widget
    return None


def named(inside: QWidget, kind: type[Found], words: str) -> Found:
    """Return the widget that is called so."""
    found = find(inside, kind, words)
    assert found is not None, f"nothing in sight is called “{words}”"
    return found


class Hands:
    """Clicks, types, and answers dialogs, as a person would."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self.qtbot, self.window = qtbot, window

    def press(self, words: str, inside: QWidget | None = None) -> None:
        """Click the button with these words, as soon as it is in sight."""
        place = inside or self.window
        self.wait(lambda: find(place, QAbstractButton, words))
        QTest.mouseClick(named(place, QAbstractButton, words), Qt.MouseButton.LeftButton)

    def key(self, key: Qt.Key) -> None:
        """Press a key on whatever has the keyboard; a dialog that closed gives it back to the window."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()  # a window manager does this, the offscreen platform does not
            self.wait(self.window.isActiveWindow)
        QTest.keyClick(QApplication.focusWidget() or self.window, key)

    def wait(self, is_so: Callable[[], object]) -> None:
        """Wait until something is so."""
        self.qtbot.waitUntil(lambda: bool(is_so()), timeout=30_000)

    def done(self) -> None:
        """Wait until no job runs."""
        self.wait(lambda: not self.window.session.busy)

    def then(self, *acts: Callable[[Any], None]) -> None:
        """Answer the dialogs that open next, one after the other."""
        waiting = list(acts)
        seen: list[QWidget] = []

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            if isinstance(dialog, QDialog) and dialog not in seen:
                seen.append(dialog)
                waiting.pop(0)(dialog)
            if waiting:
                QTimer.singleShot(20, look)

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


@pytest.fixture
def window(
    cobuilder: object, tmp_path: Path, qtbot: QtBot, qapp: QApplication, monkeypatch: Any
) -> Iterator[Window]:
    """The window as it opens, with keys and policy at hand and no workspace."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    save_settings(Settings(name="Ana Silva"))
    dress(qapp, load_settings())
    opened = Window(load_settings())
    qtbot.addWidget(opened)
    with qtbot.waitActive(opened, timeout=30_000):
        opened.show()
        opened.activateWindow()
    opened.open_page("home")
    yield opened
    opened.session.use(None)
    opened.close()


def _add_source(hands: Hands, document: Path) -> None:
    def describe(dialog: QDialog) -> None:
        named(dialog, QComboBox, "Replaces").setCurrentIndex(1)
        hands.press("Add", dialog)

    hands.press("Sources")
    hands.then(hands.choose(document), describe)
    hands.press("Add files")
    hands.done()


def _decide_everything(hands: Hands) -> None:
    from studio.services.queries.review import ShowProposal

    session = hands.window.session
    hands.press("Review")
    page = session.ask(ShowProposal("P-01"))
    for _ in range(page.total):
        if session.ask(ShowProposal("P-01")).decided == page.total:
            break
        hands.key(Qt.Key.Key_A)
    assert session.ask(ShowProposal("P-01")).accepted == page.total
    kinds = {question.id: question.category for question in page.questions}
    for _ in kinds:
        hands.key(Qt.Key.Key_J)
        shown = named(hands.window, RowList, "Changes").current_id().removeprefix("?")
        hands.then(hands.write("Left to people.", "Keep"))
        hands.press("Answer" if kinds[shown] == "conflict" else "Not for this agent")


def _simulate(hands: Hands) -> None:
    hands.press("Simulate")
    hands.press("Run the simulation")
    hands.done()
    hands.press("Set up the next run")
    customers = named(hands.window, QLineEdit, "Customers")
    customers.selectAll()
    QTest.keyClicks(customers, "2")
    hands.press("Run again")
    hands.done()


def _release(hands: Hands, policy: Path, folder: Path) -> None:
    def sign(role: int) -> Callable[[QDialog], None]:
        def act(dialog: QDialog) -> None:
            key = named(dialog, QComboBox, "Your key")
            key.setCurrentIndex(role)
            QTest.keyClicks(named(dialog, QLineEdit, "Passphrase"), PASSPHRASE)
            hands.press("Sign", dialog)
            hands.wait(lambda: not dialog.isVisible())

        return act

    hands.press("Release")
    hands.then(hands.choose(policy))
    hands.press("Choose policy")
    for role in range(3):
        hands.then(sign(role))
        hands.press("Approve")
    hands.then(hands.choose(folder / "returns-assistant-2.cobundle"))
    hands.press("Export signed bundle")
    hands.done()


def test_the_window_ends_in_the_same_bundle_as_the_command_line(
    window: Window, qtbot: QtBot, tmp_path: Path, policy_file: Path, approved: Any, repository: Path
) -> None:
    """Both faces send the same commands: the same decisions give the same content, digest by digest."""
    hands = Hands(qtbot, window)
    hands.press("Try the sample project")
    hands.done()
    _add_source(hands, repository / "sample_projects/returns_assistant/documents/returns-policy-2026.md")
    hands.press("Propose changes")
    hands.done()
    _decide_everything(hands)
    _simulate(hands)
    folder = tmp_path / "from-window"
    folder.mkdir()
    _release(hands, policy_file, folder)
    bundle = next(folder.glob("*.cobundle"))
    other = approved("export", tmp_path / "from-command-line.cobundle", "--json").json
    assert approved("bundle", "verify", bundle, "--policy", policy_file).code == 0
    shown = approved("bundle", "show", bundle, "--json").json
    assert shown["manifest_digest"] == other["manifest_digest"]
