"""Edits by hand, as they are wished for: which places of an agent are to hold what from now on.

- A form knows what a person wants, not how it is recorded: it tells a wish, and `services/authoring` makes
  the change set of it. The command line tells the same wishes.
- The parts of one wish belong together: one change set, undone at once.
"""

from __future__ import annotations

from studio.domain.frozen import Frozen, Json


class SetField(Frozen):
    """One place (a path as in `changeset`) and its new value; None takes away what stands there."""

    path: str
    value: Json = None


class FieldEdit(Frozen):
    """One wish of a person; an empty `title` is worded from what changes."""

    sets: tuple[SetField, ...]
    title: str = ""


class StepWanted(Frozen):
    """A new step of a kind is wanted where a way out leads: "" the ordinary way on, else its label."""

    workflow_id: str
    step_id: str
    way: str
    kind: str


class GroundWanted(Frozen):
    """A sentence of the documents is wanted as the ground of a place, or one (`without`) no longer is."""

    path: str
    without: str = ""


def wish(path: str, value: Json, title: str = "") -> FieldEdit:
    """Return the wish that one place holds a value."""
    return FieldEdit(sets=(SetField(path=path, value=value),), title=title)
