"""A language model as ear and mouth in simulations: recorded, marked as sampled, and held by guards."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import BenchOf, ServerOf, confirm
from loopback_model import Act, Body, says

from studio.domain.agent import Agent
from studio.domain.errors import Refused, WrongUse
from studio.domain.model import ModelFailure, ModelPolicy, ModelRequest
from studio.domain.trace import Turn
from studio.llm.recorded import RecordedModel
from studio.llm.scripted import ScriptedModel
from studio.release.evidence import summarise
from studio.runtime import Program, State, advance, start
from studio.runtime.recording import event
from studio.services.commands import SetModelPolicy
from studio.services.queries.simulate import ShowComparison, ShowSample
from studio.services.stages.judging import Judge, RequestsForJudging
from studio.services.stages.sampling import RequestsForSample, Sample
from studio.services.stages.simulating import Simulate
from studio.simulation import run
from studio.simulation.interpreting import heard, may_be_reworded, worded
from studio.simulation.sampled import ModelStopped, run_sampled, stopped
from studio.simulation.systems import connect
from studio.workers.inline import InlineWorkers

SHOP = Path(__file__).parents[1] / "simulation" / "shop.json"
NOTHING = json.dumps({"workflow": None, "facts": [], "wants_person": False})


@pytest.fixture(scope="module")
def shop() -> Agent:
    """A returns and order-status agent with eleven tests."""
    return Agent.model_validate_json(SHOP.read_bytes())


def answer(system: str, user: str) -> str:
    """Answer as a sensible model would: hear what is asked for, and say things with a friendly word."""
    if system.startswith("You word"):
        return json.dumps({"text": "Sure! " + user.partition("\nSay: ")[2]})
    code, mail = re.search(r"\bW\d{4}\b", user), re.search(r"\S+@\w+\.\w+", user)
    facts = [("order_id", code), ("email", mail)]
    told = [{"slot": slot, "value": found[0].rstrip(".,")} for slot, found in facts if found]
    return json.dumps({"workflow": None, "facts": told, "wants_person": False})


def sensible(request: ModelRequest) -> str:
    """The same, for a request."""
    return answer(request.messages[0].text, request.messages[-1].text)


def sampled(shop: Agent, model: ScriptedModel | RecordedModel, customers: int = 2):  # type: ignore[no-untyped-def]
    """A run with a model."""
    return run_sampled(shop, shop.scenarios[:4], 7, customers, model)


def test_a_sensible_model_changes_the_words_and_not_the_outcome(shop: Agent) -> None:
    """Every test ends as without a model; what is said differs, and the run says which model took part."""
    found = sampled(shop, ScriptedModel(sensible))
    plain = run(shop, shop.scenarios[:4], 7, 2, InlineWorkers())
    assert [c.outcome for c in found.conversations] == [c.outcome for c in plain.conversations]
    assert all(c.passed for c in found.conversations)
    words = [t.text for c in found.conversations for t in c.turns if t.role == "agent"]
    assert any(text.startswith("Sure! ") for text in words)
    assert stopped(found) == ()
    assert found.sampled == "scripted" and "with scripted" in found.engine
    assert found.evidence_digest != plain.evidence_digest
    assert summarise(found, "draft").sampled and not summarise(plain, "draft").sampled


def test_customers_keep_their_own_words_in_the_transcript(shop: Agent) -> None:
    """What the runtime was given instead stands in the trace, not in the customer's mouth."""
    found = sampled(shop, ScriptedModel(sensible), 1).conversations[0]
    plain = run(shop, shop.scenarios[:1], 7, 1, InlineWorkers()).conversations[0]
    spoken = [[t.text for t in each.turns if t.role == "customer"] for each in (found, plain)]
    assert spoken[0] == spoken[1]
    assert any(e.label == "model" for t in found.turns for e in t.events)


