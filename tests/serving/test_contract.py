"""The contract: the document, the door, and what goes over the wire, on real loopback connections."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry as Schemas
from referencing import Resource
from starlette.routing import Route

from studio.assembly import served, serving_contract
from studio.domain.errors import WrongUse
from studio.serving.server import place_of
from studio.serving.trouble import KINDS, PREFIX

if TYPE_CHECKING:
    from studio.assembly import Server
    from studio.store.registry import Registry

TOKEN = "t" * 40
JSON = {"Content-Type": "application/json"}


@dataclass
class Answer:
    """What came back."""

    status: int
    type: str
    headers: dict[str, str]
    body: Any


@dataclass
class Client:
    """Asks a server that runs."""

    server: Server
    faults: list[Exception]

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Return the answer to one request on a connection of its own."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        host, _, port = self.server.address.removeprefix("http://").rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        try:
            connection.request(method, path, data, {**(JSON if data is not None else {}), **given})
            answer = connection.getresponse()
            raw = answer.read()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told.get("content-type", ""), told, json.loads(raw))
        finally:
            connection.close()


@contextmanager
def serving(registry: Registry, folder: Path, systems: object = None, **wishes: object) -> Iterator[Client]:
    """Serve in a thread, which has ended when this is over."""
    mapped = (json.dumps(systems).encode(), "systems.json") if systems is not None else None
    faults: list[Exception] = []
    with served(registry, "production", folder / "interactions", mapped, wishes, faults.append) as server:
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield Client(server, faults)
        finally:
            server.stop()
            thread.join()
    assert not faults


@pytest.fixture
def client(registry: Registry, tmp_path: Path) -> Iterator[Client]:
    """Return a client of a server on the kit's registry, at its usual limits."""
    with serving(registry, tmp_path, body_bytes=4_096) as made:
        yield made


def is_problem(answer: Answer, kind: str) -> bool:
    """Return whether an answer is this problem, in RFC 9457's form."""
    body = answer.body
    return (
        answer.type == "application/problem+json"
        and (answer.status, body["status"]) == (KINDS[kind][0], KINDS[kind][0])
        and body["type"] == PREFIX + kind
        and set(body) == {"type", "title", "status", "detail"}
    )


def schema_of(path: str, method: str, answer: Answer) -> Draft202012Validator:
    """Return the validator that the document gives for an answer."""
    tree = serving_contract()
    response = tree["paths"][path][method]["responses"][str(answer.status)]
    schema = response["content"][answer.type.partition(";")[0]]["schema"]
    whole = Resource.from_contents({"$schema": tree["jsonSchemaDialect"], **tree})
    reference = schema.get("$ref")
    rooted = {"$ref": f"urn:contract{reference}"} if reference else schema
    return Draft202012Validator(rooted, registry=Schemas().with_resource("urn:contract", whole))


