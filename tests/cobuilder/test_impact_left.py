"""Names, forms and lists: what a partial rename leaves behind is named by the gate "one fact, one value"."""

from __future__ import annotations

import pytest

from studio.cobuilder.impact_agreement import disagreements
from studio.domain.changeset import apply
from tests.measures.cobuilder_impact import changed_places, proposal_for
from tests.measures.cobuilder_mutation import without
from tests.measures.impact_truth import CASES


@pytest.mark.parametrize(
    "words", ["Customer Care.", "Supervisor desk", "ring 999", "five digits", "assembled"]
)
def test_each_place_that_is_left_out_is_named(words: str) -> None:
    """A complete change agrees with itself; without any single place of it the gate names that place."""
    case = next(c for c in CASES if words in " ".join(c.swaps[0][0].split()))
    live, made = proposal_for(case)
    draft = apply(live, made.changeset)
    assert disagreements(live, draft) == ()
    places = changed_places(live, made.changes)
    tried = 0
    for change in made.changes:
        back = without(draft, change.change) if change.change.path in places else None
        if back is not None:
            tried += 1
            left = {path for each in disagreements(live, back) for path in each.left_paths}
            assert change.change.path in left
    assert tried >= 2
