"""Several records in one step: cells, keys, new ones, removed ones; all or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.errors import StudioError, WrongUse
from studio.simulation.record_edits import RecordEdits, edit_records
from studio.simulation.records import as_csv, import_csv, table_of

CSV = "Order,Status,Amount\nA-1,open,10\nA-2,paid,20\nA-3,open,30\n"


@pytest.fixture(scope="module")
def agent(shop: Agent) -> Agent:
    """An agent with a table of three orders."""
    return apply(shop, import_csv(shop, "Orders", CSV))


def _after(agent: Agent, edits: RecordEdits) -> str:
    made = edit_records(agent, "Orders", edits)
    after = apply(agent, made)
    assert apply(after, made.inverse()) == agent, "undo brings everything back"
    return as_csv(table_of(after, "Orders"))


def test_cells_of_several_records_are_one_step(agent: Agent) -> None:
    """Two cells of two records and a new record are one change set with a title in words."""
    edits = RecordEdits(
        (("A-1", "status", "paid"), ("A-2", "amount", "1,200")), ((("order", "A-9"), ("status", "new")),)
    )
    assert _after(agent, edits) == (
        "Order,Status,Amount\nA-1,paid,10\nA-2,paid,1200\nA-3,open,30\nA-9,new,\n"
    )
    assert edit_records(agent, "Orders", edits).title == "Orders: A-9 added, 2 records changed"


def test_a_key_can_be_changed_and_two_keys_exchanged(agent: Agent) -> None:
    """Another value in the key column is the same record under another name."""
    assert "B-1,open,10" in _after(agent, RecordEdits((("A-1", "order", "B-1"),)))
    again = _after(agent, RecordEdits(removed=("A-1",), added=((("order", "A-1"), ("amount", "5")),)))
    assert again.endswith("A-1,,5\n")
    swapped = _after(agent, RecordEdits((("A-1", "order", "A-2"), ("A-2", "order", "A-1"))))
    assert swapped == "Order,Status,Amount\nA-2,open,10\nA-1,paid,20\nA-3,open,30\n"


def test_a_new_record_without_a_key_gets_one(agent: Agent) -> None:
    """Two new records begun without their key stand side by side and can be filled in."""
    made = _after(agent, RecordEdits(added=((), (("amount", "7"),))))
    assert "New 4,," in made
    assert "New 5,,7" in made


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        (RecordEdits((("A-9", "status", "x"),)), "has no record “A-9”"),
        (RecordEdits((("A-1", "order", "A-2"),)), "has a record “A-2” already"),
        (RecordEdits((("A-1", "order", " "),)), "needs a value in “Order”"),
        (RecordEdits((("A-1", "amount", "much"),)), "Record “A-1”, column “Amount”: “much” is no number"),
        (RecordEdits((("A-1", "weight", "1"),)), "has no column “weight”"),
        (RecordEdits((("A-1", "status", "open"),)), "changes nothing"),
        (RecordEdits(removed=("A-9",)), "has no record “A-9”"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_changed(agent: Agent, edits: RecordEdits, said: str) -> None:
    """Each wrong step is refused whole, with the record and the column."""
    with pytest.raises(StudioError, match=said):
        edit_records(agent, "Orders", edits)


_NAMES = st.sampled_from(["A-1", "A-2", "A-3", "A-4"])
_CELLS = st.tuples(
    _NAMES, st.sampled_from(["order", "status", "amount"]), st.sampled_from(["", "1", "A-2", "x"])
)


@given(st.lists(_CELLS, max_size=4), st.lists(_NAMES, max_size=2, unique=True))
def test_every_step_is_undone_or_refused(
    agent: Agent, cells: list[tuple[str, str, str]], removed: list[str]
) -> None:
    """Whatever a grid tells, it is one edit whose inverse brings the table back, or a sentence."""
    try:
        made = edit_records(agent, "Orders", RecordEdits(tuple(cells), (), tuple(removed)))
    except StudioError:
        return
    assert apply(apply(agent, made), made.inverse()).records == agent.records


def test_an_unknown_table_is_told(agent: Agent) -> None:
    """The tables that there are stand in the sentence."""
    with pytest.raises(WrongUse, match="no table of records “Bills”"):
        edit_records(agent, "Bills", RecordEdits())
