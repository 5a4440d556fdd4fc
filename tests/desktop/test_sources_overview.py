"""What is open on the Sources page is told and led to: by document, by state, by sentence."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QPushButton

from studio.desktop.pages.sources import SourcesPage
from studio.desktop.panels.coverage import percent
from studio.desktop.source_rows import open_in
from studio.desktop.widgets.paragraph import Link
from studio.desktop.window import Window
from studio.services.queries.governance import ListSuspects
from studio.services.queries.sources import ListSources, ShowSource


def _page(window: Window) -> SourcesPage:
    page = window.pages["sources"]
    assert isinstance(page, SourcesPage)
    return page


def test_a_document_says_what_is_open_and_leads_there(governed: Window, hands: Any) -> None:
    """Each line of the card is counted from the sentences; a click chooses the first one it is about."""
    page = _page(governed)
    told = open_in(governed.session.ask(ShowSource("S-03")))
    assert [each.words.partition(" ")[2] for each in told][:2] == [
        "sentence to look at again",
        "sentences in a conflict" if len(told[1].ids) > 1 else "sentence in a conflict",
    ]
    for each in told:
        governed.open_page("sources", "S-02")
        governed.open_page("sources", "S-03")
        hands.press(each.words, page.sentence)
        assert page.document.chosen == each.ids[0]


def test_a_document_with_a_conflict_never_says_that_nothing_is_open(governed: Window, hands: Any) -> None:
    """The card and the chip in the list agree for every document."""
    page = _page(governed)
    for row in governed.session.ask(ListSources()).rows:
        governed.open_page("sources", row.id)
        quiet = "Nothing is open here" in hands.says(page.sentence)
        assert quiet == (not open_in(governed.session.ask(ShowSource(row.id)))), row.name
        assert not (quiet and row.conflicts), row.name


def test_a_state_of_the_coverage_leads_to_its_sentences(governed: Window, hands: Any) -> None:
    """A line of the legend lists the sentences in that state, and no others."""
    page = _page(governed)
    governed.resize(1440, 900)
    hands.press("Not yet looked at: ", page.left.coverage)
    assert page.work.isVisible() and page.work.filter.currentText() == "Not yet looked at"
    wanted = [work.id for work in page.work._work if work.group == "Not yet looked at"]
    assert [item.id for item in page.work.list.items()] == wanted
    hands.press("In the agent and tested: ", page.left.coverage)
    assert page.work.filter.currentText() == "In the agent and tested"


def test_a_low_window_leaves_the_room_to_the_list(governed: Window, hands: Any) -> None:
    """The states fold away at 700 pixels; Show brings them back, and what a person chose stays."""
    page = _page(governed)
    governed.resize(1100, 700)
    hands.wait(lambda: not page.left.coverage.legend.isVisible())
    hands.press("Show the states", page.left.coverage)
    assert page.left.coverage.legend.isVisible()
    governed.resize(1100, 690)
    hands.wait(lambda: governed.height() == 690)
    assert page.left.coverage.legend.isVisible()
    hands.press("Hide the states", page.left.coverage)
    governed.resize(1440, 900)
    hands.wait(lambda: governed.height() == 900)
    assert not page.left.coverage.legend.isVisible()


def test_a_doubt_names_each_place_once_and_leads_to_it(governed: Window, hands: Any) -> None:
    """Every place a doubt is about is a link in its card; the card below does not say them again."""
    page = _page(governed)
    suspect = governed.session.ask(ListSuspects())[0]
    governed.open_page("sources", f"{suspect.source_id}/{suspect.statement.id}")
    assert "Look at this again" in hands.says(page.sentence)
    names = [link.text() for link in page.sentence.findChildren(Link) if link.isVisible()]
    for place in suspect.places:
        assert names.count(place.name) == 1, place.name
    hands.press(suspect.places[0].name, page.sentence)
    assert governed.room in ("charter", "workflows", "tests")


def test_a_long_title_is_told_whole_beside_its_buttons(governed: Window, hands: Any) -> None:
    """At 1100 pixels a title of 60 letters stands on two lines, whole."""
    page = _page(governed)
    governed.resize(1100, 700)
    page.doc_pane.set_title("Returns, refunds and exchanges policy for all shops and online")
    hands.wait(lambda: governed.width() == 1100)
    page.doc_pane.title.grab()
    assert page.doc_pane.title.toolTip() == "", "a tip says that it was cut"
    buttons = page.doc_pane.bar.findChildren(QPushButton)
    assert all(b.width() >= b.sizeHint().width() for b in buttons if b.isVisible())


def test_small_shares_are_not_lost_in_rounding() -> None:
    """One sentence of a thousand is not 0 %, and 999 of them are not 100 %."""
    assert [percent(share) for share in (0.0, 0.001, 0.5, 0.999, 1.0)] == [
        "0 %",
        "< 1 %",
        "50 %",
        "99 %",
        "100 %",
    ]
