"""Strength of the tests: which planted faults does no test notice, and which new tests would.

- Each mutant meets the customers of the tests that could pass it; the first conversation that is not right
  notices it. Tests that fail on the sound agent notice nothing, and are named.
- For what nobody notices, situations are tried until the sound agent and the mutant differ; the difference
  becomes a test, which is run on both before it is offered. Drafts made elsewhere are tried first.
- The sound run is made twice and must be identical: a difference is an error of ours, and is told as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.frozen import Frozen, digest
from studio.domain.run import Conversation
from studio.domain.scenario import Expectation, ExpectOutcome, Scenario
from studio.ports import Progress, silent
from studio.runtime.program import Program
from studio.simulation.mutants import Mutant, mutants
from studio.simulation.noticing import joined, telling
from studio.simulation.probes import probes
from studio.simulation.runner import converse, world_of
from studio.simulation.situations import at_limits, bare, boundaries, family, troubles
from studio.simulation.systems import connect

TRIALS = 3
"""Customers that a new test must pass with on the sound agent."""
MOST_SITUATIONS = 240
"""Situations that are tried for one mutant."""


class Noticed(Frozen):
    """A mutant, and what notices it: a test, a proof over all paths, a new test, or nothing."""

    mutant: Mutant
    by_test: str | None = None
    by_check: str | None = None
    by_new_test: str | None = None

    @property
    def words(self) -> str:
        """Return what notices the mutant, as a sentence."""
        if self.by_test is not None:
            return f"{self.by_test} notices it."
        if self.by_check is not None:
            return f"No test notices it; a proof does: {self.by_check}."
        if self.by_new_test is not None:
            return f"No test notices it today; a new one, {self.by_new_test}, would."
        if self.mutant.tools:
            return (
                "Nothing that was tried gets that far: the workflow stops it before; this is a second lock."
            )
        return "Nothing that was tried makes a difference there."


class NewTest(Frozen):
    """A test that notices mutants that no other does, run on both before it is offered."""

    scenario: Scenario
    notices: tuple[str, ...]
    reason: str


class Strength(Frozen):
    """What planting faults found."""

    agent_digest: str
    seed: int
    customers: int
    results: tuple[Noticed, ...]
    tests: tuple[NewTest, ...] = ()
    failing: tuple[str, ...] = ()
    unsteady: tuple[str, ...] = ()

    @property
    def by_tests(self) -> int:
        """Return how many mutants a test notices."""
        return sum(each.by_test is not None for each in self.results)

    @property
    def survivors(self) -> tuple[Noticed, ...]:
        """Return the mutants that no test notices."""
        return tuple(each for each in self.results if each.by_test is None)

    @property
    def unnoticed(self) -> tuple[Noticed, ...]:
        """Return the mutants that neither a test, nor a check, nor a new test notices."""
        return tuple(e for e in self.survivors if e.by_check is None and e.by_new_test is None)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where the conversations of a test passed."""

    flows: frozenset[str]
    tables: frozenset[str]
    tools: frozenset[str]

    def may_show(self, mutant: Mutant) -> bool:
        """Return whether a mutant could make a difference there."""
        if mutant.flow is None and mutant.table is None and not mutant.tools:
            return True
        return (
            mutant.flow in self.flows
            or mutant.table in self.tables
            or any(t in self.tools for t in mutant.tools)
        )


def reach(conversations: Sequence[Conversation]) -> Reach:
    """Return where some conversations passed."""
    events = [event for each in conversations for turn in each.turns for event in turn.events]
    return Reach(
        frozenset(e.workflow for e in events if e.workflow),
        frozenset(e.table for e in events if e.table),
        frozenset(e.tool for e in events if e.tool),
    )


@dataclass
class Arena:
    """The sound agent and its tests, and what they did."""

    agent: Agent
    seed: int
    customers: int
    program: Program = field(init=False)

    def __post_init__(self) -> None:
        self.program = Program.of(self.agent)
        self._world = world_of(self.program)
        self._tried: dict[str, tuple[Conversation, Reach]] = {}

    def talk(self, program: Program, test: Scenario, number: int) -> Conversation:
        """Return a conversation; the customers are the same whoever they meet."""
        return converse(program, self._world, test, number, self.seed, connect(test))

    def talks(self, program: Program, test: Scenario, customers: int) -> list[Conversation]:
        """Return some conversations."""
        return [self.talk(program, test, number) for number in range(customers)]

    def notices(self, program: Program, test: Scenario) -> bool:
        """Return whether a test goes wrong on an agent."""
        return any(not self.talk(program, test, number).passed for number in range(self.customers))

    def tried(self, key: str, test: Scenario) -> tuple[Conversation, Reach]:
        """Return what the sound agent does in a situation, made once."""
        if key not in self._tried:
            made = self.talk(self.program, test, 0)
            self._tried[key] = made, reach([made])
        return self._tried[key]


