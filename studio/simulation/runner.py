"""Running scenarios: many simulated customers meet an agent, deterministically.

- The conversations of a run depend on agent, scenarios, seed and number of customers only, never on
  how many processes took part or on the order in which they finished.
- Live and draft meet the same customers; a scenario whose workflow the live version does not have is
  left out of the live run, and so shows as new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from studio.domain.agent import Agent
from studio.domain.collector import uncollected
from studio.domain.errors import WrongUse
from studio.domain.frozen import canonical, digest, to_json
from studio.domain.run import Comparison, Conversation, Run
from studio.domain.scenario import Scenario
from studio.domain.trace import Turn
from studio.domain.workflow import Ask, CallBlock, Disclose, Say, Verify, Workflow
from studio.ports import Connector, Progress, Workers, silent
from studio.runtime import RUNTIME, Program, advance, start
from studio.simulation.cards import card_of, fault_of
from studio.simulation.concluding import BROKEN_OFF, conclude, make_ready
from studio.simulation.customers import Customer, World
from studio.simulation.packing import Conversations
from studio.simulation.systems import connect

BATCH = 25
"""Conversations in one task: small enough to stop quickly, large enough to be worth sending."""

Connect = Callable[[Scenario], Connector]
"""Makes the systems for one conversation; a module-level function, so that it can be sent to a process.

The scenario's own mock systems are the default, and what evidence is made with.
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some customers of one scenario."""

    scenario: int
    customers: range


@dataclass(frozen=True, slots=True)
class Simulation:
    """The work of a run: call it with a batch; it can be sent to another process."""

    agent: bytes
    scenarios: tuple[Scenario, ...]
    seed: int
    connect: Connect

    def __call__(self, batch: Batch) -> Conversations:
        """Return the conversations of a batch."""
        program, world = _prepared(self.agent)
        scenario = self.scenarios[batch.scenario]
        with uncollected():
            return Conversations(
                converse(program, world, scenario, number, self.seed, self.connect(scenario))
                for number in batch.customers
            )


@lru_cache(maxsize=4)
def _prepared(agent: bytes) -> tuple[Program, World]:
    program = Program.of(Agent.model_validate_json(agent))
    return program, world_of(program)


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
    customers: type[Customer] = Customer,
) -> Conversation:
    """Return one whole conversation with its verdict; a crash ends this conversation only."""
    own_seed = conversation_seed(seed, scenario.id, number)
    make_ready(systems, program, own_seed)
    turns: tuple[Turn, ...] = ()
    simulator = ""
    try:
        customer = customers(scenario, number, own_seed, world)
        state, turns = start(program, scenario.today)
        words: str | None = customer.open()
        while True:
            state, more = advance(program, state, words, systems)
            turns += more
            if state.outcome is None:
                words = customer.reply(program.asked(state))
            elif (words := customer.after(state.outcome)) is None:
                break
        outcome, simulator, crash = state.outcome, fault_of(card_of(scenario, world), turns), ""
    except Exception as error:  # whatever broke, it broke in us, and the other conversations go on
        outcome, crash = BROKEN_OFF, f"The engine broke off ({type(error).__name__}: {error})."
    return conclude(program, scenario, number, own_seed, outcome, turns, systems, simulator, crash)


def run(
    agent: Agent,
    scenarios: Sequence[Scenario],
    seed: int,
    customers: int,
    workers: Workers,
    progress: Progress = silent,
    connect: Connect = connect,
) -> Run:
    """Return the run of an agent over all scenarios; progress is told after each batch."""
    _check(seed, customers)
    batches = [
        Batch(index, range(first, min(first + BATCH, customers)))
        for index in range(len(scenarios))
        for first in range(0, customers, BATCH)
    ]
    work = Simulation(canonical(agent), tuple(scenarios), seed, connect)
    total, done = len(scenarios) * customers, 0
    conversations: list[Conversation] = []

    def pulse() -> None:
        progress(done / total if total else 1.0, f"{done:,} of {total:,} conversations")

    pulse()
    for batch in workers.map(work, batches, pulse):
        conversations += batch
        done = len(conversations)
        pulse()
    return Run(
        agent_digest=digest(agent),
        scenarios_digest=digest([to_json(scenario) for scenario in scenarios]),
        seed=seed,
        customers=customers,
        engine=RUNTIME,
        conversations=tuple(conversations),
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
) -> Comparison:
    """Return both versions over the draft's scenarios, with the same customers and seed."""
    flows = {flow.id for flow in live.workflows} if live else set()
    known = tuple(scenario for scenario in draft.scenarios if scenario.workflow in flows)
    share = len(known) / max(1, len(known) + len(draft.scenarios))

    def first(fraction: float, message: str = "") -> None:
        progress(fraction * share, f"Live version: {message}")

    def second(fraction: float, message: str = "") -> None:
        progress(share + fraction * (1 - share), f"Draft: {message}")

    def one(agent: Agent, scenarios: Sequence[Scenario], told: Progress) -> Run:
        return run(agent, scenarios, seed, customers, workers, told, connect)

    before = one(live or _nobody(draft), known, first)
    after = one(draft, draft.scenarios, second)
    return compare_runs(name, before, after)


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
