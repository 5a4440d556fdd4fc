"""The language model of a provider or of an own server, asked through the worker process.

- Several questions are under way at once; each attempt is set aside in the budget before it begins.
- The form of an answer is asked for as a JSON schema; a server that takes none gets it in words, and is
  remembered. An answer that does not fit is asked for once more, with the fault named.
- The loop looks at `progress` every 50 ms: who asks to stop is heard at once, and what is under way ends.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from typing import Any

from studio.domain.model import ModelFailure, ModelMessage, ModelReply, ModelRequest, ModelUse
from studio.llm.answers import MOST_CHARACTERS, Unfit, fit, unfit_failure
from studio.llm.budget import UNKNOWN_PRICE, Budget
from studio.llm.destinations import destination_of
from studio.llm.failures import Event, Retries, failure, not_installed, pause
from studio.llm.keys import KeyMissing
from studio.llm.process import Inbox, ModelProcess, client_is_installed
from studio.llm.scripted import request_tokens, spent, tokens_of
from studio.ports import Progress
from studio.settings import ModelSettings

HEARTBEAT = 0.05
"""Seconds between two looks at whether the user asked to stop."""

_CHARACTERS_A_TOKEN = 4
Outcome = ModelReply | ModelFailure


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt at one of the requests: which, in what form, the how-manieth, and not before when."""

    place: int
    request: ModelRequest
    plain: bool = False
    number: int = 1
    mended: bool = False
    not_before: float = 0.0
    began: float = 0.0


class LiteLLMModel:
    """Asks one model; a run has one of its own, with its own budget."""

    def __init__(
        self,
        process: ModelProcess,
        settings: ModelSettings,
        key: Callable[[], str | None],
        retries: Retries | None = None,
    ) -> None:
        """Take the process, what was chosen, and how to find the key; nothing starts yet."""
        self.process, self.settings, self.retries = process, settings, retries or Retries()
        self.budget = Budget(settings.most_tokens, settings.most_money)
        self._key = key
        self._used = ModelUse(model=self.name, destination=self.destination)

    @property
    def name(self) -> str:
        """Return the model's name, with its provider."""
        return self.settings.name

    @property
    def destination(self) -> str:
        """Return where the text goes."""
        return destination_of(self.settings)

    @property
    def used(self) -> ModelUse:
        """Return what was used so far."""
        return self._used

    def ask(self, requests: Sequence[ModelRequest], progress: Progress) -> tuple[Outcome, ...]:
        """Return one reply or failure for each request, in order."""
        if not client_is_installed():
            return (not_installed(),) * len(requests)
        try:
            key = self._key()
        except KeyMissing as missing:
            return (missing.failure,) * len(requests)
        run = _Run(self, requests, key)
        try:
            return run.to_its_end(progress)
        finally:
            run.stop()

    def note(self, reply: ModelReply) -> None:
        """Add what an attempt used."""
        self._used = spent(self._used, reply)


