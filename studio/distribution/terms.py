"""The terms of a repository: names of its roles and files, limits of size and time, how long documents count.

- Readers come to `metadata/` and `targets/`; `draft/` holds what still waits for signatures.
- Offline documents count long, because people must come together for them; the online ones count for days,
  so that a copy that somebody holds back is noticed soon.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.environment import PRODUCTION, STAGING
from studio.release import container

ROOT, TARGETS, SNAPSHOT, TIMESTAMP = "root", "targets", "snapshot", "timestamp"
ENVIRONMENTS = (STAGING, PRODUCTION)
OFFLINE = (ROOT, TARGETS, *ENVIRONMENTS)
ONLINE = (SNAPSHOT, TIMESTAMP)
ROLES = (*OFFLINE, *ONLINE)

METADATA_FOLDER, TARGETS_FOLDER, DRAFT_FOLDER = "metadata", "targets", "draft"
ROOT_FILE, LOCK_FILE = "root.json", ".lock"
POLICY_TARGET, CHANNEL = "approval-policy.json", "channel.json"

DAYS = {ROOT: 365, TARGETS: 365, STAGING: 120, PRODUCTION: 120, SNAPSHOT: 14, TIMESTAMP: 7}
DAYS_FIELD = "x-cobuilder-days"
LONGEST_DAYS = 3650
WARN_DAYS = {ROOT: 45, TARGETS: 45, STAGING: 21, PRODUCTION: 21, SNAPSHOT: 5, TIMESTAMP: 3}

MAX_BUNDLE = container.MAX_BYTES
MAX_POLICY = 1024 * 1024
MAX_CHANNEL = 16 * 1024
MAX_ROOT = 256 * 1024
MAX_TIMESTAMP = 16 * 1024
MAX_SNAPSHOT = 256 * 1024
MAX_TARGETS = 4 * 1024 * 1024
MAX_ROOTS = 64


@dataclass(frozen=True)
class TimeLimits:
    """How long a pull may take in all, and how long a server may be silent, in seconds."""

    total: float = 900.0
    silence: float = 30.0


def channel_target(environment: str) -> str:
    """Return the name of an environment's channel among the targets."""
    return f"{environment}/{CHANNEL}"