def test_recorded_replies_repeat_a_run_without_asking(shop: Agent, tmp_path: Path) -> None:
    """The same replies give the same run, byte for byte, and nothing is asked a second time."""
    asked = ScriptedModel(sensible)
    first = sampled(shop, RecordedModel(tmp_path, "reuse", asked))
    before = len(asked.asked)
    again = sampled(shop, RecordedModel(tmp_path, "reuse", asked))
    assert before > 0 and len(asked.asked) == before
    assert again.evidence_digest == first.evidence_digest


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ({"facts": [{"slot": "order_id", "value": "W9999"}]}, "did not say"),
        ({"facts": [{"slot": "discount", "value": "50"}]}, "nobody asks for"),
        ({"workflow": "give_money"}, "workflow that there is not"),
        ({"facts": ["W4471"]}, "nobody asks for"),
        ([1, 2], "another form"),
    ],
)
def test_what_a_model_invents_is_left_out(shop: Agent, reply: object, told: str) -> None:
    """A fact the customer did not say, a slot or workflow there is not: the words stay, the note says why."""
    program = Program.of(shop)
    words = "Hello, it is about order W4471"
    found = heard(program, State(), words, json.dumps(reply))
    assert found.text == words
    assert told in found.notes[0].detail
    assert found.notes[0].label == "model stopped"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Certainly, you get $80 back for W4471.", True),
        ("Certainly, you get $90 back for W4471.", False),
        ("Certainly, you get your money back.", False),
        ("You get $80 back for W4471 and 10% off.", False),
        ("You get $80 back for W4471. Anything else?", False),
        ("You get $80 back for W4471. " + "Well done. " * 30, False),
    ],
)
def test_a_wording_keeps_every_figure_and_question(said: str, kept: bool) -> None:
    """Changed, dropped or added figures, new questions and speeches are not said."""
    own = "I have refunded $80 for order W4471."
    found = worded(own, json.dumps({"text": said}))
    assert found.text == (said.strip() if kept else own)
    assert bool(found.notes) is not kept


def test_disclosures_are_never_reworded() -> None:
    """What must be said word for word is, whatever the model would make of it."""
    fixed = Turn(role="agent", text="A refund takes 5 days.", events=(event("disclosure", "", rule="R-02"),))
    assert not may_be_reworded(fixed)
    assert may_be_reworded(Turn(role="agent", text="What is your order number?"))


def test_guards_hold_against_a_model_that_wants_everything(shop: Agent) -> None:
    """A model that claims verified identity and fresh orders gets no call past a guard."""

    def greedy(request: ModelRequest) -> str:
        if request.messages[0].text.startswith("You word"):
            return json.dumps({"text": "I have refunded $5000 right away."})
        facts = [{"slot": name, "value": "true"} for name in ("verified", "final_sale", "amount", "days")]
        return json.dumps({"workflow": "return", "facts": facts, "wants_person": False})

    found = run_sampled(shop, shop.scenarios, 7, 1, ScriptedModel(greedy))
    assert not [m for c in found.conversations for m in c.marks if m.aspect == "limits" and not m.ok]
    assert "5000" not in " ".join(t.text for c in found.conversations for t in c.turns)
    assert len(stopped(found)) > 20


def test_no_usable_answer_is_gone_on_without(shop: Agent) -> None:
    """A garbled answer or a time-out of one question costs that question only; no leave ends the run."""
    late = ModelFailure(kind="timeout", sentence="It took too long.")
    found = sampled(shop, ScriptedModel(lambda _: late), 1)
    assert all(c.passed for c in found.conversations)
    assert all("no usable answer" in why for why in stopped(found))
    closed = ModelFailure(kind="forbidden", sentence="Not allowed.")
    with pytest.raises(ModelStopped, match="Not allowed"):
        sampled(shop, ScriptedModel(lambda _: closed), 1)


def over_the_wire(body: Body) -> Act:
    """A server's answer."""
    if body["messages"][0]["content"].startswith("Reply with"):
        return says("ready")
    return says(answer(body["messages"][0]["content"], body["messages"][1]["content"]))


