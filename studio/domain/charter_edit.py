"""Edits of the charter as they are wished for: a deed, what it is done to, and what is given with it.

- A panel and the command line tell the same wishes; `services/authoring` makes a change set of each.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from studio.domain.frozen import Frozen

CharterDeed = Literal[
    "reword",
    "set autonomy",
    "name owner",
    "set performance owner",
    "set technology",
    "set policy",
    "remove policy",
    "add intent",
    "take over intents",
    "place intent",
    "change intent",
    "remove intent",
    "add threshold",
    "change threshold",
    "remove threshold",
    "set economics",
    "remove economics",
    "add rule",
    "copy rule",
    "change rule",
    "guard rule",
    "cite rule",
    "uncite rule",
    "move rule",
    "remove rule",
    "restore rule",
]


class CharterWish(Frozen):
    """One wish: `item` is the rule, kind of request, threshold or role that it is about."""

    deed: CharterDeed
    item: str = ""
    given: dict[str, Any] = Field(default_factory=dict)
