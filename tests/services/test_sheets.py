"""Things of an agent as labelled lines: every kind has a form of its own, and none is shown as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.diff.naming import Names
from studio.diff.sheets import SheetLine, diff_sheet
from studio.domain.agent import Agent
from studio.domain.frozen import Json, to_json
from studio.domain.readiness import Threshold
from studio.domain.scenario import ExpectCall, ExpectOutcome, Fact, Scenario
from studio.domain.tool import Limit, Tool
from studio.domain.workflow import Ask
from studio.domain.world import Column, Record, RecordTable
from studio.services.sheets import sheet_of, thing_path

SAMPLES = ("returns_assistant", "appointment_desk")


def _items(tree: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    charter = tree["charter"]
    for part in ("rules", "owners", "portfolio", "readiness"):
        yield from ((("charter", part, each["id"]), each) for each in charter.get(part) or ())
    for part in ("technology", "economics", "company_policy"):
        yield ("charter", part), charter.get(part)
    for part in ("workflows", "tools", "scenarios", "sources", "records"):
        yield from (((part, ""), each) for each in tree.get(part) or ())
    for flow in tree["workflows"]:
        yield from ((("workflows", "", "steps", ""), each) for each in flow["steps"])
        yield from ((("workflows", "", "slots", ""), each) for each in flow["slots"])


@pytest.mark.parametrize("name", SAMPLES)
def test_everything_of_an_agent_has_a_form_without_json(repository: Path, name: str) -> None:
    """Each rule, step, test, system, threshold and source of the samples is written down line by line."""
    files = list((repository / "sample_projects" / name).glob("*agent*.json"))
    assert files
    for file in files:
        tree = to_json(Agent.model_validate_json(file.read_bytes()))
        for thing, value in _items(tree):
            lines = sheet_of(thing, value)
            assert bool(lines) == (value is not None), thing
            for line in lines:
                assert line.label
                assert not set("{}_\\") & set(line.label), line
                assert not line.text.startswith(("{", "["))


def test_a_test_is_held_against_its_older_self_line_by_line() -> None:
    """What the customer knows and what must happen meet by what they are about, not by their place."""
    before = Scenario(
        id="T-1", title="Day 31", workflow="return", facts=(Fact(id="order_id", value="A1"),),
        expectations=(ExpectOutcome(outcome="refused"), ExpectCall(tool="issue_refund", never=True)),
    )  # fmt: skip
    after = before.model_copy(
        update={"expectations": (ExpectCall(tool="issue_refund"), ExpectOutcome(outcome="resolved"))}
    )
    rows = diff_sheet(*(sheet_of(("scenarios", "T-1"), to_json(each)) for each in (before, after)))
    changed = {(row.label, row.before, row.after) for row in rows if row.status != "same"}
    assert changed == {
        ("The conversation ends", "refused", "resolved"),
        ("“issue refund”", "is never used", "is used"),
    }


def test_a_sheet_calls_things_as_people_do(repository: Path) -> None:
    """Rules, steps, facts and workflows stand in a sheet under their titles, and words in quotes."""
    file = repository / "sample_projects" / "returns_assistant" / "agent.json"
    agent = Agent.model_validate_json(file.read_bytes())
    names, tree = Names(agent), to_json(agent)
    said = [
        f"{line.label}: {line.text}"
        for part, values in (
            (("charter", "rules", ""), tree["charter"]["rules"]),
            (("workflows", "return-item", "steps", ""), tree["workflows"][0]["steps"]),
            (("scenarios", ""), tree["scenarios"]),
        )
        for value in values
        for line in sheet_of(part, value, names)
    ]
    assert "Only in workflows: Return an item" in said
    assert any(line.startswith("Order number: LH-") for line in said)
    assert any("reason is not “arrived damaged”" in line for line in said)
    assert any(line.startswith("Rule R-08 “") and "is told" in line for line in said)
    assert any(line.startswith("Then: → “") for line in said)
    assert any("[item]" in line for line in said)
    assert not any("{" in line for line in said)


def test_figures_say_by_how_much_they_move() -> None:
    """A threshold that goes from 10 to 15 percent says so, and that it is five points more."""
    old = Threshold(id="escalation: x", measure="escalation", limit=0.1, about="x")
    new = old.model_copy(update={"limit": 0.15})
    thing = ("charter", "readiness", old.id)
    rows = diff_sheet(sheet_of(thing, to_json(old)), sheet_of(thing, to_json(new)))
    (limit,) = [row for row in rows if row.label == "At most"]
    assert (limit.before, limit.after, limit.note) == ("10 %", "15 %", "+5 points")


def test_a_step_says_how_often_it_asks() -> None:
    """Three tries instead of two read as people say them."""
    old = Ask(id="a", title="Ask", slots=("order_id",), tries=2)
    thing = ("workflows", "w", "steps", "a")
    pair = [sheet_of(thing, to_json(each)) for each in (old, old.model_copy(update={"tries": 3}))]
    (row,) = [each for each in diff_sheet(*pair) if each.status != "same"]
    assert (row.label, row.before, row.after) == ("Asks", "twice", "three times")


def test_a_system_shows_what_it_may() -> None:
    """A system's limits and permissions stand in a section of their own, its limits as figures."""
    tool = Tool(name="pay", effect="write", reversible=False, limits=(Limit(argument="amount", maximum=200),))
    lines = sheet_of(("tools", "pay"), to_json(tool))
    may = [(line.label, line.text) for line in lines if line.section == "What it may"]
    assert may == [
        ("Effect", "Changes something"),
        ("Can be taken back", "no"),
        ("Kind of data", "internal"),
        ("Highest “amount”", "200"),
    ]


