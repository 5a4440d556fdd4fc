"""What a received bundle holds, as it is shown: words and figures; the agents themselves stay in the file.

- It is small, however large the bundle, and can be handed from one process to another.
- It is told by this program from the signed content, never taken from the file's own report.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from studio.domain.bundle import (
    Bundle,
    ConsequenceLine,
    Evidence,
    Gate,
    Manifest,
    SignedApproval,
    SourceLineage,
)
from studio.domain.environment import Sha256
from studio.domain.errors import BundleRefused, StudioError
from studio.domain.frozen import Frozen
from studio.release.evidence import check_evidence
from studio.services.detached import Asked, check_in_time
from studio.services.told_changes import told_between


class Said(Frozen):
    """One line; what is `muted` stands back."""

    text: str
    muted: bool = False


class Claims(Frozen):
    """What a bundle says of itself on one matter."""

    title: str
    lines: tuple[Said, ...]


class Contents(Frozen):
    """What a bundle holds. `evidence` is what its evidence says; `fault` why that does not hold, else ""."""

    manifest_digest: Sha256
    manifest: Manifest
    approvals: tuple[SignedApproval, ...]
    words: tuple[str, ...]
    sources: tuple[str, ...]
    claims: tuple[Claims, ...]
    gates: tuple[Gate, ...]
    evidence: str
    fault: str = ""

    def asked(self, now: datetime) -> Asked:
        """Return what the bundle asks approval for; raises where its evidence or time does not hold."""
        check_in_time(self.manifest, now)
        if self.fault:
            raise BundleRefused(self.fault)
        return Asked(
            manifest_digest=self.manifest_digest,
            manifest=self.manifest,
            words=self.words,
            gates=self.gates,
            evidence=self.evidence,
            given=self.approvals,
        )


def contents_of(bundle: Bundle) -> Contents:
    """Return what an opened bundle holds."""
    manifest, evidence, fault = bundle.manifest, "", ""
    try:
        evidence = check_evidence(bundle.evidence, manifest.base_digest, manifest.result_digest, bundle.after)
    except StudioError as error:
        fault = str(error)
    return Contents(
        manifest_digest=bundle.manifest_digest,
        manifest=manifest,
        approvals=bundle.approvals,
        words=told_between(bundle.before, bundle.after),
        sources=tuple(_source(each) for each in bundle.lineage.sources),
        claims=tuple(_claims(bundle.evidence)),
        gates=bundle.evidence.gates.gates,
        evidence=evidence,
        fault=fault,
    )


def _claims(evidence: Evidence) -> Iterator[Claims]:
    runs = [Said(text=text) for text in _runs(evidence)]
    reached = [
        f"Reached: {each.covered:,} of {each.total:,} {each.kind}." for each in evidence.coverage.lines
    ]
    yield Claims(title="Simulations", lines=(*runs, *(Said(text=text, muted=True) for text in reached)))
    if evidence.consequences is not None and evidence.consequences.lines:
        lines = tuple(_consequences(evidence.consequences.lines))
        yield Claims(title="Who is treated differently", lines=lines)
    checks = evidence.proofs.checks
    holds = sum(check.status == "holds" for check in checks)
    verb = "holds" if len(checks) == 1 else "hold"
    warnings = [f"Warning: {check.detail}" for check in checks if check.status != "holds"]
    yield Claims(
        title="Checks",
        lines=(
            Said(text=f"{holds:,} of {_many(len(checks), 'check')} {verb} on every path."),
            *(Said(text=text, muted=True) for text in warnings),
        ),
    )


def _consequences(found: tuple[ConsequenceLine, ...]) -> Iterator[Said]:
    """Yield whom the release treats differently; who meets the same as before is told together."""
    same = 0
    for each in found:
        if each.is_new:
            yield Said(text=f"{each.title}: a new workflow.")
        elif each.affected:
            yield Said(text=f"{each.title}: {each.affected:,} of {_many(each.customers, 'customer')}.")
        else:
            same += 1
    if same:
        yield Said(text=f"In {_many(same, 'test')} nobody is treated differently.", muted=True)


def _runs(evidence: Evidence) -> Iterator[str]:
    for run in evidence.runs.runs:
        which = "The new version" if run.role == "draft" else "The live version"
        right = f"{run.conversations_passed:,} of {_many(run.conversations, 'conversation')} right"
        tests = _many(len(run.passedTests) + len(run.failedTests), "test")
        yield f"{which}: {right}, {_many(run.customers, 'customer')} in each of {tests}."


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _source(source: SourceLineage) -> str:
    uses = len(source.statements)
    said = f"{uses:,} of its sentences {'is' if uses == 1 else 'are'} used"
    return f"{source.name}, version {source.version} ({source.authority.value}): {said}."
