"""IT's own systems behind a served agent: one plain POST a call, refusals and failures told apart."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from studio.connectors.http import LARGEST_REPLY, HttpSystems, read_systems
from studio.domain.agent import Agent
from studio.domain.errors import BrokenInput, WrongUse
from studio.domain.trace import Turn
from studio.ports import ToolFailed
from studio.runtime import Program, advance, start
from studio.services.agent_file import read_agent
from studio.serving.systems import check_systems

Answering = Callable[[dict[str, Any]], tuple[int, bytes]]


class Desk:
    """A system of IT's on a loopback port, and what it was sent."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.answer: Answering = lambda _sent: (200, b"{}")
        self.wait = threading.Event()
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                sent = json.loads(self.rfile.read(size))
                desk.calls.append(({name.lower(): value for name, value in self.headers.items()}, sent))
                status, body = desk.answer(sent)
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/call"

    def mapped(self, *tools: str, **more: object) -> HttpSystems:
        """Return systems in which these tools are answered here."""
        tree = {"tools": {tool: {"url": self.url, **more} for tool in tools}}
        return read_systems(json.dumps(tree).encode(), "systems.json")


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Return a system that runs, and has ended afterwards."""
    made = Desk()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    made.wait.set()
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def agent(repository: Path) -> Agent:
    """Return the sample agent."""
    path = repository / "sample_projects/returns_assistant/agent.json"
    return read_agent(path.read_bytes(), "the sample")


def events(turns: tuple[Turn, ...], kind: str) -> list[tuple[str | None, str | None]]:
    """Return tool and label of the events of a kind."""
    return [(event.tool, event.label) for turn in turns for event in turn.events if event.kind == kind]


def test_a_conversation_reaches_the_mapped_systems(desk: Desk, agent: Agent) -> None:
    """A customer's question goes through to IT's endpoints and comes back as an answer."""
    replies = {
        "verify_customer": {"verified": True},
        "get_refund": {"refund_state": "issued", "working_days_since_issue": 2},
    }
    desk.answer = lambda sent: (200, json.dumps(replies.get(sent["tool"], {})).encode())
    systems = desk.mapped(*(tool.name for tool in agent.tools))
    check_systems(systems, agent)
    program = Program.of(agent)
    calls = systems.open(program, "interaction-1")
    state, _ = start(program)
    for turn, text in enumerate(("Where is my refund?", "LH-204418", "ada.finch@mail.example"), start=1):
        systems.begin_turn(calls, turn)
        state, turns = advance(program, state, text, calls)
    assert [sent["tool"] for _, sent in desk.calls] == ["verify_customer", "get_refund"]
    headers, sent = desk.calls[0]
    assert sent == {
        "tool": "verify_customer",
        "arguments": {"order_id": "LH-204418", "email": "ada.finch@mail.example"},
        "interaction": "interaction-1",
        "turn": 3,
    }
    assert headers["content-type"] == "application/json" and len(headers["idempotency-key"]) == 64
    assert events(turns, "call") == [("verify_customer", None), ("get_refund", None)]
    assert systems.note == "Real systems are called, on 127.0.0.1; what is written there is written."


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (409, b"{}", "refused"),
        (422, b'{"why": "closed"}', "refused"),
        (500, b"{}", "error"),
        (302, b"{}", "error"),
        (204, b"", "error"),
        (200, b"[1]", "error"),
        (200, b"{", "error"),
        (200, b'{"a": 1, "a": 2}', "error"),
        (200, b'{"a": "' + b"x" * LARGEST_REPLY + b'"}', "error"),
    ],
)
def test_what_is_no_reply_is_a_failure(
    desk: Desk, agent: Agent, status: int, body: bytes, failure: str
) -> None:
    """A refusal is an answer; a fault, a redirect, an ambiguous or endless reply is an error."""
    desk.answer = lambda _sent: (status, body)
    with pytest.raises(ToolFailed) as failed:
        desk.mapped("get_order").open(Program.of(agent), "i").call("get_order", {"order_id": "LH-1"})
    assert failed.value.failure == failure
    assert len(desk.calls) == 1, "a redirect is not followed"


def test_a_system_that_is_silent_or_gone(desk: Desk, agent: Agent) -> None:
    """Silence is a time-out, a closed port or a tool that is not mapped an error; nothing else is tried."""

    def silent(_sent: dict[str, Any]) -> tuple[int, bytes]:
        desk.wait.wait(60)
        return 200, b"{}"

    desk.answer = silent
    program = Program.of(agent)
    with pytest.raises(ToolFailed, match="timeout"):
        desk.mapped("get_order", seconds=0.1).open(program, "i").call("get_order", {})
    gone = json.dumps({"tools": {"get_order": {"url": "http://127.0.0.1:1/"}}}).encode()
    calls = read_systems(gone, "systems.json").open(program, "i")
    for tool in ("get_order", "issue_refund"):
        with pytest.raises(ToolFailed, match="error"):
            calls.call(tool, {})


def test_a_repeated_call_keeps_its_key_another_has_its_own(desk: Desk, agent: Agent) -> None:
    """A system can tell a repetition from a second wish: by interaction, turn, tool and arguments."""
    systems = desk.mapped("create_return")
    one = systems.open(Program.of(agent), "one")
    other = systems.open(Program.of(agent), "other")
    for calls, turn, order in ((one, 1, "A"), (one, 1, "A"), (one, 2, "A"), (one, 2, "B"), (other, 1, "A")):
        systems.begin_turn(calls, turn)
        calls.call("create_return", {"order_id": order, "reason": "x"})
    keys = [headers["idempotency-key"] for headers, _ in desk.calls]
    assert keys[0] == keys[1] and len(set(keys)) == 4


def test_a_token_comes_from_the_environment(
    desk: Desk, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent as a bearer token, never stands in the file, and its absence is told beforehand."""
    with pytest.raises(WrongUse, match="Set ORDERS_TOKEN"):
        desk.mapped("get_order", token_from="ORDERS_TOKEN")
    monkeypatch.setenv("ORDERS_TOKEN", "s3cret")
    desk.mapped("get_order", token_from="ORDERS_TOKEN").open(Program.of(agent), "i").call("get_order", {})
    assert desk.calls[0][0]["authorization"] == "Bearer s3cret"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"[]", "maps no systems"),
        (b'{"tools": {"a": {"address": "x"}}}', "tools/a/url"),
        (b'{"tools": {"a": {"url": "ftp://host/x"}}}', "is no address"),
        (b'{"tools": {"a": {"url": "https://me:secret@host/"}}}', "is no address"),
        (b'{"tools": {"a": {"url": "https://host:port/"}}}', "is no address"),
        (b'{"tools": {"a": {"url": "http://orders.example/x"}}}', "in the clear"),
        (b'{"tools": {}, "tools": {}}', "member twice. Mend"),
    ],
)
def test_a_mapping_that_is_not_one_is_told(file: bytes, words: str) -> None:
    """The sentence names the place in the file, and customers' words never go in the clear to other hosts."""
    with pytest.raises(BrokenInput, match=words):
        read_systems(file, "systems.json")


def test_a_tool_without_a_system_is_told_before_anything_runs(desk: Desk, agent: Agent) -> None:
    """Where the agent has tools that nothing answers for, it is not served."""
    with pytest.raises(WrongUse, match=r"verify_customer, create_return"):
        check_systems(desk.mapped("get_order", "issue_refund", "get_refund"), agent)
