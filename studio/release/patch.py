"""The change as RFC 6902 JSON Patch: made from two JSON values, and applied strictly.

- Only add, remove, replace and test; every replace and remove is preceded by a test of what stands there.
- Lists of items with ids are followed item by item, other lists are one value (as in a ChangeSet).
- Applying raises BundleRefused at the first operation that does not fit; the input is never touched, and
  what no operation leads through is shared with it.
"""

from __future__ import annotations

import copy
import marshal
import re
from typing import Any

from studio.domain.changeset import identities, identity
from studio.domain.errors import BundleRefused
from studio.domain.frozen import Json, canonical
from studio.release import strict_json

Operation = dict[str, Any]
MAX_OPERATIONS = 100_000
MAX_SHIFTS = 500_000_000
"""How many items may move up or down in lists in all: about a second's work, five times what exchanging all
of ten thousand items takes."""
MAX_DEPTH = strict_json.MAX_DEPTH
"""How deep a place may lie: values grafted onto one another must not grow past what can be walked."""
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


def make_patch(before: Json, after: Json) -> list[Operation]:
    """Return the operations that turn `before` into `after`."""
    operations: list[Operation] = []
    _diff(_copy(before), after, "", operations)
    return operations


def apply_patch(tree: Json, operations: Json) -> Json:
    """Return the value after all operations; raises BundleRefused where one does not fit.

    Parts that no operation leads through are the very parts of `tree`.
    """
    if not isinstance(operations, list) or len(operations) > MAX_OPERATIONS:
        raise _refused("is not a list of operations")
    ground = _Ground(tree)
    for number, operation in enumerate(operations, start=1):
        _apply(ground, operation, number)
    return ground.holder["root"]


class _Ground:
    """A value being changed: lists and objects become its own, once each, where an operation enters them."""

    def __init__(self, tree: Json) -> None:
        self.holder: dict[str, Json] = {"root": tree}
        self._own: dict[int, Json] = {}
        self._shifts = 0

    def shift(self, items: int) -> None:
        """Count the items that move when one is put into a list or taken out; raises past the most."""
        self._shifts += items
        if self._shifts > MAX_SHIFTS:
            raise _refused(
                "moves more items in long lists than any real change does, and would take too long"
            )

    def enter(self, node: Json, key: str | int) -> Json:
        child = node[key]
        if id(child) not in self._own:
            child = node[key] = copy.copy(child)
            self._own[id(child)] = child  # held here, so that no other value can come to have its id
        return child


def same(left: Json, right: Json) -> bool:
    """Return whether two JSON values are the same value."""
    return left is right or canonical(left) == canonical(right)


def same_throughout(left: Json, right: Json) -> bool:
    """Return whether two values are the same value, quickly where they share most of their parts."""
    if left is right:
        return True
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_throughout(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_throughout, left, right))
    return same(left, right)


def _copy(tree: Json) -> Json:
    """Return a JSON value whose lists and objects are its own."""
    return marshal.loads(marshal.dumps(tree, 2))  # by far the fastest; newer formats keep parts shared


def _diff(before: Json, after: Json, path: str, out: list[Operation]) -> None:
    if same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        _diff_members(before, after, path, out)
    elif isinstance(before, list) and isinstance(after, list) and identities(before) and identities(after):
        _diff_items(before, after, path, out)
    else:
        out.append({"op": "test", "path": path, "value": before})
        out.append({"op": "replace", "path": path, "value": after})


def _diff_members(before: dict[str, Json], after: dict[str, Json], path: str, out: list[Operation]) -> None:
    for name in sorted(set(before) | set(after)):
        place = f"{path}/{_escape(name)}"
        if name not in after:
            _remove(before[name], place, out)
        elif name not in before:
            out.append({"op": "add", "path": place, "value": after[name]})
        else:
            _diff(before[name], after[name], place, out)


def _diff_items(before: list[Json], after: list[Json], path: str, out: list[Operation]) -> None:
    """Turn the list into the other from front to back; places before the current one are finished."""
    kept = {identity(item) for item in after}
    for at in reversed(range(len(before))):
        if identity(before[at]) not in kept:
            _remove(before.pop(at), f"{path}/{at}", out)
    for at, wanted in enumerate(after):
        found = next((i for i in range(at, len(before)) if identity(before[i]) == identity(wanted)), None)
        if found == at:
            _diff(before[at], wanted, f"{path}/{at}", out)
            continue
        if found is not None:
            _remove(before.pop(found), f"{path}/{found}", out)
        before.insert(at, wanted)
        out.append({"op": "add", "path": f"{path}/{at}", "value": wanted})


def _remove(value: Json, path: str, out: list[Operation]) -> None:
    out.append({"op": "test", "path": path, "value": value})
    out.append({"op": "remove", "path": path})


def _apply(ground: _Ground, operation: Json, number: int) -> None:
    what = f"does not fit at operation {number}"
    if not isinstance(operation, dict) or not isinstance(operation.get("path"), str):
        raise _refused(what)
    kind, path = operation.get("op"), operation["path"]
    wanted = {"op", "path"} if kind == "remove" else {"op", "path", "value"}
    if kind not in ("add", "remove", "replace", "test") or set(operation) != wanted:
        raise _refused(f"uses something other than add, remove, replace and test at operation {number}")
    if (path and not path.startswith("/")) or (kind == "remove" and not path):
        raise _refused(what)
    if path.count("/") > MAX_DEPTH:
        raise _refused(f"goes more than {MAX_DEPTH} levels deep at operation {number}")
    node: Json = ground.holder
    *parents, last = ["root", *(_unescape(part) for part in path.split("/")[1:])]
    for part in parents:
        node = ground.enter(node, _existing(node, part, what))
    if kind == "add":
        _add(ground, node, last, operation["value"], what)
        return
    key = _existing(node, last, what)
    if kind == "remove":
        if isinstance(node, list):
            ground.shift(len(node) - int(key))
        del node[key]
    elif kind == "replace":
        node[key] = operation["value"]
    elif not same(node[key], operation["value"]):
        raise _refused(what)


def _add(ground: _Ground, node: Json, last: str, value: Json, what: str) -> None:
    if isinstance(node, dict):
        node[last] = value
    elif isinstance(node, list) and _INDEX.fullmatch(last) and int(last) <= len(node):
        ground.shift(len(node) - int(last))
        node.insert(int(last), value)
    else:
        raise _refused(what)


def _existing(node: Json, part: str, what: str) -> str | int:
    if isinstance(node, dict) and part in node:
        return part
    if isinstance(node, list) and _INDEX.fullmatch(part) and int(part) < len(node):
        return int(part)
    raise _refused(what)


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def _refused(why: str) -> BundleRefused:
    return BundleRefused(f"The bundle's patch {why}.", "Do not use it; ask the sender for a fresh export.")
