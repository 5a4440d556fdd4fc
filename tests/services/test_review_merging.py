"""Merging replies: once is as good as twice, order does not matter, and nobody is overruled by a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.domain.agent import Agent
from studio.domain.changeset import apply_json
from studio.domain.frozen import digest, to_json
from studio.domain.proposal import Proposal
from studio.domain.review import Comment, Decision, Verdict
from studio.domain.review_package import ReviewReply, SentDecision
from studio.services.review_merge_plan import Ground, MergePlan
from studio.services.review_merging import plan_merge
from tests.services.conftest import NOON

FIXED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
CHANGES = ("C-01", "C-02", "C-03", "C-04")
NEEDS = {"C-02": ("C-01",), "C-03": ("C-01", "C-02")}
verdicts = st.dictionaries(st.sampled_from(CHANGES), st.sampled_from(["accepted", "rejected"]))
people = st.sampled_from(["Ana", "Carl", "Quinn"])
minutes = st.integers(0, 90)


@pytest.fixture
def ground(agent: Agent, proposal: Proposal) -> Ground:
    """A workspace with the proposal, and nothing decided."""
    return Ground((proposal,), {}, (), (), to_json(agent))


def reply_of(proposal: Proposal, who: str, said: dict[str, Verdict], minute: int = 0) -> ReviewReply:
    """What a person decided, in the order of the changes."""
    sent = tuple(
        SentDecision(
            proposal_id=proposal.id,
            change_id=change,
            seen=digest(proposal.change(change)),
            verdict=said[change],
            by=who,
            at=NOON + timedelta(minutes=minute),
        )
        for change in sorted(said)
    )
    return ReviewReply(package="0" * 64, reviewer=who, made_at=NOON, decisions=sent)


def merged(ground: Ground, plan: MergePlan) -> Ground:
    """What the workspace is after a merge."""
    return replace(
        ground,
        decisions={**ground.decisions, **{d.id: d for d in plan.decisions}},
        comments=(*ground.comments, *plan.comments),
        approvals=(*ground.approvals, *plan.approvals),
        draft=apply_json(ground.draft, plan.edits),
    )


def is_whole(ground: Ground) -> bool:
    """Every accepted change has what it needs, and the draft is an agent."""
    accepted = {d.change_id for d in ground.decisions.values() if d.verdict == "accepted"}
    Agent.model_validate(ground.draft)
    return all(need in accepted for each in accepted for need in NEEDS.get(each, ()))


def facts(ground: Ground) -> tuple[dict[str, tuple[str, str]], str]:
    """Who decided what, and the draft."""
    return {key: (d.verdict, d.by) for key, d in ground.decisions.items()}, digest(ground.draft)


@FIXED
@given(first=verdicts, second=verdicts, who=people, other=people, minute=minutes)
def test_a_reply_merged_twice_is_merged_once(
    ground: Ground,
    first: dict[str, Verdict],
    second: dict[str, Verdict],
    who: str,
    other: str,
    minute: int,
) -> None:
    """The second time nothing is new; and whatever came before, the draft stands."""
    proposal = ground.proposals[0]
    there = merged(ground, plan_merge(ground, reply_of(proposal, other, first)))
    reply = reply_of(proposal, who, second, minute)
    once = merged(there, plan_merge(there, reply))
    again = plan_merge(once, reply)
    assert not again.edits and not again.decisions and again.count("new") == 0
    assert is_whole(once)


@FIXED
@given(one=verdicts, two=verdicts)
def test_replies_on_different_changes_come_in_any_order(
    ground: Ground, one: dict[str, Verdict], two: dict[str, Verdict]
) -> None:
    """Carl on C-01 to C-03 and Quinn on C-04: the same decisions and the same draft either way."""
    proposal = ground.proposals[0]
    carl = reply_of(proposal, "Carl", {k: v for k, v in one.items() if k != "C-04"})
    quinn = reply_of(proposal, "Quinn", {k: v for k, v in two.items() if k == "C-04"})
    ways = []
    for order in ((carl, quinn), (quinn, carl)):
        there = ground
        for reply in order:
            there = merged(there, plan_merge(there, reply))
        ways.append(facts(there))
    assert ways[0] == ways[1]


@FIXED
@given(here=verdicts, theirs=verdicts)
def test_nobody_is_overruled_by_a_file(
    ground: Ground, here: dict[str, Verdict], theirs: dict[str, Verdict]
) -> None:
    """What Ana decided stays as she decided it; each difference is told, exactly once, and kept open."""
    proposal = ground.proposals[0]
    there = merged(ground, plan_merge(ground, reply_of(proposal, "Ana", here)))
    plan = plan_merge(there, reply_of(proposal, "Carl", theirs, 60))
    after = merged(there, plan)
    for key, decision in there.decisions.items():
        assert after.decisions[key] == decision
    differ = {
        f"P-01/{change}"
        for change, verdict in theirs.items()
        if (present := there.decisions.get(f"P-01/{change}")) and present.verdict != verdict
    }
    assert {each.key for each in plan.differences} == differ
    assert plan.count("different") == len(differ)
    assert len(plan.lines) == len(theirs)


def test_a_change_that_moved_on_is_told_and_not_decided(ground: Ground, proposal: Proposal) -> None:
    """Carl decided on other words than those that stand here now."""
    reply = reply_of(proposal, "Carl", {"C-04": "accepted"})
    change = proposal.change("C-04").model_copy(update={"reason": "Another reason."})
    other = proposal.model_copy(update={"changes": (*proposal.changes[:3], change)})
    plan = plan_merge(replace(ground, proposals=(other,)), reply)
    assert [line.state for line in plan.lines] == ["moved on"] and not plan.decisions
    assert "has changed since the package left" in plan.lines[0].sentence


def test_a_place_that_was_edited_by_hand_is_left(ground: Ground, proposal: Proposal) -> None:
    """An acceptance that no longer fits the draft is told, and the hand's text stays."""
    draft = to_json(Agent.model_validate(ground.draft))
    draft["charter"]["purpose"] = "Written by hand"
    plan = plan_merge(replace(ground, draft=draft), reply_of(proposal, "Carl", {"C-04": "accepted"}))
    assert [line.state for line in plan.lines] == ["moved on"] and not plan.edits


