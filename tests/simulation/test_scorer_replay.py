"""The scorer against τ²-bench's retail tasks, which nobody here wrote."""

from __future__ import annotations

import pytest

from tests.measures.retail_replay import LOG
from tests.measures.simulation_scoring import figures


@pytest.mark.skipif(not LOG.exists(), reason="the shared log is not here")
def test_gold_passes_and_each_mutation_fails() -> None:
    """Dropped, swapped, wrong or extra calls are told from the gold ones in at least 99 of 100 cases."""
    told = figures()
    assert told.tasks >= 90
    assert told.gold_passed >= 0.99 * told.tasks
    assert told.agreement >= 0.99
    assert told.failed["a change dropped"] == told.tried["a change dropped"] > 100
    assert told.failed["swapped on one record"] > 100
    assert told.failed["an extra change"] > 100
    assert told.rewards[True, True] + told.rewards[False, False] >= 0.9 * told.rewards.total()
