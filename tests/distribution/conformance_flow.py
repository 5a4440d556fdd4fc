"""Checks on the flow, on dates and on going back, named as in tuf-conformance where it has the like."""

from __future__ import annotations

import json
from datetime import timedelta

from studio.distribution import documents
from tests.distribution.conformance_case import Case, check

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
