"""Untold outcomes: a step goes on when a check turns out well, and nothing tells what holds if it does not.

- Only what may turn out otherwise counts: is something there, valid, free; does somebody accept, answer.
- Only what carries the matter on counts: an extra (“offer”, “add”), a benefit or an end leaves no gap.
- The other case is told where the same matter is denied near it, or where what follows says “otherwise”.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.cobuilder.questions.consistency import content_words
from studio.cobuilder.words.sentences import Sentence
from studio.domain.source import Block

Part = tuple[Block, Sentence]

_STATES = (
    r"(?:in (?:the |our )?(?:register|system|list|stock|book|warranty|order|time|date)|on (?:the |"
    r"our )?list|listed|"
    r"registered|found|available|free|ready|paid|active|open|guaranteed|valid|verified|confirmed|"
    r"complete|correct|"
    r"successful|fine|ok|okay|there|signed|approved|covered)"
)
_TURNS_OUT = re.compile(
    r"^(?:\W*\d+[.)]\s+)?(?:then |now )?(?:if|when|once|as soon as)\s+(?P<case>(?!you\b|we\b|no\b|"
    r"nothing|neither|not\b|"
    r"any\b|there\b)(?:(?!\bnot\b|n['’]t\b|\bno\b|\bun\w+\b)[^,.;:→]){2,60}?\s"
    rf"(?:(?:is|are|was|were) (?:still |already )?{_STATES}|has (?:arrived|come back|been (?:paid|"
    rf"found|confirmed))|"
    r"(?:accepts?|agrees?|picks? up|answers?|confirms?|exists?|runs?|works?|reaches|"
    r"goes through|went through|comes back|can (?:prove|show|confirm))(?: [^,.;:→]{0,40})?))"
    r"(?:\s+(?:and|with|by|for|at) [^,.;:→]{0,40})?\s*(?:,|→)\s*(?P<then>[^.;]+)",
    re.IGNORECASE,
)
_CARRIES_ON = re.compile(
    r"^(?:then |please |we |you |the \w+ |it )?(?:go on|continue|proceed|open|book|order|send|"
    r"refund|issue|pay|approve|"
    r"process|start|create|schedule|deliver|dispatch|ship|register|activate|change|keep|tell|"
    r"give the|hand|release|"
    r"leave the|take|enter|return|replace|follow)\b(?! (?:an? )?(?:free|extra|upgrade|discount)\b)",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"\b(?:otherwise|else|if (?:not|no|nothing|nobody|none|neither)|in (?:all|any) other cases?|or else|"
    r"unless|failing that)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|without|fail\w*|wrong|missing|unclear|in[a-z]+(?:id|"
    r"complete)|declin\w*|"
    r"refus\w*|reject\w*|expired|closed|locked|blocked|full|late[r]?|overdue|un\w{4,})\b|n['’]t\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\b(?:close|finish|stop|done|end|that['’]s it)\b", re.IGNORECASE)
_NEAR = 4
_VOID = frozenset("customer caller guest patient member user client".split())


def untold(parts: Sequence[Part], at: int) -> str:
    """Return the case of which only the good outcome is told in a sentence, or nothing."""
    block, sentence = parts[at]
    match = _TURNS_OUT.search(sentence.text)
    if match is None or block.kind in ("heading", "code", "cell"):
        return ""
    then = match["then"]
    if not _CARRIES_ON.match(then) or _ENDS.search(then) or _OTHERWISE.search(sentence.text):
        return ""
    return "" if _is_told(parts, at, match["case"]) else match["case"].strip()


def _is_told(parts: Sequence[Part], at: int, case: str) -> bool:
    """Say whether the other case is told near a sentence, or anywhere in its own words."""
    matter = content_words(case) - _VOID
    for place, (block, sentence) in enumerate(parts):
        if place == at or block.kind in ("heading", "code"):
            continue
        near = abs(place - at) <= _NEAR and block.anchor.section == parts[at][0].anchor.section
        if place == at + 1 and (_OTHERWISE.search(sentence.text) or _DENIAL.search(sentence.text)):
            return True
        if near and _OTHERWISE.search(sentence.text):
            return True
        if _DENIAL.search(sentence.text) and matter & content_words(sentence.text):
            return True
    return False
