"""What was approved in a package is what stands at home after the merge, nothing of it in another order."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from studio.assembly import new_from_sample, package_workbench, sample
from studio.services import commands as do
from studio.services.commands import Command
from studio.services.queries.agents import ShowAgent
from studio.services.queries.review_package import MakeReply, PackReview, ShowApprovals
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.settings import Settings

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
STROKES: dict[str, tuple[Command, ...]] = {
    "all at once": (),
    "one rejected first": (do.RejectChange("P-01", "C-01"),),
    "the last test first": (do.AcceptChange("P-01", "C-27"),),
    "one test, then another before it": (do.AcceptChange("P-01", "C-25"), do.AcceptChange("P-01", "C-24")),
}


@pytest.mark.parametrize("first", STROKES)
def test_an_approval_in_a_package_holds_at_home(tmp_path: Path, first: str) -> None:
    """However the reviewer went through the changes, the draft at home is theirs, and approved by them."""
    home = new_from_sample(tmp_path / "home", "returns_assistant", Settings(name="Ana Silva"))
    home.run(ReadSource(**sample("returns_assistant").new_document.as_job()))
    home.run(Propose("S-03"))
    package = home.ask(PackReview("Ana Silva", NOW))
    home.do(do.RecordPackage("x.cobreview", package.digest, len(package.data), package.proposals))
    away = package_workbench(tmp_path / "away", package.data, Settings(name="Carl Weber"))
    for each in (*STROKES[first], do.AcceptRemaining("P-01")):
        away.do(each)
    away.do(do.ApproveReview("qa"))
    effect = home.do(do.MergeReply(away.ask(MakeReply("Carl Weber", NOW)).data))
    assert effect.title == "Merged 28 decisions, 1 approval from Carl Weber"
    assert home.ask(ShowAgent()).draft == away.ask(ShowAgent()).draft
    (said,) = home.ask(ShowApprovals("Ana Silva")).history
    assert (said.by, said.void) == ("Carl Weber", "")
    away.close()
    home.close()