def test_the_document_is_an_openapi_document() -> None:
    """It has what OpenAPI 3.1 demands; every reference leads somewhere, every schema is a valid one."""
    tree = serving_contract()
    assert tree["openapi"].startswith("3.1.") and {"title", "version"} <= set(tree["info"])
    for schema in tree["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    text = json.dumps(tree)
    for reference in set(_references(tree)):
        assert reference.removeprefix("#/components/schemas/") in tree["components"]["schemas"], reference
    names = [op["operationId"] for path in tree["paths"].values() for op in _operations(path)]
    assert len(names) == len(set(names))
    for path, item in tree["paths"].items():
        named = [each["name"] for each in item.get("parameters", [])]
        assert all(f"{{{name}}}" in path for name in named) and path.count("{") == len(named)
        for operation in _operations(item):
            assert any(status.startswith("2") for status in operation["responses"])
            assert all(response["description"] for response in operation["responses"].values())
    assert "/Users/" not in text and "/work/" not in text


def test_the_document_names_every_place_and_no_other(registry: Registry, tmp_path: Path) -> None:
    """What is routed is described, what is described is routed, method by method."""
    with served(registry, "production", tmp_path / "i", None, {}, lambda _: None) as server:
        routes = [each for each in server.app.routes if isinstance(each, Route)]
    routed = {(each.path, method) for each in routes for method in (each.methods or set()) - {"HEAD"}}
    described = {
        (path, method.upper())
        for path, item in serving_contract()["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert routed == described


def test_what_is_answered_is_what_is_described(client: Client) -> None:
    """Each kind of answer that a caller meets fits the schema that the document gives for it."""
    one, turns = "/conversations/{id}", "/conversations/{id}/turns"
    asked = [
        ("/", "get", client.ask("GET", "/")),
        ("/health", "get", client.ask("GET", "/health")),
        ("/openapi.json", "get", client.ask("GET", "/openapi.json")),
        ("/conversations", "post", client.ask("POST", "/conversations", {"id": "a"})),
        ("/conversations", "post", client.ask("POST", "/conversations", {"id": "a"})),
        ("/conversations", "post", client.ask("POST", "/conversations", {"id": "with space"})),
        (turns, "post", client.ask("POST", "/conversations/a/turns", {"turn": 1, "text": "greet"})),
        (turns, "post", client.ask("POST", "/conversations/a/turns", {"turn": 7, "text": "greet"})),
        (turns, "post", client.ask("POST", "/conversations/nobody/turns", {"turn": 1, "text": "x"})),
        (one, "get", client.ask("GET", "/conversations/a")),
        (one, "delete", client.ask("DELETE", "/conversations/a")),
    ]
    assert [answer.status for *_, answer in asked] == [200, 200, 200, 201, 200, 400, 200, 409, 404, 200, 200]
    for path, method, answer in asked:
        assert not list(schema_of(path, method, answer).iter_errors(answer.body)), (path, answer.body)
    assert "nothing real is called" in asked[0][2].body["systems_note"]
    assert asked[3][2].body["metadata"]["systems"] == "rehearsed"
    assert asked[2][2].body == serving_contract()


UNREADABLE = [
    (b"", "not-readable"),
    (b"{", "not-readable"),
    (b'{"turn": 1, "turn": 2, "text": "x"}', "not-readable"),
    (b'{"turn": 1, "text": NaN}', "not-readable"),
    (b'{"turn": "1", "text": "x", "more": 1}', "not-readable"),
    (b'{"turn": 0, "text": "x"}', "not-readable"),
    (b"[" * 3_000, "not-readable"),
    (json.dumps({"turn": 1, "text": "x" * 2_001}).encode(), "not-readable"),
    (b"x" * 5_000, "too-large"),
]


def test_what_cannot_be_read_is_told(client: Client) -> None:
    """Broken, ambiguous, strange or oversized requests are problems with a sentence; nothing is heard."""
    client.ask("POST", "/conversations", {"id": "a"})
    for body, kind in UNREADABLE:
        answer = client.ask("POST", "/conversations/a/turns", body)
        assert is_problem(answer, kind), (body, answer)
    assert client.ask("GET", "/conversations/a").body["turn"] == 0


def test_the_door_lets_in_only_who_may(registry: Registry, tmp_path: Path) -> None:
    """Another host's name, another kind of content, a missing token, a wrong place: each is told."""
    with serving(registry, tmp_path, token=TOKEN) as client:
        known = {"Authorization": f"Bearer {TOKEN}"}
        assert client.ask("GET", "/health", **known).status == 200
        assert is_problem(client.ask("GET", "/health"), "no-token")
        assert is_problem(client.ask("GET", "/health", Authorization=f"Bearer {TOKEN}x"), "no-token")
        assert is_problem(client.ask("GET", "/", **known, Host="evil.example:80"), "wrong-host")
        plain = {"Content-Type": "text/plain", **known}
        assert is_problem(client.ask("POST", "/conversations", b"{}", **plain), "wrong-type")
        assert is_problem(client.ask("GET", "/nowhere", **known), "not-found")
        assert is_problem(client.ask("GET", "/nowhere"), "no-token")
        assert is_problem(client.ask("GET", "/conversations/", **known), "not-found"), "no redirect"
        assert is_problem(client.ask("PUT", "/conversations", b"{}", **known), "wrong-method")
        assert "access-control-allow-origin" not in client.ask("GET", "/", **known, Origin="http://x").headers


def test_who_asks_too_much_is_told_to_wait(registry: Registry, tmp_path: Path) -> None:
    """Beyond the burst a caller is told so, with the seconds to wait; so is who opens too many."""
    with serving(registry, tmp_path, rate=0.001, burst=4, open_conversations=1) as client:
        assert client.ask("POST", "/conversations", {}).status == 201
        full = client.ask("POST", "/conversations", {})
        assert is_problem(full, "full") and full.headers["retry-after"] == "30"
        client.ask("GET", "/health")
        client.ask("GET", "/health")
        slower = client.ask("GET", "/health")
        assert is_problem(slower, "too-many") and slower.headers["retry-after"] == "1"


def test_a_body_that_trickles_is_not_waited_for(registry: Registry, tmp_path: Path) -> None:
    """A request whose body never comes is answered with a problem, and holds up nobody."""
    with serving(registry, tmp_path, read_seconds=0.2) as client:
        host, _, port = client.server.address.removeprefix("http://").rpartition(":")
        with socket.create_connection((host, int(port)), timeout=30) as slow:
            slow.sendall(
                b"POST /conversations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                b"Content-Length: 100\r\n\r\n{"
            )
            assert client.ask("GET", "/health").status == 200
            assert slow.recv(65_536).startswith(b"HTTP/1.1 408")


def test_headers_that_trickle_are_not_waited_for(registry: Registry, tmp_path: Path) -> None:
    """Who sends a byte now and then is told and cut off, on a new connection and behind an answer."""
    with serving(registry, tmp_path, header_seconds=0.5) as client:
        for first in (b"", b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"):
            with connected(client) as slow:
                slow.sendall(first)
                assert b"HTTP/1.1 408" in trickled(slow, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 10_000)
        assert client.ask("GET", "/health").status == 200


def test_too_many_connections_are_told_so_and_make_room(registry: Registry, tmp_path: Path) -> None:
    """One connection more than there may be is refused as a problem; when one has gone, others come in."""
    with serving(registry, tmp_path, connections=4) as client:
        silent = [connected(client) for _ in range(4)]
        with connected(client) as fifth:
            refused = trickled(fifth, b"")
            assert refused.startswith(b"HTTP/1.1 503") and b"urn:cobuilder:problem:crowded" in refused
        for each in silent:
            each.close()
        ends = time.monotonic() + 30
        while client.ask("GET", "/health").status != 200:
            assert time.monotonic() < ends


def test_what_is_no_http_is_a_problem(client: Client) -> None:
    """Noise is answered once, as every other trouble, and the connection ends."""
    with connected(client) as noisy:
        noisy.sendall(b"\x16\x03\x01 noise\r\n\r\n")
        told = trickled(noisy, b"")
        assert told.startswith(b"HTTP/1.1 400") and b"urn:cobuilder:problem:not-readable" in told


def test_a_body_that_goes_on_behind_its_answer_ends_the_connection(
    registry: Registry, tmp_path: Path
) -> None:
    """Nobody keeps a connection by sending on what is not read: trickling after the answer ends it."""
    with (
        serving(registry, tmp_path, read_seconds=0.2, header_seconds=0.2) as client,
        connected(client) as slow,
    ):
        slow.sendall(
            b"POST /conversations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: 16000\r\n\r\n{"
        )
        assert trickled(slow, b" " * 15_000).count(b"HTTP/1.1 408") == 1


def connected(client: Client) -> socket.socket:
    """Return a connection of its own on which nothing was sent."""
    port = int(client.server.address.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def trickled(connection: socket.socket, data: bytes) -> bytes:
    """Send byte by byte until the other side is gone; return all that came back."""
    connection.settimeout(0.01)
    came, left, ends = bytearray(), memoryview(data), time.monotonic() + 30
    while time.monotonic() < ends:
        try:
            piece = connection.recv(65_536)
            came += piece
            if not piece:
                return bytes(came)
        except TimeoutError:
            with suppress(OSError):
                connection.sendall(left[:1])
            left = left[1:]
        except OSError:  # it was cut off while a byte was on its way
            return bytes(came)
    raise AssertionError(f"it was waited for without end; so far: {bytes(came)!r}")


def test_other_computers_need_a_token(tmp_path: Path) -> None:
    """An address that others reach is refused without a token, and with one that is easily guessed."""
    with pytest.raises(WrongUse, match="needs a token"):
        place_of({"host": "0.0.0.0"})
    with pytest.raises(WrongUse, match="fewer than 32"):
        place_of({"token": "secret"})
    assert place_of({"host": "0.0.0.0", "token": TOKEN}).is_loopback is False


def test_a_port_that_is_taken_is_told(registry: Registry, tmp_path: Path) -> None:
    """The sentence names address and port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(WrongUse, match=f"127.0.0.1:{port}"),
            served(registry, "production", tmp_path / "i", None, {"port": port}, lambda _: None),
        ):
            pass


def _operations(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (value for name, value in item.items() if name != "parameters")


def _references(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        if isinstance(tree.get("$ref"), str):
            yield tree["$ref"]
        for value in tree.values():
            yield from _references(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _references(value)
