"""A reviewer elsewhere gives another value and answers a question: it comes home once, overruling nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from studio.domain.changeset import Change
from studio.domain.errors import StudioError
from studio.domain.frozen import digest
from studio.domain.proposal import Proposal, ProposedChange
from studio.services import commands as do
from studio.services.deciding_commands import EditProposedValue
from studio.services.queries.review_package import MakeReply, ShowApprovals, ShowMerge, ShowPackage
from studio.services.review_files import open_reply, reply_bytes
from studio.services.review_merge_voids import told_voids
from studio.services.review_merging import ground_of, plan_merge
from studio.services.workbench import Workbench
from tests.services.test_review_package import DAY, Open, _stand, decided, opened, packed, proposed, reply
from tests.services.test_review_replies import by_hand

__all__ = ["opened", "proposed"]  # fixtures

MINE = "Refunds, returns and swaps"


def _change(bench: Workbench, change_id: str = "C-04") -> ProposedChange:
    with bench.outside.workspace.unit() as unit:
        return unit.proposals.get("P-01").change(change_id)


def _states(bench: Workbench, data: bytes) -> list[tuple[str, str]]:
    return [(line.what, line.state) for line in bench.ask(ShowMerge(data)).lines]


def test_another_value_comes_home(bench: Workbench, opened: Open) -> None:
    """Edited and accepted elsewhere, a value is in the draft at home, with who wrote it, and approved."""
    bench.do(do.SetReviewPolicy(("qa",)))
    bench.do(do.AcceptChange("P-01", "C-03"))
    desk = opened(packed(bench))
    desk.do(EditProposedValue("P-01", "C-04", "Refunds and swaps"))
    desk.do(EditProposedValue("P-01", "C-04", MINE))
    desk.do(do.AcceptChange("P-01", "C-04"))
    desk.do(do.ApproveReview(role="qa"))
    assert desk.ask(ShowPackage()).unsent == 3  # type: ignore[union-attr]
    data = reply(desk)
    assert _states(bench, data) == [("edit", "new"), ("decision", "new"), ("approval", "new")]
    effect = bench.do(do.MergeReply(data))
    assert effect.title == "Merged 1 decision, 1 edited value, 1 approval from Carl"
    stand = _stand(bench)
    assert stand.draft.charter.purpose == MINE and _change(bench) == _change(desk)
    assert _change(bench).edited_by == "Carl"
    assert bench.ask(ShowApprovals("Ana")).roles[2].state == "approved"
    bench.undo()
    assert _stand(bench).draft.charter.purpose == "Refunds" and not _change(bench).reworked
    bench.redo()
    assert _stand(bench).draft == stand.draft


def test_the_same_value_comes_home_once(bench: Workbench, opened: Open) -> None:
    """A later reply of the same reviewer, with the same value and one thing more, finds the value known."""
    desk = opened(packed(bench))
    desk.do(EditProposedValue("P-01", "C-04", MINE))
    bench.do(do.MergeReply(reply(desk)))
    first = _change(bench)
    desk.do(do.AcceptChange("P-01", "C-04"))
    later = reply(desk)
    assert _states(bench, later) == [("edit", "known"), ("decision", "new")]
    bench.do(do.MergeReply(later))
    assert _change(bench) == first and _stand(bench).draft.charter.purpose == MINE
    other = opened(desk_package := packed(bench), "Dora")
    assert desk_package and not other.ask(MakeReply("Dora", DAY)).edits, "what was edited before is not sent"


@pytest.mark.parametrize("here", ["accepted", "rejected", "edited", "moved"])
def test_another_value_overrules_nobody(bench: Workbench, opened: Open, here: str) -> None:
    """Where somebody here decided, edited, or changed the place by hand, the value is told and not taken."""
    desk = opened(packed(bench))
    desk.do(EditProposedValue("P-01", "C-04", MINE))
    desk.do(do.AcceptChange("P-01", "C-04"))
    if here == "accepted":
        bench.do(do.AcceptChange("P-01", "C-04"))
    elif here == "rejected":
        bench.do(do.RejectChange("P-01", "C-04"))
    elif here == "edited":
        bench.do(EditProposedValue("P-01", "C-04", "Only refunds"))
    else:
        by_hand(bench, "charter/purpose", "Refunds", "Help")
    before, change = _stand(bench).draft, _change(bench)
    data = reply(desk)
    assert _states(bench, data)[0][1] in ("held", "moved on") and _states(bench, data)[1][1] == "held"
    bench.do(do.MergeReply(data))
    assert _stand(bench).draft == before and _change(bench) == change
    assert not bench.ask(ShowApprovals("Ana")).differences, "settling would take the other value"


def test_a_forged_edit_is_not_taken(bench: Workbench, opened: Open) -> None:
    """An edit that reaches for another place, takes something away, or breaks the agent is left out."""
    desk = opened(packed(bench))
    desk.do(EditProposedValue("P-01", "C-04", MINE))
    plain = open_reply(reply(desk)).reply
    assert plain.edits is not None
    (edit,) = plain.edits
    for forged in (
        {"path": "charter/audience", "before": "Customers", "after": "Everybody"},
        {"after": None},
        {"after": ["no text"]},
        {"before": "Other"},
    ):
        change = edit.change.model_copy(update=forged)
        made = plain.model_copy(update={"edits": (edit.model_copy(update={"change": change}),)})
        assert _states(bench, reply_bytes(made))[0] == ("edit", "moved on"), forged
    seen = plain.model_copy(update={"edits": (edit.model_copy(update={"seen": digest("other")}),)})
    bench.do(do.MergeReply(reply_bytes(seen)))
    assert not _change(bench).reworked


def test_an_answer_comes_home(bench: Workbench, opened: Open) -> None:
    """A question answered elsewhere is answered at home; another answer that stands there is left."""
    desk, second = (opened(packed(bench), who) for who in ("Carl", "Dora"))
    assert "sees it once it is sent back" not in bench.do(do.CommentOnChange("P-01", "C-01", "x")).title
    assert "sent back and merged" in desk.do(do.AnswerQuestion("P-01", "Q-01", "The customer.")).title
    second.do(do.AnswerQuestion("P-01", "Q-01", "The store."))
    data = reply(desk)
    assert bench.do(do.MergeReply(data)).title.startswith("Merged 1 answer from Carl")
    with bench.outside.workspace.unit() as unit:
        (kept,) = unit.answers.all()
    assert (kept.text, kept.by) == ("The customer.", "Carl")
    assert _states(bench, data) == [("answer", "known")]
    (line,) = bench.ask(ShowMerge(reply(second))).lines
    assert line.state == "held" and "here Carl said “The customer.”" in line.sentence
    bench.undo()
    with bench.outside.workspace.unit() as unit:
        assert not unit.answers.all()


def test_the_merge_says_who_signed_nothing(bench: Workbench, opened: Open) -> None:
    """For each person in the file the merge says that it is not signed; of who works here, to ask them."""
    bench.do(do.AcceptChange("P-01", "C-01"))
    desk = opened(packed(bench), "Ana")
    desk.do(do.RejectChange("P-01", "C-04"))
    (told,) = bench.ask(ShowMerge(reply(desk))).unsigned
    assert told.startswith("Ana: not signed") and told.endswith("approves nothing in that name. Ask Ana.")
    with pytest.raises(StudioError):
        bench.ask(ShowMerge(b"no file"))
    assert decided(bench)["C-04"] is None


def test_settling_foretells_what_goes_along(bench: Workbench, opened: Open) -> None:
    """Before a reviewer's rejection is taken, it says which changes go with it, and who accepted them."""
    desk = opened(packed(bench))
    desk.do(do.RejectChange("P-01", "C-01"))
    bench.do(do.AcceptChange("P-01", "C-02"))
    bench.do(do.MergeReply(reply(desk)))
    (gap,) = bench.ask(ShowApprovals("Ana")).differences
    assert gap.change_id == "C-01" and gap.along.startswith("Taking it also rejects C-02 ")
    assert "which Ana accepted" in gap.along and "C-03" not in gap.along
    bench.do(do.SettleDifference(gap.reply_id, "P-01", "C-01", True))
    assert decided(bench)["C-02"] == "rejected"


