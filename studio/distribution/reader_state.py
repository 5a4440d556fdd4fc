"""What a reader remembers: the root.json it was given, the highest release of each environment, the time.

- The root.json that IT shipped is kept at the first pull; another one later is refused.
- The floor of releases is the reader's own, besides what TUF remembers; it never goes down.
- The latest time ever seen counts where the clock of this computer goes back.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import Field, ValidationError

from studio.distribution.folder import write_in_one_step
from studio.domain.environment import Moment, Sha256
from studio.domain.errors import BrokenInput, BundleRefused, WrongUse
from studio.domain.frozen import Frozen, canonical, digest
from studio.release import keys, strict_json

MAX_STATE = 1024 * 1024


class Floor(Frozen):
    """The highest release that was taken for an environment."""

    sequence: int
    manifest: Sha256


class Remembered(Frozen):
    """The reader's own memory."""

    latest: Moment
    floors: dict[str, Floor] = Field(default_factory=dict)
    policy_version: int = 0


class ReaderState:
    """The folder in which a reader keeps what it remembers."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made with the first pull."""
        self.folder = folder
        self.metadata = folder / "metadata"
        self.lock = folder / ".lock"
        self._root = folder / "shipped-root.json"
        self._memory = folder / "reader.json"

    def root(self, given: bytes | None) -> bytes:
        """Return the root.json that was shipped: the one that is kept, or at first the given one."""
        kept = self._root.read_bytes() if self._root.is_file() else None
        if kept is None and given is None:
            raise WrongUse(
                "This is the first pull into this folder, so it needs the repository's root.json.",
                "Give the one that IT handed to you with --root.",
            )
        if kept is not None and given is not None and kept != given:
            raise WrongUse(
                f"The given root.json ({keys.fingerprint(digest(given))}) is not the one this folder began "
                f"with ({keys.fingerprint(digest(kept))}).",
                "Leave out --root, or begin with a new --state folder.",
            )
        body = kept if kept is not None else given
        assert body is not None
        return body

    def keep_root(self, body: bytes) -> None:
        """Keep the shipped root.json; only after it was found sound."""
        if not self._root.is_file():
            write_in_one_step(self._root, body)

    def read(self, now: datetime) -> Remembered:
        """Return what is remembered, with the later of the latest time and now."""
        if not self._memory.is_file():
            return Remembered(latest=now)
        try:
            data = self._memory.read_bytes()[:MAX_STATE]
            strict_json.parse_canonical(data, str(self._memory))
            kept = Remembered.model_validate_json(data)
        except (ValidationError, BrokenInput, OSError):
            raise BrokenInput(
                f"“{self._memory}”, which remembers what was taken, is damaged.",
                "Restore it from a backup; a new folder would forget which releases are too old.",
            ) from None
        return kept.model_copy(update={"latest": max(kept.latest, now)})

    def write(self, memory: Remembered) -> None:
        """Keep what is remembered."""
        write_in_one_step(self._memory, canonical(memory))


def check_floor(memory: Remembered, environment: str, sequence: int, manifest: str) -> None:
    """Raise BundleRefused for an older release than one taken before, or another one of its number."""
    floor = memory.floors.get(environment)
    if floor is None or sequence > floor.sequence:
        return
    if sequence < floor.sequence:
        raise BundleRefused(
            f"The repository offers release {sequence} for {environment}, but release {floor.sequence} was "
            "taken already.",
            "Nothing was taken. To go back, use `cobuilder registry rollback`.",
        )
    if manifest != floor.manifest:
        raise BundleRefused(
            f"The repository offers another bundle as release {sequence} for {environment} than the one that "
            "was taken.",
            "Nothing was taken; find out who made two of them.",
        )
