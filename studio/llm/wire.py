"""The short way to a server that speaks as OpenAI does: litellm shapes the question, aiohttp carries it.

- Only for a server whose address the settings name. The whole way through litellm costs ten times the
  processor time of the talk itself, which many questions at once cannot afford; providers still go that way.
- What is sent is what litellm would send: it resolves the provider and maps the options, once for each form.
  What a refusal means is litellm's word, too. Proxies and certificates are those of the system.
- What is the same for thousands of questions (provider, options, proxy) is found out once for each form.
- Runs in the worker process only; nothing here is imported before a call needs it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

Call = dict[str, Any]
Tell = Callable[[dict[str, Any]], None]

_SPOKEN = frozenset({"openai", "custom_openai", "hosted_vllm", "lm_studio"})
"""The providers of litellm whose wire is OpenAI's own, without a detour."""
_TOTAL = 10  # times the patience: the longest that one answer may take
_TOLD_EVERY = 200  # characters between two reports of how far an answer is
_KEPT_OPEN = 4.0  # seconds; common servers close what is idle after five
_LARGEST_LINE = 4_000_000
_LARGEST_REFUSAL = 65_536
_NOT_SENT = ("model", "messages", "api_base", "api_key")
_FORMS = 64  # kinds of questions of which what they have in common is kept


@dataclass(slots=True)
class Heard:
    """What of an answer has arrived: its text, why it ended, and what it used."""

    parts: list[str] = field(default_factory=list)
    characters: int = 0
    finish: str | None = None
    usage: dict[str, Any] = field(default_factory=dict)


class _Refused(Exception):
    """A server answered with an error; carries what litellm needs to say which."""

    def __init__(self, status: int, text: str, headers: dict[str, str]) -> None:
        super().__init__(text)
        self.status_code, self.message, self.headers = status, text, headers
        self.litellm_response_headers = headers


@lru_cache(maxsize=256)
def provider_of(model: str) -> tuple[str, str] | None:
    """Return the model's name on the wire and its provider, or None where it must go the long way."""
    import litellm

    try:
        name, provider, _, _ = litellm.get_llm_provider(model)
    except Exception:  # an unknown provider: the long way says so in its own words
        return None
    return (name, provider) if provider in _SPOKEN else None


def is_short(call: Call) -> bool:
    """Return whether a call can go the short way."""
    return bool(call["own_server"]) and provider_of(call["arguments"]["model"]) is not None


@lru_cache(maxsize=_FORMS)
def _beginning(form: str) -> str:
    """Return what is sent before the messages: the name and the options as litellm sends them."""
    from litellm.utils import get_optional_params

    arguments = json.loads(form)["arguments"]
    spoken = provider_of(arguments["model"])
    assert spoken is not None
    name, provider = spoken
    wanted = {key: value for key, value in arguments.items() if key not in _NOT_SENT}
    found: dict[str, Any] = dict(
        get_optional_params(model=name, custom_llm_provider=provider, stream=True, **wanted)
    )
    more = found.pop("extra_body", None) or {}
    options = {key: value for key, value in {**found, **more}.items() if value is not None}
    return json.dumps({"model": name, **options})[:-1]


def body_of(call: Call) -> bytes:
    """Return what is sent."""
    return f'{_beginning(call["form"])}, "messages": {json.dumps(call["arguments"]["messages"])}}}'.encode()


@lru_cache(maxsize=_FORMS)
def _proxy_for(address: str) -> Any:
    """Return the proxy that the environment names for an address and its login, or two times None."""
    from aiohttp.helpers import get_env_proxy_for_url
    from yarl import URL

    try:
        return get_env_proxy_for_url(URL(address))
    except LookupError:
        return None, None


class Wire:
    """The open connections of the worker process."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._session: Any = None

    def _open(self) -> Any:
        if self._session is None:
            import aiohttp
            from litellm.llms.custom_httpx.http_handler import get_ssl_configuration

            certificates: Any = get_ssl_configuration()
            connector = aiohttp.TCPConnector(limit=0, ssl=certificates, keepalive_timeout=_KEPT_OPEN)
            # Cookies are nobody's wish, and what the environment says is asked once, not with every question.
            self._session = aiohttp.ClientSession(
                connector=connector, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def attempt(self, call: Call, tell: Tell) -> Heard | None:
        """Make one call; None says that the answer grew beyond every measure. Errors are raised."""
        import aiohttp

        arguments, patience = call["arguments"], call["patience"]
        headers = {"content-type": "application/json", "authorization": f"Bearer {arguments['api_key']}"}
        # Silence is bounded, and the whole; a long answer that keeps coming is none.
        limits = aiohttp.ClientTimeout(total=patience * _TOTAL, sock_connect=patience, sock_read=patience)
        address = f"{arguments['api_base'].rstrip('/')}/chat/completions"
        proxy, login = _proxy_for(address)
        async with self._open().post(
            address,
            data=body_of(call),
            headers=headers,
            timeout=limits,
            allow_redirects=False,
            proxy=proxy,
            proxy_auth=login,
        ) as response:
            if response.status != 200:
                said = await response.content.read(_LARGEST_REFUSAL)
                _raise(call, response.status, said, {k.lower(): v for k, v in response.headers.items()})
            return await _hear(response.content.readany, call, tell)

    async def close(self) -> None:
        """Close what is open."""
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _hear(read: Callable[[], Awaitable[bytes]], call: Call, tell: Tell) -> Heard | None:
    heard, rest, told = Heard(), b"", 0
    while piece := await read():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                _take(line[5:].strip(), heard, call)
        if heard.characters > call["most_characters"] or len(rest) > _LARGEST_LINE:
            return None
        if heard.finish is None and (heard.characters - told >= _TOLD_EVERY or (not told and heard.parts)):
            told = heard.characters
            tell({"event": "moved", "characters": told})
    if rest.startswith(b"data:"):
        _take(rest[5:].strip(), heard, call)
    return heard


def _take(data: bytes, heard: Heard, call: Call) -> None:
    if not data or data == b"[DONE]":
        return
    event = json.loads(data)
    if not isinstance(event, dict):
        return
    if event.get("error"):
        wrong = event["error"]
        code = wrong.get("code") if isinstance(wrong, dict) else None
        _raise(call, code if isinstance(code, int) else 500, data, {})
    if isinstance(usage := event.get("usage"), dict):
        heard.usage = usage
    for choice in (event.get("choices") or ())[:1]:
        text = (choice.get("delta") or {}).get("content")
        if isinstance(text, str) and text:
            heard.parts.append(text)
            heard.characters += len(text)
        heard.finish = choice.get("finish_reason") or heard.finish


def _raise(call: Call, status: int, said: bytes, headers: dict[str, str]) -> None:
    """Raise what a refusal means, in litellm's classes; always raises."""
    from litellm import exception_type

    found = provider_of(call["arguments"]["model"])
    assert found is not None
    refused = _Refused(status, _words(said), headers)
    exception_type(model=found[0], original_exception=refused, custom_llm_provider=found[1])
    raise refused


def _words(said: bytes) -> str:
    text = said.decode("utf-8", "replace")
    try:
        told = json.loads(text)
    except ValueError:
        return text
    error = told.get("error") if isinstance(told, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    return str(message) if message else text
