"""The page of a PDF beside its text: follows the sentence, turns, and says what went wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.desktop.pages.sources import SourcesPage
from studio.desktop.window import Window
from studio.services.stages.reading import ReadSource

LINES = (
    "Agents must check the order before they send a label.",
    "Agents must never share the card number with anyone.",
)


def _pdf() -> bytes:
    """Return a PDF with one line on each of two pages."""
    objects = [b"", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"]
    kids = []
    for line in LINES:
        content = f"BT /F 12 Tf 60 700 Td <{line.encode('cp1252').hex()}> Tj ET".encode()
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>"  # noqa: E501
        objects.append(page % len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return out + tail % (len(objects) + 1, table, len(objects) + 1, len(out))


def _open(window: Window, qtbot: QtBot) -> SourcesPage:
    bench = window.session.workbench
    assert bench is not None
    bench.run(ReadSource("manual.pdf", _pdf()))
    window.open_page("sources")
    page = window.pages["sources"]
    assert isinstance(page, SourcesPage)
    page.list.choose(next(item.id for item in page.list.items() if item.title.casefold() == "manual"))
    QTest.keyClick(window, Qt.Key.Key_P)
    _drawn(page, qtbot, 1)
    return page


def _drawn(page: SourcesPage, qtbot: QtBot, number: int) -> None:
    panel = page.picture
    qtbot.waitUntil(
        lambda: (
            panel.states.currentWidget() is panel.image
            and panel.image.accessibleDescription() == f"Page {number} of 2"
        ),
        timeout=30_000,
    )
    qtbot.waitUntil(lambda: page.pictures._thread is None, timeout=30_000)


def test_the_page_follows_the_sentence_and_turns(window: Window, qtbot: QtBot) -> None:
    """P shows the page; choosing a sentence brings its page, the arrows turn; P puts it away."""
    page = _open(window, qtbot)
    page.document.choose(page.document._places[-1].mark.id)
    _drawn(page, qtbot, 2)
    QTest.mouseClick(page.picture.back, Qt.MouseButton.LeftButton)
    _drawn(page, qtbot, 1)
    assert not page.picture.back.isEnabled()
    wide = page.picture.image._sheet.width()
    QTest.mouseClick(page.picture.larger, Qt.MouseButton.LeftButton)
    assert page.picture.image._sheet.width() > wide
    _drawn(page, qtbot, 1)
    QTest.keyClick(window, Qt.Key.Key_P)
    assert not page.picture.isVisible()
    assert page.list_pane.isVisible()


def test_a_page_that_cannot_be_drawn_says_why(window: Window, qtbot: QtBot) -> None:
    """Where the original is gone from the workspace, the panel says so; text has no page."""
    page = _open(window, qtbot)
    bench = window.session.workbench
    assert bench is not None
    assert page._shown is not None
    folder = bench.outside.workspace.folder
    kept = next(file for file in folder.rglob("*") if page._shown.source.current.digest in file.name)
    kept.chmod(0o600)
    kept.write_bytes(b"something else")
    panel = page.picture
    QTest.mouseClick(panel.on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.states.currentWidget() is panel.states.error, timeout=30_000)
    assert len(panel.states.error.text.text()) > 20
    qtbot.waitUntil(lambda: page.pictures._thread is None, timeout=30_000)
    page.list.choose(page.list.items()[-1].id)
    assert not panel.isVisible()
    assert not page.doc_pane.as_page.isVisible()
