"""Documents come in by every way a person knows: a dialog, a drop, the clipboard; nothing gets lost."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit

from studio.desktop.window import Window
from studio.services.queries.sources import ListSources, SourceRow

POLICY = "# {0} policy\n\nOwner: Returns team\n\nAgents must check the order number before they answer.\n"


@pytest.fixture
def window(governed: Window) -> Window:
    """The window at the sources."""
    return governed


def _rows(window: Window) -> list[SourceRow]:
    return list(window.session.ask(ListSources()).rows)


def _file(folder: Path, name: str, text: str = "") -> Path:
    made = folder / name
    made.write_text(text or POLICY.format(made.stem))
    return made


def test_a_file_is_chosen_described_and_read(window: Window, hands: Any, tmp_path: Path) -> None:
    """Add files asks for the file and what it is; the new document is open afterwards."""

    def describe(dialog: QDialog) -> None:
        QTest.keyClicks(hands.named(QLineEdit, "Owner", dialog), "Ana's team")
        hands.named(QComboBox, "Kind", dialog).setCurrentIndex(3)
        hands.press("Add", dialog)

    hands.then(hands.choose(_file(tmp_path, "gifts.md")), describe)
    hands.press("Add files")
    hands.done()
    row = _rows(window)[-1]
    assert (row.name, row.owner, row.authority) == ("gifts policy", "Ana's team", "knowledge article")
    assert window.pages["sources"].list.current_id() == row.id  # type: ignore[attr-defined]
    assert window.notice.text.text().startswith("Read “gifts policy”: ")


def test_a_wrong_date_is_told_before_anything_is_read(window: Window, hands: Any, tmp_path: Path) -> None:
    """The dialog stays open with a sentence until the date is right; Escape adds nothing."""
    before = len(_rows(window))

    def describe(dialog: QDialog) -> None:
        QTest.keyClicks(hands.named(QLineEdit, "In force from", dialog), "1 March")
        hands.press("Add", dialog)
        assert dialog.isVisible() and "year-month-day" in hands.says(dialog)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    hands.then(hands.choose(_file(tmp_path, "gifts.md")), describe)
    hands.press("Add files")
    assert len(_rows(window)) == before and not window.session.busy


def test_text_is_pasted_as_a_source(window: Window, hands: Any) -> None:
    """Ctrl+V takes the clipboard's text, asks for its name, and reads it."""
    QGuiApplication.clipboard().setText(POLICY.format("Call centre"))

    def describe(dialog: QDialog) -> None:
        name = hands.named(QLineEdit, "Name", dialog)
        assert name.text() == "Call centre policy"
        hands.press("Add", dialog)

    hands.then(describe)
    hands.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    hands.done()
    row = _rows(window)[-1]
    assert row.name == "Call centre policy" and row.statements >= 1


def test_an_empty_clipboard_is_told(window: Window, hands: Any) -> None:
    """Pasting nothing says what to do."""
    QGuiApplication.clipboard().clear()
    hands.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "Copy a document's text" in window.notice.text.text()


def test_dropped_files_are_read_one_after_the_other(window: Window, hands: Any, tmp_path: Path) -> None:
    """Two files let go over the document are both asked about and read."""
    files = [_file(tmp_path, name) for name in ("first.md", "second.md")]
    page: Any = window.pages["sources"]
    titles: list[str] = []

    def add(dialog: QDialog) -> None:
        titles.append(hands.says(dialog).splitlines()[0])
        hands.press("Add", dialog)

    hands.then(add, add)
    assert hands.drop(page.document.viewport(), *files)
    hands.wait(lambda: len(titles) == 2)
    hands.done()
    assert [row.name for row in _rows(window)[-2:]] == ["first policy", "second policy"]
    assert titles == ["Add “first.md” (1 of 2)", "Add “second.md” (2 of 2)"]


def test_a_broken_file_loses_nothing(window: Window, hands: Any, tmp_path: Path) -> None:
    """A file that cannot be read is told by name; those dropped with it are read, the workspace stands."""
    broken, good = tmp_path / "broken.docx", _file(tmp_path, "good.md")
    broken.write_bytes(b"PK\x03\x04 this is no document")
    before = _rows(window)
    page: Any = window.pages["sources"]
    notices: list[str] = []
    window.session.told.connect(lambda text, _tone: notices.append(text))
    hands.then(*[lambda dialog: hands.press("Add", dialog)] * 2)
    hands.drop(page, broken, good)
    hands.wait(lambda: len(_rows(window)) == len(before) + 1)
    hands.done()
    assert [row.name for row in _rows(window)] == [*(row.name for row in before), "good policy"]
    assert any("broken.docx" in text for text in notices)


