"""What an older proposal of the same document still asks, when a new one takes its place: nothing is lost.

- A change that nobody decided is in the new proposal again (the same place, or the same sentence), or it is
  carried over as it was, with a warning that tells where it comes from.
- What no longer fits the draft, or stands on a sentence that is gone, is told with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply, lookup
from studio.domain.errors import StudioError
from studio.domain.frozen import canonical, to_json
from studio.domain.proposal import Proposal, ProposedChange

Waiting = tuple[Proposal, ProposedChange]


def carry_over(agent: Agent, made: Proposal, waiting: Sequence[Waiting], document: str) -> Proposal:
    """Return the new proposal with what older ones still ask; `waiting` are their undecided changes."""
    words = " ".join(document.split())
    changes = list(made.changes)
    names: dict[tuple[str, str], str] = {}
    told: list[str] = []
    left: list[Waiting] = []
    for old, change in waiting:
        again = _again(made.changes, change)
        if again is not None:
            names[old.id, change.id] = again
        else:
            left.append((old, change))
    for old, change in left:
        why = _why_not(agent, changes, change, words)
        if not why:
            kept = _kept(old, change, names, len(changes) + 1)
            if not _applies(agent, [*changes, kept]):
                why = "it no longer fits what is proposed now"
            else:
                changes.append(kept)
                names[old.id, change.id] = kept.id
                continue
        told.append(f"Not taken over from {old.id}: {change.id} “{change.title}”, because {why}.")
    return made.model_copy(update={"changes": tuple(changes), "unaffected": (*told, *made.unaffected)})


def _again(changes: Sequence[ProposedChange], change: ProposedChange) -> str | None:
    """Return which new change is at the same place, or brings the same sentence into the same part."""
    area = change.change.segments[:2]
    prints = {citation.fingerprint for citation in change.citations}
    for each in changes:
        if each.change.path == change.change.path and (
            change.change.before is not None or _says(each) == _says(change)
        ):
            return each.id
    for each in changes:
        new = each.change.before is None and change.change.before is None
        cited = prints & {citation.fingerprint for citation in each.citations}
        if new and cited and each.change.segments[:2][: len(area) - 1] == area[: len(area) - 1]:
            return each.id
    return None


def _says(change: ProposedChange) -> bytes:
    after = change.change.after
    bare = (
        {k: v for k, v in after.items() if k not in ("id", "citations")} if isinstance(after, dict) else after
    )
    return canonical(bare if bare is not None else {})


def _why_not(agent: Agent, changes: Sequence[ProposedChange], change: ProposedChange, words: str) -> str:
    if change.citations and not any(" ".join(c.quote.split()) in words for c in change.citations):
        return "the sentence it stands on is no longer in the document"
    there = lookup(to_json(agent), change.change.path)
    if canonical(there if there is not None else {}) != canonical(
        change.change.before if change.change.before is not None else {}
    ):
        return "its place was changed since"
    if any(each.change.path == change.change.path for each in changes):
        return "something else is proposed for its place now"
    return ""


def _kept(
    old: Proposal, change: ProposedChange, names: dict[tuple[str, str], str], number: int
) -> ProposedChange:
    """Return the change as part of the new proposal, standing on what its needs became there."""
    needs = [names[old.id, each] for each in change.depends_on if (old.id, each) in names]
    return change.model_copy(
        update={
            "id": f"C-{number:02}",
            "depends_on": tuple(sorted(set(needs))),
            "warnings": (
                *change.warnings,
                f"Taken over from {old.id} ({change.id}), where nobody decided it; reading the document now "
                "did not ask for it again.",
            ),
        }
    )


def _applies(agent: Agent, changes: Sequence[ProposedChange]) -> bool:
    try:
        apply(agent, ChangeSet(title="", changes=tuple(each.change for each in changes)))
    except (StudioError, ValueError):
        return False
    return True
