"""Words that stand for one another: what users write in other words than their systems is understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cobuilder.words.concepts import (
    _PHRASES,
    _openings,
    concept_stem,
    meaningful,
    plain_words,
    same_doing,
    same_thing,
)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Look the order up.", ("look_up",)),
        ("Bring it up on the screen.", ("look_up", "on", "the", "screen")),
        ("Drop the customer a line.", ("send", "message")),
        ("Let the tenant know.", ("notify",)),
        ("Give them their money back", ("refund",)),
        ("Write down the serial-number.", ("record", "the", "serial", "number")),
        ("The customer's order", ("the", "customer", "order")),
    ],
)
def test_phrases_of_several_words_are_one_verb(said: str, meant: tuple[str, ...]) -> None:
    """Whoever writes "drop them a line" means sending a message, and is compared so."""
    assert plain_words(said) == meant


def test_every_phrase_is_found_by_its_opening() -> None:
    """No phrase is passed over because a text is searched for the beginnings of phrases first."""
    for pattern, _ in _PHRASES:
        assert all(opening.isalpha() for opening in _openings(pattern)), pattern
    assert _openings("goes? (?:straight )?to") == ("goe",)
    assert _openings("(?:have|take|get) a look") == ("have", "take", "get")
    assert plain_words("GOES TO the desk")[:2] == ("transfer", "to")
    assert plain_words("Take a LOOK at it") == ("look_up", "it")


@given(st.text(alphabet="abcdefgh uplokintse'’-_.,ABC", max_size=80))
def test_plain_words_are_lower_case_words_whatever_is_written(text: str) -> None:
    """Any text at all is read, and the same text gives the same words again."""
    words = plain_words(text)
    assert all(word == word.lower() and word and " " not in word for word in words)
    assert plain_words(text) == words


def test_what_is_done_is_alike_in_other_words() -> None:
    """Voiding a sale is cancelling it; ringing somebody has nothing to do with refunds."""
    assert same_doing(concept_stem("cancel"), concept_stem("cancelling")) == 1.0
    assert 0 < same_doing(concept_stem("void"), concept_stem("cancel")) < 1
    assert same_doing(concept_stem("phone"), concept_stem("refund")) == 0.0


def test_what_it_is_done_to_is_alike_in_other_words() -> None:
    """A parcel is a shipment and an invoice a bill; a parcel is no password."""
    assert same_thing(concept_stem("parcel"), concept_stem("parcels")) == 1.0
    assert 0 < same_thing(concept_stem("parcel"), concept_stem("shipment")) < 1
    assert 0 < same_thing(concept_stem("invoice"), concept_stem("bill")) < 1
    assert same_thing(concept_stem("parcel"), concept_stem("password")) == 0.0


@given(
    st.sampled_from(["void", "cancel", "book", "order", "parcel", "wifi", "xyzzy", "refund"]),
    st.sampled_from(["void", "cancel", "book", "order", "parcel", "wifi", "xyzzy", "refund"]),
)
def test_likeness_is_the_same_both_ways(one: str, other: str) -> None:
    """Whether two words are alike does not depend on which of them the system uses."""
    first, second = concept_stem(one), concept_stem(other)
    assert same_doing(first, second) == same_doing(second, first)
    assert same_thing(first, second) == same_thing(second, first)


def test_only_words_that_carry_meaning_are_compared_each_once() -> None:
    """ "The order of the order" speaks of one thing."""
    assert meaningful(["the", "order", "of", "the", "orders", "x"]) == [concept_stem("order")]
