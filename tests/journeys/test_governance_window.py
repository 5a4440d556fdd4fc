"""The governance journey through the window: an edit outside leads to exactly the statements it touched."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from studio.assembly import open_workbench
from studio.desktop.main import dress
from studio.desktop.window import Window
from studio.services.commands import AcceptRemaining, DescribeSource
from studio.services.queries.governance import ListSuspects
from studio.services.queries.sources import ListSources
from studio.settings import Settings

Cobuilder = Callable[..., Any]
POLICY = "returns-policy-2026.md"


@pytest.fixture
def window(cobuilder: Cobuilder, tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[Window]:
    """The window on the plain sample, made by the command line."""
    shutil.rmtree(tmp_path / "workspace")
    assert cobuilder("new", tmp_path / "workspace", "--sample", "returns_assistant").code == 0
    dress(qapp, Settings(name="Ana Silva"))
    made = Window(Settings(name="Ana Silva"))
    qtbot.addWidget(made)
    with qtbot.waitActive(made, timeout=30_000):
        made.show()
        made.activateWindow()
    made.session.use(open_workbench(tmp_path / "workspace", Settings(name="Ana Silva")))
    made.open_page("sources")
    yield made
    made.session.use(None)
    made.close()


def _press(qtbot: QtBot, window: Any, words: str) -> None:
    def found() -> list[QAbstractButton]:
        buttons = window.findChildren(QAbstractButton)
        return [
            b for b in buttons if b.accessibleName().startswith(words) and b.isVisible() and b.isEnabled()
        ]

    qtbot.waitUntil(lambda: bool(found()), timeout=30_000)
    QTest.mouseClick(found()[0], Qt.MouseButton.LeftButton)


def _link(qtbot: QtBot, window: Window, folder: Path) -> None:
    acts: list[Callable[[QDialog], None]] = []

    def choose(dialog: QDialog) -> None:
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert field is not None
        field.setText(str(folder))
        QTest.keyClick(field, Qt.Key.Key_Return)

    acts += [lambda dialog: _press(qtbot, dialog, "Link a folder"), choose]
    seen: list[object] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog not in seen:
            seen.append(dialog)
            acts.pop(0)(dialog)
        if acts:
            QTimer.singleShot(10, look)

    QTimer.singleShot(0, look)
    _press(qtbot, window, "Linked folders")


def _offered(cobuilder: Cobuilder, proposal: str) -> set[str]:
    """Return the fingerprints of the sentences that the changes of a proposal cite."""
    page = cobuilder("review", "list", proposal, "--json").json
    return {
        why["citation"]["fingerprint"]
        for group in page["groups"]
        for row in group["rows"]
        for why in cobuilder("review", "show", proposal, row["id"], "--json").json["why"]
        if group["heading"] != "Sources"
    }


def test_an_edit_outside_leads_to_exactly_what_it_touched(
    window: Window, cobuilder: Cobuilder, qtbot: QtBot, tmp_path: Path, repository: Path
) -> None:
    """Link, edit outside, see version 2 and its suspects, and be offered the command line's very answer."""
    folder = tmp_path / "policies"
    folder.mkdir()
    shutil.copy(repository / "sample_projects/returns_assistant/documents" / POLICY, folder)
    session = window.session

    def version() -> int:
        rows = session.ask(ListSources()).rows
        return max((row.version for row in rows if row.file_name == POLICY), default=0)

    _link(qtbot, window, folder)
    qtbot.waitUntil(lambda: version() == 1 and not session.busy, timeout=30_000)
    session.do(DescribeSource("S-03", {"supersedes": "S-01"}))
    window.open_page("sources", "S-03")
    _press(qtbot, window, "Propose changes")
    qtbot.waitUntil(lambda: not session.busy, timeout=30_000)
    session.do(AcceptRemaining("P-01"))
    assert session.ask(ListSuspects()) == ()

    document = folder / POLICY
    document.write_text(document.read_text().replace("45 days", "60 days"))
    qtbot.waitUntil(lambda: version() == 2 and not session.busy, timeout=30_000)
    _press(qtbot, window, "See what to look at")
    page: Any = window.pages["sources"]
    suspects = session.ask(ListSuspects())
    listed = [work.id for work in page.work._work if work.group == "Look again"]
    assert listed == [f"{row.source_id}/{row.statement.id}" for row in suspects]
    told = cobuilder("source", "suspects", "--json").json["suspects"]
    assert [row["statement"]["id"] for row in told] == [row.statement.id for row in suspects]

    page.work.list.choose(listed[0])
    _press(qtbot, window, "Ask CoBuilder about it")
    qtbot.waitUntil(lambda: not session.busy, timeout=30_000)
    from_window = _offered(cobuilder, "P-02")
    session.undo()
    session.use(None)
    assert from_window == {row["statement"]["fingerprint"] for row in told}
    assert cobuilder("propose", "S-03").code == 0
    assert _offered(cobuilder, "P-02") == from_window, "the command line offers the same statements"
