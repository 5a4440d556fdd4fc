"""Kinds of steps: whether an action collects, decides, says, hands over, ends, or works in a system.

- An action is read in its plain form ("check the order", whoever checks it).
- Words to be spoken collect when they ask a question, and are said otherwise.
- What is done in a system that no tool of the agent's stands for is a tool step without a tool.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from studio.cobuilder.procedures.slots import bare_slot, collected
from studio.cobuilder.words.mood import as_imperative, mood_of, narrative_mood, without_lead_in
from studio.domain.finding import StepFindingKind

_ESCALATE = re.compile(
    r"\b(?:escalat\w+|hand(?:ing)? (?:it |this |them |the \w+ )?(?:off|over)\b|"
    r"(?:transfer|connect|redirect|refer|route|pass|forward)\w*\b.{0,60}\b(?:human|agents?|person|"
    r"representative|specialist|desk|"
    r"supervisor|manager|team|department|tier|level \d|queue|support|colleague|nurse|doctor|dispatcher|"
    r"on-call)|"
    r"put \w+ through|"
    r"(?:notify|page|alert|call) (?:the |your |an? )?(?:\w+ ){0,2}(?:supervisor|manager|on-call \w+|team "
    r"lead|emergency services|911))",
    re.IGNORECASE,
)
_TO_PERSON = re.compile(
    r"\b(?:human|live|person|supervisor|manager|specialist|representative|agents?)\b", re.IGNORECASE
)
_END = re.compile(
    r"\[?\b(?:end|close|finish|terminate|conclude) (?:the |this )?(?:conversation|call|chat|session|"
    r"interaction|case|ticket|process|procedure)\b"
    r"|^(?:stop|end|the (?:process|procedure) (?:ends|is complete))\b",
    re.IGNORECASE,
)
_SAY = re.compile(
    r"^(?:say|tell|inform|explain|apologi[sz]e|thank|greet|advise|remind|let \w+(?: \w+)? know|acknowledge|"
    r"reassure|assure|"
    r"notify|announce|mention|offer|warn|clarify|disclose|state|read|summari[sz]e|answer|respond|reply|"
    r"communicate|recommend|"
    r"suggest|encourage|list|(?:send|post|use|give) (?:the|a|this|them the|following|an?)(?: \w+)? "
    r"(?:message|sentence|phrase|reply)|repeat|describe|share|express|emphasi[sz]e|compliment|welcome|"
    r"instruct|discuss|educate)\b",
    re.IGNORECASE,
)
_ASK = re.compile(
    r"^(?:ask|obtain|collect|gather|request|get|confirm|inquire|prompt|find out|note down|have the \w+ "
    r"(?:provide|confirm)|"
    r"require|you will need|need|will need|enter|input|record|take|capture|elicit)\b",
    re.IGNORECASE,
)
_DECIDE = re.compile(
    r"^(?:decide|determine|evaluate|assess|check (?:if|whether|that)|verify (?:if|whether|that)|see (?:if|"
    r"whether)|validate|"
    r"confirm (?:that|whether|if)|ensure|make sure|find out whether|consider|judge|identify|check|verify|"
    r"review|inspect|"
    r"examine|compare|diagnose|select|choose|classify|confirm eligib\w+)\b",
    re.IGNORECASE,
)
_GIVES = re.compile(r"^(?:offer|send|list)\b", re.IGNORECASE)
_ENTERS = re.compile(r"^(?:enter|input|record|get|take|capture|need)\b", re.IGNORECASE)
_SPOKEN = re.compile(
    r"^(?:say|ask|tell \w+(?: \w+)?|reply|respond|message)?\s*:?\s*[\"“](?P<words>[^\"”]+)", re.IGNORECASE
)
_QUESTION_SLOT = re.compile(
    r"\b(?:your|the|a|an|which|what(?: is| are)?|whose)\s+(?P<thing>(?:[a-z]+\s){0,2}?[a-z]+)(?=,| please|"
    r"\?| would| did | does | do | will | can | have | are | is | should| of|$)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"(?:who|whom|with whom|what|which|when|where|at what|for what|how many|how much|how long|could|can|"
    r"may|do you|"
    r"are you|please)\b(?![^?]*\b(?:anything else|help)\b)[^?]*\?",
    re.IGNORECASE,
)


_MANNER = re.compile(
    r"^(?:listen|smile|apologi[sz]e|thank|reassure|sympathi[sz]e|empathi[sz]e|congratulate|wish|"
    r"(?:stay|remain|be|keep|sound|act|appear)(?: (?:very|always|as|most))? (?:friendly|polite|calm|"
    r"patient|kind|brief|quiet|short|smiling|professional|courteous|respectful|honest|warm|neutral|firm|interested|positive|"
    r"helpful)|keep it (?:short|brief|simple|light)|"
    r"show (?:that you care|sympathy|empathy|understanding|interest|respect)|"
    r"lower your voice|let \w+(?: \w+)? (?:finish|talk|speak|vent)|take your time|"
    r"don['’]t (?:rush|interrupt|argue|judge))\b",
    re.IGNORECASE,
)


class Kind(NamedTuple):
    """What an action is, what it asks for, and how sure that is."""

    kind: StepFindingKind
    inputs: tuple[str, ...]
    confidence: float


def kind_of(told: str, inputs: tuple[str, ...], conditional: bool) -> Kind:
    """Return the kind of an action that no tool stands for; `inputs` are what its words name."""
    clause = as_imperative(told)
    mood = mood_of(told) or narrative_mood(told)
    spoken = _SPOKEN.match(clause)
    if spoken:
        return _spoken(spoken["words"])
    if _SAY.match(clause) or _MANNER.match(clause):
        return Kind("say", (), 0.6)
    if mood == "duty" or (_ASK.match(clause) and inputs):
        return Kind("collect", inputs, 0.7)
    if inputs and re.search(r"\b(?:ask|asking|request|obtain|collect)\b", clause, re.IGNORECASE):
        return Kind("collect", inputs, 0.65)
    if _DECIDE.match(clause):
        return Kind("decide", inputs if _needs(clause) else (), 0.6)
    if _ASK.match(clause) and not _ENTERS.match(clause):
        return Kind("collect", inputs, 0.6)
    bare = bare_slot(clause)
    if inputs or bare:
        return Kind("collect", inputs or (bare or "",), 0.55)
    return Kind("tool" if mood else "decide" if conditional else "say", (), 0.4)


def ends(clause: str) -> bool:
    """Tell whether an action ends the conversation or the case."""
    return bool(_END.search(clause)) and not _SAY.match(without_lead_in(clause))


def hands_over(clause: str) -> bool:
    """Tell whether an action passes the customer or the case to somebody else."""
    return bool(_ESCALATE.search(clause)) and not _SAY.match(without_lead_in(clause))


def is_manner(clause: str) -> bool:
    """Tell whether an action is a manner of speaking or behaving, which no system stands for."""
    return bool(_MANNER.match(as_imperative(clause)))


def to_person(clause: str) -> bool:
    """Tell whether a clause speaks of a person to hand over to."""
    return bool(_TO_PERSON.search(clause))


def only_says(clause: str) -> bool:
    """Tell whether an action tells the customer something, rather than gives something."""
    bare = as_imperative(clause)
    return bool(_SAY.match(bare)) and not _GIVES.match(bare)


def _spoken(words: str) -> Kind:
    asked = _asked(words) if "?" in words else ()
    return Kind("collect" if asked or _QUESTION.match(words) else "say", asked, 0.8)


def _needs(clause: str) -> bool:
    return bool(re.match(r"(?:confirm|verify|identify|select|choose)\b", clause, re.IGNORECASE))


def _asked(question: str) -> tuple[str, ...]:
    """Return what a spoken question asks for."""
    direct = collected(question)
    if direct:
        return direct
    names = [bare_slot(match["thing"]) for match in _QUESTION_SLOT.finditer(question)]
    return tuple(dict.fromkeys(name for name in names if name))
