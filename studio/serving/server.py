"""The endpoint as a server: bound before it starts, stopped in order, with nothing left running.

- It is bound to a port at once, so that whoever starts it knows the address before the first request.
- On a signal it takes no new requests, answers those under way, closes the conversations, and returns.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from types import FrameType
from typing import Any

import uvicorn

from studio.domain.errors import WrongUse
from studio.serving.app import Door, Endpoint
from studio.serving.conversations import Conversations
from studio.serving.limits import Limits, Rate
from studio.serving.patience import HEADER_BYTES, protocol

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
SHORTEST_TOKEN = 32
_GRACE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Where it listens, who may come in, and how much it takes on."""

    host: str = "127.0.0.1"
    port: int = 0
    token: str = ""
    limits: Limits = field(default_factory=Limits)

    @property
    def is_loopback(self) -> bool:
        """Return whether only this computer reaches it."""
        return self.host in ("127.0.0.1", "localhost", "::1")


def place_of(wishes: Mapping[str, Any]) -> Place:
    """Return the place of fields of `Place` and `Limits`; raises WrongUse for one that is not safe."""
    own = {each.name for each in fields(Place)} - {"limits"}
    limits = Limits(**{name: value for name, value in wishes.items() if name not in own})
    place = Place(limits=limits, **{name: value for name, value in wishes.items() if name in own})
    if place.token and len(place.token) < SHORTEST_TOKEN:
        raise WrongUse(
            f"The token has fewer than {SHORTEST_TOKEN} signs.", "Make one with `openssl rand -hex 32`."
        )
    if not place.is_loopback and not place.token:
        raise WrongUse(
            f"At {place.host} other computers reach it, so it needs a token.",
            "Give --token-file FILE, or keep to 127.0.0.1.",
        )
    return place


class Server:
    """An endpoint that is bound to its port; `run` serves until `stop` is called or a signal comes."""

    def __init__(
        self,
        conversations: Conversations,
        place: Place,
        fault: Callable[[Exception], None],
        steady: Callable[[], float],
    ) -> None:
        """Bind; raises WrongUse where the address cannot be had."""
        limits = place.limits
        row = conversations.running.row()
        self._about = f"{row.stable.label} ({conversations.running.environment})"
        self._note = conversations.systems.note
        hosts = LOOPBACK if place.is_loopback else frozenset[str]()
        door = Door(hosts, place.token, Rate(limits.rate, limits.burst, steady), fault)
        self._endpoint = Endpoint(conversations, door, limits)
        self._socket = _bound(place)
        self.app = self._endpoint.app()
        self._server = uvicorn.Server(
            uvicorn.Config(
                self.app,
                lifespan="on",
                loop="asyncio",
                http=protocol(limits),
                h11_max_incomplete_event_size=HEADER_BYTES,
                ws="none",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )

    @property
    def address(self) -> str:
        """Return the address with its port."""
        host, port = self._socket.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    @property
    def about(self) -> str:
        """Return what is served, and where it stands."""
        return self._about

    @property
    def note(self) -> str:
        """Return whether real systems are called, as a sentence."""
        return self._note

    def run(self) -> int:
        """Serve until it is stopped; return how many conversations were open then."""
        with _signals_kept(self.stop):
            asyncio.run(self._server.serve(sockets=[self._socket]))
        return self._endpoint.closed

    def close(self) -> None:
        """Give the port back, where it was never served."""
        self._socket.close()

    def stop(self) -> None:
        """Stop, from any thread; `run` returns soon after."""
        self._server.should_exit = True


def _bound(place: Place) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let another program take the port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((place.host, place.port))
        made.listen(128)
    except OSError as error:
        made.close()
        raise WrongUse(
            f"Nothing can listen at {place.host}:{place.port}: {error.strerror or error}.",
            "Choose another --port, or stop what listens there.",
        ) from error
    return made


@contextmanager
def _signals_kept(stop: Callable[[], None]) -> Iterator[None]:
    """Keep the signal that stopped uvicorn, which raises it once more at its end, from ending the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def heard(_number: int, _frame: FrameType | None) -> None:
        stop()

    before = {each: signal.signal(each, heard) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
