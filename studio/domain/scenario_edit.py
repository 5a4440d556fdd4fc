"""What a person wants of tests: new ones, copies, and one change to several of them at once.

- The window and the command line tell the same wishes; `services/authoring/scenarios` makes the change set.
- One field of one test is a `FieldEdit` like any other.
"""

from __future__ import annotations

from typing import Literal

from studio.domain.frozen import Frozen
from studio.domain.scenario import Behaviour, Fault

ScenarioDeed = Literal[
    "delete", "tag", "untag", "add behaviours", "remove behaviours", "add faults", "remove faults"
]


class ScenarioWish(Frozen):
    """One deed on some tests; `remove behaviours` and `remove faults` without names remove them all."""

    deed: ScenarioDeed
    tests: tuple[str, ...]
    tags: tuple[str, ...] = ()
    behaviours: tuple[Behaviour, ...] = ()
    faults: tuple[Fault, ...] = ()


class ScenarioWanted(Frozen):
    """A new test of a workflow is wanted."""

    workflow: str
    title: str = ""


class ScenarioCopy(Frozen):
    """A copy of a test is wanted, as it is or with the variation of this id."""

    test: str
    variation: str = ""


ScenarioEdit = ScenarioWish | ScenarioWanted | ScenarioCopy
