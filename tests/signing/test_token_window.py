"""A key in a security token by clicks and typing: made, signed with, shown to IT, replaced and revoked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from studio import assembly
from studio.desktop.bundle_window import BundleWindow
from studio.desktop.pages.settings import SettingsPage
from studio.desktop.panels.key_dialogs import KeyFormDialog, ReadyTextDialog
from studio.desktop.window import Window
from studio.domain.frozen import canonical
from studio.release import bundle as bundles
from studio.release import dsse, keys
from studio.release.key_statements import check_statement
from studio.settings import load_settings
from tests.bundle_conformance.kit import Kit
from tests.desktop.conftest import Hands, bare, dressed

if TYPE_CHECKING:
    from tests.signing.conftest import Card

__all__ = ["bare", "dressed"]  # the fixtures of the window, used here by their names


def _fill(hands: Hands, dialog: QWidget, said: dict[str, str]) -> None:
    for name, words in said.items():
        field = hands.named(QLineEdit, name, dialog)
        field.clear()
        QTest.keyClicks(field, words)


def _close(hands: Hands) -> object:
    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, ReadyTextDialog)
        hands.press("Close", dialog)

    return act


def _settings(window: Window) -> SettingsPage:
    window.open_page("settings")
    page = window.pages["settings"]
    assert isinstance(page, SettingsPage)
    return page


def test_without_its_program_file_or_with_a_wrong_one_a_sentence_says_so(
    qtbot: QtBot, bare: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way is named in words of the page, not of the command line; looking again is possible then."""
    monkeypatch.delenv("COBUILDER_PKCS11", raising=False)
    hands, page = Hands(qtbot, bare), _settings(bare)
    hands.press("Key in a token…", page.keys.panel)
    told = bare.notice.text.text()
    assert "program file" in told and "“Token library”" in told and "--" not in told
    wrong = tmp_path / "no-library.so"
    wrong.write_bytes(b"nothing")
    hands.then(hands.choose(wrong))
    hands.press("Choose: Token library")
    hands.wait(lambda: load_settings().token_library == str(wrong))
    hands.press("Key in a token…", page.keys.panel)
    hands.wait(lambda: "no-library.so is not a library" in bare.notice.text.text())
    assert page.keys.panel.busy.isHidden() and page.keys.panel.ways["token"].isEnabled()


def test_a_key_in_a_token_is_made_signed_with_replaced_and_revoked(
    qtbot: QtBot, bare: Window, card: Card, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The PIN is asked for each time, a wrong one is told; the new key is made in the same token."""
    monkeypatch.setenv("COBUILDER_PKCS11", card.module)
    hands, page = Hands(qtbot, bare), _settings(bare)
    panel = page.keys.panel
    store = assembly.key_store(load_settings())

    def make(dialog: QDialog) -> None:
        assert isinstance(dialog, KeyFormDialog)
        which = hands.named(QComboBox, "Key in the token", dialog)
        which.setCurrentIndex(which.findText(f"A new key in “{card.label}”"))
        _fill(hands, dialog, {"Name of the key": "desk-ida", "PIN": "111111"})
        hands.press("Use this key", dialog)
        hands.wait(lambda: "did not accept the PIN" in dialog.wrong.text())
        _fill(hands, dialog, {"PIN": card.pin})
        hands.press("Use this key", dialog)
        hands.wait(lambda: not dialog.isVisible())

    hands.then(make)
    hands.press("Key in a token…", panel)
    assert "Looking for security tokens" in panel.busy.text() and not panel.ways["token"].isEnabled()
    hands.wait(lambda: "“desk-ida” is here" in bare.notice.text.text())
    info = store.find("desk-ida")
    assert "security token" in hands.says(panel) and info.fingerprint in hands.says(panel)
    assert hands.find(QWidget, "Remember passphrase… “desk-ida”", panel) is None, "a PIN is never kept"
    _sign_a_bundle(qtbot, card, tmp_path, monkeypatch)

    def replace(dialog: QDialog) -> None:
        assert "made in the same token" in hands.says(dialog)
        _fill(hands, dialog, {"Your id": "ida", "PIN": card.pin, "Name of the new key": "desk-ida-2"})
        QTimer.singleShot(0, lambda: hands.press("Choose where", dialog))  # the file is asked for above it

    hands.then(replace, hands.choose(tmp_path / "new.key-statement.json"), _close(hands))  # type: ignore[arg-type]
    hands.press("Replace… “desk-ida”", panel)
    said = check_statement((tmp_path / "new.key-statement.json").read_bytes())
    after = store.find("desk-ida-2")
    assert (said.old_key_id, said.key_id) == (info.key_id, after.key_id)
    assert after.kind == "token" and card.label.replace(" ", "%20") in after.note.token
    assert "Replaced by desk-ida-2" in hands.says(panel)

    def revoke(dialog: QDialog) -> None:
        _fill(hands, dialog, {"Your id": "ida", "Why": "card goes back", "PIN": card.pin})
        hands.named(QCheckBox, "I know", dialog).setChecked(True)
        hands.press("Revoke", dialog)

    hands.then(revoke, hands.choose(tmp_path / "end.key-statement.json"), _close(hands))  # type: ignore[arg-type]
    hands.press("Revoke… “desk-ida”", panel)
    last = check_statement((tmp_path / "end.key-statement.json").read_bytes())
    assert (last.kind, last.key_id, last.reason) == ("revocation", info.key_id, "card goes back")
    assert "Revoked on" in hands.says(panel) and "desk-ida" not in store.usable()


def _sign_a_bundle(qtbot: QtBot, card: Card, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign an approval in IT's window with the key in the token; it counts under the policy that knows it."""
    kit = Kit()
    monkeypatch.setattr(assembly, "now", lambda: kit.now)
    pem = assembly.key_store(load_settings()).find("desk-ida").public_pem
    rules = kit.policy_with(keys=(kit.key("ana"), kit.key("carl"), kit.key("ida", public_pem=pem)))
    (folder / "policy.json").write_bytes(canonical(rules))
    content = kit.content()
    waiting = folder / "waiting.cobundle"
    waiting.write_bytes(bundles.assemble(content, kit.envelopes(content)[:2]))
    settings = load_settings().model_copy(update={"policies": {"desk": str(folder / "policy.json")}})
    window = BundleWindow(settings)
    qtbot.addWidget(window)
    window.show()
    window.open_file(waiting)
    it = Hands(qtbot, window)  # type: ignore[arg-type]
    it.wait(lambda: window.banner.title.text() == "Waits for approvals")

    def sign(dialog: QDialog) -> None:
        role = it.named(QComboBox, "Role", dialog)
        role.setCurrentIndex(role.findData("it"))
        it.named(QComboBox, "Your key", dialog).setCurrentText("desk-ida")
        it.named(QLineEdit, "PIN", dialog).setText(card.pin)
        it.press("Sign", dialog)
        it.wait(lambda: not dialog.isVisible())

    approval = folder / "ida.approval.json"
    it.then(sign, it.choose(approval))
    it.press("Sign an approval…", window.banner)
    it.wait(lambda: "Send it to the author" in window.notice.text.text())
    assert dsse.open_envelope(approval.read_bytes(), "it").key_id == keys.key_id(pem)
    whole = folder / "whole.cobundle"
    whole.write_bytes(bundles.attach(waiting.read_bytes(), approval.read_bytes()))
    window.open_file(whole)
    it.wait(lambda: window.banner.title.text() == "Verified")
    window.close()
