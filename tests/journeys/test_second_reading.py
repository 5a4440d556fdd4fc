"""The second reading by the command line: choose a model, see what leaves, confirm, differ, decide.

- The model is a real server on this computer that reads as CoBuilder does, but for one sentence.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback_model import Act, LoopbackModel
from loopback_reader import reading
from scripted_reader import faithful

from studio.domain.model import ModelRequest
from studio.readers.markdown import MarkdownReader
from tests.journeys.conftest import NEW_DOCUMENT, Answer, call, settle

TWISTED = "Final sale items cannot be returned or refunded"


def reader_of(document: Path) -> Any:
    """Return a server's answers: what CoBuilder finds, but for one prohibition that is a permission."""
    script = faithful(MarkdownReader().read(document.read_bytes(), document.name))

    def twist(request: ModelRequest) -> str:
        answer = json.loads(script(request))
        for rule in answer["rules"]:
            if TWISTED in rule["quote"]:
                rule["kind"] = "permission"
        return json.dumps(answer)

    return reading(twist)


@pytest.fixture
def document(repository: Path) -> Path:
    """The sample's new policy."""
    return repository / NEW_DOCUMENT


@pytest.fixture
def server(document: Path) -> Iterator[LoopbackModel]:
    """The language model."""
    with LoopbackModel(reader_of(document)) as made:
        yield made


@pytest.fixture
def place(server: LoopbackModel, document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with the new policy read, and the model chosen."""
    settle(monkeypatch, tmp_path)
    monkeypatch.setenv("LOOPBACK_KEY", "sk-journey-0a1b2c3d4e5f")
    assert call("new", tmp_path / "workspace", "--sample", "returns_assistant").code == 0
    assert call("source", "add", document).code == 0
    assert (
        call("model", "set", "openai/local", "--address", server.address, "--key", "env:LOOPBACK_KEY").code
        == 0
    )
    return tmp_path


def said(answer: Answer, code: int) -> str:
    """Return all that was said, after a look at the exit code."""
    assert answer.code == code, answer
    return answer.out + answer.err


def test_from_the_choice_of_a_model_to_a_decision(place: Path, server: LoopbackModel) -> None:
    """Nothing is sent before it was confirmed; then both read, they differ in review, and it is decided."""
    refused = said(call("propose", "S-03", "--engine", "both"), 1)
    assert "What leaves this computer, to 127.0.0.1" in refused and "Nothing was sent" in refused
    assert "--confirm" in refused and server.requests == []
    looked = said(call("model", "preview", "S-03"), 1)
    assert TWISTED in looked and server.requests == []
    made = said(call("propose", "S-03", "--engine", "both", "--confirm"), 0)
    assert len(server.requests) == 1
    assert "openai/local at 127.0.0.1" in made and "tokens sent" in made and "cost not known" in made
    assert "The two readings differ in " in made and TWISTED in made

    page = call("review", "list", "P-01", "--json").json
    assert page["read_by"] == "both" and page["run"]["kept"] == page["run"]["found"]
    rows = [row for group in page["groups"] for row in group["rows"]]
    warned = [row for row in rows if row["warnings"]]
    assert warned and "the language model reads a permission" in warned[0]["warnings"][0]
    assert "≠" in said(call("review", "list", "P-01"), 0)
    assert "Two readings differ here" in said(call("review", "show", "P-01", warned[0]["id"]), 0)

    assert "a warning has to be read first" in said(call("review", "accept", "P-01", "--all"), 0)
    left = call("review", "list", "P-01", "--json").json
    assert 0 < left["decided"] < left["total"]
    assert call("review", "accept", "P-01", warned[0]["id"]).code == 0
    assert "[accepted]" in said(call("review", "show", "P-01", warned[0]["id"]), 0)
    assert "litellm" not in sys.modules


def test_the_next_version_is_read_by_whoever_read_the_last_one(
    place: Path, server: LoopbackModel, document: Path
) -> None:
    """Once both read a document, proposing its next version lets both read that, without saying so again."""
    assert call("propose", "S-03", "--engine", "both", "--confirm").code == 0
    asked = len(server.requests)
    newer = place / document.name
    newer.write_bytes(document.read_bytes() + b"\nBe kind to every customer.\n")
    assert call("source", "add", str(newer)).code == 0
    assert "What leaves this computer" in said(call("propose", "S-03"), 0)
    assert len(server.requests) > asked
    assert call("review", "list", "P-02", "--json").json["read_by"] == "both"


def test_documents_of_no_workspace_are_read_by_a_model_when_it_was_confirmed(
    place: Path, document: Path, server: LoopbackModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no workspace, a confirmation holds once; in one, its policy holds."""
    monkeypatch.setenv("COBUILDER_WORKSPACE", str(place / "nowhere"))
    assert "Nothing was sent" in said(call("analyze", document, "--engine", "both"), 1)
    assert server.requests == []
    found = call("analyze", document, "--engine", "both", "--confirm", "--json")
    assert found.code == 0 and len(server.requests) == 1
    assert found.json["engine"] == "embedded and openai/local"
    assert [each["source_quote"][: len(TWISTED)] for each in found.json["disagreements"]] == [TWISTED]
    assert "Nothing was sent" in said(call("analyze", document, "--engine", "both"), 1)
    own = call("analyze", document, "--json")
    assert own.code == 0 and "engine" not in own.json

    monkeypatch.setenv("COBUILDER_WORKSPACE", str(place / "workspace"))
    assert call("model", "policy", "--forbid").code == 0
    for verb in (("analyze", document), ("propose", "S-03"), ("source", "read", "S-03")):
        words = said(call(*verb, "--engine", "model", "--confirm"), 1)
        assert "forbids language models" in words and "Nothing was sent" in words
    assert len(server.requests) == 1


def test_a_model_that_fails_has_its_exit_code(place: Path, server: LoopbackModel) -> None:
    """Refused by the provider: one sentence, code 3, and the source counts as it was read before."""
    before = call("source", "show", "S-03", "--json").json
    server.answer(lambda _body: Act(status=401, message="Incorrect API key"))
    words = said(call("source", "read", "S-03", "--engine", "both", "--confirm"), 3)
    assert "key" in words and "sk-journey" not in words
    assert call("source", "show", "S-03", "--json").json == before
    assert call("propose", "S-03", "--engine", "gpt").code == 2
    assert call("propose", "S-03", "--engine", "embedded").code == 0


def test_without_a_model_the_choice_is_refused_in_words(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing chosen: the sentence says what to do, and CoBuilder itself reads as ever."""
    settle(monkeypatch, tmp_path)
    assert "No language model is set up" in said(call("analyze", document, "--engine", "both"), 1)
    assert call("analyze", document, "--engine", "embedded").code == 0
