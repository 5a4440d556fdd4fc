"""Evidence of another agent, failed evidence, or evidence that says more than was run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.bundle import Gate, ProofsFile, RunEvidence, RunsFile
from studio.domain.check import CheckResult
from studio.domain.frozen import Frozen, canonical
from studio.release import layout

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return every way in which evidence can fail to carry the release, signed by everyone."""
    files, sound = kit.files(), kit.content().evidence
    draft, live = sound.runs.runs
    told = sound.consequences
    assert told is not None

    def signed(name: str, value: Frozen) -> dict[str, bytes]:
        return kit.resign(kit.forge({**files, name: canonical(value)}))

    def runs(*given: RunEvidence) -> dict[str, bytes]:
        return signed(layout.RUNS, RunsFile(runs=given))

    def changed(run: RunEvidence, **facts: object) -> RunEvidence:
        return run.model_copy(update=facts)

    def proved(checks: tuple[CheckResult, ...]) -> dict[str, bytes]:
        return signed(layout.PROOFS, sound.proofs.model_copy(update={"checks": checks}))

    def gated(gates: tuple[Gate, ...]) -> dict[str, bytes]:
        return signed(layout.GATES, sound.gates.model_copy(update={"gates": gates}))

    broken = CheckResult(id="c", check="path", status="broken", subject="w", detail="Writes before identity.")
    nobody, other = changed(draft, conversations=0, conversations_passed=0), "0" * 64
    gate = sound.gates.gates[0].model_copy(update={"ok": False})
    proofs = sound.proofs.model_copy(update={"agent_digest": other})
    cases = {
        "run of another agent": (runs(changed(draft, agent_digest=other), live), "with another agent"),
        "failed run": (runs(changed(draft, result="FAILED"), live), "not every conversation"),
        "failing tests": (runs(changed(draft, failedTests=("T-02",)), live), "not every conversation"),
        "fewer passed": (runs(changed(draft, conversations_passed=0), live), "not every conversation"),
        "nothing run": (runs(nobody, live), "no conversation"),
        "a scenario left out": (runs(changed(draft, passedTests=()), live), "exactly the scenarios"),
        "no run": (runs(), "not exactly one run"),
        "two runs": (runs(draft, draft), "not exactly one run"),
        "live run of another agent": (runs(draft, changed(live, agent_digest=other)), "not comparable"),
        "live run with another seed": (runs(draft, changed(live, seed=8)), "not comparable"),
        "proofs of another agent": (signed(layout.PROOFS, proofs), "the proofs were made from another"),
        "broken proof": (
            signed(layout.PROOFS, ProofsFile(agent_digest=proofs.agent_digest, checks=(broken,))),
            "the proofs were made from another",
        ),
        "broken check": (proved((broken,)), "a check is broken: Writes before identity"),
        "nothing proved": (proved(()), "nothing was"),
        "coverage of another agent": (
            signed(layout.COVERAGE, sound.coverage.model_copy(update={"agent_digest": other})),
            "the coverage were made from another",
        ),
        "consequences of another agent": (
            signed(layout.CONSEQUENCES, told.model_copy(update={"agent_digest": other})),
            "the consequences were made from another agent",
        ),
        "consequences against another live version": (
            signed(layout.CONSEQUENCES, told.model_copy(update={"base_digest": other})),
            "from another live version",
        ),
        "gate not met": (gated((gate,)), "was not met"),
        "no gates": (gated(()), "no gate"),
    }
    return [kit.attempt(label, data, "evidence", words) for label, (data, words) in cases.items()]
