"""Sources, simulation, release and settings through the window: documents in, runs, what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.desktop import dialogs
from studio.desktop.pages.simulate import SimulatePage
from studio.desktop.pages.sources import SourcesPage
from studio.desktop.panels.add_documents import AddDialog
from studio.desktop.widgets.button import Button
from studio.desktop.window import Window
from studio.services.queries.simulate import ShowComparison
from studio.services.queries.sources import ListSources
from studio.settings import load_settings

NOTE = (
    "# Gift returns\n\nGifts must be returned with the gift receipt. Never tell the giver about a return.\n"
)


def _answer_next(kind: type, act: Any) -> None:
    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, kind):
            act(dialog)
        else:
            QTimer.singleShot(10, look)

    QTimer.singleShot(0, look)


def test_a_dropped_document_is_read_and_marked(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    """A file dropped on the page is described, read, added, opened; its binding sentences are marked."""
    file = tmp_path / "gift-policy.md"
    file.write_text(NOTE, encoding="utf-8")
    window.open_page("sources")
    page = window.pages["sources"]
    assert isinstance(page, SourcesPage)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    _answer_next(AddDialog, lambda dialog: QTest.mouseClick(dialog.yes, Qt.MouseButton.LeftButton))
    page.dropEvent(
        QDropEvent(
            QPointF(50, 50),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    qtbot.waitUntil(lambda: not window.session.busy, timeout=30_000)
    row = window.session.ask(ListSources()).rows[-1]
    assert row.file_name == "gift-policy.md"
    assert row.statements == 2
    assert page.list.current_id() == row.id
    QTest.keyClick(page.document, Qt.Key.Key_Down)
    assert page.document.accessibleDescription().endswith("Gifts must be returned with the gift receipt.")


def test_a_wrong_date_is_told_in_the_dialog(window: Window, qtbot: QtBot) -> None:
    """A date that is none keeps the dialog open, with a sentence that shows how to write it."""
    dialog = AddDialog(window, "policy.md", [])
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.effective.setText("next Monday")
    QTest.mouseClick(dialog.yes, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert "2026-12-01" in dialog.wrong.text()


def test_a_file_that_cannot_be_read_is_told(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    """A kind of file that no reader knows is refused with a sentence that names the kinds there are."""
    file = tmp_path / "slides.pptx"
    file.write_bytes(b"PK")
    window.open_page("sources")
    page = window.pages["sources"]
    assert isinstance(page, SourcesPage)
    _answer_next(AddDialog, lambda dialog: QTest.mouseClick(dialog.yes, Qt.MouseButton.LeftButton))
    page.intake.take([file])
    qtbot.waitUntil(lambda: window.notice.isVisible(), timeout=30_000)
    assert "slides.pptx" in window.notice.text.text()
    assert ".md" in window.notice.text.text()


def test_a_run_is_set_up_started_and_shown(window: Window, qtbot: QtBot, qapp: QApplication) -> None:
    """F5 simulates with the chosen number of customers; the table and a conversation show the result."""
    window.open_page("simulate")
    page = window.pages["simulate"]
    assert isinstance(page, SimulatePage)
    QTest.mouseClick(page.set_up, Qt.MouseButton.LeftButton)
    page.customers.selectAll()
    QTest.keyClicks(page.customers, "2")
    QTest.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: not window.session.busy, timeout=30_000)
    found = window.session.ask(ShowComparison())
    assert found is not None
    assert found.customers == 2
    assert page.model.rowCount() == len(found.rows)
    assert page.talk.view.lines
    QTest.mouseClick(page.talk.forth, Qt.MouseButton.LeftButton)
    assert page.talk.who.text() == "2 of 2"


def test_the_table_shows_only_what_differs(window: Window) -> None:
    """The filter leaves the tests that turn out differently; an unchanged draft has none."""
    window.open_page("simulate")
    page = window.pages["simulate"]
    assert isinstance(page, SimulatePage)
    QTest.mouseClick(page.found.filters[1], Qt.MouseButton.LeftButton)
    assert page.model.rowCount() == 0
    assert page.found.count.text().startswith("0 of ")


def test_the_release_says_what_is_missing_and_leads_there(window: Window, qapp: QApplication) -> None:
    """Each gate that is not met has a button that opens the page on which it is mended."""
    window.open_page("release")
    qapp.processEvents()
    page = window.pages["release"]
    names = [button.accessibleName() for button in page.findChildren(Button) if button.isVisible()]
    assert any(name.startswith("Choose policy…") for name in names)
    way = next(b for b in page.findChildren(Button) if b.accessibleName().startswith("Open: Every change"))
    QTest.mouseClick(way, Qt.MouseButton.LeftButton)
    assert window.room == "review"
    window.run_action("release.export")
    assert "gates are not met" in window.notice.text.text()


def test_a_wrong_policy_file_is_told(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no approval policy is refused with a sentence; nothing changes."""
    file = tmp_path / "policy.json"
    file.write_text(json.dumps({"hello": "there"}), encoding="utf-8")
    monkeypatch.setattr(dialogs, "choose_file", lambda *_: file)
    window.open_page("release")
    window.pages["release"].take_policy()  # type: ignore[attr-defined]
    assert window.notice.isVisible()
    assert window.notice.property("tone") == "bad"


def test_settings_are_kept(bare: Window) -> None:
    """A name that is entered stands in the user's settings file from then on."""
    bare.open_page("settings")
    field = bare.pages["settings"].fields["name"]  # type: ignore[attr-defined]
    field.setText("Ben Okoro")
    field.editingFinished.emit()
    assert load_settings().name == "Ben Okoro"


def test_the_sample_opens_with_one_click(
    bare: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sample is copied into a fresh folder among the user's documents, and said where."""
    monkeypatch.setattr("platformdirs.user_documents_dir", lambda: str(tmp_path))
    bare.ask_for_workspace("sample")
    assert bare.session.busy, "the window does not wait for it"
    qtbot.waitUntil(lambda: bare.top.title.text() == "Returns assistant", timeout=30_000)
    assert (tmp_path / "CoBuilder Studio" / "returns-sample-1" / "workspace.db").is_file()
    assert str(tmp_path) in bare.notice.text.text()


def test_the_making_of_the_sample_can_be_stopped(
    bare: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stop leaves no half-made workspace, and the window as it was."""
    monkeypatch.setattr("platformdirs.user_documents_dir", lambda: str(tmp_path))
    bare.ask_for_workspace("sample")
    bare.tray.stop.click()
    qtbot.waitUntil(lambda: not bare.session.busy, timeout=30_000)
    assert bare.session.workbench is None
    assert not (tmp_path / "CoBuilder Studio" / "returns-sample-1").exists()


def test_a_folder_without_a_workspace_is_told(
    bare: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening a folder that holds no workspace is refused with a sentence."""
    monkeypatch.setattr(dialogs, "choose_folder", lambda *_: tmp_path)
    bare.ask_for_workspace("open")
    assert bare.session.workbench is None
    assert bare.notice.property("tone") == "bad"
