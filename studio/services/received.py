"""A received bundle as IT looks at it: what it holds, and the verdict on it under IT's policy.

- Nothing is kept and nothing is extracted; a file that is no sound bundle is told in a sentence.
- What lacks nothing but approvals waits for them: it may not run, and is no refusal of what it holds.
- Without a policy only what needs none is checked, and nothing is called verified.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from studio.domain.bundle import Bundle, Verification, VerifierCheck
from studio.domain.environment import ApprovalPolicy
from studio.domain.errors import StudioError
from studio.release import container
from studio.release import policy as policies
from studio.release.report_approvals import with_approvals
from studio.release.verification import Verifier, open_bundle, verify_bundle
from studio.services.told_changes import told_between

Verdict = Literal["verified", "waiting", "refused", "unjudged", "broken"]
NEEDS_POLICY = "Judged by IT's approval policy, which is not chosen yet."


@dataclass(frozen=True, slots=True)
class Received:
    """What is known of a received file; `reason` is the sentence of the verdict.

    `faults` says, for each approval's file, why it does not count under the policy; empty where it does.
    """

    verdict: Verdict
    reason: str
    checks: tuple[VerifierCheck, ...]
    bundle: Bundle | None = None
    words: tuple[str, ...] = ()
    policy: ApprovalPolicy | None = None
    verification: Verification | None = None
    faults: Mapping[str, str] = field(default_factory=dict)

    def report(self) -> str:
        """Return the report with all approvals and the verdict, as one web page."""
        return "" if self.bundle is None else with_approvals(self.bundle, self.verification, self.policy)


def look_at(data: bytes, policy: ApprovalPolicy | None, now: datetime) -> Received:
    """Return what a received file holds and, with IT's policy, the verdict on it."""
    try:
        bundle = open_bundle(data)
    except StudioError as error:
        return Received("broken", str(error), _checks_until_fault(data, str(error)), policy=policy)
    words = told_between(bundle.before, bundle.after)
    if policy is None:
        return Received("unjudged", NEEDS_POLICY, _checks_without_policy(data), bundle, words)
    found = verify_bundle(data, policy, now)
    reason = found.refusal or f"Every check passed under the policy “{policy.id}”, version {policy.version}."
    faults = _faults(data, bundle, policy, now)
    verdict: Verdict = "verified" if found.ok else "refused"
    if _lacks_approvals_only(bundle, policy, found, faults):
        verdict, reason = "waiting", f"{reason} Until then it may not run."
    return Received(verdict, reason, found.checks, bundle, words, policy, found, faults)


def _lacks_approvals_only(
    bundle: Bundle, policy: ApprovalPolicy, found: Verification, faults: Mapping[str, str]
) -> bool:
    """Return whether every approval that is there counts, and only further ones are missing."""
    refused = next((check.name for check in found.checks if check.verdict == "refused"), "")
    given, keys = [each.approval for each in bundle.approvals], {each.key_id for each in bundle.approvals}
    if refused != "approvals" or any(faults.values()) or any(each.decision != "approve" for each in given):
        return False
    if not len({each.person for each in given}) == len(keys) == len(given):
        return False
    place = bundle.manifest.environment
    return policy.rules(place) is not None and bool(policies.missing_approvals(policy, place, given))


def _faults(data: bytes, bundle: Bundle, policy: ApprovalPolicy, now: datetime) -> dict[str, str]:
    """Judge every approval by itself: a green name must never stand on somebody's mere claim."""
    files, found = container.unpack(data), dict[str, str]()
    environment, digest = bundle.manifest.environment, bundle.manifest_digest
    for signed in bundle.approvals:
        try:
            policies.check_signed(policy, environment, digest, signed.file, files[signed.file], now)
            found[signed.file] = ""
        except StudioError as error:
            found[signed.file] = error.what.replace(signed.file, "It", 1)
    return found


def _opened(data: bytes) -> tuple[Verifier, str]:
    """Return a verifier that went as far as it could without a policy, and the fault it met."""
    verifier = Verifier(data)
    try:
        verifier.check_container()
        verifier.check_manifest()
        verifier.check_files()
        verifier.check_change()
    except StudioError as error:
        return verifier, str(error)
    return verifier, ""


def _checks_until_fault(data: bytes, fault: str) -> tuple[VerifierCheck, ...]:
    checks = _opened(data)[0].checks
    names = ("container", "manifest", "files", "change")
    refused = VerifierCheck(name=names[min(len(checks), 3)], verdict="refused", sentence=fault)
    return (*checks, refused)


def _checks_without_policy(data: bytes) -> tuple[VerifierCheck, ...]:
    left = VerifierCheck(name="approvals", verdict="not reached", sentence=NEEDS_POLICY)
    rest = tuple(
        left.model_copy(update={"name": name, "sentence": "Looked at after the approvals."})
        for name in ("evidence", "environment")
    )
    return (*_opened(data)[0].checks, left, *rest)
