"""What an attempt's outcome means: when to try again, and the sentence where there is no use in it.

- Tried again, after a pause that grows and is never quite the same: too many requests, faults of the server,
  silence, a cut stream, no connection. A server that names a pause (`Retry-After`) gets it, within a bound.
- What the server said comes scrubbed from the worker, in one line.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from studio.domain.model import FailureKind, ModelFailure

Event = dict[str, Any]
_AGAIN = frozenset({408, 409, 425, 429, *range(500, 600)}) - {501, 505}
_ATTEMPTS = {"timeout": 2, "unreachable": 3}


@dataclass(frozen=True, slots=True)
class Retries:
    """How patient a run is: attempts in all, the first pause, the longest pause of its own and on request."""

    attempts: int = 4
    first: float = 0.5
    longest: float = 20.0
    longest_asked: float = 60.0


def is_worth_trying(event: Event) -> bool:
    """Return whether another attempt at the same request may succeed."""
    if event["event"] != "failed":
        return False
    if event["kind"] == "status":
        return event.get("status") in _AGAIN
    return event["kind"] in ("timeout", "cut", "unreachable")


def pause(event: Event, attempt: int, retries: Retries, chance: Callable[[], float]) -> float | None:
    """Return the seconds to wait after a failed attempt (1 is the first), or None to give up."""
    if not is_worth_trying(event) or attempt >= min(retries.attempts, _ATTEMPTS.get(event["kind"], 99)):
        return None
    own = min(retries.longest, retries.first * float(2 ** (attempt - 1))) * (0.5 + 0.5 * chance())
    asked = asked_pause(event.get("retry_after"))
    if asked is None:
        return own
    return None if asked > retries.longest_asked else asked + own * 0.2


def asked_pause(header: object, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks for (a number or a date), or None."""
    if not isinstance(header, str):
        return None
    seconds: float
    try:
        seconds = float(header)
    except ValueError:
        try:
            at = parsedate_to_datetime(header)
        except ValueError:
            return None
        moment = now or datetime.now(UTC if at.tzinfo else None)
        seconds = (at - moment).total_seconds()
    return None if math.isnan(seconds) else max(0.0, seconds)


def failure(event: Event, model: str, destination: str) -> ModelFailure:
    """Return the failure that an event means."""
    if event["event"] == "gone":
        return _of("broken", "The process that talks to the language model ended unexpectedly.", "Run again.")
    if event["event"] == "unusable":
        return not_installed(event.get("why", ""))
    kind = event["kind"]
    if kind == "status":
        return _status(event, model, destination)
    if kind == "unknown" or kind not in _SENTENCES:
        return _of("broken", f"Asking {model} failed: {_said(event)}", "Test the connection under Settings.")
    failure_kind, what, todo = _SENTENCES[kind]
    return _of(failure_kind, what.format(model=model, destination=destination), todo)


_SENTENCES: dict[str, tuple[FailureKind, str, str]] = {
    "unreachable": (
        "unreachable",
        "{destination} cannot be reached.",
        "Check the address, the network, and whether the server runs.",
    ),
    "timeout": ("timeout", "{destination} did not answer in time.", "Try later, or allow more seconds."),
    "cut": ("broken", "The answer of {model} broke off in the middle, several times.", "Try later."),
    "huge": ("broken", "The answer of {model} grew beyond every measure and was stopped.", "Try again."),
    "length": (
        "broken",
        "The answer of {model} was longer than it may be and was cut off.",
        "Ask for less at once, or choose a model that allows longer answers.",
    ),
    "content": ("refused", "{model} refuses to answer this for reasons of content.", "Ask otherwise."),
    "too long": (
        "refused",
        "The text is too long for {model}.",
        "Choose a model that takes longer texts, or send less.",
    ),
}


def _status(event: Event, model: str, destination: str) -> ModelFailure:
    status, said = event.get("status"), _said(event)
    if status == 429:
        asked = asked_pause(event.get("retry_after"))
        wait = f" It asks to wait {asked:.0f} seconds." if asked else ""
        return _of("busy", f"{destination} is busy or your quota is used up.{wait}", "Try later.")
    if status in (401, 403):
        return _of("refused", f"{destination} does not accept the key: {said}", "Set the key anew.")
    if status == 404:
        return _of("refused", f"{destination} does not know {model}: {said}", "Check name and address.")
    if status in _AGAIN:
        return _of("unreachable", f"{destination} has a fault ({status}): {said}", "Try later.")
    return _of("refused", f"{destination} refused the question ({status}): {said}", "Test the connection.")


def _said(event: Event) -> str:
    said = str(event.get("said") or "no reason was given")
    return said if said.endswith((".", "…", "!", "?")) else f"{said}."


def not_installed(why: str = "") -> ModelFailure:
    """Return the failure of a computer without the client library."""
    reason = f" ({why})" if why else ""
    return _of(
        "unreachable",
        f"The part that talks to language models is not installed, or does not start{reason}.",
        "Install it: pip install 'cobuilder-studio[model]', in a checkout .venv/bin/pip install -r "
        "packaging/model.lock. Everything else works without.",
    )


def _of(kind: FailureKind, what: str, todo: str) -> ModelFailure:
    return ModelFailure(kind=kind, sentence=what, advice=todo)
