"""The Tests page by clicks and keys: tests are edited by choosing, varied, changed in bulk, and found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QLineEdit

from studio.desktop.pages.tests import TestsPage
from studio.desktop.window import Window
from studio.domain.scenario import ExpectCall, ExpectOutcome, Scenario
from studio.services.queries.tests import ShowTests

if TYPE_CHECKING:
    from tests.desktop.conftest import Hands


@pytest.fixture
def page(window: Window, hands: Hands) -> TestsPage:
    """The Tests page on the prepared workspace, every test met."""
    window.open_page("tests")
    found = window.pages["tests"]
    assert isinstance(found, TestsPage)
    hands.wait(lambda: found._rows and len(found._rows.passes) == len(found._rows.draft.scenarios))
    return found


def drafted(window: Window) -> dict[str, Scenario]:
    """Return the tests of the draft."""
    return {each.id: each for each in window.session.ask(ShowTests()).draft.scenarios}


def type_into(field: QLineEdit, words: str) -> None:
    """Put words in the place of what stands in a field, and press Return."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, words)
    QTest.keyClick(field, Qt.Key.Key_Return)


def pick(hands: Hands, box: QComboBox, words: str) -> None:
    """Choose an entry of a choice by a click in its list."""
    at = next(n for n in range(box.count()) if box.itemText(n).startswith(words))
    box.showPopup()
    view = box.view()
    hands.wait(view.isVisible)
    index = box.model().index(at, 0)
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
    hands.wait(lambda: not view.isVisible())


def test_a_test_is_edited_by_choosing(page: TestsPage, window: Window, hands: Hands) -> None:
    """Name, mood, behaviours and faults are chosen, saved at once, and undone in the order they were made."""
    page.show_item("T-01")
    before = drafted(window)["T-01"]
    name = hands.named(QLineEdit, "Name", page.form)
    type_into(name, "Plain return")
    hands.wait(lambda: drafted(window)["T-01"].title == "Plain return")
    pick(hands, hands.named(QComboBox, "Mood", page.form), "Angry")
    hands.wait(lambda: drafted(window)["T-01"].persona.mood == "angry")
    pick(hands, hands.named(QComboBox, "Add a behaviour", page.form), "Impatient")
    hands.wait(lambda: drafted(window)["T-01"].behaviours[-1:] == ("impatient",))
    pick(hands, hands.named(QComboBox, "Let something fail", page.form), "“create return” does not answer")
    hands.wait(lambda: drafted(window)["T-01"].faults)
    pick(hands, hands.named(QComboBox, "“create return” does not answer: how often", page.form), "First time")
    hands.wait(lambda: drafted(window)["T-01"].faults[0].times == 1)
    for _ in range(5):
        window.session.undo()
    assert drafted(window)["T-01"] == before


def test_what_must_happen_is_chosen_and_run_at_once(page: TestsPage, window: Window, hands: Hands) -> None:
    """An expectation that the draft breaks shows as not right, in the list and beside, at once."""
    page.show_item("T-01")
    assert "right" in hands.says(page.met)
    pick(hands, hands.named(QComboBox, "It ends", page.form), "Given up")
    hands.wait(lambda: ExpectOutcome(outcome="abandoned") in drafted(window)["T-01"].expectations)
    hands.wait(lambda: page.met.verdict.text() == "not right")
    assert "expected" in hands.says(page.met)
    hands.wait(lambda: any(row.id == "T-01" and row.mark == "bad" for row in page.list.items()))
    window.session.undo()
    hands.wait(lambda: page.met.verdict.text() == "right")
    many = len(drafted(window)["T-01"].expectations)
    pick(hands, hands.named(QComboBox, "Add what must happen", page.form), "A system is used")
    hands.wait(lambda: len(drafted(window)["T-01"].expectations) == many + 1)
    added = drafted(window)["T-01"].expectations[-1]
    assert isinstance(added, ExpectCall)
    box = page.form.form.widget(f"T-01/expect/{many}/call/never")
    assert box is not None
    tick = box.findChild(QCheckBox)
    assert tick is not None
    tick.click()
    hands.wait(lambda: drafted(window)["T-01"].expectations[-1] == added.model_copy(update={"never": True}))
    assert "Never uses" in hands.says(page.form)
    remove = page.form.form.widget(f"T-01/expect/{many}/remove")
    assert remove is not None
    button = remove.findChild(QAbstractButton)
    assert button is not None
    button.click()
    hands.wait(lambda: len(drafted(window)["T-01"].expectations) == many)


