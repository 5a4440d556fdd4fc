"""What the checks find, for a face that does not wait: at once where it is known or quick, else later.

- Small agents are checked at once. Of a large one, what is remembered of this very content is given.
- Until the checks of a large agent are done (`stages/checking.py`), what they found broken before stands, as
  far as its place is still there; that something holds is not said of content that nothing was proved of.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.agent import Agent
from studio.domain.changeset import split_path
from studio.domain.check import CheckResult, all_hold
from studio.services.access import all_checks, all_known
from studio.services.standing import Standing, checks_known

QUICK = 100
"""Steps of an agent, all workflows together, up to which its checks take less than an eye notices."""
_BEFORE: dict[str, tuple[CheckResult, ...]] = {}


@dataclass(frozen=True, slots=True)
class Found:
    """What the checks find; while `looking`, what they found before and the present content still has.

    `held` tells whether they held when last heard of; None where nothing was ever heard.
    """

    checks: tuple[CheckResult, ...]
    looking: bool = False
    held: bool | None = None


def found_now(stand: Standing, workspace: str) -> Found:
    """Return what is known without a wait."""
    if not _at_once(stand):
        before = _BEFORE.get(workspace)
        held = None if before is None else all_hold(before)
        return Found(_still_there(stand.draft, before or ()), looking=True, held=held)
    checks = all_checks(stand)
    if workspace not in _BEFORE:
        _BEFORE.clear()  # one workspace is open at a time
    _BEFORE[workspace] = checks
    return Found(checks, held=all_hold(checks))


def found_whole(stand: Standing) -> Found:
    """Return what the checks find, however long they take."""
    checks = all_checks(stand)
    return Found(checks, held=all_hold(checks))


def _at_once(stand: Standing) -> bool:
    if all_known(stand) or sum(len(flow.steps) for flow in stand.draft.workflows) <= QUICK:
        return True
    return checks_known(stand.draft_digest) and not _keeps_internal(stand)


def _keeps_internal(stand: Standing) -> bool:
    """Return whether anything may be internal: all that is said is then compared with it, which is slow."""
    marks = [each.permission for each in stand.markings.values()]
    return "internal" in (*marks, *(source.permission for source in stand.sources))


def _still_there(agent: Agent, checks: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    steps = {flow.id: {step.id for step in flow.steps} for flow in agent.workflows}
    return tuple(
        each
        for each in checks
        if each.status != "holds"
        and _has(steps, each.path)
        and all(at.step in steps.get(at.workflow, ()) for at in each.counterexample)
    )


def _has(steps: dict[str, set[str]], path: str) -> bool:
    parts = split_path(path) if path else ()
    if len(parts) < 2 or parts[0] != "workflows":
        return True
    if parts[1] not in steps:
        return False
    return len(parts) < 4 or parts[2] != "steps" or parts[3] in steps[parts[1]]
