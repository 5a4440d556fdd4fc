"""The worker process as this process holds it: started when needed, heard by a thread, ended with us.

- Every call has a number; what comes back is put into the queue of whoever made it.
- A process that dies is noticed at once: all its calls hear `gone`. The next call starts another one.
- Messages are JSON, bounded in size: what a server can influence is never unpickled here. They travel in
  lists, because waking the other process costs more than a question.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from typing import Any

from studio.llm.worker import serve

Message = dict[str, Any]
Inbox = SimpleQueue[Message]
_LARGEST_MESSAGE = 50_000_000
_SECONDS_TO_END = 1.0


def client_is_installed() -> bool:
    """Return whether the library that speaks to language models is there; it is not imported."""
    return find_spec("litellm") is not None


class _Life:
    """One process from start to end."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(
            target=serve, args=(theirs,), name="language model worker", daemon=True
        )
        self.process.start()
        theirs.close()
        self.ready = False
        self.ended = False
        self.calls: dict[int, Inbox] = {}


class ModelProcess:
    """The process that talks to language models."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._life: _Life | None = None
        self._listener: threading.Thread | None = None
        self.plain: set[tuple[str, str]] = set()
        """Models and addresses that are known to take questions in words only: no schema, no options."""

    @property
    def ready(self) -> bool:
        """Return whether it runs and has imported what it needs."""
        life = self._life
        return life is not None and life.ready and not life.ended

    @property
    def number(self) -> int | None:
        """Return the process's number, or None while there is none."""
        life = self._life
        return None if life is None or life.ended else life.process.pid

    def send(self, messages: Sequence[Message], inbox: Inbox) -> list[int]:
        """Hand over messages, and return their numbers; answers come into the inbox. Starts the process."""
        with self._lock:
            life = self._alive()
            numbers = [next(self._numbers) for _ in messages]
            life.calls.update(dict.fromkeys(numbers, inbox))
            try:
                _put(life, [{**each, "id": number} for number, each in zip(numbers, messages, strict=True)])
            except OSError:  # it died just now; the listener may have passed already
                for number in numbers:
                    if life.calls.pop(number, None) is not None:
                        inbox.put({"event": "gone", "id": number, "code": None})
            return numbers

    def cancel(self, numbers: list[int]) -> None:
        """Stop calls; nothing of them is heard any more. A process that is not ready yet is ended."""
        with self._lock:
            life = self._life
            if life is None or life.ended:
                return
            mine = [number for number in numbers if life.calls.pop(number, None) is not None]
            if mine and not life.ready and not life.calls:
                life.process.kill()
            with contextlib.suppress(OSError):
                _put(life, [{"do": "cancel", "id": number} for number in mine])

    def close(self) -> None:
        """End the process and the thread that hears it."""
        with self._lock:
            life, listener = self._life, self._listener
            self._life = self._listener = None
        if life is None:
            return
        # Only the listener waits for the process: two that wait for one child confuse each other.
        life.process.terminate()
        if listener is not None:
            listener.join(_SECONDS_TO_END)
            if listener.is_alive():
                life.process.kill()
                listener.join()
        life.process.close()

    def _alive(self) -> _Life:
        if self._life is not None and self._life.ended:
            if self._listener is not None:
                self._listener.join()
            self._life = None
        if self._life is None:
            self._life = _Life()
            self._listener = threading.Thread(
                target=self._listen, args=(self._life,), name="language model listener", daemon=True
            )
            self._listener.start()
        return self._life

    def _listen(self, life: _Life) -> None:
        while (messages := _next(life.pipe)) is not None:
            if messages[0]["event"] == "ready":
                life.ready = True
            elif messages[0]["event"] == "unusable":
                self._tell_all(life, messages[0])
            else:
                self._deliver(life, messages)
        life.process.kill()  # where it talks nonsense, it still runs
        life.process.join()
        life.ended = True
        self._tell_all(life, {"event": "gone", "code": life.process.exitcode})
        life.pipe.close()

    def _deliver(self, life: _Life, messages: list[Message]) -> None:
        with self._lock:
            for message in messages:
                inbox = life.calls.get(message["id"])
                if message["event"] != "moved":
                    life.calls.pop(message["id"], None)
                if inbox is not None:
                    inbox.put(message)

    def _tell_all(self, life: _Life, message: Message) -> None:
        with self._lock:
            calls, life.calls = life.calls, {}
        for number, inbox in calls.items():
            inbox.put({**message, "id": number})


def _put(life: _Life, messages: list[Message]) -> None:
    if messages:
        life.pipe.send_bytes(json.dumps(messages).encode())


def _next(pipe: Connection) -> list[Message] | None:
    """Return the next messages, at least one; None at the end, and where it is nonsense."""
    try:
        found = json.loads(pipe.recv_bytes(_LARGEST_MESSAGE))
    except (EOFError, OSError, ValueError):
        return None
    sound = isinstance(found, list) and found and all(isinstance(m, dict) and "event" in m for m in found)
    return found if sound else None
