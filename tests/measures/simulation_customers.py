"""The simulated customers: sentences for each speech act, manners that must change nothing, and their cost.

- Sentences are counted distinct, without noise; with noise, distinct openings and answers are counted in
  conversations as they are held.
- Every test of the shop and of both samples is held in every harmless manner, then in triples drawn by seed,
  and with every persona; whoever ends elsewhere than the plain customer is counted by whose fault it was.
- The cost is processor time of this process for one conversation with everything, in plain tests.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from studio.domain.agent import Agent
from studio.domain.collector import uncollected
from studio.domain.run import Conversation
from studio.domain.scenario import Persona, Scenario
from studio.runtime.program import Program
from studio.simulation.generating import HARMLESS, as_persons, at_decisions, in_manners
from studio.simulation.languages import LANGUAGES, sentences
from studio.simulation.runner import converse, world_of
from studio.simulation.systems import connect

ROOT = Path(__file__).parents[2]
AGENTS = {
    "shop of the tests": ROOT / "tests" / "simulation" / "shop.json",
    "returns_assistant": ROOT / "sample_projects" / "returns_assistant" / "agent.json",
    "appointment_desk": ROOT / "sample_projects" / "appointment_desk" / "agent.json",
}
SHOWN = 6
"""Conversations that were not right, shown for each kind."""
PERSONAS = {
    "on the phone": Persona(channel="phone"),
    "by text message": Persona(channel="text message"),
    "by e-mail": Persona(channel="e-mail", name="Ada Finch"),
    "worried": Persona(mood="worried"),
    "angry": Persona(mood="angry", patience="high"),
    "basic English": Persona(language="basic"),
    "unclear": Persona(clarity="low"),
}


def _held(agent: Agent, scenarios: Iterable[Scenario], customers: int) -> list[Conversation]:
    program = Program.of(agent)
    world = world_of(program)
    return [
        converse(program, world, each, number, 7, connect(each))
        for each in scenarios
        for number in range(customers)
    ]


def _patient(scenario: Scenario) -> Scenario:
    persona = scenario.persona.model_copy(update={"patience": "high"})
    return scenario.model_copy(update={"persona": persona})


def _triples(scenario: Scenario) -> list[Scenario]:
    made = list(in_manners(scenario, HARMLESS, together=3))
    return random.Random(scenario.id).sample(made, min(12, len(made)))


def _told(words: str, found: list[Conversation]) -> None:
    wrong = [talk for talk in found if not talk.passed]
    blamed = dict(Counter(talk.blame for talk in wrong))
    print(f"  {words:<40} {len(found):>6} held, {len(found) - len(wrong):>6} right; not right: {blamed}")
    for talk in wrong[:SHOWN]:
        print(f"    {talk.scenario}, customer {talk.customer}: {talk.because}")


def _words() -> None:
    for language in LANGUAGES:
        print(f"{language}: speech act, phrases, distinct sentences")
        for act, phrases in sorted(sentences(language).items()):
            print(f"  {act:<24} {len(phrases):>3} {len({each for ways in phrases for each in ways}):>4}")


def _cost(agent: Agent) -> str:
    best = 1.0
    with uncollected():
        for _ in range(3):
            start = time.process_time()
            found = _held(agent, agent.scenarios, 30)
            best = min(best, (time.process_time() - start) / len(found))
    turns = sum(turn.role == "customer" for talk in found for turn in talk.turns) / len(found)
    of_turns = f"a conversation of {turns:.1f} customer turns"
    return f"{best * 1e6:.0f} µs of one core {of_turns} ({1 / best:,.0f} a second)"


def main() -> None:
    """Print everything."""
    _words()
    for name, path in AGENTS.items():
        agent = Agent.model_validate_json(path.read_bytes())
        print(f"{name}: {len(agent.scenarios)} tests")
        plain = _held(agent, agent.scenarios, 40)
        _told("as they are", plain)
        said = [turn.text for talk in plain for turn in talk.turns if turn.role == "customer"]
        print(f"  distinct among {len(said):,} customer turns: {len(set(said)):,}")
        patient = [_patient(each) for each in agent.scenarios]
        _told("in each harmless manner", _held(agent, (m for s in patient for m in in_manners(s)), 3))
        _told("in three manners at a time", _held(agent, (m for s in patient for m in _triples(s)), 2))
        _told(
            "as other persons", _held(agent, (m for s in agent.scenarios for m in as_persons(s, PERSONAS)), 4)
        )
        decisions = [made for s in agent.scenarios for _, made in at_decisions(agent, s)]
        _told("at rows and limits of decisions", _held(agent, decisions, 2))
        print(f"  cost: {_cost(agent)}")


if __name__ == "__main__":
    main()
