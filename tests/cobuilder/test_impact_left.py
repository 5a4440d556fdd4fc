"""Names, forms and lists: what a partial rename leaves behind is named by the gate "one fact, one value"."""

from __future__ import annotations

import pytest

from studio.checks.all import run_checks
from studio.cobuilder.changes.agreement import disagreements
from studio.cobuilder.changes.left import left_behind
from studio.domain.agent import Agent
from studio.domain.changeset import apply
from studio.domain.frozen import Json, to_json
from tests.measures.cobuilder_impact import changed_places, project, proposal_for
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


def _in_place_of(tree: Json, old: str, new: str) -> Json:
    if isinstance(tree, str):
        return tree.replace(old, new)
    if isinstance(tree, list):
        return [_in_place_of(each, old, new) for each in tree]
    if isinstance(tree, dict):
        return {k: v if k == "citations" else _in_place_of(v, old, new) for k, v in tree.items()}
    return tree


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Customer Care", "Customer Care Plus"),
        ("Supervisor desk", "Supervisor desk North"),
        ("Customer Care", "Our Customer Care"),
    ],
)
def test_a_name_that_holds_the_old_one_can_be_given_everywhere(old: str, new: str) -> None:
    """A desk that is “Customer Care Plus” everywhere is not still called “Customer Care”."""
    live, _, _ = project("returns_assistant")
    tree = _in_place_of(to_json(live), old, new)
    assert disagreements(live, Agent.model_validate(tree)) == ()
    rule = next(r for r in tree["charter"]["rules"] if not r["citations"] or old not in str(r["citations"]))
    rule["text"] = f"{rule['text']} Ask {old}."
    named = {path for each in disagreements(live, Agent.model_validate(tree)) for path in each.left_paths}
    assert f"charter/rules/{rule['id']}" in named


@pytest.mark.parametrize("pattern", ["([0-9", "a{99999999999999999999}", r"(\w"])
def test_a_broken_shape_is_named_by_the_checks_and_stops_nothing(pattern: str) -> None:
    """The gate goes on without a shape that nobody can read, and a check says which one it is."""
    live, _, _ = project("returns_assistant")
    tree = to_json(live)
    broken = [slot for flow in tree["workflows"] for slot in flow["slots"] if slot.get("pattern")]
    for slot in broken:
        slot["pattern"] = pattern
    draft = Agent.model_validate(tree)
    assert disagreements(live, draft) == ()
    told = " ".join(check.detail for check in run_checks(draft) if check.status == "broken")
    assert broken
    assert all(f"The shape of “{slot['label']}”" in told for slot in broken)


def test_what_was_left_behind_is_told_in_one_order() -> None:
    """Desks that are renamed in part are named in the order of the live version, whatever the run."""
    live, _, _ = project("returns_assistant")
    before = to_json(live)
    after = to_json(live)
    steps = [step for flow in after["workflows"] for step in flow["steps"] if step["kind"] == "handoff"]
    named = list(dict.fromkeys(step["queue"] for step in steps))
    for step in steps:
        step["queue"] = f"Desk {named.index(step['queue'])}"
    found = [each.old for each in left_behind(before, after, frozenset()) if each.new]
    assert len(found) > 1
    assert found == [name for name in named if name in found]
