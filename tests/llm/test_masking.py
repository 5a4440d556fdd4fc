"""Personal data never leaves unmasked where it can be told by its form, and comes back where it was."""

from __future__ import annotations

import json
import time

import pytest
from conftest import SCHEMA
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.model import ModelMessage, ModelPolicy, ModelRequest, Personal
from studio.llm.masking import mask
from studio.llm.personal import is_card, is_iban, personal

POLICY = ModelPolicy(id_shapes=("ORD-######", "@@####"))
ALL: tuple[Personal, ...] = POLICY.masked


def request_of(*texts: str, form: bool = False) -> ModelRequest:
    """Return a request with these messages."""
    messages = tuple(ModelMessage(role="user", text=text) for text in texts)
    return ModelRequest(purpose="", messages=messages, answer_schema=SCHEMA if form else None)


FOUND: list[tuple[Personal, str]] = [
    ("e-mail address", "jane.o'neil+x@mail.example.co.uk"),
    ("e-mail address", "jörg@büro.example"),
    ("bank account", "GB82 WEST 1234 5698 7654 32"),
    ("bank account", "DE89370400440532013000"),
    ("card number", "4111 1111 1111 1111"),
    ("card number", "378282246310005"),
    ("phone number", "+44 20 7946 0958"),
    ("phone number", "+1 (415) 555-0132"),
    ("phone number", "415-555-0132"),
    ("phone number", "(030) 1234 5678"),
    ("phone number", "0171 2345678"),
    ("postal address", "221B Baker Street"),
    ("postal address", "1600 Amphitheatre Parkway, Mountain View, CA 94043"),
    ("postal address", "Hauptstraße 12a, 10115 Berlin"),
    ("postal address", "12 rue de la Paix, 75002 Paris"),
    ("postal address", "P.O. Box 4711"),
    ("account number", "ORD-204518"),
    ("account number", "XY4711"),
]


@pytest.mark.parametrize(("kind", "data"), FOUND, ids=[data for _, data in FOUND])
def test_it_is_found_in_a_sentence(kind: Personal, data: str) -> None:
    """Each form is found as a whole, with the words around it left as they are."""
    text = f"Please write to {data}, and tell them why."
    (found,) = personal(text, ALL, POLICY.id_shapes)
    assert (found.kind, text[found.start : found.end]) == (kind, data)


@pytest.mark.parametrize(
    "text",
    [
        "Refunds are paid within 30 days; after 45-60 days a lead decides.",
        "Valid from 2026-11-21 until 31.12.2027, version 3.14.159.",
        "Orders above $1,250.00 or 12 345 678 points need approval.",
        "See section 4.2.1, step 12, and table 3-4.",
        "Card number 4111 1111 1111 1112 has a wrong check digit.",
        "GB82 WEST 1234 5698 7654 33 has a wrong check digit.",
        "The price is 1 234 567 890 yen.",
        "Reference RFC 8785 and ISO 13616-1:2020.",
        "Call the customer within 24 hours.",
        "A customer @ the desk; write to sales@ or @support.",
        "Twenty Five Way to say it in 3 Close steps.",
    ],
)
def test_figures_of_a_policy_are_no_personal_data(text: str) -> None:
    """Days, dates, amounts, sections and numbers with wrong check digits stay readable for the model."""
    found = [text[each.start : each.end] for each in personal(text, ALL, POLICY.id_shapes)]
    assert found == []


def test_the_same_data_has_the_same_placeholder() -> None:
    """Within a request, in every message; what is different is told apart."""
    masked = mask(request_of("a@b.example, c@d.example", "again a@b.example"), POLICY)
    first, second = (message.text for message in masked.request.messages)
    assert first == "[EMAIL_1], [EMAIL_2]"
    assert second == "again [EMAIL_1]"
    assert dict(masked.counts()) == {"e-mail address": 2}


def test_words_that_look_like_placeholders_stay() -> None:
    """A text that holds such words already gets other ones, and keeps its own."""
    masked = mask(request_of("[EMAIL_1] and a@b.example"), POLICY)
    assert masked.request.messages[0].text == "[EMAIL_1] and [EMAIL_2]"
    assert masked.put_back("[EMAIL_1] [EMAIL_2] [EMAIL_3]") == "[EMAIL_1] a@b.example [EMAIL_3]"


def test_only_what_the_policy_names_is_masked() -> None:
    """A workspace that masks nothing sends the text as it is."""
    request = request_of("a@b.example")
    assert mask(request, ModelPolicy(masked=())).request == request


DATA = st.sampled_from([data for _, data in FOUND])


@given(st.lists(st.one_of(st.text(max_size=40), DATA), max_size=8).map("  ".join))
def test_masking_and_putting_back_is_the_identity(text: str) -> None:
    """What a model gives back word for word is the text, to the character."""
    masked = mask(request_of(text), POLICY)
    assert masked.put_back(masked.request.messages[0].text) == text


@given(st.lists(st.tuples(st.sampled_from(["see", "ask", "then"]), DATA), min_size=1, max_size=6))
def test_no_data_is_left_in_what_leaves(parts: list[tuple[str, str]]) -> None:
    """Whatever stands around it in a sentence, the data itself does not leave."""
    text = ". ".join(f"{word} {data}" for word, data in parts)
    sent = mask(request_of(text), POLICY).request.messages[0].text
    assert [data for _, data in parts if data in sent] == []


@given(st.lists(st.one_of(st.text(max_size=20), DATA), max_size=6).map(" \n".join))
def test_data_comes_back_inside_json(text: str) -> None:
    """In a JSON answer the data stands in its strings again, and it is JSON whatever the data holds."""
    masked = mask(request_of(text, form=True), POLICY)
    answer = json.dumps({"quote": masked.request.messages[0].text, "list": [masked.request.messages[0].text]})
    assert json.loads(masked.put_back(answer)) == {"quote": text, "list": [text]}


@given(st.text(alphabet="0123456789 -+().@abcXYZ,\n/[]_#'", max_size=400))
def test_no_text_makes_it_slow(text: str) -> None:
    """Digits, signs and blanks in any order are looked through in a moment."""
    began = time.monotonic()
    personal(text * 20, ALL, POLICY.id_shapes)
    assert time.monotonic() - began < 30


def test_check_digits() -> None:
    """IBAN by mod 97, cards by Luhn; one wrong digit and it is none."""
    assert is_iban("GB82WEST12345698765432")
    assert not is_iban("GB82WEST12345698765431")
    assert is_card("5555555555554444")
    assert not is_card("5555555555554445")
    assert not is_card("0000000000000000")
