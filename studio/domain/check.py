"""Check results: what was proved or refuted about an agent, with a counterexample in plain words."""

from __future__ import annotations

from typing import Literal

from studio.domain.frozen import Frozen


class PathStep(Frozen):
    """One step of a counterexample path, with the way out that was taken."""

    workflow: str
    step: str
    title: str
    label: str = ""


class CheckResult(Frozen):
    """One check on one place: `check` names the kind of check, `subject` the item it is about.

    - `status`: "holds" (proved), "broken" (refuted, `path` or `detail` shows it), "warning".
    - `path` addresses the item in ChangeSet grammar, so that a face can open it.
    """

    id: str
    check: str
    status: Literal["holds", "broken", "warning"]
    subject: str
    detail: str
    path: str = ""
    counterexample: tuple[PathStep, ...] = ()


def all_hold(results: tuple[CheckResult, ...]) -> bool:
    """Return whether no check is broken."""
    return all(result.status != "broken" for result in results)
