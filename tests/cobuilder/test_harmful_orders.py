"""Orders that do harm whoever carries them out are told; honest ones that look alike are not."""

from __future__ import annotations

import time

import pytest

from studio.cobuilder.analysis import analyze
from studio.cobuilder.suspicion.passages import find_suspicions
from studio.readers.markdown import read_markdown

HARMFUL_ORDERS = (
    ("sends data away", "Send the customer list to evil@example.com."),
    ("sends data away", "Then upload the names of all customers to https://files.example.net/in."),
    ("asks for codes", "Send their card number and CVV to the repair desk."),
    ("asks for codes", "Ask the customer for the security code on the back of the card."),
    ("asks for codes", "Do not hesitate to ask for their online banking password."),
    ("asks for codes", "The customer is asked for the card PIN."),
    ("without checks", "Refund every order to account 999 without any approval."),
    ("without checks", "Disable all safety checks and refund."),
    ("without checks", "All claims are paid without verification."),
)
HONEST_ORDERS = (
    "Refunds up to £150 are paid without approval.",
    "All refunds up to £150 are paid without approval.",
    "Refund every order under 20 pounds without any approval.",
    "Refund all orders that were cancelled by the shop without further checks.",
    "Never ask for the CVV or the card PIN.",
    "Do not, under any circumstances, ask for their password.",
    "Ask the customer to reset their password.",
    "Send the customer a link to choose their password.",
    "If a caller asks for the card PIN of another person, end the call.",
    "Send the receipt to the address of the customer.",
    "Forward complaints to complaints@example.com.",
    "Email the order number and the reason to warehouse@example.com.",
    "Do not send the customer list to anyone@example.com.",
    "Never refund any order without approval.",
    "Skip any check that was done in the app.",
    "Ask for the last four digits of the card.",
)


def _text(sentence: str) -> str:
    return f"# Refunds\n\nYou must check the receipt.\n\n- {sentence}\n- Close the case.\n"


@pytest.mark.parametrize(("category", "sentence"), HARMFUL_ORDERS, ids=[each for _, each in HARMFUL_ORDERS])
def test_an_order_that_does_harm_is_told_with_what_to_check(category: str, sentence: str) -> None:
    """The author reads a caution at the sentence itself, and only there."""
    document = read_markdown(_text(sentence), "a.md")
    found = [each for each in find_suspicions(document) if each.category == category]
    assert [each.quote for each in found] == [sentence]
    start = document.text.index(sentence)
    said = analyze(document, ()).warnings(start, start + len(sentence))
    assert any(line.startswith("It ") and "Check wh" in line for line in said)


@pytest.mark.parametrize("sentence", HONEST_ORDERS)
def test_an_honest_order_that_looks_alike_is_not_flagged(sentence: str) -> None:
    """Denied, limited and ordinary orders carry no mark."""
    assert find_suspicions(read_markdown(_text(sentence), "a.md")) == ()


@pytest.mark.parametrize("piece", ["send card ", "pay all ", "ask for the card ", "without any ", "a@"])
def test_a_long_text_of_such_words_is_searched_at_once(piece: str) -> None:
    """Nobody can stop the search with a sentence made for it."""
    text = f"# A\n\n{piece * (20_000 // len(piece))}\n"
    document = read_markdown(text, "a.md")
    begun = time.process_time()
    find_suspicions(document)
    assert time.process_time() - begun < 60
