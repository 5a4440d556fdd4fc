"""Coverage: what of an agent the conversations exercised, separately by passed and failed tests.

- A rule counts where its guard was asked, its disclosure said, or a step or row passed that stands on the
  same sentence; a guard where it stopped a call; a fault for each system that went wrong in a test, and for
  each queue that was closed.
- What is touched is gathered conversation by conversation, as short names, so that a run of any length can
  be folded into one sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

from studio.domain.agent import Agent
from studio.domain.frozen import Frozen
from studio.domain.run import Conversation, Run
from studio.domain.trace import Turn
from studio.domain.workflow import Disclose, Handoff, ToolCall, Verify, ways_out

if TYPE_CHECKING:
    from studio.domain.bundle import CoverageLine

Kind = Literal["steps", "branches", "rows", "rules", "guards", "faults"]
KINDS: tuple[Kind, ...] = ("steps", "branches", "rows", "rules", "guards", "faults")
Touched = tuple[Kind, str]
TURNS_MOST = 5_000
"""Turns of which it is remembered what they exercised."""
_Place = tuple[str, str | None, str | None, str | None, str | None, str | None, str | None, str | None]


class CoveredItem(Frozen):
    """One thing of an agent: how many passed and failed conversations exercised it."""

    kind: Kind
    id: str
    title: str
    passed: int
    failed: int


class Coverage(Frozen):
    """All things of an agent that can be exercised, and how often they were.

    `words_only` are the rules that nothing in the agent keeps, so that no conversation can show them.
    """

    items: tuple[CoveredItem, ...]
    words_only: tuple[str, ...] = ()

    def of(self, kind: Kind) -> tuple[CoveredItem, ...]:
        """Return the items of a kind."""
        return tuple(item for item in self.items if item.kind == kind)

    def share(self, kind: Kind) -> tuple[int, int, int]:
        """Return how many items there are, how many passed tests exercise, and how many only failed ones."""
        items = self.of(kind)
        passed = sum(item.passed > 0 for item in items)
        return len(items), passed, sum(item.failed > 0 and item.passed == 0 for item in items)

    @property
    def missing(self) -> tuple[CoveredItem, ...]:
        """Return what no conversation exercised."""
        return tuple(item for item in self.items if not item.passed and not item.failed)


@dataclass(frozen=True)
class Ground:
    """What of an agent can be exercised, looked up once."""

    agent: Agent

    @cached_property
    def by_sentence(self) -> dict[str, list[str]]:
        """Return the rules that stand on each sentence."""
        found: dict[str, list[str]] = {}
        for rule in self.agent.charter.rules:
            for citation in rule.citations:
                found.setdefault(citation.fingerprint, []).append(rule.id)
        return found

    @cached_property
    def rules_of(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return the rules of each step (by workflow and step) and of each row (by table and row)."""
        agent = self.agent
        cited = [((flow.id, step.id), step.citations) for flow in agent.workflows for step in flow.steps]
        cited += [((table.id, row.id), row.citations) for table in agent.tables for row in table.rows]
        found = {}
        for place, citations in cited:
            rules = [rule for each in citations for rule in self.by_sentence.get(each.fingerprint, ())]
            if rules:
                found[place] = tuple(dict.fromkeys(rules))
        return found

    @cached_property
    def placed(self) -> frozenset[str]:
        """Return the rules that something in the agent keeps: a guard, a disclosure, a step or a row."""
        told = {s.rule for flow in self.agent.workflows for s in flow.steps if isinstance(s, Disclose)}
        guarded = {rule for rules in self.guards_of.values() for rule in rules}
        return frozenset(told | guarded | {rule for rules in self.rules_of.values() for rule in rules})

    @cached_property
    def guards_of(self) -> dict[str, tuple[str, ...]]:
        """Return the rules that guard each system."""
        found: dict[str, tuple[str, ...]] = {}
        for rule in self.agent.charter.rules:
            for tool in rule.guard.tools if rule.guard else ():
                found[tool] = (*found.get(tool, ()), rule.id)
        return found

    @cached_property
    def everything(self) -> dict[Touched, str]:
        """Return all that can be exercised, with its title."""
        agent = self.agent
        found: dict[Touched, str] = {}
        called: dict[str, None] = {}
        for flow in agent.workflows:
            for step in flow.steps:
                found["steps", f"{flow.id}/{step.id}"] = f"{flow.name}: {step.title}"
                if isinstance(step, ToolCall | Verify):
                    called[step.tool] = None
                for label in (label for label, to in ways_out(step) if label and to):
                    found["branches", f"{flow.id}/{step.id}/{label}"] = f"{flow.name}: {step.title}, {label}"
                if isinstance(step, Handoff):
                    found["faults", f"queue {step.queue}"] = f"Nobody takes over in {step.queue}"
        for table in agent.tables:
            for number, row in enumerate(table.rows, 1):
                found["rows", f"{table.id}/{row.id}"] = f"{table.name}: row {number}, {row.then}"
        for rule in agent.charter.rules:
            if rule.id in self.placed:
                found["rules", rule.id] = f"{rule.id} {rule.title}"
            if rule.guard is not None:
                found["guards", rule.id] = f"{rule.id} {rule.title}"
        found |= {("faults", f"system {name}"): f"“{name}” goes wrong" for name in called}
        return found

    def touched(self, conversation: Conversation) -> frozenset[Touched]:
        """Return what a conversation exercised."""
        found: set[Touched] = set()
        turns = self._turns
        for turn in conversation.turns:
            seen = turns.get(id(turn))
            if seen is not None and seen[0] is turn:
                found |= seen[1]
            else:
                found |= self._in_turn(turn)
        return frozenset(found)

    def _in_turn(self, turn: Turn) -> frozenset[Touched]:
        """Return what a turn exercised; the agent's, which many conversations share, are remembered."""
        places = {
            (
                e.kind,
                e.workflow,
                e.step,
                e.tool,
                e.table,
                e.row,
                e.rule,
                e.label if e.kind == "branch" else e.detail if e.kind == "fault" else None,
            )
            for e in turn.events
        }
        known = self._known
        for place in places:
            if place not in known:
                known[place] = frozenset(self._at(*place))
        found = frozenset[Touched]().union(*(known[place] for place in places))
        if turn.role != "customer":
            if len(self._turns) >= TURNS_MOST:
                self._turns.clear()
            self._turns[id(turn)] = turn, found
        return found

    @cached_property
    def _turns(self) -> dict[int, tuple[Turn, frozenset[Touched]]]:
        """Return what the last turns of the agent exercised, by identity."""
        return {}

    @cached_property
    def _known(self) -> dict[_Place, frozenset[Touched]]:
        """Return what each place of a trace exercises, as far as it was asked; agents have few of them."""
        return {}

    def _at(
        self,
        kind: str,
        flow: str | None,
        step: str | None,
        tool: str | None,
        table: str | None,
        row: str | None,
        rule: str | None,
        words: str | None,
    ) -> Iterator[Touched]:
        """Yield what one place of a trace exercises."""
        if step and flow:
            yield "steps", f"{flow}/{step}"
            yield from (("rules", each) for each in self.rules_of.get((flow, step), ()))
            if kind == "branch":
                yield "branches", f"{flow}/{step}/{words or ''}"
        if table and row:
            yield "rows", f"{table}/{row}"
            yield from (("rules", each) for each in self.rules_of.get((table, row), ()))
        if rule:
            yield "rules", rule
        if kind == "guard" and rule:
            yield "guards", rule
        elif kind == "fault":
            yield "faults", f"system {tool}" if tool else f"queue {_queue(words or '')}"
        if kind in ("call", "guard") and tool:
            yield from (("rules", each) for each in self.guards_of.get(tool, ()))


