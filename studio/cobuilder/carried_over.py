"""What an older proposal of the same document still asks, when a new one takes its place: nothing is lost.

- A change that nobody decided is in the new proposal again (the same place, or the same sentence), or it is
  carried over as it was, with a warning that tells where it comes from.
- A change comes over only with all it needs: what comes over too, is asked again, or stands in the draft.
- What no longer fits the draft, stands on a sentence that is gone, or would break a check that holds without
  it, is told with its reason. A workflow stands on all its sentences, anything else on any one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.checks.all import run_checks
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply, lookup
from studio.domain.errors import StudioError
from studio.domain.frozen import canonical, to_json
from studio.domain.proposal import Proposal, ProposedChange

Waiting = tuple[Proposal, ProposedChange]


def carry_over(
    agent: Agent,
    made: Proposal,
    waiting: Sequence[Waiting],
    document: str,
    overruled: frozenset[str] = frozenset(),
) -> Proposal:
    """Return the new proposal with what older ones still ask; `waiting` are their undecided changes.

    `overruled` are the fingerprints of sentences that lost a decided conflict: nothing that stands on one
    comes over.
    """
    words = " ".join(document.split())
    names: dict[tuple[str, str], str] = {}
    left: list[Waiting] = []
    for old, change in waiting:
        again = _again(made.changes, change)
        if again is not None:
            names[old.id, change.id] = again
        else:
            left.append((old, change))
    crossing = _Crossing(agent, made.changes, names)
    why = {(o.id, c.id): _why_not(agent, made.changes, c, words) for o, c in left}
    for old, change in left:
        if any(citation.fingerprint in overruled for citation in change.citations):
            why[old.id, change.id] = "it was decided that another sentence holds"
    kept = crossing.kept([(o, c) for o, c in left if not why[o.id, c.id]], why)
    told = [
        f"Not taken over from {old.id}: {change.id} “{change.title}”, because {why[old.id, change.id]}."
        for old, change in left
        if why[old.id, change.id]
    ]
    return made.model_copy(
        update={"changes": (*made.changes, *kept), "unaffected": (*told, *made.unaffected)}
    )


@dataclass(frozen=True, slots=True)
class _Crossing:
    """What may come over to the new changes of an agent; `names` are the ones that are asked again."""

    agent: Agent
    changes: tuple[ProposedChange, ...]
    names: dict[tuple[str, str], str]

    def kept(self, waiting: list[Waiting], why: dict[tuple[str, str], str]) -> list[ProposedChange]:
        """Return the changes that come over, as parts of the new proposal; note why the others do not."""
        waiting = self._whole(waiting, why)
        if not waiting:
            return []
        before = _broken(self.agent, self.changes)
        if self._harm(waiting, before):
            taken: list[Waiting] = []
            for each in waiting:
                group = [*taken, *(w for w in self._closed(each, waiting) if w not in taken)]
                harm = self._harm(group, before)
                if harm:
                    why[each[0].id, each[1].id] = harm
                else:
                    taken = group
            waiting = self._whole([each for each in waiting if each in taken], why)
        return self._named(waiting)

    def _whole(self, waiting: list[Waiting], why: dict[tuple[str, str], str]) -> list[Waiting]:
        """Return what lacks nothing that it needs; note of the others what they lack."""
        while True:
            inside = {(old.id, change.id) for old, change in waiting}
            lacking = {(o.id, c.id): self._lacks(o, c, inside) for o, c in waiting}
            if not any(lacking.values()):
                return waiting
            for key, missing in lacking.items():
                if missing:
                    why[key] = f"{missing}, which it needs, is not taken over"
            waiting = [(old, change) for old, change in waiting if not lacking[old.id, change.id]]

    def _lacks(self, old: Proposal, change: ProposedChange, inside: set[tuple[str, str]]) -> str:
        """Return the title of a change that this one needs and that will not stand beside it, or nothing."""
        needed = [each for each in old.changes if each.id in change.depends_on]
        for each in needed:
            known = (old.id, each.id) in inside or (old.id, each.id) in self.names
            if not known and not _stands(self.agent, each):
                return f"{each.id} “{each.title}”"
        return ""

    def _closed(self, first: Waiting, waiting: list[Waiting]) -> list[Waiting]:
        """Return a change with all it needs among those that wait, in their order."""
        old, ids = first[0], {first[1].id}
        by_id = {change.id: change for proposal, change in waiting if proposal.id == old.id}
        open_ = [first[1].id]
        while open_:
            fresh = [n for n in by_id[open_.pop()].depends_on if n in by_id and n not in ids]
            ids |= set(fresh)
            open_ += fresh
        return [each for each in waiting if each[0].id == old.id and each[1].id in ids]

    def _harm(self, waiting: list[Waiting], before: frozenset[str] | None) -> str:
        """Return what is wrong with the proposal if these come over, or nothing."""
        paths = [change.change.path for _, change in waiting]
        if len(set(paths)) < len(paths):
            return "something else is proposed for its place now"
        after = _broken(self.agent, (*self.changes, *(change for _, change in waiting)))
        if after is None:
            return "it no longer fits what is proposed now"
        worse = sorted(after - (before or frozenset()))
        return f"with it a check would no longer hold: {worse[0].rstrip('.')}" if worse else ""

    def _named(self, waiting: list[Waiting]) -> list[ProposedChange]:
        """Return the changes as parts of the new proposal, standing on what their needs became there."""
        names = dict(self.names)
        for number, (old, change) in enumerate(waiting, len(self.changes) + 1):
            names[old.id, change.id] = f"C-{number:02}"
        return [_kept(old, change, names) for old, change in waiting]


def _stands(agent: Agent, change: ProposedChange) -> bool:
    """Return whether a change was made in the draft already: what it brought is there, or gone."""
    return (lookup(to_json(agent), change.change.path) is None) == (change.change.after is None)


def _broken(agent: Agent, changes: Sequence[ProposedChange]) -> frozenset[str] | None:
    """Return what is broken in the agent once the changes are made; None where they cannot be made."""
    try:
        changed = apply(agent, ChangeSet(title="", changes=tuple(each.change for each in changes)))
    except (StudioError, ValueError):
        return None
    return frozenset(each.detail for each in run_checks(changed) if each.status == "broken")


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
    said = [" ".join(c.quote.split()) in words for c in change.citations]
    area, *inside = change.change.segments
    if said and not any(said):
        return "the sentence it stands on is no longer in the document"
    if not all(said) and area == "workflows" and len(inside) == 1:
        return "a sentence it stands on is no longer in the document"
    there = lookup(to_json(agent), change.change.path)
    if canonical(there if there is not None else {}) != canonical(
        change.change.before if change.change.before is not None else {}
    ):
        return "its place was changed since"
    if any(each.change.path == change.change.path for each in changes):
        return "something else is proposed for its place now"
    return ""


def _kept(old: Proposal, change: ProposedChange, names: dict[tuple[str, str], str]) -> ProposedChange:
    """Return the change as part of the new proposal, standing on what its needs became there."""
    needs = [names[old.id, each] for each in change.depends_on if (old.id, each) in names]
    return change.model_copy(
        update={
            "id": names[old.id, change.id],
            "depends_on": tuple(sorted(set(needs))),
            "warnings": (
                *change.warnings,
                f"Taken over from {old.id} ({change.id}), where nobody decided it; reading the document now "
                "did not ask for it again.",
            ),
        }
    )
