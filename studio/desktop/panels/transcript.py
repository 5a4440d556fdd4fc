"""The transcript panel: a simulated conversation as lines, with what the agent did in between."""

from __future__ import annotations

from studio.desktop.panels.graph import plain
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.transcript_view import Line
from studio.domain.condition import spell
from studio.domain.run import Conversation
from studio.domain.trace import TraceEvent

_TOLD = ("call", "failure", "fault", "handoff", "guard", "row", "disclosure")
_BAD = ("failure", "guard")


def lines_of(conversation: Conversation) -> list[Line]:
    """Return the conversation as bubbles and quiet lines, its verdict last."""
    lines: list[Line] = []
    for turn in conversation.turns:
        before = [_event(e) for e in turn.events if e.kind in _TOLD and e.detail]
        if turn.role == "customer" and turn.text:
            lines.append(Line("customer", turn.text))
            lines += before
        else:
            lines += before
            if turn.text:
                lines.append(Line("agent" if turn.role == "agent" else "system", turn.text))
    lines.append(Line("system", f"Ended: {conversation.outcome}", "ok" if conversation.passed else "bad"))
    lines += [Line("system", f"Not right · {mark.note}", "bad") for mark in conversation.marks if not mark.ok]
    if conversation.blame not in (None, "agent"):
        lines.append(Line("system", f"Not the agent's fault but the {conversation.blame}'s", "bad"))
    return lines


def _event(event: TraceEvent) -> Line:
    tone: Tone = "bad" if event.kind in _BAD else ""
    words = event.detail.replace(event.tool, plain(event.tool)) if event.tool else event.detail
    if event.kind == "call" and event.arguments:
        given = ", ".join(f"{k.replace('_', ' ')} {_value(v)}" for k, v in event.arguments.items())
        words = f"{words} · {given}" if given and given not in words else words
    return Line("system", words, tone)


def _value(value: object) -> str:
    return spell(value) if isinstance(value, bool | int | float | str) else "…"
