"""A chain of steps while it is drafted: what is added follows every way that still leads nowhere.

- `loose` are the ways (step id, name of the way) that the next step will be the end of.
- A condition opens a branch and keeps the way of those it does not concern until the branch is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.domain.condition import Condition
from studio.domain.workflow import Branch, CallBlock, Decide, End, Handoff, Say, Step

Way = tuple[str, str]
NEXT, FAILURE, YES, NO = "next", "on_failure", "yes", "otherwise"


@dataclass(slots=True)
class Chain:
    """Steps in order, the ways between them, and the ways that are loose."""

    steps: list[Step] = field(default_factory=list)
    links: dict[Way, str] = field(default_factory=dict)
    loose: list[Way] = field(default_factory=list)

    def add(self, step: Step) -> None:
        """Put a step at the end of all loose ways."""
        self.link(self.loose, step.id)
        self.steps.append(step)
        self.loose = [] if isinstance(step, Handoff | End | Decide) else [(step.id, NEXT)]

    def decide(self, step_id: str, title: str, when: Condition, **fields: object) -> tuple[Way, Way]:
        """Add a decision; return its way where the condition holds, and where it does not."""
        branch = Branch(id=YES, when=when)
        self.add(Decide.model_validate({"id": step_id, "title": title, "branches": (branch,), **fields}))
        return (step_id, YES), (step_id, NO)

    def link(self, ways: list[Way], target: str) -> None:
        """Lead ways to a step."""
        for way in ways:
            self.links[way] = target

    @property
    def ids(self) -> set[str]:
        """Return the ids that are taken."""
        return {step.id for step in self.steps}

    def built(self, failure: str) -> tuple[Step, ...]:
        """Return the steps with their ways; what may fail and goes nowhere yet leads to `failure`."""
        return tuple(self._linked(step, failure) for step in self.steps)

    def _linked(self, step: Step, failure: str) -> Step:
        if isinstance(step, Handoff | End):
            return step
        if isinstance(step, Decide):
            ways = tuple(
                branch.model_copy(update={"next": self.links.get((step.id, branch.id), branch.next)})
                for branch in step.branches
            )
            return step.model_copy(
                update={"branches": ways, "otherwise": self.links.get((step.id, NO), failure)}
            )
        fields: dict[str, object] = {"next": self.links.get((step.id, NEXT), step.next)}
        if not isinstance(step, Say) and hasattr(step, FAILURE):
            fields[FAILURE] = self.links.get((step.id, FAILURE), getattr(step, FAILURE) or failure)
        return step.model_copy(update=fields)


def works(steps: list[Step]) -> bool:
    """Return whether steps come to anything but asking and deciding."""
    return any(not isinstance(step, Decide | CallBlock) for step in steps)
