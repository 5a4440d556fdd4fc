"""What a decided conflict brings about: the losing sentence's rules and limits leave the draft."""

from __future__ import annotations

import pytest

from studio.domain.agent import Agent
from studio.domain.governance import Collision
from studio.domain.source import Authority
from studio.services.commands import AcceptRemaining, DecideCollision
from studio.services.gates import sources_gate
from studio.services.queries.governance import ListCollisions
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.services.standing import standing
from studio.services.workbench import Workbench

POLICY = """# Membership policy

A membership can be cancelled within 14 days of the purchase.

Never pay a membership back in cash.
"""
NOTE = """# Front desk note

A membership can be cancelled within 30 days of the purchase.

Members under 16 must bring a parent.
"""


@pytest.fixture
def agent(agent: Agent) -> Agent:
    """An agent that does nothing yet."""
    return agent.model_copy(
        update={"workflows": (), "charter": agent.charter.model_copy(update={"rules": ()})}
    )


@pytest.fixture
def desk(bench: Workbench) -> Workbench:
    """Two documents of equal weight that disagree; what both demand was accepted."""
    for name, text in (("policy.md", POLICY), ("note.md", NOTE)):
        bench.run(ReadSource(name, text.encode(), authority=Authority.SOP))
    for number, source in enumerate(("S-01", "S-02"), 1):
        bench.run(Propose(source))
        bench.do(AcceptRemaining(f"P-{number:02}"))
    return bench


def _conflict(bench: Workbench) -> Collision:
    (row,) = bench.ask(ListCollisions())
    return row.collision


def _side(collision: Collision, days: str) -> str:
    return "left" if days in collision.left.citation.quote else "right"


def _rules(bench: Workbench) -> list[str]:
    with bench.outside.workspace.unit() as unit:
        return [rule.text for rule in unit.agents.draft().charter.rules]


def _gate(bench: Workbench) -> str:
    with bench.outside.workspace.unit() as unit:
        return sources_gate(standing(unit)).evidence


def test_deciding_a_conflict_proposes_what_follows_at_once(desk: Workbench) -> None:
    """Once the other sentence holds, the draft's rule says its value, and nothing says the old."""
    told = " ".join(_rules(desk))
    assert ("14 days" in told) + ("30 days" in told) >= 1
    loser = "14 days" if "14 days" in told else "30 days"
    winner = {"14 days": "30 days", "30 days": "14 days"}[loser]
    side = _side(_conflict(desk), winner)
    said = desk.do(DecideCollision(_conflict(desk).id, side, "As the head office says."))  # type: ignore[arg-type]
    assert "P-03 proposes what follows" in said.title
    desk.do(AcceptRemaining("P-03"))
    after = " ".join(_rules(desk))
    assert winner in after and loser not in after
    assert sum("membership can be cancelled" in rule for rule in _rules(desk)) == 1


def test_the_gate_names_what_was_decided_against_until_it_is_gone(desk: Workbench) -> None:
    """Before the proposal is accepted the gate names the rule; afterwards it does not."""
    loser = "14 days" if "14 days" in " ".join(_rules(desk)) else "30 days"
    winner = {"14 days": "30 days", "30 days": "14 days"}[loser]
    desk.do(DecideCollision(_conflict(desk).id, _side(_conflict(desk), winner), ""))  # type: ignore[arg-type]
    assert "decided against, but still in the draft" in _gate(desk)
    desk.do(AcceptRemaining("P-03"))
    assert "decided against" not in _gate(desk)


def test_where_neither_holds_the_rule_goes(desk: Workbench) -> None:
    """The rules of both sentences are proposed to go; the other rules stay."""
    desk.do(DecideCollision(_conflict(desk).id, "neither", "A new policy comes."))
    desk.do(AcceptRemaining("P-03"))
    rules = " ".join(_rules(desk))
    assert "cancelled" not in rules and "cash" in rules


def test_where_both_hold_nothing_is_proposed(desk: Workbench) -> None:
    """Deciding that it is no conflict changes nothing in the agent."""
    said = desk.do(DecideCollision(_conflict(desk).id, "both", "Two kinds of members."))
    assert "proposes" not in said.title


def test_undoing_the_decision_takes_its_proposal_back(desk: Workbench) -> None:
    """One undo opens the conflict and removes the proposal that followed."""
    desk.do(DecideCollision(_conflict(desk).id, "neither", "A new policy comes."))
    desk.undo()
    with desk.outside.workspace.unit() as unit:
        assert list(unit.proposals.ids()) == ["P-01", "P-02"]
    assert not desk.ask(ListCollisions())[0].decided


def test_a_sentence_that_lost_is_not_proposed_again(bench: Workbench) -> None:
    """Decided before anything is proposed: the losing sentence makes no rule, and the proposal says why."""
    for name, text in (("policy.md", POLICY), ("note.md", NOTE)):
        bench.run(ReadSource(name, text.encode(), authority=Authority.SOP))
    said = bench.do(DecideCollision(_conflict(bench).id, _side(_conflict(bench), "14 days"), ""))  # type: ignore[arg-type]
    assert "proposes" not in said.title
    made = bench.run(Propose("S-02"))
    with bench.outside.workspace.unit() as unit:
        (proposal,) = unit.proposals.all()
    texts = " ".join(str(change.change.after) for change in proposal.changes)
    assert made is not None and "30 days" not in texts
    assert any("another sentence holds instead" in line and "30 days" in line for line in proposal.unaffected)


def test_a_waiting_change_from_the_losing_sentence_does_not_come_over(bench: Workbench) -> None:
    """Proposed, not decided, then overruled: proposing again names it instead of asking for it again."""
    for name, text in (("policy.md", POLICY), ("note.md", NOTE)):
        bench.run(ReadSource(name, text.encode(), authority=Authority.SOP))
    bench.run(Propose("S-02"))
    bench.run(Propose("S-01"))
    bench.do(AcceptRemaining("P-02"))
    bench.do(DecideCollision(_conflict(bench).id, _side(_conflict(bench), "14 days"), ""))  # type: ignore[arg-type]
    bench.run(Propose("S-02"))
    with bench.outside.workspace.unit() as unit:
        last = unit.proposals.all()[-1]
    assert "30 days" not in " ".join(str(change.change.after) for change in last.changes)
