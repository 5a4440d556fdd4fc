"""What people rely on when documents are weighed: their own order, one step to decide, one step back."""

from __future__ import annotations

import pytest

from studio.domain.errors import WrongUse
from studio.domain.proposal import OpenQuestion, Proposal
from studio.domain.source import AUTHORITY_ORDER, Authority
from studio.services import collisions
from studio.services.commands import (
    AnswerQuestion,
    DecideCollision,
    DescribeSource,
    OrderAuthorities,
    RecordProposal,
)
from studio.services.queries.governance import ListCollisions, NeedsComparing, ShowAuthorities
from studio.services.queries.sources import ListSources
from studio.services.stages.comparing import CompareSources
from studio.services.stages.reading import ReadSource
from studio.services.workbench import Workbench

POLICY = "# Refund policy\n\nCustomers may return an item within 30 days of delivery.\n"
SOP = "# Refund SOP\n\nCustomers may return an item within 14 days of delivery.\n"
OTHER_ORDER = (Authority.SOP, *(kind for kind in AUTHORITY_ORDER if kind is not Authority.SOP))


@pytest.fixture
def disagreeing(bench: Workbench) -> Workbench:
    """Return a workspace with a policy and a procedure that disagree."""
    bench.run(ReadSource("policy.md", POLICY.encode(), authority=Authority.POLICY))
    bench.run(ReadSource("sop.md", SOP.encode(), authority=Authority.SOP))
    return bench


def winner(bench: Workbench) -> str:
    """Return the source that goes first in the only conflict."""
    (row,) = bench.ask(ListCollisions())
    return (row.collision.left if row.collision.winner == "left" else row.collision.right).source_id


def test_the_order_of_authorities_is_the_users_to_change(disagreeing: Workbench) -> None:
    """Who says that procedures weigh more than policies sees them go first, and can take it back."""
    assert (winner(disagreeing), disagreeing.ask(ShowAuthorities())) == ("S-01", AUTHORITY_ORDER)
    disagreeing.do(OrderAuthorities(OTHER_ORDER))
    assert (winner(disagreeing), disagreeing.ask(ShowAuthorities())) == ("S-02", OTHER_ORDER)
    disagreeing.undo()
    assert (winner(disagreeing), disagreeing.ask(ShowAuthorities())) == ("S-01", AUTHORITY_ORDER)
    disagreeing.redo()
    assert winner(disagreeing) == "S-02"


def test_an_order_names_every_kind_once(bench: Workbench) -> None:
    """An order that leaves a kind out, or names one twice, is refused, and nothing changes."""
    for order in (AUTHORITY_ORDER[1:], (*AUTHORITY_ORDER[1:], Authority.NOTE), AUTHORITY_ORDER):
        with pytest.raises(WrongUse):
            bench.do(OrderAuthorities(order))
    assert bench.ask(ShowAuthorities()) == AUTHORITY_ORDER


def test_what_was_compared_by_another_order_is_compared_again(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where many sentences are compared by a job, changing the order asks for the job anew."""
    # Papers that no other test compares: what was compared is remembered for the whole process.
    bench.run(ReadSource("policy.md", POLICY.replace("30", "33").encode(), authority=Authority.POLICY))
    bench.run(ReadSource("sop.md", SOP.replace("14", "13").encode(), authority=Authority.SOP))
    monkeypatch.setattr(collisions, "AT_ONCE", 0)
    assert bench.ask(NeedsComparing())
    bench.run(CompareSources())
    assert not bench.ask(NeedsComparing())
    assert [row.conflicts for row in bench.ask(ListSources()).rows] == [1, 1]
    bench.do(OrderAuthorities(OTHER_ORDER))
    assert bench.ask(NeedsComparing())
    bench.run(CompareSources())
    assert winner(bench) == "S-02"


def test_deciding_a_conflict_answers_the_question_about_it_in_one_step(
    disagreeing: Workbench, proposal: Proposal
) -> None:
    """A conflict that CoBuilder asked about is decided and answered by one command; one undo opens both."""
    both = disagreeing.ask(ListCollisions())[0].collision
    said = f"One says “{both.left.citation.quote}”, the other “{both.right.citation.quote}” Which one holds?"
    question = OpenQuestion(
        id="Q-07", text=said, reason="Both.", category="conflict", citation=both.left.citation
    )
    disagreeing.do(RecordProposal(proposal.model_copy(update={"questions": (question,)})))

    def state() -> tuple[bool, bool]:
        (row,) = disagreeing.ask(ListCollisions())
        assert row.question == (proposal.id, "Q-07")
        with disagreeing.outside.workspace.unit() as unit:
            return row.decided, f"{proposal.id}/Q-07" in {each.id for each in unit.answers.all()}

    assert state() == (False, False)
    disagreeing.do(DecideCollision(both.id, "left", "The policy is newer."))
    assert state() == (True, True)
    disagreeing.undo()
    assert state() == (False, False)
    disagreeing.do(AnswerQuestion(proposal.id, "Q-07", "The policy holds."))
    assert state() == (True, True)


def test_undoing_a_replacement_takes_the_alignment_back(disagreeing: Workbench) -> None:
    """Once it is undone that one document replaces another, no sentence inherits anything from it."""

    def alignment() -> object:
        with disagreeing.outside.workspace.unit() as unit:
            return unit.sources.alignment("S-02", 1)

    disagreeing.do(DescribeSource("S-02", {"supersedes": "S-01"}))
    assert alignment() is not None
    disagreeing.undo()
    assert alignment() is None
    disagreeing.redo()
    assert alignment() is not None
