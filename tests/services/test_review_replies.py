"""What people rely on when replies say more than plain yes and no: moved drafts, new numbers, names, undo."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from studio.domain.agent import Agent
from studio.domain.bundle import Gate
from studio.domain.changeset import Change, ChangeSet
from studio.domain.charter import Rule, RuleKind
from studio.domain.consequence import ChangeEffect, Consequences
from studio.domain.errors import Refused
from studio.domain.frozen import digest, to_json
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.review_approval import RoleApproval
from studio.services import commands as do
from studio.services.approvals import gates
from studio.services.deciding_commands import AcceptChanges, EditProposedValue, RebaseProposal
from studio.services.queries.review_package import MakeReply, ShowApprovals, ShowMerge
from studio.services.review_files import open_reply, reply_bytes
from studio.services.reviewing import parts_of
from studio.services.workbench import Workbench
from tests.services.conftest import NOON
from tests.services.test_review_package import (
    DAY,
    Open,
    _stand,
    approve,
    decided,
    opened,
    packed,
    proposed,
    reply,
)

__all__ = ["opened", "proposed"]  # fixtures

RECEIPT = Rule(id="R-03", kind=RuleKind.MUST, title="Receipt", text="Ask for the receipt.")
MINE = RECEIPT.model_copy(update={"title": "Mine", "text": "Greet first."})


def by_hand(bench: Workbench, path: str, before: object, after: object) -> None:
    bench.do(do.EditAgent(ChangeSet(title="hand", changes=(Change(path=path, before=before, after=after),))))


def role_gate(bench: Workbench) -> Gate:
    return next(gate for gate in gates(_stand(bench)) if gate.id == "role-approval")


def test_undoing_a_merge_takes_its_approvals_back(bench: Workbench, opened: Open) -> None:
    """An approval that came in a reply counts no longer once the merge is taken back, and again with redo."""
    bench.do(do.SetReviewPolicy(("compliance",)))
    bench.do(do.AcceptRemaining("P-01"))
    desk = opened(packed(bench))
    desk.do(do.ApproveReview(role="compliance"))
    bench.do(do.MergeReply(reply(desk)))
    assert role_gate(bench).ok
    bench.undo()
    assert not role_gate(bench).ok and not bench.ask(ShowApprovals("Ana")).history
    bench.redo()
    assert role_gate(bench).ok


def test_who_edited_a_proposed_value_wrote_it(bench: Workbench) -> None:
    """Carl put another value in, Ana accepted it: Carl may not approve his own words for compliance."""
    carl = Workbench(replace(bench.outside, who="Carl"))
    carl.do(EditProposedValue("P-01", "C-04", "Refunds, returns and swaps"))
    bench.do(do.AcceptRemaining("P-01"))
    with pytest.raises(Refused, match="Carl wrote or accepted part of this"):
        approve(bench, "Carl", "compliance")


def test_one_reply_does_not_accept_and_approve_for_compliance(bench: Workbench, opened: Open) -> None:
    """A reply whose reviewer accepts changes and approves them for compliance gets the approval held."""
    bench.do(do.SetReviewPolicy(("compliance",)))
    desk = opened(packed(bench))
    desk.do(do.AcceptRemaining("P-01"))
    plain = open_reply(desk.ask(MakeReply("Carl", DAY)).data).reply
    parts = parts_of(_stand(desk), ("P-01",))
    own = RoleApproval(role="compliance", by="carl", at=DAY, decision="approve", parts=parts, scope=("P-01",))
    made = reply_bytes(plain.model_copy(update={"approvals": (own,)}))
    assert [line.state for line in bench.ask(ShowMerge(made)).lines][-1] == "held"
    bench.do(do.MergeReply(made))
    assert not role_gate(bench).ok


def test_what_takes_the_place_of_a_decision_here_says_so(bench: Workbench, opened: Open) -> None:
    """A later word of the same person is taken, and the line says what it takes the place of, and when."""
    data = packed(bench)
    desk, later = opened(data), opened(data, "Carl", DAY + timedelta(hours=1))
    desk.do(do.AcceptChange("P-01", "C-04"))
    later.do(do.RejectChange("P-01", "C-04"))
    bench.do(do.MergeReply(reply(desk)))
    (line,) = bench.ask(ShowMerge(reply(later))).lines
    assert line.sentence.endswith(", in the place of what Carl accepted here on 22 Nov 2026.")


def test_a_change_twice_in_a_reply_counts_once(bench: Workbench, opened: Open) -> None:
    """Of two words on one change the last counts, and the merge is taken back whole."""
    desk = opened(packed(bench))
    desk.do(do.AcceptChange("P-01", "C-04"))
    plain = open_reply(reply(desk)).reply
    (yes,) = plain.decisions
    no = yes.model_copy(update={"verdict": "rejected"})
    bench.do(do.MergeReply(reply_bytes(plain.model_copy(update={"decisions": (yes, no)}))))
    assert decided(bench)["C-04"] == "rejected"
    bench.undo()
    assert decided(bench)["C-04"] is None


@pytest.mark.parametrize("moved", ["words", "number"])
def test_decisions_on_a_draft_that_moved_on_come_home(bench: Workbench, opened: Open, moved: str) -> None:
    """What a reviewer accepts fitted to the packed draft is taken as fitted, and the approval covers it."""
    if moved == "words":
        by_hand(bench, "charter/rules/R-01/text", "Refunds within 30 days.", "Full refunds within 30 days.")
    else:
        by_hand(bench, "charter/rules/R-03", None, to_json(MINE))
    desk = opened(packed(bench))
    desk.do(do.AcceptChange("P-01", "C-01"))
    desk.do(do.AcceptChange("P-01", "C-03"))
    desk.do(do.RejectChange("P-01", "C-04"))
    desk.do(do.ApproveReview(role="qa"))
    bench.do(do.MergeReply(reply(desk)))
    verdicts = ["accepted", "accepted", "accepted", "rejected"]
    assert sorted(decided(bench).items()) == list(zip(sorted(decided(bench)), verdicts, strict=True))
    assert _stand(bench).draft_digest == _stand(desk).draft_digest
    assert bench.ask(ShowApprovals("Ana")).history[0].void == ""
    bench.undo()
    assert set(decided(bench).values()) == {None}


def test_what_was_fitted_to_another_draft_is_told(bench: Workbench, opened: Open) -> None:
    """Where the draft moved on again since the package left, nobody has read the words: told, not taken."""
    first, second = "Full refunds within 30 days.", "Full or partial refunds within 30 days."
    by_hand(bench, "charter/rules/R-01/text", "Refunds within 30 days.", first)
    desk = opened(packed(bench))
    desk.do(do.AcceptChange("P-01", "C-01"))
    by_hand(bench, "charter/rules/R-01/text", first, second)
    (line,) = bench.ask(ShowMerge(reply(desk))).lines
    assert line.state == "moved on" and "fitted to a draft that is another one here by now" in line.sentence


def test_who_is_affected_may_be_worked_out_in_a_package(bench: Workbench, opened: Open) -> None:
    """A reviewer elsewhere can have worked out, and keep, whom a change treats differently."""
    whole = ChangeEffect(change="", title="All", standing="affects", sentence="Nobody.")
    found = Consequences(
        proposal_id="P-01", key="k", engine="e", seed=1, asked=0, customers=0, generated=0, whole=whole
    )
    effect = opened(packed(bench)).do(do.RecordConsequences(found))
    assert effect.title == "Worked out who is affected by P-01: Nobody."


# Numbers that were given away


@pytest.fixture
def numbered(bench: Workbench, agent: Agent) -> Workbench:
    """P-02 adds R-03 and a test that names it; meanwhile somebody made another R-03."""
    test = {"id": "T-01", "title": "t", "rules": ["R-03"]}

    def change(name: str, path: str, after: object, *needs: str) -> ProposedChange:
        edit = Change(path=path, before=None, after=after)
        return ProposedChange(id=name, title=path, change=edit, reason="x", depends_on=needs)

    changes = (
        change("C-01", "charter/rules/R-03", to_json(RECEIPT)),
        change("C-02", "scenarios/T-01", test, "C-01"),
    )
    bench.do(
        do.RecordProposal(
            Proposal(id="P-02", title="x", base_digest=digest(agent), created_at=NOON, changes=changes)
        )
    )
    by_hand(bench, "charter/rules/R-03", None, to_json(MINE))
    return bench


@pytest.mark.parametrize("deed", [do.AcceptChange("P-02", "C-01"), RebaseProposal("P-02")])
def test_a_new_number_is_followed_by_what_waits(numbered: Workbench, deed: do.Command) -> None:
    """A rule that gets another number is called by it in the changes not accepted yet, too."""
    numbered.do(deed)
    with numbered.outside.workspace.unit() as unit:
        kept = unit.proposals.get("P-02")
    assert kept.change("C-01").change.path == "charter/rules/R-04"
    assert kept.change("C-02").change.after["rules"] == ["R-04"]


def test_a_group_that_stands_on_a_rejected_change_says_so(bench: Workbench) -> None:
    """Accepting several of which none can stand names the rejected change, not that all is decided."""
    bench.do(do.RejectChange("P-01", "C-01"))
    with pytest.raises(Refused, match=r"cannot stand without C-01 .* which was rejected"):
        bench.do(AcceptChanges("P-01", ("C-03",)))
