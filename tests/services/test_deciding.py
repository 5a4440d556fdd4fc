"""Deciding together: groups, edited values, drafts that moved on, threads; all of it with undo and redo."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply
from studio.domain.errors import Refused, Stale, StudioError, WrongUse
from studio.domain.frozen import to_json
from studio.domain.proposal import Proposal
from studio.domain.review import Asked, Comment, Decision
from studio.services.authoring.rules import add_rule
from studio.services.commands import (
    AcceptChange,
    AcceptRemaining,
    Command,
    CommentOnChange,
    EditAgent,
    RecordProposal,
    RejectChange,
)
from studio.services.deciding_commands import AcceptChanges, EditProposedValue, RebaseProposal, RejectChanges
from studio.services.gates import content_gates
from studio.services.queries.deciding import (
    ForetellDecision,
    ReadValue,
    ShowKinds,
    ShowThreeColumns,
    ShowValueForm,
)
from studio.services.queries.review import ShowChange, ShowProposal
from studio.services.queries.talk import ShowHistory, ShowThreads, WhoToAsk
from studio.services.standing import standing
from studio.services.workbench import Workbench

RULE = "charter/rules/R-01/text"
IDS = ("C-01", "C-02", "C-03", "C-04")


@pytest.fixture(autouse=True)
def proposed(bench: Workbench, proposal: Proposal) -> None:
    """The proposal is in the workspace."""
    bench.do(RecordProposal(proposal))


def _draft(bench: Workbench) -> Agent:
    with bench.outside.workspace.unit() as unit:
        return unit.agents.draft()


def _kept(bench: Workbench) -> Proposal:
    with bench.outside.workspace.unit() as unit:
        return unit.proposals.get("P-01")


def _decisions(bench: Workbench) -> dict[str, Decision]:
    with bench.outside.workspace.unit() as unit:
        return {each.change_id: each for each in unit.decisions.all()}


def _by_hand(bench: Workbench, path: str, before: object, after: object) -> None:
    bench.do(EditAgent(ChangeSet(title="hand", changes=(Change(path=path, before=before, after=after),))))


def _moved(bench: Workbench, text: str) -> None:
    _by_hand(bench, RULE, "Refunds within 30 days.", text)


DEEDS = st.lists(
    st.one_of(
        st.builds(AcceptChange, st.just("P-01"), st.sampled_from(IDS)),
        st.builds(RejectChange, st.just("P-01"), st.sampled_from(IDS)),
        st.builds(AcceptChanges, st.just("P-01"), st.lists(st.sampled_from(IDS), min_size=1).map(tuple)),
        st.builds(RejectChanges, st.just("P-01"), st.lists(st.sampled_from(IDS), min_size=1).map(tuple)),
        st.builds(EditProposedValue, st.just("P-01"), st.just("C-04"), st.sampled_from(("Returns", "Swaps"))),
        st.just(AcceptRemaining("P-01")),
    ),
    max_size=6,
)


@settings(
    deadline=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(deeds=DEEDS)
def test_any_decisions_leave_a_whole_draft_and_all_accepted_is_the_proposal(
    bench: Workbench, agent: Agent, deeds: list[Command]
) -> None:
    """Decided in whatever order, the draft loads and all checks run; all accepted is the proposal."""
    done = 0
    for deed in deeds:
        try:
            bench.do(deed)
            done += 1
        except (WrongUse, Refused):
            continue
        assert run_checks(_draft(bench))
        taken = [c.change for c in _kept(bench).changes if _verdict(bench, c.id) == "accepted"]
        assert _draft(bench) == apply(agent, ChangeSet(title="", changes=tuple(taken)))
    for each in IDS:
        if _verdict(bench, each) != "accepted":
            bench.do(AcceptChange("P-01", each))
            done += 1
    assert _draft(bench) == apply(agent, _kept(bench).changeset)
    for _ in range(done):
        bench.undo()
    assert _draft(bench) == agent and not _decisions(bench)


def _verdict(bench: Workbench, change: str) -> str | None:
    found = _decisions(bench).get(change)
    return found.verdict if found else None


def test_a_group_is_decided_in_one_step(bench: Workbench) -> None:
    """Several changes are accepted or rejected at once, with what they need, and taken back at once."""
    effect = bench.do(AcceptChanges("P-01", ("C-02", "C-04")))
    assert "2 changes" in effect.title and "C-01" in effect.title
    assert {n for n, d in _decisions(bench).items() if d.verdict == "accepted"} == {"C-01", "C-02", "C-04"}
    gone = bench.do(RejectChanges("P-01", ("C-01", "C-04")))
    assert "C-02" in gone.title and "C-03" in gone.title
    assert _decisions(bench)["C-03"].because_of == "C-01"
    bench.undo()
    bench.undo()
    assert not _decisions(bench)


def test_what_comes_along_is_said_beforehand(bench: Workbench) -> None:
    """Before a decision it can be asked what else it takes along."""
    assert "C-01" in bench.ask(ForetellDecision("P-01", ("C-02",), "accept"))
    assert "C-02" in bench.ask(ForetellDecision("P-01", ("C-01",), "reject"))
    assert bench.ask(ForetellDecision("P-01", ("C-04",), "reject")) == ""


def test_changes_are_known_by_kind(bench: Workbench) -> None:
    """All changes of a kind have a name, and the numbers of those that wait."""
    kinds = {kind.name: kind for kind in bench.ask(ShowKinds("P-01"))}
    assert kinds["Rules"].change_ids == ("C-01", "C-03")
    bench.do(AcceptChange("P-01", "C-01"))
    assert {k.name: k.open_ids for k in bench.ask(ShowKinds("P-01"))}["Rules"] == ("C-03",)


def test_a_decision_keeps_those_before_it(bench: Workbench) -> None:
    """Who decided what and when stays, also when somebody decides anew."""
    bench.do(AcceptChange("P-01", "C-04"))
    bench.do(RejectChange("P-01", "C-04"))
    bench.do(AcceptChange("P-01", "C-04"))
    told = [(line.by, line.what) for line in bench.ask(ShowHistory("P-01", "C-04"))]
    assert told == [("Ana", "accepted it"), ("Ana", "rejected it"), ("Ana", "accepted it")]


# The proposed value


def test_an_edited_value_keeps_its_sentence_and_what_was_proposed(bench: Workbench) -> None:
    """Another value takes the proposed one's place; citations stay, what CoBuilder proposed is readable."""
    form = bench.ask(ShowValueForm("P-01", "C-01"))
    assert [(field.key, field.kind, field.text) for field in form.fields] == [
        ("", "text", "Refunds within 45 days.")
    ]
    value = bench.ask(ReadValue("P-01", "C-01", (("", "Refunds within 60 days."),)))
    bench.do(EditProposedValue("P-01", "C-01", value))
    change = _kept(bench).change("C-01")
    assert change.change.after == "Refunds within 60 days." and change.edited_by == "Ana"
    assert change.citations
    assert bench.ask(ShowValueForm("P-01", "C-01")).proposed == "Refunds within 45 days."
    assert [line.before for line in bench.ask(ShowHistory("P-01", "C-01"))] == ["Refunds within 45 days."]
    bench.do(AcceptChange("P-01", "C-02"))
    assert _draft(bench).charter.rule("R-01").text == "Refunds within 60 days."


