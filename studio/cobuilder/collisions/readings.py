"""A statement as the search for conflicts sees it: its matter, quantities, sense, order, list and scope.

- The matter is the set of its concepts without quantities; the sense is yes or no, all negations taken
  together.
- Read once per statement; pairs are then compared without looking at the words again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, get_args

from studio.cobuilder.collisions.scopes import OUTCOMES, members, scope_of
from studio.cobuilder.words.markup import readable
from studio.cobuilder.words.quantities import (
    Quantity,
    QuantityKind,
    normalized,
    quantities_in,
    without_quantities,
)
from studio.cobuilder.words.same_matter import concepts_in, is_generic, is_negative
from studio.domain.source import Source
from studio.domain.statement import Statement, StatementKind

Concepts = frozenset[str]
Members = dict[str, frozenset[str]]

_EXAMPLE = re.compile(r"^\W*(?:for (?:example|instance)|examples?\b|e\.g\.|sample\b|imagine|suppose)", re.I)
_EXCEPTION = re.compile(
    r"\b(?:unless|except(?:ions?|ionally)?|apart from|other than|save for|however|instead of the usual"
    r"|but not"
    r"|notwithstanding|^otherwise"
    r"|^in (?:that|this|such a) case|as an exception|with the exception)\b",
    re.I,
)
_OPEN_LIST = re.compile(
    r"\b(?:such as|including|for example|for instance|e\.g\.|among others|etc|like)\b", re.I
)
_LIST = re.compile(
    r"(?P<items>(?:[\w$'’-]+(?: [\w'’-]+){0,4}, )*(?:[\w$'’-]+(?: [\w'’-]+){0,4}),? (?:and|or|plus"
    r"|as well as) "
    r"[\w'’-]+(?: [\w'’-]+){0,2})"
)
_NO = r"(?:\b(?:never|not|cannot|no longer)\b|n['’]t\b)"
_ORDERS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"^(?:.*?{_NO})(?P<b>.+?)\b(?:until|before|unless|prior to)\b(?P<a>.+)$",
        rf"^(?:.*?{_NO})(?P<a>.+?)\b(?:after|once|following|as soon as)\b(?P<b>.+)$",
        r"^(?P<b>.+?)\bonly (?:after|once|when)\b(?P<a>.+)$",
        r"^only (?:after|once|when)\b(?P<a>.+?),(?P<b>.+)$",
        r"^(?:before|prior to|ahead of)\b(?P<b>.+?),(?P<a>.+)$",
        r"^(?:after|once|following|as soon as)\b(?P<a>.+?),(?P<b>.+)$",
        r"^(?P<a>.+?),? (?:and then|then|followed by|and only then|and afterwards)\b(?P<b>.+)$",
        r"^(?P<a>.+?)\b(?:comes? before|precedes?|must precede|goes before|takes place before)\b(?P<b>.+)$",
        r"^(?P<b>.+?)\b(?:comes? after|follows|goes after|takes place after)\b(?P<a>.+)$",
        r"^(?P<a>.+?)\b(?:before|prior to|ahead of)\b(?P<b>.+)$",
        r"^(?P<b>.+?)\b(?:after|once|following|as soon as)\b(?P<a>.+)$",
    )
)


# The bits of `Reading.traits`: an order, a list, a bit a kind of quantity, a bit a class of outcome.
ORDERED, LISTED = 1, 2
_KINDS: tuple[str, ...] = get_args(QuantityKind)
_QUANTITY_BIT = {kind: 4 << at for at, kind in enumerate(_KINDS)}
_OUTCOME_BIT = {name: 4 << len(_KINDS) << at for at, name in enumerate(OUTCOMES)}
MEASURED, SETTLED = sum(_QUANTITY_BIT.values()), sum(_OUTCOME_BIT.values())


class Item(NamedTuple):
    """One member of a list: its words as people are told, and its concepts."""

    words: str
    concepts: Concepts


_NONE = re.compile(r"none|nil|nothing|n/?a|[-–—]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One statement of one source, read for the comparison."""

    source: Source
    statement: Statement
    text: str
    sequence: tuple[str, ...]
    matter: Concepts
    condition: Concepts
    quantities: tuple[Quantity, ...]
    negative: bool
    scope: Members
    outcomes: Members
    order: tuple[Concepts, Concepts] | None
    items: tuple[Item, ...]
    open_list: bool
    excepts: bool
    traits: int
    """What there is to be set against another statement, a bit each."""

    @property
    def kind(self) -> StatementKind:
        """Return the statement's kind."""
        return self.statement.kind

    @property
    def is_no_amount(self) -> bool:
        """Return whether a table's cell names no amount: “none” under a fee forbids nothing."""
        value = self.statement.value
        return value is not None and _NONE.fullmatch(value.strip()) is not None


