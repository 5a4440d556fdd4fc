"""Facts, past tense: what a command brought about; faces listen to `Changed`, the ledger keeps sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
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
    "agent",
    "run",
    "consequence",
    "approval",
    "bundle",
    "plan",
    "history",
]


@dataclass(frozen=True, slots=True)
class Event:
    """One fact: its name, a sentence for people, and what it touched."""

    name: str
    sentence: str
    kinds: frozenset[Kind]
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """What views refresh for: the union of what a command's events touched."""

    kinds: frozenset[Kind]
    ids: tuple[str, ...]

    @classmethod
    def by(cls, events: tuple[Event, ...]) -> Changed:
        """Return what these events touched together."""
        kinds = frozenset(kind for event in events for kind in event.kinds)
        return cls(kinds, tuple(dict.fromkeys(i for event in events for i in event.ids)))
