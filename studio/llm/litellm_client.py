"""The language model of a provider or of an own server, asked through the worker process.

- Several questions are under way at once, and what follows from an answer takes the place that it left; each
  attempt is set aside in the budget before it begins.
- The form of an answer is asked for as a JSON schema; a server that takes none gets it in words, and is
  remembered. An answer that does not fit is asked for once more, with the fault named.
- The loop looks at `progress` every 50 ms: who asks to stop is heard at once, and what is under way ends.
"""

from __future__ import annotations

import json
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import inf
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
from studio.running import Answered, Outcome, Question
from studio.settings import ModelSettings

HEARTBEAT = 0.05
"""Seconds between two looks at whether the user asked to stop."""

_CHARACTERS_A_TOKEN = 4
_SENT_AT_ONCE = 8
"""Questions in one message to the worker process."""
_LOOKED_AT = 4
"""Answers that are looked at before there is another look for free places, and at whether to stop."""


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
        self._destination = destination_of(settings)
        self._used = ModelUse(model=self.name, destination=self.destination)

    @property
    def name(self) -> str:
        """Return the model's name, with its provider."""
        return self.settings.name

    @property
    def destination(self) -> str:
        """Return where the text goes."""
        return self._destination

    @property
    def used(self) -> ModelUse:
        """Return what was used so far."""
        return self._used

    def ask(self, requests: Sequence[ModelRequest], progress: Progress) -> tuple[Outcome, ...]:
        """Return one reply or failure for each request, in order."""
        outcomes: dict[int, Outcome] = {}

        def answered(place: int, outcome: Outcome) -> tuple[Question, ...]:
            outcomes[place] = outcome
            return ()

        self._run(_Run(self, iter(enumerate(requests)), answered, len(requests)), progress)
        return tuple(outcomes[place] for place in range(len(requests)))

    def flow(self, questions: Iterable[Question], answered: Answered, progress: Progress) -> None:
        """Ask questions and what follows from them; how far it is only its caller knows."""
        self._run(_Run(self, iter(questions), answered), progress)

    def _run(self, run: _Run, progress: Progress) -> None:
        if not client_is_installed():
            run.end_with(not_installed())
            return
        try:
            run.key = self._key()
        except KeyMissing as missing:
            run.end_with(missing.failure)
            return
        try:
            run.to_its_end(progress)
        finally:
            run.stop()

    def note(self, reply: ModelReply) -> None:
        """Add what an attempt used."""
        self._used = spent(self._used, reply)


