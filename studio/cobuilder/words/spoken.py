"""Spoken words: what the agent says or asks where a document tells it, in the third person, what to say.

- Words in quotation marks are said as they stand; "explain that X" and its like say X to the customer.
- Where a document names only the subject ("explain the policy"), there are no words: None.
"""

from __future__ import annotations

import re

from studio.cobuilder.words.lemmas import all_lemmas
from studio.cobuilder.words.mood import as_imperative
from studio.cobuilder.words.vocabulary import is_base_verb

CUSTOMER = (
    r"(?:the |each |every |a )?(?:customer|caller|client|guest|patient|member|user|passenger|visitor|tenant|"
    r"subscriber|claimant|applicant|student|parent|employee|colleague|resident|shopper|buyer|person)"
)
_COLLEAGUE = (
    r"(?:supervisor|manager|team|colleague|agent|desk|lead|leader|department|office|officer|specialist|staff|"
    r"engineer|technician|driver|depot|workshop|supplier|bank|courier|warehouse|finance|security|courts?)"
)
ADDRESSED = rf"(?:{CUSTOMER}|them|him|her|(?:the|each|every)\s+(?!(?:\w+\s)?{_COLLEAGUE}\b)(?P<noun>[a-z]+))"
"""Whoever is spoken to: a customer by any name, nobody of the house."""
_QUOTED = re.compile(r"[“\"](?P<words>[^”\"]{8,})[”\"]")
_THAT = re.compile(
    rf"^(?:(?:tell|inform|advise|remind|notify|warn|assure|reassure|let)\s+{ADDRESSED}\s+"
    rf"(?:know\s+)?that|(?:explain|state|mention|confirm|clarify|make clear|point out|disclose|announce|say|"
    rf"reply|stress|note)(?:\s+to\s+(?:{CUSTOMER}|them))?,?\s+that)\s+(?P<words>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_TO_DO = re.compile(
    rf"^(?:tell|ask|advise|remind|instruct|encourage|invite|request|have|let)\s+{ADDRESSED}\s+"
    r"(?:to\s+)?(?P<words>(?!know\b)[a-z]+\b.*)$",
    re.IGNORECASE | re.DOTALL,
)
_SORRY = re.compile(r"^apologi[sz]e\b(?:\s+to\s+\S+(?:\s\w+)?)??(?:\s+(?:for|about)\s+(?P<what>.+))?$", re.I)
_THANKS = re.compile(rf"^thank\b(?:\s+(?:{CUSTOMER}|them))?(?:\s+for\s+(?P<what>.+))?$", re.I)
_OFFERS = re.compile(rf"^offer\s+(?:to\s+)?(?:(?:{CUSTOMER}|them)\s+)?(?P<what>.+)$", re.I)
_YOU = re.compile(
    rf"\b(?:(?P<owner>(?:{CUSTOMER})(?:'s|’s))|(?P<who>{CUSTOMER})|(?P<word>they|them|their|theirs|themselves))\b",
    re.IGNORECASE,
)
_AGREES = {"is": "are", "was": "were", "has": "have", "does": "do", "isn't": "aren't", "doesn't": "don't"}
_TO_YOU = {"they": "you", "them": "you", "their": "your", "theirs": "yours", "themselves": "yourself"}
_AUXILIARY = re.compile(
    r"^(?P<who>.+?)\s+(?P<verb>is|are|was|were|has|have|can|could|will|would|should|did|does|do)\s+(?P<rest>.+)$",
    re.IGNORECASE,
)


def capital(words: str) -> str:
    """Return words that begin with a capital."""
    return words[:1].upper() + words[1:]


def said(clause: str) -> str | None:
    """Return what the agent says for an instruction to say something, or None where no words are given."""
    quoted = _QUOTED.search(clause)
    if quoted:
        return as_sentence(quoted["words"])
    bare = as_imperative(clause).strip().rstrip(".;,")
    if found := _THAT.match(bare):
        return as_sentence(to_customer(found["words"], found["noun"]))
    if found := _SORRY.match(bare):
        return as_sentence(
            f"I am sorry about {to_customer(found['what'])}" if found["what"] else "I am sorry"
        )
    if found := _THANKS.match(bare):
        return as_sentence(f"Thank you for {to_customer(found['what'])}" if found["what"] else "Thank you")
    if found := _OFFERS.match(bare):
        verb = is_base_verb(found["what"].split()[0].lower()) and " to " in f" {bare.split()[1]} "
        return as_sentence(f"We can {'' if verb else 'offer you '}{to_customer(found['what'])}")
    found = _TO_DO.match(bare)
    if found and is_base_verb(found["words"].split()[0].lower()):
        return as_sentence(f"Please {to_customer(found['words'], found['noun'])}")
    return None


def to_customer(text: str, called: str | None = None) -> str:
    """Return a text about the customer as it is said to them; `called` is what else it calls them."""
    words = " ".join(text.split())
    if called:
        words = re.sub(rf"\b(?:the|their)\s+{called}\b", "the customer", words, flags=re.IGNORECASE)
    parts: list[str] = []
    at = 0
    for match in _YOU.finditer(words):
        parts.append(words[at : match.start()])
        new = "your" if match["owner"] else "you" if match["who"] else _TO_YOU[match["word"].lower()]
        parts.append(new)
        at = match.end()
        verb = re.match(r"\s+([a-z'’]+)", words[at:])
        if match["who"] and verb:
            at += verb.end()
            parts.append(f" {_agreeing(verb[1])}")
    parts.append(words[at:])
    return "".join(parts)


def _agreeing(verb: str) -> str:
    """Return the form of a verb after "you"; other words stay."""
    if verb in _AGREES:
        return _AGREES[verb]
    if verb.endswith("s") and not verb.endswith("ss"):
        bases = [b for b in all_lemmas(verb).get("VERB", ()) if b != verb]
        return bases[0] if bases else verb
    return verb


def asked(clause: str) -> str:
    """Return the question whether a clause is so, as the customer is asked."""
    words = to_customer(clause.strip().rstrip(".;,"))
    found = _AUXILIARY.match(words)
    if found is None:
        plain = re.match(r"^you\s+(?P<rest>[a-z]+\b.*)$", words, re.IGNORECASE)
        return f"Do you {plain['rest']}?" if plain else f"Is this right: {words}?"
    verb, who, rest = found["verb"].lower(), found["who"], found["rest"]
    if re.search(r"\b(?:you|they|we)\s+\w+|\b(?:what|whether|which)\b", who, re.IGNORECASE):
        return f"Is this right: {words}?"
    verb = _AGREES.get(verb, verb) if who.lower() == "you" else verb
    if verb in ("has", "have") and not re.match(r"(?:been|not|already|never|\w+ed)\b", rest):
        return f"{'Does' if verb == 'has' else 'Do'} {who} have {rest}?"
    return f"{capital(verb)} {who} {rest}?"


def as_sentence(words: str) -> str:
    """Return words as a sentence: a capital first, a full stop last."""
    words = " ".join(words.split()).rstrip(";,")
    words = capital(words)
    return words if words.endswith((".", "!", "?")) else f"{words}."
