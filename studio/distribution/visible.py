"""Making visible: the one place where what readers see is changed, with timestamp.json as the last file.

- Taken is what enough keys have signed, judged from the new root down; a state that readers would refuse is
  never written.
- Versioned files first, then root, then timestamp.json: who reads meanwhile sees the state before or after.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tuf.api.metadata import Metadata, Root

from studio.distribution import documents, terms, tuf_keys
from studio.distribution.chain import Chain
from studio.distribution.drafts import Drafts, Offline
from studio.distribution.folder import RepositoryFolder, write_in_one_step
from studio.domain.distribution import Refreshed
from studio.domain.errors import NotApproved, WrongUse
from studio.domain.frozen import digest
from studio.ports import Signer
from studio.release import keys


def is_visible(chain: Chain) -> bool:
    """Return whether readers see every published document in its newest version."""
    if chain.snapshot is None or chain.timestamp is None:
        return False
    if chain.timestamp.signed.snapshot_meta.version != chain.snapshot.signed.version:
        return False
    meta = chain.snapshot.signed.meta
    return all(
        f"{role}.json" in meta and meta[f"{role}.json"].version == chain.version(role)
        for role in (terms.TARGETS, *chain.environments)
    )


def make_visible(
    folder: RepositoryFolder, chain: Chain, drafts: Drafts, online: Signer, now: datetime
) -> Refreshed:
    """Publish what is signed, under a new snapshot and timestamp; raises where readers would refuse it."""
    state, taken = _next_state(chain, drafts)
    root = state[terms.ROOT].signed
    assert isinstance(root, Root)
    _check_online(root, online)
    days = documents.days_of(root)
    bodies = {
        role: (document.signed.version, _bytes_of(folder, role, document, role in taken))
        for role, document in state.items()
        if role != terms.ROOT
    }
    version = _next_version(folder, chain, root)
    snapshot = documents.snapshot_of(bodies, version, documents.until(now, days[terms.SNAPSHOT]))
    listed = _signed(Metadata(snapshot), online)
    timestamp = documents.timestamp_of(listed, version, version, documents.until(now, days[terms.TIMESTAMP]))
    for role in taken:
        if role != terms.ROOT:
            write_in_one_step(folder.document(role, bodies[role][0]), bodies[role][1])
    write_in_one_step(folder.document(terms.SNAPSHOT, version), listed)
    root_body = _bytes_of(folder, terms.ROOT, state[terms.ROOT], terms.ROOT in taken)
    if terms.ROOT in taken:
        write_in_one_step(folder.document(terms.ROOT, root.version), root_body)
    write_in_one_step(folder.document(terms.TIMESTAMP), _signed(Metadata(timestamp), online))
    write_in_one_step(folder.path / terms.ROOT_FILE, root_body)
    for role in taken:
        drafts.drop(role)
    return Refreshed(
        taken=tuple(taken),
        waiting=drafts.rows(),
        timestamp_version=version,
        timestamp_expires=documents.moment(timestamp.expires),
        snapshot_expires=documents.moment(snapshot.expires),
        root_file=str(folder.path / terms.ROOT_FILE),
        root_fingerprint=keys.fingerprint(digest(root_body)),
    )


def _next_state(chain: Chain, drafts: Drafts) -> tuple[dict[str, Offline], list[str]]:
    """Return the documents as readers shall see them, and which of them come from drafts."""
    state: dict[str, Offline] = {}
    taken: list[str] = []
    for role in terms.OFFLINE:
        published, draft = chain.of(role), drafts.read(role)
        above = state[terms.TARGETS if role in terms.ENVIRONMENTS else terms.ROOT] if state else None
        if draft is not None and _accepted(role, draft, above, chain):
            state[role] = draft
            taken.append(role)
        elif published is None:
            raise NotApproved(
                f"“{role}” is not signed by enough keys yet.", "Look at `cobuilder repo status` for who."
            )
        else:
            state[role] = published
        judge = state[role] if role == terms.ROOT else above
        assert judge is not None
        if not documents.signed_for(state[role], judge.signed, role):
            raise NotApproved(
                f"“{role}” must be signed anew by those who sign it from now on.",
                "Have it signed with `cobuilder repo sign`, then refresh.",
            )
    return state, taken


def _accepted(role: str, draft: Offline, above: Offline | None, chain: Chain) -> bool:
    if role == terms.ROOT:
        before = [chain.root.signed] if chain.root else []
        assert isinstance(draft.signed, Root)
        return not documents.missing(draft, [*before, draft.signed], role)
    return above is not None and documents.signed_for(draft, above.signed, role)


def _check_online(root: Root, online: Signer) -> None:
    identity = keys.key_id(online.public_pem)
    for role in terms.ONLINE:
        held = documents.role_in(root, role)
        if identity not in held.keyids or held.threshold != 1:
            raise WrongUse(
                f"The key {keys.fingerprint(identity)} is not the repository's online key.",
                "Look at `cobuilder repo status` for the one of “timestamp”.",
            )


def _next_version(folder: RepositoryFolder, chain: Chain, root: Root) -> int:
    """Return a version that is higher than the published ones and whose file is still free.

    What the root's online key did not sign does not count: so a new key brings back versions that a thief of
    the old one ran up (TUF 5.3.11).
    """
    published = [(role, chain.of(role)) for role in terms.ONLINE]
    counting = [each for role, each in published if each and documents.signed_for(each, root, role)]
    version = max((each.signed.version for each in counting), default=0) + 1
    while folder.document(terms.SNAPSHOT, version).exists():
        version += 1
    return version


def _bytes_of(folder: RepositoryFolder, role: str, document: Offline, fresh: bool) -> bytes:
    """Return a document's published bytes as they lie there, or those of a draft."""
    return (
        documents.to_bytes(document) if fresh else folder.document(role, document.signed.version).read_bytes()
    )


def _signed(document: Metadata[Any], online: Signer) -> bytes:
    tuf_keys.put_signature(document, online)
    return documents.to_bytes(document)
