"""The ways out of a step, by name: which there can be, where they lead, and a step with one of them changed.

- "" is the ordinary way on, "if it fails" the failure path, "otherwise" what a decision does when no branch
  holds; any other name is a branch of a decision.
- Asking for a way that a step cannot have is refused (WrongUse).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from studio.domain.errors import WrongUse
from studio.domain.workflow import (
    Ask,
    Branch,
    CallBlock,
    Decide,
    End,
    Handoff,
    Step,
    ToolCall,
    Verify,
    ways_out,
)

MAIN, FAILS, OTHERWISE = "", "if it fails", "otherwise"


def possible_ways(step: Step) -> tuple[tuple[str, str | None], ...]:
    """Return every way a step has or can have, with the step it leads to (None: it is open)."""
    found = tuple(ways_out(step))
    if isinstance(step, Handoff) and not found:
        return ((FAILS, None),)
    return found


def open_ways(step: Step) -> tuple[str, ...]:
    """Return the ways that lead nowhere yet and should; who hands over may do without."""
    return tuple(label for label, target in ways_out(step) if target is None)


def target_of(step: Step, label: str) -> str | None:
    """Return where a way of a step leads; raises WrongUse where the step has no such way."""
    ways = dict(possible_ways(step))
    if label not in ways:
        raise WrongUse(_no_way(step, label), "Choose one of the ways it has.")
    return ways[label]


def with_way(step: Step, label: str, target: str | None) -> Step:
    """Return the step with one way leading elsewhere; a decision gets a new branch for a new name."""
    if isinstance(step, Decide):
        return _decided(step, label, target)
    if label == FAILS and isinstance(step, Ask | Verify | ToolCall | CallBlock | Handoff):
        return step.model_copy(update={"on_failure": target})
    if label == MAIN and not isinstance(step, Handoff | End):
        return step.model_copy(update={"next": target})
    raise WrongUse(_no_way(step, label), "Choose one of the ways it has.")


def redirected(step: Step, where: Callable[[str], str | None]) -> Step:
    """Return the step with all its ways led to where `where` says, by the step they led to."""
    for label, target in tuple(ways_out(step)):
        if target is not None and (new := where(target)) != target:
            step = with_way(step, label, new)
    return step


def way_on(step: Step) -> str | None:
    """Return where a step goes on in the ordinary course: its one target, or None where that is not clear."""
    targets = list(dict.fromkeys(t for label, t in ways_out(step) if label != FAILS))
    return targets[0] if len(targets) == 1 else None


def free_way(step: Step) -> str | None:
    """Return the way that a step which follows takes: the first open one, else the ordinary one; or None."""
    if opened := open_ways(step):
        return opened[0]
    ways = [label for label, _ in ways_out(step)]
    return ways[0] if ways else None


def new_branch(step: Decide) -> str:
    """Return a free name for another branch of a decision."""
    taken = {branch.id for branch in step.branches} | {OTHERWISE}
    return next(name for name in _names() if name not in taken)


def way_words(label: str) -> str:
    """Return what people call a way, as an addition to a step's title; nothing for the ordinary one."""
    return f" ({label.replace('_', ' ').replace('-', ' ')})" if label else ""


def _names() -> Iterator[str]:
    yield from ("yes", "no")
    number = 3
    while True:
        yield f"way {number}"
        number += 1


def _decided(step: Decide, label: str, target: str | None) -> Step:
    if label == OTHERWISE:
        return step.model_copy(update={"otherwise": target})
    if label in ("", FAILS):
        raise WrongUse(_no_way(step, label), "Choose one of its answers, or “otherwise”.")
    if any(branch.id == label for branch in step.branches):
        branches = tuple(b.model_copy(update={"next": target}) if b.id == label else b for b in step.branches)
    else:
        branches = (*step.branches, Branch(id=label, next=target))
    return step.model_copy(update={"branches": branches})


def _no_way(step: Step, label: str) -> str:
    name = f"“{label}”" if label else "an ordinary way on"
    return f"“{step.title}” cannot have {name}."
