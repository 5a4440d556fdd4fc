"""Pulling: the release that an environment is to take, brought here past everything that may stand between.

- Trust begins with the root.json that was shipped by hand; python-tuf's client follows it from there.
- The reader's own floor is asked besides, and where IT's approval policy is there, the bundle is judged by it
  before it is written. The repository's own policy counts only where the user says so.
- The bundle is written in one step, under its published name; on any refusal nothing is.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.api.metadata import Metadata, Root, TargetFile, Targets, Timestamp
from tuf.ngclient import Updater, UpdaterConfig

from studio.distribution import documents, terms
from studio.distribution.fetching import BoundedFetcher, address_of
from studio.distribution.folder import locked, write_in_one_step
from studio.distribution.publishing import read_channel
from studio.distribution.reader_state import Floor, ReaderState, Remembered, check_floor
from studio.distribution.refusals import refusal
from studio.distribution.tuf_keys import check_distinct
from studio.domain.bundle import Manifest, Verification
from studio.domain.distribution import Channel, Pulled, PullWish
from studio.domain.environment import ApprovalPolicy, EnvironmentState
from studio.domain.errors import BrokenInput, BundleRefused, ProviderFailed, WrongUse
from studio.domain.frozen import digest
from studio.ports import Clock
from studio.release import container, layout
from studio.release.policy import read_policy
from studio.release.verification import peek, require, verify_bundle


class Reader:
    """A reader of one repository, with its memory in a folder."""

    def __init__(
        self,
        source: str,
        state: Path,
        clock: Clock,
        limits: terms.TimeLimits | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the repository's address or folder, and the folder of the memory."""
        self._source = source
        self._address = address_of(source)
        self._state = ReaderState(state)
        self._clock = clock
        self._limits = limits or terms.TimeLimits()
        self._ticks = ticks

    def pull(self, wish: PullWish) -> Pulled:
        """Bring the release of an environment; raises BundleRefused, ProviderFailed or WrongUse."""
        if wish.environment not in terms.ENVIRONMENTS:
            raise WrongUse(
                f"A repository knows no environment “{wish.environment}”.",
                f"It has {' and '.join(terms.ENVIRONMENTS)}.",
            )
        with locked(self._state.lock, f"the folder {self._state.folder}"):
            root = self._state.root(wish.root)
            memory = self._state.read(self._clock())
            what = f"The repository {self._source}"
            try:
                return _Pull(self, wish, root, memory).run()
            except (RepositoryError, DownloadError) as error:
                raise refusal(error, what) from error
            except OSError as error:
                raise ProviderFailed(
                    f"A file could not be written or read: {error}.",
                    "Nothing was taken; make room or check rights.",
                ) from error

    def fetcher(self) -> BoundedFetcher:
        """Return what fetches during one pull."""
        return BoundedFetcher(self._address, self._limits, self._ticks)

    @property
    def address(self) -> str:
        """Return the repository's address."""
        return self._address

    @property
    def state(self) -> ReaderState:
        """Return the memory."""
        return self._state


