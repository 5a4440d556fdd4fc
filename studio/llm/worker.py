"""The process that talks to language models: the only place that imports litellm.

- It carries out calls, one attempt each; what an outcome means, retries and budgets are its caller's matter.
- In and out go JSON lists of messages on one pipe: what comes together travels together. It ends when the
  pipe does, so that it never outlives its parent.
- It writes nothing: no log, no file, nothing on its outputs. A key comes in a call, and never in an error.
- No address comes from the environment: text goes where the settings say, and nowhere else.
- A stream that ends without its closing words was cut, however orderly the connection ended.
- A server of one's own that speaks as OpenAI does is asked the short way (`wire`), everything else through
  litellm's own client.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
import re
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from multiprocessing.connection import Connection
from typing import Any

from studio.llm.scrubbing import scrub, without
from studio.llm.wire import Heard, Wire, is_short

Call = dict[str, Any]
Tell = Callable[[dict[str, Any]], None]

ENVIRONMENT = {
    # Set before the import: then nothing is fetched at start-up, and no .env file of the folder is read.
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOG": "CRITICAL",
    "LITELLM_TELEMETRY": "False",
}
_ADDRESS = re.compile(r"(?:^|_)(?:API_BASE|BASE_URL|API_URL|ENDPOINT)$")
_CLIENT_WORDS = re.compile(r"^(?:\w+(?:Exception|Error) - )+")
_NO_WAY = ("ClientConnectorError", "ConnectionTimeoutError")
_BROKEN_OFF = ("ClientPayloadError", "ServerDisconnectedError", "ClientOSError", "ConnectionResetError")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_TOTAL = 10  # times the patience: the longest that one answer may take
_TOLD_EVERY = 200  # characters between two reports of how far an answer is
_SWITCH = 0.0005  # seconds the thread that hears the pipe may have to wait for the one that talks


def serve(pipe: Connection) -> None:
    """Carry out calls until the pipe ends; runs in the worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and decides
    sys.setswitchinterval(_SWITCH)
    _be_silent()
    inbox: deque[bytes] = deque()
    arrived = threading.Event()
    office = _Office(pipe)
    threading.Thread(target=_receive, args=(pipe, inbox, arrived, office), daemon=True).start()
    try:
        version = _import()
    except Exception as error:
        office.send([{"event": "unusable", "why": f"{type(error).__name__}: {error}"[:300]}])
        return
    office.send([{"event": "ready", "version": version}])
    asyncio.run(office.work(inbox, arrived))


def _be_silent() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for this process's life


def _import() -> str:
    os.environ.update(ENVIRONMENT)
    for name in [name for name in os.environ if _ADDRESS.search(name.upper())]:
        del os.environ[name]
    for name in ("NO_PROXY", "no_proxy"):  # a server on this computer is never reached through a proxy
        known = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join(dict.fromkeys((*known, *_LOOPBACK)))
    import importlib.metadata

    import litellm

    litellm.suppress_debug_info = True
    litellm.disable_aiohttp_transport = True  # httpx honours the system's proxy settings, as IT expects
    litellm.turn_off_message_logging = True
    litellm.telemetry = False
    return importlib.metadata.version("litellm")


def _receive(pipe: Connection, inbox: deque[bytes], arrived: threading.Event, office: _Office) -> None:
    while True:
        try:
            inbox.append(pipe.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)  # the parent let go or is gone; nothing here is worth finishing
        arrived.set()
        office.wake()


@lru_cache(maxsize=64)
def _read_form(form: str) -> Call:
    """Return what thousands of calls have in common; whoever changes it makes a copy."""
    found: Call = json.loads(form)
    return found


def call_of(message: dict[str, Any]) -> Call:
    """Return the call that a message asks for."""
    form, found = message["form"], _read_form(message["form"])
    arguments = {**found["arguments"], "messages": message["messages"]}
    if message["key"]:
        arguments["api_key"] = message["key"]
    return {**found, "arguments": arguments, "form": form}


