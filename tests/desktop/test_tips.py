"""Tips show their text as it stands: no words of a document or a bundle become a page of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import Qt, QTextDocument
from pytestqt.qtbot import QtBot

from studio.desktop.theme.tips import LONGEST, tip
from studio.desktop.widgets.labels import Elided

SIGNS = st.lists(
    st.sampled_from(
        ["<", ">", "</", "b", "img", ' src="file:///x.png"', "&amp;", "&", " ", "\n", "table", "ü"]
    ),
    max_size=12,
).map("".join)


def _shown(text: str) -> str:
    """Return what Qt shows of a tip."""
    if not Qt.mightBeRichText(text):
        return text
    page = QTextDocument()
    page.setHtml(text)
    return page.toPlainText()


@given(SIGNS)
def test_a_tip_says_what_it_was_given(text: str) -> None:
    """Letter for letter, also where the text looks like a page; only line ends at its end may go."""
    assert _shown(tip(text)).rstrip("\n") == text.rstrip("\n")


@pytest.mark.parametrize(
    "text", ['<img src="file:///etc/hostname">', "<table><tr><td>" * 40, "<b>Verified</b>"]
)
def test_what_looks_like_a_page_is_spelt_out(text: str) -> None:
    """No picture is loaded, nothing is nested, nothing is set in another script."""
    made = tip(text)
    assert "<img" not in made and "<table" not in made and "<b>" not in made
    assert _shown(made) == text


def test_a_tip_of_many_letters_is_cut() -> None:
    """A tip is read in a moment; a word of a million letters would stop the window."""
    assert tip("w" * (LONGEST + 5)) == "w" * LONGEST + "…"


def test_a_shortened_label_tells_its_words_and_nothing_else(qtbot: QtBot) -> None:
    """The heading of a bundle that is named like a page shows that name."""
    named = Elided('<b>Refunds</b> <img src="file:///etc/hostname"> agent')
    qtbot.addWidget(named)
    named.resize(40, 20)
    named.show()
    qtbot.waitUntil(lambda: bool(named.toolTip()))
    assert _shown(named.toolTip()) == named.text()
