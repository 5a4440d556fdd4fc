"""The list of workflows: each with its paths and what the checks say; blocks with where they are used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from studio.desktop.panels.graph import plural
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.row_list import RowItem
from studio.domain.agent import Agent
from studio.domain.check import CheckResult
from studio.domain.workflow import CallBlock, Workflow

_MOST_SAID = 99_999
"""More paths than these say nothing to anybody; then the steps are counted."""


def workflow_rows(
    draft: Agent,
    live: Agent,
    checks: Collection[CheckResult] | None,
    *,
    looking: bool = False,
    paths: Mapping[str, int] | None = None,
) -> list[RowItem]:
    """Return the rows: workflows, then reusable blocks; without checks (None) nothing is said of them.

    While the checks are `looking`, what is broken is said, and of the others that they are being checked.
    `paths` are those through each workflow.
    """
    was = {flow.id: flow for flow in live.workflows}
    used = Counter(
        block
        for flow in draft.workflows
        for block in {step.block for step in flow.steps if isinstance(step, CallBlock)}
    )
    items: list[RowItem] = []
    for reusable in (False, True):
        found = [flow for flow in draft.workflows if flow.reusable == reusable]
        if reusable and found:
            items.append(RowItem("", "REUSABLE BLOCKS"))
        for flow in found:
            broken = len(broken_in(flow, checks or ()))
            words = f"used in {plural(used[flow.id], 'workflow')}" if used[flow.id] else "not used yet"
            if not flow.reusable:
                words = _size(flow, (paths or {}).get(flow.id, 0))
            if checks is not None:
                words += _proved(flow, checks, broken, looking)
            items.append(_row(flow, was.get(flow.id), words, broken, checks is not None, looking))
    return items


def broken_in(flow: Workflow, checks: Collection[CheckResult]) -> list[CheckResult]:
    """Return what the checks found broken in a workflow."""
    return [check for check in checks if check.status == "broken" and _is_in(flow, check)]


def proved_in(flow: Workflow, checks: Collection[CheckResult]) -> list[CheckResult]:
    """Return what was proved of a workflow."""
    return [check for check in checks if check.status == "holds" and _is_in(flow, check)]


def _is_in(flow: Workflow, check: CheckResult) -> bool:
    """Return whether a result is about a workflow; what a rule demands of it is, too."""
    head = f"workflows/{flow.id}"
    kept = check.check == "kept" and check.id == f"kept:{check.path}:{flow.id}"
    return kept or check.path == head or check.path.startswith(f"{head}/")


def _size(flow: Workflow, paths: int) -> str:
    """Return how large a workflow is: in paths where they can be counted and said."""
    if not flow.steps:
        return "no step yet"
    return (
        f"{paths:,} path{'s' * (paths != 1)}" if 0 < paths <= _MOST_SAID else plural(len(flow.steps), "step")
    )


def _proved(flow: Workflow, checks: Collection[CheckResult], broken: int, looking: bool) -> str:
    """Return what the checks come to, to be said behind the size."""
    if broken:
        return f" · {broken} to mend"
    if looking or flow.reusable or not flow.steps:
        return ""
    unsure = sum(check.status == "warning" and _is_in(flow, check) for check in checks)
    if unsure:
        return f" · {unsure} to look at"
    return " · all proved" if proved_in(flow, checks) else ""


def _row(
    flow: Workflow, was: Workflow | None, words: str, broken: int, checked: bool, looking: bool
) -> RowItem:
    sign: Tone = "add" if was is None else "chg" if was != flow else ""
    mark: Tone = "" if not checked else "bad" if broken else "" if looking else "ok"
    held = "being checked" if looking else "all checks hold"
    said = "" if not checked else "checks found something" if broken else held
    return RowItem(flow.id, flow.name, words, sign, mark=mark, mark_words=said)
