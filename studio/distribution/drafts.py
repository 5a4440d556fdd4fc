"""Drafts: documents that wait for signatures, said in words, signed by whoever may, and merged.

- A draft has the version that follows the published one; one that was overtaken is thrown away.
- Only signatures of keys that may sign stay on it. Readers never see a draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from tuf.api.metadata import Root, Targets

from studio.distribution import chain as chains
from studio.distribution import documents, terms, tuf_keys
from studio.distribution.chain import Chain
from studio.distribution.folder import RepositoryFolder, write_in_one_step
from studio.domain.distribution import WaitingRow
from studio.domain.errors import BrokenInput, WrongUse
from studio.ports import Signer
from studio.release import keys

Offline: TypeAlias = documents.RootDocument | documents.TargetsDocument


class Drafts:
    """The drafts of a repository."""

    def __init__(self, folder: RepositoryFolder, published: Chain) -> None:
        """Take what is published; what was drafted before it and is published now is thrown away."""
        self._folder = folder
        self._chain = published
        self._drop_overtaken()

    def read(self, role: str) -> Offline | None:
        """Return the draft of a role, if there is one."""
        path = self._folder.draft(role)
        if not path.is_file():
            return None
        return _parsed(role, path.read_bytes(), f"The draft of {role}")

    def write(self, role: str, document: Offline) -> None:
        """Keep a draft."""
        write_in_one_step(self._folder.draft(role), documents.to_bytes(document))

    def drop(self, role: str) -> None:
        """Throw a draft away."""
        self._folder.draft(role).unlink(missing_ok=True)

    def roles(self) -> list[str]:
        """Return the roles that have a draft, those that others stand on first."""
        return [role for role in terms.OFFLINE if self._folder.draft(role).is_file()]

    def delegators(self, role: str) -> list[Root | Targets]:
        """Return the documents that say who signs a role's draft: drafted ones, where there are."""
        if role == terms.ROOT:
            draft = self._root()
            before = self._chain.root
            return chains.delegators(role, before.signed if before else None, draft)
        if role == terms.TARGETS:
            return [self._root()]
        draft_targets = self.read(terms.TARGETS)
        above = draft_targets if draft_targets is not None else self._chain.targets
        if above is None or isinstance(above.signed, Root):
            raise WrongUse("The repository has no list of targets.", "Make it with `cobuilder repo init`.")
        return [above.signed]

    def missing(self, role: str) -> list[str]:
        """Return the ids of keys of which some must still sign a draft."""
        draft = self.read(role)
        return [] if draft is None else documents.missing(draft, self.delegators(role), role)

    def row(self, role: str) -> WaitingRow:
        """Return what a draft says and still wants."""
        draft = self.read(role)
        if draft is None:
            raise WrongUse(f"Nothing of “{role}” waits.", "Look at `cobuilder repo status`.")
        return WaitingRow(
            role=role,
            version=draft.signed.version,
            file=str(self._folder.draft(role)),
            says=tuple(self._says(role, draft)),
            missing=tuple(_shown(each) for each in self.missing(role)),
            wanted=documents.wanted(draft, self.delegators(role), role),
        )

    def rows(self) -> tuple[WaitingRow, ...]:
        """Return all drafts."""
        return tuple(self.row(role) for role in self.roles())

    def sign(self, signer: Signer) -> list[str]:
        """Sign every draft that this key may sign; return the roles."""
        identity = keys.key_id(signer.public_pem)
        done = []
        for role in self.roles():
            draft = self.read(role)
            if draft is None or identity not in self._allowed(role):
                continue
            tuf_keys.put_signature(draft, signer)
            self.write(role, draft)
            done.append(role)
        return done

    def merge(self, data: bytes) -> str:
        """Take the signatures of a copy that was signed elsewhere; return its role."""
        for role in self.roles():
            draft = self.read(role)
            try:
                copy = _parsed(role, data, "The signed copy")
            except BrokenInput:  # another kind of document: perhaps the next role's
                continue
            if draft is None or copy.signed_bytes != draft.signed_bytes:
                continue
            allowed = self._allowed(role)
            draft.signatures.update({i: s for i, s in copy.signatures.items() if i in allowed})
            self.write(role, draft)
            return role
        raise WrongUse(
            "The signed copy is of none of the documents that wait.", "Sign a fresh copy of the draft."
        )

    def _root(self) -> Root:
        draft = self.read(terms.ROOT) or self._chain.root
        if draft is None or not isinstance(draft.signed, Root):
            raise WrongUse("There is no repository here.", "Make one with `cobuilder repo init`.")
        return draft.signed

    def _allowed(self, role: str) -> set[str]:
        return {
            identity
            for delegator in self.delegators(role)
            for identity in documents.role_in(delegator, role).keyids
        }

    def _drop_overtaken(self) -> None:
        for role in self.roles():
            draft = self.read(role)
            if draft is not None and draft.signed.version <= self._chain.version(role):
                self.drop(role)

    def _says(self, role: str, draft: Offline) -> list[str]:
        before = self._chain.of(role)
        says = [f"counts until {documents.moment(draft.signed.expires):%Y-%m-%d}"]
        if isinstance(draft.signed, Root):
            return says + _key_words(draft.signed, before.signed if before else None, terms.ROOT)
        old = before.signed.targets if before else {}
        for name, target in sorted(draft.signed.targets.items()):
            if name not in old or old[name].hashes != target.hashes:
                says.append(f"{name} {'is new' if name not in old else 'changes'}: {_digest(target.hashes)}")
        says += [f"{name} is taken away" for name in sorted(set(old) - set(draft.signed.targets))]
        if draft.signed.delegations is not None:
            says += _key_words(draft.signed, before.signed if before else None, role)
        return says


def _parsed(role: str, data: bytes, what: str) -> Offline:
    return documents.read(data, Root, what) if role == terms.ROOT else documents.read(data, Targets, what)


def _key_words(now: Root | Targets, before: Root | Targets | None, _role: str) -> list[str]:
    """Return who signs what, where that is new."""
    said = []
    for name in terms.ROLES:
        then = _holders(before, name) if before is not None else (0, [])
        told = _holders(now, name)
        if told != then and told[1]:
            said.append(f"“{name}” is signed by {told[0]} of: {', '.join(_shown(each) for each in told[1])}")
    return said


def _holders(document: Root | Targets, name: str) -> tuple[int, Sequence[str]]:
    try:
        role = document.get_delegated_role(name)
    except ValueError:
        return 0, []
    return role.threshold, list(role.keyids)


def _digest(hashes: dict[str, str]) -> str:
    return f"SHA-256 {hashes.get('sha256', '?')}"


def _shown(identity: str) -> str:
    try:
        return keys.fingerprint(identity)
    except ValueError:
        return identity
