"""A repository of releases: what becomes visible, when, by whose signatures, and what never changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tuf.api.metadata import Root, TargetFile, Targets

from studio.distribution import documents, tuf_keys
from studio.distribution.folder import locked
from studio.distribution.repository import Repository
from studio.domain.errors import BundleRefused, NotApproved, StudioError, WrongUse
from studio.release import bundle as bundles
from studio.release import container
from studio.release.keys import fingerprint
from studio.release.policy import read_signed
from tests.distribution.depot import ROOTS, Depot, Forger, Site


def lying(depot: Depot) -> dict[str, bytes]:
    """Return every file that readers can ask for."""
    places = (depot.folder / "metadata", depot.folder / "targets")
    return {str(path): path.read_bytes() for place in places for path in place.rglob("*") if path.is_file()}


def test_what_is_published_is_pulled(depot: Depot, site: Site) -> None:
    """The release of the channel arrives, byte for byte, judged by IT's policy; again changes nothing."""
    pulled = site.pull(policy=depot.kit.policy)
    assert (pulled.release_sequence, pulled.new, pulled.policy) == (2, True, "file")
    assert (site.folder / "bundles" / "desk-2.cobundle").read_bytes() == depot.bundle(2)
    assert pulled.verification is not None and pulled.verification.ok
    again = site.pull(policy=depot.kit.policy)
    assert not again.new and site.bundles() == ["desk-2.cobundle"]


def test_nothing_is_visible_before_two_root_keys_have_signed(depot: Depot, tmp_path: Path) -> None:
    """Root is 2 of 3: one signature publishes nothing; who must still sign is told by fingerprint."""
    fresh = Depot(depot.kit, tmp_path / "fresh")
    keys = {
        "root": fresh.pems(*ROOTS),
        "staging": fresh.pems("stage"),
        "production": fresh.pems("release"),
        "snapshot": fresh.pems("online"),
        "timestamp": fresh.pems("online"),
    }
    waiting = {row.role: row for row in fresh.repository.init(depot.kit.policy, keys)}
    assert len(waiting["root"].missing) == len(waiting["targets"].missing) == 3
    assert "“root” is signed by 2 of:" in " ".join(waiting["root"].says)
    fresh.repository.sign([fresh.signer(name) for name in ("root-a", "stage", "release")])
    with pytest.raises(NotApproved, match="“root” is not signed by enough keys yet"):
        fresh.refresh()
    assert not (fresh.folder / "metadata").exists()
    done, rows = fresh.repository.sign([fresh.signer("root-c")])
    assert done == ["root", "targets"] and all(row.complete for row in rows)
    fresh.refresh()
    assert fresh.repository.status().waiting == ()
    assert (fresh.folder / "root.json").read_bytes() == fresh.root()


def test_a_draft_is_signed_on_a_computer_of_its_own(depot: Depot, tmp_path: Path) -> None:
    """A copy of the draft travels to an offline key and back; only its signatures are taken."""
    depot.repository.renew("root")
    away = depot.copy(tmp_path / "stick")
    Depot(depot.kit, away).repository.sign([depot.signer("root-b")])
    signed = (away / "draft" / "root.json").read_bytes()
    depot.repository.sign([depot.signer("root-a")])
    done, [row] = depot.repository.sign([], [signed])
    assert done == ["root"] and row.complete
    altered = documents.read(signed, Root, "copy")
    altered.signed.version = 9
    with pytest.raises(WrongUse, match="none of the documents that wait"):
        depot.repository.sign([], [documents.to_bytes(altered)])


def test_a_foreign_key_signs_nothing(depot: Depot) -> None:
    """A key that no waiting document names is told so, and leaves no signature."""
    depot.repository.renew("production")
    for name in ("stage", "mallory", "online"):
        with pytest.raises(WrongUse, match="Nothing waits for the key"):
            depot.repository.sign([depot.signer(name)])
    with pytest.raises(WrongUse, match="not the repository's online key"):
        depot.refresh("release")


