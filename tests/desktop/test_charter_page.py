"""The Charter page by clicks and keys: everything is edited, saved at once, told in words, and undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from studio.desktop.pages.charter import CharterPage
from studio.desktop.panels.charter_cite import CiteDialog
from studio.desktop.panels.economics import EconomicsPanel, ledger
from studio.desktop.panels.portfolio import PortfolioPanel
from studio.desktop.window import Window
from studio.domain.charter import Charter
from studio.domain.economics import Economics
from studio.services.queries.charter import ShowCharter

if TYPE_CHECKING:
    from tests.desktop.conftest import Hands

Made = TypeVar("Made", bound=QWidget)


@pytest.fixture
def page(window: Window) -> CharterPage:
    """The Charter page on the prepared workspace."""
    window.open_page("charter")
    found = window.pages["charter"]
    assert isinstance(found, CharterPage)
    return found


def charter(window: Window) -> Charter:
    """Return the charter of the draft."""
    return window.session.ask(ShowCharter()).draft.charter


def part(page: CharterPage, name: str, kind: type[Made]) -> Made:
    """Show a part of the charter by its row, and return its form."""
    assert page.list.choose(name)
    form = page._forms[name]
    assert isinstance(form, kind)
    return form


def type_into(field: QLineEdit | QPlainTextEdit, words: str) -> None:
    """Put words in the place of what stands in a field, and leave it with Tab."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, words)
    QTest.keyClick(field, Qt.Key.Key_Tab)
    field.clearFocus()


def pick(hands: Hands, box: QComboBox, words: str) -> None:
    """Choose an entry of a choice by typing its words and pressing Return in its list."""
    at = next(n for n in range(box.count()) if box.itemText(n).startswith(words))
    box.setFocus()
    box.showPopup()
    view = box.view()
    hands.wait(view.isVisible)
    index = box.model().index(at, 0)
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
    hands.wait(lambda: not view.isVisible())


def test_the_texts_are_reworded_and_undone(page: CharterPage, window: Window, hands: Hands) -> None:
    """A text is saved when it is left, and undo brings the old words back on the page."""
    before = charter(window).purpose
    area = hands.named(QPlainTextEdit, "Purpose", page)
    type_into(area, "Help with returns only.")
    hands.wait(lambda: charter(window).purpose == "Help with returns only.")
    assert "changed" in hands.says(page.middle)
    assert "Changed in the draft" in hands.says(page.side)
    window.session.undo()
    hands.wait(lambda: area.toPlainText() == before)
    assert charter(window).purpose == before


def test_nobody_owning_performance_is_told_and_mended(
    page: CharterPage, window: Window, hands: Hands
) -> None:
    """Taking the owner's name away marks the row and says that no release leaves; naming one mends it."""
    page.list.choose("owners")
    type_into(hands.named(QLineEdit, "Analytics", page), " ")
    hands.wait(lambda: charter(window).owner("analytics") == "")
    assert "No release leaves" in hands.says(page.middle)
    assert any("nobody owns performance" in row.words for row in page.list.items())
    pick(hands, hands.named(QComboBox, "Who owns performance", page), "Operations")
    hands.wait(lambda: charter(window).performance_owner == "operations")
    assert "No release leaves" not in hands.says(page.middle)


def test_autonomy_shows_what_each_level_demands(page: CharterPage, window: Window, hands: Hands) -> None:
    """Level 3 shows as unmet what this agent lacks, and goes beyond the company's policy in the open."""
    page.list.choose("reach")
    assert "Level 3 would demand" in hands.says(page.side)
    pick(hands, hands.named(QComboBox, "Autonomy level", page), "Level 3")
    hands.wait(lambda: charter(window).autonomy == 3)
    assert "✕ No rule of high severity rests on words only" in hands.says(page.side)
    page.list.choose("company_policy")
    assert "allows at most level 2" in hands.says(page.side)
    row = next(row for row in page.list.items() if row.id == "company_policy")
    assert row.mark == "bad"


