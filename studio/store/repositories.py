"""Repositories: collections of domain values over one connection; no commit here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Generic, cast

import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.sqlite import insert

from studio.domain.agent import Agent
from studio.domain.errors import WrongUse
from studio.domain.finding import Analysis
from studio.domain.frozen import Json, Model, digest, to_json
from studio.domain.governance import Alignment, SearchHit
from studio.domain.history import HistoryEntry
from studio.domain.run import Comparison
from studio.domain.source import Source, SourceVersion
from studio.store import mapping, run_files, tables


def put_json(connection: Connection, table: Table, record_id: str, body: Json) -> None:
    """Add or replace a record's body; None removes it."""
    if body is None:
        connection.execute(sa.delete(table).where(table.c.id == record_id))
        return
    text = mapping.to_text(body)
    upsert = insert(table).values(id=record_id, body=text)
    connection.execute(upsert.on_conflict_do_update(index_elements=["id"], set_={"body": text}))


_SEARCH = """
SELECT source_id, number, block_id, snippet(block_search, 3, '⟦', '⟧', '…', 24) AS snippet
FROM block_search WHERE block_search MATCH :query ORDER BY rank LIMIT :most
"""


class Records(Generic[Model]):
    """Values with an id, in the order in which they came."""

    def __init__(self, connection: Connection, table: Table, kind: type[Model], noun: str) -> None:
        """Take the connection, the table, the type of the values, and their name for messages."""
        self._connection, self._table, self._kind, self._noun = connection, table, kind, noun

    def all(self) -> tuple[Model, ...]:
        """Return every value, oldest first."""
        rows = self._connection.execute(sa.select(self._table.c.body).order_by(self._table.c.position))
        return tuple(mapping.record_of(self._kind, row.body) for row in rows)

    def find(self, record_id: str) -> Model | None:
        """Return the value with this id, or None."""
        query = sa.select(self._table.c.body).where(self._table.c.id == record_id)
        body = self._connection.execute(query).scalar()
        return None if body is None else mapping.record_of(self._kind, body)

    def get(self, record_id: str) -> Model:
        """Return the value with this id; raises WrongUse."""
        found = self.find(record_id)
        if found is None:
            raise WrongUse(
                f"There is no {self._noun} “{record_id}”.", f"List the {self._noun}s to see their ids."
            )
        return found

    def put(self, record_id: str, value: Model) -> None:
        """Add or replace a value."""
        put_json(self._connection, self._table, record_id, to_json(value))

    def ids(self) -> tuple[str, ...]:
        """Return every id, oldest first."""
        return tuple(self._connection.scalars(sa.select(self._table.c.id).order_by(self._table.c.position)))

    def count(self) -> int:
        """Return how many there are."""
        return cast(int, self._connection.scalar(sa.select(sa.func.count()).select_from(self._table)))


