"""A language model as ear and mouth of the agent: what it is asked, and what of its answers is let through.

- The workflow, the systems and every guard stay those of the runtime: the model says in a fixed form what the
  customer told, and rewords what the agent says; it decides nothing.
- What it understood must stand in what the customer said, must be a slot or a workflow of this agent, and
  reaches the runtime as plain words. What it says must keep every figure and every question, bring in none,
  and disclosures, handoffs and the first words are never reworded. What fails is left out, and written down.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from studio.domain.frozen import Json
from studio.domain.model import ModelMessage, ModelRequest
from studio.domain.trace import TraceEvent, Turn
from studio.domain.workflow import Slot
from studio.runtime import Program, State
from studio.runtime.recording import event

STOPPED = "model stopped"
"""The label of what was not let through."""
UNDERSTOOD = "model"
"""The label of what a model understood."""
_MOST_TOKENS = 300
_FIXED = frozenset({"disclosure", "handoff", "end"})
_FIGURES = re.compile(r"[\w.+-]+@[\w.-]+|[A-Za-z]*\d[\w.,-]*")
_WANTS_PERSON = "I want to speak to a person, please."

_HEARD: dict[str, Json] = {
    "type": "object",
    "properties": {
        "workflow": {"type": ["string", "null"]},
        "facts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"slot": {"type": "string"}, "value": {"type": "string"}},
                "required": ["slot", "value"],
                "additionalProperties": False,
            },
        },
        "wants_person": {"type": "boolean"},
    },
    "required": ["workflow", "facts", "wants_person"],
    "additionalProperties": False,
}
SAID: dict[str, Json] = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Interpreted:
    """What reaches the runtime or the customer, and what is written down about it."""

    text: str
    notes: tuple[TraceEvent, ...] = ()


def hearing_request(program: Program, state: State, words: str) -> ModelRequest:
    """Return the question what a customer's turn tells."""
    flows = "\n".join(f"- {name}: {flow.workflow.intent}" for name, flow in _flows(program))
    slots = "\n".join(
        f"- {slot.id}: {slot.label or slot.id} ({_kind(slot)})" for slot in _slots(program, state)
    )
    asked = program.asked(state)
    question = f"The agent asked for: {asked.id}." if asked else "The agent asked what is wanted."
    system = (
        "You listen for a customer-service agent. Say which workflow the customer wants (null if none is "
        "named), which facts the customer states, in the customer's own words, and whether a person is asked "
        f"for. State nothing that the customer did not say.\nWorkflows:\n{flows}\nFacts:\n{slots}\n{question}"
    )
    return _request("to understand a simulated customer", system, words, "heard", _HEARD)


def wording_request(program: Program, text: str, words: str) -> ModelRequest:
    """Return the question how to say what the agent says, to who said these words."""
    charter = program.agent.charter
    manner = f"in this manner: {charter.tone.rstrip('. ')}, and briefly" if charter.tone else ""
    system = (
        f"You word what a customer-service agent ({charter.purpose}) says. Say the same "
        f"{manner or 'in a friendly way and briefly'}: keep every question, number, name and amount, "
        "add none, promise nothing."
    )
    return _request(
        "to word what the agent says", system, f"The customer said: {words}\nSay: {text}", "said", SAID
    )


def _request(purpose: str, system: str, user: str, name: str, schema: dict[str, Json]) -> ModelRequest:
    return ModelRequest(
        purpose=purpose,
        messages=(ModelMessage(role="system", text=system), ModelMessage(role="user", text=user)),
        contents=("agent", "conversations"),
        answer_name=name,
        answer_schema=schema,
        most_tokens=_MOST_TOKENS,
    )