def test_editing_what_was_accepted_edits_the_draft(bench: Workbench) -> None:
    """An accepted change that gets another value brings it into the draft; rejecting it then takes it out."""
    bench.do(AcceptChange("P-01", "C-04"))
    bench.do(EditProposedValue("P-01", "C-04", "Returns only"))
    assert _draft(bench).charter.purpose == "Returns only"
    bench.do(RejectChange("P-01", "C-04"))
    assert _draft(bench).charter.purpose == "Refunds"


def test_a_new_rule_is_edited_field_by_field(bench: Workbench) -> None:
    """A rule has its title, text and choices as fields; a wrong choice is refused with what there is."""
    keys = [field.key for field in bench.ask(ShowValueForm("P-01", "C-03")).fields]
    assert {"title", "text", "severity"} <= set(keys)
    value = bench.ask(ReadValue("P-01", "C-03", (("severity", "high"), ("title", "Receipts"))))
    assert value["severity"] == "high" and value["title"] == "Receipts" and value["id"] == "R-03"
    with pytest.raises(WrongUse, match="low, medium, high"):
        bench.ask(ReadValue("P-01", "C-03", (("severity", "extreme"),)))


@pytest.mark.parametrize("after", ["Refunds", None])
def test_an_edit_that_changes_nothing_is_refused(bench: Workbench, after: object) -> None:
    """A value that the draft holds already is no edit: the sentence says to reject instead."""
    with pytest.raises(WrongUse, match="Reject it instead"):
        bench.do(EditProposedValue("P-01", "C-04", after))


