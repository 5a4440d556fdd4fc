"""What a reader remembers and judges by itself, besides what TUF sees to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from studio.distribution.folder import locked
from studio.distribution.publishing import read_channel
from studio.domain.errors import BrokenInput, BundleRefused, WrongUse
from studio.domain.frozen import canonical, digest
from studio.release import bundle as bundles
from tests.distribution.depot import Depot, Forger, Site


def move_channel(depot: Depot, data: bytes | None = None, **changes: Any) -> None:
    """Sign a channel as the holder of production's key could: changed, with another bundle behind it."""
    forger = Forger(depot, depot.folder)
    name = "production/channel.json"
    target = forger.newest("production").signed.targets[name]
    path = depot.folder / "targets" / "production" / f"{target.hashes['sha256']}.channel.json"
    channel = read_channel(path.read_bytes(), "production")
    files: dict[str, bytes] = {}
    if data is not None:
        manifest = digest(depot.kit.files(data)["manifest.json"])
        changes = {"sha256": digest(data), "size": len(data), "manifest": manifest, **changes}
        files[changes.get("bundle", channel.bundle)] = data
    files[name] = canonical(channel.model_copy(update=changes))
    forger.targets("production", files, "release")
    forger.online()


def test_the_readers_own_floor_refuses_an_older_release(depot: Depot, site: Site) -> None:
    """A channel that goes back, signed by its own key, is refused: going back is the registry's deed."""
    depot.publish(3)
    site.pull()
    move_channel(depot, depot.bundle(2), release_sequence=2, bundle="production/desk-2.cobundle")
    with pytest.raises(BundleRefused, match=r"offers release 2 .* release 3 was taken already"):
        site.pull()


def test_another_bundle_of_the_same_number_is_refused(depot: Depot, site: Site) -> None:
    """Two bundles under one number are refused, whoever signed the second."""
    site.pull()
    other = depot.bundle(2, not_after=depot.clock() + timedelta(days=20))
    move_channel(depot, other)
    with pytest.raises(BundleRefused, match="another bundle as release 2"):
        site.pull()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"manifest": "a" * 64}, "not the one that the channel names"),
        ({"size": 5}, "do not agree"),
        ({"sha256": "a" * 64}, "do not agree"),
        ({"environment": "staging"}, "points to something else"),
        ({"bundle": "staging/desk-2.cobundle"}, "points to something else"),
        ({"bundle": "production/../../x.cobundle"}, "points to something else"),
        ({"bundle": "production/channel.json"}, "points to something else"),
        ({"agent": "other"}, "for something else"),
        ({"release_sequence": 9}, "for something else"),
        ({"bundle": "production/desk-9.cobundle"}, "holds no production/desk-9"),
    ],
)
def test_a_channel_that_lies_is_refused(
    changes: dict[str, Any], words: str, depot: Depot, site: Site
) -> None:
    """The channel, the list and the bundle must say the same, and the name must be a bundle's."""
    move_channel(depot, **changes)
    with pytest.raises(BundleRefused, match=words):
        site.pull()
    assert site.bundles() == [] and not list(site.folder.rglob("*.cobundle"))


def test_a_channel_in_another_spelling_is_refused(depot: Depot, site: Site) -> None:
    """channel.json has one spelling, and no member that is not known."""
    forger = Forger(depot, depot.folder)
    forger.targets("production", {"production/channel.json": b'{"format": "cobuilder-channel/1"}'}, "release")
    forger.online()
    with pytest.raises(BrokenInput, match="the one way that counts"):
        site.pull()
    forger.targets("production", {"production/channel.json": b'{"format":"cobuilder-channel/2"}'}, "release")
    forger.online()
    with pytest.raises(BundleRefused, match="form it must have"):
        site.pull()


def test_a_bundle_without_approvals_is_not_written(depot: Depot, site: Site) -> None:
    """With a policy, a bundle that lacks approvals is refused, though the repository signed it."""
    unapproved = bundles.assemble(depot.kit.content(release_sequence=3), [])
    move_channel(depot, unapproved, release_sequence=3, bundle="production/desk-3.cobundle")
    with pytest.raises(BundleRefused, match="Approvals are missing"):
        site.pull(policy=depot.kit.policy)
    assert site.bundles() == []
    assert site.pull().verification is None, "without a policy it says that nothing was judged"