def test_technology_is_said_in_precise_words(page: CharterPage, window: Window, hands: Hands) -> None:
    """Choosing hybrid explains it and asks for the language models, which the policy is held against."""
    page.list.choose("reach")
    pick(hands, hands.named(QComboBox, "Class", page), "Hybrid")
    hands.wait(lambda: "A language model understands the customer" in hands.says(page.middle))
    type_into(hands.named(QLineEdit, "Add a language model", page), "acme/chat")
    hands.wait(lambda: getattr(charter(window).technology, "models", ()) == ("acme/chat",))
    page.list.choose("company_policy")
    assert "“acme/chat” is not among those" in hands.says(page.side)


def test_a_policy_is_narrowed_by_a_tick(page: CharterPage, window: Window, hands: Hands) -> None:
    """Taking a kind of data off the policy breaks the check by name; undo mends it."""
    page.list.choose("company_policy")
    box = hands.named(QCheckBox, "Allowed: payment", page)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    hands.wait(lambda: "handles payment data" in hands.says(page.side))
    window.session.undo()
    hands.wait(lambda: "The agent keeps to" in hands.says(page.side))
    hands.wait(lambda: hands.named(QCheckBox, "Allowed: payment", page).isChecked())


def test_a_rule_is_added_worded_and_guarded_by_choosing(
    page: CharterPage, window: Window, hands: Hands
) -> None:
    """From its kind to a guard with a condition: all is chosen, and amber goes when code keeps it."""
    pick(hands, page.adder, "It must never")
    rule = next(each for each in charter(window).rules if each.title == "New rule")
    assert page.list.current_id() == rule.id
    name = hands.named(QLineEdit, "Name", page)
    hands.wait(lambda: window.focusWidget() is name)
    QTest.keyClicks(name, "No refund above the order")
    QTest.keyClick(name, Qt.Key.Key_Return)
    type_into(hands.named(QPlainTextEdit, "What is demanded", page), "Never refund more than 50.")
    hands.wait(lambda: charter(window).rule(rule.id).text == "Never refund more than 50.")
    assert "Kept by words only" in hands.says(page.side)
    pick(hands, hands.named(QComboBox, "Protect a system", page), "Issue refund")
    hands.wait(lambda: charter(window).rule(rule.id).enforced_by == "guard")
    assert "Kept by code" in hands.says(page.side)
    assert "may never be called" in hands.says(page.middle)
    hands.press("Add a comparison", page)
    pick(hands, hands.named(QComboBox, "Comparison 1: what", page), "Amount")
    pick(hands, hands.named(QComboBox, "Comparison 1: how", page), "is above")
    type_into(hands.named(QLineEdit, "Comparison 1: value", page), "50")
    hands.wait(lambda: "is above 50" in hands.says(page.side))
    guard = charter(window).rule(rule.id).guard
    assert guard is not None
    assert guard.forbidden_when is not None
    assert "may never be called" not in hands.says(page.middle)


