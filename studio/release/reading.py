"""Reading the files of a bundle: typed values of bytes that are exactly those values' one canonical form.

- Bytes that are the canonical form of a value are strict JSON in its one spelling, whoever parsed them: no
  member stands twice, nothing stands around it. Where they are not, the strict parser says what is wrong.
- Files are read once: the value is written again and compared with them as bytes. Its JSON tree, where it is
  needed, is that of the value itself, so the bytes are not parsed a second time for it.
- Of two versions of an agent that share most of their parts, each part is read once.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TypeVar

from studio.domain.agent import Agent
from studio.domain.errors import BundleBroken
from studio.domain.frozen import Frozen, Json, canonical, is_plainly, plainly, to_json, without_fractions
from studio.release import strict_json

Model = TypeVar("Model", bound=Frozen)
_LISTS = ("workflows", "tables", "tools", "scenarios")


def read(model: type[Model], data: bytes, name: str) -> Model:
    """Return the typed value of a file; raises BundleBroken unless the bytes are its canonical form."""
    strict_json.check_depth(data, name)
    with suppress(ValueError, RecursionError):  # strictly is quicker, and almost always does
        value = model.model_validate_json(data, strict=True)
        if canonical(value) == data:
            return value
    try:
        value = model.model_validate_json(data)
        if canonical(value) == data:
            return value
        said = "is written in an unusual form"
    except (ValueError, RecursionError):
        said = "does not have the form it must have"
    strict_json.parse_canonical(data, name)  # the nearer fault is told, where there is one
    raise BundleBroken(f"{name} {said}.", "Ask the sender for a fresh export.")


class Writer:
    """Writes plain objects as canonical text; items of their lists, once written, are not written again."""

    def __init__(self) -> None:
        self._written: dict[int, tuple[Json, bytes]] = {}

    def __call__(self, tree: Json) -> bytes:
        """Return the text of a plain tree; raises ValueError or TypeError for any other."""
        if not isinstance(tree, dict):
            return plainly(tree).encode()
        members = (b"%b:%b" % (plainly(name).encode(), self._member(tree[name])) for name in sorted(tree))
        return b"{%b}" % b",".join(members)

    def plain(self, tree: dict[str, Json]) -> Json:
        """Return a dumped tree whose whole numbers have no fraction; raises ValueError for unusual ones."""
        return {name: self._plain_member(value) for name, value in tree.items()}

    def _member(self, value: Json) -> bytes:
        if isinstance(value, list):
            return b"[%b]" % b",".join(map(self._item, value))
        return plainly(value).encode()

    def _item(self, item: Json) -> bytes:
        known = self._written.get(id(item))
        if known is None:  # the item is kept with its text, so that no other can come to have its id
            known = self._written[id(item)] = (item, plainly(item).encode())
        return known[1]

    def _plain_member(self, value: Json) -> Json:
        return list(map(self._plain_item, value)) if isinstance(value, list) else _plain(value)[0]

    def _plain_item(self, item: Json) -> Json:
        found, text = _plain(item)
        self._written[id(found)] = (found, text.encode())
        return found


def _plain(part: Json) -> tuple[Json, str]:
    text = plainly(part)
    found = without_fractions(part, text)
    return found, text if found is part else plainly(found)


def read_with_tree(model: type[Model], data: bytes, name: str, write: Writer) -> tuple[Model, Json, bool]:
    """Return the typed value of a file, its JSON tree, and whether that is plain (`frozen.decoded`)."""
    strict_json.check_depth(data, name)
    try:
        return *_with_tree(model, data, write), True
    except (ValueError, RecursionError):
        return read(model, data, name), strict_json.parse_canonical(data, name), False


def read_changed(before: Agent, was: Json, tree: Json, name: str) -> Agent:
    """Return the agent of a plain tree that shares parts with `was`, the tree of `before`.

    Items stand for themselves: no rule of an agent looks from one item to another (a test holds that), so an
    item that is the very same part in both trees is the same item, and is not read again.
    """
    rest, known = dict(tree), {}
    for field in _LISTS:
        if isinstance(tree.get(field), list) and isinstance(was.get(field), list):
            known[field] = _by_part(was[field], getattr(before, field))
            rest[field] = [item for item in tree[field] if id(item) not in known[field]]
    agent = read(Agent, canonical(rest), name)
    merged = {}
    for field, items in known.items():
        fresh = iter(getattr(agent, field))
        merged[field] = tuple(items[id(item)] if id(item) in items else next(fresh) for item in tree[field])
    return agent.model_copy(update=merged)


def _by_part(parts: Sequence[Json], items: Sequence[Frozen]) -> dict[int, Frozen]:
    return {id(part): item for part, item in zip(parts, items, strict=True)}


def _with_tree(model: type[Model], data: bytes, write: Writer) -> tuple[Model, Json]:
    value = model.model_validate_json(data, strict=True)
    tree = write.plain(to_json(value))
    if write(tree) != data or not is_plainly(data):
        raise ValueError("not this value's own form")
    return value, tree
