"""Signing keys in Settings: made, compared, shown to IT, replaced and revoked by clicks and typing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from studio import assembly
from studio.desktop.pages.settings import SettingsPage
from studio.desktop.panels.approve import Approval, ApproveDialog
from studio.desktop.panels.key_dialogs import CompareDialog, KeyFormDialog, ReadyTextDialog
from studio.desktop.window import Window
from studio.release.key_statements import check_statement
from studio.settings import Settings
from studio.signing import key_file
from tests.desktop.conftest import Hands

GOOD = "lamp river window stone"


def _fill(hands: Hands, dialog: QWidget, **said: str) -> None:
    for name, words in said.items():
        field = hands.named(QLineEdit, name.replace("_", " "), dialog)
        field.clear()
        QTest.keyClicks(field, words)


def _make(hands: Hands, dialog: QDialog) -> None:
    """Try a weak passphrase, then make the key with a good one."""
    assert isinstance(dialog, KeyFormDialog)
    _fill(hands, dialog, Name_of_the_key="ana", Whose_it_is="Ana Silva", New_passphrase="ana silva 1990")
    _fill(hands, dialog, The_same_again="ana silva 1990")
    assert not dialog.yes.isEnabled() and "Your name" in dialog.strength.text()
    _fill(hands, dialog, New_passphrase=GOOD)
    assert not dialog.yes.isEnabled() and "The two differ" in dialog.strength.text()
    _fill(hands, dialog, The_same_again=GOOD)
    assert dialog.strength.text().startswith("Good: about")
    hands.press("Make the key", dialog)


def _compare(hands: Hands, dialog: QDialog, fingerprint: str) -> None:
    """Type what is heard, group by group."""
    assert isinstance(dialog, CompareDialog)
    QTest.keyClicks(dialog.heard, fingerprint[:9].lower())
    assert "go on with group" in dialog.answer.text()
    QTest.keyClicks(dialog.heard, fingerprint[9:])
    assert "It matches" in dialog.answer.text()
    hands.press("Close", dialog)


def test_a_key_is_made_compared_shown_to_it_replaced_and_revoked(
    qtbot: QtBot, bare: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A weak passphrase makes no key; the files for IT hold; a revoked key can only be compared."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    monkeypatch.setattr(key_file, "ROUNDS", 4)
    hands = Hands(qtbot, bare)
    bare.open_page("settings")
    page = bare.pages["settings"]
    assert isinstance(page, SettingsPage)
    panel = page.keys.panel
    hands.then(lambda dialog: _make(hands, dialog))
    hands.press("New key…", panel)
    store = assembly.key_store(Settings())
    info = store.find("ana")
    assert info.fingerprint in hands.says(panel) and "In use" in hands.says(panel)

    hands.then(lambda dialog: _compare(hands, dialog, info.fingerprint))
    hands.press("Compare… “ana”", panel)
    shown: list[str] = []

    def show(dialog: QDialog) -> None:
        _fill(hands, dialog, **{"Your id": "ana", "Code": "4711", "Passphrase": GOOD})
        hands.press("Choose where", dialog)

    def ready(dialog: QDialog) -> None:
        assert isinstance(dialog, ReadyTextDialog)
        assert dialog.ready.isHidden(), "what is for machines is looked at by whoever wants to"
        hands.press("Show the line", dialog)
        assert dialog.ready.isVisible()
        hands.press("Copy", dialog)
        shown.append(QApplication.clipboard().text())
        hands.press("Close", dialog)

    hands.then(show, hands.choose(tmp_path / "ana.key-statement.json"), ready)
    hands.press("Show IT it is yours… “ana”", panel)
    found = check_statement((tmp_path / "ana.key-statement.json").read_bytes(), "4711")
    assert found.key_id == info.key_id and '"person":"ana"' in shown[-1]

    def replace(dialog: QDialog) -> None:
        _fill(hands, dialog, **{"Your id": "ana", "Passphrase": GOOD, "New passphrase": GOOD[::-1]})
        _fill(hands, dialog, The_same_again=GOOD[::-1])
        QTimer.singleShot(0, lambda: hands.press("Choose where", dialog))  # the file is asked for above it

    hands.then(replace, hands.choose(tmp_path / "new.key-statement.json"), ready)
    hands.press("Replace… “ana”", panel)
    assert check_statement((tmp_path / "new.key-statement.json").read_bytes()).old_key_id == info.key_id
    assert "Replaced by ana-2" in hands.says(panel)

    def revoke(dialog: QDialog) -> None:
        assert isinstance(dialog, KeyFormDialog)
        _fill(hands, dialog, **{"Your id": "ana", "Why": "laptop stolen"})
        assert not dialog.yes.isEnabled()
        hands.named(QCheckBox, "I know", dialog).setChecked(True)
        hands.press("Revoke", dialog)

    hands.then(revoke, ready)
    hands.press("Revoke… “ana”", panel)
    assert shown[-1].startswith('"revoked_at"') and "Revoked on" in hands.says(panel)
    assert store.find("ana").note.reason == "laptop stolen"


def test_an_approval_asks_for_what_its_key_asks_for(qtbot: QtBot) -> None:
    """A token asks for a PIN; where the key store holds the passphrase, nothing has to be typed."""
    keys = {"ana": "Passphrase", "card": "PIN", "kept": ""}
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ApproveDialog(parent, [("author", "Author", ["Ana"])], list(keys), ["One rule."], unlocks=keys)
    qtbot.addWidget(dialog)
    dialog.show()
    asked = []
    for name in keys:
        dialog.key.setCurrentText(name)
        asked.append((dialog.passphrase.accessibleName(), dialog.yes.isEnabled()))
    assert asked == [("Passphrase", False), ("PIN", False), ("Passphrase", True)]
    dialog.key.setCurrentText("card")
    dialog.passphrase.setText("1234")
    assert dialog.yes.isEnabled()


def test_what_the_key_store_does_not_give_can_be_typed(qtbot: QtBot) -> None:
    """Where this computer's key store holds the passphrase no more, signing says so and asks for it."""
    given: list[str] = []

    def sign(entered: Approval, ended: Callable[[str], object]) -> None:
        given.append(entered.passphrase)
        ended("" if entered.passphrase else "This computer's key store holds no passphrase. Type it.")

    parent = QWidget()
    qtbot.addWidget(parent)
    roles = [("author", "Author", ["Ana"])]
    dialog = ApproveDialog(parent, roles, ["kept"], ["One rule."], unlocks={"kept": ""}, sign=sign)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.yes.click()
    assert dialog.isVisible() and dialog.wrong.text().endswith("Type it.")
    assert dialog.passphrase.isEnabled() and not dialog.yes.isEnabled()
    QTest.keyClicks(dialog.passphrase, "lamp river")
    dialog.yes.click()
    assert given == ["", "lamp river"] and not dialog.isVisible()