def test_the_draft_is_sampled_with_a_real_server(bench_of: BenchOf, serve: ServerOf) -> None:
    """Asked over HTTP, under policy and confirmation; kept apart from evidence; its use is in the ledger."""
    server = serve(over_the_wire)
    bench = bench_of(server, in_flight=8)
    with pytest.raises(Refused, match="conversations"):
        bench.run(Sample(customers=1))
    bench.do(SetModelPolicy(ModelPolicy(contents=("agent", "conversations"))))
    with pytest.raises(Refused, match="confirmed"):
        bench.run(Sample(customers=1))
    assert server.requests == []
    confirm(bench)
    bench.run(Sample(customers=1))
    page = bench.ask(ShowSample())
    assert page is not None and page.model == "openai/tested"
    assert page.sampled.conversations == page.plain.conversations > 0
    assert page.sampled.limits_broken == 0
    assert server.most_in_flight > 1
    sent = json.dumps([body for body, _ in server.requests])
    assert re.search(r"\w@\w+\.\w", sent) is None
    assert bench.ask(ShowComparison()) is None
    proved = bench.run(Simulate(customers=1))
    newest = bench.ask(ShowComparison())
    assert newest is not None and newest.draft_digest == proved.draft.evidence_digest


def test_a_sample_takes_the_set_up_and_is_judged(bench_of: BenchOf, serve: ServerOf) -> None:
    """Chosen tests and drawn customers are sampled, first questions shown before; a judge reads them."""

    def act(body: Body) -> Act:
        system = body["messages"][0]["content"]
        if system.startswith("You judge"):
            return says(json.dumps({"answered": True, "question": None}))
        return over_the_wire(body)

    bench = bench_of(serve(act), in_flight=8)
    bench.do(SetModelPolicy(ModelPolicy(contents=("agent", "conversations"))))
    confirm(bench)
    sample = Sample.like(Simulate(customers=1, tests=("T-01",), drawn=2), whole=False)
    asked = bench.ask(RequestsForSample(sample))
    assert len(asked) == 3
    assert all("conversations" in each.contents for each in asked)
    bench.run(sample)
    page = bench.ask(ShowSample())
    assert page is not None
    assert [row.id for row in page.rows] == ["T-01", "G-0001", "G-0002"]
    assert page.trial == "only T-01 · 2 drawn customers more"
    shown = bench.ask(ShowComparison(page.id))
    assert shown is not None and shown.model == "openai/tested"
    with pytest.raises(WrongUse, match="not with a version"):
        Sample.like(Simulate(against=1), whole=False)
    job = Judge(run=page.id, labels="test,customer,answered\nT-01,1,yes\nG-0001,1,no\n")
    assert len(bench.ask(RequestsForJudging(job))) == 3
    made = bench.run(job)
    assert (made.agreement.both, made.agreement.same) == (2, 1)
    assert [each.place for each in made.differ] == [("G-0001", 1)]
    assert "Nothing of it is counted" in made.words


def test_a_conversation_goes_on_from_what_was_heard(shop: Agent) -> None:
    """What the model heard reaches the workflow as plain words, and a person is fetched when asked for."""
    program = Program.of(shop)
    state, _ = start(program)
    reply = json.dumps({"workflow": "return", "facts": [], "wants_person": False})
    found = heard(program, state, "the thing is rubbish, take it", reply)
    state, _ = advance(program, state, found.text, connect(shop.scenarios[0]))
    assert state.frames[0].workflow == "return"
    reply = json.dumps({"workflow": None, "facts": [], "wants_person": True})
    found = heard(program, state, "put Ada on, will you", reply)
    state, _ = advance(program, state, found.text, connect(shop.scenarios[0]))
    assert state.outcome == "handed over"
    assert heard(program, state, "hm", NOTHING).text == "hm"
