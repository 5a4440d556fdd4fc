"""What people rely on when conditions decide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.condition import All, AnyOf, Compare, Not, Operator, compare, fields_of, holds, in_words
from studio.domain.workflow import Cell, DecisionTable, Row, TableInput

numbers = st.integers(-100, 100)


@given(numbers, numbers)
def test_order_is_that_of_numbers(left: int, right: int) -> None:
    """Comparisons of numbers agree with arithmetic."""
    assert compare(left, "<", right) == (left < right)
    assert compare(left, ">=", right) == (left >= right)
    assert compare(left, "=", right) == (left == right)
    assert compare(left, "!=", right) != compare(left, "=", right)


@pytest.mark.parametrize("op", ["=", "!=", "<", "<=", ">", ">=", "in"])
def test_a_missing_fact_makes_a_comparison_false(op: Operator) -> None:
    """Nothing is assumed about a fact that nobody collected."""
    assert not holds(Compare(field="days", op=op, value=3), {})


def test_text_is_compared_without_case_and_yes_is_no_number() -> None:
    """“Gold” is “gold”; yes is not 1."""
    assert compare("Gold", "=", "gold")
    assert compare("gold", "in", ("Silver", "GOLD"))
    assert not compare(True, "=", 1)
    assert not compare("10", "<", 9)


def test_groups_and_negation() -> None:
    """All, any and not combine as people read them."""
    late = Compare(field="days", op=">", value=45)
    final = Compare(field="final_sale", op="=", value=True)
    facts: dict[str, bool | int] = {"days": 10, "final_sale": True}
    assert holds(AnyOf(of=(late, final)), facts)
    assert not holds(All(of=(late, final)), facts)
    assert holds(Not(of=late), facts)
    assert fields_of(All(of=(late, Not(of=final)))) == {"days", "final_sale"}
    assert in_words(All(of=(late, final))) == "days is above 45 and final sale is yes"


def _table() -> DecisionTable:
    return DecisionTable(
        id="D-01",
        name="Eligible?",
        inputs=(TableInput(id="days", label="Days", type="number"),),
        rows=(
            Row(id="r1", cells=(Cell(id="days", op="between", value=0, high=45),), then="yes"),
            Row(id="r2", cells=(Cell(id="days", op=">", value=45),), then="no"),
        ),
    )


@pytest.mark.parametrize(("days", "answer"), [(0, "yes"), (45, "yes"), (46, "no")])
def test_both_ends_of_a_range_belong_to_it(days: int, answer: str) -> None:
    """“0–45” includes 0 and 45."""
    row = _table().decide({"days": days})
    assert row is not None
    assert row.then == answer


def test_no_row_answers_for_a_missing_fact() -> None:
    """A table does not guess."""
    assert _table().decide({}) is None
    assert [row.cell("days").words for row in _table().rows] == ["0–45", "> 45"]