def test_a_later_word_of_the_same_person_holds(ground: Ground, proposal: Proposal) -> None:
    """Carl sends two replies; the later decision counts in whatever order they are merged."""
    early = reply_of(proposal, "Carl", {"C-04": "accepted"}, 1)
    late = reply_of(proposal, "carl ", {"C-04": "rejected"}, 2)
    for order in ((early, late), (late, early)):
        there = ground
        for reply in order:
            there = merged(there, plan_merge(there, reply))
        assert there.decisions["P-01/C-04"].verdict == "rejected"
        assert digest(there.draft) == digest(ground.draft)


def test_what_a_change_needs_comes_with_it_or_it_waits(ground: Ground, proposal: Proposal) -> None:
    """C-02 without C-01 is held; with C-01 in the same reply both are taken."""
    alone = plan_merge(ground, reply_of(proposal, "Carl", {"C-02": "accepted"}))
    assert [line.state for line in alone.lines] == ["held"] and "C-01" in alone.lines[0].sentence
    both = plan_merge(ground, reply_of(proposal, "Carl", {"C-02": "accepted", "C-01": "accepted"}))
    assert [d.change_id for d in both.decisions] == ["C-01", "C-02"]


def test_a_thread_of_remarks_stays_a_thread(ground: Ground, proposal: Proposal) -> None:
    """An answer to a remark of the same reply still answers it, under the ids that the workspace gives."""

    def remark(number: int, text: str, answers: str | None = None) -> Comment:
        return Comment(
            id=f"P-01/C-01/{number}",
            proposal_id="P-01",
            change_id="C-01",
            by="Carl",
            at=NOON,
            text=text,
            reply_to=answers,
        )

    own = remark(1, "Written here")
    reply = ReviewReply(
        package="0" * 64,
        reviewer="Carl",
        made_at=NOON,
        comments=(remark(1, "Who pays?"), remark(2, "Found it.", "P-01/C-01/1")),
    )
    there = replace(ground, comments=(own,))
    plan = plan_merge(there, reply)
    first, second = plan.comments
    assert second.reply_to == first.id and first.id != own.id
    assert plan_merge(merged(there, plan), reply).count("known") == 2


def test_a_rejection_does_not_take_away_what_somebody_accepted(ground: Ground, proposal: Proposal) -> None:
    """Carl rejects what Ana's accepted change stands on, and did not see her change: it is told, not done."""
    taken = {
        f"P-01/{change}": Decision(
            id=f"P-01/{change}", proposal_id="P-01", change_id=change, verdict="accepted", by=by, at=NOON
        )
        for change, by in (("C-01", "Carl"), ("C-02", "Ana"))
    }
    edits = [proposal.change(change).change for change in ("C-01", "C-02")]
    there = replace(ground, decisions=taken, draft=apply_json(ground.draft, edits))
    plan = plan_merge(there, reply_of(proposal, "Carl", {"C-01": "rejected"}, 5))
    assert [line.state for line in plan.lines] == ["held"] and "Ana" in plan.lines[0].sentence
