"""The Sources page by keys and clicks: sentences, work to do, search, waiving, describing."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.desktop.pages.sources import SourcesPage
from studio.desktop.panels.describe_source import DescribeDialog
from studio.desktop.panels.waive import WaiveDialog
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.document_marks import DocMark
from studio.desktop.widgets.document_view import DocCell, DocPart, DocumentView
from studio.desktop.window import Window
from studio.services.queries.marked_document import Sentence
from studio.services.queries.sources import ShowSource


def _page(window: Window) -> SourcesPage:
    window.open_page("sources")
    page = window.pages["sources"]
    assert isinstance(page, SourcesPage)
    return page


def _answer_next(kind: type, act: Any) -> None:
    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, kind):
            act(dialog)
        else:
            QTimer.singleShot(10, look)

    QTimer.singleShot(0, look)


def _sentence(window: Window, key: str) -> Sentence:
    source_id, _, statement_id = key.partition("/")
    rows = window.session.ask(ShowSource(source_id)).blocks
    return next(s for row in rows for s in row.sentences if s.statement.id == statement_id)


def test_a_way_to_a_sentence_opens_its_document_there(window: Window) -> None:
    """`S-01/STATEMENT` opens the document with that sentence chosen, and says its state."""
    page = _page(window)
    key = page.work.list.items()[0].id
    window.open_page("sources", key)
    assert f"{page.list.current_id()}/{page.document.chosen}" == key
    assert page.document.accessibleDescription().startswith(_sentence(window, key).state)


def test_the_keyboard_walks_through_the_work(window: Window) -> None:
    """J goes to the next thing to do and K back; the sentence is shown in its document."""
    page = _page(window)
    keys = [item.id for item in page.work.list.items() if not item.id.startswith("?")]
    for key, wanted in ((Qt.Key.Key_J, keys[0]), (Qt.Key.Key_J, keys[1]), (Qt.Key.Key_K, keys[0])):
        QTest.keyClick(window, key)
        assert page.work.list.current_id() == wanted
        assert page.document.chosen == wanted.partition("/")[2]


def test_a_sentence_is_waived_with_a_reason_and_taken_back(window: Window) -> None:
    """W asks why; the sentence is waived from then on, until it is taken back."""
    page = _page(window)
    key = next(w.id for w in page.work._work if w.group == "Not yet looked at")
    window.open_page("sources", key)

    def say(dialog: WaiveDialog) -> None:
        QTest.keyClicks(dialog.field, "Only for the shops")
        QTest.mouseClick(dialog.yes, Qt.MouseButton.LeftButton)

    _answer_next(WaiveDialog, say)
    QTest.keyClick(window, Qt.Key.Key_W)
    assert _sentence(window, key).state == "waived"
    back = next(b for b in page.sentence.findChildren(Button) if b.text() == "Take it back")
    back.click()
    assert _sentence(window, key).state == "not yet looked at"


def test_a_search_leads_to_the_place(window: Window, qtbot: QtBot) -> None:
    """Words typed into the search field list the places; choosing one opens its document there."""
    page = _page(window)
    QTest.keyClicks(page.left.field, "damaged")
    qtbot.waitUntil(lambda: bool(page.hits.items()), timeout=30_000)
    item = page.hits.items()[-1]
    page.hits.choose(item.id)
    assert page.list.current_id() == item.id.partition("|")[2].partition("#")[0]
    assert "damaged" in page.document.accessibleDescription().casefold()


def test_a_source_is_described(window: Window) -> None:
    """E opens what a document is; a changed owner stands from then on."""
    page = _page(window)

    def say(dialog: DescribeDialog) -> None:
        field: Any = dialog._fields["owner"]
        field.setText("Returns team")
        QTest.mouseClick(dialog.yes, Qt.MouseButton.LeftButton)

    _answer_next(DescribeDialog, say)
    QTest.keyClick(window, Qt.Key.Key_E)
    assert window.session.ask(ShowSource(page.list.current_id())).source.owner == "Returns team"


@pytest.mark.usefixtures("dressed")
def test_a_long_document_opens_and_scrolls_at_once(qtbot: QtBot) -> None:
    """Of a document of about 200 pages only what is seen is laid out, and never a second time."""
    text = "Agents must check the record before they send the form to the customer who asked for it. " * 4
    parts = [
        DocPart("paragraph", (DocCell(text, (DocMark(str(n), 0, 88, "ok", "tested", "check"),)),))
        for n in range(4_000)
    ]
    view = DocumentView("Handbook")
    qtbot.addWidget(view)
    view.resize(700, 800)
    view.show()
    view.show_parts(parts)
    view.grab()
    opened = len(view._laid)
    for step in range(20):
        view.verticalScrollBar().setValue(step * 4_000)
        view.grab()
    assert 0 < opened < 40  # what is seen, of 4,000 parts
    assert len(view._laid) < 20 * 40
    kept = dict(view._laid)
    view.verticalScrollBar().setValue(0)
    view.grab()
    assert view._laid == kept and all(view._laid[place] is laid for place, laid in kept.items())
