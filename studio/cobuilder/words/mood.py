"""Who a clause tells to do something: the agent, the customer, or nobody.

- *imperative* "Check the order." · *directive* "You should check the order." · *duty* "The customer must
  provide …"
- *permission* "You can offer a voucher": a step only under a condition.
- *speech* words to be said · *narrative* "The clerk checks the order." · `None`: the clause only explains.
- Joined actions ("check the order and send the link") are cut where a second verb takes its own object.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from studio.cobuilder.words.vocabulary import is_base_verb, is_verb_form, words_of

Mood = Literal["imperative", "directive", "duty", "speech", "narrative", "passive", "permission"]

_LEAD_IN = re.compile(
    r"^(?:(?:please|then|first|second|third|next|finally|lastly|last|also|now|and|but|so|or|always|"
    r"afterwards?|instead|"
    r"immediately|politely|carefully|clearly|briefly|again|still|directly|simply|just|otherwise|thereafter|"
    r"subsequently|in particular|if (?:needed|necessary|possible|applicable|so)|once done|to begin|to "
    r"start|step \d+|"
    r"optionally|\(?optional\)?|at (?:this|that) point|in addition|additionally|most importantly|importantly|"
    r"ideally|manually|thoroughly|promptly|safely|gently|properly|never|remember to|be sure to|make sure to|"
    r"feel free to|try to|do)\b[,:.]?\s+|\d+[.)]\s+|[a-z][.)]\s+)+",
    re.IGNORECASE,
)
_PURPOSE = re.compile(r"^(?:in order )?to \w+[^,]{2,90},\s+", re.IGNORECASE)
_AGENT = (
    r"(?:you|we|agents?|the (?:agent|representative|rep|assistant|operator|team|staff|employee|advisor|"
    r"adviser|clerk|bot|"
    r"specialist|associate|technician|nurse|receptionist|officer|analyst|manager|supervisor|system|"
    r"department|company)|"
    r"representatives?|staff|employees|support)"
)
_DIRECTIVE = re.compile(
    rf"^{_AGENT}(?: \w+ly)? (?:will (?:then |first |also )?(?:need to|have to)|must|should|shall|need to|"
    rf"needs to|have to|has to|"
    r"are to|is to|ought to|will|are required to|is required to)"
    r"(?: then| also| first| always| next| now| immediately| never)? (?P<verb>[a-z-]+)",
    re.IGNORECASE,
)
_PERMISSION = re.compile(
    rf"^{_AGENT} (?:can|may|could)(?: \w+ly| also| then)? (?P<verb>[a-z-]+)", re.IGNORECASE
)
_FORBIDS = re.compile(
    r"\b(?:do not|don['’]t|must not|mustn['’]t|should not|shouldn['’]t|may not|cannot|can['’]t|can not|"
    r"never|not allowed|"
    r"will not|won['’]t|not be able|unable to|not eligible)\b",
    re.IGNORECASE,
)
_CUSTOMER = (
    r"(?:the |an? |your )?(?:customers?|users?|callers?|clients?|patients?|members?|guests?|applicants?|"
    r"passengers?|"
    r"subscribers?|they|he|she)"
)
_GIVES = re.compile(
    rf"^{_CUSTOMER} (?:then |first )?(?P<verb>gives?|provides?|states?|presents?|confirms?|shows?|names?|"
    rf"chooses?|"
    r"selects?|supplies|specifies)\s+(?:the|their|a|an|his|her|its|which|both)\b",
    re.IGNORECASE,
)
_DUTY = re.compile(
    rf"^{_CUSTOMER} (?:must|should|needs? to|have to|has to|shall|will need to|is required to|are required "
    rf"to|will)"
    r"(?: \w+ly| first| then| also)? (?P<verb>provide|confirm|give|choose|select|specify|state|supply|"
    r"present|show|enter|"
    r"verify|submit|share|tell|name|answer)\b",
    re.IGNORECASE,
)
_SPEECH = re.compile(r"^(?:say|ask|tell|reply|respond|read|send|write)?\s*:?\s*[\"“]", re.IGNORECASE)
_PASSIVE = re.compile(
    r"\b(?:is|are|be|being|gets?|was|were|has been|have been)(?: \w+ly| then| also| not)? "
    r"(?P<verb>\w+(?:ed|en|nt|ld|de|id))\b"
)
_HAND_OVER = re.compile(
    r"\b(?:transfer|escalation|hand-?off) (?:to [\w ]{3,30} )?(?:is|will be) (?:needed|required|necessary)\b"
    r"|\b(?:must|should|needs? to|has to|have to|will) be (?:transferred|escalated|handed (?:over|off))\b"
    r"|\b(?:is|are|gets?) (?:immediately |then |always )?(?:passed|transferred|handed|escalated|referred|"
    r"routed|put) "
    r"(?:on |over |through )?to\b",
    re.IGNORECASE,
)
_NOMINAL = frozenset(
    "order email phone charge return refund report record account contact address list note test text file "
    "name "
    "review request transfer check ship date zip pin price purchase copy quote claim credit bill balance "
    "message "
    "call search change update process label exchange cover state answer question work issue mark deposit "
    "design "
    "deal store share sort group act total book schedule document flag log figure form match release "
    "supply sign "
    "block hold wait view visit empty estimate map plan".split()
)
_AFTER_VERB = re.compile(
    r"^(?:the|a|an|their|them|his|her|him|it|its|your|you|this|that|these|those|any|all|each|every|if|"
    r"whether|to|with|for|"
    r"into|in|on|up|out|off|back|by|from|at|as|about|that|what|which|how|when|no|any|one|both|customers?|"
    r"users?|"
    r"callers?|clients?|new|only|it|\[|\"|“|via|whether|again|accordingly|immediately)\b|^[\[\"“'‘]",
    re.IGNORECASE,
)
_WHO = re.compile(r",?\s+(?:who|which)\s+(?:then |either |also )?|\s+or\s+", re.IGNORECASE)
_HAPPENS = re.compile(
    r"^(?:the|a|an|its|their) [\w -]{2,40}? (?:is|are) (?:then |also |not )?\w+ed\b", re.IGNORECASE
)
_JOINT = re.compile(
    r";\s+|,?\s+(?:and|but)\s+then\s+|,\s+then\s+|\s+then\s+|,\s+and\s+|\s+and\s+|,\s+", re.IGNORECASE
)


_FRONTED = re.compile(
    r"^(?![^,]*\b(?:you|we|they|agents?)\b)(?:at|in|on|for|during|as|upon|per|depending on|based on|with|"
    r"from|throughout|within|regardless of|via|using)"
    r" [^,:.]{2,70},\s+",
    re.IGNORECASE,
)


_NO_SUBJECT = frozenset(
    {"the", "a", "an", "of", "and", "their", "its", "all", "these", "those", "or", "to", "for"}
)


def without_lead_in(text: str) -> str:
    """Return a clause without "then", "please", "to do X," and the like at its front."""
    before = None
    while before != text:
        before = text
        text = _PURPOSE.sub("", _LEAD_IN.sub("", text, count=1), count=1)
        text = _FRONTED.sub("", text, count=1)
    return text


@lru_cache(maxsize=8192)
def mood_of(text: str) -> Mood | None:
    """Return who a main clause tells to do something."""
    bare = without_lead_in(text.strip())
    if not bare:
        return None
    if _SPEECH.match(bare):
        return "speech"
    match = _DUTY.match(bare) or _GIVES.match(bare)
    if match:
        return "duty"
    match = _DIRECTIVE.match(bare)
    if match and (is_base_verb(match["verb"]) or match["verb"] == "be"):
        return None if _FORBIDS.search(bare[: match.end()]) or match["verb"] == "be" else "directive"
    if is_imperative(bare):
        return "imperative"
    return "permission" if _PERMISSION.match(bare) and not _FORBIDS.search(bare) else None


def is_imperative(bare: str) -> bool:
    """Tell whether a clause begins with a verb that tells somebody to act."""
    words = words_of(bare)[:3]
    if not words or not is_base_verb(words[0]):
        return False
    if words[0] in _NOMINAL:
        rest = re.sub(r"^[A-Za-z-]+\s*", "", bare, count=1)
        return bool(_AFTER_VERB.match(rest)) or (
            len(words) > 1 and not is_verb_form(words[1]) and _short_object(rest)
        )
    return True


def _short_object(rest: str) -> bool:
    """Tell "Check eligibility requirements" (an action) from "Order ID - may be known" (a noun)."""
    head = re.split(r"[-–—:(,.]", rest, maxsplit=1)[0].split()
    return len(head) >= 2 or (
        bool(head) and head[0].endswith(("ity", "ies", "ment", "tion", "ance", "ings", "ers"))
    )


def is_noun_too(word: str) -> bool:
    """Tell whether a verb is as often a noun ("order", "email")."""
    return word in _NOMINAL


def needs_hand_over(text: str) -> bool:
    """Tell whether a clause says that the customer has to be passed on ("transfer is needed")."""
    return bool(_HAND_OVER.search(text))


_QUOTED = re.compile(r"[\"“'‘][^\"”'’]{3,}[\"”'’]")


def forbids(text: str) -> bool:
    """Tell whether a clause says what not to do."""
    return bool(_FORBIDS.search(_QUOTED.sub("", text)))


@lru_cache(maxsize=8192)
def narrative_mood(text: str) -> Mood | None:
    """Return whether a clause reports an action: "The clerk checks the order", "The form is sent"."""
    bare = without_lead_in(text.strip())
    passive = _PASSIVE.search(bare)
    if passive and (is_verb_form(passive["verb"]) or _HAPPENS.match(bare)):
        return "passive"
    if _third_person(bare):
        return "narrative"
    words = words_of(bare)[:12]
    for before, word in pairwise(words):
        third = word.endswith("s") and not word.endswith("ss") and is_verb_form(word)
        if third and before not in _NO_SUBJECT:
            return "narrative"
    return None


_CAUSATIVE = re.compile(
    r"^(?:have|get) (?P<thing>(?:the|a|an|their|his|her|its|it|them|this|that|all)(?: [a-z'’-]+){0,4}?) "
    r"(?P<verb>[a-z]{2,}ed|sent|paid|made|done|read|put)(?=$|[ ,.;])",
    re.IGNORECASE,
)
"""What is done for somebody: "have the symptoms assessed"."""


@lru_cache(maxsize=8192)
def as_imperative(text: str) -> str:
    """Return "check the policy" for "the officer checks the policy", and so on for passives."""
    bare = without_lead_in(text.strip())
    had = _CAUSATIVE.match(bare)
    if had and is_verb_form(had["verb"]):
        return f"{_base(had['verb'])} {had['thing']}{bare[had.end() :]}"
    if mood_of(bare) in {"imperative", "speech"}:
        return bare
    directive = _DIRECTIVE.match(bare) or _DUTY.match(bare) or _PERMISSION.match(bare)
    if directive:
        return bare[directive.start("verb") :]
    passive = None if _third_person(bare) else _PASSIVE.search(bare)
    if passive and is_verb_form(passive["verb"]):
        thing, rest = bare[: passive.start()].strip(), bare[passive.end() :].strip()
        return f"{_base(passive['verb'])} {thing} {rest}".strip()
    for match in re.finditer(r"\b[a-z-]+s\b", bare):
        before = bare[: match.start()].split()[-1].lower() if match.start() else ""
        if before not in _NO_SUBJECT and is_verb_form(match[0]) and not match[0].endswith("ss"):
            return f"{_base(match[0])}{bare[match.end() :]}"
    return bare


def _base(form: str) -> str:
    """Return the plain form of a verb, as far as procedures know it."""
    low = form.lower()
    irregular = {
        "sent": "send",
        "given": "give",
        "paid": "pay",
        "made": "make",
        "told": "tell",
        "found": "find",
    }
    if low in irregular:
        return irregular[low]
    for cut, add in (
        ("ies", "y"),
        ("ied", "y"),
        ("es", "e"),
        ("es", ""),
        ("s", ""),
        ("ed", "e"),
        ("ed", ""),
        ("d", ""),
    ):
        if low.endswith(cut) and is_base_verb(low[: -len(cut)] + add):
            return low[: -len(cut)] + add
    return low


def actions(text: str) -> list[tuple[int, int]]:
    """Cut a main clause into the actions that it joins, as (start, end)."""
    cuts = [0]
    joints = [*_JOINT.finditer(text), *_WHO.finditer(text)]
    for match in sorted(joints, key=lambda joint: joint.start()):
        if match.start() < cuts[-1]:
            continue
        if _inside(text, match.start()):
            continue
        left, right = text[cuts[-1] : match.start()], text[match.end() :]
        told = mood_of(left) is not None
        if len(left.split()) < 2 or not (told or narrative_mood(left) or _HAPPENS.match(left)):
            continue
        if match.re is _WHO:
            if not told and _third_person(right):
                cuts.append(match.end())
            continue
        if _starts_action(right, told, strict="then" not in match[0] and ";" not in match[0]):
            cuts.append(match.end())
    ends = [*cuts[1:], len(text)]
    return [_trim(text, start, end) for start, end in zip(cuts, ends, strict=True)]


def _starts_action(right: str, told: bool, strict: bool) -> bool:
    bare = _LEAD_IN.sub("", right, count=1)
    words = bare.split(maxsplit=1)
    if len(words) < 2:
        return False
    if words[0].startswith("[") or re.match(r"(?:if|otherwise|when)\b[^,]*,\s*\w", right, re.IGNORECASE):
        return True
    if not told and (narrative_mood(bare) is not None or _HAPPENS.match(bare)):
        return True
    verb = re.sub(r"[^A-Za-z-]", "", words[0]).lower()
    if not told and is_base_verb(verb) and not words[0].endswith("s"):
        return False
    if is_base_verb(verb):
        return bool(_AFTER_VERB.match(words[1])) or (
            verb not in _NOMINAL and (not strict or len(words[1].split()) >= 2)
        )
    third = not told and verb.endswith("s") and is_verb_form(verb) and not verb.endswith("ss")
    return third and bool(_AFTER_VERB.match(words[1]))


def _third_person(right: str) -> bool:
    word = re.match(r"[a-z-]+s\b", right)
    return bool(word) and not right.startswith("is ") and is_verb_form(word[0] if word else "")


def _inside(text: str, at: int) -> bool:
    piece = text[:at]
    return (
        piece.count("(") > piece.count(")")
        or piece.count("[") > piece.count("]")
        or bool(len(re.findall(r"[\"“”]", piece)) % 2)
    )


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = re.sub(
        r"[\s,;]*(?:\b(?:and|then|but|or|who|which)\b[\s,;]*)*$", "", text[start:end], flags=re.IGNORECASE
    )
    return start, start + len(piece)