def read(source: Source, statement: Statement) -> Reading | None:
    """Return the reading of a statement; None for an example, which binds nobody."""
    plain = readable(statement.text).text
    if _EXAMPLE.match(plain):
        return None
    text = normalized(plain)
    bare = without_quantities(text)
    sequence = tuple(concepts_in(bare))
    undated = _without_dates(text)
    section = statement.anchor.section
    layers = (undated, *reversed(section), source.name)
    condition = without_quantities(normalized(statement.condition or ""))
    quantities, order, items = quantities_in(text), _order(bare), _items(text)
    outcomes = members(text, outcomes=True)
    return Reading(
        source=source,
        statement=statement,
        text=text,
        sequence=sequence,
        matter=frozenset(word for word in sequence if not is_generic(word)),
        condition=frozenset(word for word in concepts_in(condition) if not is_generic(word)),
        quantities=quantities,
        negative=is_negative(text),
        scope=_with_source(scope_of(layers), source),
        outcomes=outcomes,
        order=order,
        items=items,
        open_list=bool(_OPEN_LIST.search(text)),
        excepts=bool(_EXCEPTION.search(text)),
        traits=_traits(quantities, order is not None, bool(items), outcomes),
    )


def _traits(quantities: tuple[Quantity, ...], order: bool, items: bool, outcomes: Members) -> int:
    traits = ORDERED * order | LISTED * items
    for quantity in quantities:
        traits |= _QUANTITY_BIT[quantity.kind]
    for name in outcomes:
        traits |= _OUTCOME_BIT[name]
    return traits


def _without_dates(text: str) -> str:
    """Return a text without its dates: a day in January is no season."""
    for quantity in reversed(quantities_in(text)):
        if quantity.kind == "date":
            text = text[: quantity.start] + " " + text[quantity.end :]
    return text


def _with_source(scope: Members, source: Source) -> Members:
    """Return a scope with what the source says that it applies to, where the words say nothing."""
    given = source.applies_to
    fields = (("region", given.regions), ("segment", given.segments), ("channel", given.channels))
    for name, words in (*fields, ("product", given.products)):
        if not words or name in scope:
            continue
        named = [label for word in words for label in members(word).get(name, frozenset({word.casefold()}))]
        scope[name] = frozenset(named)
    return scope


@lru_cache(maxsize=8192)
def _order(text: str) -> tuple[Concepts, Concepts] | None:
    """Return what comes first and what comes after it, where a sentence says so."""
    for pattern in _ORDERS:
        match = pattern.match(text)
        if match is None:
            continue
        first, later = (
            frozenset(word for word in concepts_in(match[name]) if not is_generic(word) and word != "first")
            for name in ("a", "b")
        )
        return (first, later) if first and later else None
    return None


@lru_cache(maxsize=8192)
def _items(text: str) -> tuple[Item, ...]:
    """Return the members of the longest list that a sentence enumerates, as concepts."""
    best: tuple[Item, ...] = ()
    for match in _LIST.finditer(text):
        parts = re.split(r",? (?:and|or|plus|as well as) |, ", match["items"])
        # The first part runs into what stands before the list, the last into what follows: heads are enough.
        found = [_head(part, at, len(parts)) for at, part in enumerate(parts)]
        if all(item.concepts for item in found) and len(found) > len(best):
            best = tuple(found)
    return best


def _head(part: str, at: int, count: int) -> Item:
    words = concepts_in(part)
    shown = re.sub(r"^(?:the|an?|our|their|your) ", "", part)
    if at == 0:
        words, shown = words[-1:], shown.split()[-1]
    elif at == count - 1:
        words, shown = words[:2], " ".join(shown.split()[:2])
    return Item(shown, frozenset(words))
