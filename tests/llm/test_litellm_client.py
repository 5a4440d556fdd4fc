"""The real client on a loopback server: what goes wrong out there comes back as a typed failure, in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from conftest import KEY, QUICK, SCHEMA, ModelOf, ServerOf, question
from loopback_model import Act, says

from studio.domain.errors import Cancelled
from studio.domain.model import ModelFailure, ModelReply
from studio.llm.litellm_client import LiteLLMModel
from studio.llm.process import ModelProcess
from studio.ports import silent
from studio.settings import ModelSettings

GOOD = {"days": 30, "why": "it says so"}


def failed(outcome: ModelReply | ModelFailure) -> ModelFailure:
    """Return the outcome, which is a failure with a sentence and an advice."""
    assert isinstance(outcome, ModelFailure), outcome
    assert outcome.sentence.endswith((".", "…")), outcome.sentence
    return outcome


def test_the_schema_goes_to_the_server(serve: ServerOf, model_of: ModelOf) -> None:
    """The form is asked for as a JSON schema, with the limits of the request, as a stream, with the key."""
    server = serve([says(GOOD)])
    (reply,) = model_of(server).ask([question(form=True, most=321)], silent)
    body, headers = server.requests[0]
    assert isinstance(reply, ModelReply)
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert (body["max_tokens"], body["stream"], body["temperature"]) == (321, True, 0.0)
    assert {name.lower(): value for name, value in headers.items()}["authorization"] == f"Bearer {KEY}"


def test_a_server_without_schemas_gets_words(serve: ServerOf, model_of: ModelOf) -> None:
    """A server that refuses the schema is asked in words, and in words only from then on."""

    def answer(body: dict[str, Any]) -> Act:
        unknown = "response_format" in body or "stream_options" in body
        return Act(status=400, message="unknown parameter") if unknown else says(GOOD)

    server = serve(answer)
    model = model_of(server, name="openai/words-only")
    for _ in range(2):
        (reply,) = model.ask([question(form=True)], silent)
        assert isinstance(reply, ModelReply), reply
    assert len(server.requests) == 3
    assert '"required": ["days", "why"]' in server.requests[-1][0]["messages"][-1]["content"]


def test_a_wrong_form_is_asked_for_once_more(serve: ServerOf, model_of: ModelOf) -> None:
    """The second question names the fault; a second wrong answer is the end."""
    server = serve([says({"days": "many"}), says(GOOD)])
    (reply,) = model_of(server).ask([question(form=True)], silent)
    assert isinstance(reply, ModelReply)
    assert "shape" in server.requests[1][0]["messages"][-1]["content"]
    server = serve([says({"days": "many"})])
    assert failed(model_of(server).ask([question(form=True)], silent)[0]).kind == "broken"
    assert len(server.requests) == 2


@pytest.mark.parametrize("how", ["quiet", "short", "reset"])
def test_a_stream_cut_in_the_middle_is_noticed(serve: ServerOf, model_of: ModelOf, how: str) -> None:
    """Half an answer never counts as one, even if the connection ended in good order; it is asked again."""
    server = serve([says("half of an answer", cut=3, how=how), says("whole")])
    (reply,) = model_of(server).ask([question()], silent)
    assert isinstance(reply, ModelReply)
    assert reply.text == "whole"
    server = serve([says("half of an answer", cut=3, how=how)])
    assert failed(model_of(server).ask([question()], silent)[0]).kind == "broken"
    assert len(server.requests) == QUICK.attempts


def test_what_a_cut_stream_used_is_counted(serve: ServerOf, model_of: ModelOf) -> None:
    """Tokens of an answer that broke off were used, and count."""
    model = model_of(serve([says("x" * 800, cut=100, piece=8), says("whole")]))
    model.ask([question()], silent)
    assert model.used.calls == 2
    assert model.used.output_tokens >= 100


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_faults_of_the_server_are_tried_again(serve: ServerOf, model_of: ModelOf, status: int) -> None:
    """A fault that may pass is tried again, up to a bound; then the failure says what it was."""
    server = serve([Act(status=status), Act(status=status), says("at last")])
    (reply,) = model_of(server).ask([question()], silent)
    assert isinstance(reply, ModelReply)
    server = serve([Act(status=status)])
    assert failed(model_of(server).ask([question()], silent)[0]).kind in ("unreachable", "busy")
    assert len(server.requests) == QUICK.attempts


def test_a_pause_that_the_server_asks_for_is_kept(serve: ServerOf, model_of: ModelOf) -> None:
    """`Retry-After` is waited for; one beyond the bound is a failure that names it."""
    server = serve([Act(status=429, headers={"Retry-After": "0.4"}), says("now")])
    began = time.monotonic()
    assert isinstance(model_of(server).ask([question()], silent)[0], ModelReply)
    assert time.monotonic() - began >= 0.4
    server = serve([Act(status=429, headers={"Retry-After": "900"})])
    why = failed(model_of(server).ask([question()], silent)[0])
    assert why.kind == "busy"
    assert "900 seconds" in why.sentence
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 400, 422])
def test_what_will_not_pass_is_not_tried_again(serve: ServerOf, model_of: ModelOf, status: int) -> None:
    """A wrong key, name or question is refused; at most one more attempt, in plain words."""
    server = serve([Act(status=status, message="no")])
    assert failed(model_of(server).ask([question()], silent)[0]).kind == "refused"
    assert len(server.requests) <= 2


@pytest.mark.parametrize("stall", [0, 2])
def test_silence_is_given_up(serve: ServerOf, model_of: ModelOf, stall: int) -> None:
    """A server that says nothing, at the beginning or in the middle, is given up after the time-out."""
    server = serve([says("never to its end", stall=stall)])
    began = time.monotonic()
    assert failed(model_of(server, patience=0.3).ask([question()], silent)[0]).kind == "timeout"
    assert time.monotonic() - began < 60
    assert len(server.requests) == 2


def test_a_server_that_is_gone(serve: ServerOf, model_of: ModelOf) -> None:
    """Nobody listens: the sentence names the destination."""
    server = serve([says("x")])
    model = model_of(server)
    server.close()
    why = failed(model.ask([question()], silent)[0])
    assert why.kind == "unreachable"
    assert model.destination in why.sentence


def test_a_huge_answer_is_stopped(serve: ServerOf, model_of: ModelOf) -> None:
    """An answer without end is stopped where it exceeds every measure, and not asked for again."""
    server = serve([says("x" * 1000, endless=True)])
    assert failed(model_of(server).ask([question(most=100)], silent)[0]).kind == "broken"
    assert len(server.requests) == 1


@pytest.mark.parametrize(("finish", "kind"), [("length", "broken"), ("content_filter", "refused")])
def test_an_answer_that_was_stopped_is_none(
    serve: ServerOf, model_of: ModelOf, finish: str, kind: str
) -> None:
    """An answer cut by a limit or a filter is no answer."""
    server = serve([says("as far as it", finish=finish)])
    assert failed(model_of(server).ask([question()], silent)[0]).kind == kind


def test_what_is_no_answer_at_all(serve: ServerOf, model_of: ModelOf) -> None:
    """A page of something else in place of a stream is a failure."""
    server = serve([Act(garbage=b"<html>Please log in</html>")])
    assert failed(model_of(server).ask([question()], silent)[0]).kind == "broken"


def test_so_many_at_once_and_no_more(serve: ServerOf, model_of: ModelOf) -> None:
    """Several are under way at the same time, never more than allowed, and all are answered in order."""
    meet = threading.Barrier(3, timeout=60)

    def answer(body: dict[str, Any]) -> Act:
        return says(body["messages"][0]["content"])

    server = serve(answer)
    take = server.take

    def together(body: dict[str, Any], headers: dict[str, str]) -> Act:
        act = take(body, headers)
        meet.wait()  # only passes while three are under way
        return act

    server.take = together  # type: ignore[method-assign]
    outcomes = model_of(server, in_flight=3).ask([question(str(n)) for n in range(9)], silent)
    assert [getattr(each, "text", each) for each in outcomes] == [str(n) for n in range(9)]
    assert server.most_in_flight == 3


def test_progress_moves_while_an_answer_streams(serve: ServerOf, model_of: ModelOf) -> None:
    """One long answer moves the progress before it is there."""
    server = serve([says("word " * 300, stall=120)])
    seen: list[float] = []

    def progress(fraction: float, message: str = "") -> None:
        seen.append(fraction)
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        model_of(server).ask([question(most=400)], progress)
    assert 0.3 < seen[-1] < 1.0


def test_cancel_takes_a_tenth_of_a_second(serve: ServerOf, model_of: ModelOf) -> None:
    """Who asks to stop is heard within 100 ms while a server is silent, and the connection is closed."""
    server = serve([says("never", stall=1)])
    model = model_of(server, patience=60)
    asked_to_stop = threading.Event()
    ended: list[float] = []

    def progress(fraction: float, message: str = "") -> None:
        if asked_to_stop.is_set():
            raise Cancelled

    def run() -> None:
        with pytest.raises(Cancelled):
            model.ask([question(), question()], progress)
        ended.append(time.monotonic())

    thread = threading.Thread(target=run)
    thread.start()
    assert server.wait_for(2)
    began = time.monotonic()
    asked_to_stop.set()
    thread.join()
    assert ended[0] - began < 30  # the server would be silent for 60
    assert model.used.calls == 2  # what went out went out


def test_a_killed_worker_is_noticed(serve: ServerOf) -> None:
    """A worker that dies fails what was under way with a sentence; the next question starts another one."""
    server = serve([says("never", stall=1)])
    process = ModelProcess()
    settings = ModelSettings(name="openai/x", address=server.address, patience=60)
    model = LiteLLMModel(process, settings, lambda: KEY, QUICK)
    numbers: list[int] = []

    def kill(fraction: float, message: str = "") -> None:
        if server.requests and process.number is not None and not numbers:
            numbers.append(process.number)
            os.kill(process.number, signal.SIGKILL)

    def stop_when_it_lives(fraction: float, message: str = "") -> None:
        if process.number is not None:
            numbers.append(process.number)
            raise Cancelled

    try:
        assert failed(model.ask([question()], kill)[0]).kind == "broken"
        with pytest.raises(Cancelled):
            model.ask([question()], stop_when_it_lives)
    finally:
        process.close()
    killed, started = numbers
    assert killed != started
    for number in numbers:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


ORPHAN = """
import os, sys
from studio.llm.process import ModelProcess
from studio.llm.litellm_client import LiteLLMModel
from studio.settings import ModelSettings
from studio.domain.model import ModelRequest, ModelMessage
process = ModelProcess()
def progress(share, words=""):
    if process.number is not None:
        print(process.number, flush=True)
        os._exit(9)  # as if this program had been killed: nothing is tidied up
