"""A language model as the whole agent: what it is asked at each move, and what of its moves is let through.

- It chooses what to say and which system to call; facts come from the customer's words and from systems, as
  the runtime reads them, never from the model. A call carries these facts or does not go out.
- Guards, limits and schemas are the runtime's own; a guard whose facts nobody has looked up yet stops the
  call. Disclosures, the handoff and the first words are the draft's, word for word.
- What it says holds no figure but those of known facts and of systems.
- What is stopped is written down, and the model is told why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from studio.domain.condition import fields_of, spell
from studio.domain.frozen import Json
from studio.domain.model import ModelMessage, ModelRequest
from studio.domain.tool import Tool
from studio.domain.trace import Turn
from studio.domain.workflow import Argument, Disclose, End, Slot, Step, ToolCall, Verify
from studio.ports import Connector
from studio.runtime import Program, State
from studio.runtime.calls import gather, learn
from studio.runtime.listening import listen
from studio.runtime.recording import Log, event
from studio.runtime.signals import signals
from studio.runtime.state import Frame, Memory, thaw
from studio.runtime.systems import Caller
from studio.runtime.templates import fill
from studio.runtime.walking import Walk, question
from studio.runtime.wishes import chosen_of
from studio.simulation.interpreting import STOPPED

MOVES = 8
"""Moves that a model may make between two turns of the customer; then a person takes over."""
_MOST_TOKENS = 400
_FIGURES = re.compile(r"\d[\d.,]*")
_NO_WORDS = "I am sorry, I cannot tell you that."
_MOVE: dict[str, Json] = {
    "type": "object",
    "properties": {
        "do": {"enum": ["say", "call", "disclose", "hand over", "end"]},
        "text": {"type": "string"},
        "asks": {"type": ["string", "null"]},
        "tool": {"type": ["string", "null"]},
        "arguments": {"type": "object"},
        "rule": {"type": ["string", "null"]},
        "outcome": {"enum": ["resolved", "refused", None]},
    },
    "required": ["do", "text"],
    "additionalProperties": False,
}


@dataclass(slots=True)
class Stand:
    """One conversation that a model leads: what is known, what was said, and how many moves were made."""

    program: Program
    connector: Connector
    memory: Memory
    turns: list[Turn]
    talk: list[str] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    moves: int = 0

    @staticmethod
    def of(program: Program, connector: Connector, state: State, turns: tuple[Turn, ...]) -> Stand:
        """Return a conversation that has begun."""
        return Stand(program, connector, thaw(state), list(turns), [f"agent: {t.text}" for t in turns])

    @property
    def asked(self) -> Slot | None:
        """Return the fact that was asked for last, or None."""
        return _slot(self.program, self.memory.asking)

    def walk(self, log: Log) -> Walk:
        """Return the runtime's own hand for calling and ending."""
        return Walk(self.program, self.memory, self.connector, log)

    def keep(self, log: Log) -> None:
        """Add what was said and done."""
        made = log.closed()
        self.turns += made
        self.talk += [f"{turn.role}: {turn.text}" for turn in made if turn.text]


def hear(stand: Stand, words: str | None) -> bool:
    """Take in a customer's turn; return whether the model is to move now."""
    memory, log = stand.memory, Log()
    walk = stand.walk(log)
    if words is None:
        walk.finish("abandoned", "The customer left.")
    else:
        memory.turns += 1
        stand.moves = 0
        if signals(words).has("person"):
            log.note(event("understood", "Asks for a person.", label="person"))
            log.heard(words)
            walk.hand_over("the customer asked for a person")
        else:
            _understand(stand, words, log)
            log.heard(words)
    stand.keep(log)
    return memory.outcome is None


def _understand(stand: Stand, words: str, log: Log) -> None:
    memory, program = stand.memory, stand.program
    if not memory.frames and (wish := chosen_of(program, memory, words)) is not None:
        flow = program.flows[wish].workflow
        log.note(event("understood", f"Wants: {flow.name}.", workflow=wish, label="intent"))
        memory.frames = [Frame(wish, flow.start)]
    ears = {
        ear.slot.id: ear
        for name, flow in program.flows.items()
        for ear in flow.ears
        if not memory.frames or name == memory.frames[0].workflow
    }
    last = memory.given[-1] if memory.given else None
    heard = listen(words, tuple(ears.values()), memory.asking, memory.facts, last, None)
    told = {**heard.facts, **heard.corrected}
    if any(memory.facts.get(name, value) != value for name, value in told.items()):
        # What systems said about the old facts is void, and so is identity.
        memory.facts = {name: memory.facts[name] for name in memory.given}
        memory.verified = False
    if told:
        memory.facts.update(told)
        memory.given += [name for name in told if name not in memory.given]
        spelled = "; ".join(f"{program.label(name)}: {spell(value)}" for name, value in told.items())
        log.note(event("understood", f"{spelled}.", facts=told))


