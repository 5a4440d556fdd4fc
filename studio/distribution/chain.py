"""What is published, read back and judged from root down, so that nobody signs on top of something foreign.

- Root is followed version by version from the one a person trusts (or the first in the folder).
- Of every other role the newest document that is truly signed counts; what is not signed is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuf.api.metadata import Metadata, Root, Snapshot, TargetFile, Targets, Timestamp

from studio.distribution import documents, terms
from studio.distribution.folder import RepositoryFolder
from studio.domain.errors import BrokenInput, BundleRefused, WrongUse


@dataclass(frozen=True)
class Chain:
    """The published documents, each truly signed; None for what is not there."""

    root: documents.RootDocument | None
    targets: documents.TargetsDocument | None
    environments: dict[str, documents.TargetsDocument]
    snapshot: Metadata[Snapshot] | None
    timestamp: Metadata[Timestamp] | None

    def of(self, role: str) -> Metadata[Any] | None:
        """Return the published document of a role."""
        top: dict[str, Metadata[Any] | None] = {
            terms.ROOT: self.root,
            terms.TARGETS: self.targets,
            terms.SNAPSHOT: self.snapshot,
            terms.TIMESTAMP: self.timestamp,
        }
        return top[role] if role in top else self.environments.get(role)

    def version(self, role: str) -> int:
        """Return the published version of a role; 0 where there is none."""
        document = self.of(role)
        return int(document.signed.version) if document else 0

    def target(self, name: str) -> TargetFile | None:
        """Return what is published under this name."""
        for document in (self.targets, *self.environments.values()):
            if document and name in document.signed.targets:
                return document.signed.targets[name]
        return None


def load(folder: RepositoryFolder, trusted_root: bytes | None = None) -> Chain:
    """Return what is published; raises BundleRefused where the folder does not follow the trusted root."""
    root = _root(folder, trusted_root)
    if root is None:
        return Chain(None, None, {}, None, None)
    targets = _newest(folder, terms.TARGETS, Targets, root.signed)
    environments = {}
    for name in terms.ENVIRONMENTS if targets else ():
        document = _newest(folder, name, Targets, targets.signed if targets else root.signed)
        if document is not None:
            environments[name] = document
    snapshot = _newest(folder, terms.SNAPSHOT, Snapshot, root.signed)
    timestamp = _one(folder.document(terms.TIMESTAMP), Timestamp, root.signed, terms.TIMESTAMP)
    return Chain(root, targets, environments, snapshot, timestamp)


def _root(folder: RepositoryFolder, trusted: bytes | None) -> documents.RootDocument | None:
    first = folder.document(terms.ROOT, 1)
    if trusted is None and not first.is_file():
        return None
    root = documents.read(trusted if trusted is not None else first.read_bytes(), Root, "root.json")
    if not documents.signed_for(root, root.signed, terms.ROOT):
        raise BundleRefused("The trusted root.json is not signed by its own keys.", "Get it again.")
    while (path := folder.document(terms.ROOT, root.signed.version + 1)).is_file():
        after = documents.read(path.read_bytes(), Root, path.name)
        followed = documents.missing(after, (root.signed, after.signed), terms.ROOT)
        if followed or after.signed.version != root.signed.version + 1:
            raise BundleRefused(
                f"“{path}” does not follow the root before it.",
                "Somebody changed the repository; look at it.",
            )
        root = after
    if trusted is not None and folder.versions(terms.ROOT):
        _check_same(folder, root, folder.versions(terms.ROOT)[0])
    return root


def _check_same(folder: RepositoryFolder, root: documents.RootDocument, newest: int) -> None:
    """Raise unless the root that was followed is the one that lies in the folder as the newest."""
    lies = documents.read(folder.document(terms.ROOT, newest).read_bytes(), Root, f"{newest}.root.json")
    if lies.signed != root.signed:
        raise BundleRefused(
            "The repository's root does not follow from the root.json you trust.",
            "Do not sign anything; tell who runs the repository.",
        )


def _newest(
    folder: RepositoryFolder, role: str, kind: type[documents.Kind], delegator: Root | Targets
) -> Metadata[documents.Kind] | None:
    for version in folder.versions(role):
        found = _one(folder.document(role, version), kind, delegator, role)
        if found is not None and found.signed.version == version:
            return found
    return None


def _one(
    path: Path, kind: type[documents.Kind], delegator: Root | Targets, role: str
) -> Metadata[documents.Kind] | None:
    try:
        document = documents.read(path.read_bytes(), kind, path.name)
        return document if documents.signed_for(document, delegator, role) else None
    except (OSError, BrokenInput):
        return None


def require_published(chain: Chain) -> tuple[documents.RootDocument, documents.TargetsDocument]:
    """Return root and targets; raises WrongUse while the repository is only drafted."""
    if chain.root is None or chain.targets is None:
        raise WrongUse(
            "The repository is drafted but not published yet.",
            "Have its documents signed (`cobuilder repo sign`), then run `cobuilder repo refresh`.",
        )
    return chain.root, chain.targets


def delegators(role: str, before: Root | Targets | None, now: Root | Targets) -> list[Root | Targets]:
    """Return who must find a document signed: for a new root, the root before it, too."""
    return [now] if role != terms.ROOT or before is None else [before, now]
