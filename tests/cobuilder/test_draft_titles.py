"""Titles of drafted rules keep their condition, and drafting compares each sentence with few others."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from studio.cobuilder.analysis import analyze
from studio.cobuilder.changes.new_rules import short
from studio.cobuilder.proposals import propose
from studio.cobuilder.words import matching
from studio.cobuilder.words.matching import Said, Weights
from studio.domain.source import Authority, Source, SourceVersion
from studio.readers.markdown import read_markdown
from studio.services.new_agent import new_agent

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("If the flight was cancelled, refund the fee.", "Refund the fee if the flight was cancelled"),
        ("Refund the fee if the flight was cancelled.", "Refund the fee if the flight was cancelled"),
        ("When a customer asks for a person, hand over at once.",
         "Hand over at once when a customer asks for a person"),
        ("Customers may return an item within 30 days of delivery unless it is final sale.",
         "Customers may return an item within 30 days of delivery unless it is final sale"),
        ("For orders above £50, delivery is free.", "Delivery is free for orders above £50"),
        ("Do not give out codes, passwords or card numbers, even if the customer insists.",
         "Do not give out codes, passwords or card numbers even if the customer insists"),
        ("Ask when the customer wants to come.", "Ask when the customer wants to come"),
        ("Never refund in cash.", "Never refund in cash"),
        ("Refunds are paid within 5 days; later ones go to the bank.", "Refunds are paid within 5 days"),
    ],
)  # fmt: skip
def test_a_title_keeps_the_condition_of_its_rule(sentence: str, title: str) -> None:
    """What holds in one case only does not read as if it held in all."""
    assert short(sentence) == title


def test_a_long_title_is_cut_in_both_parts_and_shows_it() -> None:
    """Neither the duty nor its condition is lost, whatever their length."""
    title = short(
        "You may refund the whole amount to the original means of payment of the customer if the flight was "
        "cancelled by the airline less than two days before the departure."
    )
    assert title.startswith("You may refund the whole amount") and "… if the flight was cancelled" in title
    assert len(title.split()) <= 18 and title.endswith("…")


def test_what_was_said_is_found_by_its_sense() -> None:
    """Other letters, the same words and values: said; another value, a negation or another thing: not."""
    known = ("Refunds are paid within 5 days.", "Never refund in cash.")
    said = Said(known, Weights(known))
    assert said.has("refunds are paid within 5 days")
    assert not said.has("Refunds are paid within 6 days.")
    assert not said.has("Refund in cash.")
    said.add("Refund in cash.")
    assert said.has("Refund in cash")


def test_each_sentence_is_compared_with_few_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the sentences: about twice the comparisons, not four times."""
    counts = []
    for size in (60, 120):
        calls: list[str] = []
        monkeypatch.setattr(matching, "says_the_same", partial(_counted, calls))
        text = "# Rules\n\n" + "\n\n".join(
            f"The agent must write down the {thing} of visitor {WORDS[n % 12]} in list {n}."
            for n, thing in enumerate(("name", "badge", "reason", "host") * (size // 4))
        )
        document = read_markdown(text, "desk.md")
        version = SourceVersion(
            number=1, digest="a" * 64, file_name="desk.md", size=len(text), added_at=NOW, document=document
        )
        source = Source(id="S-01", name="Desk", authority=Authority.SOP, versions=(version,))
        made = propose(
            new_agent("Desk"), source, analyze(document, ()), others=(), proposal_id="P-01", created_at=NOW
        )
        assert len(made.changes) > size / 2
        counts.append(len(calls))
    assert counts[1] <= 3 * max(counts[0], 200)


def _counted(calls: list[str], old: str, new: str, weights: Weights) -> bool:
    calls.append(new)
    return SAYS(old, new, weights)


SAYS = matching.says_the_same
WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
