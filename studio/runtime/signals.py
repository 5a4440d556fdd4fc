"""What a customer's turn is besides facts: a wish for a person, a plea, a challenge, a word aside.

- Each signal has words without which it cannot be there, so that most turns are read in one pass.
- Who asks for somebody else's data, or tells the agent to leave its rules, is told no; the sentence in
  which that stands is never read as a fact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from studio.runtime.spelling import plain

_ASK = r"(?:speak|talk|chat|connect|transfer|pass|put|get|want|need|give|switch)"
_ONE = (
    r"(?:person|human|humans|someone|somebody|representative|rep|operator|colleague|advisor|adviser"
    r"|supervisor|manager|agent)"
)
_KIN = (
    "sister brother neighbour neighbor husband wife friend colleague flatmate roommate cousin mother"
    " father mum mom"
    " dad partner girlfriend boyfriend boss ex aunt uncle landlord tenant"
).split()
_PEOPLE = f"(?:{'|'.join(_KIN)})"
_THEIRS = " ".join(f"{word} {word}s {word}'s" for word in (*_KIN, "else", "another", "other"))
_CHECKS = (
    r"(?:checks?|checking|verif\w+|formalities|asking|identification|identity|details|anything|that stuff)"
)
_PAUSE = r"(?:moment|minute|min|second|sec)"
_LEAD = r"(?:ok|okay|sorry|oh|um|uh|er|hm+|well|so|yeah|right|please|can you|could you|just)"

_RULES: tuple[tuple[str, str, str], ...] = (
    (
        "person",
        "person human humans someone somebody representative rep operator colleague advisor adviser"
        " supervisor"
        " manager agent staff",
        rf"\b{_ASK}\b.{{0,40}}?\b(?:a|an|the|some|your|real|live|actual|any)\s+(?:real |live |actual"
        rf" )?{_ONE}\b"
        r"|\b(?:speak|talk|chat) (?:to|with) (?:someone|somebody|staff)\b"
        rf"|\b(?:speak|talk|(?:transfer|connect|put) me(?: thr\w+)?) (?:to|with) {_ONE}\b"
        rf"|\b(?:need|want|(?:get|give) me) (?:real )?{_ONE}\b"
        r"|\b(?:real|live|actual) (?:person|human|agent)\b|\bhuman(?: being)?,? please\b",
    ),
    (
        "about me",
        "robot bot human machine computer ai person program",
        r"\b(?:are you|am i (?:talking|speaking|chatting|writing) (?:to|with)|is this)\b.{0,20}"
        r"\b(?:robot|bot|human|machine|computer|ai|person|program)\b",
    ),
    (
        "refuses",
        "rather won't not refuse prefer none want comfortable",
        r"\brather not\b|\bwon'?t (?:say|tell|give|share)|\bnot (?:going to|telling|giving|sharing"
        r"|comfortable)"
        r"|\brefuse to|\bprefer not|\bnone of your business|\bdon'?t want to (?:say|tell|give|share)",
    ),
    (
        "unknown",
        "know idea sure find remember have",
        r"\b(?:don'?t know|do not know|no idea|not sure|can'?t (?:find|remember)|don'?t have (?:it|that"
        r"|one))\b",
    ),
    (
        "pleads",
        "exception exceptions once rules work can't couldn't",
        r"\b(?:exception|just this once|bend the rules|make it work)|\bway to make it work|\bonly this once"
        r"|\bcan'?t you\b(?!.{0,30}\bdouble)",
    ),
    (
        "demands",
        "skip without bypass approve push anyway record books table double more extra log write trace",
        rf"\b(?:skip|bypass|leave out|without)\b.{{0,20}}\b{_CHECKS}|\bwithout all\b|\b(?:just|simply)"
        rf" approve\b"
        r"|\bpush it through\b|\bdo (?:it|that) anyway\b|\boff the (?:record|books)\b|\bunder the table\b"
        r"|\b(?:pay|give) me double\b|\bmore than i'?m owed\b|\badd a bit extra\b"
        r"|\bdon'?t (?:log|write) (?:this|it)\b|\bno record of\b",
    ),
    (
        "manipulates",
        "instruction instructions rules mode system admin pretend imagine override act behave play rule"
        " repeat say prompt verified"
        " restrictions limits note",
        r"\b(?:ignore|disregard|forget)\b.{0,30}\b(?:instructions|rules)\b|\byou are now\b|\bfrom now on"
        r" you\b"
        r"|^\W*(?:system|admin(?: note)?)\s*:|\b(?:pretend|imagine)\b.{0,20}\b(?:you|there are)\b"
        r"|\boverride\b|\b(?:act|behave) (?:as|like)\b|\bplay (?:a|an|someone)\b|\bnew (?:rule"
        r"|instruction)s?\b"
        r"|\brepeat after me\b|\bsay exactly this\b|\b(?:system prompt|hidden rules|internal rules)\b"
        r"|\b(?:print|show|tell)\b.{0,12}\byour (?:instructions|rules|prompt)\b",
    ),
    (
        "others",
        _THEIRS,
        rf"(?:\b(?:look|check|tell|show|give|see|open|know)\b|\bwhat\b|\bwhat's\b).{{0,45}}"
        rf"(?:\bmy (?:\w+ )?{_PEOPLE}(?:'?s)?\b|\b(?:someone|somebody) else'?s\b"
        r"|\banother (?:customer|person|patient)'?s\b)"
        r"|\bwho else (?:lives|uses|has)\b|\bwhich other (?:customer|person|patient)\b",
    ),
    (
        "holds",
        "hold hang wait one just give let brb back bear",
        rf"^\W*(?:{_LEAD}\W+)*(?:hold on|hang on|wait|one {_PAUSE}|just a {_PAUSE}|give me a {_PAUSE}"
        rf"|let me (?:check|look|go and|see|find|get)|brb|be right back|back in a {_PAUSE}|bear with me)\b"
        r"(?!.*\b(?:make|scratch|change)\b)",
    ),
    (
        "challenges",
        "sure right agree disagree fair unfair believe why how says check look again double website told"
        " sense wrong"
        " otherwise where",
        r"\bare you (?:really |quite |absolutely )?sure\b|\b(?:that|this) (?:can'?t|cannot) be (?:right"
        r"|true|correct)\b"
        r"|\b(?:don'?t|do not) agree\b|\bdisagree\b|\b(?:not|isn'?t) fair\b|\bunfair\b|\bis that fair\b"
        r"|\b(?:don'?t|hard to) believe\b|^\W*(?:but )?(?:why(?: not| is that| so)?|how come|says who)\W*$"
        r"|\b(?:check|look)(?: (?:that|it))? again\b|\bdouble-?check\b|\bmakes? no sense\b|\b(?:doesn'?t"
        r"|not) make sense\b"
        r"|\b(?:website|colleague)\b.{0,12}\b(?:says|told|said)\b|\bwhere does it say\b",
    ),
    (
        "lost",
        "where which what how find mean",
        r"\bwhere (?:do|can|will|would) i (?:find|see|get)\b|\bwhat do you mean\b|\bwhat(?:'s| is) (?:that"
        r"|it)\W*$"
        r"|\bwhich (?:one|number)\W*$|\bhow do i (?:find|get)\b|\bwhere (?:is|do i see) (?:it|that)\W*$",
    ),
    (
        "thanks",
        "thanks thank cheers bye goodbye great perfect lovely all nothing alright ta see have wonderful"
        " brilliant",
        r"^\W*(?:(?:ok|okay|alright|all right|great|perfect|lovely|brilliant|wonderful|thanks|thank you"
        r"|cheers|bye"
        r"|goodbye|then|a lot|very much|that(?:'s| is| was) all|nothing else|have a (?:good|nice) (?:one"
        r"|day)|see you"
        r"|ta|mate|tbh|lol)\W*)+$",
    ),
)
_NOT_PERSON = re.compile(
    r"\b(?:don'?t|do not|no need to|without)\b.{0,20}\b(?:speak|talk|person|human)", re.I
)
_UNFINISHED = re.compile(
    r"(?:\.\.\.|…)\s*$"
    r"|\b(?:is|it'?s|its|the|my|that'?s|was|be|because|if|about|and|to|with|for|a|or|your|i|like|say"
    r" that)\W*$",
    re.I,
)
_BREAKS = re.compile(
    r"^\W*(?:\w+\W+){0,3}?(?:so (?:i have|basically)|there is|i(?:'ve| have) got) ?(?:this)?\W*$", re.I
)
_QUESTION = re.compile(
    r"\?\s*\w{0,5}\W*$|^\W*(?:(?:by the way|oh|anyway|random question|off topic|completely different topic"
    r"|um|uh|so"
    r"|well|er|right|yeah)\W+)*"
    r"(?:what|what's|who|who's|where|when|which|how|how's|do|does|did|is|are|can|could|have|has|will|would"
    r"|am)\b",
    re.I,
)
_ENDS = re.compile(r"(?<=[.!?\n])\s+")
_BACK = re.compile(
    r"actually|sorry|thought|wait|hold on|scratch|rather|chang|make|after all|back|mind|instead|forget|i mean"
    r"|correction|wrong|mistake|should|typo",
    re.I,
)
"""Without one of these no turn takes back or corrects anything: most turns need no closer look."""
_AND_ASKS = re.compile(r",?\s+and\s+(?=(?:also|can|could|please|what|who|would|then)\b)", re.I)
_TOKEN = re.compile(r"[a-z][a-z']*")


@dataclass(frozen=True, slots=True)
class Signals:
    """What one turn is besides facts.

    `plain` are its words, `low` the same in small letters, `rest` those that may hold facts; `back` is
    whether anything could be taken back or corrected in it.
    """

    plain: str
    low: str
    rest: str
    back: bool
    names: frozenset[str]
    unfinished: bool
    question: bool

    def has(self, name: str) -> bool:
        """Return whether the turn has a signal."""
        return name in self.names


def _compiled() -> tuple[dict[str, int], tuple[tuple[str, re.Pattern[str]], ...]]:
    masks: dict[str, int] = {}
    for at, (_, words, _) in enumerate(_RULES):
        for word in words.split():
            masks[word] = masks.get(word, 0) | 1 << at
    return masks, tuple((name, re.compile(pattern, re.I)) for name, _, pattern in _RULES)


_MASKS, _PATTERNS = _compiled()


def _names(text: str) -> frozenset[str]:
    """Return the signals of some plain words."""
    mask = 0
    for token in _TOKEN.findall(text.casefold().replace("’", "'")):
        mask |= _MASKS.get(token, 0)
    if not mask:
        return frozenset()
    text = text.replace("’", "'")
    found = {name for at, (name, pattern) in enumerate(_PATTERNS) if mask >> at & 1 and pattern.search(text)}
    if "person" in found and ("about me" in found or _NOT_PERSON.search(text)):
        found.discard("person")
    return frozenset(found)


def sentences(text: str) -> list[str]:
    """Return the sentences of a turn."""
    return [part for part in _ENDS.split(text) if part.strip()]


@lru_cache(maxsize=8_192)
def signals(text: str) -> Signals:
    """Return what a turn is besides facts."""
    words = plain(text)
    names = _names(words)
    rest = words
    if names & {"others", "manipulates"}:
        parts = [part for each in sentences(words) for part in _AND_ASKS.split(each)]
        kept = [part for part in parts if not _names(part) & {"others", "manipulates"}]
        rest = " ".join(kept) if len(kept) < len(parts) else ""
    unfinished = bool(_UNFINISHED.search(words) or _BREAKS.match(words))
    low = words.casefold().replace("’", "'")
    back = bool(_BACK.search(rest))
    return Signals(words, low, rest, back, names, unfinished, bool(_QUESTION.search(words)))
