"""Bearing: how likely a sentence binds, and in which way, from its signs and their fitted weights.

- A logistic model for “it binds”, and one for each kind; the weights come from `bearing_weights`, which
  the script `tests/measures/bearing_fit.py` writes and nobody else.
- Sums are taken in a fixed order and rounded: the same on each machine.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from operator import add
from typing import NamedTuple

from studio.cobuilder.rules.bearing_weights import DOUBTED, KNOTS, LIKELY, WEIGHTS
from studio.domain.statement import StatementKind as Kind

KINDS = (Kind.PERMISSION, Kind.PROHIBITION, Kind.OBLIGATION, Kind.DISCLOSURE, Kind.ESCALATION)
"""The kinds in the order of a sign's weights, which stand behind its weight for binding."""


FAIR, FAR, NEAR = 0.25, 0.35, 0.1
"""From which likelihood on a kind that a pattern reads may stand, and by how much a likelier one wins: over a
pattern that is sure, and over one that is not."""
SURE = 0.55
"""From which sureness on a pattern is sure."""
FIRM = 0.85
"""How likely a kind fits at least that a table's column gives to its cells."""
SCALE = 100
"""Weights are whole hundredths."""


def unpacked(text: str) -> dict[str, tuple[int, ...]]:
    """Return the weights of signs from their compact form `sign=1,2,…;`."""
    found = {}
    for entry in text.replace("\n", "").split(";"):
        name, _, values = entry.rpartition("=")
        if values:
            found[name] = tuple(int(value) for value in values.split(","))
    return found


@cache
def fitted_weights() -> dict[str, tuple[int, ...]]:
    """Return the weights that were fitted, unpacked at first use."""
    return unpacked(WEIGHTS)


class Bearing(NamedTuple):
    """How likely a unit binds at all, and how likely each kind fits if it does."""

    binds: float
    kinds: tuple[float, ...]

    @property
    def best(self) -> Kind:
        """Return the likeliest kind."""
        return KINDS[max(range(len(KINDS)), key=lambda at: (self.kinds[at], -at))]

    def chosen(self, read: Sequence[Kind], sureness: float = 0.0) -> tuple[Kind, ...]:
        """Return the kinds of a unit in which patterns read some: theirs, unless another is likelier by far.

        - `sureness`: of the surest pattern.
        """
        by = FAR if sureness >= SURE else NEAR
        kept = tuple(kind for kind in read if self.of(kind) >= FAIR)
        surest = max((self.of(kind) for kind in kept), default=0.0)
        return kept if kept and (self.best in kept or self.of(self.best) - surest <= by) else (self.best,)

    def of(self, kind: Kind) -> float:
        """Return how likely a kind fits."""
        return self.kinds[KINDS.index(kind)]


class Judge:
    """Weighs signs; another set of weights may be given to measure it."""

    def __init__(
        self,
        weights: Mapping[str, Sequence[int]] | None = None,
        knots: Sequence[tuple[float, float]] = KNOTS,
        likely: float = LIKELY,
        doubted: float = DOUBTED,
    ) -> None:
        """Take the weights of the signs, and the knots from a raw score to a calibrated one.

        - `likely`: from which probability on a sentence is a rule that no pattern reads.
        - `doubted`: below which probability even what a pattern read, not too surely, is no rule.
        """
        self.likely, self.doubted = likely, doubted
        self._weights = fitted_weights() if weights is None else weights
        self._knots = tuple(knots)

    def weigh(self, signs: Sequence[str]) -> Bearing:
        """Return the bearing of a unit with these signs."""
        sums = list(self._weights.get("", (0,) * (len(KINDS) + 1)))
        weights = self._weights
        for row in [weights[sign] for sign in signs if sign in weights]:
            sums = list(map(add, sums, row))
        likely = [round(1 / (1 + math.exp(-max(-30.0, min(30.0, total / SCALE)))), 4) for total in sums]
        return Bearing(likely[0], tuple(likely[1:]))

    def sureness(self, bearing: Bearing, kind: Kind, *, firm: bool = False) -> float:
        """Return the calibrated probability that a unit binds in this way, to two digits.

        - `firm`: the kind does not depend on the words that were weighed.
        """
        raw = bearing.binds * max(bearing.of(kind), FIRM if firm else 0.0)
        at = bisect_right([knot for knot, _ in self._knots], raw)
        if not at or at == len(self._knots):
            return round(self._knots[min(at, len(self._knots) - 1)][1], 2)
        (low, first), (high, last) = self._knots[at - 1], self._knots[at]
        return round(first + (last - first) * (raw - low) / (high - low), 2)
