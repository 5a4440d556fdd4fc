"""The reference endpoint over HTTP: requests in, replies out, and every trouble as problem+json.

- Work is done in threads of its own, so that a slow system delays only its conversation.
- Only JSON is taken, and only for the hosts it is served as: a web page elsewhere cannot talk with it.
- The token is compared in constant time; nothing of a request is written to a log.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from studio.domain.errors import BrokenInput
from studio.domain.frozen import Frozen, canonical
from studio.release.strict_json import parse
from studio.serving.contract import About, CustomerTurn, NewConversation
from studio.serving.conversations import Conversations
from studio.serving.limits import Limits, Rate
from studio.serving.openapi import openapi
from studio.serving.trouble import Trouble

JSON, PROBLEM = "application/json", "application/problem+json"
Body = TypeVar("Body", bound=Frozen)
Answer = TypeVar("Answer")
Work = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in: the hosts it answers to (none named: any), the token if there is one, the rate."""

    hosts: frozenset[str]
    token: str
    rate: Rate
    fault: Callable[[Exception], None]

    def check(self, request: Request) -> None:
        """Raise Trouble for who may not come in."""
        host = request.headers.get("host", "")
        if self.hosts and _without_port(host) not in self.hosts:
            raise Trouble("wrong-host", f"This endpoint answers to {', '.join(sorted(self.hosts))}.")
        if not self.rate.allows(request.client.host if request.client else ""):
            raise Trouble("too-many", "Ask more slowly.")
        given = request.headers.get("authorization", "").encode("latin-1", "replace")
        if self.token and not hmac.compare_digest(given, f"Bearer {self.token}".encode()):
            raise Trouble("no-token", "Send the header “Authorization: Bearer TOKEN”.")


def _without_port(host: str) -> str:
    return host[: host.index("]") + 1] if "]" in host else host.partition(":")[0].lower()


class Endpoint:
    """The routes, each answered in a thread."""

    def __init__(self, conversations: Conversations, door: Door, limits: Limits) -> None:
        """Take the conversations, the door, and the limits."""
        self._conversations = conversations
        self._door = door
        self._limits = limits
        self._threads = ThreadPoolExecutor(limits.workers, thread_name_prefix="served")
        self.closed = 0

    def app(self) -> Starlette:
        """Return the application; it sweeps while it runs, and closes the conversations at its end."""
        routes = [
            Route("/", self._guarded(self._about)),
            Route("/health", self._guarded(self._health)),
            Route("/openapi.json", self._guarded(self._openapi)),
            Route("/conversations", self._guarded(self._begin), methods=["POST"]),
            Route("/conversations/{id}", self._guarded(self._look), methods=["GET"]),
            Route("/conversations/{id}", self._guarded(self._leave), methods=["DELETE"]),
            Route("/conversations/{id}/turns", self._guarded(self._hear), methods=["POST"]),
        ]
        handlers = {HTTPException: self._no_route}
        app = Starlette(routes=routes, exception_handlers=handlers, lifespan=self._lifespan)
        app.router.redirect_slashes = False  # it would send whoever asks to the host that they name
        return app

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(self._sweep())
        try:
            yield
        finally:
            sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await sweeping
            self._threads.shutdown(wait=True)
            self.closed = self._conversations.close()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(60.0, max(1.0, self._limits.idle_seconds / 4)))
            await self._in_thread(self._conversations.sweep)

    def _guarded(self, work: Work) -> Work:
        async def answered(request: Request) -> Response:
            try:
                self._door.check(request)
                return await work(request)
            except Trouble as trouble:
                return _problem(trouble)
            except ClientDisconnect:
                return Response(status_code=400)
            except Exception as error:
                self._door.fault(error)
                return _problem(Trouble("fault", "It was written to the log of the endpoint."))

        return answered

    async def _no_route(self, request: Request, error: Exception) -> Response:
        try:
            self._door.check(request)
        except Trouble as trouble:
            return _problem(trouble)
        wrong_method = isinstance(error, HTTPException) and error.status_code == 405
        detail = "Look at /openapi.json for the places and methods there are."
        return _problem(Trouble("wrong-method" if wrong_method else "not-found", detail))

    # The places

    async def _about(self, _request: Request) -> Response:
        served = self._conversations
        running, systems = served.running, served.systems
        return _json(
            About(
                agent=running.agent.name,
                environment=running.environment,
                systems=systems.kind,
                systems_note=systems.note,
            )
        )

    async def _openapi(self, _request: Request) -> Response:
        return Response(canonical(openapi()), media_type=JSON)

    async def _health(self, _request: Request) -> Response:
        return _json(await self._in_thread(self._conversations.health))

    async def _begin(self, request: Request) -> Response:
        body = await self._body(request, NewConversation)
        reply, new = await self._in_thread(lambda: self._conversations.begin(body.id))
        return _json(reply, 201 if new else 200)

    async def _look(self, request: Request) -> Response:
        name: str = request.path_params["id"]
        return _json(await self._in_thread(lambda: self._conversations.look(name)))

    async def _hear(self, request: Request) -> Response:
        name: str = request.path_params["id"]
        said = await self._body(request, CustomerTurn)
        return _json(await self._in_thread(lambda: self._conversations.hear(name, said)))

    async def _leave(self, request: Request) -> Response:
        name: str = request.path_params["id"]
        return _json(await self._in_thread(lambda: self._conversations.leave(name)))

    # In and out

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except RuntimeError as error:
            if "shutdown" not in str(error):
                raise
            raise Trouble("stopping", "Try again in a moment.") from error

    async def _body(self, request: Request, kind: type[Body]) -> Body:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            raise Trouble("wrong-type", f"Send “Content-Type: {JSON}”.")
        try:
            async with asyncio.timeout(self._limits.read_seconds):
                data = await self._read(request)
        except TimeoutError as error:
            raise Trouble("too-slow", "Send the body of the request at once.") from error
        try:
            return kind.model_validate(parse(data, "The request"))
        except BrokenInput as error:
            raise Trouble("not-readable", error.what) from error
        except ValidationError as error:
            first = error.errors()[0]
            where = "/".join(str(part) for part in first["loc"]) or "the top"
            raise Trouble("not-readable", f"At “{where}”: {first['msg']}.") from error

    async def _read(self, request: Request) -> bytes:
        most = self._limits.body_bytes
        told = request.headers.get("content-length", "0")
        data = bytearray()
        if not told.isdigit() or int(told) <= most:
            async for piece in request.stream():
                data += piece
                if len(data) > most:
                    break
            else:
                return bytes(data)
        raise Trouble("too-large", f"A request may have {most} bytes.")


def _json(value: Frozen, status: int = 200) -> Response:
    return Response(canonical(value), status, media_type=JSON, headers={"Cache-Control": "no-store"})


def _problem(trouble: Trouble) -> Response:
    headers = {"Cache-Control": "no-store"}
    if trouble.retry_after is not None:
        headers["Retry-After"] = str(trouble.retry_after)
    if trouble.kind == "no-token":
        headers["WWW-Authenticate"] = "Bearer"
    return Response(canonical(trouble.problem), trouble.status, media_type=PROBLEM, headers=headers)
