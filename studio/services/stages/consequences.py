"""Working out whom a proposal treats differently, in the background, with results as they are found.

- Nothing is written but the result, by its content: decisions, titles and documents leave it as it is.
- What was worked out of the same content before is taken from memory, whatever happened in between.
- After a decision or an edit only those customers come again who met what it changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from studio.domain.consequence import Consequences
from studio.domain.errors import WrongUse
from studio.ports import Progress, UnitOfWork
from studio.services.commands import Command, RecordConsequences
from studio.services.consequences_plan import plan_of
from studio.services.jobs import Tools
from studio.services.memory import Memory
from studio.services.standing import standing
from studio.simulation.change_effects import DEFAULT_CUSTOMERS, Comparing, Partial, consequences_of, key_of
from studio.simulation.change_effects_known import Known

DEFAULT_SEED = 7
MOST_CUSTOMERS = 20_000
_WORKED: Memory[str, Consequences] = Memory(4)
_KNOWN: Memory[tuple[str, int, int], Known] = Memory(2)


@dataclass(frozen=True, slots=True)
class WorkOutConsequences:
    """Let about so many customers meet the draft without a proposal, with it, and with each change alone.

    `partial` hears what is known so far, in the thread of the job.
    """

    proposal_id: str
    customers: int = DEFAULT_CUSTOMERS
    seed: int = DEFAULT_SEED
    partial: Partial | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        """Return what is being done."""
        return f"Working out who is affected by {self.proposal_id}"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Consequences]:
        """Read the draft and the proposal; return the work. Raises WrongUse."""
        if not 1 <= self.customers <= MOST_CUSTOMERS:
            raise WrongUse(
                f"{self.customers:,} customers cannot be tried.", f"Choose 1 to {MOST_CUSTOMERS:,}."
            )
        stand = standing(unit)
        proposal = next((each for each in stand.proposals if each.id == self.proposal_id), None)
        if proposal is None:
            raise WrongUse(
                f"There is no proposal “{self.proposal_id}”.", "`cobuilder review list` shows what there is."
            )

        def work(progress: Progress) -> Consequences:
            progress(0.0, "Making the versions ready")
            plan = plan_of(stand, proposal)
            about = (self.proposal_id, self.seed, self.customers)
            comparing = Comparing(plan, self.seed, self.customers, known=_KNOWN.get(about, Known))
            if not comparing.tests:
                raise WrongUse(
                    "There are no tests, and so no customers.", "Accept proposed tests, or write one."
                )
            key = key_of(plan, self.seed, self.customers)
            return _WORKED.get(key, lambda: consequences_of(comparing, tools.workers, progress, self.partial))

        return work

    def record(self, result: Consequences) -> Command:
        """Return the command that keeps the result."""
        return RecordConsequences(result)
