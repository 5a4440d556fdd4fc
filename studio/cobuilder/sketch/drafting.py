"""The sketch: a working copy of an agent on which changes are tried before they are proposed.

- One item, one change: edits of the same rule, step, row, tool or scenario melt into one, so that no
  two changes of a proposal overlap and any set closed under dependencies applies.
- Every edit says why; reasons, citations and the lowest confidence of melted edits are kept.
- `needs` ties one place to another that it cannot stand without; `together` ties both ways.
- What is new takes no id that a proposal which waits to be decided gives to something new (`reserved`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from studio.domain.agent import Agent
from studio.domain.changeset import Change, identity, join_path, lookup, split_path
from studio.domain.charter import Rule
from studio.domain.frozen import Frozen, Json, canonical, to_json
from studio.domain.proposal import ProposedChange
from studio.domain.source import Citation
from studio.domain.workflow import Slot, Step

AREAS = ("charter", "workflows", "tables", "tools", "scenarios", "sources")
_CHARTER_TEXTS = ("purpose", "capabilities", "ai_disclosure")


@dataclass(frozen=True, slots=True)
class Why:
    """Why a place changes: one line for the list, a sentence, the sentences that demand it."""

    title: str
    reason: str
    citations: tuple[Citation, ...] = ()
    confidence: float = 1.0


@dataclass(slots=True)
class _Entry:
    title: str
    reasons: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    confidence: float = 1.0
    needs: set[str] = field(default_factory=set)
    place: str | None = None

    def melt(self, why: Why) -> None:
        if why.title and why.title not in self.title:
            head, _, tail = why.title.partition(": ")
            known = tail and self.title.startswith(f"{head}: ")
            self.title = f"{self.title}; {tail if known else why.title}" if self.title else why.title
        if why.reason and why.reason not in self.reasons:
            self.reasons.append(why.reason)
        self.citations += [c for c in why.citations if c not in self.citations]
        self.confidence = min(self.confidence, why.confidence)


def rule_path(rule_id: str) -> str:
    """Return the path of a rule."""
    return join_path("charter", "rules", rule_id)


def step_path(workflow_id: str, step_id: str) -> str:
    """Return the path of a step."""
    return join_path("workflows", workflow_id, "steps", step_id)


def row_path(table_id: str, row_id: str) -> str:
    """Return the path of a row of a decision table."""
    return join_path("tables", table_id, "rows", row_id)


def input_path(table_id: str, input_id: str) -> str:
    """Return the path of an input of a decision table."""
    return join_path("tables", table_id, "inputs", input_id)


class Sketch:
    """A working copy of an agent with notes on why each place changed."""

    def __init__(self, agent: Agent, reserved: frozenset[str] = frozenset()) -> None:
        self.base = agent
        self.reserved = reserved
        self._entries: dict[str, _Entry] = {}
        self._agent: Agent | None = agent

    # Made at first use: a question never needs them, and most readings of a change are given up before.

    @cached_property
    def _base_tree(self) -> Json:
        return to_json(self.base)

    @cached_property
    def _tree(self) -> Json:
        return to_json(self.base)

    @property
    def agent(self) -> Agent:
        """Return the agent as it stands in the sketch."""
        if self._agent is None:
            self._agent = Agent.model_validate(self._tree)
        return self._agent

    def item(self, path: str) -> Rule | Step | Slot:
        """Return the rule, step or slot at a path of the sketch; raises KeyError."""
        area, *rest = split_path(path)
        if area == "charter":
            return self.agent.charter.rule(rest[1])
        flow = self.agent.workflow(rest[0])
        return next(s for s in flow.slots if s.id == rest[2]) if rest[1] == "slots" else flow.step(rest[2])

    def names(self, *parents: str) -> list[str]:
        """Return the ids that are taken in a list of the agent, or by what is proposed for it elsewhere."""
        items = lookup(self._tree, join_path(*parents))
        own = [name for name in map(identity, items) if name] if isinstance(items, list) else []
        ways = [split_path(path) for path in sorted(self.reserved)]
        return own + [way[-1] for way in ways if way[:-1] == parents and way[-1] not in own]

    def at(self, path: str) -> Json:
        """Return a copy of what stands at a path of the sketch, or None."""
        return copy.deepcopy(lookup(self._tree, path))

    @property
    def tree(self) -> Json:
        """Return the sketch as a JSON tree, to read only."""
        return self._tree

    @property
    def is_untouched(self) -> bool:
        """Return whether nothing has changed yet."""
        return not self._entries

    def touched(self, path: str) -> bool:
        """Return whether a place changes."""
        return path in self._entries

    def put(self, path: str, value: Frozen | Json, why: Why, after: str | None = None) -> str:
        """Set what stands at a path (None removes), placing a new item after another; return the path."""
        tree = to_json(value) if isinstance(value, Frozen) else value
        *parents, last = split_path(path)
        node = lookup(self._tree, join_path(*parents))
        entry = self._entries.setdefault(path, _Entry(""))
        entry.melt(why)
        if isinstance(node, list):
            self._put_in_list(node, last, tree, entry, after)
        elif tree is None:
            node.pop(last, None)
        else:
            node[last] = tree
        self._agent = None
        return path

    def _put_in_list(self, node: list[Json], last: str, tree: Json, entry: _Entry, after: str | None) -> None:
        at = next((i for i, item in enumerate(node) if identity(item) == last), None)
        if tree is None:
            if at is not None:
                del node[at]
        elif at is not None:
            node[at] = tree
        else:
            entry.place = after
            names = [identity(item) for item in node]
            spot = 0 if after == "" else names.index(after) + 1 if after in names else len(node)
            node.insert(spot, tree)

    def edit(self, path: str, item: Frozen, why: Why, **fields: object) -> str:
        """Set some fields of the item at a path; return the path."""
        return self.put(path, item.model_copy(update=fields), why)

    def needs(self, path: str, *others: str) -> None:
        """Note that the change at a path cannot stand without the changes at others."""
        if path in self._entries:
            self._entries[path].needs |= {other for other in others if other != path}

    def together(self, paths: Iterable[str]) -> None:
        """Note that the changes at these paths stand or fall together."""
        every = [path for path in dict.fromkeys(paths) if path in self._entries]
        for path in every:
            self.needs(path, *every)

    def why_of(self, path: str, title: str, reason: str) -> Why:
        """Return why something else changes, with the sentences that changed the place at a path."""
        entry = self._entries.get(path)
        return Why(title, reason, tuple(entry.citations) if entry else (), entry.confidence if entry else 0.5)

    def changes(self) -> tuple[ProposedChange, ...]:
        """Return what changed, in the order charter, workflows, tables, tools, scenarios, sources."""
        real = [path for path in self._entries if self._differs(path)]
        real.sort(key=lambda path: (AREAS.index(split_path(path)[0]), *self._rank(path)))
        ids = {path: f"C-{number:02}" for number, path in enumerate(real, 1)}
        return tuple(self._proposed(path, ids) for path in real)

    def _differs(self, path: str) -> bool:
        before, after = lookup(self._base_tree, path), lookup(self._tree, path)
        return canonical(before) != canonical(after)

    def _rank(self, path: str) -> tuple[int, int]:
        """Return the place of an item in its area, so that changes read in the agent's own order."""
        area, *rest = split_path(path)
        if area == "charter":
            names = [r["id"] for r in self._tree["charter"]["rules"]]
            return (0, names.index(rest[1])) if rest[0] == "rules" and rest[1] in names else (-1, 0)
        names = [identity(item) for item in self._tree[area]]
        first = names.index(rest[0]) if rest[0] in names else len(names)
        if len(rest) < 3:
            return first, 0
        kinds = {"slots": 0, "inputs": 0, "steps": 1, "rows": 1}
        inner = lookup(self._tree, join_path(area, rest[0], rest[1]))
        inside = [identity(item) for item in inner] if isinstance(inner, list) else []
        spot = inside.index(rest[2]) if rest[2] in inside else len(inside)
        return first, kinds.get(rest[1], 2) * 1000 + spot

    def _proposed(self, path: str, ids: dict[str, str]) -> ProposedChange:
        entry = self._entries[path]
        before, after = lookup(self._base_tree, path), lookup(self._tree, path)
        added, removed = before is None and after is not None, before is not None and after is None
        in_list = isinstance(lookup(self._base_tree, join_path(*split_path(path)[:-1])), list)
        return ProposedChange(
            id=ids[path],
            title=entry.title,
            change=Change(
                path=path,
                before=before,
                after=after,
                place_after=entry.place if added and in_list else None,
                place_before=self._front(path) if removed and in_list else None,
            ),
            reason=" ".join(entry.reasons),
            citations=tuple(entry.citations),
            confidence=round(entry.confidence, 2),
            depends_on=tuple(sorted(ids[other] for other in entry.needs if other in ids)),
        )

    def _front(self, path: str) -> str:
        *parents, last = split_path(path)
        names = [identity(item) or "" for item in lookup(self._base_tree, join_path(*parents))]
        at = names.index(last)
        return names[at - 1] if at else ""


