"""Every place of an agent that can state a fact in words, as leaves of its JSON tree.

- What only points elsewhere (ids, ways on, names of facts and systems) is no place; what people or
  customers read, choose or are asked is one, and so are values that conditions compare with.
- A leaf belongs to an item that one change can replace: a rule, step, fact, row, test, or a field.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.frozen import Json, to_json

_POINTERS = frozenset(
    (
        "citations place kind next on_failure otherwise start table block tool rule fact result field op "
        "type effect severity enforced_by data_class patience clarity mood behaviours failure "
        "needs_disclosure tools autonomy reversible hit_policy reusable required additionalProperties "
        "enum segments regions before step never outcome workflow workflows pattern format id name "
        "context slots argument"
    ).split()
)
_NAMED = frozenset({"branches"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One text of an agent: the item it belongs to, the way to it inside that, and what the item cites."""

    path: str
    way: tuple[str | int, ...]
    text: str
    label: str
    cited: tuple[tuple[str, str], ...] = ()
    workflow: str | None = None

    @property
    def area(self) -> str:
        """Return the part of the agent: charter, workflows, tables, tools or scenarios."""
        return self.path.partition("/")[0]

    @property
    def is_value(self) -> bool:
        """Return whether the text is held against facts, not read: a condition, cell, fact or reply."""
        return bool({"value", "high", "wrong", "reply"} & {str(part) for part in self.way})


_READ: deque[tuple[Agent, Json, tuple[Leaf, ...]]] = deque(maxlen=3)


def read(agent: Agent) -> tuple[Json, tuple[Leaf, ...]]:
    """Return an agent's tree, only to be read, and its leaves; one agent is asked about again and again."""
    for known, tree, found in tuple(_READ):
        if known is agent:
            return tree, found
    tree = to_json(agent)
    found = tuple(leaves(tree))
    _READ.append((agent, tree, found))
    return tree, found


def leaves(tree: Json) -> Iterator[Leaf]:
    """Yield every text of an agent's tree that can state a fact."""
    charter = tree.get("charter", {})
    for name, value in charter.items():
        if name == "rules":
            for rule in value:
                label = f"Rule {rule['id']} “{rule['title']}”"
                yield from _inside(rule, join_path("charter", "rules", rule["id"]), label)
        elif isinstance(value, str):
            yield Leaf(join_path("charter", name), (), value, f"Charter, {name.replace('_', ' ')}")
    for flow in tree.get("workflows", ()):
        yield from _of_workflow(flow)
    for table in tree.get("tables", ()):
        yield from _of_table(table)
    for tool in tree.get("tools", ()):
        yield from _fields(tool, ("tools", tool["name"]), f"System “{tool['name'].replace('_', ' ')}”", None)
    for test in tree.get("scenarios", ()):
        yield from _inside(test, join_path("scenarios", test["id"]), f"Test {test['id']} “{test['title']}”")


def _of_workflow(flow: Json) -> Iterator[Leaf]:
    base, name = ("workflows", flow["id"]), flow.get("name", "")
    yield Leaf(join_path(*base, "name"), (), name, f"Name of “{name}”", (), flow["id"])
    for step in flow.get("steps", ()):
        label = f"Step “{step['title']}” of “{name}”"
        yield from _inside(step, join_path(*base, "steps", step["id"]), label, flow["id"])
    for slot in flow.get("slots", ()):
        label = f"Question for “{slot['label']}” of “{name}”"
        yield from _inside(slot, join_path(*base, "slots", slot["id"]), label, flow["id"])
    rest = {key: value for key, value in flow.items() if key not in ("steps", "slots")}
    yield from _fields(rest, base, f"Workflow “{name}”", flow["id"])


def _of_table(table: Json) -> Iterator[Leaf]:
    base, name = ("tables", table["id"]), table.get("name", "")
    yield Leaf(join_path(*base, "name"), (), name, f"Name of decision “{name}”")
    for row in table.get("rows", ()):
        label = f"Decision “{name}”, row “{row['then']}”"
        yield from _inside(row, join_path(*base, "rows", row["id"]), label)
    for column in table.get("inputs", ()):
        label = f"Decision “{name}”, column “{column['label']}”"
        yield from _inside(column, join_path(*base, "inputs", column["id"]), label)


def _fields(item: Json, base: tuple[str, ...], label: str, workflow: str | None) -> Iterator[Leaf]:
    """Yield the texts of an item whose fields change one by one."""
    for name, value in item.items():
        if name in _POINTERS:
            continue
        shown = f"{label}, {name.replace('_', ' ')}"
        for way, text in _texts(value, ()):
            yield Leaf(join_path(*base, name), way, text, shown, (), workflow)


def _inside(item: Json, path: str, label: str, workflow: str | None = None) -> Iterator[Leaf]:
    cited = tuple((c["fingerprint"], c["quote"]) for c in item.get("citations", ()))
    flow = workflow or item.get("workflow")
    for way, text in _texts({k: v for k, v in item.items() if k not in _POINTERS}, ()):
        yield Leaf(path, way, text, label, cited, flow)


def _texts(node: Json, way: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(node, str):
        yield way, node
    elif isinstance(node, dict):
        for name, value in node.items():
            if _is_read(name, way):
                yield from _texts(value, (*way, name))
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from _texts(value, (*way, at))


def _is_read(name: str, way: tuple[str | int, ...]) -> bool:
    if "reply" in way or "parameters" in way or "returns" in way:
        return "reply" in way or name == "description" or name == "properties" or "properties" in way[-1:]
    if name == "id":
        return any(part in _NAMED for part in way)
    if name == "name":
        return "persona" in way
    return name not in _POINTERS


def with_texts(item: Json, texts: dict[tuple[str | int, ...], str]) -> Json:
    """Return an item with other texts at these ways; the item itself is changed, so hand in a copy."""
    for way, text in texts.items():
        if not way:
            return text
        node = item
        for part in way[:-1]:
            node = node[part]
        node[way[-1]] = text
    return item
