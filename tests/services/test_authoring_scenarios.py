"""Tests by hand: new ones, copies with a variation, changes to several at once, and tests for gaps."""

from __future__ import annotations

import pytest

from studio.assembly import new_from_sample
from studio.checks.tables import check_tables
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.errors import WrongUse
from studio.domain.frozen import canonical, digest
from studio.domain.scenario import ExpectOutcome, Fault, Scenario
from studio.domain.scenario_edit import ScenarioCopy, ScenarioDeed, ScenarioEdit, ScenarioWanted, ScenarioWish
from studio.services.authoring.gap_tests import gap_test
from studio.services.authoring.scenarios import free_id, fulfil_tests, made_test
from studio.services.authoring.table_tests import uncovered_case_test
from studio.services.authoring.variations import BEHAVIOURS, FAULTS, LIMITS, variations
from studio.services.covering import Tests, coverage_of, covered_by
from studio.services.finding_tests import found_by, tags_of
from studio.services.queries.agents import ShowAgent
from studio.settings import Settings


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Agent:
    """The sample's draft."""
    bench = new_from_sample(
        tmp_path_factory.mktemp("tests") / "workspace", "returns_assistant", Settings(name="Ana Silva")
    )
    draft = bench.ask(ShowAgent()).draft
    bench.close()
    return draft


def done(agent: Agent, wish: ScenarioEdit, *taken: str) -> tuple[Agent, ChangeSet]:
    """Return the agent after a wish, and the change set."""
    made = fulfil_tests(agent, wish, taken)
    return apply(agent, made), made


def test_a_test_without_tags_keeps_its_fingerprint(agent: Agent) -> None:
    """Tags that nobody gave leave no trace in what is signed."""
    assert all(b'"tags"' not in canonical(each) for each in agent.scenarios)
    plain = agent.scenarios[0]
    assert digest(plain) == digest(Scenario.model_validate(plain.model_dump(exclude={"tags"})))


def test_a_new_test_passes_as_it_is_made(agent: Agent) -> None:
    """A new test is a customer who tells everything; it can be run at once, and its number is free."""
    flow = next(each for each in agent.workflows if not each.reusable)
    after, made = done(agent, ScenarioWanted(workflow=flow.id), "T-90")
    test = after.scenario(made_test(made))
    assert test.id == "T-91"
    assert test.workflow == flow.id
    assert test.expectations == (ExpectOutcome(outcome="resolved"),)
    assert Tests.of(after).met(test).outcome
    with pytest.raises(WrongUse, match="not in the draft"):
        fulfil_tests(agent, ScenarioWanted(workflow="nothing"))
    block = next(each for each in agent.workflows if each.reusable)
    with pytest.raises(WrongUse, match="reusable block"):
        fulfil_tests(agent, ScenarioWanted(workflow=block.id))


def test_a_copy_stands_beside_its_original(agent: Agent) -> None:
    """A copy is the same test under another number and name, right behind the first."""
    after, made = done(agent, ScenarioCopy(test="T-01"))
    assert [each.id for each in after.scenarios[:2]] == ["T-01", made_test(made)]
    copy = after.scenarios[1]
    assert copy.title.endswith("(copy)")
    assert copy.model_copy(update={"id": "T-01", "title": agent.scenarios[0].title}) == agent.scenarios[0]


def test_every_variation_can_be_made_and_run(agent: Agent) -> None:
    """Each variation differs from the first test, and ends as it says on the draft it was made of."""
    base = agent.scenario("T-01")
    offered = variations(agent, base)
    assert {each.group for each in offered} == {LIMITS, BEHAVIOURS, FAULTS}
    assert len({each.id for each in offered}) == len(offered)
    for group in (LIMITS, BEHAVIOURS, FAULTS):
        for each in [one for one in offered if one.group == group][:3]:
            after, made = done(agent, ScenarioCopy(test="T-01", variation=each.id))
            test = after.scenario(made_test(made))
            talk = Tests.of(after).met(test)
            assert talk.passed or (each.as_today and ExpectOutcome(outcome=talk.outcome) in test.expectations)
            changed = {name for name in Scenario.model_fields if getattr(test, name) != getattr(base, name)}
            assert changed & {"facts", "systems", "behaviours", "faults", "records"}, each.id
            assert ("look it over" in made.title) == each.as_today
    with pytest.raises(WrongUse, match="cannot be varied so"):
        fulfil_tests(agent, ScenarioCopy(test="T-01", variation="behaviour:sings"))


