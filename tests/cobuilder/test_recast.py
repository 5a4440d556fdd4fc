"""Entries of lists that name an action instead of giving it."""

from __future__ import annotations

import pytest

from studio.cobuilder.procedures.recast import case_of, entries, recast


@pytest.mark.parametrize(
    ("entry", "order"),
    [
        ("Verification of the identity document", "verify the identity document"),
        ("Check of the photo against the rules", "check the photo against the rules"),
        ("Handing out of the parcel", "hand out the parcel"),
        ("Asking for the number and opening the file", "ask for the number and open the file"),
        ("Bill opened (room number)", "open bill (room number)"),
        ("Loss registered with name and phone", "register loss with name and phone"),
    ],
)
def test_an_entry_that_names_an_action_is_read_as_its_order(entry: str, order: str) -> None:
    """Checklists and tables say "bill opened" or "verification of …"; the agent has to do it."""
    assert recast(entry) == order


@pytest.mark.parametrize(
    "entry",
    [
        "Opening hours of the shop",
        "Billing address",
        "Changing or cancelling",
        "Reason for the visit",
        "The system created response does not include it",
        "Membership cards are not transferable",
        "Open the file",
    ],
)
def test_what_names_no_action_stays_what_it_is(entry: str) -> None:
    """Nouns, headings and statements in a list are no orders, and an order needs no recasting."""
    assert recast(entry) is None


def test_an_entry_with_several_actions_is_cut_into_them() -> None:
    """Each action of "identity seen, item handed back" is a step of its own."""
    text = "identity seen, item returned"
    assert [text[start:end] for start, end in entries(text)] == ["identity seen", "item returned"]


def test_the_words_before_a_colon_are_the_case_of_a_named_action() -> None:
    """In "After a yes: booking the bay" the bay is booked only after a yes."""
    text = "After a yes: booking the bay"
    span = case_of(text)
    assert span is not None
    assert text[slice(*span)] == "After a yes"
    assert case_of("Note: the bay is small") is None
