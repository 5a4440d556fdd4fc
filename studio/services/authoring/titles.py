"""Titles of edits by hand, in words: what a person changed, as undo and the ledger tell it.

- Things are named as people know them; no id is told that nobody says.
- An edit of a place that stands on a sentence of a document says that it departs from it.
"""

from __future__ import annotations

from studio.domain.changeset import join_path, lookup, split_path
from studio.domain.edit import SetField
from studio.domain.frozen import Json
from studio.domain.places import item_path, place_name

_OF_STEP = {
    "say": "Change what {} says", "text": "Change what {} says", "slots": "Change what {} asks for",
    "tries": "Change how often {} asks", "retries": "Change how often {} tries again",
    "tool": "Change which system {} uses", "arguments": "Change what {} tells the system",
    "results": "Change what {} keeps of the reply", "table": "Change how {} decides",
    "branches": "Change the ways out of {}", "rule": "Change which disclosure {} makes",
    "queue": "Change to whom {} hands over", "context": "Change what {} passes on",
    "outcome": "Change how {} ends", "block": "Change which block {} runs", "place": "Move {}",
}  # fmt: skip
_WAYS = {"next": "", "on_failure": " if it fails", "otherwise": " otherwise"}
_OF_WORKFLOW = {
    "intent": "Change when {} starts", "examples": "Change what customers say to start {}",
    "start": "Change with which step {} begins", "slots": "Change the facts of {}",
    "open_to": "Change whom {} serves",
}  # fmt: skip
_OF_FACT = {
    "type": "Change the kind of fact “{}” is", "prompt": "Change how “{}” is asked for",
    "example": "Change the example of “{}”", "pattern": "Change how “{}” has to look",
    "choices": "Change what can be chosen for “{}”",
}  # fmt: skip
_OF_SYSTEM = {
    "answers_within": "Change how long “{}” may take", "description": "Change what “{}” is said to do",
    "effect": "Change whether “{}” changes something", "parameters": "Change what “{}” is given",
    "reversible": "Change whether what “{}” does can be taken back", "returns": "Change what “{}” answers",
    "limits": "Change the most that “{}” may be given", "data_class": "Change what “{}” knows",
}  # fmt: skip
_UNCITED = frozenset({"title", "place", "citations", "label", "name"})


def title_of(before: Json, after: Json, wished: SetField) -> str:
    """Return the title of one wish; `before` and `after` are the agent's JSON trees."""
    return _plain(before, after, split_path(wished.path), wished) + departure(before, wished.path)


def departure(tree: Json, path: str) -> str:
    """Return the words on the sentence that a change of this place departs from, if there is one."""
    segments = split_path(path)
    for end in range(len(segments) - 1, 1, -1):
        item = lookup(tree, join_path(*segments[:end]))
        cited = item.get("citations") if isinstance(item, dict) else None
        if cited and segments[end] not in _UNCITED:
            names = list(dict.fromkeys(each["source_name"] for each in cited))
            return f" (departs from what {' and '.join(names[:2])} says)"
    return ""


def _plain(before: Json, after: Json, segments: tuple[str, ...], wished: SetField) -> str:
    match segments:
        case ("workflows", flow, "steps", step, name, *rest):
            return _step_title(before, after, (flow, step), (name, *rest), wished)
        case ("workflows", flow, "slots", _, *rest):
            return _fact_title(before, after, segments, rest, wished)
        case ("workflows", flow, name):
            called = _called(before, segments[:2])
            if name == "name":
                return f"Rename {called} to “{wished.value}”"
            if name == "reusable":
                return f"Make {called} {'a reusable block' if wished.value else 'a workflow of its own'}"
            if name in _OF_WORKFLOW:
                return _OF_WORKFLOW[name].format(called)
        case ("tools", tool, name) if name in _OF_SYSTEM:
            return _OF_SYSTEM[name].format(tool.replace("_", " "))
        case _:
            pass
    return _any_title(before, after, segments, wished)


def _step_title(
    before: Json, after: Json, at: tuple[str, str], fields: tuple[str, ...], wished: SetField
) -> str:
    flow, step = at
    called = _called(before, ("workflows", flow, "steps", step))
    name = fields[0]
    if name == "title":
        return f"Rename {called} to “{wished.value}”"
    if name in _WAYS or (name == "branches" and fields[-1] == "next"):
        way = _WAYS.get(name, f" for “{fields[1]}”" if len(fields) > 1 else "")
        if wished.value is None:
            return f"Leave {called} without a way on{way}"
        return f"Lead {called} to {_called(after, ('workflows', flow, 'steps', str(wished.value)))}{way}"
    if name == "branches" and fields[-1] == "when":
        return f"Change when {called} takes the way “{fields[1]}”"
    return _OF_STEP.get(name, "Change {}").format(called)


def _fact_title(
    before: Json, after: Json, segments: tuple[str, ...], rest: list[str], wished: SetField
) -> str:
    item = lookup(before, join_path(*segments[:4])) or lookup(after, join_path(*segments[:4])) or {}
    label = item.get("label") or segments[3].replace("_", " ")
    if not rest:
        return f"Remove the fact “{label}”" if wished.value is None else f"Add the fact “{label}”"
    if rest[0] == "label":
        return f"Rename the fact “{label}” to “{wished.value}”"
    return _OF_FACT.get(rest[0], "Change the fact “{}”").format(label)


def _any_title(before: Json, after: Json, segments: tuple[str, ...], wished: SetField) -> str:
    path = join_path(*segments)
    named = place_name((after, before), path)
    if item_path(path) != path:
        return f"Change the {segments[-1].replace('_', ' ')} of {named[:1].lower()}{named[1:]}"
    if lookup(before, path) is None:
        return f"Add {named[:1].lower()}{named[1:]}"
    verb = "Remove" if wished.value is None else "Change"
    return f"{verb} {named[:1].lower()}{named[1:]}"


def _called(tree: Json, segments: tuple[str, ...]) -> str:
    item = lookup(tree, join_path(*segments))
    item = item if isinstance(item, dict) else {}
    return f"“{item.get('title') or item.get('name') or segments[-1].replace('-', ' ')}”"
