"""One worker process for all tests here (the client takes seconds to import), and servers on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from loopback_model import Answers, LoopbackModel
from loopback_reader import warm_process

from studio.assembly import new_from_sample
from studio.domain.model import ModelMessage, ModelRequest
from studio.llm.chosen import ChosenModels
from studio.llm.failures import Retries
from studio.llm.litellm_client import LiteLLMModel
from studio.llm.process import ModelProcess
from studio.services.commands import ConfirmDestination
from studio.services.model_terms import ShowModelTerms
from studio.services.workbench import Workbench
from studio.settings import ModelSettings, Settings

KEY = "sk-loopback-4f0c1d2e3a5b6978"
QUICK = Retries(first=0.01, longest=0.05, longest_asked=2.0)
SCHEMA = {
    "type": "object",
    "properties": {"days": {"type": "integer"}, "why": {"type": "string"}},
    "required": ["days", "why"],
    "additionalProperties": False,
}

ServerOf = Callable[[Answers], LoopbackModel]
ModelOf = Callable[..., LiteLLMModel]
BenchOf = Callable[..., Workbench]


def question(text: str = "How long is the window?", *, form: bool = False, most: int = 400) -> ModelRequest:
    """Return a request, with a form for the answer if asked."""
    return ModelRequest(
        purpose="a test",
        messages=(ModelMessage(role="user", text=text),),
        answer_schema=SCHEMA if form else None,
        most_tokens=most,
    )


@pytest.fixture(scope="session")
def process() -> Iterator[ModelProcess]:
    """The worker process of all tests; it has imported its client."""
    with warm_process() as made:
        yield made


@pytest.fixture
def serve() -> Iterator[ServerOf]:
    """Start servers; they end with the test."""
    servers: list[LoopbackModel] = []

    def start(answers: Answers) -> LoopbackModel:
        servers.append(LoopbackModel(answers))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def model_of(process: ModelProcess) -> ModelOf:
    """Make a model that asks a server, with a key, and with pauses that no test waits for."""

    def make(server: LoopbackModel, **settings: object) -> LiteLLMModel:
        chosen = ModelSettings(
            **{"name": "openai/tested", "address": server.address, "patience": 30, **settings}
        )
        return LiteLLMModel(process, chosen, lambda: KEY, QUICK)

    return make


@pytest.fixture
def bench_of(tmp_path: Path, process: ModelProcess) -> Iterator[BenchOf]:
    """Open a workspace whose jobs ask a server, with the key in the environment."""
    benches: list[Workbench] = []

    def make(server: LoopbackModel, **settings: Any) -> Workbench:
        bench = new_from_sample(tmp_path / "workspace", "returns_assistant", Settings(name="Ana"))
        chosen = ModelSettings(
            **{"name": "openai/tested", "address": server.address, "key": "env:LOOPBACK_KEY", **settings}
        )
        models = ChosenModels(
            chosen, lambda: bench.ask(ShowModelTerms()), tmp_path / "workspace" / "model-replies", process
        )
        made = Workbench(replace(bench.outside, models=models))
        benches.append(made)
        return made

    yield make
    for bench in benches:
        bench.close()


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is where the settings say."""
    monkeypatch.setenv("LOOPBACK_KEY", KEY)


def confirm(bench: Workbench) -> None:
    """Confirm the destination, as a person does who saw the preview."""
    found = bench.outside.models.preview(())
    assert found is not None
    bench.do(ConfirmDestination(found.destination, found.model))
