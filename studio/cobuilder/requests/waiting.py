"""Proposals that wait while another is made: new items get numbers of their own, shared places are told.

- Two requests made one after the other can both be accepted, in any order, unless they change one place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from studio.cobuilder.requests.kinds import Ground
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.review import Decision

_NUMBERED = re.compile(r"^(?:charter/rules|scenarios)/(?P<letter>[RT])-(?P<number>\d+)$")


def open_changes(
    proposals: Sequence[Proposal], decisions: Iterable[Decision]
) -> Iterator[tuple[Proposal, ProposedChange]]:
    """Return the changes that nobody has decided yet."""
    decided = {(each.proposal_id, each.change_id) for each in decisions}
    for proposal in proposals:
        for change in proposal.changes:
            if (proposal.id, change.id) not in decided:
                yield proposal, change


def _open_changes(ground: Ground) -> Iterator[tuple[Proposal, ProposedChange]]:
    return open_changes(ground.proposals, ground.decisions)


def new_places(proposals: Sequence[Proposal], decisions: Iterable[Decision]) -> frozenset[str]:
    """Return the paths of everything new that waits to be decided, which nothing else may take."""
    waiting = (change.change for _, change in open_changes(proposals, decisions))
    return frozenset(change.path for change in waiting if change.before is None)


def renumbering(ground: Ground, changes: tuple[ProposedChange, ...]) -> dict[str, str]:
    """Return the numbers of new rules and tests that a waiting proposal uses too, with free ones instead."""
    taken = new_places(ground.proposals, ground.decisions)
    new = [c.change.path for c in changes if c.change.before is None and _NUMBERED.match(c.change.path)]
    used = set(taken) | set(new)
    instead: dict[str, str] = {}
    for path in new:
        if path not in taken:
            continue
        head, name = path.rsplit("/", 1)
        number = int(name[2:])
        while f"{head}/{name[:2]}{number:02}" in used:
            number += 1
        instead[name] = f"{name[:2]}{number:02}"
        used.add(f"{head}/{instead[name]}")
    return instead


def renumbered(text: str, instead: dict[str, str]) -> str:
    """Return a text with numbers replaced."""
    if not instead:
        return text
    pattern = "|".join(map(re.escape, instead))
    return re.sub(rf"(?<![\w-])(?:{pattern})(?![\w-])", lambda found: instead[found[0]], text)


def with_numbers(changes: tuple[ProposedChange, ...], instead: dict[str, str]) -> tuple[ProposedChange, ...]:
    """Return changes with numbers replaced, in paths, contents and titles."""
    if not instead:
        return changes
    made = []
    for change in changes:
        edit = change.change
        after = json.loads(renumbered(json.dumps(edit.after, ensure_ascii=False), instead))
        own = edit.model_copy(update={"path": renumbered(edit.path, instead), "after": after})
        made.append(change.model_copy(update={"change": own, "title": renumbered(change.title, instead)}))
    return tuple(made)


def warnings(ground: Ground, changes: tuple[ProposedChange, ...]) -> list[str]:
    """Return a sentence for every proposal that waits and changes a place of this one as well."""
    paths = {change.change.path for change in changes if not change.change.is_move}
    found = {
        proposal.id: (
            f"{proposal.id} “{proposal.title}” waits for your decision and changes the same place; "
            f"once one of the two is accepted, the other no longer fits."
        )
        for proposal, change in _open_changes(ground)
        if change.change.path in paths
    }
    return list(found.values())