class Sources:
    """Sources with their versions and what was found in each."""

    def __init__(self, connection: Connection) -> None:
        """Take the connection."""
        self._connection = connection

    def _versions(self, source_id: str | None = None) -> dict[str, dict[int, SourceVersion]]:
        table = tables.source_version
        query = sa.select(table.c.source_id, table.c.number, table.c.body, table.c.document)
        if source_id is not None:
            query = query.where(table.c.source_id == source_id)
        found: dict[str, dict[int, SourceVersion]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.source_id, {})[row.number] = mapping.version_of(row.body, row.document)
        return found

    def all(self) -> tuple[Source, ...]:
        """Return every source, oldest first."""
        versions = self._versions()
        rows = self._connection.scalars(sa.select(tables.source.c.body).order_by(tables.source.c.position))
        records = [json.loads(body) for body in rows]
        return tuple(mapping.source_of(record, versions.get(record["id"], {})) for record in records)

    def find(self, source_id: str) -> Source | None:
        """Return the source with this id, or None."""
        record = self.record(source_id)
        return (
            None
            if record is None
            else mapping.source_of(record, self._versions(source_id).get(source_id, {}))
        )

    def get(self, source_id: str) -> Source:
        """Return the source with this id; raises WrongUse."""
        found = self.find(source_id)
        if found is None:
            raise WrongUse(
                f"There is no source “{source_id}”.", "`cobuilder source list` shows what there is."
            )
        return found

    def record(self, source_id: str) -> dict[str, Json] | None:
        """Return a source's own record (versions by number), or None."""
        body = self._connection.scalar(sa.select(tables.source.c.body).where(tables.source.c.id == source_id))
        return None if body is None else cast(dict[str, Json], json.loads(body))

    def count(self) -> int:
        """Return how many sources there are."""
        return cast(int, self._connection.scalar(sa.select(sa.func.count()).select_from(tables.source)))

    def keep_version(self, source_id: str, version: SourceVersion) -> None:
        """Keep a version's content; a number that an undo set free is used again."""
        row = mapping.version_row(source_id, version)
        upsert = insert(tables.source_version).values(**row, analysis=None)
        keys = ["source_id", "number"]
        self._connection.execute(
            upsert.on_conflict_do_update(
                index_elements=keys, set_={**row, "analysis": None, "alignment": None}
            )
        )
        self._index(source_id, version)

    def _index(self, source_id: str, version: SourceVersion) -> None:
        where = {"source_id": source_id, "number": version.number}
        drop = "DELETE FROM block_search WHERE source_id = :source_id AND number = :number"
        self._connection.execute(sa.text(drop), where)
        rows = [
            {**where, "block_id": block.id, "body": block.text}
            for block in version.document.blocks
            if block.text.strip()
        ]
        if rows:
            keep = "INSERT INTO block_search VALUES (:source_id, :number, :block_id, :body)"
            self._connection.execute(sa.text(keep), rows)

    def index_all(self) -> None:
        """Index every version for search anew."""
        for source_id, versions in self._versions().items():
            for version in versions.values():
                self._index(source_id, version)

    def search(self, words: str, most: int) -> tuple[SearchHit, ...]:
        """Return blocks of current versions that hold all the words, best first, with hits in marks."""
        query = " ".join('"' + word.replace('"', "") + '"*' for word in words.split() if word.strip('"'))
        if not query:
            return ()
        found = self._connection.execute(sa.text(_SEARCH), {"query": query, "most": most * 4})
        current = {source.id: source.current.number for source in self.all()}
        hits = [
            SearchHit(source_id=r.source_id, block_id=r.block_id, snippet=r.snippet)
            for r in found
            if current.get(r.source_id) == int(r.number)
        ]
        return tuple(hits[:most])

    def alignment(self, source_id: str, number: int) -> Alignment | None:
        """Return how a version stands to what it follows, or None where it follows nothing."""
        table = tables.source_version
        query = sa.select(table.c.alignment).where(table.c.source_id == source_id, table.c.number == number)
        text = self._connection.scalar(query)
        return None if text is None else mapping.from_text(Alignment, text)

    def keep_alignment(self, source_id: str, number: int, alignment: Alignment | None) -> None:
        """Keep how a version stands to what it follows; None where it follows nothing."""
        table = tables.source_version
        where = (table.c.source_id == source_id, table.c.number == number)
        text = None if alignment is None else mapping.to_text(alignment)
        self._connection.execute(sa.update(table).where(*where).values(alignment=text))

    def analysis(self, source_id: str, number: int) -> Analysis | None:
        """Return what was found in a version, or None if it has not been read yet."""
        table = tables.source_version
        query = sa.select(table.c.analysis).where(table.c.source_id == source_id, table.c.number == number)
        text = self._connection.scalar(query)
        return None if text is None else mapping.analysis_of(text)

    def keep_analysis(self, source_id: str, number: int, analysis: Analysis) -> None:
        """Keep what was found in a version."""
        table = tables.source_version
        where = (table.c.source_id == source_id, table.c.number == number)
        self._connection.execute(sa.update(table).where(*where).values(analysis=mapping.to_text(analysis)))


class Agents:
    """The live versions (number 1, 2, …) and the draft (number 0)."""

    def __init__(self, connection: Connection) -> None:
        """Take the connection."""
        self._connection = connection

    def live_number(self) -> int:
        """Return the number of the live version."""
        return cast(int, self._connection.scalar(sa.select(sa.func.max(tables.agent_version.c.number))))

    def version(self, number: int) -> Agent:
        """Return one version's agent."""
        table = tables.agent_version
        body = self._connection.scalar(sa.select(table.c.body).where(table.c.number == number))
        if body is None:
            raise WrongUse(f"There is no version {number} of the agent.")
        return mapping.agent_of(body)

    def live(self) -> Agent:
        """Return the live agent."""
        return self.version(self.live_number())

    def draft(self) -> Agent:
        """Return the draft."""
        return self.version(0)

    def keep(self, number: int, agent: Agent) -> None:
        """Keep an agent under a number; 0 is the draft."""
        row = {"number": number, "digest": digest(agent), "body": mapping.to_text(agent)}
        upsert = insert(tables.agent_version).values(**row)
        self._connection.execute(upsert.on_conflict_do_update(index_elements=["number"], set_=row))

    def keep_draft(self, agent: Agent) -> None:
        """Replace the draft."""
        self.keep(0, agent)


SAMPLED = "sampled "
"""Before the digest of a draft that ran with a language model: such a run is never found as evidence."""
TRIED = "tried "
"""Before the digest of a draft in a trial, which is no evidence, either."""


