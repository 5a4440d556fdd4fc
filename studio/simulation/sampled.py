"""Runs in which a language model listens and words, or is the whole agent: many conversations, in rounds.

- Conversations go on in rounds: what all of them ask is asked together, so that the model's port can keep as
  many questions under way as its settings allow.
- A run says which model took part (`Run.sampled`), and its engine names it: it can be repeated from recorded
  replies, and is never comparable with one that is proved.
- Without leave, money or a connection the run ends with a sentence; one unusable answer does not end it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Literal

from studio.domain.agent import Agent
from studio.domain.errors import StudioError
from studio.domain.frozen import digest, to_json
from studio.domain.model import ModelFailure, ModelReply, ModelRequest
from studio.domain.run import Conversation, Run
from studio.domain.scenario import Scenario
from studio.domain.trace import TraceEvent, Turn
from studio.ports import Connector, LanguageModel, Progress, RunLog, silent
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
from studio.simulation.runner import Connect, conversation_seed, world_of
from studio.simulation.systems import connect

AT_ONCE = 400
"""Conversations that are carried on together."""
_ENDS_THE_RUN = frozenset({"forbidden", "budget", "unreachable", "refused", "cancelled"})

Outcome = ModelReply | ModelFailure
Talk = Generator[ModelRequest, Outcome, Conversation]
Part = Literal["words", "whole"]
"""What a model does: listen and word, or act as the whole agent under guards."""
WHOLE = " as the whole agent"


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


@dataclass(slots=True)
class _Open:
    """A conversation under way, and what it asks."""

    talk: Talk
    asks: ModelRequest


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
    carry_on, name = (talk, model.name) if part == "words" else (talk_whole, f"{model.name}{WHOLE}")

    def told(fraction: float, message: str = "") -> None:
        progress(gathering.done / total, f"{gathering.done:,} of {total:,} conversations; {message}")

    try:
        everyone = ((scenario, number) for scenario in scenarios for number in range(customers))
        while some := list(islice(everyone, AT_ONCE)):
            talks = (carry_on(program, world, who, n, seed, connect(who)) for who, n in some)
            for _, found in groupby(_together(talks, model, told), lambda each: each.scenario):
                conversations = list(found)
                batch = made(conversations, [False] * len(conversations), ground)
                gathering.add(MadeBatch((("draft", batch),)))
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
    carry_on = talk if part == "words" else talk_whole
    found = []
    for scenario in scenarios:
        begun = carry_on(program, world, scenario, 0, seed, connect(scenario))
        found += list(islice(begun, 1))
        begun.close()
    return tuple(found)


def _together(talks: Iterator[Talk], model: LanguageModel, progress: Progress) -> list[Conversation]:
    """Carry on some conversations to their ends, in rounds; return them in order."""
    ended: dict[int, Conversation] = {}
    under_way: dict[int, _Open] = {}
    for number, each in enumerate(talks):
        _go_on(number, each, None, under_way, ended)
    while under_way:
        numbers = list(under_way)
        outcomes = model.ask([under_way[number].asks for number in numbers], progress)
        for number, outcome in zip(numbers, outcomes, strict=True):
            if isinstance(outcome, ModelFailure) and outcome.kind in _ENDS_THE_RUN:
                raise ModelStopped(outcome)
            _go_on(number, under_way.pop(number).talk, outcome, under_way, ended)
    return [ended[number] for number in sorted(ended)]


def _go_on(
    number: int,
    talk: Talk,
    outcome: Outcome | None,
    under_way: dict[int, _Open],
    ended: dict[int, Conversation],
) -> None:
    try:
        asks = next(talk) if outcome is None else talk.send(outcome)
    except StopIteration as end:
        ended[number] = end.value
    else:
        under_way[number] = _Open(talk, asks)


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
