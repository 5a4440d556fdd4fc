"""Values written by people: they travel home in a reply, overrule nobody, and no answer writes over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studio.cobuilder.answers.merge import Completed
from studio.domain.changeset import Change
from studio.domain.errors import Refused
from studio.domain.frozen import digest
from studio.domain.proposal import Proposal
from studio.domain.review import Asked
from studio.services import commands as do
from studio.services.answering import edits_kept
from studio.services.deciding_commands import AcceptChanges, EditProposedValue, RebaseProposal
from studio.services.queries.agents import ShowAgent
from studio.services.queries.review_package import MakeReply, PackReview, ShowMerge
from studio.services.queries.talk import ShowThreads
from studio.services.review_files import open_package
from studio.services.review_package import install
from studio.services.workbench import Workbench
from studio.store.workspace import create
from tests.services.conftest import NOON, wire

DAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SIXTY = "Refunds within 60 days."


@pytest.fixture(autouse=True)
def proposed(bench: Workbench, proposal: Proposal) -> None:
    """The proposal is in Ana's workspace."""
    bench.do(do.RecordProposal(proposal))


@pytest.fixture
def desk(bench: Workbench, tmp_path: Path) -> Iterator[Workbench]:
    """Carl's copy, opened from the package that Ana sent."""
    found = bench.ask(PackReview("Ana", NOON))
    bench.do(do.RecordPackage("x.cobreview", found.digest, len(found.data), found.proposals))
    package = open_package(found.data)
    workspace = create(tmp_path / "package", package.live)
    with workspace.unit(writing=True) as unit:
        install(unit, package)
        unit.commit()
    ticks = iter(range(1, 1000))
    first = wire(workspace, tmp_path / "keys")
    made = Workbench(replace(first.outside, who="Carl", clock=lambda: DAY + timedelta(minutes=next(ticks))))
    yield made
    made.close()


def _reply(desk: Workbench) -> bytes:
    return desk.ask(MakeReply("Carl", DAY)).data


def _proposal(bench: Workbench) -> Proposal:
    with bench.outside.workspace.unit() as unit:
        found: Proposal = unit.proposals.get("P-01")
        return found


def _rule(bench: Workbench) -> str:
    return bench.ask(ShowAgent()).draft.charter.rule("R-01").text


def test_an_edit_and_what_was_decided_on_it_come_home(bench: Workbench, desk: Workbench) -> None:
    """Carl edits twice, accepts that and asks: at home stands his value, once, and undo takes all back."""
    before = digest(_proposal(bench))
    desk.do(EditProposedValue("P-01", "C-01", "Refunds within 50 days."))
    desk.do(EditProposedValue("P-01", "C-01", SIXTY))
    desk.do(AcceptChanges("P-01", ("C-01",)))
    whom = Asked(kind="author", name="Ana")
    desk.do(do.CommentOnChange("P-01", "C-02", "Why here?", asks=whom, about=("C-03",)))
    data = _reply(desk)
    told = [line.sentence for line in bench.ask(ShowMerge(data)).lines]
    assert sum("edited what P-01 C-01 proposes" in sentence for sentence in told) == 2
    assert "2 edited values" in bench.do(do.MergeReply(data)).title
    assert _rule(bench) == SIXTY
    merged = _proposal(bench)
    assert merged == _proposal(desk) and merged.change("C-01").edited_by == "Carl"
    (thread,) = bench.ask(ShowThreads("P-01", "C-03"))
    assert thread.waits and thread.first.asks == whom
    desk.do(do.CommentOnChange("P-01", "C-02", "One thing more."))
    later = _reply(desk)
    bench.do(do.MergeReply(later))
    assert _proposal(bench) == merged and _rule(bench) == SIXTY
    bench.undo()
    bench.undo()
    assert digest(_proposal(bench)) == before and _rule(bench) == "Refunds within 30 days."


def test_an_edit_overrules_nobody(bench: Workbench, desk: Workbench) -> None:
    """Where somebody at home decided or edited meanwhile, a value of the reply is told, and not taken."""
    desk.do(EditProposedValue("P-01", "C-01", SIXTY))
    data = _reply(desk)
    bench.do(do.AcceptChange("P-01", "C-01"))
    here = _proposal(bench)
    assert [line.state for line in bench.ask(ShowMerge(data)).lines] == ["different"]
    bench.do(do.MergeReply(data))
    assert _proposal(bench) == here and _rule(bench) != SIXTY
    bench.undo()
    bench.undo()
    bench.do(EditProposedValue("P-01", "C-01", "Refunds within 40 days."))
    assert [line.state for line in bench.ask(ShowMerge(data)).lines] == ["moved on"]


def test_a_package_does_not_re_base_or_answer(desk: Workbench) -> None:
    """Fitting a proposal and answering its questions need the whole workspace: refused, with the way out."""
    for command in (RebaseProposal("P-01"), do.AnswerQuestion("P-01", "Q-01", "Yes")):
        with pytest.raises(Refused, match="review package"):
            desk.do(command)


def test_an_answer_does_not_write_over_an_edited_value(proposal: Proposal) -> None:
    """What a person wrote in an undecided change stays, with a warning; the rest follows the answer."""
    first = proposal.change("C-01")
    edited = first.again(first.change.model_copy(update={"after": SIXTY}), "edited", "Ana", NOON)
    before = proposal.model_copy(update={"changes": (edited, *proposal.changes[1:])})
    other = Change(path=first.change.path, before=first.change.before, after="Refunds within 10 days.")
    redrafted = edited.model_copy(update={"change": other, "title": "anew", "answers": ("Q-01",)})
    made = Completed(before.model_copy(update={"changes": (redrafted, *proposal.changes[1:])}), "Done.")
    kept = edits_kept(before, {}, made)
    now = kept.proposal.change("C-01")
    assert now.change.after == SIXTY and now.edited_by == "Ana" and now.answers == ("Q-01",)
    assert "10 days" in now.warnings[-1] and "C-01 stays" in kept.told
    gone = Completed(before.model_copy(update={"changes": proposal.changes[1:]}), "")
    assert edits_kept(before, {}, gone).proposal.change("C-01").change.after == SIXTY
    assert edits_kept(before, {"C-01": "accepted"}, made) is made
    assert edits_kept(proposal, {}, made) is made
