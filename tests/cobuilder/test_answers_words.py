"""What people rely on when they answer in their own words: figures are figures, a no is a plain no."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_answers import _answered, _ground, _open_returns, _whole

from studio.cobuilder.answers.completing import Ground, complete
from studio.cobuilder.answers.merge import Completed
from studio.cobuilder.answers.words import filled
from studio.cobuilder.questions.answer_verdicts import says_gone, says_kept, says_no, says_yes
from studio.cobuilder.sketch.rehearsal import walk
from studio.domain.proposal import OpenQuestion
from studio.domain.review import Answer
from studio.domain.scenario import ExpectOutcome
from tests.measures.cobuilder_impact import NOW, PROJECTS, project


def _told(ground: Ground, question: OpenQuestion, text: str) -> Completed:
    given = Answer(id="x", proposal_id="P-01", question_id=question.id, text=text, by="Ana", at=NOW)
    asked = (*(q for q in ground.proposal.questions if q.id != question.id), question)
    proposal = ground.proposal.model_copy(update={"changes": (), "questions": asked})
    return complete(replace(ground, proposal=proposal, answers=(given,)), given)


@pytest.mark.parametrize(
    "text",
    ["No more than 30 days", "No later than 14 days", "No less than £50", "Yes, 30 days",
     "Keep it under 30 days", "No, 30 days"],
)  # fmt: skip
def test_a_figure_is_neither_yes_nor_no(text: str) -> None:
    """However an answer begins: what gives a value is read as the value."""
    assert not says_yes(text) and not says_no(text) and not says_gone(text)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("No later than 14 days", "Return it no later than 14 days of delivery."),
        ("Within 45 days", "Return it within 45 days of delivery."),
        ("Yes, 30 days", "Return it within 30 days of delivery."),
        ("Keep it under 30 days", "Return it under 30 days of delivery."),
        ("Thirty days", "Return it within thirty days of delivery."),
        ("Trading Standards decides", "Return it within a reasonable time of delivery. “A reasonable time” "
         "means Trading Standards decides."),
        ("The Payments team decides", "Return it within a reasonable time of delivery. “A reasonable time” "
         "means the Payments team decides."),
    ],
)  # fmt: skip
def test_answers_stand_in_the_sentence_as_they_are_written_there(answer: str, says: str) -> None:
    """No capital letter within a sentence but for names, nothing of what is said before the value."""
    assert filled("Return it within a reasonable time of delivery.", "a reasonable time", answer) == says


def test_no_more_than_a_figure_is_drafted() -> None:
    """“No more than 45 days” completes the proposal like “45 days”."""
    ground, made = _answered(_open_returns(), "a reasonable time", "No more than 45 days")
    assert "an item no more than 45 days of delivery" in _whole(ground).charter.rule("R-03").text
    assert "new change" in made.told


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("No", "goes"), ("No.", "goes"), ("No, drop it", "goes"), ("It no longer holds", "goes"),
        ("No, it does not hold any more", "goes"), ("No, the law changed", "goes"),
        ("Yes", "stays"), ("No change, keep it", "stays"), ("No, it still holds", "stays"),
        ("No. Keep the rule.", "stays"), ("No, do not remove it", ""), ("No, only for members", ""),
        ("Not sure", ""), ("No idea", ""), ("Still under discussion", ""),
    ],
)  # fmt: skip
def test_a_rule_goes_only_on_a_plain_no(text: str, verdict: str) -> None:
    """What speaks for the rule, or leaves it open, never takes it away."""
    assert (says_gone(text), says_kept(text)) == (verdict == "goes", verdict == "stays")


def test_the_rule_that_the_question_names_goes_and_no_other() -> None:
    """Where two rules stand on one sentence, the question's own is removed; “keep it” removes none."""
    ground = _ground("returns_assistant")
    assert ground.replaced is not None
    cited = ground.draft.charter.rule("R-09").citations
    rules = tuple(
        r.model_copy(update={"citations": cited}) if r.id == "R-04" else r for r in ground.draft.charter.rules
    )
    charter = ground.draft.charter.model_copy(update={"rules": rules})
    ground = replace(ground, draft=ground.draft.model_copy(update={"charter": charter}))
    question = OpenQuestion(
        id="Q-90", text="Does rule R-09 “Refund” still hold? The policy no longer says so.", reason="",
        category="dropped", citation=cited[0],
    )  # fmt: skip
    made = _told(ground, question, "No").proposal.changes
    assert [c.change.path for c in made if c.change.after is None] == ["charter/rules/R-09"]
    kept = _told(ground, question, "No change, keep it")
    assert kept.proposal.changes == () and kept.told == "The rule stays as it is."


def test_a_rule_of_the_replaced_edition_can_go() -> None:
    """The question cites the edition that is no longer in force; “no” proposes the removal all the same."""
    described = project("returns_assistant")[1]
    text = (PROJECTS / "returns_assistant" / described["new_document"]["file"]).read_text(encoding="utf-8")
    paragraph = next(p for p in text.split("\n\n") if "card number" in p)
    ground = _ground("returns_assistant", (paragraph, ""))
    after, made = _answered(ground, "Does rule R-10", "no")
    removed = next(c for c in after.proposal.changes if c.change.path == "charter/rules/R-10")
    assert removed.change.after is None and "1 new change" in made.told
    assert not any(r.id == "R-10" for r in _whole(after).charter.rules)
    back, told = _answered(after, "Does rule R-10", "yes")
    assert back.proposal.changes == ground.proposal.changes
    assert "The rule stays" in told.told and "taken back" in told.told


@pytest.mark.parametrize(("text", "taken"), [("Yes", True), ("{}", True), ("No, it must not end {}", False)])
def test_a_test_expects_what_is_said_not_what_is_denied(text: str, taken: bool) -> None:
    """“It must not end resolved” never makes a test expect “resolved”."""
    ground = _ground("returns_assistant")
    test = next(s for s in ground.draft.scenarios if (c := walk(ground.draft, s)) and c.outcome)
    course = walk(ground.draft, test)
    assert course is not None and course.outcome
    other = "refused" if course.outcome == "resolved" else "resolved"
    wrong = test.model_copy(
        update={"expectations": tuple(
            e.model_copy(update={"outcome": other}) if isinstance(e, ExpectOutcome) else e
            for e in test.expectations
        )}
    )  # fmt: skip
    tests = tuple(wrong if s.id == test.id else s for s in ground.draft.scenarios)
    ground = replace(ground, draft=ground.draft.model_copy(update={"scenarios": tests}))
    question = OpenQuestion(
        id="Q-91", text=f"{test.id} “{test.title}” now ends “{course.outcome}”: is that right?", reason="",
        category="scenario", citation=ground.proposal.questions[0].citation,
    )  # fmt: skip
    made = _told(ground, question, text.format(course.outcome))
    assert bool(made.proposal.changes) == taken
    assert taken or "the workflow has to change" in made.told
