"""The company's policy on AI: what any agent may be made of and may do; changes are checked against it.

- It narrows: what it does not name is not allowed. An absent list says nothing on its matter.
- It travels with the agent, so that IT sees against which policy the content was checked.
"""

from __future__ import annotations

import fnmatch
from typing import Literal, get_args

from studio.domain.charter_terms import AutonomyLevel, TechnologyKind
from studio.domain.frozen import Frozen

DataClass = Literal["public", "internal", "personal", "payment"]
Automation = Literal["tell", "look up", "change what can be undone", "change what cannot be undone"]
DATA_CLASSES: tuple[DataClass, ...] = get_args(DataClass)
AUTOMATIONS: tuple[Automation, ...] = get_args(Automation)


class CompanyPolicy(Frozen):
    """What the company allows. `models` are names in which * stands for anything."""

    name: str
    models: tuple[str, ...] | None = None
    data_classes: tuple[DataClass, ...] | None = None
    automations: tuple[Automation, ...] | None = None
    technologies: tuple[TechnologyKind, ...] | None = None
    highest_autonomy: AutonomyLevel | None = None

    def allows_model(self, model: str) -> bool:
        """Return whether a language model may be used."""
        if self.models is None:
            return True
        return any(fnmatch.fnmatchcase(model.casefold(), each.casefold()) for each in self.models)


def automation_of(effect: str, reversible: bool) -> Automation:
    """Return which kind of automation calling a system is."""
    if effect != "write":
        return "look up"
    return "change what can be undone" if reversible else "change what cannot be undone"
