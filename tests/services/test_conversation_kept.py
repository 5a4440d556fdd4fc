"""The conversation is kept with the workspace: it survives closing, and says how its proposals stand."""

from __future__ import annotations

from studio.services.commands import AcceptRemaining
from studio.services.queries.requests import ListConversation
from studio.services.stages.requesting import AskCoBuilder
from studio.services.workbench import Workbench


def test_requests_and_replies_are_kept_in_order_without_the_proposals_body(bench: Workbench) -> None:
    """What was said comes back word for word; the proposal is kept once, where proposals are."""
    bench.run(AskCoBuilder("What does R-01 say?"))
    bench.run(AskCoBuilder("Make R-01 high severity"))
    first, second = (each.exchange for each in bench.ask(ListConversation()))
    assert first.reply.request == "What does R-01 say?"
    assert second.proposal_id == "P-01"
    assert second.changes == 1
    assert second.reply.proposal is None


def test_it_means_the_last_item_also_in_the_next_command(bench: Workbench) -> None:
    """The item of the reply before is known to whoever asks next, from the window or the command line."""
    bench.run(AskCoBuilder("What does R-01 say?"))
    reply = bench.run(AskCoBuilder("make it high severity"))
    assert reply.kind == "rule-severity"
    assert reply.about == "R-01"


def test_an_exchange_tells_whether_its_proposal_waits_is_decided_or_was_taken_back(bench: Workbench) -> None:
    """Undo takes the proposal, not the words; the words then say so."""
    bench.run(AskCoBuilder("Make R-01 high severity"))
    assert bench.ask(ListConversation())[-1].stands == "waits"
    bench.undo()
    assert bench.ask(ListConversation())[-1].stands == "taken back"
    bench.redo()
    bench.do(AcceptRemaining("P-01"))
    assert bench.ask(ListConversation())[-1].stands == "decided"
