"""Protocols of everything outside the core; adapters implement them, assembly wires them.

- A port speaks domain types only. Progress raises `Cancelled` when the user asked to stop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from studio.running import ClosingWorkers as ClosingWorkers
from studio.running import Progress as Progress
from studio.running import RunLog as RunLog
from studio.running import Workers as Workers
from studio.running import silent as silent

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path
    from types import TracebackType

    from studio.domain.agent import Agent
    from studio.domain.finding import Analysis
    from studio.domain.frozen import Json
    from studio.domain.governance import (
        AccessMark,
        Alignment,
        CollisionDecision,
        Confirmation,
        IdentityDecision,
        LinkedFolder,
        SearchHit,
        Waiver,
    )
    from studio.domain.history import HistoryEntry, RecordKind
    from studio.domain.model import (
        ModelFailure,
        ModelPolicy,
        ModelPreview,
        ModelReply,
        ModelRequest,
        ModelUse,
    )
    from studio.domain.proposal import Proposal
    from studio.domain.review import Answer, Comment, Decision, Signature
    from studio.domain.review_approval import RoleApproval
    from studio.domain.review_package import MergedReply
    from studio.domain.run import Comparison
    from studio.domain.source import Source, SourceDocument, SourceVersion
    from studio.settings import ModelSettings

Record = TypeVar("Record")


class Clock(Protocol):
    """Tells the time, with time zone."""

    def __call__(self) -> datetime:
        """Return now in UTC."""
        ...


class DocumentReader(Protocol):
    """Turns the bytes of one kind of file into a document."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """Return the media types this reader makes documents of."""
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


class LanguageModel(Protocol):
    """Answers requests; everything that may fail comes back as a value, only `Cancelled` is raised."""

    @property
    def name(self) -> str:
        """Return the model's name, as it stands in a proposal and in the ledger."""
        ...

    @property
    def destination(self) -> str:
        """Return where the text goes, in words a user knows ("this computer", "api.example.com")."""
        ...

    def ask(
        self, requests: Sequence[ModelRequest], progress: Progress
    ) -> tuple[ModelReply | ModelFailure, ...]:
        """Return one reply or failure for each request, in order; several may be in flight at once."""
        ...

    @property
    def used(self) -> ModelUse:
        """Return what was used so far."""
        ...


class LanguageModels(Protocol):
    """Where jobs get the language model that a person chose; nothing starts before it is asked."""

    def begin(self) -> LanguageModel | None:
        """Return the model for one run, with a budget of its own, or None where none is chosen."""
        ...

    def preview(self, requests: Sequence[ModelRequest]) -> ModelPreview | None:
        """Return what would leave this computer, or None where no model is chosen; nothing is sent."""
        ...

    def choose(self, settings: ModelSettings) -> None:
        """Take another model from the next run on."""
        ...

    def forget_replies(self) -> int:
        """Delete the kept replies; return how many there were."""
        ...

    def close(self) -> None:
        """Stop what runs."""
        ...


class RecordStore(Protocol[Record]):
    """Values with an id, in the order in which they came."""

    def all(self) -> tuple[Record, ...]:
        """Return every value, oldest first."""
        ...

    def find(self, record_id: str) -> Record | None:
        """Return the value with this id, or None."""
        ...

    def get(self, record_id: str) -> Record:
        """Return the value with this id; raises WrongUse."""
        ...

    def put(self, record_id: str, value: Record) -> None:
        """Add or replace a value."""
        ...

    def ids(self) -> tuple[str, ...]:
        """Return every id, oldest first."""
        ...

    def count(self) -> int:
        """Return how many there are."""
        ...


class SourceStore(Protocol):
    """Sources with their versions and what was found in each."""

    def all(self) -> tuple[Source, ...]:
        """Return every source, oldest first."""
        ...

    def find(self, source_id: str) -> Source | None:
        """Return the source with this id, or None."""
        ...

    def get(self, source_id: str) -> Source:
        """Return the source with this id; raises WrongUse."""
        ...

    def record(self, source_id: str) -> dict[str, Json] | None:
        """Return a source's own record (versions by number), or None."""
        ...

    def count(self) -> int:
        """Return how many sources there are."""
        ...

    def keep_version(self, source_id: str, version: SourceVersion) -> None:
        """Keep a version's content."""
        ...

    def search(self, words: str, most: int) -> tuple[SearchHit, ...]:
        """Return blocks of current versions that hold all the words, best first."""
        ...

    def alignment(self, source_id: str, number: int) -> Alignment | None:
        """Return how a version stands to what it follows, or None where it follows nothing."""
        ...

    def keep_alignment(self, source_id: str, number: int, alignment: Alignment | None) -> None:
        """Keep how a version stands to what it follows."""
        ...

    def analysis(self, source_id: str, number: int) -> Analysis | None:
        """Return what was found in a version, or None if it has not been read yet."""
        ...

    def keep_analysis(self, source_id: str, number: int, analysis: Analysis) -> None:
        """Keep what was found in a version."""
        ...


class AgentStore(Protocol):
    """The live versions and the draft."""

    def live_number(self) -> int:
        """Return the number of the live version."""
        ...

    def live(self) -> Agent:
        """Return the live agent."""
        ...

    def draft(self) -> Agent:
        """Return the draft."""
        ...

    def version(self, number: int) -> Agent:
        """Return the live version of this number; raises WrongUse."""
        ...

    def keep(self, number: int, agent: Agent) -> None:
        """Keep an agent as a live version."""
        ...

    def keep_draft(self, agent: Agent) -> None:
        """Replace the draft."""
        ...


