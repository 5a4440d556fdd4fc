"""A report holds only what its few kinds of elements allow, however its signs follow on one another."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studio.domain.errors import BundleRefused
from studio.release.html_page import OPENING, check_page

SOUND = ("<p>", "</p>", '<span class="a">', "<br/>", "<br />", '<a href="#r-1">')
PIECES = (*SOUND, "<", ">", "</", "<p", '<p class="<">', "<script>", '<p onclick="x">', "text", '"', " ", "=")


def _taken(body: str) -> bool:
    try:
        check_page(OPENING + body, "The report")
    except BundleRefused:
        return False
    return True


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example("<p<p>")
@example("a > b")
@example("<p><")
def test_every_sign_that_begins_an_element_begins_a_known_one(body: str) -> None:
    """Without the elements that may stand in a page, no sign that begins one is left."""
    rest = re.sub("|".join(map(re.escape, SOUND)), "", body)
    assert _taken(body) is ("<" not in rest)


@pytest.mark.parametrize(("body", "told"), [("<p></p><u><i>", "<u>"), ("<p>1 < 2</p><i>", "< 2</p>")])
def test_what_a_page_does_not_need_is_told(body: str, told: str) -> None:
    """The sentence shows what it found, the first thing first."""
    with pytest.raises(BundleRefused, match=re.escape(told)):
        check_page(OPENING + body, "The report")
