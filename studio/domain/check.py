"""Check results: what was proved or refuted about an agent, with a counterexample in plain words."""

from __future__ import annotations

from typing import Literal

from studio.domain.charter import Enforcement
from studio.domain.condition import Scalar
from studio.domain.frozen import Frozen

Status = Literal["holds", "broken", "warning"]


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
    - `case` are values of facts that show it, where only some do.
    - `assumes` is one sentence on what a proof takes for granted; absent where nothing is proved.
    """

    id: str
    check: str
    status: Status
    subject: str
    detail: str
    path: str = ""
    counterexample: tuple[PathStep, ...] = ()
    assumes: str | None = None
    case: dict[str, Scalar] | None = None


class EnforcedWay(Frozen):
    """One way in which a rule is enforced: how, the place in ChangeSet grammar, and a sentence why."""

    how: Enforcement
    path: str
    why: str
    every_path: bool = False


class RuleEnforcement(Frozen):
    """How one rule is enforced, as far as the agent itself shows it.

    - `how` is the strongest way found, `declared` what the rule says of itself; `why` is one sentence.
    - `ways` are all ways found, strongest first; `every_path` tells a step that no path leaves out.
    - `reached` is False where no workflow can ever come to what the rule is about.
    """

    rule: str
    title: str
    how: Enforcement
    declared: Enforcement
    why: str
    ways: tuple[EnforcedWay, ...] = ()
    every_path: bool = False
    reached: bool = True


def all_hold(results: tuple[CheckResult, ...]) -> bool:
    """Return whether no check is broken."""
    return all(result.status != "broken" for result in results)
