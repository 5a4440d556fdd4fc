"""Running scenarios: many simulated customers meet an agent, deterministically.

- The conversations of a run depend on agent, scenarios, seed and number of customers only, never on
  how many processes took part or on the order in which they finished.
- Live and draft meet the same customers; a scenario whose workflow the live version does not have is
  left out of the live run, and so shows as new.
- Conversations go to the log as they are made, and what is counted is counted where they were made:
  a run of a million needs no more memory than one of a thousand.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import overload

from studio.domain.agent import Agent
from studio.domain.collector import uncollected
from studio.domain.errors import WrongUse
from studio.domain.frozen import canonical, digest, to_json
from studio.domain.run import Comparison, Conversation, Run, Side
from studio.domain.scenario import Scenario
from studio.domain.trace import Turn
from studio.domain.workflow import Ask, CallBlock, Disclose, Say, Verify, Workflow
from studio.ports import Connector, Progress, RunLog, Workers, silent
from studio.running import beat
from studio.runtime import RUNTIME, Program
from studio.simulation.cards import card_of, fault_of
from studio.simulation.concluding import BROKEN_OFF, conclude, make_ready
from studio.simulation.consequences import NEW, differences
from studio.simulation.coverage import Ground
from studio.simulation.customers import Customer, World
from studio.simulation.echoing import Echo, Noted, Script, Speaks
from studio.simulation.gathering import Gathering, MadeBatch, made
from studio.simulation.memory_log import MemoryLog
from studio.simulation.remembering import talk_of
from studio.simulation.systems import connect

BATCH = 25
"""Conversations in one task: small enough to stop quickly, large enough to be worth sending."""

Connect = Callable[[Scenario], Connector]
"""Makes the systems for one conversation; a module-level function, so that it can be sent to a process.

The scenario's own mock systems are the default, and what evidence is made with.
"""


MakeCustomer = Callable[[Scenario, int, int, World], Speaks]
"""Makes the customer of one conversation, by scenario, number, seed and world."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some customers of one scenario."""

    scenario: int
    customers: range


