"""Tests that follow a changed fact: around a limit that moved, and in what their own words say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio.cobuilder.changes.limit_scenarios import around_limit
from studio.cobuilder.changes.matters import Spread, Threshold
from studio.cobuilder.changes.propagation import carry
from studio.cobuilder.changes.shifts import Shift, ValueShift
from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.words.matching import Meeting


def move_tests(
    desk: Desk,
    thresholds: Iterable[tuple[Threshold, tuple[str, ...]]],
    shifts: Iterable[tuple[Meeting, Sequence[Shift]]],
) -> None:
    """Move, turn and add tests around limits that moved; then change what other tests say of the fact."""
    for threshold, paths in thresholds:
        around_limit(desk, threshold, paths)
    for meeting, told in shifts:
        for shift in told:
            if isinstance(shift, ValueShift):
                carry(desk, meeting, shift, None, Spread(), tests=True)