# A draft that moved on


def test_other_words_go_together_and_have_to_be_read(bench: Workbench) -> None:
    """Where the draft changed other words of a text, both are shown; not accepted unread with the rest."""
    _moved(bench, "Any refunds within 30 days.")
    page = bench.ask(ShowChange("P-01", "C-01"))
    assert (page.before, page.after) == ("Any refunds within 30 days.", "Any refunds within 45 days.")
    assert any("draft moved on" in warning for warning in page.row.warnings)
    bench.do(AcceptRemaining("P-01"))
    assert _verdict(bench, "C-01") is None and _verdict(bench, "C-04") == "accepted"
    bench.do(AcceptChange("P-01", "C-01"))
    assert _draft(bench).charter.rule("R-01").text == "Any refunds within 45 days."
    bench.do(RejectChange("P-01", "C-01"))
    assert _draft(bench).charter.rule("R-01").text == "Any refunds within 30 days."


def test_one_place_twice_needs_a_choice(bench: Workbench) -> None:
    """Both sides changed one word: three columns show it, and either side can be chosen."""
    _moved(bench, "Refunds within 14 days.")
    with pytest.raises(Stale, match="Choose what shall stand"):
        bench.do(AcceptChange("P-01", "C-01"))
    shown = bench.ask(ShowThreeColumns("P-01"))
    (row,) = shown.rows
    assert (row.live, row.theirs, row.mine) == (
        "Refunds within 30 days.",
        "Refunds within 45 days.",
        "Refunds within 14 days.",
    )
    assert shown.live_is == "Live version" and row.name.startswith("Rule R-01 Window")
    assert shown.waits == ("C-02", "C-03")
    bench.do(RebaseProposal("P-01", ((row.path, "theirs"),)))
    assert bench.ask(ShowThreeColumns("P-01")).rows == ()
    bench.do(AcceptChange("P-01", "C-02"))
    assert _draft(bench).charter.rule("R-01").text == "Refunds within 45 days."
    bench.do(RejectChange("P-01", "C-01"))
    assert _draft(bench).charter.rule("R-01").text == "Refunds within 14 days."


def test_keeping_the_drafts_side_rejects_the_change(bench: Workbench) -> None:
    """Who lets the draft stand has rejected the change, with all that cannot stand without it."""
    _moved(bench, "Refunds within 14 days.")
    effect = bench.do(RebaseProposal("P-01", (("C-01", "mine"),)))
    assert "draft's side stands" in effect.title and "C-02" in effect.title
    assert {n for n, d in _decisions(bench).items() if d.verdict == "rejected"} == {"C-01", "C-02", "C-03"}
    assert _draft(bench).charter.rule("R-01").text == "Refunds within 14 days."