@dataclass(frozen=True, slots=True)
class TextPlace:
    """One text that people or customers read, where it stands and what it cites."""

    path: str
    field: str
    text: str
    label: str
    citations: tuple[Citation, ...] = ()
    workflow: str | None = None


_STEP_TEXTS = ("title", "say", "text")


def text_places(agent: Agent) -> list[TextPlace]:
    """Return every text of the charter and the workflows that may state a value."""
    places = [
        TextPlace(
            join_path("charter", name),
            name,
            getattr(agent.charter, name),
            f"Charter, {name.replace('_', ' ')}",
        )
        for name in _CHARTER_TEXTS
    ]
    for rule in agent.charter.rules:
        path = rule_path(rule.id)
        places += [
            TextPlace(path, name, getattr(rule, name), f"Rule {rule.id} “{rule.title}”", rule.citations)
            for name in ("title", "text")
        ]
    for flow in agent.workflows:
        for step in flow.steps:
            path, label = step_path(flow.id, step.id), f"Step “{step.title}” of “{flow.name}”"
            places += [
                TextPlace(path, name, str(getattr(step, name)), label, step.citations, flow.id)
                for name in _STEP_TEXTS
                if getattr(step, name, "")
            ]
        for slot in flow.slots:
            path = join_path("workflows", flow.id, "slots", slot.id)
            places.append(TextPlace(path, "prompt", slot.prompt, f"Question for “{slot.label}”", (), flow.id))
    return places
