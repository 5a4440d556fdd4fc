"""Runs in which a language model listens and words, or is the whole agent: many conversations at once.

- A conversation goes on as soon as its answer is there, and another one begins when one ends, so that as many
  questions are under way as the model's settings allow. A model that takes no questions meanwhile is asked in
  rounds. Conversations are kept in their order, whichever ended first.
- A run says which model took part (`Run.sampled`), and its engine names it: it can be repeated from recorded
  replies, and is never comparable with one that is proved.
- Without leave, money or a connection the run ends with a sentence; one unusable answer does not end it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Literal

from studio.domain.agent import Agent
from studio.domain.errors import StudioError
from studio.domain.frozen import digest, to_json
from studio.domain.model import ModelFailure, ModelRequest
from studio.domain.run import Conversation, Run
from studio.domain.scenario import Scenario
from studio.domain.trace import TraceEvent, Turn
from studio.ports import Connector, LanguageModel, Progress, RunLog, silent
from studio.running import Flowing, Outcome, Question, in_rounds
from studio.runtime import RUNTIME, TURN_LIMIT, Program, State, advance, start
from studio.runtime.recording import turn as made_turn
from studio.simulation.acting import Stand, act, acting_request, give_up, hear
from studio.simulation.concluding import conclude, make_ready
from studio.simulation.coverage import Ground
from studio.simulation.customers import Customer, World
from studio.simulation.gathering import Gathering, MadeBatch, made
from studio.simulation.interpreting import (
    STOPPED,
    heard,
    hearing_request,
    may_be_reworded,
    unheard,
    worded,
    wording_request,
)
from studio.simulation.memory_log import MemoryLog
from studio.simulation.phrased import talk_phrased
from studio.simulation.runner import Connect, conversation_seed, world_of
from studio.simulation.systems import connect

AT_ONCE = 400
"""Conversations that are carried on together."""
KEPT_AT_ONCE = 25
"""Conversations that are kept together: few, because nothing new is asked meanwhile."""
_ENDS_THE_RUN = frozenset({"forbidden", "budget", "unreachable", "refused", "cancelled"})

Talk = Generator[ModelRequest, Outcome, Conversation]
Part = Literal["words", "whole", "customers"]
"""What a model does: listen and word, act as the whole agent under guards, or word the customers."""
WHOLE, CUSTOMERS = " as the whole agent", " as the customers"


class ModelStopped(StudioError):
    """The model cannot be asked any more; `failure` says why."""

    def __init__(self, failure: ModelFailure) -> None:
        """Take the failure."""
        super().__init__(failure.sentence, failure.advice)
        self.failure = failure


def talk(
    program: Program, world: World, scenario: Scenario, number: int, seed: int, systems: Connector
) -> Talk:
    """Carry on one conversation: yields what is asked of the model, takes what it answers."""
    own_seed = conversation_seed(seed, scenario.id, number)
    make_ready(systems, program, own_seed)
    customer = Customer(scenario, number, own_seed, world)
    state, turns = start(program)
    words: str | None = customer.open()
    while True:
        plain, notes = (yield from _listen(program, state, words)) if words else (words, ())
        state, more = advance(program, state, plain, systems)
        turns += yield from _speak(program, words or "", notes, more)
        if state.outcome is not None:
            break
        words = customer.reply(program.asked(state))
    fault = getattr(customer, "fault", "")
    return conclude(program, scenario, number, own_seed, state.outcome, turns, systems, fault)


def talk_whole(
    program: Program, world: World, scenario: Scenario, number: int, seed: int, systems: Connector
) -> Talk:
    """Carry on one conversation in which the model makes the agent's moves, under the draft's guards."""
    own_seed = conversation_seed(seed, scenario.id, number)
    make_ready(systems, program, own_seed)
    customer = Customer(scenario, number, own_seed, world)
    stand = Stand.of(program, systems, *start(program))
    words: str | None = customer.open()
    while True:
        going = hear(stand, words)
        while going:
            outcome = yield acting_request(stand)
            if isinstance(outcome, ModelFailure):
                give_up(stand, f"The model gave no usable answer ({outcome.sentence}).")
                break
            going = act(stand, outcome.text)
        if stand.memory.outcome is not None:
            break
        if stand.memory.turns >= TURN_LIMIT:
            give_up(stand, f"No end after {TURN_LIMIT} customer turns.")
            break
        words = customer.reply(stand.asked)
    fault = getattr(customer, "fault", "")
    outcome_of = stand.memory.outcome or "abandoned"
    return conclude(program, scenario, number, own_seed, outcome_of, tuple(stand.turns), systems, fault)


def _listen(
    program: Program, state: State, words: str
) -> Generator[ModelRequest, Outcome, tuple[str, tuple[TraceEvent, ...]]]:
    outcome = yield hearing_request(program, state, words)
    if isinstance(outcome, ModelFailure):
        return words, unheard(outcome.sentence)
    found = heard(program, state, words, outcome.text)
    return found.text, found.notes


def _speak(
    program: Program, words: str, notes: tuple[TraceEvent, ...], turns: Sequence[Turn]
) -> Generator[ModelRequest, Outcome, tuple[Turn, ...]]:
    """Return the turns as they are said: the customer's own words, the agent's by the model where it may."""
    said: list[Turn] = []
    for each in turns:
        if each.role == "customer":
            each = made_turn("customer", words, [*notes, *each.events])
        elif may_be_reworded(each):
            outcome = yield wording_request(program, each.text, words)
            if isinstance(outcome, ModelFailure):
                each = made_turn(each.role, each.text, [*each.events, *unheard(outcome.sentence)])
            else:
                found = worded(each.text, outcome.text)
                each = made_turn(each.role, found.text, [*each.events, *found.notes])
        said.append(each)
    return tuple(said)


_PARTS = {"words": (talk, ""), "whole": (talk_whole, WHOLE), "customers": (talk_phrased, CUSTOMERS)}


@dataclass(slots=True)
class _Troop:
    """The conversations of one run: those under way, and those that ended but not yet all before them."""

    coming: Iterator[tuple[int, Talk]]
    total: int
    under_way: dict[int, Talk] = field(default_factory=dict)
    ended: dict[int, Conversation] = field(default_factory=dict)
    kept: int = 0

    def begin(self) -> Iterator[Question]:
        """Begin the next conversation, and yield what it asks; one that asks nothing has ended."""
        for number, talk in self.coming:
            self.under_way[number] = talk
            if found := self._go_on(number, None):
                yield found
                return

    def answered(self, number: int, outcome: Outcome) -> Iterable[Question]:
        """Go on with a conversation, or with a new one where it ended; raises ModelStopped."""
        if isinstance(outcome, ModelFailure) and outcome.kind in _ENDS_THE_RUN:
            raise ModelStopped(outcome)
        found = self._go_on(number, outcome)
        return (found,) if found else self.begin()

    def in_order(self) -> Iterator[list[Conversation]]:
        """Yield those that ended and are not kept yet, as soon as they are a whole batch of neighbours."""
        while size := min(KEPT_AT_ONCE, self.total - self.kept):
            batch = range(self.kept, self.kept + size)
            if len(self.ended) < size or not all(number in self.ended for number in batch):
                return
            yield [self.ended.pop(number) for number in batch]
            self.kept += size

    def _go_on(self, number: int, outcome: Outcome | None) -> Question | None:
        talk = self.under_way[number]
        try:
            return number, next(talk) if outcome is None else talk.send(outcome)
        except StopIteration as end:
            del self.under_way[number]
            self.ended[number] = end.value
            return None


def run_sampled(
    agent: Agent,
    scenarios: Sequence[Scenario],
    seed: int,
    customers: int,
    model: LanguageModel,
    progress: Progress = silent,
    connect: Connect = connect,
    log: RunLog | None = None,
    part: Part = "words",
) -> Run:
    """Return the run of an agent with a language model in a part; raises ModelStopped.

    Conversations go to the draft's side of the log, in memory where none is given.
    """
    log = log or MemoryLog()
    program = Program.of(agent)
    world, ground = world_of(program), Ground(agent)
    total = len(scenarios) * customers
    gathering = Gathering(log)
    carry_on, aside = _PARTS[part]
    name = f"{model.name}{aside}"
    everyone = enumerate((scenario, number) for scenario in scenarios for number in range(customers))
    talks = ((at, carry_on(program, world, who, n, seed, connect(who))) for at, (who, n) in everyone)
    troop = _Troop(talks, total)

    def told(fraction: float, message: str = "") -> None:
        done = gathering.done + len(troop.ended)
        progress(done / total, f"{done:,} of {total:,} conversations; {message}")

    def answered(number: int, outcome: Outcome) -> Iterable[Question]:
        found = troop.answered(number, outcome)
        _keep(troop, gathering, ground)
        return found

    try:
        first = (question for _ in range(AT_ONCE) for question in troop.begin())
        if isinstance(model, Flowing):
            model.flow(first, answered, told)
        else:
            in_rounds(model.ask, first, answered, told)
        _keep(troop, gathering, ground)
        log.close()
    except BaseException:
        log.discard()
        raise
    return Run(
        agent_digest=digest(agent),
        scenarios_digest=digest([to_json(scenario) for scenario in scenarios]),
        seed=seed,
        customers=customers,
        engine=f"{RUNTIME} with {name}",
        conversations=log.conversations("draft"),
        counted=gathering.figures("draft"),
        sampled=name,
    )


def first_requests(
    agent: Agent, scenarios: Sequence[Scenario], seed: int, part: Part = "words"
) -> tuple[ModelRequest, ...]:
    """Return what is asked first in the first conversation of each scenario; nothing is sent."""
    program = Program.of(agent)
    world = world_of(program)
    carry_on, _ = _PARTS[part]
    found = []
    for scenario in scenarios:
        begun = carry_on(program, world, scenario, 0, seed, connect(scenario))
        found += list(islice(begun, 1))
        begun.close()
    return tuple(found)


def _keep(troop: _Troop, gathering: Gathering, ground: Ground) -> None:
    for some in troop.in_order():
        for _, found in groupby(some, lambda each: each.scenario):
            conversations = list(found)
            batch = made(conversations, [False] * len(conversations), ground)
            gathering.add(MadeBatch((("draft", batch),)))


def stopped(run: Run) -> tuple[str, ...]:
    """Return what of the model's answers was not let through, in the order of the run.

    Where the model is the whole agent, every call that a guard stopped was the model's.
    """
    whole = run.sampled.endswith(WHOLE)
    return tuple(
        event.detail
        for conversation in run.conversations
        for turn in conversation.turns
        for event in turn.events
        if event.label == STOPPED or (whole and event.kind == "guard")
    )
