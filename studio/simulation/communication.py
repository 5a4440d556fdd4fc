"""How the agent speaks, judged by rules alone: answers, length, repetition, reading level, tone, waiting.

- Reading level is the Flesch-Kincaid grade, 0.39 words a sentence + 11.8 syllables a word - 15.59
  (Kincaid et al. 1975), over all the agent said; a syllable is a group of vowels, a final "e" aside.
- A customer's question that gets only what the agent said before, word for word, was not answered.
- Each text is looked at once and remembered: an agent says the same few things to everybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from studio.domain.trace import Turn

LONGEST = 120
"""Words in one turn; more is a wall of text."""
HARDEST = 14.0
"""School years that a customer may need in order to read the agent."""
ENOUGH_TO_TELL = 40
"""Words below which a reading level says nothing."""
OFTENEST = 4
"""How often the same turn may be said before the agent is going round in circles."""
LONG_WAIT = 5.0
"""Seconds after which a customer should have been told that it takes a moment."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_END = re.compile(r"[.!?]+(?=\s|$)")
_SENTENCE = re.compile(r"[^.!?]*[.!?]+")
_VOWELS = re.compile(r"[aeiouy]+")
_PLACE = re.compile(r"\{[A-Za-z_][\w.-]*\}")
_SHOUTED = re.compile(r"\b[A-Z]{4,}(?:\s+[A-Z]{2,})+\b|!{2,}")
_RUDE = re.compile(
    r"\b(?:calm down|obviously|as i (?:already )?said|that is not my problem|that's not my problem"
    r"|you should have (?:known|read)|your own fault|you people|stop complaining|pay attention"
    r"|whatever you say|what do you expect|don't waste|do not waste|nonsense|stupid|ridiculous|shut up)\b",
    re.IGNORECASE,
)


class Look(NamedTuple):
    """What there is to say about one text."""

    words: int
    sentences: int
    syllables: int
    wrong: tuple[str, ...]


@lru_cache(maxsize=20_000)
def look(text: str) -> Look:
    """Return the measures of a text, and what is wrong with it by itself."""
    words = _WORD.findall(text)
    wrong = []
    if len(words) > LONGEST:
        wrong.append(f"Says {len(words)} words at once; more than {LONGEST} are hard to take in.")
    if (place := _PLACE.search(text)) is not None:
        wrong.append(f"Says “{place[0]}” instead of a value.")
    if (rude := _RUDE.search(text)) is not None:
        wrong.append(f"The tone is not right: “{rude[0]}”.")
    if (loud := _SHOUTED.search(text)) is not None:
        wrong.append(f"Shouts: “{loud[0]}”.")
    sentences = max(1, len(_END.findall(text)))
    return Look(len(words), sentences, sum(map(_syllables, words)), tuple(wrong))


@lru_cache(maxsize=20_000)
def _syllables(word: str) -> int:
    low = word.casefold()
    found = len(_VOWELS.findall(low))
    if found > 1 and low.endswith("e") and not low.endswith(("le", "ee")):
        found -= 1
    return max(1, found)


def reading_grade(words: int, sentences: int, syllables: int) -> float:
    """Return the Flesch-Kincaid grade: the school years needed to read a text."""
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59 if words else 0.0


def remarks(turns: Sequence[Turn], waited: bool) -> list[str]:
    """Return what is wrong with how the agent spoke, in sentences; `waited` if any system was slow."""
    wrong: list[str] = []
    said: dict[str, int] = {}
    unanswered, quiet = False, True
    last, question = "", ""
    for turn in turns:
        role = turn.role
        if role == "agent":
            unanswered = quiet = False
            if question and turn.text == last:
                wrong.append(f"Did not answer “{question}”, but said the same again.")
            last, question = turn.text, ""
            said[turn.text] = said.get(turn.text, 0) + 1
        elif role == "customer":
            unanswered, quiet = bool(turn.text), True
            question = _question(turn.text) if "?" in turn.text else ""
        elif waited and quiet:
            slow = (e for e in turn.events if e.kind == "fault" and e.label == "slow")
            wait = sum(_seconds(event.facts.get("seconds")) for event in slow)
            if wait >= LONG_WAIT:
                wrong.append(f"Left the customer waiting for {wait:g} seconds without a word.")
    if unanswered:
        wrong.append("Did not answer the customer's last words.")
    words = sentences = syllables = 0
    for text, times in said.items():
        found = look(text)
        words += found.words * times
        sentences += found.sentences * times
        syllables += found.syllables * times
        wrong += found.wrong
        if times > OFTENEST and text:
            wrong.append(f"Said the same {times} times: “{text}”")
    grade = reading_grade(words, sentences, syllables)
    if words >= ENOUGH_TO_TELL and grade > HARDEST:
        wrong.append(f"Is hard to read: it takes {grade:.0f} years of school.")
    return wrong


def _question(text: str) -> str:
    """Return the last question of a turn, as far as it can be quoted."""
    return str(_SENTENCE.findall(text[: text.rindex("?") + 1])[-1]).strip()


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
