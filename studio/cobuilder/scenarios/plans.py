"""Tests drafted from an agent's rules and branches: one for each goal that no test reaches yet.

- A draft copies a plain test (or a made one), changes as few facts as reach the goal, and expects what
  the demanding sentence says: what may not be called, what is said first, where the customer ends.
- Nothing is drafted twice: a goal that a test reaches, also one drafted just now, is done.
- The effort is bounded for all tests together; a goal that it leaves out is named as not tested.
- A goal that cannot be drafted is named with the reason. A dry walk holds every draft against the agent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from studio.cobuilder.changes.limit_scenarios import scenario_path
from studio.cobuilder.changes.new_rules import next_id
from studio.cobuilder.changes.numbers import fits
from studio.cobuilder.scenarios.goals import Goal, goals_of, reached
from studio.cobuilder.scenarios.makers import Drafter
from studio.cobuilder.scenarios.ways import Effort, Ways
from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.sketch.drafting import Why
from studio.cobuilder.words.values import converted, values_in
from studio.domain.agent import Agent
from studio.domain.changeset import Change, join_path
from studio.domain.charter import RuleKind
from studio.domain.frozen import digest, to_json
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.pulse import beat
from studio.domain.scenario import (
    Scenario,
)
from studio.domain.workflow import Step


@dataclass(frozen=True, slots=True)
class Drafted:
    """A drafted test and the goal it was drafted for."""

    goal: Goal
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class Plan:
    """What was drafted, what is tested already, and what is not tested, with the reason."""

    drafts: tuple[Drafted, ...]
    tested: tuple[Goal, ...]
    untested: tuple[tuple[Goal, str], ...]


def plan_tests(
    agent: Agent, wanted: Callable[[Goal], bool] = lambda goal: True, names: Sequence[str] = ()
) -> Plan:
    """Return drafts for all wanted goals that no test of the agent reaches."""
    done = {key for scenario in agent.scenarios for key in reached(agent, scenario)}
    drafts: list[Drafted] = []
    tested: list[Goal] = []
    untested: list[tuple[Goal, str]] = []
    taken = [*(scenario.id for scenario in agent.scenarios), *names]
    effort, ways = Effort(), dict[str, Ways]()
    for goal in (goal for goal in goals_of(agent) if wanted(goal)):
        beat()
        if goal.key in done:
            tested.append(goal)
            continue
        if goal.workflow not in ways:
            ways[goal.workflow] = Ways(agent, agent.workflow(goal.workflow), effort)
        made = _against_sentence(agent, goal) or Drafter(agent, goal, ways[goal.workflow]).draft()
        if isinstance(made, str):
            untested.append((goal, made))
            continue
        named = made.model_copy(update={"id": next_id("T", taken)})
        taken.append(named.id)
        drafts.append(Drafted(goal, named))
        done |= reached(agent, named) | {goal.key}
    untested += [(goal, why) for goal, why in _words_only(agent) if wanted(goal)]
    return Plan(tuple(drafts), tuple(tested), tuple(untested))


def _against_sentence(agent: Agent, goal: Goal) -> str:
    """Return where a limit is not the one that its sentence states, or nothing."""
    if goal.kind != "limit":
        return ""
    _, name, _, limit = goal.about
    table = next((each for each in agent.tables if each.id == goal.place), None)
    column = next((each for each in table.inputs if each.id == name), None) if table else None
    label = column.label if column else ""
    stated = [
        (v, amount)
        for c in goal.citations
        for v in values_in(" ".join(c.core.split()))
        if v.kind != "date" and fits(v, str(name), label, column.type if column else "")
        for amount in {converted(v, f"{name} {label}"), *({v.high} if v.high is not None else ())}
    ]
    if not stated or any(abs(amount - float(limit)) < 1e-6 for _, amount in stated):
        return ""
    said = stated[0][0].shown
    return f"The agent's limit is {float(limit):g}, but its sentence says “{said}”: which is right?"


def _words_only(agent: Agent) -> Iterator[tuple[Goal, str]]:
    """Yield the rules that nothing carries out, so that no test can tell whether they are kept."""
    cited = {c.fingerprint for flow in agent.workflows for step in flow.steps for c in step.citations} | {
        c.fingerprint for table in agent.tables for row in table.rows for c in row.citations
    }
    said = {step.rule for flow in agent.workflows for step in flow.steps if step.kind == "disclose"}
    for rule in agent.charter.rules:
        carried = rule.guard or rule.id in said or cited & {c.fingerprint for c in rule.citations}
        if not carried and not (rule.kind is RuleKind.DISCLOSE and agent.charter.ai_disclosure):
            goal = Goal("words only", "", (rule.id,), f"{rule.id} {rule.title}", rule.citations, (rule.id,))
            yield goal, "No guard, step or row carries it out, so no test can show that it is kept."


def tests_within(desk: Desk) -> None:
    """Add to a proposal the tests of the rows, steps, rules and workflows that it changes."""
    sketch = desk.sketch
    touched = {c.change.path for c in sketch.changes() if not c.change.path.startswith("scenarios/")}
    agent, old = sketch.agent, {flow.id for flow in desk.agent.workflows}
    redrawn = _redrawn(desk, touched)

    def needs_of(goal: Goal) -> list[str]:
        base = join_path("workflows", goal.workflow)
        if base in redrawn and join_path(base, "steps", goal.place) in redrawn[base]:
            return [base]
        return _needs(goal, touched, old)

    plan = plan_tests(agent, lambda goal: bool(needs_of(goal)), sketch.names("scenarios"))
    for draft in plan.drafts:
        needs = needs_of(draft.goal)
        said = next((c for c in draft.goal.citations if c.source_id == desk.source.id), None)
        if said is None:
            continue  # nothing new is said there
        why = Why(f"New test {draft.scenario.id} {draft.scenario.title}", _reason(draft), (said,), 0.75)
        sketch.needs(sketch.put(scenario_path(draft.scenario.id), draft.scenario, why), *needs)
    for goal, reason in plan.untested:
        if needs_of(goal) and goal.kind != "words only":
            desk.unaffected.append(f"Not tested: {goal.words}. {reason}")


def _redrawn(desk: Desk, touched: set[str]) -> dict[str, set[str]]:
    """Return, by workflow that is changed as a whole, its new and changed steps."""
    known = {flow.id: {step.id: step for step in flow.steps} for flow in desk.agent.workflows}
    return {
        base: {
            join_path(base, "steps", step.id)
            for step in flow.steps
            if not is_same_step(known[flow.id].get(step.id), step)
        }
        for flow in desk.sketch.agent.workflows
        if flow.id in known and (base := join_path("workflows", flow.id)) in touched
    }


def is_same_step(old: Step | None, new: Step) -> bool:
    """Return whether a step does the same as before, wherever it goes on to."""
    ways: dict[str, object] = {"next": None, "on_failure": None, "place": None}
    return old is not None and old.model_copy(update=ways) == new.model_copy(update=ways)


def _needs(goal: Goal, touched: set[str], old: set[str]) -> list[str]:
    """Return the changes of a proposal that a goal's test cannot stand without."""
    base = join_path("workflows", goal.workflow)
    whole = [path for path in touched if path == base and goal.workflow not in old]
    if goal.kind not in _OF_A_PLACE and not whole:
        return []
    step = join_path(base, "steps", goal.place)
    row = join_path("tables", *map(str, goal.about[:1]), "rows", *map(str, goal.about[1:2]))
    paths = {step, row, *(join_path("charter", "rules", rule) for rule in goal.rules)}
    if goal.kind == "limit":
        paths |= {p for p in touched if p.startswith(join_path("tables", goal.place, "rows") + "/")}
    found = sorted(paths & touched) + whole
    inside = [p for p in touched if goal.place and p.startswith(join_path("tables", goal.place) + "/")]
    return sorted({*found, *inside}) if found else []


