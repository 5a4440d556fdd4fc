"""Interactions: production conversations, tagged with the exact agent version that held them.

- A runtime reports a conversation in parts as it goes on, one for each exchange; together they are the whole.
- What an older or another runtime does not report is None.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from studio.domain.frozen import Frozen
from studio.domain.trace import Turn

OPEN = "open"
"""The outcome of a conversation that has not ended."""


class Interaction(Frozen):
    """One production conversation as the agent's runtime reported it, or one part of it.

    - `agent_version` is the release's number in its registry, `release` its id, `agent_digest` its content.
    - `conversation` is the caller's own id; `id` is unique even where callers use one twice.
    - `part` counts the exchanges from 0, the greeting; `systems` says whether real ones were called.
    """

    id: str
    agent_digest: str
    agent_version: str
    started_at: datetime
    outcome: str
    turns: tuple[Turn, ...] = ()
    conversation: str | None = None
    environment: str | None = None
    generation: int | None = None
    release: str | None = None
    answered_by: Literal["stable", "canary"] | None = None
    runtime: str | None = None
    systems: Literal["rehearsed", "real"] | None = None
    part: int | None = None
    at: datetime | None = None


def whole(parts: Iterable[Interaction]) -> tuple[Interaction, ...]:
    """Return whole conversations of their parts, in the order in which they began to be reported.

    A part that was reported twice counts once.
    """
    found: dict[str, dict[int, Interaction]] = {}
    for each in parts:
        found.setdefault(each.id, {}).setdefault(each.part or 0, each)
    return tuple(_joined([by_part[number] for number in sorted(by_part)]) for by_part in found.values())


def _joined(parts: list[Interaction]) -> Interaction:
    turns = tuple(turn for part in parts for turn in part.turns)
    last = parts[-1]
    return parts[0].model_copy(update={"turns": turns, "outcome": last.outcome, "part": None, "at": last.at})
