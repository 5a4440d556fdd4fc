"""The list of workflows: each with its size and what the checks say; blocks with where they are used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from studio.desktop.panels.graph import plural
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.row_list import RowItem
from studio.domain.agent import Agent
from studio.domain.check import CheckResult
from studio.domain.workflow import CallBlock, Workflow


def workflow_rows(
    draft: Agent, live: Agent, checks: Collection[CheckResult] | None, *, looking: bool = False
) -> list[RowItem]:
    """Return the rows: workflows, then reusable blocks; without checks (None) nothing is said of them.

    While the checks are `looking`, what is broken is said, and of the others that they are being checked.
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
            broken = broken_in(flow, checks or ())
            items.append(
                _row(flow, was.get(flow.id), used[flow.id], len(broken), checks is not None, looking)
            )
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


def _row(
    flow: Workflow, was: Workflow | None, used: int, broken: int, checked: bool, looking: bool
) -> RowItem:
    words = plural(len(flow.steps), "step")
    if flow.reusable:
        words = f"used in {plural(used, 'workflow')}" if used else "not used yet"
    words += f" · {broken} to mend" if broken else ""
    sign: Tone = "add" if was is None else "chg" if was != flow else ""
    mark: Tone = "" if not checked else "bad" if broken else "" if looking else "ok"
    held = "being checked" if looking else "all checks hold"
    said = "" if not checked else "checks found something" if broken else held
    return RowItem(flow.id, flow.name, words, sign, mark=mark, mark_words=said)
