"""Record words: a change of records, columns or rehearsed systems is told with what it was before."""

from __future__ import annotations

from studio.diff.record_words import mock_clause, record_clause


def test_a_record_is_told_by_its_key_and_the_values_that_are_others() -> None:
    """Nobody reads that “the values” changed: which value of which record, and what it was."""
    assert record_clause(("rows", "A-1", "values", "days_late"), 3, 9) == (
        "record A-1 now has days late 9 (was 3)"
    )
    assert record_clause(("rows", "A-1", "values"), {"fee": 3, "kind": "a"}, {"fee": 4, "kind": "a"}) == (
        "record A-1 now has fee 4 (was 3)"
    )
    assert record_clause(("rows", "A-2"), None, {"id": "A-2", "values": {"fee": 5}}) == (
        "now holds the record A-2 (fee 5)"
    )
    assert (
        record_clause(("rows", "A-2"), {"id": "A-2", "values": {}}, None) == "no longer holds the record A-2"
    )


def test_a_column_is_told_by_its_name() -> None:
    """New and removed columns are named; a renamed one with both names."""
    assert record_clause(("columns", "fee"), None, {"id": "fee", "label": "Fee"}) == "has a new column “Fee”"
    assert record_clause(("columns", "fee"), {"id": "fee", "label": "Fee"}, None) == (
        "no longer has the column “Fee”"
    )
    assert record_clause(("columns", "fee", "label"), "Fee", "Price") == (
        "column “fee” is now called “Price” (was “Fee”)"
    )


def test_what_a_system_does_in_a_rehearsal_is_told_whole() -> None:
    """Where it looks and what it writes, now and before."""
    before = {"table": "loans", "effects": [{"column": "state", "does": "set", "value": "open"}]}
    after = {"table": "loans", "effects": [{"column": "fee", "does": "subtract", "argument": "amount"}]}
    assert mock_clause(before, after) == (
        "in a rehearsal, now looks into “loans” and takes “amount” off fee"
        " (before: looks into “loans” and sets state to “open”)"
    )
    assert mock_clause(None, {"adds": "loans"}) == "in a rehearsal, now makes a new record in “loans”"
