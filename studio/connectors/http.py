"""IT's own systems over HTTP: one plain JSON POST for each call of the agent, by a small mapping file.

- Sent: tool, arguments, interaction, turn; and an Idempotency-Key that a repeated call keeps.
- 200 with a JSON object is the reply; 409 or 422 is a refusal, which is an answer; all else is a failure.
- Straight to the address that IT wrote down: no proxy, no redirect, no other host; plain http only to this
  computer. A token comes from an environment variable, never from the file.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import time
from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, ValidationError

from studio.domain.agent import Agent
from studio.domain.errors import BrokenInput, StudioError, WrongUse
from studio.domain.frozen import Frozen, Json, canonical
from studio.ports import ToolFailed
from studio.release.strict_json import parse
from studio.runtime import Program

LARGEST_REPLY = 1_000_000
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_REFUSALS = (409, 422)


class MappedTool(Frozen):
    """Where one tool is answered; `token_from` names an environment variable with a bearer token."""

    url: str
    seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    token_from: str | None = None


class SystemsFile(Frozen):
    """Which of IT's endpoints answers which tool."""

    format: Literal["cobuilder-systems/1"] = "cobuilder-systems/1"
    tools: dict[str, MappedTool]


def read_systems(data: bytes, name: str) -> HttpSystems:
    """Return the systems of a mapping file; raises BrokenInput or WrongUse that names the place."""
    try:
        tree = parse(data, name)
    except BrokenInput as error:
        raise BrokenInput(error.what, "Mend the file and try again.") from error
    try:
        file = SystemsFile.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(str(part) for part in first["loc"]) or "the top"
        raise BrokenInput(
            f"{name} maps no systems: at “{where}”: {first['msg']}.",
            'It says {"tools": {"NAME": {"url": "https://…"}}}.',
        ) from error
    for tool, mapped in file.tools.items():
        _check(tool, mapped)
    return HttpSystems(file)


def _check(tool: str, mapped: MappedTool) -> None:
    parts = urlsplit(mapped.url)
    try:
        named = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        named = False
    if parts.scheme not in ("http", "https") or not named or parts.username is not None or parts.fragment:
        raise BrokenInput(f"“{mapped.url}” for “{tool}” is no address.", "Write https://HOST/PATH.")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise BrokenInput(
            f"“{mapped.url}” for “{tool}” would send what customers say in the clear.",
            "Use https, or a relay on this computer.",
        )
    if mapped.token_from is not None and not os.environ.get(mapped.token_from):
        raise WrongUse(f"The token for “{tool}” is not set.", f"Set {mapped.token_from} in the environment.")


class HttpConversation:
    """The mapped systems as one conversation calls them."""

    def __init__(self, file: SystemsFile, program: Program, interaction: str) -> None:
        self._file = file
        self._program = program
        self._interaction = interaction
        self.turn = 0

    def call(self, tool: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """Return the system's reply; raises ToolFailed."""
        mapped = self._file.tools.get(tool)
        if mapped is None:
            raise ToolFailed("error")
        sent = {
            "tool": tool,
            "arguments": dict(arguments),
            "interaction": self._interaction,
            "turn": self.turn,
        }
        body = canonical(sent)
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Idempotency-Key": hashlib.sha256(body).hexdigest(),
        }
        if mapped.token_from is not None:
            headers["Authorization"] = f"Bearer {os.environ.get(mapped.token_from, '')}"
        known = self._program.tools.get(tool)
        seconds = min(mapped.seconds, (known.answers_within if known else None) or mapped.seconds)
        status, data = _post(urlsplit(mapped.url), body, headers, seconds)
        return _reply(status, data)


class HttpSystems:
    """IT's own systems for the conversations that are served."""

    kind: Literal["rehearsed", "real"] = "real"

    def __init__(self, file: SystemsFile) -> None:
        """Take the mapping."""
        self._file = file

    @property
    def note(self) -> str:
        """Return in a sentence what is called."""
        hosts = sorted({urlsplit(each.url).hostname or "" for each in self._file.tools.values()})
        return f"Real systems are called, on {', '.join(hosts)}; what is written there is written."

    def open(self, program: Program, interaction: str) -> HttpConversation:
        """Return the systems of one conversation."""
        return HttpConversation(self._file, program, interaction)

    def begin_turn(self, systems: object, turn: int) -> None:
        """Let the next calls carry this turn's number."""
        assert isinstance(systems, HttpConversation)
        systems.turn = turn

    def missing(self, agent: Agent) -> tuple[str, ...]:
        """Return the tools of an agent that no endpoint is mapped for."""
        return tuple(tool.name for tool in agent.tools if tool.name not in self._file.tools)


def _post(url: SplitResult, body: bytes, headers: Mapping[str, str], seconds: float) -> tuple[int, bytes]:
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname or "", url.port, timeout=seconds)
    path, until = url.path or "/", time.monotonic() + seconds
    try:
        connection.request("POST", f"{path}?{url.query}" if url.query else path, body, dict(headers))
        answer = connection.getresponse()
        data = bytearray()
        while len(data) <= LARGEST_REPLY and (piece := answer.read1(65_536)):
            data += piece
            if time.monotonic() > until:
                raise TimeoutError
        return answer.status, bytes(data)
    except TimeoutError as error:
        raise ToolFailed("timeout") from error
    except (OSError, http.client.HTTPException) as error:
        raise ToolFailed("error") from error
    finally:
        connection.close()


def _reply(status: int, data: bytes) -> dict[str, Json]:
    if status in _REFUSALS:
        raise ToolFailed("refused")
    if status != http.client.OK or len(data) > LARGEST_REPLY:
        raise ToolFailed("error")
    try:
        tree = parse(data, "The reply")
    except (StudioError, json.JSONDecodeError) as error:
        raise ToolFailed("error") from error
    if not isinstance(tree, dict):
        raise ToolFailed("error")
    return tree
