"""Scripted readers of documents behind a real server: what a language model would answer, over the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from loopback_model import Act, Body, LoopbackModel, says

from studio.domain.model import ModelMessage, ModelRequest
from studio.llm.litellm_client import LiteLLMModel
from studio.llm.process import ModelProcess
from studio.ports import silent
from studio.settings import ModelSettings

Script = Callable[[ModelRequest], str]


def request_of(body: Body) -> ModelRequest:
    """Return the question that a server got, without what was added when it was asked once more."""
    first = [m["role"] for m in body["messages"]].index("user") + 1
    messages = tuple(ModelMessage(role=m["role"], text=m["content"]) for m in body["messages"][:first])
    return ModelRequest(purpose="over the wire", messages=messages)


def reading(script: Script) -> Callable[[Body], Act]:
    """Return a server's answers: those of a reader; the test of a connection is answered, too."""

    def act(body: Body) -> Act:
        if body["messages"][0]["content"].startswith("Reply with"):
            return says("ready")
        return says(script(request_of(body)))

    return act


@contextmanager
def warm_process() -> Iterator[ModelProcess]:
    """Yield a worker process that has imported its client, which takes seconds; it ends with the block."""
    process = ModelProcess()
    with LoopbackModel([says("ready")]) as server:
        settings = ModelSettings(name="openai/warm", address=server.address, patience=60)
        question = ModelRequest(purpose="", messages=(ModelMessage(role="user", text="Ready?"),))
        LiteLLMModel(process, settings, lambda: None).ask([question], silent)
    try:
        yield process
    finally:
        process.close()