def test_typing_a_third_text_is_a_choice_too(bench: Workbench) -> None:
    """A change that clashes can be edited: what is typed then starts from the draft as it is."""
    _moved(bench, "Refunds within 14 days.")
    bench.do(EditProposedValue("P-01", "C-01", "Refunds within 21 days."))
    bench.do(AcceptChange("P-01", "C-01"))
    assert _draft(bench).charter.rule("R-01").text == "Refunds within 21 days."


def test_what_the_draft_says_already_is_accepted_without_an_edit(bench: Workbench) -> None:
    """Somebody made the same change by hand: accepting it changes nothing, rejecting it takes it out."""
    _moved(bench, "Refunds within 45 days.")
    bench.do(AcceptChange("P-01", "C-01"))
    assert _draft(bench).charter.rule("R-01").text == "Refunds within 45 days."
    bench.do(RejectChange("P-01", "C-01"))
    assert _draft(bench).charter.rule("R-01").text == "Refunds within 30 days."


def test_a_rule_by_hand_keeps_its_number(bench: Workbench) -> None:
    """A proposed rule whose number was given away gets the next one; both rules are in the draft."""
    bench.do(EditAgent(add_rule(_draft(bench), _draft(bench).charter.rules[0].kind, "By hand", "Mine.")))
    bench.do(AcceptRemaining("P-01"))
    titles = {rule.id: rule.title for rule in _draft(bench).charter.rules}
    assert titles["R-03"] == "By hand" and titles["R-04"] == "Receipt"


def test_what_lost_its_place_can_only_be_rejected(bench: Workbench) -> None:
    """A change of a rule that is gone says so; nobody can bring it in, the draft's side can stand."""
    rule = to_json(_draft(bench).charter.rule("R-01"))
    _by_hand(bench, "charter/rules/R-01", rule, None)
    with pytest.raises(Stale, match="taken out of the draft"):
        bench.do(AcceptChange("P-01", "C-01"))
    with pytest.raises(Refused, match="gone from the draft"):
        bench.do(RebaseProposal("P-01", (("C-01", "theirs"),)))
    bench.do(RebaseProposal("P-01", (("C-01", "mine"),)))
    assert _verdict(bench, "C-01") == "rejected"


def test_words_by_hand_survive_a_rejection(bench: Workbench) -> None:
    """What was accepted and edited by hand since is taken out without the words by hand, or not at all."""
    bench.do(AcceptChange("P-01", "C-01"))
    _by_hand(bench, RULE, "Refunds within 45 days.", "Any refunds within 45 days.")
    bench.do(RejectChange("P-01", "C-01"))
    assert _draft(bench).charter.rule("R-01").text == "Any refunds within 30 days."
    bench.undo()
    _by_hand(bench, RULE, "Any refunds within 45 days.", "Any refunds within 46 days.")
    with pytest.raises(Refused, match="changed by hand since"):
        bench.do(RejectChange("P-01", "C-01"))


def test_a_choice_where_there_is_none_is_a_sentence(bench: Workbench) -> None:
    """Naming a field that needs no choice, or fitting what fits, is told in words."""
    with pytest.raises(WrongUse, match="nothing to choose"):
        bench.do(RebaseProposal("P-01", (("C-04", "mine"),)))
    with pytest.raises(WrongUse, match="fits the draft as it is"):
        bench.do(RebaseProposal("P-01"))


# Threads and questions to people


def test_a_question_to_somebody_is_open_until_a_reply(bench: Workbench) -> None:
    """Asking the document's owner holds the gate of questions, until somebody replies."""
    asked = bench.ask(WhoToAsk("P-01", "C-01"))
    assert asked[0].kind == "owner" and Asked(kind="author", name="Ana") in asked
    assert any(each.kind == "role" and "Compliance" in each.name for each in asked)
    bench.do(CommentOnChange("P-01", "C-01", "Is 45 right?", asks=asked[0], about=("C-02",)))
    (thread,) = bench.ask(ShowThreads("P-01", "C-02"))
    assert thread.waits
    with bench.outside.workspace.unit() as unit:
        gate = next(gate for gate in content_gates(standing(unit)) if gate.id == "questions")
        assert not gate.ok and "2 open" in gate.evidence
    bench.do(CommentOnChange("P-01", "C-01", "Yes.", reply_to=thread.first.id))
    (thread,) = bench.ask(ShowThreads("P-01", "C-01"))
    assert not thread.waits and [reply.text for reply in thread.replies] == ["Yes."]
    with bench.outside.workspace.unit() as unit:
        assert not standing(unit).open_asks


