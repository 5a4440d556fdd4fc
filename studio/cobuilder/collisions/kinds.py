"""The ways in which two statements on one matter cannot both hold, each tested on its own.

- A test returns what the two say differently, or None; the caller has made sure that both can apply at once.
- Where words stand side by side in the same place of two alike sentences, they name two matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from studio.cobuilder.collisions.candidates import Weights
from studio.cobuilder.collisions.readings import (
    LISTED,
    MEASURED,
    ORDERED,
    SETTLED,
    Concepts,
    Item,
    Members,
    Reading,
)
from studio.cobuilder.collisions.scopes import OUTCOMES
from studio.cobuilder.words.quantities import Quantity
from studio.cobuilder.words.same_matter import concepts_in, is_generic
from studio.cobuilder.words.vocabulary import families, is_verb_form
from studio.domain.governance import CollisionKind

ALIKE = 0.5
"""The least likeness of two matters whose quantities are set against each other."""
SAME_ACTION = 0.55
"""The least likeness of two actions of which one is forbidden and the other is not."""
OTHER_THING = 0.62
"""The same, where each of the two names a thing that the other does not."""
SAME_CASE = 0.55
"""The least likeness of two cases, without what is done in them, whose outcomes are compared."""


class Clash(NamedTuple):
    """How two statements differ: the kind, what each says, and how sure it is."""

    kind: CollisionKind
    left: str
    right: str
    confidence: float


class Pair(NamedTuple):
    """Two readings with the weights by which their words are compared."""

    left: Reading
    right: Reading
    weights: Weights

    def matter(self, left: Concepts, right: Concepts) -> float:
        """Return how alike two sets of concepts are, a part counting for most of the whole."""
        alike = self.weights.alike(left, right)
        if len(left & right) < 2:
            return alike
        return 0.6 * alike + 0.4 * self.weights.covered(left, right)


def clash_of(pair: Pair) -> Clash | None:
    """Return the way in which the two cannot both hold, if there is one."""
    shared = pair.left.traits & pair.right.traits
    for traits, test in _TESTS:
        found = test(pair) if shared & traits else None
        if found is not None:
            return found
    return modality_clash(pair)


def contrasts(pair: Pair, but: Concepts = frozenset()) -> bool:
    """Say whether the two name different things in the same place of nearly the same sentence."""
    left, right = pair.left.sequence, pair.right.sequence
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.quick_ratio() < 0.6 or matcher.ratio() < 0.6:
        return False
    edits = [each for each in matcher.get_opcodes() if each[0] != "equal"]
    for tag, a, b, c, d in edits:
        if tag != "replace":
            continue
        one, two = (
            {word for word in words if not is_generic(word)} - but for words in (left[a:b], right[c:d])
        )
        one, two = one - pair.right.matter, two - pair.left.matter
        only = len(edits) == 1 and b - a == d - c == 1
        if one and two and (only or (_verbs(one) == one) == (_verbs(two) == two)):
            return True
    return False


def _verbs(words: Concepts | set[str]) -> set[str]:
    return {word for word in words if is_verb_form(word)}


def _other_action(left: Concepts, right: Concepts) -> bool:
    """Say whether two matters have verbs of their own and share none, so that two actions are meant."""
    mine, theirs = _verbs(left - right), _verbs(right - left)
    if not mine or not theirs or _verbs(left & right):
        return False
    return not any(families(one) & families(two) for one in mine for two in theirs)


def other_case(pair: Pair) -> bool:
    """Say whether the conditions of the two show that they speak of different cases."""
    left, right = pair.left, pair.right
    if not left.condition or not right.condition:
        return _other_row(left, right) or _other_row(right, left)
    weights = pair.weights
    known = max(
        weights.of(left.condition & right.matter) / weights.of(left.condition),
        weights.of(right.condition & left.matter) / weights.of(right.condition),
    )
    return known < 0.4


def _other_row(row: Reading, other: Reading) -> bool:
    """Say whether one is a value in a table's row, and the other names another thing than the row does."""
    named = row.statement.text.startswith(f"{row.statement.condition} — ")
    if not named or not row.condition or row.condition & other.matter:
        return False
    own = other.matter - row.matter
    return bool(own - _verbs(own))


