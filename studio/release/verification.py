"""The verifier: it can only grow in the legal order, and nothing is used before it was checked.

- Order: container, manifest, files, change, approvals, evidence, environment. A step out of order is a
  programming error, not a verdict.
- No I/O, no clock: the importer hands in the policy, the time and what it knows about the environment.
- The verdict names every check; the first refusal ends it, and what follows is "not reached".
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from pydantic import ValidationError

from studio.domain.agent import Agent
from studio.domain.bundle import (
    CHECK_ORDER,
    Bundle,
    CheckName,
    ConsequencesFile,
    CoverageFile,
    Evidence,
    GatesFile,
    LineageFile,
    Manifest,
    ProofsFile,
    RunsFile,
    SignedApproval,
    Verification,
    VerifierCheck,
)
from studio.domain.changeset import ChangeSet
from studio.domain.environment import ApprovalPolicy, EnvironmentState
from studio.domain.errors import BundleBroken, BundleRefused, StudioError
from studio.domain.frozen import Json, canonical, decoded, digest, spelt
from studio.release import container, layout, policy, strict_json
from studio.release.evidence import check_evidence
from studio.release.html_page import check_page
from studio.release.patch import apply_patch, same_throughout
from studio.release.promotion import check_import
from studio.release.reading import Writer, read, read_changed, read_with_tree
from studio.release.shown_changes import apply_many
from studio.release.traffic import check_engine

MAX_CHANGES = 10_000


class Verifier:
    """A bundle under verification: each step adds what it has checked, and refuses to run out of order."""

    def __init__(self, data: bytes) -> None:
        """Take the bytes as they came."""
        self._data = data
        self._sentences: dict[CheckName, str] = {}
        self._files: dict[str, bytes] = {}
        self.manifest_digest: str | None = None
        self._manifest: Manifest | None = None
        self._bundle: Bundle | None = None

    @property
    def manifest(self) -> Manifest:
        """Return the manifest; only after it was checked."""
        if self._manifest is None:
            raise RuntimeError("the manifest was not checked yet")
        return self._manifest

    @property
    def bundle(self) -> Bundle:
        """Return the opened bundle; only after its change was checked."""
        if self._bundle is None:
            raise RuntimeError("the bundle was not opened yet")
        return self._bundle

    @property
    def checks(self) -> tuple[VerifierCheck, ...]:
        """Return the checks that were passed so far."""
        return tuple(
            VerifierCheck(name=name, verdict="passed", sentence=text)
            for name, text in self._sentences.items()
        )

    def check_container(self) -> None:
        """Accept only the canonical container with exactly the files of a bundle."""
        self._begin("container")
        files = container.unpack(self._data)
        layout.check_layout(list(files))
        self._files = files
        self._passed("container", f"{len(files)} files, and nothing hidden before, between or after them.")

    def check_manifest(self) -> None:
        """Accept only a manifest that is complete, canonical and known to this program."""
        self._begin("manifest")
        manifest = read(Manifest, self._files[layout.MANIFEST], layout.MANIFEST)
        check_engine(manifest)
        self.manifest_digest = digest(self._files[layout.MANIFEST])
        self._manifest = manifest
        self._passed("manifest", f"{manifest.label}, for {manifest.environment}.")

    def check_files(self) -> None:
        """Accept only files with the digests and sizes that the manifest states."""
        self._begin("files")
        named = set(self.manifest.files)
        if named != layout.content_names(self._files):
            raise BundleRefused("The manifest does not name exactly the files of a bundle.", "Do not use it.")
        for name, record in sorted(self.manifest.files.items()):
            if record.sha256 != digest(self._files[name]) or record.size != len(self._files[name]):
                raise BundleRefused(
                    f"{name} is not what the manifest says: its digest differs.", "Do not use it."
                )
        check_page(_text(self._files[layout.REPORT], layout.REPORT), layout.REPORT)
        self._passed(
            "files",
            f"All {len(named)} files are exactly those that the manifest lists, by size and SHA-256; the "
            "report runs nothing and loads nothing.",
        )

    def check_change(self) -> None:
        """Accept only a change that leads from the base to the result, in both of its forms."""
        self._begin("change")
        write = Writer()
        before, base, plain = read_with_tree(Agent, self._files[layout.BEFORE], layout.BEFORE, write)
        found = self._patched(before, base, write) if plain else None
        after = found[0] if found else read(Agent, self._files[layout.AFTER], layout.AFTER)
        named = self.manifest.files  # whose digests were worked out before
        stated = (self.manifest.base_digest, self.manifest.result_digest)
        if stated != (named[layout.BEFORE].sha256, named[layout.AFTER].sha256):
            raise BundleRefused("The manifest names other agents than the bundle holds.", "Do not use it.")
        ref = self.manifest.agent
        if {before.id, after.id} != {ref.id} or after.name != ref.name:
            raise BundleRefused("The bundle holds another agent than its manifest names.", "Do not use it.")
        changeset = self._changeset(base, found[1] if found else None)
        self._bundle = self._open(before, after, changeset)
        self._passed(
            "change",
            f"The version it was built on, with {_shown(len(changeset.changes))}, gives exactly the new "
            "version: worked out from the changes and from the patch.",
        )

    def check_approvals(self, rules: ApprovalPolicy, now: datetime) -> tuple[SignedApproval, ...]:
        """Accept only approvals that all count under IT's policy, and enough of them."""
        self._begin("approvals")
        policy.check_policy(rules)
        if self.manifest.policy_id != rules.id or self.manifest.agent.id != rules.agent:
            raise BundleRefused(
                "The bundle was made for another policy or another agent than IT's policy is for.",
                "Do not use it.",
            )
        names = layout.attestation_names(self._files)
        attestations = {name: self._files[name] for name in names}
        digest_ = self.manifest_digest or ""
        approvals = policy.judge(rules, self.manifest.environment, digest_, attestations, now)
        who = ", ".join(policy.approver(rules, signed.approval) for signed in approvals)
        missed = [
            f" {policy.approver(rules, signed.approval)}: {signed.approval.looked_words}"
            for signed in approvals
            if signed.approval.not_looked
        ]
        self._passed("approvals", f"Approved for {self.manifest.environment} by {who}.{''.join(missed)}")
        return approvals

    def check_evidence(self) -> None:
        """Accept only evidence that was made from this very result and passed."""
        self._begin("evidence")
        bundle, manifest = self.bundle, self.manifest
        self._passed(
            "evidence",
            check_evidence(bundle.evidence, manifest.base_digest, manifest.result_digest, bundle.after),
        )

    def check_environment(self, state: EnvironmentState | None, now: datetime) -> None:
        """Accept only a bundle that may enter this environment now."""
        self._begin("environment")
        self._passed("environment", check_import(self.manifest, self.manifest_digest or "", state, now))

    def _begin(self, name: CheckName) -> None:
        expected = CHECK_ORDER[len(self._sentences)] if len(self._sentences) < len(CHECK_ORDER) else None
        if name != expected:
            raise RuntimeError(f"check {name!r} out of order: {expected!r} comes next")

    def _passed(self, name: CheckName, sentence: str) -> None:
        self._sentences[name] = sentence

    def _patched(self, before: Agent, base: Json, write: Writer) -> tuple[Agent, Json] | None:
        """Return the result and its plain tree, by way of the patch; None where care must tell what is wrong.

        What the patch leaves alone is neither parsed nor read a second time: it lies as deep as in the base.
        """
        result, patch = self._files[layout.AFTER], self._files[layout.PATCH]
        try:
            strict_json.check_size(result, layout.AFTER)
            strict_json.check_depth(patch, layout.PATCH)
            tree = apply_patch(base, decoded(patch))
            if spelt(tree, result, write):
                return read_changed(before, base, tree, layout.AFTER), tree
        except (StudioError, ValueError, RecursionError):
            pass
        return None

    def _changeset(self, base: Json, patched: Json) -> ChangeSet:
        """Return the shown changes; `patched` is what the patch makes of the base, where that is known."""
        changeset = read(ChangeSet, self._files[layout.CHANGES], layout.CHANGES)
        result = self._files[layout.AFTER]
        if patched is None:
            operations = strict_json.parse_canonical(self._files[layout.PATCH], layout.PATCH)
            patched = apply_patch(base, operations)
            if canonical(patched) != result:
                raise BundleRefused(
                    "The bundle's patch does not lead from the live version to the result.", "Do not use it."
                )
        if len(changeset.changes) > MAX_CHANGES or not _leads(base, changeset, patched):
            raise BundleRefused(
                "The shown changes differ from the real change: they do not lead from base to result.",
                "Do not use it.",
            )
        return changeset

    def _open(self, before: Agent, after: Agent, changeset: ChangeSet) -> Bundle:
        names = layout.attestation_names(self._files)
        return Bundle(
            manifest_digest=self.manifest_digest or "",
            manifest=self.manifest,
            before=before,
            after=after,
            changeset=changeset,
            evidence=Evidence(
                runs=read(RunsFile, self._files[layout.RUNS], layout.RUNS),
                proofs=read(ProofsFile, self._files[layout.PROOFS], layout.PROOFS),
                coverage=read(CoverageFile, self._files[layout.COVERAGE], layout.COVERAGE),
                gates=read(GatesFile, self._files[layout.GATES], layout.GATES),
                consequences=self._consequences(),
            ),
            lineage=read(LineageFile, self._files[layout.LINEAGE], layout.LINEAGE),
            report_html=_text(self._files[layout.REPORT], layout.REPORT),
            approvals=tuple(policy.read_signed(name, self._files[name]) for name in names),
        )

    def _consequences(self) -> ConsequencesFile | None:
        data = self._files.get(layout.CONSEQUENCES)
        return None if data is None else read(ConsequencesFile, data, layout.CONSEQUENCES)


