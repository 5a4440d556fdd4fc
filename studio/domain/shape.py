"""The shape of a code, as a pattern that somebody wrote: read without a fault, and never tried for ever.

- A shape that nobody can read is none; the checks name it, and everything else goes on without it.
- A shape that can be tried in very many ways (what is repeated is repeated again, or several long parts can
  hold the same characters) would stop a conversation; it is none either, and `trouble_of` says why.
- A shape whose brackets may mean something else in a later Python (`[[`, `--`, `&&`, `||`, `~~`) is none
  either: the same bundle has to accept the same codes wherever it runs.
- What is left is tried on so many characters at most that the work stays small (`longest_said`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from re import _parser  # type: ignore[attr-defined]
from typing import Any

LONGEST_PATTERN = 300
_MANY = 12
"""A part that may be this much longer or shorter counts as one of any length."""
_WAYS = 2_000
"""In so many ways the short parts of a shape may be filled, at most."""
_LETTERS, _DIGITS, _SPACES, _SIGNS = "other letters", "other digits", "other spaces", "other signs"
_OTHERS = frozenset((_LETTERS, _DIGITS, _SPACES, _SIGNS))
"""Stand in a set for the characters beyond the first 256: two sets that hold one may hold the same."""
_ALPHABET = frozenset(map(chr, range(9, 256))) | _OTHERS
_PLAIN = _ALPHABET - _OTHERS
_CATEGORIES = {
    "CATEGORY_DIGIT": frozenset(c for c in _PLAIN if c.isdecimal()) | {_DIGITS},
    "CATEGORY_SPACE": frozenset(c for c in _PLAIN if c.isspace()) | {_SPACES},
    "CATEGORY_WORD": frozenset(c for c in _PLAIN if c.isalnum() or c == "_") | {_LETTERS, _DIGITS},
}
_TWINS = {
    "\u017f": "sS",
    "\u0131": "iI",
    "\u0130": "iI",
    "\u212a": "kK",
    "\u212b": "åÅ",
    "\u03bc": "µ",
    "\u039c": "µ",
    "\u0178": "ÿ",
    "\u1e9e": "ß",
}
"""Letters beyond the first 256 that are one of these where case does not count."""
_TWINNED = frozenset("".join(_TWINS.values()))
_TWICE = "it repeats what is repeated already, so that trying it might never end"
_OVERLAP = (
    "more than two of its parts of any length can hold the same characters, so that trying it takes too long"
)
_TOO_LONG = f"it is longer than {LONGEST_PATTERN} characters"
_UNREADABLE = "it cannot be read as a pattern"
_TWO_WAYS = (
    "what stands in its brackets can be read in two ways; write a backslash before a bracket, dash, bar, "
    "ampersand or tilde that is meant as such"
)
_ASIDE = re.compile(r"\(\?#[^)]*\)")
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_BRACKETS = re.compile(r"\[\^?\]?[^\]]*")
_DOUBTFUL = re.compile(r"^\[\[|--|&&|\|\||~~")


@lru_cache(maxsize=512)
def read_shape(pattern: str) -> re.Pattern[str] | None:
    """Return a shape ready to hold values against, or None where the pattern is broken or tried too long."""
    return None if trouble_of(pattern) else re.compile(pattern)


def longest_said(pattern: str) -> int:
    """Return how many characters of what was said a shape is tried on."""
    return 500 if _judged(pattern).run > 1 else 4_000


def trouble_of(pattern: str) -> str:
    """Return why a pattern is no shape, as the end of a sentence; nothing where it is one."""
    return _judged(pattern).trouble


@dataclass(frozen=True, slots=True)
class _Judged:
    """What is known of a pattern: what is wrong, and how many long parts hold the same characters."""

    trouble: str = ""
    run: int = 0


@lru_cache(maxsize=512)
def _judged(pattern: str) -> _Judged:
    if len(pattern) > LONGEST_PATTERN:
        return _Judged(_TOO_LONG)
    if _is_doubtful(pattern):
        return _Judged(_TWO_WAYS)
    try:
        tree = _parser.parse(pattern)
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError, ValueError):
        return _Judged(_UNREADABLE)
    parts = _Parts()
    parts.sequence(tree, 1)
    if parts.twice or parts.ways > _WAYS:
        return _Judged(_TWICE)
    return _Judged(_OVERLAP if parts.run > 2 else "", parts.run)


def _is_doubtful(pattern: str) -> bool:
    """Return whether brackets hold what a later Python may take for a set within a set."""
    bald = _ESCAPED.sub("a", _ASIDE.sub("", pattern))
    return any(_DOUBTFUL.search(each[0]) for each in _BRACKETS.finditer(bald))


class _Parts:
    """The parts of a shape in order: what each can hold, which are of any length, which must be there."""

    def __init__(self) -> None:
        self.ways = 1
        self.run = 0
        self.twice = False
        self._long: list[frozenset[str]] = []

    def sequence(self, nodes: Sequence[tuple[Any, Any]], times: int) -> None:
        """Go over nodes that follow each other; `times` is how often they are repeated."""
        for kind, value in nodes:
            name = str(kind)
            if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
                self._repeat(value, times)
            elif name == "SUBPATTERN":
                self.sequence(value[3], times)
            elif name == "ATOMIC_GROUP":
                self.sequence(value, times)
            elif name == "BRANCH":
                self._branch(value[1], times)
            elif name in ("GROUPREF", "GROUPREF_EXISTS"):
                self.twice = self.twice or times > 1 or bool(self._long)
            elif name in ("ASSERT", "ASSERT_NOT"):
                self.sequence(value[1], times)
            elif name != "AT":
                self._must(_held(kind, value))

    def _repeat(self, value: tuple[Any, Any, Sequence[tuple[Any, Any]]], times: int) -> None:
        low, high, body = value
        low, high = int(low), int(high)
        if high <= 1 or len(body) != 1 or str(body[0][0]) not in _SINGLE:
            if high - low >= _MANY and _is_loose(body):
                self.twice = True
                return
            self.ways *= max(1, high - low + 1) if high - low < _MANY else 1
            if high - low >= _MANY:
                self._grow(_all_held(body), times)
            before = self.ways
            self.sequence(body, times * max(1, min(high, _MANY)))
            inside = self.ways // max(1, before)
            for _ in range(min(max(low, high if high < _MANY else low) - 1, 24)):
                self.ways *= max(1, inside)
            return
        held = _held(*body[0])
        if high - low >= _MANY:
            self._grow(held, times)
        else:
            self.ways *= high - low + 1
            if low:
                self._must(held)

    def _branch(self, ways: Sequence[Sequence[tuple[Any, Any]]], times: int) -> None:
        firsts = [_first(way) for way in ways]
        apart = all(not (a & b) for at, a in enumerate(firsts) for b in firsts[:at])
        self.ways *= 1 if apart else len(ways)
        for way in ways:
            self.sequence(way, times)

    def _grow(self, held: frozenset[str], times: int) -> None:
        """Count a part of any length with those before it that can hold the same characters."""
        if times > 1:
            self.twice = True
        self._long = [each & held for each in self._long if each & held]
        self._long.append(held)
        self.run = max(self.run, len(self._long))

    def _must(self, held: frozenset[str]) -> None:
        """Let a character that must stand between part what cannot hold it."""
        self._long = [each for each in self._long if each & held]


_SINGLE = frozenset({"LITERAL", "NOT_LITERAL", "IN", "ANY"})


def _is_loose(body: Sequence[tuple[Any, Any]]) -> bool:
    """Return whether a group that is repeated can be of several lengths, or be filled in several ways."""
    inner = _Parts()
    inner.sequence(body, 1)
    return inner.ways > 1 or inner.run > 0 or inner.twice


def _all_held(body: Sequence[tuple[Any, Any]]) -> frozenset[str]:
    found = frozenset[str]()
    for kind, value in body:
        found |= _all_held(value[3]) if str(kind) == "SUBPATTERN" else _held(kind, value)
    return found


def _first(way: Sequence[tuple[Any, Any]]) -> frozenset[str]:
    """Return the characters with which a way can begin; all where that is not told at once."""
    if not way or str(way[0][0]) not in _SINGLE:
        return _ALPHABET
    return _held(*way[0])


def _held(kind: Any, value: Any) -> frozenset[str]:
    """Return the characters that a single node can hold."""
    name = str(kind)
    if name == "LITERAL":
        return _spelt(value)
    if name == "NOT_LITERAL":
        return _ALPHABET - {chr(value)}
    if name != "IN":
        return _ALPHABET
    found, whole, negated = frozenset[str](), frozenset[str](), False
    for each, what in value:
        part = str(each)
        negated = negated or part == "NEGATE"
        if part == "LITERAL":
            found |= _spelt(what)
        elif part == "RANGE":
            found = found.union(*map(_spelt, range(what[0], min(what[1], 0xFF) + 1)))
            found |= _OTHERS | _TWINNED if what[1] > 0xFF else frozenset()
        elif part == "CATEGORY":
            known = _CATEGORIES.get(str(what).replace("_NOT", ""), _ALPHABET)
            whole |= _ALPHABET - known if "_NOT" in str(what) else known
    return _ALPHABET - (found - _OTHERS) - whole if negated else found | whole


def _spelt(code: int) -> frozenset[str]:
    """Return a character in small and in capital letters, as a set holds it."""
    char = chr(code)
    if char not in _PLAIN and code > 0xFF:
        return frozenset(_TWINS.get(char, "")) | {_kind(char)}
    both = frozenset({char.lower(), char.upper()} & _PLAIN) | {char}
    return both | {_LETTERS} if both & _TWINNED else both


def _kind(char: str) -> str:
    if char.isdecimal():
        return _DIGITS
    return _SPACES if char.isspace() else _LETTERS if char.isalnum() else _SIGNS
