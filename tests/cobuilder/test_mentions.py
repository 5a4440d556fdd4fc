"""The lines of a text that hold a term."""

from __future__ import annotations

from studio.cobuilder.mentions import lines_holding


def test_only_the_lines_that_hold_a_term_are_searched() -> None:
    """A definition stands on the line of its term, however the term is written there."""
    text = "# Late parcel\nA parcel is small.\nLATE PARCEL means three days.\nNothing here."
    assert lines_holding("late parcel", text) == "# Late parcel\nLATE PARCEL means three days."
    assert lines_holding("early parcel", text) == ""
