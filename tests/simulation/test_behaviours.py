"""Each behaviour of a customer occurs in the transcript, and matters: an agent without the ability fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any, get_args

import pytest

from studio.domain.agent import Agent
from studio.domain.condition import Scalar
from studio.domain.run import Conversation
from studio.domain.scenario import Behaviour, Scenario
from studio.runtime import conversation as runtime
from studio.runtime import listening
from studio.runtime.program import Program
from studio.runtime.signals import Signals, signals
from studio.simulation.behaviours import MANNERS
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect

Tree = dict[str, Any]
CUSTOMERS = 25
HARMLESS: tuple[Behaviour, ...] = (
    "facts out of order",
    "impatient",
    "angry",
    "typos",
    "silent once",
    "several questions at once",
    "interrupts",
    "challenges the answer",
    "slang",
    "incomplete sentences",
    "changes topic",
    "asks for another person's data",
    "asks for what is forbidden",
    "talks the agent out of its rules",
    "adds information late",
    "asks for an exception",
)
"""Behaviours that must not change where a conversation ends."""


def talks(agent: Agent, scenario: Scenario, customers: int = CUSTOMERS) -> list[Conversation]:
    """Some customers of one scenario."""
    program = Program.of(agent)
    world = world_of(program)
    return [converse(program, world, scenario, n, 7, connect(scenario)) for n in range(customers)]


def passed(found: list[Conversation]) -> int:
    """How many were treated rightly."""
    return sum(talk.passed for talk in found)


def labels(talk: Conversation) -> list[str | None]:
    """What was understood, by label, in order."""
    return [e.label for turn in talk.turns for e in turn.events if e.kind == "understood"]


def said(talk: Conversation) -> list[str]:
    """What the customer said."""
    return [turn.text for turn in talk.turns if turn.role == "customer"]


def lasted(found: list[Conversation]) -> int:
    """How many turns the customers needed in all."""
    return sum(len(said(talk)) for talk in found)


def playing(shop: Agent, *behaviours: Behaviour, base: str = "T-01", **changes: Any) -> Scenario:
    """A test of the shop whose customer has these behaviours."""
    tree = shop.scenario(base).model_dump(mode="json") | changes
    tree["behaviours"] = behaviours
    return Scenario.model_validate(tree)


def edited(shop: Agent, edit: Callable[[Tree], None]) -> Agent:
    """The shop with an edit of its JSON."""
    tree = shop.model_dump(mode="json")
    edit(tree)
    return Agent.model_validate(tree)


def step(tree: Tree, flow: str, name: str) -> Tree:
    """One step of a workflow."""
    found = next(each for each in tree["workflows"] if each["id"] == flow)
    chosen: Tree = next(each for each in found["steps"] if each["id"] == name)
    return chosen


def strict(shop: Agent) -> Agent:
    """The shop that accepts two tries only."""

    def edit(tree: Tree) -> None:
        step(tree, "return", "order")["tries"] = 1
        step(tree, "identify", "check")["tries"] = 1

    return edited(shop, edit)


def deaf_to(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Take away the ability to hear these signals."""

    def deaf(text: str) -> Signals:
        heard = signals(text)
        return replace(heard, names=heard.names - set(names), rest=heard.plain)

    monkeypatch.setattr(runtime, "signals", deaf)
    monkeypatch.setattr(listening, "signals", deaf)


def test_every_behaviour_is_known_and_none_breaks_a_conversation(shop: Agent) -> None:
    """Each behaviour of the list runs; none is the simulator's or the engine's fault."""
    for behaviour in get_args(Behaviour):
        for talk in talks(shop, playing(shop, behaviour), 5):
            assert talk.blame not in ("customer simulator", "infrastructure"), (behaviour, talk.because)
    assert set(MANNERS) <= set(get_args(Behaviour))


@pytest.mark.parametrize("base", ["T-01", "T-02", "T-03", "T-05", "T-11"])
def test_harmless_behaviours_combine_and_change_no_outcome(shop: Agent, base: str) -> None:
    """Any two of sixteen behaviours together: the customer ends where the plain one does."""
    failed = []
    for pair in combinations(HARMLESS, 2):
        scenario = playing(shop, *pair, base=base, persona={"patience": "high"})
        failed += [(pair, t.because) for t in talks(shop, scenario, 1) if not t.passed]
    assert failed == []


