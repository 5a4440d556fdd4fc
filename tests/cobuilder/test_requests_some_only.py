"""Requests for some only, and for a case only: what is for some never changes what holds for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from studio.cobuilder.requests.conversing import reply
from studio.cobuilder.requests.kinds import Happening
from studio.domain.changeset import apply
from studio.domain.condition import All
from studio.domain.request import Reply
from tests.measures.cobuilder_requests import NOW, ground


def _paths(said: Reply) -> list[str]:
    return [c.change.path for c in said.proposal.changes] if said.proposal is not None else []


def test_another_value_for_some_is_a_rule_beside_the_rule_for_all() -> None:
    """The rule for everybody keeps its value and its guard, and names the new rule; the unknown is said."""
    said = reply("The notice period for students is 7 days", ground("g"))
    assert said.kind == "value-for" and set(_paths(said)) == {"charter/rules/R-10", "charter/rules/R-03"}
    assert said.proposal is not None
    after = apply(ground("g").agent, said.proposal.changeset)
    new, old = after.charter.rule("R-10"), after.charter.rule("R-03")
    assert "7 days" in new.text and new.segments == ("students",)
    assert "14 days" in old.text and "R-10" in old.text
    assert any("who belongs to" in warning for warning in said.warnings)


def test_where_a_fact_tells_who_it_is_the_guards_tell_them_apart() -> None:
    """Both guards know the case: the one for all lets it through, the one for some stops at its own value."""
    said = reply("for customers with wrong size only, change R-03 to 60 days", ground("r"))
    assert said.proposal is not None
    after = apply(ground("r").agent, said.proposal.changeset)
    old, new = after.charter.rule("R-03").guard, after.charter.rule("R-14").guard
    assert old is not None and isinstance(old.forbidden_when, All)
    assert new is not None and "60" in str(new.forbidden_when) and "wrong size" in str(new.forbidden_when)


@pytest.mark.parametrize(
    "request_", ["Give gold members 45 days", "we like shoppers from Wales to have 45 days"]
)
def test_where_it_is_not_sure_the_person_chooses(request_: str) -> None:
    """For some, or for everybody: both are offered as whole requests, and nothing is proposed."""
    said = reply(request_, ground("r"))
    assert said.verdict == "unsure" and said.proposal is None
    offered = [reply(choice.request, ground("r")) for choice in said.choices]
    assert {"value-for", "value-change"} <= {each.kind for each in offered}


def test_a_rule_can_be_made_to_hold_only_in_a_case() -> None:
    """A case that a fact tells goes into the guard; another changes the words only, and that is said."""
    known = reply("R-07 should hold only when the reason is wrong size", ground("r"))
    assert known.kind == "rule-condition" and known.proposal is not None
    assert "wrong size" in str(apply(ground("r").agent, known.proposal.changeset).charter.rule("R-07").guard)
    other = reply("R-07 only on weekdays", ground("r"))
    assert other.kind == "rule-condition" and any("goes on in every case" in w for w in other.warnings)


def test_two_rules_in_two_sentences_are_two_rules() -> None:
    """ "Also add" opens a request of its own; it never ends up in the words of the rule before."""
    said = reply("Add a rule: never lend out keys. Also add a rule: always offer a receipt.", ground("r"))
    assert said.kind == "rule-add + rule-add" and _paths(said) == ["charter/rules/R-14", "charter/rules/R-15"]


def test_which_tests_cover_a_rule_is_told_with_the_reason() -> None:
    """The boundary tests of a threshold are found by what decides their course."""
    said = reply("which tests cover R-07?", ground("r"))
    assert said.kind == "ask-tests" and "T-06" in said.text and "T-07" in said.text
    assert [link.item for link in said.links][:1] == ["T-06"] or "T-06" in [link.item for link in said.links]
    assert reply("is there a test for chest pain?", ground("c")).text.count("T-13") == 1


def test_a_question_with_a_value_is_answered_by_its_thresholds_and_cites_them() -> None:
    """£200 needs no supervisor, £300 does; a damaged item has no window: each with its sentence."""
    small = reply("who approves a refund of 200 pounds?", ground("r"))
    large = reply("who approves a refund of 300 pounds?", ground("r"))
    assert "“automatic”" in small.text and "“supervisor”" in large.text and "R-07" in large.text
    assert any("£200" in citation.quote for citation in large.citations)
    damaged = reply("What is the return window for damaged items?", ground("r"))
    assert damaged.verdict != "answered" or "arrived damaged" in damaged.text


def test_undo_says_what_it_takes_back_and_does_nothing_itself() -> None:
    """The choice is a deed of both faces; with nothing to take back, that is said."""
    assert reply("undo the last change", ground("r")).verdict == "refused"
    said = reply("undo the last change", replace(ground("r"), undoable="Accept P-01/C-01"))
    assert "Accept P-01/C-01" in said.text and [choice.deed for choice in said.choices] == ["undo"]


def test_what_changed_since_a_day_is_told_from_what_was_done() -> None:
    """Only what happened since then, newest first; a weekday is the last one there was."""
    lines = tuple(Happening(NOW - timedelta(days=days), "Ana", f"{days} days ago") for days in (0, 2, 9))
    said = reply("what changed since Thursday?", replace(ground("r"), happened=lambda: lines))
    assert "0 days ago" in said.text and "2 days ago" in said.text and "9 days ago" not in said.text


def test_the_second_one_is_the_second_item_of_the_reply_before() -> None:
    """A conversation goes on with what was listed; "that rule" is the rule spoken of."""
    listed = reply("which rules concern cancelling?", ground("c"))
    here = replace(ground("c"), last=listed.about, listed=listed.listed)
    assert f"charter/rules/{listed.links[1].item}" in _paths(reply("remove the second one", here))
    assert reply("make that rule low", replace(ground("r"), last="R-07")).kind == "rule-severity"


def test_a_dead_end_ends_in_an_offer() -> None:
    """Whatever is not understood says where people do it themselves, or what can be asked."""
    said = reply("publish this to everybody tonight", ground("r"))
    assert said.verdict == "not understood" and [link.page for link in said.links] == ["release"]
    assert all(reply(choice.request, ground("r")).understood for choice in said.choices)