class _Office:
    """Carries out the calls of one pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._loop: asyncio.AbstractEventLoop | None = None
        self._new: asyncio.Event | None = None
        self._running: dict[int, asyncio.Task[None]] = {}
        self._wire = Wire()
        self._told: list[dict[str, Any]] = []

    def send(self, messages: list[dict[str, Any]]) -> None:
        """Send messages to the parent."""
        try:
            self._pipe.send_bytes(json.dumps(messages).encode())
        except OSError:
            os._exit(0)

    def tell(self, message: dict[str, Any]) -> None:
        """Send a message to the parent, with what else there is to tell in this turn of the loop."""
        if not self._told and self._loop is not None:
            self._loop.call_soon(self._tell_all)
        self._told.append(message)

    def _tell_all(self) -> None:
        told, self._told = self._told, []
        self.send(told)

    def wake(self) -> None:
        """Say, from the receiving thread, that something has come."""
        loop, new = self._loop, self._new
        if loop is not None and new is not None:
            loop.call_soon_threadsafe(new.set)

    async def work(self, inbox: deque[bytes], arrived: threading.Event) -> None:
        """Take what comes, for ever."""
        self._new = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if arrived.is_set():
            self._new.set()
        while True:
            await self._new.wait()
            self._new.clear()
            while inbox:
                for message in json.loads(inbox.popleft()):
                    self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        number = message["id"]
        if message["do"] == "cancel":
            task = self._running.pop(number, None)
            if task is not None:
                task.cancel()
        elif message["do"] == "price":
            self.tell({"event": "price", "id": number, "price": price(message["model"])})
        else:
            task = asyncio.ensure_future(self._carry_out(number, call_of(message)))
            self._running[number] = task

    async def _carry_out(self, number: int, call: Call) -> None:
        def tell(message: dict[str, Any]) -> None:
            self.tell({**message, "id": number})

        try:
            tell(await attempt(call, tell, self._wire))
        except Exception as error:  # whatever a provider's client raises is an outcome
            tell(_failed(error, call))
        finally:
            self._running.pop(number, None)


async def attempt(call: Call, tell: Tell, wire: Wire) -> dict[str, Any]:
    """Make one call and return its outcome; what goes wrong is raised as the client raises it."""
    if is_short(call):
        return _outcome(await wire.attempt(call, tell), call)
    import litellm

    async with asyncio.timeout(call["patience"] * _TOTAL):
        stream = await litellm.acompletion(
            **copy.deepcopy(call["arguments"]),
            stream=True,
            timeout=call["patience"],
            max_retries=0,
            num_retries=0,
        )
        try:
            return await _read(stream, call, tell)
        finally:
            await stream.aclose()  # or the server goes on talking to nobody


def _outcome(heard: Heard | None, call: Call) -> dict[str, Any]:
    if heard is None:
        return {"event": "failed", "kind": "huge", "characters": call["most_characters"]}
    if heard.finish is None:
        return {"event": "failed", "kind": "cut", "characters": heard.characters}
    used = heard.usage
    return _done(
        "".join(heard.parts), heard.finish, used.get("prompt_tokens"), used.get("completion_tokens"), call
    )


async def _read(stream: Any, call: Call, tell: Tell) -> dict[str, Any]:
    parts: list[str] = []
    characters = told = 0
    usage: Any = None
    async for chunk in stream:
        usage = getattr(chunk, "usage", None) or usage
        piece = (chunk.choices[0].delta.content or "") if chunk.choices else ""
        parts.append(piece)
        characters += len(piece)
        if characters > call["most_characters"]:
            return {"event": "failed", "kind": "huge", "characters": characters}
        if characters - told >= _TOLD_EVERY or (not told and characters):
            told = characters
            tell({"event": "moved", "characters": characters})
    finish = getattr(stream, "received_finish_reason", None)
    if finish is None:
        return {"event": "failed", "kind": "cut", "characters": characters}
    sent, received = getattr(usage, "prompt_tokens", 0), getattr(usage, "completion_tokens", 0)
    return _done("".join(parts), finish, sent, received, call)


def _done(text: str, finish: str, prompt: Any, completion: Any, call: Call) -> dict[str, Any]:
    sent, received = int(prompt or 0), int(completion or 0)
    text = without(text, (str(call["arguments"].get("api_key") or ""),))  # a server may repeat what it got
    each = None if call["own_server"] else price(call["arguments"]["model"])
    cost = None if each is None else sent * each[0] + received * each[1]
    return {
        "event": "done", "text": text, "finish": str(finish), "input": sent, "output": received, "cost": cost,
    }  # fmt: skip


def price(model: str) -> tuple[float, float] | None:
    """Return what a token costs in US dollars, sent and received, or None where it is not known."""
    import litellm

    try:
        known = litellm.get_model_info(model)
        sent, received = known["input_cost_per_token"], known["output_cost_per_token"]
        return (float(sent), float(received)) if sent is not None and received is not None else None
    except Exception:  # an unknown model raises a plain Exception
        return None


def _failed(error: BaseException, call: Call) -> dict[str, Any]:
    """Return what went wrong in plain values: a kind, the status, what the server wants, its words."""
    status = getattr(error, "status_code", None)
    headers = getattr(error, "litellm_response_headers", None) or {}
    return {
        "event": "failed",
        "kind": _kind(error, status),
        "status": status if isinstance(status, int) else None,
        "retry_after": headers.get("retry-after"),
        "said": scrub(_own_words(error), (str(call["arguments"].get("api_key") or ""),)),
        "characters": 0,
    }


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting and len(found) < 20:
        each = waiting.pop(0)
        if each is None or each in found:
            continue
        found.append(each)
        waiting += [each.__cause__, each.__context__, getattr(each, "original_exception", None)]
    return found


def _kind(error: BaseException, status: object) -> str:
    names = {kind.__name__ for each in _chain(error) for kind in type(each).__mro__}
    if names & {"ConnectError", "ConnectTimeout", "gaierror", "ConnectionRefusedError", *_NO_WAY}:
        return "unreachable"
    if names & {"TimeoutException", "Timeout", "APITimeoutError", "TimeoutError"}:
        return "timeout"
    if names & {"MidStreamFallbackError", "RemoteProtocolError", "ReadError", *_BROKEN_OFF}:
        return "cut"
    if names & {"ContentPolicyViolationError"}:
        return "content"
    if names & {"ContextWindowExceededError"}:
        return "too long"
    return "status" if isinstance(status, int) else "unknown"


def _own_words(error: BaseException) -> str:
    text = str(getattr(error, "message", "") or error)
    # The client puts its own class names before what the server said.
    while ": " in text[:60] and text.split(": ", 1)[0].replace("litellm.", "").isidentifier():
        text = text.split(": ", 1)[1]
    return _CLIENT_WORDS.sub("", text)
