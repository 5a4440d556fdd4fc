"""What people rely on when they answer CoBuilder's questions: the proposal completes itself."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from studio.cobuilder.analysis import analyze
from studio.cobuilder.answers.completing import Ground, complete
from studio.cobuilder.answers.merge import Completed
from studio.cobuilder.answers.words import filled
from studio.cobuilder.changes.agreement import disagreements
from studio.cobuilder.proposals import propose
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply
from studio.domain.proposal import OpenQuestion, Proposal
from studio.domain.review import Answer, Verdict
from tests.measures.cobuilder_impact import NOW, PROJECTS, project, source_of
from tests.measures.cobuilder_tests import fails


@cache
def _ground(project_name: str, *swaps: tuple[str, str]) -> Ground:
    """The sample's new document, with some words left open, and what is proposed from it."""
    agent, described, texts = project(project_name)
    old = [source_of(meta, texts[meta["id"]]) for meta in described["sources"]]
    papers = [(source, analyze(source.current.document, agent.tools)) for source in old]
    meta = described["new_document"]
    text = (PROJECTS / project_name / meta["file"]).read_text(encoding="utf-8")
    for said, now in swaps:
        assert said in text
        text = text.replace(said, now)
    new = source_of(meta, text).model_copy(update={"supersedes": meta["supersedes"]})
    read = analyze(new.current.document, agent.tools)
    made = propose(agent, new, read, others=papers, proposal_id="P-01", created_at=NOW)
    kept = [paper for paper in papers if paper[0].id != new.supersedes]
    replaced = next(paper for paper in papers if paper[0].id == new.supersedes)
    return Ground(agent, made, {}, (), [*kept, (new, read)], replaced)


def _open_returns() -> Ground:
    return _ground(
        "returns_assistant",
        ("within 45 days of delivery", "within a reasonable time of delivery"),
        ("up to 45 days", "in time"),
        ("more than 45 days", "too late"),
        ("Refunds of more than £350", "Refunds of significant amounts"),
    )


def _question(ground: Ground, words: str) -> OpenQuestion:
    return next(q for q in ground.proposal.questions if words in q.text)


def _answered(ground: Ground, words: str, text: str, waived: bool = False) -> tuple[Ground, Completed]:
    question = _question(ground, words)
    given = Answer(
        id=f"P-01/{question.id}", proposal_id="P-01", question_id=question.id, text=text, waived=waived,
        by="Ana Silva", at=NOW,
    )  # fmt: skip
    answers = (*(a for a in ground.answers if a.question_id != question.id), given)
    made = complete(replace(ground, answers=answers), given)
    return replace(ground, answers=answers, proposal=made.proposal), made


def _whole(ground: Ground) -> Agent:
    return apply(ground.draft, ground.proposal.changeset)


def _paths(proposal: Proposal) -> dict[str, str]:
    return {c.change.path: c.id for c in proposal.changes}


def test_a_sentence_left_open_changes_nothing_until_it_is_answered() -> None:
    """Where a document takes a number back and leaves it open, nothing of its matter is touched."""
    ground = _open_returns()
    paths = _paths(ground.proposal)
    assert "charter/rules/R-03" not in paths and "charter/rules/R-07" not in paths
    assert any("reasonable time" in line for line in ground.proposal.unaffected)
    assert _question(ground, "a reasonable time").category == "deadline"


def test_an_answer_completes_the_proposal_everywhere_and_tests_come_with_it() -> None:
    """“45 days” becomes the rule, the row, the text, the bound fact and the tests around the limit."""
    ground, made = _answered(_open_returns(), "a reasonable time", "45 days")
    paths = _paths(ground.proposal)
    assert {
        "charter/rules/R-03", "tables/return-eligibility/rows/in-time", "scenarios/T-02", "scenarios/T-03",
        "workflows/return-item/steps/explain-window", "workflows/return-item/steps/look-up-order",
    } <= set(paths)  # fmt: skip
    agent = _whole(ground)
    assert "within 45 days of delivery" in agent.charter.rule("R-03").text
    days = {r.reply.get("days_since_delivery") for s in agent.scenarios for r in s.systems}
    assert {44, 45, 46} <= days
    assert disagreements(ground.draft, agent) == ()
    assert fails(agent, list(agent.scenarios)) == []
    assert "new changes" in made.told
    assert not any("reasonable time" in line and "Held back" in line for line in ground.proposal.unaffected)
    change = next(c for c in ground.proposal.changes if c.change.path == "charter/rules/R-03")
    assert "Ana Silva answered “45 days”. With that the sentence says “Customers may" in change.reason
    assert change.answers == (_question(ground, "a reasonable time").id,)
    assert "within a reasonable time of delivery" in " ".join(change.citations[0].quote.split())


def test_two_answers_complete_two_matters() -> None:
    """Each question completes its own matter; what the first brought stays as it was."""
    first, _ = _answered(_open_returns(), "a reasonable time", "45 days")
    second, _ = _answered(first, "significant amounts", "more than £350")
    before, after = _paths(first.proposal), _paths(second.proposal)
    assert before.items() <= after.items()
    agent = _whole(second)
    assert agent.table("refund-approval").rows[0].cells[0].value == 350
    assert disagreements(second.draft, agent) == ()
    assert fails(agent, list(agent.scenarios)) == []