class _Pull:
    """One pull, step by step; nothing is used before it was checked."""

    def __init__(self, reader: Reader, wish: PullWish, root: bytes, memory: Remembered) -> None:
        self._reader = reader
        self._wish = wish
        self._root = root
        self._memory = memory
        self._now = memory.latest
        documents.read(root, Root, "The given root.json")
        reader.state.metadata.mkdir(parents=True, exist_ok=True)
        try:
            self._updater = self._make_updater()
        except RepositoryError as error:
            raise BrokenInput(
                f"The given root.json is not sound: {error}.",
                "Ask IT for it again, and compare its fingerprint.",
            ) from None

    def run(self) -> Pulled:
        """Return what was pulled."""
        environment = self._wish.environment
        self._updater.refresh()
        self._reader.state.keep_root(self._root)
        self._check_keys()
        body = self._fetch(terms.channel_target(environment), terms.MAX_CHANNEL)
        channel = read_channel(body, environment)
        check_floor(self._memory, environment, channel.release_sequence, channel.manifest)
        policy, policy_source = self._policy()
        there = self._there(channel)
        data = there or self._fetch(channel.bundle, terms.MAX_BUNDLE, channel)
        manifest, verification = self._judge(channel, data, policy)
        file = self._file(channel)
        if there is None:
            write_in_one_step(file, data)
        self._remember(channel, policy if policy_source == "repository" else None)
        timestamp = self._trusted(terms.TIMESTAMP, Timestamp)
        return Pulled(
            environment=environment,
            agent=manifest.agent.id,
            release_sequence=manifest.release_sequence,
            manifest=channel.manifest,
            file=str(file),
            sha256=channel.sha256,
            size=channel.size,
            new=there is None,
            policy=policy_source,
            verification=verification,
            root_version=self._trusted(terms.ROOT, Root).version,
            timestamp_expires=documents.moment(timestamp.expires),
            sentence=f"{manifest.label}, for {environment}{', which was here already' if there else ''}.",
        )

    def _make_updater(self) -> Updater:
        updater = Updater(
            metadata_dir=str(self._reader.state.metadata),
            metadata_base_url=f"{self._reader.address}{terms.METADATA_FOLDER}/",
            target_base_url=f"{self._reader.address}{terms.TARGETS_FOLDER}/",
            fetcher=self._reader.fetcher(),
            config=UpdaterConfig(
                max_root_rotations=terms.MAX_ROOTS,
                max_delegations=4,
                root_max_length=terms.MAX_ROOT,
                timestamp_max_length=terms.MAX_TIMESTAMP,
                snapshot_max_length=terms.MAX_SNAPSHOT,
                targets_max_length=terms.MAX_TARGETS,
            ),
            bootstrap=self._root,
        )
        # python-tuf judges dates by the computer's clock alone; ours never goes back.
        if not hasattr(updater._trusted_set, "reference_time"):
            raise ProviderFailed(
                "This version of python-tuf keeps its time elsewhere.", "Install the locked one."
            )
        updater._trusted_set.reference_time = self._now
        return updater

    def _fetch(self, name: str, most: int, expected: Channel | None = None) -> bytes:
        """Return the bytes of a target that the documents name, no longer than `most`."""
        found = self._updater.get_targetinfo(name)
        if found is None:
            raise BundleRefused(
                f"The repository holds no {name}.", "Nothing was published there yet, or it was taken away."
            )
        self._check_listed(name, found, most, expected)
        with tempfile.TemporaryDirectory(dir=self._reader.state.folder) as folder:
            path = Path(folder) / "target"
            self._updater.download_target(found, str(path))
            return path.read_bytes()

    def _check_listed(self, name: str, found: TargetFile, most: int, expected: Channel | None) -> None:
        if found.length > most or set(found.hashes) != {"sha256"}:
            raise BundleRefused(f"The repository names {name} in an unusual form.", "Nothing was taken.")
        if expected and (found.length, found.hashes["sha256"]) != (expected.size, expected.sha256):
            raise BundleRefused(
                f"The channel and the list of the repository do not agree on {name}.", "Nothing was taken."
            )

    def _policy(self) -> tuple[ApprovalPolicy | None, Literal["file", "repository"] | None]:
        if self._wish.policy is not None:
            return self._wish.policy, "file"
        if not self._wish.policy_from_repository:
            return None, None
        body = self._fetch(terms.POLICY_TARGET, terms.MAX_POLICY)
        policy = read_policy(body, "The approval policy of the repository")
        if policy.version < self._memory.policy_version:
            raise BundleRefused(
                f"The repository's approval policy is version {policy.version}, but version "
                f"{self._memory.policy_version} was seen before.",
                "Nothing was taken.",
            )
        return policy, "repository"

    def _there(self, channel: Channel) -> bytes | None:
        """Return the bundle where it lies there already, with the very bytes that were published."""
        found = self._updater.get_targetinfo(channel.bundle)
        file = self._file(channel)
        if found is None or not file.is_file() or file.stat().st_size != channel.size:
            return None
        self._check_listed(channel.bundle, found, terms.MAX_BUNDLE, channel)
        data = file.read_bytes()
        return data if digest(data) == channel.sha256 else None

    def _judge(
        self, channel: Channel, data: bytes, policy: ApprovalPolicy | None
    ) -> tuple[Manifest, Verification | None]:
        verification = None
        if policy is not None:
            floor = self._memory.floors.get(channel.environment)
            state = EnvironmentState(
                environment=channel.environment,
                agent=policy.agent,
                sequence_floor=floor.sequence if floor else 0,
                known={floor.sequence: floor.manifest} if floor else {},
            )
            verification = verify_bundle(data, policy, self._now, state)
            require(verification)
        manifest = peek(data)
        if manifest is None or digest(container.unpack(data)[layout.MANIFEST]) != channel.manifest:
            raise BundleRefused("The bundle is not the one that the channel names.", "Nothing was taken.")
        told = (manifest.agent.id, manifest.environment, manifest.release_sequence)
        if told != (channel.agent, channel.environment, channel.release_sequence):
            raise BundleRefused(
                "The bundle is for something else than the channel says.", "Nothing was taken."
            )
        return manifest, verification

    def _remember(self, channel: Channel, policy: ApprovalPolicy | None) -> None:
        floor = Floor(sequence=channel.release_sequence, manifest=channel.manifest)
        changes = {
            "floors": {**self._memory.floors, channel.environment: floor},
            "policy_version": max(self._memory.policy_version, policy.version if policy else 0),
        }
        self._reader.state.write(self._memory.model_copy(update=changes))

    def _check_keys(self) -> None:
        check_distinct(self._trusted(terms.ROOT, Root))
        check_distinct(self._trusted(terms.TARGETS, Targets))

    def _trusted(self, role: str, kind: type[documents.Kind]) -> documents.Kind:
        """Return a document as python-tuf has just found it sound and kept it."""
        path = self._reader.state.metadata / f"{role}.json"
        document: Metadata[documents.Kind] = documents.read(path.read_bytes(), kind, path.name)
        return document.signed

    def _file(self, channel: Channel) -> Path:
        return self._wish.target / channel.bundle.partition("/")[2]
