"""A received bundle as IT looks at it: what it holds, and the verdict on it under IT's policy.

- Nothing is kept and nothing is extracted; a file that is no sound bundle is told in a sentence.
- It is read once: what is shown of it and the verdict come of the same reading.
- What lacks nothing but approvals waits for them: it may not run, and is no refusal of what it holds.
- Without a policy only what needs none is checked, and nothing is called verified.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field

from studio.domain.bundle import Bundle, Verification, VerifierCheck
from studio.domain.environment import ApprovalPolicy
from studio.domain.errors import StudioError
from studio.domain.frozen import Frozen
from studio.release import container
from studio.release import policy as policies
from studio.release.report_approvals import with_approvals
from studio.release.verification import Verifier, verify_opened
from studio.services.received_contents import Contents, contents_of

Verdict = Literal["verified", "waiting", "refused", "unjudged", "broken"]
NEEDS_POLICY = "Judged by IT's approval policy, which is not chosen yet."


class Received(Frozen):
    """What is known of a received file; `reason` is the sentence of the verdict.

    `faults` says, for each approval's file, why it does not count under the policy; empty where it does.
    `report` is the bundle's page with all approvals and the verdict. `policy_file` is the file of a
    remembered policy by which it was judged; `policy_fault` says why such a file could not be read.
    """

    verdict: Verdict
    reason: str
    checks: tuple[VerifierCheck, ...]
    contents: Contents | None = None
    policy: ApprovalPolicy | None = None
    faults: dict[str, str] = Field(default_factory=dict)
    report: str = ""
    policy_file: str = ""
    policy_fault: str = ""


def look_at(
    data: bytes, policy: ApprovalPolicy | None, now: datetime, remembered: Mapping[str, str] | None = None
) -> Received:
    """Return what a received file holds and, with IT's policy, the verdict on it.

    Without a policy, that of the file which is remembered for this agent counts, where there is one.
    """
    verifier = Verifier(data)
    fault = _opened(verifier)
    if fault:
        return Received(verdict="broken", reason=fault, checks=_until(verifier, fault), policy=policy)
    bundle, file, unread = verifier.bundle, "", ""
    if policy is None:
        file = (remembered or {}).get(bundle.manifest.agent.id, "")
        policy, unread = _kept(file)
    contents = contents_of(bundle)
    if policy is None:
        return Received(
            verdict="unjudged",
            reason=NEEDS_POLICY,
            checks=_without_policy(verifier),
            contents=contents,
            report=_report(bundle),
            policy_fault=unread,
        )
    found = verify_opened(verifier, policy, now)
    faults = _faults(data, bundle, policy, now)
    verdict, reason = _verdict(bundle, policy, found, faults)
    return Received(
        verdict=verdict,
        reason=reason,
        checks=found.checks,
        contents=contents,
        policy=policy,
        faults=faults,
        report=_report(bundle, found, policy),
        policy_file=file,
    )


def _kept(file: str) -> tuple[ApprovalPolicy | None, str]:
    """Return the policy of a file that was chosen before, or why it cannot be read."""
    if not file:
        return None, ""
    lead = f"The policy that was chosen last, {file}, cannot be read:"
    try:
        return policies.read_policy(Path(file).read_bytes(), Path(file).name), ""
    except StudioError as error:
        return None, f"{lead} {error}"
    except OSError as error:
        return None, f"{lead} {error.strerror}. Choose it anew."


def _report(bundle: Bundle, found: Verification | None = None, policy: ApprovalPolicy | None = None) -> str:
    try:
        return with_approvals(bundle, found, policy)
    except StudioError:  # with the approvals it would be larger than a page may be
        return bundle.report_html


def _verdict(
    bundle: Bundle, policy: ApprovalPolicy, found: Verification, faults: Mapping[str, str]
) -> tuple[Verdict, str]:
    if found.ok:
        return "verified", f"Every check passed under the policy “{policy.id}”, version {policy.version}."
    if _lacks_approvals_only(bundle, policy, found, faults):
        return "waiting", f"{found.refusal} Until then it may not run."
    return "refused", found.refusal


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


def _opened(verifier: Verifier) -> str:
    """Let a verifier go as far as it can without a policy; return the fault it met."""
    try:
        verifier.check_container()
        verifier.check_manifest()
        verifier.check_files()
        verifier.check_change()
    except StudioError as error:
        return str(error)
    return ""


def _until(verifier: Verifier, fault: str) -> tuple[VerifierCheck, ...]:
    names = ("container", "manifest", "files", "change")
    refused = VerifierCheck(name=names[min(len(verifier.checks), 3)], verdict="refused", sentence=fault)
    return (*verifier.checks, refused)


def _without_policy(verifier: Verifier) -> tuple[VerifierCheck, ...]:
    left = VerifierCheck(name="approvals", verdict="not reached", sentence=NEEDS_POLICY)
    rest = tuple(
        left.model_copy(update={"name": name, "sentence": "Looked at after the approvals."})
        for name in ("evidence", "environment")
    )
    return (*verifier.checks, left, *rest)
