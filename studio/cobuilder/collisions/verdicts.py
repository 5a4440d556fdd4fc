"""Which of two statements that cannot both hold goes first, and why, in a sentence.

- What says that it replaces the other, then the weightier document, the later day of effect, the narrower
  case.
- A source that takes effect only after today does not win by its day, and has replaced nothing yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from studio.cobuilder.collisions.conflicts import spoken
from studio.cobuilder.collisions.readings import Reading
from studio.cobuilder.collisions.scopes import narrower
from studio.cobuilder.rules.editions import replaces
from studio.domain.source import Authority, Source

Winner = Literal["left", "right"] | None
UNTOLD = "Neither goes first: they weigh the same, and neither a date nor a narrower case tells them apart."


def verdict(
    left: Reading, right: Reading, order: Sequence[Authority], today: date | None
) -> tuple[Winner, str]:
    """Return which of the two goes first, and why."""
    one, two = left.source, right.source
    if (replacing := _replacing(one, two, today)) is not None:
        return replacing
    weigh = _rank(two.authority, order) - _rank(one.authority, order)
    if weigh:
        first, second = (one, two) if weigh > 0 else (two, one)
        return _side(weigh), (
            f"{first.name} goes first, because {_kind(spoken(first))} weighs more "
            f"than {_kind(spoken(second))}."
        )
    day, other = one.effective_from, two.effective_from
    if one.id != two.id and day and other and day != other:
        first = one if day > other else two
        later = max(day, other)
        if today is None or later <= today:
            return _side(1 if day > other else -1), (
                f"{first.name} goes first, because it is in force since a later day, "
                f"{later.day} {later:%B %Y}."
            )
    special = narrowness(left, right)
    if special:
        name = (left if special > 0 else right).source.name
        where = f"What {name} says" if one.id != two.id else "The narrower sentence"
        return _side(special), f"{where} goes first, because it speaks of a narrower case."
    return None, UNTOLD


def _replacing(one: Source, two: Source, today: date | None) -> tuple[Winner, str] | None:
    """Return the source in force that says that it replaces the other, and its sentence, if one does."""
    for side, first, second in (("left", one, two), ("right", two, one)):
        said = replaces(first, second)
        if said is not None and not (today and first.effective_from and first.effective_from > today):
            winner: Winner = "left" if side == "left" else "right"
            return winner, f"{first.name} goes first, because it replaces {second.name}: “{said}”"
    return None


def narrowness(left: Reading, right: Reading) -> int:
    """Return above 0 where the left speaks of a narrower case, by its scope or by a condition of its own."""
    by_scope = narrower(left.scope, right.scope)
    return by_scope or _own_case(left, right) - _own_case(right, left)


def _own_case(one: Reading, other: Reading) -> bool:
    return bool(one.statement.exception) or (bool(one.condition - other.matter) and not other.condition)


def _rank(authority: Authority, order: Sequence[Authority]) -> int:
    return order.index(authority) if authority in order else len(order)


def _side(weigh: int) -> Literal["left", "right"]:
    return "left" if weigh > 0 else "right"


def _kind(name: str) -> str:
    return f"{'an' if name[0] in 'aeiouS' else 'a'} {name}"
