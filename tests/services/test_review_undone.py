"""Every deed of a review is taken back and done again after the workspace was closed and opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.domain.changeset import Change, ChangeSet
from studio.domain.frozen import to_json
from studio.domain.proposal import Proposal
from studio.domain.review import Asked
from studio.services import commands as do
from studio.services.deciding_commands import AcceptChanges, EditProposedValue, RebaseProposal, RejectChanges
from studio.services.queries.deciding import ShowKinds
from studio.services.queries.review_package import ShowApprovals
from studio.services.workbench import Workbench
from studio.store.workspace import open_folder
from tests.services.conftest import wire
from tests.services.test_review_package import Open, opened, packed, reply

__all__ = ["opened"]  # a fixture

Deed = Callable[[Workbench, Open], do.Command]
TEXT = "charter/rules/R-01/text"


def _by_hand(bench: Workbench, text: str) -> None:
    change = Change(path=TEXT, before="Refunds within 30 days.", after=text)
    bench.do(do.EditAgent(ChangeSet(title="hand", changes=(change,))))


def _clash(bench: Workbench, _opened: Open) -> do.Command:
    _by_hand(bench, "Refunds within 14 days.")
    return RebaseProposal("P-01", (("C-01", "theirs"),))


def _fitting(bench: Workbench, _opened: Open) -> do.Command:
    _by_hand(bench, "Full refunds within 30 days.")
    return do.AcceptChange("P-01", "C-01")


def _kind(bench: Workbench, _opened: Open) -> do.Command:
    kind = next(each for each in bench.ask(ShowKinds("P-01")) if each.name == "Rules")
    return RejectChanges("P-01", kind.open_ids)


def _approved(decision: Any) -> Deed:
    def deed(bench: Workbench, _opened: Open) -> do.Command:
        bench.do(do.AcceptRemaining("P-01"))
        return do.ApproveReview("qa", decision, "Name the fee.")

    return deed


def _merged(bench: Workbench, open_: Open) -> do.Command:
    desk = open_(packed(bench))
    desk.do(EditProposedValue("P-01", "C-04", "Refunds and swaps"))
    desk.do(do.AcceptChange("P-01", "C-04"))
    desk.do(do.RejectChange("P-01", "C-03"))
    desk.do(do.AnswerQuestion("P-01", "Q-01", "The customer."))
    desk.do(do.CommentOnChange("P-01", "C-01", "Who pays?"))
    desk.do(do.ApproveReview("qa", "request changes", "No."))
    return do.MergeReply(reply(desk))


def _settled(bench: Workbench, open_: Open) -> do.Command:
    desk = open_(packed(bench))
    desk.do(do.RejectChange("P-01", "C-01"))
    bench.do(do.AcceptChange("P-01", "C-02"))
    bench.do(do.MergeReply(reply(desk)))
    (gap,) = bench.ask(ShowApprovals("Ana")).differences
    return do.SettleDifference(gap.reply_id, "P-01", "C-01", True)


def _accepted_first(command: do.Command) -> Deed:
    def deed(bench: Workbench, _opened: Open) -> do.Command:
        bench.do(do.AcceptRemaining("P-01"))
        return command

    return deed


def _plain(command: do.Command) -> Deed:
    return lambda _bench, _opened: command


DEEDS: dict[str, Deed] = {
    "accept": _plain(do.AcceptChange("P-01", "C-02")),
    "accept what was fitted": _fitting,
    "accept what was rejected": _plain(do.AcceptChange("P-01", "C-04")),
    "reject": _plain(do.RejectChange("P-01", "C-01")),
    "reject what was accepted": _accepted_first(do.RejectChange("P-01", "C-01")),
    "edit": _plain(EditProposedValue("P-01", "C-04", "Refunds and swaps")),
    "edit what was accepted": _accepted_first(EditProposedValue("P-01", "C-04", "Refunds and swaps")),
    "comment": _plain(do.CommentOnChange("P-01", "C-01", "Who pays?", about=("C-02",))),
    "ask": _plain(do.CommentOnChange("P-01", "C-01", "So?", asks=Asked(kind="person", name="Dora"))),
    "answer": _plain(do.AnswerQuestion("P-01", "Q-01", "The customer.")),
    "set aside": _plain(do.AnswerQuestion("P-01", "Q-01", "Not here.", True)),
    "approve": _approved("approve"),
    "request changes": _approved("request changes"),
    "a group": _plain(AcceptChanges("P-01", ("C-01", "C-04"))),
    "a kind": _kind,
    "all that is left": _plain(do.AcceptRemaining("P-01")),
    "merge": _merged,
    "settle": _settled,
    "rebase": _clash,
    "who has to approve": _plain(do.SetReviewPolicy(("compliance",), ("compliance", "qa"))),
}


def _everything(bench: Workbench) -> dict[str, object]:
    """Return all that a review keeps."""
    with bench.outside.workspace.unit() as unit:
        stores: dict[str, Any] = {
            "proposals": unit.proposals, "decisions": unit.decisions, "comments": unit.comments,
            "answers": unit.answers, "approvals": unit.role_approvals, "replies": unit.merged_replies,
            "confirmations": unit.confirmations,
        }  # fmt: skip
        kept: dict[str, object] = {
            name: sorted(map(str, (to_json(each) for each in store.all()))) for name, store in stores.items()
        }
        return {**kept, "draft": to_json(unit.agents.draft()), "policy": unit.setting("review-policy") or ""}


@pytest.fixture
def again(tmp_path: Path) -> Iterator[Callable[[Workbench], Workbench]]:
    """Close a workspace and open it anew, as after a restart."""
    last: list[Workbench] = []

    def restart(bench: Workbench) -> Workbench:
        folder = bench.outside.workspace.folder
        bench.close()
        last.append(wire(open_folder(folder), tmp_path / "keys"))
        return last[-1]

    yield restart
    for each in last:
        each.close()


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_is_undone_and_done_again_after_a_restart(
    bench: Workbench,
    proposal: Proposal,
    opened: Open,
    again: Callable[[Workbench], Workbench],
    name: str,
) -> None:
    """Close, open, undo: all is as before. Close, open, redo: all is as after."""
    bench.do(do.RecordProposal(proposal))
    if name == "accept what was rejected":
        bench.do(do.RejectChange("P-01", "C-04"))
    command = DEEDS[name](bench, opened)
    before = _everything(bench)
    bench.do(command)
    after = _everything(bench)
    assert after != before
    bench = again(bench)
    bench.undo()
    assert _everything(bench) == before
    bench = again(bench)
    bench.redo()
    assert _everything(bench) == after