def test_an_unreadable_file_is_told_with_what_to_do(window: Window, hands: Any, tmp_path: Path) -> None:
    """The sentence names the file and stays in sight until it is put away."""
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    hands.then(lambda dialog: hands.press("Add", dialog))
    hands.drop(window.pages["sources"], broken)
    hands.done()
    hands.wait(lambda: "broken.pdf" in window.notice.text.text())
    assert window.notice.isVisible() and window.notice.property("tone") == "bad"
    hands.press("Put this message away")
    assert not window.notice.isVisible()


def test_a_dropped_folder_is_offered_to_be_linked(window: Window, hands: Any, tmp_path: Path) -> None:
    """A folder is not passed over in silence: one click links it."""
    folder = tmp_path / "policies"
    folder.mkdir()
    _file(folder, "gifts.md")
    assert hands.drop(window.pages["sources"], folder)
    assert "policies" in window.notice.text.text()
    hands.press("Link it")
    hands.done()
    assert _rows(window)[-1].name == "gifts policy"


def test_a_large_file_shows_how_far_it_is_and_can_be_stopped(
    window: Window, hands: Any, tmp_path: Path
) -> None:
    """The tray shows the reading; Stop ends it, and no trace of the file is kept."""
    lines = (f"Agents must keep the record of {'abcdefgh'[n % 8] * (n // 8 + 1)}.\n\n" for n in range(400))
    large = _file(tmp_path, "large.md", "# Records\n\n" + "".join(lines))
    before = _rows(window)
    hands.then(lambda dialog: hands.press("Add", dialog))
    hands.drop(window.pages["sources"], large)
    hands.wait(lambda: "large.md" in window.tray.job.text() and window.tray.meter.isVisible())
    hands.press("Stop")
    hands.done()
    assert _rows(window) == before
    assert not window.tray.stop.isVisible()
    assert "Stopped as you asked" in window.notice.text.text()


def test_a_file_added_again_stays_what_it_is(window: Window, hands: Any, tmp_path: Path) -> None:
    """The dialog shows what is said of the document; its next version keeps kind and owner."""
    shown: list[tuple[str, str]] = []

    def describe(dialog: QDialog) -> None:
        kind, owner = hands.named(QComboBox, "Kind", dialog), hands.named(QLineEdit, "Owner", dialog)
        shown.append((kind.currentText().partition(":")[0], owner.text()))
        assert hands.find(QComboBox, "Replaces", dialog) is None
        assert "next version" in hands.says(dialog)
        hands.press("Add", dialog)

    before = next(row for row in _rows(window) if row.file_name == "refund-handling-sop.md")
    text = "# Refund handling\n\nCheck the amount before you pay it back.\n"
    hands.then(describe)
    hands.drop(window.pages["sources"], _file(tmp_path, "refund-handling-sop.md", text))
    hands.wait(lambda: next(r for r in _rows(window) if r.id == before.id).version == before.version + 1)
    hands.done()
    after = next(row for row in _rows(window) if row.id == before.id)
    assert shown == [("SOP", before.owner)]
    assert (after.authority, after.owner) == (before.authority, before.owner)


def test_a_document_waits_for_the_work_that_runs(window: Window, hands: Any, tmp_path: Path) -> None:
    """What was said about a file is not lost because something else runs: it is read afterwards."""
    window.open_page("simulate", verb="run")
    assert window.session.busy
    window.open_page("sources")
    hands.then(lambda dialog: hands.press("Add", dialog))
    hands.drop(window.pages["sources"], _file(tmp_path, "gifts.md"))
    hands.wait(lambda: _rows(window)[-1].name == "gifts policy")
    hands.done()


def test_tracked_changes_are_seen_and_bind_nobody(window: Window, hands: Any, tmp_path: Path) -> None:
    """What Word keeps as struck out or put in is marked as such; struck words demand nothing."""
    words = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    paragraphs = (
        "<w:p><w:r><w:t>Agents must check the order number.</w:t></w:r></w:p>"
        '<w:p><w:del w:id="1" w:author="Bo"><w:r><w:delText>Agents must ask for the card.</w:delText></w:r>'
        '</w:del></w:p><w:p><w:ins w:id="2" w:author="Bo"><w:r><w:t>Agents must thank the customer.</w:t>'
        "</w:r></w:ins></w:p>"
    )
    made = tmp_path / "tracked.docx"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{words}"><w:body>{paragraphs}</w:body></w:document>'
        )
    hands.then(lambda dialog: hands.press("Add", dialog))
    hands.drop(window.pages["sources"], made)
    hands.wait(lambda: _rows(window)[-1].file_name == "tracked.docx")
    hands.done()
    page: Any = window.pages["sources"]
    cells = [cell for part in page.document._parts for cell in part.cells]
    assert [(cell.text.split()[2], cell.tracked) for cell in cells] == [
        ("check", ""),
        ("ask", "deleted"),
        ("thank", "inserted"),
    ]
    assert not any(mark for cell in cells if cell.tracked == "deleted" for mark in cell.marks)
    assert "Words struck out bind nobody" in hands.says(page.sentence)
