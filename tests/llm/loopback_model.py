"""An OpenAI-compatible server on loopback for tests: answers, breaks, stalls and lies as it is told.

- `answers` decides, request by request: a list is used up, a function sees each request's body.
- It speaks both plain and streamed replies; every request it got is kept in `requests`, with its headers.
- Nothing here sleeps: a server that shall be silent waits for an event that `close` sets.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """What the server does with one request.

    `cut` breaks a stream off after so many pieces: `reset` by a reset connection, `short` by a missing end of
    the body, `quiet` by an orderly end without the words that close a stream. `stall` is silence after so
    many pieces (0: not even a head); `status` other than 200 is an error with `headers` and `message`.
    """

    text: str = "ready"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "something is wrong"
    cut: int | None = None
    how: str = "quiet"
    stall: int | None = None
    finish: str = "stop"
    garbage: bytes | None = None
    endless: bool = False
    piece: int = 7


Answers = Callable[[Body], Act] | Sequence[Act]


def says(value: object, **more: Any) -> Act:
    """Return an act that answers with a text, or with a value as JSON."""
    return Act(text=value if isinstance(value, str) else json.dumps(value), **more)


class LoopbackModel:
    """The server; a context manager."""

    def __init__(self, answers: Answers) -> None:
        """Take what it shall do; it listens at once, on a port of its own."""
        self.requests: list[tuple[Body, dict[str, str]]] = []
        self.stopped = threading.Event()
        self.arrived = threading.Condition()
        self.in_flight = self.most_in_flight = 0
        self._lock = threading.Lock()
        self.answer(answers)
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self._server.daemon_threads = False
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="loopback model"
        )
        self._thread.start()

    @property
    def address(self) -> str:
        """Return the base address for a client."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def answer(self, answers: Answers) -> None:
        """Do this from now on; a list's last act is repeated."""
        if callable(answers):
            self._next: Callable[[Body], Act] = answers
            return
        acts = list(answers)
        self._next = lambda _body: acts.pop(0) if len(acts) > 1 else acts[0]

    def take(self, body: Body, headers: dict[str, str]) -> Act:
        """Note a request and return what to do with it."""
        with self._lock:
            act = self._next(body)
        with self.arrived:
            self.requests.append((body, headers))
            self.arrived.notify_all()
        return act

    def wait_for(self, count: int, seconds: float = 60.0) -> bool:
        """Wait until so many requests have come."""
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.requests) >= count, seconds)

    def step(self, change: int) -> None:
        """Count requests under way."""
        with self._lock:
            self.in_flight += change
            self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def close(self) -> None:
        """Let every silence end, and stop listening."""
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> LoopbackModel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    """Lets more than the usual five wait at its door: those turned away come again only after seconds."""

    request_queue_size = 256


class _Handler(BaseHTTPRequestHandler):
    owner: LoopbackModel
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:  # silence is part of the test output
        return

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.close_connection = True
        self.owner.step(1)
        try:
            self._act(self.owner.take(body, dict(self.headers)), body)
        except OSError:
            pass  # the client went away, which is its right
        finally:
            self.owner.step(-1)

    def _act(self, act: Act, body: Body) -> None:
        if act.stall == 0:
            self.owner.stopped.wait()
        elif act.garbage is not None:
            self._whole(200, act.garbage, {})
        elif act.status != 200:
            error = {"error": {"message": act.message, "type": "test", "code": None, "param": None}}
            self._whole(act.status, json.dumps(error).encode(), act.headers)
        elif body.get("stream"):
            self._stream(act, body)
        else:
            self._whole(200, json.dumps(_plain(act, body)).encode(), act.headers)

    def _whole(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} X", "content-type: application/json", "connection: close"]
        lines += [f"content-length: {len(content)}", *(f"{k}: {v}" for k, v in headers.items())]
        self.wfile.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)

    def _stream(self, act: Act, body: Body) -> None:
        head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n"
        self.wfile.write((head + "transfer-encoding: chunked\r\n\r\n").encode())
        for number, event in enumerate(_events(act, body)):
            if number == act.cut:
                return self._break_off(act.how)
            if number == act.stall:
                self.owner.stopped.wait()
                return None
            self._chunk(f"data: {event}\n\n".encode())
        self._chunk(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")
        return None

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _break_off(self, how: str) -> None:
        if how == "quiet":
            self.wfile.write(b"0\r\n\r\n")
        elif how == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()


def _usage(act: Act, body: Body) -> dict[str, int]:
    sent = sum(len(str(message.get("content"))) for message in body.get("messages", []))
    return {"prompt_tokens": sent // 4, "completion_tokens": len(act.text) // 4, "total_tokens": 0}


def _plain(act: Act, body: Body) -> Body:
    message = {"role": "assistant", "content": act.text}
    choice = {"index": 0, "message": message, "finish_reason": act.finish}
    return {
        "id": "c-1", "object": "chat.completion", "created": 1, "model": body.get("model"),
        "choices": [choice], "usage": _usage(act, body),
    }  # fmt: skip


def _events(act: Act, body: Body) -> Iterator[str]:
    base = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": body.get("model")}

    def event(delta: Body, finish: str | None) -> str:
        return json.dumps({**base, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    yield event({"role": "assistant", "content": ""}, None)
    while act.endless:
        yield event({"content": act.text}, None)
    for start in range(0, len(act.text), act.piece):
        yield event({"content": act.text[start : start + act.piece]}, None)
    yield event({}, act.finish)
    yield json.dumps({**base, "choices": [], "usage": _usage(act, body)})
