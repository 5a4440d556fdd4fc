"""Setting fields of an agent by hand: a wish becomes the change set that fulfils it.

- `(agent, wish) -> ChangeSet`: pure; nothing is written here. No change at all gives an empty change set.
- What would not be an agent any more is refused with a sentence, and nothing changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, identity, split_path
from studio.domain.edit import FieldEdit, SetField, wish
from studio.domain.errors import WrongUse
from studio.domain.frozen import Frozen, Json, to_json
from studio.services.authoring.titles import title_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def fulfil(agent: Agent, edit: FieldEdit) -> ChangeSet:
    """Return the change set of one wish; raises WrongUse where a place or a value does not fit."""
    before = to_json(agent)
    after = to_json(agent)
    for each in edit.sets:
        _put(after, each)
    try:
        made = Agent.model_validate(after)
    except ValidationError as error:
        first = error.errors()[0]
        raise WrongUse(f"That value does not fit there: {first['msg']}.", "Give another value.") from error
    title = edit.title or next((title_of(before, after, each) for each in edit.sets), "")
    return diff_agents(agent, made, title)


def set_field(agent: Agent, path: str, value: Json, title: str = "") -> ChangeSet:
    """Return the change set that gives one place a value (None: takes it away); raises WrongUse."""
    return fulfil(agent, wish(path, value, title))


def set_fields(agent: Agent, values: Sequence[tuple[str, Json]], title: str = "") -> ChangeSet:
    """Return one change set that gives several places their values; raises WrongUse."""
    sets = tuple(SetField(path=path, value=value) for path, value in values)
    return fulfil(agent, FieldEdit(sets=sets, title=title))


def _plain(value: Json) -> Json:
    if isinstance(value, Frozen):
        return to_json(value)
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _put(tree: Json, wished: SetField) -> None:
    *parents, last = split_path(wished.path)
    node = tree
    for segment in parents:
        node = _inside(node, segment)
        if node is None:
            raise WrongUse(
                f"“{wished.path}” is no place of the agent: there is no “{segment}” in it.",
                "See what there is, and name a place that is there.",
            )
    if not isinstance(node, dict | list):
        raise WrongUse(
            f"“{wished.path}” is no place of the agent: “{parents[-1]}” has no parts.",
            "See what there is, and name a place that is there.",
        )
    value = _plain(wished.value)
    if isinstance(node, list):
        _put_item(node, last, value)
    elif value is None:
        node.pop(last, None)
    else:
        node[last] = value


def _put_item(items: list[Json], name: str, value: Json) -> None:
    at = next((n for n, item in enumerate(items) if identity(item) == name), None)
    if value is not None and identity(value) != name:
        raise WrongUse(f"What is put at “{name}” calls itself “{identity(value)}”.", "Use one name for both.")
    if value is None:
        if at is not None:
            del items[at]
    elif at is None:
        items.append(value)
    else:
        items[at] = value


def _inside(node: Json, segment: str) -> Json:
    if isinstance(node, dict):
        return node.get(segment)
    if isinstance(node, list):
        return next((item for item in node if identity(item) == segment), None)
    return None
