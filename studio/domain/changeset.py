"""The one edit type: a titled, ordered list of (path, before, after) on an agent.

- A path is `/`-joined: field names, and for lists of identified items the item's id (or name), so
  `charter/rules/R-07/text` or `workflows/return-item/steps/ask-order/next`. `~` and `/` inside a
  segment are written `~0` and `~1`. Lists without identities (phrases, expectations) are one value.
- `before` of None adds, `after` of None removes. A change whose `before` is not what stands there
  is refused as stale, and then nothing at all is applied.
- Order inside identified lists is carried by `place_after`/`place_before`: the id of the item that
  stands in front ("" for the first place; None: at the end, or order untouched). A move keeps the
  value (`before == after`) and has both places. If the item in front is gone, it goes to the end.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable

from pydantic import ValidationError

from studio.domain.agent import Agent
from studio.domain.errors import BrokenInput, Stale
from studio.domain.frozen import Frozen, Json, canonical, to_json

NOUNS = {
    "rules": "Rule",
    "owners": "Owner",
    "portfolio": "Kind of request",
    "readiness": "Threshold",
    "workflows": "Workflow",
    "steps": "Step",
    "groups": "Group",
    "slots": "Fact",
    "branches": "Way out",
    "tables": "Decision",
    "rows": "Row",
    "inputs": "Column",
    "cells": "Cell",
    "tools": "System",
    "scenarios": "Test",
    "sources": "Source",
    "records": "Table of records",
}
"""What people call an item of each of an agent's lists."""
TITLES = ("title", "name", "label")


class Change(Frozen):
    """One edit of one place."""

    path: str
    before: Json = None
    after: Json = None
    place_before: str | None = None
    place_after: str | None = None

    @property
    def is_move(self) -> bool:
        """Return whether only the item's place in its list changes."""
        return self.before is not None and self.after is not None and _same(self.before, self.after)

    @property
    def segments(self) -> tuple[str, ...]:
        """Return the path's parts, unescaped."""
        return split_path(self.path)

    def inverse(self) -> Change:
        """Return the change that takes this one back."""
        return Change(
            path=self.path,
            before=self.after,
            after=self.before,
            place_before=self.place_after,
            place_after=self.place_before,
        )


class ChangeSet(Frozen):
    """A titled, ordered list of changes."""

    title: str
    changes: tuple[Change, ...] = ()

    def inverse(self) -> ChangeSet:
        """Return the change set that takes this one back."""
        return ChangeSet(title=self.title, changes=tuple(c.inverse() for c in reversed(self.changes)))

    def then(self, other: ChangeSet, title: str | None = None) -> ChangeSet:
        """Return both, one after the other, as one change set."""
        return ChangeSet(title=title or self.title, changes=self.changes + other.changes)


def join_path(*segments: str) -> str:
    """Return the path made of these segments."""
    return "/".join(part.replace("~", "~0").replace("/", "~1") for part in segments)


def split_path(path: str) -> tuple[str, ...]:
    """Return the segments of a path."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in path.split("/"))


def identity(item: Json) -> str | None:
    """Return the id (or name) by which a list item is addressed, or None."""
    if not isinstance(item, dict):
        return None
    found = item.get("id", item.get("name"))
    return found if isinstance(found, str) else None


def identities(items: Iterable[Json]) -> list[str] | None:
    """Return the ids of a list's items, or None where they are not all identified and distinct."""
    found = [identity(item) for item in items]
    names = [name for name in found if name is not None]
    return names if len(names) == len(found) == len(set(names)) else None


def _index(items: list[Json], name: str) -> int | None:
    for at, item in enumerate(items):  # as `identity` has it, without a call for each of many hundred
        if isinstance(item, dict) and item.get("id", item.get("name")) == name:
            return at
    return None


def _in_words(path: str, item: Json = None) -> str:
    """Return what people call a place: “test T-09 “Late return””, “the text of rule R-02”."""
    segments = split_path(path)
    named = [at for at, segment in enumerate(segments[:-1]) if segment in NOUNS]
    if not named:
        return f"the {segments[-1].replace('_', ' ')}"
    at = named[-1]
    title = next((item[key] for key in TITLES if isinstance(item, dict) and item.get(key)), "")
    noun = NOUNS[segments[at]].lower()
    fields = [each.replace("_", " ") for each in segments[at + 2 :]]
    if fields:
        return f"the {fields[-1]} of {noun} {segments[at + 1]}"
    shown = f"{segments[-1]} " if segments[at] in ("rules", "scenarios", "sources") or not title else ""
    return f"{noun} {shown}{f'“{title}”' if title else ''}".rstrip()


