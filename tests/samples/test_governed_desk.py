"""The sample that shows governing: every state of a document and a sentence, work of every kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from studio.assembly import new_from_sample
from studio.domain.errors import WrongUse
from studio.services.accounting import STATES
from studio.services.queries.governance import (
    ListCollisions,
    ListDoubts,
    ListSuspects,
    ShowCoverage,
    ShowOrigins,
)
from studio.services.queries.marked_document import Sentence
from studio.services.queries.sources import ListSources, ShowSource
from studio.services.workbench import Workbench
from studio.settings import Settings


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """The sample, opened once: these tests change nothing."""
    folder = tmp_path_factory.mktemp("sample") / "workspace"
    bench = new_from_sample(folder, "governed_desk", Settings(name="Ana Silva"))
    yield bench
    bench.close()


def sentences(bench: Workbench, source_id: str) -> list[Sentence]:
    """Return the marked sentences of a source."""
    return [s for row in bench.ask(ShowSource(source_id)).blocks for s in row.sentences]


def test_documents_are_in_every_state(governed: Workbench) -> None:
    """The list shows documents that are current, to be reviewed, expired, not yet in force, and missing."""
    assert {row.state for row in governed.ask(ListSources()).rows} == {
        "current",
        "review due",
        "expired",
        "not yet effective",
        "missing at its origin",
    }
    page = governed.ask(ShowOrigins())
    assert [finding.kind for finding in page.drifted] == ["vanished"]
    assert len(page.folders) == 1


def test_there_is_work_of_every_kind(governed: Workbench) -> None:
    """A conflict, a suspect and a question of identity wait, and each is the one that was meant."""
    (conflict,) = governed.ask(ListCollisions())
    assert "24 hours" in conflict.collision.detail and "48 hours" in conflict.collision.detail
    assert [row.statement.quote for row in governed.ask(ListSuspects())] == [
        "An appointment may be moved up to three times."
    ]
    (doubt,) = governed.ask(ListDoubts())
    assert "children under 16" in doubt.new_quote and doubt.same is None
    counts = {row.state: row.count for row in governed.ask(ShowCoverage()).total}
    assert {state for state in STATES if counts[state]} >= set(STATES) - {"open question"}


def test_sentences_are_waived_and_internal(governed: Workbench) -> None:
    """The telephone script has a sentence that is not for this agent, and two that stay inside."""
    found = sentences(governed, "S-03")
    assert [s.state for s in found if s.waived] == ["waived"]
    assert sum(s.internal for s in found) == 2


def test_tracked_changes_of_a_word_file_are_kept_apart(governed: Workbench) -> None:
    """What was struck out is shown and binds nobody; what was put in its place does."""
    blocks = governed.ask(ShowSource("S-06")).blocks
    tracked = {row.block.tracked: row for row in blocks if row.block.tracked}
    assert set(tracked) == {"deleted", "inserted"}
    assert [bool(tracked[each].sentences) for each in ("deleted", "inserted")] == [False, True]


def test_a_sample_cannot_be_taken_apart_by_undo(governed: Workbench) -> None:
    """Undo begins with what the user does, not with how the sample was made."""
    with pytest.raises(WrongUse):
        governed.undo()
