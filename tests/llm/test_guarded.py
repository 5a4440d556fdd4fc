"""The door: what a workspace forbids does not leave, what is personal leaves masked, what left is noted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import KEY, BenchOf, ServerOf, confirm, question
from loopback_model import Act, says

from studio.domain.errors import Cancelled, WrongUse
from studio.domain.model import ModelFailure, ModelPolicy, ModelReply, ModelRequest
from studio.llm.chosen import ChosenModels
from studio.llm.guarded import GuardedModel
from studio.llm.scripted import ScriptedModel
from studio.ports import Progress, UnitOfWork, silent
from studio.services.commands import SetModelPolicy, TakeBackConsents
from studio.services.jobs import Tools
from studio.services.model_terms import ModelTerms, ShowModelTerms
from studio.services.stages.testing_model import TryModel
from studio.services.workbench import Workbench
from studio.settings import ModelSettings

pytestmark = pytest.mark.usefixtures("process")
Outcomes = tuple[ModelReply | ModelFailure, ...]


@dataclass(frozen=True)
class Ask:
    """A job that asks a model something."""

    requests: tuple[ModelRequest, ...]
    title: str = "Reading with a language model"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Outcomes]:
        """Return the work."""

        def work(progress: Progress) -> Outcomes:
            model = tools.model()
            assert model is not None
            return model.ask(self.requests, progress)

        return work

    def record(self, result: Outcomes) -> None:
        """Keep nothing."""


def ledger(bench: Workbench) -> list[str]:
    """Return what was noted about models, newest first."""
    with bench.outside.workspace.unit() as unit:
        return [sentence for _, _, event, sentence in unit.ledger.recent(50) if event == "ModelAsked"]


def failure(outcomes: Outcomes) -> ModelFailure:
    """Return the only outcome, a failure."""
    assert isinstance(outcomes[0], ModelFailure), outcomes
    return outcomes[0]


def test_nothing_leaves_before_it_was_confirmed(serve: ServerOf, bench_of: BenchOf) -> None:
    """The first question to a destination waits for a person; taken back, it waits again."""
    server = serve([says("fine")])
    bench = bench_of(server)
    job = Ask((question(),))
    assert failure(bench.run(job)).kind == "forbidden"
    assert server.requests == []
    confirm(bench)
    assert isinstance(bench.run(job)[0], ModelReply)
    bench.do(TakeBackConsents())
    assert failure(bench.run(job)).kind == "forbidden"
    assert len(server.requests) == 1


def test_another_destination_is_confirmed_anew(serve: ServerOf, bench_of: BenchOf) -> None:
    """What was confirmed for one server does not hold for another."""
    first, second = serve([says("a")]), serve([says("b")])
    bench = bench_of(first)
    confirm(bench)
    bench.outside.models.choose(ModelSettings(name="openai/tested", address=second.address))
    assert failure(bench.run(Ask((question(),)))).kind == "forbidden"
    assert second.requests == []


POLICIES = [
    (ModelPolicy(forbidden=True), "forbids language models"),
    (ModelPolicy(models=("ollama/*", "openai/other")), "the model openai/tested"),
    (ModelPolicy(destinations=("api.openai.com",)), "to go to 127.0.0.1"),
    (ModelPolicy(contents=("agent",)), "documents to leave"),
    (ModelPolicy(contents=()), "documents to leave"),
]


@pytest.mark.parametrize(("policy", "words"), POLICIES, ids=lambda v: v if isinstance(v, str) else "")
def test_what_the_policy_forbids_does_not_leave(
    serve: ServerOf, bench_of: BenchOf, policy: ModelPolicy, words: str
) -> None:
    """Whatever was confirmed: the policy decides, and the sentence says which part of it."""
    server = serve([says("fine")])
    bench = bench_of(server)
    confirm(bench)
    bench.do(SetModelPolicy(policy))
    why = failure(bench.run(Ask((question(),))))
    assert (why.kind, words in why.sentence) == ("forbidden", True)
    assert server.requests == []
    assert bench.outside.models.preview((question(),)).refusal  # type: ignore[union-attr]


def test_a_policy_can_be_undone_and_survives_a_restart(serve: ServerOf, bench_of: BenchOf) -> None:
    """It stands with the workspace's data; undo brings the one before back."""
    bench = bench_of(serve([says("fine")]))
    bench.do(SetModelPolicy(ModelPolicy(models=("ollama/*",))))
    bench.do(SetModelPolicy(ModelPolicy(forbidden=True)))
    bench.undo()
    assert bench.ask(ShowModelTerms()).policy.models == ("ollama/*",)
    bench.undo()
    assert bench.ask(ShowModelTerms()).policy == ModelPolicy()
    with pytest.raises(WrongUse):
        bench.do(SetModelPolicy(ModelPolicy(id_shapes=("A",))))


