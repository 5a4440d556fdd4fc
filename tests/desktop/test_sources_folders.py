"""Linked folders through the window: what changes outside arrives by itself, and nothing is overwritten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.desktop.panels.folders import FolderDialog
from studio.desktop.window import Window
from studio.services.queries.governance import ShowOrigins
from studio.services.queries.sources import ListSources, ShowSource

GIFTS = "# Gifts\n\nAgents must not accept gifts of more than £20 from a customer.\n"


@pytest.fixture
def folder(governed: Window, hands: Any, tmp_path: Path) -> Path:
    """A folder with one document, linked through the dialog."""
    assert governed._watch is not None
    governed._watch._timer.setInterval(50)  # a test's editor writes in one go
    made = tmp_path / "policies"
    made.mkdir()
    (made / "gifts.md").write_text(GIFTS)
    hands.then(lambda dialog: hands.press("Link a folder", dialog), hands.choose(made))
    hands.press("Linked folders")
    hands.wait(lambda: _gifts(governed) is not None)
    hands.done()
    return made


def _gifts(window: Window) -> Any:
    rows = window.session.ask(ListSources()).rows
    return next((row for row in rows if row.file_name == "gifts.md"), None)


def test_a_change_outside_becomes_a_version_by_itself(governed: Window, hands: Any, folder: Path) -> None:
    """The watch sees the file change; version 1 stays; what to look at is one click away."""
    (folder / "gifts.md").write_text(GIFTS.replace("£20", "£50"))
    hands.wait(lambda: _gifts(governed).version == 2)
    hands.done()
    source = governed.session.ask(ShowSource(_gifts(governed).id)).source
    assert ["£20" in v.document.text for v in source.versions] == [True, False]
    assert "1 document changed" in governed.notice.text.text()
    hands.press("See what to look at")
    assert governed.pages["sources"].work.isVisible()  # type: ignore[attr-defined]


def test_a_vanished_file_is_reported_and_its_source_kept(governed: Window, hands: Any, folder: Path) -> None:
    """A file that goes is told by name and marked; the document stays as it was read."""
    (folder / "gifts.md").unlink()
    hands.wait(lambda: "gifts.md" in governed.notice.text.text() and _gifts(governed).chip.startswith("miss"))
    hands.done()
    assert governed.notice.property("tone") == "bad"
    assert "£20" in governed.session.ask(ShowSource(_gifts(governed).id)).source.current.document.text
    shown: list[str] = []

    def look(dialog: FolderDialog) -> None:
        shown.append(hands.says(dialog))
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    hands.then(look)
    hands.press("Linked folders")
    assert f"Missing: {folder / 'gifts.md'}" in shown[0]


def test_a_change_and_a_loss_are_both_told(governed: Window, hands: Any, folder: Path) -> None:
    """One look that finds both says both."""
    (folder / "new.md").write_text("# New\n\nAgents must greet the customer.\n")
    (folder / "gifts.md").unlink()
    hands.wait(lambda: _gifts(governed).chip.startswith("missing"))
    hands.done()
    words = governed.notice.text.text()
    assert "gifts.md" in words and "1 document" in words


def test_a_folder_is_let_go_and_taken_again(governed: Window, hands: Any, folder: Path) -> None:
    """Let go says what happens to its documents; one step back links it again."""
    hands.then(lambda dialog: hands.press("Let go of the folder", dialog))
    hands.press("Linked folders")
    assert governed.session.ask(ShowOrigins()).folders == ()
    assert _gifts(governed) is not None
    assert "stay" in governed.notice.text.text()
    hands.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [f.path for f in governed.session.ask(ShowOrigins()).folders] == [str(folder)]
    hands.done()


def test_a_folder_linked_twice_is_told(governed: Window, hands: Any, folder: Path) -> None:
    """The second time is answered with a sentence."""
    hands.then(lambda dialog: hands.press("Link a folder", dialog), hands.choose(folder))
    hands.press("Linked folders")
    assert "is linked already" in governed.notice.text.text()


def test_nothing_changed_is_told_when_asked(governed: Window, hands: Any, folder: Path) -> None:
    """Look now answers also where there is nothing new."""
    hands.then(lambda dialog: hands.press("Look now", dialog))
    hands.press("Linked folders")
    hands.wait(lambda: "Nothing changed" in governed.notice.text.text())
    hands.done()