@dataclass
class _Run:
    """Questions and what follows from them, from the first attempt to the last outcome."""

    model: LiteLLMModel
    questions: Iterator[Question]
    answered: Answered
    total: int = 0
    key: str | None = None
    inbox: Inbox = field(default_factory=SimpleQueue)
    waiting: deque[_Attempt] = field(default_factory=deque)
    later: list[_Attempt] = field(default_factory=list)
    held: _Attempt | None = None  # what the budget has no room for at the moment
    flying: dict[int, _Attempt] = field(default_factory=dict)
    arrived: dict[int, int] = field(default_factory=dict)
    heard: deque[tuple[_Attempt, Event, float]] = field(default_factory=deque)
    done: int = 0
    shown: float = 0.0
    remark: str = ""

    def to_its_end(self, progress: Progress) -> None:
        """Ask everything; progress may raise."""
        self._report(progress)
        if self.model.budget.most_money and not self._know_the_price(progress):
            self.end_with(UNKNOWN_PRICE)
            return
        self._launch()
        while self.flying or self.heard or self.later:
            self._hear()
            self._launch()  # before what was heard is looked at: nobody waits for that
            for _ in range(min(_LOOKED_AT, len(self.heard))):
                self._look_at(*self.heard.popleft())
            self._launch()
            self._report(progress)

    def end_with(self, failure: ModelFailure) -> None:
        """Give one failure as the outcome of everything."""
        while (attempt := self._next_attempt()) is not None:
            self._settle(attempt.place, failure)

    def stop(self) -> None:
        """Stop what is under way, and count what it may have used."""
        self.model.process.cancel(list(self.flying))
        for number, attempt in self.flying.items():
            self._count(number, attempt, None)
        self.flying.clear()

    def _know_the_price(self, progress: Progress) -> bool:
        if self.model.settings.address:
            return False
        asks = {"do": "price", "model": self.model.name}
        (number,) = self.model.process.send([asks], self.inbox)
        while True:
            self._report(progress)
            event = self._next()
            if event is not None and event["id"] == number:
                each = event.get("price")
                self.model.budget.price = (each[0], each[1]) if each else None
                return bool(each)

    def _launch(self) -> None:
        """Send as much as there is room for, some at a time: nothing waits until all of it is made ready."""
        while going := self._ready():
            calls = [self._message(attempt) for attempt in going]
            self.flying.update(zip(self.model.process.send(calls, self.inbox), going, strict=True))

    def _ready(self) -> list[_Attempt]:
        """Return some attempts for which there is room, set aside in the budget."""
        now, settings = time.monotonic(), self.model.settings
        room = min(_SENT_AT_ONCE, settings.in_flight - len(self.flying))
        going: list[_Attempt] = []
        while len(going) < room and (attempt := self._next_attempt(now)) is not None:
            if not self.model.budget.set_aside((attempt.place, attempt.number), attempt.request):
                if self.flying or going:  # what is under way may use less than was set aside for it
                    self.held = attempt
                    break
                self._settle(attempt.place, self.model.budget.failure())
                continue
            plain = attempt.plain or (self.model.name, settings.address) in self.model.process.plain
            going.append(replace(attempt, plain=plain, began=now))
        return going

    def _next_attempt(self, now: float = inf) -> _Attempt | None:
        """Return what is to be asked next: what is new, what follows or was tried, what had to pause."""
        if self.held is not None:
            attempt, self.held = self.held, None
            return attempt
        if (fresh := next(self.questions, None)) is not None:
            return _Attempt(*fresh)
        if self.later:
            self.waiting += [each for each in self.later if each.not_before <= now]
            self.later = [each for each in self.later if each.not_before > now]
        return self.waiting.popleft() if self.waiting else None

    def _settle(self, place: int, outcome: Outcome) -> None:
        """Give an outcome to who asked, and take what is asked next."""
        self.done += 1
        self.waiting += [_Attempt(*follows) for follows in self.answered(place, outcome)]

    def _message(self, attempt: _Attempt) -> dict[str, Any]:
        request, settings = attempt.request, self.model.settings
        schema = None if attempt.plain or request.answer_schema is None else json.dumps(request.answer_schema)
        # Without a key of its own a server gets none: never the one that lies around for another.
        return {
            "do": "call",
            "form": _form(
                settings.name,
                settings.address,
                settings.patience,
                request.most_tokens,
                None if attempt.plain else request.temperature,
                request.answer_name,
                schema,
            ),
            "key": self.key or ("none" if settings.address else None),
            "messages": [{"role": m.role, "content": m.text} for m in _messages(request, attempt.plain)],
        }

    def _next(self) -> Event | None:
        try:
            return self.inbox.get(timeout=HEARTBEAT)
        except Empty:
            return None

    def _hear(self) -> None:
        event = None if self.heard and self.inbox.empty() else self._next()
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
        self.heard.append((attempt, event, time.monotonic()))

    def _look_at(self, attempt: _Attempt, event: Event, arrived: float) -> None:
        if event["event"] == "done":
            self._judge(attempt, event, round(arrived - attempt.began, 3))
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

    def _judge(self, attempt: _Attempt, event: Event, seconds: float) -> None:
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
        reply = ModelReply(
            text=text,
            model=self.model.name,
            input_tokens=event["input"],
            output_tokens=event["output"],
            cost=event["cost"],
            seconds=seconds,
        )
        self._settle(attempt.place, reply)

    def _mend_or_fail(self, attempt: _Attempt, text: str, why: str) -> None:
        if attempt.mended or not text.strip() or tokens_of(text) > attempt.request.most_tokens:
            self._settle(attempt.place, unfit_failure(self.model.name, why))
            return
        again = f"That answer cannot be used: {why}. Answer again, with nothing but the JSON value."
        messages = (
            *attempt.request.messages,
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
        self.later.append(again)

    def _fail(self, attempt: _Attempt, event: Event) -> None:
        self._settle(attempt.place, failure(event, self.model.name, self.model.destination))

    def _report(self, progress: Progress) -> None:
        done = float(self.done)
        for number, characters in self.arrived.items():
            done += min(0.95, characters / (self.flying[number].request.most_tokens * _CHARACTERS_A_TOKEN))
        if self.total:
            self.shown = max(self.shown, done / self.total)
        limit = f" of {self.model.budget.most_tokens:,}" if self.model.budget.most_tokens else ""
        used = f"{self.model.budget.tokens:,}{limit} tokens"
        words = f"{self.done}{f' of {self.total}' if self.total else ''} answers, {used}"
        remark = "starting" if self.flying and not self.model.process.ready else self.remark
        told = remark == "starting" or (remark and self.later)
        progress(self.shown, f"{words}, {remark}" if told else words)


@lru_cache(maxsize=64)
def _form(
    name: str,
    address: str,
    patience: float,
    most_tokens: int,
    temperature: float | None,
    answer_name: str,
    schema: str | None,
) -> str:
    """Return what thousands of calls have in common; without a temperature it is asked in plain words."""
    arguments: dict[str, Any] = {"model": name, "max_tokens": most_tokens}
    if temperature is not None:
        arguments |= {"temperature": temperature, "stream_options": {"include_usage": True}}
    if schema is not None:
        form = {"name": answer_name, "schema": json.loads(schema)}
        arguments["response_format"] = {"type": "json_schema", "json_schema": form}
    if address:
        arguments["api_base"] = address
    return json.dumps(
        {
            "arguments": arguments,
            "patience": patience,
            "most_characters": min(MOST_CHARACTERS, 1000 + 16 * most_tokens),
            "own_server": bool(address),
        }
    )


def _messages(request: ModelRequest, plain: bool) -> tuple[ModelMessage, ...]:
    if request.answer_schema is None or not plain:
        return request.messages
    schema = json.dumps(request.answer_schema, ensure_ascii=False)
    words = (
        "Answer with one JSON value and nothing else: no words before or after it, no code fence. "
        f"It must have the form of this JSON Schema:\n{schema}"
    )
    return (*request.messages, ModelMessage(role="user", text=words))
