"""Who reads the charter is told for each rule what enforces it, and what is only words."""

from __future__ import annotations

from studio.checks.enforcement import enforcement
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, lookup
from studio.domain.charter import Rule, RuleKind
from studio.domain.check import RuleEnforcement
from studio.domain.frozen import Json, to_json


def of(agent: Agent, rule: str) -> RuleEnforcement:
    """How one rule is enforced."""
    return next(each for each in enforcement(agent) if each.rule == rule)


def changed(agent: Agent, path: str, after: Json) -> Agent:
    """The agent with one place replaced."""
    change = Change(path=path, before=lookup(to_json(agent), path), after=after)
    return apply(agent, ChangeSet(title="a change", changes=(change,)))


def with_rule(agent: Agent, rule: Rule) -> Agent:
    """The agent with one rule more."""
    rules = (*agent.charter.rules, rule)
    return agent.model_copy(update={"charter": agent.charter.model_copy(update={"rules": rules})})


def test_a_guard_is_named_with_what_it_stops(shop: Agent) -> None:
    """A rule with a guard says which system code stops, when, and that a step calls it."""
    found = of(shop, "R-03")
    assert (found.how, found.reached) == ("guard", True)
    assert found.why == "Code stops “refund” when final sale is yes."
    assert "“Issue refund”" in found.ways[0].why


def test_a_guard_without_a_call_is_never_reached(shop: Agent) -> None:
    """A guard of a system that no workflow calls enforces nothing, and the rule says so."""
    agent = changed(shop, "workflows/return/steps/eligible/branches/yes/next", "done")
    assert not of(agent, "R-03").reached
    assert "no workflow calls it" in of(agent, "R-03").why


def test_a_disclosure_left_out_on_some_path_is_not_on_every_path(shop: Agent) -> None:
    """A disclosure that one path goes past is told as said on some paths only."""
    said = next(way for way in of(shop, "R-02").ways if way.how == "step")
    assert said.every_path
    agent = changed(shop, "workflows/return/steps/eligible/branches/yes/next", "pay")
    assert not [way for way in of(agent, "R-02").ways if way.how == "step"]


def test_words_alone_are_called_words(shop: Agent) -> None:
    """A rule that nothing keeps is text only, even where it claims a step."""
    rule = Rule(id="R-90", kind=RuleKind.NEVER, title="No advice", text="Never give legal advice.")
    found = of(with_rule(shop, rule), "R-90")
    assert (found.how, found.ways) == ("text only", ())
    assert "nothing makes it so" in found.why
    claiming = of(with_rule(shop, rule.model_copy(update={"enforced_by": "step"})), "R-90")
    assert claiming.how == "text only" and "none was found" in claiming.why


def test_a_person_on_request_holds_everywhere(shop: Agent) -> None:
    """That customers who ask for a person get one needs no step: every conversation does it."""
    text = "Hand a customer who asks for a person over straight away."
    rule = Rule(id="R-91", kind=RuleKind.ESCALATE, title="A person on request", text=text)
    found = of(with_rule(shop, rule), "R-91")
    assert found.how == "step" and found.every_path
