"""The traffic hash: which of 10,000 buckets a conversation falls into, pinned by test vectors, and explained.

- `bucket = int(sha256("SEED:CONVERSATION")[:8 hex digits], 16) % 10000`, the same in every language.
- A conversation without an id has no bucket and stays on the stable release.
- Buckets compare with `<` against the share, so a growing share never moves a conversation back.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from studio.domain.bundle import Manifest
from studio.domain.environment import EnvironmentRow, HashVector, ReleaseRow, TrafficEngine, Word
from studio.domain.errors import BundleRefused
from studio.domain.frozen import Frozen

ENGINE, VERSION = "sha256-bucket", "1"
BUCKETS = 10_000
VECTORS = 50


class Routing(Frozen):
    """Which release answers one conversation, and on what grounds.

    `bucket` is None for a conversation without an id; the new release answers buckets below `below`.
    """

    conversation: str
    environment: Word
    engine: str
    seed: str
    bucket: int | None
    below: int
    share: float
    answers: Literal["stable", "canary"]
    agent_digest: str
    label: str
    release: str | None = None
    sequence: int | None = None
    generation: int
    why: tuple[str, ...]


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


def limit(weight: int) -> int:
    """Return the bucket below which the new release answers, for a share in percent."""
    return weight * BUCKETS // 100


def chosen(seed: str, conversation: str | None, below: int) -> Literal["stable", "canary"]:
    """Return who answers, exactly as the flag file's rule says."""
    return "canary" if conversation and bucket(seed, conversation) < below else "stable"


def explain(row: EnvironmentRow, agent_id: str, conversation: str) -> Routing:
    """Return which release answers a conversation in an environment, and why."""
    pointer, candidate = row.pointer, row.candidate
    below = limit(pointer.weight) if candidate else 0
    seed = seed_for(agent_id, (candidate or row.stable).sequence)
    answers = chosen(seed, conversation, below)
    release: ReleaseRow = candidate if candidate and answers == "canary" else row.stable
    names = (row.stable.label, candidate.label if candidate else "")
    return Routing(
        conversation=conversation,
        environment=pointer.environment,
        engine=f"{ENGINE} {VERSION}",
        seed=seed,
        bucket=bucket(seed, conversation) if conversation else None,
        below=below,
        share=below * 100 / BUCKETS,
        answers=answers,
        agent_digest=release.result_digest,
        label=release.label,
        release=release.id,
        sequence=release.sequence,
        generation=pointer.generation,
        why=reasons(seed, conversation, below, names),
    )


def reasons(seed: str, conversation: str, below: int, names: tuple[str, str]) -> tuple[str, ...]:
    """Return the grounds of a decision in words; `names` are those of the stable and the new release."""
    stable, new = (f"{name}," if "," in name else name for name in names)
    if not new:
        return (f"Nothing is being rolled out: {stable} answers every conversation.",)
    share = f"{below * 100 / BUCKETS:g} %"
    rolled = f"{new} is being rolled out to {share} of the conversations: buckets 0 to {below - 1}."
    if not below:
        rolled = f"{new} is imported for a rollout, but has no share yet."
    if not conversation:
        return (
            rolled,
            f"The conversation has no id, so it has no bucket: {stable} answers, never the new one.",
        )
    found = bucket(seed, conversation)
    side = "is below" if found < below else "is not below"
    return (
        rolled,
        f"“{conversation}” falls into bucket {found} of {BUCKETS} (SHA-256 of “{seed}:{conversation}”, "
        "the first 8 hexadecimal digits).",
        f"{found} {side} {below}, so {new if found < below else stable} answers.",
        "The same id gives the same answer every time"
        + (", and still does when the share grows." if found < below else " until the share grows past it."),
    )
