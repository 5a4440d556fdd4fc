"""What has to be asked for: the pieces of information that a step collects, as a person names them.

- A name is taken from the text ("zip code", "order id"), lower case, without articles and possessives.
- Only things that can be told or typed are slots: an accepted head noun, or words of a tool's argument.
- A list of bare nouns under "ask for the following" belongs to the step that introduces it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from studio.cobuilder.words.mood import is_noun_too
from studio.cobuilder.words.vocabulary import STOP_WORDS, is_base_verb, name_words, stem
from studio.domain.tool import Tool

_HEADS = frozenset(
    "name number id email e-mail address code zip zipcode postcode phone telephone pin date time amount "
    "reason level "
    "status method type username password login birthday birthdate dob birth ssn digit value price cost "
    "rating "
    "location venue day title description quantity size color colour model origin destination city state "
    "country "
    "passenger cabin bag baggage insurance certificate card answer preference option membership "
    "item product "
    "brand department team plan tier symptom problem document proof receipt photo screenshot signature "
    "invoice "
    "booking reservation confirmation serial imei mileage vin extension guest host doctor specialty "
    "language currency "
    "budget duration year month week hour weight height age gender allergy medication dose flight seat "
    "airline "
    "airport room hotel restaurant cuisine party event ticket category priority summary message subject "
    "question "
    "feature version device browser account order identifier reference consent choice fee balance limit "
    "transaction "
    "payment shipping identity iban dosage topic".split()
)
_HEAD_STEMS = frozenset(stem(head) for head in _HEADS)
_COLLECT = re.compile(
    r"\b(?:ask(?:s|ing)?(?: (?:the |your |an? )?(?!for\b|about\b|to\b)\w+)?"
    r"(?: again)?(?: (?:for|about|to (?:provide|confirm|give|state|choose|select|specify|enter|verify|"
    r"share|supply)|what|which|if|when))|"
    r"ask(?:s|ing)? (?:whether|if) [\w ]{3,30}? (?:wants?|would like|needs?|prefers?)(?: to \w+)?|"
    r"obtain(?:s|ing)?|collect(?:s|ing)?|gather(?:s|ing)?|get(?:s|ting)?|request(?:s|ing)?|confirm(?:s|"
    r"ing)?|provide(?:s)?|enter(?:s|ing)?|"
    r"input|type(?: in)?|need(?:s)?(?: to (?:provide|confirm|enter|choose|select|specify))?|specify|supply|"
    r"give(?:s)?(?: you)?|"
    r"could i (?:get|have)|can i (?:get|have)|may i (?:get|have)|could you (?:provide|tell|give)(?: "
    r"me)?(?: with)?|"
    r"can you (?:provide|tell|give)(?: me)?(?: with)?|please provide|what is|what's|find(?: out)?|locat\w+|"
    r"ask(?:s|ing)?(?= (?:the|their|his|her) (?:age|name|date|number|reason|address|amount|kind|type)\b)|"
    r"(?:must|should|need to|needs to|to) have|have(?=[^.;:]{3,70}\b(?:ready|at hand|to hand)\b)|"
    r"take(?: down)?(?= (?:the|their|his|her|an?) (?!time\b))|"
    r"agree(?: on)?(?= the (?:number|date|day|amount) )|"
    r"let (?:them|\w+ \w+) (?:give|tell|describe|send|show)(?: (?:you|us))?|"
    r"note(?: down)?|record(?:s)?|write down|capture(?:s)?|choose|select|put(?: in)?|submit|"
    r"(?:locat|identif|verif|find|look|search|authenticat|confirm)\w*[^.;]{0,60}?\b(?:by|via|with|using))\s+",
    re.IGNORECASE,
)
_ALONE = frozenset(
    "identity value order account status detail details question answer option type level number id digits "
    "list item "
    "method document transaction balance fee limit payment ticket card tier plan message subject case "
    "device result "
    "code team event".split()
)
"""Heads that need a word before them to say which one."""
_EMPTY = STOP_WORDS - {"first", "last"}
_NUMBER_OF = re.compile(r"^number of (?:the|their|his|her|an?) ([a-z]+)$")
_NO_INFORMATION = frozenset(
    "help assistance confirmation permission approval patience everything anything something it them more "
    "feedback "
    "apology forgiveness understanding following items refund call agreement clarification time moment "
    "information "
    "supervisor manager human agent support page one two three".split()
)
_WHOSE = frozenset({"customer", "user", "client", "full", "member", "guest", "patient"})
_STRONG = re.compile(r"^(?:ask|collect|obtain|gather|request)", re.IGNORECASE)
_CLAUSE = re.compile(r"(?:is|are|was|were|will|has|have|had|can|must|should|may)$", re.IGNORECASE)
_STOP = re.compile(
    r"\b(?:to|so|in order|before|using|into|from|so that|because|if|when|unless|where|while|since|until|"
    r"which|that|who|"
    r"ready|at hand|to hand|"
    r"is|are|was|were|will|can|must|should|may|has|have|had|on file|by|at|as|via|for|with|depending|via)\b|"
    r"[.;:?!\[\]\"“”]",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:(?:the|a|an|their|his|her|your|its|our|my|any|all|both|either|this|that|these|those|each|every|"
    r"new|valid|"
    r"correct|current|exact|desired|"
    r"preferred|"
    r"following|and|or|also|for|of|about|e\.g\.|name of the|again|specific|such as|including|value|one|"
    r"two)\s+)+",
    re.IGNORECASE,
)
_SNAKE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
_BARE_END = re.compile(r"\s+[-–—]\s+|:\s|\(|,")


@lru_cache(maxsize=8192)
def collected(text: str) -> tuple[str, ...]:
    """Return what a clause asks for, in the order of the text."""
    found: list[str] = []
    plain = re.sub(r"\[[^\]]*\]", ";", text)
    plain = re.sub(r"\([^)]*\)", " ", plain)
    for match in _COLLECT.finditer(plain):
        weak = match[0].strip().lower() in {
            "by",
            "via",
            "with",
            "find",
            "select",
            "choose",
            "submit",
            "put",
            "record",
            "note",
        }
        found.extend(_listed(plain[match.end() :], weak, bool(_STRONG.match(match[0]))))
    return _unique(found)


def _listed(rest: str, weak: bool, strong: bool) -> list[str]:
    rest = re.sub(r"^(?:the |a |an )?(?:customer|user|caller)s? for\s+", "", rest)
    stop = _STOP.search(rest)
    phrase = rest[: stop.start()] if stop else rest
    pieces = _AND.split(phrase)
    if stop and _CLAUSE.match(stop[0]) and not re.match(r"\s*(?:which|what|how)\b", rest):
        pieces.pop()  # the subject of a clause ("confirm the PIN has been changed") is not asked for
    names = []
    for piece in pieces:
        name = slot_name(piece, strong)
        if name is None:
            if piece.strip() and weak:
                break
            continue
        names.append(name)
    return names


_AND = re.compile(
    r",|\band/or\b|\b(?:and|or)(?: also)?(?: (?:for|in|on|at|by) which)?\b|\bplus(?: (?:either|also))?\b|\+|/"
)


def slot_name(phrase: str, any_noun: bool = False) -> str | None:
    """Return the name of the information that a noun phrase stands for, or None.

    After "ask for", `any_noun` will do ("departure port"), but for what is no information ("help").
    """
    low = re.sub(r"[*_`“”\"]", " ", phrase).replace("’", "'").strip().lower()
    low = re.sub(r"\b(?:customer|user|caller|client|patient|guest|member|employee|agent)'s\s+", "", low)
    low = re.sub(r"'s\b", "", low)
    if re.search(r"\b(?:these|those|following|below|above)\b", low):
        return None
    low = _LEADING.sub("", re.sub(r"\s+", " ", low)).strip(" -–.,'")
    if re.match(r"list of |copy of |number of items", low):
        low = re.sub(r"^(?:list|copy) of (?:the |all )?", "", low)
    low = _NUMBER_OF.sub(r"\1 number", low)
    counted = re.match(r"(?:number|date|place|time|proof|type|reason|method|mode) (?:of|for) [a-z]+$", low)
    head = (
        low if counted else low.split(" of ")[0].split(" in ")[0].split(" you ")[0].split(" they ")[0].strip()
    )
    head = re.sub(r"\b\d+-digit ", "", head)
    words = head.split()
    if not words or len(words) > 4 or (any(ch.isdigit() for ch in head) and words[-1] != "digits"):
        return None
    if words[0] in _ALONE and len(words) == 1:
        return None
    if counted:
        return low
    told = any_noun and len(words) <= 3 and words[-1] not in _NO_INFORMATION
    if not (told or stem(words[-1]) in _HEAD_STEMS) or any(word in _EMPTY for word in words):
        return None
    if len(words) > 1 and is_base_verb(words[0]) and not is_noun_too(words[0]):
        return None
    return " ".join(words)


def bare_slot(text: str) -> str | None:
    """Return the slot that a list item is, when it is a bare noun ("Zip code - five digits")."""
    head = _BARE_END.split(text.strip(), maxsplit=1)[0].strip(" .*?")
    if _SNAKE.fullmatch(head):
        return head.replace("_", " ")
    if len(head.split()) > 5:
        return None
    return slot_name(head)


def named_slots(text: str) -> tuple[str, ...]:
    """Return the slots that a bare enumeration names ("member number, first month of the pause")."""
    text = re.sub(r"\([^)]*\)", " ", text)
    names = [slot_name(piece, any_noun=True) for piece in re.split(r"[,;•]|\band\b|\bor\b", text)]
    return _unique([name for name in names if name])


def argument_slots(tool: Tool, text: str) -> tuple[str, ...]:
    """Return the tool's arguments that a text names."""
    low = re.sub(r"[^a-z0-9]+", " ", text.lower())
    said = {stem(word) for word in low.split()}
    found = []
    for argument in tool.argument_names:
        words = name_words(argument)
        core = [word for word in words if word not in {"id", "ids"}] or words
        if f" {' '.join(words)} " in f" {low} " or (
            len(core) > 1 and all(stem(word) in said for word in core)
        ):
            found.append(" ".join(words))
    return tuple(name for name in found if name)


_WRITTEN = frozenset(
    "summary notes note expression thought query text message body template team queue subject comment "
    "content target recipient".split()
)
"""Arguments that the agent fills by itself: nobody is asked for them."""


def needed_arguments(tool: Tool, known: Sequence[str]) -> tuple[str, ...]:
    """Return the tool's required arguments that are not known yet and that a customer can tell."""
    return tuple(
        " ".join(name_words(argument))
        for argument in tool.required_arguments
        if not _WRITTEN & set(name_words(argument)[-1:]) and " ".join(name_words(argument)) not in known
    )


def merged(inputs: tuple[str, ...], arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Return the inputs with the arguments that they do not name already."""
    names = list(inputs)
    for argument in arguments:
        if not any(_same_thing(argument, name) for name in names):
            names.append(argument)
    return tuple(names)


def _same_thing(argument: str, name: str) -> bool:
    """Tell whether "customer name" is "full name", "membership level" is "member level"."""
    if argument in name or name in argument:
        return True
    left, right = argument.split(), name.split()
    if left[-1] != right[-1]:
        return False
    return left[0] in _WHOSE or right[0] in _WHOSE or left[0][:5] == right[0][:5]


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
