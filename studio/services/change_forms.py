"""What one change looks like, by its kind: a text, a sheet of lines, a table cell by cell, a workflow drawn.

- A rule is its text and a sheet; a step, a test, a system, a threshold, a source is a sheet; a row, a cell or
  a column is its whole table, with the cases that come out otherwise in words; a step has its workflow too.
- Everything is read from the agent without and with the change, so that a changed field is seen on the whole
  thing it belongs to. `data` is the change as it is kept, for who reads JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from studio.checks.differing import MOST_NODES, Differing, cases_of
from studio.checks.domains import NotProvable
from studio.diff.naming import Names, listed
from studio.diff.sheets import SheetRow, diff_sheet
from studio.diff.table_rows import RowDiff, TableDiff, diff_table
from studio.domain.agent import Agent
from studio.domain.changeset import Change, join_path, lookup, split_path
from studio.domain.frozen import Json
from studio.domain.places import place_name
from studio.domain.workflow import DecisionTable, Workflow
from studio.services.change_sides import Sides
from studio.services.memory import Memory
from studio.services.once import tree_of
from studio.services.sheets import sheet_of, thing_path
from studio.services.wording import describe

QUICK = 6_000
"""Nodes that a comparison of two tables may take while a page waits for it."""
PATIENT = MOST_NODES
"""Nodes that it may take for who waits, such as the command line."""


@dataclass(frozen=True, slots=True)
class TableForm:
    """A decision table in both versions, and the cases that come out otherwise.

    `why_not` says why the cases cannot be told, where they cannot. `along` holds, by ("rows" or "inputs",
    id), the other change that a row or a column of both versions belongs to: this one cannot stand without.
    """

    name: str
    rows: TableDiff
    cases: tuple[Differing, ...]
    why_not: str = ""
    along: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def along_words(self) -> str:
        """Return which rows and columns belong to other changes, in a sentence; "" where none does."""
        said = [
            f"row {row.numbers[1] or row.numbers[0]} ({found})"
            for row in self.rows.rows
            if (found := self.row_along(row))
        ]
        said += [
            f"column “{column.label}” ({found})"
            for column in self.rows.columns
            if (found := self.along.get(("inputs", column.id), ""))
        ]
        return (
            f"Only with other changes, which this one cannot stand without: {listed(said)}." if said else ""
        )

    def row_along(self, row: RowDiff) -> str:
        """Return the other change that a row belongs to, or "" where there is none."""
        return next((self.along[key] for name in row.ids if (key := ("rows", name or "")) in self.along), "")

    @property
    def told(self) -> tuple[str, ...] | None:
        """Return the cases in words; None for a table that is new, gone, or too large to be compared."""
        known = not self.why_not and all(self.rows.policies)
        return tuple(case.words for case in self.cases) if known else None


@dataclass(frozen=True, slots=True)
class WorkflowPair:
    """A workflow before and after a proposal, the steps this change is about, what changed in each step."""

    before: Workflow | None
    after: Workflow | None
    focus: tuple[str, ...]
    details: dict[str, str]


@dataclass(frozen=True, slots=True)
class ChangeForms:
    """Every form of one change that it has; `texts` are prose before and after."""

    texts: tuple[str, str] | None
    sheet: tuple[SheetRow, ...]
    table: TableForm | None
    workflow: WorkflowPair | None
    data: str

    @property
    def differs(self) -> bool:
        """Return whether any form shows a difference; a thing that only moved shows none."""
        table = self.table is not None and any(row.status != "same" for row in self.table.rows.rows)
        texts = self.texts is not None and self.texts[0] != self.texts[1]
        return texts or table or any(row.status != "same" for row in self.sheet)


def forms_of(
    change: Change,
    seen: Sides,
    proposal: Sides,
    most: int = QUICK,
    needed: Iterable[tuple[str, Change]] = (),
) -> ChangeForms:
    """Return the forms of a change; `seen` is the agent without and with it, `proposal` live and all of it.

    A step's workflow is drawn as it is live and with the whole proposal: half of a rewiring says nothing.
    `needed` are the other changes that both versions may hold, since this one cannot stand without them.
    """
    trees = tree_of(seen[0]), tree_of(seen[1])
    thing = thing_path(change.path)
    return ChangeForms(
        texts=_texts(change, thing, trees),
        sheet=_sheet(change, thing, trees, seen),
        table=_with_others(table_form(change, seen, most), change, trees[0], needed),
        workflow=workflow_pair(change, proposal),
        data=json.dumps(change.model_dump(mode="json", exclude_none=True), indent=2, ensure_ascii=False),
    )


def _texts(change: Change, thing: tuple[str, ...], trees: tuple[Json, Json]) -> tuple[str, str] | None:
    segments = split_path(change.path)
    if thing[:2] == ("charter", "rules"):
        before, after = (_rule_text(value) for value in _both(change, thing, trees))
        return (before, after) if before != after else None
    if thing or segments[0] == "tables":
        return None
    return describe(change.path, change.before), describe(change.path, change.after)


def _rule_text(value: Json) -> str:
    return f"{value['title']}\n{value['text']}" if value else ""


def _both(change: Change, thing: tuple[str, ...], trees: tuple[Json, Json]) -> tuple[Json, Json]:
    """Return a thing without and with a change: as the change itself says where it is about all of it."""
    path = join_path(*thing)
    if path == change.path:
        return change.before, change.after
    return lookup(trees[0], path), lookup(trees[1], path)


def _sheet(
    change: Change, thing: tuple[str, ...], trees: tuple[Json, Json], seen: Sides
) -> tuple[SheetRow, ...]:
    if not thing:
        return ()
    before, after = _both(change, thing, trees)
    lines = [sheet_of(thing, value, Names(*seen)) for value in (before, after)]
    return diff_sheet(lines[0], lines[1])


def table_form(change: Change, seen: Sides, most: int = QUICK) -> TableForm | None:
    """Return the table that a change is about in both versions, or None."""
    segments = split_path(change.path)
    if segments[0] != "tables" or len(segments) < 2:
        return None
    before, after = (_table(agent, segments[1]) for agent in seen)
    known = after or before
    if known is None:
        return None
    cases: tuple[Differing, ...] = ()
    why_not = ""
    try:
        cases = cases_of(before, after, seen[::-1], most)
    except NotProvable as why:
        why_not = f"Which cases come out otherwise cannot be told here: {why}."
    return TableForm(known.name, diff_table(before, after), cases, why_not)


def _with_others(
    form: TableForm | None, change: Change, without: Json, needed: Iterable[tuple[str, Change]]
) -> TableForm | None:
    """Return the form of a table with what needed changes did to it already."""
    if form is None:
        return None
    along: dict[tuple[str, str], str] = {}
    for name, other in needed:
        if other.segments[:2] != change.segments[:2] or len(other.segments) < 4:
            continue
        now = lookup(without, other.path)
        if now is not None and now != other.before:
            along.setdefault((other.segments[2], other.segments[3]), name)
    return replace(form, along=along)


def cases_in(changes: Iterable[Change], seen: Sides, most: int = QUICK) -> dict[str, tuple[str, ...]]:
    """Return by table, of those that changes are about, the cases that come out otherwise, in words."""
    forms: dict[str, TableForm | None] = {}
    for change in changes:
        segments = split_path(change.path)
        if segments[0] == "tables" and len(segments) > 1 and segments[1] not in forms:
            forms[segments[1]] = table_form(change, seen, most)
    known = {name: form.told for name, form in forms.items() if form is not None}
    return {name: told for name, told in known.items() if told is not None}


def _table(agent: Agent, name: str) -> DecisionTable | None:
    return next((table for table in agent.tables if table.id == name), None)


def workflow_pair(change: Change, proposal: Sides) -> WorkflowPair | None:
    """Return the workflow that a change is about, live and with the whole proposal, or None."""
    segments = split_path(change.path)
    name, focus = _concerned(proposal[1], segments)
    if not name:
        return None
    pair = [next((flow for flow in agent.workflows if flow.id == name), None) for agent in proposal]
    if not any(pair):
        return None
    return WorkflowPair(pair[0], pair[1], focus, _details(name, proposal))


def _details(flow: str, proposal: Sides) -> dict[str, str]:
    """Return what differs in each step of a workflow, in words: "“Ask”: asks twice → three times"."""
    trees = [tree_of(agent) for agent in proposal]
    steps = [
        {each["id"]: each for each in lookup(tree, join_path("workflows", flow, "steps")) or ()}
        for tree in trees
    ]
    names = Names(*proposal)
    found: dict[str, str] = {}
    for name in dict.fromkeys([*steps[1], *steps[0]]):
        thing = ("workflows", flow, "steps", name)
        old, new = (steps[at].get(name) for at in (0, 1))
        if old == new:
            if new is not None and _decides_otherwise(new, trees):
                found[name] = f"“{new['title']}”: its decision table changes"
            continue
        sides = [sheet_of(thing, value, names) for value in (old, new)]
        said = [_said(row) for row in diff_sheet(*sides) if row.status != "same"]
        whole = "is new" if old is None else "is taken away" if new is None else "; ".join(said)
        title = (new or old or {}).get("title", name)
        found[name] = f"“{title}”: {whole or 'stands elsewhere in the drawing'}"
    return found


def _decides_otherwise(step: Json, trees: Sequence[Json]) -> bool:
    """Return whether a step that stays as it is decides by a table that does not."""
    both = [
        next((t for t in tree.get("tables") or () if t["id"] == step.get("table")), None) for tree in trees
    ]
    return bool(step.get("table")) and both[0] != both[1]


def _said(row: SheetRow) -> str:
    label = row.label[:1].lower() + row.label[1:]
    if row.status == "changed":
        was, now = (text.removeprefix("→ ") if text else text for text in (row.before, row.after))
        return f"{label} {was} → {now}"
    return f"{label} {row.after}, new" if row.status == "added" else f"{label} {row.before}, taken away"


def _concerned(agent: Agent, segments: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    if segments[0] == "workflows":
        return segments[1], (segments[3],) if len(segments) > 3 and segments[2] == "steps" else ()
    if segments[0] == "tables":
        for workflow in agent.workflows:
            steps = tuple(s.id for s in workflow.steps if s.kind == "decide" and s.table == segments[1])
            if steps:
                return workflow.id, steps
    return "", ()


_NAMING = frozenset(
    {"id", "name", "title", "label", "text", "description", "quote", "say", "goal", "opening"}
)


def users_of(change: Change, agent: Agent) -> tuple[str, ...]:
    """Return the names of the places that call the thing a change is about by its id: steps, tests, rules."""
    thing = thing_path(change.path) or split_path(change.path)[:2]
    if thing[0] not in ("charter", "workflows", "tables", "tools") or (
        thing[0] == "charter" and len(thing) < 3
    ):
        return ()
    tree = tree_of(agent)
    parts = ["scenarios", "charter"] if thing[:1] == ("workflows",) else ["workflows", "scenarios", "charter"]
    called = _calls(agent)
    found = [path for part in parts for path in called[part].get(thing[-1], ())]
    if len(thing) == 4:
        flow = lookup(tree, join_path(*thing[:2])) or {}
        inside: Calls = {}
        _note_calls(flow.get("steps"), (*thing[:2], "steps"), inside)
        found = inside.get(thing[-1], []) + found
    own = join_path(*thing)
    paths = [join_path(*(thing_path(join_path(*path)) or path)) for path in found]
    return tuple(
        dict.fromkeys(place_name((tree,), p) for p in paths if p != own and not p.startswith(own + "/"))
    )


Calls = dict[str, list[tuple[str, ...]]]
"""The paths of the values that may be an id, by value."""
_CALLS: Memory[int, tuple[Agent, dict[str, Calls]]] = Memory(4)


def _calls(agent: Agent) -> dict[str, Calls]:
    """Return by part of an agent where which id is called; found once for an agent."""
    return _CALLS.get(id(agent), lambda: (agent, _found_calls(tree_of(agent))))[1]


def _found_calls(tree: Json) -> dict[str, Calls]:
    found: dict[str, Calls] = {part: {} for part in ("workflows", "scenarios", "charter")}
    for part, calls in found.items():
        _note_calls(tree[part], (part,), calls)
    return found


def _note_calls(node: Json, path: tuple[str, ...], calls: Calls) -> None:
    """Note the paths of all words below a node, outside of names and texts."""
    if isinstance(node, dict):
        for name, each in node.items():
            if name not in _NAMING and name != "citations":
                _note_calls(each, (*path, name), calls)
    elif isinstance(node, list):
        for each in node:
            name = str(each.get("id", each.get("name", ""))) if isinstance(each, dict) else ""
            _note_calls(each, (*path, name) if name else path, calls)
    elif isinstance(node, str):
        calls.setdefault(node, []).append(path)
