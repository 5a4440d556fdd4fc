"""Production-readiness thresholds: the figures that must hold before customers meet the agent, and after.

- A threshold is one measure with its limit; what is compared with people carries the human baseline too.
- Shares are 0 to 1; satisfaction is on the scale the company uses (stated by `scale`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from studio.domain.frozen import Frozen

Measure = Literal[
    "customer satisfaction",
    "repeat contact",
    "escalation",
    "hand-over with context",
    "confidence",
    "containment",
    "error budget",
]


class Threshold(Frozen):
    """One threshold; `id` is the measure, with what it is about: "escalation: complaints".

    `baseline` is what people reach today, where the measure is compared with people.
    """

    id: str
    measure: Measure
    limit: float
    baseline: float | None = None
    about: str = ""

    @property
    def words(self) -> str:
        """Return the threshold as a sentence."""
        return _sentence(self)


@dataclass(frozen=True, slots=True)
class MeasureTerms:
    """How a measure is spoken of: its question, its unit, which way is good, and a first limit."""

    title: str
    meaning: str
    share: bool
    at_least: bool
    compared: bool
    first_limit: float
    has_about: bool = False


MEASURES: dict[Measure, MeasureTerms] = {
    "customer satisfaction": MeasureTerms(
        "Satisfaction like with people",
        "How far below the satisfaction with people (0 to 100 %) the agent may be; 0 % is parity.",
        True, False, True, 0.0,
    ),
    "repeat contact": MeasureTerms(
        "Repeat contact below people’s",
        "How many come back about the same matter within seven days; never more than with people.",
        True, False, True, 0.1,
    ),
    "escalation": MeasureTerms(
        "Escalation by type", "How many of this type go on to a person.", True, False, False, 0.3, True,
    ),
    "hand-over with context": MeasureTerms(
        "Hand-over with context",
        "How many hand-overs bring the person the facts collected so far.", True, True, False, 1.0,
    ),
    "confidence": MeasureTerms(
        "Confidence to go on alone",
        "How sure the agent must be of what the customer wants; below it asks, then hands over.",
        True, True, False, 0.8,
    ),
    "containment": MeasureTerms(
        "Containment", "How many conversations are settled without a person.", True, True, False, 0.5,
    ),
    "error budget": MeasureTerms(
        "Error budget",
        "How many conversations a month may go wrong (a rule broken, a wrong answer) before roll-out stops.",
        True, False, False, 0.01,
    ),
}  # fmt: skip
ALL_MEASURES: tuple[Measure, ...] = get_args(Measure)


def threshold_id(measure: Measure, about: str = "") -> str:
    """Return the identity of a threshold: its measure, and what it is about where there may be several."""
    return f"{measure}: {about}" if about else measure


def percent(share: float) -> str:
    """Return a share as people write it: 97 %, 0.5 %."""
    return f"{round(share * 100, 2):g} %"


def _sentence(threshold: Threshold) -> str:
    limit = percent(threshold.limit)
    human = "" if threshold.baseline is None else f" ({percent(threshold.baseline)})"
    match threshold.measure:
        case "customer satisfaction" if threshold.limit == 0:
            return f"Satisfaction is at least that with people{human}."
        case "customer satisfaction":
            return f"Satisfaction is at most {limit} below that with people{human}."
        case "repeat contact":
            return f"At most {limit} contact us again, and never more than with people{human}."
        case "escalation":
            return f"At most {limit} of {threshold.about or 'all conversations'} are passed on to a person."
        case "hand-over with context":
            which = "All" if threshold.limit >= 1 else f"At least {limit} of the"
            return f"{which} hand-overs bring the facts collected so far."
        case "confidence":
            return f"It goes on alone only when it is at least {limit} sure."
        case "containment":
            return f"At least {limit} of the conversations are settled without a person."
        case "error budget":
            return f"At most {limit} of the conversations in a month go wrong; beyond that roll-out stops."


def unsound(threshold: Threshold) -> str:
    """Return why a threshold makes no sense, as a sentence; "" where it does."""
    if not 0 <= threshold.limit <= 1:
        return "The limit is a share: from 0 % to 100 %."
    if threshold.baseline is not None and not 0 <= threshold.baseline <= 1:
        return "The baseline is a share: from 0 % to 100 %."
    if (
        threshold.measure == "repeat contact"
        and threshold.baseline is not None
        and threshold.limit > threshold.baseline
    ):
        return (
            f"People have {percent(threshold.baseline)} repeat contact: the limit must not be above it, "
            f"but it is {percent(threshold.limit)}."
        )
    return ""
