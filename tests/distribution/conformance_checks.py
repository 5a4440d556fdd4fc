"""Checks that `pull` is held against, named as in tuf-conformance where that suite has the like.

- Each takes the depot (a repository with release 2 in production), its server, a forger who writes what he
  likes into the served folder, and a reader with no memory yet.
- `refused` says that a pull fails in these words, and that nothing new was written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from securesystemslib.signer import SSlibKey
from tuf.api.metadata import Root

from studio.distribution import documents, tuf_keys
from studio.domain.distribution import Channel
from studio.domain.errors import StudioError
from studio.domain.frozen import canonical, digest
from tests.distribution.depot import Depot, Forger, Served, Site


@dataclass
class Case:
    """What a check works with."""

    depot: Depot
    served: Served
    forger: Forger
    site: Site

    def refused(self, words: str, site: Site | None = None) -> None:
        """Assert that a pull is refused in these words, and leaves no new bundle."""
        reader = site or self.site
        before = reader.bundles()
        try:
            reader.pull()
        except StudioError as error:
            assert re.search(words, str(error)), str(error)
        else:
            raise AssertionError(f"the pull was not refused; expected: {words}")
        assert reader.bundles() == before

    def pulled(self, sequence: int = 2) -> None:
        """Assert that a pull brings this release."""
        assert self.site.pull().release_sequence == sequence

    def seen(self, *roles: str) -> list[int]:
        """Return the versions that the reader trusts."""
        return [self.site.seen(role) for role in roles]

    def key(self, name: str) -> SSlibKey:
        """Return the public half of a signer."""
        return tuf_keys.tuf_key(self.depot.signer(name).public_pem)


Check = Callable[[Case], None]
CHECKS: dict[str, Check] = {}


def check(do: Check) -> Check:
    """Put a check on the list, under its own name."""
    CHECKS[do.__name__] = do
    return do


# Basics.


@check
def basic_init_and_refresh(case: Case) -> None:
    """The documents are asked for in the order of the specification, each once."""
    case.pulled()
    metadata = [path for path in case.served.asked if path.startswith("/metadata/")]
    assert metadata == [
        "/metadata/2.root.json",
        "/metadata/timestamp.json",
        "/metadata/2.snapshot.json",
        "/metadata/1.targets.json",
        "/metadata/2.production.json",
    ]
    assert case.seen("root", "timestamp", "snapshot", "targets", "production") == [1, 2, 2, 1, 2]


@check
def implicit_refresh(case: Case) -> None:
    """What is not there is told; the documents are up to date nevertheless."""
    case.site.environment = "staging"
    case.refused("holds no staging/channel.json")
    assert case.seen("timestamp", "targets") == [2, 1]


@check
def invalid_initial_root(case: Case) -> None:
    """A root.json without its version is refused before anything is asked for."""
    root = json.loads(case.depot.root())
    del root["signed"]["version"]
    case.site.root = json.dumps(root).encode()
    case.refused("no sound document")
    assert case.served.asked == []


@check
def unsigned_initial_root(case: Case) -> None:
    """A root.json that its own keys did not sign is refused before anything is asked for."""
    root = json.loads(case.depot.root())
    for signature in root["signatures"]:
        signature["sig"] = "0" * 128
    case.site.root = json.dumps(root).encode()
    case.refused("not sound")
    assert case.served.asked == []


@check
def timestamp_eq_versions_check(case: Case) -> None:
    """Another timestamp under the same version does not replace the one that is trusted."""
    case.pulled()
    case.forger.online(timestamp=2, snapshot=9)
    case.pulled()
    assert case.seen("timestamp", "snapshot") == [2, 2]


@check
def custom_fields(case: Case) -> None:
    """Fields that nobody knows are part of what is signed, and no fault."""
    case.forger.next_root(
        "root-a", "root-b", change=lambda root: root.unrecognized_fields.update({"custom": "value"})
    )
    case.pulled()
    assert case.seen("root") == [2]


@check
def new_targets_hash_mismatch(case: Case) -> None:
    """A signed document with other bytes than the snapshot lists is refused."""
    path = case.forger.metadata / "2.production.json"
    path.write_bytes(path.read_bytes().replace(b'"_type":"targets"', b'"_type":"Targets"', 1))
    case.refused("other bytes")


@check
def new_targets_version_mismatch(case: Case) -> None:
    """A document of another version than the snapshot lists is refused."""
    old = case.forger.newest("production")
    case.forger.online(meta={"production": 3})
    old.signed.version = 4
    (case.forger.metadata / "3.production.json").write_bytes(documents.to_bytes(old))
    case.forger.put("production", old, "release")
    (case.forger.metadata / "4.production.json").rename(case.forger.metadata / "3.production.json")
    case.refused("older than what was seen before, or mixed")


# Expiry.


@check
def root_expired(case: Case) -> None:
    """A root that ran out ends trust."""
    past = case.depot.clock() - timedelta(days=1)
    case.forger.next_root("root-a", "root-b", change=lambda root: setattr(root, "expires", past))
    case.refused("old copy.*root.json is expired")


@check
def root_expired_in_between(case: Case) -> None:
    """A root that ran out is no fault where a later one counts."""
    past = case.depot.clock() - timedelta(days=1)
    later = case.depot.clock() + timedelta(days=9)
    case.forger.next_root("root-a", "root-b", change=lambda root: setattr(root, "expires", past))
    case.forger.next_root("root-a", "root-b", change=lambda root: setattr(root, "expires", later))
    case.pulled()
    assert case.seen("root") == [3]


@check
def timestamp_expired(case: Case) -> None:
    """A frozen copy is noticed when its timestamp runs out, also by who saw it fresh."""
    case.pulled()
    case.depot.clock.forward(days=8)
    case.refused("old copy.*timestamp.json is expired")


@check
def snapshot_expired(case: Case) -> None:
    """A snapshot that ran out is refused."""
    case.forger.online(expires={"snapshot": case.depot.clock() - timedelta(hours=1)})
    case.refused("old copy.*snapshot.json is expired")


@check
def targets_expired(case: Case) -> None:
    """The top list of targets must count."""
    case.forger.targets("targets", {}, "root-a", "root-b", expires=case.depot.clock() - timedelta(hours=1))
    case.forger.online()
    case.refused("old copy.*targets is expired")


@check
def delegated_targets_expired(case: Case) -> None:
    """The environment's list must count."""
    case.forger.targets("production", {}, "release", expires=case.depot.clock() - timedelta(hours=1))
    case.forger.online()
    case.refused("old copy.*production is expired")


