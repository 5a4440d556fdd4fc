"""Places: what a path of an agent is called by people, and where each cited sentence lives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.domain.agent import Agent
from studio.domain.changeset import NOUNS, TITLES, Indexed, identity, join_path, split_path
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
_FOR_MACHINES = ("tools", "records")
"""Their names are written for machines (`issue_refund`), and told as words."""


class Place(Frozen):
    """One place of an agent: its path, and what people call it."""

    path: str
    name: str


def _item_name(collection: str, item: Json, item_id: str) -> str:
    noun = NOUNS.get(collection, collection)
    title = next((item[key] for key in TITLES if isinstance(item, dict) and item.get(key)), "")
    if collection in _BY_ID:
        return f"{noun} {item_id} {title}".strip()
    if collection in _FOR_MACHINES:
        return f"{noun} “{str(title or item_id).replace('_', ' ')}”"
    return f"{noun} “{title or item_id}”"


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def row_name(row_id: str, answers: Sequence[tuple[str, str]]) -> str:
    """Return what a row is called among all (each its id and its answer): row “take back”, second row “late”.

    By its answer, since its place is another one as soon as a row comes before it; "" where there is none.
    """
    then = next((answer for name, answer in answers if name == row_id), None)
    if then is None:
        return ""
    alike = [name for name, answer in answers if answer == then]
    called = f"“{then.replace('_', ' ').replace('-', ' ')}”"
    at = alike.index(row_id)
    if len(alike) == 1 or at >= len(_ORDINALS):
        return f"row {called}" if len(alike) == 1 else f"row {called}, number {at + 1}"
    return f"{_ORDINALS[at]} row {called}"


def _row_of(rows: list[Json], segment: str) -> str:
    return row_name(segment, [(identity(row) or "", str(row.get("then", ""))) for row in rows])


def place_name(trees: tuple[Json, ...], path: str) -> str:
    """Return what people call the innermost item of a path, looked up in the first tree that has it."""
    return _name([Indexed(tree) for tree in trees], path)


def _name(trees: Sequence[Indexed], path: str) -> str:
    segments = split_path(path)
    names: list[str] = []
    nodes = [each.tree for each in trees]
    collection = ""
    for segment in segments:
        lists = [node for node in nodes if isinstance(node, list)]
        inside_list = bool(lists)
        nodes = [each.child(node, segment) for each, node in zip(trees, nodes, strict=True)]
        if inside_list:
            item = next((node for node in nodes if node is not None), None)
            if collection == "rows" and names:  # its id says nothing to people; what it answers does
                called = next((name for rows in lists if (name := _row_of(rows, segment))), "row")
                names.append(f"{called[:1].upper()}{called[1:]} of {names[-1].removeprefix('Decision ')}")
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
    tree = Indexed(to_json(agent))
    found: dict[str, dict[str, Place]] = {}
    places: dict[tuple[str, ...], Place] = {}
    for fingerprint, segments in _cited(tree.tree, ()):
        if segments not in places:
            path = join_path(*segments)
            places[segments] = Place(path=path, name=_name((tree,), path))
        place = places[segments]
        found.setdefault(fingerprint, {})[place.path] = place
    return {fingerprint: tuple(places.values()) for fingerprint, places in found.items()}
