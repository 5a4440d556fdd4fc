"""Customers in a language model's words: other words and the same facts; a sample, never another customer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import BenchOf, ServerOf, confirm
from loopback_model import Act, Body, says

from studio.domain.agent import Agent
from studio.domain.errors import WrongUse
from studio.domain.model import ModelPolicy, ModelRequest
from studio.llm.scripted import ScriptedModel
from studio.services.commands import SetModelPolicy
from studio.services.queries.simulate import ShowComparison, ShowSample
from studio.services.stages.sampling import RequestsForSample, Sample
from studio.services.stages.simulating import Simulate
from studio.simulation import run
from studio.simulation.phrased import phrased
from studio.simulation.sampled import run_sampled, stopped
from studio.workers.inline import InlineWorkers

SHOP = Path(__file__).parents[1] / "simulation" / "shop.json"


@pytest.fixture(scope="module")
def shop() -> Agent:
    """A returns and order-status agent with eleven tests."""
    return Agent.model_validate_json(SHOP.read_bytes())


def _chatty(request: ModelRequest) -> str:
    return json.dumps({"text": "Right, so: " + request.messages[-1].text.removeprefix("Say: ")})


def _liar(request: ModelRequest) -> str:
    return json.dumps({"text": request.messages[-1].text.removeprefix("Say: ") + " My order is W9999."})


def test_the_customer_says_the_models_words_and_ends_as_before(shop: Agent) -> None:
    """What the model says is the customer's turn; the agent answers alone, and every test ends as without."""
    asked = ScriptedModel(_chatty)
    found = run_sampled(shop, shop.scenarios[:4], 7, 2, asked, part="customers")
    plain = run(shop, shop.scenarios[:4], 7, 2, InlineWorkers())
    said = [t.text for c in found.conversations for t in c.turns if t.role == "customer" and t.text]
    assert said and all(text.startswith("Right, so: ") for text in said)
    assert [c.outcome for c in found.conversations] == [c.outcome for c in plain.conversations]
    assert all(c.passed for c in found.conversations)
    assert stopped(found) == ()
    assert found.engine.endswith("with scripted as the customers") and found.sampled
    assert all("The customer is" in request.messages[0].text for request in asked.asked)


def test_a_fact_that_is_not_the_customers_is_never_said(shop: Agent) -> None:
    """A wording that tells another order is left out, and written down; the conversation is as without."""
    found = run_sampled(shop, shop.scenarios[:2], 7, 2, ScriptedModel(_liar), part="customers")
    plain = run(shop, shop.scenarios[:2], 7, 2, InlineWorkers())
    for mine, other in zip(found.conversations, plain.conversations, strict=True):
        assert [t.text for t in mine.turns] == [t.text for t in other.turns]
        assert mine.passed
    assert stopped(found)
    assert "W9999" not in " ".join(t.text for c in found.conversations for t in c.turns)


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ('{"text": "W4471 is the one I mean, cheers"}', True),
        ('{"text": "It is the one I mean"}', False),
        ('{"text": "W4471, or was it W4472?"}', False),
        ('{"text": ""}', False),
        ("W4471", False),
        (json.dumps({"text": "W4471 " + "and so on " * 40}), False),
    ],
)
def test_only_the_same_facts_pass(shop: Agent, reply: str, kept: bool) -> None:
    """Facts lost, facts added, another form or a speech: our own words are said instead."""
    found = phrased(shop.scenarios[0], "My order is W4471", reply)
    assert (found.text != "My order is W4471") is kept
    assert bool(found.notes) is not kept


def test_agent_and_customer_are_not_both_the_models() -> None:
    """One model as both would only talk to itself."""
    with pytest.raises(WrongUse, match="agent and customer at once"):
        Sample.like(Simulate(customers=1), whole=True, customers_speak=True)
    assert Sample.like(Simulate(customers=1), whole=False, customers_speak=True).part == "customers"


def test_customers_speak_over_the_wire(bench_of: BenchOf, serve: ServerOf) -> None:
    """First turns are shown before; the sample is kept as one, and no proof stands for it."""

    def act(body: Body) -> Act:
        return says({"text": "Right, so: " + body["messages"][-1]["content"].removeprefix("Say: ")})

    bench = bench_of(serve(act), in_flight=8)
    bench.do(SetModelPolicy(ModelPolicy(contents=("agent", "conversations"))))
    confirm(bench)
    sample = Sample.like(Simulate(customers=2, tests=("T-01",)), whole=False, customers_speak=True)
    (first,) = bench.ask(RequestsForSample(sample))
    assert first.messages[-1].text.startswith("Say: ")
    bench.run(sample)
    page = bench.ask(ShowSample())
    assert page is not None and page.model == "openai/tested as the customers"
    assert page.sampled.scenarios_passed == page.sampled.scenarios == 1
    assert bench.ask(ShowComparison()) is None
