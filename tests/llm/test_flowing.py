"""Questions that follow from answers: a free place is taken at once, and the run is the same in any order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import ModelOf, ServerOf, question
from loopback_model import Body, says
from test_sampled_runs import answer, sensible

from studio.domain.agent import Agent
from studio.domain.model import ModelConsent, ModelFailure, ModelPolicy, ModelReply
from studio.llm import guarded
from studio.llm.guarded import GuardedModel
from studio.llm.recorded import RecordedModel
from studio.llm.scripted import ScriptedModel
from studio.ports import Progress, silent
from studio.running import Answered, Outcome, Question, in_rounds
from studio.services.model_terms import ModelTerms
from studio.simulation.sampled import ModelStopped, run_sampled

SHOP = Path(__file__).parents[1] / "simulation" / "shop.json"
OPEN = ModelTerms(ModelPolicy(contents=("agent", "conversations", "documents")), ())


@pytest.fixture(scope="module")
def shop() -> Agent:
    """A returns and order-status agent with eleven tests."""
    return Agent.model_validate_json(SHOP.read_bytes())


class Hasty(ScriptedModel):
    """Takes what follows at once, and always answers who asked last."""

    def flow(self, questions: Iterable[Question], answered: Answered, progress: Progress) -> None:
        """Answer until nothing is left."""
        waiting = list(questions)
        while waiting:
            number, request = waiting.pop()
            (outcome,) = self.ask([request], progress)
            waiting += answered(number, outcome)


def test_whoever_is_answered_first_the_run_is_the_same(shop: Agent) -> None:
    """A run asked in rounds and one asked one by one, last first, are equal byte for byte."""
    found = [
        run_sampled(shop, shop.scenarios[:5], 7, 12, each)
        for each in (ScriptedModel(sensible), Hasty(sensible))
    ]
    assert found[0].evidence_digest == found[1].evidence_digest
    assert [c.customer for c in found[1].conversations] == [*range(12)] * 5


def test_a_run_over_the_wire_is_the_run_of_a_script(
    shop: Agent, serve: ServerOf, model_of: ModelOf, tmp_path: Path
) -> None:
    """The same answers over HTTP, eight at once, behind the door and kept, make the same conversations."""

    def served(body: Body):  # type: ignore[no-untyped-def]
        return says(answer(body["messages"][0]["content"], body["messages"][1]["content"]))

    server = serve(served)
    behind = model_of(server, in_flight=8)
    kept = RecordedModel(tmp_path, "reuse", behind)
    terms = ModelTerms(
        ModelPolicy(contents=("agent", "conversations"), masked=()),
        (ModelConsent(id=behind.destination, model=behind.name, by="Ana", at=datetime.now(UTC)),),
    )
    wired = run_sampled(shop, shop.scenarios[:4], 7, 2, GuardedModel(kept, lambda: terms))
    script = run_sampled(shop, shop.scenarios[:4], 7, 2, ScriptedModel(sensible))
    assert [c.turns for c in wired.conversations] == [c.turns for c in script.conversations]
    assert server.most_in_flight > 1
    asked = len(server.requests)
    again = run_sampled(shop, shop.scenarios[:4], 7, 2, GuardedModel(kept, lambda: terms))
    assert again.evidence_digest == wired.evidence_digest and len(server.requests) == asked > 0


def test_who_asks_one_after_the_other_never_asks_twice_at_a_time(serve: ServerOf, model_of: ModelOf) -> None:
    """Ten that ask three times each: each outcome reaches who asked, within the limit."""
    server = serve(lambda body: says(body["messages"][0]["content"].upper()))
    heard: dict[int, list[str]] = {n: [] for n in range(10)}

    def answered(number: int, outcome: Outcome) -> list[Question]:
        assert isinstance(outcome, ModelReply)
        heard[number].append(outcome.text)
        size = len(heard[number])
        return [(number, question(f"{number} asks {size}"))] if size < 3 else []

    first = ((n, question(f"{n} asks 0")) for n in range(10))
    model = model_of(server, in_flight=4)
    model.flow(first, answered, silent)
    assert heard == {n: [f"{n} ASKS {size}" for size in range(3)] for n in range(10)}
    assert 1 < server.most_in_flight <= 4
    assert model.used.calls == 30


def test_who_says_no_in_the_middle_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The terms are read again as a run goes on: what is forbidden from then on is not asked any more."""
    monkeypatch.setattr(guarded, "_TERMS_LAST", 0.0)
    model = Hasty(lambda request: request.messages[0].text)
    outcomes: list[Outcome] = []

    def answered(number: int, outcome: Outcome) -> list[Question]:
        outcomes.append(outcome)
        return [(number, question("again"))] if len(outcomes) < 4 else []

    def terms() -> ModelTerms:
        return OPEN if len(outcomes) < 2 else ModelTerms(ModelPolicy(forbidden=True), ())

    GuardedModel(model, terms).flow([(0, question("first"))], answered, silent)
    assert [isinstance(each, ModelReply) for each in outcomes] == [True, True, False, False]
    assert len(model.asked) == 2


@pytest.mark.parametrize("kind", [Hasty, ScriptedModel])
def test_the_first_refusal_ends_a_run(shop: Agent, kind: type[ScriptedModel]) -> None:
    """Without leave nobody else is asked, whichever way the questions go."""
    closed = ModelFailure(kind="forbidden", sentence="Not allowed.")
    with pytest.raises(ModelStopped, match="Not allowed"):
        run_sampled(shop, shop.scenarios[:2], 7, 3, kind(lambda _: closed))


def test_rounds_ask_everything_that_is_open_together() -> None:
    """A model that takes no questions meanwhile gets all that are open in one go."""
    sizes: list[int] = []
    model = ScriptedModel(lambda request: request.messages[0].text)

    def answered(number: int, outcome: Outcome) -> list[Question]:
        return [(number - 1, question(json.dumps(number)))] if number else []

    def ask(requests, progress):  # type: ignore[no-untyped-def]
        sizes.append(len(requests))
        return model.ask(requests, progress)

    in_rounds(ask, [(n, question(str(n))) for n in range(4)], answered, silent)
    assert sizes == [4, 3, 2, 1]
