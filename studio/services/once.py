"""What is worked out once while a workspace stands still: the pages ask anew at every key.

- A value is kept as long as its standing is one of the last few; a new commit is a new standing.
- What is kept is shared: who gets a tree from here reads it, and never changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar, cast

from studio.domain.agent import Agent
from studio.domain.changeset import Change
from studio.domain.frozen import Json, to_json
from studio.domain.sharing import with_changes
from studio.services.memory import Memory
from studio.services.standing import Standing

Value = TypeVar("Value")
_STANDINGS: Memory[Standing, Memory[Hashable, object]] = Memory(3)
_TREES: Memory[int, tuple[Agent, Json]] = Memory(8)
_MOST = 500


def once(stand: Standing, key: Hashable, make: Callable[[], Value]) -> Value:
    """Return what `make` gives, made at most once for a standing and a key."""
    known = _STANDINGS.get(stand, lambda: Memory(_MOST))
    return cast("Value", known.get(key, make))


def tree_of(agent: Agent) -> Json:
    """Return the JSON tree of an agent, the same one as long as the same agent is asked for."""
    # The agent is kept beside its tree, so that no other one can get its number meanwhile.
    return _TREES.get(id(agent), lambda: (agent, to_json(agent)))[1]


def changed(agent: Agent, changes: Iterable[Change]) -> Agent:
    """Return an agent after changes, its tree remembered; raises Stale, ValidationError."""
    made, tree = with_changes(agent, tree_of(agent), changes)
    return _TREES.get(id(made), lambda: (made, tree))[0]