class _Batches(Sequence[Batch]):
    """All batches of a run, each made when it is asked for: nobody waits for a list of them."""

    def __init__(self, scenarios: int, customers: int, places: range | None = None) -> None:
        self._scenarios, self._customers = scenarios, customers
        self._each = -(-customers // BATCH)
        self._places = range(scenarios * self._each) if places is None else places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Batch: ...

    @overload
    def __getitem__(self, at: slice) -> _Batches: ...

    def __getitem__(self, at: int | slice) -> Batch | _Batches:
        if isinstance(at, slice):
            return _Batches(self._scenarios, self._customers, self._places[at])
        scenario, number = divmod(self._places[at], self._each)
        first = number * BATCH
        return Batch(scenario, range(first, min(first + BATCH, self._customers)))


@dataclass(frozen=True, slots=True)
class Simulation:
    """The work of a run: call it with a batch; it can be sent to another process or computer.

    `agents` are the sides in canonical JSON; `known` says for each side which scenarios it can run.
    """

    agents: tuple[tuple[Side, bytes], ...]
    known: tuple[frozenset[int], ...]
    scenarios: tuple[Scenario, ...]
    seed: int
    connect: Connect

    def __call__(self, batch: Batch) -> MadeBatch:
        """Return the conversations of a batch on every side, packed and counted."""
        scenario = self.scenarios[batch.scenario]
        with uncollected():
            cast = _Cast()
            found = [
                (side, self._converse(agent, scenario, batch.customers, cast))
                for (side, agent), known in zip(self.agents, self.known, strict=True)
                if batch.scenario in known
            ]
            told = _told(found) if len(self.agents) > 1 else [()] * len(batch.customers)
            differing = [bool(words) for words in told]
            words = Counter(each for words in told for each in words)
            grounds = [_prepared(agent)[2] for _, agent in self.agents][-len(found) :]
            sides = tuple(
                (side, made(conversations, differing, ground))
                for (side, conversations), ground in zip(found, grounds, strict=True)
            )
        return MadeBatch(sides, sum(differing), tuple(words.items()))

    def _converse(
        self, agent: bytes, scenario: Scenario, customers: range, cast: _Cast
    ) -> list[Conversation]:
        program, world, _ = _prepared(agent)
        speak = cast.before(world) if len(self.agents) > 1 else Customer
        found = []
        for number in customers:
            beat()
            systems = self.connect(scenario)
            found.append(converse(program, world, scenario, number, self.seed, systems, speak))
        return found


class _Cast:
    """The customers of a batch: the second version meets those who met the first."""

    def __init__(self) -> None:
        self._world: World | None = None
        self._scripts: dict[int, Script] = {}

    def before(self, world: World) -> MakeCustomer:
        """Return what makes the customers for a version; in another world they say other words."""
        if self._world is None:
            self._world = world
            return self._noted
        return self._again if self._world == world else Customer

    def _noted(self, scenario: Scenario, number: int, seed: int, world: World) -> Speaks:
        script = self._scripts[number] = Script()
        return Noted(Customer(scenario, number, seed, world), script)

    def _again(self, scenario: Scenario, number: int, seed: int, world: World) -> Speaks:
        return Echo(lambda: Customer(scenario, number, seed, world), self._scripts[number])


def _told(found: list[tuple[Side, list[Conversation]]]) -> list[tuple[str, ...]]:
    """Return for each customer in what the draft differs from the live version, in words."""
    if len(found) == 1:
        return [(NEW,)] * len(found[0][1])
    return [differences(live, draft) for live, draft in zip(found[0][1], found[1][1], strict=True)]


@lru_cache(maxsize=4)
def _prepared(agent: bytes) -> tuple[Program, World, Ground]:
    program = Program.of(Agent.model_validate_json(agent))
    return program, world_of(program), Ground(program.agent)


def world_of(program: Program) -> World:
    """Return what customers need in order to speak of the facts of this agent."""
    flows = [flow.workflow for flow in program.flows.values()]
    slots = {slot.id: slot for flow in reversed(flows) for slot in flow.slots}
    asked = {n for flow in flows for s in flow.steps if isinstance(s, Verify) for n in s.slots}
    personal = {name for name in asked if name in slots and slots[name].type != "code"}
    wishes = {flow.id: flow.examples[0] for flow in flows if flow.examples and _asks_first(program, flow)}
    return World(slots, frozenset(personal or asked), wishes)


def _asks_first(program: Program, flow: Workflow) -> bool:
    """Return whether a workflow asks something before it does anything."""
    at: str | None = flow.start
    for _ in flow.steps:
        step = program.flows[flow.id].steps.get(at or "")
        if isinstance(step, Say | Disclose):
            at = step.next
        elif isinstance(step, CallBlock) and step.block in program.flows:
            flow = program.flows[step.block].workflow
            at = flow.start
        else:
            return isinstance(step, Ask | Verify)
    return False


def conversation_seed(seed: int, scenario_id: str, customer: int) -> int:
    """Return the seed of one conversation, which does not depend on any other."""
    found = hashlib.sha256(f"{seed}:{scenario_id}:{customer}".encode()).digest()
    return int.from_bytes(found[:4], "big")


def converse(
    program: Program,
    world: World,
    scenario: Scenario,
    number: int,
    seed: int,
    systems: Connector,
    customers: MakeCustomer = Customer,
) -> Conversation:
    """Return one whole conversation with its verdict; a crash ends this conversation only."""
    own_seed = conversation_seed(seed, scenario.id, number)
    make_ready(systems, program, own_seed)
    turns: tuple[Turn, ...] = ()
    simulator, recall = "", None
    try:
        customer = customers(scenario, number, own_seed, world)
        talk = talk_of(program, scenario, systems)
        turns = talk.begin()
        words: str | None = customer.open()
        while True:
            turns += talk.hear(words)
            state = talk.state
            if state.outcome is None:
                words = customer.reply(program.asked(state))
            elif (words := customer.after(state.outcome)) is None:
                break
        talk.settle()
        recall = talk.judged
        outcome, simulator, crash = state.outcome, fault_of(card_of(scenario, world), turns), ""
    except Exception as error:  # whatever broke, it broke in us, and the other conversations go on
        outcome, crash = BROKEN_OFF, f"The engine broke off ({type(error).__name__}: {error})."
    return conclude(program, scenario, number, own_seed, outcome, turns, systems, simulator, crash, recall)


def run(
    agent: Agent,
    scenarios: Sequence[Scenario],
    seed: int,
    customers: int,
    workers: Workers,
    progress: Progress = silent,
    connect: Connect = connect,
    log: RunLog | None = None,
) -> Run:
    """Return the run of an agent over all scenarios; progress is told after each batch.

    Conversations go to the draft's side of the log, in memory where none is given.
    """
    log = log or MemoryLog()
    every = frozenset(range(len(scenarios)))
    work = Simulation((("draft", canonical(agent)),), (every,), tuple(scenarios), seed, connect)
    gathered = _carry_out(work, customers, workers, progress, log)
    return _run(gathered, log, "draft", agent, scenarios, seed, customers)


def _carry_out(
    work: Simulation, customers: int, workers: Workers, progress: Progress, log: RunLog
) -> Gathering:
    """Let all customers meet all sides; what is made goes to the log, which is closed at the end."""
    _check(work.seed, customers)
    batches = _Batches(len(work.scenarios), customers)
    total = customers * sum(map(len, work.known))
    gathering = Gathering(log)

    def pulse() -> None:
        done = gathering.done
        right = f", {gathering.passed:,} right" if done else ""
        progress(done / total if total else 1.0, f"{done:,} of {total:,} conversations{right}")

    try:
        pulse()
        for batch in workers.map(work, batches, pulse):
            gathering.add(batch)
            pulse()
        log.close()
    except BaseException:
        log.discard()
        raise
    return gathering


def _run(
    gathered: Gathering,
    log: RunLog,
    side: Side,
    agent: Agent,
    scenarios: Sequence[Scenario],
    seed: int,
    customers: int,
) -> Run:
    return Run(
        agent_digest=digest(agent),
        scenarios_digest=digest([to_json(scenario) for scenario in scenarios]),
        seed=seed,
        customers=customers,
        engine=RUNTIME,
        conversations=log.conversations(side),
        counted=gathered.figures(side),
    )


def _check(seed: int, customers: int) -> None:
    if customers < 1:
        raise WrongUse(f"A simulation needs at least one customer, not {customers}.", "Choose 1 or more.")
    if not 0 <= seed < 2**53:
        raise WrongUse(f"{seed} cannot be a seed.", "Choose a whole number from 0 on.")


def simulate(
    name: str,
    live: Agent | None,
    draft: Agent,
    seed: int,
    customers: int,
    workers: Workers,
    progress: Progress = silent,
    connect: Connect = connect,
    log: RunLog | None = None,
) -> Comparison:
    """Return both versions over the draft's scenarios, with the same customers and seed.

    A customer meets both versions in one go, so that they can be compared where they were made.
    """
    log = log or MemoryLog()
    before = live or _nobody(draft)
    flows = {flow.id for flow in before.workflows}
    known = frozenset(index for index, each in enumerate(draft.scenarios) if each.workflow in flows)
    every = frozenset(range(len(draft.scenarios)))
    work = Simulation(
        (("live", canonical(before)), ("draft", canonical(draft))),
        (known, every),
        draft.scenarios,
        seed,
        connect,
    )
    gathered = _carry_out(work, customers, workers, progress, log)
    of_live = tuple(draft.scenarios[index] for index in sorted(known))
    return Comparison(
        id=name,
        live=_run(gathered, log, "live", before, of_live, seed, customers),
        draft=_run(gathered, log, "draft", draft, draft.scenarios, seed, customers),
        differences=gathered.differences(),
    )


def _nobody(draft: Agent) -> Agent:
    """Return the agent before there was one: the same name, no workflow."""
    return draft.model_copy(update={"workflows": (), "tables": (), "scenarios": (), "tools": ()})


def compare_runs(name: str, live: Run, draft: Run) -> Comparison:
    """Return two runs side by side; raises WrongUse where they had different customers."""
    if (live.seed, live.customers) != (draft.seed, draft.customers):
        raise WrongUse(
            "These two runs cannot be compared: they had different customers or seeds.",
            "Run both with the same number of customers and the same seed.",
        )
    return Comparison(id=name, live=live, draft=draft)
