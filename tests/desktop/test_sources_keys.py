"""The Sources page without a mouse and without colour: every part has a name and a way to it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from studio.desktop.pages.sources import SourcesPage
from studio.desktop.panels.document import STATE_SIGNS
from studio.desktop.window import Window
from studio.services.accounting import STATES


def _page(window: Window) -> SourcesPage:
    page = window.pages["sources"]
    assert isinstance(page, SourcesPage)
    return page


def _focusable(inside: QWidget) -> list[QWidget]:
    QApplication.processEvents()
    return [
        w
        for w in inside.findChildren(QWidget)
        if w.isVisible() and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


def test_the_work_is_walked_by_keys_from_first_to_last(governed: Window, hands: Any) -> None:
    """J shows each thing to do in its document or asks its question; the last one stays; K goes back."""
    page = _page(governed)
    ids = [item.id for item in page.work.list.items()]
    walked = []
    for _ in ids:
        hands.key(Qt.Key.Key_J)
        walked.append(page.work.list.current_id())
        if walked[-1].startswith("?"):
            assert "Is this the same statement?" in hands.says(page.sentence)
        else:
            assert walked[-1] == f"{page.list.current_id()}/{page.document.chosen}"
    assert walked == ids
    hands.key(Qt.Key.Key_J)
    assert page.work.list.current_id() == ids[-1]
    hands.key(Qt.Key.Key_K)
    assert page.work.list.current_id() == ids[-2]


def test_after_something_is_done_the_walk_goes_on_from_there(governed: Window, hands: Any) -> None:
    """What is worked off leaves the list; the next key goes to what took its place, not to the top."""
    page = _page(governed)
    page.left.show_worklist()
    ids = [item.id for item in page.work.list.items()]
    place = next(n for n, each in enumerate(ids) if each.startswith("?"))
    assert 0 < place < len(ids) - 1
    for _ in range(place + 1):
        hands.key(Qt.Key.Key_J)
    hands.press("A different one", page.sentence)
    assert ids[place] not in [item.id for item in page.work.list.items()]
    hands.key(Qt.Key.Key_J)
    assert page.work.list.current_id() == page.work.list.items()[place].id
    hands.key(Qt.Key.Key_K)
    assert page.work.list.current_id() == ids[place - 1]


def test_everything_has_a_name_and_is_reached_by_tab(governed: Window, hands: Any) -> None:
    """Tab goes through every list, field, choice and button of the page, each with a name."""
    page = _page(governed)
    groups = ("Look again", "In conflict", "Same statement?")
    for item in [i for i in page.work._work if i.group in groups][:3]:
        page._go(item.id)
        parts = _focusable(page)
        nameless = [w for w in parts if not (w.accessibleName() or (isinstance(w, QPushButton) and w.text()))]
        assert not nameless, nameless
        first = page.first_focus()
        assert first is not None
        first.setFocus()
        reached: set[QWidget] = set()
        for _ in range(120):
            here = QApplication.focusWidget()
            if here in reached:
                break
            assert here is not None
            reached.add(here)
            hands.key(Qt.Key.Key_Tab)
        missed = [
            w.accessibleName()
            for w in parts
            if w not in reached and not (isinstance(w, QPushButton) and w.autoExclusive())
        ]
        assert not missed, missed


def test_every_state_has_a_sign_of_its_own_and_words(governed: Window) -> None:
    """No two states look alike without colour, and each mark is said in words."""
    assert set(STATES) <= set(STATE_SIGNS)
    assert len(set(STATE_SIGNS.values())) == len(STATE_SIGNS)
    page = _page(governed)
    marks = [m for part in page.document._parts for cell in part.cells for m in cell.marks]
    assert marks and all(mark.words for mark in marks)
