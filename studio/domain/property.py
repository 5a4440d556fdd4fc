"""Properties: what a rule demands of every conversation, in a form that can be proved over all paths.

- A property speaks of events: a system is called (and no guard stops it), identity is verified or fails, a
  disclosure is said, a change fails, a person takes over.
- It is read out of a rule's words, shown in words, and counts from when a person confirmed it.
"""

from __future__ import annotations

from typing import Literal

from studio.domain.condition import Condition, in_words
from studio.domain.frozen import Frozen

EventKind = Literal["call", "identity", "failed identity", "disclosure", "handoff", "failure"]


class Event(Frozen):
    """Something that happens; `names` are the systems, disclosure rules or queues that it is about."""

    kind: EventKind
    names: tuple[str, ...] = ()


class Property(Frozen):
    """What holds on every path.

    - *before*: `other` has happened whenever `event` happens;
    - *never*: `event` never happens (after `other`, where that is given);
    - *once*: `event` happens at most once;
    - *then*: whenever `event` has happened, `other` happens before the conversation ends.
    With `when`, only cases count in which it holds as the event happens.
    """

    kind: Literal["before", "never", "once", "then"]
    event: Event
    other: Event | None = None
    when: Condition | None = None

    @property
    def words(self) -> str:
        """Return the property as a sentence."""
        event = event_words(self.event)
        other = event_words(self.other) if self.other is not None else ""
        case = f" when {in_words(self.when)}" if self.when is not None else ""
        if self.kind == "before":
            return f"On every path, {other} before {event}{case}."
        if self.kind == "never":
            return f"On no path {event}{f' after {other}' if other else ''}{case}."
        if self.kind == "once":
            return f"On no path {event} more than once{case}."
        return f"Whenever {event}{case}, {other} before the conversation ends."


def event_words(event: Event) -> str:
    """Return an event as a clause."""
    names = " or ".join(f"“{name.replace('_', ' ')}”" for name in event.names)
    if event.kind == "call":
        return f"{names} is called" if names else "anything is changed"
    if event.kind == "failure":
        return f"{names} fails" if names else "a change fails"
    if event.kind == "disclosure":
        return f"{' or '.join(event.names)} is said"
    if event.kind == "handoff":
        return f"a person of {names} takes over" if names else "a person takes over"
    return {"identity": "identity is verified"}.get(event.kind, "identity fails to be verified")
