"""Decision tables: gaps, overlaps and silent rows agree with trying out every case."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.checks.tables import check_tables, columns, find_gap, find_overlaps, table_gap, winners
from studio.domain.agent import Agent
from studio.domain.check import CheckResult
from studio.domain.condition import Scalar
from studio.domain.workflow import Cell, DecisionTable, Row, SlotType, TableInput

CASES: dict[SlotType, list[Scalar]] = {
    "number": list(range(0, 13)),
    "yes or no": [True, False],
    "text": ["red", "green", "something nobody named"],
    "date": [(date(2026, 1, 1) + timedelta(days=n)).isoformat() for n in range(12)],
    "money": [n / 100 for n in range(0, 500)],
}


def with_table(shop: Agent, table: DecisionTable) -> Agent:
    """An agent that has only this table and no slots, so that types decide what can occur."""
    return shop.model_copy(update={"tables": (table,), "workflows": (), "scenarios": ()})


def results(shop: Agent, table: DecisionTable) -> list[CheckResult]:
    """What is found about a table."""
    return list(check_tables(with_table(shop, table)))


def days(*rows: tuple[str, int, int | None], policy: str = "first") -> DecisionTable:
    """A table over days since delivery."""
    made = tuple(
        Row(
            id=f"r{at}",
            then=f"t{at}",
            cells=(Cell.model_validate({"id": "d", "op": op, "value": v, "high": h}),),
        )
        for at, (op, v, h) in enumerate(rows)
    )
    inputs = (TableInput(id="d", label="Days", type="number"),)
    return DecisionTable.model_validate(
        {"id": "t", "name": "Window", "inputs": inputs, "rows": made, "hit_policy": policy}
    )


def test_a_gap_is_told_in_words_with_an_example(shop: Agent) -> None:
    """Up to 45 and from 61 on leave 46 to 60 open."""
    (gap,) = results(shop, days(("<=", 45, None), (">", 60, None)))
    assert gap.status == "broken"
    assert gap.detail.startswith("No row of “Window” covers Days: 46 to 60. Example: 52 days.")


@pytest.mark.parametrize(
    "rows",
    [
        [("<=", 45, None), (">=", 46, None)],
        [("<=", 45, None), (">", 45, None)],
        [("between", 0, 30), (">", 30, None)],
    ],
)
def test_whole_days_leave_no_gap_between_45_and_46(
    shop: Agent, rows: list[tuple[str, int, int | None]]
) -> None:
    """Counts are whole and not negative, so neighbouring numbers leave nothing between them."""
    assert [each.status for each in results(shop, days(*rows))] == ["holds"]


def test_an_overlap_names_both_rows_and_a_case(shop: Agent) -> None:
    """Where only one row may answer, two that both do are shown."""
    found = results(shop, days(("<=", 45, None), (">=", 45, None), policy="unique"))
    (overlap,) = [each for each in found if each.check == "overlaps"]
    assert overlap.status == "broken"
    assert "Rows 1 and 2" in overlap.detail
    assert "45 days" in overlap.detail


def test_a_row_that_never_answers_is_pointed_out(shop: Agent) -> None:
    """A row under a wider one is a warning."""
    found = results(shop, days(("<=", 45, None), ("<=", 30, None), (">", 45, None)))
    assert [each.detail for each in found if each.check == "rows"] == [
        "Row 2 of “Window” (“t1”) never answers: row 1 answers all its cases, and says “t0” to them."
    ]


def test_choices_and_schemas_say_what_can_occur(shop: Agent) -> None:
    """A fact's choices come from its slot, or from the schema of the tool that gives it."""
    inputs = (TableInput(id="reason", label="Reason"),)
    rows = tuple(
        Row(id=name, then="x", cells=(Cell(id="reason", op="=", value=name),))
        for name in ("too small", "broken", "changed my mind")
    )
    table = DecisionTable(id="t", name="Why", inputs=inputs, rows=rows)
    agent = shop.model_copy(update={"tables": (table,)})
    assert [each.status for each in check_tables(agent)] == ["holds"]
    fewer = table.model_copy(update={"rows": rows[:2]})
    (gap,) = check_tables(shop.model_copy(update={"tables": (fewer,)}))
    assert "Reason: changed my mind" in gap.detail


def test_text_compared_with_a_number_is_not_proved(shop: Agent) -> None:
    """What cannot be cut into cases is said to be unproved, never claimed to hold."""
    cells = (Cell(id="d", op="<", value="m"), Cell(id="d", op=">", value=3))
    rows = tuple(Row(id=f"r{at}", then="x", cells=(cell,)) for at, cell in enumerate(cells))
    table = DecisionTable(id="t", name="Words", inputs=(TableInput(id="d", label="Word"),), rows=rows)
    assert [each.status for each in results(shop, table)] == ["warning"]


