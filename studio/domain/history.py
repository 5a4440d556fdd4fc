"""History entries: what one command changed, kept beside the data so that it can be taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from studio.domain.changeset import ChangeSet
from studio.domain.frozen import Frozen, Json

RecordKind = Literal[
    "source",
    "proposal",
    "decision",
    "comment",
    "answer",
    "waiver",
    "confirmation",
    "marking",
    "collision",
    "identity",
    "folder",
    "model_policy",
    "role_approval",
    "merged_reply",
    "setting",
    "alignment",
    "reading",
]


class RecordChange(Frozen):
    """One record that was added (`before` None), changed, or removed (`after` None)."""

    kind: RecordKind
    id: str
    before: Json = None
    after: Json = None

    def inverse(self) -> RecordChange:
        """Return the change that takes this one back."""
        return RecordChange(kind=self.kind, id=self.id, before=self.after, after=self.before)


class HistoryEntry(Frozen):
    """One command's whole effect: the edit of the draft and the records around it."""

    title: str
    by: str
    at: datetime
    agent: ChangeSet
    records: tuple[RecordChange, ...] = ()

    def inverse(self) -> HistoryEntry:
        """Return the entry that takes this one back."""
        return HistoryEntry(
            title=self.title,
            by=self.by,
            at=self.at,
            agent=self.agent.inverse(),
            records=tuple(record.inverse() for record in reversed(self.records)),
        )
