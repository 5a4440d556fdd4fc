"""A workspace on disk: a folder with `workspace.db` (SQLite, WAL) and the original documents.

- One connection a unit of work; a unit that is not committed leaves no trace. A few connections stay open
  between units, for to open one costs more than most questions; a closed workspace holds none.
- A workspace of a newer program is refused, one of an older program is migrated on opening.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import NullPool, QueuePool

from studio.domain.agent import Agent
from studio.domain.errors import BrokenInput, StudioError, WrongUse
from studio.domain.finding import Analysis
from studio.domain.frozen import Json, canonical
from studio.domain.governance import (
    AccessMark,
    Alignment,
    CollisionDecision,
    Confirmation,
    IdentityDecision,
    LinkedFolder,
    Waiver,
)
from studio.domain.history import RecordKind
from studio.domain.model import ModelPolicy
from studio.domain.proposal import Proposal
from studio.domain.review import Answer, Comment, Decision, Signature
from studio.domain.review_approval import RoleApproval
from studio.domain.review_package import MergedReply
from studio.store import run_files, tables
from studio.store.documents import DocumentFolder
from studio.store.repositories import Agents, Comparisons, History, Ledger, Records, Sources, put_json

FILE_NAME = "workspace.db"
_STAMP = "SELECT (SELECT value FROM meta WHERE key = 'created'), (SELECT max(seq) FROM ledger)"
_KEPT_OPEN = 3
"""So many connections wait for the next unit; more are opened and closed as they are needed."""


class Unit:
    """One transaction over a workspace, as a context manager; `commit` makes it durable."""

    def __init__(self, engine: Engine, today: Callable[[], date], runs: Path, writing: bool = False) -> None:
        """Take the engine, the calendar and the folder of runs; nothing is opened before `with`."""
        self._engine, self._today, self._writing, self._runs = engine, today, writing, runs
        self._ended = False

    def __enter__(self) -> Self:
        """Begin, and make the repositories."""
        self._connection: Connection = self._engine.connect()
        try:
            # One consistent view for who reads; the write lock from the start for who writes.
            self._connection.exec_driver_sql("BEGIN IMMEDIATE" if self._writing else "BEGIN")
        except sa.exc.OperationalError as error:
            self._connection.close()
            raise WrongUse(
                "Another program is writing to this workspace.", "Try again in a moment; nothing was changed."
            ) from error
        self._ended = False
        connection = self._connection
        self.agents = Agents(connection)
        self.sources = Sources(connection)
        self.proposals = Records(connection, tables.proposal, Proposal, "proposal")
        self.decisions = Records(connection, tables.decision, Decision, "decision")
        self.comments = Records(connection, tables.comment, Comment, "comment")
        self.answers = Records(connection, tables.answer, Answer, "answer")
        self.approvals = Records(connection, tables.approval, Signature, "approval")
        self.comparisons = Comparisons(connection, self._runs)
        self.history = History(connection)
        self.ledger = Ledger(connection)
        self.waivers = Records(connection, tables.waiver, Waiver, "waiver")
        self.confirmations = Records(connection, tables.confirmation, Confirmation, "confirmation")
        self.markings = Records(connection, tables.marking, AccessMark, "marking")
        self.collisions = Records(connection, tables.collision, CollisionDecision, "conflict")
        self.identities = Records(connection, tables.identity, IdentityDecision, "question of identity")
        self.folders = Records(connection, tables.folder, LinkedFolder, "linked folder")
        self.model_policies = Records(connection, tables.model_policy, ModelPolicy, "model policy")
        self.role_approvals = Records(connection, tables.role_approval, RoleApproval, "approval")
        self.merged_replies = Records(connection, tables.merged_reply, MergedReply, "reply")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Roll back what was not committed, and close."""
        try:
            if not self._ended:
                self._connection.exec_driver_sql("ROLLBACK")
        except sa.exc.OperationalError:  # a full disk has rolled back already; why is told by what failed
            self._connection.invalidate()
        finally:
            self._connection.close()

    def commit(self) -> None:
        """Make everything since the start durable."""
        self._connection.exec_driver_sql("COMMIT")
        self._ended = True

    def today(self) -> date:
        """Return the day it is here, by which sources are in force or not."""
        return self._today()

    def stamp(self) -> tuple[str, int]:
        """Return which workspace this is, and a number that grows with every commit of a command."""
        created, lines = self._connection.exec_driver_sql(_STAMP).one()
        return f"{self._engine.url}#{created}#{self.today()}", lines or 0

    def put_record(self, kind: RecordKind, record_id: str, body: Json) -> None:
        """Add, replace or (None) remove one record of a kind."""
        if kind == "setting":
            self._put_setting(record_id, body)
        elif kind == "alignment":
            source_id, _, number = record_id.rpartition("/")
            alignment = None if body is None else Alignment.model_validate(body)
            self.sources.keep_alignment(source_id, int(number), alignment)
        elif kind == "reading":
            source_id, _, number = record_id.rpartition("/")
            if body is not None:  # a version that was read once is never unread again
                self.sources.keep_analysis(source_id, int(number), Analysis.model_validate(body))
        else:
            put_json(self._connection, tables.metadata.tables[kind], record_id, body)

    def bring_up_to_date(self, found: int) -> None:
        """Add what formats after `found` added."""
        if found < 5:
            tables.metadata.create_all(self._connection)
        if found < 2:
            columns = {
                row[1] for row in self._connection.execute(sa.text("PRAGMA table_info(source_version)"))
            }
            if "alignment" not in columns:
                self._connection.execute(sa.text("ALTER TABLE source_version ADD COLUMN alignment TEXT"))
            self._connection.execute(sa.text(tables.SEARCH))
            self.sources.index_all()
        if found < 4:
            self.comparisons.file_away()
        self.keep_setting("schema", str(tables.SCHEMA_VERSION))

    def setting(self, key: str) -> str | None:
        """Return a value kept with the workspace, or None."""
        return self._connection.scalar(sa.select(tables.meta.c.value).where(tables.meta.c.key == key))

    def _put_setting(self, key: str, body: Json) -> None:
        if body is None:
            self._connection.execute(sa.delete(tables.meta).where(tables.meta.c.key == key))
        else:
            self.keep_setting(key, canonical(body).decode())

    def keep_setting(self, key: str, value: str) -> None:
        """Keep a value with the workspace."""
        self._connection.execute(sa.delete(tables.meta).where(tables.meta.c.key == key))
        self._connection.execute(sa.insert(tables.meta).values(key=key, value=value))


