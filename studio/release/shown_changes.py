"""Many changes applied to one JSON tree, in time and memory that go with the size of what was sent.

- The outcome is that of `changeset.apply_shared`, which looks for each item from the front of its list; here
  a list that changes go through is linked up once, and its items are found by name.
- A name that stands twice in a list is looked for from the front still: a bundle that asks for more of that
  than any honest one is refused.
- The tree is never touched, and what no change goes through is shared with the outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from studio.domain.changeset import Change, identity
from studio.domain.errors import BundleRefused, Stale
from studio.domain.frozen import Json, canonical

MAX_STEPS = 2_000_000
"""How many items may be passed in looking for doubled names: less than a second's work."""


class _Slot:
    """A place in a list: a named item, or a run of items without names, which no change can point to."""

    __slots__ = ("after", "before", "item", "name")

    def __init__(self, name: str | None, item: Json) -> None:
        self.name, self.item = name, item
        self.before: _Slot | None = None
        self.after: _Slot | None = None


class _Search:
    """How many items were passed so far, over all lists."""

    def __init__(self) -> None:
        self._steps = 0

    def passed(self, items: int = 1) -> None:
        """Count; raises BundleRefused past what any honest bundle asks for."""
        self._steps += items
        if self._steps > MAX_STEPS:
            raise BundleRefused(
                "The shown changes go through lists that name many items twice, and would take too long.",
                "Do not use it.",
            )


class _Items:
    """A list that changes go through."""

    def __init__(self, items: list[Json], search: _Search) -> None:
        self._search = search
        self._first: _Slot | None = None
        self._last: _Slot | None = None
        self._named: dict[str, _Slot | list[_Slot]] = {}
        self._fill(items)

    def find(self, name: str) -> _Slot | None:
        """Return the first item of this name."""
        found = self._named.get(name)
        if not isinstance(found, list):
            return found
        slot = self._first
        while slot is not None and slot.name != name:
            slot = slot.after
            self._search.passed()
        return slot

    def put(self, slot: _Slot, place: str | None) -> None:
        """Add an item at the front, behind the item of a name, or at the end."""
        front = self.find(place) if place else None
        self._link(slot, None if place == "" else front or self._last)

    def replace(self, slot: _Slot, value: Json) -> None:
        """Put another item in the place of one."""
        slot.item = value
        self.rename(slot)

    def rename(self, slot: _Slot) -> None:
        """Take notice of the name that an item has now."""
        item = slot.item.own if isinstance(slot.item, _Members) else slot.item
        self._forget(slot)
        slot.name = identity(item)
        if slot.name is None:
            slot.item = [_plain(slot.item)]
        else:
            self._note(slot)

    def remove(self, slot: _Slot) -> None:
        """Take an item out."""
        self._forget(slot)
        if slot.before is None:
            self._first = slot.after
        else:
            slot.before.after = slot.after
        if slot.after is None:
            self._last = slot.before
        else:
            slot.after.before = slot.before

    def plain(self) -> Iterator[Json]:
        """Yield the items in their order."""
        slot = self._first
        while slot is not None:
            if slot.name is None:
                yield from slot.item
            else:
                yield _plain(slot.item)
            slot = slot.after

    def _fill(self, items: list[Json]) -> None:
        for item in items:
            name, last = identity(item), self._last
            if name is None and last is not None and last.name is None:
                last.item.append(item)
            else:
                self._link(_slot(item, name), last)

    def _link(self, slot: _Slot, front: _Slot | None) -> None:
        behind = self._first if front is None else front.after
        slot.before, slot.after = front, behind
        if front is None:
            self._first = slot
        else:
            front.after = slot
        if behind is None:
            self._last = slot
        else:
            behind.before = slot
        self._note(slot)

    def _note(self, slot: _Slot) -> None:
        if slot.name is None:
            return
        there = self._named.get(slot.name)
        if there is None:
            self._named[slot.name] = slot
        elif isinstance(there, list):
            there.append(slot)
        else:
            self._named[slot.name] = [there, slot]

    def _forget(self, slot: _Slot) -> None:
        if slot.name is None:
            return
        there = self._named[slot.name]
        if not isinstance(there, list):
            del self._named[slot.name]
            return
        self._search.passed(len(there))
        there.remove(slot)
        if len(there) == 1:
            self._named[slot.name] = there[0]


class _Members:
    """An object that changes go through."""

    def __init__(self, members: dict[str, Json]) -> None:
        self.own = dict(members)


_Node: TypeAlias = Json  # JSON, _Items or _Members: whatever a change can lead to


def apply_many(tree: Json, changes: Iterable[Change]) -> Json:
    """Return the tree after the changes; raises Stale, BundleRefused, or TypeError below a text."""
    applying = _Applying(tree)
    for change in changes:
        applying.apply(change)
    return _plain(applying.root)


class _Applying:
    """A tree while changes are made to it."""

    def __init__(self, tree: Json) -> None:
        self._search = _Search()
        self.root = self._entered(tree)

    def apply(self, change: Change) -> None:
        """Make one change."""
        *parents, last = change.segments
        node, holder, slot = self.root, None, None
        for segment in parents:
            node, holder, slot = self._child(node, segment)
        if isinstance(node, _Items):
            there = node.find(last)
            _check_there(None if there is None else there.item, change)
            _change_list(node, there, change)
            return
        _check_there(node.own.get(last) if isinstance(node, _Members) else None, change)
        if not isinstance(node, _Members):
            raise TypeError("nothing can stand below a text or a number")
        if change.after is None:
            node.own.pop(last, None)
        else:
            node.own[last] = change.after
        if holder is not None and slot is not None and last in ("id", "name"):
            holder.rename(slot)

    def _child(self, node: _Node, segment: str) -> tuple[_Node, _Items | None, _Slot | None]:
        """Return what stands below a place, ready to be changed; of a list's item also where it stands."""
        if isinstance(node, _Members) and segment in node.own:
            node.own[segment] = found = self._entered(node.own[segment])
            return found, None, None
        if isinstance(node, _Items) and (slot := node.find(segment)) is not None:
            slot.item = found = self._entered(slot.item)
            return found, node, slot
        raise Stale("A shown change leads to what is not there.", "Do not use it.")

    def _entered(self, node: _Node) -> _Node:
        if isinstance(node, dict):
            return _Members(node)
        return _Items(node, self._search) if isinstance(node, list) else node


def _change_list(items: _Items, there: _Slot | None, change: Change) -> None:
    if change.after is None:
        if there is not None:
            items.remove(there)
    elif there is None:
        items.put(_slot(change.after, identity(change.after)), change.place_after)
    elif change.is_move:
        items.remove(there)
        items.put(there, change.place_after)
    else:
        items.replace(there, change.after)


def _check_there(node: _Node, change: Change) -> None:
    """Raise Stale unless what stands there is what the change was made for."""
    there = _plain(node)
    if there is not change.before and canonical(there) != canonical(change.before):
        raise Stale("A shown change does not fit.", "Do not use it.")


def _slot(item: Json, name: str | None) -> _Slot:
    return _Slot(name, [item] if name is None else item)


def _plain(node: _Node) -> Json:
    if isinstance(node, _Members):
        return {name: _plain(part) for name, part in node.own.items()}
    return list(node.plain()) if isinstance(node, _Items) else node
