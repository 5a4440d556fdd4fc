"""The traffic split, as the real flagd engine evaluates it from our file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio.domain.environment import Pointer
from studio.domain.errors import BundleRefused
from studio.release import container, traffic
from studio.release.flagd import FLAG, flag_file
from studio.release.verification import Verifier

if TYPE_CHECKING:
    from openfeature.client import OpenFeatureClient

    from tests.bundle_conformance.kit import Kit

STABLE, CANARY, SEED = "5" * 64, "c" * 64, "desk:2"


def split(weight: int) -> bytes:
    """Return the flag file with this share for the new release."""
    pointer = Pointer(environment="production", generation=4, stable=STABLE, candidate=CANARY, weight=weight)
    return flag_file(pointer, STABLE, CANARY, SEED)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Callable[[bytes], OpenFeatureClient]]:
    """Return a function that starts the real flagd provider in FILE mode on a flag file."""
    from openfeature import api
    from openfeature.contrib.provider.flagd import FlagdProvider
    from openfeature.contrib.provider.flagd.config import ResolverType

    def start(flags: bytes) -> OpenFeatureClient:
        file = tmp_path / "flags.json"
        file.write_bytes(flags)
        provider = FlagdProvider(resolver_type=ResolverType.FILE, offline_flag_source_path=str(file))
        api.set_provider_and_wait(provider)
        return api.get_client()

    yield start
    api.shutdown()
    api.clear_providers()


def ask(client: OpenFeatureClient, conversation: str | None, context: dict[str, int] | None = None) -> str:
    """Return which agent answers a conversation."""
    from openfeature.evaluation_context import EvaluationContext

    attributes = traffic.context(SEED, conversation) if context is None else context
    return client.get_string_value(
        FLAG, "nobody", EvaluationContext(targeting_key=conversation, attributes=dict(attributes))
    )


def test_the_share_is_met_and_sticky(engine: Callable[[bytes], OpenFeatureClient]) -> None:
    """Of 5,000 conversations about 10 % meet the new release, exactly those whose bucket is below 1,000."""
    client = engine(split(10))
    names = [f"c-{number}" for number in range(5000)]
    first = {name: ask(client, name) for name in names}
    assert first == {name: CANARY if traffic.bucket(SEED, name) < 1000 else STABLE for name in names}
    assert 0.09 < sum(answer == CANARY for answer in first.values()) / len(names) < 0.11
    assert {name: ask(client, name) for name in names[:500]} == {name: first[name] for name in names[:500]}


def test_a_missing_id_or_bucket_means_stable(engine: Callable[[bytes], OpenFeatureClient]) -> None:
    """Even at 50 %, what cannot be placed stays on the stable release."""
    client = engine(split(50))
    assert ask(client, None) == STABLE
    assert ask(client, "") == STABLE
    assert ask(client, None, {"bucket": 0}) == STABLE
    assert ask(client, "c-1", {}) == STABLE
    assert ask(client, "c-1", {"bucket": 0}) == CANARY
    assert ask(client, "c-1", {"bucket": 4999}) == CANARY
    assert ask(client, "c-1", {"bucket": 5000}) == STABLE


def test_without_a_rollout_everyone_is_on_the_stable_release(
    engine: Callable[[bytes], OpenFeatureClient],
) -> None:
    """The file of a finished promotion or rollback has one variant."""
    client = engine(
        flag_file(Pointer(environment="production", generation=1, stable=STABLE), STABLE, None, SEED)
    )
    assert {ask(client, f"c-{number}") for number in range(50)} == {STABLE}


def test_a_growing_share_moves_nobody_back() -> None:
    """Who meets the new release at 5 % still does at 50 %."""
    names = [f"c-{number}" for number in range(3000)]
    at = {share: {n for n in names if traffic.bucket(SEED, n) < share * 100} for share in (5, 50, 100)}
    assert at[5] < at[50] < at[100] == set(names)


def test_each_release_draws_its_own_first_customers() -> None:
    """Another sequence gives other buckets, so not always the same customers go first."""
    names = [f"c-{number}" for number in range(1000)]
    first, second = (
        {n for n in names if traffic.bucket(traffic.seed_for("desk", sequence), n) < 1000}
        for sequence in (2, 3)
    )
    assert first != second


def test_the_test_vectors_are_pinned(kit: Kit) -> None:
    """The bundle carries 50 vectors; one that does not come out here refuses it."""
    engine = traffic.engine_for("desk", 2)
    assert len(engine.vectors) == 50
    assert (
        engine.vectors[0].bucket
        == int(hashlib.sha256(b"desk:2:conversation-0000").hexdigest()[:8], 16) % 10000
    )
    vectors = (engine.vectors[0].model_copy(update={"bucket": 1}), *engine.vectors[1:])
    files = kit.forge(kit.files(), traffic=engine.model_copy(update={"vectors": vectors}))

    verifier = Verifier(container.pack(files))
    verifier.check_container()
    with pytest.raises(BundleRefused, match="test vectors do not come out here"):
        verifier.check_manifest()
