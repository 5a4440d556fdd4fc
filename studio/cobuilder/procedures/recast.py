"""Recasting: the order in an entry of a list that names an action instead of giving it.

- "Verification of the document" and "Verifying the document" are "verify the document"; "Bill opened (room
  number)" is "open the bill (room number)".
- Only entries of lists, tables and titles that count steps are recast: in running text such words only tell.
- What names no action stays what it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from studio.cobuilder.words.mood import mood_of, without_lead_in
from studio.cobuilder.words.vocabulary import is_base_verb, is_verb_form

_NOUNS = {
    "retrieval": "retrieve",
    "approval": "approve",
    "removal": "remove",
    "renewal": "renew",
    "disposal": "dispose",
    "referral": "refer",
    "registration": "register",
    "payment": "pay",
    "shipment": "ship",
    "closure": "close",
    "delivery": "deliver",
    "entry": "enter",
    "inquiry": "ask",
    "explanation": "explain",
    "introduction": "introduce",
    "identification": "identify",
    "pick-up": "collect",
    "hand-over": "hand over",
    "handover": "hand over",
    "look-up": "look up",
    "lookup": "look up",
    "write-off": "write off",
    "call-back": "call back",
    "callback": "call back",
}
_PREPOSITION = r"(?:of|for|to|with|from|by|in|against|into|on|at|whether|if)"
_NOMINAL = re.compile(
    r"^(?:(?:the|a|an) )?(?P<noun>[A-Za-z-]{4,})(?P<particle> (?:out|over|up|back|in|off))?"
    rf" (?P<joint>{_PREPOSITION})\b(?P<rest> .+)$",
    re.IGNORECASE,
)
_OF = re.compile(r"^( (?:out|over|up|back|in|off))? of ")
_GERUND = re.compile(r"^(?P<verb>[A-Za-z]{2,}ing)\b(?P<rest> .+)$", re.IGNORECASE)
_AIM = re.compile(
    r" (?:the|a|an|their|his|her|its|your|our|any|all|each|every|whether|if|what|which|how|for|to|of|out|up|"
    r"over|back|off|in|on|with|from|into|them|it|that|this|these|those)\b",
    re.IGNORECASE,
)
_JOINS = re.compile(r" (?:or|and)\b|[^ ]*ly\b")
_THINGS = frozenset(
    "opening booking shipping billing cleaning waiting training meeting parking landing boarding closing "
    "heating clothing pricing rating listing packing building reading spelling banking".split()
)
"""Forms in -ing that are as often part of a noun ("opening hours", "billing address")."""
_ENDINGS = (
    ("ification", "ify"),
    ("isation", "ise"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ation", "e"),
    ("ation", ""),
    ("ction", "ct"),
    ("tion", "te"),
    ("sion", "d"),
    ("sion", "se"),
    ("ment", ""),
    ("al", "e"),
    ("ance", ""),
)
_IRREGULAR = {
    "taken": "take",
    "given": "give",
    "sent": "send",
    "paid": "pay",
    "made": "make",
    "found": "find",
    "told": "tell",
    "written": "write",
    "read": "read",
    "set": "set",
    "put": "put",
    "done": "do",
    "seen": "see",
    "held": "hold",
    "shown": "show",
    "drawn": "draw",
    "begun": "begin",
}


@lru_cache(maxsize=4096)
def recast(text: str) -> str | None:
    """Return the order that an entry of a list stands for, or None where it gives or names none."""
    bare = without_lead_in(text.strip().rstrip(".;"))
    named = _OF_A_THING.match(bare) is not None
    if not bare or (mood_of(bare) is not None and not named):
        return None
    return _from_gerund(bare) or _from_noun(bare) or (None if named else _from_done(bare))


_OF_A_THING = re.compile(
    r"(?:(?:the|a|an) )?[A-Za-z-]+ of (?:the|a|an|their|his|her|its|your|any|all|each)\b", re.I
)


def entries(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) of each action in an entry that names one or several ("X seen, Y signed")."""
    found, start = [], 0
    for joint in _JOINT.finditer(text):
        if recast(text[start : joint.start()]) and recast(text[joint.end() :]):
            found.append((start, joint.start()))
            start = joint.end()
    return [*found, (start, len(text))]


_JOINT = re.compile(r",? and (?:then )?|[,;] (?:then )?", re.IGNORECASE)


def case_of(text: str) -> tuple[int, int] | None:
    """Return the case before the colon of an entry that names an action ("After a yes: booking the bay")."""
    label = _LABEL.match(text)
    return label.span("case") if label and recast(text[label.end() :]) else None


_LABEL = re.compile(r"(?P<case>[A-Z][^:.!?;]{3,60}): ")


def _from_gerund(bare: str) -> str | None:
    match = _GERUND.match(bare)
    verb = _plain_of_gerund(match["verb"].lower()) if match else None
    if match is None or verb is None:
        return None
    if not _AIM.match(match["rest"]) and (match["verb"].lower() in _THINGS or _JOINS.match(match["rest"])):
        return None
    joined = re.sub(
        r"(?<=and )(\w+ing)\b(?= )", lambda word: _plain_of_gerund(word[1].lower()) or word[1], match["rest"]
    )
    return verb + _OF.sub(r"\1 ", joined)


def _from_noun(bare: str) -> str | None:
    match = _NOMINAL.match(bare)
    verb = _verb_of_noun(match["noun"].lower()) if match else None
    if match is None or verb is None:
        return None
    joint = "" if match["joint"].lower() == "of" else f" {match['joint']}"
    return f"{verb}{match['particle'] or ''}{joint}{match['rest']}"


def _from_done(bare: str) -> str | None:
    """Return "open bill" for "Bill opened": a thing without an article, and how it was done."""
    if _SENTENCE.search(bare):
        return None
    for match in re.finditer(r"\b[a-z-]+\b", bare):
        verb = _plain_of_done(match[0])
        thing = bare[: match.start()].strip()
        if verb is None or not thing:
            continue
        if len(thing.split()) > 6 or re.search(r"[.:;,]|\b(?:who|which|that|to|if|when)\b", thing):
            return None
        return f"{verb} {thing[0].lower()}{thing[1:]}{bare[match.end() :]}"
    return None


_SENTENCE = re.compile(
    r"^(?:the|a|an|this|that|these|those|it|they|we|you|he|she|any|all|each|every|no|if|when)\b|"
    r"^[^,;]*\b(?:is|are|was|were|be|been|has|have|had|does|do|did|will|would|can|could|may|must|should|not)\b",
    re.IGNORECASE,
)


def _plain_of_gerund(word: str) -> str | None:
    stem = word[:-3]
    doubled = stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else ""
    found = [form for form in (stem, f"{stem}e", doubled) if form and is_base_verb(form)]
    return found[0] if found else None


def _plain_of_done(word: str) -> str | None:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if not word.endswith("ed") or not is_verb_form(word):
        return None
    forms = (word[:-1], word[:-2], f"{word[:-3]}y" if word.endswith("ied") else "", word[:-3])
    return next((form for form in forms if form and is_base_verb(form)), None)


def _verb_of_noun(noun: str) -> str | None:
    if noun in _NOUNS:
        return _NOUNS[noun]
    if noun.endswith("ing"):
        return _plain_of_gerund(noun)
    if is_base_verb(noun):
        return noun
    for ending, verbal in _ENDINGS:
        form = noun[: -len(ending)] + verbal
        if noun.endswith(ending) and len(form) > 2 and is_base_verb(form):
            return form
    return None