@check
def expired_local_timestamp(case: Case) -> None:
    """Who comes back after a long time gets what is new, and still refuses what is older."""
    case.pulled()
    stale = (case.forger.metadata / "timestamp.json").read_bytes()
    case.depot.clock.forward(days=30)
    case.depot.refresh()
    case.pulled()
    (case.forger.metadata / "timestamp.json").write_bytes(stale)
    case.refused("older than what was seen before")


# Rollback.


@check
def new_timestamp_version_rollback(case: Case) -> None:
    """An older timestamp is refused."""
    case.pulled()
    case.forger.online(timestamp=1)
    case.refused("older than what was seen before")
    assert case.seen("timestamp") == [2]


@check
def snapshot_rollback(case: Case) -> None:
    """A newer timestamp that names an older snapshot is refused."""
    case.pulled()
    case.forger.online(snapshot=1)
    case.refused("older than what was seen before")
    assert case.seen("timestamp", "snapshot") == [2, 2]


@check
def simple_snapshot_rollback(case: Case) -> None:
    """An older snapshot behind an unchanged timestamp changes nothing for who has the newer one."""
    case.pulled()
    (case.forger.metadata / "2.snapshot.json").write_bytes(
        (case.forger.metadata / "1.snapshot.json").read_bytes()
    )
    case.pulled()
    assert case.seen("snapshot") == [2]


@check
def targets_rollback(case: Case) -> None:
    """The environment's list never goes back, also not with the online key."""
    case.pulled()
    case.forger.online(meta={"production": 1})
    case.refused("older than what was seen before")


@check
def snapshot_drops_a_role(case: Case) -> None:
    """A snapshot that lists fewer documents than the one before is refused."""
    case.pulled()
    case.forger.online()
    forged = case.forger.newest("snapshot")
    forged.signed.version += 1
    del forged.signed.meta["staging.json"]
    case.forger.put("snapshot", forged, "online")
    stamp = case.forger.newest("timestamp")
    stamp.signed.version += 1
    stamp.signed.snapshot_meta.version = forged.signed.version
    case.forger.put("timestamp", stamp, "online")
    case.refused("missing info for 'staging.json'")


@check
def new_snapshot_version_mismatch(case: Case) -> None:
    """A snapshot of another version than the timestamp names is refused."""
    case.forger.online(snapshot=5, listed=4)
    (case.forger.metadata / "5.snapshot.json").rename(case.forger.metadata / "4.snapshot.json")
    case.refused("older than what was seen before, or mixed")


@check
def mixed_metadata(case: Case) -> None:
    """The list of one moment with the timestamp of another one is refused."""
    before = (case.forger.metadata / "2.snapshot.json").read_bytes()
    case.depot.publish(3)
    (case.forger.metadata / "3.snapshot.json").write_bytes(before)
    case.refused("other bytes")


