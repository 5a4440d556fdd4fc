"""What people rely on when they decide, undo, and come back the next day."""

from __future__ import annotations

import pytest

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet
from studio.domain.errors import Refused, Stale, WrongUse
from studio.domain.proposal import Proposal
from studio.services.commands import (
    AcceptChange,
    AcceptRemaining,
    AnswerQuestion,
    CommentOnChange,
    EditAgent,
    RecordProposal,
    RejectChange,
)
from studio.services.events import Changed
from studio.services.queries.agents import AgentPage, ShowAgent
from studio.services.queries.review import ShowChange, ShowProposal
from studio.services.workbench import Workbench


@pytest.fixture(autouse=True)
def proposed(bench: Workbench, proposal: Proposal) -> None:
    """The proposal is in the workspace."""
    bench.do(RecordProposal(proposal))


def _agent(bench: Workbench) -> AgentPage:
    return bench.ask(ShowAgent())


def _verdicts(bench: Workbench) -> dict[str, str | None]:
    page = bench.ask(ShowProposal("P-01"))
    return {row.id: row.verdict for group in page.groups for row in group.rows}


def test_accepting_brings_what_it_needs(bench: Workbench) -> None:
    """A change comes with everything it cannot stand without, and the answer says so."""
    effect = bench.do(AcceptChange("P-01", "C-02"))
    assert "C-01" in effect.title
    assert _agent(bench).draft.charter.rule("R-01").text == "Refunds within 45 days."
    assert _verdicts(bench) == {"C-01": "accepted", "C-02": "accepted", "C-03": None, "C-04": None}


def test_rejecting_takes_dependants_along_and_says_so(bench: Workbench) -> None:
    """A rejected change takes with it what depends on it, also what was accepted already."""
    bench.do(AcceptChange("P-01", "C-03"))
    effect = bench.do(RejectChange("P-01", "C-01"))
    assert "C-02" in effect.title and "C-03" in effect.title
    page = _agent(bench)
    assert page.draft == page.live
    assert _verdicts(bench) == {"C-01": "rejected", "C-02": "rejected", "C-03": "rejected", "C-04": None}
    taken = bench.ask(ShowChange("P-01", "C-02")).row.because_of
    assert taken == "C-01"


def test_a_change_on_a_rejected_one_is_refused(bench: Workbench) -> None:
    """What cannot stand is not accepted; the sentence names what to accept first."""
    bench.do(RejectChange("P-01", "C-01"))
    with pytest.raises(Refused, match=r"cannot stand without C-01.*C-02"):
        bench.do(AcceptChange("P-01", "C-03"))


def test_accepting_the_rest_leaves_rejected_ones_out(bench: Workbench) -> None:
    """Accept all means all that is open and can stand."""
    bench.do(RejectChange("P-01", "C-02"))
    bench.do(AcceptRemaining("P-01"))
    assert _verdicts(bench) == {
        "C-01": "accepted",
        "C-02": "rejected",
        "C-03": "rejected",
        "C-04": "accepted",
    }


def test_undo_and_redo_restore_draft_and_decisions(bench: Workbench, agent: Agent) -> None:
    """Undo takes back draft and decision together; redo does both again."""
    bench.do(AcceptChange("P-01", "C-01"))
    bench.undo()
    assert _agent(bench).draft == agent
    assert _verdicts(bench)["C-01"] is None
    bench.redo()
    assert _agent(bench).draft.charter.rule("R-01").text == "Refunds within 45 days."
    assert _verdicts(bench)["C-01"] == "accepted"


def test_undo_survives_a_restart(bench: Workbench, reopened: Workbench, agent: Agent) -> None:
    """What was done yesterday can be taken back today, and done again."""
    bench.do(AcceptChange("P-01", "C-01"))
    bench.close()
    reopened.undo()
    assert _agent(reopened).draft == agent
    reopened.redo()
    assert _agent(reopened).draft != agent


