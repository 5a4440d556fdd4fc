"""Assembles bundles: content to files, files and approvals to one container.

- The same content gives the same bytes; only attestations carry times of their own.
- The manifest names every file by digest; attestations sign the manifest, so one more changes nothing signed.
- Attestations are ordered by role, person and key, never by time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from studio.domain.bundle import PAYLOAD_TYPE, SUFFIX, AgentRef, Approval, BundleContent, FileRecord, Manifest
from studio.domain.changeset import apply
from studio.domain.environment import AUTHOR, COMPLIANCE, IT
from studio.domain.errors import Refused, WrongUse
from studio.domain.frozen import canonical, digest, to_json
from studio.ports import Signer
from studio.release import container, dsse, layout
from studio.release.evidence import check_evidence
from studio.release.html_page import check_page
from studio.release.patch import make_patch
from studio.release.policy import read_signed
from studio.release.traffic import engine_for

_ROLE_ORDER = {AUTHOR: 0, COMPLIANCE: 1, IT: 2}


def manifest_of(content: BundleContent) -> Manifest:
    """Return the manifest of this content: what approvers sign."""
    return _manifest(content, _content_files(content))


def manifest_digest(content: BundleContent) -> str:
    """Return the SHA-256 of the manifest of this content: the bundle's id, and the subject of approvals."""
    return digest(manifest_of(content))


def approve(manifest_sha256: str, approval: Approval, signer: Signer) -> bytes:
    """Return the envelope of one approval of one manifest, signed."""
    payload = dsse.statement(manifest_sha256, approval)
    return dsse.seal(payload, signer.key_id, signer.sign(dsse.pae(PAYLOAD_TYPE, payload)))


def assemble(content: BundleContent, attestations: Iterable[bytes] = ()) -> bytes:
    """Return the bundle's bytes; raises Refused where the content does not hold together."""
    _check_content(content)
    files = _content_files(content)
    files[layout.MANIFEST] = canonical(_manifest(content, files))
    return _seal(files, attestations)


def attach(bundle: bytes, attestation: bytes) -> bytes:
    """Return the bundle with one more approval in it."""
    files = container.unpack(bundle)
    given = [files.pop(name) for name in layout.attestation_names(files)]
    return _seal(files, [*given, attestation])


def file_name(manifest: Manifest) -> str:
    """Return the name under which a bundle is saved."""
    stem = "".join(c if c.isascii() and c.isalnum() else "-" for c in manifest.agent.id.lower()).strip("-")
    return f"{stem or 'agent'}-{manifest.release_sequence}{SUFFIX}"


def _check_content(content: BundleContent) -> None:
    if to_json(apply(content.before, content.changeset)) != to_json(content.after):
        raise Refused(
            "The changes do not lead from the live agent to the draft.", "Rebuild the draft, then export."
        )
    if content.before.id != content.after.id:
        raise Refused("The draft is not of the same agent as the live version.", "Open the right workspace.")
    check_evidence(content.evidence, digest(content.before), digest(content.after), content.after)
    check_page(content.report_html, layout.REPORT)


def _seal(files: Mapping[str, bytes], attestations: Iterable[bytes]) -> bytes:
    sealed = dict(files)
    ordered = sorted(((_rank(data), data) for data in attestations), key=lambda pair: pair[0])
    if len(ordered) > layout.MAX_ATTESTATIONS:
        raise WrongUse(f"A bundle holds at most {layout.MAX_ATTESTATIONS} approvals.", "Leave some out.")
    for number, ((_, role, _, _), data) in enumerate(ordered, start=1):
        sealed[layout.attestation_name(number, role)] = data
    return container.pack(sealed)


def _rank(attestation: bytes) -> tuple[int, str, str, str]:
    """Return what orders attestations; the rank also brings the role, which names the file."""
    envelope = dsse.open_envelope(attestation, "The approval")
    _, approval = dsse.read_approval(envelope, "The approval")
    read_signed(layout.attestation_name(1, approval.role), attestation)
    return _ROLE_ORDER.get(approval.role, 9), approval.role, approval.person, envelope.key_id


def _manifest(content: BundleContent, files: Mapping[str, bytes]) -> Manifest:
    return Manifest(
        agent=AgentRef(id=content.after.id, name=content.after.name),
        environment=content.environment,
        release_sequence=content.release_sequence,
        base_digest=digest(content.before),
        result_digest=digest(content.after),
        files={name: FileRecord(sha256=digest(data), size=len(data)) for name, data in files.items()},
        not_after=content.not_after,
        policy_id=content.policy_id,
        rollout=content.rollout,
        traffic=engine_for(content.after.id, content.release_sequence),
        tools=content.tools,
    )


def _content_files(content: BundleContent) -> dict[str, bytes]:
    evidence = content.evidence
    more = {} if evidence.consequences is None else {layout.CONSEQUENCES: canonical(evidence.consequences)}
    return {
        **more,
        layout.BEFORE: canonical(content.before),
        layout.AFTER: canonical(content.after),
        layout.CHANGES: canonical(content.changeset),
        layout.PATCH: canonical(make_patch(to_json(content.before), to_json(content.after))),
        layout.REPORT: content.report_html.encode("utf-8"),
        layout.RUNS: canonical(evidence.runs),
        layout.PROOFS: canonical(evidence.proofs),
        layout.COVERAGE: canonical(evidence.coverage),
        layout.GATES: canonical(evidence.gates),
        layout.LINEAGE: canonical(content.lineage),
    }