def test_changes_that_need_each_other_come_home_together(
    bench: Workbench, opened: Open, proposal: Proposal
) -> None:
    """Two changes that stand on each other are taken as one; where one no longer fits, neither is."""
    places = (("C-01", "charter/audience", "Customers"), ("C-02", "charter/channel", "Chat"))
    pair = tuple(
        proposal.changes[0].model_copy(
            update={
                "id": name,
                "change": Change(path=path, before=before, after=f"{before} and more"),
                "depends_on": tuple(other for other, _, _ in places if other != name),
            }
        )
        for name, path, before in places
    )
    new = {"id": "P-02", "changes": pair, "questions": (), "source_ids": ("S-02",)}
    bench.do(do.RecordProposal(proposal.model_copy(update=new)))
    desk = opened(packed(bench))
    desk.do(do.AcceptChange("P-02", "C-01"))
    data = reply(desk)
    bench.do(do.MergeReply(data))
    assert _stand(bench).draft.charter.channel == "Chat and more"
    bench.undo()
    by_hand(bench, "charter/channel", "Chat", "Phone")
    assert [line.state for line in bench.ask(ShowMerge(data)).lines] == ["moved on", "moved on"]
    bench.do(do.MergeReply(data))
    charter = _stand(bench).draft.charter
    assert (charter.audience, charter.channel) == ("Customers", "Phone")