def test_a_reply_to_a_reply_stays_in_its_thread(bench: Workbench) -> None:
    """Whatever is replied to, a conversation stays one thread; a wrong number is told."""
    bench.do(CommentOnChange("P-01", "C-01", "One"))
    bench.do(CommentOnChange("P-01", "C-01", "Two", reply_to="1"))
    bench.do(CommentOnChange("P-01", "C-01", "Three", reply_to="P-01/C-01/2"))
    (thread,) = bench.ask(ShowThreads("P-01"))
    assert [reply.text for reply in thread.replies] == ["Two", "Three"]
    with pytest.raises(WrongUse, match="Nobody said"):
        bench.do(CommentOnChange("P-01", "C-01", "Four", reply_to="99"))


def test_older_remarks_and_decisions_look_as_they_did(bench: Workbench, proposal: Proposal) -> None:
    """What is new is absent where it says nothing, so that what was kept before keeps its fingerprint."""
    bench.do(CommentOnChange("P-01", "C-01", "One"))
    bench.do(AcceptChange("P-01", "C-01"))
    with bench.outside.workspace.unit() as unit:
        remark: Comment = unit.comments.all()[0]
        assert set(to_json(remark)) == {"id", "proposal_id", "change_id", "by", "at", "text"}
        assert "earlier" not in to_json(unit.decisions.all()[0])
    assert "reworked" not in to_json(proposal.changes[0])


# Taken back, and done again, after a restart


def _clash(bench: Workbench) -> None:
    _moved(bench, "Refunds within 14 days.")


NEW: tuple[tuple[Command, Callable[[Workbench], None] | None], ...] = (
    (AcceptChanges("P-01", ("C-02", "C-04")), None),
    (RejectChanges("P-01", ("C-01",)), None),
    (EditProposedValue("P-01", "C-04", "Returns"), None),
    (RebaseProposal("P-01", (("C-01", "theirs"),)), _clash),
    (RebaseProposal("P-01", (("C-01", "mine"),)), _clash),
    (CommentOnChange("P-01", "C-01", "Why?", asks=Asked(kind="role", name="Compliance")), None),
)


@pytest.mark.parametrize(("command", "before"), NEW, ids=lambda each: type(each).__name__)
def test_each_deed_is_taken_back_and_done_again_after_a_restart(
    bench: Workbench,
    reopened: Workbench,
    command: Command,
    before: Callable[[Workbench], None] | None,
) -> None:
    """What was done yesterday can be taken back today, with all that belongs to it, and done again."""

    def state(of: Workbench) -> tuple[object, ...]:
        with of.outside.workspace.unit() as unit:
            return (
                unit.agents.draft(),
                unit.proposals.all(),
                unit.decisions.all(),
                unit.comments.all(),
            )

    if before is not None:
        before(bench)
    was = state(bench)
    bench.do(command)
    now = state(bench)
    assert now != was
    bench.close()
    reopened.undo()
    assert state(reopened) == was
    reopened.redo()
    assert state(reopened) == now


def test_the_page_counts_what_was_decided(bench: Workbench) -> None:
    """After choices and decisions the page of the proposal is whole, and counts right."""
    _clash(bench)
    bench.do(RebaseProposal("P-01", (("C-01", "mine"),)))
    page = bench.ask(ShowProposal("P-01"))
    assert (page.decided, page.accepted, page.total) == (3, 0, 4)
    with pytest.raises(StudioError):
        bench.do(AcceptChange("P-01", "C-02"))
