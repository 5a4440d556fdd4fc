"""What an answer to a question about a step says: words to be said, a system, a person, or nobody."""

from __future__ import annotations

import re

from studio.cobuilder.words.spoken import as_sentence

_LEAD = re.compile(
    r"^(?:please )?(?:(?:then |it |the agent )?(?:should |shall |must )?"
    r"(?:say|says|tell (?:them|the customer)|reply)"
    r"(?: that)?\s*:?\s*)",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:none|nobody|no (?:one|system)|nothing|skip(?: it| this)?|"
    r"leave (?:it|this|that) out|not needed|"
    r"it is not needed|drop (?:it|this))\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:a |the |our )?(?:person|human|colleague|people|staff|by hand|team|desk|workshop|"
    r"manager|supervisor)\b",
    re.IGNORECASE,
)
_CUSTOMER = re.compile(
    r"\b(?:ask|asks|asked|asking)\b|\b(?:the )?(?:customer|caller|guest|patient|member|client) "
    r"(?:says|tells|knows|"
    r"is asked)\b",
    re.IGNORECASE,
)
_SYSTEM = re.compile(
    r"^(?:(?:it|this|that)(?: is|'s)? )?(?:(?:done|kept|shown|told|written|recorded|found) )?"
    r"(?:in|by|with|from|through|"
    r"via|at|look(?: it up)? in|check(?: it)? in|it is in)?\s*(?:the |our )?(?P<name>.+)$",
    re.IGNORECASE,
)


def spoken_in(answer: str) -> str | None:
    """Return the words that an answer gives to be said, or None where it gives none."""
    quoted = re.search(r"[“\"](?P<words>[^”\"]{4,})[”\"]", answer)
    words = quoted["words"] if quoted else _LEAD.sub("", " ".join(answer.split()))
    if not quoted and (_NOBODY.match(words) or len(words.split()) < 3):
        return None
    return as_sentence(words)


def names_nobody(answer: str) -> bool:
    """Return whether an answer says that nobody does it."""
    return bool(_NOBODY.match(answer.strip()))


def means_person(answer: str) -> bool:
    """Return whether an answer gives it to a person."""
    return bool(_PERSON.search(answer))


def asks_customer(answer: str) -> bool:
    """Return whether an answer says that the customer is asked."""
    return bool(_CUSTOMER.search(answer))


def named_system(answer: str) -> str:
    """Return the system that an answer names."""
    plain = " ".join(answer.split()).rstrip(".!")
    match = _SYSTEM.match(plain)
    return match["name"] if match else plain
