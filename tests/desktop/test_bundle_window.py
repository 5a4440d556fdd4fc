"""IT's window on a received file: opened, judged, worked out again and signed by clicks; no workspace."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from studio import assembly
from studio.cli.main import run
from studio.desktop import bundle_window, file_openings
from studio.desktop.bundle_window import BundleWindow
from studio.desktop.main import dress
from studio.domain.frozen import canonical
from studio.release import bundle as bundles
from studio.release import dsse
from studio.release.keys import fingerprint
from studio.settings import Settings, load_settings
from studio.signing import key_file
from tests.bundle_conformance.kit import Kit
from tests.desktop.conftest import Hands

PASSPHRASE = "lamp river window stone"


@pytest.fixture
def kit() -> Kit:
    """Return the kit of bundles."""
    return Kit()


@pytest.fixture
def folder(kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a bundle, one that waits for Ida, a broken one, and IT's policy."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    monkeypatch.setattr(assembly, "now", lambda: kit.now)
    monkeypatch.setattr(key_file, "ROUNDS", 4)
    content = kit.content()
    (tmp_path / "desk-2.cobundle").write_bytes(kit.bundle(content))
    two = kit.envelopes(content)[:2]
    (tmp_path / "waiting.cobundle").write_bytes(bundles.assemble(content, two))
    (tmp_path / "broken.cobundle").write_bytes(kit.bundle(content)[:-9])
    (tmp_path / "policy.json").write_bytes(canonical(kit.policy))
    return tmp_path


@pytest.fixture
def it(qtbot: QtBot, folder: Path) -> Iterator[Hands]:
    """Return a person before IT's window, which shows the broken file."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    dress(app, Settings())
    window = BundleWindow(Settings())
    qtbot.addWidget(window)
    window.show()
    window.open_file(folder / "broken.cobundle")
    yield Hands(qtbot, window)  # type: ignore[arg-type]
    window.close()


def _told(it: Hands, title: str) -> None:
    """Wait until the verdict is this one: every file is read apart from the window's thread."""
    window = it.window
    assert isinstance(window, BundleWindow)
    it.wait(lambda: window.banner.title.text() == title)


def test_from_a_broken_file_to_a_verified_one_by_clicks(it: Hands, folder: Path) -> None:
    """Told that a file is broken, IT opens another, chooses the policy, reads, works out again, saves."""
    window = it.window
    assert isinstance(window, BundleWindow)
    _told(it, "This file cannot be used")
    it.then(it.choose(folder / "desk-2.cobundle"))
    it.press("Open another file…", window.banner)
    _told(it, "Not judged yet")
    assert "Desk, release 2" in window.heading.text()
    it.press("Approvals")
    assert "as the file says" in it.says(window.approvals), "nothing is called true before it was judged"
    it.then(it.choose(folder / "policy.json"))
    it.press("Choose IT's policy…")
    _told(it, "Verified")
    assert "desk-approval" in window.banner.reason.text()
    assert load_settings().policies == {"desk": str(folder / "policy.json")}

    it.press("Changes")
    assert "two sentences" in it.says(window.changes)
    it.press("Approvals")
    assert "Carl, Compliance lead" in it.says(window.approvals) and "truly signed" in it.says(
        window.approvals
    )
    it.press("Evidence")
    it.press("Work it out again")
    it.wait(lambda: window.evidence.again.isEnabled())
    assert "Not all of it came out the same" in it.says(window.evidence)  # the kit's runs are made up

    it.then(it.choose(folder / "report.html"))
    it.press("Save report…")
    assert "Carl" in (folder / "report.html").read_text(encoding="utf-8")
    it.press("Copy report")
    assert "Two changes." in QGuiApplication.clipboard().text()
    window.open_file(folder / "waiting.cobundle")
    _told(it, "Waits for approvals")  # the policy is remembered for this agent
    assert window.policy_file.text() == str(folder / "policy.json")
    assert "Approvals are missing" in window.banner.reason.text()
    shown = fingerprint(window.received.contents.manifest_digest)  # type: ignore[union-attr]
    assert shown == window.digest.text(), "the letters that the author reads out"


def test_somebody_signs_what_they_were_sent(it: Hands, folder: Path, kit: Kit) -> None:
    """Without a workspace an approval is signed in the window; the file is one that the bundle takes."""
    window = it.window
    assert isinstance(window, BundleWindow)
    store = assembly.key_store(Settings())
    store.new("ida", PASSPHRASE)
    people = kit.policy_with(
        keys=(
            kit.key("ana"),
            kit.key("carl"),
            kit.key("ida", public_pem=store.find("ida").public_pem),
        )
    )
    (folder / "policy.json").write_bytes(canonical(people))
    window.settings = Settings(policies={"desk": str(folder / "policy.json")})
    window.open_file(folder / "waiting.cobundle")
    _told(it, "Waits for approvals")
    it.press("Approvals")

    def sign(dialog: QDialog) -> None:
        role = it.named(QComboBox, "Role", dialog)
        role.setCurrentIndex(role.findData("it"))
        it.named(QLineEdit, "Passphrase", dialog).setText(PASSPHRASE)
        it.press("Sign", dialog)
        it.wait(lambda: not dialog.isVisible())

    approval = folder / "ida.approval.json"
    it.then(sign, it.choose(approval))
    it.press("Sign an approval…")
    it.wait(lambda: "Send it to the author" in window.notice.text.text())
    _, said = dsse.read_approval(dsse.open_envelope(approval.read_bytes(), "it"), "it")
    assert (said.person, said.role, said.decision) == ("ida", "it", "approve")
    whole = bundles.attach((folder / "waiting.cobundle").read_bytes(), approval.read_bytes())
    (folder / "whole.cobundle").write_bytes(whole)
    window.open_file(folder / "whole.cobundle")
    _told(it, "Verified")


