"""Economics: what the agent costs and saves a month, the cost of passing the rest through included.

- Every contact that the agent begins costs `agent_cost`. What it does not settle goes on to a person, who
  costs `person_cost` as before, and `passing_cost` more: the hand-over, reading up, the customer's patience.
- Of what it settles, `repeat_share` comes back to a person all the same.
- Nothing here is measured: the figures are the author's, and the results are only as good as they are.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from studio.domain.frozen import Frozen

Money = Annotated[float, Field(ge=0, le=1e12)]
Share = Annotated[float, Field(ge=0, le=1)]


class Economics(Frozen):
    """The figures of a month; money is in `currency`, costs are for one contact."""

    volume: Annotated[int, Field(ge=0, le=10**12)] = 0
    containment: Share = 0.0
    person_cost: Money = 0.0
    agent_cost: Money = 0.0
    passing_cost: Money = 0.0
    repeat_share: Share = 0.0
    fixed_cost: Money = 0.0
    setup_cost: Money = 0.0
    currency: str = "EUR"

    @property
    def before(self) -> float:
        """Return what a month costs when people answer everything: V·p."""
        return self.volume * self.person_cost

    @property
    def effect_of_one_settled(self) -> float:
        """Return what a settled contact saves: p·(1 − r) − a."""
        return self.person_cost * (1 - self.repeat_share) - self.agent_cost

    @property
    def cost_of_one_passed_on(self) -> float:
        """Return what a contact that is passed on costs more than one that people began: a + h."""
        return self.agent_cost + self.passing_cost

    def net_effect(self, containment: float | None = None) -> float:
        """Return what a month saves (below zero: costs) at a containment k.

        V·(k·(p·(1 − r) − a) − (1 − k)·(a + h)) − f, with V volume, p person, a agent, h passing on,
        r repeat share, f fixed cost of a month.
        """
        k = self.containment if containment is None else containment
        saved = k * self.effect_of_one_settled - (1 - k) * self.cost_of_one_passed_on
        return self.volume * saved - self.fixed_cost

    def after(self, containment: float | None = None) -> float:
        """Return what a month costs with the agent."""
        return self.before - self.net_effect(containment)

    @property
    def passing_on_total(self) -> float:
        """Return what passing the rest through costs in a month: V·(1 − k)·(a + h)."""
        return self.volume * (1 - self.containment) * self.cost_of_one_passed_on

    @property
    def gain_of_containment(self) -> float:
        """Return by how much the net effect rises from no containment to all: V·(p·(1 − r) + h)."""
        return self.volume * (self.person_cost * (1 - self.repeat_share) + self.passing_cost)

    def break_even(self) -> float | None:
        """Return the containment from which the agent pays: (f/V + a + h) / (p·(1 − r) + h).

        None where it never does, whatever is contained (or where there is nothing to contain).
        """
        if self.gain_of_containment <= 0:
            return None
        needed = (self.fixed_cost + self.volume * self.cost_of_one_passed_on) / self.gain_of_containment
        return needed if needed <= 1 else None

    def months_to_pay_back(self) -> float | None:
        """Return after how many months the set-up is earned back; None where it never is."""
        effect = self.net_effect()
        return self.setup_cost / effect if effect > 0 else None