def verify_bundle(
    data: bytes, rules: ApprovalPolicy, now: datetime, state: EnvironmentState | None = None
) -> Verification:
    """Return the verdict on a bundle: with `state`, also whether it may enter that environment now."""
    with _without_collecting():  # the bundle is gone by the end, so nothing is left to look through
        return verify_opened(Verifier(data), rules, now, state)


def verify_opened(
    verifier: Verifier, rules: ApprovalPolicy, now: datetime, state: EnvironmentState | None = None
) -> Verification:
    """Return the verdict on a bundle that was opened so far; what it passed is not looked at again."""
    steps: dict[CheckName, Callable[[], object]] = {
        "container": verifier.check_container,
        "manifest": verifier.check_manifest,
        "files": verifier.check_files,
        "change": verifier.check_change,
        "approvals": lambda: verifier.check_approvals(rules, now),
        "evidence": verifier.check_evidence,
        "environment": lambda: verifier.check_environment(state, now),
    }
    with _without_collecting():
        for name in CHECK_ORDER[len(verifier.checks) :]:
            try:
                steps[name]()
            except StudioError as error:
                return _verdict(verifier, VerifierCheck(name=name, verdict="refused", sentence=str(error)))
        return _verdict(verifier, None)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Leave circles of objects alone meanwhile: JSON has none, and looking for them takes a third of it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def open_bundle(data: bytes) -> Bundle:
    """Return a bundle whose parts hold together; its approvals and evidence are *not* judged."""
    verifier = Verifier(data)
    verifier.check_container()
    verifier.check_manifest()
    verifier.check_files()
    verifier.check_change()
    return verifier.bundle


