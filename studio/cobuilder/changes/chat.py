"""Talk between colleagues in a mail or chat: what is said to one person there binds no agent.

- Only in a text that has the head or the greeting and closing of a mail; a rule that names agents or
  customers, or holds from now on, stays one.
"""

from __future__ import annotations

import re

_HEAD = re.compile(r"^\W*(?:from|to|cc|subject|sent|date)\s*:", re.IGNORECASE | re.MULTILINE)
_GREETING = re.compile(r"^\W*(?:hi|hello|hey|dear)\s+\w+", re.IGNORECASE | re.MULTILINE)
_CLOSING = re.compile(
    r"^\W*(?:(?:best|kind|warm)\s+regards|regards|cheers|yours)\b", re.IGNORECASE | re.MULTILINE
)
_TALK = re.compile(
    r"^\W*(?:hi|hello|hey|dear|thanks?|thank you|(?:best|kind|warm) regards|regards|cheers|"
    r"ok(?:ay)?|sure|great)\b"
    r"|\b(?:can|could|would|will) you\b|\bwill do\b|\bdon['’]t forget\b|\b(?:I|me|my|I['’]ll|we['’]ll)\b"
    r"|\b(?:today|tomorrow|by (?:mon|tues|wednes|thurs|fri)day)\b",
    re.IGNORECASE,
)
_RULE = re.compile(r"\b(?:agents?|customers?|from now on|policy|rule)\b", re.IGNORECASE)


def is_mail(text: str) -> bool:
    """Return whether a text is a mail or a thread of mails."""
    return len(_HEAD.findall(text)) >= 2 or bool(_GREETING.search(text) and _CLOSING.search(text))


def is_talk(sentence: str) -> bool:
    """Return whether a sentence of a mail is said to a colleague, and is no rule."""
    return bool(_TALK.search(sentence)) and not _RULE.search(sentence)
