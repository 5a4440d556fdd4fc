"""Forms of codes offered by example: each accepts the example it was made from, and reads as words."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.desktop.panels.slot_form_looks import in_words, looks, verdict
from studio.domain.shape import trouble_of
from studio.domain.workflow import Slot

RUNS = st.one_of(
    st.from_regex(r"[A-Z]{1,4}", fullmatch=True), st.from_regex(r"[0-9]{2,6}", fullmatch=True), st.just("-")
)
CODES = st.lists(RUNS, min_size=1, max_size=5).map("".join).filter(lambda c: any(x.isdigit() for x in c))


@settings(max_examples=80, deadline=None)
@given(CODES.filter(lambda code: code[0] != "-" and code[-1] != "-"))
def test_every_form_that_is_offered_accepts_the_example_and_is_told_in_words(code: str) -> None:
    """Nobody can choose a form by which their own example would be refused."""
    options = looks(code, None)
    assert options[0].value is None and len(options) > 1
    for option in options[1:]:
        assert not trouble_of(option.value) and option.words and "\\" not in option.words
        slot = Slot(id="code", label="Code", type="code", pattern=option.value, example=code)
        assert verdict(slot, code)[0], (code, option)


def test_a_form_that_stands_in_the_agent_is_kept_whatever_it_is() -> None:
    """A pattern that has no plain words is offered as it is, and never shown."""
    pattern = r"(?:AB|CD)\d{4}"
    assert in_words(pattern) == ""
    kept = looks("LH-1234", pattern)[-1]
    assert kept.value == pattern and kept.words == "A form of its own, as it is now"


def test_a_name_without_digits_offers_no_form() -> None:
    """Words are no code; they are not forced into one."""
    assert [option.value for option in looks("hello", None)] == [None]
