"""A rule in words is offered its formal reading; once confirmed, it is proved over every path."""

from __future__ import annotations

import pytest

from studio.checks.all import run_checks
from studio.checks.reading_rules import formal_reading
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, lookup
from studio.domain.charter import Rule, RuleKind
from studio.domain.check import CheckResult
from studio.domain.condition import All, Compare, holds
from studio.domain.frozen import Json, canonical, to_json
from studio.domain.property import Event, Property
from studio.domain.workflow import Slot


def changed(agent: Agent, *edits: tuple[str, Json]) -> Agent:
    """The agent with some places replaced."""
    tree = to_json(agent)
    changes = tuple(Change(path=path, before=lookup(tree, path), after=after) for path, after in edits)
    return apply(agent, ChangeSet(title="a change", changes=changes))


def ruled(agent: Agent, formal: Property | None, text: str = "", kind: RuleKind = RuleKind.NEVER) -> Agent:
    """The agent with one more rule, confirmed to mean this."""
    rule = Rule(id="R-50", kind=kind, title=text or "A rule", text=text, formal=formal)
    rules = (*agent.charter.rules, rule)
    return agent.model_copy(update={"charter": agent.charter.model_copy(update={"rules": rules})})


def kept(agent: Agent) -> list[CheckResult]:
    """What is found about the rule."""
    return [each for each in run_checks(agent) if each.check == "kept" and "R-50" in each.path]


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("never", "Never refund without identity.",
         "On every path, identity is verified before “refund” is called."),
        ("never", "Never refund twice.", "On no path “refund” is called more than once."),
        ("never", "Never refund after a failed identity check.",
         "On no path “refund” is called after identity fails to be verified."),
        ("never", "No refunds of more than $200.", "On no path “refund” is called when amount is above 200."),
        ("must", "If a refund fails, hand the customer to a person.",
         "Whenever “refund” fails, a person takes over before the conversation ends."),
    ],
)  # fmt: skip
def test_a_rule_in_words_is_read(shop: Agent, kind: str, text: str, words: str) -> None:
    """What a rule demands on every path is said back in words."""
    rule = Rule(id="R-50", kind=RuleKind(kind), title="A rule", text=text)
    reading = formal_reading(rule, shop)
    assert reading is not None and reading.words == words


def test_an_exception_is_carried_or_told_as_left_out(shop: Agent) -> None:
    """What a rule excepts is part of its reading where the agent knows it; otherwise the reading says so."""
    slot = Slot(id="supervisor_approved", label="Supervisor approved", type="yes or no", prompt="Approved?")
    flow = shop.workflow("return")
    told = flow.model_copy(update={"slots": (*flow.slots, slot)})
    flows = tuple(told if each.id == told.id else each for each in shop.workflows)
    agent = shop.model_copy(update={"workflows": flows})
    text = "No refunds of more than $200 unless a supervisor has approved it."
    rule = Rule(id="R-50", kind=RuleKind.NEVER, title="Large refunds", text=text)
    read, unknown = formal_reading(rule, agent), formal_reading(rule, shop)
    assert read is not None and unknown is not None
    assert read.left_out == () and isinstance(read.property.when, All)
    assert [
        holds(read.property.when, {"amount": 300, **more})
        for more in ({}, {"supervisor_approved": False}, {"supervisor_approved": True})
    ] == [True, True, False]
    assert unknown.left_out == ("unless a supervisor has approved it",)
    assert "It leaves out “unless a supervisor has approved it”" in unknown.words


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Never refund unless identity was verified.", ()),
        ("Never refund twice, except when the first one was not paid out.",
         ("except when the first one was not paid out",)),
        ("Never refund before identity is verified, except for items under guarantee; say so.",
         ("except for items under guarantee",)),
    ],
)  # fmt: skip
def test_no_exception_goes_lost(shop: Agent, text: str, left: tuple[str, ...]) -> None:
    """An exception that is the demand itself is none; any other that is not understood is told."""
    read = formal_reading(Rule(id="R-50", kind=RuleKind.NEVER, title="A rule", text=text), shop)
    assert read is not None and read.left_out == left


def test_what_cannot_be_read_for_certain_is_not(shop: Agent) -> None:
    """Manners and advice have no formal reading; nothing is guessed."""
    for text in ("Be friendly.", "Never give legal advice.", "Do not promise anything about parcels."):
        assert formal_reading(Rule(id="R", kind=RuleKind.NEVER, title="A rule", text=text), shop) is None


def test_a_confirmed_reading_is_proved(shop: Agent) -> None:
    """Each kind of property holds on the shop, and breaks with a path once the workflow is changed."""
    call = Event(kind="call", names=("refund",))
    before = Property(kind="before", event=call, other=Event(kind="identity"))
    assert [each.status for each in kept(ruled(shop, before))] == ["holds"]
    once = ruled(shop, Property(kind="once", event=call))
    assert [each.status for each in kept(once)] == ["holds"]
    (twice,) = kept(changed(once, ("workflows/return/steps/pay/next", "pay")))
    assert twice.status == "broken" and [s.step for s in twice.counterexample][-2:] == ["pay", "pay"]
    failed = Property(
        kind="then", event=Event(kind="failure", names=("refund",)), other=Event(kind="handoff")
    )
    then = ruled(shop, failed)
    assert [each.status for each in kept(then)] == ["holds"]
    (broken,) = kept(changed(then, ("workflows/return/steps/pay/on_failure", "refuse")))
    assert broken.status == "broken" and broken.counterexample[-1].step == "refuse"


def test_an_amount_is_bound_over_all_paths(shop: Agent) -> None:
    """The system's limit of 500 keeps a bound of 600, not one of 300."""
    call = Event(kind="call", names=("refund",))
    for top, status in ((600, "holds"), (500, "holds"), (300, "broken")):
        bound = Property(kind="never", event=call, when=Compare(field="amount", op=">", value=top))
        assert [each.status for each in kept(ruled(shop, bound))] == [status]


def test_a_rule_without_a_reading_keeps_its_fingerprint(shop: Agent) -> None:
    """What nobody confirmed is left out of the canonical form."""
    assert b"formal" not in canonical(ruled(shop, None))
