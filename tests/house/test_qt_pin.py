"""The pinned Qt keeps count of None; a later one did not, and took the process down."""

from __future__ import annotations

import sys

from PySide6.QtGui import QPainterPath

CALLS = 1000


def test_void_calls_keep_the_count_of_none() -> None:
    """A window that runs for days does not abort: void calls give back each reference to None they take."""
    path = QPainterPath()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        path.moveTo(1.0, 2.0)
    # Unrelated allocations move the count by a few; the fault moved it by one a call.
    assert abs(sys.getrefcount(None) - before) < CALLS // 10
