"""A flow as it is drawn for editing: steps, the ways out of each, frames, and where people placed what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.desktop.widgets.flow_items import FlowGroup, FlowStep, OpenEnd
from studio.diff.flow_layout import Point, Way

NEW_WAY = "+"
"""The name of a way that a step can still get."""


@dataclass(frozen=True, slots=True)
class Out:
    """One way out of a step: its own name, what people call it, and where it leads (nothing: it is open)."""

    key: str
    name: str
    target: str = ""
    side: bool = False
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of step that can be added: its id, what people call it, its icon."""

    id: str
    name: str
    icon: str


@dataclass(frozen=True, slots=True)
class FlowDrawing:
    """Everything that is drawn of one flow."""

    steps: tuple[FlowStep, ...] = ()
    outs: Mapping[str, tuple[Out, ...]] = field(default_factory=dict)
    groups: tuple[FlowGroup, ...] = ()
    placed: Mapping[str, Point] = field(default_factory=dict)

    @property
    def ways(self) -> list[Way]:
        """Return the ways that lead somewhere."""
        return [
            Way(step.id, out.target, out.name, out.side, out.key)
            for step in self.steps
            for out in self.outs.get(step.id, ())
            if out.target
        ]

    @property
    def open_ends(self) -> list[OpenEnd]:
        """Return the ways that should lead somewhere and do not."""
        return [
            OpenEnd(step.id, out.key, out.name, out.side)
            for step in self.steps
            for out in self.outs.get(step.id, ())
            if not out.target and out.needed
        ]

    @property
    def open_sides(self) -> Counter[str]:
        """Return how many open ways leave each step at its side."""
        return Counter(end.source for end in self.open_ends if end.side)

    def out(self, step: str, key: str) -> Out | None:
        """Return a way of a step, or None."""
        return next((out for out in self.outs.get(step, ()) if out.key == key), None)
