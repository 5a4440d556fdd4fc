"""From a sentence to where it lives, and back: each one click, both on the real window."""

from __future__ import annotations

from typing import Any

import pytest

from studio.desktop.pages.sources import SourcesPage
from studio.desktop.places import way_to, way_to_sentence
from studio.desktop.widgets.paragraph import Link
from studio.desktop.window import Window
from studio.domain.source import Citation
from studio.services.queries.agents import ShowAgent
from studio.services.queries.cited_sentence import FindSentence
from studio.services.queries.sources import ListSources, ShowSource


def _page(window: Window) -> SourcesPage:
    page = window.pages["sources"]
    assert isinstance(page, SourcesPage)
    return page


def _cited(window: Window, citation: Citation) -> bool:
    """Return whether the chosen sentence is the one that is cited."""
    page = _page(window)
    rows = window.session.ask(ShowSource(page.list.current_id())).blocks
    chosen = next(
        s.statement for row in rows for s in row.sentences if s.statement.id == page.document.chosen
    )
    return chosen.fingerprint == citation.fingerprint


@pytest.mark.parametrize("what", ["rule", "step", "row", "test"])
def test_what_was_made_from_a_sentence_shows_it_in_its_document(
    window: Window, hands: Any, what: str
) -> None:
    """The link beside a rule, step, table row or test opens the document with that very sentence chosen."""
    agent = window.session.ask(ShowAgent()).draft
    found = {
        "rule": [(f"charter/rules/{r.id}", r.citations) for r in agent.charter.rules],
        "step": [(f"workflows/{w.id}/steps/{s.id}", s.citations) for w in agent.workflows for s in w.steps],
        "row": [(f"tables/{t.id}/rows/{r.id}", r.citations) for t in agent.tables for r in t.rows],
        "test": [(f"scenarios/{s.id}", s.citations) for s in agent.scenarios],
    }[what]
    path, citations = next((path, cites) for path, cites in found if cites)
    window.open_page(*way_to(path))
    assert window.room == {"rule": "charter", "test": "tests"}.get(what, "workflows")
    page: Any = window.pages[window.room]  # a row's sentences stand below its table, the step's further down
    hands.press("Show the sentence in", page.side.decision if what == "row" else page)
    assert window.room == "sources"
    assert any(_cited(window, citation) for citation in citations)


def test_a_sentence_leads_to_every_place_where_it_lives(window: Window) -> None:
    """Each place of a sentence is a link; a rule that a guard enforces has one to the guard, too."""
    rows = [
        (source.id, sentence)
        for source in window.session.ask(ListSources()).rows
        for row in window.session.ask(ShowSource(source.id)).blocks
        for sentence in row.sentences
        if any(place.path.endswith("/guard") for place in sentence.places)
    ]
    source_id, sentence = rows[0]
    for place in sentence.places:
        window.open_page("sources", f"{source_id}/{sentence.statement.id}")
        links = _page(window).sentence.findChildren(Link)
        next(link for link in links if link.text() == place.name).click()
        assert window.room == way_to(place.path)[0]


def test_a_sentence_that_is_gone_is_told(window: Window) -> None:
    """A citation whose sentence the document no longer holds opens the document and says so."""
    source = window.session.ask(ListSources()).rows[0]
    found = window.session.ask(FindSentence(source.id, "0" * 64, "Nobody ever wrote this."))
    assert found.way == source.id
    page, item = way_to_sentence(
        next(c for r in window.session.ask(ShowAgent()).draft.charter.rules for c in r.citations).model_copy(
            update={"fingerprint": "0" * 64, "quote": "Nobody ever wrote this."}
        )
    )
    window.open_page(page, item)
    assert "Nobody ever wrote this." in window.notice.text.text()
