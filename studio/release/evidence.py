"""Evidence: summaries of runs, what a verifier demands of them, and the verdict after running again.

- Evidence counts only for the very content it was made from, by digest, and only when everything passed.
- Verdicts after recomputing: *verified* (deterministic, same digest), *attested* (a model took part; the
  recording matches), *stale* (made with another engine, so not comparable here), *contradicted* (differs).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from studio.domain.agent import Agent
from studio.domain.bundle import (
    Bundle,
    ConsequenceLine,
    CoverageLine,
    Evidence,
    EvidencePart,
    EvidenceVerdict,
    Recomputation,
    RunEvidence,
)
from studio.domain.check import CheckResult
from studio.domain.errors import BundleRefused
from studio.domain.frozen import Frozen, digest, to_json
from studio.domain.run import Comparison, Run

CHECKS_TOOL = "checks"
"""The name, among the tools of a manifest, of what made the proofs."""
ACCESS_CHECK = "internal text stays internal"
"""The one check that needs the sources' documents, which are not in a bundle."""


@dataclass(frozen=True, slots=True)
class Again:
    """What working out the evidence of a bundle again gave; `checks_engine` is what made the checks here."""

    comparison: Comparison
    coverage: tuple[CoverageLine, ...]
    consequences: tuple[ConsequenceLine, ...]
    checks: tuple[CheckResult, ...]
    checks_engine: str


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
        *_of_consequences(evidence, base_digest),
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
        f"{_many(draft.conversations, 'conversation')} over {_many(len(draft.passedTests), 'scenario')} "
        f"passed, and of {_many(len(evidence.proofs.checks), 'check')} none is broken, on this very content."
    )


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def judge_again(bundle: Bundle, again: Again) -> tuple[Recomputation, ...]:
    """Return the verdict on every part of a bundle's evidence, given what working it out again gave."""
    evidence = bundle.evidence
    runs = {"draft": again.comparison.draft, "live": again.comparison.live}
    found = [compare(claimed, runs[claimed.role]) for claimed in evidence.runs.runs]
    drafts = [run for run in evidence.runs.runs if run.role == "draft"]
    sampled = any(run.sampled for run in drafts)
    same_engine = all(run.engine == again.comparison.draft.engine for run in drafts)
    found.append(
        _part("coverage", "the coverage", evidence.coverage.lines, again.coverage, sampled, same_engine)
    )
    if evidence.consequences is not None:
        lines = evidence.consequences.lines
        found.append(
            _part("consequences", "the consequences", lines, again.consequences, sampled, same_engine)
        )
    same_checks = bundle.manifest.tools.get(CHECKS_TOOL, again.checks_engine) == again.checks_engine
    own = [each for each in evidence.proofs.checks if each.check != ACCESS_CHECK]
    found.append(_part("proofs", "the checks", _by_id(own), _by_id(again.checks), is_comparable=same_checks))
    return (*found, *_vouched(bundle))


def _by_id(checks: Iterable[CheckResult]) -> list[CheckResult]:
    return sorted(checks, key=lambda check: check.id)


def _part(
    part: EvidencePart,
    name: str,
    claimed: Sequence[Frozen],
    here: Sequence[Frozen],
    sampled: bool = False,
    is_comparable: bool = True,
) -> Recomputation:
    """Return the verdict on a part that is a list of values."""
    was, now = (digest([to_json(each) for each in values]) for values in (claimed, here))
    if was == now:
        verdict: EvidenceVerdict = "attested" if sampled else "verified"
        sentence = f"Working out {name} again gave the same {len(here):,} lines."
    elif not is_comparable or sampled:
        verdict = "stale"
        sentence = f"{name.capitalize()} cannot be compared: they were made by another version, or a model."
    else:
        verdict = "contradicted"
        sentence = (
            f"Working out {name} again gave something else than the bundle says{_first(claimed, here)}."
        )
    return Recomputation(
        part=part, verdict=verdict, sentence=sentence, claimed_digest=was, computed_digest=now
    )


def _first(claimed: Sequence[Frozen], here: Sequence[Frozen]) -> str:
    """Return the first line that differs, in words."""
    for was, now in zip_longest(claimed, here):
        if was != now:
            known = now if now is not None else was
            words = [getattr(known, name, "") for name in ("check", "subject", "kind", "scenario")]
            return f", first at “{' · '.join(word for word in words if word)}”"
    return ""


def _vouched(bundle: Bundle) -> list[Recomputation]:
    """Return what cannot be worked out from the bundle alone: those who approved vouch for it."""
    evidence = bundle.evidence
    access = [each for each in evidence.proofs.checks if each.check == ACCESS_CHECK]
    found = []
    if access:
        found.append(
            Recomputation(
                part="access",
                verdict="attested",
                sentence="That internal sentences stay internal was checked against documents that are "
                "not in the bundle: those who approved vouch for it.",
                claimed_digest=digest([to_json(each) for each in access]),
            )
        )
    gates = evidence.gates.gates
    found.append(
        Recomputation(
            part="gates",
            verdict="attested",
            sentence=f"{len(gates)} gates (review, questions, sources) were looked at in the author's "
            "workspace: those who approved vouch for them.",
            claimed_digest=digest([to_json(each) for each in gates]),
        )
    )
    return found


def compare(claimed: RunEvidence, run: Run) -> Recomputation:
    """Return the verdict on one run's evidence, given the run made again."""
    again = summarise(run, claimed.role, claimed.sampled)
    name = "the result" if claimed.role == "draft" else "the live version"
    verdict: EvidenceVerdict
    if again == claimed and not claimed.sampled:
        verdict = "verified"
        sentence = f"Running {name} again gave the same {again.conversations:,} conversations."
    elif again == claimed:
        verdict = "attested"
        sentence = f"The recording of {name} matches; a model took part, so it is not a proof."
    elif again.engine != claimed.engine:
        verdict = "stale"
        sentence = f"The evidence for {name} was made with “{claimed.engine}”, here runs “{again.engine}”."
    else:
        verdict, sentence = "contradicted", f"Running {name} again gave something else than the bundle says."
    return Recomputation(
        part=claimed.role,
        verdict=verdict,
        sentence=sentence,
        claimed_digest=claimed.evidence_digest,
        computed_digest=again.evidence_digest,
    )


def _of_consequences(evidence: Evidence, base_digest: str) -> tuple[tuple[str, str], ...]:
    """Return what the consequences say they were made from; raises where it is another live version."""
    found = evidence.consequences
    if found is None:
        return ()
    if found.base_digest != base_digest:
        raise _refused("the consequences were made from another live version")
    return (("the consequences", found.agent_digest),)


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
