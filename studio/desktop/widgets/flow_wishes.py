"""What a person wants of a flow that can be edited: one plain value a wish, told by the canvas and the list.

- A way is named by the step it leaves and its own name. Places are in the flow's own measure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class AddStep:
    """Add a step of a kind: after a step, on one of its ways, at a place, or just so."""

    kind: str
    after: str = ""
    way: str | None = None
    at: Point | None = None


@dataclass(frozen=True, slots=True)
class Connect:
    """Lead a way of a step to another step."""

    source: str
    way: str
    target: str


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Leave a way of a step open."""

    source: str
    way: str


@dataclass(frozen=True, slots=True)
class MoveSteps:
    """Put steps elsewhere on the canvas."""

    places: Mapping[str, Point]


@dataclass(frozen=True, slots=True)
class MoveInList:
    """Move a step up or down in the list."""

    step: str
    by: int


@dataclass(frozen=True, slots=True)
class OnSteps:
    """Do something with steps: open, begin (here), delete, duplicate, copy, cut, group, block, lay out."""

    deed: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paste:
    """Put in what was copied, at a place where given."""

    at: Point | None = None


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a step another title."""

    step: str
    title: str


@dataclass(frozen=True, slots=True)
class OnGroup:
    """Do something with a group: rename, ungroup."""

    deed: str
    group: str


@dataclass(frozen=True, slots=True)
class Travel:
    """Undo, or do again."""

    back: bool


Wish = AddStep | Connect | Disconnect | MoveSteps | MoveInList | OnSteps | Paste | Rename | OnGroup | Travel
