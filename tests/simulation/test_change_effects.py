"""Facts of consequences: what is shown and what is not, that shortcuts hide nothing, which changes meet."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

import pytest

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply
from studio.domain.consequence import Consequences
from studio.simulation.change_effects import Comparing, OneChange, Plan, consequences_of, key_of
from studio.simulation.change_effects_groups import Words, _described
from studio.simulation.change_effects_known import Known
from studio.simulation.change_effects_telling import _reworded, counts
from studio.simulation.change_effects_trial import Due
from studio.simulation.mutants import Mutant, mutants
from studio.workers.inline import InlineWorkers
from tests.measures.review_consequences import effect_of
from tests.measures.review_planted import NEVER, SAME, sample, with_effect, without_effect

RETURNS = "returns_assistant"


@pytest.fixture(scope="module")
def returns() -> Agent:
    """The sample's agent."""
    return sample(RETURNS)


def changed(agent: Agent, *changes: Change) -> Agent:
    """Return the agent after some changes."""
    return apply(agent, ChangeSet(title="", changes=changes))


def plan_of(agent: Agent, *changes: Change) -> Plan:
    """Return a proposal of changes that stand each by itself."""

    def each() -> tuple[OneChange, ...]:
        return tuple(
            OneChange(
                f"C-{number:02}",
                change.path,
                (),
                agent,
                changed(agent, change),
                changed(agent, *(other for other in changes if other is not change)),
            )
            for number, change in enumerate(changes, 1)
        )

    return Plan("P-01", agent, changed(agent, *changes), "content", each)


def worked_out(plan: Plan, customers: int = 60) -> Consequences:
    """Return the consequences of a plan."""
    return consequences_of(Comparing(plan, 7, customers), InlineWorkers())


def value(path: str, after: object, before: object) -> Change:
    """Return a change of one value."""
    return Change(path=path, before=before, after=after)


def test_a_part_of_the_planted_changes_is_told_rightly() -> None:
    """Every effect of a seeded part of the planted changes is shown, and none where there is none."""
    draw = random.Random(20)
    for planted in draw.sample(list(with_effect()), 4):
        assert effect_of(planted, 40).standing == "affects", planted.title
    for planted in draw.sample(list(without_effect()), 4):
        assert effect_of(planted, 40).standing != "affects", planted.title


def test_a_question_that_customers_cannot_answer_shows_where_it_leads() -> None:
    """Who does not know is asked again, and comes to where a failed question leads: that change is seen."""
    planted = [p for p in with_effect() if p.kind == "failure ignored" and "Ask whether" in p.title]
    assert {p.sample for p in planted} == {"returns_assistant", "appointment_desk"}
    for each in planted:
        assert effect_of(each, 20).standing == "affects", each.title


def test_playing_on_and_skipping_hide_nothing(returns: Agent) -> None:
    """Customers who are skipped or go on from another conversation find what they find from the beginning."""
    draw = random.Random(5)
    for mutant in draw.sample(mutants(returns), 4):
        change = OneChange("C-01", mutant.title, (), returns, mutant.plant(returns), returns)
        plan = Plan("P-01", returns, mutant.plant(returns), mutant.title, partial(_only, change))
        comparing = Comparing(plan, 7, 30)
        comparing.go_on()
        places = [Due(place) for place in comparing.places]
        short, long = comparing.trial()(places), comparing.trial(skipping=False)(places)
        for one, other in zip(short, long, strict=True):
            found = {pair: each.differences for pair, each in one.found.items()}
            assert found == {pair: each.differences for pair, each in other.found.items()}, mutant.title


def test_only_who_met_what_a_decision_changed_comes_again(returns: Agent) -> None:
    """Without one of its changes a proposal has only some customers come again, and says the same as anew."""
    wanted = ("all-booked/outcome", "in-time/then", "to-complaints/queue")
    all_of_them = {m.change.path: m.change for m in mutants(returns)}
    taken = [change for path, change in all_of_them.items() if path.endswith(wanted)]
    known = Known()

    def again(plan: Plan) -> Consequences:
        return consequences_of(Comparing(plan, 7, 40, known=known), InlineWorkers())

    first = again(plan_of(returns, *taken))
    everybody, known.again = known.again, 0
    assert everybody >= 40
    assert again(plan_of(returns, *taken)) == first
    assert known.again == 0
    rejected = _without(plan_of(returns, *taken), returns, taken)
    assert again(rejected) == worked_out(rejected, 40)
    assert 0 < known.again < everybody / 2
    known.again = 0
    assert again(plan_of(returns, *taken)) == first
    assert 0 < known.again < everybody / 2