@check
def new_timestamp_fast_forward_recovery(case: Case) -> None:
    """After a thief ran the online versions up, a new online key brings readers back."""
    case.forger.online(timestamp=2**31 - 1, snapshot=2**31 - 2)
    case.pulled()
    assert case.seen("timestamp") == [2**31 - 1]
    _new_online_key(case)
    case.pulled()
    assert case.seen("root")[0] == 2 and case.seen("timestamp")[0] < 10


@check
def new_targets_fast_forward_recovery(case: Case) -> None:
    """After the environment's key was stolen and its version run up, two rotations bring readers back."""
    case.forger.targets("production", {}, "release", version=99999)
    case.forger.online()
    case.pulled()
    (case.forger.metadata / "99999.production.json").unlink()
    fingerprint = _fingerprint(case, "production")
    case.depot.repository.change_keys("production", case.depot.pems("release-2"), [fingerprint])
    _new_online_key(case, "release-2")
    case.depot.repository.publish(
        case.depot.bundle(3), [case.depot.signer("release-2")], case.depot.signer("online-2")
    )
    case.pulled(3)
    assert case.seen("production")[0] < 10


def _fingerprint(case: Case, role: str) -> str:
    rows = case.depot.repository.status().roles
    return next(row for row in rows if row.role == role).keys[0]


def _new_online_key(case: Case, *more: str) -> None:
    repository = case.depot.repository
    repository.change_keys("timestamp", case.depot.pems("online-2"), [_fingerprint(case, "timestamp")])
    names = ("root-a", "root-b", *more)
    repository.sign([case.depot.signer(name) for name in names])
    case.depot.refresh("online-2")


# Keys.


@check
def root_rotation(case: Case) -> None:
    """Root goes 1, 2, 3 with other keys each time; who begins with 1 follows, and the old keys are out."""
    case.pulled()
    for version, (old, new, signers) in enumerate(
        (
            ("root-a", "root-d", ("root-a", "root-b", "root-d")),
            ("root-b", "root-e", ("root-b", "root-d", "root-e")),
        ),
        start=2,
    ):
        case.depot.repository.change_keys("root", case.depot.pems(new), [case.key(old).keyid])
        case.depot.repository.change_keys("targets", case.depot.pems(new), [case.key(old).keyid])
        case.depot.repository.sign([case.depot.signer(name) for name in signers])
        case.depot.refresh()
        case.pulled()
        assert case.seen("root") == [version]
    case.forger.next_root("root-a", "root-b")
    case.refused("not signed by enough trusted keys")


@check
def root_not_signed_by_the_one_before(case: Case) -> None:
    """A new root signed by its own keys only is refused."""

    def change(root: Root) -> None:
        for name in ("root-a", "root-b", "root-c"):
            root.revoke_key(case.key(name).keyid, "root")
        for name in ("mallory", "mallory-2", "mallory-3"):
            root.add_key(case.key(name), "root")

    case.forger.next_root("mallory", "mallory-2", "mallory-3", change=change)
    case.refused("not signed by enough trusted keys")


@check
def root_not_signed_by_itself(case: Case) -> None:
    """A new root that its own keys did not sign is refused."""

    def change(root: Root) -> None:
        root.add_key(case.key("root-d"), "root")
        root.roles["root"].threshold = 4

    case.forger.next_root("root-a", "root-b", "root-c", change=change)
    case.refused("not signed by enough trusted keys")


@check
def root_skips_a_version(case: Case) -> None:
    """A root of another version than its name says is refused."""
    case.forger.next_root("root-a", "root-b", change=lambda root: setattr(root, "version", 3))
    (case.forger.metadata / "3.root.json").rename(case.forger.metadata / "2.root.json")
    case.refused("older than what was seen before, or mixed")


@check
def root_threshold_not_met(case: Case) -> None:
    """One of the three root keys alone changes nothing."""
    case.forger.next_root("root-a")
    case.refused("not signed by enough trusted keys")


@check
def snapshot_threshold(case: Case) -> None:
    """Where two must sign the snapshot, one is not enough."""

    def change(root: Root) -> None:
        root.add_key(case.key("online-2"), "snapshot")
        root.roles["snapshot"].threshold = 2

    case.forger.next_root("root-a", "root-b", change=change)
    case.refused("not signed by enough trusted keys")


@check
def duplicate_keys_root(case: Case) -> None:
    """One key under two ids is one key: python-tuf alone would count it twice."""
    key = case.key("release")
    twin = SSlibKey("f" * 64, key.keytype, key.scheme, dict(key.keyval))

    def change(root: Root) -> None:
        root.add_key(twin, "targets")
        root.add_key(key, "targets")

    case.forger.next_root("root-a", "root-b", change=change)
    case.refused("names one key twice")


