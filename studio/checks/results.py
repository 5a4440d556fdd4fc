"""Making check results: each has a lasting id, so that a face can say what broke and what was mended.

- The id is made of the check and the place, never of the finding's wording.
"""

from __future__ import annotations

from collections.abc import Iterable

from studio.domain.changeset import join_path
from studio.domain.check import CheckResult, PathStep, Status
from studio.domain.condition import Scalar

ENGINE = "cobuilder-checks 1"
"""Name and version of the checks; it changes whenever the same agent could be found otherwise."""

_AS_DESCRIBED = "Takes it that systems answer as they are described, or not at all."
_FINER = (
    "Counts in whole numbers and whole cents, for that is how the rows are told; a table that names finer or "
    "negative values is looked at in these."
)
ASSUMES = {
    "reachable": "Takes every way out of a step as possible.",
    "ends": "Takes every way out of a step as possible.",
    "failure path": "Every step can fail that uses a system or waits for the customer.",
    "identity": "Identity counts as verified after a step that verifies it, also for a further wish of the "
    "same person in the same talk.",
    "disclosure": "A disclosure counts as said once its step was passed, also for a further wish in the "
    "same talk.",
    "gaps": _FINER,
    "overlaps": _FINER,
    "twice": f"{_AS_DESCRIBED} A call that failed counts as not done. For a further wish in the same talk "
    "the same is never sent again; another order, or another amount, is another matter.",
    "stops": _AS_DESCRIBED,
    "failure ends": "Any system may fail at any call. A matter that the customer drops or corrects has no "
    "end of its own.",
    "handed over": "Any system may fail at any call.",
    "loops": f"{_AS_DESCRIBED} A conversation ends after 40 turns of the customer in any case.",
    "known facts": f"{_AS_DESCRIBED} The customer tells nothing that was not asked.",
    "dead ways": _AS_DESCRIBED,
    "confirmation": "A yes, or a choice among others, confirms a call if it was decided on before it; it "
    "counts for this wish only.",
    "kept": f"{_AS_DESCRIBED} Trying to pass the customer on counts as passing on. A matter that the "
    "customer drops has no end of its own, and what is done once is done once for each matter.",
}
"""What the proofs of each check take for granted, in one sentence or two."""


def result(
    check: str,
    status: Status,
    subject: str,
    detail: str,
    path: str,
    about: str = "",
    counterexample: Iterable[PathStep] = (),
    case: dict[str, Scalar] | None = None,
) -> CheckResult:
    """Return one result; `about` tells findings at the same place apart."""
    return CheckResult(
        id=f"{check}:{path}{':' + about if about else ''}",
        check=check,
        status=status,
        subject=subject,
        detail=detail,
        path=path,
        counterexample=tuple(counterexample),
        assumes=ASSUMES.get(check) if status == "holds" else None,
        case=case,
    )


def workflow_path(workflow: str, *rest: str) -> str:
    """Return the ChangeSet path of a workflow or of something in it."""
    return join_path("workflows", workflow, *rest)


def step_path(workflow: str, step: str) -> str:
    """Return the ChangeSet path of a step."""
    return join_path("workflows", workflow, "steps", step)


def counted(number: int, one: str, many: str) -> str:
    """Return "1 path", "14 paths"."""
    return f"{number:,} {one if number == 1 else many}"