def peek(data: bytes) -> Manifest | None:
    """Return what the manifest claims, so that it can be judged; None where there is none to read."""
    verifier = Verifier(data)
    try:
        verifier.check_container()
        verifier.check_manifest()
    except StudioError:
        return None
    return verifier.manifest


def read_state(data: bytes, what: str) -> EnvironmentState:
    """Return what a file says is known of an environment; raises BundleBroken for any other file."""
    tree = strict_json.parse(data, what)
    try:
        return EnvironmentState.model_validate_json(canonical(tree))
    except ValidationError:
        raise BundleBroken(f"{what} does not say what is known of an environment.", "Mend it.") from None


def require(verification: Verification) -> None:
    """Raise BundleRefused with the reason unless the verification is ok."""
    if not verification.ok:
        raise BundleRefused(f"The bundle is refused. {verification.refusal}")


def _shown(changes: int) -> str:
    return "the 1 change shown" if changes == 1 else f"the {changes} changes shown"


def _verdict(verifier: Verifier, refused: VerifierCheck | None) -> Verification:
    checks = verifier.checks + ((refused,) if refused else ())
    rest = tuple(
        VerifierCheck(
            name=name, verdict="not reached", sentence="Not looked at, because a check before it refused."
        )
        for name in CHECK_ORDER[len(checks) :]
    )
    label = verifier.manifest.label if len(verifier.checks) >= 2 else ""
    return Verification(
        ok=refused is None, manifest_digest=verifier.manifest_digest, label=label, checks=checks + rest
    )


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise BundleBroken(f"{name} is not UTF-8 text.", "Ask the sender for a fresh export.") from None


def _leads(before: Json, changeset: ChangeSet, after: Json) -> bool:
    """Return whether the changes lead there; hostile ones may fail in any way and then do not."""
    try:
        return same_throughout(apply_many(before, changeset.changes), after)
    except BundleRefused:
        raise
    except (StudioError, AttributeError, TypeError, ValueError, LookupError, RecursionError):
        return False
