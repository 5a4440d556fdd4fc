"""What is wrong with a policy that somebody wrote by hand: one sentence, with the line and the place in it.

- The line is that of the faulty value; where something is missing, that of what it is missing from.
- A word that is nearly one of ours is told with the right one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from studio.domain.environment import ApprovalPolicy, EnvironmentRules, Person, Threshold, TrustedKey
from studio.domain.errors import BrokenInput
from studio.domain.frozen import Json

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_PARTS: dict[str, type[BaseModel]] = {
    "people": Person,
    "keys": TrustedKey,
    "environments": EnvironmentRules,
    "thresholds": Threshold,
}
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_BLANK = re.compile(r"[\s,:]*")
_PLAIN = re.compile(r"[^\s,:\]}]+")
_SAID = {
    "string_too_short": "may not be empty",
    "string_type": "must be a text in quotation marks",
    "tuple_type": "must be a list in [ ]",
    "model_type": "must be an object in { }",
    "too_short": "may not be empty",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "timezone_aware": "does not say its time zone; write it as 2027-01-31T00:00:00Z",
}
_DATE = "is no date; write it as 2027-01-31T00:00:00Z"


def broken_text(data: bytes, what: str, error: BrokenInput) -> BrokenInput:
    """Return the fault of a file that is no strict JSON, with line and column where they are known."""
    try:
        json.loads(data)
    except json.JSONDecodeError as found:
        return BrokenInput(
            f"{what} is not valid JSON: line {found.lineno}, column {found.colno}: {_syntax(found.msg)}.",
            "Mend that line, and look with `cobuilder policy check`.",
        )
    except (ValueError, RecursionError):
        pass
    return BrokenInput(error.what, "Mend it, and look with `cobuilder policy check`.")


def broken_form(data: bytes, what: str, tree: Json, error: ValidationError) -> BrokenInput:
    """Return the first fault of JSON that does not have the form of a policy."""
    first = error.errors()[0]
    path = list(first["loc"])
    absent = first["type"] == "missing"
    spelled = data.decode("utf-8", "replace")
    line = spelled.count("\n", 0, _start(spelled, path[:-1] if absent else path)) + 1
    return BrokenInput(
        f"{what} has a fault in line {line}: {_place(tree, path)} {_words(path, first)}.",
        "Mend it there, and look with `cobuilder policy check`.",
    )


def _syntax(said: str) -> str:
    if "delimiter" in said:
        return "a comma, colon or bracket is missing before this"
    if "property name" in said:
        return "a name in quotation marks must stand here (perhaps there is a comma too many)"
    if "Expecting value" in said:
        return "a value must stand here (perhaps there is a comma too many)"
    return said[:1].lower() + said[1:]


def _words(path: Sequence[int | str], error: Any) -> str:
    kind, given = error["type"], error.get("input")
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        near = get_close_matches(str(path[-1]), _names(path), 1)
        return f"is not known{f'; did you mean “{near[0]}”' if near else ''}"
    if kind == "string_pattern_mismatch":
        return f"is “{given}”: use small letters, digits and dashes only, a letter first"
    if kind.startswith("datetime"):
        return f"is “{given}”, which {_DATE}"
    if kind == "greater_than_equal":
        return f"must be {error['ctx']['ge']} or more"
    if kind == "less_than_equal":
        return f"must be {error['ctx']['le']} or less"
    return _SAID.get(kind, f"is wrong: {error['msg'][:1].lower()}{error['msg'][1:]}")


def _names(path: Sequence[int | str]) -> list[str]:
    lists = [part for part in path[:-1] if isinstance(part, str)]
    return list((_PARTS.get(lists[-1], ApprovalPolicy) if lists else ApprovalPolicy).model_fields)


def _place(tree: Json, path: Sequence[int | str]) -> str:
    """Return where a path leads, from the inside out: “roles” in the second (ben) of “people”."""
    told, here = "", tree
    for at, part in enumerate(path):
        try:
            here = here[part]
        except (LookupError, TypeError):
            here = None
        if isinstance(part, int):
            number = ORDINALS[part] if part < len(ORDINALS) else f"{part + 1}th"
            name = (
                here.get("id") or here.get("person") or here.get("role") if isinstance(here, dict) else None
            )
            told = f"the {number}{f' ({name})' if isinstance(name, str) else ''} of {told}"
        else:
            told = f"“{part}”{f' in {told}' if told else ''}" if at else f"“{part}”"
    return told or "the policy"


def _start(text: str, path: Sequence[int | str]) -> int:
    """Return where in a valid JSON text the value at a path begins; where it ends, of what it is not in."""
    at = _BLANK.match(text).end()  # type: ignore[union-attr]
    for wanted in path:
        if text[at] not in "[{":
            return at
        found = next((start for name, start in _members(text, at)[0] if name == wanted), None)
        if found is None:
            return at
        at = found
    return at


def _members(text: str, at: int) -> tuple[list[tuple[int | str, int]], int]:
    """Return the members of what begins at a place, with where their values begin; and where it ends."""
    found: list[tuple[int | str, int]] = []
    inside, at = text[at] == "{", _skip(text, at + 1)
    while text[at] not in "]}":
        name: int | str = len(found)
        if inside:
            name, at = json.loads(_quoted(text, at)), at + len(_quoted(text, at))
            at = _skip(text, at)
        found.append((name, at))
        at = _skip(text, _end(text, at))
    return found, at + 1


def _end(text: str, at: int) -> int:
    if text[at] == '"':
        return at + len(_quoted(text, at))
    if text[at] in "[{":
        return _members(text, at)[1]
    return _PLAIN.match(text, at).end()  # type: ignore[union-attr]


def _quoted(text: str, at: int) -> str:
    return _STRING.match(text, at)[0]  # type: ignore[index]


def _skip(text: str, at: int) -> int:
    return _BLANK.match(text, at).end()  # type: ignore[union-attr]
