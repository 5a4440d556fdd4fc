"""A repository of releases: drafted, signed, and made visible in one step.

- Only `refresh` moves what readers see, and it does so with the last file it writes, timestamp.json.
- What was published under a name never changes; channel.json is the only thing that moves.
- A bundle is judged by the repository's approval policy before it is published.
- Killed at any moment, readers see the state before or after; doing it again finishes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

from tuf.api.metadata import Metadata, TargetFile, Targets

from studio.distribution import chain as chains
from studio.distribution import documents, terms, tuf_keys
from studio.distribution.chain import Chain
from studio.distribution.drafts import Drafts, Offline
from studio.distribution.folder import RepositoryFolder, locked, write_in_one_step
from studio.distribution.publishing import Publication
from studio.distribution.visible import make_visible
from studio.domain.distribution import Published, Refreshed, RepositoryStatus, RoleRow, WaitingRow
from studio.domain.environment import ApprovalPolicy
from studio.domain.errors import WrongUse
from studio.domain.frozen import canonical
from studio.ports import Clock, Signer
from studio.release import keys as house_keys
from studio.release.policy import check_policy

WaitingRows = tuple[WaitingRow, ...]


class Repository:
    """A repository in a folder."""

    def __init__(self, path: Path, clock: Clock, trusted_root: bytes | None = None) -> None:
        """Take the folder, and the root.json that its user trusts (by default the first in the folder)."""
        self.folder = RepositoryFolder(path)
        self._clock = clock
        self._trusted_root = trusted_root

    def init(
        self,
        policy: ApprovalPolicy,
        public_pems: Mapping[str, Sequence[str]],
        thresholds: Mapping[str, int] | None = None,
        days: Mapping[str, int] | None = None,
    ) -> tuple[WaitingRow, ...]:
        """Draft a repository: the policy, and by role the public keys that sign; return what waits."""
        if self.folder.exists:
            raise WrongUse(f"There is a repository in {self.folder.path} already.", "Choose another folder.")
        check_policy(policy)
        _check_roles([*(thresholds or ()), *(days or ())])
        counts = {terms.ROOT: 2, **(thresholds or {})}
        if terms.TARGETS not in public_pems:  # the root's keys sign for it, too, and as many of them
            counts.setdefault(terms.TARGETS, counts[terms.ROOT])
        given = {terms.TARGETS: public_pems.get(terms.ROOT, ()), **public_pems}
        keys = {role: tuf_keys.distinct_keys(given.get(role, ()), role) for role in terms.ROLES}
        _check_keys({role: [key.keyid for key in held] for role, held in keys.items()}, counts)
        told, now, body = {**terms.DAYS, **(days or {})}, self._clock(), canonical(policy)
        root = documents.first_root(keys, counts, told, now)
        targets = documents.first_targets(keys, counts, body, told, now)
        with self._locked():
            self._keep_target(terms.POLICY_TARGET, targets.targets[terms.POLICY_TARGET].hashes, body)
            drafts = Drafts(self.folder, Chain(None, None, {}, None, None))
            for name in terms.ENVIRONMENTS:
                drafts.write(name, Metadata(Targets(expires=documents.until(now, told[name]))))
            drafts.write(terms.TARGETS, Metadata(targets))
            drafts.write(terms.ROOT, Metadata(root))  # last: with it the repository is there
            return drafts.rows()

    def sign(self, signers: Sequence[Signer], copies: Sequence[bytes] = ()) -> tuple[list[str], WaitingRows]:
        """Sign what waits with these keys, and take signatures made elsewhere; return what was signed."""
        with self._locked():
            chain, drafts = self._open()
            for role in drafts.roles():
                Publication(self.folder, chain, self._clock()).check_draft(role, drafts)
            done = [drafts.merge(data) for data in copies]
            for signer in signers:
                roles = drafts.sign(signer)
                if not roles:
                    told = house_keys.fingerprint(signer.key_id)
                    raise WrongUse(
                        f"Nothing waits for the key {told}.", "Look at `cobuilder repo status` for who signs."
                    )
                done += roles
            return sorted(set(done), key=terms.OFFLINE.index), drafts.rows()

    def refresh(self, online: Signer) -> Refreshed:
        """Make visible what is signed, and renew the two online documents."""
        with self._locked():
            chain, drafts = self._open()
            return make_visible(self.folder, chain, drafts, online, self._clock())

    def publish(self, data: bytes, signers: Sequence[Signer] = (), online: Signer | None = None) -> Published:
        """Publish a bundle in its environment and move the channel to it; raises BundleRefused.

        Without enough signers it waits for signatures; without the online key, for a refresh.
        """
        with self._locked():
            chain, drafts = self._open()
            publication = Publication(self.folder, chain, self._clock())
            result = publication.put(data, drafts, signers)
            for signer in signers if not result.visible else ():
                drafts.sign(signer)
            waiting = tuple(row for row in drafts.rows() if row.role == result.environment)
            told = result.model_copy(update={"waiting": waiting})
            if online is None or result.visible or any(not row.complete for row in waiting):
                return told
            refreshed = make_visible(self.folder, chain, drafts, online, self._clock())
            return told.model_copy(update={"visible": True, "waiting": (), "refreshed": refreshed})

    def set_policy(self, policy: ApprovalPolicy) -> WaitingRow:
        """Draft the next list of targets with a newer approval policy."""
        check_policy(policy)
        with self._locked():
            chain, drafts = self._open()
            chains.require_published(chain)
            current = Publication(self.folder, chain, self._clock()).policy()
            same = (policy.id, policy.agent) == (current.id, current.agent)
            if not same or policy.version <= current.version:
                raise WrongUse(
                    f"This policy does not follow version {current.version} of “{current.id}”.",
                    "Keep its id and agent, and raise its version.",
                )
            body = canonical(policy)
            draft = self._next(drafts, chain, terms.TARGETS)
            signed = draft.signed
            assert isinstance(signed, Targets)
            signed.targets[terms.POLICY_TARGET] = TargetFile.from_data(terms.POLICY_TARGET, body, ["sha256"])
            self._keep_target(terms.POLICY_TARGET, signed.targets[terms.POLICY_TARGET].hashes, body)
            drafts.write(terms.TARGETS, draft)
            return drafts.row(terms.TARGETS)

    def renew(self, role: str) -> WaitingRow:
        """Draft the next version of an offline document, so that it counts longer."""
        return self.change_keys(role, (), ())[0]

    def change_keys(
        self, role: str, add: Sequence[str], remove: Sequence[str], threshold: int | None = None
    ) -> WaitingRows:
        """Draft that a role is signed by other keys (`remove` by the start of an id or by fingerprint).

        What the new keys must sign anew is drafted along with it; the online role is “timestamp”. Where the
        root's keys sign the policy, too, they are exchanged there as well.
        """
        with self._locked():
            chain, drafts = self._open()
            chains.require_published(chain)
            _check_roles([role])
            if not add and not remove and threshold is None:
                if role not in terms.OFFLINE:
                    raise WrongUse(f"“{role}” is renewed by `repo refresh`.", "Use that.")
                drafts.write(role, self._next(drafts, chain, role))
                return (drafts.row(role),)
            above = terms.TARGETS if role in terms.ENVIRONMENTS else terms.ROOT
            draft = self._next(drafts, chain, above)
            names = _together(draft, role)
            for name in names:
                _exchange(draft, name, add, remove, threshold)
            drafts.write(above, draft)
            for name in names:
                if name in terms.OFFLINE and name != above:
                    drafts.write(name, self._next(drafts, chain, name))
            return drafts.rows()

    def discard(self, role: str) -> None:
        """Throw away what waits of a role."""
        with self._locked():
            chain, drafts = self._open()
            if role not in drafts.roles():
                raise WrongUse(f"Nothing of “{role}” waits.", "Look at `cobuilder repo status`.")
            if chain.of(role) is None:
                raise WrongUse("The first documents cannot be dropped.", "Delete the folder and begin anew.")
            drafts.drop(role)

    def status(self) -> RepositoryStatus:
        """Return what readers see, what waits, and what is about to run out."""
        with self._locked():
            chain, drafts = self._open()
            publication = Publication(self.folder, chain, self._clock())
            policy = publication.policy() if chain.targets else None
            channels = [publication.channel(name) for name in terms.ENVIRONMENTS]
            rows = tuple(self._role(chain, role) for role in terms.ROLES if chain.of(role))
            names = [n for document in chain.environments.values() for n in document.signed.targets]
            return RepositoryStatus(
                folder=str(self.folder.path),
                agent=policy.agent if policy else None,
                policy=f"{policy.id}, version {policy.version}" if policy else "",
                roles=rows,
                channels=tuple(each for each in channels if each),
                bundles=tuple(sorted(n for n in names if not n.endswith(terms.CHANNEL))),
                waiting=drafts.rows(),
                warnings=tuple(self._warnings(rows)),
            )

    def _role(self, chain: Chain, role: str) -> RoleRow:
        document = chain.of(role)
        root, targets = chains.require_published(chain)
        assert document is not None
        delegator = targets.signed if role in terms.ENVIRONMENTS else root.signed
        held = documents.role_in(delegator, role)
        expires = documents.moment(document.signed.expires)
        return RoleRow(
            role=role,
            version=document.signed.version,
            expires=expires,
            threshold=held.threshold,
            keys=tuple(house_keys.fingerprint(each) for each in held.keyids),
            expired=expires <= self._clock(),
        )

    def _warnings(self, rows: Sequence[RoleRow]) -> list[str]:
        said = []
        for row in rows:
            left = row.expires - self._clock()
            verb = "`cobuilder repo refresh`" if row.role in terms.ONLINE else f"`repo renew … {row.role}`"
            if row.expired:
                said.append(f"“{row.role}” ran out on {row.expires:%Y-%m-%d}: readers refuse. Run {verb}.")
            elif left < timedelta(days=terms.WARN_DAYS[row.role]):
                said.append(f"“{row.role}” runs out on {row.expires:%Y-%m-%d}: run {verb} before.")
        return said

    def _open(self) -> tuple[Chain, Drafts]:
        if not self.folder.exists:
            raise WrongUse(
                f"There is no repository in {self.folder.path}.", "Make one with `cobuilder repo init`."
            )
        chain = chains.load(self.folder, self._trusted_root)
        return chain, Drafts(self.folder, chain)

    def _locked(self) -> AbstractContextManager[None]:
        return locked(self.folder.lock(), f"the repository {self.folder.path}")

    def _keep_target(self, name: str, hashes: Mapping[str, str], body: bytes) -> None:
        write_in_one_step(self.folder.target(name, hashes["sha256"]), body)

    def _next(self, drafts: Drafts, chain: Chain, role: str) -> Offline:
        """Return a role's draft, or its next version, without signatures and counting from today."""
        document = drafts.read(role) or deepcopy(chain.of(role))
        if document is None:
            raise WrongUse(f"The repository has no “{role}”.", "Look at `cobuilder repo status`.")
        root, _ = chains.require_published(chain)
        days = documents.days_of(root.signed)[role]
        document.signatures.clear()
        document.signed.version = chain.version(role) + 1
        document.signed.expires = documents.until(self._clock(), days)
        return document


