"""The traffic hash: which of 10,000 buckets a conversation falls into, pinned by test vectors.

- `bucket = int(sha256("SEED:CONVERSATION")[:8 hex digits], 16) % 10000`, the same in every language.
- A conversation without an id has no bucket and stays on the stable release.
"""

from __future__ import annotations

import hashlib

from studio.domain.bundle import Manifest
from studio.domain.environment import HashVector, TrafficEngine
from studio.domain.errors import BundleRefused

ENGINE, VERSION = "sha256-bucket", "1"
BUCKETS = 10_000
VECTORS = 50


def bucket(seed: str, conversation: str) -> int:
    """Return the bucket, 0 to 9999, of a conversation."""
    return int(hashlib.sha256(f"{seed}:{conversation}".encode()).hexdigest()[:8], 16) % BUCKETS


def context(seed: str, conversation: str | None) -> dict[str, int]:
    """Return what the caller hands to the flag evaluation; nothing for a missing id."""
    return {"bucket": bucket(seed, conversation)} if conversation else {}


def seed_for(agent_id: str, sequence: int) -> str:
    """Return the seed of one release: each release draws the shares anew."""
    return f"{agent_id}:{sequence}"


def engine_for(agent_id: str, sequence: int) -> TrafficEngine:
    """Return the engine, with its test vectors, for one release."""
    seed = seed_for(agent_id, sequence)
    names = [f"conversation-{number:04d}" for number in range(VECTORS)]
    vectors = tuple(HashVector(id=name, bucket=bucket(seed, name)) for name in names)
    return TrafficEngine(name=ENGINE, version=VERSION, seed=seed, vectors=vectors)


def check_engine(manifest: Manifest) -> None:
    """Raise BundleRefused unless this program splits traffic exactly as the bundle's vectors say."""
    if manifest.traffic != engine_for(manifest.agent.id, manifest.release_sequence):
        raise BundleRefused(
            f"The bundle splits traffic with “{manifest.traffic.name} {manifest.traffic.version}”, and its "
            "test vectors do not come out here.",
            "Update this program, or ask for a bundle made with the same version.",
        )
