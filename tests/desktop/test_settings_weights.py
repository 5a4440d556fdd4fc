"""How documents weigh is the user's to change in the window: by key, by button, with undo."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.desktop.pages.settings import SettingsPage
from studio.desktop.window import Window
from studio.domain.source import AUTHORITY_ORDER, Authority
from studio.services.queries.governance import ShowAuthorities


def test_kinds_of_documents_go_up_and_down_by_keyboard(window: Window) -> None:
    """Alt and an arrow let the chosen kind weigh more or less; it stays chosen, and undo takes it back."""
    window.open_page("settings")
    page = window.pages["settings"]
    assert isinstance(page, SettingsPage)
    rows = page.weights.list
    assert [row.id for row in rows.items()] == list(AUTHORITY_ORDER)
    rows.choose("sop")
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert window.session.ask(ShowAuthorities())[:3] == (
        Authority.REGULATION,
        Authority.SOP,
        Authority.POLICY,
    )
    assert rows.current_id() == "sop"
    QTest.mouseClick(page.weights.up, Qt.MouseButton.LeftButton)
    assert rows.items()[0].id == "sop"
    assert not page.weights.up.isEnabled()
    QTest.keyClick(rows, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert rows.items()[0].id == "sop"
    for _ in range(2):
        window.session.undo()
    assert [row.id for row in rows.items()] == list(AUTHORITY_ORDER)


def test_without_a_workspace_nothing_weighs(bare: Window) -> None:
    """Settings open without a workspace, and then show no order: it belongs to one."""
    bare.open_page("settings")
    page = bare.pages["settings"]
    assert isinstance(page, SettingsPage)
    assert not page.weights.isVisible()
