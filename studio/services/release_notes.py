"""Release notes in words: what changes since the live version, written by rules, beside what the author says.

- The same changes always read the same (`told_changes`).
- The introduction is the author's own and stands above; it is part of what approvers sign.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.diff.summary import counted
from studio.services.memory import Memory
from studio.services.release_content import release_changeset
from studio.services.standing import Standing
from studio.services.told_changes import NoteGroup, groups_between


@dataclass(frozen=True, slots=True)
class ReleaseNotes:
    """The notes of the next release; `total` counts what changes, in a few words.

    `looking`: they are still being written, as the changes have to be found first.
    """

    number: int
    live_number: int
    introduction: str
    groups: tuple[NoteGroup, ...]
    total: str
    looking: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return every sentence, in order."""
        return tuple(sentence for group in self.groups for sentence in group.sentences)


_NOTES: Memory[tuple[str, str], tuple[tuple[NoteGroup, ...], str]] = Memory(4)


def release_notes(stand: Standing) -> ReleaseNotes:
    """Return the notes of the next release."""
    groups, total = _NOTES.get((stand.live_digest, stand.draft_digest), lambda: _written(stand))
    return _notes(stand, groups, total, looking=False)


def notes_now(stand: Standing) -> ReleaseNotes:
    """Return the notes where they are known, or where nothing changes; else that they are being written."""
    key = (stand.live_digest, stand.draft_digest)
    if key in _NOTES or stand.live_digest == stand.draft_digest:
        return release_notes(stand)
    return _notes(stand, (), "", looking=True)


def _notes(stand: Standing, groups: tuple[NoteGroup, ...], total: str, *, looking: bool) -> ReleaseNotes:
    introduction = (stand.plan.introduction if stand.plan else None) or ""
    return ReleaseNotes(stand.live_number + 1, stand.live_number, introduction, groups, total, looking)


def _written(stand: Standing) -> tuple[tuple[NoteGroup, ...], str]:
    if stand.live_digest == stand.draft_digest:
        return (), ""
    changes = release_changeset(stand).changes
    return groups_between(stand.live, stand.draft, changes), counted(changes)


def as_markdown(notes: ReleaseNotes, agent: str) -> str:
    """Return the notes as Markdown, to be sent or put beside the bundle."""
    parts = [f"# {agent}, release {notes.number}", ""]
    if notes.introduction:
        parts += [notes.introduction, ""]
    parts += [f"What changed since release {notes.live_number}: {notes.total or 'nothing'}.", ""]
    for group in notes.groups:
        parts += [f"## {group.heading}", "", *(f"- {sentence}" for sentence in group.sentences), ""]
    return "\n".join(parts).rstrip() + "\n"