def test_a_large_file_is_read_apart_and_what_is_none_is_told(
    it: Hands, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says at once that it reads; a file that is no bundle, or no policy, is told in a sentence."""
    window = it.window
    assert isinstance(window, BundleWindow)
    monkeypatch.setattr(bundle_window, "AT_ONCE", 0)
    window.open_file(folder / "desk-2.cobundle")
    assert window.banner.title.text() == "Being read" and not window.save.isEnabled()
    it.wait(lambda: window.banner.title.text() == "Not judged yet")
    it.then(it.choose(folder / "broken.cobundle"))
    it.press("Choose IT's policy…")
    assert "broken.cobundle" in window.notice.text.text() and window.banner.title.text() == "Not judged yet"
    it.then(it.choose(folder / "policy.json"))
    it.press("Choose IT's policy…")
    it.wait(lambda: window.banner.title.text() == "Verified")
    assert "desk-approval, version 1" in window.policy.text()
    window.open_file(folder / "policy.json")
    it.wait(lambda: window.banner.title.text() == "This file cannot be used")
    assert window.banner.reason.text()


def test_a_double_click_opens_a_bundle_in_its_own_window(
    qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file handed over by the system opens by its ending; what is no bundle goes to the main window."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    shown: list[Path] = []
    others: list[Path] = []
    monkeypatch.setattr(file_openings, "show_bundle", lambda file, settings: shown.append(file))
    listener = file_openings.FileOpenings(app, Settings(), others.append)
    try:
        for name in ("desk-2.cobundle", "reply.cobreview"):
            QApplication.sendEvent(app, QFileOpenEvent(QUrl.fromLocalFile(str(folder / name))))
    finally:
        app.removeEventFilter(listener)
    assert shown == [folder / "desk-2.cobundle"] and others == [folder / "reply.cobreview"]


def test_the_command_opens_a_bundle_by_its_ending(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`cobuilder open X.cobundle` needs no workspace; a file that is not there is told."""
    from studio.cli import window

    opened: list[Path | None] = []

    def note(path: Path | None) -> int:
        opened.append(path)
        return 0

    monkeypatch.setattr(window, "open_window", note)
    assert run(["open", str(folder / "desk-2.cobundle")]) == 0
    assert opened == [folder / "desk-2.cobundle"]
    assert run(["open", str(folder / "gone.cobundle")]) == 2


def test_a_policy_for_another_agent_is_not_remembered_and_another_can_be_chosen(
    it: Hands, folder: Path, kit: Kit
) -> None:
    """It refuses whatever the bundle is: the banner offers to choose another, and only that is kept."""
    window = it.window
    assert isinstance(window, BundleWindow)
    (folder / "other.json").write_bytes(canonical(kit.policy_with(agent="other")))
    window.open_file(folder / "desk-2.cobundle")
    _told(it, "Not judged yet")
    it.then(it.choose(folder / "broken.cobundle"))
    it.press("Choose IT's policy…")
    assert window.notice.isVisible()
    it.then(it.choose(folder / "other.json"))
    it.press("Choose IT's policy…")
    _told(it, "Refused")
    assert not window.notice.isVisible() and not load_settings().policies
    it.then(it.choose(folder / "policy.json"))
    it.press("Choose another policy…")
    _told(it, "Verified")
    assert load_settings().policies == {"desk": str(folder / "policy.json")}


def test_what_was_worked_out_of_one_file_is_not_told_of_the_next(
    it: Hands, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Working out ends after another file was opened: nothing is said of that one's evidence."""
    window, ended = it.window, threading.Event()
    assert isinstance(window, BundleWindow)
    monkeypatch.setattr(bundle_window, "_again", lambda _data: lambda _progress: ended.wait(60) and ())
    window.open_file(folder / "waiting.cobundle")
    _told(it, "Not judged yet")
    window.recompute()
    window.open_file(folder / "desk-2.cobundle")
    it.wait(lambda: window.received is not None)
    ended.set()
    it.wait(lambda: window._job is None)
    assert "came out" not in window.evidence._results_words.text()


def test_a_policy_that_is_chosen_while_the_file_is_read_judges_the_file(it: Hands, folder: Path) -> None:
    """Reading begins anew with the policy; a sound file is not told to be broken."""
    window = it.window
    assert isinstance(window, BundleWindow)
    window.open_file(folder / "desk-2.cobundle")
    it.then(it.choose(folder / "policy.json"))
    window.choose_policy()
    _told(it, "Verified")
    assert window.received is not None and window.received.policy is not None