@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
def test_nothing_that_was_decided_is_lost(verdict: Verdict) -> None:
    """Decided changes keep id and content; accepted ones stand in the draft that the answer builds on."""
    ground = _open_returns()
    chosen = {c.id for c in ground.proposal.changes if "final" in c.title.casefold() or "R-14" in c.title}
    for each in tuple(chosen):
        more = ground.proposal.requirements if verdict == "accepted" else ground.proposal.dependents
        chosen |= set(more(each))
    draft = ground.draft
    if verdict == "accepted":
        taken = tuple(c.change for c in ground.proposal.changes if c.id in chosen)
        draft = apply(draft, ChangeSet(title="", changes=taken))
    decided = replace(ground, draft=draft, verdicts=dict.fromkeys(chosen, verdict))
    after, _ = _answered(decided, "a reasonable time", "45 days")
    kept = {c.id: c for c in after.proposal.changes}
    assert all(kept[c.id] == c for c in ground.proposal.changes if c.id in chosen)
    rest = tuple(c.change for c in after.proposal.changes if c.id not in chosen)
    agent = apply(draft, ChangeSet(title="", changes=rest))
    assert disagreements(ground.draft, agent) == ()
    assert fails(agent, list(agent.scenarios)) == []
    assert any(r.id == "R-14" for r in agent.charter.rules) == (verdict == "accepted")


def test_another_answer_to_the_same_question_takes_the_first_ones_place() -> None:
    """Who corrects an answer gets what follows from the new one alone."""
    first, _ = _answered(_open_returns(), "a reasonable time", "45 days")
    again, _ = _answered(first, "a reasonable time", "60 days")
    once, _ = _answered(_open_returns(), "a reasonable time", "60 days")
    assert _whole(again) == _whole(once)


def test_setting_a_question_aside_takes_back_what_its_answer_brought() -> None:
    """Set aside after all: the undecided changes of the answer go, everything else stays."""
    start = _open_returns()
    first, _ = _answered(start, "a reasonable time", "45 days")
    aside, made = _answered(first, "a reasonable time", "Not for the chat", waived=True)
    assert aside.proposal.changes == start.proposal.changes
    assert "taken back" in made.told


def test_an_answer_that_leaves_words_open_brings_the_next_question() -> None:
    """A sentence with two open words is drafted only when both are answered; then it is one rule."""
    start = _ground("returns_assistant")
    first, _ = _answered(start, "slightly late", "7 days")
    assert _paths(first.proposal) == _paths(start.proposal)
    second, _ = _answered(first, "seems reasonable", "A supervisor agrees")
    rule = _whole(second).charter.rules[-1]
    assert "whose return is up to 7 days late may be offered store credit" in rule.text
    assert "“Seems reasonable” means a supervisor agrees." in rule.text


def test_an_answer_that_settles_nothing_is_kept_and_says_so() -> None:
    """A conflict's answer drafts nothing, and the sentence tells it."""
    start = _ground("returns_assistant")
    after, made = _answered(start, "Which one holds", "The policy")
    assert after.proposal == start.proposal and "kept" in made.told


def test_yes_is_no_figure() -> None:
    """A yes or no to “how much is …?” drafts nothing, and the sentence says what is missing."""
    start = _open_returns()
    after, made = _answered(start, "a reasonable time", "Yes, as before.")
    assert after.proposal == start.proposal
    assert "does not say what “a reasonable time” is" in made.told


def test_an_answer_on_a_draft_that_moved_changes_nothing_and_says_so() -> None:
    """Where undecided changes no longer fit the draft, the answer is kept and the proposal is as it was."""
    start = _open_returns()
    rule = start.draft.charter.rule("R-06").model_dump(mode="json")
    edit = Change(path="charter/rules/R-06/text", before=rule["text"], after="Say when the money comes.")
    moved = replace(start, draft=apply(start.draft, ChangeSet(title="", changes=(edit,))))
    after, made = _answered(moved, "a reasonable time", "45 days")
    assert after.proposal == start.proposal and "ask CoBuilder anew" in made.told


@pytest.mark.parametrize(
    ("sentence", "words", "answer", "says"),
    [
        ("Refunds arrive within a reasonable time.", "a reasonable time", "5 days",
         "Refunds arrive within 5 days."),
        ("Refunds arrive within a reasonable time.", "a reasonable time", "within 5 days",
         "Refunds arrive within 5 days."),
        ("It is collected for an appropriate fee.", "appropriate fee", "£25",
         "It is collected for a fee of £25."),
        ("The usual fee is charged.", "usual fee", "£20", "The usual fee of £20 is charged."),
        ("Call us, given sufficient notice.", "sufficient notice", "48 hours",
         "Call us, given 48 hours’ notice."),
        ("Pass it to the appropriate team.", "the appropriate team", "the Payments team",
         "Pass it to the Payments team."),
        ("Returns that are slightly late are booked.", "slightly late", "7 days",
         "Returns that are up to 7 days late are booked."),
        ("Call back in [insert time].", "[insert time]", "the afternoon", "Call back in the afternoon."),
        ("Make them an appropriate offer.", "appropriate offer", "What the Transport desk tells you",
         "Make them an appropriate offer. “Appropriate offer” means what the Transport desk tells you."),
        ("Bulky items are collected for an appropriate fee.", "appropriate fee",
         "Bulky items are collected for £25 in town and £40 elsewhere",
         "Bulky items are collected for £25 in town and £40 elsewhere."),
    ],
)  # fmt: skip
def test_answers_are_put_into_the_sentence(sentence: str, words: str, answer: str, says: str) -> None:
    """A short answer fills the gap where it fits, a whole sentence takes its place, the rest explains."""
    assert filled(sentence, words, answer) == says