def _child(node: Json, segment: str, path: str) -> Json:
    if isinstance(node, dict) and segment in node:
        return node[segment]
    if isinstance(node, list) and (at := _index(node, segment)) is not None:
        return node[at]
    raise Stale(
        f"The change to {_in_words(path)} does not fit any more: “{segment.replace('_', ' ')}” is no longer "
        "in the agent.",
        "Ask CoBuilder to propose again.",
    )


def lookup(tree: Json, path: str) -> Json:
    """Return what stands at a path, or None where nothing does."""
    try:
        for segment in split_path(path):
            tree = _child(tree, segment, path)
    except Stale:
        return None
    return tree


class Indexed:
    """A tree in which many paths are looked up: the items of its lists are found without a search."""

    def __init__(self, tree: Json) -> None:
        """Take a tree, which must not change any more."""
        self.tree = tree
        self._items: dict[int, dict[str, Json]] = {}

    def child(self, node: Json, segment: str) -> Json:
        """Return what stands under a name or an id, or None where nothing does."""
        if isinstance(node, dict):
            return node.get(segment)
        if not isinstance(node, list):
            return None
        items = self._items.get(id(node))
        if items is None:
            items = self._items[id(node)] = {}
            for item in node:
                if (name := identity(item)) is not None:
                    items.setdefault(name, item)
        return items.get(segment)

    def lookup(self, path: str) -> Json:
        """Return what stands at a path, or None where nothing does."""
        found = self.tree
        for segment in split_path(path):
            found = self.child(found, segment)
        return found


def _same(left: Json, right: Json) -> bool:
    return left is right or canonical(left) == canonical(right)


def _put(items: list[Json], value: Json, place: str | None) -> None:
    at = len(items)
    if place == "":
        at = 0
    elif place is not None and (front := _index(items, place)) is not None:
        at = front + 1
    items.insert(at, value)


def _apply_to_list(items: list[Json], name: str, change: Change) -> None:
    at = _index(items, name)
    if change.after is None:
        if at is not None:
            del items[at]
    elif at is None:
        _put(items, copy.deepcopy(change.after), change.place_after)
    elif change.is_move:
        _put(items, items.pop(at), change.place_after)
    else:
        items[at] = copy.deepcopy(change.after)


def _apply_one(tree: Json, change: Change) -> None:
    *parents, last = change.segments
    node = tree
    for segment in parents:
        node = _child(node, segment, change.path)
    current = node.get(last) if isinstance(node, dict) else None
    if isinstance(node, list) and (at := _index(node, last)) is not None:
        current = node[at]
    if not _same(current, change.before):
        known = change.before if change.before is not None else change.after
        was = "no longer what it was made for" if change.before is not None else "there already"
        raise Stale(
            f"The change to {_in_words(change.path, known)} does not fit any more: that place is {was}.",
            "Ask CoBuilder to propose again, or decide with the present text in view.",
        )
    if isinstance(node, list):
        _apply_to_list(node, last, change)
    elif change.after is None:
        node.pop(last, None)
    else:
        node[last] = copy.deepcopy(change.after)


def apply_json(tree: Json, changes: Iterable[Change]) -> Json:
    """Return the JSON tree after the changes; raises Stale, the input is never touched."""
    return apply_in_place(copy.deepcopy(tree), changes)


def apply_in_place(own: Json, changes: Iterable[Change]) -> Json:
    """Return a tree that nobody else holds after the changes, which are made in it; raises Stale."""
    for change in changes:
        _apply_one(own, change)
    return own


def apply_shared(tree: Json, changes: Iterable[Change]) -> Json:
    """Return the tree after the changes; what they do not touch is shared with the input. Raises Stale."""
    for change in changes:
        tree = _own_along(tree, change.segments[:-1])
        _apply_one(tree, change)
    return tree


def _own_along(tree: Json, segments: tuple[str, ...]) -> Json:
    """Return a tree whose nodes along a path are its own, as far as the path leads."""
    own = node = copy.copy(tree)
    for segment in segments:
        if isinstance(node, list):
            at: int | str | None = _index(node, segment)
        else:
            at = segment if isinstance(node, dict) and segment in node else None
        if at is None:
            break
        node[at] = copy.copy(node[at])
        node = node[at]
    return own


def apply(agent: Agent, changeset: ChangeSet) -> Agent:
    """Return the agent after a change set; raises Stale, or BrokenInput if no agent comes out."""
    try:
        return Agent.model_validate(apply_in_place(to_json(agent), changeset.changes))
    except ValidationError as error:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        raise BrokenInput(
            f"After “{changeset.title}” the agent would not be complete at “{place}”: {first['msg']}.",
            "Accept the changes it depends on first, or reject it.",
        ) from error


def select(changeset: ChangeSet, keep: Callable[[Change], bool]) -> ChangeSet:
    """Return the change set with only the changes to keep."""
    return ChangeSet(title=changeset.title, changes=tuple(c for c in changeset.changes if keep(c)))
