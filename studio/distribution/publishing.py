"""Publishing: a bundle judged by the repository's policy, laid down for good, and the channel moved to it.

- A bundle that IT's verifier would refuse is not published; an older one than the channel's neither.
- Other bytes under a published name are refused; the same bytes once more change nothing.
- Files are laid down under names that hold their digest: until a document names them nobody sees them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError
from tuf.api.metadata import TargetFile, Targets

from studio.distribution import chain as chains
from studio.distribution import documents, terms
from studio.distribution.chain import Chain
from studio.distribution.drafts import Drafts
from studio.distribution.folder import RepositoryFolder, write_in_one_step
from studio.distribution.visible import is_visible
from studio.domain.bundle import Manifest
from studio.domain.distribution import Channel, Published
from studio.domain.environment import ApprovalPolicy, EnvironmentState
from studio.domain.errors import BrokenInput, BundleRefused, WrongUse
from studio.domain.frozen import canonical, digest
from studio.ports import Signer
from studio.release import keys, strict_json
from studio.release.bundle import file_name
from studio.release.policy import read_policy
from studio.release.verification import peek, require, verify_bundle

_BUNDLE = re.compile(r"[a-z0-9-]{1,230}\.cobundle")


class Publication:
    """What is published in a repository, and what may be added to it."""

    def __init__(self, folder: RepositoryFolder, published: Chain, now: datetime) -> None:
        """Take the folder, its judged documents and the time."""
        self._folder = folder
        self._chain = published
        self._now = now

    def policy(self) -> ApprovalPolicy:
        """Return the approval policy that is published."""
        _, targets = chains.require_published(self._chain)
        return read_policy(self._target(terms.POLICY_TARGET, targets.signed), "The published approval policy")

    def channel(self, environment: str) -> Channel | None:
        """Return where an environment's channel points, or None before its first release."""
        document = self._chain.environments.get(environment)
        name = terms.channel_target(environment)
        if document is None or name not in document.signed.targets:
            return None
        return read_channel(self._target(name, document.signed), environment)

    def put(self, data: bytes, drafts: Drafts, signers: Sequence[Signer] = ()) -> Published:
        """Lay a bundle down and draft the move of its channel; nothing is visible by this alone.

        Nothing is laid down where one of the signers, who are to sign it next, may not sign there.
        """
        manifest, manifest_digest = self._judge(data)
        environment = manifest.environment
        self._check_signers(environment, signers)
        name = f"{environment}/{file_name(manifest)}"
        told = Published(
            environment=environment,
            release_sequence=manifest.release_sequence,
            bundle=name,
            sha256=digest(data),
            new=False,
            visible=False,
            sentence=f"{manifest.label}, is published for {environment} already.",
        )
        current = self.channel(environment)
        if current is not None and (current.bundle, current.sha256) == (name, told.sha256):
            return told.model_copy(update={"visible": is_visible(self._chain)})
        if self._drafted(drafts, environment, name, told.sha256):
            return told.model_copy(update={"sentence": f"{manifest.label}, waits for signatures."})
        self._check_free(name, told.sha256, environment)
        channel = Channel(
            agent=manifest.agent.id,
            environment=environment,
            release_sequence=manifest.release_sequence,
            bundle=name,
            sha256=told.sha256,
            size=len(data),
            manifest=manifest_digest,
            moved_at=self._now,
        )
        self._draft(drafts, environment, {name: data, terms.channel_target(environment): canonical(channel)})
        sentence = f"{manifest.label}, is laid down for {environment}."
        return told.model_copy(update={"new": True, "sentence": sentence})

    def check_draft(self, role: str, drafts: Drafts) -> None:
        """Raise before anything is signed where a draft names what is not there or would be refused."""
        draft = drafts.read(role)
        if draft is None or not isinstance(draft.signed, Targets):
            return
        before = self._chain.of(role)
        known = before.signed.targets if before else {}
        for name, target in draft.signed.targets.items():
            if name in known and known[name].hashes == target.hashes:
                continue
            if name in known and name not in (terms.POLICY_TARGET, terms.channel_target(role)):
                raise BundleRefused(f"The draft changes {name}, which is published.", "Discard it.")
            self._check_content(role, name, draft.signed)

    def _check_content(self, role: str, name: str, document: Targets) -> None:
        data = self._target(name, document)
        if name == terms.POLICY_TARGET:
            read_policy(data, "The drafted approval policy")
        elif role not in terms.ENVIRONMENTS or not name.startswith(f"{role}/"):
            raise BundleRefused(f"The draft of “{role}” names {name}, which it may not.", "Discard it.")
        elif name == terms.channel_target(role):
            named = document.targets.get((channel := read_channel(data, role)).bundle)
            if named is None or named.hashes.get("sha256") != channel.sha256:
                raise BundleRefused("The drafted channel points to what is not there.", "Discard the draft.")
        elif self._judge(data)[0].environment != role:
            raise BundleRefused(f"{name} is not for {role}.", "Discard the draft.")

    def _judge(self, data: bytes) -> tuple[Manifest, str]:
        policy, manifest = self.policy(), peek(data)
        state = self._state(manifest.environment, policy.agent) if manifest is not None else None
        verdict = verify_bundle(data, policy, self._now, state)
        require(verdict)
        if manifest is None or verdict.manifest_digest is None:
            raise BundleRefused("The bundle cannot be read.", "Ask for a fresh export.")
        if manifest.environment not in terms.ENVIRONMENTS:
            raise BundleRefused(
                f"The repository knows no environment “{manifest.environment}”.",
                f"It has {' and '.join(terms.ENVIRONMENTS)}.",
            )
        return manifest, verdict.manifest_digest

    def _check_signers(self, environment: str, signers: Sequence[Signer]) -> None:
        targets = chains.require_published(self._chain)[1].signed
        held = documents.role_in(targets, environment).keyids
        for signer in signers:
            if signer.key_id not in held:
                told = ", ".join(keys.fingerprint(each) for each in held)
                raise WrongUse(
                    f"The key {keys.fingerprint(signer.key_id)} does not sign for {environment}; that does: "
                    f"{told}.",
                    "Nothing was published; give --key a key that does.",
                )

    def _state(self, environment: str, agent: str) -> EnvironmentState:
        current = self.channel(environment) if environment in terms.ENVIRONMENTS else None
        floor = current.release_sequence if current else 0
        known = {floor: current.manifest} if current else {}
        return EnvironmentState(environment=environment, agent=agent, sequence_floor=floor, known=known)

    def _check_free(self, name: str, sha256: str, environment: str) -> None:
        document = self._chain.environments.get(environment)
        there = document.signed.targets.get(name) if document else None
        if there is not None and there.hashes.get("sha256") != sha256:
            raise BundleRefused(
                f"{name} is published with other bytes, and what is published never changes.",
                "Export a release with the next number.",
            )

    def _drafted(self, drafts: Drafts, environment: str, name: str, sha256: str) -> bool:
        """Return whether this very bundle waits; raises WrongUse where another one does."""
        draft, published = drafts.read(environment), self._chain.environments.get(environment)
        if draft is None or published is None or not isinstance(draft.signed, Targets):
            return False
        if draft.signed.targets == published.signed.targets:
            return False
        there = draft.signed.targets.get(name)
        if there is not None and there.hashes.get("sha256") == sha256:
            return True
        raise WrongUse(
            f"Another release waits for signatures for {environment}.",
            "Have it signed, or drop it with `cobuilder repo discard`.",
        )

    def _draft(self, drafts: Drafts, environment: str, files: dict[str, bytes]) -> None:
        root, _ = chains.require_published(self._chain)
        published = self._chain.environments.get(environment)
        if published is None:
            raise WrongUse(f"The repository has no “{environment}” yet.", "Have it signed and refreshed.")
        draft = deepcopy(published)
        draft.signatures.clear()
        draft.signed.version += 1
        draft.signed.expires = documents.until(self._now, documents.days_of(root.signed)[environment])
        for name, data in files.items():
            draft.signed.targets[name] = TargetFile.from_data(name, data, ["sha256"])
            write_in_one_step(self._folder.target(name, digest(data)), data)
        drafts.write(environment, draft)

    def _target(self, name: str, document: Targets) -> bytes:
        """Return the bytes of a target of this document; raises where they are missing or altered."""
        target = document.targets.get(name)
        sha256 = target.hashes.get("sha256", "") if target else ""
        path: Path = self._folder.target(name, sha256)
        try:
            data = path.read_bytes() if target else b""
        except OSError:
            data = b""
        if target is None or digest(data) != sha256:
            raise BrokenInput(f"“{path}” is missing or was altered.", "Restore it from a backup.")
        return data


def read_channel(data: bytes, environment: str) -> Channel:
    """Return what a channel says; raises BundleRefused where it is not one of this environment."""
    what = f"The channel of {environment}"
    strict_json.parse_canonical(data, what)
    try:
        channel = Channel.model_validate_json(data)
    except ValidationError:
        raise BundleRefused(f"{what} does not have the form it must have.", "Do not use it.") from None
    folder, _, base = channel.bundle.partition("/")
    if channel.environment != environment or folder != environment or not _BUNDLE.fullmatch(base):
        raise BundleRefused(f"{what} points to something else than a bundle of it.", "Do not use it.")
    return channel
