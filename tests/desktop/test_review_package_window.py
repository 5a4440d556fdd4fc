"""A reviewer with a package, by real clicks: sent from one place, decided at another, merged at the first."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit

from studio.assembly import open_workbench
from studio.desktop.pages.review import ReviewPage
from studio.desktop.widgets.choice import Choice
from studio.desktop.window import Window
from studio.services.queries.release import ShowLooked
from studio.services.queries.review import ShowProposal
from studio.settings import Settings
from tests.desktop.conftest import Hands


def _page(window: Window) -> ReviewPage:
    page = window.pages["review"]
    assert isinstance(page, ReviewPage)
    return page


def _verdicts(window: Window) -> dict[str, str | None]:
    found = window.session.ask(ShowProposal("P-01"))
    return {row.id: row.verdict for group in found.groups for row in group.rows}


def test_a_reviewer_decides_on_a_package_and_sends_it_back(
    bare: Window, window: Window, hands: Hands, tmp_path: Path
) -> None:
    """Ana sends; Carl, with no workspace, rejects, asks for changes and sends back; Ana merges."""
    package, reply = tmp_path / "for-carl.cobreview", tmp_path / "from-carl.cobreply"

    window.open_page("review")
    hands.press("Approvals")

    def note(dialog: QDialog) -> None:
        assert "nothing else of it" in hands.says(dialog)
        QTest.keyClicks(hands.named(QLineEdit, "Note to the reviewer", dialog), "By Friday, please.")
        hands.press("Save the package", dialog)

    hands.then(note, hands.choose(package))
    hands.press("Send for review")
    hands.wait(package.exists)
    hands.wait(lambda: "Written:" in hands.says(window.notice))
    home = window.session.workbench
    assert home is not None
    folder = home.outside.workspace.folder

    try:
        _elsewhere(window, hands, package, reply, folder)
        _at_home(window, hands, reply)
    finally:
        window.session.use(None)  # else closing would ask what becomes of unsent decisions


def _elsewhere(window: Window, hands: Hands, package: Path, reply: Path, folder: Path) -> None:
    """Carl at another computer, without a workspace."""
    window.session.use(None)
    window.opener.settings = Settings(name="Carl Weber")
    window.open_page("home")
    hands.then(hands.choose(package))
    hands.press("Open a review package")
    hands.wait(lambda: window.session.workbench is not None and window.room == "review")
    bench = window.session.workbench
    assert bench is not None
    copy = bench.outside.workspace.folder
    page = _page(window)
    first = "C-01"
    page.list.choose(first)
    page.list.setFocus()
    hands.key(Qt.Key.Key_R)
    hands.wait(lambda: _verdicts(window)[first] == "rejected")
    hands.press("Approvals")
    panel = page.package.panel
    assert "A review package from Ana Silva" in hands.says(panel)
    assert "not opened" in panel.unseen.text() and "2 changes opened" in panel.looked.text()
    assert not panel.yes.isEnabled() and "not decided yet" in panel.why_not.text()
    role = hands.named(Choice, "Your role", panel)
    role.setCurrentIndex(role.findText("Compliance"))
    hands.bring_into_view(panel.remark)
    QTest.keyClicks(panel.remark, "Name the fee.")
    hands.press("Request changes", panel)
    hands.wait(lambda: "Carl Weber (Compliance) requested changes" in hands.says(panel))
    window.open_page("workflows")
    window.open_page("review")

    # Leaving asks; sending back lets the copy go.
    hands.then(lambda dialog: hands.press("Stay", dialog))
    window.opener.open_folder(folder)
    assert window.session.workbench is bench and copy.exists()
    hands.then(hands.choose(reply))
    hands.press("Send decisions back", panel)
    hands.wait(reply.exists)
    hands.wait(lambda: "check number" in hands.says(window.notice))
    window.opener.settings = Settings(name="Ana Silva")
    assert window.opener.open_folder(folder)
    assert not copy.exists()


def _at_home(window: Window, hands: Hands, reply: Path) -> None:
    """Ana merges, once; then she decides on, which voids what Carl said."""
    page = _page(window)
    panel = page.package.panel
    first = "C-01"
    window.open_page("review")
    hands.press("Approvals")
    assert _verdicts(window)[first] is None

    def look(dialog: QDialog) -> None:
        said = hands.says(dialog)
        assert "Carl Weber rejected" in said and "requests changes" in said and "check number" in said
        hands.press("Merge", dialog)

    hands.then(hands.choose(reply), look)
    hands.press("Merge decisions")
    hands.wait(lambda: _verdicts(window)[first] == "rejected")
    hands.wait(lambda: "Carl Weber (Compliance) requested changes" in hands.says(panel))
    assert "Void" not in hands.says(panel)
    hands.then(hands.choose(reply))
    hands.press("Merge decisions")
    hands.wait(lambda: "merged already" in hands.says(window.notice))

    # Any decision voids what was said, and says why.
    other = next(each for each, verdict in _verdicts(window).items() if verdict is None)
    page.list.choose(other)
    page.list.setFocus()
    hands.key(Qt.Key.Key_R)
    hands.wait(lambda: "Void: since then P-01 was decided otherwise." in hands.says(panel))


def test_what_was_opened_counts_after_the_window_was_closed(window: Window, hands: Hands) -> None:
    """Whoever reads changes and closes without a look at the approvals has looked at them all the same."""
    window.open_page("review")
    page = _page(window)
    for change in ("C-02", "C-03"):
        page.list.choose(change)
    bench = window.session.workbench
    assert bench is not None
    folder, who = bench.outside.workspace.folder, bench.outside.who
    window.session.use(None)
    window.session.use(open_workbench(folder, Settings(name=who)))
    assert "3 changes opened in the review." in window.session.ask(ShowLooked(who)).looked
