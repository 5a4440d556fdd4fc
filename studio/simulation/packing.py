"""Conversations on their way between processes: plain tuples, several times cheaper than the objects.

- Unpacked, they equal what was packed; a test holds both to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from studio.domain.collector import uncollected
from studio.domain.run import Conversation, Mark
from studio.domain.trace import TraceEvent, Turn
from studio.runtime.recording import build

_EVENT = tuple(TraceEvent.model_fields)
_TURN = tuple(Turn.model_fields)
_MARK = tuple(Mark.model_fields)
_CONVERSATION = tuple(Conversation.model_fields)
_event, _turn, _mark = itemgetter(*_EVENT), itemgetter(*_TURN), itemgetter(*_MARK)
_conversation = itemgetter(*_CONVERSATION)

Plain = tuple[Any, ...]


class Conversations(list[Conversation]):
    """A list of conversations that travels as plain tuples."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how to make it again elsewhere."""
        return unpack, ([pack(each) for each in self],)


def pack(conversation: Conversation) -> Plain:
    """Return a conversation as plain tuples."""
    values = dict(conversation.__dict__)
    values["marks"] = [_mark(mark.__dict__) for mark in conversation.marks]
    values["turns"] = [
        _turn({**turn.__dict__, "events": [_event(event.__dict__) for event in turn.events]})
        for turn in conversation.turns
    ]
    packed: Plain = _conversation(values)
    return packed


def unpack(packed: Iterable[Plain]) -> Conversations:
    """Return the conversations that were packed."""
    with uncollected():
        return Conversations(_one(each) for each in packed)


def _one(packed: Plain) -> Conversation:
    values = dict(zip(_CONVERSATION, packed, strict=True))
    values["marks"] = tuple(build(Mark, dict(zip(_MARK, mark, strict=True))) for mark in values["marks"])
    values["turns"] = tuple(_unpacked_turn(turn) for turn in values["turns"])
    return build(Conversation, values)


def _unpacked_turn(packed: Plain) -> Turn:
    values = dict(zip(_TURN, packed, strict=True))
    events = (dict(zip(_EVENT, event, strict=True)) for event in values["events"])
    values["events"] = tuple(build(TraceEvent, event) for event in events)
    return build(Turn, values)