if __name__ == "__main__":
    request = ModelRequest(purpose="", messages=(ModelMessage(role="user", text="x"),))
    settings = ModelSettings(name="openai/x", address=sys.argv[1])
    LiteLLMModel(process, settings, lambda: None).ask([request], progress)
"""


def test_no_orphan_outlives_its_parent(serve: ServerOf) -> None:
    """A program that dies without a word takes its worker with it."""
    server = serve([says("x")])
    done = subprocess.run(
        [sys.executable, "-c", ORPHAN, server.address],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    worker = int(done.stdout.split()[0])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and _runs(worker):
        threading.Event().wait(0.02)
    assert not _runs(worker)


def _runs(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_budget_is_never_exceeded(serve: ServerOf, model_of: ModelOf) -> None:
    """The next call does not begin once it might not fit; what was answered before is kept."""
    server = serve([says("x" * 400)])
    model = model_of(server, most_tokens=700, in_flight=8)
    outcomes = model.ask([question("y" * 90, most=200) for _ in range(9)], silent)
    kinds = [outcome.kind if isinstance(outcome, ModelFailure) else "answered" for outcome in outcomes]
    assert 2 <= kinds.count("answered") == len(server.requests) < 9
    assert set(kinds) == {"answered", "budget"}
    assert model.used.input_tokens + model.used.output_tokens <= 700
    assert "700 tokens" in failed(outcomes[-1]).sentence


def test_a_limit_in_money_needs_a_price(serve: ServerOf, model_of: ModelOf) -> None:
    """Where nobody knows the price, a limit in money cannot be kept, and nothing is sent."""
    server = serve([says("x")])
    assert failed(model_of(server, most_money=1.0).ask([question()], silent)[0]).kind == "budget"
    assert server.requests == []


def test_a_known_price_bounds_the_money(process: ModelProcess) -> None:
    """The price of a provider's model is known offline; a question that might cost more is not sent."""
    settings = ModelSettings(name="openai/gpt-4o", most_money=0.0001)
    model = LiteLLMModel(process, settings, lambda: KEY, QUICK)
    assert failed(model.ask([question(most=4000)], silent)[0]).kind == "budget"
    assert model.budget.price is not None
    assert model.used.calls == 0


def test_without_a_key_a_server_gets_no_other_one(
    serve: ServerOf, process: ModelProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key of another provider that lies in the environment never goes to an own server."""
    server = serve([says("x")])
    settings = ModelSettings(name="openai/x", address=server.address)
    LiteLLMModel(process, settings, lambda: None, QUICK).ask([question()], silent)
    assert {k.lower(): v for k, v in server.requests[0][1].items()}["authorization"] == "Bearer none"


def test_a_key_that_a_server_repeats_is_in_no_answer(serve: ServerOf, model_of: ModelOf) -> None:
    """A server may put what it got into its answer; it never comes out, so it is never kept."""
    (reply,) = model_of(serve([says({"days": 30, "why": f"you sent {KEY}"})])).ask(
        [question(form=True)], silent
    )
    assert isinstance(reply, ModelReply)
    assert reply.text == '{"days": 30, "why": "you sent [key hidden]"}'