_OF_A_PLACE = frozenset({"row", "branch", "limit", "forbidden", "excepted", "disclosure"})


_IN_WORDS = {
    "good end": "everything goes well",
    "row": "a row of a decision",
    "branch": "a way out of a step",
    "limit": "a limit, or the value beside it",
    "forbidden": "what is forbidden",
    "excepted": "an exception",
    "fault": "a system that fails",
    "retry": "a second try",
    "identity": "details that do not match",
    "mistyped": "a slip of the customer",
    "change of mind": "a customer who takes an answer back",
    "refuses": "a customer who does not say who they are",
    "missing": "something the customer does not know",
    "person": "a wish for a person",
    "plea": "a plea for an exception",
    "opening": "another way of asking",
    "disclosure": "what has to be said",
}


def _reason(draft: Drafted) -> str:
    rules = f" of {', '.join(draft.goal.rules)}" if draft.goal.rules else ""
    kind = _IN_WORDS.get(draft.goal.kind, draft.goal.kind)
    return f"No test tries this yet ({kind}{rules}); it expects what the sentence says."


def propose_tests(
    agent: Agent,
    proposal_id: str,
    created_at: datetime,
    rule: str | None = None,
    passes: Callable[[Scenario], str] = lambda scenario: "",
    names: Sequence[str] = (),
) -> Proposal:
    """Return a proposal of the tests that an agent lacks, all or those of one rule.

    `passes` says what goes wrong when a test is run on the agent, or nothing; such tests are not
    proposed but named; `names` are taken elsewhere. What is tested already, and what is not and why,
    stands in `unaffected`.
    """
    plan = plan_tests(agent, lambda goal: rule is None or rule in goal.rules, names)
    runs = [(draft, passes(draft.scenario)) for draft in plan.drafts]
    good = [draft for draft, wrong in runs if not wrong]
    failing = [f"Not proposed, the agent fails it: {d.scenario.title}. {why}" for d, why in runs if why]
    changes = tuple(_change(draft, number) for number, draft in enumerate(good, 1))
    tested = f"{len(plan.tested)} cases are tested already." if plan.tested else ""
    untested = [f"Not tested: {_where(agent, goal)}{goal.words}. {why}" for goal, why in plan.untested]
    about = f"of rule {rule}" if rule else f"of {agent.name}"
    words = f"{len(good)} new test{'s' * (len(good) != 1)}" if good else "no new tests"
    return Proposal(
        id=proposal_id,
        title=f"Tests {about}: {words}",
        base_digest=digest(agent),
        created_at=created_at,
        changes=changes,
        unaffected=tuple(filter(None, (tested, *failing, *untested))),
    )


def _where(agent: Agent, goal: Goal) -> str:
    return f"{agent.workflow(goal.workflow).name}: " if goal.workflow else ""


def _change(draft: Drafted, number: int) -> ProposedChange:
    scenario = draft.scenario
    return ProposedChange(
        id=f"C-{number:02}",
        title=f"New test {scenario.id} {scenario.title}",
        change=Change(path=scenario_path(scenario.id), before=None, after=to_json(scenario)),
        reason=_reason(draft),
        citations=scenario.citations,
        confidence=0.8 if draft.goal.rules else 0.7,
    )
