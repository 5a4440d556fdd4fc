"""A cell of a decision table is typed as people write it, and reads back as it is shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.cell_text import cell_text, column_type, read_cell
from studio.domain.errors import WrongUse
from studio.domain.workflow import Cell, DecisionTable, Row, SlotType, TableInput

NUMBERS = st.integers(-10_000, 5_000_000) | st.decimals(-1000, 90_000, places=2).map(float)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat)
WORDS = st.text(min_size=1, max_size=24).map(lambda text: " ".join(text.split())).filter(bool)
VALUES: dict[SlotType, st.SearchStrategy[Any]] = {
    "number": NUMBERS, "money": NUMBERS, "date": DAYS, "text": WORDS, "choice": WORDS,
}  # fmt: skip


@st.composite
def cells(draw: st.DrawFn, kind: SlotType) -> Cell:
    """Return a cell that says something, of a kind of column."""
    value = VALUES[kind]
    ops = ["=", "!=", "in", "not in", "<", "<=", ">", ">="]
    op = draw(st.sampled_from([*ops, "between"] if kind in ("number", "money", "date") else ops[:4]))
    if op == "between":
        low, high = sorted((draw(value), draw(value)))
        return Cell(id="it", op="between", value=low, high=high)
    if op in ("in", "not in"):
        many = tuple(draw(st.lists(value, min_size=2, max_size=4)))
        return Cell.model_validate({"id": "it", "op": "in" if op == "in" else "!=", "value": many})
    return Cell.model_validate({"id": "it", "op": op, "value": draw(value)})


@given(st.sampled_from(sorted(VALUES)).flatmap(lambda kind: st.tuples(st.just(kind), cells(kind))))
def test_what_is_shown_reads_back_as_the_same_test(drawn: tuple[SlotType, Cell]) -> None:
    """Whatever a cell holds, typing what is shown changes nothing."""
    kind, cell = drawn
    column = TableInput(id="it", label="It", type=kind)
    assert read_cell(cell_text(cell, kind), column) == cell


@given(st.text(max_size=40), st.sampled_from(["number", "money", "date", "yes or no", "text", "choice"]))
def test_any_text_is_a_cell_or_a_sentence(text: str, kind: SlotType) -> None:
    """Nothing that is typed breaks; what cannot be read says how it may be written."""
    column = TableInput(id="it", label="It", type=kind)
    try:
        cell = read_cell(text, column)
    except WrongUse as error:
        assert error.what and error.todo
    else:
        assert read_cell(cell_text(cell, kind), column) == cell


def read(kind: SlotType, text: str, label: str = "Final sale") -> tuple[Any, ...]:
    """Return operator and values of a text."""
    cell = read_cell(text, TableInput(id="it", label=label, type=kind))
    return (cell.op, cell.value) if cell.high is None else (cell.op, cell.value, cell.high)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("number", "", ("any", None)),
        ("number", "Any", ("any", None)),
        ("number", "45", ("=", 45)),
        ("number", "<= 45", ("<=", 45)),
        ("number", "up to 45", ("<=", 45)),
        ("number", "no more than 1,000", ("<=", 1000)),
        ("number", "over 45", (">", 45)),
        ("number", "45 or more", (">=", 45)),
        ("number", "45+", (">=", 45)),
        ("number", "under 45", ("<", 45)),
        ("number", "31-45", ("between", 31, 45)),
        ("number", "31 to 45", ("between", 31, 45)),
        ("number", "between 31 and 45", ("between", 31, 45)),
        ("number", "31..45", ("between", 31, 45)),
        ("number", "-5 to -1", ("between", -5, -1)),
        ("number", "1, 2 or 3", ("in", (1, 2, 3))),
        ("number", "not 4", ("!=", 4)),
        ("money", "≤ $500", ("<=", 500)),
        ("money", "£1,250.50", ("=", 1250.5)),
        ("money", "50 EUR – 200 EUR", ("between", 50, 200)),
        ("date", "before 1 May 2026", ("<", "2026-05-01")),
        ("date", "since March 31, 2026", (">=", "2026-03-31")),
        ("date", "31.03.2026", ("=", "2026-03-31")),
        ("date", "2026-01-01 to 2026-03-31", ("between", "2026-01-01", "2026-03-31")),
        ("yes or no", "Yes", ("=", True)),
        ("yes or no", "not final sale", ("=", False)),
        ("yes or no", "any", ("any", None)),
        ("choice", "gold, silver", ("in", ("gold", "silver"))),
        ("choice", "gold, silver or bronze", ("in", ("gold", "silver", "bronze"))),
        ("choice", "not used", ("!=", "used")),
        ("choice", '"not used"', ("=", "not used")),
        ("text", '"a, b"', ("=", "a, b")),
    ],
)
def test_cells_are_written_as_people_write_them(kind: SlotType, text: str, expected: tuple[Any, ...]) -> None:
    """Signs, words, ranges, lists, amounts and dates are read."""
    assert read(kind, text) == expected


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("number", "many", "not a number"),
        ("number", "45 to 31", "runs backwards"),
        ("money", "cheap", "not an amount"),
        ("date", "03/04/2026", "day and month could be either"),
        ("date", "31 February 2026", "no day"),
        ("yes or no", "maybe", "neither yes nor no"),
        ("choice", '"gold', "do not close"),
    ],
)
def test_what_is_unclear_is_refused_with_a_sentence(kind: SlotType, text: str, why: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(WrongUse, match=why):
        read(kind, text)


def test_a_choice_is_read_as_the_fact_spells_it() -> None:
    """A value that the fact knows keeps its spelling, also where it holds a comma."""
    column = TableInput(id="it", label="Reason", type="choice")
    choices = ("Arrived damaged", "Late, or never")
    assert read_cell("arrived DAMAGED", column, choices=choices).value == "Arrived damaged"
    assert read_cell("late, or never", column, choices=choices).value == "Late, or never"


def test_a_column_of_texts_that_are_all_numbers_is_one_of_numbers() -> None:
    """Tables that never said their columns' types are edited by what stands in them."""
    column = TableInput(id="days", label="Days")
    cell = Cell(id="days", op="<=", value=45)
    table = DecisionTable(id="t", name="T", inputs=(column,), rows=(Row(id="r", cells=(cell,), then="x"),))
    assert column_type(table, column) == "number"
    assert column_type(table.model_copy(update={"rows": ()}), column) == "text"


@pytest.mark.parametrize("text", ["1,5", "1.234,50", "10,20", "≤ 12,5", "1,2,3"])
def test_a_comma_that_can_be_read_in_two_ways_is_refused(text: str) -> None:
    """A decimal comma pasted from a spreadsheet never becomes a list in silence."""
    with pytest.raises(WrongUse, match="two ways"):
        read("number", text)