def _without(plan: Plan, agent: Agent, changes: list[Change]) -> Plan:
    """Return the plan once its last change is rejected: it is tried alone, and is no part of the whole."""
    kept = changes[:-1]
    rest = plan_of(agent, *kept)
    last = replace(plan.changes()[-1], without=None)
    return replace(rest, content="without the last", changes=lambda: (*rest.changes(), last))


def test_faults_called_the_same_are_all_in_the_kit(returns: Agent) -> None:
    """What is said to be the same to everybody is a fault that the kit still makes."""
    titles = {mutant.title for name in (RETURNS, "appointment_desk") for mutant in mutants(sample(name))}
    assert set(SAME) <= titles
    assert any(NEVER in title for title in titles)
    assert len(list(with_effect())) >= 100
    assert len(list(without_effect())) >= 50


def _only(change: OneChange) -> tuple[OneChange, ...]:
    return (change,)


def wrong_desk(returns: Agent) -> Mutant:
    """Return the change that sends refunds for a supervisor to another desk."""
    return next(m for m in mutants(returns) if m.kind == "wrong desk" and "supervisor" in m.title)


def test_a_group_is_told_by_what_only_its_customers_have(returns: Agent) -> None:
    """Who goes to another desk is told by the amount, which nobody else who gets there has."""
    found = worked_out(plan_of(returns, wrong_desk(returns).change))
    group = found.changes[0].groups[0]
    assert group.kinds[0] == "handoff"
    assert "Supervisor desk → Lost property" in group.title
    assert group.stories
    story = group.stories[0]
    assert story.before.turns[: story.parts_at] == story.after.turns[: story.parts_at]
    assert story.parts_at < max(len(story.before.turns), len(story.after.turns))


def test_titles_are_nothing_to_meet_and_texts_are_words_only(returns: Agent) -> None:
    """A title makes no difference to a conversation; an answer in other words is told as words only."""
    step = "workflows/return-item/steps/explain-window"
    text = returns.workflow("return-item").step("explain-window").text  # type: ignore[union-attr]
    found = worked_out(
        plan_of(
            returns,
            value(f"{step}/title", "Called otherwise", "Explain the return window"),
            value(f"{step}/text", f"We are sorry. {text}", text),
        )
    )
    assert [each.standing for each in found.changes] == ["nothing to meet", "wording only"]
    assert found.whole.standing == "wording only"
    assert found.whole.wording
    assert not found.whole.affected


def test_a_change_that_only_its_requirement_shows_does_nothing_itself(returns: Agent) -> None:
    """A test that comes with a change of a desk is not told to affect those whom the desk affects."""
    desk = wrong_desk(returns).change
    test = value("scenarios/T-01/title", "Called otherwise", returns.scenario("T-01").title)
    both = changed(returns, desk, test)
    alone = changed(returns, desk)
    changes = (
        OneChange("C-01", "Desk", (), returns, alone, returns),
        OneChange("C-02", "Test", ("C-01",), alone, both, alone),
    )
    found = worked_out(Plan("P-01", returns, both, "content", lambda: changes))
    assert found.changes[0].affected
    assert found.changes[1].standing == "nothing to meet"


def test_changes_that_meet_are_named(returns: Agent) -> None:
    """Where a limit of the table and one of the guard count together only, both are named."""
    guard = "charter/rules/R-07/guard/forbidden_when/value"
    limit = returns.tool("issue_refund").model_dump(mode="json")["limits"]
    cells = returns.table("refund-approval").model_dump(mode="json", exclude_none=True)["rows"][0]["cells"]
    changes = (
        value(guard, 350, 200),
        value("tools/issue_refund/limits", [{**limit[0], "maximum": 350.0}], limit),
        value("tables/refund-approval/rows/small/cells", [{**cells[0], "value": 350}], cells),
    )
    found = worked_out(plan_of(returns, *changes), 50)
    assert any({"C-01", "C-02", "C-03"} <= set(each.changes) for each in found.together)
    assert all(each.customers for each in found.together)


def test_a_second_lock_is_told_where_no_customer_meets_it(returns: Agent) -> None:
    """A guard behind the workflow that lets more through is told by the calls that it no longer stops."""
    guard = "charter/rules/R-07/guard/forbidden_when/value"
    found = worked_out(plan_of(returns, value(guard, 150, 200)))
    effect = found.changes[0]
    assert effect.standing == "affects"
    assert any("(R-07) now stops “issue refund”" in lock.words for lock in effect.locks)


