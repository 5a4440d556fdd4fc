"""How each rule of a charter is enforced: by a guard, a system's permission, a step on every path, or words.

- What is told is what the agent itself shows; what a rule declares of itself counts only for permissions,
  which lie in the systems, and is then called declared.
- A step enforces a rule where it says its disclosure or stands on the same sentence; a row of a decision
  table likewise. "On every path" leaves out only paths that end before anything was done.
- Two rules need no step: that the agent is automated is said at the start of every conversation, and a
  person is passed on to whenever the customer asks for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from studio.checks.graph import Graph, Place, TooLarge, Unfolding, shortest
from studio.checks.results import step_path
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.charter import Enforcement, Rule, RuleKind
from studio.domain.check import EnforcedWay, RuleEnforcement
from studio.domain.condition import in_words, spell
from studio.domain.workflow import Decide, Disclose, End, Handoff, Row, Step, ToolCall, Verify, Workflow

_ORDER: tuple[Enforcement, ...] = ("guard", "tool permission", "step", "text only")
_AUTOMATED = re.compile(
    r"\b(?:automated|automatic|artificial|virtual|ai|bot|robot|machine|not a (?:human|person))\b", re.I
)
_PERSON = r"(?:person|human|colleague|agent|representative|advis[eo]r|someone|somebody|staff)"
_ASKS_FOR_PERSON = re.compile(
    rf"\bask(?:s|ed|ing)?\b.{{0,30}}\b{_PERSON}\b|\b(?:wants?|demands?|requests?)\b.{{0,20}}\b{_PERSON}\b"
    rf"|\b{_PERSON} (?:on|at|upon) request\b",
    re.I,
)


_Spot = tuple[str, str]
"""A step: the ids of its workflow and its own."""


@dataclass(slots=True)
class _Ground:
    """What of an agent can be reached, looked up once; `kept` holds what rules of one scope share."""

    agent: Agent
    graphs: dict[str, Graph] = field(default_factory=dict)
    steps: list[tuple[Workflow, Step]] = field(default_factory=list)
    within: dict[str, set[str]] = field(default_factory=dict)
    reached: set[_Spot] = field(default_factory=set)
    standing: dict[str, list[_Spot]] = field(default_factory=dict)
    disclosing: dict[str, list[_Spot]] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    kept: dict[tuple[str, ...], _Scope] = field(default_factory=dict)
    on_every_path: dict[tuple[str, frozenset[_Spot]], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unfolding = Unfolding(self.agent)
        for flow in self.agent.workflows:
            self.steps += [(flow, step) for step in flow.steps]
            if flow.reusable:
                continue
            try:
                graph = unfolding.graph(flow)
            except TooLarge:
                continue
            self.graphs[flow.id] = graph
            self.within[flow.id] = {place.workflow for place in graph.places} | {flow.id}
            self.reached |= {(place.workflow, place.step) for place in graph.places}
        for flow, step in self.steps:
            for citation in step.citations:
                self.standing.setdefault(citation.fingerprint, []).append((flow.id, step.id))
            if isinstance(step, Disclose):
                self.disclosing.setdefault(step.rule, []).append((flow.id, step.id))
        for table in self.agent.tables:
            for row in table.rows:
                for citation in row.citations:
                    self.rows.setdefault(citation.fingerprint, []).append(row)

    def scope(self, rule: Rule) -> _Scope:
        """Return where a rule counts."""
        if rule.workflows not in self.kept:
            named = set(rule.workflows)
            flows = [name for name, blocks in self.within.items() if not named or blocks & named]
            within = {name for flow in flows for name in self.within[flow]}
            steps = [(f, s) for f, s in self.steps if f.id in within and (f.id, s.id) in self.reached]
            self.kept[rule.workflows] = _Scope(flows, within, steps)
        return self.kept[rule.workflows]

    def always_meets(self, name: str, keeping: frozenset[_Spot]) -> bool:
        """Return whether no path of a workflow comes to a resolved end without one of the steps."""
        key = (name, keeping)
        if key not in self.on_every_path:
            self.on_every_path[key] = _on_every_path(self.graphs[name], keeping)
        return self.on_every_path[key]


@dataclass(slots=True)
class _Scope:
    """Where rules count: the workflows that customers start, those with their blocks, and their steps."""

    flows: list[str]
    within: set[str]
    steps: list[tuple[Workflow, Step]]
    spots: set[_Spot] = field(init=False)
    called: set[str] = field(init=False)
    deciding: list[tuple[_Spot, str]] = field(init=False)
    handing_over: set[_Spot] = field(init=False)

    def __post_init__(self) -> None:
        self.spots = {(flow.id, step.id) for flow, step in self.steps}
        self.called = {step.tool for _, step in self.steps if isinstance(step, ToolCall)}
        self.deciding = [
            ((flow.id, step.id), step.table)
            for flow, step in self.steps
            if isinstance(step, Decide) and step.table is not None
        ]
        self.handing_over = {(flow.id, step.id) for flow, step in self.steps if isinstance(step, Handoff)}


_last: tuple[Agent, tuple[RuleEnforcement, ...]] | None = None


def enforcement(agent: Agent) -> tuple[RuleEnforcement, ...]:
    """Return for each rule of the charter how it is enforced, where, and why; the last answer is kept."""
    global _last
    kept = _last
    if kept is not None and kept[0] is agent:
        return kept[1]
    ground = _Ground(agent)
    found = tuple(_of(rule, ground) for rule in agent.charter.rules)
    _last = (agent, found)
    return found


def _of(rule: Rule, ground: _Ground) -> RuleEnforcement:
    ways = [*_guard(rule, ground), *_permission(rule, ground), *_steps(rule, ground)]
    ways.sort(key=lambda way: (_ORDER.index(way.how), not way.every_path))
    how = ways[0].how if ways else "text only"
    reached = _reached(rule, ways, ground)
    return RuleEnforcement(
        rule=rule.id,
        title=rule.title,
        how=how,
        declared=rule.enforced_by,
        why=_why(rule, ways, reached),
        ways=tuple(ways),
        every_path=bool(ways) and (how in ("guard", "tool permission") or ways[0].every_path),
        reached=reached,
    )


def _why(rule: Rule, ways: list[EnforcedWay], reached: bool) -> str:
    if not reached:
        return ways[0].why if ways else "No workflow ever comes to what this rule is about."
    if ways and ways[0].how == "guard" and rule.guard is not None:
        return f"Code stops {_listed(map(_plain, rule.guard.tools))} {_when(rule)}."
    if ways:
        return ways[0].why
    if rule.enforced_by == "text only":
        return "Only words: whoever speaks for the agent is asked to keep it, and nothing makes it so."
    return f"Only words: it is said to be enforced by {_a(rule.enforced_by)}, but none was found."


def _a(how: Enforcement) -> str:
    return {"tool permission": "a system's permission", "text only": "words"}.get(how, f"a {how}")


# Guards


def _plain(tool: str) -> str:
    return tool.replace("_", " ")


def _guard(rule: Rule, ground: _Ground) -> Iterator[EnforcedWay]:
    guard = rule.guard
    if guard is None:
        return
    known = {tool.name for tool in ground.agent.tools}
    scope = ground.scope(rule)
    for tool in guard.tools:
        if tool not in known:
            continue
        callers = [
            step.title for _, step in scope.steps if isinstance(step, ToolCall | Verify) and step.tool == tool
        ]
        stopped = f"Code stops “{_plain(tool)}” {_when(rule)}"
        where = f", at {_listed(callers)}." if callers else "; no workflow calls it yet."
        path = join_path("charter", "rules", rule.id, "guard")
        yield EnforcedWay(how="guard", path=path, why=stopped + where, every_path=bool(callers))


def _when(rule: Rule) -> str:
    guard = rule.guard
    assert guard is not None
    parts = []
    if guard.forbidden_when is not None:
        parts.append(f"when {in_words(guard.forbidden_when)}")
    if guard.needs_identity:
        parts.append("while identity is not verified")
    if guard.needs_disclosure is not None:
        parts.append(f"until {guard.needs_disclosure} has been said")
    return " or ".join(parts) or "always"


def _listed(titles: Iterable[str]) -> str:
    names = [f"“{title}”" for title in dict.fromkeys(titles)]
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""


# Permissions of systems


def _permission(rule: Rule, ground: _Ground) -> Iterator[EnforcedWay]:
    named = {number.replace(",", "") for number in re.findall(r"\d[\d,]*(?:\.\d+)?", rule.text)}
    guarded = set(rule.guard.tools) if rule.guard else set()
    called = ground.scope(rule).called
    for tool in ground.agent.tools if rule.kind is not RuleKind.DISCLOSE else ():
        for limit in tool.limits:
            top = int(limit.maximum) if limit.maximum.is_integer() else limit.maximum
            if str(top) in named and (tool.name in guarded or tool.name in called):
                why = f"“{_plain(tool.name)}” takes no {_plain(limit.argument)} above {spell(top)}."
                path = join_path("tools", tool.name, "limits", limit.argument)
                yield EnforcedWay(how="tool permission", path=path, why=why, every_path=True)
    if rule.enforced_by == "tool permission":
        writes = [t.name for t in ground.agent.tools if t.effect == "write" and t.name in called]
        systems = _listed(map(_plain, writes)) or "the systems"
        why = f"Declared: {systems} cannot do otherwise. Whoever runs the systems answers for that."
        yield EnforcedWay(
            how="tool permission", path=join_path("charter", "rules", rule.id), why=why, every_path=True
        )


# Steps


def _steps(rule: Rule, ground: _Ground) -> Iterator[EnforcedWay]:
    yield from _always(rule, ground)
    scope = ground.scope(rule)
    prints = list(dict.fromkeys(citation.fingerprint for citation in rule.citations))
    keeping = {spot for print_ in prints for spot in ground.standing.get(print_, ())}
    keeping = keeping.union(ground.disclosing.get(rule.id, ())) & scope.spots
    rows = _rows(prints, ground)
    keeping |= {spot for spot, table in scope.deciding if table in rows}
    if rule.kind is RuleKind.ESCALATE and rule.workflows and not keeping:
        keeping = scope.handing_over
    if not keeping:
        return
    every: dict[str, bool] = {}
    kept = frozenset(keeping)
    for flow, step in scope.steps:
        if (flow.id, step.id) not in keeping:
            continue
        if flow.id not in every:
            passing = [name for name in scope.flows if flow.id in ground.within[name]]
            every[flow.id] = all(ground.always_meets(name, kept) for name in passing)
        yield _step(flow, step, rule, rows, ground, every[flow.id])


def _rows(prints: list[str], ground: _Ground) -> dict[str, list[Row]]:
    """Return the rows of decision tables that stand on one of the sentences, by table, in their order."""
    found = [row for print_ in prints for row in ground.rows.get(print_, ())]
    if not found:
        return {}
    ids = {id(row) for row in found}
    kept = {table.id: [row for row in table.rows if id(row) in ids] for table in ground.agent.tables}
    return {table: rows for table, rows in kept.items() if rows}


def _always(rule: Rule, ground: _Ground) -> Iterator[EnforcedWay]:
    """Yield what every conversation does of itself, without a step."""
    charter = ground.agent.charter
    words = f"{rule.title} {rule.text}"
    if rule.kind is RuleKind.DISCLOSE and charter.ai_disclosure.strip() and _AUTOMATED.search(words):
        why = "Every conversation starts with the charter's own words that this is an automated assistant."
        yield EnforcedWay(how="step", path="charter/ai_disclosure", why=why, every_path=True)
    if rule.kind is RuleKind.ESCALATE and _ASKS_FOR_PERSON.search(words):
        why = "Whoever asks for a person is passed on at once, at any point of every workflow."
        yield EnforcedWay(how="step", path=join_path("charter", "rules", rule.id), why=why, every_path=True)


def _step(
    flow: Workflow,
    step: Step,
    rule: Rule,
    rows: dict[str, list[Row]],
    ground: _Ground,
    every: bool,
) -> EnforcedWay:
    many = "on every path" if every else "on some paths"
    path = step_path(flow.id, step.id)
    does = "does so"
    if isinstance(step, Disclose) and step.rule == rule.id:
        does = "says it"
    elif isinstance(step, Decide) and step.table is not None and rows.get(step.table):
        table = ground.agent.table(step.table)
        numbers = [table.rows.index(row) + 1 for row in rows[step.table]]
        does = f"decides by {_numbers(numbers)} of “{table.name}”"
        path = join_path("tables", table.id, "rows", rows[step.table][0].id)
    elif isinstance(step, Handoff):
        does = f"hands over to {step.queue}"
    return EnforcedWay(
        how="step", path=path, why=f"“{step.title}” in “{flow.name}” {does}, {many}.", every_path=every
    )


def _numbers(numbers: list[int]) -> str:
    words = [str(number) for number in numbers]
    listed = " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
    return f"{'row' if len(words) == 1 else 'rows'} {listed}"


def _on_every_path(graph: Graph, keeping: frozenset[_Spot]) -> bool:
    """Return whether no path comes to a resolved end without one of the steps."""
    places = {id(step): (place.workflow, place.step) for place, step in _both(graph)}

    def finished(step: Step) -> bool:
        return isinstance(step, End) and step.outcome == "resolved" and id(step) in tops

    tops = {id(step) for place, step in _both(graph) if not place.calls}
    if any(isinstance(step, End) and step.outcome == "resolved" and id(step) in tops for step in graph.steps):
        return shortest(graph, finished, lambda step, _: places[id(step)] in keeping) is None
    ends = (Handoff, End)
    return (
        shortest(
            graph,
            lambda step: isinstance(step, ends) and id(step) in tops and places[id(step)] not in keeping,
            lambda step, _: places[id(step)] in keeping,
        )
        is None
    )


def _both(graph: Graph) -> Iterator[tuple[Place, Step]]:
    yield from zip(graph.places, graph.steps, strict=True)


def _reached(rule: Rule, ways: list[EnforcedWay], ground: _Ground) -> bool:
    """Return whether some workflow can come to what a rule is about."""
    if rule.workflows and not ground.scope(rule).flows:
        return False
    if rule.guard is not None:
        return any(way.every_path or way.how != "guard" for way in ways)
    return True