def _check_roles(names: Sequence[str]) -> None:
    for name in names:
        if name not in terms.ROLES:
            raise WrongUse(f"A repository knows no “{name}”.", f"It has {', '.join(terms.ROLES)}.")


def _check_keys(ids: Mapping[str, Sequence[str]], counts: Mapping[str, int]) -> None:
    offline = {each for role in terms.OFFLINE for each in ids[role]}
    for role in terms.ROLES:
        wanted = counts.get(role, 1)
        if len(ids[role]) < wanted or wanted < 1:
            raise WrongUse(
                f"“{role}” is to be signed by {wanted}, but {len(ids[role])} keys were given.",
                "Give as many public keys, or a smaller threshold.",
            )
        if role in terms.ONLINE and offline & set(ids[role]):
            raise WrongUse(
                "The online key signs something else, too.",
                "It lies on a server: make a key that is used for nothing else.",
            )


def _together(draft: Offline, role: str) -> tuple[str, ...]:
    """Return the roles whose keys are exchanged with this one's.

    Snapshot and timestamp have one key; and where the root's keys sign the policy, too, a key that is taken
    from the root, perhaps because it was stolen, is taken from there as well.
    """
    if role in terms.ONLINE:
        return terms.ONLINE
    if role != terms.ROOT:
        return (role,)
    held = [set(documents.role_in(draft.signed, name).keyids) for name in (terms.ROOT, terms.TARGETS)]
    return (terms.ROOT, terms.TARGETS) if held[0] == held[1] else (terms.ROOT,)


def _exchange(
    draft: Offline, role: str, add: Sequence[str], remove: Sequence[str], threshold: int | None
) -> None:
    """Put other keys under a role of this document."""
    document = draft.signed
    held = documents.role_in(document, role)
    for wanted in remove:
        found = [i for i in held.keyids if i.startswith(wanted) or house_keys.fingerprint(i) == wanted]
        if len(found) != 1 or len(wanted) < 8:
            raise WrongUse(f"“{role}” has no one key “{wanted}”.", "Name it as `repo status` shows it.")
        document.revoke_key(found[0], role)
    for pem in add:
        document.add_key(tuf_keys.tuf_key(pem), role)
    held = documents.role_in(document, role)
    held.threshold = threshold or held.threshold
    if len(held.keyids) < held.threshold or held.threshold < 1:
        raise WrongUse(
            f"“{role}” would be signed by {held.threshold} of {len(held.keyids)} keys.",
            "Give more keys, or a smaller threshold.",
        )
