"""Asking in plain words through the workbench: a proposal is kept, is taken back, and displaces nothing."""

from __future__ import annotations

from studio.domain.frozen import to_json
from studio.domain.proposal import Proposal
from studio.services.commands import RecordProposal
from studio.services.queries.recent import ListRecent
from studio.services.queries.requests import ListRequestFamilies
from studio.services.queries.review import ListProposals, ShowProposal
from studio.services.stages.requesting import AskCoBuilder
from studio.services.workbench import Workbench


def test_a_request_leaves_a_proposal_and_the_draft_as_it_was(bench: Workbench) -> None:
    """Nothing is applied: the change waits in the review, under the next free number."""
    with bench.outside.workspace.unit() as unit:
        before = to_json(unit.agents.draft())
    reply = bench.run(AskCoBuilder("Make R-01 high severity"))
    assert reply.verdict == "proposed"
    assert [row.id for row in bench.ask(ListProposals())] == ["P-01"]
    assert bench.ask(ShowProposal("P-01")).total == 1
    with bench.outside.workspace.unit() as unit:
        assert to_json(unit.agents.draft()) == before


def test_undo_takes_the_proposal_back(bench: Workbench) -> None:
    """One undo, and the proposal is gone; one redo, and it is back."""
    bench.run(AskCoBuilder("Make R-01 high severity"))
    bench.undo()
    assert bench.ask(ListProposals()) == ()
    bench.redo()
    assert len(bench.ask(ListProposals())) == 1


def test_a_question_and_a_refusal_leave_no_trace(bench: Workbench) -> None:
    """What changes nothing writes nothing: no proposal, no line in the ledger."""
    before = bench.ask(ListRecent())
    for words in ("What does R-01 say?", "Remove rule R-77", "make the greeting longer", "sing a song"):
        bench.run(AskCoBuilder(words))
    assert bench.ask(ListProposals()) == ()
    assert bench.ask(ListRecent()) == before


def test_a_request_displaces_no_older_proposal(bench: Workbench, proposal: Proposal) -> None:
    """Changes that wait from a document still wait after a request was carried out."""
    bench.do(RecordProposal(proposal))
    bench.run(AskCoBuilder("Make R-01 high severity"))
    rows = {row.id: row.decided for row in bench.ask(ListProposals())}
    assert rows == {"P-01": 0, "P-02": 0}


def test_what_is_open_and_who_decided_are_read_from_the_workspace(
    bench: Workbench, proposal: Proposal
) -> None:
    """The answers name the proposal, the question and the person."""
    bench.do(RecordProposal(proposal))
    assert "P-01: 4 changes wait" in bench.run(AskCoBuilder("What is still open?")).text
    from studio.services.commands import AcceptChange

    bench.do(AcceptChange("P-01", "C-04"))
    assert "Ana accepted P-01/C-04" in bench.run(AskCoBuilder("Who decided what?")).text
    assert "Purpose" in bench.run(AskCoBuilder("What changed since the live version?")).text


def test_the_family_is_told_the_same_everywhere(bench: Workbench) -> None:
    """The query behind both faces returns the registry."""
    assert len(bench.ask(ListRequestFamilies())) >= 40
