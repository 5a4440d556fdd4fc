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


@dataclass(slots=True)
class _Ground:
    """What of an agent can be reached, looked up once."""

    agent: Agent
    graphs: dict[str, Graph] = field(default_factory=dict)
    steps: list[tuple[Workflow, Step]] = field(default_factory=list)
    within: dict[str, set[str]] = field(default_factory=dict)
    reached: set[tuple[str, str]] = field(default_factory=set)

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

    def scope(self, rule: Rule) -> list[str]:
        """Return the workflows (those that customers start) in which a rule counts."""
        return [
            name for name, blocks in self.within.items() if not rule.workflows or blocks & set(rule.workflows)
        ]


def enforcement(agent: Agent) -> tuple[RuleEnforcement, ...]:
    """Return for each rule of the charter how it is enforced, where, and why."""
    ground = _Ground(agent)
    return tuple(_of(rule, ground) for rule in agent.charter.rules)


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
    scope = set(ground.scope(rule))
    within = {name for flow in scope for name in ground.within[flow]}
    for tool in guard.tools:
        if tool not in known:
            continue
        callers = [
            step.title
            for flow, step in ground.steps
            if isinstance(step, ToolCall | Verify)
            and step.tool == tool
            and flow.id in within
            and (flow.id, step.id) in ground.reached
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
    called = {s.tool for f, s in _in_scope(rule, ground) if isinstance(s, ToolCall)}
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


def _in_scope(rule: Rule, ground: _Ground) -> Iterator[tuple[Workflow, Step]]:
    within = {name for flow in ground.scope(rule) for name in ground.within[flow]}
    for flow, step in ground.steps:
        if flow.id in within and (flow.id, step.id) in ground.reached:
            yield flow, step


# Steps


def _steps(rule: Rule, ground: _Ground) -> Iterator[EnforcedWay]:
    yield from _always(rule, ground)
    prints = {citation.fingerprint for citation in rule.citations}
    keeping = {
        (flow.id, step.id)
        for flow, step in _in_scope(rule, ground)
        if (isinstance(step, Disclose) and step.rule == rule.id)
        or any(citation.fingerprint in prints for citation in step.citations)
    }
    rows = {
        table.id: [row for row in table.rows if any(c.fingerprint in prints for c in row.citations)]
        for table in ground.agent.tables
    }
    keeping |= {
        (flow.id, step.id)
        for flow, step in _in_scope(rule, ground)
        if isinstance(step, Decide) and step.table is not None and rows.get(step.table)
    }
    if rule.kind is RuleKind.ESCALATE and rule.workflows and not keeping:
        keeping = {(f.id, s.id) for f, s in _in_scope(rule, ground) if isinstance(s, Handoff)}
    every: dict[str, bool] = {}
    for flow, step in ground.steps:
        if (flow.id, step.id) not in keeping:
            continue
        if flow.id not in every:
            passing = _passing(flow, rule, ground)
            every[flow.id] = all(_on_every_path(ground.graphs[name], keeping) for name in passing)
        yield _step(flow, step, rule, rows, ground, every[flow.id])


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


def _passing(flow: Workflow, rule: Rule, ground: _Ground) -> list[str]:
    """Return the workflows of the rule's scope that run through a workflow or block."""
    return [name for name in ground.scope(rule) if flow.id in ground.within[name]]


def _on_every_path(graph: Graph, keeping: set[tuple[str, str]]) -> bool:
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
    if rule.workflows and not ground.scope(rule):
        return False
    if rule.guard is not None:
        return any(way.every_path or way.how != "guard" for way in ways)
    return True
