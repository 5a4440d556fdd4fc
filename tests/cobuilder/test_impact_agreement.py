"""One fact, one value: no part of a complete update passes for the whole."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from studio.cobuilder.changes.agreement import disagreements, mend
from studio.cobuilder.changes.impact import complete_change
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.frozen import to_json

SAMPLES = Path(__file__).parents[2] / "sample_projects"
UPDATES = (
    ("returns_assistant", "30 days", "45 days", "charter/rules/R-03"),
    ("returns_assistant", "£200", "£350", "charter/rules/R-07"),
    ("returns_assistant", "£3.95", "£4.50", "charter/rules/R-08"),
    ("returns_assistant", "5 to 7 working days", "3 to 4 working days", "charter/rules/R-06"),
    ("returns_assistant", "7 working days", "9 working days", "charter/rules/R-11"),
    ("returns_assistant", "complaints desk", "safety desk", "charter/rules/R-13"),
    ("appointment_desk", "24 hours", "48 hours", "charter/rules/R-09"),
    ("appointment_desk", "£15", "£20", "charter/rules/R-10"),
    ("appointment_desk", "two times", "four times", "charter/rules/R-08"),
    ("appointment_desk", "10 minutes", "15 minutes", "charter/rules/R-07"),
    ("appointment_desk", "duty nurse", "emergency nurse", "charter/rules/R-06"),
)


def _agent(name: str) -> Agent:
    return Agent.model_validate(json.loads((SAMPLES / name / "agent.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize(("sample", "old", "new", "where"), UPDATES, ids=[f"{u[0]} {u[1]}" for u in UPDATES])
def test_every_partial_update_disagrees_and_the_whole_one_does_not(
    sample: str, old: str, new: str, where: str
) -> None:
    """Of a complete update, any part that changes the agent is told as a disagreement; all of it is not."""
    live = _agent(sample)
    known = {scenario.id for scenario in live.scenarios}
    made = complete_change(live, (), old, new, where)
    changes = [c.change for c in made.changes]
    whole = apply(live, ChangeSet(title="all", changes=tuple(changes)))
    assert disagreements(live, whole) == ()
    parts = [c for c in changes if not c.path.startswith("scenarios/") or c.path.split("/")[1] in known]
    assert len(parts) > 1
    sizes = {1, len(parts) // 2, len(parts) - 1} - {0}
    for some in itertools.chain.from_iterable(itertools.combinations(parts, size) for size in sorted(sizes)):
        if all(change.path.startswith("scenarios/") for change in some):
            continue  # a test alone that expects the new value fails, and so stops the release
        draft = apply(live, ChangeSet(title="part", changes=some))
        found = disagreements(live, draft)
        assert found, f"{[change.path for change in some]} passed"
        left = {path for each in found for path in each.left_paths}
        assert left <= {change.path for change in parts} - {change.path for change in some}


def test_a_third_value_disagrees() -> None:
    """Where a rule says 45 days and its table 40, the table is told, though neither says 30 any more."""
    live = _agent("returns_assistant")
    made = complete_change(live, (), "30 days", "45 days", "charter/rules/R-03")
    draft = apply(live, ChangeSet(title="all", changes=tuple(c.change for c in made.changes)))
    tree = to_json(draft)
    row = next(r for r in tree["tables"][0]["rows"] if r["id"] == "in-time")
    row["cells"][0]["value"] = 40
    found = disagreements(live, Agent.model_validate(tree))
    assert [each.left_paths for each in found] == [("tables/return-eligibility/rows/in-time",)]


def test_other_words_for_the_same_value_agree() -> None:
    """A rule that is only worded anew, with its value as it was, disagrees with nothing."""
    live = _agent("returns_assistant")
    tree = to_json(live)
    rule = next(r for r in tree["charter"]["rules"] if r["id"] == "R-07")
    rule["text"] = "Above £200, a refund needs the approval of a supervisor before it is issued."
    assert disagreements(live, Agent.model_validate(tree)) == ()


def test_a_disagreement_is_mended_by_what_it_lacks() -> None:
    """What mends a partial update is exactly the rest of it: afterwards the draft agrees with itself."""
    live = _agent("returns_assistant")
    made = complete_change(live, (), "£200", "£350", "charter/rules/R-07")
    draft = apply(live, ChangeSet(title="part", changes=(made.changes[0].change,)))
    (found,) = disagreements(live, draft)
    assert "£350" in found.sentence and "refund-approval" not in found.sentence
    rest = mend(live, draft, found)
    assert rest is not None
    mended = apply(draft, ChangeSet(title="rest", changes=tuple(c.change for c in rest.changes)))
    assert disagreements(live, mended) == ()