def test_patterns_name_models_and_places() -> None:
    """A star stands for anything; a place counts with and without its port and remark."""
    allowed = ModelPolicy(models=("openai/gpt-*",), destinations=("127.0.0.1", "*.example.com"))
    terms = ModelTerms(allowed, ())
    for name, place, fine in (
        ("openai/gpt-9", "127.0.0.1:80 (a server on this computer)", True),
        ("openai/gpt-9", "api.example.com", True),
        ("openai/gpt-9", "example.com.evil.net", False),
        ("openai/o9", "127.0.0.1:80", False),
    ):
        door = GuardedModel(ScriptedModel(["x"], name=name, destination=place), lambda: terms)
        why = door.refusal(question(), terms)
        assert why is not None
        assert ("confirmed" in why.sentence) is fine


def test_personal_data_leaves_masked_and_comes_back(serve: ServerOf, bench_of: BenchOf) -> None:
    """The server never sees the address; the answer holds it again, inside JSON too."""

    def echo(body: dict[str, Any]) -> Act:
        return says({"days": 3, "why": body["messages"][0]["content"]})

    server = serve(echo)
    bench = bench_of(server)
    confirm(bench)
    text = 'Write to "jane@mail.example", +44 20 7946 0958, about GB82WEST12345698765432.'
    (reply,) = bench.run(Ask((question(text, form=True),)))
    assert isinstance(reply, ModelReply)
    assert json.loads(reply.text)["why"] == text
    sent = json.dumps(server.requests[0][0])
    assert all(data not in sent for data in ("jane@", "7946", "GB82"))
    assert "[EMAIL_1]" in sent


def test_the_preview_is_what_leaves(serve: ServerOf, bench_of: BenchOf) -> None:
    """Letter by letter: what was shown beforehand is what the server gets; showing it sends nothing."""
    server = serve([says("fine")])
    bench = bench_of(server)
    asked = question("Mail jane@mail.example within 30 days.")
    shown = bench.outside.models.preview((asked,))
    assert shown is not None
    assert (shown.confirmed, shown.refusal, shown.masked) == (False, "", (("e-mail address", 1),))
    assert server.requests == []
    confirm(bench)
    bench.run(Ask((asked,)))
    assert server.requests[0][0]["messages"][0]["content"] == shown.requests[0].messages[0].text


def test_the_ledger_says_how_much_never_what(serve: ServerOf, bench_of: BenchOf) -> None:
    """One line a run: who, which model, where, how much; a stopped or failed run has its line, too."""
    server = serve([says("a secret answer")])
    bench = bench_of(server)
    confirm(bench)
    bench.run(Ask((question("a secret question"), question())))
    (line,) = ledger(bench)
    assert "openai/tested at 127.0.0.1" in line
    assert "2 questions" in line
    assert "secret" not in line

    def stop_once_it_went_out(fraction: float, message: str = "") -> None:
        if len(server.requests) > 2:
            raise Cancelled

    server.answer([says("x" * 500, stall=30)])
    with pytest.raises(Cancelled):
        bench.run(Ask((question(),)), stop_once_it_went_out)
    assert len(ledger(bench)) == 2
    bench.do(SetModelPolicy(ModelPolicy(forbidden=True)))
    bench.run(Ask((question(),)))
    assert len(ledger(bench)) == 2  # nothing went out


