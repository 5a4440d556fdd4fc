"""What people rely on of a workspace on disk."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from studio.domain.agent import Agent
from studio.domain.charter import Charter
from studio.domain.errors import BrokenInput, WrongUse
from studio.domain.frozen import digest
from studio.domain.review import Comment
from studio.store import mapping
from studio.store.documents import DocumentFolder
from studio.store.workspace import create, open_folder


@pytest.fixture
def agent() -> Agent:
    """The smallest agent."""
    charter = Charter(purpose="p", audience="a", channel="c", ai_disclosure="d", capabilities="e")
    return Agent(id="a", name="A", charter=charter)


def test_a_new_workspace_holds_the_agent_live_and_as_draft(tmp_path: Path, agent: Agent) -> None:
    """After making a workspace the agent is live as version 1, and the draft is the same."""
    create(tmp_path / "w", agent).close()
    workspace = open_folder(tmp_path / "w")
    with workspace.unit() as unit:
        assert (unit.agents.live_number(), unit.agents.live(), unit.agents.draft()) == (1, agent, agent)
    workspace.close()


def test_the_database_uses_a_write_ahead_log(tmp_path: Path, agent: Agent) -> None:
    """Readers are not blocked by a writer, and a crash loses nothing that was committed."""
    create(tmp_path / "w", agent).close()
    connection = sqlite3.connect(tmp_path / "w" / "workspace.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_what_is_not_committed_leaves_no_trace(tmp_path: Path, agent: Agent) -> None:
    """A unit of work that fails in the middle changes nothing."""
    workspace = create(tmp_path / "w", agent)
    with pytest.raises(RuntimeError), workspace.unit() as unit:
        unit.keep_setting("half", "done")
        raise RuntimeError
    with workspace.unit() as unit:
        assert unit.setting("half") is None
    workspace.close()


def test_an_existing_workspace_is_not_overwritten(tmp_path: Path, agent: Agent) -> None:
    """Making a workspace where one is gives a sentence, and the old one stays."""
    create(tmp_path / "w", agent).close()
    with pytest.raises(WrongUse, match="workspace already"):
        create(tmp_path / "w", agent)


def test_opening_what_is_no_workspace_says_so(tmp_path: Path) -> None:
    """An ordinary folder, and a damaged database, each get their own sentence."""
    with pytest.raises(WrongUse, match="not a workspace"):
        open_folder(tmp_path)
    (tmp_path / "workspace.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(BrokenInput, match="damaged"):
        open_folder(tmp_path)


def test_a_newer_format_is_refused_unchanged(tmp_path: Path, agent: Agent) -> None:
    """A workspace of a newer program is left as it is."""
    workspace = create(tmp_path, agent)
    with workspace.unit() as unit:
        unit.keep_setting("schema", "99")
        unit.commit()
    workspace.close()
    with pytest.raises(BrokenInput, match="newer"):
        open_folder(tmp_path)


def test_originals_are_kept_by_digest_and_alterations_noticed(tmp_path: Path) -> None:
    """The document that was added can be fetched byte for byte, or its loss is told."""
    folder = DocumentFolder(tmp_path)
    name = folder.keep(b"text")
    assert (name, folder.keep(b"text")) == (digest(b"text"), name)
    assert folder.read(name) == b"text"
    (tmp_path / name[:2] / name).write_bytes(b"other")
    with pytest.raises(BrokenInput, match="altered"):
        folder.read(name)


words = st.text(min_size=1, max_size=20)


@given(text=words, by=words)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_give_back_what_was_kept(text: str, by: str) -> None:
    """A value written to a row and read again is the same value."""
    value = Comment(id="x", proposal_id="P", change_id="C", by=by, at="2026-11-21T12:00:00Z", text=text)
    assert mapping.from_text(Comment, mapping.to_text(value)) == value


def test_units_one_after_the_other_share_a_connection_and_a_closed_workspace_holds_none(
    tmp_path: Path, agent: Agent
) -> None:
    """Asking opens the database once; a closed workspace lets it go, even with a question under way."""
    workspace = create(tmp_path / "w", agent)
    handles: list[object] = []
    for _ in range(2):
        with workspace.unit() as unit:
            handles.append(unit._connection.connection.dbapi_connection)
    assert handles[0] is handles[1]
    with workspace.unit() as late:
        handles.append(late._connection.connection.dbapi_connection)
        workspace.close()
        assert late.agents.draft() == agent
    for each in handles[1:]:
        assert isinstance(each, sqlite3.Connection)
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            each.execute("SELECT 1")
    with workspace.unit() as unit:
        assert unit.agents.draft() == agent


def test_a_full_disk_is_told_as_such_and_leaves_nothing_open(tmp_path: Path, agent: Agent) -> None:
    """What failed is said, not that there was nothing left to roll back; the next unit goes on."""
    workspace = create(tmp_path / "w", agent)
    with pytest.raises(OperationalError, match="full"), workspace.unit(writing=True) as unit:
        pages = unit._connection.exec_driver_sql("PRAGMA page_count").scalar()
        unit._connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        unit.keep_setting("large", "x" * 20_000_000)
    with workspace.unit(writing=True) as unit:
        unit.keep_setting("large", "x" * 20_000)
        unit.commit()
    with workspace.unit() as unit:
        assert len(unit.setting("large") or "") == 20_000
    workspace.close()