def heard(program: Program, state: State, words: str, reply: str) -> Interpreted:
    """Return a customer's turn as a model understood it, in words the runtime surely understands.

    Where nothing of the reply holds, the words stay as they were.
    """
    told = answer_tree(reply)
    if told is None:
        return Interpreted(words, (left_out("The model's answer has another form than was asked for."),))
    parts: list[str] = []
    notes: list[TraceEvent] = []
    if told.get("wants_person") is True:
        parts.append(_WANTS_PERSON)
    flow = dict(_flows(program)).get(str(told.get("workflow")))
    if flow is not None and not state.frames:
        parts.append((flow.workflow.examples or (flow.workflow.name,))[0])
    elif told.get("workflow") and flow is None:
        notes.append(left_out(f"The model heard a workflow that there is not: {told['workflow']}."))
    slots = {slot.id: slot for slot in _slots(program, state)}
    for fact in told.get("facts") or ():
        said, why = _stated(slots, state, words, fact)
        if why:
            notes.append(left_out(why))
        else:
            parts.append(said)
    if parts:
        plain = " ".join(parts)
        notes.insert(0, event("understood", f"A language model understood: {plain}", label=UNDERSTOOD))
        return Interpreted(plain, tuple(notes))
    return Interpreted(words, tuple(notes))


def _stated(slots: dict[str, Slot], state: State, words: str, fact: Json) -> tuple[str, str]:
    """Return a fact as plain words, or why it is left out."""
    name, value = (fact.get("slot"), fact.get("value")) if isinstance(fact, dict) else (None, None)
    slot = slots.get(str(name))
    if slot is None or not isinstance(value, str) or not value.strip():
        return "", f"The model heard something that nobody asks for: {name}."
    value = " ".join(value.split())
    free = slot.type in ("choice", "yes or no")
    known = {choice.casefold() for choice in slot.choices} | {"yes", "no"}
    if value.casefold() not in " ".join(words.split()).casefold() and not (
        free and value.casefold() in known
    ):
        return "", f"The model heard “{value}” as {slot.label or slot.id}, which the customer did not say."
    if slot.id == state.asking:
        return f"{value}.", ""
    before = "Sorry, I meant: my" if slot.id in state.facts else "My"
    return f"{before} {slot.label or slot.id.replace('_', ' ')} is {value}.", ""


def may_be_reworded(turn: Turn) -> bool:
    """Return whether a turn of the agent may be said in other words."""
    return turn.role == "agent" and bool(turn.text) and not any(e.kind in _FIXED for e in turn.events)


def worded(text: str, reply: str) -> Interpreted:
    """Return what the agent says in a model's words, or its own words where those say something else."""
    told = answer_tree(reply)
    said = told.get("text") if told else None
    if not isinstance(said, str) or not said.strip():
        return Interpreted(text, (left_out("The model's wording has another form than was asked for."),))
    said = " ".join(said.split())
    if figures_in(said) != figures_in(text):
        why = "figures that the agent did not say, or leaves some out"
    elif ("?" in text) != ("?" in said):
        why = "a question that the agent did not ask, or leaves it out"
    elif len(said) > 2 * len(text) + 80:
        why = "far more than the agent said"
    else:
        return Interpreted(said)
    return Interpreted(text, (left_out(f"The model's wording has {why}; the agent's own words are said."),))


def unheard(why: str) -> tuple[TraceEvent, ...]:
    """Return the note on a question to which there was no usable answer."""
    return (left_out(f"The model gave no usable answer ({why}); it went on without."),)


def figures_in(text: str) -> frozenset[str]:
    """Return the numbers, codes and addresses of a text."""
    return frozenset(_FIGURES.findall(text))


def left_out(why: str) -> TraceEvent:
    """Return the note on what of a model's answer was left out."""
    return event("guard", why, label=STOPPED)


def answer_tree(reply: str) -> dict[str, Json] | None:
    """Return an answer that has a form; None for any other."""
    try:
        found = json.loads(reply)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _flows(program: Program) -> list[tuple[str, Json]]:
    return [(name, flow) for name, flow in program.flows.items() if not flow.workflow.reusable]


def _slots(program: Program, state: State) -> list[Slot]:
    """Return what may be told here: of the present workflow, or of all before one was chosen."""
    if state.frames:
        return [ear.slot for ear in program.flows[state.frames[0].workflow].ears]
    found = {ear.slot.id: ear.slot for _, flow in _flows(program) for ear in flow.ears}
    return list(found.values())


def _kind(slot: Slot) -> str:
    return f"one of: {', '.join(slot.choices)}" if slot.choices else slot.type
