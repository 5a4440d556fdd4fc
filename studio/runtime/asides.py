"""Words aside: what a customer says that is neither a wish nor a fact, and what the agent answers.

- A word aside costs no try, up to a limit; nothing in it becomes a fact.
- The answers promise nothing and look nothing up: they say what the agent is, what it cannot do, and that
  a person can be asked for.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from studio.domain.workflow import Slot
from studio.runtime.program import Program
from studio.runtime.signals import Signals, sentences, signals
from studio.runtime.state import Memory

INDULGENCE = 12
"""How many words aside cost no try in one conversation."""

OUT_OF_SCOPE = "I cannot help with that here."
GO_ON = ("Go on, I am listening.", "Yes?", "And then?", "I am listening.")
_PERSON = "You can ask me for a person at any time."
_LEADS = frozenset(
    "it's its it is that's thats that so well the my ok okay right yes hang on wait hold i've i have got here"
    " think was would be must um uh er and sorry this".split()
)


class Aside(NamedTuple):
    """One word aside: its name, what was understood in words, and the answer."""

    name: str
    detail: str
    reply: str


CLOSING = Aside("off topic", "Says something else.", f"{OUT_OF_SCOPE} {_PERSON}")
_ALWAYS = (
    Aside(
        "manipulates",
        "Tells the agent to leave its rules.",
        "I cannot change the rules that I work by.",
    ),
    Aside(
        "others",
        "Asks for somebody else's data.",
        "I can only speak about your own matters, not about anybody else's.",
    ),
    Aside(
        "about me", "Asks whether this is a person.", f"I am an automated assistant, not a person. {_PERSON}"
    ),
)
_WITHOUT_AN_ANSWER = (
    Aside(
        "pleads",
        "Asks for an exception.",
        "I cannot make exceptions myself; if you like, ask me for a person at any time.",
    ),
    Aside("demands", "Asks for what is not allowed.", f"I cannot leave a check or a rule aside. {_PERSON}"),
    Aside("lost", "Does not know what is meant.", ""),
    Aside("holds", "Asks for a moment.", "Take your time."),
)


def asides(said: Signals, answered: bool, memory: Memory) -> list[Aside]:
    """Return the words aside in a turn; `answered` where it also held the fact that was asked for."""
    found = [each for each in _ALWAYS if each.name in said.names]
    if answered:
        return found
    doubts = "challenges" in said.names
    names = said.names - {"holds"} if doubts else said.names
    found += [each for each in _WITHOUT_AN_ANSWER if each.name in names]
    if doubts and not found:
        found.append(Aside("challenges", "Doubts what was said.", _stays(memory)))
    return found


def _stays(memory: Memory) -> str:
    if not memory.answer:
        return "I only ask for what I need in order to help you."
    return f"This is what I have here: {memory.answer} If you see it differently, ask me for a person."


def off_topic(said: Signals, asked: Slot | None) -> Aside | None:
    """Return the aside of a question that has nothing to do with the matter."""
    if not said.question or said.names or (asked is not None and asked.type == "text"):
        return None
    if any(c.isdigit() or c == "@" for c in said.plain):
        return None  # an answer with a question behind it
    return Aside("off topic", "Asks about something else.", OUT_OF_SCOPE)


def further_questions(program: Program, text: str, taken_up: Collection[str]) -> list[Aside]:
    """Return the aside for questions beside a wish that no workflow answers."""
    parts = sentences(text)
    if len(parts) < 2:
        return []
    for part in parts:
        said = signals(part)
        if "?" in part and not said.names and len(part.split()) > 3 and program.intents.strange(part):
            return [Aside("off topic", "Asks about something else, too.", OUT_OF_SCOPE)]
    return []


def breaks_off(said: Signals, asked: Slot | None) -> bool:
    """Return whether a turn is only the beginning of an answer ("my order number is")."""
    if asked is None:
        return said.unfinished
    if asked.type in ("text", "yes or no"):
        return False
    label = (asked.label or asked.id.replace("_", " ")).casefold()
    named = label in said.low
    if not named and not said.unfinished:
        return False
    rest = said.low.replace(label, " ")
    tokens = [token.strip(".,:;…- ") for token in rest.split()]
    only_leads = all(token in _LEADS for token in tokens if token)
    return only_leads and (said.unfinished or named)
