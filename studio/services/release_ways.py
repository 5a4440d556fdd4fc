"""Where a gate that is not met is mended: the page with the very thing that is in the way, and the verb.

- A way names a page and an item of it, or a place of the agent (`path`), or a deed that can be done at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.domain.bundle import Gate
from studio.release import gates as release_gates
from studio.services.accounting import accounts
from studio.services.collisions import still_standing, undecided
from studio.services.gates import ONE_VALUE, PERFORMANCE, SOURCES, THRESHOLDS
from studio.services.proofs import Found
from studio.services.reviewing import ROLE_GATE
from studio.services.standing import Standing


@dataclass(frozen=True, slots=True)
class Way:
    """One way: what a button says, the page with its item or verb, or the path, and the command's verb.

    `deed` is "simulate", "approve" or "policy" where it is done here and now.
    """

    words: str = ""
    page: str = ""
    item: str = ""
    path: str = ""
    verb: str = ""
    deed: str = ""
    command: str = ""


NO_WAY = Way()


def way_of(gate: Gate, stand: Standing, known: Found) -> Way:
    """Return where a gate is mended; nothing where it is met, or looked for."""
    if gate.ok:
        return NO_WAY
    ways: dict[str, Callable[[Standing, Found], Way]] = {
        release_gates.REVIEWED: _to_change,
        release_gates.QUESTIONS: _to_question,
        SOURCES: _to_source,
        ONE_VALUE: _to_fact,
        release_gates.PROOFS: _to_finding,
        release_gates.SCENARIOS: _to_test,
        THRESHOLDS: _to_thresholds,
        PERFORMANCE: lambda _stand, _known: Way(
            "Open", path="charter/performance_owner", command="cobuilder charter"
        ),
        ROLE_GATE: lambda _stand, _known: Way(
            "Open", "review", verb="approvals", command="cobuilder review approve"
        ),
        release_gates.APPROVED: _to_approval,
    }
    return ways[gate.id](stand, known) if gate.id in ways else NO_WAY


def _to_change(stand: Standing, known: Found) -> Way:
    first = next(iter(stand.undecided), None)
    item = f"{first[0].id}/{first[1].id}" if first else ""
    return Way("Open", "review", item, command="cobuilder review")


def _to_question(stand: Standing, known: Found) -> Way:
    for proposal, question in stand.open_questions:
        return Way("Open", "review", f"{proposal.id}/?{question.id}", command="cobuilder review answer")
    for ask in stand.open_asks:
        return Way("Open", "review", f"{ask.proposal_id}/{ask.change_id}", command="cobuilder review comment")
    return Way("Open", "review")


def _to_source(stand: Standing, known: Found) -> Way:
    from studio.domain.governance import BLOCKING

    pinned = {pin.id for pin in stand.draft.sources}
    for source in stand.current_sources:
        if source.id in pinned and stand.state_of(source) in BLOCKING:
            return Way("Open", "sources", source.id, command="cobuilder source list")
    for conflict in undecided(stand):
        return Way("Open", "sources", conflict.left, command="cobuilder source conflicts")
    for rule in still_standing(stand):
        return Way("Open", "charter", rule.id, command="cobuilder charter")
    for source, statement, _ in accounts(stand).suspects():
        return Way("Open", "sources", f"{source.id}/{statement.id}", command="cobuilder source suspects")
    return Way("Open", "sources")


def _to_fact(stand: Standing, known: Found) -> Way:
    from studio.services.gates import disagreements_of

    found = disagreements_of(stand)
    left = found[0].left_paths if found else ()
    return Way("Open", path=left[0] if left else "", page="review", command="cobuilder impact mend")


def _to_finding(stand: Standing, known: Found) -> Way:
    if known.looking:
        return NO_WAY
    broken = next((check for check in known.checks if check.status == "broken"), None)
    path = broken.path if broken else ""
    return Way("Open", "workflows", path=path, command="cobuilder check")


def _to_test(stand: Standing, known: Found) -> Way:
    if stand.comparison_is_current and stand.failed_runs:
        return Way("Open", "simulate", stand.failed_runs[-1].failing[0][0], command="cobuilder simulate")
    return Way("Simulate now", deed="simulate", command="cobuilder simulate")


def _to_thresholds(stand: Standing, known: Found) -> Way:
    charter = stand.draft.charter
    nameless = not charter.owners or any(not owner.name.strip() for owner in charter.owners)
    path = "charter/owners" if nameless and (charter.readiness or ()) else "charter/readiness"
    return Way("Open", path=path, command="cobuilder charter")


def _to_approval(stand: Standing, known: Found) -> Way:
    if stand.policy is None or stand.plan is None:
        return Way("Choose policy…", deed="policy", command="cobuilder release plan --policy FILE")
    return Way("Approve…", deed="approve", command="cobuilder approve")
