"""What a document says once the case that it left open is decided: the case, and what is to be done in it.

- The case stands in the question ("what should happen if …?"); the answer says what happens then.
- Three answers are understood as they stand (hand over, refuse, carry on), any other in its own words.
- A bare yes or no decides nothing.
"""

from __future__ import annotations

import re

from studio.cobuilder.questions.answer_verdicts import says_no, says_yes

MISSING_CASE = "missing case"
"""The category of questions about a case that a text leaves open."""
CHOICES = ("hand over to a person", "refuse", "carry on")
"""What is offered as an answer; any other says more."""

_CASE = re.compile(r"what should happen if (?P<case>.+)\?\s*$", re.IGNORECASE | re.DOTALL)
_KNOWN = (
    (
        r"(?:hand|pass|transfer)(?: (?:it|them|this|the (?:case|conversation|customer)))? (?:over )?to "
        r"(?:a|the) (?:person|human|colleague)|hand (?:it |them )?over|escalate(?: it)?|a person decides",
        "hand the conversation over to a person",
    ),
    (
        r"refuse(?: it| the request)?|say no|decline(?: it)?|not (?:possible|allowed)",
        "you must refuse the request",
    ),
    (r"(?:carry|go) on(?: (?:anyway|all the same|as usual))?|continue|proceed", "you may carry on"),
)
_WHOLE = re.compile(r"^(?:if|when|then|in that case|in this case)\b,?\s*", re.IGNORECASE)


def case_of(question: str) -> str:
    """Return the case that a question asks about, or nothing."""
    match = _CASE.search(question)
    return " ".join(match["case"].split()) if match else ""


def decided(question: str, answer: str) -> str:
    """Return the sentence that a case and its answer make; nothing where the answer decides nothing."""
    case, said = case_of(question), " ".join(answer.split()).rstrip(".!")
    if not case or not said or says_yes(answer) or says_no(answer):
        return ""
    if re.match(r"(?:if|when)\b", said, re.IGNORECASE):
        return f"{said[:1].upper()}{said[1:]}."
    for words, meant in _KNOWN:
        if re.fullmatch(rf"(?:please |then |we )?(?:{words})", said, re.IGNORECASE):
            return f"If {case}, {meant}."
    said = _WHOLE.sub("", said)
    first = said if said[1:2].isupper() else f"{said[:1].lower()}{said[1:]}"
    return f"If {case}, {first}."