def test_the_key_is_by_content(returns: Agent) -> None:
    """A title elsewhere leaves the key as it is; another limit, seed or number of customers does not."""
    plan = plan_of(returns, wrong_desk(returns).change)
    step = "workflows/return-item/steps/explain-window/title"
    titled = changed(returns, value(step, "Called otherwise", "Explain the return window"))
    other = plan_of(titled, wrong_desk(returns).change)
    assert key_of(plan, 7, 100) == key_of(other, 7, 100)
    assert key_of(plan, 7, 100) != key_of(plan, 8, 100)
    assert key_of(plan, 7, 100) != key_of(plan, 7, 101)


def test_results_arrive_before_all_is_done(returns: Agent) -> None:
    """The whole proposal is told after the tests' own customers, then each change, then all."""
    arrived: list[Consequences] = []
    comparing = Comparing(plan_of(returns, wrong_desk(returns).change), 7, 30)
    found = consequences_of(comparing, InlineWorkers(), partial=arrived.append)
    assert not arrived[0].complete
    assert arrived[0].changes == ()
    assert arrived[1].changes
    assert found.complete
    assert found.customers >= 30
    assert all(counts(s.differences) for g in found.whole.groups for s in g.stories)


def test_facts_and_rules_are_called_as_people_say_them(returns: Agent) -> None:
    """A span stands before what it counts, with its record and from when: as the live version counts it."""
    words = Words.of(returns)
    assert words.told("days_elapsed", "31–49") == "orders of 31–49 days since purchase"
    assert words.told("refund_amount", "£201–£350") == f"{words.label('refund_amount')} of £201–£350"
    later = Agent.model_validate_json(
        returns.model_dump_json().replace("days_since_purchase", "days_since_delivery")
    )
    assert Words.of(later, returns).told("days_elapsed", "31–49") == "orders of 31–49 days since purchase"
    assert words.said("is now told R-08; R-99") == "is now told “Tell what the label costs” (R-08); R-99"


def test_stories_and_titles_read_as_sentences(returns: Agent) -> None:
    """A rule that is told stands in a story by its title; a title says “told …”, and “whose … is yes”."""
    table = next(each for each in returns.tables if any(row.id == "in-time" for row in each.rows))
    row = next(
        row for row in table.model_dump(mode="json", exclude_none=True)["rows"] if row["id"] == "in-time"
    )
    cells = [{**each, "value": 45} if each["id"] == "days_elapsed" else each for each in row["cells"]]
    found = worked_out(plan_of(returns, value(f"tables/{table.id}/rows/in-time/cells", cells, row["cells"])))
    stories = [story for group in found.whole.groups for story in group.stories]
    said = {
        e.detail for s in stories for turn in s.after.turns for e in turn.events if e.kind == "disclosure"
    }
    assert "Said “Tell what the label costs” (R-08)." in said
    assert not any(": is " in group.title for group in found.whole.groups)
    facts = [{"final_sale": True}, {"final_sale": True}, {"final_sale": False}]
    words = Words.of(returns)
    near = frozenset({"final_sale"})
    told, left = _described(facts[:2], frozenset({2}), frozenset(), facts, words, near)
    assert (told, left) == ("whose “final sale” is yes", frozenset())


def test_what_tells_a_group_leaves_out_customers_of_other_groups_too() -> None:
    """A value that others share who are treated otherwise in another way does not tell a group alone."""
    facts = [
        {"price": 64, "late": 1},
        {"price": 64, "late": 9},
        {"price": 64, "late": 9},
        {"price": 80, "late": 1},
    ]
    words = Words({}, frozenset(), frozenset(), frozenset(), "", {})
    told, left = _described(
        facts[:1], frozenset({3}), frozenset({1, 2}), facts, words, frozenset({"price", "late"})
    )
    assert "late 1" in told
    assert not left


def test_an_answer_in_nearly_the_same_words_is_no_other_answer() -> None:
    """A step that tells in another's place the same in other words counts for nothing; a turned one does."""
    said = "You can send the item back within 30 days of delivery, if it was never used."
    same = "You can send the item back within 30 days of delivery, if it never was in use."
    assert _reworded(said, same)
    assert not _reworded(said, said.replace("30", "45"))
    assert not _reworded(said, said.replace("can", "cannot"))
    assert not _reworded(said, "We are sorry, this item stays with you.")
