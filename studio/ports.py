"""Protocols of everything outside the core; adapters implement them, assembly wires them.

- A port speaks domain types only. Progress raises `Cancelled` when the user asked to stop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from studio.domain.agent import Agent
from studio.domain.frozen import Json
from studio.domain.run import Conversation
from studio.domain.scenario import Scenario
from studio.domain.source import SourceDocument

Task = TypeVar("Task")
Result = TypeVar("Result")


class Clock(Protocol):
    """Tells the time, with time zone."""

    def __call__(self) -> datetime:
        """Return now in UTC."""
        ...


class Progress(Protocol):
    """Hears how far a job is; raises `Cancelled` when it shall stop."""

    def __call__(self, fraction: float, message: str = "") -> None:
        """Report a fraction from 0 to 1 and what is being done."""
        ...


def silent(fraction: float, message: str = "") -> None:
    """Report nothing to nobody; a Progress for who does not care."""


class DocumentReader(Protocol):
    """Turns the bytes of one kind of file into a document."""

    @property
    def media_type(self) -> str:
        """Return the media type this reader makes documents of."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Return the file endings it reads, in lower case, with the dot."""
        ...

    def read(self, data: bytes, name: str) -> SourceDocument:
        """Return the document; raises BrokenInput with a sentence that says what to do."""
        ...


class ToolFailed(Exception):
    """A system did not answer: `failure` is timeout, error or refused."""

    def __init__(self, failure: str) -> None:
        """Take the kind of failure."""
        super().__init__(failure)
        self.failure = failure


class Connector(Protocol):
    """Calls the systems that an agent uses."""

    def call(self, tool: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """Return the system's reply; raises ToolFailed."""
        ...


class Signer(Protocol):
    """Holds one private key and signs with it."""

    @property
    def key_id(self) -> str:
        """Return the SHA-256 of the public key's SPKI DER, in hexadecimal."""
        ...

    @property
    def public_pem(self) -> str:
        """Return the public key as SPKI PEM."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the signature of the bytes."""
        ...


class KeyStore(Protocol):
    """Makes, finds and unlocks signing keys."""

    def new(self, name: str, passphrase: str) -> str:
        """Make a key; return its URI. Raises WrongUse if the name is taken."""
        ...

    def open(self, uri: str, passphrase: str) -> Signer:
        """Unlock a key; raises WrongUse for a wrong passphrase or a missing key."""
        ...


Simulate = Callable[[tuple[Agent, Scenario, int, int]], Conversation]


class Workers(Protocol):
    """Runs many independent tasks and yields their results in the order of the tasks."""

    def map(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result]:
        """Yield `work(task)` for each task, in order."""
        ...


class UnitOfWork(Protocol):
    """One transaction over a workspace: repositories inside, all or nothing."""

    def __enter__(self) -> Any:
        """Begin."""
        ...

    def __exit__(self, *exc: object) -> None:
        """Roll back unless committed."""
        ...

    def commit(self) -> None:
        """Make everything durable."""
        ...