def test_the_connection_is_tested_without_the_workspace(serve: ServerOf, bench_of: BenchOf) -> None:
    """The one fixed question needs no confirmation, and holds nothing of the workspace; the policy holds."""
    server = serve([says("ready")])
    bench = bench_of(server)
    assert isinstance(bench.run(TryModel()), ModelReply)
    assert [m["content"] for m in server.requests[0][0]["messages"]] == ["Reply with the one word: ready"]
    assert len(ledger(bench)) == 1
    bench.do(SetModelPolicy(ModelPolicy(forbidden=True)))
    assert isinstance(bench.run(TryModel()), ModelFailure)
    assert len(server.requests) == 1


def test_each_run_has_its_own_budget(serve: ServerOf, bench_of: BenchOf) -> None:
    """A run that used its budget up does not take the next one's."""
    bench = bench_of(serve([says("x" * 400)]), most_tokens=700)
    confirm(bench)
    asked = tuple(question("y" * 90, most=200) for _ in range(9))
    for _ in range(2):
        outcomes = bench.run(Ask(asked))
        assert isinstance(outcomes[0], ModelReply)
        assert outcomes[-1] == failure(outcomes[-1:])
        assert failure(outcomes[-1:]).kind == "budget"


def test_kept_replies_repeat_a_run(serve: ServerOf, bench_of: BenchOf) -> None:
    """With kept replies the second run asks nobody, and has the first one's outcome; the file is masked."""
    server = serve([says("the answer for jane@mail.example")])
    bench = bench_of(server, replies="reuse")
    confirm(bench)
    job = Ask((question("about jane@mail.example"),))
    (first,), (second,) = bench.run(job), bench.run(job)
    assert isinstance(first, ModelReply)
    assert isinstance(second, ModelReply)
    assert (first.text, second.recorded) == (second.text, True)
    assert len(server.requests) == len(ledger(bench)) == 1
    (file,) = (bench.outside.workspace.folder / "model-replies").glob("*.json")
    assert "about jane@" not in file.read_text()
    assert KEY not in file.read_text()
    file.write_text(file.read_text().replace("about", "About"))
    assert failure(bench.run(job)).kind == "broken"
    assert bench.outside.models.forget_replies() == 1


def test_without_a_model_nothing_is_asked(tmp_path: Path) -> None:
    """Nothing chosen: jobs get none, the test says what to do, and no process starts."""
    terms = ModelTerms(ModelPolicy(), ())
    models = ChosenModels(ModelSettings(), lambda: terms, tmp_path)
    assert models.begin() is None
    assert models.preview((question(),)) is None
    models.close()


def test_the_policy_holds_for_kept_replies_too() -> None:
    """What never leaves needs no confirmation, but a workspace that forbids models gets no answers."""
    door = GuardedModel(ScriptedModel(["x", "y"]), lambda: ModelTerms(ModelPolicy(), ()))
    assert isinstance(door.ask([question()], silent)[0], ModelReply)
    forbidden = GuardedModel(ScriptedModel(["x"]), lambda: ModelTerms(ModelPolicy(forbidden=True), ()))
    assert failure(forbidden.ask([question()], silent)).kind == "forbidden"


def test_nobody_confirms_what_cannot_be_sent(
    serve: ServerOf, bench_of: BenchOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the client library the preview says so, instead of asking; kept replies need none."""
    bench = bench_of(serve([says("a")]))
    monkeypatch.setattr("studio.llm.chosen.client_is_installed", lambda: False)
    found = bench.outside.models.preview((question(),))
    assert found is not None and "is not installed" in found.refusal and "pip install" in found.refusal
    bench.outside.models.choose(ModelSettings(name="openai/tested", replies="kept only"))
    kept = bench.outside.models.preview((question(),))
    assert kept is not None and kept.refusal == ""