@pytest.mark.parametrize("answers", [False, True])
@pytest.mark.parametrize("edits", [False, True])
def test_an_approval_that_a_later_edit_voided_says_so_before_it_is_merged(
    bench: Workbench, opened: Open, edits: bool, answers: bool
) -> None:
    """Carl approved, then edited: the merge tells beforehand that the approval counts no more; so it is."""
    desk = opened(packed(bench))
    if answers:
        desk.do(do.AnswerQuestion("P-01", "Q-01", "The customer."))
    desk.do(do.AcceptRemaining("P-01"))
    desk.do(do.ApproveReview(role="qa"))
    later = Workbench(replace(desk.outside, clock=lambda: DAY + timedelta(hours=1)))
    if edits:
        later.do(EditProposedValue("P-01", "C-04", MINE))
    page = bench.ask(ShowMerge(reply(later)))
    (told,) = [line for line in page.lines if line.what == "approval"]
    bench.do(do.MergeReply(reply(later)))
    (row,) = bench.ask(ShowApprovals("Ana")).history
    assert bool(row.void) == edits
    if edits:
        why = "It counts no more: since then P-01 itself changed."
        assert (told.state, told.sentence) == ("void", f"Carl (Quality) approves. {why}")
    else:
        assert (told.state, told.sentence) == ("new", "Carl (Quality) approves.")


def test_a_merge_without_a_sound_draft_is_told_as_it_is(bench: Workbench, opened: Open) -> None:
    """Where no agent would come out of a merge, its lines are shown all the same, with nothing added."""
    desk = opened(packed(bench))
    desk.do(do.AcceptRemaining("P-01"))
    desk.do(do.ApproveReview(role="qa"))
    with bench.outside.workspace.unit() as unit:
        plan = plan_merge(ground_of(unit, _stand(bench)), open_reply(reply(desk)).reply)
    plan.draft = {"name": 1}
    assert plan.approvals and told_voids(_stand(bench), plan) == tuple(plan.lines)
