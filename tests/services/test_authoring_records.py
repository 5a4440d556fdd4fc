"""Tables of records by hand: made, named; columns added, changed, removed; refused whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.errors import StudioError
from studio.domain.scenario import ExpectRecord
from studio.domain.world import OwnRecord
from studio.services.authoring.record_tables import (
    column_kind,
    new_record_table,
    put_record_column,
    remove_record_column,
    rename_record_table,
)
from studio.simulation.effects import put_mock
from studio.simulation.records import as_csv, import_csv, table_of

SHOP = Path(__file__).parents[1] / "simulation" / "shop.json"
CSV = "Order ID,Status,Amount,Paid\nA-1,open,10,yes\nA-2,paid,20,no\n"


@pytest.fixture(scope="module")
def agent() -> Agent:
    """The shop with a table of two orders; a refund sets a status and reckons with the amount."""
    shop = Agent.model_validate_json(SHOP.read_bytes())
    tabled = apply(shop, import_csv(shop, "Orders", CSV))
    tool = next(each.name for each in shop.tools if "order_id" in each.argument_names)
    does = {"set": {"status": "refunded"}, "subtract": {"amount": "1"}}
    return apply(tabled, put_mock(tabled, tool, "Orders", does, {}))  # type: ignore[arg-type]


def _after(agent: Agent, made: ChangeSet) -> Agent:
    after = apply(agent, made)
    assert apply(after, made.inverse()) == agent, "undo brings everything back"
    return after


def test_a_table_from_nothing(agent: Agent) -> None:
    """An empty table with the column that tells records apart, then a column of numbers."""
    for one in (agent, Agent.model_validate_json(SHOP.read_bytes())):
        made = new_record_table(one, "Open  parcels", "Parcel number")
        assert made.title == "New table of records “Open parcels”"
        after = _after(one, made)
        table = table_of(after, "open parcels")
        assert (table.id, table.key, as_csv(table)) == ("open_parcels", "parcel_number", "Parcel number\n")
        after = _after(after, put_record_column(after, "open_parcels", "", "Weight", "number"))
        assert as_csv(table_of(after, "open_parcels")) == "Parcel number,Weight\n"


def test_a_column_is_called_otherwise_and_systems_find_it_as_before(agent: Agent) -> None:
    """Only people see the other name."""
    made = put_record_column(agent, "Orders", "Status", "State of the order")
    assert made.title == "Orders: “Status” is now called “State of the order”"
    table = table_of(_after(agent, made), "Orders")
    assert [each.id for each in table.columns] == ["order_id", "status", "amount", "paid"]
    assert as_csv(table).startswith("Order ID,State of the order,Amount,Paid\n")
    again = _after(agent, rename_record_table(agent, "orders", "Purchases"))
    assert table_of(again, "orders").name == "Purchases"


def test_values_are_read_anew_when_a_column_holds_something_else(agent: Agent) -> None:
    """Numbers told as text become numbers, and yes or no becomes words; whatever does not fit is named."""
    text = _after(agent, put_record_column(agent, "Orders", "Paid", "Paid", "text"))
    assert [row.values["paid"] for row in table_of(text, "Orders").rows] == ["yes", "no"]
    back = _after(text, put_record_column(text, "Orders", "paid", "Is paid", "yes or no"))
    assert [row.values["paid"] for row in table_of(back, "Orders").rows] == [True, False]
    with pytest.raises(StudioError, match="Record “A-1”, column “Status”: “open” is no number"):
        put_record_column(agent, "Orders", "status", "Status", "number")


def test_a_removed_column_takes_its_values_along(agent: Agent) -> None:
    """Column and values go together, in one step."""
    made = remove_record_column(agent, "Orders", "Paid")
    assert as_csv(table_of(_after(agent, made), "Orders")) == (
        "Order ID,Status,Amount\nA-1,open,10\nA-2,paid,20\n"
    )


def _with_test(agent: Agent) -> Agent:
    first, second, *others = agent.scenarios
    own = first.model_copy(update={"records": (OwnRecord(table="orders", id="A-1", values={"paid": True}),)})
    wanted = ExpectRecord(table="orders", id="A-1", values={"paid": True})
    ends = second.model_copy(update={"expectations": (*second.expectations, wanted)})
    return agent.model_copy(update={"scenarios": (own, ends, *others)})


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda a: remove_record_column(a, "Orders", "Order ID"), "tells the records of “Orders” apart"),
        (lambda a: remove_record_column(a, "Orders", "Status"), "The system .* needs the column “Status”"),
        (lambda a: remove_record_column(a, "Orders", "Colour"), "has no column “Colour”"),
        (lambda a: remove_record_column(_with_test(a), "Orders", "Paid"), "The test “.*” needs the column"),
        (lambda a: put_record_column(a, "Orders", "", "status", "text"), "has a column “status” already"),
        (lambda a: put_record_column(a, "Orders", "", "  ", "text"), "A column needs a name"),
        (lambda a: put_record_column(a, "Orders", "Paid", "Paid"), "changes nothing"),
        (lambda a: put_record_column(a, "Orders", "Amount", "Amount", "text"), "reckons with “Amount”"),
        (lambda a: put_record_column(a, "Orders", "Order ID", "x", "number"), "tells records apart"),
        (lambda a: put_record_column(a, "Bills", "", "x", "text"), "no table of records “Bills”"),
        (lambda a: new_record_table(a, "orders", "x"), "a table of records “Orders” already"),
        (lambda a: new_record_table(a, "x" * 81, "x"), "at most 80 characters; this has 81"),
        (lambda a: rename_record_table(a, "Orders", "Orders"), "called “Orders” already"),
        (lambda _: column_kind("money"), "cannot hold “money”"),
    ],
)
def test_what_cannot_be_is_told(agent: Agent, edit: Callable[[Agent], ChangeSet], said: str) -> None:
    """Each is refused whole, with what stands against it."""
    with pytest.raises(StudioError, match=said):
        edit(agent)
