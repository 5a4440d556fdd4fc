"""Tables of records: edited record by record or from a file, with plain words where something is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.condition import Scalar
from studio.domain.errors import BrokenInput, WrongUse
from studio.domain.frozen import digest
from studio.domain.world import Column, Record, RecordTable
from studio.simulation.records import as_csv, import_csv, put_record, remove_record, remove_table, table_of

ORDERS = """Order number;Amount;Paid on;Final sale;Note
LH-1;1,250.00;2026-01-02;no;"a lamp; two
lines"
LH-2;30;2026-02-03;yes;
"""


def _with_orders(agent: Agent) -> Agent:
    return apply(agent, import_csv(agent, "Orders", ORDERS))


def test_a_file_becomes_a_table_with_types(shop: Agent) -> None:
    """The first line names the columns; numbers, dates and yes or no are seen from the values."""
    table = table_of(_with_orders(shop), "orders")
    assert (table.id, table.name, table.key) == ("orders", "Orders", "order_number")
    assert {c.id: c.type for c in table.columns} == {
        "order_number": "text",
        "amount": "number",
        "paid_on": "date",
        "final_sale": "yes or no",
        "note": "text",
    }
    assert table.rows[0].values == {
        "amount": 1250,
        "paid_on": "2026-01-02",
        "final_sale": False,
        "note": "a lamp; two\nlines",
    }
    assert "note" not in table.rows[1].values


def test_numbers_that_are_names_stay_words(shop: Agent) -> None:
    """A postcode with a leading zero is not reckoned with, and a key never is."""
    table = table_of(apply(shop, import_csv(shop, "Places", "id,zip\n1,01067\n2,10115\n")), "Places")
    assert table.columns[1].type == "text"
    assert [row.id for row in table.rows] == ["1", "2"]


def test_a_second_file_changes_and_adds(shop: Agent) -> None:
    """Known records get the new values and keep the others; new ones are added; nothing new is refused."""
    agent = _with_orders(shop)
    more = "Order number,Amount\nLH-1,5\nLH-3,7\n"
    grown = apply(agent, import_csv(agent, "Orders", more))
    table = table_of(grown, "Orders")
    assert [row.id for row in table.rows] == ["LH-1", "LH-2", "LH-3"]
    assert (table.rows[0].values["amount"], table.rows[0].values["paid_on"]) == (5, "2026-01-02")
    with pytest.raises(WrongUse, match="nothing new"):
        import_csv(grown, "Orders", more)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The file is empty"),
        ("Order,,Amount\n1,2,3\n", "Column 2 has no name"),
        ("Order,order\n1,2\n", "The column “order” is there twice"),
        ("Order,Amount\nA,1\nA,2\n", "Line 3: “A” is there twice, first in line 2"),
        ("Order,Amount\n,1\n", "Line 2 has nothing in “Order”"),
        ("Order,Amount\nA,1,2\n", "Line 2 has 3 cells, but there are 2 columns"),
        ('Order,Amount\n"A,1\n', "This is no CSV file"),
    ],
)
def test_a_broken_file_is_told_with_its_line(shop: Agent, text: str, words: str) -> None:
    """Nothing of it is taken in, and the sentence says where to look."""
    with pytest.raises(BrokenInput, match=words.replace("(", r"\(")):
        import_csv(shop, "Orders", text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Order number,Amount\nLH-1,abc\n", "Line 2, column “Amount”: “abc” is no number"),
        ("Order number,Paid on\nLH-1,2026-02-30\n", "is no date like 2026-12-31"),
        ("Order number,Final sale\nLH-1,perhaps\n", "neither yes nor no"),
        ("Order number,Price\nLH-1,2\n", "“Orders” has no column “Price”"),
        ("Amount\n2\n", "no column “Order number”"),
    ],
)
def test_what_does_not_fit_a_known_table_is_told(shop: Agent, text: str, words: str) -> None:
    """A wrong value or column of a known table is refused by name."""
    with pytest.raises(BrokenInput, match=words):
        import_csv(_with_orders(shop), "Orders", text)


def test_records_are_put_and_removed(shop: Agent) -> None:
    """One value changes, an empty one goes, a record goes; each edit can be taken back."""
    agent = _with_orders(shop)
    edit = put_record(agent, "Orders", "LH-1", {"amount": "99", "note": ""})
    changed = apply(agent, edit)
    values = table_of(changed, "Orders").rows[0].values
    assert (values["amount"], "note" in values) == (99, False)
    assert digest(apply(changed, edit.inverse())) == digest(agent)
    assert [
        row.id for row in table_of(apply(agent, remove_record(agent, "Orders", "LH-1")), "Orders").rows
    ] == ["LH-2"]
    assert apply(agent, remove_table(agent, "Orders")).records == ()


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda a: put_record(a, "Order", "1", {}), "It has: Orders"),
        (lambda a: put_record(a, "Orders", " ", {}), "needs a value"),
        (lambda a: put_record(a, "Orders", "1", {"price": "2"}), "no column “price”"),
        (lambda a: remove_record(a, "Orders", "LH-9"), "no record “LH-9”"),
    ],
)
def test_wrong_names_are_told(shop: Agent, edit: Callable[[Agent], object], words: str) -> None:
    """What is not there is named, with what is."""
    with pytest.raises(WrongUse, match=words):
        edit(_with_orders(shop))


def test_an_agent_without_records_keeps_its_digest(shop: Agent) -> None:
    """Nothing is added to agents, tools and tests that have no world: older ones stay what they were."""
    assert "records" not in shop.model_dump(mode="json", exclude_none=True)
    assert digest(Agent.model_validate(shop.model_dump(mode="json", exclude_none=True))) == digest(shop)


_CELLS: st.SearchStrategy[Scalar] = st.one_of(
    st.booleans(), st.integers(-(10**9), 10**9), st.text('abc,;"\n é', min_size=1, max_size=12).map(str.strip)
)


@given(st.lists(st.tuples(_CELLS, _CELLS), min_size=1, max_size=6))
def test_a_table_survives_the_way_through_a_file(cells: list[tuple[Scalar, Scalar]]) -> None:
    """Exported and imported again, every value is there."""
    kinds = {bool: "yes or no", int: "number", str: "text"}
    one, two = kinds[type(cells[0][0])], kinds[type(cells[0][1])]
    kept = [
        (a, b) for a, b in cells if (kinds[type(a)], kinds[type(b)]) == (one, two) and a != "" and b != ""
    ]
    table = RecordTable(
        id="t",
        name="T",
        key="key",
        columns=(Column(id="key"), Column(id="a", type=one), Column(id="b", type=two)),
        rows=tuple(Record(id=f"r{at}", values={"a": a, "b": b}) for at, (a, b) in enumerate(kept)),
    )
    if not kept:
        return
    empty = table.model_copy(update={"rows": ()})
    agent = _bare(empty)
    edit: ChangeSet = import_csv(agent, "T", as_csv(table))
    assert table_of(apply(agent, edit), "T").rows == table.rows


def _bare(table: RecordTable) -> Agent:
    charter = dict.fromkeys(("purpose", "audience", "channel", "ai_disclosure", "capabilities"), "")
    return Agent.model_validate({"id": "a", "name": "A", "charter": charter, "records": [table]})
