"""What customers write is read as typed facts, and what is not sure is not read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.condition import Scalar
from studio.domain.workflow import Slot, SlotType
from studio.runtime.values import ORDER, read_email, read_phone, reader

READ: list[tuple[SlotType, str, Scalar | None]] = [
    ("code", "its w4471 thanks", "W4471"),
    ("code", "my number: W 4471.", "W4471"),
    ("code", "I bought it in 2024", None),
    ("email", "Sure, Ada.Finch@Mail.example.", "ada.finch@mail.example"),
    ("email", "ada at mail", None),
    ("phone", "call +44 20 7946 0018 please", "+442079460018"),
    ("phone", "12345", None),
    ("money", "about £1,250.50 I think", 1250.5),
    ("money", "620 dollars", 620),
    ("number", "three of them", 3),
    ("number", "it was 45 days ago", 45),
    ("date", "on 2026-03-12", "2026-03-12"),
    ("date", "12th of March 2026", "2026-03-12"),
    ("date", "Mar 12, 2026", "2026-03-12"),
    ("date", "25/12/2026", "2026-12-25"),
    ("date", "03/04/2026", None),
    ("date", "2026-02-31", None),
    ("yes or no", "Yes, that's right", True),
    ("yes or no", "No, it isn't", False),
    ("yes or no", "it is not", False),
    ("yes or no", "perhaps", None),
    ("yes or no", "I do not know, sorry", None),
    ("yes or no", "I'm not sure, to be honest", None),
    ("yes or no", "I don't know why, but yes, go ahead", True),
    ("yes or no", "Not sure about that one. No.", False),
    ("choice", "it is unused", "unused"),
    ("choice", "well, used I guess", "used"),
    ("choice", "it has not been used", "unused"),
    ("choice", "never used it", "unused"),
    ("choice", "unusd", "unused"),
    ("text", "because it hurts my eyes", "it hurts my eyes"),
    ("text", "...", None),
]


def slot(kind: SlotType) -> Slot:
    """A slot of a type, with a shape and choices where the type has them."""
    return Slot(
        id="fact",
        label="Fact",
        type=kind,
        pattern=r"^W\d{4}$" if kind == "code" else None,
        choices=("unused", "used") if kind == "choice" else (),
    )


@pytest.mark.parametrize(("kind", "text", "value"), READ)
def test_an_answer_is_read_by_its_type(kind: SlotType, text: str, value: Scalar | None) -> None:
    """An answer gives the typed value, or nothing where the words do not say it."""
    found = reader(slot(kind))(text, True)
    assert (found.value if found else None) == value


@pytest.mark.parametrize("kind", ["number", "yes or no", "text"])
def test_vague_types_are_read_only_when_asked(kind: SlotType) -> None:
    """A number, a yes or a sentence that nobody asked for is never taken as a fact."""
    assert reader(slot(kind))("yes, 3 of them", False) is None


@given(st.sampled_from(ORDER), st.text(max_size=80), st.booleans())
def test_no_text_breaks_a_reader(kind: SlotType, text: str, asked: bool) -> None:
    """Whatever a customer types, a reader answers, and its span lies inside the text."""
    found = reader(slot(kind))(text, asked)
    assert found is None or 0 <= found.start <= found.end <= len(text)


def test_a_shape_that_cannot_be_read_falls_back() -> None:
    """A broken pattern in a draft does not stop a conversation; the checks report it."""
    broken = Slot(id="fact", label="Fact", type="code", pattern="[")
    found = reader(broken)("it is AB12", True)
    assert found is not None
    assert found.value == "AB12"


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("it is o'neil@mail.example", "o'neil@mail.example"),
        ("write to 'ada@mail.example', please", "ada@mail.example"),
        ("a@b..c, no: ada@mail.example.", "ada@mail.example"),
        ("a..b@mail.example", None),
        (".a@mail.example", None),
        ("ada@-mail.example", None),
    ],
)
def test_what_can_be_no_address_is_none(words: str, value: str | None) -> None:
    """An address is judged whole: an apostrophe belongs to it, and what no mail could reach is not taken."""
    found = read_email(words, True)
    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("+44 (0)20 7946 0123", "+442079460123"),
        ("call +1 555 234 5678 now", "+15552345678"),
        ("+999 1234567", None),
        ("020 7946 0123", "02079460123"),
    ],
)
def test_a_number_with_a_country_is_one_of_that_country(words: str, value: str | None) -> None:
    """The 0 in brackets is left out, a country that there is not is no number, digits alone stay digits."""
    found = read_phone(words, True)
    assert (found.value if found else None) == value
