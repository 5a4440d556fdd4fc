"""A further wish in the same talk: what carries over to it, and what belongs to the matter before.

- What the customer told carries over; what systems said is about the matter before, and does not.
- A yes or no was an answer in its own matter, and so was a choice that decides a way: both are asked anew.
- Identity holds on as long as the person is the same: who tells another address or number proves it again.
- What cannot be taken back and was sent before is not sent again with the same values.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from studio.domain.frozen import Json
from studio.domain.tool import Tool
from studio.runtime.state import Memory


def carry_over(memory: Memory, answers: Collection[str]) -> None:
    """Keep what a further wish may use of what was told; what was sent counts as sent before it."""
    memory.given = [name for name in memory.given if name in memory.facts and name not in answers]
    memory.facts = {name: memory.facts[name] for name in memory.given}
    memory.sent = dict.fromkeys(memory.sent, True)


def remember_sent(memory: Memory, tool: Tool, arguments: Mapping[str, Json]) -> None:
    """Remember a call that cannot be taken back, as one of the present matter."""
    if tool.effect == "write" and not tool.reversible:
        memory.sent.setdefault(_call(tool, arguments), False)


def sent_before(memory: Memory, tool: Tool, arguments: Mapping[str, Json]) -> bool:
    """Return whether the same call, that cannot be taken back, was sent for an earlier wish."""
    return bool(memory.sent) and memory.sent.get(_call(tool, arguments), False)


def _call(tool: Tool, arguments: Mapping[str, Json]) -> str:
    return f"{tool.name} {sorted(arguments.items())!r}"
