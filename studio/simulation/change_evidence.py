"""Evidence where an engine is not deterministic: is a proposal better, worse, or is it not known?

- The same tests are met several times by both versions; what counts is the share that was right.
- The interval of the difference of two shares is Newcombe's (1998, method 10, out of Wilson's intervals).
  Of several tests each is held to a stricter level, so that not one of them is better or worse by chance.
- It is better or worse only where the interval leaves nothing out; else there is not enough evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal

LEVEL = 0.95
Judgement = Literal["better", "worse", "not enough evidence"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How often it was right before and after, and the interval of the difference, −1 to 1.

    `of` is a test, or "" for all of them.
    """

    of: str
    before: tuple[int, int]
    after: tuple[int, int]
    low: float
    high: float

    @property
    def judgement(self) -> Judgement:
        """Return what the interval allows to say."""
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "not enough evidence"

    @property
    def sentence(self) -> str:
        """Return it in words."""
        (was, first), (now, second) = self.before, self.after
        span = f"{_points(self.low)} to {_points(self.high)} points"
        return f"{self.judgement.capitalize()}: {was} of {first} right → {now} of {second} right ({span})."


def _points(share: float) -> str:
    return f"{round(100 * share):+d}".replace("-", "−")


def wilson(right: int, total: int, level: float) -> tuple[float, float]:
    """Return Wilson's interval of a share (Wilson 1927); all of it where nothing was tried."""
    if total == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, spread = right / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def evidence(of: str, before: tuple[int, int], after: tuple[int, int], level: float = LEVEL) -> Evidence:
    """Return the evidence of two counts (right, of all), with the interval of the difference of shares."""
    if not before[1] or not after[1]:
        return Evidence(of, before, after, -1.0, 1.0)
    was, now = before[0] / before[1], after[0] / after[1]
    (low_was, high_was), (low_now, high_now) = wilson(*before, level), wilson(*after, level)
    low = now - was - sqrt((now - low_now) ** 2 + (high_was - was) ** 2)
    high = now - was + sqrt((high_now - now) ** 2 + (was - low_was) ** 2)
    return Evidence(of, before, after, low, high)


def evidence_of_tests(
    before: Mapping[str, Sequence[bool]], after: Mapping[str, Sequence[bool]]
) -> tuple[Evidence, ...]:
    """Return the evidence of all tests together, then of each that both versions met.

    A test's own level is such that all of them together keep theirs (Bonferroni).
    """
    names = [name for name in after if name in before]
    all_was = [right for name in names for right in before[name]]
    all_now = [right for name in names for right in after[name]]
    stricter = 1 - (1 - LEVEL) / max(1, len(names))
    each = (evidence(name, _counted(before[name]), _counted(after[name]), stricter) for name in names)
    return evidence("", _counted(all_was), _counted(all_now)), *each


def _counted(right: Sequence[bool]) -> tuple[int, int]:
    return sum(right), len(right)