def test_several_tests_are_changed_at_once_and_back(agent: Agent) -> None:
    """One wish on several tests is one change set; its inverse brings every one back as it was."""
    ids = ("T-01", "T-02", "T-03")
    fault = Fault(id="create_return", failure="timeout")
    wishes: tuple[tuple[ScenarioDeed, ScenarioWish], ...] = (
        ("tag", ScenarioWish(deed="tag", tests=ids, tags=("Refunds", " refunds ", "core"))),
        ("add behaviours", ScenarioWish(deed="add behaviours", tests=ids, behaviours=("impatient",))),
        ("add faults", ScenarioWish(deed="add faults", tests=ids, faults=(fault,))),
        ("delete", ScenarioWish(deed="delete", tests=ids)),
    )
    for deed, wish in wishes:
        after, made = done(agent, wish)
        assert after != agent, deed
        assert "3 tests" in made.title
        assert apply(after, made.inverse()) == agent
    tagged, _ = done(agent, wishes[0][1])
    assert [each.tags for each in tagged.scenarios[:4]] == [("Refunds", "core")] * 3 + [None]
    assert tags_of(tagged.scenarios) == ("core", "Refunds")
    assert [each.id for each in tagged.scenarios if found_by(each, "", "REFUNDS")] == list(ids)
    back, _ = done(tagged, ScenarioWish(deed="untag", tests=ids, tags=("refunds", "CORE")))
    assert back == agent
    gone, _ = done(agent, wishes[3][1])
    assert len(gone.scenarios) == len(agent.scenarios) - 3


def test_what_cannot_be_is_refused_with_a_sentence(agent: Agent) -> None:
    """No such test, an empty tag, a system that is not the agent's: nothing changes, and it is said."""
    for wish, words in (
        (ScenarioWish(deed="delete", tests=("T-99",)), "no test “T-99”"),
        (ScenarioWish(deed="delete", tests=()), "No test is chosen"),
        (ScenarioWish(deed="tag", tests=("T-01",), tags=("  ",)), "needs a word"),
        (ScenarioWish(deed="add faults", tests=("T-01",), faults=(Fault(id="radio"),)), "cannot go wrong"),
        (ScenarioWish(deed="add behaviours", tests=("T-01",)), "No behaviour is chosen"),
    ):
        with pytest.raises(WrongUse, match=words):
            fulfil_tests(agent, wish)


def test_search_looks_into_everything_a_card_says(agent: Agent) -> None:
    """Words find a test by its title, its customer's facts, and what fails; all of them have to be there."""
    assert [each.id for each in agent.scenarios if found_by(each, "t-01")] == ["T-01"]
    test = agent.scenario("T-01")
    fact = test.facts[0]
    assert found_by(test, f"{fact.value} {test.title.split()[0].upper()}")
    assert not found_by(test, "zeppelin")


def test_coverage_counts_only_passing_tests(agent: Agent) -> None:
    """Without tests nothing is exercised; a test that fails is told apart from one that passes."""
    everything = coverage_of(agent)
    none = coverage_of(agent.model_copy(update={"scenarios": ()}))
    assert {(each.kind, each.id) for each in none.gaps} == {(each.kind, each.id) for each in everything.items}
    assert 0 < len(everything.gaps) < len(everything.items)
    assert {each.kind for each in everything.items} == {
        "rules", "steps", "branches", "rows", "faults", "sentences",
    }  # fmt: skip
    failing = agent.scenario("T-01").model_copy(
        update={"expectations": (ExpectOutcome(outcome="abandoned"),)}
    )
    only = coverage_of(agent.model_copy(update={"scenarios": (failing,)}))
    assert {each.state for each in only.items} == {"only by tests that fail", "by no test"}
    assert any(kind == "steps" for kind, _, _ in covered_by(agent, Tests.of(agent).met(failing)))


def test_a_gap_is_closed_by_the_test_that_is_written_for_it(agent: Agent) -> None:
    """A written test passes on the draft, and what it was written for is exercised by it afterwards."""
    closed = 0
    for gap in coverage_of(agent).gaps:
        if gap.kind not in ("rows", "faults"):
            continue
        try:
            made = gap_test(agent, gap.kind, gap.id, ("T-77",))
        except WrongUse as why:
            assert "No test was found" in str(why)
            continue
        after = apply(agent, made.changeset)
        assert made.scenario.id == "T-78"
        assert not made.fails
        assert all((each.kind, each.id) != (gap.kind, gap.id) for each in coverage_of(after).gaps), gap.title
        closed += 1
    assert closed >= 8
    with pytest.raises(WrongUse, match="no longer in the draft"):
        gap_test(agent, "rows", "nothing/row-1")


def test_numbers_are_never_used_twice(agent: Agent) -> None:
    """The next number is behind every one of the draft and of the proposals that wait."""
    assert free_id(agent.model_copy(update={"scenarios": ()})) == "T-01"
    assert free_id(agent, ["T-120", "odd"]) == "T-121"


def test_an_uncovered_case_becomes_a_test_that_a_row_mends(agent: Agent) -> None:
    """The test of a case that no row covers fails as the draft is, and passes once the rows are back."""
    table = next(each for each in agent.tables if each.id == "refund-progress")
    rows = tuple(row for row in table.rows if row.then != "arrived")
    holed = agent.model_copy(
        update={
            "tables": tuple(
                t.model_copy(update={"rows": rows}) if t.id == table.id else t for t in agent.tables
            )
        }
    )
    broken = next(
        r
        for r in check_tables(holed)
        if r.check == "gaps" and r.path.endswith(table.id) and r.status == "broken"
    )
    made = uncovered_case_test(holed, broken)
    after = apply(holed, made)
    test = after.scenario(made_test(made))
    assert not Tests.of(after).met(test).passed
    mended = after.model_copy(update={"tables": agent.tables})
    assert Tests.of(mended).met(test).passed
