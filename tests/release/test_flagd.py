"""The traffic split, as the real flagd engine evaluates it from our file."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.environment import Pointer
from studio.domain.errors import BundleRefused
from studio.release import container, traffic
from studio.release.flagd import FLAG, LastGood, flag_file, read_flags, route
from studio.release.verification import Verifier
from studio.store.registry_files import write_in_one_step

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


def test_the_explanation_is_what_the_engine_does(engine: Callable[[bytes], OpenFeatureClient]) -> None:
    """What `registry route` tells of 300 conversations is what the real provider answers for them."""
    data = split(25)
    client, told = engine(data), read_flags(data)
    names = [f"c-{number}" for number in range(300)]
    assert {n: route(told, n).agent_digest for n in names} == {n: ask(client, n) for n in names}
    assert {route(told, n).answers for n in names} == {"stable", "canary"}
    assert (route(told, "").answers, route(told, "").bucket) == ("stable", None)


def test_the_engine_agrees_with_all_vectors(engine: Callable[[bytes], OpenFeatureClient]) -> None:
    """Each of the 50 vectors of a bundle comes out in the real provider as its bucket says."""
    vectors = traffic.engine_for("desk", 2).vectors
    client = engine(split(50))
    answers = [ask(client, each.id, {"bucket": each.bucket}) for each in vectors]
    assert answers == [CANARY if each.bucket < 5000 else STABLE for each in vectors]
    assert {CANARY, STABLE} == set(answers)


def test_a_broken_flag_file_leaves_the_last_good_split(
    engine: Callable[[bytes], OpenFeatureClient], tmp_path: Path
) -> None:
    """The real provider goes on with what it had when the file is broken, and takes the next sound one."""
    client = engine(split(10))
    name = next(n for n in (f"c-{i}" for i in range(99)) if 1000 <= traffic.bucket(SEED, n) < 5000)
    assert ask(client, name) == STABLE
    looked = threading.Event()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            looked.set()

    listener = Listener(logging.ERROR)
    logging.getLogger("openfeature.contrib").addHandler(listener)
    try:
        write_in_one_step(tmp_path / "flags.json", b'{"flags": {"rele')
        assert looked.wait(60)
        assert ask(client, name) == STABLE
        write_in_one_step(tmp_path / "flags.json", split(50))
        assert any(ask(client, name) == CANARY or threading.Event().wait(0.05) for _ in range(1200))
    finally:
        logging.getLogger("openfeature.contrib").removeHandler(listener)


def test_each_writing_of_the_flag_file_is_younger_than_the_one_before(tmp_path: Path) -> None:
    """flagd looks at the time of change: it grows also where the clock went back."""
    file = tmp_path / "flags.json"
    write_in_one_step(file, split(5))
    later = file.stat().st_mtime_ns + 3_600_000_000_000
    os.utime(file, ns=(later, later))
    write_in_one_step(file, split(10))
    assert file.stat().st_mtime_ns > later
    assert read_flags(file.read_bytes()).pointer.weight == 10


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1],
        lambda data: data + b" ",
        lambda data: data.replace(b"1000", b"1001"),
        lambda data: data.replace(b'"<"', b'"<="'),
        lambda data: data.replace(b"targetingKey", b"targetingkey"),
        lambda data: data.replace(b'"defaultVariant":"stable"', b'"defaultVariant":"canary"'),
        lambda data: data.replace(b"10000", b"0"),
        lambda _: b"[]",
        lambda _: b"\xff",
        lambda _: b"[" * 5000,
    ],
)
def test_a_changed_flag_file_is_told_and_changes_nothing(spoil: Callable[[bytes], bytes]) -> None:
    """Whatever the registry would not write is refused in words, and the last good split stays."""
    good = LastGood(read_flags(split(10)))
    assert good.take(spoil(split(10))).pointer.weight == 10
    assert "not as the registry writes it" in good.fault
    assert good.take(split(50)).pointer.weight == 50 and not good.fault


def test_an_older_flag_file_is_not_taken() -> None:
    """A file of an earlier generation, say from a backup, does not undo what was decided since."""
    good = LastGood(read_flags(split(10)))
    older = Pointer(environment="production", generation=3, stable=STABLE, candidate=CANARY, weight=50)
    assert good.take(flag_file(older, STABLE, CANARY, SEED)).pointer.weight == 10
    assert "older" in good.fault


@given(weights=st.lists(st.integers(0, 100), min_size=2, max_size=6), name=st.text(min_size=1, max_size=20))
def test_ramps_only_grow(weights: list[int], name: str) -> None:
    """Along any rising row of shares a conversation changes at most once, and to the new release."""
    rows = [traffic.chosen(SEED, name, traffic.limit(weight)) for weight in sorted(weights)]
    assert rows == sorted(rows, reverse=True)


def test_the_words_say_bucket_share_and_why() -> None:
    """The explanation names the bucket, the share, who answers, and what happens when the share grows."""
    below, above = (
        next(n for n in (f"c-{i}" for i in range(999)) if (traffic.bucket(SEED, n) < 1000) is side)
        for side in (True, False)
    )
    told = read_flags(split(10))
    assert "is below 1000, so agent cccccccccccc answers" in " ".join(route(told, below).why)
    assert "still does when the share grows" in route(told, below).why[-1]
    assert "until the share grows past it" in route(told, above).why[-1]
    assert "10 % of the conversations" in route(told, above).why[0]
    alone = read_flags(
        flag_file(Pointer(environment="production", generation=1, stable=STABLE), STABLE, None, SEED)
    )
    assert route(alone, "c-1").why == (
        "Nothing is being rolled out: agent 555555555555 answers every conversation.",
    )