def acting_request(stand: Stand) -> ModelRequest:
    """Return the question what to do next."""
    program, memory = stand.program, stand.memory
    charter = program.agent.charter
    rules = "\n".join(f"- {rule.id} ({rule.kind}): {rule.text}" for rule in charter.rules)
    tools = "\n".join(
        f"- {name} ({tool.effect}): {json.dumps(tool.parameters, sort_keys=True)}"
        for name, tool in program.tools.items()
    )
    flows = "\n".join(
        f"- {flow.workflow.name}: {'; '.join(step.title for step in flow.workflow.steps)}"
        for flow in program.flows.values()
    )
    slots = ", ".join(dict.fromkeys(ear.slot.id for flow in program.flows.values() for ear in flow.ears))
    known = json.dumps({**memory.facts, "identity verified": memory.verified}, sort_keys=True)
    tone = f"\nManner: {charter.tone}" if charter.tone else ""
    system = (
        f"You are a customer-service agent. Purpose: {charter.purpose}{tone}\nRules:\n{rules}\n"
        f"Procedures:\n{flows}\nSystems:\n{tools}\nFacts you may ask for: {slots}\n"
        "Make one move: say something (name the fact it asks for in `asks`), call a system with what is "
        "known, disclose what a rule demands (`rule`), hand over to a person, or end (`outcome`)."
    )
    talk = "\n".join(stand.talk)
    return ModelRequest(
        purpose="to act for the agent in a simulated conversation",
        messages=(
            ModelMessage(role="system", text=system),
            ModelMessage(role="user", text=f"Known: {known}\nConversation so far:\n{talk}\nYour move?"),
        ),
        contents=("agent", "conversations"),
        answer_name="move",
        answer_schema=_MOVE,
        most_tokens=_MOST_TOKENS,
    )


def act(stand: Stand, reply: str) -> bool:
    """Make the model's move, as far as it is let through; return whether it is to move again."""
    log, memory = Log(), stand.memory
    stand.moves += 1
    move = json.loads(reply)
    again = _MOVES[move["do"]](stand, move, log)
    if again and stand.moves >= MOVES:
        give_up(stand, f"No turn of the customer within {MOVES} moves of the model.", log)
    stand.keep(log)
    return again and memory.outcome is None


def give_up(stand: Stand, why: str, log: Log | None = None) -> None:
    """Hand over to a person, because the model cannot go on."""
    own = log or Log()
    _stopped(stand, own, why)
    stand.walk(own).hand_over("the language model could not go on")
    if log is None:
        stand.keep(own)


def _stopped(stand: Stand, log: Log, why: str, tool: str | None = None) -> None:
    log.note(event("guard", why, tool=tool, label=STOPPED))
    stand.talk.append(f"system: stopped. {why}")


def _say(stand: Stand, move: dict[str, Json], log: Log) -> bool:
    slot = _slot(stand.program, move.get("asks"))
    stand.memory.asking = slot.id if slot else None
    log.say(_told(stand, str(move["text"]), question(slot) if slot else _NO_WORDS, log))
    return False


def _told(stand: Stand, text: str, instead: str, log: Log) -> str:
    """Return the words if every figure in them is known, else those of the draft."""
    known = stand.numbers | _figures(" ".join(spell(value) for value in stand.memory.facts.values()))
    known |= _figures(" ".join(stand.memory.told.values()))
    invented = sorted(_figures(text) - known)
    if not invented and text.strip():
        return " ".join(text.split())
    why = f"figures that nobody gave ({', '.join(invented)})" if invented else "no words"
    _stopped(stand, log, f"What the model wanted to say has {why}; it was not said.")
    return instead


def _figures(text: str) -> set[str]:
    return {found.strip(".,") for found in _FIGURES.findall(text)}


def _disclose(stand: Stand, move: dict[str, Json], log: Log) -> bool:
    memory = stand.memory
    for flow, step in _steps(stand.program):
        if isinstance(step, Disclose) and step.rule == move.get("rule"):
            words = fill(step.text, memory.facts, stand.program.labels)
            memory.told[step.rule] = words
            log.say(words)
            if step.rule not in memory.disclosed:
                memory.disclosed.append(step.rule)
                log.note(
                    event("disclosure", f"Said {step.rule}.", step=step.id, workflow=flow, rule=step.rule)
                )
            return True
    _stopped(stand, log, f"The model wanted to disclose what no rule demands: {move.get('rule')}.")
    return True


def _slot(program: Program, name: str | None) -> Slot | None:
    ears = (ear for flow in program.flows.values() for ear in flow.ears)
    return next((ear.slot for ear in ears if ear.slot.id == name), None)


def _steps(program: Program) -> Iterator[tuple[str, Step]]:
    return ((name, step) for name, flow in program.flows.items() for step in flow.workflow.steps)


def _hand_over(stand: Stand, _move: dict[str, Json], log: Log) -> bool:
    stand.walk(log).hand_over("the language model chose to")
    return False


