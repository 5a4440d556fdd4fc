"""Autonomy: what each level demands before it is trusted, and whether this agent shows it.

- What the agent itself shows is looked up here; what only runs and checks show is given by the caller, and is
  unknown (None) where nobody gave it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from studio.checks.enforcement import enforcement
from studio.domain.agent import Agent
from studio.domain.charter import RuleKind
from studio.domain.charter_terms import AUTONOMY_EVIDENCE, ROLE_WORDS, AutonomyLevel, EvidenceKind
from studio.domain.check import RuleEnforcement
from studio.domain.frozen import Frozen
from studio.domain.readiness import Measure
from studio.domain.tool import Tool
from studio.domain.workflow import Handoff, Step, ToolCall

_HARD: EvidenceKind = "no hard rule rests on words"
NEEDED_THRESHOLDS: tuple[Measure, ...] = ("error budget", "escalation", "hand-over with context")
TITLES: dict[EvidenceKind, str] = {
    "checks hold": "Every check holds on every path",
    "tests pass": "Every test passes every time",
    "a person decides": "Whatever changes something is done by a person",
    "writing is guarded": "Every system that changes something has a guard or a limit",
    "a person can take over": "A person can take over and is told the facts collected so far",
    "no hard rule rests on words": "No rule of high severity rests on words only",
    "thresholds are set": "Error budget, escalation and hand-over have thresholds",
    "performance is owned": "Someone owns performance after launch",
}


class Demand(Frozen):
    """One thing a level demands: whether it is met (None: not known yet), and the grounds in a sentence."""

    kind: EvidenceKind
    title: str
    met: bool | None
    why: str


def demands(
    agent: Agent,
    level: AutonomyLevel | None = None,
    checks_hold: bool | None = None,
    tests_pass: bool | None = None,
    enforced: Iterable[RuleEnforcement] | None = None,
) -> tuple[Demand, ...]:
    """Return what a level (the charter's own, unless another is asked for) demands of this agent.

    `enforced` is what was found about the rules before; without it, it is found here where it is needed.
    """
    given = {"checks hold": checks_hold, "tests pass": tests_pass}
    found = []
    for kind in AUTONOMY_EVIDENCE[level or agent.charter.autonomy]:
        if kind in given:
            met, why = given[kind], _given(kind, given[kind])
        else:
            why = _hard_rules(agent, enforced) if kind == _HARD else _LOOKS[kind](agent)
            met = not why
        found.append(Demand(kind=kind, title=TITLES[kind], met=met, why=why or "It is so."))
    return tuple(found)


def _given(kind: EvidenceKind, met: bool | None) -> str:
    what = "checks" if kind == "checks hold" else "tests"
    if met is None:
        return f"The {what} were not run on exactly this draft yet."
    failing = "broken" if kind == "checks hold" else "failing"
    return f"All {what} of this draft do." if met else f"Some {what} of this draft are {failing}."


def writing_tools(agent: Agent) -> dict[str, tuple[Tool, list[str]]]:
    """Return the systems that change something and are called, with the titles of the calling steps."""
    tools = {tool.name: tool for tool in agent.tools if tool.effect == "write"}
    found: dict[str, tuple[Tool, list[str]]] = {}
    for step in _steps(agent):
        if isinstance(step, ToolCall) and step.tool in tools:
            found.setdefault(step.tool, (tools[step.tool], []))[1].append(step.title)
    return found


def _steps(agent: Agent) -> list[Step]:
    return [step for flow in agent.workflows for step in flow.steps]


def _plain(tool: str) -> str:
    return f"“{tool.replace('_', ' ')}”"


def _a_person_decides(agent: Agent) -> str:
    for tool, (_, titles) in writing_tools(agent).items():
        return f"“{titles[0]}” calls {_plain(tool)}, which changes something, without a person."
    return ""


def _writing_is_guarded(agent: Agent) -> str:
    guarded = {name for rule in agent.charter.rules if rule.guard for name in rule.guard.tools}
    bare = [
        name for name, (tool, _) in writing_tools(agent).items() if not tool.limits and name not in guarded
    ]
    return f"{_plain(bare[0])} changes something and has neither a guard nor a limit." if bare else ""


def _a_person_can_take_over(agent: Agent) -> str:
    """A handoff that names no facts passes on all of them; which ones another forgets, the proofs tell."""
    handing = any(isinstance(step, Handoff) for flow in agent.workflows for step in flow.steps)
    return "" if handing else "No step hands over to a person."


def _hard_rules(agent: Agent, enforced: Iterable[RuleEnforcement] | None) -> str:
    hard = {r.id: r for r in agent.charter.rules if r.severity == "high" and r.kind != RuleKind.ALLOW}
    kept = enforcement(agent) if enforced is None else enforced
    words = [each for each in kept if each.rule in hard and each.how == "text only"]
    if not words:
        return ""
    more = f", and {len(words) - 1} more" if len(words) > 1 else ""
    return f"{words[0].rule} “{words[0].title}”{more}: a model is asked to keep it, nothing makes it."


def _thresholds_are_set(agent: Agent) -> str:
    has = {threshold.measure for threshold in agent.charter.readiness or ()}
    missing = [measure for measure in NEEDED_THRESHOLDS if measure not in has]
    return f"There is no threshold for {' and '.join(missing)}." if missing else ""


def performance_owner(agent: Agent) -> str:
    """Return why nobody owns performance after launch; "" where somebody does."""
    role = agent.charter.performance_owner
    if role is None:
        return "Nobody is named who owns performance after launch."
    if not agent.charter.owner(role).strip():
        return f"{ROLE_WORDS[role]} owns performance after launch, but nobody is named there."
    return ""


_LOOKS: dict[EvidenceKind, Callable[[Agent], str]] = {
    "a person decides": _a_person_decides,
    "writing is guarded": _writing_is_guarded,
    "a person can take over": _a_person_can_take_over,
    "thresholds are set": _thresholds_are_set,
    "performance is owned": performance_owner,
}
