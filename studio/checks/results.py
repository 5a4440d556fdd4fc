"""Making check results: each has a lasting id, so that a face can say what broke and what was mended.

- The id is made of the check and the place, never of the finding's wording.
"""

from __future__ import annotations

from collections.abc import Iterable

from studio.domain.changeset import join_path
from studio.domain.check import CheckResult, PathStep, Status
from studio.domain.condition import Scalar

_ONE_MATTER = (
    "Looks at one matter of one customer, from the first step to the end: what another wish in the same talk "
    "leaves behind is not looked at."
)
_AS_DESCRIBED = (
    "Takes it that systems answer as they are described, or not at all, and that a person is there when a "
    "customer asks for one or is passed on."
)
_WHOLE = "Numbers are whole and not negative, amounts are whole cents."
ASSUMES = {
    "reachable": "Takes every way out of a step as possible.",
    "ends": "Takes every way out of a step as possible.",
    "failure path": "Every step can fail that uses a system or waits for the customer.",
    "identity": f"{_ONE_MATTER} Identity counts as verified only after a step that verifies it. {_WHOLE}",
    "disclosure": f"{_ONE_MATTER} A disclosure counts as said once its step was passed. {_WHOLE}",
    "gaps": f"{_WHOLE} The table itself may say otherwise.",
    "overlaps": f"{_WHOLE} The table itself may say otherwise.",
    "twice": f"{_ONE_MATTER} Whoever asks for the same thing again is served again. {_AS_DESCRIBED} {_WHOLE} "
    "A call that failed counts as not done.",
    "stops": f"{_AS_DESCRIBED} {_WHOLE}",
    "failure ends": "Any system may fail at any call; queues are open.",
    "handed over": "Queues are open when a customer is passed on.",
    "loops": f"{_AS_DESCRIBED} {_WHOLE} A conversation ends after 40 turns of the customer in any case.",
    "known facts": f"{_AS_DESCRIBED} {_WHOLE} {_ONE_MATTER} The customer tells nothing that was not asked.",
    "dead ways": f"{_ONE_MATTER} {_AS_DESCRIBED} {_WHOLE}",
    "confirmation": "A yes, or a choice among others, confirms a call if it was decided on before it.",
    "kept": f"{_ONE_MATTER} {_AS_DESCRIBED} {_WHOLE}",
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