def test_what_was_published_never_changes(depot: Depot) -> None:
    """Other bytes under a published name are refused; the same once more change nothing at all."""
    before = lying(depot)
    again = depot.repository.publish(depot.bundle(2), [depot.signer("release")], depot.signer("online"))
    assert (again.new, again.visible) == (False, True) and lying(depot) == before
    other = depot.bundle(2, not_after=depot.clock() + timedelta(days=9))
    with pytest.raises(BundleRefused, match="release 2"):
        depot.repository.publish(other, [depot.signer("release")], depot.signer("online"))
    people = list(reversed(depot.kit.envelopes(content := depot.kit.content())))
    resigned = bundles.assemble(
        content, [*people[:2], depot.kit.envelope(_subject(people), "ana", comment="x")]
    )
    with pytest.raises(BundleRefused, match="published with other bytes"):
        depot.repository.publish(resigned, [depot.signer("release")], depot.signer("online"))
    assert lying(depot) == before


def _subject(envelopes: list[bytes]) -> str:
    return read_signed("attestations/01.it.dsse.json", envelopes[0]).manifest_digest


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda depot: depot.bundle(1), "older than release 2"),
        (lambda depot: bundles.assemble(depot.kit.content(release_sequence=3), []), "Approvals are missing"),
        (lambda depot: depot.bundle(3)[:-1], "not a sound bundle"),
        (lambda depot: container.pack({"x": b"y"}), "refused"),
        (lambda depot: depot.bundle(3, environment="lab"), "lab"),
    ],
)
def test_what_the_verifier_refuses_is_not_published(
    spoil: Callable[[Depot], bytes], words: str, depot: Depot
) -> None:
    """A bundle that IT would refuse does not get in, and leaves nothing behind."""
    before = lying(depot)
    with pytest.raises(StudioError, match=words):
        depot.repository.publish(spoil(depot), [depot.signer("release")], depot.signer("online"))
    assert lying(depot) == before and depot.repository.status().waiting == ()


def test_without_its_key_a_release_waits(depot: Depot, site: Site) -> None:
    """Laid down by one, signed by another, made visible by the server: readers see it last."""
    laid = depot.repository.publish(depot.bundle(3))
    assert (laid.new, laid.visible, len(laid.waiting[0].missing)) == (True, False, 1)
    assert "production/desk-3.cobundle is new" in " ".join(laid.waiting[0].says)
    depot.refresh()
    assert site.pull().release_sequence == 2
    with pytest.raises(WrongUse, match="Another release waits"):
        depot.repository.publish(depot.bundle(4))
    assert depot.repository.publish(depot.bundle(3)).sentence.endswith("waits for signatures.")
    depot.repository.sign([depot.signer("release")])
    depot.refresh()
    assert site.pull().release_sequence == 3
    depot.repository.publish(depot.bundle(4))
    depot.repository.discard("production")
    assert depot.repository.status().waiting == ()
    with pytest.raises(WrongUse, match="Nothing of “production” waits"):
        depot.repository.discard("production")