def test_tests_are_added_copied_varied_and_deleted(page: TestsPage, window: Window, hands: Hands) -> None:
    """A copy by its key, a variation by choice, a new test of a workflow; each is shown, and deleted."""
    page.show_item("T-01")
    page.list.setFocus()
    many = len(drafted(window))
    held = Qt.KeyboardModifier.ControlModifier
    hands.key(Qt.Key.Key_D, held | Qt.KeyboardModifier.ShiftModifier)
    hands.wait(lambda: len(drafted(window)) == many + 1)
    copy = page.list.current_id()
    assert drafted(window)[copy].title.endswith("(copy)")
    page.show_item("T-01")
    pick(hands, page.met.group, "Another behaviour")
    pick(hands, page.met.way, "Angry")
    hands.press("Duplicate it with this variation", page)
    hands.wait(lambda: len(drafted(window)) == many + 2)
    assert drafted(window)[page.list.current_id()].behaviours[-1] == "angry"
    pick(hands, page.adder, "Return an item")
    hands.wait(lambda: len(drafted(window)) == many + 3)
    assert "a new test" in page.middle.title.text()
    page.list.setFocus()
    hands.key(Qt.Key.Key_Delete, held)
    hands.wait(lambda: len(drafted(window)) == many + 2)


def test_several_are_changed_at_once(page: TestsPage, window: Window, hands: Hands) -> None:
    """Rows chosen with Shift are tagged, made angry and found by their tag; one undo takes one deed back."""
    page.show_item("T-01")
    page.list.setFocus()
    for _ in range(2):
        hands.key(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert page.list.selected() == ("T-01", "T-02", "T-03")
    assert "3 tests are chosen" in hands.says(page.bulk)
    type_into(hands.named(QLineEdit, "Tag for the chosen tests", page.bulk), "Core")
    hands.wait(lambda: drafted(window)["T-03"].tags == ("Core",))
    assert page.list.selected() == ("T-01", "T-02", "T-03")
    pick(hands, hands.named(QComboBox, "Let them behave so", page.bulk), "Angry")
    hands.wait(lambda: all("angry" in drafted(window)[each].behaviours for each in ("T-01", "T-02", "T-03")))
    window.session.undo()
    assert all("angry" not in drafted(window)[each].behaviours for each in ("T-01", "T-02", "T-03"))
    pick(hands, page.filter, "Tagged “Core”")
    assert [row.id for row in page.list.items()] == ["T-01", "T-02", "T-03"]
    pick(hands, page.filter, "All tests")
    QTest.keyClicks(page.words, "supervisor")
    assert 0 < len(page.list.items()) < len(drafted(window))


def test_a_gap_is_shown_and_closed_by_a_written_test(page: TestsPage, window: Window, hands: Hands) -> None:
    """What no passing test exercises is listed with a button that writes a test, which is then shown."""
    many = len(drafted(window))
    hands.press("What no test tries", page)
    hands.wait(lambda: "Rows of decisions:" in hands.says(page.gaps))
    pick(hands, page.gaps.kind, "Rows of decisions")
    written = hands.named(QAbstractButton, "Write a test: ", page.gaps)
    title = written.accessibleName().removeprefix("Write a test: ")
    assert title in {gap.title for gap in page.gaps._things if not gap.passed}
    QTest.mouseClick(written, Qt.MouseButton.LeftButton)
    hands.wait(lambda: len(drafted(window)) == many + 1)
    hands.wait(lambda: page._rows and len(page._rows.passes) == many + 1)
    assert page.list.current_id() not in {f"T-{n:02}" for n in range(1, many + 1)}
    assert title not in {gap.title for gap in page.gaps._things if not gap.passed}
    hands.key(Qt.Key.Key_F9)
    assert page.met.isVisible()
    assert page.met.verdict.text() == "right"
