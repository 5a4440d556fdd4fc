"""What an answer decides: yes or no, whether a rule goes or stays, whether a test ends as it ends now.

- An answer that gives a value is neither yes nor no, however it begins ("No more than 30 days").
- What cannot be undone by misreading alone is read strictly: a rule goes only where nothing in the answer
  speaks for keeping it, and an answer that denies anything never tells where a test ends.
"""

from __future__ import annotations

import re

from studio.cobuilder.words.values import values_in

_NO = re.compile(
    r"^(?:no|nope|not any ?more|it does not|it doesn['’]t|it no longer (?:does|holds|applies|stands)|"
    r"(?:drop|remove|delete) it|gone)\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^(?:yes|yep|it does(?! not|n)|it still (?:does|holds|applies|stands)|keep it|"
    r"still (?:does|holds|applies|valid|true)|correct|agreed|that is right)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(r"\b(?:no|not|never|nor|neither|without|cannot|wrong|instead|rather)\b|n['’]t\b", re.I)
_NOT = r"(?:\b(?:not|never|no longer|no more)\b|n['’]t\b)"
_GOES = re.compile(r"\b(?:drop|remov|delet|go(?:es|ne)?\b|cut\b|cancel|withdraw)", re.IGNORECASE)
_STAYS = re.compile(
    r"\b(?:keep|kept|stays?\b|remain|holds?\b|still (?:true|right|does)|stands?\b|leave it|unchanged|valid\b|"
    r"appl(?:y|ies)\b|in force|no changes?\b)",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\b(?:but|only|except|unless|if|maybe|perhaps|unsure|sure|think|depends?|until|idea|know|doubt|ask|yes"
    r"|opinion|comment|decision|for now|not yet)\b|\?",
    re.IGNORECASE,
)


def says_no(answer: str) -> bool:
    """Return whether an answer denies, and says no value."""
    return _NO.match(answer.strip()) is not None and not values_in(answer)


def says_yes(answer: str) -> bool:
    """Return whether an answer agrees, and says no value."""
    return _YES.match(answer.strip()) is not None and not values_in(answer)


def says_gone(answer: str) -> bool:
    """Return whether an answer says that a rule holds no longer, and nothing that speaks for keeping it."""
    if not says_no(answer) or _UNSURE.search(answer):
        return False
    return all(not _speaks_for_it(part) for part in re.split(r"[,.;:!–—-]\s+|\band\b", answer.strip()))


def _speaks_for_it(part: str) -> bool:
    denied = re.search(_NOT, part, re.IGNORECASE) is not None
    stays, goes = _STAYS.search(part) is not None, _GOES.search(part) is not None
    return goes if denied and not stays else stays and not denied


def says_kept(answer: str) -> bool:
    """Return whether an answer says that a rule stays."""
    if says_yes(answer):
        return not _DENIES.search(answer)
    return not _UNSURE.search(answer) and not says_gone(answer) and _STAYS.search(answer) is not None


def names_outcome(answer: str, outcome: str) -> bool:
    """Return whether an answer lets a test end in an outcome: it agrees or names it, without a no."""
    if _DENIES.search(answer):
        return False
    return says_yes(answer) or re.search(rf"\b{re.escape(outcome)}\b", answer, re.IGNORECASE) is not None
