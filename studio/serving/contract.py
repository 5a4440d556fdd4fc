"""The contract over HTTP: what is asked, what is answered, and how trouble is told (RFC 9457).

- The OpenAPI document is made from these types; members that are absent are never null.
- Every answer of an agent carries which version of it spoke, and whether real systems were called.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from studio.domain.environment import Sha256
from studio.domain.frozen import Frozen, Json

CONTRACT = "1"
LONGEST_TEXT = 2_000
ConversationId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[!-.0-~]+$")]
"""Letters, digits and signs of ASCII without spaces and slashes."""
AnsweredBy = Literal["stable", "canary"]


class NewConversation(Frozen):
    """Begin a conversation. Without an id of the caller's own, the stable release answers, always."""

    id: ConversationId | None = None


class CustomerTurn(Frozen):
    """What the customer said. `turn` counts from 1: the same turn again gives the same answer again."""

    turn: Annotated[int, Field(ge=1, le=1_000)]
    text: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]


class Version(Frozen):
    """Exactly which agent answers this conversation, from its first turn to its last."""

    agent: str
    agent_digest: Sha256
    release: Sha256
    sequence: int
    label: str
    answered_by: AnsweredBy
    environment: str
    generation: int
    runtime: str
    systems: Literal["rehearsed", "real"]
    systems_note: str


class Handover(Frozen):
    """To whom the customer was handed, and what a colleague should know."""

    queue: str
    summary: str


class Reply(Frozen):
    """What the agent says now. `over` says that nothing further is answered in this conversation."""

    conversation: str
    interaction: str
    turn: int
    replies: tuple[str, ...]
    outcome: str | None = None
    over: bool = False
    handover: Handover | None = None
    metadata: Version


class Health(Frozen):
    """Whether it can answer, and what it would answer with."""

    status: Literal["ok", "degraded"]
    environment: str
    generation: int
    stable: int
    canary: int | None = None
    canary_percent: int = 0
    open_conversations: int
    notes: tuple[str, ...] = ()


class About(Frozen):
    """What this endpoint is."""

    name: Literal["CoBuilder reference endpoint"] = "CoBuilder reference endpoint"
    contract: str = CONTRACT
    agent: str
    environment: str
    systems: Literal["rehearsed", "real"]
    systems_note: str
    openapi: str = "/openapi.json"
    health: str = "/health"


class SystemCall(Frozen):
    """What a system of IT's is sent: which tool, with which arguments, in which conversation."""

    tool: str
    arguments: dict[str, Json]
    interaction: str
    turn: int


class Problem(Frozen):
    """What went wrong, as RFC 9457 says it (application/problem+json)."""

    type: str
    title: str
    status: int
    detail: str
