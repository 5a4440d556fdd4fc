"""A workspace of an older program opens in this one with everything in it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studio.domain.agent import Agent
from studio.domain.charter import Charter
from studio.domain.frozen import digest
from studio.domain.source import SourceVersion
from studio.readers.markdown import MarkdownReader
from studio.store.workspace import create, open_folder

TEXT = b"# Refunds\n\nNever refund in cash.\n"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A workspace as format 1 had it: no governance tables, no search, no alignment column."""
    charter = Charter(purpose="p", audience="a", channel="c", ai_disclosure="d", capabilities="e")
    workspace = create(tmp_path, Agent(id="a", name="A", charter=charter))
    with workspace.unit() as unit:
        document = MarkdownReader().read(TEXT, "refunds.md")
        now = datetime(2026, 11, 21, tzinfo=UTC)
        version = SourceVersion(
            number=1, file_name="refunds.md", digest=digest(TEXT), size=1, added_at=now, document=document
        )
        unit.sources.keep_version("S-01", version)
        unit.put_record("source", "S-01", {"id": "S-01", "name": "Refunds", "versions": [1]})
        unit.keep_setting("schema", "1")
        unit.commit()
    workspace.close()
    connection = sqlite3.connect(tmp_path / "workspace.db")
    connection.execute("DROP TABLE block_search")
    connection.execute("ALTER TABLE source_version DROP COLUMN alignment")
    later = ("waiver", "confirmation", "marking", "collision", "identity", "folder", "model_policy")
    for table in (*later, "role_approval", "merged_reply"):
        connection.execute(f"DROP TABLE {table}")
    connection.commit()
    connection.close()
    return tmp_path


def test_an_old_workspace_is_brought_up_to_date(old: Path) -> None:
    """Its documents are there and can be searched, and opening it again changes nothing more."""
    for _ in range(2):
        workspace = open_folder(old)
        with workspace.unit() as unit:
            assert [hit.source_id for hit in unit.sources.search("refunding cash", 5)] == ["S-01"]
            assert unit.waivers.all() == ()
            assert unit.role_approvals.all() == ()
            assert unit.merged_replies.all() == ()
            assert unit.setting("schema") == "5"
        workspace.close()


def test_search_takes_any_words(old: Path) -> None:
    """Quotes, operators and signs in what is typed are words like any other, never a fault."""
    workspace = open_folder(old)
    with workspace.unit() as unit:
        for words in ('"', "AND", "cash OR", "*", "x:y", "(", "", "  "):
            unit.sources.search(words, 5)
        assert "⟦cash⟧" in unit.sources.search("cash", 5)[0].snippet
    workspace.close()
