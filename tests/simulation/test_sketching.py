"""Tables sketched from schemas and tests, and what a business user says a system does to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.errors import BrokenInput, WrongUse
from studio.simulation import run
from studio.simulation.effects import put_mock
from studio.simulation.records import table_of
from studio.simulation.sketching import sketch_tables
from studio.simulation.world import actings
from studio.workers.inline import InlineWorkers
from tests.simulation.worlds import scenario, talks, wrong

SAMPLES = Path(__file__).parents[2] / "sample_projects"
PAID = {
    "kind": "record",
    "table": "order_id_records",
    "id": "LH-204418",
    "values": {"refund_state": "issued"},
}


def _sample(name: str) -> Agent:
    """Return a sample before anybody gave its systems tables: what they do, and what tests expect of them."""
    agent = Agent.model_validate_json((SAMPLES / name / "agent.json").read_bytes())
    tools = tuple(tool.model_copy(update={"mock": None}) for tool in agent.tools)
    tests = tuple(
        test.model_copy(
            update={"expectations": tuple(e for e in test.expectations if e.kind not in ("record", "world"))}
        )
        for test in agent.scenarios
    )
    return agent.model_copy(update={"records": None, "tools": tools, "scenarios": tests})


def _sketched() -> Agent:
    agent = _sample("returns_assistant")
    return apply(agent, sketch_tables(agent))


def test_the_look_ups_become_one_table_with_the_tests_records() -> None:
    """Orders by their number, with what the systems tell of them and what proves identity."""
    table = table_of(_sketched(), "Orders")
    kinds = {column.id: column.type for column in table.columns}
    assert kinds["amount"] == "number"
    assert kinds["final_sale"] == "yes or no"
    assert {"email", "item", "refund_state"} <= set(kinds)
    first = next(row for row in table.rows if row.id == "LH-204418")
    assert (first.values["email"], first.values["amount"]) == ("ada.finch@mail.example", 64.5)
    assert set(actings(_sketched())) == {tool.name for tool in _sketched().tools}


@pytest.mark.parametrize("name", ["returns_assistant", "appointment_desk"])
def test_sketching_changes_no_test(name: str) -> None:
    """Each test keeps its own replies: everything passes as before, and no check breaks."""
    agent = _sample(name)
    sketched = apply(agent, sketch_tables(agent))
    found = run(sketched, sketched.scenarios, 7, 3, InlineWorkers())
    assert [c.because for c in found.conversations if not c.passed] == []
    assert not [check.detail for check in run_checks(sketched) if check.status == "broken"]
    with pytest.raises(WrongUse, match="no further table"):
        sketch_tables(sketched)


def test_what_a_system_does_is_said_in_columns() -> None:
    """Once the refund is said to change the order, a test can expect the order changed."""
    plain = _sketched()
    test = plain.scenario("T-01").model_copy(
        update={"expectations": scenario(PAID).expectations, "systems": (), "faults": ()}
    )
    replies = tuple(s for s in plain.scenario("T-01").systems if s.id == "create_return")
    test = test.model_copy(update={"systems": replies})
    edit = put_mock(
        plain, "issue_refund", "Orders", {"set": {"refund_state": "issued"}}, {"final_sale": "no"}
    )
    changing = apply(plain, edit)
    without = apply(changing, put_mock(changing, "issue_refund", "Orders", {}, {}))
    assert without == plain
    none = {**PAID, "values": {"refund_state": "arrived"}}
    assert [wrong(talk) for talk in talks(changing, test, 3) if not talk.passed] == []
    other = test.model_copy(update={"expectations": scenario(none).expectations})
    assert all("is issued, expected arrived" in wrong(talk)["goal"] for talk in talks(changing, other, 2))


@pytest.mark.parametrize(
    ("tool", "does", "only_when", "words"),
    [
        ("issue_refnd", {}, {}, "no system “issue_refnd”"),
        ("issue_refund", {"set": {"state": "x"}}, {}, "no column “state”"),
        ("issue_refund", {"subtract": {"item": "lamp"}}, {}, "cannot be reckoned with"),
        ("issue_refund", {}, {"stat": "x"}, "no column “stat”"),
        ("issue_refund", {"set": {"amount": "lots"}}, {}, "“lots” is no number"),
    ],
)
def test_what_cannot_be_done_is_told(
    tool: str, does: dict[str, dict[str, str]], only_when: dict[str, str], words: str
) -> None:
    """Wrong names and values that cannot be reckoned with are named, and nothing is changed."""
    with pytest.raises((WrongUse, BrokenInput), match=words):
        put_mock(_sketched(), tool, "Orders", does, only_when)  # type: ignore[arg-type]


def test_an_argument_is_meant_by_its_name() -> None:
    """The amount that is paid back comes off the amount of the order."""
    edit = put_mock(_sketched(), "issue_refund", "Orders", {"subtract": {"amount": "amount"}}, {})
    assert edit.changes[0].after["effects"] == [
        {"column": "amount", "does": "subtract", "argument": "amount"}
    ]
