"""An agent after changes, sharing with the one before all that they leave alone: an edit costs its own size.

- The outcome is what `changeset.apply` gives, part by part equal; only what a change touches is read and
  checked anew, every other part is the very object that the agent before holds.
- An agent is read together with its JSON tree; the new one comes with its tree, which shares, too. Who gets
  such a tree reads it, and never changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from pydantic import ValidationError

from studio.domain.agent import Agent
from studio.domain.changeset import Change, apply_shared
from studio.domain.frozen import Frozen, Json

Held = TypeVar("Held", bound=Frozen)


def with_changes(agent: Agent, tree: Json, changes: Iterable[Change]) -> tuple[Agent, Json]:
    """Return the agent after the changes with its tree; raises Stale, ValidationError."""
    wanted = apply_shared(tree, changes)
    if wanted is tree:
        return agent, tree
    try:
        made = Agent.model_validate(_known(agent, tree, wanted))
    except ValidationError:  # a part that is of another kind now has no use for what it held before
        made = Agent.model_validate(wanted)
    return made, _tree(agent, tree, made)


def _known(held: object, was: Json, now: Json) -> object:
    """Return a new tree in which every part that is as it was is the value that stands for it already."""
    if now is was:
        return held
    if isinstance(held, Frozen) and isinstance(was, dict) and isinstance(now, dict):
        return {name: _known(getattr(held, name, None), was.get(name), part) for name, part in now.items()}
    if isinstance(now, list) and (items := _items(held, was)):
        by_part = {id(part): item for part, item in zip(was, items, strict=True)}
        by_name = {_name(part): (item, part) for part, item in zip(was, items, strict=True)}
        found: list[object] = []
        for part in now:
            known = by_part.get(id(part))
            item, old = by_name.get(_name(part), (None, None))
            found.append(known if known is not None else _known(item, old, part))
        return found
    return now


def _tree(held: Held, was: Json, made: Held) -> Json:
    """Return the tree of a value; the parts that it shares with another one are that one's."""
    if made is held:
        return was
    parts: dict[str, Json] = {}
    for name in type(made).model_fields:
        value, other = getattr(made, name), getattr(held, name, None)
        if isinstance(value, Frozen) and isinstance(other, type(value)):
            parts[name] = _tree(other, was[name], value)
        elif items := _items(value, value):
            known = zip(_items(other, was.get(name)), was.get(name) or (), strict=False)
            parts[name] = _trees(items, list(known))
    rest = made.model_dump(mode="json", exclude_none=True, exclude=set(parts))
    every = parts | rest
    return {name: every[name] for name in type(made).model_fields if name in every}


def _trees(items: Sequence[Frozen], known: Sequence[tuple[Frozen, Json]]) -> list[Json]:
    by_item = {id(item): part for item, part in known}
    by_name = {_name(part): (item, part) for item, part in known}
    found = []
    for item in items:
        if id(item) in by_item:
            found.append(by_item[id(item)])
            continue
        other, part = by_name.get(getattr(item, "id", None) or getattr(item, "name", None), (item, None))
        if part is not None and isinstance(other, type(item)):
            found.append(_tree(other, part, item))
        else:
            found.append(item.model_dump(mode="json", exclude_none=True))
    return found


def _items(held: object, parts: Json) -> tuple[Frozen, ...]:
    """Return the values of a list, where all of them are of ours and each stands for one part."""
    if not isinstance(held, tuple) or not isinstance(parts, (list, tuple)) or len(held) != len(parts):
        return ()
    return held if all(isinstance(item, Frozen) for item in held) else ()


def _name(part: Json) -> object:
    return part.get("id", part.get("name")) if isinstance(part, dict) else None