def _end(stand: Stand, move: dict[str, Json], log: Log) -> bool:
    outcome = move.get("outcome") or "resolved"
    ends = [(w, s) for w, s in _near(stand) if isinstance(s, End) and s.outcome == outcome]
    instead = _NO_WORDS
    for flow, own in ends[:1]:
        log.note(event("step", own.title, step=own.id, workflow=flow))
        instead = fill(own.say, stand.memory.facts, stand.program.labels) or _NO_WORDS
    log.say(_told(stand, str(move["text"]), instead, log))
    stand.walk(log).finish(str(outcome), f"Ended: {outcome}.")
    return False


# Systems


def _call(stand: Stand, move: dict[str, Json], log: Log) -> bool:
    program, memory = stand.program, stand.memory
    name = str(move.get("tool"))
    tool = program.tools.get(name)
    found = _caller(stand, name)
    if (
        found is not None
        and isinstance(found[1], Verify)
        and memory.tries.get(found[1].id, 0) >= found[1].tries
    ):
        _stopped(stand, log, f"The model wanted to try identity more often than {found[1].tries} times.")
        stand.walk(log).hand_over("identity could not be verified")
        return False
    if tool is None or found is None:
        _stopped(stand, log, f"The model wanted to use what the agent has no step for: {name}.")
        return True
    flow, step = found
    wanted = _wanted(step, tool)
    sent = gather(tool, wanted, memory.facts)
    if why := _not_known(stand, tool, sent, move.get("arguments") or {}):
        _stopped(stand, log, why, name)
        return True
    wish = memory.frames[:1]
    memory.frames = [*(each for each in wish if each.workflow != flow), Frame(flow, step.id)]
    log.note(event("step", step.title, step=step.id, workflow=flow))
    walk = stand.walk(log)
    reply = walk.systems.use(step, name, wanted, step.retries if isinstance(step, ToolCall) else 1)
    memory.frames = wish or [Frame(flow, step.id)]
    _learn(stand, flow, step, reply, log)
    return True


def _wanted(step: Caller, tool: Tool) -> tuple[Argument, ...]:
    if step.arguments or isinstance(step, ToolCall):
        return step.arguments
    return tuple(Argument(name=name, fact=name) for name in step.slots if name in tool.argument_names)


def _caller(stand: Stand, name: str) -> tuple[str, Caller] | None:
    """Return the step that calls a system: of the workflow that the customer wants, else of another."""
    return next(
        ((w, s) for w, s in _near(stand) if isinstance(s, ToolCall | Verify) and s.tool == name), None
    )


def _near(stand: Stand) -> list[tuple[str, Step]]:
    """Return all steps, those of the workflow that the customer wants first."""
    frames = stand.memory.frames
    first = frames[0].workflow if frames else ""
    return sorted(_steps(stand.program), key=lambda each: each[0] != first)


def _not_known(stand: Stand, tool: Tool, sent: dict[str, Json], asked: dict[str, Json]) -> str | None:
    """Return why a call does not go out before any guard is asked, or None."""
    for name, value in asked.items():
        if name not in sent:
            return f"“{tool.name}” was not called: nobody gave “{name}” ({value})."
        if str(sent[name]).casefold() != str(value).casefold() and sent[name] != value:
            return f"“{tool.name}” was not called: “{name}” is {sent[name]}, and the model said {value}."
    learned = {
        binding.fact for _, s in _steps(stand.program) if isinstance(s, ToolCall) for binding in s.results
    }
    for rule, guard in stand.program.guards.get(tool.name, ()):
        fields = fields_of(guard.forbidden_when) if guard.forbidden_when else frozenset()
        if unknown := (fields & learned) - set(stand.memory.facts):
            return f"{rule.id} “{rule.title}” stopped “{tool.name}”: {min(unknown)} was not looked up yet."
    return None


def _learn(stand: Stand, flow: str, step: Caller, reply: dict[str, Json] | None, log: Log) -> None:
    """Take in what a system answered, and tell the model."""
    memory = stand.memory
    if reply is None:
        stand.talk.append(f"system: {step.tool} was stopped or failed.")
        return
    if isinstance(step, Verify):
        _identified(stand, flow, step, reply.get("verified") is True, log)
    else:
        learned, _ = learn(reply, step.results)
        memory.facts.update(learned)
    stand.talk.append(f"system: {step.tool} answered {json.dumps(reply, sort_keys=True)}")
    stand.numbers |= _figures(json.dumps(reply))


def _identified(stand: Stand, flow: str, step: Verify, verified: bool, log: Log) -> None:
    """Hold whether identity was verified; what did not match is forgotten, and tries are counted."""
    memory = stand.memory
    memory.verified = verified
    label = "verified" if verified else "not verified"
    log.note(event("branch", f"{step.title}: {label}", step=step.id, workflow=flow, label=label))
    if verified:
        return
    memory.tries[step.id] = memory.tries.get(step.id, 0) + 1
    for name in step.slots:
        memory.facts.pop(name, None)
    memory.given = [name for name in memory.given if name not in step.slots]


_MOVES: dict[str, Callable[[Stand, dict[str, Json], Log], bool]] = {
    "say": _say, "call": _call, "disclose": _disclose, "hand over": _hand_over, "end": _end,
}  # fmt: skip
