"""One conversation, step by step: it begins with a greeting and goes on with each customer turn.

- Same program, state, text and connector replies give the same turns, byte for byte: no clock, no
  global randomness, no input or output of its own.
- The customer may ask for a person at any time; silence, words aside, a correction and a change of mind
  are heard wherever they come.
- Another wish begins its workflow anew with what was told. Once something was written, it waits for the end
  of that matter; a wish that is taken back then goes to a person.
- What was resolved or refused stays open for an afterword: a challenge, a fact that comes late, another wish.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from studio.domain.condition import Scalar
from studio.domain.errors import WrongUse
from studio.domain.trace import Turn
from studio.ports import Connector
from studio.runtime.asides import (
    CLOSING,
    GO_ON,
    INDULGENCE,
    Aside,
    asides,
    breaks_off,
    further_questions,
    off_topic,
)
from studio.runtime.further import carry_over
from studio.runtime.listening import LONGEST, Heard, drops, listen
from studio.runtime.program import Program
from studio.runtime.recording import Log, event
from studio.runtime.signals import Signals, signals
from studio.runtime.state import Frame, State, freeze, thaw
from studio.runtime.templates import spell_out
from studio.runtime.walking import Stretches, Walk
from studio.runtime.wishes import chosen_of, other_wish, several, wish_instead

TURN_LIMIT = 40
"""Customer turns in one conversation; after that a person takes over."""
MISUNDERSTANDINGS = 3
"""How often a wish may stay unclear before a person takes over."""
SILENCES = 3
"""How often the customer may say nothing before the conversation is given up."""
REOPENED = ("resolved", "refused")
"""Outcomes after which the customer may still say something."""

_ASK = "How can I help you?"


def start(program: Program, today: str | None = None) -> tuple[State, tuple[Turn, ...]]:
    """Begin a conversation: the agent says that it is one, and asks what is wanted.

    `today` (ISO) is the day on which it takes place; without it, "last Tuesday" is no day.
    """
    log = Log()
    charter = program.agent.charter
    if charter.ai_disclosure:
        log.say(charter.ai_disclosure)
        log.note(event("disclosure", "Said that it is an automated assistant.", label="ai"))
    if not charter.ai_disclosure.rstrip().endswith("?"):
        log.say(_ASK)
    return State(today=today), log.closed()


def advance(
    program: Program,
    state: State,
    text: str | None,
    connector: Connector,
    known: Stretches | None = None,
) -> tuple[State, tuple[Turn, ...]]:
    """Take in one customer turn ("" is silence, None that the customer left) and answer it.

    Returns the new state and the turns since, the customer's first; raises WrongUse where nobody is there
    to answer any more: after a handoff, or after the customer left. `known` may remember stretches of steps.
    """
    if state.ended and state.outcome not in REOPENED:
        raise WrongUse("This conversation has ended.", "Start a new one.")
    memory = thaw(state)
    log = Log()
    walk = Walk(program, memory, connector, log, known)
    if text is None:
        if not state.ended:
            walk.finish("abandoned", "The customer left.")
        return freeze(memory), log.closed()
    memory.turns += 1
    _hear(walk, text.strip()[:LONGEST])
    return freeze(memory), log.closed()


@lru_cache(maxsize=256)
def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _hear(walk: Walk, text: str) -> None:
    memory, log = walk.memory, walk.log
    settled, memory.outcome = memory.outcome, None
    if not text:
        _silence(walk, settled)
    elif (said := signals(text)).has("person"):
        log.note(event("understood", "Asks for a person.", label="person"))
        log.heard(text)
        walk.hand_over("the customer asked for a person")
    elif memory.turns > TURN_LIMIT:
        log.heard(text)
        log.note(event("failure", f"No end after {TURN_LIMIT} customer turns.", label="turn limit"))
        walk.hand_over("the conversation did not come to an end")
    elif settled is not None:
        _afterwards(walk, text, said, settled)
    elif memory.frames:
        _listen_on(walk, text, said)
    else:
        _understand(walk, text, said)


def _silence(walk: Walk, settled: str | None) -> None:
    memory, log = walk.memory, walk.log
    log.note(event("understood", "Silence.", label="silence"))
    log.heard("")
    if settled is not None:
        memory.outcome = settled
        return
    memory.silences += 1
    if memory.silences >= SILENCES:
        walk.finish("abandoned", "The customer does not answer any more.")
        return
    log.say("Are you still there?")
    slot = walk.program.slot(memory.frames, memory.asking) if memory.asking else None
    log.say(walk.question(slot) if slot else _ASK)


# What is wanted


def _understand(walk: Walk, text: str, said: Signals) -> None:
    """Find the workflow that is meant, or ask back; after repeated misunderstanding a person takes over."""
    memory, program, log = walk.memory, walk.program, walk.log
    whole = _whole(walk, text)
    wanted = several(program, whole)
    chosen = wanted[0] if wanted else chosen_of(program, memory, whole)
    if chosen is not None:
        memory.waiting += wanted[1:]
        remarks = asides(said, True, memory) or further_questions(program, whole, wanted)
        _begin(walk, chosen, text, whole, remarks)
        return
    if breaks_off(said, None) and whole == text:
        _broken_off(walk, text)
        return
    remark = off_topic(said, None)
    remarks = asides(said, False, memory) or ([remark] if remark and memory.offered else [])
    if remarks and memory.indulged < INDULGENCE:
        memory.indulged += 1
        _note_asides(walk, remarks, text)
        log.say(_ASK)
        return
    _ask_back(walk, text, whole)


def _ask_back(walk: Walk, text: str, whole: str) -> None:
    memory, program, log = walk.memory, walk.program, walk.log
    log.note(event("understood", "Not clear what is wanted.", label="unclear"))
    log.heard(text)
    memory.misunderstood += 1
    if memory.misunderstood >= MISUNDERSTANDINGS:
        walk.hand_over("it stayed unclear what the customer wants")
        return
    memory.offered = tuple(each.workflow for each in program.intents.rank(whole)[:3])
    names = [program.flows[flow].workflow.name.rstrip("?. ") for flow in memory.offered]
    offer = " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    log.say(
        f"I am not sure that I understood. Is it about: {offer}?" if names else "Could you say that again?"
    )


def _whole(walk: Walk, text: str) -> str:
    """Return a turn with the sentence that was broken off before it."""
    before, walk.memory.fragment = walk.memory.fragment, ""
    return f"{before.rstrip('.… ')} {text}" if before else text


def _broken_off(walk: Walk, text: str) -> None:
    """Wait for the rest of a sentence."""
    walk.memory.fragment = text
    walk.log.note(event("understood", "The sentence is not finished.", label="unfinished"))
    walk.log.heard(text)
    walk.log.say(GO_ON[walk.memory.turns % len(GO_ON)])


def _note_asides(walk: Walk, remarks: list[Aside], text: str) -> None:
    for remark in remarks:
        walk.log.note(event("understood", remark.detail, label=remark.name))
    walk.log.heard(text)
    for remark in remarks:
        walk.log.say(remark.reply)


def _begin(walk: Walk, chosen: str, text: str, whole: str, remarks: list[Aside]) -> None:
    memory, flow = walk.memory, walk.program.flows[chosen]
    walk.log.note(event("understood", f"Wants: {flow.workflow.name}.", workflow=chosen, label="intent"))
    memory.frames = [Frame(chosen, flow.workflow.start)]
    memory.entered, memory.asking, memory.offered = False, None, ()
    heard = listen(whole, flow.ears, None, {}, None, _day(memory.today))
    told = {name: value for name, value in heard.facts.items() if memory.facts.get(name, value) != value}
    if walk.program.identifying & told.keys():
        memory.verified = False  # this may be somebody else
    _take_in(walk, heard)
    _note_asides(walk, remarks, text)
    walk.run()


def _begin_further(walk: Walk, other: str, text: str) -> None:
    """Begin another wish with what was told so far."""
    carry_over(walk.memory, walk.program.answers)
    _begin(walk, other, text, text, [])


def _put_off(walk: Walk, other: str, text: str) -> None:
    """Keep another wish for the end of the present matter, which has changed something already."""
    memory, name = walk.memory, walk.program.flows[other].workflow.name.rstrip("?. ")
    if other not in memory.waiting:
        memory.waiting.append(other)
    detail = f"Also wants, once this is done: {name}."
    reply = f"I will come to that as soon as this is done: {name}."
    _note_asides(walk, [Aside("another wish", detail, reply)], text)
    walk.forgiving = True
    walk.run()


def _change_wish(walk: Walk, other: str, text: str) -> None:
    """Begin another workflow with what was told; what systems said and that identity held is void."""
    memory, log = walk.memory, walk.log
    before = walk.program.flows[memory.frames[0].workflow].workflow
    words = f"Takes the wish back: {before.name}."
    log.note(event("understood", words, workflow=before.id, label="correction"))
    if memory.wrote:
        log.heard(text)
        walk.hand_over(f"the wish was changed after “{memory.wrote[-1]}”")
        return
    memory.verified = False
    _begin_further(walk, other, text)


def _drop(walk: Walk, text: str) -> None:
    """Stop where nothing is wanted any more; once something was written, a person has to mend it."""
    memory, log = walk.memory, walk.log
    log.note(event("understood", "Does not want it any more.", label="drops"))
    log.heard(text)
    if memory.wrote:
        walk.hand_over(f"the wish was taken back after “{memory.wrote[-1]}”")
        return
    log.say("All right, I have stopped here. Nothing was changed.")
    walk.finish("abandoned", "The customer took the wish back.")


# What is told


def _listened(walk: Walk, text: str) -> Heard:
    memory = walk.memory
    flow = walk.program.flows[memory.frames[0].workflow]
    last = memory.given[-1] if memory.given else None
    return listen(text, flow.ears, memory.asking, memory.facts, last, _day(memory.today))


def _listen_on(walk: Walk, text: str, said: Signals) -> None:
    memory, program = walk.memory, walk.program
    asked = program.slot(memory.frames, memory.asking) if memory.asking else None
    if not memory.fragment and breaks_off(said, asked):
        _broken_off(walk, text)
        return
    whole = _whole(walk, text)
    heard = _listened(walk, whole)
    if (instead := wish_instead(program, memory, said.rest, heard)) is not None:
        _change_wish(walk, instead, text)
    elif drops(said.plain):
        _drop(walk, text)
    elif not heard.facts and not heard.corrected and (other := other_wish(program, memory, said.rest)):
        (_put_off if memory.wrote else _begin_further)(walk, other, text)
    else:
        _go_on(walk, text, said, heard)


def _go_on(walk: Walk, text: str, said: Signals, heard: Heard) -> None:
    """Take in what was told, answer what was said aside, and carry on."""
    memory, log = walk.memory, walk.log
    corrected = {name: value for name, value in heard.corrected.items() if name in memory.given}
    answered = memory.asking in heard.facts or bool(corrected)
    _take_in(walk, heard)
    if corrected:
        _note_facts(walk, corrected, "correction")
    remarks = asides(said, answered, memory)
    if not heard.facts and not corrected:
        remark = off_topic(said, walk.program.slot(memory.frames, memory.asking) if memory.asking else None)
        remarks = remarks or ([remark] if remark else [])
        if not remarks:
            label = "refuses" if heard.refuses else "unclear"
            log.note(event("understood", "No answer in it.", label=label))
    _note_asides(walk, remarks, text)
    if corrected:
        _correct(walk, corrected)
    elif remarks and not answered and memory.indulged < INDULGENCE:
        memory.indulged += 1
        walk.forgiving = True
    walk.run()


def _take_in(walk: Walk, heard: Heard) -> None:
    if heard.facts:
        _note_facts(walk, heard.facts, None)
        walk.memory.facts.update(heard.facts)
        walk.memory.given.extend(name for name in heard.facts if name not in walk.memory.given)


def _note_facts(walk: Walk, facts: dict[str, Scalar], label: str | None) -> None:
    told = "; ".join(f"{walk.program.label(name)}: {spell_out(value)}" for name, value in facts.items())
    flow = walk.memory.frames[0].workflow
    walk.log.note(event("understood", f"{told}.", workflow=flow, label=label, facts=facts))


def _correct(walk: Walk, corrected: dict[str, Scalar]) -> None:
    """Begin the workflow again with the corrected facts; what systems said about the old ones is void.

    Identity counts as unverified again. Once something was written, only a person can mend it.
    """
    memory = walk.memory
    memory.facts.update(corrected)
    if memory.wrote:
        walk.hand_over(f"a fact was corrected after “{memory.wrote[-1]}”")
        return
    memory.facts = {name: memory.facts[name] for name in memory.given}
    memory.verified = False
    first = memory.frames[0].workflow
    memory.frames = [Frame(first, walk.program.flows[first].workflow.start)]
    memory.entered, memory.asking = False, None
    told = ", ".join(f"{walk.program.label(n).lower()}: {spell_out(v)}" for n, v in corrected.items())
    walk.log.say(f"Thank you, I have corrected that ({told}).")


# After the end


def _afterwards(walk: Walk, text: str, said: Signals, settled: str) -> None:
    """Hear what the customer says after the matter was resolved or refused."""
    memory, program, log = walk.memory, walk.program, walk.log
    if (other := other_wish(program, memory, said.rest)) is not None:
        memory.settled = settled
        _begin_further(walk, other, text)
        return
    heard = _listened(walk, text)
    corrected = {name: value for name, value in heard.corrected.items() if name in memory.given}
    if corrected or heard.facts:
        _take_in(walk, heard)
        if corrected:
            _note_facts(walk, corrected, "correction")
        log.heard(text)
        _correct(walk, corrected or heard.facts)
        walk.run()
        return
    remarks = asides(said, False, memory)
    if not remarks and said.has("thanks"):
        remarks = [Aside("thanks", "Says thank you.", "You are welcome.")]
    _note_asides(walk, remarks or [CLOSING], text)
    memory.outcome = settled
