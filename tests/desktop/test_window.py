"""The shell: every page opens with and without a workspace, has names for all, and is reached by keys."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from studio.desktop.actions import ACTIONS
from studio.desktop.crash import CrashDialog, details_of
from studio.desktop.palette import Findable, best
from studio.desktop.rooms import ROOMS
from studio.desktop.window import SAVED, Window

PAGES = [room.id for room in ROOMS]


def nameless(inside: QWidget) -> list[str]:
    """Return the visible widgets that take the keyboard and have no name to be read aloud."""
    found = []
    for widget in [inside, *inside.findChildren(QWidget)]:
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or not widget.isVisible():
            continue
        told = QAccessible.queryAccessibleInterface(widget)
        if told is None or not told.text(QAccessible.Text.Name).strip():
            found.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_and_every_part_has_a_name(window: Window, qapp: QApplication, page: str) -> None:
    """Each page shows real data, opens no window of its own, and names whatever takes the keyboard."""
    window.open_page(page)
    qapp.processEvents()
    made = window.pages[page]
    assert made.isVisible()
    assert made.states.currentWidget() is made.states.content
    assert nameless(window) == []
    assert [each for each in qapp.topLevelWidgets() if each.isVisible()] == [window]
    assert window.isActiveWindow()


@pytest.mark.parametrize("page", [page for page in PAGES if page != "settings"])
def test_no_page_is_a_dead_end_without_a_workspace(bare: Window, page: str) -> None:
    """Without a workspace each page says so and offers to open, make or try one."""
    bare.open_page(page)
    words = [label.text() for label in bare.pages[page].findChildren(QLabel) if label.isVisible()]
    assert "No workspace is open" in words
    assert nameless(bare) == []


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_the_program_s_own_notation(window: Window, qapp: QApplication, page: str) -> None:
    """No label on any page holds braces, snake case or paths: nobody is shown JSON."""
    window.open_page(page)
    qapp.processEvents()
    for label in window.pages[page].findChildren(QLabel):
        if label.isVisible() and page != "settings":
            assert "{" not in label.text()
            assert "_" not in label.text(), label.text()


def test_small_windows_keep_the_names(window: Window, qapp: QApplication) -> None:
    """In a small window the rail shows icons only; its rooms are still named, and hold what waits."""
    window.resize(1000, 640)
    qapp.processEvents()
    assert window.rail.width() < 100
    review = window.rail.room("review")
    assert review.accessibleName().startswith("Review, ")
    assert review.accessibleName().endswith(" waiting")


def test_the_shell_says_what_is_open(window: Window) -> None:
    """The top bar names agent, live version and draft; the tray says where the work is."""
    assert window.top.title.text() == "Returns assistant"
    assert window.top.live.text() == "Live v1"
    assert window.top.draft.text() == "Draft · 0 changes"
    assert window.tray.state.text() == SAVED


def test_rooms_are_reached_by_number(window: Window) -> None:
    """Ctrl and a digit open the rooms in the order of the rail."""
    QTest.keyClick(window, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    assert window.room == "review"
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.room == "sources"


def test_the_palette_finds_and_goes(window: Window, qapp: QApplication) -> None:
    """Ctrl+K, a few letters and Return open what they name; Escape gives the keyboard back."""
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.palette_box.isVisible()
    QTest.keyClicks(window.palette_box.field, "check identity")
    QTest.keyClick(window.palette_box.field, Qt.Key.Key_Return)
    assert not window.palette_box.isVisible()
    assert window.room == "charter"
    assert window.pages["charter"].findChild(QLabel) is not None
    window.show_palette()
    QTest.keyClick(window.palette_box.field, Qt.Key.Key_Escape)
    assert not window.palette_box.isVisible()


def test_the_palette_forgives_spelling() -> None:
    """The best names come first, whatever their case, with a letter wrong too; nonsense finds nothing."""
    things = [Findable(a.title, a.group, a.icon, lambda: None) for a in ACTIONS]
    assert best("simulte", things, 3)[0].title == "Simulate the draft"
    assert best("EXPORT", things, 3)[0].title == "Export signed bundle…"
    assert best("zzzzqqq", things, 3) == []
    assert best("", things, 3) == things[:3]


def test_actions_are_declared_once() -> None:
    """No two actions share an id or a shortcut."""
    ids = [action.id for action in ACTIONS]
    keys = [action.shortcut for action in ACTIONS if action.shortcut]
    assert len(set(ids)) == len(ids)
    assert len(set(keys)) == len(keys)


def test_actions_wait_for_a_workspace(bare: Window) -> None:
    """What needs a workspace is off without one, in the menu and by key."""
    bare.show_palette()
    assert not bare.qt_actions["simulate.run"].isEnabled()
    bare.run_action("simulate.run")
    assert bare.room == "home"


def test_a_crash_is_a_sentence_with_details_to_copy(dressed: QApplication, qtbot: QtBot) -> None:
    """What nobody foresaw is shown as a sentence; the traceback can be copied."""
    try:
        raise ZeroDivisionError("one over nothing")
    except ZeroDivisionError as error:
        details = details_of(type(error), error, error.__traceback__)
    dialog = CrashDialog(details)
    qtbot.addWidget(dialog)
    dialog.show()
    assert "one over nothing" in dialog.details.toPlainText()
    assert nameless(dialog) == []


def test_opening_the_window_imports_nothing_heavy(repository: Path, tmp_path: Path) -> None:
    """The first window needs no language-model client, no numpy, no document readers, no database."""
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from studio.desktop.main import dress; from studio.desktop.window import Window;"
        "from studio.settings import Settings; dress(app, Settings()); w = Window(Settings()); w.show();"
        "w.open_page('home'); app.processEvents();"
        "heavy = {'litellm', 'numpy', 'pdfplumber', 'duckdb', 'sqlalchemy', 'nltk', 'rapidfuzz'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "COBUILDER_CONFIG": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