def test_text_compared_by_order_is_cut_like_numbers(shop: Agent) -> None:
    """Words from m on are left open by a row for what comes before m, and the gap says so."""
    row = Row(id="r", then="x", cells=(Cell(id="d", op="<", value="m"),))
    table = DecisionTable(id="t", name="Words", inputs=(TableInput(id="d", label="Word"),), rows=(row,))
    (gap,) = results(shop, table)
    assert gap.status == "broken" and "“m” or after “m”" in gap.detail


def some_cell(dice: random.Random, name: str, kind: SlotType) -> Cell:
    """One test of an input of a type."""
    if dice.random() < 0.25:
        return Cell(id=name)
    if kind in ("text", "yes or no"):
        values: list[Scalar] = ["red", "green"] if kind == "text" else [True, False]
        op, value = dice.choice(["=", "!=", "in"]), dice.choice(values)
        return Cell.model_validate({"id": name, "op": op, "value": (value,) if op == "in" else value})
    inner = CASES[kind][2:-2] if kind != "money" else [1, 2.5, 3.99]
    low, high = sorted(dice.sample(range(len(inner)), 2))
    op = dice.choice(["=", "!=", "<", "<=", ">", ">=", "between"])
    made = {"id": name, "op": op, "value": inner[low], "high": inner[high] if op == "between" else None}
    return Cell.model_validate(made)


def some_table(seed: int) -> DecisionTable:
    """A table of two inputs and a few rows."""
    dice = random.Random(f"table {seed}")
    kinds = [dice.choice(list(CASES)), dice.choice(["yes or no", "text", "number"])]
    inputs = tuple(
        TableInput.model_validate({"id": f"i{at}", "label": f"Input {at}", "type": kind})
        for at, kind in enumerate(kinds)
    )
    rows = tuple(
        Row(id=f"r{n}", then="x", cells=tuple(some_cell(dice, each.id, each.type) for each in inputs))
        for n in range(dice.randint(1, 5))
    )
    return DecisionTable(id="t", name="Any", inputs=inputs, rows=rows, hit_policy="unique")


@given(seed=st.integers(0, 10**9))
def test_findings_agree_with_trying_every_case(shop: Agent, seed: int) -> None:
    """Gaps, overlaps and rows that answer are exactly those that trying every case finds."""
    table = some_table(seed)
    fitting = [
        [at for at, row in enumerate(table.rows) if row.admits(dict(zip(("i0", "i1"), case, strict=True)))]
        for case in product(*(CASES[each.type] for each in table.inputs))
    ]
    cut = columns(table, with_table(shop, table))
    everything = (1 << len(table.rows)) - 1
    assert (find_gap(cut, everything) is not None) == any(not rows for rows in fitting)
    overlaps = {(one, other) for one, other, _ in find_overlaps(cut, len(table.rows))}
    assert overlaps == {(a, b) for rows in fitting for a in rows for b in rows if a < b}
    answering = {at for at in range(len(table.rows)) if winners(cut, everything) >> at & 1}
    assert answering == {rows[0] for rows in fitting if rows}


@given(seed=st.integers(0, 10**9))
def test_examples_are_true(shop: Agent, seed: int) -> None:
    """The case shown for a gap is admitted by no row; the case shown for an overlap by both."""
    table = some_table(seed)
    cut = columns(table, with_table(shop, table))

    def facts(case: list[int]) -> dict[str, Scalar]:
        return {c.input.id: c.pieces[at].sample for c, at in zip(cut, case, strict=True)}

    gap = find_gap(cut, (1 << len(table.rows)) - 1)
    assert gap is None or table.decide(facts(gap)) is None
    for one, other, case in find_overlaps(cut, len(table.rows)):
        assert table.rows[one].admits(facts(case))
        assert table.rows[other].admits(facts(case))


@given(seed=st.integers(0, 10**9))
def test_the_cells_of_a_gap_admit_only_what_no_row_covers(shop: Agent, seed: int) -> None:
    """A row made of a gap's cells admits the example, and nothing that another row answers."""
    table = some_table(seed)
    gap = table_gap(table, with_table(shop, table))
    if gap is None:
        return
    row = Row(id="new", then="x", cells=gap.cells)
    assert row.admits(gap.example) and table.decide(gap.example) is None
    for case in product(*(CASES[each.type] for each in table.inputs)):
        facts = dict(zip(("i0", "i1"), case, strict=True))
        assert not (row.admits(facts) and table.decide(facts))
