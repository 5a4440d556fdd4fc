"""What people rely on when an agent is changed in part: the same agent as by reading all of it anew."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, join_path, lookup
from studio.domain.errors import Stale
from studio.domain.frozen import Json, to_json
from studio.domain.sharing import with_changes
from studio.store import samples


@pytest.fixture(scope="module", params=["returns_assistant", "appointment_desk"])
def agent(request: pytest.FixtureRequest) -> Agent:
    """Each sample."""
    return samples.load(request.param).agent


def _lists(tree: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], list[Json]]]:
    """Yield each list of identified items with its path."""
    if isinstance(tree, dict):
        for name, part in tree.items():
            yield from _lists(part, (*path, name))
    if (
        isinstance(tree, list)
        and tree
        and all(isinstance(i, dict) and (i.get("id") or i.get("name")) for i in tree)
    ):
        yield path, tree
        for item in tree:
            yield from _lists(item, (*path, item.get("id") or item["name"]))


def _edits(tree: Json) -> Iterator[Change]:
    """Yield a removal, an addition, a move and a text edited for each list of the agent."""
    for path, items in _lists(tree):
        first = items[0].get("id", items[0].get("name"))
        last = items[-1].get("id", items[-1].get("name"))
        yield Change(path=join_path(*path, last), before=items[-1])
        yield Change(
            path=join_path(*path, first), before=items[0], after=items[0], place_before="", place_after=last
        )
        key = "id" if "id" in items[0] else "name"
        yield Change(path=join_path(*path, "brand-new"), after={**items[0], key: "brand-new"}, place_after="")
        for name in ("text", "title", "label", "description"):
            if isinstance(items[0].get(name), str):
                yield Change(
                    path=join_path(*path, first, name), before=items[0][name], after=items[0][name] + "!"
                )


def test_a_shared_edit_gives_the_agent_that_reading_anew_gives(agent: Agent) -> None:
    """Each edit gives the same agent and the same tree as `apply`, and leaves the agent before as it was."""
    tree = to_json(agent)
    kept = copy.deepcopy(tree)
    tried = 0
    for change in _edits(tree):
        try:
            wanted = apply(agent, ChangeSet(title="x", changes=(change,)))
        except Exception:
            with pytest.raises((Stale, ValidationError)):
                with_changes(agent, tree, [change])
            continue
        made, its_tree = with_changes(agent, tree, [change])
        tried += 1
        assert made == wanted
        assert its_tree == to_json(wanted), change.path
        assert list(its_tree) == list(to_json(wanted))
    assert tried > 40
    assert tree == kept == to_json(agent)


def test_what_an_edit_leaves_alone_is_the_very_same_object(agent: Agent) -> None:
    """A new text of one rule keeps every other rule, all workflows and their trees as they are."""
    tree, rule = to_json(agent), agent.charter.rules[1]
    path = join_path("charter", "rules", rule.id, "text")
    made, its_tree = with_changes(agent, tree, [Change(path=path, before=rule.text, after="Otherwise.")])
    assert made.charter.rules[1].text == "Otherwise."
    assert made.charter.rules[0] is agent.charter.rules[0]
    assert made.workflows[0] is agent.workflows[0]
    assert its_tree["workflows"][0] is tree["workflows"][0]
    assert lookup(its_tree, path) == "Otherwise."


def test_a_step_of_another_kind_is_read_anew(agent: Agent) -> None:
    """A step replaced by one of another kind is that step, whatever the fields of the two share."""
    flow = agent.workflows[0]
    old, other = flow.steps[0], next(step for step in flow.steps if step.kind != flow.steps[0].kind)
    value = {**to_json(other), "id": old.id}
    change = Change(path=join_path("workflows", flow.id, "steps", old.id), before=to_json(old), after=value)
    made, its_tree = with_changes(agent, to_json(agent), [change])
    assert type(made.workflows[0].steps[0]) is type(other)
    assert its_tree == to_json(made)
