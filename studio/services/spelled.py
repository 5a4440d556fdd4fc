"""A text that a pattern accepts, the plainest there is: for a customer who has to tell a code."""

from __future__ import annotations

import re
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def spelled(pattern: str) -> str:
    """Return a text that a pattern accepts in full; "A1234" where none is found."""
    try:
        text = "".join(_part(item, 0) for item in _parser.parse(pattern))
        return text if re.fullmatch(pattern, text, re.IGNORECASE) else "A1234"
    except (re.error, ValueError, RecursionError):
        return "A1234"


def _part(item: Any, at: int) -> str:
    kind, value = str(item[0]), item[1]
    if kind == "LITERAL":
        return chr(value)
    if kind == "IN":
        return _one_of(value)
    if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, _, inner = value
        return "".join(_part(each, n) for n in range(low) for each in inner)
    if kind == "SUBPATTERN":
        return "".join(_part(each, at) for each in value[-1])
    if kind == "BRANCH":
        return "".join(_part(each, at) for each in value[1][0])
    return "A" if kind == "ANY" else ""


def _one_of(members: Any) -> str:
    for member in members:
        kind, value = str(member[0]), member[1]
        if kind == "LITERAL":
            return chr(value)
        if kind == "RANGE":
            return chr(value[0] + min(3, value[1] - value[0]))
        if kind == "CATEGORY":
            return "4" if "DIGIT" in str(value) else "A"
    return _LETTERS[0]