class Comparisons:
    """Simulations of live version against draft; their conversations stand in files of their own."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        """Take the connection, and the folder of the workspace's run files."""
        self._connection = connection
        self._folder = folder

    def latest(self, draft_digest: str | None = None) -> Comparison | None:
        """Return the newest evidence (of this draft, if given), or None: no sample and no trial."""
        query = sa.select(tables.run.c.body).order_by(sa.literal_column("rowid").desc()).limit(1)
        column = tables.run.c.draft_digest
        proved = sa.not_(column.startswith(SAMPLED) | column.startswith(TRIED))
        query = query.where(proved if draft_digest is None else tables.run.c.draft_digest == draft_digest)
        body = self._connection.scalar(query)
        return None if body is None else mapping.comparison_of(body, self._folder)

    def latest_sample(self) -> Comparison | None:
        """Return the newest comparison of the draft without and with a language model, or None."""
        query = sa.select(tables.run.c.body).order_by(sa.literal_column("rowid").desc()).limit(1)
        body = self._connection.scalar(query.where(tables.run.c.draft_digest.startswith(SAMPLED)))
        return None if body is None else mapping.comparison_of(body, self._folder)

    def get(self, run_id: str) -> Comparison:
        """Return the comparison with this id; raises WrongUse."""
        body = self._connection.scalar(sa.select(tables.run.c.body).where(tables.run.c.id == run_id))
        if body is None:
            raise WrongUse(f"There is no run “{run_id}”.", "Choose one of the history of runs.")
        return mapping.comparison_of(body, self._folder)

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all runs, oldest first."""
        return tuple(
            self._connection.scalars(sa.select(tables.run.c.id).order_by(sa.literal_column("rowid")))
        )

    def of_draft(self) -> tuple[str, ...]:
        """Return the ids of the evidence of exactly the present draft, oldest first."""
        drafts = tables.agent_version
        digest_of_draft = sa.select(drafts.c.digest).where(drafts.c.number == 0).scalar_subquery()
        query = sa.select(tables.run.c.id).where(tables.run.c.draft_digest == digest_of_draft)
        return tuple(self._connection.scalars(query.order_by(sa.literal_column("rowid"))))

    def keep(self, comparison: Comparison) -> None:
        """Keep a comparison, and the file of its conversations with it."""
        kind = SAMPLED if comparison.draft.sampled else TRIED if comparison.setup else ""
        self._connection.execute(
            insert(tables.run).values(
                id=comparison.id,
                live_digest=comparison.live.agent_digest,
                draft_digest=kind + comparison.draft.agent_digest,
                body=mapping.comparison_body(comparison, self._folder),
            )
        )

    def file_away(self) -> None:
        """Give runs of an older program, which stand whole in their rows, files of their own."""
        for run_id, body in self._connection.execute(sa.select(tables.run.c.id, tables.run.c.body)).all():
            filed = mapping.comparison_body(mapping.old_comparison_of(body), self._folder)
            self._connection.execute(
                sa.update(tables.run).where(tables.run.c.id == run_id).values(body=filed)
            )

    def sweep(self) -> None:
        """Delete run files that no run names."""
        bodies = self._connection.scalars(sa.select(tables.run.c.body))
        run_files.sweep(self._folder, [mapping.file_of(body) for body in bodies])


class History:
    """Entries that can be undone and redone."""

    def __init__(self, connection: Connection) -> None:
        """Take the connection."""
        self._connection = connection

    def push(self, entry: HistoryEntry) -> None:
        """Add a done entry; whatever was undone before can no longer be redone."""
        self._connection.execute(sa.delete(tables.history).where(tables.history.c.state == "undone"))
        self._connection.execute(insert(tables.history).values(state="done", body=mapping.to_text(entry)))

    def _edge(self, state: str, newest: bool) -> tuple[int, HistoryEntry] | None:
        order = tables.history.c.seq.desc() if newest else tables.history.c.seq.asc()
        query = sa.select(tables.history).where(tables.history.c.state == state).order_by(order).limit(1)
        row = self._connection.execute(query).first()
        return None if row is None else (row.seq, mapping.from_text(HistoryEntry, row.body))

    def last_done(self) -> tuple[int, HistoryEntry] | None:
        """Return what an undo would take back, or None."""
        return self._edge("done", newest=True)

    def first_undone(self) -> tuple[int, HistoryEntry] | None:
        """Return what a redo would do again, or None."""
        return self._edge("undone", newest=False)

    def forget(self) -> None:
        """Drop every entry: what is there now is the beginning."""
        self._connection.execute(sa.delete(tables.history))

    def mark(self, seq: int, state: str) -> None:
        """Mark an entry as done or undone."""
        self._connection.execute(
            sa.update(tables.history).where(tables.history.c.seq == seq).values(state=state)
        )


class Ledger:
    """What happened, when, by whom; it only grows."""

    def __init__(self, connection: Connection) -> None:
        """Take the connection."""
        self._connection = connection

    def note(self, at: datetime, who: str, event: str, sentence: str) -> None:
        """Add one line."""
        self._connection.execute(
            insert(tables.ledger).values(at=at.isoformat(), who=who, event=event, sentence=sentence)
        )

    def recent(self, most: int) -> Sequence[tuple[datetime, str, str, str]]:
        """Return the newest lines, newest first: time, who, event, sentence."""
        query = sa.select(tables.ledger).order_by(tables.ledger.c.seq.desc()).limit(most)
        return [
            (datetime.fromisoformat(row.at), row.who, row.event, row.sentence)
            for row in self._connection.execute(query)
        ]
