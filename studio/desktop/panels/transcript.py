"""The transcript panel: a simulated conversation as lines, with what the agent did in between."""

from __future__ import annotations

from collections.abc import Sequence

from studio.desktop.panels.graph import plain
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.transcript_view import Line
from studio.domain.condition import spell
from studio.domain.run import Blame, Conversation
from studio.domain.trace import TraceEvent, Turn

_TOLD = ("call", "failure", "fault", "handoff", "guard", "row", "disclosure")
_BAD = ("failure", "guard")
PARTS = "From here on both differ"
ENDS_HERE = "Ends here, the other one goes on"
ENDED = "Ended: "
_NOT_THE_AGENT: dict[Blame, str] = {
    "customer simulator": "Not the agent's fault: the simulated customer went wrong",
    "scenario": "Not the agent's fault: the test asks for what cannot be",
    "mock": "Not the agent's fault: the rehearsed system went wrong",
    "infrastructure": "Not the agent's fault: the simulation itself broke off",
}


def lines_of(conversation: Conversation, parts_at: int | None = None) -> list[Line]:
    """Return the conversation as bubbles and quiet lines, its verdict last; `parts_at` marks a turn."""
    lines: list[Line] = []
    for at, turn in enumerate(conversation.turns):
        if at == parts_at:
            lines.append(Line("system", PARTS, "chg", id="parts"))
        lines += _turn(turn)
    if parts_at is not None and parts_at >= len(conversation.turns):
        lines.append(Line("system", ENDS_HERE, "chg", id="parts"))
    lines.append(Line("system", f"{ENDED}{conversation.outcome}", "ok" if conversation.passed else "bad"))
    lines += [
        Line("system", f"Not right · {mark.words}", "bad") for mark in conversation.marks if not mark.ok
    ]
    if conversation.blame is not None and conversation.blame != "agent":
        why = f". {conversation.because}" if conversation.because else ""
        lines.append(Line("system", f"{_NOT_THE_AGENT[conversation.blame]}{why}", "warn"))
    return lines


def lines_beside(conversation: Conversation, other: Conversation | None, parts_at: int | None) -> list[Line]:
    """Return one of two conversations, marked where it begins to read otherwise than the other one.

    What nobody reads, such as another reply of a system, parts them only where nothing else does: `parts_at`.
    """
    lines = lines_of(conversation)
    if other is None or parts_at is None:
        return lines
    theirs = lines_of(other)
    pairs = zip(lines, theirs, strict=False)
    at = next(
        (n for n, (mine, its) in enumerate(pairs) if (mine.speaker, mine.text) != (its.speaker, its.text)), -1
    )
    if at < 0:
        return lines_of(conversation, parts_at)
    ends = lines[at].text.startswith(ENDED) and not theirs[at].text.startswith(ENDED)
    return [*lines[:at], Line("system", ENDS_HERE if ends else PARTS, "chg", id="parts"), *lines[at:]]


def parting_line(lines: Sequence[Line]) -> int:
    """Return the line that marks the first difference, or -1."""
    return next((at for at, line in enumerate(lines) if line.id == "parts"), -1)


def _turn(turn: Turn) -> list[Line]:
    done = [_event(e) for e in turn.events if e.kind in _TOLD and e.detail]
    if turn.role == "customer" and turn.text:
        return [Line("customer", turn.text), *done]
    if turn.text:
        done.append(Line("agent" if turn.role == "agent" else "system", turn.text))
    return done


def _event(event: TraceEvent) -> Line:
    tone: Tone = "bad" if event.kind in _BAD else "warn" if event.kind == "fault" else ""
    words = event.detail.replace(event.tool, plain(event.tool)) if event.tool else event.detail
    if event.kind == "call" and event.arguments:
        given = ", ".join(f"{k.replace('_', ' ')} {_value(v)}" for k, v in event.arguments.items())
        words = f"{words} · {given}" if given and given not in words else words
    return Line("system", words, tone)


def _value(value: object) -> str:
    return spell(value) if isinstance(value, bool | int | float | str) else "…"
