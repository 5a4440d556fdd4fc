"""Interactions: production conversations, tagged with the exact agent version that held them."""

from __future__ import annotations

from datetime import datetime

from studio.domain.frozen import Frozen
from studio.domain.trace import Turn


class Interaction(Frozen):
    """One production conversation as the agent's runtime reported it."""

    id: str
    agent_digest: str
    agent_version: str
    started_at: datetime
    outcome: str
    turns: tuple[Turn, ...] = ()