def strength(
    agent: Agent,
    scenarios: Sequence[Scenario],
    seed: int,
    customers: int = 2,
    progress: Progress = silent,
    drafts: Sequence[Scenario] = (),
    taken: Sequence[str] = (),
) -> Strength:
    """Return which planted faults the tests notice, and new tests for those they do not.

    `drafts` are tests made elsewhere that may be offered; `taken` are ids no new test may have.
    """
    arena = Arena(agent, seed, customers)
    progress(0.0, "Running the tests on the sound agent")
    sound = {test.id: arena.talks(arena.program, test, customers) for test in scenarios}
    unsteady = [
        t.id
        for t in scenarios
        if digest_of(sound[t.id]) != digest_of(arena.talks(arena.program, t, customers))
    ]
    failing = [test.id for test in scenarios if not all(each.passed for each in sound[test.id])]
    able = [(test, reach(sound[test.id])) for test in scenarios if test.id not in failing]
    planted = mutants(agent)
    results, survivors = [], []
    for number, mutant in enumerate(planted):
        progress(0.6 * number / len(planted), f"Planted {number} of {len(planted)} faults")
        program = Program.of(mutant.plant(agent))
        by = next((t.id for t, where in able if where.may_show(mutant) and arena.notices(program, t)), None)
        results.append(Noticed(mutant=mutant, by_test=by))
        if by is None:
            survivors.append((number, mutant, program))
    checked = {check.id for check in run_checks(agent) if check.status != "holds"}
    finder = Finder(arena, list(scenarios), list(drafts), {*taken, *(s.id for s in scenarios)})
    for at, (number, mutant, program) in enumerate(survivors):
        progress(0.6 + 0.4 * at / len(survivors), f"Looking for tests: {at} of {len(survivors)}")
        broken = (c.subject for c in run_checks(program.agent) if c.status != "holds" and c.id not in checked)
        found = finder.test_for(mutant, program)
        results[number] = Noticed(mutant=mutant, by_check=next(broken, None), by_new_test=found)
    progress(1.0, f"{len(planted)} faults planted")
    return Strength(
        agent_digest=digest(agent),
        seed=seed,
        customers=customers,
        results=tuple(results),
        tests=finder.tests(),
        failing=tuple(failing),
        unsteady=tuple(unsteady),
    )


def digest_of(conversations: Sequence[Conversation]) -> str:
    """Return a fingerprint of some conversations."""
    return digest("\n".join(each.model_dump_json() for each in conversations).encode())


@dataclass(slots=True)
class Offered:
    """A new test in the making: where it passes, and which mutants it notices."""

    test: Scenario
    where: Reach
    noticed: list[str]
    reason: str


