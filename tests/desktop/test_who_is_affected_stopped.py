"""Stopping what works out whom a proposal affects, by real clicks."""

from __future__ import annotations

from studio.desktop.pages.review import ReviewPage
from studio.desktop.panels.consequences import NOT_YET
from studio.desktop.window import Window
from tests.desktop.conftest import Hands


def test_stopping_is_heard_at_once_and_waits_to_be_asked(window: Window, hands: Hands) -> None:
    """A press on Stop says so until the work halts; nothing is kept, and only the person begins again."""
    window.open_page("review")
    page = window.pages["review"]
    assert isinstance(page, ReviewPage)
    page.consequences.customers = 473  # as many as no other test asks for: nothing is known of them yet
    page.list.choose("C-01")
    hands.press("Who is affected")
    panel = page.consequences.panel
    hands.wait(panel.stop.isVisible)
    panel.stop.click()
    assert panel.running_words.text() == "Stopping…" and not panel.stop.isEnabled()
    hands.done()
    hands.wait(lambda: not panel.running.isVisible() and panel.sentence.text() == NOT_YET)
    assert panel.work.isEnabled()
    panel.work.click()
    hands.wait(panel.stop.isVisible)
    assert panel.stop.isEnabled() and panel.running_words.text() != "Stopping…"
    panel.stop.click()
    hands.done()
