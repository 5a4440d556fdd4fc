"""Bundles: the signed package of one change, with its evidence, and the verdicts of its verifier.

- The bundle's id is the SHA-256 of manifest.json: approvals are added around it without changing it.
- Names in camel case follow the formats they come from (in-toto test-result, Argo Rollouts).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.check import CheckResult
from studio.domain.environment import Label, Moment, RolloutPlan, Sha256, TrafficEngine, Word
from studio.domain.frozen import Frozen
from studio.domain.run import Tally
from studio.domain.source import Authority

FORMAT = "cobuilder-bundle/1"
SUFFIX = ".cobundle"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
MAX_CUSTOMERS = 100_000
APPROVAL_TYPE = "urn:cobuilder-studio:approval:1"


class FileRecord(Frozen):
    """Digest and size of one file of a bundle."""

    sha256: Sha256
    size: int


class AgentRef(Frozen):
    """The agent a bundle is for."""

    id: Label
    name: Label


class Manifest(Frozen):
    """What a bundle is: for which agent and environment, from what to what, with which files."""

    format: Literal["cobuilder-bundle/1"] = "cobuilder-bundle/1"
    agent: AgentRef
    environment: Word
    release_sequence: Annotated[int, Field(ge=1, le=2**31)]
    base_digest: Sha256
    result_digest: Sha256
    files: dict[str, FileRecord]
    not_after: Moment
    policy_id: Word
    rollout: RolloutPlan
    traffic: TrafficEngine
    tools: dict[str, str] = Field(default_factory=dict)

    @property
    def label(self) -> str:
        """Return the release as people name it."""
        return f"{self.agent.name}, release {self.release_sequence}"


MAX_NOT_LOOKED = 20
_MISSED = re.compile(r":? not (?:opened|looked at)(?=[:.])")
"""How a sentence on what was missed ends: before a list of what it was, or before its full stop."""


class Approval(Frozen):
    """What one person signs: who, in which role, decided what, for which environment, and when.

    `not_looked` says in sentences what the person had not looked at: nothing where it is empty. It is absent
    where nobody noted it, as in approvals signed elsewhere.
    """

    role: Word
    person: Label
    decision: Literal["approve", "reject"]
    environment: Word
    comment: Annotated[str, StringConstraints(max_length=2000)] = ""
    time: Moment
    not_looked: (
        Annotated[
            tuple[Annotated[str, StringConstraints(max_length=300)], ...], Field(max_length=MAX_NOT_LOOKED)
        ]
        | None
    ) = None

    @property
    def looked_words(self) -> str:
        """Return what the person had and had not looked at, as a sentence; nothing where nobody noted it."""
        if self.not_looked is None:
            return ""
        return missed_words(self.not_looked) or "Had looked at everything."


def missed_words(not_looked: Iterable[str]) -> str:
    """Return in one sentence what somebody had not looked at, without the lists of its parts."""
    missed = (_MISSED.split(sentence, maxsplit=1)[0].rstrip(".") for sentence in not_looked)
    told = "; ".join(each[0].lower() + each[1:] if each[1:2].islower() else each for each in missed)
    return f"Not looked at: {told}." if told else ""


def in_brief(not_looked: tuple[str, ...]) -> tuple[str, ...]:
    """Return what somebody had not looked at as it can be signed: in few sentences, none too long."""
    short = tuple(line if len(line) <= 300 else f"{line[:299]}…" for line in not_looked)
    if len(short) <= MAX_NOT_LOOKED:
        return short
    return (*short[: MAX_NOT_LOOKED - 1], f"And {len(short) - MAX_NOT_LOOKED + 1} more.")


class Envelope(Frozen):
    """The parts of a DSSE envelope with one signature, not yet trusted."""

    payload_type: str
    payload: bytes
    key_id: str
    signature: bytes


class RunEvidence(Frozen):
    """The summary of one run, in the shape of in-toto's test-result predicate, with the run's digest.

    `role` says which agent ran: the draft (the bundle's result) or the live one (its base); both ran
    the draft's scenarios. `sampled` is true where a language model took part. The bounds keep a hostile
    bundle from making whoever recomputes it run for days.
    """

    role: Literal["draft", "live"]
    agent_digest: Sha256
    scenarios_digest: Sha256
    seed: Annotated[int, Field(ge=-(2**53) + 1, le=2**53 - 1)]
    customers: Annotated[int, Field(ge=1, le=MAX_CUSTOMERS)]
    engine: str
    evidence_digest: Sha256
    sampled: bool = False
    result: Literal["PASSED", "FAILED"]
    passedTests: tuple[str, ...]
    failedTests: tuple[str, ...]
    conversations: int
    conversations_passed: int


class RunsFile(Frozen):
    """evidence/runs.json."""

    runs: tuple[RunEvidence, ...]


class ProofsFile(Frozen):
    """evidence/proofs.json: every check of the result, with what it found."""

    agent_digest: Sha256
    checks: tuple[CheckResult, ...]


class CoverageLine(Frozen):
    """How many of one kind of thing (steps, branches, table rows, rules) the runs touched."""

    kind: Label
    total: int
    covered: int
    missing: tuple[str, ...] = ()


class CoverageFile(Frozen):
    """evidence/coverage.json."""

    agent_digest: Sha256
    lines: tuple[CoverageLine, ...]


class ConsequenceLine(Frozen):
    """What the result does differently for the customers of one test, the most frequent difference first.

    `is_new` where the live version has no such workflow: then nobody is compared.
    """

    scenario: Label
    title: str
    customers: int
    affected: int
    is_new: bool = False
    differences: tuple[Tally, ...] = ()


class ConsequencesFile(Frozen):
    """evidence/consequences.json: whom the result treats differently from its base, in the runs beside it."""

    agent_digest: Sha256
    base_digest: Sha256
    lines: tuple[ConsequenceLine, ...]


class Gate(Frozen):
    """One condition for a release, whether it is met, and on what grounds, in a sentence."""

    id: Word
    title: Label
    ok: bool
    evidence: str


class GatesFile(Frozen):
    """evidence/gates.json: the gates as they stood when the bundle was put together."""

    agent_digest: Sha256
    gates: tuple[Gate, ...]


class StatementUse(Frozen):
    """One statement of a source and the places of the agent that stand on it."""

    quote: str
    fingerprint: Sha256
    place: str
    used_by: tuple[str, ...]


class SourceLineage(Frozen):
    """One source version behind the result."""

    source_id: str
    name: str
    version: int
    digest: Sha256
    authority: Authority
    effective_from: date | None = None
    effective_until: date | None = None
    statements: tuple[StatementUse, ...] = ()


class LineageFile(Frozen):
    """lineage/sources.json."""

    sources: tuple[SourceLineage, ...]


class Evidence(Frozen):
    """The evidence files of a bundle; `consequences` may be absent."""

    runs: RunsFile
    proofs: ProofsFile
    coverage: CoverageFile
    gates: GatesFile
    consequences: ConsequencesFile | None = None


class BundleContent(Frozen):
    """Everything an author puts into a bundle; equal contents give equal bytes."""

    environment: Word
    release_sequence: int
    not_after: Moment
    policy_id: Word
    before: Agent
    after: Agent
    changeset: ChangeSet
    evidence: Evidence
    lineage: LineageFile
    report_html: str
    rollout: RolloutPlan
    tools: dict[str, str] = Field(default_factory=dict)


class SignedApproval(Frozen):
    """An approval as it was found in a bundle, with the id of the key that made it."""

    file: str
    manifest_digest: Sha256
    approval: Approval
    key_id: Sha256


class Bundle(Frozen):
    """A bundle that was opened: every part parsed strictly, nothing trusted but its bytes."""

    manifest_digest: Sha256
    manifest: Manifest
    before: Agent
    after: Agent
    changeset: ChangeSet
    evidence: Evidence
    lineage: LineageFile
    report_html: str
    approvals: tuple[SignedApproval, ...]


CheckName = Literal["container", "manifest", "files", "change", "approvals", "evidence", "environment"]
CHECK_ORDER: tuple[CheckName, ...] = (
    "container",
    "manifest",
    "files",
    "change",
    "approvals",
    "evidence",
    "environment",
)


class VerifierCheck(Frozen):
    """One step of the verification: passed, refused, or not reached; and why, in a sentence."""

    name: CheckName
    verdict: Literal["passed", "refused", "not reached"]
    sentence: str


class Verification(Frozen):
    """The verifier's answer: `ok` only when every check passed."""

    ok: bool
    manifest_digest: Sha256 | None = None
    label: str = ""
    checks: tuple[VerifierCheck, ...]

    @property
    def refusal(self) -> str:
        """Return the sentence of the check that refused, or nothing."""
        return next((check.sentence for check in self.checks if check.verdict == "refused"), "")


EvidenceVerdict = Literal["verified", "attested", "stale", "contradicted"]


EvidencePart = Literal["draft", "live", "coverage", "consequences", "proofs", "access", "gates"]


class Recomputation(Frozen):
    """What working it out again gave for one part of the evidence."""

    part: EvidencePart
    verdict: EvidenceVerdict
    sentence: str
    claimed_digest: Sha256
    computed_digest: Sha256 | None = None


class ImportResult(Frozen):
    """What an import did; `new` is false where the very same bundle was there already."""

    verification: Verification
    release: Sha256
    sequence: int
    new: bool