def quantity_clash(pair: Pair) -> Clash | None:
    """Return two quantities of one measure for the same matter that cannot both be right."""
    left, right = pair.left, pair.right
    values = _exclusive_values(left, right)
    if values is None or _other_outcome(pair):
        return None
    events = _events(left) | _events(right)
    likeness = max(
        pair.matter(left.matter, right.matter), pair.matter(left.matter - events, right.matter - events)
    )
    if likeness < ALIKE or other_case(pair) or contrasts(pair, events):
        return None
    one, two = values
    return Clash(_quantity_kind(one, two), one.words, two.words, min(0.95, likeness))


def _exclusive_values(left: Reading, right: Reading) -> tuple[Quantity, Quantity] | None:
    """Return the first quantities of one measure that cannot both bind."""
    mine, theirs = _unmatched(left.quantities, right.quantities)
    for one in mine:
        for two in theirs:
            if one.same_measure(two) and _exclusive(one, two, left.negative, right.negative):
                return one, two
    return None


def _events(reading: Reading) -> Concepts:
    return frozenset(word for quantity in reading.quantities for word in quantity.event)


def _unmatched(
    left: tuple[Quantity, ...], right: tuple[Quantity, ...]
) -> tuple[list[Quantity], list[Quantity]]:
    """Return the quantities of each side that the other side does not state."""
    mine = [one for one in left if not any(one.same_measure(two) and one.agrees(two) for two in right)]
    theirs = [two for two in right if not any(one.same_measure(two) and one.agrees(two) for one in left)]
    return mine, theirs


def _exclusive(one: Quantity, two: Quantity, one_negative: bool, two_negative: bool) -> bool:
    """Say whether two different quantities cannot both bind: a floor under a ceiling can."""
    first, second = (-one.bound if one_negative else one.bound), (-two.bound if two_negative else two.bound)
    if first * second >= 0:
        return True
    floor, ceiling = (one, two) if first > 0 else (two, one)
    return floor.low > ceiling.high


def _quantity_kind(one: Quantity, two: Quantity) -> CollisionKind:
    if one.kind in ("date", "clock"):
        return "date"
    return "limit" if one.bound and two.bound else "number"


def _other_outcome(pair: Pair) -> bool:
    """Say whether steps of one ladder are spoken of: other amounts for other deciders or remedies."""
    left, right = pair.left.outcomes, pair.right.outcomes
    return any(
        name in right and not left[name] & right[name]
        for name in left
        if name in ("destination", "remedy", "account")
    )


def order_clash(pair: Pair) -> Clash | None:
    """Return the two orders where what comes first in one comes last in the other."""
    left, right = pair.left.order, pair.right.order
    if left is None or right is None:
        return None
    straight = min(pair.matter(left[0], right[0]), pair.matter(left[1], right[1]))
    crossed = min(pair.matter(left[0], right[1]), pair.matter(left[1], right[0]))
    if crossed < 0.5 or crossed <= straight + 0.1:
        return None
    return Clash("order", "one order", "the other order", min(0.9, crossed))


def modality_clash(pair: Pair) -> Clash | None:
    """Return yes against no on the same action."""
    left, right = pair.left, pair.right
    if left.negative == right.negative or left.excepts or right.excepts:
        return None
    if left.is_no_amount or right.is_no_amount:
        return None
    likeness = pair.matter(left.matter, right.matter)
    if likeness < SAME_ACTION or contrasts(pair) or other_case(pair):
        return None
    if likeness < 0.8 and _other_action(left.matter, right.matter):
        return None
    if likeness < OTHER_THING and all(
        m - _verbs(m) for m in (left.matter - right.matter, right.matter - left.matter)
    ):
        return None
    if _in_passing(left, right) or _same_order(pair):
        return None
    if _complementary(left, right):
        return None
    yes, no = ("yes", "no") if right.negative else ("no", "yes")
    return Clash("modality", yes, no, min(0.9, likeness))


