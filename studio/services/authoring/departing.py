"""What was changed by hand although it was made from a sentence: the steps that depart from what they cite.

- A step is held against what decisions made of the live version: what differs beyond that, a hand changed.
- Its name and its place say nothing about the sentence; what is changed back does not depart any more.
"""

from __future__ import annotations

from collections.abc import Iterable

from studio.domain.agent import Agent
from studio.domain.changeset import Change, identity, join_path, split_path
from studio.domain.frozen import Json, to_json

_WORDS = {
    "say": "what it says", "text": "what it says", "slots": "what it asks for", "tries": "how often it tries",
    "retries": "how often it tries again", "tool": "which system it uses", "next": "where it goes on to",
    "arguments": "what the system is given", "results": "what is kept of the reply",
    "on_failure": "where it goes when it fails", "otherwise": "where it goes when nothing fits",
    "table": "how it decides", "branches": "its ways out", "rule": "which disclosure it makes",
    "queue": "who takes over", "context": "what is passed on", "outcome": "how it ends",
    "block": "which block it runs", "kind": "what kind of step it is",
}  # fmt: skip


def departures(live: Agent, draft: Agent, decided: Iterable[Change]) -> dict[str, str]:
    """Return a sentence for each cited step (by path) that a hand changed since it was made from its text.

    `decided` are the accepted changes, in the order in which they were accepted.
    """
    made = to_json(live)
    for change in decided:
        if change.segments[0] == "workflows":
            _settle(made, change)
    found: dict[str, str] = {}
    for flow in draft.workflows:
        before = _by_id(_inside(_inside(made, "workflows"), flow.id), "steps")
        for step in flow.steps:
            was = before.get(step.id)
            if was is None or not step.citations:
                continue
            if differ := _differing(was, to_json(step)):
                found[join_path("workflows", flow.id, "steps", step.id)] = _sentence(differ)
    return found


def _differing(was: Json, now: Json) -> list[str]:
    return list(
        dict.fromkeys(
            _WORDS[name]
            for name in sorted(was.keys() | now.keys())
            if name in _WORDS and was.get(name) != now.get(name)
        )
    )


def _sentence(differ: list[str]) -> str:
    listed = " and ".join([*([", ".join(differ[:-1])] if len(differ) > 1 else []), differ[-1]])
    return f"Changed by hand since it was made from the text below: {listed}. It departs from that text."


def _by_id(flow: Json, name: str) -> dict[str, Json]:
    items = flow.get(name, []) if isinstance(flow, dict) else []
    return {item["id"]: item for item in items}


def _inside(node: Json, segment: str) -> Json:
    if isinstance(node, dict):
        return node.get(segment)
    if isinstance(node, list):
        return next((item for item in node if identity(item) == segment), None)
    return None


def _settle(tree: Json, change: Change) -> None:
    """Put what was accepted in its place; one whose place is gone has nothing to say."""
    *parents, last = split_path(change.path)
    node = tree
    for segment in parents:
        node = _inside(node, segment)
    if isinstance(node, dict):
        node[last] = change.after
        if change.after is None:
            del node[last]
    elif isinstance(node, list):
        node[:] = [item for item in node if identity(item) != last]
        if change.after is not None:
            node.append(change.after)