@pytest.mark.parametrize("step", range(9))
def test_stopped_at_any_step_readers_see_before_or_after(
    step: int, depot: Depot, new_site: Callable[[str], Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at its n-th file, publishing leaves a sound state; done again it is finished."""
    left = [step]
    replace = os.replace

    def until_the_end(source: Any, target: Any) -> None:
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        replace(source, target)

    data, keys = depot.bundle(3), ([depot.signer("release")], depot.signer("online"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", until_the_end)
        try:
            depot.repository.publish(data, *keys)
            whole = True
        except KeyboardInterrupt:
            whole = False
    seen = new_site("meanwhile").pull().release_sequence
    assert seen == 3 if whole else seen in (2, 3)
    assert whole is (step >= 8), "the number of files that publishing writes"
    finished = depot.repository.publish(data, *keys)
    assert finished.visible
    assert new_site("after").pull().release_sequence == 3
    assert depot.repository.status().waiting == ()


def test_nobody_signs_on_top_of_something_foreign(depot: Depot, site: Site, tmp_path: Path) -> None:
    """What somebody wrote into the folder without the keys is passed over, and not signed along."""
    Forger(depot, depot.folder).targets("production", {"production/evil.cobundle": b"x"}, "mallory")
    depot.publish(3)
    assert site.pull().release_sequence == 3
    names = depot.repository.status().bundles
    assert names == ("production/desk-2.cobundle", "production/desk-3.cobundle")


def test_a_draft_that_was_altered_is_not_signed(depot: Depot) -> None:
    """Before anything is signed, everything new in it is judged as at publishing."""
    depot.repository.publish(depot.bundle(3))
    path = depot.folder / "draft" / "production.json"
    body = path.read_bytes()
    draft = documents.read(body, Targets, "draft")
    for name, words in (("production/x.cobundle", "not a sound bundle"), ("staging/x.cobundle", "may not")):
        evil = documents.read(body, Targets, "draft")
        evil.signed.targets[name] = TargetFile.from_data(name, b"evil", ["sha256"])
        (where := depot.folder / "targets" / name.split("/")[0]).mkdir(exist_ok=True)
        digest = evil.signed.targets[name].hashes["sha256"]
        (where / f"{digest}.x.cobundle").write_bytes(b"evil")
        path.write_bytes(documents.to_bytes(evil))
        with pytest.raises(StudioError, match=words):
            depot.repository.sign([depot.signer("release")])
    draft.signed.targets["production/desk-2.cobundle"].hashes["sha256"] = "a" * 64
    path.write_bytes(documents.to_bytes(draft))
    with pytest.raises(BundleRefused, match="changes production/desk-2"):
        depot.repository.sign([depot.signer("release")])


def test_a_repository_under_another_root_is_not_signed(depot: Depot, tmp_path: Path) -> None:
    """With the root.json a signer trusts, a folder that was put in its place is refused."""
    other = Depot(depot.kit, tmp_path / "other")
    other.signer = lambda name: depot.signer(f"their-{name}")  # type: ignore[method-assign]
    other.init()
    mine = Repository(other.folder, depot.clock, depot.root())
    with pytest.raises(BundleRefused, match="does not follow from the root"):
        mine.renew("production")
    assert Repository(depot.folder, depot.clock, depot.root()).status().agent == "desk"


def test_two_publishers_at_once_do_not_mix(depot: Depot) -> None:
    """The second one is told, and nothing is changed."""
    with locked(depot.folder / ".lock", "it"), pytest.raises(WrongUse, match="Somebody else"):
        depot.refresh()


def test_status_says_what_runs_out(depot: Depot) -> None:
    """Dates are shown, warned of beforehand, and said plainly when they have passed."""
    status = depot.repository.status()
    days = {row.role: (row.expires - depot.clock()).days for row in status.roles}
    assert days == {
        "root": 365, "targets": 365, "staging": 120, "production": 120, "snapshot": 14, "timestamp": 7,
    }  # fmt: skip
    assert status.warnings == () and status.channels[0].release_sequence == 2
    depot.clock.forward(days=5)
    assert [w for w in depot.repository.status().warnings if "timestamp" in w and "runs out" in w]
    depot.clock.forward(days=340)
    told = " ".join(depot.repository.status().warnings)
    assert "“timestamp” ran out" in told and "“root” runs out on 2027-11-02" in told
    assert "readers refuse" in told


def test_renewing_makes_documents_count_longer(depot: Depot, site: Site) -> None:
    """What would run out is drafted, signed by its keys, and counts from then on."""
    depot.clock.forward(days=100)
    for role in ("root", "targets", "staging", "production"):
        depot.repository.renew(role)
    depot.repository.sign([depot.signer(name) for name in ("root-b", "root-c", "stage", "release")])
    depot.refresh()
    left = {row.role: (row.expires - depot.clock()).days for row in depot.repository.status().roles}
    assert (left["root"], left["production"]) == (365, 120)
    assert site.pull().root_version == 2


def test_keys_are_exchanged_with_what_they_sign(depot: Depot, site: Site) -> None:
    """A new key for production drafts the list of keys and production's own list together."""
    old = next(row for row in depot.repository.status().roles if row.role == "production").keys[0]
    rows = depot.repository.change_keys("production", depot.pems("release-2"), [old])
    assert [row.role for row in rows] == ["targets", "production"]
    depot.repository.sign([depot.signer(name) for name in ("root-a", "root-b")])
    with pytest.raises(NotApproved, match="“production” must be signed anew"):
        depot.refresh()
    with pytest.raises(WrongUse, match="Nothing waits for the key"):
        depot.repository.sign([depot.signer("release")])
    depot.repository.sign([depot.signer("release-2")])
    depot.refresh()
    assert site.pull().release_sequence == 2
    with pytest.raises(WrongUse, match="has no one key"):
        depot.repository.change_keys("production", [], ["AAAA-AAAA"])
    with pytest.raises(WrongUse, match="would be signed by 1 of 0 keys"):
        depot.repository.change_keys("staging", [], [tuf_keys.tuf_key(depot.pems("stage")[0]).keyid])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"root": ("a", "a", "b")}, "given twice"),
        ({"root": ("a",)}, "signed by 2, but 1"),
        ({"snapshot": ("a",), "timestamp": ("a",)}, "online key signs something else"),
        ({"production": ()}, "signed by 1, but 0"),
    ],
)
def test_keys_that_cannot_hold_are_refused_at_the_beginning(
    change: dict[str, tuple[str, ...]], words: str, depot: Depot, tmp_path: Path
) -> None:
    """The same key twice, too few keys, or an online key that signs more: refused, nothing written."""
    fresh = Depot(depot.kit, tmp_path / "fresh")
    names = {"root": ("a", "b", "c"), "staging": ("s",), "production": ("p",), "snapshot": ("o",)}
    keys = {role: fresh.pems(*each) for role, each in {**names, "timestamp": ("o",), **change}.items()}
    with pytest.raises(WrongUse, match=words):
        fresh.repository.init(depot.kit.policy, keys)
    assert not fresh.folder.exists()