def test_a_table_of_records_is_written_down_by_columns_and_records() -> None:
    """A new column is one line, a record one line, values by their names; types are everyday words."""
    old = RecordTable(
        id="orders", name="Orders", key="order_id", columns=(Column(id="order_id", label="Order"),),
        rows=(Record(id="LH-1", values={"order_id": "LH-1"}),),
    )  # fmt: skip
    new = old.model_copy(
        update={"columns": (*old.columns, Column(id="sold", label="Sold", type="yes or no"))}
    )
    thing = ("records", "orders")
    rows = diff_sheet(sheet_of(thing, to_json(old)), sheet_of(thing, to_json(new)))
    assert [(row.section, row.label, row.after) for row in rows if row.status != "same"] == [
        ("Columns", "Sold", "yes or no")
    ]
    assert ("Records", "LH-1", "Order: LH-1") in [(row.section, row.label, row.after) for row in rows]
    takes = {"properties": {"note": {"type": "string"}, "gift": {"type": ["boolean", "null"]}}}
    lines = sheet_of(("tools", "pay"), to_json(Tool(name="pay", parameters=takes)))
    assert {"note: text, may be left out", "gift: yes or no or nothing, may be left out"} <= {
        f"{line.label}: {line.text}" for line in lines
    }


def test_the_thing_a_path_is_about_is_found() -> None:
    """A change of one field is shown on the sheet of its thing; one without a sheet has none."""
    assert thing_path("tools/pay/limits") == ("tools", "pay")
    assert thing_path("workflows/w/steps/s/branches/b/next") == ("workflows", "w", "steps", "s")
    assert thing_path("charter/rules/R-1/text") == ("charter", "rules", "R-1")
    assert thing_path("charter/economics/volume") == ("charter", "economics")
    assert thing_path("charter/purpose") == ()


def test_lines_that_went_stand_where_they_stood() -> None:
    """A line that is no longer there is shown in its place, as gone."""
    old = [SheetLine("A", "1"), SheetLine("B", "2"), SheetLine("C", "3")]
    rows = diff_sheet(old, [old[0], old[2]])
    assert [(row.label, row.status) for row in rows] == [("A", "same"), ("B", "removed"), ("C", "same")]
