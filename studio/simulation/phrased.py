"""Customers in a language model's words: what it is asked, and what of its answers is let through.

- Who the customer is, what they want and when they say it stay ours: the model only puts a turn otherwise.
  The draft answers alone, by its steps; what was said is the customer's turn, held against the card.
- Every figure and every fact that the turn told must be told, and none else; else our own words are said.
"""

from __future__ import annotations

from collections.abc import Generator

from studio.domain.model import ModelFailure, ModelMessage, ModelRequest
from studio.domain.run import Conversation
from studio.domain.scenario import Scenario
from studio.domain.trace import Turn
from studio.ports import Connector
from studio.running import Outcome
from studio.runtime import Program, advance, start
from studio.runtime.recording import turn as made_turn
from studio.simulation.concluding import conclude, make_ready
from studio.simulation.customers import Customer, World
from studio.simulation.interpreting import (
    SAID,
    Interpreted,
    answer_tree,
    figures_in,
    left_out,
    unheard,
)
from studio.simulation.runner import conversation_seed

_MOST_TOKENS = 300


def phrasing_request(scenario: Scenario, text: str) -> ModelRequest:
    """Return the question how this customer would put a turn."""
    manner = ", ".join((scenario.persona.words, *scenario.behaviours))
    system = (
        f"You word what a customer writes to customer service. The customer is {manner}. Say the same as "
        "this person would: keep every number, code, name, address and wish, add no fact, and answer nothing."
    )
    return ModelRequest(
        purpose="to word what a simulated customer says",
        messages=(ModelMessage(role="system", text=system), ModelMessage(role="user", text=f"Say: {text}")),
        contents=("agent", "conversations"),
        answer_name="said",
        answer_schema=SAID,
        most_tokens=_MOST_TOKENS,
    )


def phrased(scenario: Scenario, text: str, reply: str) -> Interpreted:
    """Return the customer's turn in a model's words, or in ours where those tell something else."""
    told = answer_tree(reply)
    said = told.get("text") if told else None
    if not isinstance(said, str) or not said.strip():
        return Interpreted(text, (left_out("The model's wording of the customer has another form."),))
    said = " ".join(said.split())
    if figures_in(said) != figures_in(text) or _facts_in(scenario, said) != _facts_in(scenario, text):
        why = "tells other facts"
    elif len(said) > 2 * len(text) + 80:
        why = "is far longer than the turn"
    else:
        return Interpreted(said)
    return Interpreted(text, (left_out(f"The model's wording of the customer {why}; ours is said."),))


def _facts_in(scenario: Scenario, text: str) -> frozenset[str]:
    """Return the words of the card that a text tells."""
    plain = text.casefold()
    values = (
        value
        for fact in scenario.facts
        for value in (fact.value, fact.wrong, fact.another, fact.forbidden)
        if isinstance(value, str)
    )
    return frozenset(value.casefold() for value in values if value.casefold() in plain)


def talk_phrased(
    program: Program, world: World, scenario: Scenario, number: int, seed: int, systems: Connector
) -> Generator[ModelRequest, Outcome, Conversation]:
    """Carry on one conversation in which the model words the customer, and the draft answers alone."""
    own_seed = conversation_seed(seed, scenario.id, number)
    make_ready(systems, program, own_seed)
    customer = Customer(scenario, number, own_seed, world)
    state, turns = start(program)
    words: str | None = customer.open()
    while True:
        put = Interpreted(words or "")
        if words:
            outcome = yield phrasing_request(scenario, words)
            if isinstance(outcome, ModelFailure):
                put = Interpreted(words, unheard(outcome.sentence))
            else:
                put = phrased(scenario, words, outcome.text)
        state, more = advance(program, state, put.text if words else words, systems)
        turns += tuple(_noted(each, put) for each in more)
        if state.outcome is not None:
            break
        words = customer.reply(program.asked(state))
    fault = getattr(customer, "fault", "")
    return conclude(program, scenario, number, own_seed, state.outcome, turns, systems, fault)


def _noted(turn: Turn, put: Interpreted) -> Turn:
    if turn.role != "customer" or not put.notes:
        return turn
    return made_turn(turn.role, turn.text, [*put.notes, *turn.events])
