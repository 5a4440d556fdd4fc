"""One conversation, step by step: it begins with a greeting and goes on with each customer turn.

- Same program, state, text and connector replies give the same turns, byte for byte: no clock, no
  global randomness, no input or output of its own.
- The customer may ask for a person at any time; silence, a plea for an exception, a correction and
  a change of mind are heard wherever they come.
- Another wish begins its workflow anew with what was told; once something was written, a person takes over.
"""

from __future__ import annotations

from studio.domain.condition import Scalar
from studio.domain.errors import WrongUse
from studio.domain.trace import Turn
from studio.ports import Connector
from studio.runtime.intent import ENOUGH, clear_winner
from studio.runtime.listening import LONGEST, Heard, drops, listen, new_wish, wants_person
from studio.runtime.program import Program
from studio.runtime.recording import Log, event
from studio.runtime.state import Frame, Memory, State, freeze, thaw
from studio.runtime.templates import spell_out
from studio.runtime.values import read_yes_no
from studio.runtime.walking import Walk, question

TURN_LIMIT = 40
"""Customer turns in one conversation; after that a person takes over."""
MISUNDERSTANDINGS = 3
"""How often a wish may stay unclear before a person takes over."""
CERTAIN = 0.9
"""The score at which a turn that answers nothing changes to another workflow."""
SILENCES = 3
"""How often the customer may say nothing before the conversation is given up."""

_ORDINALS = (("first", "1"), ("second", "2"), ("third", "3"))


def start(program: Program) -> tuple[State, tuple[Turn, ...]]:
    """Begin a conversation: the agent says that it is one, and asks what is wanted."""
    log = Log()
    charter = program.agent.charter
    if charter.ai_disclosure:
        log.say(charter.ai_disclosure)
        log.note(event("disclosure", "Said that it is an automated assistant.", label="ai"))
    if not charter.ai_disclosure.rstrip().endswith("?"):
        log.say("How can I help you?")
    return State(), log.closed()


def advance(
    program: Program, state: State, text: str | None, connector: Connector
) -> tuple[State, tuple[Turn, ...]]:
    """Take in one customer turn ("" is silence, None that the customer left) and answer it.

    Returns the new state and the turns since, the customer's first; raises WrongUse after the end.
    """
    if state.ended:
        raise WrongUse("This conversation has ended.", "Start a new one.")
    memory = thaw(state)
    log = Log()
    walk = Walk(program, memory, connector, log)
    if text is None:
        walk.finish("abandoned", "The customer left.")
        return freeze(memory), log.closed()
    memory.turns += 1
    _hear(walk, text.strip()[:LONGEST])
    return freeze(memory), log.closed()


def _hear(walk: Walk, text: str) -> None:
    memory, log = walk.memory, walk.log
    if not text:
        _silence(walk)
    elif wants_person(text):
        log.note(event("understood", "Asks for a person.", label="person"))
        log.heard(text)
        walk.hand_over("the customer asked for a person")
    elif memory.turns > TURN_LIMIT:
        log.heard(text)
        log.note(event("failure", f"No end after {TURN_LIMIT} customer turns.", label="turn limit"))
        walk.hand_over("the conversation did not come to an end")
    elif memory.frames:
        _listen_on(walk, text)
    else:
        _understand(walk, text)


def _silence(walk: Walk) -> None:
    memory, log = walk.memory, walk.log
    log.note(event("understood", "Silence.", label="silence"))
    log.heard("")
    memory.silences += 1
    if memory.silences >= SILENCES:
        walk.finish("abandoned", "The customer does not answer any more.")
        return
    log.say("Are you still there?")
    slot = walk.program.slot(memory.frames, memory.asking) if memory.asking else None
    log.say(question(slot) if slot else "How can I help you?")


# What is wanted