def test_the_repositorys_policy_counts_only_when_told(depot: Depot, site: Site) -> None:
    """Its own policy is used where the user says so, and then never an older version of it."""
    assert site.pull().policy is None
    assert site.pull(policy_from_repository=True).policy == "repository"
    newer = depot.kit.policy_with(version=2)
    depot.repository.set_policy(newer)
    depot.repository.sign([depot.signer("root-a"), depot.signer("root-c")])
    depot.refresh()
    assert site.pull(policy_from_repository=True).verification is not None
    forger = Forger(depot, depot.folder)
    files = {"approval-policy.json": canonical(depot.kit.policy)}
    forger.targets("targets", files, "root-a", "root-b")
    forger.online()
    with pytest.raises(BundleRefused, match="version 1, but version 2 was seen before"):
        site.pull(policy_from_repository=True)


def test_a_clock_that_goes_back_does_not_make_a_copy_fresh(depot: Depot, site: Site) -> None:
    """The latest time ever seen counts: an old copy stays old on a computer whose clock was turned back."""
    stale = (depot.folder / "metadata" / "timestamp.json").read_bytes()
    depot.clock.forward(days=20)
    depot.refresh()
    site.pull()
    other = Site(site.folder, site.source, None, depot.clock)
    depot.clock.forward(days=-20)
    (depot.folder / "metadata" / "timestamp.json").write_bytes(stale)
    (site.folder / "state" / "metadata" / "timestamp.json").unlink()
    with pytest.raises(BundleRefused, match="old copy"):
        other.pull()


def test_the_first_pull_needs_the_shipped_root(depot: Depot, new_site: Callable[[str], Site]) -> None:
    """No root, no trust; and later another root is refused, the same one welcome."""
    site = new_site("first")
    root, site.root = site.root, None
    with pytest.raises(WrongUse, match="first pull"):
        site.pull()
    assert site.pull(root=root).new and not site.pull().new and not site.pull(root=root).new
    depot.repository.renew("root")
    depot.repository.sign([depot.signer("root-a"), depot.signer("root-b")])
    depot.refresh()
    with pytest.raises(WrongUse, match="not the one this folder began with"):
        site.pull(root=depot.root(2))


def test_a_root_of_another_repository_is_not_kept(
    depot: Depot, new_site: Callable[[str], Site], tmp_path: Path
) -> None:
    """A wrong root.json at the first pull can be corrected at the second."""
    site = new_site("wrong")
    foreign = Depot(depot.kit, tmp_path / "foreign")
    keys = {
        role: foreign.pems(*names)
        for role, names in {
            "root": ("x", "y", "z"),
            "staging": ("s",),
            "production": ("p",),
            "snapshot": ("o",),
            "timestamp": ("o",),
        }.items()
    }
    foreign.repository.init(depot.kit.policy, keys)
    foreign.repository.sign([foreign.signer(name) for name in ("x", "y", "s", "p")])
    foreign.refresh("o")
    with pytest.raises(BundleRefused, match="not signed by enough trusted keys"):
        site.pull(root=foreign.root())
    assert site.pull().new


def test_damaged_memory_is_told_not_forgotten(depot: Depot, site: Site) -> None:
    """A reader whose memory is damaged does not begin anew by itself."""
    site.pull()
    memory = site.folder / "state" / "reader.json"
    memory.write_bytes(memory.read_bytes()[:-5])
    with pytest.raises(BrokenInput, match="is damaged"):
        site.pull()


def test_damaged_metadata_is_fetched_again(depot: Depot, site: Site) -> None:
    """What TUF's client keeps is only a copy of signed documents: spoiled, it is fetched again."""
    site.pull()
    for path in (site.folder / "state" / "metadata").glob("*.json"):
        if not path.is_symlink():
            path.write_bytes(b"{}")
    assert not site.pull().new


def test_a_bundle_that_lies_there_changed_is_replaced(depot: Depot, site: Site) -> None:
    """A file of the same name with other bytes is not mistaken for the release."""
    file = Path(site.pull().file)
    body = file.read_bytes()
    file.write_bytes(body[:-1] + b"x")
    assert site.pull().new and file.read_bytes() == body


def test_environments_have_floors_of_their_own(depot: Depot, site: Site) -> None:
    """Staging may be at another number than production."""
    depot.publish(5, "staging")
    assert site.pull(environment="staging").release_sequence == 5
    assert site.pull().release_sequence == 2
    assert site.bundles() == ["desk-2.cobundle", "desk-5.cobundle"]


def test_two_pulls_at_once_do_not_mix(depot: Depot, site: Site) -> None:
    """The second one is told that somebody is at work."""
    site.pull()
    with locked(site.folder / "state" / ".lock", "it"), pytest.raises(WrongUse, match="Somebody else"):
        site.pull()
    assert not site.pull().new
