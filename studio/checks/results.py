"""Making check results: each has a lasting id, so that a face can say what broke and what was mended.

- The id is made of the check and the place, never of the finding's wording.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from studio.domain.changeset import join_path
from studio.domain.check import CheckResult, PathStep


def result(
    check: str,
    status: Literal["holds", "broken", "warning"],
    subject: str,
    detail: str,
    path: str,
    about: str = "",
    counterexample: Iterable[PathStep] = (),
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
