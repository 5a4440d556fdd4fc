"""Leading words: steps that only lead elsewhere, told as what comes before what now.

- Steps that stand in another order between the same two steps are said by who moved: "“Tell the fee” now
  comes before “Cancel” (it came after it)". What is no mere order is told step by step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.diff.anchors import heaviest_chain
from studio.diff.naming import Names
from studio.domain.changeset import Change


def reordered(changes: Sequence[Change], workflow: str, names: Names) -> str | None:
    """Return how the order of steps changes, or None where these changes are not just another order."""
    if len(changes) < 2 or any(
        change.segments[-1] != "next" or len(change.segments) != 5 for change in changes
    ):
        return None
    old: dict[str, str | None] = {change.segments[3]: change.before for change in changes}
    new: dict[str, str | None] = {change.segments[3]: change.after for change in changes}
    inside = {*old.values(), *new.values()}
    for first in (step for step in old if step not in inside):
        was, now = _chain(old, first), _chain(new, first)
        if set(was) == set(now) and was[-1] == now[-1] and {*was[:-1], first} == set(old):
            sides = [[step for step in side[:-1] if step is not None] for side in (was, now)]
            return _moved(sides[0], sides[1], workflow, names)
    return None


def _chain(links: Mapping[str, str | None], first: str) -> list[str | None]:
    """Return the steps from a step on, as far as they are linked; the last one has no link of its own."""
    found: list[str | None] = []
    at: str | None = first
    while at is not None and at in links and links[at] not in found:
        at = links[at]
        found.append(at)
    return found


def _moved(was: Sequence[str], now: Sequence[str], workflow: str, names: Names) -> str:
    """Return which steps stand elsewhere in an order; the fewest that explain it, those nearer the front."""
    order = [(was.index(step), at) for at, step in enumerate(now)]
    still = {at for _, at in heaviest_chain(sorted(order), [1] * len(order))}
    moved = [at for at in range(len(now)) if at not in still]
    if len(now) == 2:
        moved = [0]
    said = []
    for at in moved:
        behind = now[at + 1] if at + 1 < len(now) else None
        step = names.step(workflow, now[at])
        if behind is not None:
            front = was.index(behind) < was.index(now[at])
            said.append(
                f"{step} now comes before {names.step(workflow, behind)}{' (was after it)' if front else ''}"
            )
        else:
            said.append(f"{step} now comes after {names.step(workflow, now[at - 1])} (was before it)")
    return "; ".join(said)