def test_a_rule_is_moved_copied_deleted_and_brought_back_by_keys(
    page: CharterPage, window: Window, hands: Hands
) -> None:
    """Alt+Down moves it among its kind, Ctrl+Shift+D copies it, Ctrl+Delete removes it."""

    def order() -> list[str]:
        return [rule.id for rule in charter(window).rules if rule.kind == "disclose"]

    page.show_item("R-01")
    first, second, *_ = order()
    page.list.setFocus()
    hands.key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    hands.wait(lambda: order()[:2] == [second, first])
    hands.key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    hands.wait(lambda: len(order()) == 4)
    copied = page.list.current_id()
    assert charter(window).rule(copied).title.endswith("(copy)")
    page.show_item("R-06")
    page.list.setFocus()
    hands.key(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    hands.wait(lambda: "R-06" not in order())
    assert "It is missed where step" in window.notice.text.text()
    page.show_item("R-06")
    hands.press("Bring it back", page)
    hands.wait(lambda: "R-06" in order())
    assert page.list.current_id() == "R-06"


def test_the_rules_are_searched_and_filtered(page: CharterPage, hands: Hands) -> None:
    """Words narrow the list to rules that have them; a filter shows those that only words keep."""
    QTest.keyClicks(page.words, "card number")
    assert [row.id for row in page.list.items()] == ["R-10"]
    page.words.clear()
    pick(hands, page.filter, "Kept by words only")
    assert [row.id for row in page.list.items()] == ["R-10"]
    assert page.list.items()[0].chip_tone == "warn"


def test_a_rule_is_given_its_ground_by_choosing_a_sentence(
    page: CharterPage, window: Window, hands: Hands
) -> None:
    """A sentence is found by its words and becomes the rule's ground; one click takes it away again."""
    page.show_item("R-10")
    before = charter(window).rule("R-10").citations

    def act(dialog: CiteDialog) -> None:
        QTest.keyClicks(dialog.words, "washed or assembled")
        assert dialog.list.items()
        assert all("washed" in row.title for row in dialog.list.items())
        hands.press("It stands on this sentence", dialog)

    hands.then(act)
    hands.press("Add a sentence…", page)
    hands.wait(lambda: len(charter(window).rule("R-10").citations) == len(before) + 1)
    cited = charter(window).rule("R-10").citations[-1]
    assert "washed" in cited.quote
    assert cited.source_id in {pin.id for pin in window.session.ask(ShowCharter()).draft.sources}
    window.session.undo()
    hands.wait(lambda: charter(window).rule("R-10").citations == before)


def test_a_request_is_dragged_and_carried_by_keys(page: CharterPage, window: Window, hands: Hands) -> None:
    """A card dragged into another field changes place and handling; Alt and an arrow carry it back."""
    panel = part(page, "portfolio", PortfolioPanel)
    matrix = panel.matrix

    def place(item: str) -> tuple[str, str, str]:
        found = next(each for each in charter(window).portfolio or () if each.id == item)
        return found.complexity, found.emotion, found.handling

    start = matrix.box_of("return-an-item").center().toPoint()
    aim = matrix.field_box(1, 0).center().toPoint()
    QTest.mousePress(matrix, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(matrix, (start + aim) / 2)
    QTest.mouseMove(matrix, aim)
    QTest.mouseRelease(matrix, Qt.MouseButton.LeftButton, pos=aim)
    hands.wait(lambda: place("return-an-item") == ("complex", "charged", "human first"))
    assert matrix.accessibleDescription().startswith("Return an item, 5,200 a month · human first")
    matrix.setFocus()
    QTest.keyClick(matrix, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(matrix, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    hands.wait(lambda: place("return-an-item") == ("simple", "calm", "automate"))
    QTest.keyClick(matrix, Qt.Key.Key_Delete)
    hands.wait(lambda: all(each.id != "return-an-item" for each in charter(window).portfolio or ()))


def test_a_request_is_added_where_it_belongs_and_counted(
    page: CharterPage, window: Window, hands: Hands
) -> None:
    """A double-click in a field begins a card there; a count that is none is told and not kept."""
    panel = part(page, "portfolio", PortfolioPanel)
    matrix = panel.matrix
    spot = matrix.field_box(1, 0).bottomRight().toPoint() - QPoint(14, 14)
    QTest.mouseDClick(matrix, Qt.MouseButton.LeftButton, pos=spot)
    assert panel.adder.hasFocus()
    QTest.keyClicks(panel.adder, "Complaint about a colleague")
    QTest.keyClick(panel.adder, Qt.Key.Key_Return)
    hands.wait(lambda: matrix.current == "complaint-about-a-colleague")
    count = hands.named(QLineEdit, "Contacts a month", page)
    type_into(count, "many")
    assert "Write a whole number" in hands.says(panel)
    type_into(count, "1,250")
    hands.wait(
        lambda: "Complaint" in matrix.accessibleDescription() and "1,250" in matrix.accessibleDescription()
    )
    found = (charter(window).portfolio or ())[-1]
    assert (found.complexity, found.emotion, found.handling) == ("complex", "charged", "human first")


def test_thresholds_are_added_changed_and_told_when_looser_than_people(
    page: CharterPage, window: Window, hands: Hands
) -> None:
    """A type of escalation gets a threshold; repeat contact above people's is broken, in a sentence."""
    page.list.choose("readiness")
    about = hands.named(QLineEdit, "Escalation of which type", page)
    QTest.keyClicks(about, "complaints")
    QTest.keyClick(about, Qt.Key.Key_Return)
    hands.wait(lambda: "30 % of complaints" in hands.says(page.middle))
    form = page._forms["readiness"].form
    limit = form.widget("repeat contact/limit")
    assert limit is not None
    line = limit.findChild(QLineEdit)
    assert line is not None
    type_into(line, "25")
    hands.wait(lambda: "must not be above it" in hands.says(page.side))
    type_into(line, "150")
    assert "from 0 to 100" in hands.says(page.middle)
    assert next(t for t in charter(window).readiness or () if t.id == "repeat contact").limit == 0.25


def test_the_economics_are_read_off_the_plot(page: CharterPage, window: Window, hands: Hands) -> None:
    """Another share moves the verdict from saving to costing; the plot's cursor is read by keys."""
    panel = part(page, "economics", EconomicsPanel)
    assert panel.verdict.text().startswith("Saves 16,761 GBP a month. It pays from 32.7 %")
    assert "Break-even 32.7 %" in panel.plot.accessibleDescription()
    type_into(hands.named(QLineEdit, "Share it settles", page), "20")
    hands.wait(lambda: panel.verdict.text().startswith("Costs"))
    assert "costs more than it saves" in hands.says(page.side)
    panel.plot.setFocus()
    QTest.keyClick(panel.plot, Qt.Key.Key_End)
    assert panel.plot.accessibleDescription().startswith("100 % settled: saves")
    QTest.keyClick(panel.plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert panel.plot.accessibleDescription().startswith("90 % settled")
    window.session.undo()
    hands.wait(lambda: panel.verdict.text().startswith("Saves"))


def test_the_lines_of_the_month_add_up() -> None:
    """What is settled, comes back, is passed through and is fixed is together what the month costs."""
    figures = Economics(
        volume=9740, containment=0.62, person_cost=5.4, agent_cost=0.35, passing_cost=0.9,
        repeat_share=0.08, fixed_cost=6500,
    )  # fmt: skip
    people, settled, back, passed, _extra, fixed, together, saved = [
        amount for _, amount, _ in ledger(figures)
    ]
    assert settled + back + passed + fixed == pytest.approx(together)
    assert people - together == pytest.approx(saved)


def test_empty_parts_say_how_to_begin(page: CharterPage, window: Window, hands: Hands) -> None:
    """Removed figures and policy leave a sentence and a button, which begins with what the agent shows."""
    page.list.choose("economics")
    hands.press("Remove these figures", page)
    hands.wait(lambda: charter(window).economics is None)
    hands.press("Put figures down", page)
    hands.wait(lambda: charter(window).economics is not None)
    figures = charter(window).economics
    assert figures is not None
    assert figures.volume == 9740
    page.list.choose("company_policy")
    hands.press("Remove the policy", page)
    hands.wait(lambda: charter(window).company_policy is None)
    hands.press("Write it down", page)
    hands.wait(lambda: charter(window).company_policy is not None)
    assert "The agent keeps to" in hands.says(page.side)


def test_a_place_of_the_charter_opens_its_part(page: CharterPage, window: Window, hands: Hands) -> None:
    """A way that leads to a kind of request or a figure shows the part it stands in."""
    window.open_page("charter", "portfolio/where-is-my-refund")
    assert page.list.current_id() == "portfolio"
    panel = page._forms["portfolio"]
    assert isinstance(panel, PortfolioPanel)
    assert panel.matrix.current == "where-is-my-refund"
    window.open_page("charter", "ai_disclosure")
    assert page.list.current_id() == "about"
    QApplication.processEvents()
