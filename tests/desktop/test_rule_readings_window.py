"""A rule's formal reading on the Charter page, by real clicks: confirmed, proved, refused, withdrawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio.assembly import new_workbench, sample
from studio.desktop.pages.charter import CharterPage
from studio.desktop.window import Window
from studio.domain.charter import Rule
from studio.services.queries.charter import ShowCharter
from studio.settings import Settings

if TYPE_CHECKING:
    from tests.desktop.conftest import Hands


@pytest.fixture
def page(bare: Window, tmp_path: Path) -> CharterPage:
    """The Charter page at a rule that demands identity before systems are used."""
    agent = sample("returns_assistant").agent
    bare.session.use(new_workbench(tmp_path / "workspace", agent, Settings(name="Ana Silva")))
    bare.resize(1440, 900)
    bare.open_page("charter", "R-02")
    page = bare.pages["charter"]
    assert isinstance(page, CharterPage)
    return page


def rule(page: CharterPage) -> Rule:
    """Return the rule as it is saved."""
    return page.desk.session.ask(ShowCharter()).draft.charter.rule("R-02")


def test_a_reading_is_confirmed_proved_and_undone(page: CharterPage, hands: Hands) -> None:
    """The words are offered; one click stores them, and each workflow is proved; Undo takes it back."""
    assert "On every path, identity is verified before" in hands.says(page.side)
    hands.press("Yes, check this on every path", page.side)
    assert rule(page).formal is not None
    hands.wait(lambda: "keeps R-02" in hands.says(page.side))
    told = hands.says(page.side)
    assert "Checked on every path" in told and "What it assumes: " in told
    page.desk.session.undo()
    assert rule(page).formal is None
    hands.wait(lambda: "Read it as …" in hands.says(page.side))


def test_what_is_not_meant_is_not_offered_again(page: CharterPage, hands: Hands) -> None:
    """Not what it means: nothing is stored, and the offer is gone."""
    hands.press("Not what it means", page.side)
    hands.wait(lambda: "Read it as …" not in hands.says(page.side))
    assert rule(page).formal is None


def test_what_was_confirmed_is_withdrawn(page: CharterPage, hands: Hands) -> None:
    """A confirmed reading that is not what the rule means is taken away in one click."""
    hands.press("Yes, check this on every path", page.side)
    hands.press("It is not what the rule means", page.side)
    hands.wait(lambda: rule(page).formal is None)