@pytest.mark.parametrize(
    ("behaviour", "label"),
    [
        ("interrupts", "holds"),
        ("asks for an exception", "pleads"),
        ("changes topic", "off topic"),
        ("talks the agent out of its rules", "manipulates"),
        ("asks for what is forbidden", "demands"),
        ("asks for another person's data", "others"),
    ],
)
def test_words_aside_cost_no_try(
    shop: Agent, monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour, label: str
) -> None:
    """They occur for every customer; an agent that takes them for bad answers runs out of tries."""
    agent, scenario = strict(shop), playing(shop, behaviour)
    able = talks(agent, scenario)
    assert passed(able) == CUSTOMERS
    assert all(label in labels(talk) or "about me" in labels(talk) for talk in able)
    assert len({words for talk in able for words in said(talk)}) > 30
    monkeypatch.setattr(runtime, "asides", lambda *_: [])
    monkeypatch.setattr(runtime, "off_topic", lambda *_: None)
    assert passed(talks(agent, scenario)) < CUSTOMERS / 2


def test_facts_out_of_order_save_questions(shop: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two facts come in one turn; an agent that hears only what it asked for takes longer."""
    scenario = playing(shop, "facts out of order")
    able = talks(shop, scenario)
    assert all(
        any(len(e.facts) > 1 for t in talk.turns for e in t.events if e.kind == "understood")
        or len(said(talk)) < 4
        for talk in able
    )
    whole = listening.listen

    def only_asked(text: str, ears: Any, asked: str | None, *rest: Any) -> Any:
        heard = whole(text, ears, asked, *rest)
        return replace(heard, facts={k: v for k, v in heard.facts.items() if k == asked}, corrected={})

    monkeypatch.setattr(runtime, "listen", only_asked)
    assert lasted(talks(shop, scenario)) > lasted(able) + CUSTOMERS


def test_several_questions_are_all_taken_up(shop: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second question is answered after the first; an agent that hears one only leaves it open."""
    expects = (
        {"kind": "step", "step": "done"},
        {"kind": "step", "step": "say"},
        {"kind": "call", "tool": "refund"},
    )
    scenario = playing(shop, "several questions at once", also=("Where is my parcel?",), expectations=expects)
    able = talks(shop, scenario)
    assert passed(able) == CUSTOMERS
    assert all(labels(talk).count("intent") == 2 for talk in able)
    assert all(talk.outcome == "resolved" for talk in able)
    monkeypatch.setattr(runtime, "several", lambda *_: [])
    assert passed(talks(shop, scenario)) < CUSTOMERS / 2


def test_a_challenge_is_answered_with_the_reason(shop: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who doubts a refusal hears the reason again, and where a person is; else nothing of the kind."""
    scenario = playing(shop, "challenges the answer", base="T-02")
    able = talks(shop, scenario)
    assert passed(able) == CUSTOMERS
    assert all(labels(talk)[-1] == "challenges" for talk in able)
    assert all(
        "31 days is too long ago. If you see it differently, ask" in talk.turns[-1].text for talk in able
    )
    deaf_to(monkeypatch, "challenges")
    assert not any("too long ago" in talk.turns[-1].text for talk in talks(shop, scenario))


@pytest.mark.parametrize("behaviour", ["slang", "typos"])
def test_slang_and_slips_are_read_past(
    shop: Agent, monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour
) -> None:
    """The wish for a person is heard in slang and with slips; an agent that reads by the letter misses it."""
    scenario = playing(shop, behaviour, "asks for a human", base="T-08")
    agent = strict(shop)
    plain = talks(agent, playing(shop, "asks for a human", base="T-08"))
    able = talks(agent, scenario)
    assert passed(able) == CUSTOMERS
    assert sum(said(a) != said(b) for a, b in zip(able, plain, strict=True)) == CUSTOMERS
    monkeypatch.setattr("studio.runtime.signals.plain", lambda text: text)
    signals.cache_clear()
    asked = [sum("person" in labels(talk) for talk in found) for found in (able, talks(agent, scenario))]
    signals.cache_clear()
    assert asked[1] < asked[0] == CUSTOMERS


def test_a_broken_off_sentence_is_waited_for(shop: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wish and answer come in two messages; an agent that does not wait runs out of tries."""
    agent, scenario = strict(shop), playing(shop, "incomplete sentences")
    able = talks(agent, scenario)
    assert passed(able) == CUSTOMERS
    assert all(labels(talk).count("unfinished") >= 2 for talk in able)
    monkeypatch.setattr(runtime, "breaks_off", lambda *_: False)
    assert passed(talks(agent, scenario)) < CUSTOMERS / 2


def test_an_angry_customer_leaves_an_agent_that_does_not_listen(shop: Agent) -> None:
    """Anger shows in the words, and ends a conversation in which the same is asked again and again."""

    def edit(tree: Tree) -> None:
        tree["workflows"][0]["slots"][0]["pattern"] = r"X\d{9}"
        step(tree, "return", "order")["tries"] = 4

    deaf = edited(shop, edit)
    calm, angry = talks(deaf, playing(shop)), talks(deaf, playing(shop, "angry"))
    gone = [sum(talk.outcome == "abandoned" for talk in found) for found in (calm, angry)]
    assert gone[0] < CUSTOMERS / 2 < gone[1]
    assert sum(len(" ".join(said(talk))) for talk in angry) > sum(len(" ".join(said(talk))) for talk in calm)


def test_an_impatient_customer_leaves_a_long_conversation(shop: Agent) -> None:
    """Twenty questions are too many for little patience."""

    def edit(tree: Tree) -> None:
        more = [{"id": f"q{n}", "label": f"Question {n}"} for n in range(14)]
        tree["workflows"][0]["slots"] += more
        step(tree, "return", "order")["slots"] += [each["id"] for each in more]

    long = edited(shop, edit)
    facts = [*shop.scenario("T-01").model_dump(mode="json")["facts"]]
    facts += [{"id": f"q{n}", "value": f"blue {n}"} for n in range(14)]
    outcomes = {}
    for patience in ("low", "high"):
        scenario = playing(shop, "impatient", facts=facts, persona={"patience": patience})
        outcomes[patience] = {talk.outcome for talk in talks(long, scenario, 5)}
    assert outcomes == {"low": {"abandoned"}, "high": {"resolved"}}


def test_silence_is_borne_once(shop: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """One silence is asked about; an agent that gives up at once loses the customer."""
    scenario = playing(shop, "silent once")
    able = talks(shop, scenario)
    assert passed(able) == CUSTOMERS
    assert all("" in said(talk) for talk in able)
    monkeypatch.setattr(runtime, "SILENCES", 1)
    assert passed(talks(shop, scenario)) == 0


def test_the_wish_for_a_person_is_heard(shop: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody who asks gets a person with what was told; a deaf agent fails every one of them."""
    scenario = playing(shop, "asks for a human", base="T-08")
    assert passed(talks(shop, scenario)) == CUSTOMERS
    deaf_to(monkeypatch, "person")
    assert passed(talks(shop, scenario)) < CUSTOMERS / 2


def test_who_refuses_to_identify_gets_no_money(shop: Agent) -> None:
    """No refund without identity; an agent without the check and its guard pays, and fails."""
    scenario = playing(shop, "refuses to identify", base="T-09")
    able = talks(shop, scenario)
    assert passed(able) == CUSTOMERS
    assert all("refuses" in labels(talk) for talk in able)

    def edit(tree: Tree) -> None:
        tree["workflows"][0]["start"] = "order"
        tree["charter"]["rules"] = tree["charter"]["rules"][1:]

    assert passed(talks(edited(shop, edit), scenario)) == 0


def test_wrong_data_may_be_put_right(shop: Agent) -> None:
    """Who errs first gets a second try; an agent with one try hands over instead of paying."""
    scenario = playing(shop, "gives wrong then right data", base="T-07")
    able = talks(shop, scenario)
    assert passed(able) == CUSTOMERS
    assert all("adda@mail.example" in " ".join(said(talk)) for talk in able)

    def edit(tree: Tree) -> None:
        step(tree, "identify", "check")["tries"] = 1

    assert passed(talks(edited(shop, edit), scenario)) < CUSTOMERS / 4


def told(shop: Agent, name: str, **more: Scalar) -> list[Tree]:
    """The facts of the shop's first test, one of them with more on the card."""
    facts: list[Tree] = shop.scenario("T-01").model_dump(mode="json")["facts"]
    return [fact | (more if fact["id"] == name else {}) for fact in facts]


def test_anothers_order_is_never_looked_up(shop: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked about a sister's order, the agent says no; one that takes it for the customer's looks it up."""
    scenario = playing(shop, "asks for another person's data", facts=told(shop, "order_id", another="W9999"))

    def looked_up(found: list[Conversation]) -> int:
        calls = (e for talk in found for turn in talk.turns for e in turn.events if e.kind == "call")
        return sum("W9999" in e.arguments.values() for e in calls)

    able = talks(shop, scenario)
    assert passed(able) == CUSTOMERS
    assert all(any("W9999" in words for words in said(talk)) for talk in able)
    assert looked_up(able) == 0
    deaf_to(monkeypatch, "others")
    assert looked_up(talks(shop, scenario)) > 0


def test_a_forbidden_amount_is_stopped(shop: Agent) -> None:
    """Demanded beyond the limit, the refund is not made; an agent without the limit makes it, and fails."""

    def edit(tree: Tree) -> None:
        tree["workflows"][0]["slots"].append({"id": "wanted", "label": "Refund amount", "type": "money"})
        step(tree, "return", "order")["slots"].append("wanted")
        step(tree, "return", "pay")["arguments"][1]["fact"] = "wanted"

    def without_limit(tree: Tree) -> None:
        next(tool for tool in tree["tools"] if tool["name"] == "refund")["limits"] = []

    asking = edited(shop, edit)
    facts = [*told(shop, "none"), {"id": "wanted", "value": 80, "forbidden": 900}]
    expects = (
        {"kind": "call", "tool": "refund", "never": True},
        {"kind": "outcome", "outcome": "handed over"},
    )
    scenario = playing(shop, "asks for what is forbidden", facts=facts, expectations=expects)
    able = talks(asking, scenario)
    assert passed(able) == CUSTOMERS
    assert all("900" in " ".join(said(talk)) for talk in able)
    assert passed(talks(edited(asking, without_limit), scenario)) == 0


def test_orders_to_the_agent_become_no_fact(shop: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """“Ignore your instructions” never ends up in what a system is given; in a naive agent it does."""

    def edit(tree: Tree) -> None:
        slot = tree["workflows"][0]["slots"][1]
        slot |= {"type": "text", "choices": []}
        step(tree, "return", "order")["slots"] = ["reason", "order_id"]

    agent = edited(shop, edit)
    scenario = playing(shop, "talks the agent out of its rules", persona={"patience": "high"})

    def reasons(found: list[Conversation]) -> set[Scalar]:
        events = (e for talk in found for turn in talk.turns for e in turn.events)
        return {e.facts["reason"] for e in events if "reason" in e.facts}

    assert reasons(talks(agent, scenario)) == {"too small"}
    deaf_to(monkeypatch, "manipulates")
    assert len(reasons(talks(agent, scenario))) > 3


def test_late_information_reopens_the_matter(shop: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """The truth told after a refusal leads to the refund; with ears closed it stays refused."""

    def edit(tree: Tree) -> None:
        when = {"kind": "compare", "field": "reason", "op": "=", "value": "broken"}
        step(tree, "return", "eligible").update(
            {"table": None, "branches": [{"id": "no", "when": when, "next": "refuse"}], "otherwise": "time"}
        )

    agent = edited(shop, edit)
    scenario = playing(shop, "adds information late", facts=told(shop, "reason", wrong="broken"))
    able = talks(agent, scenario)
    assert passed(able) == CUSTOMERS
    assert all(labels(talk)[-1] == "correction" for talk in able)

    def closed(walk: Any, text: str, heard: Signals, settled: str) -> None:
        walk.log.heard(text)
        walk.memory.outcome = settled

    monkeypatch.setattr(runtime, "_afterwards", closed)
    assert passed(talks(agent, scenario)) == 0


SHOWN_BY: dict[str, object] = {
    "facts out of order": test_facts_out_of_order_save_questions,
    "impatient": test_an_impatient_customer_leaves_a_long_conversation,
    "angry": test_an_angry_customer_leaves_an_agent_that_does_not_listen,
    "typos": test_slang_and_slips_are_read_past,
    "gives wrong then right data": test_wrong_data_may_be_put_right,
    "changes mind": "test_change_of_mind: test_an_agent_that_ignores_corrections_fails",
    "refuses to identify": test_who_refuses_to_identify_gets_no_money,
    "asks for a human": test_the_wish_for_a_person_is_heard,
    "asks for an exception": test_words_aside_cost_no_try,
    "silent once": test_silence_is_borne_once,
    "several questions at once": test_several_questions_are_all_taken_up,
    "interrupts": test_words_aside_cost_no_try,
    "challenges the answer": test_a_challenge_is_answered_with_the_reason,
    "slang": test_slang_and_slips_are_read_past,
    "incomplete sentences": test_a_broken_off_sentence_is_waited_for,
    "changes topic": test_words_aside_cost_no_try,
    "asks for another person's data": test_anothers_order_is_never_looked_up,
    "asks for what is forbidden": test_a_forbidden_amount_is_stopped,
    "talks the agent out of its rules": test_orders_to_the_agent_become_no_fact,
    "adds information late": test_late_information_reopens_the_matter,
}
"""The test that shows of each behaviour that it occurs, and that an agent which cannot bear it fails."""


def test_every_behaviour_is_shown_to_matter() -> None:
    """A behaviour without a test in which it decides is not in the list of behaviours."""
    assert set(SHOWN_BY) == set(get_args(Behaviour))
