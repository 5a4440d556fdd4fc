"""Titles of drafted rules keep their condition, and drafting compares each sentence with few others."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.cobuilder.analysis import analyze
from studio.cobuilder.proposals import propose
from studio.cobuilder.words import matching
from studio.cobuilder.words.matching import Said, Weights
from studio.cobuilder.words.titles import cut_to, short
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


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("The assistant keeps a note of every call about the heating in the building book of the week.",
         "The assistant keeps a note of every call about the heating…"),
        ("Keys that were lost on the way to the second workshop are paid for by the cleaning company.",
         "Keys that were lost on the way to the second workshop…"),
        ("Spare parts are sent to the nearest branch of the customer within two working days of the call.",
         "Spare parts are sent to the nearest branch of the customer…"),
        ("The driver writes down the exact time of arrival in the green delivery book at the main gate.",
         "The driver writes down the exact time of arrival…"),
        ("Visitors leave their large bags and wet coats with the porter at the side entrance of the museum.",
         "Visitors leave their large bags and wet coats with the porter…"),
        ("A guest whose room is not ready by three o'clock gets a voucher for the small café next door.",
         "A guest whose room is not ready by three o'clock…"),
        ("If the caller mentions smoke, water or a smell of gas, ring the house technician at once.",
         "Ring the house technician at once if the caller mentions smoke, water or a smell of gas"),
        ("Where the meter is locked away in a cellar, the reading of last year is taken.",
         "The reading of last year is taken where the meter is locked away in a cellar"),
    ],
)  # fmt: skip
def test_a_title_is_cut_where_a_phrase_ends(sentence: str, title: str) -> None:
    """No title stops in the middle of a noun; a list in a condition is whole or not there."""
    assert short(sentence) == title


_NOUNS = st.sampled_from(["deposit", "parcel", "opening hours", "delivery note", "spare part", "key card"])
_PHRASES = st.sampled_from(
    ["for the", "of every", "in a large", "with their new", "on the second", "without any", "to each local",
     "before the final", "that has been left at the", "at no", "by the same", "between one and two"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_PHRASES, _NOUNS), min_size=3, max_size=9), st.integers(4, 14))
def test_no_cut_leaves_a_word_that_waits_for_another(parts: list[tuple[str, str]], most: int) -> None:
    """Whatever is left out, what stays is a prefix in whole words and ends on a word that can stand last."""
    words = ["The", "clerk", "keeps", "the", "book", *" ".join(" ".join(part) for part in parts).split()]
    kept = cut_to(words, most)
    if len(words) <= most:
        assert kept == words
        return
    assert kept[-1].endswith("…") and len(kept) <= most
    bare = [*kept[:-1], kept[-1].rstrip("…")]
    assert bare == words[: len(kept)]
    waiting = "the a an for of every in large with their new on second without any to each local before final"
    assert bare[-1] not in (
        *waiting.split(),
        "that",
        "has",
        "been",
        "at",
        "no",
        "by",
        "same",
        "between",
        "and",
    )


def test_what_is_only_a_word_too_long_is_not_cut() -> None:
    """One word over the length is no reason to leave the end out."""
    said = "The agent will not be able to change or cancel the order anymore"
    assert short(f"{said}.") == said


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