def _understand(walk: Walk, text: str) -> None:
    """Find the workflow that is meant, or ask back; after repeated misunderstanding a person takes over."""
    memory, program, log = walk.memory, walk.program, walk.log
    chosen = _chosen(program, memory, text)
    if chosen is not None:
        _begin(walk, chosen, text)
        return
    log.note(event("understood", "Not clear what is wanted.", label="unclear"))
    log.heard(text)
    memory.misunderstood += 1
    if memory.misunderstood >= MISUNDERSTANDINGS:
        walk.hand_over("it stayed unclear what the customer wants")
        return
    memory.offered = tuple(each.workflow for each in program.intents.rank(text)[:3])
    names = [program.flows[flow].workflow.name.rstrip("?. ") for flow in memory.offered]
    offer = " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    log.say(
        f"I am not sure that I understood. Is it about: {offer}?" if names else "Could you say that again?"
    )


def _begin(walk: Walk, chosen: str, text: str) -> None:
    memory, flow = walk.memory, walk.program.flows[chosen]
    walk.log.note(event("understood", f"Wants: {flow.workflow.name}.", workflow=chosen, label="intent"))
    memory.frames = [Frame(chosen, flow.workflow.start)]
    memory.entered, memory.asking, memory.offered = False, None, ()
    _take_in(walk, listen(text, flow.ears, None, memory.facts))
    walk.log.heard(text)
    walk.run()


def _other_wish(walk: Walk, text: str, enough: float = CERTAIN) -> str | None:
    """Return the other workflow that a turn without an answer asks for beyond doubt ("it caught fire")."""
    ranked = walk.program.intents.rank(text)
    chosen = clear_winner(ranked)
    if chosen is None or chosen == walk.memory.frames[0].workflow or ranked[0].score < enough:
        return None
    return chosen


def _wish_instead(walk: Walk, text: str, heard: Heard) -> str | None:
    """Return the other workflow that a turn takes back the wish for ("actually, cancel it instead")."""
    memory = walk.memory
    if not heard.takes_back or heard.corrected:
        return None
    slot = walk.program.slot(memory.frames, memory.asking) if memory.asking else None
    if slot is None or memory.asking not in heard.facts:
        return _other_wish(walk, new_wish(text), ENOUGH)
    # who is asked for words or for a yes may say these in naming the wish
    return _other_wish(walk, new_wish(text)) if slot.type in ("text", "yes or no") else None


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
    memory.facts = {name: memory.facts[name] for name in memory.given}
    memory.verified = False
    _begin(walk, other, text)


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


def _chosen(program: Program, memory: Memory, text: str) -> str | None:
    ranked = program.intents.rank(text)
    chosen = clear_winner(ranked)
    if chosen is not None or not memory.offered:
        return chosen
    offered = [each for each in ranked if each.workflow in memory.offered]
    if len(offered) == 1 and (answer := read_yes_no(text, True)) and answer.value is True:
        return offered[0].workflow
    words = text.casefold().split()
    for name, (ordinal, digit) in zip(memory.offered, _ORDINALS, strict=False):
        if ordinal in words or digit in words:
            return name
    if offered and offered[0].score >= 0.3 and (len(offered) == 1 or offered[0].score > offered[1].score):
        return offered[0].workflow
    return None


# What is told


def _listen_on(walk: Walk, text: str) -> None:
    memory, log = walk.memory, walk.log
    flow = walk.program.flows[memory.frames[0].workflow]
    heard = listen(text, flow.ears, memory.asking, memory.facts, memory.given[-1] if memory.given else None)
    if (instead := _wish_instead(walk, text, heard)) is not None:
        _change_wish(walk, instead, text)
        return
    if drops(text):
        _drop(walk, text)
        return
    if not heard.facts and not heard.corrected and (other := _other_wish(walk, text)):
        _begin(walk, other, text)
        return
    corrected = {name: value for name, value in heard.corrected.items() if name in memory.given}
    _take_in(walk, heard)
    if corrected:
        _note_facts(walk, corrected, "correction")
    if not heard.facts and not corrected:
        log.note(event("understood", "No answer in it.", label="refuses" if heard.refuses else "unclear"))
    log.heard(text)
    if corrected:
        _correct(walk, corrected)
    elif heard.pleads and memory.asking not in heard.facts:
        log.say("I cannot make exceptions myself; if you like, ask me for a person at any time.")
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
