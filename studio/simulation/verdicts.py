"""The verdict of a test over several conversations: every time, sometimes, never, or too few to tell.

- Only what is the agent's counts: conversations that went wrong through a customer, a test, a mock or the
  engine are told of and left out.
- pass^k is the chance that k conversations in a row are right, by the unbiased estimator
  C(right, k) / C(all, k) (Chen et al. 2021 for pass@k; Yao et al. 2024 for pass^k).
- The interval of the rate is Wilson's (1927), at 95 %.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import comb, sqrt
from typing import Literal, get_args

from studio.domain.frozen import Frozen
from studio.domain.run import Blame, Conversation, Run

Outcome = Literal["passes every time", "passes sometimes", "never passes", "not enough evidence"]
ENOUGH = 5
"""Conversations that count, below which nothing is said."""
_Z = 1.959963984540054
WHOSE: tuple[Blame, ...] = get_args(Blame)


class Verdict(Frozen):
    """What some conversations of one test say: right ones, ones that count, rate with interval, blame.

    `pass_k` is pass^k for k of 1 up to as many as count, at most 8; `blamed` counts by whose fault it was.
    """

    scenario: str
    outcome: Outcome
    right: int
    counted: int
    total: int
    rate: float
    low: float
    high: float
    pass_k: tuple[float, ...]
    blamed: dict[Blame, int]
    reasons: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return the verdict as a sentence."""
        left = self.total - self.counted
        aside = f" {left} more went wrong through no fault of the agent." if left else ""
        if self.outcome == "not enough evidence":
            return f"Not enough evidence: {self.counted} conversations count, {ENOUGH} are needed.{aside}"
        spread = f"{self.low:.0%} to {self.high:.0%}"
        told = f"{self.outcome.capitalize()}: {self.right} of {self.counted} right ({spread}).{aside}"
        return told


def pass_hat(right: int, counted: int, k: int) -> float:
    """Return the unbiased estimate that k conversations in a row are right, of `right` among `counted`."""
    return comb(right, k) / comb(counted, k)


def wilson(right: int, counted: int, z: float = _Z) -> tuple[float, float]:
    """Return Wilson's interval of a rate; everything is possible where nothing was counted."""
    if counted == 0:
        return 0.0, 1.0
    rate, z2 = right / counted, z * z
    middle = (rate + z2 / (2 * counted)) / (1 + z2 / counted)
    half = z * sqrt(rate * (1 - rate) / counted + z2 / (4 * counted * counted)) / (1 + z2 / counted)
    return max(0.0, middle - half), min(1.0, middle + half)


def verdict_of(scenario: str, right: int, blamed: dict[Blame, int], reasons: Iterable[str] = ()) -> Verdict:
    """Return the verdict from counts: right conversations, and wrong ones by whose fault it was."""
    counted = right + blamed.get("agent", 0)
    total = right + sum(blamed.values())
    outcome: Outcome = "passes sometimes"
    if counted < ENOUGH:
        outcome = "not enough evidence"
    elif right == counted:
        outcome = "passes every time"
    elif right == 0:
        outcome = "never passes"
    low, high = wilson(right, counted)
    return Verdict(
        scenario=scenario,
        outcome=outcome,
        right=right,
        counted=counted,
        total=total,
        rate=right / counted if counted else 0.0,
        low=low,
        high=high,
        pass_k=tuple(pass_hat(right, counted, k) for k in range(1, min(8, counted) + 1)),
        blamed={whose: blamed[whose] for whose in WHOSE if blamed.get(whose)},
        reasons=tuple(dict.fromkeys(reasons)),
    )


def verdicts_of(run: Run) -> tuple[Verdict, ...]:
    """Return the verdict of each test of a run, by what was counted while it ran."""
    return tuple(
        verdict_of(each.scenario, each.passed, each.blamed, each.reasons) for each in run.figures.scenarios
    )


def verdicts(conversations: Iterable[Conversation]) -> tuple[Verdict, ...]:
    """Return the verdict of each test, in the order in which they were run."""
    right, wrong, reasons = Counter[str](), dict[str, Counter[Blame]](), dict[str, list[str]]()
    for each in conversations:
        right[each.scenario] += each.passed
        blamed = wrong.setdefault(each.scenario, Counter())
        if not each.passed:
            blamed[each.blame or "agent"] += 1
            told = reasons.setdefault(each.scenario, [])
            if each.because and each.because not in told and len(told) < 5:
                told.append(each.because)
    return tuple(
        verdict_of(name, right[name], dict(blamed), reasons.get(name, ())) for name, blamed in wrong.items()
    )
