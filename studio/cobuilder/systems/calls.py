"""Calls: which of the tools that a sentence names are to be used there.

- A name under "do not", in a condition or in a purpose ("To use X, first …") is spoken of, not called.
- `unlock("x")` tells unlock about x; `call("x")` runs x.
- "After using X, …" takes the call of X for granted.
"""

from __future__ import annotations

import re

from studio.cobuilder.systems.matching import ToolMention
from studio.cobuilder.words.conditions import Clauses, clauses

_REFERS = re.compile(
    r"\b(?:as part of|when using|part of|instead of|rather than|without|unless you|whether you['’]ve|"
    r"already|permission to use|"
    r"access to(?: run)?|can be found by|found by|returned by|result of|outcome of|from|see|not|don['’]t|"
    r"never use|do not use|until|"
    r"avoid)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
_ARGUMENT = re.compile(
    r"^\s*(?:\(\s*[\"'“]?|with (?:the )?(?:tool )?(?:name|argument|parameter)s?:?\s*[\"'“]?)$", re.IGNORECASE
)
_WHEN_USING = re.compile(r"\b(?:using|calling|running|invoking|executing)(?: the)?\s*$", re.IGNORECASE)
_CALLS = re.compile(
    r"\b(?:using|use|call|calling|invoke|run|click|select|press|with|via|through|by|enter|into|in|choose|"
    r"submit|and|then|operate|"
    r"execute|trigger|to|check)\W*(?:the |a |an |on |our |internal |regular |standard |tool |function |"
    r"button |option |:|\(|\"|')*$",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(
    r"\b(?:do not|don['’]t|never|avoid|without using)\b(?:(?! and )[^.;,)]){0,40}$", re.IGNORECASE
)
_IN_PASSING = re.compile(
    r"\b(?:as part of|permission to use|access to run|already \w+ [^.;]{0,40}(?:via|using|with|"
    r"by))\b[^.;]{0,30}$",
    re.IGNORECASE,
)
_RUNS = re.compile(r"(?:call|run|execute|invoke|use)", re.IGNORECASE)


def is_called(text: str, mention: ToolMention) -> bool:
    """Tell whether a named tool is to be used here, not merely spoken of."""
    label = max(text.rfind(mark, 0, mention.start) for mark in (": ", "; "))
    before = text[max(0, label) : mention.start]
    condition = clauses(text).condition
    purpose = re.match(r"to \w+[^,]*,", text, re.IGNORECASE)
    if purpose and mention.end <= purpose.end():
        return False
    if condition and condition[0] <= mention.start < condition[1]:
        return False
    if _CALLS.search(before) and not _FORBIDDEN.search(before):
        return not _IN_PASSING.search(before)
    return not _REFERS.search(before)


def without_arguments(text: str, named: list[ToolMention]) -> list[ToolMention]:
    """Leave out tools that are only what another tool is told about."""
    kept: list[ToolMention] = []
    for mention in named:
        outer = kept[-1] if kept else None
        inside = outer is not None and _ARGUMENT.match(text[outer.end : mention.start])
        if not inside or (outer is not None and _RUNS.match(outer.tool)):
            kept.append(mention)
    return kept


def presupposed(
    text: str, parts: Clauses, named: list[ToolMention]
) -> list[tuple[tuple[int, int], ToolMention]]:
    """Return the calls that "after using X, …" and "when using X, …" take for granted, with their spans."""
    return [
        (span, mention)
        for span in (parts.after, parts.condition)
        if span is not None
        for mention in named
        if mention.literal
        and span[0] <= mention.start < span[1]
        and _WHEN_USING.search(text[: mention.start])
    ]
