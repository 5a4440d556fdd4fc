"""Places: what a path of an agent is called by people, and where each cited sentence lives."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from studio.domain.agent import Agent
from studio.domain.changeset import NOUNS, TITLES, identity, join_path, split_path
from studio.domain.frozen import Frozen, Json, to_json

_CHARTER_FIELDS = {
    "purpose": "Purpose",
    "audience": "Audience",
    "channel": "Channel",
    "ai_disclosure": "What it says about being automated",
    "capabilities": "What it can do",
    "cannot": "What it cannot do",
    "tone": "How it speaks",
    "autonomy": "Autonomy level",
    "technology": "Technology",
    "performance_owner": "Who owns performance after launch",
    "portfolio": "Kinds of requests",
    "readiness": "Thresholds",
    "economics": "What it costs and saves",
    "company_policy": "The company’s AI policy",
}
_CHARTER_PARTS = ("technology", "economics", "company_policy")
_BY_ID = ("rules", "scenarios", "sources")


class Place(Frozen):
    """One place of an agent: its path, and what people call it."""

    path: str
    name: str


def _item_name(collection: str, item: Json, item_id: str) -> str:
    noun = NOUNS.get(collection, collection)
    title = next((item[key] for key in TITLES if isinstance(item, dict) and item.get(key)), "")
    if collection in _BY_ID:
        return f"{noun} {item_id} {title}".strip()
    return f"{noun} “{title or item_id}”"


def _step_into(node: Json, segment: str) -> Json:
    if isinstance(node, dict):
        return node.get(segment)
    if isinstance(node, list):
        return next((item for item in node if identity(item) == segment), None)
    return None


def _place_of(segment: str, items: list[Json]) -> int:
    """Return which item of a list has this id, counted from 1; 0 where none has."""
    return next((n for n, item in enumerate(items, 1) if identity(item) == segment), 0)


def place_name(trees: tuple[Json, ...], path: str) -> str:
    """Return what people call the innermost item of a path, looked up in the first tree that has it."""
    segments = split_path(path)
    names: list[str] = []
    nodes = list(trees)
    collection = ""
    for segment in segments:
        lists = [node for node in nodes if isinstance(node, list)]
        inside_list = bool(lists)
        nodes = [_step_into(node, segment) for node in nodes]
        if inside_list:
            item = next((node for node in nodes if node is not None), None)
            if collection == "rows" and names:  # its id says nothing to people; its place in the table does
                number = next((n for n in map(partial(_place_of, segment), lists) if n), 0)
                names.append(f"Row {number} of {names[-1].removeprefix('Decision ')}")
            else:
                names.append(_item_name(collection, item, segment))
        collection = segment
    if names:
        return names[-1]
    if len(segments) > 2 and segments[1] in _CHARTER_PARTS:  # a figure of the economics is called by its part
        return _CHARTER_FIELDS[segments[1]]
    return _CHARTER_FIELDS.get(segments[-1], segments[-1].replace("_", " ").capitalize())


def item_path(path: str) -> str:
    """Return the path up to the innermost identified rule, step, row, test …: without its fields."""
    segments = split_path(path)
    last = max((i for i, segment in enumerate(segments[:-1]) if segment in NOUNS), default=-2)
    return join_path(*segments[: last + 2]) if last >= 0 else path


def _cited(node: Json, path: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "citations":
                yield from ((citation["fingerprint"], path) for citation in value)
            else:
                yield from _cited(value, (*path, name))
    elif isinstance(node, list):
        for item in node:
            name = identity(item)
            yield from _cited(item, (*path, name) if name else path)


def places_by_sentence(agent: Agent) -> dict[str, tuple[Place, ...]]:
    """Return, for each cited sentence's fingerprint, the places of the agent that stand on it."""
    tree = to_json(agent)
    found: dict[str, dict[str, Place]] = {}
    for fingerprint, segments in _cited(tree, ()):
        path = join_path(*segments)
        found.setdefault(fingerprint, {})[path] = Place(path=path, name=place_name((tree,), path))
    return {fingerprint: tuple(places.values()) for fingerprint, places in found.items()}