def test_a_new_command_ends_redo(bench: Workbench) -> None:
    """After something new there is nothing to do again, and the sentence says so."""
    bench.do(AcceptChange("P-01", "C-01"))
    bench.undo()
    bench.do(AcceptChange("P-01", "C-04"))
    with pytest.raises(WrongUse, match="nothing to redo"):
        bench.redo()


def test_a_stale_change_is_refused_and_leaves_no_trace(bench: Workbench) -> None:
    """A proposal made for another text does not overwrite what a person wrote since."""
    path = "charter/rules/R-01/text"
    mine = ChangeSet(
        title="By hand", changes=(Change(path=path, before="Refunds within 30 days.", after="Mine."),)
    )
    bench.do(EditAgent(mine))
    with pytest.raises(Stale):
        bench.do(AcceptChange("P-01", "C-01"))
    assert _agent(bench).draft.charter.rule("R-01").text == "Mine."
    assert _verdicts(bench)["C-01"] is None


def test_comments_and_answers_are_kept_and_undone(bench: Workbench) -> None:
    """Remarks and answers stand beside the change, with their author, and can be taken back."""
    bench.do(CommentOnChange("P-01", "C-01", " Check with legal. "))
    bench.do(AnswerQuestion("P-01", "Q-01", "The shift lead."))
    assert [c.text for c in bench.ask(ShowChange("P-01", "C-01")).comments] == ["Check with legal."]
    question = bench.ask(ShowProposal("P-01")).questions[0]
    assert (question.answer, question.by) == ("The shift lead.", "Ana")
    bench.undo()
    assert bench.ask(ShowProposal("P-01")).questions[0].answer is None


@pytest.mark.parametrize(
    "command",
    [
        AcceptChange("P-09", "C-01"),
        AcceptChange("P-01", "C-99"),
        RejectChange("P-01", "C-99"),
        CommentOnChange("P-01", "C-01", "  "),
        AnswerQuestion("P-01", "Q-99", "x"),
        AnswerQuestion("P-01", "Q-01", " "),
    ],
)
def test_wrong_use_is_a_sentence(bench: Workbench, command: object) -> None:
    """Naming what is not there gives a sentence with what to do, never a fault."""
    with pytest.raises(WrongUse) as caught:
        bench.do(command)  # type: ignore[arg-type]
    assert str(caught.value).endswith(".")


def test_listeners_hear_what_changed(bench: Workbench) -> None:
    """A view is told which kinds of things changed, and only while it listens."""
    heard: list[Changed] = []
    stop = bench.listen(heard.append)
    bench.do(AcceptChange("P-01", "C-01"))
    stop()
    bench.undo()
    assert [sorted(changed.kinds) for changed in heard] == [["agent", "confirmation", "decision"]]


def test_the_page_tells_before_and_after_in_words(bench: Workbench) -> None:
    """A change is shown as words, with what it needs, what depends on it, and why."""
    page = bench.ask(ShowChange("P-01", "C-03"))
    assert page.before == ""
    assert page.after.splitlines()[:2] == ["Receipt", "Ask for the receipt."]
    assert [row.id for row in page.needs] == ["C-01", "C-02"]
    assert page.row.sign == "added"
    assert "{" not in page.after
    first = bench.ask(ShowChange("P-01", "C-01"))
    assert [row.id for row in first.dependents] == ["C-02", "C-03"]
    assert first.where == "Rule R-01 Window"


def test_two_programs_on_one_workspace_lose_nothing(
    bench: Workbench, reopened: Workbench, proposal: Proposal
) -> None:
    """The window and the command line may both write: every accepted change is in the draft."""
    import threading

    def accept(who: Workbench, changes: tuple[str, ...]) -> None:
        for change in changes:
            who.do(AcceptChange("P-01", change))

    threads = [
        threading.Thread(target=accept, args=(bench, ("C-01", "C-02"))),
        threading.Thread(target=accept, args=(reopened, ("C-04",))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    draft = _agent(bench).draft
    assert draft.charter.rule("R-01").text == "Refunds within 45 days."
    assert draft.charter.purpose == "Refunds and returns"
    assert set(_verdicts(reopened).values()) == {"accepted", None}
