"""Texts in a spreadsheet's file are never taken for formulas, and are read back as they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.domain.sheet_cells import as_cell, from_cell


@given(st.text(max_size=12) | st.sampled_from(["=1+1", "+44 20", "@a", "-5", "'=x", "", "'"]))
def test_a_text_is_read_back_and_begins_no_formula(text: str) -> None:
    """Whatever a cell held, it comes back; what begins like a formula and is no number is quoted."""
    cell = as_cell(text)
    assert cell[:1] not in ("=", "@", "\t")
    assert from_cell(cell) == text or text[:1] == "'"


def test_a_negative_number_stays_a_number() -> None:
    """An amount of minus five can be summed in the spreadsheet."""
    assert as_cell("-5") == "-5" and as_cell("-5 or less") == "'-5 or less"
