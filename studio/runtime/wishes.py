"""Which workflow a customer wants: the first words, an offer taken up, several at once, another one later.

- Several wishes in one turn are taken up one after the other, in the order in which they were put.
- Another wish in the middle counts only if it is beyond doubt, or if the present one is taken back.
"""

from __future__ import annotations

from studio.runtime.intent import ENOUGH, clear_winner
from studio.runtime.listening import Heard, new_wish
from studio.runtime.program import Program
from studio.runtime.signals import sentences, signals
from studio.runtime.state import Memory
from studio.runtime.values import read_yes_no

CERTAIN = 0.9
"""The score at which a turn that answers nothing changes to another workflow."""
BESIDE = 0.75
"""The score at which one sentence among others is a wish of its own."""

_ORDINALS = (("first", "1"), ("second", "2"), ("third", "3"))


def several(program: Program, text: str) -> list[str]:
    """Return the workflows that the sentences of a turn ask for, if they are more than one."""
    parts = sentences(text)
    if len(parts) < 2:
        return []
    found: list[str] = []
    for part in parts:
        ranked = program.intents.rank(part)
        chosen = clear_winner(ranked)
        if chosen is not None and ranked[0].score >= BESIDE and chosen not in found:
            found.append(chosen)
    return found if len(found) > 1 else []


def chosen_of(program: Program, memory: Memory, text: str) -> str | None:
    """Return the workflow that is clearly meant, or which of those offered is."""
    said = signals(text)
    ranked = program.intents.rank(said.rest)
    chosen = clear_winner(ranked)
    if chosen is not None or not memory.offered or said.names - {"thanks", "unknown"}:
        return chosen  # a plea or a word aside takes up no offer
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


def other_wish(program: Program, memory: Memory, text: str, enough: float = CERTAIN) -> str | None:
    """Return the other workflow that a turn without an answer asks for beyond doubt ("it caught fire")."""
    ranked = program.intents.rank(text)
    chosen = clear_winner(ranked)
    if chosen is None or chosen == memory.frames[0].workflow or ranked[0].score < enough:
        return None
    return chosen


def wish_instead(program: Program, memory: Memory, text: str, heard: Heard) -> str | None:
    """Return the other workflow that a turn takes back the wish for ("actually, cancel it instead")."""
    if not heard.takes_back or heard.corrected:
        return None
    slot = program.slot(memory.frames, memory.asking) if memory.asking else None
    if slot is None or memory.asking not in heard.facts:
        return other_wish(program, memory, new_wish(text), ENOUGH)
    # who is asked for words or for a yes may say these in naming the wish
    if slot.type in ("text", "yes or no"):
        return other_wish(program, memory, new_wish(text))
    return None
