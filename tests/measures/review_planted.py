"""Changes planted in the samples: such as have an effect on somebody, and such as have none.

- With an effect: faults of the mutation kit (limits, comparisons, answers, ways, steps, ends, guards), and
  more by hand of what a proposal brings: queues, disclosures, phrases, texts with figures, new guards.
- `SAME` are faults of the kit that make no difference to anybody, each with the reason; they count as such.
- Without an effect: titles, notes, layout, groups, owners, citations, order, tables written otherwise.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from studio.domain.agent import Agent
from studio.domain.frozen import to_json
from studio.simulation.mutants import mutants

SAMPLES = Path(__file__).resolve().parents[2] / "sample_projects"
NAMES = ("returns_assistant", "appointment_desk")

SAME = {
    "Row 4 of “How far is the refund?”: working days since issue at most 8 instead of 7": "row 3 has above 7",
    "Rows 1 and 2 of “How far is the refund?” are swapped": "no case fits both",
    "Rows 2 and 3 of “How far is the refund?” are swapped": "no case fits both",
    "Rows 3 and 4 of “How far is the refund?” are swapped": "no case fits both",
    "“issue_refund” takes amount up to 201": "R-07 stops above 200 as well, and comes first",
    "“issue_refund” has no limit of amount": "R-07 stops above 200 as well, and comes first",
    "“Look up the refund” in “Where is my refund?”: goes on where it failed": "no state: the same queue",
    "“Offer the time” in “Book an appointment”: goes on where it failed": "no answer: the same queue",
    "“Open the appointment” in “Move an appointment”: goes on where it failed": "no count: the same queue",
    "“Ask for the day” in “Move an appointment”: goes on where it failed": "no day: the same queue",
    "“Offer the time” in “Move an appointment”: goes on where it failed": "no answer: the same queue",
    "“Open the appointment” in “Cancel an appointment”: goes on where it failed": "no hours: the same queue",
}
"""Faults that nobody can notice, and why: another part decides the same."""
NEVER = "has taken over”"
"""In the title of steps behind a handoff, to which nothing leads: nobody can notice a fault of theirs."""


@dataclass(frozen=True)
class Planted:
    """One changed agent: what kind of change it is, in words, and the agent with it, made when asked for."""

    sample: str
    kind: str
    title: str
    before: Agent
    make: Callable[[], Agent]

    @cached_property
    def after(self) -> Agent:
        """Return the agent with the change."""
        return self.make()


def sample(name: str) -> Agent:
    """Return the agent of a sample."""
    return Agent.model_validate_json((SAMPLES / name / "agent.json").read_bytes())


def with_effect() -> Iterator[Planted]:
    """Yield changes that treat somebody differently."""
    for name in NAMES:
        agent = sample(name)
        for mutant in mutants(agent):
            if mutant.title not in SAME and NEVER not in mutant.title:
                yield Planted(name, mutant.kind, mutant.title, agent, partial(mutant.plant, agent))
        for kind, title, tree in _more(to_json(agent)):
            yield Planted(name, kind, title, agent, partial(Agent.model_validate, tree))


def without_effect() -> Iterator[Planted]:
    """Yield changes that treat nobody differently."""
    for name in NAMES:
        agent = sample(name)
        for mutant in mutants(agent):
            if mutant.title in SAME or NEVER in mutant.title:
                yield Planted(name, "decided elsewhere", mutant.title, agent, partial(mutant.plant, agent))
        for kind, title, tree in _still(to_json(agent)):
            yield Planted(name, kind, title, agent, partial(Agent.model_validate, tree))


_Tree = dict[str, Any]
_Made = Iterator[tuple[str, str, _Tree]]


def _more(tree: _Tree) -> _Made:
    """Yield what a proposal brings besides: phrases, figures, disclosures, choices, new guards, records."""
    for at, flow in enumerate(tree["workflows"]):
        if flow.get("examples"):
            made = copy.deepcopy(tree)
            made["workflows"][at]["examples"].append("My zebra crossing glows purple tonight")
            yield "phrase added", f"“{flow['name']}” hears a new phrase", made
        for number, step in enumerate(flow["steps"]):
            if step["kind"] == "disclose":
                made = copy.deepcopy(tree)
                made["workflows"][at]["steps"][number]["text"] += " This is a new sentence of it."
                yield "disclosure reworded", f"“{step['title']}” says more", made
            if step["kind"] == "say" and any(letter.isdigit() for letter in step["text"]):
                made = copy.deepcopy(tree)
                text = "".join(str((int(c) + 3) % 10) if c.isdigit() else c for c in step["text"])
                made["workflows"][at]["steps"][number]["text"] = text
                yield "figure told", f"“{step['title']}” tells other figures", made
            if step["kind"] == "handoff":
                made = copy.deepcopy(tree)
                made["workflows"][at]["steps"][number]["queue"] = "Night desk"
                yield "queue renamed", f"“{step['title']}” goes to the night desk", made
    for tool in [tool["name"] for tool in tree["tools"] if tool.get("effect") == "write"]:
        made = copy.deepcopy(tree)
        rule = {"id": "R-90", "kind": "never", "title": "Not any more", "text": "Never do it."}
        made["charter"]["rules"].append({**rule, "enforced_by": "guard", "guard": {"tools": [tool]}})
        yield "guard added", f"“{tool}” is never allowed", made
        made = copy.deepcopy(tree)
        guard = {
            "tools": [tool],
            "forbidden_when": {"kind": "compare", "field": "zone", "op": "=", "value": "B"},
        }
        made["charter"]["rules"].append({**rule, "enforced_by": "guard", "guard": guard})
        yield "second lock added", f"“{tool}” is not allowed in zone B", made


def _still(tree: _Tree) -> _Made:
    """Yield changes of what no conversation meets, or that say the same otherwise."""
    yield from _still_steps(tree)
    yield from _still_tables(tree)
    for at, rule in enumerate(tree["charter"]["rules"]):
        made = copy.deepcopy(tree)
        made["charter"]["rules"][at]["title"] = f"{rule['title']}, as before"
        yield "title", f"{rule['id']} is called otherwise", made
    for field in ("purpose", "audience", "capabilities"):
        made = copy.deepcopy(tree)
        made["charter"][field] += " And so on."
        yield "note", f"The {field} says more", made
    made = copy.deepcopy(tree)
    made["charter"]["owners"] = []
    yield "owner", "Nobody is named as owner", made
    for at, tool in enumerate(tree["tools"]):
        made = copy.deepcopy(tree)
        made["tools"][at]["description"] = "Described anew."
        yield "note", f"“{tool['name']}” is described anew", made
    made = copy.deepcopy(tree)
    made["sources"] = []
    yield "document", "No document is pinned", made
    made = copy.deepcopy(tree)
    made["tools"] = made["tools"][::-1]
    yield "order", "Systems stand in another order", made
    made = copy.deepcopy(tree)
    made["tables"] = made["tables"][::-1]
    yield "order", "Decisions stand in another order", made


def _still_steps(tree: _Tree) -> _Made:
    for at, flow in enumerate(tree["workflows"]):
        made = copy.deepcopy(tree)
        made["workflows"][at]["steps"] = sorted(flow["steps"], key=lambda each: each["kind"] != "handoff")
        if len([s for s in flow["steps"] if s["kind"] == "handoff"]) < 2:
            yield "order", f"Steps of “{flow['name']}” stand in another order", made
        for number, step in enumerate(flow["steps"][:4]):
            made = copy.deepcopy(tree)
            made["workflows"][at]["steps"][number].update(
                title=f"{step['title']} now", place={"x": 5, "y": 9}
            )
            yield "title and layout", f"“{step['title']}” is called otherwise and moved", made
        made = copy.deepcopy(tree)
        made["workflows"][at]["groups"] = [
            {"id": "g", "name": "All", "steps": [s["id"] for s in flow["steps"]]}
        ]
        yield "layout", f"Steps of “{flow['name']}” are framed", made


def _still_tables(tree: _Tree) -> _Made:
    for at, table in enumerate(tree["tables"]):
        made = copy.deepcopy(tree)
        for row in made["tables"][at]["rows"]:
            named = {cell["id"] for cell in row["cells"]}
            row["cells"] += [{"id": c["id"], "op": "any"} for c in table["inputs"] if c["id"] not in named]
            row["cells"].reverse()
        made["tables"][at]["name"] = f"{table['name']} (again)"
        yield "table written otherwise", f"“{table['name']}” names every column", made
        made = copy.deepcopy(tree)
        last = copy.deepcopy(made["tables"][at]["rows"][-1]) | {"id": "once-more"}
        if table.get("hit_policy", "first") == "first":
            made["tables"][at]["rows"].append(last)
            yield "table written otherwise", f"“{table['name']}” has its last row twice", made
        made = copy.deepcopy(tree)
        changed = 0
        for row in made["tables"][at]["rows"]:
            for cell in row["cells"]:
                if cell.get("op") == "=":
                    cell.update(op="in", value=[cell["value"]])
                    changed += 1
        if changed:
            yield "table written otherwise", f"“{table['name']}” says “one of” for “is”", made