def _pragmas(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun and ended by hand
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _engine(file: Path) -> Engine:
    engine = sa.create_engine(
        f"sqlite:///{file}",
        poolclass=QueuePool,
        pool_size=_KEPT_OPEN,
        max_overflow=-1,
        pool_reset_on_return=None,  # a unit ends its transaction itself
        connect_args={"check_same_thread": False},  # one unit at a time has it, in whatever thread
    )
    event.listen(engine, "connect", _pragmas)
    return engine


def _lone_engine(file: Path) -> Engine:
    """Return an engine that keeps nothing open: for who asks a workspace that was closed."""
    engine = sa.create_engine(f"sqlite:///{file}", poolclass=NullPool)
    event.listen(engine, "connect", _pragmas)
    return engine


class Workspace:
    """An open workspace: makes units of work, and keeps the original documents."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        """Take the folder and the engine; use `create` or `open_folder`."""
        self.folder = folder
        self.documents = DocumentFolder(folder / "documents")
        self._engine = engine
        self.today: Callable[[], date] = date.today

    def unit(self, writing: bool = False) -> Unit:
        """Return a new unit of work; one for `writing` waits until no other writes."""
        return Unit(self._engine, self.today, self.folder / run_files.FOLDER, writing)

    def run_log(self) -> run_files.FileLog:
        """Return a new log for one run; it stays only if a comparison with it is kept."""
        with self.unit() as unit:
            unit.comparisons.sweep()
        return run_files.FileLog(self.folder / run_files.FOLDER)

    def close(self) -> None:
        """Let go of the database; a unit that is still under way lets go when it ends."""
        kept, self._engine = self._engine, _lone_engine(self.folder / FILE_NAME)
        event.listen(kept, "checkin", lambda _connection, record: record.close())
        kept.dispose()


def create(folder: Path, agent: Agent) -> Workspace:
    """Make a workspace in an empty or missing folder, with this agent live as version 1."""
    if (folder / FILE_NAME).exists():
        raise WrongUse(f"{folder} is a workspace already.", "Open it, or choose another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUse(
            f"The folder {folder} cannot be made: {error.strerror}.", "Choose another place."
        ) from error
    engine = _engine(folder / FILE_NAME)
    _make_tables(engine)
    workspace = Workspace(folder, engine)
    with workspace.unit(writing=True) as unit:
        unit.keep_setting("schema", str(tables.SCHEMA_VERSION))
        unit.keep_setting("created", datetime.now(UTC).isoformat())
        unit.agents.keep(1, agent)
        unit.agents.keep_draft(agent)
        unit.commit()
    return workspace


def _make_tables(engine: Engine) -> None:
    tables.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.text(tables.SEARCH))


def open_folder(folder: Path) -> Workspace:
    """Open an existing workspace; raises WrongUse or BrokenInput with what to do."""
    file = folder / FILE_NAME
    if not file.exists():
        raise WrongUse(
            f"{folder} is not a workspace: it has no {FILE_NAME}.",
            "Make one with `cobuilder new`, or choose the folder that holds it.",
        )
    workspace = Workspace(folder, _engine(file))
    try:
        _check_schema(workspace)
    except StudioError:
        workspace.close()
        raise
    except sa.exc.DatabaseError as error:
        workspace.close()
        raise BrokenInput(
            f"{file} is damaged or is no workspace database.",
            "Restore it from a backup; nothing was changed.",
        ) from error
    return workspace


def _check_schema(workspace: Workspace) -> None:
    with workspace.unit() as unit:
        found = int(unit.setting("schema") or 0)
    if found > tables.SCHEMA_VERSION:
        raise BrokenInput(
            f"{workspace.folder} was made by a newer CoBuilder Studio (format {found}).",
            f"Update this program, which knows formats up to {tables.SCHEMA_VERSION}; nothing was changed.",
        )
    if found < tables.SCHEMA_VERSION:
        migrate(workspace, found)


def migrate(workspace: Workspace, found: int) -> None:
    """Bring a workspace of an older format to the present one; nothing in it is lost."""
    with workspace.unit(writing=True) as unit:
        unit.bring_up_to_date(found)
        unit.commit()
