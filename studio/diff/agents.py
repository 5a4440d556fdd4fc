"""Agent diff: two agents to the change set that turns one into the other.

- `apply(before, diff_agents(before, after, title))` is `after`; the inverse gives `before` again.
- An item added or removed is one change; a changed field is one change at the field's path. What
  makes no sense in parts (a condition, a schema, a table cell, a step of another kind) is one value.
- Changes follow the agent from charter to sources. In a list: what was added, moved or edited in the
  order of the new list, then what was removed. Layout changes come last, so that nothing rests on them.
- A move stands before edits of the moved item, so that rejecting an edit leaves the move valid.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from studio.diff.anchors import heaviest_chain
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, identities, identity, join_path, select
from studio.domain.frozen import Json, to_json

_OPENED = frozenset({"charter", "guard", "persona", "technology", "economics", "company_policy"})
"""Fields whose members are compared one by one; any other object is one value."""

_WHOLE = frozenset({"arguments", "cells", "facts", "faults", "systems"})
"""Lists whose items are compared whole: half a table cell says nothing."""


def diff_agents(before: Agent, after: Agent, title: str) -> ChangeSet:
    """Return the changes that turn `before` into `after`."""
    changes = list(_fields((), to_json(before), to_json(after)))
    return ChangeSet(title=title, changes=tuple(sorted(changes, key=_is_place)))


def fields_between(path: tuple[str, ...], before: Json, after: Json) -> Iterator[Change]:
    """Yield the changes between two versions of one thing, field by field."""
    return _fields(path, before, after)


def is_layout(change: Change) -> bool:
    """Return whether a change only moves a step on the canvas or in the list, or frames steps."""
    match change.segments:
        case ("workflows", _, "steps", _):
            return change.is_move
        case ("workflows", _, "steps", _, "place"):
            return True
        case ("workflows", _, "groups", *_):
            return True
        case _:
            return False


def without_layout(changeset: ChangeSet) -> ChangeSet:
    """Return the changes that mean something; layout left out."""
    return select(changeset, lambda change: not is_layout(change))


def layout_only(changeset: ChangeSet) -> ChangeSet:
    """Return the layout changes alone."""
    return select(changeset, is_layout)


def same(left: Json, right: Json) -> bool:
    """Return whether two JSON values have one canonical form: yes and 1 differ, 1 and 1.0 do not."""
    if isinstance(left, dict | list):  # mostly both are quickly seen to differ, or are written the same
        if left != right:
            return False
        if json.dumps(left) == json.dumps(right):
            return True
    return _same(left, right)


def _same(left: Json, right: Json) -> bool:
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and left.keys() == right.keys()
            and all(_same(left[k], right[k]) for k in left)
        )
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(_same, left, right))
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _is_place(change: Change) -> bool:
    """Tell whether a change sets a step's place on the canvas."""
    return change.segments[-1] == "place" and is_layout(change)


def _fields(path: tuple[str, ...], before: dict[str, Json], after: dict[str, Json]) -> Iterator[Change]:
    """Yield the changes between two objects at one path, field by field."""
    for name in dict.fromkeys([*before, *after]):
        yield from _value((*path, name), before.get(name), after.get(name))


def _value(path: tuple[str, ...], before: Json, after: Json) -> Iterator[Change]:
    """Yield the changes between two values at one path."""
    if same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict) and path[-1] in _OPENED:
        yield from _fields(path, before, after)
    elif isinstance(before, list) and isinstance(after, list) and _identified(before, after):
        yield from _items(path, before, after)
    else:
        yield Change(path=join_path(*path), before=before, after=after)


def _identified(before: list[Json], after: list[Json]) -> bool:
    """Tell whether the items of both lists can be addressed by id; "" stands for the first place."""
    names = identities(before), identities(after)
    return names[0] is not None and names[1] is not None and "" not in names[0] + names[1]


def _item(path: tuple[str, ...], before: Json, after: Json) -> Iterator[Change]:
    """Yield the changes inside one list item that stands in both lists."""
    if same(before, after):
        return
    other_kind = path[-2] == "steps" and before.get("kind") != after.get("kind")
    # Python holds True and 1 equal, and a whole item with an equal `after` would be read as a move.
    if other_kind or (path[-2] in _WHOLE and before != after):
        yield Change(path=join_path(*path), before=before, after=after)
    else:
        yield from _fields(path, before, after)


def _items(path: tuple[str, ...], before: list[Json], after: list[Json]) -> Iterator[Change]:
    """Yield the changes between two lists of identified items.

    `order` is the list as it stands after the changes yielded so far, so that every place named is
    one that exists when its change is applied, forwards or backwards.
    """
    old = {str(identity(item)): item for item in before}
    new = {str(identity(item)): item for item in after}
    order = list(old)
    still = _still(order, list(new))
    front = ""
    for name, item in new.items():
        where = join_path(*path, name)
        if name not in old:
            order.insert(order.index(front) + 1 if front else 0, name)
            yield Change(path=where, after=item, place_after=front)
        elif name not in still:
            came_from = _front(order, name)
            order.remove(name)
            order.insert(order.index(front) + 1 if front else 0, name)
            if came_from != front:
                yield Change(
                    path=where, before=old[name], after=old[name], place_before=came_from, place_after=front
                )
        if name in old:
            yield from _item((*path, name), old[name], item)
        front = name
    for name in old:
        if name not in new:
            yield Change(path=join_path(*path, name), before=old[name], place_before=_front(order, name))
            order.remove(name)


def _still(before: list[str], after: list[str]) -> set[str]:
    """Return the ids that keep their order: the fewest others have to move."""
    place = {name: at for at, name in enumerate(after)}
    pairs = [(at, place[name]) for at, name in enumerate(before) if name in place]
    return {before[at] for at, _ in heaviest_chain(pairs, [1] * len(pairs))}


def _front(order: list[str], name: str) -> str:
    """Return the id in front of an item, "" for the first."""
    at = order.index(name)
    return order[at - 1] if at else ""
