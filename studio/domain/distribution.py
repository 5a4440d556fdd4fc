"""Distribution: what a repository of releases holds, what was published in it, and what was pulled from it.

- A channel says which release an environment is to take; it is the only thing in a repository that moves.
- A document waits until enough of its keys have signed it; readers see nothing of it before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from studio.domain.bundle import Verification
from studio.domain.environment import ApprovalPolicy, Label, Moment, Sha256, Word
from studio.domain.frozen import Frozen

CHANNEL_FORMAT = "cobuilder-channel/1"


class Channel(Frozen):
    """channel.json: the release that an environment is to take now."""

    format: Literal["cobuilder-channel/1"] = "cobuilder-channel/1"
    agent: Label
    environment: Word
    release_sequence: Annotated[int, Field(ge=1, le=2**31)]
    bundle: Annotated[str, Field(min_length=1, max_length=300)]
    sha256: Sha256
    size: Annotated[int, Field(ge=1)]
    manifest: Sha256
    moved_at: Moment


class RoleRow(Frozen):
    """One signed document of a repository: its version, until when it counts, who signs it."""

    role: str
    version: int
    expires: Moment
    threshold: int
    keys: tuple[str, ...]
    expired: bool = False


class WaitingRow(Frozen):
    """One document that readers do not see yet, and what it still wants."""

    role: str
    version: int
    file: str
    says: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Return whether enough keys have signed it."""
        return not self.missing


class RepositoryStatus(Frozen):
    """A repository at one moment: what readers see, and what waits."""

    folder: str
    agent: Label | None
    policy: str
    roles: tuple[RoleRow, ...]
    channels: tuple[Channel, ...]
    bundles: tuple[str, ...]
    waiting: tuple[WaitingRow, ...]
    warnings: tuple[str, ...] = ()


class Refreshed(Frozen):
    """What a refresh made visible, and until when readers are content."""

    taken: tuple[str, ...]
    waiting: tuple[WaitingRow, ...]
    timestamp_version: int
    timestamp_expires: Moment
    snapshot_expires: Moment
    root_file: str
    root_fingerprint: str


class Published(Frozen):
    """What publishing a bundle did; `visible` says whether readers get it already."""

    environment: Word
    release_sequence: int
    bundle: str
    sha256: Sha256
    new: bool
    visible: bool
    sentence: str
    waiting: tuple[WaitingRow, ...] = ()
    refreshed: Refreshed | None = None


class PullWish(Frozen):
    """What to pull, into which folder, and what to judge it by; `root` is the shipped root.json."""

    environment: str
    target: Path
    root: bytes | None = None
    policy: ApprovalPolicy | None = None
    policy_from_repository: bool = False


class Pulled(Frozen):
    """What a pull brought; `verification` is None where no approval policy was there to judge by."""

    environment: Word
    agent: Label
    release_sequence: int
    manifest: Sha256
    file: str
    sha256: Sha256
    size: int
    new: bool
    policy: Literal["file", "repository"] | None
    verification: Verification | None
    root_version: int
    timestamp_expires: Moment
    sentence: str
