"""All checks of an agent, in the order in which a person would read them."""

from __future__ import annotations

from studio.checks.lint import check_style
from studio.checks.paths import check_paths
from studio.checks.policy import check_policy
from studio.checks.references import check_references
from studio.checks.tables import check_tables
from studio.domain.agent import Agent
from studio.domain.check import CheckResult

_FIRST = {"broken": 0, "warning": 1, "holds": 2}


def run_checks(agent: Agent) -> tuple[CheckResult, ...]:
    """Return everything that holds, is broken or is worth a warning: broken first."""
    found = [
        *check_references(agent),
        *check_paths(agent),
        *check_tables(agent),
        *check_policy(agent),
        *check_style(agent),
    ]
    unique: dict[str, CheckResult] = {}
    for each in found:
        unique.setdefault(each.id, each)
    return tuple(sorted(unique.values(), key=lambda each: _FIRST[each.status]))
