"""The short way to a server of one's own: the words litellm would send, many at once, refusals understood."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from conftest import SCHEMA, ModelOf, ServerOf, question
from loopback_model import Act, says

from studio.domain.model import ModelFailure, ModelReply
from studio.ports import silent


def test_what_is_sent_is_what_litellm_would_send(model_of: ModelOf, serve: ServerOf) -> None:
    """The server gets the name without its provider, the form, the limit, and that it shall stream."""
    server = serve([says({"days": 3, "why": "so"})])
    assert isinstance(model_of(server).ask((question(form=True),), silent)[0], ModelReply)
    body, headers = server.requests[0]
    assert body["model"] == "tested" and body["stream"] is True
    assert body["max_tokens"] == 400 and body["temperature"] == 0.0
    assert body["stream_options"] == {"include_usage": True}
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert {name.casefold() for name in headers} >= {"authorization", "content-type"}


def test_a_refusal_means_what_it_means_on_the_long_way(model_of: ModelOf, serve: ServerOf) -> None:
    """A text too long for the model is told apart from a fault, by litellm's knowledge of such words."""
    words = "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens."
    found = model_of(serve([Act(status=400, message=words)])).ask((question(),), silent)[0]
    assert isinstance(found, ModelFailure) and "too long" in found.sentence


def test_a_server_that_sends_one_elsewhere_is_not_followed(model_of: ModelOf, serve: ServerOf) -> None:
    """Text goes to the address that was confirmed: a redirect is a refusal, and nothing is sent on."""
    other = serve([says("stolen")])
    here = serve([Act(status=307, headers={"location": f"{other.address}/chat/completions"})])
    found = model_of(here).ask((question(),), silent)[0]
    assert isinstance(found, ModelFailure) and other.requests == []


def test_a_hundred_are_under_way_at_once_and_end_when_told(model_of: ModelOf, serve: ServerOf) -> None:
    """As many questions as allowed are open together, and all of them are let go when told."""
    server = serve([Act(stall=0)])
    model = model_of(server, in_flight=100, patience=60)
    asked_to_stop = 0.0

    def stop(fraction: float, message: str = "") -> None:
        nonlocal asked_to_stop
        if len(server.requests) >= 100:
            asked_to_stop = time.monotonic()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.ask(tuple(question(f"Number {n}?") for n in range(120)), stop)
    assert time.monotonic() - asked_to_stop < 30
    asked = {str(body["messages"]) for body, _ in server.requests}  # a busy machine may have one sent again
    assert len(asked) == 100


def test_the_studio_starts_without_it() -> None:
    """Neither client is imported where only the worker process needs it."""
    code = (
        "import sys, studio.llm.chosen, studio.llm.worker, json;"
        "print(json.dumps([n for n in ('aiohttp', 'litellm', 'httpx') if n in sys.modules]))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(found.stdout) == []
