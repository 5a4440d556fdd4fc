"""More than one plain request: several at once, "it" from before, close matches, proposals that wait."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_requests_family import measure

from studio.cobuilder.requests.conversing import reply
from studio.cobuilder.requests.kinds import Ground
from studio.domain.changeset import ChangeSet, apply
from studio.domain.request import Reply


@pytest.fixture
def returns() -> Ground:
    """The sample returns assistant with its documents."""
    found: Ground = measure().ground("r")
    return found


def _paths(said: Reply) -> list[str]:
    assert said.proposal is not None, said.text
    return [change.change.path for change in said.proposal.changes]


def test_several_requests_in_one_sentence_become_one_proposal_that_applies(returns: Ground) -> None:
    """Each part is carried out, on what the part before leaves, and the whole still fits the agent."""
    said = reply("change the return window to 45 days, and make the greeting shorter", returns)
    assert said.kind == "value-change + text-shorter"
    assert {"charter/rules/R-03", "charter/ai_disclosure"} <= set(_paths(said))
    assert said.proposal is not None
    names = [change.id for change in said.proposal.changes]
    assert len(set(names)) == len(names)
    changes = tuple(change.change for change in said.proposal.changes)
    after = apply(returns.agent, ChangeSet(title="", changes=changes))
    assert "45 days" in after.charter.rule("R-03").text


def test_listed_items_are_all_meant(returns: Ground) -> None:
    """“R-05 and R-06” are two rules to remove, not one."""
    paths = _paths(reply("remove R-05 and R-06", returns))
    assert {"charter/rules/R-05", "charter/rules/R-06"} <= set(paths)


def test_an_and_inside_own_words_parts_nothing(returns: Ground) -> None:
    """The words of a rule are one rule, however much they sound like two requests."""
    said = reply("Add a rule: never promise a date and remove doubts about the label", returns)
    assert said.kind == "rule-add"
    assert _paths(said) == ["charter/rules/R-14"]


def test_it_is_the_item_of_the_reply_before_and_nothing_without_one(returns: Ground) -> None:
    """After a word on R-03, "make it 60 days" changes R-03; said first, it changes nothing."""
    before = reply("what does R-03 say?", returns)
    said = reply("make it 60 days", replace(returns, last=before.about))
    assert "charter/rules/R-03" in _paths(said)
    assert reply("make it 60 days", returns).proposal is None


def test_typing_errors_are_read_and_told(returns: Ground) -> None:
    """The reply says which word was read as which; own words stay as they were typed."""
    said = reply("chnage the retrun window to 50 days", returns)
    assert "charter/rules/R-03" in _paths(said)
    assert "“chnage” as “change”" in said.text
    owner = reply("mkae dana fox the qa owner", returns)
    assert owner.proposal is None or "dana fox" in str(owner.proposal.changes).lower()


def test_what_is_not_sure_is_offered_and_what_is_offered_works(returns: Ground) -> None:
    """A close match is a whole request: nothing is changed now, and choosing it does what it says."""
    said = reply("what is the fallback if issue_refund is broken", returns)
    offered = said if said.choices else reply("wait 12 working days before giving it to Payments", returns)
    assert offered.verdict == "unsure"
    assert offered.proposal is None
    assert all(reply(choice.request, returns).understood for choice in offered.choices)


@pytest.mark.parametrize(
    "words",
    [
        "is a return after 31 days possible?",
        "somebody returns a lamp after 31 days - what then?",
        "make one test with a customer who returns after 31 days",
        "supervisors earn £500 more",
        "change the fee to £20",
        "30 days sounds fair to me",
        "change the supervisor limit to £300 for VIPs only",
        "make that greeting shorter? It's dragging on.",
    ],
)
def test_a_number_alone_changes_no_rule(returns: Ground, words: str) -> None:
    """A case, a question, a remark, a value for some only: no value and no rule is changed for it."""
    said = reply(words, returns)
    paths = _paths(said) if said.proposal is not None else []
    assert not [path for path in paths if path.startswith("charter/rules/")]


def test_two_proposals_that_wait_can_both_be_accepted(returns: Ground) -> None:
    """New rules and tests get numbers that no waiting proposal uses; a shared place is told beforehand."""
    first = reply("Add a rule: never promise a delivery date", returns)
    assert first.proposal is not None
    later = replace(returns, proposals=(first.proposal,), proposal_id="P-02")
    second = reply("Add a rule: never discuss politics", later)
    assert _paths(second) == ["charter/rules/R-15"]
    assert "R-15" in second.text
    assert not second.warnings
    changed = reply("Change the return window to 45 days", returns)
    assert changed.proposal is not None
    again = reply("Change the return window to 60 days", replace(returns, proposals=(changed.proposal,)))
    assert any("waits for your decision" in warning for warning in again.warnings)


def test_a_changed_fact_names_what_was_left_and_the_documents_that_still_say_it(returns: Ground) -> None:
    """The request is a complete update: the places that change, those looked at, documents left behind."""
    said = reply("Change the refund window to 45 days", returns)
    assert {"charter/rules/R-03", "workflows/return-item/steps/explain-window"} <= set(_paths(said))
    assert said.proposal is not None
    assert any("still say" in line for line in said.proposal.unaffected)
    assert any("documents still say 30 days" in warning for warning in said.warnings)


def test_nobody_is_asked_for_it_is_said_with_what_is_asked_for(returns: Ground) -> None:
    """Asked to stop what nobody does, the reply says so and lists what customers are asked for."""
    said = reply("stop asking for the postcode", returns)
    assert said.verdict == "refused"
    assert "Nobody is asked for “the postcode”" in said.text
    assert "“Reason”" in said.text


@pytest.mark.parametrize(
    ("request_", "left_out"),
    [
        ("change the return window to 45 days and email the board", "email the board"),
        ("change the return window to 45 days; email the board", "email the board"),
        ("change the return window to 45 days, then email the board", "email the board"),
        (
            "change the return window to 45 days and translate everything into Klingon",
            "translate everything into Klingon",
        ),
    ],
)
def test_what_is_left_out_of_a_request_is_said(request_: str, left_out: str, returns: Ground) -> None:
    """Of two things asked for in one breath, the one that nothing is done about is named in the reply."""
    said = reply(request_, returns)
    assert said.proposal is None or f"left out “{left_out}”" in said.text


def test_nothing_is_called_left_out_where_all_is_done(returns: Ground) -> None:
    """One request, whatever it says beside, and two that are both carried out, leave nothing out."""
    for words in (
        "change the return window to 45 days",
        "change the return window from 30 days and not less to 45 days",
        "change the return window to 45 days and make the greeting shorter",
        "remove R-05 and R-06",
    ):
        assert "left out" not in reply(words, returns).text


def test_a_number_of_thousands_of_digits_is_too_long_a_request(returns: Ground) -> None:
    """However long the number, the reply is a sentence."""
    for digits in (300, 550, 5000):
        said = reply(f"change the limit to {'9' * digits} thousand", returns)
        assert said.proposal is None
    assert "too long" in said.text


@pytest.mark.parametrize("value", ["-5 days", "−5 days", "– 5 days", "minus 5 days", "minus five days"])
def test_a_value_below_zero_is_not_taken_for_one_above(value: str, returns: Ground) -> None:
    """“-5 days” is refused in a sentence; it never becomes 5 days."""
    said = reply(f"change the return window to {value}", returns)
    assert said.proposal is None, said.text
    assert said.text
    kept = reply("change the return window to 45 days", returns)
    assert kept.proposal is not None
