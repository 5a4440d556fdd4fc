"""Handed things: a parcel that changes hands is no customer who is handed over."""

from __future__ import annotations

import pytest

from studio.cobuilder.analysis import analyze
from studio.cobuilder.rules.handed_things import is_of_things
from studio.domain.statement import StatementKind
from studio.readers.markdown import read_markdown

TEXT = """# Library of tools

Owner: Lending team

## Loans

You must check the membership number first. Tools may be kept for up to 14 days.
{sentence}
Never lend a chainsaw to a member without a licence. If the member is angry, hand over to a colleague.
"""


def kinds(sentence: str) -> set[StatementKind]:
    """Return the kinds that a sentence is read as."""
    found = analyze(read_markdown(TEXT.format(sentence=sentence), "a.md"), ()).statements
    return {each.kind for each in found if sentence[:30] in each.quote}


@pytest.mark.parametrize(
    "sentence",
    [
        "The day on which the drill was handed over counts as day 0.",
        "A tool is deemed returned when it is handed over to the porter's wife.",
        "The keys are handed over at the counter.",
    ],
)
def test_things_that_change_hands_hand_nobody_over(sentence: str) -> None:
    """No rule "must go to a person" is made of a sentence in which only things are handed over."""
    assert is_of_things(sentence)
    assert StatementKind.ESCALATION not in kinds(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "A member who asks for a person is handed over straight away.",
        "The complaint is handed over to the Lending team.",
        "The broken tool is handed over to a supervisor.",
        "If it fails, hand over to a colleague.",
    ],
)
def test_people_cases_and_what_goes_to_somebody_inside_are_handed_over(sentence: str) -> None:
    """A customer, a case, and whatever goes to somebody of the company stay what they are read as."""
    assert not is_of_things(sentence)
