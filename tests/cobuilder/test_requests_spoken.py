"""How people really type: a reason in front, another tongue's word order, typing errors in fixed words."""

from __future__ import annotations

import pytest
from test_requests_family import measure

from studio.cobuilder.requests.conversing import reply
from studio.domain.request import Reply


def said(text: str, letter: str = "r") -> Reply:
    """Return the reply to a request to a sample agent."""
    return reply(text, measure().ground(letter))


@pytest.mark.parametrize("text", ["set teh severty of R-08 to hihg", "set the severity of R-08 to hgih"])
def test_a_typing_error_in_a_fixed_word_is_mended_and_never_put_into_the_agent(text: str) -> None:
    """A level has three spellings; a mistyped one is read as one of them, or asked about."""
    answer = said(text)
    assert answer.kind == "rule-severity"
    assert answer.verdict == "proposed"
    assert answer.proposal is not None
    assert "high" in str(answer.proposal.changes[0].change.after)


@pytest.mark.parametrize(
    "text",
    [
        "agent must not more ask the condition of item",
        "the agent should not ask for the condition of the item any more",
        "no more asking for the condition of the item",
    ],
)
def test_no_longer_asking_is_a_question_less_and_not_a_rule(text: str) -> None:
    """Words against asking any longer take the question out; they are not written down as a rule."""
    assert said(text).kind == "fact-stop"


@pytest.mark.parametrize(
    "text", ["it must ask also phone number by booking of appointment", "you must also ask for the postcode"]
)
def test_also_asking_is_a_question_more_and_not_a_rule(text: str) -> None:
    """Asking one more thing is a question in a workflow, or asked back; it is not written down as a rule."""
    assert said(text, "c").kind == "fact-ask"


def test_never_asking_stays_a_rule_where_nobody_is_asked_for_it_today() -> None:
    """What must never be asked for is a rule."""
    assert said("The agent must never ask for a bank password").kind == "rule-add"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Since it is not needed by the warehouse, stop asking for the condition of the item", "fact-stop"),
        ("We have been generous for years, hence R-03 should not apply when it was a gift", "-"),
        ("Because our partner left on Friday, remove R-09", "rule-remove"),
    ],
)
def test_a_reason_in_front_is_left_out_unless_the_request_points_back_into_it(text: str, kind: str) -> None:
    """The main clause is the request; where “it” may stand for something in the reason, it is asked back."""
    answer = said(text)
    assert answer.kind == kind if kind != "-" else answer.proposal is None


@pytest.mark.parametrize(
    "text",
    [
        "If the lamp was a birthday present from the shop, then remove R-09",
        "As long as the customer is not known, the agent may not use issue_refund",
        "As soon as the shop has closed its doors, stop asking for the reason",
        "The lamp was a birthday present, so do not ask for the reason any more",
    ],
)
def test_a_condition_in_front_is_never_taken_for_a_reason(text: str) -> None:
    """What holds only in a case is not proposed for every case."""
    assert said(text).proposal is None
