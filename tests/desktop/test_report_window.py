"""The report of a review, written from the window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.desktop import dialogs
from studio.desktop.pages.review import ReviewPage
from studio.desktop.window import Window
from studio.domain.proposal import Proposal
from studio.ports import UnitOfWork as Unit
from studio.services.commands import RecordProposal

PATIENCE = 120_000


@dataclass(frozen=True)
class _ReadProposal:
    """Reads a proposal whole."""

    id: str

    def answer(self, unit: Unit) -> Proposal:
        """Return it."""
        return unit.proposals.get(self.id)


def test_a_report_is_written_by_a_click(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One click, a name for the file, and the report is there, with who is affected worked out before."""
    file = tmp_path / "report.pdf"
    monkeypatch.setattr(dialogs, "choose_target", lambda *_: file)
    whole = window.session.ask(_ReadProposal("P-01"))
    free = tuple(change for change in whole.changes if not change.depends_on)[:2]
    window.session.do(RecordProposal(whole.model_copy(update={"id": "P-02", "changes": free})))
    window.open_page("review", "P-02")
    page = window.pages["review"]
    assert isinstance(page, ReviewPage)
    qtbot.waitUntil(page.report.isVisible, timeout=PATIENCE)
    QTest.mouseClick(page.report, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: file.exists() and not window.session.busy, timeout=PATIENCE)
    assert file.read_bytes().startswith(b"%PDF")
