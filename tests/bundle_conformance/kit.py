"""A kit for tests of bundles: a tiny agent, its change, people with keys, and sound bundles to attack.

- Keys are derived from names, times are fixed: every bundle the kit makes is the same on every machine.
- Where commands go by the computer's own clock, a kit of that moment is made instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from studio.domain.agent import Agent
from studio.domain.bundle import (
    Approval,
    BundleContent,
    ConsequenceLine,
    ConsequencesFile,
    CoverageFile,
    CoverageLine,
    Evidence,
    FileRecord,
    GatesFile,
    LineageFile,
    Manifest,
    ProofsFile,
    RunsFile,
    SourceLineage,
)
from studio.domain.changeset import Change, ChangeSet, apply
from studio.domain.charter import Charter, Rule, RuleKind
from studio.domain.check import CheckResult
from studio.domain.environment import (
    DEFAULT_ROLLOUT,
    ApprovalPolicy,
    EnvironmentState,
    Person,
    TrustedKey,
)
from studio.domain.frozen import canonical, digest, to_json
from studio.domain.run import Conversation, Run, Tally
from studio.domain.scenario import ExpectOutcome, Scenario
from studio.domain.source import Authority
from studio.domain.workflow import End, Say, Workflow
from studio.release import bundle, container, evidence, gates, html_page, keys, layout

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
PEOPLE = {"ana": "author", "carl": "compliance", "ida": "it"}


class MemorySigner:
    """A signer whose key is made from a name; for tests only."""

    def __init__(self, name: str) -> None:
        """Derive the key."""
        self._private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
        public = self._private.public_key()
        self.public_pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        self.key_id = keys.key_id(self.public_pem)

    def sign(self, data: bytes) -> bytes:
        """Return the signature."""
        return self._private.sign(data)


@dataclass(frozen=True)
class Attempt:
    """One try to get something past the verifier: where it must be refused, and with which words."""

    label: str
    data: bytes
    check: str
    words: str
    policy: ApprovalPolicy
    now: datetime
    state: EnvironmentState | None


class Kit:
    """Makes sound bundles, and gives attackers the tools to spoil them."""

    def __init__(self, now: datetime = NOW) -> None:
        """Make the people, the policy and the agents."""
        self.now = now
        self.signers = {name: MemorySigner(name) for name in (*PEOPLE, "mallory", "spare")}
        self.policy = self.policy_with()
        self.before = _agent()
        self.changeset = _changeset()
        self.after = apply(self.before, self.changeset)

    def key(self, person: str, signer: str | None = None, **changes: Any) -> TrustedKey:
        """Return a trusted key of a person, made with the signer of that (or another) name."""
        facts: dict[str, Any] = {
            "person": person,
            "public_pem": self.signers[signer or person].public_pem,
            "valid_from": self.now - timedelta(days=100),
            "valid_until": self.now + timedelta(days=100),
        }
        return TrustedKey(**{**facts, **changes})

    def policy_with(self, **changes: Any) -> ApprovalPolicy:
        """Return IT's policy, with these fields changed."""
        facts: dict[str, Any] = {
            "id": "desk-approval",
            "agent": "desk",
            "people": tuple(Person(id=n, name=n.title(), roles=(r,)) for n, r in PEOPLE.items()),
            "keys": tuple(self.key(name) for name in PEOPLE),
        }
        return ApprovalPolicy(**{**facts, **changes})

    def content(self, **changes: Any) -> BundleContent:
        """Return sound content, with these fields changed."""
        after = changes.get("after", self.after)
        before = changes.get("before", self.before)
        facts: dict[str, Any] = {
            "environment": "production",
            "release_sequence": 2,
            "not_after": self.now + timedelta(days=30),
            "policy_id": "desk-approval",
            "before": before,
            "after": after,
            "changeset": self.changeset,
            "evidence": self.evidence(before, after),
            "lineage": LineageFile(sources=(_lineage(),)),
            "report_html": html_page.whole_page("Report", "<p>Two changes.</p>", ""),
            "rollout": DEFAULT_ROLLOUT,
            "tools": {"cobuilder": "0.1.0"},
        }
        return BundleContent(**{**facts, **changes})

    def evidence(self, before: Agent, after: Agent) -> Evidence:
        """Return evidence that belongs to these agents and passed."""
        result = digest(after)
        draft = evidence.summarise(self.run(after, after.scenarios), "draft")
        live = evidence.summarise(self.run(before, after.scenarios), "live")
        check = CheckResult(id="c1", check="reference", status="holds", subject="desk", detail="All resolve.")
        inputs = gates.GateInputs(
            result_digest=result,
            changes=2,
            accepted=2,
            rejected=0,
            checks=(check,),
            checked_digest=result,
            run=draft,
        )
        return Evidence(
            runs=RunsFile(runs=(draft, live)),
            proofs=ProofsFile(agent_digest=result, checks=(check,)),
            coverage=CoverageFile(
                agent_digest=result, lines=(CoverageLine(kind="steps", total=2, covered=2),)
            ),
            gates=GatesFile(agent_digest=result, gates=gates.content_gates(inputs)),
            consequences=ConsequencesFile(
                agent_digest=result,
                base_digest=digest(before),
                lines=(
                    ConsequenceLine(
                        scenario="T-01",
                        title="Greeting",
                        customers=1,
                        affected=1,
                        differences=(Tally(words="Is told R-01 in other words.", customers=1),),
                    ),
                ),
            ),
        )

    def run(self, agent: Agent, scenarios: tuple[Scenario, ...], passed: bool = True, seed: int = 7) -> Run:
        """Return a run in which every scenario went this way."""
        return Run(
            agent_digest=digest(agent),
            scenarios_digest=digest([to_json(scenario) for scenario in scenarios]),
            seed=seed,
            customers=1,
            engine="test/1",
            conversations=tuple(
                Conversation(
                    scenario=each.id,
                    customer=0,
                    seed=seed,
                    outcome="resolved",
                    passed=passed,
                    marks=(),
                    turns=(),
                )
                for each in scenarios
            ),
        )

    def approval(self, person: str, **changes: Any) -> Approval:
        """Return an approval by a person in their role, with these fields changed."""
        facts: dict[str, Any] = {
            "role": PEOPLE.get(person, "author"),
            "person": person,
            "decision": "approve",
            "environment": "production",
            "time": self.now - timedelta(hours=1),
        }
        return Approval(**{**facts, **changes})

    def envelope(self, manifest_digest: str, person: str, signer: str | None = None, **changes: Any) -> bytes:
        """Return a signed attestation."""
        return bundle.approve(
            manifest_digest, self.approval(person, **changes), self.signers[signer or person]
        )

    def envelopes(self, content: BundleContent, **changes: Any) -> list[bytes]:
        """Return the attestations of all three people on this content."""
        subject = bundle.manifest_digest(content)
        facts = {"environment": content.environment, **changes}
        return [self.envelope(subject, person, **facts) for person in PEOPLE]

    def bundle(self, content: BundleContent | None = None) -> bytes:
        """Return a sound, fully approved bundle."""
        content = content or self.content()
        return bundle.assemble(content, self.envelopes(content))

    def files(self, data: bytes | None = None) -> dict[str, bytes]:
        """Return the files of a bundle, by default of the sound one."""
        return container.unpack(data or self.bundle())

    def forge(self, files: Mapping[str, bytes], **manifest: Any) -> dict[str, bytes]:
        """Return the files with a manifest rewritten to fit them, as an insider would do."""
        old = Manifest.model_validate_json(files[layout.MANIFEST])
        records = {
            name: FileRecord(sha256=digest(data), size=len(data))
            for name, data in files.items()
            if name != layout.MANIFEST and not name.startswith("attestations/")
        }
        facts = {
            "files": records,
            "base_digest": digest(files[layout.BEFORE]),
            "result_digest": digest(files[layout.AFTER]),
        }
        return {**files, layout.MANIFEST: canonical(old.model_copy(update={**facts, **manifest}))}

    def resign(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return the files with fresh approvals of all three people on whatever the manifest says."""
        bare = {name: data for name, data in files.items() if not name.startswith("attestations/")}
        subject = digest(bare[layout.MANIFEST])
        for number, (person, role) in enumerate(PEOPLE.items(), start=1):
            bare[layout.attestation_name(number, role)] = self.envelope(subject, person)
        return bare

    def state(self, **changes: Any) -> EnvironmentState:
        """Return what an importer knows: production runs the base, release 1 was imported."""
        facts: dict[str, Any] = {
            "environment": "production",
            "agent": "desk",
            "sequence_floor": 1,
            "known": {1: "1" * 64},
            "running_digest": digest(self.before),
        }
        return EnvironmentState(**{**facts, **changes})

    def attempt(
        self,
        label: str,
        data: bytes | Mapping[str, bytes],
        check: str,
        words: str,
        *,
        policy: ApprovalPolicy | None = None,
        now: datetime | None = None,
        state: EnvironmentState | None = None,
    ) -> Attempt:
        """Return an attempt with a bundle, given as bytes or as files."""
        raw = data if isinstance(data, bytes) else container.pack(data)
        return Attempt(label, raw, check, words, policy or self.policy, now or self.now, state)


Attack = Callable[[Kit], list[Attempt]]


def _agent() -> Agent:
    workflow = Workflow(
        id="greet",
        name="Greet",
        start="hello",
        steps=(Say(id="hello", title="Say hello", text="Hello.", next="done"), End(id="done", title="Done")),
    )
    scenario = Scenario(
        id="T-01", title="Greeting", workflow="greet", expectations=(ExpectOutcome(outcome="resolved"),)
    )
    rule = Rule(id="R-01", kind=RuleKind.MUST, title="Be short", text="Keep answers short.")
    charter = Charter(
        purpose="Greet customers",
        audience="Customers",
        channel="chat",
        ai_disclosure="I am an assistant.",
        capabilities="I can greet you.",
        rules=(rule,),
    )
    return Agent(id="desk", name="Desk", charter=charter, workflows=(workflow,), scenarios=(scenario,))


def _changeset() -> ChangeSet:
    rule = Rule(id="R-02", kind=RuleKind.NEVER, title="No promises", text="Never promise a date.")
    return ChangeSet(
        title="Shorter",
        changes=(
            Change(
                path="charter/rules/R-01/text",
                before="Keep answers short.",
                after="Keep answers to two sentences.",
            ),
            Change(path="charter/rules/R-02", after=to_json(rule), place_after="R-01"),
        ),
    )


def _lineage() -> SourceLineage:
    return SourceLineage(
        source_id="s1", name="Style guide", version=1, digest="a" * 64, authority=Authority.SOP
    )
