"""What one version of an agent changes against another, in words: the same text for whoever approves.

- Every change is in exactly one sentence, under the heading of what it is about; the order is people's:
  what the agent may and must, then what it does, then what shows it.
- The release notes, a received bundle and a request for a signature all read this, so that nobody signs
  another text than the author wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.diff.agents import diff_agents
from studio.diff.summary import summary_of
from studio.domain.agent import Agent
from studio.domain.changeset import Change, split_path

_FIRST = ("Charter", "Workflow", "Decisions", "Systems", "Tests", "Sources", "Records")


@dataclass(frozen=True, slots=True)
class NoteGroup:
    """The sentences on one part of the agent."""

    heading: str
    sentences: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the sentences as they stand without the heading: a workflow's name its workflow."""
        name = self.heading.partition(" · ")[2]
        return tuple(f"{name}: {each}" for each in self.sentences) if name else self.sentences


def groups_between(before: Agent, after: Agent, changes: Sequence[Change]) -> tuple[NoteGroup, ...]:
    """Return what some changes do, told by what they are about."""
    cases = _cases(before, after, changes)
    lines = summary_of([(str(n), change) for n, change in enumerate(changes)], before, after, cases)
    found: dict[str, list[str]] = {}
    for line in lines:
        found.setdefault(line.heading, []).append(line.text)
    return tuple(sorted((NoteGroup(head, tuple(said)) for head, said in found.items()), key=_rank))


def _cases(before: Agent, after: Agent, changes: Sequence[Change]) -> dict[str, tuple[str, ...]]:
    """Return by decision table the cases that come out otherwise; what works them out is large to import."""
    if all(split_path(change.path)[0] != "tables" for change in changes):
        return {}
    from studio.services.change_forms import cases_in

    return cases_in(changes, (before, after))


def told_between(before: Agent, after: Agent) -> tuple[str, ...]:
    """Return every sentence on what the second version changes, in order."""
    groups = groups_between(before, after, diff_agents(before, after, "").changes)
    return tuple(line for group in groups for line in group.lines)


def _rank(group: NoteGroup) -> int:
    head = group.heading.partition(" · ")[0]
    return _FIRST.index(head) if head in _FIRST else len(_FIRST)