class ComparisonStore(Protocol):
    """Simulations of live version against draft."""

    def latest(self, draft_digest: str | None = None) -> Comparison | None:
        """Return the newest evidence (of this draft, if given), or None: no sample and no trial."""
        ...

    def latest_sample(self) -> Comparison | None:
        """Return the newest comparison of the draft without and with a language model, or None."""
        ...

    def get(self, run_id: str) -> Comparison:
        """Return the comparison with this id; raises WrongUse."""
        ...

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all runs, oldest first."""
        ...

    def of_draft(self) -> tuple[str, ...]:
        """Return the ids of the evidence of exactly the present draft, oldest first."""
        ...

    def keep(self, comparison: Comparison) -> None:
        """Keep a comparison."""
        ...


class HistoryStore(Protocol):
    """Entries that can be undone and redone."""

    def push(self, entry: HistoryEntry) -> None:
        """Add a done entry; whatever was undone before can no longer be redone."""
        ...

    def last_done(self) -> tuple[int, HistoryEntry] | None:
        """Return what an undo would take back, or None."""
        ...

    def first_undone(self) -> tuple[int, HistoryEntry] | None:
        """Return what a redo would do again, or None."""
        ...

    def forget(self) -> None:
        """Drop every entry: what is there now is the beginning."""
        ...

    def mark(self, seq: int, state: str) -> None:
        """Mark an entry as done or undone."""
        ...


class LedgerStore(Protocol):
    """What happened, when, by whom; it only grows."""

    def note(self, at: datetime, who: str, event: str, sentence: str) -> None:
        """Add one line."""
        ...

    def recent(self, most: int) -> Sequence[tuple[datetime, str, str, str]]:
        """Return the newest lines, newest first: time, who, event, sentence."""
        ...


class UnitOfWork(Protocol):
    """One transaction over a workspace: repositories inside, all or nothing."""

    @property
    def agents(self) -> AgentStore:
        """Return the live versions and the draft."""

    @property
    def sources(self) -> SourceStore:
        """Return the sources."""

    @property
    def proposals(self) -> RecordStore[Proposal]:
        """Return the proposals."""

    @property
    def decisions(self) -> RecordStore[Decision]:
        """Return the decisions on changes."""

    @property
    def comments(self) -> RecordStore[Comment]:
        """Return the remarks on changes."""

    @property
    def answers(self) -> RecordStore[Answer]:
        """Return the answers to open questions."""

    @property
    def approvals(self) -> RecordStore[Signature]:
        """Return the signatures given so far."""

    @property
    def comparisons(self) -> ComparisonStore:
        """Return the simulations."""

    @property
    def waivers(self) -> RecordStore[Waiver]:
        """Return what was waived."""

    @property
    def confirmations(self) -> RecordStore[Confirmation]:
        """Return what was confirmed."""

    @property
    def markings(self) -> RecordStore[AccessMark]:
        """Return what may be quoted or not, sentence by sentence."""

    @property
    def collisions(self) -> RecordStore[CollisionDecision]:
        """Return the decisions on conflicts."""

    @property
    def identities(self) -> RecordStore[IdentityDecision]:
        """Return the decisions on which sentences are the same statement."""

    @property
    def folders(self) -> RecordStore[LinkedFolder]:
        """Return the linked folders."""

    @property
    def model_policies(self) -> RecordStore[ModelPolicy]:
        """Return what may leave for a language model; one at most."""

    @property
    def role_approvals(self) -> RecordStore[RoleApproval]:
        """Return what roles decided on the content of a review."""

    @property
    def merged_replies(self) -> RecordStore[MergedReply]:
        """Return the replies to review packages that were merged."""

    @property
    def history(self) -> HistoryStore:
        """Return what can be undone and redone."""

    @property
    def ledger(self) -> LedgerStore:
        """Return the record of what happened."""

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Roll back unless committed."""
        ...

    def commit(self) -> None:
        """Make everything durable."""
        ...

    def today(self) -> date:
        """Return the day it is here, by which sources are in force or not."""
        ...

    def stamp(self) -> tuple[str, int]:
        """Return which workspace this is, and a number that grows with every commit of a command."""
        ...

    def put_record(self, kind: RecordKind, record_id: str, body: Json) -> None:
        """Add, replace or (None) remove one record of a kind."""
        ...

    def setting(self, key: str) -> str | None:
        """Return a value kept with the workspace, or None."""
        ...

    def keep_setting(self, key: str, value: str) -> None:
        """Keep a value with the workspace."""
        ...


class DocumentStore(Protocol):
    """The original documents, addressed by their SHA-256."""

    def keep(self, data: bytes) -> str:
        """Write the bytes and return their digest."""
        ...

    def read(self, name: str) -> bytes:
        """Return the bytes; raises BrokenInput when they are missing or were altered."""
        ...


class WorkspaceStore(Protocol):
    """An open workspace: makes units of work, keeps the originals."""

    @property
    def folder(self) -> Path:
        """Return the folder it lives in."""
        ...

    @property
    def documents(self) -> DocumentStore:
        """Return the store of original documents."""
        ...

    def unit(self, writing: bool = False) -> UnitOfWork:
        """Return a new unit of work; one for `writing` waits until no other writes."""
        ...

    def run_log(self) -> RunLog:
        """Return a new log for one run; it stays only if a comparison with it is kept."""
        ...

    def close(self) -> None:
        """Let go of the storage."""
        ...