def test_a_newer_policy_is_published_by_the_roots_keys(depot: Depot) -> None:
    """Only a version that follows is taken, and only with two signatures."""
    with pytest.raises(WrongUse, match="does not follow version 1"):
        depot.repository.set_policy(depot.kit.policy)
    row = depot.repository.set_policy(depot.kit.policy_with(version=2))
    assert "approval-policy.json changes" in " ".join(row.says)
    depot.repository.sign([depot.signer("root-a")])
    depot.refresh()
    assert depot.repository.status().policy == "desk-approval, version 1"
    depot.repository.sign([depot.signer("root-b")])
    depot.refresh()
    assert depot.repository.status().policy == "desk-approval, version 2"


def test_a_root_key_that_is_taken_away_signs_no_policy_either(depot: Depot) -> None:
    """Where the root's keys sign the policy, both change together, and no stolen key stays behind."""
    old = depot.repository.status().roles[0].keys[0]
    rows = depot.repository.change_keys("root", depot.pems("root-d"), [old])
    assert [row.role for row in rows] == ["root", "targets"]
    names = {name for name in (*ROOTS, "root-d") if _fingerprint(depot, name) != old}
    depot.repository.sign([depot.signer(name) for name in sorted(names)])
    depot.refresh()
    held = {row.role: row.keys for row in depot.repository.status().roles}
    assert old not in (*held["root"], *held["targets"])
    assert set(held["root"]) == set(held["targets"]) == {_fingerprint(depot, name) for name in names}


def _fingerprint(depot: Depot, name: str) -> str:
    return fingerprint(depot.signer(name).key_id)
