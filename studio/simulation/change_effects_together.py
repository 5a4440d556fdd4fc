"""Changes that belong together: where what each does alone does not add up to what all of them do.

- For each customer, what the whole does otherwise is held against what the changes do alone. Where it is
  more, less or something else, those changes are named without which the whole would go otherwise.
- A change with what it requires is one: these two do not count as changes that meet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.domain.consequence import Story, Together
from studio.domain.scenario import Scenario
from studio.simulation.change_effects_groups import name_of
from studio.simulation.change_effects_trial import Pair, Tried, alike

STORIES = 3
"""Conversations that are kept of one meeting of changes."""
Pairs = Mapping[str, Pair]


def together(
    tried: Sequence[Tried],
    cards: Sequence[Scenario],
    whole: Pair,
    alone: Pairs,
    without: Pairs,
    requires: Mapping[str, tuple[str, ...]],
) -> tuple[Together, ...]:
    """Return the changes that do something else together than alone, with the customers who show it."""
    found: dict[tuple[tuple[str, ...], str], list[Tried]] = {}
    for each in tried:
        if each.adds_up:
            continue
        names = _names(each, alone, without, requires)
        if len(names) < 2:
            continue
        if words := _meeting(each, whole, [alone[n] for n in names if n in alone]):
            found.setdefault((names, words), []).append(each)
    return tuple(
        Together(
            changes=names,
            words=f"{_listed(names)} together: {words}",
            customers=tuple(name_of(each, cards) for each in members),
            stories=_stories(members, whole),
        )
        for (names, words), members in found.items()
    )


def _names(
    each: Tried, alone: Pairs, without: Pairs, requires: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Return the changes that count for one customer; one that another requires counts with that."""
    names = [n for n in alone if alike(each.found.get(alone[n])) or _counts_in(each, without.get(n))]
    carried = {need for name in names for need in requires.get(name, ())}
    return tuple(name for name in names if name not in carried)


def _counts_in(each: Tried, pair: Pair | None) -> bool:
    return pair is not None and bool(alike(each.found.get(pair)))


def _meeting(each: Tried, whole: Pair, parts: Sequence[Pair]) -> str:
    """Return in words in what the whole is not what its parts are; "" where they add up."""
    all_of_it = alike(each.found.get(whole))
    sums = frozenset(word for pair in parts for word in alike(each.found.get(pair)))
    if all_of_it == sums:
        return ""
    only_whole, only_parts = sorted(all_of_it - sums), sorted(sums - all_of_it)
    if not sums:
        return f"{'; '.join(only_whole)}, which none of them does alone."
    if not all_of_it:
        return f"what one of them does alone does not happen ({'; '.join(only_parts)})."
    told = f"{'; '.join(only_whole)}, as none of them does alone" if only_whole else ""
    lost = f"not {'; '.join(only_parts)}, as one of them does alone" if only_parts else ""
    return f"{'; and '.join(filter(None, (told, lost)))}."


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _stories(members: Sequence[Tried], whole: Pair) -> tuple[Story, ...]:
    found = (each.found[whole].story for each in members if whole in each.found)
    return tuple(story for story in found if story is not None)[:STORIES]