def _in_passing(left: Reading, right: Reading) -> bool:
    """Say whether what two share is only the case of one: a duty before an act says nothing of the act."""
    mine, theirs = left.matter - left.condition, right.matter - right.condition
    return bool(mine and theirs) and not mine & theirs


def _same_order(pair: Pair) -> bool:
    """Say whether yes and no are divided by an event: yes before it, no after it."""
    left, right = pair.left.order, pair.right.order
    if left is None or right is None:
        return False
    return all(pair.weights.covered(one, two) >= ALIKE for one, two in zip(left, right, strict=True))


def _complementary(left: Reading, right: Reading) -> bool:
    """Say whether yes and no are divided by a limit: yes within 30 days, no after them."""
    pairs = [(a, b) for a in left.quantities for b in right.quantities if a.same_measure(b)]
    return any(a.bound != b.bound or not a.agrees(b) for a, b in pairs)


def outcome_clash(pair: Pair) -> Clash | None:
    """Return two outcomes of one case that exclude each other."""
    left, right = pair.left, pair.right
    for name, one, two in _exclusive_members(left.outcomes, right.outcomes):
        if _unmatched(left.quantities, right.quantities) != ([], []) or left.negative != right.negative:
            return None
        if any(
            a.same_measure(b) and a.bound * b.bound < 0 for a in left.quantities for b in right.quantities
        ):
            return None  # one speaks of what is above a limit, the other of what is not
        words = _named(name)
        case, other = left.matter - words, right.matter - words
        likeness = pair.matter(case, other)
        if likeness >= SAME_CASE and not contrasts(pair, words) and not other_case(pair):
            return Clash("outcome", one, two, min(0.9, likeness))
    return None


def _exclusive_members(left: Members, right: Members) -> Iterator[tuple[str, str, str]]:
    for name in sorted(left.keys() & right.keys()):
        if not left[name] & right[name]:
            yield name, " or ".join(sorted(left[name])), " or ".join(sorted(right[name]))


@lru_cache(maxsize=16)
def _named(name: str) -> Concepts:
    """Return the concepts that name an outcome of a class, which are no part of the case."""
    forms = OUTCOMES[name].replace("\\w+", " ").replace("?", "")
    return frozenset(concepts_in(re.sub(r"[=|_]", " ", forms)))


def list_clash(pair: Pair) -> Clash | None:
    """Return two closed lists for the same matter that do not name the same things."""
    left, right = pair.left, pair.right
    if min(len(left.items), len(right.items)) < 2 or max(len(left.items), len(right.items)) < 3:
        return None
    if left.open_list or right.open_list or left.negative != right.negative:
        return None
    shared = [item for item in left.items if any(item.concepts & other.concepts for other in right.items)]
    mine = [item for item in left.items if not any(item.concepts & other.concepts for other in right.items)]
    theirs = [item for item in right.items if not any(item.concepts & other.concepts for other in left.items)]
    if not shared or not (mine or theirs):
        return None
    listed = frozenset(
        word for items in (left.items, right.items) for item in items for word in item.concepts
    )
    around, other = left.matter - listed, right.matter - listed
    likeness = pair.matter(around, other) if around and other else pair.matter(left.matter, right.matter)
    if likeness < ALIKE or other_case(pair):
        return None
    return Clash("list", _shown(mine), _shown(theirs), min(0.9, likeness))


def _shown(items: list[Item]) -> str:
    return ", ".join(item.words for item in items)


_TESTS: tuple[tuple[int, Callable[[Pair], Clash | None]], ...] = (
    (ORDERED, order_clash),
    (MEASURED, quantity_clash),
    (LISTED, list_clash),
    (SETTLED, outcome_clash),
)