class Finder:
    """Finds tests for what nobody notices, the same test for as many mutants as it can."""

    def __init__(self, arena: Arena, bases: list[Scenario], drafts: list[Scenario], taken: set[str]) -> None:
        self._arena = arena
        self._bases = bases
        self._drafts = [(d, reach([arena.talk(arena.program, d, 0)])) for d in drafts if self._sound(d)]
        self._taken = set(taken)
        self._made: dict[str, Offered] = {}

    def tests(self) -> tuple[NewTest, ...]:
        """Return the tests that were found."""
        return tuple(
            NewTest(scenario=each.test, notices=tuple(each.noticed), reason=each.reason)
            for each in self._made.values()
        )

    def _sound(self, test: Scenario) -> bool:
        return all(each.passed for each in self._arena.talks(self._arena.program, test, TRIALS))

    def test_for(self, mutant: Mutant, program: Program) -> str | None:
        """Return the id of a new test that notices a mutant, or None where none was found."""
        for made in self._made.values():
            if made.where.may_show(mutant) and self._arena.notices(program, made.test):
                made.noticed.append(mutant.id)
                return made.test.id
        for at, (draft, where) in enumerate(self._drafts):
            if where.may_show(mutant) and self._arena.notices(program, draft):
                del self._drafts[at]
                return self._offer(f"draft {draft.id}", draft, where, mutant, program)
        if mutant.tools and (found := self._probe(mutant, program)) is not None:
            return found
        for number, (key, words, base, situation) in enumerate(self._situations(mutant)):
            if number >= MOST_SITUATIONS:
                break
            if (found := self._telling(key, words, base, situation, mutant, program)) is not None:
                return found
        return None

    def _situations(self, mutant: Mutant) -> Iterator[tuple[str, str, Scenario, Scenario]]:
        """Yield situations for a mutant, those that lie near what it changed first."""
        arena = self._arena
        near = boundaries(arena.agent, self._parts(mutant))
        concerned = [b for b in self._bases if self._concerns(b, mutant)]
        plain = {b.workflow for b in concerned if not b.faults and not b.behaviours}
        bases = [b for b in concerned if b.workflow not in plain or not (b.faults or b.behaviours)][:6]
        for base in bases:
            for words, made in at_limits(arena.agent, base, near) if near else ():
                yield f"{base.id}|{words}", words, base, made
        for base in bases:
            for words, made in troubles(arena.agent, base):
                yield f"{base.id}|{words}", words, base, made

    def _probe(self, mutant: Mutant, program: Program) -> str | None:
        """Ask the guards of a system alone: the workflow may never try what they forbid."""
        near = boundaries(self._arena.agent, self._parts(mutant))
        for base in (each for each in self._bases if self._concerns(each, mutant)):
            sound, where = self._arena.tried(f"{base.id}|", bare(base))
            for tool in mutant.tools:
                probe = next(probes(self._arena.program, program, base.workflow, tool, near), None)
                if probe is None:
                    continue
                key, expected = f"{base.workflow}|guards", (ExpectOutcome(outcome=sound.outcome), probe)
                if (known := self._made.get(key)) is not None:
                    return self._widen(known, (probe,), mutant, program)
                title = f"{base.title}; what is forbidden is stopped, whoever asks for it"
                made = bare(base).model_copy(
                    update={"expectations": expected, "title": title, "citations": ()}
                )
                return self._offer(key, made, where, mutant, program)
        return None

    def _parts(self, mutant: Mutant) -> list[object]:
        """Return the parts of the agent whose comparisons lie near a mutant: its own, its whole table's."""
        parts: list[object] = [mutant.change.before, mutant.change.after]
        if mutant.table is not None:
            parts.append(self._arena.agent.table(mutant.table).model_dump(mode="json")["rows"])
        for tool in mutant.tools:
            parts += self._limits(tool)
            parts += [
                guard.forbidden_when.model_dump(mode="json")
                for _, guard in self._arena.program.guards.get(tool, ())
                if guard.forbidden_when is not None
            ]
        return parts

    def _limits(self, tool: str) -> Iterator[object]:
        """Yield the limits of a system as comparisons of the facts that fill its arguments."""
        known = self._arena.program.tools.get(tool)
        for flow in self._arena.agent.workflows:
            for step in flow.steps:
                for argument in step.arguments if step.kind == "tool" and step.tool == tool else ():
                    for limit in known.limits if known else ():
                        if argument.name == limit.argument:
                            whole = int(limit.maximum) if limit.maximum.is_integer() else limit.maximum
                            for name in {argument.fact or limit.argument, limit.argument}:
                                yield {"field": name, "op": "<=", "value": whole}

    def _concerns(self, base: Scenario, mutant: Mutant) -> bool:
        flows = family(self._arena.agent, base.workflow)
        if mutant.flow is not None:
            return any(flow.id == mutant.flow for flow in flows)
        if mutant.table is not None:
            return any(s.kind == "decide" and s.table == mutant.table for flow in flows for s in flow.steps)
        if mutant.tools:
            used = {s.tool for flow in flows for s in flow.steps if s.kind in ("tool", "verify")}
            return bool(used & set(mutant.tools))
        return True

    def _telling(
        self, key: str, words: str, base: Scenario, situation: Scenario, mutant: Mutant, program: Program
    ) -> str | None:
        sound, where = self._arena.tried(key, situation)
        if not where.may_show(mutant) or sound.blame not in (None, "agent"):
            return None
        faulty = self._arena.talk(program, situation, 0)
        expected = telling(sound, faulty, self._writes(base))
        if not expected:
            return None
        if (known := self._made.get(key)) is not None:
            return self._widen(known, expected, mutant, program)
        title = f"{base.title}; {words}" if words else f"{base.title}, looked at closely"
        made = situation.model_copy(update={"expectations": expected, "title": title, "citations": ()})
        return self._offer(key, made, where, mutant, program)

    def _writes(self, base: Scenario) -> frozenset[str]:
        """Return the systems that change something in the workflow of a test."""
        tools = self._arena.program.tools
        steps = (step for flow in family(self._arena.agent, base.workflow) for step in flow.steps)
        used = {step.tool for step in steps if step.kind == "tool"}
        return frozenset(name for name in used if name in tools and tools[name].effect == "write")

    def _widen(
        self, known: Offered, expected: tuple[Expectation, ...], mutant: Mutant, program: Program
    ) -> str | None:
        """Let a new test of the same situation expect more, if the sound agent still passes it."""
        more = known.test.model_copy(update={"expectations": joined(known.test.expectations, expected)})
        if not self._sound(more) or not self._arena.notices(program, more):
            return None
        known.test = more
        known.noticed.append(mutant.id)
        return more.id

    def _offer(self, key: str, test: Scenario, where: Reach, mutant: Mutant, program: Program) -> str | None:
        """Keep a test under a free number if the sound agent passes it and the mutant does not."""
        number = 1
        while f"T-{number:02}" in self._taken:
            number += 1
        named = test.model_copy(update={"id": f"T-{number:02}"})  # its customers come from its number
        if not self._sound(named) or not self._arena.notices(program, named):
            return None
        self._taken.add(named.id)
        why = f"No test notices it today if {mutant.title[0].lower()}{mutant.title[1:]}."
        self._made[key] = Offered(named, where, [mutant.id], why)
        return named.id
