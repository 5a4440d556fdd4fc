"""Evidence: summaries of runs, what a verifier demands of them, and the verdict after running again.

- Evidence counts only for the very content it was made from, by digest, and only when everything passed.
- Verdicts after recomputing: *verified* (deterministic, same digest), *attested* (a model took part; the
  recording matches), *stale* (made with another engine, so not comparable here), *contradicted* (differs).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from studio.domain.agent import Agent
from studio.domain.bundle import Bundle, Evidence, Recomputation, RunEvidence
from studio.domain.errors import BundleRefused
from studio.domain.run import Run
from studio.domain.scenario import Scenario

Rerun = Callable[[Agent, tuple[Scenario, ...], RunEvidence], Run]
"""Runs an agent over scenarios with the seed and customers of the evidence, and returns the run."""


def summarise(run: Run, role: Literal["draft", "live"], sampled: bool = False) -> RunEvidence:
    """Return the summary of a run, with its digest."""
    passed: list[str] = []
    failed: list[str] = []
    for each in run.figures.scenarios:
        (passed if each.passed == each.conversations else failed).append(each.scenario)
    return RunEvidence(
        role=role,
        agent_digest=run.agent_digest,
        scenarios_digest=run.scenarios_digest,
        seed=run.seed,
        customers=run.customers,
        engine=run.engine,
        evidence_digest=run.evidence_digest,
        sampled=sampled or bool(run.sampled),
        result="FAILED" if failed else "PASSED",
        passedTests=tuple(passed),
        failedTests=tuple(failed),
        conversations=sum(each.conversations for each in run.figures.scenarios),
        conversations_passed=sum(each.passed for each in run.figures.scenarios),
    )


def check_evidence(evidence: Evidence, base_digest: str, result_digest: str, after: Agent) -> str:
    """Return a sentence on evidence that belongs to this result and passed; raises BundleRefused."""
    draft = _check_runs(evidence, base_digest, result_digest)
    if set(draft.passedTests) != {scenario.id for scenario in after.scenarios}:
        raise _refused("the run does not cover exactly the scenarios of the result")
    for name, claimed in (
        ("the proofs", evidence.proofs.agent_digest),
        ("the coverage", evidence.coverage.agent_digest),
        ("the gates", evidence.gates.agent_digest),
    ):
        if claimed != result_digest:
            raise _refused(f"{name} were made from another agent")
    broken = next((check for check in evidence.proofs.checks if check.status == "broken"), None)
    if broken or not evidence.proofs.checks:
        raise _refused(f"a check is broken: {broken.detail}" if broken else "nothing was checked")
    gate = next((gate for gate in evidence.gates.gates if not gate.ok), None)
    if gate or not evidence.gates.gates:
        raise _refused(f"the gate “{gate.title}” was not met" if gate else "no gate was looked at")
    return (
        f"{draft.conversations} conversations over {len(draft.passedTests)} scenarios passed, and "
        f"{len(evidence.proofs.checks)} checks hold, on exactly this content."
    )


def recompute(bundle: Bundle, rerun: Rerun) -> tuple[Recomputation, ...]:
    """Run everything again from the bundle alone and compare the digests."""
    agents = {"draft": bundle.after, "live": bundle.before}
    scenarios = bundle.after.scenarios
    return tuple(
        compare(claimed, rerun(agents[claimed.role], scenarios, claimed))
        for claimed in bundle.evidence.runs.runs
    )


def compare(claimed: RunEvidence, run: Run) -> Recomputation:
    """Return the verdict on one run's evidence, given the run made again."""
    again = summarise(run, claimed.role, claimed.sampled)
    name = "the result" if claimed.role == "draft" else "the live version"
    if again == claimed and not claimed.sampled:
        verdict, sentence = (
            "verified",
            f"Running {name} again gave the same {again.conversations} conversations.",
        )
    elif again == claimed:
        verdict, sentence = (
            "attested",
            f"The recording of {name} matches; a model took part, so it is not a proof.",
        )
    elif again.engine != claimed.engine:
        verdict = "stale"
        sentence = f"The evidence for {name} was made with “{claimed.engine}”, here runs “{again.engine}”."
    else:
        verdict, sentence = "contradicted", f"Running {name} again gave something else than the bundle says."
    return Recomputation.model_validate(
        {
            "run": claimed.role,
            "verdict": verdict,
            "sentence": sentence,
            "claimed_digest": claimed.evidence_digest,
            "computed_digest": again.evidence_digest,
        }
    )


def _check_runs(evidence: Evidence, base_digest: str, result_digest: str) -> RunEvidence:
    drafts = [run for run in evidence.runs.runs if run.role == "draft"]
    lives = [run for run in evidence.runs.runs if run.role == "live"]
    if len(drafts) != 1 or len(lives) > 1:
        raise _refused("there is not exactly one run of the result")
    draft = drafts[0]
    if draft.agent_digest != result_digest:
        raise _refused("the run was made with another agent")
    if draft.result != "PASSED" or draft.failedTests or draft.conversations_passed != draft.conversations:
        raise _refused("not every conversation of the run passed")
    if draft.conversations < 1:
        raise _refused("no conversation was run")
    for live in lives:
        setting = (live.scenarios_digest, live.seed, live.customers, live.engine)
        if live.agent_digest != base_digest or setting != (
            draft.scenarios_digest,
            draft.seed,
            draft.customers,
            draft.engine,
        ):
            raise _refused("the run of the live version is not comparable with that of the result")
    return draft


def _refused(why: str) -> BundleRefused:
    return BundleRefused(
        f"The evidence does not carry this release: {why}.", "Ask for a new bundle with its own runs."
    )
