"""What people rely on when they decide a case that the document leaves open: the proposal has it."""

from __future__ import annotations

from functools import cache

import pytest
from test_answers import _answered, _ground, _whole

from studio.cobuilder.answers.completing import Ground
from studio.domain.agent import Agent
from studio.domain.charter import RuleKind

STEP = "- Hand the refund to the second approver for approval.\n\n"
ASKS = "what should happen if the second approver says no"


@cache
def _silent() -> Ground:
    """A new edition in which a step needs a second approver's yes and knows no refusal."""
    return _ground("returns_assistant", ("Refunds of more than £350", f"{STEP}Refunds of more than £350"))


def _rules(agent: Agent) -> dict[str, tuple[RuleKind, str]]:
    return {rule.id: (rule.kind, rule.text) for rule in agent.charter.rules}


@pytest.mark.parametrize(
    ("answer", "kind", "text"),
    [
        (
            "Hand over to a person",
            RuleKind.ESCALATE,
            "If the second approver says no, hand the conversation over to a person.",
        ),
        ("Refuse", RuleKind.MUST, "If the second approver says no, you must refuse the request."),
        ("Carry on", RuleKind.ALLOW, "If the second approver says no, you may carry on."),
    ],
)
def test_the_decided_case_becomes_a_rule_with_its_citation(answer: str, kind: RuleKind, text: str) -> None:
    """Each offered answer drafts one rule for the case, which cites the sentence that left it open."""
    ground = _silent()
    before = _rules(_whole(ground))
    answered, _ = _answered(ground, ASKS, answer)
    whole = _whole(answered)
    new = {key: value for key, value in _rules(whole).items() if before.get(key) != value}
    assert list(new.values()) == [(kind, text)]
    cited = [c.quote for rule in whole.charter.rules if rule.id in new for c in rule.citations]
    assert cited == ["Hand the refund to the second approver for approval."]


def test_another_answer_takes_the_place_of_the_first() -> None:
    """Who changes their mind has one rule for the case, not two that collide."""
    first, _ = _answered(_silent(), ASKS, "Carry on")
    second, _ = _answered(first, ASKS, "Refuse")
    said = [text for _, text in _rules(_whole(second)).values() if "second approver" in text]
    assert "If the second approver says no, you may carry on." not in said
    assert "If the second approver says no, you must refuse the request." in said


def test_a_bare_yes_is_kept_and_drafts_nothing() -> None:
    """Yes does not say what should happen, and that is told."""
    before = _silent().proposal.changes
    answered, made = _answered(_silent(), ASKS, "Yes")
    assert "does not say what should happen" in made.told
    assert answered.proposal.changes == before


def test_what_the_sentence_does_say_is_not_held_back() -> None:
    """A sentence silent on another case is drafted all the same; only vague words wait for their answer."""
    held = [line for line in _silent().proposal.unaffected if line.startswith("Held back")]
    assert not [line for line in held if "second approver" in line]