@check
def wrong_roles_key(case: Case) -> None:
    """The key of staging does not sign for production."""
    case.forger.targets("production", {}, "stage")
    case.forger.online()
    case.refused("not signed by enough trusted keys")


@check
def delegation_is_kept_to_its_paths(case: Case) -> None:
    """What staging's list says of production is not asked for."""
    case.forger.targets("staging", {"production/channel.json": b"{}"}, "stage")
    case.forger.online()
    case.pulled()


@check
def stolen_online_key(case: Case) -> None:
    """With the online key alone no other bundle, policy, list or root gets in."""
    bundle = case.depot.bundle(3)
    channel = _channel(case, bundle, 3)
    files = {"production/desk-3.cobundle": bundle, "production/channel.json": channel}
    case.forger.targets("production", files, "online")
    case.forger.online()
    case.refused("not signed by enough trusted keys")
    case.forger.targets("targets", files, "online")
    case.forger.online()
    case.refused("not signed by enough trusted keys")
    case.forger.next_root("online")
    case.refused("not signed by enough trusted keys")


def _channel(case: Case, bundle: bytes, sequence: int) -> bytes:
    return canonical(
        Channel(
            agent="desk",
            environment="production",
            release_sequence=sequence,
            bundle=f"production/desk-{sequence}.cobundle",
            sha256=digest(bundle),
            size=len(bundle),
            manifest=digest(case.depot.kit.files(bundle)["manifest.json"]),
            moved_at=case.depot.clock(),
        )
    )


# Files.


@check
def client_downloads_expected_file(case: Case) -> None:
    """What arrives is what was published, byte for byte."""
    pulled = case.site.pull()
    assert digest(case.depot.bundle(2)) == pulled.sha256
    assert case.site.bundles() == ["desk-2.cobundle"]


@check
def multiple_changes_to_target(case: Case) -> None:
    """Release by release the channel moves, and each arrives."""
    for sequence in (2, 3, 4):
        if sequence > 2:
            case.depot.publish(sequence)
        case.pulled(sequence)
    assert case.site.bundles() == ["desk-2.cobundle", "desk-3.cobundle", "desk-4.cobundle"]


def _spoil(case: Case, ending: str, change: Callable[[bytes], bytes]) -> None:
    path = next((case.forger.targets_folder / "production").glob(f"*{ending}"))
    path.write_bytes(change(path.read_bytes()))


@check
def repository_substitutes_target_file(case: Case) -> None:
    """Other bytes of the same length are refused."""
    _spoil(case, ".cobundle", lambda data: data[:-1] + bytes([data[-1] ^ 1]))
    case.refused("other bytes")


@check
def target_is_too_short(case: Case) -> None:
    """A file that was cut off is refused."""
    _spoil(case, ".cobundle", lambda data: data[:-100])
    case.refused("other bytes")


@check
def target_is_too_long(case: Case) -> None:
    """A file with more bytes than were signed is not read to its end."""
    _spoil(case, ".cobundle", lambda data: data + b"x" * 500_000)
    case.refused("more bytes than were signed")


@check
def channel_substituted(case: Case) -> None:
    """A channel that somebody rewrote is refused."""
    _spoil(case, "channel.json", lambda data: data.replace(b'"release_sequence":2', b'"release_sequence":3'))
    case.refused("other bytes")


@check
def target_is_missing(case: Case) -> None:
    """A bundle that is not there is told."""
    next((case.forger.targets_folder / "production").glob("*.cobundle")).unlink()
    case.refused("lacks a file.*404")


@check
def metadata_is_missing(case: Case) -> None:
    """A list that is not there is told."""
    (case.forger.metadata / "2.production.json").unlink()
    case.refused("lacks a file.*404")


@check
def oversized_metadata(case: Case) -> None:
    """A timestamp as long as a film is refused after a few bytes."""
    path = case.forger.metadata / "timestamp.json"
    path.write_bytes(path.read_bytes() + b" " * 1_000_000)
    case.refused("more bytes than were signed")


@check
def metadata_of_another_kind(case: Case) -> None:
    """A snapshot in the place of the timestamp is refused."""
    (case.forger.metadata / "timestamp.json").write_bytes(
        (case.forger.metadata / "2.snapshot.json").read_bytes()
    )
    case.refused("broken or was tampered with")


@check
def metadata_nested_without_end(case: Case) -> None:
    """100,000 levels are refused without a crash."""
    (case.forger.metadata / "timestamp.json").write_bytes(b"[" * 15_000)
    case.refused("broken or was tampered with")