def _queue(detail: str) -> str:
    return detail.rpartition("“")[2].partition("”")[0]


@dataclass
class Tally:
    """A sum of what conversations exercised."""

    ground: Ground
    passed: Counter[Touched] = field(default_factory=Counter)
    failed: Counter[Touched] = field(default_factory=Counter)

    def add(self, conversation: Conversation) -> None:
        """Take in one conversation."""
        (self.passed if conversation.passed else self.failed).update(self.ground.touched(conversation))

    def coverage(self) -> Coverage:
        """Return what was exercised so far."""
        return Coverage(
            items=tuple(
                CoveredItem(
                    kind=touched[0],
                    id=touched[1],
                    title=title,
                    passed=self.passed[touched],
                    failed=self.failed[touched],
                )
                for touched, title in sorted(
                    self.ground.everything.items(), key=lambda each: KINDS.index(each[0][0])
                )
            ),
            words_only=tuple(
                f"{rule.id} {rule.title}"
                for rule in self.ground.agent.charter.rules
                if rule.id not in self.ground.placed
            ),
        )


def exercised(agent: Agent, conversations: Iterable[Conversation]) -> Coverage:
    """Return what some conversations exercised of an agent."""
    tally = Tally(Ground(agent))
    for conversation in conversations:
        tally.add(conversation)
    return tally.coverage()


def exercised_in(agent: Agent, run: Run) -> Coverage:
    """Return what a run exercised of its agent: as it was counted while it ran, or counted now."""
    counted = run.figures.exercised
    if counted is None:
        return exercised(agent, run.conversations)
    tally = Tally(Ground(agent))
    for each in counted:
        touched = (cast(Kind, each.kind), each.id)
        tally.passed[touched], tally.failed[touched] = each.passed, each.failed
    return tally.coverage()


def coverage(agent: Agent, run: Run) -> tuple[CoverageLine, ...]:
    """Return for each kind how many of the agent's were passed at least once: evidence of a release."""
    items = exercised_in(agent, run).items
    seen = {(each.kind, each.id) for each in items if each.passed or each.failed}
    steps, ways, rows = (
        {name for kind, name in seen if kind == wanted} for wanted in ("steps", "branches", "rows")
    )
    all_steps = tuple(f"{w.id}/{s.id}" for w in agent.workflows for s in w.steps)
    all_ways = tuple(
        f"{w.id}/{s.id}/{label}"
        for w in agent.workflows
        for s in w.steps
        for label, to in ways_out(s)
        if s.kind == "decide" and to
    )
    all_rows = tuple(f"{t.id}/{r.id}" for t in agent.tables for r in t.rows)
    return (
        _line("steps", all_steps, steps),
        _line("ways out of decisions", all_ways, ways),
        _line("rows of decisions", all_rows, rows),
    )


def _line(kind: str, wanted: tuple[str, ...], seen: set[str]) -> CoverageLine:
    from studio.domain.bundle import CoverageLine  # workers need no bundle: they start without it

    missing = tuple(each for each in wanted if each not in seen)
    return CoverageLine(kind=kind, total=len(wanted), covered=len(wanted) - len(missing), missing=missing)
