"""The gates on the content of the present draft, as they go into the bundle.

- While the checks of a large draft are looked for in the background, their gate is not met: it says so, and
  what it was before.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from studio.checks.autonomy import performance_owner
from studio.domain.bundle import Gate, RunEvidence
from studio.domain.charter_terms import ROLE_WORDS
from studio.domain.governance import BLOCKING
from studio.domain.readiness import Measure, unsound
from studio.release import gates as release_gates
from studio.release.evidence import summarise
from studio.services.accounting import accounts
from studio.services.collisions import compared_already, still_standing, undecided
from studio.services.memory import Memory
from studio.services.proofs import Found, found_whole
from studio.services.standing import Standing

if TYPE_CHECKING:
    from studio.cobuilder.changes.agreement import Disagreement

_DISAGREEMENTS: Memory[tuple[str, str], tuple[Disagreement, ...]] = Memory(4)
SOURCES, ONE_VALUE = "sources", "one-value"
THRESHOLDS, PERFORMANCE = "thresholds", "performance-owner"
_TITLES = {ONE_VALUE: "One fact, one value", SOURCES: "Sources are in force and agree"}
NEEDED: tuple[tuple[Measure, str], ...] = (
    ("customer satisfaction", "satisfaction"),
    ("repeat contact", "repeat contact"),
    ("escalation", "escalations"),
    ("hand-over with context", "hand-over to people"),
)
"""What must have a threshold before customers meet the agent, and how it is called in a sentence."""


def draft_evidence(stand: Standing) -> RunEvidence | None:
    """Return the summary of the run of exactly this draft, or None."""
    if stand.comparison is None or not stand.comparison_is_current:
        return None
    return summarise(stand.comparison.draft, "draft")


def content_gates(
    stand: Standing, known: Found | None = None, later: Container[str] = ()
) -> tuple[Gate, ...]:
    """Return the gates on the draft's content; with what is known of the checks, none is waited for.

    Nor is the gate on sources, where it is among what comes `later` (see `unknown`).
    """
    found = known or found_whole(stand)
    changes = [stand.verdict(p, c) for p in stand.proposals for c in p.changes]
    inputs = release_gates.GateInputs(
        result_digest=stand.draft_digest,
        changes=len(changes),
        accepted=changes.count("accepted"),
        rejected=changes.count("rejected"),
        open_questions=(
            *(question.text for _, question in stand.open_questions),
            *(f"{ask.asks.words} was asked: {ask.text}" for ask in stand.open_asks if ask.asks),
        ),
        checks=found.checks,
        checked_digest=stand.draft_digest,
        run=draft_evidence(stand),
        warned=tuple(
            f"{change.title} ({proposal.id}/{change.id})"
            for proposal in stand.proposals
            for change in proposal.changes
            if change.warnings and stand.verdict(proposal, change) == "accepted"
        ),
        failing=_failing(stand),
        earlier=_earlier(stand),
    )
    reviewed, *rest = release_gates.content_gates(inputs)
    now = known is None or ONE_VALUE not in unknown(stand)
    one_value = one_value_gate(stand) if now else _looking(ONE_VALUE)
    sources = _looking(SOURCES) if SOURCES in later else sources_gate(stand)
    if found.looking:
        rest = [checking(gate, found) if gate.id == release_gates.PROOFS else gate for gate in rest]
    owned = thresholds_gate(stand), performance_gate(stand)
    return (reviewed, sources, one_value, *rest, *owned)


def _failing(stand: Standing) -> tuple[str, ...]:
    """Return each test that failed in any run of exactly this draft, and how often; the newest run first."""
    said: dict[str, str] = {}
    for run in reversed(stand.failed_runs):
        for test, times, of in run.failing:
            said.setdefault(test, f"{test} in {times} of {of} ({run.id})")
    return tuple(said.values())


def _earlier(stand: Standing) -> str:
    """Return what the newest run found where it ran something else than this draft; else nothing."""
    if stand.comparison is None or stand.comparison_is_current:
        return ""
    run = summarise(stand.comparison.draft, "draft")
    found = f"{run.conversations_passed} of {run.conversations} conversations passed"
    if run.agent_digest == stand.draft_digest:
        return f"An earlier version of this program ran it: {found} in {stand.comparison.id}."
    return f"Before the last edit {found} in {stand.comparison.id}."


def checking(gate: Gate, found: Found) -> Gate:
    """Return the gate on the checks while they are looked for: not met, with what was last heard of them."""
    before = {
        None: "",
        True: " Before the last edit all held.",
        False: " Before the last edit some were broken.",
    }
    return gate.model_copy(update={"ok": False, "evidence": f"Checking…{before[found.held]}"})


def disagreements_of(stand: Standing) -> tuple[Disagreement, ...]:
    """Return the facts that became others in some places only."""
    from studio.cobuilder.changes.agreement import disagreements

    key = stand.live_digest, stand.draft_digest
    return _DISAGREEMENTS.get(key, lambda: disagreements(stand.live, stand.draft))


def unknown(stand: Standing) -> tuple[str, ...]:
    """Return the gates that do not answer without a wait: on facts, on sources."""
    facts = (stand.live_digest, stand.draft_digest) in _DISAGREEMENTS
    return (*(() if facts else (ONE_VALUE,)), *(() if compared_already(stand) else (SOURCES,)))


def _looking(gate: str) -> Gate:
    return Gate(id=gate, title=_TITLES[gate], ok=False, evidence="Working it out…")


def one_value_gate(stand: Standing) -> Gate:
    """Return the gate on facts: what changed in one place changed in every place that depends on it."""
    found = disagreements_of(stand)
    evidence = "Every fact has one value in all places that depend on it."
    if found:
        more = f" ({len(found) - 1} more {'fact' if len(found) == 2 else 'facts'})" if len(found) > 1 else ""
        evidence = f"{found[0].sentence}{more}."
    return Gate(id=ONE_VALUE, title=_TITLES[ONE_VALUE], ok=not found, evidence=evidence)


def sources_gate(stand: Standing) -> Gate:
    """Return the gate on the sources: in force, no undecided conflict, nothing suspect."""
    pinned = {pin.id for pin in stand.draft.sources}
    trouble = [
        f"“{source.name}” is {state}"
        for source in stand.current_sources
        if source.id in pinned and (state := stand.state_of(source)) in BLOCKING
    ]
    conflicts, suspects = len(undecided(stand)), len(accounts(stand).suspects())
    trouble += [f"{conflicts} conflict{'s' * (conflicts > 1)} not decided"] if conflicts else []
    lost = [f"{rule.id} “{rule.title}”" for rule in still_standing(stand)]
    trouble += [f"decided against, but still in the draft: {', '.join(lost[:3])}"] if lost else []
    trouble += [f"{suspects} sentence{'s' * (suspects > 1)} suspect"] if suspects else []
    count = len([source for source in stand.current_sources if source.id in pinned])
    evidence = (
        f"{'; '.join(trouble)}." if trouble else f"{count} in force, no conflict open, nothing suspect."
    )
    return Gate(id=SOURCES, title=_TITLES[SOURCES], ok=not trouble, evidence=evidence)


def performance_gate(stand: Standing) -> Gate:
    """Return the gate on who owns performance after launch."""
    charter, missing = stand.draft.charter, performance_owner(stand.draft)
    evidence = f"{missing} Name somebody on the Charter page." if missing else ""
    if not missing and charter.performance_owner is not None:
        role = charter.performance_owner
        evidence = f"{charter.owner(role)} ({ROLE_WORDS[role]}) watches the figures after launch."
    return Gate(
        id=PERFORMANCE, title="Someone owns performance after launch", ok=not missing, evidence=evidence
    )


def thresholds_gate(stand: Standing) -> Gate:
    """Return the gate on thresholds and owners: both are there before customers meet the agent."""
    charter = stand.draft.charter
    there = {each.measure for each in charter.readiness or ()}
    missing = [words for measure, words in NEEDED if measure not in there]
    trouble = [f"no threshold for {', '.join(missing)}"] if missing else []
    trouble += [why.rstrip(".") for each in charter.readiness or () if (why := unsound(each))]
    nameless = [ROLE_WORDS[owner.id] for owner in charter.owners if not owner.name.strip()]
    trouble += [f"nobody is named for {', '.join(nameless)}"] if nameless else []
    trouble += [] if charter.owners else ["no owner is named"]
    count = len(NEEDED) - len(missing)
    evidence = f"{count} of {len(NEEDED)} thresholds defined, {len(charter.owners)} owners named."
    if trouble:
        evidence = f"{count} of {len(NEEDED)} thresholds defined; {'; '.join(trouble)}."
    title = "Ready for customers: satisfaction, repeat contact, escalations, human fallback"
    return Gate(id=THRESHOLDS, title=title, ok=not trouble, evidence=evidence)
