"""Every language model keeps the same contract: scripted, recorded, and the real client on loopback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import ModelOf, ServerOf, question
from loopback_model import says

from studio.domain.errors import Cancelled
from studio.domain.model import ModelFailure, ModelReply
from studio.llm.recorded import RecordedModel
from studio.llm.scripted import ScriptedModel
from studio.ports import LanguageModel, silent

GOOD = '{"days": 30, "why": "it says so"}'
pytestmark = pytest.mark.usefixtures("process")  # the session's worker is there before each test
Made = Callable[[Sequence[str]], LanguageModel]


@pytest.fixture(params=["scripted", "recorded", "replayed", "litellm"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    """Make a model of each kind that gives these answers; the last one again and again."""
    kind: str = request.param

    def scripted(answers: Sequence[str]) -> LanguageModel:
        left = list(answers)
        return ScriptedModel(lambda _request: left.pop(0) if len(left) > 1 else left[0], name="tested")

    def recorded(answers: Sequence[str]) -> LanguageModel:
        return RecordedModel(tmp_path, "reuse", scripted(answers))

    def real(answers: Sequence[str]) -> LanguageModel:
        serve: ServerOf = request.getfixturevalue("serve")
        model_of: ModelOf = request.getfixturevalue("model_of")
        return model_of(serve([says(answer) for answer in answers]), in_flight=1)

    def replayed(answers: Sequence[str]) -> LanguageModel:
        recorded(answers).ask([question(), question(form=True), question("And then?")], silent)
        return RecordedModel(tmp_path, "kept only", name="tested")

    return {"scripted": scripted, "recorded": recorded, "replayed": replayed, "litellm": real}[kind]


def test_each_request_has_its_outcome_in_order(made: Made) -> None:
    """As many outcomes as requests, in their order, whatever each of them is."""
    if made.__name__ == "replayed":
        pytest.skip("a replay has no order of its own")
    outcomes = made(["one", GOOD, "three"]).ask(
        [question("1"), question("2", form=True), question("3")], silent
    )
    assert [getattr(outcome, "text", None) for outcome in outcomes] == ["one", GOOD, "three"]


def test_a_reply_says_who_answered(made: Made) -> None:
    """A reply names the model; the same model has a name and a destination."""
    model = made([GOOD])
    (reply,) = model.ask([question(form=True)], silent)
    assert isinstance(reply, ModelReply)
    assert (reply.model, reply.text) == (model.name, GOOD)
    assert model.destination.startswith(("this computer", "127.0.0.1:"))


@pytest.mark.parametrize(
    "answer",
    ["no JSON at all", '{"days": 30', '{"days": "many", "why": "x"}', '{"days": 1}', f"{GOOD} and more",
     '{"days": 1, "days": 2, "why": "x"}', '{"days": NaN, "why": "x"}', "[" * 5000 + "]" * 5000, "null"],
    ids=["words", "torn", "wrong type", "missing", "more", "twice", "NaN", "deep", "null"],
)  # fmt: skip
def test_an_answer_of_the_wrong_form_is_a_failure(made: Made, answer: str) -> None:
    """What is not the JSON that was asked for never comes out as a reply."""
    (outcome,) = made([answer]).ask([question(form=True)], silent)
    assert isinstance(outcome, ModelFailure)
    assert outcome.kind in ("broken", "refused")
    assert outcome.sentence.endswith(".")


def test_a_fence_around_the_json_is_taken_off(made: Made) -> None:
    """Models that know no schemas write a code fence; the text that comes out is the JSON alone."""
    (reply,) = made([f"```json\n{GOOD}\n```"]).ask([question(form=True)], silent)
    assert isinstance(reply, ModelReply)
    assert reply.text == GOOD


def test_nothing_asked_gives_nothing(made: Made) -> None:
    """No requests, no outcomes, no call."""
    model = made([GOOD])
    assert model.ask([], silent) == ()


def test_progress_moves_to_the_end_and_never_back(made: Made) -> None:
    """Progress is a fraction that only grows, with words."""
    seen: list[tuple[float, str]] = []
    made([GOOD]).ask(
        [question(form=True), question(form=True)],
        lambda fraction, message="": seen.append((fraction, message)),
    )
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] <= shares[-1] <= 1.0
    assert any(words for _, words in seen)


def test_who_asks_to_stop_is_heard(made: Made) -> None:
    """`Cancelled` that progress raises comes out, and nothing else does."""

    def stop(fraction: float, message: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        made([GOOD]).ask([question(form=True)], stop)


def test_use_is_counted(made: Made) -> None:
    """What went out is counted, what was replayed costs nothing."""
    model = made([GOOD])
    model.ask([question(form=True)], silent)
    assert model.used.model == model.name
    assert model.used.calls == (1 if "127.0.0.1" in model.destination else 0)
