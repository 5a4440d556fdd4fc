"""All checks of an agent, in the order in which a person would read them.

- What is found in one workflow is kept by the content it depends on, so that an edit costs one workflow.
- It beats (`domain/pulse.py`) all along: who watches may stop it at any beat; what was found stays kept.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from studio.checks.cases import check_cases, shown
from studio.checks.deeds import check_deeds
from studio.checks.endings import check_endings
from studio.checks.keeping import check_charter, check_kept
from studio.checks.knowing import check_known
from studio.checks.lint import check_style
from studio.checks.paths import check_drawing, check_order
from studio.checks.permissions import check_collected, check_confirmed
from studio.checks.policy import check_policy
from studio.checks.proving import KEPT, Prover
from studio.checks.references import check_references
from studio.checks.results import result, workflow_path
from studio.checks.situations import Situations
from studio.checks.tables import check_tables
from studio.domain.agent import Agent
from studio.domain.check import CheckResult
from studio.domain.pulse import beat
from studio.domain.workflow import Workflow

_FIRST = {"broken": 0, "warning": 1, "holds": 2}
_kept: OrderedDict[str, tuple[CheckResult, ...]] = OrderedDict()
_lock = Lock()


def run_checks(agent: Agent) -> tuple[CheckResult, ...]:
    """Return everything that holds, is broken or is worth a warning: broken first."""
    prover = Prover(agent)
    started = [flow for flow in agent.workflows if not flow.reusable and flow.steps]
    every = [made for flow in started if (made := prover.situations(flow)) is not None and made.found]
    found = [
        *check_references(agent),
        *check_drawing(agent),
        *(each for flow in started for each in _of_workflow(prover, flow)),
        *(shown(each, every) for each in check_tables(agent)),
        *(check_cases(agent, every) if len(every) == len(started) else ()),
        *check_collected(agent, every),
        *check_charter(agent),
        *check_policy(agent),
        *check_style(agent),
    ]
    beat()
    unique: dict[str, CheckResult] = {}
    for each in found:
        unique.setdefault(each.id, each)
    return tuple(sorted(unique.values(), key=lambda each: _FIRST[each.status]))


def _of_workflow(prover: Prover, flow: Workflow) -> tuple[CheckResult, ...]:
    """Return what is found in one workflow and the blocks it calls."""
    key = prover.key(flow)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = prover.situations(flow)
    beat()
    found = tuple(_found(prover.agent, flow, made))
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _found(agent: Agent, flow: Workflow, made: Situations | None) -> list[CheckResult]:
    found = list(check_order(agent, flow, made))
    if made is None:
        detail = f"“{flow.name}” can come to so many situations that not all of it can be proved."
        found.append(result("proofs", "warning", flow.name, detail, workflow_path(flow.id)))
    elif made.found:
        found += check_deeds(agent, flow, made)
        found += check_endings(agent, flow, made)
        found += check_known(agent, flow, made)
        found += check_confirmed(agent, flow, made)
        found += check_kept(agent, flow, made)
    return found
