"""Checks on keys and on files, named as in tuf-conformance where that suite has the like."""

from __future__ import annotations

from collections.abc import Callable

from securesystemslib.signer import SSlibKey
from tuf.api.metadata import Root

from studio.domain.distribution import Channel
from studio.domain.frozen import canonical, digest
from tests.distribution.conformance_case import Case, check

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
