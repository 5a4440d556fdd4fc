"""A long report is drawn piece by piece: all of it comes, nothing twice, and the window answers meanwhile."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from studio.desktop.panels import report
from studio.desktop.panels.page_pieces import NotOurs, pieces_of
from studio.desktop.panels.report import SealedReport
from studio.release.html_page import whole_page

CARD = (
    '<h2 id="b{0}">Part {0}</h2><section class="card"><p class="text">Words {0}.</p><ul>{1}</ul>{2}</section>'
)
TABLE = "<table><thead><tr><th>A</th></tr></thead><tbody>{}</tbody></table>"
_FRAME = re.compile(r"</?(?:main|section|div|table|tbody|ul|header)[^<>]*>")


def _page(rows: list[int]) -> str:
    cards = "".join(
        CARD.format(
            number,
            "".join(f"<li>Item {number}.{item}</li>" for item in range(count)),
            TABLE.format("".join(f"<tr><td>Cell {number}.{item}</td></tr>" for item in range(count))),
        )
        for number, count in enumerate(rows)
    )
    return whole_page("Report", cards, "p{margin:4px}")


@given(st.lists(st.integers(0, 9), max_size=8), st.integers(1, 400))
def test_pieces_hold_the_whole_page_once_each_of_whole_elements(rows: list[int], most: int) -> None:
    """Without frames the pieces say what the page says; in each, every element that opens is closed."""
    page = _page(rows)
    body = page[page.index("<body>") + 6 : page.index("</body>")]
    pieces = list(pieces_of(page, most))
    assert _FRAME.sub("", "".join(pieces)) == _FRAME.sub("", body)
    for piece in pieces:
        for name in ("section", "table", "tbody", "ul", "li", "td", "p", "h2"):
            assert len(re.findall(f"<{name}[ >]", piece)) == piece.count(f"</{name}>")


def test_a_long_report_begins_at_once_and_is_whole_in_the_end(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the first piece is drawn in one go; a place further down is reached as soon as it is there."""
    page = _page([3] * 60)
    short, long = SealedReport(), SealedReport()
    for view in (short, long):
        qtbot.addWidget(view)
        view.resize(500, 300)
        view.show()
    short.show_page(page)
    qtbot.waitUntil(lambda: short.is_whole)
    monkeypatch.setattr(report, "PIECE", 600)
    long.show_page(page)
    assert not long.is_whole and "Part 0" in long.toPlainText() and "Part 59" not in long.toPlainText()
    long.anchorClicked.emit(QUrl("#b59"))
    assert long.verticalScrollBar().value() == 0
    with qtbot.waitSignal(long.drawn):
        pass
    assert long.verticalScrollBar().value() > 0
    assert long.toPlainText().split() == short.toPlainText().split()


def test_another_report_takes_the_place_of_one_that_is_still_drawn(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the first one is added to the second."""
    monkeypatch.setattr(report, "PIECE", 200)
    view = SealedReport()
    qtbot.addWidget(view)
    view.show_page(_page([2] * 30))
    view.show_page(whole_page("Other", "<p>Another one.</p>", ""))
    qtbot.waitUntil(lambda: view.is_whole)
    assert view.toPlainText().strip() == "Another one."


DEEP = 30
UNLIKE_OURS = {
    "tables in tables": "<table><tr><td>" * DEEP + "x" + "</td></tr></table>" * DEEP,
    "frames in frames": "<div>" * 40_000 + "x" + "</div>" * 40_000,
    "closed out of order": "<table></p>" * DEEP,
    "closed by nothing": "<table/>" * DEEP,
    "one huge element": f"<p>{'word ' * 200_000}</p>",
}


@pytest.mark.parametrize("body", UNLIKE_OURS.values(), ids=UNLIKE_OURS)
def test_what_is_built_like_none_of_our_reports_is_not_drawn(qtbot: QtBot, body: str) -> None:
    """It would stop the window for minutes or for ever; what stands before it is there, and a way on."""
    page = whole_page("Report", f"<section>{'<p>First.</p>' * 4000}</section>{body}", "")
    with pytest.raises(NotOurs):
        list(pieces_of(page, report.PIECE))
    view = SealedReport()
    qtbot.addWidget(view)
    view.show_page(page)
    qtbot.waitUntil(lambda: view.is_whole)
    told = view.toPlainText()
    assert told.startswith("First.") and "open it in a web browser" in told and "word" not in told


def test_contents_without_an_end_are_left_as_they_are(qtbot: QtBot) -> None:
    """What is folded is left out where it ends; signs that begin it ever again hold nobody up."""
    folded = "<details><summary>More</summary><ol><li>Far down</li></ol></details>"
    view = SealedReport()
    qtbot.addWidget(view)
    view.show_page(whole_page("Report", f"<nav><p>Top</p>{folded}<p>End</p></nav><p>Text</p>", ""))
    assert view.toPlainText().split() == ["Top", "End", "Text"]
    view.show_page(whole_page("Report", "<p>Text</p>" + "<nav><details><summary>" * 100_000, ""))
    qtbot.waitUntil(lambda: view.is_whole)
    assert view.toPlainText().startswith("Text") or "web browser" in view.toPlainText()


def test_a_word_of_many_letters_can_be_broken(qtbot: QtBot) -> None:
    """It is shown whole, with places at which a line may end."""
    view = SealedReport()
    qtbot.addWidget(view)
    view.show_page(whole_page("Report", f"<p>{'w' * 1000}</p>", ""))
    assert view.toPlainText().replace("\u200b", "").strip() == "w" * 1000
    assert "\u200b" in view.toPlainText()