@dataclass
class _Run:
    """The questions of one `ask`, from the first attempt to the last outcome."""

    model: LiteLLMModel
    requests: Sequence[ModelRequest]
    key: str | None
    inbox: Inbox = field(default_factory=SimpleQueue)
    waiting: list[_Attempt] = field(default_factory=list)
    flying: dict[int, _Attempt] = field(default_factory=dict)
    arrived: dict[int, int] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    shown: float = 0.0
    remark: str = ""

    def to_its_end(self, progress: Progress) -> tuple[Outcome, ...]:
        """Ask everything; progress may raise."""
        self.waiting = [_Attempt(place, request) for place, request in enumerate(self.requests)]
        self._report(progress)
        if self.model.budget.most_money and not self._know_the_price(progress):
            return (UNKNOWN_PRICE,) * len(self.requests)
        while len(self.outcomes) < len(self.requests):
            self._launch()
            self._hear()
            self._report(progress)
        return tuple(self.outcomes[place] for place in range(len(self.requests)))

    def stop(self) -> None:
        """Stop what is under way, and count what it may have used."""
        self.model.process.cancel(list(self.flying))
        for number, attempt in self.flying.items():
            self._count(number, attempt, None)
        self.flying.clear()

    def _know_the_price(self, progress: Progress) -> bool:
        if self.model.settings.address:
            return False
        number = self.model.process.send({"do": "price", "model": self.model.name}, self.inbox)
        while True:
            self._report(progress)
            event = self._next()
            if event is not None and event["id"] == number:
                each = event.get("price")
                self.model.budget.price = (each[0], each[1]) if each else None
                return bool(each)

    def _launch(self) -> None:
        now = time.monotonic()
        for attempt in [each for each in self.waiting if each.not_before <= now]:
            if len(self.flying) >= self.model.settings.in_flight:
                return
            if not self.model.budget.set_aside((attempt.place, attempt.number), attempt.request):
                if self.flying:  # what is under way may use less than was set aside for it
                    return
                self.waiting.remove(attempt)
                self.outcomes[attempt.place] = self.model.budget.failure()
                continue
            self.waiting.remove(attempt)
            plain = (
                attempt.plain or (self.model.name, self.model.settings.address) in self.model.process.plain
            )
            message = {"do": "call", "call": self._call(attempt.request, plain)}
            number = self.model.process.send(message, self.inbox)
            self.flying[number] = replace(attempt, plain=plain, began=now)

    def _call(self, request: ModelRequest, plain: bool) -> dict[str, Any]:
        settings = self.model.settings
        arguments: dict[str, Any] = {
            "model": settings.name,
            "messages": [{"role": m.role, "content": m.text} for m in _messages(request, plain)],
            "max_tokens": request.most_tokens,
        }
        if not plain:
            arguments |= {"temperature": request.temperature, "stream_options": {"include_usage": True}}
            if request.answer_schema is not None:
                form = {"name": request.answer_name, "schema": request.answer_schema}
                arguments["response_format"] = {"type": "json_schema", "json_schema": form}
        if settings.address:
            # Without a key of its own a server gets none: never the one that lies around for another.
            arguments |= {"api_base": settings.address, "api_key": self.key or "none"}
        elif self.key:
            arguments["api_key"] = self.key
        return {
            "arguments": arguments,
            "patience": settings.patience,
            "most_characters": min(MOST_CHARACTERS, 1000 + 16 * request.most_tokens),
            "own_server": bool(settings.address),
        }

    def _next(self) -> Event | None:
        try:
            return self.inbox.get(timeout=HEARTBEAT)
        except Empty:
            return None

    def _hear(self) -> None:
        event = self._next()
        while event is not None:
            self._take(event)
            event = None if self.inbox.empty() else self.inbox.get()

    def _take(self, event: Event) -> None:
        number = event["id"]
        if number not in self.flying:
            return
        if event["event"] == "moved":
            self.arrived[number] = event["characters"]
            return
        attempt = self.flying.pop(number)
        self._count(number, attempt, event)
        self.arrived.pop(number, None)
        if event["event"] == "done":
            self._judge(attempt, event)
        else:
            self._try_again_or_fail(attempt, event)

    def _count(self, number: int, attempt: _Attempt, event: Event | None) -> None:
        if event is not None and event["event"] == "done":
            sent, received, cost = event["input"], event["output"], event["cost"]
        elif event is not None and event.get("kind") in ("unreachable", "status"):
            sent = received = 0  # a server that refused took nothing
            cost = 0.0
        else:
            sent, cost = request_tokens(attempt.request), None
            received = (event or {}).get("characters", self.arrived.get(number, 0)) // _CHARACTERS_A_TOKEN
        self.model.budget.settle((attempt.place, attempt.number), sent, received)
        self.model.note(
            ModelReply(text="", model=self.model.name, input_tokens=sent, output_tokens=received, cost=cost)
        )

    def _judge(self, attempt: _Attempt, event: Event) -> None:
        if attempt.plain:
            self.model.process.plain.add((self.model.name, self.model.settings.address))
        finish = event["finish"]
        if finish in ("length", "content_filter"):
            kind = "length" if finish == "length" else "content"
            self._fail(attempt, {"event": "failed", "kind": kind})
            return
        try:
            text = fit(attempt.request, event["text"])
        except Unfit as why:
            self._mend_or_fail(attempt, event["text"], str(why))
            return
        self.outcomes[attempt.place] = ModelReply(
            text=text,
            model=self.model.name,
            input_tokens=event["input"],
            output_tokens=event["output"],
            cost=event["cost"],
            seconds=round(time.monotonic() - attempt.began, 3),
        )

    def _mend_or_fail(self, attempt: _Attempt, text: str, why: str) -> None:
        if attempt.mended or not text.strip() or tokens_of(text) > attempt.request.most_tokens:
            self.outcomes[attempt.place] = unfit_failure(self.model.name, why)
            return
        again = f"That answer cannot be used: {why}. Answer again, with nothing but the JSON value."
        messages = (
            *self.requests[attempt.place].messages,
            ModelMessage(role="assistant", text=text),
            ModelMessage(role="user", text=again),
        )
        request = attempt.request.model_copy(update={"messages": messages})
        self.waiting.append(replace(attempt, request=request, number=attempt.number + 1, mended=True))

    def _try_again_or_fail(self, attempt: _Attempt, event: Event) -> None:
        if event.get("status") in (400, 404, 415, 422) and not attempt.plain:
            # Perhaps it takes no schema, no temperature, no options of a stream: once without all of them.
            self.waiting.append(replace(attempt, plain=True, number=attempt.number + 1))
            return
        seconds = pause(event, attempt.number, self.model.retries, random.random)
        if seconds is None:
            self._fail(attempt, event)
            return
        self.remark = f"trying again in {seconds:.0f} s" if seconds >= 1 else ""
        again = replace(attempt, number=attempt.number + 1, not_before=time.monotonic() + seconds)
        self.waiting.append(again)

    def _fail(self, attempt: _Attempt, event: Event) -> None:
        self.outcomes[attempt.place] = failure(event, self.model.name, self.model.destination)

    def _report(self, progress: Progress) -> None:
        done = float(len(self.outcomes))
        for number, attempt in self.flying.items():
            most = attempt.request.most_tokens * _CHARACTERS_A_TOKEN
            done += min(0.95, self.arrived.get(number, 0) / most)
        self.shown = max(self.shown, done / max(1, len(self.requests)))
        limit = f" of {self.model.budget.most_tokens:,}" if self.model.budget.most_tokens else ""
        used = f"{self.model.budget.tokens:,}{limit} tokens"
        words = f"{len(self.outcomes)} of {len(self.requests)} answers, {used}"
        remark = "starting" if self.flying and not self.model.process.ready else self.remark
        told = remark == "starting" or (remark and self.waiting)
        progress(self.shown, f"{words}, {remark}" if told else words)


def _messages(request: ModelRequest, plain: bool) -> tuple[ModelMessage, ...]:
    if request.answer_schema is None or not plain:
        return request.messages
    schema = json.dumps(request.answer_schema, ensure_ascii=False)
    words = (
        "Answer with one JSON value and nothing else: no words before or after it, no code fence. "
        f"It must have the form of this JSON Schema:\n{schema}"
    )
    return (*request.messages, ModelMessage(role="user", text=words))
