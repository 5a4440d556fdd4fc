"""Release notes in words: what changes since the live version, written by rules, beside what the author says.

- Every change is told once, under the heading of what it is about; the same changes always read the same.
- The introduction is the author's own and stands above; it is part of what approvers sign.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studio.diff.summary import counted, summary_of
from studio.domain.changeset import Change
from studio.services.memory import Memory
from studio.services.release_content import release_changeset
from studio.services.standing import Standing

_FIRST = ("Charter", "Workflow", "Decisions", "Systems", "Tests", "Sources", "Records")
"""The order in which people read: what the agent may and must, then what it does, then what shows it."""


@dataclass(frozen=True, slots=True)
class NoteGroup:
    """The sentences on one part of the agent."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleaseNotes:
    """The notes of the next release; `total` counts what changes, in a few words."""

    number: int
    live_number: int
    introduction: str
    groups: tuple[NoteGroup, ...]
    total: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return every sentence, in order."""
        return tuple(sentence for group in self.groups for sentence in group.sentences)


_NOTES: Memory[tuple[str, str], tuple[tuple[NoteGroup, ...], str]] = Memory(4)


def release_notes(stand: Standing) -> ReleaseNotes:
    """Return the notes of the next release."""
    groups, total = _NOTES.get((stand.live_digest, stand.draft_digest), lambda: _written(stand))
    introduction = (stand.plan.introduction if stand.plan else None) or ""
    return ReleaseNotes(stand.live_number + 1, stand.live_number, introduction, groups, total)


def _written(stand: Standing) -> tuple[tuple[NoteGroup, ...], str]:
    changes = release_changeset(stand).changes
    lines = summary_of([(str(n), change) for n, change in enumerate(changes)], stand.live, stand.draft)
    found: dict[str, list[str]] = {}
    for line in lines:
        found.setdefault(line.heading, []).append(line.text)
    groups = [NoteGroup(heading, tuple(said)) for heading, said in found.items()]
    return tuple(sorted(groups, key=_rank)), _total(changes)


def _rank(group: NoteGroup) -> int:
    head = group.heading.partition(" · ")[0]
    return _FIRST.index(head) if head in _FIRST else len(_FIRST)


def _total(changes: Iterable[Change]) -> str:
    return counted(changes)


def as_markdown(notes: ReleaseNotes, agent: str) -> str:
    """Return the notes as Markdown, to be sent or put beside the bundle."""
    parts = [f"# {agent}, release {notes.number}", ""]
    if notes.introduction:
        parts += [notes.introduction, ""]
    parts += [f"What changed since release {notes.live_number}: {notes.total or 'nothing'}.", ""]
    for group in notes.groups:
        parts += [f"## {group.heading}", "", *(f"- {sentence}" for sentence in group.sentences), ""]
    return "\n".join(parts).rstrip() + "\n"
