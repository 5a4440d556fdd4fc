"""Traces: what happened in a conversation, turn by turn, and why."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from studio.domain.condition import Scalar
from studio.domain.frozen import Frozen, Json

EventKind = Literal[
    "understood",
    "step",
    "branch",
    "row",
    "rule",
    "guard",
    "call",
    "failure",
    "disclosure",
    "handoff",
    "end",
    "fault",
]


class TraceEvent(Frozen):
    """One thing the runtime did; `detail` is a sentence, the ids say exactly where."""

    kind: EventKind
    detail: str
    step: str | None = None
    workflow: str | None = None
    rule: str | None = None
    table: str | None = None
    row: str | None = None
    tool: str | None = None
    label: str | None = None
    arguments: dict[str, Json] = Field(default_factory=dict)
    reply: dict[str, Json] = Field(default_factory=dict)
    facts: dict[str, Scalar] = Field(default_factory=dict)


class Turn(Frozen):
    """One utterance, or one silent stretch of the system, with the events behind it."""

    role: Literal["agent", "customer", "system"]
    text: str = ""
    events: tuple[TraceEvent, ...] = ()
